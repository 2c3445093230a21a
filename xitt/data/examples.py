"""Examples of a task in a language, in one form whatever the data set and its source.

A source is `pocket` (the project's own suite), `mirror` (the folder of XITT_MIRROR),
`hub`, `auto` (each file from the mirror, else from what was imported, else from the
Hub), or a folder given as a Path. `load` returns a `datasets.Dataset` with the columns
of the task's kind:

    classification  id, text_a, text_b ("" for a single text), label
    choice          id, text_a (context and question), choices, label
    tagging         id, tokens, tags
    span            id, question, context, answers, starts (both empty: no answer)
    bitext          id, source (the language), target (English)
    text            id, text

What cannot be used is an error of one line, or is left out, counted and said by the
logger `xitt`: rows without a label, rows whose id occurred before, answers that do not
occur in their context.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from xitt.data import checks, readers, sources, stored
from xitt.data.inventory import languages
from xitt.data.sources import Place, Slot, root
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task

if TYPE_CHECKING:
    from datasets import Dataset


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
    same items. (Unlabelled text of the Hub is read from its start up to `limit`
    instead.) `translated` reads the task translated into `lang`.

    Raises:
        UserError: for an unknown task, language or split, a missing file or column, a
            label out of range, placeholder labels, an empty split, or no network.
    """
    from datasets import Dataset
    from datasets.table import InMemoryTable

    entry = registry.get(task)
    if kinds.get(entry.kind).two_sides:
        raise UserError(f"{task} has two unaligned sides; use corpora.load_mining")
    table, where = _rows(entry, lang, split, root(source), translated, limit)
    if limit < 0:
        raise UserError(f"limit is a number of rows, or 0 for all, not {limit}")
    if 0 < limit < table.num_rows:
        chosen = random.Random(seed).sample(range(table.num_rows), limit)
        table = table.take(pa.array(sorted(chosen)))
    if "answers" in table.column_names:
        table = checks.place_answers(table, where, training=split == "train")
        if not table.num_rows:
            raise UserError(f"{where}: no answer occurs in its context; check the file")
    return Dataset(InMemoryTable(table.combine_chunks()))


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
    return _seen_labels(tuple(there), tuple(path.stat().st_mtime_ns for path in paths))


@lru_cache(maxsize=32)
def _seen_labels(there: tuple[Slot, ...], times: tuple[int, ...]) -> tuple[str, ...]:
    """The tags of some files; `times` of their last change make the cache forget."""
    seen: set[str] = set()
    for slot in there:
        column = slot.part.columns["tags"]
        tags = stored.read(slot, [column]).table[column].combine_chunks()
        seen.update(pc.unique(tags.flatten()).to_pylist())
    return (readers.UNSEEN, *sorted(seen))


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
    names = entry.labels or (readers.UNSEEN,)
    for lang, slot in places:
        raw = stored.read(slot, readers.names(slot.part.columns), limit=1)
        readers.normalise(raw, entry.kind, slot.part.columns, names, lang)
    return len(places)


# --- the rows of a split --------------------------------------------------------------


def _rows(
    task: Task,
    lang: str,
    split: str,
    place: Place,
    translated: bool = False,
    limit: int = 0,
) -> tuple[pa.Table, str]:
    """All usable rows of a split, and the name of their place for messages."""
    registry.language(lang)
    task, place = sources.resolve(task, place)
    if split not in task.splits:
        raise unknown(f"split of {task.name}:", split, task.splits)
    if lender := task.lender(split):
        if lang != ENGLISH and not translated:
            raise UserError(
                f"{task.name} has no {split} in '{lang}': it is {lender}'s, in English"
            )
        table, where = _rows(registry.get(lender), lang, split, place, translated)
    else:
        table, where = _own_rows(task, lang, split, place, translated, limit)
    if split in task.exclude:
        table = _without(table, task, split, place, where)
    if not table.num_rows:
        raise UserError(
            f"{where}: no rows of {task.name} in '{lang}' ({split}); "
            f"leave the language out, or complete the file"
        )
    checks.refuse_placeholders(table, task.kind, where)
    return table, where


def _own_rows(
    task: Task, lang: str, split: str, place: Place, translated: bool, limit: int
) -> tuple[pa.Table, str]:
    """The rows of a split's files, in one language, each id once."""
    held = task.stored(split)
    there = sources.slots(task, lang, held, place, translated)
    most = limit if task.phase == "text" else 0
    names = _labels(task, place)
    tables = []
    for slot in there:
        raw = stored.read(slot, readers.names(slot.part.columns), most)
        table = readers.normalise(raw, task.kind, slot.part.columns, names, lang)
        if slot.part.prefix:
            prefix = sources.fill(slot.part.prefix, lang)
            table = table.filter(pc.starts_with(table["id"], prefix))
        if len(there) > 1:  # ids of several data sets may be the same
            origin = f"{slot.part.dataset.split('/')[1]}-{slot.split}-"
            ids = pc.binary_join_element_wise(origin, table["id"], "")
            table = table.set_column(0, "id", ids)
        tables.append(checks.unique_ids(table, slot.name))
    table = pa.concat_tables(tables)
    if task.hold_out and held == task.hold_out["of"]:
        key = kinds.get(task.kind).together
        held_out = checks.one_in(table, key, task.hold_out["one_in"])
        table = table.filter(held_out if split == "validation" else pc.invert(held_out))
    where = there[0].name if len(there) == 1 else f"{task.name} ({split})"
    return table, where


def _without(
    table: pa.Table, task: Task, split: str, place: Place, where: str
) -> pa.Table:
    """The rows whose context does not occur in the split that `exclude` names."""
    other, theirs = task.exclude[split].split("/")
    key = kinds.get(task.kind).together
    seen = pc.unique(_rows(registry.get(other), ENGLISH, theirs, place)[0][key])
    mask = pc.invert(pc.is_in(table[key], seen))
    return checks.keep(table, mask, where, f"their {key} is in {other}'s {theirs}")
