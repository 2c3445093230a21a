"""Mining by margin, ours beside faiss and Python: flat (exact) and IVF indices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isqrt
from typing import Any

import numpy as np

from xitt.running.benchmark.turns import in_turn

Search = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, np.ndarray]]
Pairs = list[tuple[int, int]]

NOISE = 1.0  # of a translation, where a coordinate's standard deviation is 1
PROBED = 16  # of an IVF index's lists, in each search
TRAINING = 40  # vectors a list that its centres are found with; faiss wants 39


def measure(n: int = 10_000, width: int = 384, rounds: int = 3) -> dict[str, Any]:
    """Seconds to mine n by n sentences, ours and with faiss and Python, in turn.

    Returns:
        `seconds` by contender; `found`: of the pairs that ours finds, the share that
        each peer finds; `ratio_flat` and `ratio_ivf`: how many times as long as ours.
    """
    from xitt.scoring import neighbours, retrieval

    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, width)).astype(np.float32)
    noise = rng.standard_normal((n, width)).astype(np.float32)
    y = x[rng.permutation(n)] + NOISE * noise

    def ours() -> Pairs:
        sources, targets, _ = retrieval.mine(neighbours.neighbours(x, y))
        return list(zip(sources.tolist(), targets.tolist()))

    turns = in_turn(
        {
            "ours": ours,
            "flat": partial(faiss_margin, x, y),
            "ivf": partial(faiss_margin, x, y, search=inverted_lists),
        },
        rounds,
    )
    mined = set(turns.returned["ours"])
    return {
        "sentences": n,
        "seconds": {name: round(turns.median(name), 3) for name in turns.seconds},
        "found": {
            name: round(len(mined & set(turns.returned[name])) / len(mined), 4)
            for name in ("flat", "ivf")
        },
        "ratio_flat": turns.ratio("flat"),
        "ratio_ivf": turns.ratio("ivf"),
    }


def flat(
    base: np.ndarray, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Similarities (n, k) with the nearest of `base`, and which, by a flat index."""
    import faiss

    index = faiss.IndexFlatIP(base.shape[1])
    index.add(base)
    return index.search(queries, k)


def inverted_lists(
    base: np.ndarray, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """As `flat`, looking in the PROBED nearest of 4 sqrt(n) lists alone."""
    import faiss

    lists = min(4 * isqrt(len(base)), max(1, len(base) // TRAINING))
    index = faiss.index_factory(
        base.shape[1], f"IVF{lists},Flat", faiss.METRIC_INNER_PRODUCT
    )
    index.train(base)
    index.add(base)
    index.nprobe = PROBED
    return index.search(queries, k)


def faiss_margin(
    x: np.ndarray, y: np.ndarray, k: int = 4, search: Search = flat
) -> Pairs:
    """The usual recipe: two searches, margins in numpy, pairs in a Python loop.

    As LASER's `mine_bitexts.py` (retrieval "max", margin "ratio").
    """
    x, y = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (x, y))
    ahead, to_y = search(y, x, k)
    back, to_x = search(x, y, k)
    mean_x, mean_y = ahead.mean(axis=1), back.mean(axis=1)
    forward = ahead / ((mean_x[:, None] + mean_y[to_y]) / 2)
    backward = back / ((mean_y[:, None] + mean_x[to_x]) / 2)
    rows, columns = np.arange(len(x)), np.arange(len(y))
    best, there = forward.argmax(axis=1), backward.argmax(axis=1)
    pairs = [*zip(rows, to_y[rows, best]), *zip(to_x[columns, there], columns)]
    scores = np.concatenate([forward[rows, best], backward[columns, there]])
    used_x, used_y, kept = set(), set(), []
    for at in np.argsort(-scores):
        i, j = pairs[at]
        if i not in used_x and j not in used_y:
            used_x.add(i)
            used_y.add(j)
            kept.append((int(i), int(j)))
    return kept
