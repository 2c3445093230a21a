"""The bootstrap over examples, and what a record holds of one language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xitt.scoring.metrics.base import Metric

WEIGHTS = 4_000_000  # bootstrap weights held at a time, 32 MB


# ----------------------------------------------------------------------- bootstrap


def bootstrap_replicates(
    counts: np.ndarray,
    scores: Callable[[np.ndarray], np.ndarray],
    key: Sequence[str],
    draws: int = 100,
    seed: int = 0,
) -> list[float]:
    """A score under `draws` resamples of the examples (Efron 1979).

    Resample b depends on `key`, `seed`, b and the number of examples alone: two models
    scored on the same test share it, and the difference of their replicates is a paired
    bootstrap.

    Args:
        counts: (n, k), one row an example.
        scores: from sums (draws, k) to (draws,) points.
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
    return [float(value) for value in scores(sums)]


def summary(
    metric: Metric,
    counts: np.ndarray,
    key: Sequence[str],
    draws: int = 100,
    seed: int = 0,
) -> dict[str, Any]:
    """What a record holds of one language: every score, n, and the bootstrap.

    `se` is the standard error of the headline over examples, `replicates` the headline
    under each resample; see `bootstrap_replicates`.
    """
    sums = counts.sum(axis=0)
    replicates = bootstrap_replicates(
        counts, lambda s: metric.scores(s)[metric.headline], key, draws, seed
    )
    return {
        **{name: round(float(v), 4) for name, v in metric.scores(sums).items()},
        "n": len(counts),
        "se": round(float(np.std(replicates, ddof=1)), 4) if draws > 1 else 0.0,
        "replicates": [round(value, 4) for value in replicates],
    }
