"""Small data sets in the layout of a mirror, for the tests of loading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from xitt.data import examples, importing
from xitt.errors import UserError
from xitt.tasks import manifests

NLI = ["entailment", "neutral", "contradiction"]


def write(
    folder: Path, place: str, rows: list[dict], classes: dict | None = None
) -> Path:
    """Rows as `<place>.parquet`; `classes` names the integer labels of a column."""
    table = pa.Table.from_pylist(rows)
    if classes:
        features = {c: {"names": n, "_type": "ClassLabel"} for c, n in classes.items()}
        stored = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": stored})
    path = folder / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path


def store(folder: Path, place: str, **columns: pa.Array) -> Path:
    """Columns as they are, as `<place>.parquet`."""
    path = folder / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def deviate(folder: Path, *names: str, **tasks: dict) -> None:
    """A manifest of the folder's files, with deviations that people added.

    names: tasks that deviate as they do in the partial mirror.
    """
    built_in = yaml.safe_load(manifests.BUILT_IN.read_text())["tasks"]
    path = importing.describe(folder)
    said = yaml.safe_load(path.read_text())
    tasks = {name: built_in[name] for name in names} | tasks
    path.write_text(yaml.safe_dump({**said, "tasks": tasks}))


def unchecked(values: list[bytes]) -> pa.Array:
    """Bytes that claim to be a string, as other writers leave them."""
    return pa.Array.from_buffers(
        pa.string(), len(values), pa.array(values, pa.binary()).buffers()
    )


def nli(n: int, **changes: Any) -> list[dict]:
    return [
        {"premise": f"p{i}", "hypothesis": f"h{i}", "label": i % 3, **changes}
        for i in range(n)
    ]


def squad(*answers: tuple[str, int], context: str = "Ana lives in Lima.") -> dict:
    return {
        "id": f"{context}{answers}",
        "question": "Where?",
        "context": context,
        "answers": {
            "text": [text for text, _ in answers],
            "answer_start": [start for _, start in answers],
        },
    }


def xnli(folder: Path, lang: str = "de", split: str = "test", **kwargs: Any):
    return examples.load("xnli", lang, split, source=folder, **kwargs)


def refused(message: str, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(UserError, match=message) as error:
        examples.load(*args, **kwargs)
    assert "\n" not in str(error.value)


def register(tmp_path: Path, monkeypatch, name: str = "toy", **changes: Any) -> None:
    entry = {
        "title": "Toy",
        "phase": "target",
        "kind": "classification",
        "metric": "accuracy",
        "labels": NLI,
        "languages": ["en"],
        "licence": "none",
        "dataset": "acme/toy",
        "config": "default",
        "splits": {"train": "train"},
        **changes,
    }
    path = tmp_path / "more.yaml"
    known = yaml.safe_load(path.read_text())["tasks"] if path.exists() else {}
    path.write_text(yaml.safe_dump({"tasks": {**known, name: entry}}))
    monkeypatch.setenv("XITT_TASKS", str(path))
