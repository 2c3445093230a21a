"""How many problems were solved whose answer is a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xitt.errors import UserError
from xitt.scoring.metrics.base import Scores, percent
from xitt.scoring.metrics.checks import check_lengths


class Solution(NamedTuple):
    """What a protocol finds in a model's text, and how likely the right answer was.

    right: whether the number that it finds is the answer.
    throughout: whether the text is that answer and nothing else.
    number: what it took for the answer; None where there is no number.
    likelihood: log-likelihood of the right answer after the prompt, in nats.
    """

    right: bool
    throughout: bool
    number: str | None
    likelihood: float


def solved_counts(
    predictions: Sequence[Solution], references: Sequence[str]
) -> np.ndarray:
    """(n, 5): right, right throughout, without a number, log-likelihood, and 1."""
    check_lengths(predictions, references)
    counts = [
        [p.right, p.throughout, p.number is None, p.likelihood, 1] for p in predictions
    ]
    found = np.array(counts, dtype=float)
    if not np.isfinite(found).all():
        at = int(np.argmin(np.isfinite(found).all(axis=1)))
        raise UserError(
            f"the answer of problem {at} has a log-likelihood of {found[at, 3]}; the "
            f"model computes no number, try precision fp32"
        )
    return found


def solved_scores(sums: np.ndarray) -> Scores:
    """Points, but for `answer_loglikelihood`: nats a problem, which has no floor."""
    number = np.maximum(sums[..., -1], 1)
    return {
        "solved": percent(sums[..., 0], sums[..., -1]),
        "strict": percent(sums[..., 1], sums[..., -1]),
        "unparsed": percent(sums[..., 2], sums[..., -1]),
        "answer_loglikelihood": sums[..., 3] / number,
    }
