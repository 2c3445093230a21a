"""A task's training rows in other languages: one English sample, shared out over them.

Or all of it in one of them, `alone`.

A setting that trains on translations reads as many distinct rows as the English one,
and the same: each row of the English sample goes to one language.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from xitt.data import checks, examples, inventory, sources
from xitt.errors import UserError
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    from datasets import Dataset

log = logging.getLogger("xitt")


def load(
    task: str,
    langs: Sequence[str],
    *,
    source: str | Path = "auto",
    limit: int = 0,
    seed: int = sources.SAMPLING_SEED,
) -> dict[str, Dataset]:
    """The translated training rows of `task` by language, together one English sample.

    The sample is that of `examples.load(task, "en", "train", limit=limit)`; a row keeps
    the id of its original. Where the translations are of other rows than the English
    ones, as in a partial mirror, `limit` of their own rows are shared out.

    Raises:
        UserError: as `examples.load`.
    """
    tables = {
        lang: _table(task, lang, source, translated=True).data.table for lang in langs
    }
    own = {lang: table["id"].to_pylist() for lang, table in tables.items()}
    ids = _of_originals(task, own, source)
    if ids is not None:
        options = {"source": source, "limit": limit, "seed": seed}
        wanted = list(examples.load(task, ENGLISH, "train", **options)["id"])
    else:
        ids = own
        wanted = _sample(
            list(dict.fromkeys(chain.from_iterable(ids.values()))), limit, seed
        )
    shares = shared_out(wanted, {lang: set(some) for lang, some in ids.items()}, seed)
    lacking = len(wanted) - sum(map(len, shares.values()))
    if lacking:
        log.warning(
            "%s: left out %d of %d rows: not translated into %s",
            task, lacking, len(wanted), ", ".join(langs),
        )  # fmt: skip
    return {lang: _taken(tables[lang], ids[lang], shares[lang]) for lang in langs}


def alone(
    task: str,
    lang: str,
    *,
    source: str | Path = "auto",
    limit: int = 0,
    seed: int = sources.SAMPLING_SEED,
) -> Dataset:
    """All of the sample that `load` shares out, in one language.

    In English it is the sample itself; where the translations are of other rows than
    the task's own, the English of those, which another task of the registry has. So
    every language is trained on the same items.

    Raises:
        UserError: as `examples.load`, and where no task has the English of these rows.
    """
    options = {"source": source, "limit": limit, "seed": seed}
    if lang != ENGLISH:
        return load(task, [lang], **options)[lang]
    if not needs_another(task, source):
        return examples.load(task, ENGLISH, "train", **options)
    rows = examples.load(*english_of(task, source), source=source)
    ids = list(rows["id"])
    return _taken(rows.data.table, ids, set(_sample(ids, limit, seed)))


def needs_another(task: str, source: str | Path = "auto") -> bool:
    """Whether the English of a task's translations is not among its own rows."""
    others = inventory.languages(task, "train", source, translated=True)
    return bool(others) and not _of_english(task, others[0], source)


def items(task: str, lang: str, source: str | Path = "auto") -> str | None:
    """`inventory.items` of what `alone` and `load` give: that of the translations."""
    if lang == ENGLISH:
        others = inventory.languages(task, "train", source, translated=True)
        lang = next(iter(others), ENGLISH)
    other = lang != ENGLISH
    return inventory.items(task, lang, "train", source, translated=other)


def english_of(task: str, source: str | Path = "auto") -> tuple[str, str, str]:
    """The task, language and split that have the English of a task's translations."""
    wanted = items(task, ENGLISH, source)
    for name in registry.names():
        entry = registry.get(name)
        for split in entry.splits if wanted else ():
            if entry.kind == registry.get(task).kind and not entry.lender(split):
                own = ENGLISH in inventory.languages(name, split, source)
                if own and inventory.items(name, ENGLISH, split, source) == wanted:
                    return name, ENGLISH, split
    raise UserError(
        f"the translations of {task} are of other rows than its own, and no task has "
        f"them in English; leave '{task}@{ENGLISH}' out"
    )


def _sample(ids: list[str], limit: int, seed: int) -> list[str]:
    few = 0 < limit < len(ids)
    return random.Random(seed).sample(ids, limit) if few else ids


def shared_out(
    rows: Sequence[str], have: Mapping[str, Collection[str]], seed: int
) -> dict[str, set[str]]:
    """Each of `rows` to one of the languages that have it, in turn.

    They are shuffled first: rows in turn may be the labels in turn, as in XNLI.
    """
    order, langs = list(rows), list(have)
    random.Random(seed).shuffle(order)
    found: dict[str, set[str]] = {lang: set() for lang in langs}
    for place, row in enumerate(order):
        first = place % len(langs)
        turns = (*langs[first:], *langs[:first])
        lang = next((lang for lang in turns if row in have[lang]), None)
        if lang is not None:
            found[lang].add(row)
    return found


def share(
    rows: Dataset, lang: str, among: Sequence[str], seed: int = sources.SAMPLING_SEED
) -> Dataset:
    """Those of some English rows that go to `lang` when each language has them all."""
    ids = list(rows["id"])
    wanted = shared_out(ids, {code: set(ids) for code in among}, seed)[lang]
    return _taken(rows.data.table, ids, wanted)


def originals(
    task: str, translated: Mapping[str, Dataset], source: str | Path = "auto"
) -> Dataset | None:
    """The English rows that `load` gave translations of; None where it has none."""
    if not _of_english(task, next(iter(translated)), source):
        return None
    ids = [i for rows in translated.values() for i in rows["id"]]
    table = _table(task, ENGLISH, source).data.table
    return _dataset(table.filter(pc.is_in(table["id"], pa.array(ids, pa.string()))))


def _of_english(task: str, lang: str, source: str | Path) -> bool:
    """Whether the registry has the translations of the same items as the task."""
    english, other = (
        inventory.items(task, code, "train", source, translated=code != ENGLISH)
        for code in (ENGLISH, lang)
    )
    return english == other


def _of_originals(
    task: str, own: dict[str, list[str]], source: str | Path
) -> dict[str, list[str]] | None:
    """The id of each translated row's original; None where they are of other rows.

    Files that share no id, and are as long, are parallel row by row (MNLI and XNLI's
    translation of it).
    """
    if not _of_english(task, next(iter(own)), source):
        return None
    english = list(_table(task, ENGLISH, source)["id"])
    if any(not set(english).isdisjoint(ids) for ids in own.values()):
        return own
    parallel = all(len(ids) == len(english) for ids in own.values())
    return dict.fromkeys(own, english) if parallel else None


def _table(
    task: str, lang: str, source: str | Path, translated: bool = False
) -> Dataset:
    return examples.load(task, lang, "train", source=source, translated=translated)


def _taken(table: pa.Table, ids: list[str], wanted: set[str]) -> Dataset:
    """The wanted rows in the file's order, under the ids of their originals."""
    table = table.set_column(0, "id", pa.array(ids, pa.string()))
    return _dataset(table.filter(pa.array([i in wanted for i in ids], pa.bool_())))


def _dataset(table: pa.Table) -> Dataset:
    from datasets import Dataset
    from datasets.table import InMemoryTable

    return Dataset(InMemoryTable(checks.joined(table)))
