"""Batch by batch through a model: told, halved where memory ends, never lost.

What a batch gave may be kept on disk, and what was stopped goes on with the batch that
it was at: batches are those of an undisturbed evaluation, and so are its scores, to the
bit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from xitt.training import devices, progress, stopping
from xitt.training.keeping import Kept

logger = logging.getLogger("xitt")

Compute = Callable[[np.ndarray], np.ndarray]


def computed(
    queue: Sequence[np.ndarray],
    compute: Compute,
    *,
    unit: str,
    kept: Kept | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The items of each batch of `queue`, and the array that `compute` makes of them.

    unit: what the items are, for the lines that say how far it is. kept: where arrays
        are kept while others are computed; the caller removes them (`keeping.clear`)
        once the result is safe.
    """
    shown = progress.Count(sum(map(len, queue)), unit)
    done = np.zeros(1 + max((batch.max() for batch in queue), default=0), dtype=bool)
    for items, stored in kept.read() if kept else ():
        done[items] = True
        shown.add(len(items), computed=False)
        yield items, stored
    # What is left of a batch is computed as that batch is.
    left = [some for batch in queue if len(some := batch[~done[batch]])]
    with stopping.deferred_signals() as asked:
        for items, found in _halved(left, compute):
            if kept:
                kept.add(items, found)
            shown.add(len(items))
            yield items, found
            if asked:
                if kept:
                    kept.write()
                raise stopping.error(asked[0])


def _halved(
    queue: list[np.ndarray], compute: Compute
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batch by batch; one that memory cannot hold is computed in two."""
    while queue:
        items = queue.pop(0)
        try:
            found = compute(items)
        except RuntimeError as error:
            if not devices.out_of_memory(error) or len(items) == 1:
                raise
            logger.warning("out of memory on %d items: half as many", len(items))
            queue[:0] = np.array_split(items, 2)
            continue
        yield items, found
