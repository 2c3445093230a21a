"""Examples of a task in a language, in one form whatever the data set and its source.

A source is `pocket` (the project's own suite), `mirror` (the folder of XITT_MIRROR),
`hub`, `auto` (each file from the mirror, else from what was imported, else from the
Hub), or a folder given as a Path. `load` returns a `datasets.Dataset` with the columns
of the task's kind:

    classification  id, text_a, text_b ("" for a single text), label
    choice          id, text_a, choices, label; question where it is not in text_a
    cloze           id, sentence (its blank is "_"), choices, label
    math            id, question, answer
    tagging         id, tokens, tags
    span            id, question, context, answers, starts (both empty: no answer)
    bitext          id, source (the language), target (English); so is a dictionary
    code            id, prompt, tests, entry_point, solution
    text            id, text

What cannot be used is an error of one line, or is left out, counted and said by the
logger `xitt`: rows without a label, rows whose id occurred before, answers that do not
occur in their context.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xitt.data import checks, readers, sources, stored
from xitt.data.columns import UNSEEN
from xitt.data.inventory import languages
from xitt.data.sources import Place, Slot, root
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task

if TYPE_CHECKING:
    from datasets import Dataset

_PROBED = 1000  # rows that are looked at for placeholders before all of them are


def load(
    task: str,
    lang: str,
    split: str,
    *,
    source: str | Path = "auto",
    limit: int = 0,
    seed: int = sources.SAMPLING_SEED,
    translated: bool = False,
) -> Dataset:
    """The examples of a split of a task in a language.

    `limit` (0: all) samples rows without replacement and keeps their order. The sample
    depends on `seed` and the number of rows alone, so that parallel files yield the
    same items. Of files only what decides is read of every row, and the sample whole,
    from its row groups. (Unlabelled text of the Hub is read from its start up to
    `limit` instead.) `translated` reads the task translated into `lang`.

    Raises:
        UserError: for an unknown task, language or split, a missing file or column, a
            label out of range, placeholder labels, an empty split, or no network.
    """
    from datasets import Dataset
    from datasets.table import InMemoryTable

    entry = registry.get(task)
    if kinds.get(entry.kind).two_sides:
        raise UserError(f"{task} has two unaligned sides; use corpora.load_mining")
    if limit < 0:
        raise UserError(f"limit is a number of rows, or 0 for all, not {limit}")
    found = _rows(entry, lang, split, root(source), translated, limit)
    table, where = found.table, found.where
    if 0 < limit < table.num_rows:
        chosen = random.Random(seed).sample(range(table.num_rows), limit)
        table = table.take(pa.array(sorted(chosen)))
    if found.slots:
        table = _filled(found, table, lang)
    if "answers" in table.column_names:
        if not entry.unanswerable:
            table = checks.with_answer(table, where)
        table = checks.place_answers(table, where, training=split == "train")
        if not table.num_rows:
            raise UserError(
                f"{where}: no row has an answer that occurs in its context; "
                f"check the file"
            )
    return Dataset(InMemoryTable(checks.joined(table)))


def labels(task: str, source: str | Path = "auto") -> tuple[str, ...]:
    """The labels of a task, in the order of their ids.

    Where the registry says `labels_from: train`, they are those of the English training
    set, sorted, after `<unseen>` (id 0), which stands for any other in evaluation.
    """
    return _labels(registry.get(task), root(source))


def _labels(task: Task, place: Place) -> tuple[str, ...]:
    if not task.labels_from:
        return task.labels
    task, place = sources.resolve(task, place)
    there = sources.slots(task, ENGLISH, "train", place)
    paths = [slot.path for slot in there if slot.path and slot.path.exists()]
    times = tuple(path.stat().st_mtime_ns for path in paths)
    return _seen_labels(task.kind, tuple(there), times)


@lru_cache(maxsize=32)
def _seen_labels(
    kind: str, there: tuple[Slot, ...], times: tuple[int, ...]
) -> tuple[str, ...]:
    """The labels of some files; `times` of their last change make the cache forget."""
    seen: set[str] = set()
    for slot in there:
        columns = slot.part.columns
        for raw in stored.batches(slot, [columns[kinds.get(kind).gold]]):
            seen |= readers.label_names(raw, kind, columns, ENGLISH)
    return (UNSEEN, *sorted(seen))


def check_hub(task: str) -> int:
    """Read one row of every split that a task has on the Hub, in its first language.

    Returns how many splits there were; a UserError names the first that cannot be read.
    """
    entry = registry.get(task)
    own = [split for split in entry.splits if not entry.lender(split)]
    places = [
        (lang, slot)
        for split in own
        for lang in languages(task, split, "hub")[:1]
        for slot in sources.slots(entry, lang, entry.stored(split), root("hub"))
    ]
    names = entry.labels or (UNSEEN,)
    for lang, slot in places:
        for raw in stored.batches(slot, readers.names(slot.part.columns), limit=1):
            readers.normalise(raw, entry.kind, slot.part.columns, names, lang)
    return len(places)


# --- the rows of a split --------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """The usable rows of a split, and the name of their place for messages.

    table: the rows in the form of their kind. Or, where `slots` says in which files
        they are, an outline of them: `slot`, `number` in the file, id, and what decides
        that they are usable.
    names: the labels of the task.
    """

    table: pa.Table
    where: str
    kind: str
    names: tuple[str, ...]
    slots: tuple[Slot, ...] = ()


def _rows(
    task: Task,
    lang: str,
    split: str,
    place: Place,
    translated: bool = False,
    limit: int = 0,
    keys: Iterable[str] = (),
) -> Found:
    """All usable rows of a split; of files, where there is a limit, their outline.

    keys: columns that an outline must have.
    """
    registry.language(lang)
    task, place = sources.resolve(task, place)
    if split not in task.splits:
        raise unknown(f"split of {task.name}:", split, task.splits)
    if split in task.exclude:
        keys = [*keys, kinds.get(task.kind).together]
    if lender := task.lender(split):
        if lang != ENGLISH and not translated:
            raise UserError(
                f"{task.name} has no {split} in '{lang}': it is {lender}'s, in English"
            )
        other = registry.get(lender)
        found = _rows(other, lang, split, place, translated, limit, keys)
    else:
        found = _own_rows(task, lang, split, place, translated, limit, keys)
    if split in task.exclude:
        found = replace(found, table=_without(found, task, split, place))
    if not found.table.num_rows:
        raise UserError(
            f"{found.where}: no rows of {task.name} in '{lang}' ({split}); "
            f"leave the language out, or complete the file"
        )
    _refuse_placeholders(found, lang)
    return found


def _own_rows(
    task: Task,
    lang: str,
    split: str,
    place: Place,
    translated: bool,
    limit: int,
    keys: Iterable[str],
) -> Found:
    """The rows of a split's files, in one language, each id once."""
    held, kind = task.stored(split), kinds.get(task.kind)
    there = sources.slots(task, lang, held, place, translated)
    few = limit > 0 and all(slot.path for slot in there)
    most = limit if task.phase == "text" else 0
    names = _labels(task, place)
    cut = bool(task.hold_out) and held == task.hold_out["of"]
    wanted = {"id", *keys} | ({"label"} if kind.gold == "label" else set())
    wanted |= {kind.together} if cut else set()
    # Without text or tokens there is no row.
    wanted |= {"text", "tokens"}.intersection(kind.required)
    tables = []
    for i, slot in enumerate(there):
        columns = slot.part.columns
        if few:
            mapped = {n: columns[n] for n in sorted(wanted) if n in columns}
            made = [
                readers.outline(raw, sorted(wanted), columns, names, lang)
                for raw in stored.batches(slot, readers.names(mapped))
            ]
        else:
            made = [
                readers.normalise(raw, task.kind, columns, names, lang)
                for raw in stored.batches(slot, readers.names(columns), most)
            ]
        table = readers.usable(pa.concat_tables(made), slot.name)
        if few:
            number = pa.array(np.full(table.num_rows, i, dtype=np.int32))
            table = table.append_column("slot", number)
        if slot.part.prefix:
            prefix = sources.fill(slot.part.prefix, lang)
            table = table.filter(pc.starts_with(table["id"], prefix))
        if len(there) > 1:  # ids of several data sets may be the same
            origin = f"{slot.part.dataset.split('/')[1]}-{slot.split}-"
            ids = pc.binary_join_element_wise(origin, table["id"], "")
            table = table.set_column(0, "id", ids)
        tables.append(checks.unique_ids(table, slot.name))
    table = pa.concat_tables(tables)
    if cut:
        held_out = checks.one_in(table, kind.together, task.hold_out["one_in"])
        table = table.filter(held_out if split == "validation" else pc.invert(held_out))
    where = there[0].name if len(there) == 1 else f"{task.name} ({split})"
    return Found(table, where, task.kind, names, tuple(there) if few else ())


