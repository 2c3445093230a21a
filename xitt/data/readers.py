"""Stored rows of any data set, brought into the few forms that `xitt` works with.

Everything is computed on whole columns (`xitt.data.columns`). What cannot be used is an
error that names the file, its language, the row and the mend; what there is nothing to
learn or score in is left out, counted and said in one line of the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xitt.data import columns as stored
from xitt.data.checks import keep
from xitt.data.columns import UNSEEN, Unusable
from xitt.data.sources import Raw
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry

__all__ = ["SCHEMAS", "UNSEEN", "Columns", "names", "normalise", "schema"]

_STRINGS = pa.list_(pa.string())
SCHEMAS = {
    "classification": {
        "text_a": pa.string(),
        "text_b": pa.string(),
        "label": pa.int64(),
    },
    "choice": {"text_a": pa.string(), "choices": _STRINGS, "label": pa.int64()},
    "tagging": {"tokens": _STRINGS, "tags": pa.list_(pa.int64())},
    "span": {
        "question": pa.string(),
        "context": pa.string(),
        "answers": _STRINGS,
        "starts": pa.list_(pa.int64()),
    },
    "bitext": {"source": pa.string(), "target": pa.string()},
    "text": {"text": pa.string()},
}

Columns = Mapping[str, str | Sequence[str]]


def schema(kind: str) -> pa.Schema:
    """The columns of a kind's normalised examples."""
    return pa.schema({"id": pa.string(), **SCHEMAS[kind]})


def names(columns: Columns) -> list[str]:
    """Every stored column that a mapping reads."""
    return [
        name
        for value in columns.values()
        for name in ([value] if isinstance(value, str) else value)
    ]


def normalise(
    raw: Raw, kind: str, columns: Columns, labels: Sequence[str], lang: str
) -> pa.Table:
    """Rows in the form of their kind; unlabelled and empty ones are left out.

    Where no id is mapped, the number of the row is the id: parallel files of several
    languages then share their ids.

    Raises:
        UserError: for a column of an unusable type, a null, text that is not UTF-8, a
            label that is unknown or out of range, tokens without a tag each, or choices
            that are too few or too many; it names the file, the language and the row.
    """
    read = kinds.function(kind, "read")
    with stored.place(raw.name, lang):
        if "id" in columns:
            ids = _words(raw, columns["id"])
        else:
            ids = pc.cast(pa.array(range(raw.table.num_rows), pa.int64()), pa.string())
        table = pa.table({"id": ids, **read(raw, columns, labels, lang)})
    if "text" in table.column_names:
        table = keep(table, pc.not_equal(table["text"], ""), raw.name, "empty")
    if "tokens" in table.column_names:
        some = pc.greater(pc.list_value_length(table["tokens"]), 0)
        table = keep(table, some, raw.name, "no tokens", name_first=True)
    if "label" in table.column_names:
        labelled = pc.is_valid(table["label"])
        table = keep(table, labelled, raw.name, "without a label")
    return table.cast(schema(kind))


def label_names(raw: Raw, kind: str, columns: Columns, lang: str) -> set[str]:
    """The names of the labels that occur; a number without a name is its own."""
    gold = kinds.get(kind).gold
    name = columns[gold]
    with stored.place(raw.name, lang):
        if gold == "tags":
            _, column, _ = stored.lists(_get(raw, name), name)
        else:
            column = stored.labelled(_get(raw, name), name)
        found = stored.label_names(column, name, raw.classes.get(name))
    return set(found.unique().drop_null().to_pylist())


# --- the kinds ------------------------------------------------------------------------


