"""F1 of mined pairs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from xitt.errors import UserError
from xitt.scoring.metrics.base import Scores, precision_recall_f1


def mining_counts(
    predictions: Iterable[tuple[str, str]],
    references: Collection[tuple[str, str]],
    sources: Sequence[str] | None = None,
) -> np.ndarray:
    """(source sentences, 3): right, extracted and gold pairs of each source sentence.

    Args:
        predictions: extracted pairs (source id, target id); none at all scores 0.
        references: gold pairs.
        sources: the ids of all source sentences, in their order. A paired bootstrap
            needs it, since it gives every model the same rows; without it the rows are
            the source sentences that occur in a pair.
    """
    predicted = {tuple(pair) for pair in predictions}
    gold = {tuple(pair) for pair in references}
    if not gold:
        raise UserError("no gold pairs: mining cannot be scored; check the gold file")
    if sources is None:
        sources = sorted({source for source, _ in predicted | gold})
    row = {source: i for i, source in enumerate(sources)}
    counts = np.zeros((len(row), 3))
    columns = ((0, predicted & gold), (1, predicted), (2, gold))
    for column, pairs in columns:
        for source, _ in pairs:
            if source not in row:
                raise UserError(
                    f"pair with the unknown source id '{source}'; "
                    f"predictions and sentences must be of the same language and split"
                )
            counts[row[source], column] += 1
    return counts


def mining_scores(sums: np.ndarray) -> Scores:
    return precision_recall_f1(sums[..., 0], sums[..., 1], sums[..., 2])
