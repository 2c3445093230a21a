"""The file `tasks.yaml`, read and checked; `xitt.tasks` answers questions about it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from xitt import paths
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, yaml_files

PHASES = ("intermediate", "target", "text", "variant", "dictionary")
XTREME = "XTREME"  # the suite of a task that names no other

_PART_KEYS = {
    "dataset": str,
    "revision": str,
    "files": str,
    "config": str,
    "splits": dict,
    "columns": dict,
    "prefix": str,
    "items": str,
    "only_local": list,
}
_OWN_PART_KEYS = {**_PART_KEYS, "languages": list}
_TASK_KEYS = {
    **_PART_KEYS,
    "title": str,
    "phase": str,
    "kind": str,
    "metric": str,
    "labels": list,
    "labels_from": str,
    "languages": list,
    "licence": str,
    "url": str,
    "rows": dict,
    "parts": list,
    "suite": str,
    "train_from": str,
    "validation_from": str,
    "exclude": dict,
    "hold_out": dict,
    "unanswerable": bool,
    "translated": dict,
    "stands_for": str,
    "variant_of": str,
    "note": str,
    "by_hand": str,
    "importer": str,
}
_TRANSLATED_KEYS = {**_PART_KEYS, "languages": list}
_DEVIATION_KEYS = {
    **_PART_KEYS,
    "note": str,
    "parts": list,
    "exclude": dict,
    "hold_out": dict,
    "train_from": str,
    "validation_from": str,
    "translated": dict,
}
_LANGUAGE_KEYS = {
    "name": str,
    "iso3": str,
    "script": str,
    "family": str,
    "spaces": bool,
    "flores": str,
}
_REQUIRED = ("title", "phase", "kind", "languages", "licence")
_REQUIRED_PART = ("dataset", "config", "splits", "columns")


@dataclass(frozen=True)
class Language:
    """A language.

    spaces: whether its words are written apart.
    flores: its name in FLORES-200, which data sets of many languages use; "" unknown.
    """

    code: str
    name: str
    iso3: str
    script: str
    family: str
    spaces: bool = True
    flores: str = ""


@dataclass(frozen=True, eq=False)  # compared by identity, so that a cache can key on it
class Part:
    """Where the rows of one data set are, and what its columns are called there."""

    dataset: str
    config: str
    splits: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Any]
    revision: str = "main"
    files: str | None = None
    prefix: str | None = None
    items: str | None = None
    only_local: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # () stands for all of the task's

    @property
    def on_hub(self) -> bool:
        """Whether the Hub has it; a `local/...` data set is only ever a folder."""
        return not self.dataset.startswith("local/")

    @property
    def multilingual(self) -> bool:
        """Whether each language has files or rows of its own."""
        names = (name for there in self.splits.values() for name in there)
        return any("{" in name for name in (self.config, self.prefix or "", *names))


@dataclass(frozen=True)
class Task:
    """One entry of the registry; the head of `tasks.yaml` says what each key means."""

    name: str
    title: str
    phase: str
    kind: str
    metric: str | None
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    licence: str
    url: str
    parts: tuple[Part, ...] = field(repr=False)
    labels_from: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    suite: str = XTREME
    train_from: str | None = None
    validation_from: str | None = None
    exclude: Mapping[str, str] = field(default_factory=dict)
    hold_out: Mapping[str, Any] = field(default_factory=dict)
    unanswerable: bool = False
    translated: tuple[Part, ...] = field(default=(), repr=False)
    translated_languages: tuple[str, ...] = ()
    stands_for: str | None = None
    variant_of: str | None = None
    note: str = ""
    by_hand: str = ""
    importer: str = ""
    deviation: str = ""  # how a partial mirror's files differ from the official ones
    added: bool = False  # by XITT_TASKS or a folder's manifest, not by the package

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that exist, borrowed and held-out ones too, in the usual order."""
        have = {split for part in self.parts for split in part.splits}
        have |= {"train"} if self.train_from else set()
        have |= {"validation"} if self.validation_from or self.hold_out else set()
        return tuple(s for s in ("train", "validation", "test") if s in have)

    def lender(self, split: str) -> str | None:
        """The task whose English split this one is, or None for its own."""
        return {"train": self.train_from, "validation": self.validation_from}.get(split)

    def stored(self, split: str) -> str:
        """The split whose rows hold this one's: a held-out one is part of another."""
        return self.hold_out.get("of", split) if split == "validation" else split


