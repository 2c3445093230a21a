"""Digests of files, computed once while a file does not change."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from xitt import files


def of(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=4096)
def _digest(path: Path, mtime: int, size: int, inode: int) -> str:
    return files.sha256(path)