def classification(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    text_b = columns.get("text_b")
    blank = pa.array([""] * raw.table.num_rows, pa.string())
    return {
        "text_a": _words(raw, columns["text_a"]),
        "text_b": _words(raw, text_b) if text_b else blank,
        "label": _labels(raw, columns["label"], labels),
    }


def choice(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    name = columns["choices"]
    if isinstance(name, str):
        sizes, values, _ = stored.lists(_get(raw, name), name)
    else:
        sizes = np.full(raw.table.num_rows, len(name))
        values = _rowwise([_words(raw, each) for each in name])
    if len(wrong := np.flatnonzero(sizes != len(labels))):
        raise Unusable(
            f"row {wrong[0]} has {sizes[wrong[0]]} choices, not {len(labels)}",
            "correct the file or the labels of the task",
        )
    options = stored.text(values, str(name), stored.row_of(sizes))
    options = stored.within(sizes, options, str(name))
    return {
        "text_a": _words(raw, columns["text_a"]),
        "choices": stored.joined(sizes, options),
        "label": _labels(raw, columns["label"], labels),
    }


def tagging(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    at, there = columns["tokens"], columns["tags"]
    sizes, tokens, missing = stored.lists(_get(raw, at), at)
    if missing.any():
        raise Unusable(f"row {missing.argmax()} of '{at}' is null", "leave the row out")
    tagged, tags, _ = stored.lists(_get(raw, there), there)
    if len(wrong := np.flatnonzero(sizes != tagged)):
        row = wrong[0]
        raise Unusable(
            f"row {row} has {sizes[row]} tokens and {tagged[row]} tags",
            "each token needs one",
        )
    row_of = stored.row_of(sizes)
    words = stored.within(sizes, stored.text(tokens, at, row_of), at)
    # XTREME's raw PAN-X files write every token with its language: en:Paris
    prefixed = pc.starts_with(words, f"{lang}:")
    if len(words) and pc.all(prefixed).as_py():
        words = pc.utf8_slice_codeunits(words, len(lang) + 1)
    ids = stored.label_ids(tags, there, labels, raw.classes.get(there), row_of)
    return {
        "tokens": stored.joined(sizes, words),
        "tags": stored.joined(sizes, stored.within(sizes, ids, there)),
    }


def span(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    found = {}
    for name, read in (("answers", stored.text), ("starts", stored.numbers)):
        sizes, values, _ = stored.lists(_get(raw, columns[name]), columns[name])
        row_of = stored.row_of(sizes)
        found[name] = stored.joined(sizes, read(values, columns[name], row_of))
    return {
        "question": _words(raw, columns["question"]),
        "context": _words(raw, columns["context"]),
        **found,
    }


def bitext(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    return {name: _words(raw, columns[name]) for name in ("source", "target")}


def text(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    name = columns["text"]
    column = _get(raw, name)
    if stored.is_list(column.type):
        sizes, values, _ = stored.lists(column, name)
        several = stored.joined(sizes, stored.text(values, name, stored.row_of(sizes)))
        space = " " if registry.language(lang).spaces else ""
        return {"text": pc.fill_null(pc.binary_join(several, space), "")}
    return {"text": pc.fill_null(stored.text(column, name), "")}


# --- columns --------------------------------------------------------------------------


def _get(raw: Raw, name: str) -> pa.ChunkedArray:
    """A stored column; `a.b` is the field `b` of the struct column `a`."""
    top, *inner = name.split(".")
    column = raw.table[top]
    for field in inner:
        if not pa.types.is_struct(column.type):
            raise UserError(
                f"{raw.name}: column '{top}' is {column.type}, not a struct"
            )
        known = [column.type.field(i).name for i in range(column.type.num_fields)]
        if field not in known:
            raise unknown(f"field of '{top}' in {raw.name}:", field, known)
        column = pc.struct_field(column, field)
    return column


def _words(raw: Raw, columns: str | Sequence[str]) -> pa.Array:
    """Text of one column, or of those of several that are not null, with a space."""
    if isinstance(columns, str):
        return stored.words(_get(raw, columns), columns)
    if len(columns) == 1:
        return _words(raw, columns[0])
    texts = [stored.text(_get(raw, name), name) for name in columns]
    whole = pc.binary_join_element_wise(*texts, " ", null_handling="skip")
    some = pc.is_valid(pc.coalesce(*texts))
    whole = pc.if_else(some, whole, pa.scalar(None, pa.string()))
    return pc.utf8_trim_whitespace(stored.without_null(whole, ", ".join(columns)))


def _rowwise(columns: Sequence[pa.Array]) -> pa.Array:
    """k columns of n rows as n x k values, row after row."""
    order = np.arange(len(columns[0]) * len(columns)).reshape(len(columns), -1)
    return pa.concat_arrays(columns).take(pa.array(order.T.ravel()))


def _labels(raw: Raw, name: str, labels: Sequence[str]) -> pa.Array:
    column = stored.labelled(_get(raw, name), name)
    return stored.label_ids(column, name, labels, raw.classes.get(name))
