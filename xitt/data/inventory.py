"""What a source holds: languages, sizes, which data it is, and what it lacks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from xitt import paths
from xitt.data import sources
from xitt.data.sources import Slot, root
from xitt.errors import UserError
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task


def languages(
    task: str, split: str, source: str | Path = "auto", translated: bool = False
) -> list[str]:
    """The languages in which a source has a split of a task, in the registry's order.

    A mirror and the Hub count the task's own languages, XTREME's. The pocket suite (or
    any folder given as a Path) has languages of its own, and all of them count.
    """
    folder = root(source)
    entry = sources.resolve(registry.get(task), folder)
    if split not in entry.splits:
        return []
    if lender := entry.lender(split):
        return languages(lender, split, source, translated)
    own = entry.translated_languages if translated else entry.languages
    stored = entry.stored(split)
    listed = source in ("mirror", "auto") and own
    if translated:  # what `make translate` left counts wherever the English data is
        made = {
            lang
            for lang in registry.languages()
            if sources.made_translation(entry, lang, folder).exists()
        }
        own = [lang for lang in registry.languages() if lang in made.union(own)]
    if folder is None:
        if stored in entry.only_local or not all(part.on_hub for part in entry.parts):
            return []
        # Labelled training sets in other languages are translations; text is not.
        english = split == "train" and entry.phase != "text" and not translated
        return [ENGLISH] if english else list(own)
    known = [
        lang
        for lang in (own if listed else registry.languages())
        if sources.present(entry, lang, stored, folder, translated)
    ]
    if known and entry.parts[0].prefix and not translated:
        return _by_prefix(entry, known, stored, folder)
    return known


def _by_prefix(task: Task, known: list[str], split: str, folder: Path) -> list[str]:
    """The languages that have rows in a file that holds several."""
    (slot,) = sources.slots(task, known[0], split, folder)
    return [lang for lang in known if _count(slot, lang)]


def size(task: str, lang: str, split: str, source: str | Path = "auto") -> int:
    """How many rows a split has, without reading their text; for mining, its pairs.

    A folder's files are counted, with the rows that `load` will leave out or hold out.
    For the Hub it is the number that the registry gives for English; 0 if it has none.
    """
    folder = root(source)
    entry = sources.resolve(registry.get(task), folder)
    if lender := entry.lender(split):
        return size(lender, lang, split, source)
    if folder is None:
        return entry.rows.get(split, 0)
    there = sources.slots(entry, lang, entry.stored(split), folder)
    if kinds.get(entry.kind).two_sides:
        return sources.count(there[-1])
    return sum(_count(slot, lang) for slot in there)


def _count(slot: Slot, lang: str) -> int:
    if not slot.part.prefix:
        return sources.count(slot)
    column = slot.part.columns["id"]
    ids = sources.read(slot, [column]).table[column]
    mine = pc.starts_with(ids, sources.fill(slot.part.prefix, lang))
    return pc.sum(mine).as_py() or 0


def subset_note(task: str, source: str | Path = "auto") -> str:
    """What has to be said wherever a result on this data is shown; "" for the whole.

    Of a folder it says how many English rows it has, of how many, and how it deviates.
    """
    folder = root(source)
    if folder is not None and folder.is_relative_to(paths.POCKET):
        return "pocket suite, made by the project itself"
    notes = _notes(task, source, registry.get(task).splits)
    return "; ".join(dict.fromkeys(notes))  # a lender of two splits says it once


def _notes(name: str, source: str | Path, splits: Iterable[str]) -> Iterator[str]:
    folder = root(source)
    official = registry.get(name)
    entry = sources.resolve(official, folder)
    if entry.note:
        yield entry.note
    if folder is None:
        return
    for split in splits:
        if lender := entry.lender(split):
            title = registry.get(lender).title
            yield from (f"{title}: {note}" for note in _notes(lender, source, [split]))
        elif split in entry.rows:
            yield from _shortfall(entry, split, source)
    if entry is not official:
        yield official.mirror.note


def _shortfall(entry: Task, split: str, source: str | Path) -> Iterator[str]:
    """How many rows of the official split are there, where it is not all of them."""
    if ENGLISH not in languages(entry.name, split, source):
        yield f"no English {split}"
        return
    found, official = size(entry.name, ENGLISH, split, source), entry.rows[split]
    if found != official:
        yield f"{split} {found:,} rows, officially {official:,}"


def translator(task: str, lang: str, source: str | Path = "auto") -> str:
    """The model that `make translate` used; "" for a published translation."""
    return _translation(task, lang, source).get("model", "")


def _translation(task: str, lang: str, source: str | Path) -> dict[str, Any]:
    """What `make translate` wrote of a translation: its model and the data it is of."""
    place = sources.made_translation(registry.get(task), lang, root(source))
    if not place.exists():
        return {}
    return json.loads(pq.read_schema(place).metadata[b"xitt"])


def revision(
    *names: str,
    source: str | Path = "auto",
    pocket: Mapping[str, Any] | None = None,
    translated: bool = False,
) -> str:
    """Which data these tasks read, as 16 hex digits: equal data, equal revision.

    Of a folder it is the hash of their files in every language, of the Hub that of the
    pinned revisions. `translated` adds the tasks' translated training data. `pocket` is
    what the suite is made of: with it the hash is that of the recipe and of the suite's
    edition, before anything is written.

    Raises:
        UserError: for an unknown task, or one of which a folder has no file.
    """
    if source == "pocket" and pocket is not None:
        from xitt.data.pocket import suite

        return _short([json.dumps(pocket, sort_keys=True), suite.EDITION])
    facts: set[str] = set()
    for name in names:
        found = _facts(name, source, registry.get(name).splits)
        folder = root(source)
        if not found and folder is not None:
            raise UserError(
                f"no file of {name} below {folder}; put it there, "
                f"or point XITT_MIRROR to a folder that has it"
            )
        facts |= found
        if translated:
            _refuse_outdated(name, source, _short(sorted(found)))
            facts |= _facts(name, source, ["train"], translated=True)
    return _short(sorted(facts))


def _refuse_outdated(name: str, source: str | Path, english: str) -> None:
    """Refuse translations that were made of other English data than there is now."""
    for lang in languages(name, "train", source, translated=True):
        if _translation(name, lang, source).get("of", english) != english:
            place = sources.made_translation(registry.get(name), lang, root(source))
            raise UserError(
                f"{place} was translated from other data than {name} is now; "
                f"delete it and run make translate again"
            )


def _facts(
    name: str, source: str | Path, splits: Iterable[str], translated: bool = False
) -> set[str]:
    """One line for each file, or split on the Hub, that a task reads."""
    folder = root(source)
    entry = sources.resolve(registry.get(name), folder)
    facts: set[str] = set()
    for split in splits:
        if lender := entry.lender(split):
            facts |= _facts(lender, source, [split], translated)
            continue
        stored = entry.stored(split)
        for lang in languages(name, split, source, translated):
            for slot in sources.slots(entry, lang, stored, folder, translated):
                what = sources.digest(slot.path) if slot.path else slot.part.revision
                facts.add(f"{slot.part.dataset}/{slot.config}/{slot.split} {what}")
    return facts


def _short(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
