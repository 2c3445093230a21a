"""Scores of tag sequences: chunk F1 by two rules, and accuracy of single tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xitt.scoring.metrics.base import Scores, percent, precision_recall_f1
from xitt.scoring.metrics.checks import (
    check_tags,
)
from xitt.scoring.metrics.chunks import chunk_counts

# ------------------------------------------------------------------------- tagging


def token_counts(
    predictions: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Any]],
    labels: Sequence[str] | None = None,
) -> np.ndarray:
    """(sentences, 2): right tags, tags."""
    predicted, expected = check_tags(predictions, references, labels)
    right = [sum(map(str.__eq__, *pair)) for pair in zip(predicted, expected)]
    return np.array([right, [len(tags) for tags in expected]], dtype=float).T


def token_scores(sums: np.ndarray) -> Scores:
    return {"token_accuracy": percent(sums[..., 0], sums[..., 1])}


def tagging_counts(
    predictions: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Any]],
    labels: Sequence[str] | None = None,
) -> np.ndarray:
    """(sentences, 8): right, predicted and gold chunks, twice; right tags, tags.

    `chunks` says what a chunk is, and why it is counted by two rules.
    """
    predicted, expected = check_tags(predictions, references, labels)
    return np.concatenate(
        [
            chunk_counts(predicted, expected),
            chunk_counts(predicted, expected, whole_tags=True),
            token_counts(predicted, expected),
        ],
        axis=1,
    )


def chunk_scores(sums: np.ndarray) -> Scores:
    return {
        **precision_recall_f1(sums[..., 0], sums[..., 1], sums[..., 2]),
        "f1_whole_tags": percent(2 * sums[..., 3], sums[..., 4] + sums[..., 5]),
        **token_scores(sums[..., 6:]),
    }
