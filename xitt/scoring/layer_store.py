"""Embeddings of every layer, of which one at a time is in memory.

A million sentences at one layer of XLM-R large are 4 GB, and there are 25 layers. One
pass computes them all; each layer goes to a file of its own, in the order in which
batches come, and is read when its turn comes. Small layers never reach the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from xitt import files, paths

SPOOL = 2**24  # bytes of a layer that are kept in memory before it goes to disk
CHUNK = 2**22  # numbers that are read at a time


@dataclass
class Layers:
    """Embeddings of some items at some layers.

    stores: a file for each layer, of float32 rows; width: numbers a row.
    written: items in the order of the rows.
    """

    stores: list[IO[bytes]]
    width: int
    written: list[np.ndarray] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.stores)

    def add(self, items: np.ndarray, values: np.ndarray) -> None:
        """Keep (n, layers, width) values of n items."""
        with files.disk_errors(paths.DATA):
            for layer, store in enumerate(self.stores):
                store.write(np.ascontiguousarray(values[:, layer], np.float32).data)
        self.written.append(np.asarray(items))

    def read(self, layer: int, items: np.ndarray) -> np.ndarray:
        """(n, width) float32: what was kept of `items` (n,), each any number of times.

        Beside the result, memory is about `CHUNK` numbers.
        """
        places = _places(np.concatenate(self.written), items)
        order = np.argsort(places, kind="stable")
        ordered = places[order]
        found = np.empty((len(items), self.width), dtype=np.float32)
        rows = max(1, CHUNK // self.width)
        self.stores[layer].seek(0)
        for first in range(0, sum(map(len, self.written)), rows):
            data = self.stores[layer].read(rows * self.width * found.itemsize)
            part = np.frombuffer(data, dtype=np.float32).reshape(-1, self.width)
            begin, end = np.searchsorted(ordered, [first, first + rows])
            found[order[begin:end]] = part[ordered[begin:end] - first]
        return found


@contextmanager
def opened(count: int, width: int) -> Iterator[Layers]:
    """A store of `count` layers, in memory and then below the data folder.

    Its files have no name on the disk, so that a killed process leaves nothing there.
    """
    with ExitStack() as stack:
        with files.disk_errors(paths.DATA):
            paths.DATA.mkdir(parents=True, exist_ok=True)
            stores = [
                stack.enter_context(
                    tempfile.SpooledTemporaryFile(SPOOL, dir=paths.DATA)
                )
                for _ in range(count)
            ]
        yield Layers(stores, width)


def _places(written: np.ndarray, items: np.ndarray) -> np.ndarray:
    """The row of each item among those written."""
    order = np.argsort(written)
    return order[np.searchsorted(written, items, sorter=order)]
