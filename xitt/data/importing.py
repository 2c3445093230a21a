"""What people bring: imported into a mirror's layout, and described by a manifest."""

from __future__ import annotations

from pathlib import Path
from pkgutil import resolve_name

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from xitt import files, paths
from xitt.data import digests
from xitt.errors import UserError, unknown
from xitt.tasks import manifests, registry


def bring(task: str, folder: Path) -> dict[Path, int]:
    """Write what `folder` holds of a task's data where a study finds it.

    That is the mirror that XITT_MIRROR names, or `data/imported` where none is set. A
    manifest beside the files says where they came from. Returns the rows of each file.

    Raises:
        UserError: for a task without an importer, or a folder that lacks its files.
    """
    entry = registry.get(task)
    able = [name for name in registry.names() if registry.get(name).importer]
    if not entry.importer:
        raise unknown("task to import", task, able)
    if not folder.is_dir():
        raise UserError(f"FROM={folder}: no such folder; get {entry.by_hand}")
    tables = list(
        resolve_name(entry.importer)(folder)
    )  # all are read before one is written
    target = (paths.mirror() or paths.IMPORTED) / entry.parts[0].dataset
    written = {}
    for inside, table in tables:
        path = target / f"{inside}.parquet"
        with files.whole_file(path) as temporary:
            pq.write_table(table, temporary, compression="zstd")
        written[path] = table.num_rows
    describe(target, note=f"imported from {folder.name}")
    return written


def describe(folder: Path, note: str = "") -> Path:
    """Write the manifest of every parquet file below `folder`, and say where.

    Names, notes and deviations that people wrote into it stay; `note` is that of files
    that are new or have changed.

    Raises:
        UserError: for a folder without parquet files, or a file that cannot be read.
    """
    path = folder / manifests.NAME
    said = manifests.raw(path) if path.exists() else {"files": {}}
    found = sorted(folder.rglob("*.parquet"))
    if not found:
        raise UserError(f"no parquet file below {folder}; name a mirror's folder")
    described = {}
    for file in found:
        inside = file.relative_to(folder).as_posix()
        about = {"rows": _rows(file), "sha256": digests.of(file)}
        before = said["files"].get(inside, {})
        same = before.get("sha256") == about["sha256"]
        kept = before.get("note", "") if same or not note else note
        described[inside] = {**about, **({"note": kept} if kept else {})}
    text = yaml.safe_dump({**said, "files": described}, sort_keys=False,
                          allow_unicode=True, width=88)  # fmt: skip
    return files.write_text(path, text)


def _rows(path: Path) -> int:
    try:
        return pq.ParquetFile(path).metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise UserError(
            f"{path} is no readable parquet file; fetch or write it again"
        ) from error
