"""Sentences for tagging (UDPOS, PAN-X, CCG), for bitexts and for plain text."""

from __future__ import annotations

from random import Random

from xitt.data.pocket import sampling
from xitt.data.pocket.meanings import Meaning, Phrase, split_of


def sentences(rng: Random, split: str, n: int) -> list[Meaning]:
    """n different sentences of every type, paraphrases and daily phrases included."""
    return sampling.assorted(rng, split, n)


def phraseless(rng: Random, split: str, n: int) -> list[Meaning]:
    """n different sentences without daily phrases, which have no CCG categories."""
    drawn = sampling.assorted(rng, split, n + n // 4 + 40)
    return [meaning for meaning in drawn if not isinstance(meaning, Phrase)][:n]


def named(rng: Random, split: str, n: int) -> list[Meaning]:
    """n different sentences of which most hold names of people, places, companies."""
    draws = (sampling.fact, sampling.varied, sampling.transfer, sampling.because)
    found: dict[Meaning, None] = {}
    while len(found) < n:
        drawn = rng.choices(draws, (6, 4, 1, 1))[0](rng)
        if drawn is not None and split_of(drawn) == split:
            found[drawn] = None
    return list(found)