def load() -> dict[str, Any]:
    """Everything that is registered: `tasks`, `languages` and `multi`.

    `entries` are the tasks as they are written.

    Raises:
        UserError: for an entry with a missing, unknown or ill-typed key, named.
    """
    return _read(*stamp())


def stamp() -> tuple[str, int]:
    """What changes with the registry: the file of further entries, and its time."""
    given = os.environ.get("XITT_TASKS", "")
    if not given:
        return "", 0
    extra = paths.typed(given)
    try:
        return str(extra), extra.stat().st_mtime_ns
    except OSError as error:
        raise UserError(f"XITT_TASKS names '{given}': no such file") from error


@cache
def _read(extra: str, stamp: int) -> dict[str, Any]:
    """The registry and the further entries of the file `extra`; `stamp` is its time."""
    found: dict[str, Any] = {"tasks": {}, "entries": {}, "languages": {}, "multi": ()}
    for path in (
        Path(__file__).with_name("tasks.yaml"),
        *([Path(extra)] if extra else []),
    ):
        raw = yaml_files.read(path)
        yaml_files.check(
            raw, {"tasks": dict, "languages": dict, "multi": list}, (), path.name
        )
        for code, entry in (raw.get("languages") or {}).items():
            where = f"{path.name}: language '{code}'"
            yaml_files.check(
                entry, _LANGUAGE_KEYS, ("name", "iso3", "script", "family"), where
            )
            found["languages"][code] = Language(code, **entry)
        for name, entry in (raw.get("tasks") or {}).items():
            if name in found["tasks"]:
                raise UserError(
                    f"{path.name}: task '{name}' is there already; rename it"
                )
            task = _task(name, entry, f"{path.name}: task '{name}'")
            found["tasks"][name] = replace(task, added=str(path) == extra)
            found["entries"][name] = entry
        found["multi"] = tuple(raw.get("multi") or found["multi"])
    _check_references(found)
    return found


def _check_entry(entry: Any, where: str) -> None:
    yaml_files.check(entry, _TASK_KEYS, _REQUIRED, where)
    kind = entry["kind"]
    if entry["phase"] not in PHASES:
        raise unknown(f"phase in {where}:", entry["phase"], PHASES)
    if kind not in kinds.KINDS:
        raise unknown(f"kind in {where}:", kind, kinds.KINDS)
    metrics = kinds.get(kind).metrics
    if metrics and "metric" not in entry:
        raise UserError(f"{where} lacks the key 'metric'; known: {', '.join(metrics)}")
    if "metric" in entry and entry["metric"] not in metrics:
        raise unknown(f"metric in {where}:", entry["metric"], metrics)
    named = kinds.get(kind).gold in ("label", "tags")
    if named and not (entry.get("labels") or entry.get("labels_from")):
        raise UserError(f"{where} lacks the key 'labels' (or labels_from: train)")
    for label in entry.get("labels", ()):
        if isinstance(label, bool):  # YAML reads no and yes as truth values
            raise UserError(f"{where}: a label reads as {label}; put it into quotes")
    for value in entry.get("exclude", {}).values():
        if str(value).count("/") != 1:
            raise UserError(f"{where}: 'exclude' names <task>/<split>, not '{value}'")
    if entry.get("unanswerable") and kinds.get(kind).gold != "answers":
        raise UserError(f"{where}: 'unanswerable' is for span tasks, not for {kind}")
    if (entry["phase"] == "variant") != ("variant_of" in entry):
        raise UserError(
            f"{where}: phase 'variant' and the key 'variant_of' go together"
        )
    if entry.get("hold_out") and set(entry["hold_out"]) != {"of", "one_in"}:
        raise UserError(f"{where}: 'hold_out' is {{of: split, one_in: number}}")


def _task(name: str, entry: Any, where: str) -> Task:
    _check_entry(entry, where)
    plain = {
        key: entry[key]
        for key in ("rows", "suite", "train_from", "validation_from", "exclude",
                    "hold_out", "unanswerable", "labels_from", "stands_for",
                    "variant_of", "note", "by_hand", "importer")
        if key in entry
    }  # fmt: skip
    return Task(
        name=name,
        title=entry["title"],
        phase=entry["phase"],
        kind=entry["kind"],
        metric=entry.get("metric"),
        labels=tuple(str(label) for label in entry.get("labels", ())),
        languages=tuple(entry["languages"]),
        licence=entry["licence"],
        url=entry.get("url", ""),
        parts=_parts(entry, where),
        translated=_translated(entry, where),
        translated_languages=tuple(entry.get("translated", {}).get("languages", ())),
        **plain,
    )


