"""What an evaluation has computed so far, on disk: a killed one goes on where it was.

The items of all languages share batches (`prediction`), so that the outputs of batches
are kept, not those of languages: the batches of an evaluation that goes on are those of
an undisturbed one, and so are its scores, to the bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from xitt import files

EVERY_S = 60.0  # between two writes
Batch = tuple[np.ndarray, np.ndarray]  # items, and the outputs of each


@dataclass
class Kept:
    """Outputs of batches in `folder`, as files of their own that are never rewritten.

    identity: gives a text that names model, items and how they are computed; it may
        cost seconds, and is asked for when there is something to write or to read.
    """

    folder: Path
    identity: Callable[[], str]
    fresh: list[Batch] = field(default_factory=list)
    written: float = field(default_factory=time.monotonic)
    _mark: str = ""

    @property
    def mark(self) -> str:
        """The beginning of the files' names."""
        self._mark = self._mark or self.identity()[:16]
        return self._mark

    def read(self) -> Iterator[Batch]:
        """What was computed before; files of another model or other items go."""
        for path in sorted(self.folder.glob("*.npz")):
            if path.name.split(".")[0] != self.mark:
                path.unlink()
                continue
            with np.load(path) as stored:
                for place in range(len(stored.files) // 2):
                    yield stored[f"items{place}"], stored[f"outputs{place}"]

    def add(self, items: np.ndarray, outputs: np.ndarray) -> None:
        """Take the outputs of a batch; from time to time they are written."""
        self.fresh.append((items, outputs))
        if time.monotonic() - self.written >= EVERY_S:
            self.write()

    def write(self) -> None:
        """Write what is not written yet."""
        if not self.fresh:
            return
        arrays = {}
        for place, (items, outputs) in enumerate(self.fresh):
            arrays |= {f"items{place}": items, f"outputs{place}": outputs}
        number = len(list(self.folder.glob("*.npz")))
        path = self.folder / f"{self.mark}.{number:06}.npz"
        with files.whole_file(path) as temporary, open(temporary, "wb") as file:
            np.savez(file, **arrays)
        self.fresh.clear()
        self.written = time.monotonic()


def clear(folder: Path) -> None:
    """Remove what is kept below `folder`, and what a killed run left of it."""
    for path in [*folder.rglob("*.npz"), *folder.rglob(".*.npz.*")]:
        path.unlink(missing_ok=True)
