"""How settings, tasks and numbers are written: one place for figures, tables, text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"  # a cell that was not measured; never a zero

DEMO = "demo: generated sentences, no finding"  # on everything made from demo records

# Averages stand where a target would.
AVERAGES = {"all": "AVG", "without retrieval": "AVG w/o retrieval"}

# Words, plurals and all, for running text.
NUMBER_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def missing(value: float | None) -> bool:
    """Whether `value` was not measured: None or not a number."""
    return value is None or math.isnan(value)


def score(value: float | None) -> str:
    """Points with one decimal, `71.2`; a dash where nothing was measured."""
    return DASH if missing(value) else _fixed(value)


def gain(value: float | None) -> str:
    """A difference in points with its sign, `+1.2`, `−0.4` or `0.0`."""
    if missing(value):
        return DASH
    text = _fixed(value)
    return f"+{text}" if value > 0 and text != "0.0" else text


def nats(value: float | None, signed: bool = False) -> str:
    """A log-likelihood with three decimals, `−0.734`; a change in one `signed`."""
    if missing(value):
        return DASH
    text = f"{abs(value):.3f}"
    if text == "0.000":
        return text
    return (MINUS if value < 0 else "+" * signed) + text


def _fixed(value: float) -> str:
    text = f"{abs(value):.1f}"
    return MINUS + text if value < 0 and text != "0.0" else text


def count(value: float | None) -> str:
    """A whole number with thousands separated, `12,345`."""
    return DASH if missing(value) else f"{round(value):,}"


def duration(seconds: float | None) -> str:
    """Seconds for readers: `8 s`, `12 min`, `3.4 h`."""
    if missing(seconds):
        return DASH
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def large(value: float | None) -> str:
    """A large number for readers: `840`, `12 k`, `1.3 M`."""
    if missing(value):
        return DASH
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            digits = 1 if value < 10 * size else 0
            return f"{value / size:.{digits}f} {letter}"
    return f"{value:.0f}"


def power(value: float) -> str:
    """One digit and a power of ten, `2e-4`."""
    digit, exponent = f"{value:.0e}".split("e")
    return f"{digit}e{int(exponent)}"


def plural(number: int, noun: str) -> str:
    """`one seed`, `three seeds`, `40 languages`; words up to twelve."""
    return f"{number_word(number)} {noun}{'' if number == 1 else 's'}"


def number_word(number: int) -> str:
    """`three`, `40`: in words up to twelve; zero is `no`."""
    return NUMBER_WORDS[number] if 0 <= number <= 12 else f"{number:,}"


def some(number: int) -> str:
    """As `number_word`, for a number that stands alone: zero is `none`."""
    return number_word(number) if number else "none"


def two_places(value: float) -> str:
    """`0.12`, `−0.40`; a dash where nothing was measured."""
    if missing(value):
        return DASH
    text = f"{abs(value):.2f}"
    return MINUS + text if value < 0 and text != "0.00" else text


def probability(value: float) -> str:
    """`0.35`, `0.004`, `<0.001`."""
    if missing(value):
        return DASH
    if value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.01 else f"{value:.2f}"


def listing(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def task(name: str) -> str:
    """The title of a task or of an average: `xnli` is `XNLI`."""
    return AVERAGES.get(name) or registry.get(name).title


def setting(name: str) -> str:
    """How readers see an intermediate setting: `mnli+mlm` is `MNLI + MLM`.

    `mnli@de` is `MNLI in German`.
    """
    whole, *suffixes = name.split("+")
    base, _, lang = whole.partition("@")
    if base == "none" and suffixes:  # as `none+mlm` trains on text alone
        base, *suffixes = suffixes
    special = {"none": "None", "multi": "Multi-task", "mlm": "MLM",
               "noised": "noisy English", "switched": "switched English"}  # fmt: skip
    title = special.get(base) or registry.get(base).title
    parts = [f"{title} in {registry.language_name(lang)}" if lang else title]
    parts += [special.get(suffix, suffix) for suffix in suffixes]
    return " + ".join(parts)


def stacked(title: str) -> str:
    """A column's title, on two lines where it is long."""
    for mark in (" ", "-"):
        if len(title) > 8 and mark in title:
            return "\n".join(title.rsplit(mark, 1))
    return title


def ordered_settings(names: Iterable[str]) -> list[str]:
    """Settings in a fixed order: none, the single tasks, multi, then their variants."""
    first = ["none", *registry.names("intermediate"), "multi"]

    def place(name: str) -> tuple[int, int, str]:
        base, *variant = re.split(r"[@+]", name)
        known = first.index(base) if base in first else len(first)
        return (len(variant) > 0, known, name)

    return sorted(set(names), key=place)


def ordered_targets(names: Iterable[str]) -> list[str]:
    """Target tasks in the registry's order, averages last."""
    order = [*registry.names("target"), *AVERAGES]
    known = {name: place for place, name in enumerate(order)}
    return sorted(set(names), key=lambda name: (known.get(name, len(order)), name))


def ordered_languages(codes: Iterable[str]) -> list[str]:
    """Language codes in a fixed order: English, then the alphabet."""
    return sorted(set(codes), key=lambda code: (code != ENGLISH, code))
