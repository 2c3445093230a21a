"""Whole files or none: what a killed or full disk leaves is never read as a result."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xitt.errors import UserError


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or a missing right below `path` into one clear line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError(
                f"disk full while writing {path}; free some space "
                f"(`make clean` removes what is generated) and run again"
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise UserError(f"cannot write {path}: {error.strerror}") from error
        raise


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place only on success."""
    path = Path(path)
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that takes its place only on success."""
    path = Path(path)
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            yield temporary
            temporary.chmod(0o755)
            if path.exists():
                shutil.rmtree(path)
            os.replace(temporary, path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextlib.contextmanager
def only_one(folder: Path, waiting: str = "") -> Iterator[int]:
    """One process at a time at work in `folder`; a dead one's lock frees itself.

    A second one is refused, or, where `waiting` says for what, says so and waits.
    Yields the lock's file descriptor: a process that inherits it holds the lock too.
    """
    from filelock import FileLock, Timeout

    with disk_errors(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        lock = FileLock(Path(folder) / ".lock")
        try:
            lock.acquire(timeout=0.1 if waiting else 0)
        except Timeout as error:
            if not waiting:
                raise UserError(
                    f"another process is at work in {folder}; wait for it, or stop it"
                ) from error
            print(waiting, file=sys.stderr, flush=True)
            lock.acquire()
    try:
        yield lock._context.lock_file_fd
    finally:
        lock.release()


def write_text(path: Path, text: str) -> Path:
    """Write `text` to `path`, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


def write_json(path: Path, value: Any) -> Path:
    """Write `value` as JSON with sorted keys, whole or not at all.

    A list of plain values is one line, so that a record stays readable.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    # A line break is never inside a string, so only structure is matched.
    flat = re.sub(
        r"\[\n\s*([^\[\]{}]*?)\n\s*\]",
        lambda found: "[" + re.sub(r",\n\s*", ", ", found[1]) + "]",
        text,
    )
    return write_text(path, flat + "\n")


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
