"""Rows as they are stored: the wanted columns of a parquet file, or of a Hub split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from xitt import files, paths
from xitt.data.sources import Slot
from xitt.errors import UserError, unknown

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True)
class Raw:
    """Rows as they are stored; `classes` names the integer labels of a column."""

    table: pa.Table
    classes: dict[str, list[str]]
    name: str


def count(slot: Slot) -> int:
    """The rows of a file, from its footer."""
    return _open(slot).metadata.num_rows


def read(slot: Slot, columns: Sequence[str], limit: int = 0) -> Raw:
    """The named columns of a slot; `a.b` reads the struct column `a` that holds `b`.

    `limit` stops a download early and is heeded on the Hub alone.

    Raises:
        UserError: for a missing or unreadable file, a missing column, or no network.
    """
    top = list(dict.fromkeys(column.split(".")[0] for column in columns))
    return _from_hub(slot, top, limit) if slot.path is None else _from_file(slot, top)


def _from_file(slot: Slot, columns: list[str]) -> Raw:
    schema = _open(slot).schema_arrow
    _need(columns, schema.names, slot.name)
    try:
        table = pq.read_table(slot.path, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(slot) from error
    stored = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
    features = stored.get("info", {}).get("features", {})
    classes = {}
    for column in columns:
        feature = features.get(column) or {}
        feature = feature.get("feature", feature) if isinstance(feature, dict) else {}
        if isinstance(feature, dict) and "names" in feature:
            classes[column] = list(feature["names"])
    return Raw(table, classes, slot.name)


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


def _from_hub(slot: Slot, columns: list[str], limit: int) -> Raw:
    part = slot.part
    if not part.on_hub:
        raise UserError(
            f"{part.dataset} is not on the Hub; put it into a folder as {slot.inside} "
            f"and set XITT_MIRROR to the folder"
        )
    rows = _download(slot, limit)
    _need(columns, rows.column_names, slot.name)
    rows = rows.select_columns(columns)
    classes = {}
    for column, feature in rows.features.items():
        names = getattr(getattr(feature, "feature", feature), "names", None)
        if names:
            classes[column] = list(names)
    return Raw(rows.with_format("arrow")[:], classes, slot.name)


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
