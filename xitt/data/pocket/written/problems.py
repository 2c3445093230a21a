"""Problems of one to three steps whose answer is a number, as MGSM has them.

A word after a number has one form in each language, because the numbers of a place are
chosen so: after those of FEW and MANY a Russian noun is a genitive plural, an Arabic
one a plural after FEW and an accusative singular after MANY and HUNDREDS. What is paid
in are euros, a word that neither language inflects.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import cycle
from random import Random
from typing import Any, NamedTuple

from xitt.data.pocket import concepts
from xitt.data.pocket.written.wording import say, words

EUROS = range(2, 5)
TIMES = range(3, 5)
FEW = range(5, 11)
MANY = [n for n in range(11, 100) if n < 20 or n % 10 in (0, 5, 6, 7, 8, 9)]
HUNDREDS = [100 * hundreds + n for hundreds in range(1, 5) for n in MANY]


class Kind(NamedTuple):
    """numbers: what a, b, c and d are drawn from; steps: operations to the answer."""

    steps: int
    numbers: tuple
    solve: Callable[..., int | Fraction]


KINDS = {  # by the name of their text
    "eggs": Kind(1, (MANY, FEW), lambda a, b: a - b),
    "pages": Kind(1, (MANY, FEW), lambda a, b: a * b),
    "share": Kind(1, (FEW, MANY), lambda a, b: Fraction(b, a)),
    "pens": Kind(2, (FEW, EUROS, FEW), lambda a, b, c: a * c + b),
    "bus": Kind(2, (MANY, FEW, FEW), lambda a, b, c: a - b + c),
    "stamps": Kind(2, (MANY, TIMES), lambda a, b: a + a * b),
    "boxes": Kind(2, (MANY, FEW, FEW), lambda a, b, c: a * (b + c)),
    "bicycle": Kind(2, (MANY, FEW, HUNDREDS), lambda a, b, c: a * b - c),
    "tank": Kind(2, (HUNDREDS, FEW, FEW), lambda a, b, c: a - b * c),
    "trees": Kind(3, (FEW, MANY, FEW, MANY), lambda a, b, c, d: a * b - c + d),
    "bakery": Kind(3, (MANY, MANY, EUROS, MANY), lambda a, b, c, d: (a + b) * c - d),
}


class Item(NamedTuple):
    """A kind of problem with its numbers."""

    kind: str
    numbers: tuple[int, ...]
    person: str

    @property
    def answer(self) -> int | Fraction:
        return KINDS[self.kind].solve(*self.numbers)


def items(rng: Random, split: str, n: int) -> list[Item]:
    """n problems of all kinds in turn, with different numbers and whole answers > 1."""
    found: dict[tuple, Item] = {}
    kinds = cycle(KINDS)
    while len(found) < n:
        item = _drawn(rng, next(kinds))
        found.setdefault(item[:2], item)
    return list(found.values())


def _drawn(rng: Random, kind: str) -> Item:
    while True:
        numbers = tuple(rng.choice(some) for some in KINDS[kind].numbers)
        item = Item(kind, numbers, rng.choice(concepts.NAMES))
        # what is left is no number of the text, which one could copy
        if item.answer > 1 and item.answer % 1 == 0 and item.answer not in numbers:
            return item


def rows(lang: str, some: list[Item]) -> list[dict[str, Any]]:
    """Rows of MGSM's columns; as in its test set no solution is written out."""
    return [
        {
            "question": say(
                lang,
                words(lang)["problems"][item.kind],
                item.person,
                **dict(zip("abcd", item.numbers)),
            ),
            "answer": None,
            "answer_number": int(item.answer),
            "equation_solution": None,
        }
        for item in some
    ]
