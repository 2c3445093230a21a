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
from xitt.data import columns, digests, sources, stored
from xitt.data.sources import Place, Slot, root
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
    entry, place = sources.resolve(registry.get(task), root(source))
    if split not in entry.splits:
        return []
    if lender := entry.lender(split):
        return languages(lender, split, source, translated)
    own = entry.translated_languages if translated else entry.languages
    held = entry.stored(split)
    listed = source in ("mirror", "hub", "auto") and own
    if translated:  # what `make translate` left counts wherever the English data is
        made = {
            lang
            for lang in registry.languages()
            if sources.made_translation(entry, lang, place).exists()
        }
        own = [lang for lang in registry.languages() if lang in made.union(own)]
    known = [
        lang
        for lang in (own if listed else registry.languages())
        if sources.present(entry, lang, held, place, translated)
    ]
    if known and entry.parts[0].prefix and not translated:
        return _by_prefix(entry, known, held, place)
    return known


def _by_prefix(task: Task, known: list[str], split: str, place: Place) -> list[str]:
    """The languages that have rows in files that hold several."""

    def has(lang: str) -> bool:
        there = sources.slots(task, lang, split, place)
        return any(not slot.path or _count(slot, lang) for slot in there)

    return [lang for lang in known if has(lang)]


def size(task: str, lang: str, split: str, source: str | Path = "auto") -> int:
    """How many rows a split has, without reading their text; for mining, its pairs.

    A folder's files are counted, with the rows that `load` will leave out or hold out.
    For the Hub it is the number that the registry gives for English; 0 if it has none.
    """
    entry, place = sources.resolve(registry.get(task), root(source))
    if lender := entry.lender(split):
        return size(lender, lang, split, source)
    there = sources.slots(entry, lang, entry.stored(split), place)
    if not all(slot.path for slot in there):
        return entry.rows.get(split, 0)
    if kinds.get(entry.kind).two_sides:
        return stored.count(there[-1])
    return sum(_count(slot, lang) for slot in there)


def _count(slot: Slot, lang: str) -> int:
    if not slot.part.prefix:
        return stored.count(slot)
    column = slot.part.columns["id"]
    prefix, found = sources.fill(slot.part.prefix, lang), 0
    for raw in stored.batches(slot, [column]):
        with columns.place(slot.name, lang, raw.numbers):
            ids = columns.text(raw.table[column], column)
        found += pc.sum(pc.starts_with(ids, prefix)).as_py() or 0
    return found


def subset_note(task: str, source: str | Path = "auto") -> str:
    """What has to be said wherever a result on this data is shown; "" for the whole.

    Of files it says how many English rows they have, of how many, how they deviate by
    their manifest, and where no manifest knows them that the subset is unknown.
    """
    if sources.is_pocket(root(source)):
        return "pocket suite, made by the project itself"
    notes = _notes(task, source, registry.get(task).splits)
    return "; ".join(dict.fromkeys(notes))  # a lender of two splits says it once


def _notes(name: str, source: str | Path, splits: Iterable[str]) -> Iterator[str]:
    entry, place = sources.resolve(registry.get(name), root(source))
    if entry.note:
        yield entry.note
    if not place.folders:
        return
    for split in splits:
        if lender := entry.lender(split):
            title = registry.get(lender).title
            yield from (f"{title}: {note}" for note in _notes(lender, source, [split]))
        elif split in entry.rows:
            yield from _shortfall(entry, split, place, source)
    if entry.deviation:
        yield entry.deviation


def _shortfall(
    entry: Task, split: str, place: Place, source: str | Path
) -> Iterator[str]:
    """What of an official split is there, where it is not all or not what it should be.

    A file that a manifest lists and that is another by now is as unknown as one that
    no manifest lists and that has other rows than the official one.
    """
    if ENGLISH not in languages(entry.name, split, source):
        yield f"no English {split}"
        return
    there = sources.slots(entry, ENGLISH, entry.stored(split), place)
    there = [slot for slot in there if slot.path]
    if not there:  # the Hub's
        return
    found, official = size(entry.name, ENGLISH, split, source), entry.rows[split]
    known, changed = sources.known(entry, there, place)
    note = f"{split} {found:,} rows, officially {official:,}" * (found != official)
    if changed:
        yield f"{note or split}: unknown subset, not as its manifest describes it"
    elif note:
        yield note if known else f"{note}: unknown subset"


