"""The perturbations that there are, by name, and what each does in a word or two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from xitt.data.perturbations import forms, keyboards, scripts, typos
from xitt.data.perturbations.text import Edits, Text
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry

Editor = Callable[[Text, Random], Edits]

_EVERY = ("classification", "choice", "tagging", "span", "text")


@dataclass(frozen=True)
class Perturbation:
    """A change that leaves the label of an item as it is.

    Attributes:
        title: for tables.
        about: what is done, and of what the strength is a share, for captions.
        make: (text, generator, strength, language, and options) -> edits.
        kinds: the kinds of task whose rows it can change.
        languages: those that it is for; None for all.
    """

    title: str
    about: str
    make: Callable[..., Edits]
    kinds: tuple[str, ...] = _EVERY
    languages: Callable[[], frozenset[str]] | None = None


PERTURBATIONS: Mapping[str, Perturbation] = {
    "keyboard": Perturbation(
        "keyboard typos",
        "keys of the language's layout missed, hit besides, left out or swapped, as a "
        "share of the characters",
        typos.keyboard,
        languages=keyboards.languages,
    ),
    "characters": Perturbation(
        "swapped characters",
        "letters left out, doubled or swapped, as a share of the characters",
        typos.characters,
    ),
    "lower": Perturbation(
        "lower case", "a share of the words that have capitals without them",
        forms.lower,
    ),
    "upper": Perturbation(
        "capitals", "a share of the words that have small letters in capitals",
        forms.upper,
    ),
    "diacritics": Perturbation(
        "no diacritics", "a share of the letters with diacritics without them",
        forms.diacritics,
    ),
    "punctuation": Perturbation(
        "no punctuation", "a share of the punctuation marks left out", forms.punctuation
    ),
    "spacing": Perturbation(
        "misplaced spaces",
        "a share of the spaces left out or moved into the word before",
        forms.spacing,
        kinds=tuple(kind for kind in _EVERY if kind != "tagging"),
    ),
    "homoglyphs": Perturbation(
        "homoglyphs",
        "a share of the letters that have a twin of another script replaced by it",
        scripts.homoglyphs,
    ),
    "romanised": Perturbation(
        "romanised", "a share of the words of other scripts in Latin letters",
        scripts.romanised,
    ),
}  # fmt: skip


def get(name: str) -> Perturbation:
    """The perturbation `name`; an unknown one is a UserError."""
    if name not in PERTURBATIONS:
        raise unknown("perturbation", name, PERTURBATIONS)
    return PERTURBATIONS[name]


def names(kind: str, lang: str) -> list[str]:
    """The perturbations that rows of a kind can have in a language."""
    kinds.get(kind)
    registry.language(lang)
    return [
        name
        for name, entry in PERTURBATIONS.items()
        if kind in entry.kinds and (not entry.languages or lang in entry.languages())
    ]


def check_share(what: str, value: float) -> None:
    """Raise where a value is no share, 0 to 1."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1:
        raise UserError(f"{what} is a share from 0 to 1, not {value!r}")
