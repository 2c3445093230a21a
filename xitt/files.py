"""Whole files or none: what a kill, a power cut or a full disk leaves is no result.

A file or folder is written beside its place, brought to the disk, and then takes its
place in one step of the file system. So at any moment the place holds the old one or
the new one, whole.
"""

from __future__ import annotations

import contextlib
import ctypes
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
            raise UserError(
                f"cannot write {path}: {error.strerror}; give yourself the right to, "
                f"or choose another folder"
            ) from error
        if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
            raise UserError(
                f"cannot write {path}: a file stands where a folder should be, or a "
                f"folder where a file should; move it away"
            ) from error
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
            _sync(temporary)
            os.replace(temporary, path)
            _sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that takes its place only on success.

    Where the system cannot exchange two folders in one step, a kill between two steps
    leaves the old one as `.<name>.old`, and the next writing brings it back first.
    """
    path = Path(path)
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path.with_name(f".{path.name}.old")
        _bring_back(old, path)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            yield temporary
            temporary.chmod(0o755)
            for part in [*temporary.rglob("*"), temporary]:
                _sync(part)
            _take_place(temporary, path, old)
            _sync(path.parent)
        finally:
            _bring_back(old, path)
            shutil.rmtree(temporary, ignore_errors=True)


def _take_place(new: Path, path: Path, old: Path) -> None:
    """Rename the folder `new` to `path`; what stood there becomes `new`, or `old`."""
    if not path.exists():
        os.replace(new, path)
    elif not _exchange(new, path):
        os.replace(path, old)
        os.replace(new, path)


def _bring_back(old: Path, path: Path) -> None:
    """End what was cut short: `old` is the only one, or there is a newer one."""
    if old.exists() and path.exists():
        shutil.rmtree(old)
    elif old.exists():
        os.replace(old, path)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step, where the system and the disk can do that."""
    if os.name != "posix":
        return False
    library, (first, second) = ctypes.CDLL(None), map(os.fsencode, (one, other))
    if call := getattr(library, "renamex_np", None):  # macOS; 2 is RENAME_SWAP
        return call(first, second, 2) == 0
    if call := getattr(library, "renameat2", None):  # Linux; 2 is RENAME_EXCHANGE
        here = -100  # AT_FDCWD
        return call(here, first, here, second, 2) == 0
    return False


def _sync(path: Path) -> None:
    """Bring a file, or the list of a folder's names, to the disk."""
    if path.is_symlink() or (os.name != "posix" and path.is_dir()):
        return  # Windows opens no folders, and keeps their names in order itself
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # of a disk without it
            raise
    finally:
        os.close(handle)


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


def digest(value: Any) -> str:
    """SHA-256 of a value as JSON, as hex digits: the same before and after a file."""
    value = json.loads(json.dumps(value))  # tuples and numbers as keys become JSON's
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hex digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
