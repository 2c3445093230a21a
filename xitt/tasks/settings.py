"""An intermediate setting as it is written, `mnli+mlm`, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from xitt.errors import UserError, unknown
from xitt.tasks.registry import language, multi, names

# What English a baseline beside intermediate training is fine-tuned on.
OTHER_ENGLISH = ("noised", "switched")


@dataclass(frozen=True)
class Setting:
    """An intermediate training: its tasks, MLM mixed in or not, translated or not.

    lang: the language that its one task is read in; "" for English, or the profile's
        languages where it is `translated` into several.
    """

    name: str
    tasks: tuple[str, ...]
    mlm: bool = False
    translated: bool = False
    lang: str = ""

    @property
    def reads_translations(self) -> bool:
        """Whether any of its rows were translated."""
        return self.translated or bool(self.lang)


def parse_setting(text: str) -> Setting:
    """Read a setting: `none`, `multi` or a task, then `+mlm` and `+translated`.

    `none+mlm` is MLM alone. The suffixes may come in any order; `name` has this one.
    `TASK@LANG` is the task in its published translation into one language alone, of the
    rows that English would be; `TASK@en` is English of just those rows.

    >>> parse_setting("mnli+mlm")
    Setting(name='mnli+mlm', tasks=('mnli',), mlm=True, translated=False, lang='')
    >>> parse_setting("mnli@de").lang
    'de'
    """
    whole, *suffixes = (part.strip() for part in text.split("+"))
    base, at, lang = (part.strip() for part in whole.partition("@"))
    single = names("intermediate")
    if base not in ("none", "multi", *single):
        raise unknown("intermediate setting", base, ["none", "multi", *single])
    for suffix in suffixes:
        if suffix not in ("mlm", "translated"):
            raise unknown("variant", suffix, ["mlm", "translated"])
    if len(set(suffixes)) < len(suffixes):
        raise UserError(f"setting '{text}' repeats a variant; write each once")
    mlm, translated = "mlm" in suffixes, "translated" in suffixes
    if base == "none" and translated:
        raise UserError(
            f"setting '{text}': without a task there is nothing to translate"
        )
    if at:
        _check_language(text, base, lang, translated)
    mixed = {"none": (), "multi": multi()}.get(base, (base,))
    name = base + at + lang + "+mlm" * mlm + "+translated" * translated
    return Setting(name, mixed, mlm, translated, lang)


def _check_language(text: str, base: str, lang: str, translated: bool) -> None:
    if base in ("none", "multi"):
        raise UserError(f"setting '{text}': a language stands behind one task alone")
    if translated:
        raise UserError(
            f"setting '{text}' is in one language and in several; leave out one of them"
        )
    language(lang)


def perturbed_setting(text: str) -> tuple[str, str]:
    """A setting, and what English its targets are fine-tuned on if not as it is.

    >>> perturbed_setting("none+noised"), perturbed_setting("mnli+mlm")
    (('none', 'noised'), ('mnli+mlm', ''))
    """
    base, _, own = (part.strip() for part in text.rpartition("+"))
    return (base, own) if own in OTHER_ENGLISH else (text, "")


def listed(text: str) -> list[str]:
    """The items of a list as it is typed: `a,b`, `a, b` or `[a, b]`, quoted or not.

    >>> listed("['xnli', udpos]")
    ['xnli', 'udpos']
    """
    inner = text.strip().removeprefix("[").removesuffix("]")
    items = (item.strip().strip("'\"") for item in inner.split(","))
    return [item for item in items if item]
