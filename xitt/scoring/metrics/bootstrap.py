"""The bootstrap over examples, and what a record holds of one language."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from xitt.errors import UserError
from xitt.scoring.metrics.base import Metric

WEIGHTS = 4_000_000  # bootstrap weights held at a time, 32 MB


# ----------------------------------------------------------------------- bootstrap


def resampled_sums(
    counts: np.ndarray, key: Sequence[str], draws: int = 100, seed: int = 0
) -> np.ndarray:
    """(draws, k): column sums of `counts` under resamples of the examples (Efron 1979).

    Resample b depends on `key`, `seed`, b and the number of examples alone: two models
    scored on the same test share it, and the difference of their replicates is a paired
    bootstrap.

    Args:
        counts: (n, k), one row an example.
        key: of the test: target and split, and the language where it is not shared.
    """
    counts = np.asarray(counts, dtype=float)
    n = len(counts)
    text = "\x1f".join([*map(str, key), str(seed)])
    digest = hashlib.sha256(text.encode()).digest()
    generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    sums = np.empty((draws, counts.shape[1]))
    block = max(1, WEIGHTS // n)
    for first in range(0, draws, block):
        rows = min(block, draws - first)
        drawn = generator.integers(0, n, size=(rows, n))
        drawn += n * np.arange(rows)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        sums[first : first + rows] = weights @ counts
    return sums


def of_clusters(counts: np.ndarray, clusters: Sequence[Hashable]) -> np.ndarray:
    """(clusters, k): the counts of examples that belong together, as one row each.

    Examples that share a text are right or wrong together. Whole clusters have to be
    drawn then, or the interval is too narrow (Miller 2024, arXiv 2411.00640, sec. 2.2).
    Clusters stand in the order of their first example.
    """
    if len(clusters) != len(counts):
        raise UserError(
            f"{len(clusters)} clusters for {len(counts)} examples; give one for each"
        )
    place: dict[Hashable, int] = {}
    rows = [place.setdefault(cluster, len(place)) for cluster in clusters]
    sums = np.zeros((len(place), counts.shape[1]))
    np.add.at(sums, rows, counts)
    return sums


def summary(
    metric: Metric,
    counts: np.ndarray,
    key: Sequence[str],
    draws: int = 100,
    seed: int = 0,
    clusters: Sequence[Hashable] | None = None,
) -> dict[str, Any]:
    """What a record holds of one language: every score, n, and the bootstrap.

    `se` is the standard error of the headline over examples, `replicates` the headline
    under each resample; see `resampled_sums`. Of a metric with a smooth score beside
    its headline, `replicates_of` holds that one's, by its name.

    clusters: which examples belong together, a name for each; None where each is alone.
    """
    sums = counts.sum(axis=0)
    drawn = counts if clusters is None else of_clusters(counts, clusters)
    resampled = metric.scores(resampled_sums(drawn, key, draws, seed))
    replicates = [float(value) for value in resampled[metric.headline]]
    smooth = [float(value) for value in resampled.get(metric.smooth, ())]
    return {
        **{name: round(float(v), 4) for name, v in metric.scores(sums).items()},
        "n": len(counts),
        "se": round(float(np.std(replicates, ddof=1)), 4) if draws > 1 else 0.0,
        "replicates": [round(value, 4) for value in replicates],
        **(
            {"replicates_of": {metric.smooth: [round(v, 4) for v in smooth]}}
            if smooth
            else {}
        ),
    }
