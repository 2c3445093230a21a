"""The batches of a causal model's work: told, halved where memory ends, never lost.

Programs and long answers take hours on a processor. What a batch gave is kept on disk,
and what was stopped goes on with the batch that it was at: batches are those of an
undisturbed evaluation, and so are its scores, to the bit.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xitt.training import devices, keeping, progress, stopping

logger = logging.getLogger("xitt")


def computed(
    queue: Sequence[np.ndarray],
    compute: Callable[[np.ndarray], Any],
    *,
    unit: str,
    folder: Path | None = None,
    identity: Callable[[], str] = str,
) -> Iterator[tuple[np.ndarray, Any]]:
    """Items of each batch of `queue`, and what `compute` makes of them.

    compute: gives what JSON can hold; tuples come back from disk as lists.
    unit: what the items are, for the lines that say how far it is.
    folder: where results are kept, of each `identity` (weights, items, how they are
        computed; asked for once) apart; the caller removes them (`keeping.clear`).
    """
    kept = None
    if folder:
        mark = identity()
        kept = keeping.Kept(folder / mark[:16], lambda: mark)
    shown = progress.Count(sum(map(len, queue)), unit)
    done: set[int] = set()
    for items, stored in kept.read() if kept else ():
        done.update(items.tolist())
        shown.add(len(items), computed=False)
        yield items, json.loads(stored.tobytes())
    left = [np.array([i for i in batch if i not in done], int) for batch in queue]
    with stopping.deferred_signals() as asked:
        for items, found in _halved([each for each in left if len(each)], compute):
            if kept:
                stored = np.frombuffer(json.dumps(found).encode(), np.uint8)
                kept.add(items, stored)
            shown.add(len(items))
            yield items, found
            if asked:
                if kept:
                    kept.write()
                raise stopping.error(asked[0])


def _halved(
    queue: list[np.ndarray], compute: Callable[[np.ndarray], Any]
) -> Iterator[tuple[np.ndarray, Any]]:
    """Batch by batch; one that memory cannot hold is computed in two."""
    while queue:
        items = queue.pop(0)
        try:
            found = compute(items)
        except RuntimeError as error:
            if not devices.out_of_memory(error) or len(items) == 1:
                raise
            logger.warning("out of memory on %d texts: half as many", len(items))
            queue[:0] = np.array_split(items, 2)
            continue
        yield items, found
