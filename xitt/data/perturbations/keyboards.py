"""Keyboards: which letters lie beside a letter, by the layout of a language.

The layouts are data (`layouts.yaml`). A key beside another in its row is hit nine times
as often as one above or below, as in MulTypo (arXiv 2510.09536). A Korean syllable is
several keys: what is hit is a jamo of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from xitt.data.perturbations.text import joins, lowered, uppered
from xitt.errors import UserError
from xitt.tasks import yaml_files

LAYOUTS = Path(__file__).with_name("layouts.yaml")

_ROWS = {"digits": 0.0, "top": 0.5, "home": 0.75, "bottom": 1.25}  # keys from the left
_IN_ROW = 0.9  # of the slips go to the left or right

# Unicode Standard 3.12: a syllable is _FIRST + (lead * 21 + vowel) * 28 + tail.
_FIRST, _LAST, _VOWELS, _TAILS = 0xAC00, 0xD7A3, 21, 28
_LEAD = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAIL = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


@dataclass(frozen=True)
class Keyboard:
    """What lies beside each letter, and how often it is hit in its place.

    Letters lie beside letters and marks beside marks, so that a slip parts no cluster.
    """

    name: str
    lang: str
    beside: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]

    def has(self, cluster: str) -> bool:
        """Whether a key, or several, write the cluster."""
        return bool(self._keys(cluster))

    def slip(self, cluster: str, rng: Random) -> str:
        """The cluster with one of its keys missed; "" where nothing lies beside it."""
        keys = self._keys(cluster)
        if not keys:
            return ""
        at = keys[int(rng.random() * len(keys))]
        if _is_syllable(cluster):
            return self._syllable_slip(cluster, at, rng)
        whole = unicodedata.normalize("NFC", cluster)
        if lowered(whole[at], self.lang) in self.beside:
            return whole[:at] + self._near(whole[at], rng) + whole[at + 1 :]
        return self._near(unicodedata.normalize("NFD", cluster)[0], rng)

    def extra(self, cluster: str, rng: Random) -> str:
        """A letter beside the cluster's own one; "" where none is."""
        if _is_syllable(cluster):
            jamo = [j for j in _jamo(cluster) if j in self.beside]
            return self._near(jamo[int(rng.random() * len(jamo))], rng)
        base = unicodedata.normalize("NFC", cluster)[0]
        if lowered(base, self.lang) not in self.beside:
            base = unicodedata.normalize("NFD", cluster)[0]
        known = lowered(base, self.lang) in self.beside and not joins(base)
        return self._near(base, rng) if known else ""

    def _keys(self, cluster: str) -> list[int]:
        """The characters of the cluster, or jamo of the syllable, with neighbours.

        What no key writes (ế) is its letter without the marks (e).
        """
        if _is_syllable(cluster):
            return [i for i, jamo in enumerate(_jamo(cluster)) if jamo in self.beside]
        whole = unicodedata.normalize("NFC", cluster)
        own = [i for i, c in enumerate(whole) if lowered(c, self.lang) in self.beside]
        if own or not whole:
            return own
        base = unicodedata.normalize("NFD", cluster)[0]
        return [0] if lowered(base, self.lang) in self.beside else []

    def _near(self, character: str, rng: Random) -> str:
        """A neighbour of a character, in its case."""
        low = lowered(character, self.lang)
        (found,) = rng.choices(*self.beside[low])
        if character == low:
            return found
        upper = uppered(found, self.lang)
        return upper if len(upper) == 1 else found

    def _syllable_slip(self, syllable: str, at: int, rng: Random) -> str:
        jamo = [*_jamo(syllable)]
        jamo[at] = self._near(jamo[at], rng)
        lead, vowel, tail = (*jamo, " ")[:3]
        if tail not in _TAIL:  # ㄸ, ㅃ and ㅉ end no syllable: they stand by themselves
            return _syllable(lead, vowel, " ") + tail
        return _syllable(lead, vowel, tail)


def _is_syllable(cluster: str) -> bool:
    return len(cluster) == 1 and _FIRST <= ord(cluster) <= _LAST


def _jamo(syllable: str) -> str:
    """The two or three jamo of a syllable, as they stand on keys."""
    rest, tail = divmod(ord(syllable) - _FIRST, _TAILS)
    lead, vowel = divmod(rest, _VOWELS)
    return (_LEAD[lead] + _VOWEL[vowel] + _TAIL[tail]).rstrip()


def _syllable(lead: str, vowel: str, tail: str) -> str:
    place = (_LEAD.index(lead) * _VOWELS + _VOWEL.index(vowel)) * _TAILS
    return chr(_FIRST + place + _TAIL.index(tail))


# --- layouts --------------------------------------------------------------------------


@cache
def of(lang: str) -> Keyboard:
    """The keyboard of a language.

    Raises:
        UserError: for a language without a layout.
    """
    for name, entry in _layouts().items():
        if lang in entry["languages"]:
            return Keyboard(name, lang, _beside(entry))
    raise UserError(
        f"no keyboard layout of language '{lang}'; add it to {LAYOUTS}, "
        f"or use the perturbation 'characters'"
    )


def languages() -> frozenset[str]:
    """The languages that have a layout."""
    return frozenset(
        lang for entry in _layouts().values() for lang in entry["languages"]
    )


@cache
def _layouts() -> dict[str, dict]:
    found = yaml_files.read(LAYOUTS)
    known = {"languages": list, "shift": dict, **dict.fromkeys(_ROWS, str)}
    for name, entry in found.items():
        where = f"{LAYOUTS.name}: '{name}'"
        yaml_files.check(entry, known, ("languages", "top"), where)
        yaml_files.check(entry.get("shift", {}), dict.fromkeys(_ROWS, str), (), where)
        for key in (key for _, _, key in _places(entry)):
            if len(unicodedata.normalize("NFC", key)) > 1 and not joins(key[-1]):
                raise UserError(f"{where}: a key is one letter, not '{key}'")
    return found


def _places(entry: Mapping) -> Iterator[tuple[tuple[float, int], int, str]]:
    """Each letter: where its key is (keys from the left, row), shift held or not."""
    for layer, rows in enumerate((entry, entry.get("shift", {}))):
        for row, (name, left) in enumerate(_ROWS.items()):
            for i, key in enumerate(rows.get(name, "").split()):
                if key != ".":
                    yield (left + i, row), layer, unicodedata.normalize("NFC", key)


def _sort(key: str) -> str:
    """What a key can take the place of: marks of marks, and jamo of their like."""
    return "vowel" if key in _VOWEL else "mark" if joins(key[0]) else "letter"


def _beside(entry: Mapping) -> dict[str, tuple[tuple[str, ...], tuple[float, ...]]]:
    """The neighbours of each letter, and their weights.

    With the key above or below counts the same key with shift forgotten, or held.
    """
    keys = list(_places(entry))
    found = {}
    for (x, row), layer, key in keys:
        in_row, other = [], []
        for (x2, row2), layer2, near in keys:
            if near == key or _sort(near) != _sort(key):
                continue
            if layer2 != layer:
                other += [near] if (x, row) == (x2, row2) else []
            elif row2 == row:
                in_row += [near] if abs(x - x2) == 1 else []
            elif abs(row - row2) == 1 and abs(x - x2) < 1:
                other.append(near)
        if in_row or other:
            shares = [_IN_ROW / len(in_row) for _ in in_row]
            shares += [(1 - _IN_ROW) / len(other) for _ in other]
            found[key] = tuple(in_row + other), tuple(shares)
    return found