def _filled(found: Found, table: pa.Table, lang: str) -> pa.Table:
    """The rows of an outline, or of some of it, in the form of their kind."""
    parts = []
    for i, slot in enumerate(found.slots):
        mine = table.filter(pc.equal(table["slot"], i))
        columns, numbers = slot.part.columns, mine["number"].to_numpy()
        raw = stored.take(slot, readers.names(columns), numbers)
        part = readers.normalise(raw, found.kind, columns, found.names, lang)
        parts.append(part.set_column(0, "id", mine["id"]))
    return pa.concat_tables(parts)


def _without(found: Found, task: Task, split: str, place: Place) -> pa.Table:
    """The rows whose context does not occur in the split that `exclude` names."""
    other, theirs = task.exclude[split].split("/")
    key = kinds.get(task.kind).together
    outline = _rows(registry.get(other), ENGLISH, theirs, place, limit=1, keys=[key])
    mask = pc.invert(pc.is_in(found.table[key], pc.unique(outline.table[key])))
    why = f"their {key} is in {other}'s {theirs}"
    return checks.keep(found.table, mask, found.where, why)


def _refuse_placeholders(found: Found, lang: str) -> None:
    """Raise where all rows have one label; what an outline lacks of it is read."""
    about = found.kind, found.names
    if not found.slots or kinds.get(found.kind).gold == "label":
        checks.refuse_placeholders(found.table, *about, found.where)
    elif kinds.get(found.kind).gold:
        some = _filled(found, found.table.slice(0, _PROBED), lang)
        if checks.placeholder(some, *about):
            whole = _filled(found, found.table, lang)
            checks.refuse_placeholders(whole, *about, found.where)
