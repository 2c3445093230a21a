"""A task's training rows in other languages: one English sample, shared out over them.

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
        every = list(dict.fromkeys(chain.from_iterable(ids.values())))
        few = 0 < limit < len(every)
        wanted = random.Random(seed).sample(every, limit) if few else every
    shares = shared_out(wanted, {lang: set(some) for lang, some in ids.items()}, seed)
    lacking = len(wanted) - sum(map(len, shares.values()))
    if lacking:
        log.warning(
            "%s: left out %d of %d rows: not translated into %s",
            task, lacking, len(wanted), ", ".join(langs),
        )  # fmt: skip
    return {lang: _taken(tables[lang], ids[lang], shares[lang]) for lang in langs}


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