def _parts(entry: dict[str, Any], where: str) -> tuple[Part, ...]:
    """The parts of an entry; what a part does not say it takes from the entry."""
    shared = {key: value for key, value in entry.items() if key in _PART_KEYS}
    parts = []
    for number, raw in enumerate(entry.get("parts") or [{}], start=1):
        at = f"{where}, part {number}" if entry.get("parts") else where
        yaml_files.check(raw, _OWN_PART_KEYS, (), at)
        merged = {**shared, **raw}
        yaml_files.check(merged, _OWN_PART_KEYS, _REQUIRED_PART, at)
        _check_columns(merged["columns"], entry["kind"], at)
        if "{" in merged.get("items", "").replace("{split}", ""):
            raise UserError(
                f"{at}: 'items' may have {{split}} in it, not '{merged['items']}'"
            )
        if merged["dataset"].count("/") != 1:
            raise UserError(
                f"{at}: dataset is <owner>/<name>, not '{merged['dataset']}'"
            )
        splits = {
            split: tuple(there) if isinstance(there, list) else (there,)
            for split, there in merged["splits"].items()
        }
        for split in splits:
            if split not in ("train", "validation", "test"):
                raise unknown(f"split in {at}:", split, ["train", "validation", "test"])
        for code in raw.get("languages", ()):
            if code not in entry["languages"]:
                raise unknown(f"language in {at}:", code, entry["languages"])
        few = {key: tuple(merged.get(key, ())) for key in ("only_local", "languages")}
        parts.append(Part(**{**merged, **few, "splits": splits}))
    return tuple(parts)


def _check_columns(columns: dict[str, Any], kind: str, where: str) -> None:
    known = kinds.get(kind)
    required, optional = known.required, known.optional
    for name in columns:
        if name not in required + optional:
            raise unknown(f"column in {where}:", name, required + optional)
    for name in required:
        if name not in columns:
            raise UserError(f"{where} lacks the key 'columns.{name}'")


def _translated(entry: dict[str, Any], where: str) -> tuple[Part, ...]:
    """Where published translations are; () where there are none."""
    raw = entry.get("translated")
    if raw is None:
        return ()
    yaml_files.check(raw, _TRANSLATED_KEYS, ("languages",), f"{where}, translated")
    merged = {key: value for key, value in raw.items() if key != "languages"}
    return _parts({**entry, **merged}, f"{where}, translated")


def deviating(
    name: str, entry: dict[str, Any], changes: dict[str, Any], where: str, added: bool
) -> Task:
    """The entry as a partial mirror has it: the same one with some keys replaced."""
    yaml_files.check(changes, _DEVIATION_KEYS, ("note",), where)
    own = {key: value for key, value in changes.items() if key != "note"}
    task = _task(name, {**entry, **own}, where)
    return replace(task, deviation=changes["note"], added=added)


def _check_references(found: dict[str, Any]) -> None:
    """Every task and language that an entry names must exist."""
    known = found["tasks"]
    for task in known.values():
        for code in (*task.languages, *task.translated_languages):
            if code not in found["languages"]:
                raise unknown(
                    f"language in task '{task.name}':", code, found["languages"]
                )
        borrowed = (task.train_from, task.validation_from, task.stands_for,
                    task.variant_of)  # fmt: skip
        lenders = [name for name in borrowed if name]
        for name in (*lenders, *(v.split("/")[0] for v in task.exclude.values())):
            if name not in known:
                raise unknown(f"task in task '{task.name}':", name, known)
        if task.variant_of:
            _check_variant(task, known[task.variant_of])
    for name in found["multi"]:
        if name not in known:
            raise unknown("task in multi:", name, known)


def _check_variant(task: Task, of: Task) -> None:
    """A variant is scored with the model of another task: it needs the same labels."""
    for key in ("kind", "labels", "metric"):
        own, other = getattr(task, key), getattr(of, key)
        if own != other:
            raise UserError(
                f"task '{task.name}' is a variant of {of.name} and needs its {key}, "
                f"{other!r}, not {own!r}"
            )
