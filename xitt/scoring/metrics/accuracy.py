"""Accuracy of one label an example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xitt.errors import UserError
from xitt.scoring.metrics.base import Scores, percent
from xitt.scoring.metrics.checks import (
    check_labels,
    check_lengths,
    check_placeholder,
)

# ------------------------------------------------------------------------ accuracy


def accuracy_counts(
    predictions: Sequence[Any],
    references: Sequence[Any],
    labels: Sequence[str] | None = None,
) -> np.ndarray:
    """(n, 2): whether the label is right, and 1.

    Labels are integers from 0, or strings; with `labels` (the names, in order) an
    integer must index it and a string be one of it.
    """
    check_lengths(predictions, references)
    predicted = check_labels(predictions, "prediction", labels)
    expected = check_labels(references, "reference", labels)
    if predicted.dtype.kind != expected.dtype.kind:
        raise UserError(
            f"predictions such as {predictions[0]!r} and references such as "
            f"{references[0]!r} are of two kinds; give both as numbers or as names"
        )
    check_placeholder(references)
    return np.stack([predicted == expected, np.ones(len(expected))], axis=1)


def accuracy_scores(sums: np.ndarray) -> Scores:
    return {"accuracy": percent(sums[..., 0], sums[..., 1])}
