"""Rows as they are stored: the wanted columns of a parquet file, or of a Hub split.

They come in batches, since a column of text may be larger than memory, and than the two
gigabytes that the offsets of an Arrow string array reach.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xitt import files, paths
from xitt.data.sources import Slot
from xitt.errors import UserError, unknown

if TYPE_CHECKING:
    from datasets import Dataset


BATCH = 16_384  # rows at a time: below 2 GB with articles of 100,000 bytes on average


@dataclass(frozen=True)
class Raw:
    """Rows as they are stored; `classes` names the integers of a column, `a.b` too.

    numbers: (rows,) the number of each row in its file.
    """

    table: pa.Table
    classes: dict[str, list[str]]
    name: str
    numbers: np.ndarray


def count(slot: Slot) -> int:
    """The rows of a file, from its footer."""
    return _open(slot).metadata.num_rows


def batches(slot: Slot, columns: Sequence[str], limit: int = 0) -> Iterator[Raw]:
    """The named columns of a slot; `a.b` reads the struct column `a` that holds `b`.

    There is at least one batch, if without rows. `limit` stops a download early and is
    heeded on the Hub alone.

    Raises:
        UserError: for a missing or unreadable file, a missing column, or no network.
    """
    if slot.path is None:
        yield from _from_hub(slot, columns, limit)
        return
    top, (file, classes) = _top(columns), _open_columns(slot, columns)
    first, schema = 0, file.schema_arrow
    try:
        for batch in file.iter_batches(BATCH, columns=top):
            numbers = np.arange(first, first := first + batch.num_rows)
            yield Raw(_table(batch, top), classes, slot.name, numbers)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(slot) from error
    if not first:
        empty = schema.empty_table().select(top)
        yield Raw(empty, classes, slot.name, np.arange(0))


def take(slot: Slot, columns: Sequence[str], numbers: np.ndarray) -> Raw:
    """The named columns of some rows of a file; only their row groups are read.

    numbers: (n,) of rows, ascending.

    Raises:
        UserError: as `batches`.
    """
    top, (file, classes) = _top(columns), _open_columns(slot, columns)
    parts, first = [file.schema_arrow.empty_table().select(top)], 0
    try:
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            low, high = np.searchsorted(numbers, (first, end))
            if low < high:
                mine = numbers[low:high]
                parts += _of_group(file, group, top, mine - first)
            first = end
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(slot) from error
    return Raw(pa.concat_tables(parts), classes, slot.name, numbers)


def _of_group(
    file: pq.ParquetFile, group: int, columns: list[str], numbers: np.ndarray
) -> Iterator[pa.Table]:
    """Rows of a row group, by their number in it."""
    first = 0
    for batch in file.iter_batches(BATCH, row_groups=[group], columns=columns):
        end = first + batch.num_rows
        low, high = np.searchsorted(numbers, (first, end))
        if low < high:
            yield _rows(_table(batch, columns), numbers[low:high] - first)
        first = end


def _table(batch: pa.RecordBatch, columns: list[str]) -> pa.Table:
    return pa.Table.from_batches([batch]).select(columns)


def _rows(table: pa.Table, numbers: np.ndarray) -> pa.Table:
    try:
        return table.take(pa.array(numbers))
    except pa.ArrowNotImplementedError:  # of text as views Arrow takes no rows
        return pa.concat_tables([table.slice(int(n), 1) for n in numbers])


def _top(columns: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(column.split(".")[0] for column in columns))


def _open_columns(
    slot: Slot, columns: Sequence[str]
) -> tuple[pq.ParquetFile, dict[str, list[str]]]:
    """A file that has the columns, and the names of their classes."""
    file = _open(slot)
    schema = file.schema_arrow
    _need(_top(columns), schema.names, slot.name)
    try:
        about = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = about.get("info", {}).get("features", {})
    except (ValueError, AttributeError) as error:
        raise _unreadable(slot) from error
    return file, _classes(features, columns)


def _classes(features: Any, columns: Sequence[str]) -> dict[str, list[str]]:
    """What the integers of columns are called, of those of which `features` says it."""
    found = {name: _names(features, name) for name in columns}
    return {name: classes for name, classes in found.items() if classes}


def _names(features: Any, column: str) -> list[str]:
    """The names of the classes that the integers of a column, or of its lists, are.

    features: by column, as `datasets` writes them; `a.b` is inside the struct `a`.
    """
    for part in column.split("."):
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


def _from_hub(slot: Slot, columns: Sequence[str], limit: int) -> Iterator[Raw]:
    part, top = slot.part, _top(columns)
    if not part.on_hub:
        raise UserError(
            f"{part.dataset} is not on the Hub; put it into a folder as {slot.inside} "
            f"and set XITT_MIRROR to the folder"
        )
    rows = _download(slot, limit)
    _need(top, rows.column_names, slot.name)
    rows = rows.select_columns(top)
    classes = _classes(rows.features.to_dict(), columns)
    rows = rows.with_format("arrow")
    for first in range(0, max(1, len(rows)), BATCH):
        table = rows[first : first + BATCH]
        yield Raw(table, classes, slot.name, first + np.arange(table.num_rows))


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
