"""Which items make a step: a run over one task, several, and masked text.

The composition of an optimizer step is that of the plain recipe: a seeded permutation
in chunks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

MLM = "mlm"  # the task name of a masked-language-model step


class Step(NamedTuple):
    """One optimizer step: items of one task."""

    task: str
    items: np.ndarray


def mixture(
    sizes: Mapping[str, int],
    *,
    batch: int,
    epochs: int,
    seed: int,
    cap: int = 0,
    mlm_items: int = 0,
    mlm_share: float = 0.0,
) -> list[Step]:
    """All steps of a run over one task or many, each step from one task.

    A task gives min(size, cap) items an epoch (cap 0: all), so that steps are in
    proportion to (capped) sizes, exactly and not only on average; their order is a
    seeded shuffle inside each epoch. A capped task walks on through its data from
    epoch to epoch. One task without a cap is a seeded permutation of
    its items each epoch.

    mlm_share: share of all steps that are masked-LM steps, spread at random, over
        `mlm_items` items of text in permutations as often as they are needed.
    """
    plan: list[Step] = []
    for epoch in range(epochs):
        chunks = {
            task: _chunks(_drawn(n, min(n, cap or n), seed, epoch), batch)
            for task, n in sizes.items()
        }
        order = [task for task, parts in chunks.items() for _ in parts]
        rng = np.random.default_rng([seed, epoch, 1])
        if len(sizes) > 1:
            order = [order[i] for i in rng.permutation(len(order))]
        queue = {task: iter(parts) for task, parts in chunks.items()}
        plan += [Step(task, next(queue[task])) for task in order]
    if not (mlm_items and mlm_share):
        return plan
    return _with_mlm(plan, mlm_items, mlm_share, batch, seed)


def _with_mlm(
    plan: list[Step], n: int, share: float, batch: int, seed: int
) -> list[Step]:
    extra = round(len(plan) * share / (1 - share))
    rng = np.random.default_rng([seed, 2])
    is_mlm = np.zeros(len(plan) + extra, dtype=bool)
    is_mlm[rng.choice(len(is_mlm), size=extra, replace=False)] = True
    # a step holds `batch` texts, or all of them where there are fewer
    size = min(batch, n)
    text = iter(_chunks(_stream(n, 0, extra * size, seed), size))
    tasks = iter(plan)
    return [Step(MLM, next(text)) if here else next(tasks) for here in is_mlm]


def _drawn(n: int, amount: int, seed: int, epoch: int) -> np.ndarray:
    return _stream(n, epoch * amount, (epoch + 1) * amount, seed)


def _stream(n: int, start: int, end: int, seed: int) -> np.ndarray:
    """Places start to end - 1 of permutation 0, permutation 1, ... of n items."""
    rounds = range(start // n, -(-end // n)) if n else ()
    parts = [np.random.default_rng([seed, r]).permutation(n) for r in rounds]
    if not parts:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(parts)[start - rounds[0] * n : end - rounds[0] * n]


def _chunks(items: np.ndarray, size: int) -> list[np.ndarray]:
    return [items[i : i + size] for i in range(0, len(items), size)]
