"""Where the rows of a task are: in a folder laid out like the Hub, or on the Hub.

A folder (the pocket suite, a mirror) holds `<owner>/<name>/<config>/<split>.parquet`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from xitt import files, paths
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Part, Task

if TYPE_CHECKING:
    from datasets import Dataset


SAMPLING_SEED = 13  # of every subset, so that all runs read the same rows
SOURCES = ("pocket", "mirror", "hub", "auto")


@dataclass(frozen=True)
class Slot:
    """One file of a data set, or one split of it on the Hub (then `path` is None)."""

    part: Part
    config: str
    split: str
    path: Path | None

    @property
    def name(self) -> str:
        """How errors call it."""
        return str(self.path or f"{self.part.dataset} ({self.config}, {self.split})")


@dataclass(frozen=True)
class Raw:
    """Rows as they are stored; `classes` names the integer labels of a column."""

    table: pa.Table
    classes: dict[str, list[str]]
    name: str


def root(source: str | Path) -> Path | None:
    """The folder that a source stands for; None for the Hub.

    A Path is taken as it is. `auto` is the mirror where XITT_MIRROR is set, else Hub.

    Raises:
        UserError: for an unknown source, or a mirror that is not set or not there.
    """
    if isinstance(source, Path):
        return source
    if source not in SOURCES:
        raise unknown("data source", source, SOURCES)
    if source == "pocket":
        return paths.POCKET
    mirror = paths.mirror()
    if source == "hub" or (source == "auto" and mirror is None):
        return None
    if mirror is None:
        raise UserError(
            "source 'mirror' needs XITT_MIRROR, a folder laid out "
            "<owner>/<name>/<config>/<split>.parquet; set it, or use source hub"
        )
    if not mirror.is_dir():
        raise UserError(f"XITT_MIRROR is '{mirror}': no such folder")
    return mirror


def slots(
    task: Task, lang: str, split: str, folder: Path | None, translated: bool = False
) -> list[Slot]:
    """The places of a split of a task in a language, whether they exist or not.

    Raises:
        UserError: for a split or translation that the task does not have.
    """
    parts, place = task.parts, folder
    if translated:
        parts, place = _translations(task, lang, split, folder)
    found = []
    for part in parts:
        if split not in part.splits or (folder is None and split in task.only_local):
            raise UserError(
                f"{task.name} has no split '{split}'; it has {', '.join(part.splits)}"
            )
        config = fill(part.config, lang)
        if not (translated or part.multilingual or lang in task.languages):
            known = ", ".join(task.languages)
            raise UserError(f"{task.name} is in {known}, not in '{lang}'")
        names = part.splits[split]
        if kinds.get(task.kind).two_sides:  # a file each, and one of the gold pairs
            names = tuple(f"{side}{names[0]}" for side in (lang, ENGLISH, "gold"))
        for name in names:
            path = place / part.dataset / config / f"{name}.parquet" if place else None
            found.append(Slot(part, config, name, path))
    return found


def fill(pattern: str, lang: str) -> str:
    """`udpos.{name}` in a language: `udpos.Swahili`."""
    about = registry.language(lang)
    return pattern.format(
        lang=lang, name=about.name, iso3=about.iso3, english=about.name.lower()
    )


def _translations(
    task: Task, lang: str, split: str, folder: Path | None
) -> tuple[tuple[Part, ...], Path | None]:
    """Parts that hold the translated task, and the folder that they are in.

    The folder's own come first, then what was made here, then the published ones.
    """
    if lang == ENGLISH:
        raise UserError(f"{task.name} is in English; translated needs another language")
    own = []
    for part in task.parts:
        # A data set with several tasks names them: qqp.translated.de beside mnli's.
        for config in (f"{part.config}.translated.{lang}", f"translated.{lang}"):
            where = folder / part.dataset / config if folder else None
            if where and where.is_dir():
                own.append(Part(**{**vars(part), "config": config}))
                break
    if len(own) == len(task.parts):
        return tuple(own), folder
    if split == "train" and made_translation(task, lang, folder).exists():
        kind = kinds.get(task.kind)
        columns = {name: name for name in (*kind.required, *kind.optional)}
        items = task.parts[0].items and task.parts[0].items.format(split="train")
        own = {"splits": {"train": ("train",)}, "columns": columns, "items": items}
        made = Part(f"xitt/{task.name}", "{lang}", **own)
        return (made,), _made_here(folder)
    if task.translated:
        return task.translated, folder
    place = f"{task.parts[0].dataset}/translated.{lang}/{split}.parquet"
    others = [n for n in registry.names("intermediate") if registry.get(n).translated]
    raise UserError(
        f"{task.name} has no published translation; make one (make translate), put one "
        f"into {place} below the data folder, or use {' or '.join(others)}"
    )


def made_translation(task: Task, lang: str, folder: Path | None) -> Path:
    """Where `make translate` leaves a task's training rows, in their kind's form."""
    return _made_here(folder) / "xitt" / task.name / lang / "train.parquet"


def _made_here(folder: Path | None) -> Path:
    """The folder of the translations that were made here of a folder, or of the Hub."""
    return paths.TRANSLATED / (folder.name if folder else "hub")


def resolve(task: Task, folder: Path | None) -> Task:
    """The task as this folder has it: as published, or as a partial mirror deviates."""
    mirror = task.mirror
    if folder is None or mirror is None:
        return task
    if mirror.rows is None:
        official = any(
            present(task, lang, mirror.split, folder) for lang in task.languages
        )
        stand_in = any(
            present(mirror.task, lang, mirror.split, folder) for lang in task.languages
        )
        return mirror.task if stand_in and not official else task
    if not present(task, ENGLISH, mirror.split, folder):
        return task
    found = sum(count(slot) for slot in slots(task, ENGLISH, mirror.split, folder))
    return mirror.task if found == mirror.rows else task


def present(
    task: Task, lang: str, split: str, folder: Path, translated: bool = False
) -> bool:
    """Whether a folder holds every file of a split of a task in a language."""
    try:
        return all(
            s.path.exists() for s in slots(task, lang, split, folder, translated)
        )
    except UserError:
        return False


# --- reading --------------------------------------------------------------------------


def read(slot: Slot, columns: Sequence[str], limit: int = 0) -> Raw:
    """The named columns of a slot; `a.b` reads the struct column `a` that holds `b`.

    `limit` stops a download early and is heeded on the Hub alone.

    Raises:
        UserError: for a missing or unreadable file, a missing column, or no network.
    """
    if slot.path is None:
        return _from_hub(slot, columns, limit)
    return _from_file(slot, columns)


def _top(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.split(".")[0] for name in names))


def _from_file(slot: Slot, names: Sequence[str]) -> Raw:
    columns = _top(names)
    schema = _open(slot).schema_arrow
    _need(columns, schema.names, slot.name)
    try:
        table = pq.read_table(slot.path, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(slot) from error
    try:
        stored = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = stored.get("info", {}).get("features", {})
    except (ValueError, AttributeError) as error:
        raise _unreadable(slot) from error
    classes = {column: _classes(features, column) for column in names}
    return Raw(table, {k: found for k, found in classes.items() if found}, slot.name)


def _classes(features: Any, name: str) -> list[str]:
    """The names of the classes that the integers of a column, or of its lists, are.

    features: by column, as `datasets` writes them; `a.b` is inside the struct `a`.
    """
    for part in name.split("."):
        features = features.get(part) if isinstance(features, Mapping) else None
        while isinstance(features, list) and features:  # an older way to write a list
            features = features[0]
        if isinstance(features, Mapping) and "feature" in features:
            features = features["feature"]
    found = features.get("names") if isinstance(features, Mapping) else None
    return [str(each) for each in found or ()]


def _open(slot: Slot) -> pq.ParquetFile:
    if not slot.path.exists():
        mend = (
            "write the pocket suite first (notebook 10-prepare-data)"
            if slot.path.is_relative_to(paths.POCKET)
            else "put it there, or point XITT_MIRROR to a folder that has it"
        )
        raise UserError(f"no file {slot.path}; {mend}")
    try:
        return pq.ParquetFile(slot.path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(slot) from error


def _unreadable(slot: Slot) -> UserError:
    return UserError(
        f"{slot.path} is no readable parquet file; fetch or write it again"
    )


def _need(columns: list[str], known: Sequence[str], where: str) -> None:
    for column in columns:
        if column not in known:
            raise unknown(f"column in {where}:", column, known)


def _from_hub(slot: Slot, names: Sequence[str], limit: int) -> Raw:
    part, columns = slot.part, _top(names)
    if not part.on_hub:
        inside = f"{part.dataset}/{slot.config}/{slot.split}.parquet"
        raise UserError(
            f"{part.dataset} is not on the Hub; put it into a folder as {inside} "
            f"and set XITT_MIRROR to the folder"
        )
    rows = _download(slot, limit)
    _need(columns, rows.column_names, slot.name)
    rows = rows.select_columns(columns)
    features = rows.features.to_dict()
    classes = {column: _classes(features, column) for column in names}
    named = {column: found for column, found in classes.items() if found}
    return Raw(rows.with_format("arrow")[:], named, slot.name)


def _download(slot: Slot, limit: int) -> Dataset:
    """All rows of a split on the Hub, or its first ones alone, without the others."""
    import datasets  # half a second; a folder needs it only at the end

    part = slot.part
    path, where = part.dataset, {"name": slot.config, "revision": part.revision}
    if part.files:
        inside = part.files.format(config=slot.config, split=slot.split)
        revision = quote(part.revision, safe="")  # refs/convert/parquet has slashes
        place = f"hf://datasets/{part.dataset}@{revision}/{inside}"
        path, where = "parquet", {"data_files": {slot.split: place}}
    try:
        with files.disk_errors(Path(datasets.config.HF_DATASETS_CACHE)):
            if not limit:
                return datasets.load_dataset(path, split=slot.split, **where)
            rows = datasets.load_dataset(
                path, split=slot.split, streaming=True, **where
            )
            first = list(rows.take(limit))
            return datasets.Dataset.from_list(first, features=rows.features)
    except UserError:
        raise
    except Exception as error:  # the HTTP client's own errors come through, too
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"cannot load {slot.name} from the Hub at {part.revision[:20]}: {reason}; "
            f"connect to the network, or set XITT_MIRROR to a folder that has it"
        ) from error


# --- counting and hashing -------------------------------------------------------------


def count(slot: Slot) -> int:
    """The rows of a file, from its footer."""
    return _open(slot).metadata.num_rows


def digest(path: Path) -> str:
    """The SHA-256 of a file, computed once while it does not change."""
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _digest(path: Path, mtime: int, size: int) -> str:
    return files.sha256(path)
