"""Choices of a cause or an effect, as XCOPA has them.

Two pairs of a cause and its effect make four questions, in which each of the four
sentences is once a premise, and once a right and once a wrong choice: neither a choice
nor its length nor the words that it shares with others tells the answer.
"""

# ruff: noqa: SIM905 (lists of names read best as text)

from __future__ import annotations

from itertools import combinations, product
from random import Random
from typing import Any, NamedTuple

from xitt.data.pocket import concepts
from xitt.data.pocket.written.wording import say, words

PAIRS = {  # those of a split go with each other: none could be another's effect
    "train": "study run snake leg abroad present glass night".split(),
    "validation": "stove money cold seeds question dog".split(),
    "test": "umbrella alarm breakfast flu coffee joke keys phone dark salt".split(),
}
SIDES = ("cause", "effect")
# Rows are numbered apart from the published ones, of which some languages have mistakes
# that a protocol mends by number.
FIRST = 1000


class Item(NamedTuple):
    """premise: a pair of which one side is told; choices: pairs, of the other side."""

    asked: str
    premise: str
    choices: tuple[str, str]
    person: str


def items(rng: Random, split: str, n: int) -> list[Item]:
    """n different questions, or as many as there are; four that belong together."""
    every = list(product(combinations(PAIRS[split], 2), concepts.NAMES))
    drawn = rng.sample(every, min(len(every), -(-n // 4)))
    found = []
    for pairs, person in drawn:
        for asked in SIDES:
            choices = tuple(rng.sample(pairs, 2))
            found += [Item(asked, premise, choices, person) for premise in pairs]
    return found[:n]


def rows(lang: str, some: list[Item]) -> list[dict[str, Any]]:
    """Rows of XCOPA's columns."""
    return [_row(lang, FIRST + i, item) for i, item in enumerate(some)]


def _row(lang: str, number: int, item: Item) -> dict[str, Any]:
    told = words(lang)["causes"]
    side = SIDES.index(item.asked)
    one, two = (say(lang, told[c][side], item.person, True) for c in item.choices)
    return {
        "premise": say(lang, told[item.premise][1 - side], item.person),
        "choice1": one,
        "choice2": two,
        "question": item.asked,
        "label": item.choices.index(item.premise),
        "idx": number,
        "changed": False,
    }
