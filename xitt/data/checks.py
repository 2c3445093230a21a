"""Checks of a whole split: what cannot be used is counted and said, or is an error."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xitt.errors import UserError
from xitt.tasks import kinds

log = logging.getLogger("xitt")

# So many rows with one and the same label are placeholders, not chance.
_CONSTANT = 10
# A few sentences without any entity are no placeholder. XTREME's smallest test sets of
# PAN-X, whose labels are held back as nothing but this tag, have a hundred.
OUTSIDE, CONSTANT_OUTSIDE = "O", 100

_ANSWERS = {"answers": pa.list_(pa.string()), "starts": pa.list_(pa.int64())}


def keep(
    table: pa.Table, mask: pa.Array, where: str, why: str, name_first: bool = False
) -> pa.Table:
    """The rows of `mask`; the others are counted in one line of the log.

    name_first: say the id of the first one, too, where a single row may be a mistake.
    """
    kept = table.filter(mask)
    dropped = table.num_rows - kept.num_rows
    if dropped:
        if name_first:
            first = table["id"][pc.index(mask, False).as_py()]
            why = f"{why} (the first is '{first}')"
        log.warning(
            "%s: left out %d of %d rows: %s", where, dropped, table.num_rows, why
        )
    return kept


def unique_ids(table: pa.Table, where: str) -> pa.Table:
    """Rows whose id occurred before are left out: predictions are kept by id."""
    codes = _codes(table["id"])
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return keep(table, pa.array(first), where, "their id occurred before")


def refuse_placeholders(
    table: pa.Table, kind: str, labels: Sequence[str], where: str
) -> None:
    """Raise where every label is the same: what stands where labels are held back."""
    if value := placeholder(table, kind, labels):
        raise UserError(
            f"{where}: all {table.num_rows} rows have {value}, a placeholder; "
            f"use a copy of this split with its labels"
        )


def placeholder(table: pa.Table, kind: str, labels: Sequence[str]) -> str:
    """The one label that all rows have, in words; "" where they have several."""
    gold = kinds.get(kind).gold
    if not gold or table.num_rows < _CONSTANT:
        return ""
    if gold == "answers":
        chunks = table[gold].chunks
        some = any(pc.any(pc.greater(_lengths(c), 0)).as_py() for c in chunks)
        return "" if some else "an empty answer"
    found: set[int | None] = set()
    for chunk in table[gold].chunks:
        values = chunk.flatten() if gold == "tags" else chunk
        found.update(pc.unique(values).to_pylist())
        if len(found) > 1:
            return ""
    only = found.pop() if found else None
    few = table.num_rows < CONSTANT_OUTSIDE
    if few and gold == "tags" and only is not None and labels[only] == OUTSIDE:
        return ""
    return f"label {only}"


def with_answer(table: pa.Table, where: str) -> pa.Table:
    """The rows with an answer: without one nothing is learnt, and none can be right."""
    masks = []
    for chunk in table["answers"].chunks:
        some = pc.greater(_lengths(chunk), 0)
        mask = np.zeros(len(chunk), dtype=bool)
        mask[pc.list_parent_indices(chunk).filter(some).to_numpy()] = True
        masks.append(pa.array(mask))
    why = "without an answer, in a task that is not `unanswerable`"
    mask = pa.chunked_array(masks, pa.bool_())
    return keep(table, mask, where, why, name_first=True)


def _lengths(answers: pa.ListArray) -> pa.Array:
    """Characters of every answer in every row, flat; 0 for an empty one."""
    return pc.fill_null(pc.utf8_length(answers.flatten()), 0)


def one_in(table: pa.Table, column: str, n: int) -> pa.ChunkedArray:
    """A mask of about one row in n, the same on every machine, equal texts together."""
    masks = []
    for chunk in table[column].chunks:
        codes = chunk.dictionary_encode()
        texts = codes.dictionary.to_pylist()
        chosen = np.array([crc32(text.encode()) % n == 0 for text in texts], dtype=bool)
        masks.append(pa.array(chosen[codes.indices.to_numpy()]))
    return pa.chunked_array(masks, pa.bool_())


def joined(table: pa.Table) -> pa.Table:
    """Each column in one chunk, but those that are too large for one.

    The offsets of a string or list array reach two gigabytes; a column beyond stays in
    chunks, which everything that reads a `Dataset` takes as well.
    """
    columns = []
    for column in table.columns:
        try:
            columns.append(column.combine_chunks())
        except pa.ArrowInvalid:
            columns.append(column)
    return pa.table(columns, schema=table.schema)


def place_answers(table: pa.Table, where: str, training: bool) -> pa.Table:
    """Every answer at its true place in the context; `starts` are character offsets.

    An offset that is wrong is first read as one of UTF-8 bytes, which some data sets
    count, then moved to the nearest occurrence. An answer that does not occur at all is
    kept for evaluation, where its text is what counts, with the start -1; for training
    it is left out, and the row with it where no other answer is there: a row that had
    an answer must not turn into one without. Empty answers are no answers.
    """
    rows = [table[name].to_pylist() for name in ("context", "answers", "starts")]
    if all(map(_in_place, *rows)):
        return table
    answers, starts, mask, moved, lost = [], [], [], 0, 0
    for context, texts, given in zip(*rows):
        known = [*(given or []), *[None] * len(texts or [])]  # a text without offset
        pairs = [(t, s) for t, s in zip(texts or [], known) if t]
        placed = [(t, locate(context, t, s)) for t, s in pairs]
        moved += sum(-1 < now != then for (_, then), (_, now) in zip(pairs, placed))
        lost += sum(start < 0 for _, start in placed)
        if training:
            placed = [(t, s) for t, s in placed if s >= 0]
        mask.append(bool(placed) or not pairs)
        answers.append([t for t, _ in placed])
        starts.append([s for _, s in placed])
    if moved:
        log.warning("%s: moved %d answers to where the context has them", where, moved)
    if lost:
        log.warning(
            "%s: %d answers do not occur in their context; %s", where, lost,
            "not trained on" if training else "scored by their text",
        )  # fmt: skip
    for name, values in (("answers", answers), ("starts", starts)):
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.array(values, _ANSWERS[name]))
    return keep(
        table, pa.array(mask, pa.bool_()), where, "no answer occurs in the context"
    )


def _in_place(context: str, texts: list[str] | None, starts: list[int] | None) -> bool:
    """Whether every answer stands where its offset says, as nearly always."""
    if texts is None or starts is None or len(texts) != len(starts):
        return False
    for text, start in zip(texts, starts):
        if not text or start is None or start < 0:
            return False
        if not context.startswith(text, start):
            return False
    return True


def locate(context: str, answer: str, start: int | None) -> int:
    """The character offset of an answer, as near to `start` as can be; else -1."""
    if start is not None and start >= 0:
        if context[start : start + len(answer)] == answer:
            return start
        characters = len(context.encode()[:start].decode(errors="ignore"))
        if context[characters : characters + len(answer)] == answer:
            return characters
    near = max(start or 0, 0)
    before = context.rfind(answer, 0, near + len(answer))  # begins at `near` or earlier
    after = context.find(answer, near)
    if before < 0 or after < 0:
        return max(before, after)
    return before if near - before <= after - near else after


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """(n,) a number for each text, the same for equal ones."""
    encoded = column.dictionary_encode().unify_dictionaries()
    chunks = [chunk.indices.to_numpy() for chunk in encoded.chunks]
    return np.concatenate(chunks) if chunks else np.arange(0)
