"""Winograd schemas, as XWinograd has them, in the languages that it has.

Of two sentences that differ in one word or phrase the blank is the first noun in one
and the second in the other. The nouns of a sentence have one gender.
"""

from __future__ import annotations

from itertools import permutations, product
from random import Random
from typing import NamedTuple

from xitt.data.pocket.grammar import languages
from xitt.data.pocket.written.wording import capital, words

PEOPLE = ("thanks", "asks", "chases", "hides")  # frames about two people


class Item(NamedTuple):
    """x and y: places in the lists of nouns; right: 0 where the blank is x, 1 of y."""

    frame: str
    x: int
    y: int
    right: int


def spoken() -> list[str]:
    """The languages of the suite that have schemas."""
    return [lang for lang in languages() if "schemas" in words(lang)]


def items(rng: Random, split: str, n: int) -> list[Item]:
    """n different sentences, or as many as there are; the two of a pair in turn."""
    pairs = [("fits", *places) for places in product(range(4), repeat=2)]
    pairs += [("carries", *places) for places in permutations(range(4), 2)]
    pairs += [
        (frame, *places) for frame in PEOPLE for places in permutations(range(5), 2)
    ]
    drawn = rng.sample(pairs, min(len(pairs), -(-n // 2)))
    return [Item(*pair, right) for pair in drawn for right in (0, 1)][:n]


def rows(lang: str, some: list[Item]) -> list[dict[str, str]]:
    """Rows of XWinograd's columns."""
    return [_row(lang, item) for item in some]


def _row(lang: str, item: Item) -> dict[str, str]:
    said = words(lang)["schemas"]
    firsts = said["people" if item.frame in PEOPLE else "things"]
    seconds = said["holders"] if item.frame == "fits" else firsts
    declined = said.get("objects", firsts) if item.frame in PEOPLE else seconds
    special = said["special"][item.frame][item.right]
    sentence = said["frames"][item.frame].format(
        x=firsts[item.x], y=declined[item.y], special=special
    )
    return {
        "sentence": capital(lang, sentence),
        "option1": firsts[item.x],
        "option2": seconds[item.y],
        "answer": str(1 + item.right),
    }
