"""How much of what a run is scored on its encoder was trained on before.

An item was trained on where a row of the intermediate phase has the same texts, or
where the registry says of both that they are one item of a parallel data set (`items`):
then one is a translation of the other, and no text tells. Labels do not matter, nor in
which kind of task the texts were read: a sentence of masked-language modelling counts.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np

from xitt.data import inventory, translations
from xitt.data.corpora import Mining
from xitt.study import data_source, run_data
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.settings import parse_setting

Shares = dict[str, dict[str, float]]

NOTHING = 0  # the mark of an item without texts, or without a shared id


def shares(run: Run, parts: dict[tuple[str, str], Any]) -> Shares:
    """The share of items trained on, above zero, by split and language.

    parts: what the target run is scored on (`run_data.of_target`). The English side of
    a retrieval task counts as English, over all its languages.
    """
    if run.parent is None:
        return {}
    trained = _trained_on(run.parent.key, run.parent)
    counts: dict[tuple[str, str], list[int]] = {}
    for (split, lang), rows in parts.items():
        for code, marks in _scored(run, split, lang, rows):
            hits = _among(marks, trained).any(axis=0)
            count = counts.setdefault((split, code), [0, 0])
            count[0] += int(hits.sum())
            count[1] += len(hits)
    found: Shares = {}
    for (split, lang), (hits, n) in counts.items():
        if hits:
            found.setdefault(split, {})[lang] = hits / n
    return found


def _among(marks: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether each of `marks` is among the sorted `known`."""
    at = np.searchsorted(known, marks)
    return (np.append(known, NOTHING)[at] == marks) & (marks != NOTHING)


def _scored(
    run: Run, split: str, lang: str, rows: Any
) -> Iterator[tuple[str, np.ndarray]]:
    """Languages and the marks of the items in them, (2, n): of texts, of shared ids."""
    task = registry.get(run.target)
    source = data_source.source(run.profile)
    pool = inventory.items(task.name, lang, split, source)
    yield lang, np.stack([_texts(task.kind, rows), _ids(pool, rows)])
    if kinds.get(task.kind).retrieves:
        english = rows.target if isinstance(rows, Mining) else rows["target"]
        yield ENGLISH, np.stack([_marks(([text] for text in english), len(english))])


@lru_cache(maxsize=1)  # the targets of a notebook have one parent
def _trained_on(key: str, run: Run) -> np.ndarray:
    """The distinct marks of what an intermediate run trains on, sorted."""
    source = data_source.source(run.profile)
    translated = parse_setting(run.setting).reads_translations
    found = []
    for name, languages in run_data.of_intermediate(run).items():
        task = registry.get(name)
        across = translated and task.phase == "intermediate"
        for lang, rows in languages.items():
            pool = (
                translations.items(name, lang, source)
                if across
                else inventory.items(name, lang, "train", source)
            )
            found += [_texts(task.kind, rows), _ids(pool, rows)]
        others = across and ENGLISH not in languages
        originals = translations.originals(name, languages, source) if others else None
        if originals is not None:
            found.append(_texts(task.kind, originals))
    marks = np.unique(np.concatenate(found))
    return marks[marks != NOTHING]


def _texts(kind: str, rows: Any) -> np.ndarray:
    """(n,) marks of the texts of each row, in whichever order they stand in it."""
    entry = kinds.get(kind)
    if isinstance(rows, Mining):
        columns = [rows.source]
    else:
        columns = [list(rows[name]) for name in entry.item]
    if entry.per_token:  # words of a sentence, whose order says something
        columns = [
            ["".join(v) if isinstance(v, list) else v for v in c] for c in columns
        ]
    return _marks(map(_flat, zip(*columns, strict=True)), len(columns[0]))


def _flat(values: tuple[str | list[str], ...]) -> list[str]:
    return [
        text
        for value in values
        for text in (value if isinstance(value, list) else [value])
    ]


def _marks(items: Iterator[list[str]], n: int) -> np.ndarray:
    """(n,) hashes of normalised texts, NOTHING where there is no letter in them."""
    plain = (sorted(filter(None, map(normalised, texts))) for texts in items)
    return np.fromiter((_hash(*texts) if texts else NOTHING for texts in plain),
                       np.uint64, n)  # fmt: skip


def _ids(pool: str | None, rows: Any) -> np.ndarray:
    """(n,) hashes of the ids within the parallel data set `pool`; NOTHING without."""
    if pool is None:
        n = len(rows.source_ids) if isinstance(rows, Mining) else len(rows)
        return np.full(n, NOTHING, np.uint64)
    return np.fromiter((_hash("", pool, i) for i in rows["id"]), np.uint64, len(rows))


def _hash(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest)


def normalised(text: str) -> str:
    """`text` without case, spaces and punctuation, in which copies of data differ.

    >>> normalised("Él: “No.”") == normalised("él - no")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.translate(_unsaid())


@cache
def _unsaid() -> dict[int, None]:
    """Every separator, control and punctuation character of Unicode; accents stay."""
    kinds_of = {code: unicodedata.category(chr(code)) for code in range(sys.maxunicode)}
    return {c: None for c, k in kinds_of.items() if k[0] in "ZP" or k in ("Cc", "Cf")}
