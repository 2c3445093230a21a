"""A metric: counts of each example, and the scores that follow from their sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Scores = dict[str, Any]


@dataclass(frozen=True)
class Metric:
    """A metric: its count matrix, and the scores that follow from column sums.

    Attributes:
        name: key in METRICS.
        headline: the score that tables and figures show.
        columns: what each column of the count matrix counts.
        counts: `counts(predictions, references, **options) -> (n, k) float64`.
        scores: `scores(sums (..., k)) -> {score: (...)}` in points from 0 to 100.
        options: names of the keywords that `counts` takes.
        smooth: a score that moves where the headline is at its floor, if there is one;
            it is resampled too.
    """

    name: str
    headline: str
    columns: tuple[str, ...]
    counts: Callable[..., np.ndarray]
    scores: Callable[[np.ndarray], Scores]
    options: tuple[str, ...] = ()
    smooth: str = ""

    def compute(self, predictions: Any, references: Any, **options: Any) -> Scores:
        """All scores of one set of predictions, as floats."""
        sums = self.counts(predictions, references, **options).sum(axis=0)
        return {name: float(value) for name, value in self.scores(sums).items()}


def percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """100 part / whole, and 0 where `whole` is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(100 * part, whole, out=np.zeros(part.shape), where=whole > 0)


def precision_recall_f1(hits: Any, predicted: Any, gold: Any) -> Scores:
    """Precision, recall and their harmonic mean, 2 hits / (predicted + gold)."""
    return {
        "f1": percent(2 * np.asarray(hits), np.asarray(predicted) + np.asarray(gold)),
        "precision": percent(hits, predicted),
        "recall": percent(hits, gold),
    }
