"""Digests of files, computed once while a file does not change.

A file is taken to be the same while its path, size, time of change and inode are. That
of a large file is kept on disk, so that other processes need not read it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from functools import lru_cache
from pathlib import Path

from xitt import files, paths
from xitt.errors import UserError

KEPT = 1 << 20  # bytes; a smaller file is read as quickly as the note of its digest
FRESH = 2_000_000_000  # ns: a file written just now may change again within its time


def of(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    stat = path.stat()
    return _digest(path, stat.st_size, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=4096)
def _digest(path: Path, size: int, mtime: int, inode: int) -> str:
    if size < KEPT or time.time_ns() - mtime < FRESH:
        return files.sha256(path)
    which = f"{path.absolute()} {size} {mtime} {inode}"
    note = paths.DIGESTS / hashlib.sha256(which.encode()).hexdigest()[:32]
    if note.exists() and len(kept := note.read_text(encoding="ascii")) == 64:
        return kept
    found = files.sha256(path)
    with contextlib.suppress(UserError):  # where nothing can be written, it is no need
        files.write_text(note, found)
    return found
