"""Are the outputs of the published notebooks those of the code and records here?

A published notebook says what made it: hashes of its percent script, of the package and
of the records that it reads, and a digest of its own cells.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from xitt import files, paths
from xitt.running import notebooks
from xitt.study import profiles, provenance

WHY = {  # part of what made it: what is said where it is another one
    "cells": "it was edited after it was executed",
    "notebook": "its source has changed",
    "xitt": "the package has changed",
    "records": "the records that it reads have changed",
}


def made_by(name: str) -> dict[str, str]:
    """What makes the outputs of the notebook `name` now, hashes of 16 hex digits.

    `records` is only there where its default profile keeps them in the repository.
    """
    code = provenance.source_hashes(notebooks.source(name))
    found = {"xitt": code["xitt"], "notebook": code[name]}
    profile = re.search(
        r'^profile = "([\w-]+)"', notebooks.source(name).read_text("utf-8"), re.M
    )
    if profile and profile[1] in profiles.names():
        folder = profiles.folder(profiles.load(profile[1]), "records")
        if folder.is_relative_to(paths.RECORDS):
            found["records"] = _hash_of(folder)
    return found


def publish(name: str, executed: Path) -> Path:
    """Write an executed notebook as it is tracked; its path.

    Without times and paths, ids by place, and with what made it.
    """
    import nbformat

    notebook = nbformat.read(executed, as_version=4)
    notebook.metadata.pop("papermill", None)
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place:02}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags" and v}
        if cell.cell_type == "code":  # what went to stderr is the run's progress
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    nbformat.validate(notebook)
    # In the form of a file, where a text is a list of lines.
    stored = json.loads(nbformat.writes(notebook))
    notebook.metadata["xitt"] = {**made_by(name), "cells": _digest(stored)}
    target = paths.NOTEBOOKS / f"{name}.ipynb"
    with files.whole_file(target) as temporary:
        nbformat.write(notebook, temporary)
    return target


def stale() -> dict[str, str]:
    """The published notebooks whose outputs are not those of what is here, and why."""
    found = {name: _why(name) for name in notebooks.names()}
    return {name: why for name, why in found.items() if why}


def _why(name: str) -> str:
    path = paths.NOTEBOOKS / f"{name}.ipynb"
    if not path.exists():
        return "it was never published"
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        made = notebook["metadata"].get("xitt")
        now = {**made_by(name), "cells": _digest(notebook)}
    except (ValueError, KeyError):
        return "it is no notebook"
    if not made:
        return "it does not say what made it"
    return next((WHY[part] for part in WHY if made.get(part) != now.get(part)), "")


def _digest(notebook: dict) -> str:
    return files.digest(notebook["cells"])[:16]


def _hash_of(folder: Path) -> str:
    """Of the names of records, which hold their keys, and of what is in them."""
    hashes = {path.name: files.sha256(path) for path in folder.glob("*.json")}
    return files.digest(hashes)[:16]
