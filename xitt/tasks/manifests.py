"""Manifests: what the files of a partial mirror are, and how tasks are read from them.

A mirror carries a `manifest.yaml` at its root, or in the folder of a data set:

    name: what people should call it
    files:                          # by their place below the manifest's folder
      nyu-mll/multi_nli/default/train.parquet:
        rows: 13925
        sha256: 0a1b...
        note: where it comes from   # may be left out
    tasks:                          # only those that deviate from the registry
      mnli:
        note: what is said wherever a result on these files is shown
        splits: {train: train, validation: validation_matched}
        ...                         # any key of `tasks.yaml` that says where rows are

`make manifest FROM=folder` writes the rows and digests. What is known of the partial
mirror that the real study was run on is built in; its files are known by their digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from xitt.errors import UserError, unknown
from xitt.tasks import schema, yaml_files
from xitt.tasks.schema import Task

NAME = "manifest.yaml"
BUILT_IN = Path(__file__).with_name("partial_mirror.yaml")

_KEYS = {"name": str, "files": dict, "tasks": dict}
_FILE_KEYS = {"rows": int, "sha256": str, "note": str}


@dataclass(frozen=True)
class File:
    """What a manifest says of a file."""

    rows: int
    sha256: str
    note: str = ""


@dataclass(frozen=True)
class Manifest:
    """The files below `folder` that are known, and the tasks that deviate on them."""

    folder: Path
    name: str
    files: Mapping[str, File]
    tasks: Mapping[str, Task] = field(repr=False)


def read(path: Path) -> Manifest:
    """The manifest in a file.

    Raises:
        UserError: for a key that is missing, unknown or of the wrong type.
    """
    return _read(path, path.parent, path.stat().st_mtime_ns, schema.stamp())


def built_in(folder: Path) -> Manifest:
    """What is known of the partial mirror, as if its manifest lay in `folder`."""
    return _read(BUILT_IN, folder, 0, schema.stamp())


def raw(path: Path) -> dict[str, Any]:
    """What a manifest's file says, checked but for its tasks."""
    entry = yaml_files.read(path)
    yaml_files.check(entry, _KEYS, ("files",), path.name)
    for place, about in entry["files"].items():
        where = f"{path.name}: file '{place}'"
        yaml_files.check(about, _FILE_KEYS, ("rows", "sha256"), where)
    return entry


@cache
def _read(path: Path, folder: Path, mtime: int, stamp: tuple[str, int]) -> Manifest:
    """A manifest; `mtime` and `stamp` make the cache forget what has changed."""
    entry = raw(path)
    files = {place: File(**about) for place, about in entry["files"].items()}
    tasks = {
        name: _deviating(name, changes, path)
        for name, changes in (entry.get("tasks") or {}).items()
    }
    return Manifest(folder, entry.get("name", ""), files, tasks)


def _deviating(name: str, changes: Any, path: Path) -> Task:
    known = schema.load()["entries"]
    if name not in known:
        raise unknown(f"task in {path.name}:", name, known)
    where = f"{path.name}: task '{name}'"
    if not isinstance(changes, dict):
        raise UserError(f"{where} is a mapping of keys, not {changes!r}")
    added = path != BUILT_IN
    return schema.deviating(name, known[name], changes, where, added)
