"""Accuracy of a model that gives each choice a log-likelihood and takes the highest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xitt.errors import UserError, unknown
from xitt.scoring.metrics.base import Scores, percent
from xitt.scoring.metrics.checks import (
    check_labels,
    check_lengths,
    check_placeholder,
)

TIES = ("first", "shared")


class Ranking(NamedTuple):
    """The choices of a question: log-likelihoods in nats, characters, UTF-8 bytes."""

    totals: Sequence[float]
    characters: Sequence[int]
    octets: Sequence[int]


def ranking_counts(
    predictions: Sequence[Ranking], references: Sequence[int], ties: str = "first"
) -> np.ndarray:
    """(n, 4): right by the sum, by the mean a character, by that a byte, and 1.

    The three rules are lm-evaluation-harness's acc, acc_norm and acc_bytes.
    ties: what becomes of choices with the very same value: the `first` is taken, as
        there, or the answer is `shared`, so that one of k counts as 1/k right.
    """
    check_lengths(predictions, references)
    if ties not in TIES:
        raise unknown("rule for ties", ties, TIES)
    gold = check_labels(references, "reference", None).astype(int)
    check_placeholder(references)
    counts = np.ones((len(gold), 4))
    for at, (ranking, right) in enumerate(zip(predictions, gold)):
        totals = np.asarray(ranking.totals, dtype=float)
        if not np.isfinite(totals).all():
            raise UserError(
                f"question {at} has a log-likelihood of {totals}; the model computes "
                f"no number, try precision fp32"
            )
        if right >= len(totals):
            raise UserError(f"question {at}: answer {right} of {len(totals)} choices")
        for rule, lengths in enumerate((1, ranking.characters, ranking.octets)):
            values = totals / np.maximum(lengths, 1)
            counts[at, rule] = _credit(values, right, ties)
    return counts


def _credit(values: np.ndarray, right: int, ties: str) -> float:
    if ties == "first":
        return float(np.argmax(values) == right)
    best = values == values.max()
    return float(best[right] / best.sum())


def ranking_scores(sums: np.ndarray) -> Scores:
    names = ("accuracy", "acc_norm", "acc_bytes")
    return {name: percent(sums[..., i], sums[..., -1]) for i, name in enumerate(names)}