def items(
    task: str,
    lang: str,
    split: str,
    source: str | Path = "auto",
    translated: bool = False,
) -> str | None:
    """The parallel data set whose items the ids of a split number; None: their own.

    Rows of one name and id are the same item, in one language or in two.
    """
    entry, place = sources.resolve(registry.get(task), root(source))
    if lender := entry.lender(split):
        return items(lender, lang, split, source, translated)
    there = sources.slots(entry, lang, entry.stored(split), place, translated)
    named = {slot.part.items and slot.part.items.format(split=slot.split)
             for slot in there}  # fmt: skip
    return named.pop() if len(named) == 1 else None


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
    pinned revisions, and of both that of how entries say they are read which people
    added. `translated` adds the tasks' translated training data. `pocket` is
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
        if not found:
            raise _no_file(name, source)
        found |= set(_added(name, source, registry.get(name).splits))
        facts |= found
        if translated:
            _refuse_outdated(name, source, _short(sorted(found)))
            facts |= _facts(name, source, ["train"], translated=True)
    return _short(sorted(facts))


def _no_file(name: str, source: str | Path) -> UserError:
    if reason := lacking(name, source):
        return UserError(f"{name}: {reason}")
    below = ", ".join(map(str, root(source).folders)) or "the Hub"
    return UserError(
        f"no file of {name} below {below}; put it there, "
        f"or point XITT_MIRROR to a folder that has it"
    )


def lacking(name: str, source: str | Path = "auto") -> str:
    """Why a task cannot be run before people bring its data; "" where it can be."""
    task = registry.get(name)
    if isinstance(source, Path) or source == "pocket":
        return ""
    read = kinds.get(task.kind).trains or task.phase == "dictionary"
    splits = ["train"] * read + ["test"] * (task.phase == "target")
    for split in splits:
        if lender := task.lender(split):
            if reason := lacking(lender, source):
                return reason
        elif not all(part.on_hub for part in task.parts) and not languages(
            name, split, source
        ):
            folder = "take source auto, " * (source == "hub")  # which reads folders too
            return f"its data are not on the Hub; {folder}{sources.by_hand(task)}"
    return ""


def origin(names: Iterable[str], source: str | Path = "auto") -> str:
    """Where the rows of these tasks come from: mirror, imported, hub, or a+b."""
    found: set[str] = set()
    for name in names:
        for slot in _slots(name, source, registry.get(name).splits):
            imported = slot.path and slot.path.is_relative_to(paths.IMPORTED)
            where = "imported" if imported else "mirror" if slot.path else "hub"
            found.add(where)
    return "+".join(w for w in ("mirror", "imported", "hub") if w in found)


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
    return {
        f"{slot.part.dataset}/{slot.config}/{slot.split} "
        f"{digests.of(slot.path) if slot.path else slot.part.revision}"
        for slot in _slots(name, source, splits, translated)
    }


def _added(name: str, source: str | Path, splits: Iterable[str]) -> Iterator[str]:
    """How a task is read, and those that lend it splits, where people say it.

    What the package says is of one version; where it changes, keys are changed by hand.
    """
    entry, _ = sources.resolve(registry.get(name), root(source))
    if entry.added:
        yield registry.deciding(entry)
    for split in splits:
        if lender := entry.lender(split):
            yield from _added(lender, source, [split])


def _slots(
    name: str, source: str | Path, splits: Iterable[str], translated: bool = False
) -> Iterator[Slot]:
    """Every file, or split on the Hub, that a task reads, in every language."""
    entry, place = sources.resolve(registry.get(name), root(source))
    for split in splits:
        if lender := entry.lender(split):
            yield from _slots(lender, source, [split], translated)
            continue
        held = entry.stored(split)
        for lang in languages(name, split, source, translated):
            yield from sources.slots(entry, lang, held, place, translated)


def _short(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
