"""Records: one small JSON for each finished run, and the key that names it.

A key is the hash of everything that decides a run's result: its resolved parameters,
the encoder, the data's revision, the parent's key and PROTOCOL. So an edited comment
reruns nothing, and a changed profile reruns what it touches. The hashes of the sources
that made a record stand in it, and `make status` tells which records older code made.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.errors import UserError
from xitt.tasks.registry import ENGLISH

Record = dict[str, Any]

# Raised by hand when a change to the code alters results.
PROTOCOL = 1

# Without one of these a file is no record.
FIELDS = ("key", "protocol", "phase", "profile", "demo", "setting", "target", "seed",
          "params", "encoder", "data", "headline", "metrics", "seconds")  # fmt: skip

# What a language's scores hold beside metrics, besides what is no number.
NO_METRIC = ("n", "se", "trivial", "chance", "equal_endings")


def key_of(params: dict[str, Any]) -> str:
    """16 hex digits that change when anything in `params` or PROTOCOL does."""
    text = json.dumps(
        {"protocol": PROTOCOL, **params}, sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest(record: Record) -> str:
    """SHA-256 of all that a record holds but its own `digest`: an edit changes it."""
    return files.digest({k: v for k, v in record.items() if k != "digest"})


def write(path: Path, record: Record) -> Path:
    """Write a finished run's record, whole or not at all; `record` gets its digest.

    Raises:
        UserError: where a field is missing or a score is not a number.
    """
    missing = [field for field in FIELDS if field not in record]
    if missing:
        raise UserError(f"record {path.name} lacks '{missing[0]}'")
    try:
        record["digest"] = digest(record)
    except ValueError as error:
        raise UserError(
            f"record {path.name} holds a score that is no number"
        ) from error
    return files.write_json(path, record)


def is_there(path: Path) -> bool:
    """Whether there is a record at `path`, or an installed package carries it."""
    return path.exists() or paths.carried(path).exists()


def read(path: Path) -> Record:
    """One record, from where it is or from what an installed package carries.

    Raises:
        UserError: where the file is no record; it names the file and the mend.
    """
    path = path if path.exists() else paths.carried(path)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} is not a record ({error}); delete it and run again"
        ) from error
    missing = [field for field in FIELDS if field not in record]
    if missing:
        raise UserError(
            f"{path} is not a record: no '{missing[0]}'; delete it and run again"
        )
    return record


def load(folder: Path) -> list[Record]:
    """Every record below `folder`, in the order of their names.

    Those that an installed package carries of it are among them.
    """
    places = (paths.carried(Path(folder)), Path(folder))
    found = {path.name: path for place in places for path in place.glob("*.json")}
    return [read(found[name]) for name in sorted(found)]


def frame(records: list[Record]) -> Any:
    """All scores in long form, one row a record, split, language and metric.

    Columns: profile, demo, phase, intermediate, target, language, split, metric, value,
    n, se, seed, headline (whether `metric` is the task's headline), key. For records of
    the intermediate phase `language` is en and `target` the intermediate task itself.
    """
    import pandas as pd

    rows = []
    for record in records:
        for split, per_language in record["metrics"].items():
            for name, scores in per_language.items():
                trained = record["phase"] == "intermediate"
                base = {
                    "profile": record["profile"],
                    "demo": record["demo"],
                    "phase": record["phase"],
                    "intermediate": record["setting"],
                    "target": name if trained else record["target"],
                    "language": ENGLISH if trained else name,
                    "split": split,
                    "n": scores["n"],
                    "seed": record["seed"],
                    "key": record["key"],
                }
                headline = scores.get("headline", record["headline"])
                for metric, value in scores.items():
                    number = isinstance(value, int | float)
                    if metric in NO_METRIC or not number:
                        continue
                    is_headline = metric == headline
                    rows.append(
                        {**base, "metric": metric, "value": value,
                         "se": scores.get("se") if is_headline else None,
                         "headline": is_headline}
                    )  # fmt: skip
    columns = ["profile", "demo", "phase", "intermediate", "target", "language",
               "split", "metric", "value", "n", "se", "seed", "headline",
               "key"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
