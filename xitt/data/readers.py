"""Stored rows of any data set, brought into the few forms that `xitt` works with.

Everything is computed on the columns of a batch. What cannot be used is an error that
names the file, the value and the mend, or is left out, counted and said in one line of
the log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xitt.data.checks import keep
from xitt.data.stored import Raw
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry

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

# A tag that the training set does not have: nothing predicts it, so it counts as wrong.
UNSEEN = "<unseen>"

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
    """Rows in the form of their kind; a row without a label has none here either.

    Where no id is mapped, the number of the row is the id: parallel files of several
    languages then share their ids.

    Raises:
        UserError: for a label out of range, tokens without a tag each, or choices that
            are too few or too many.
    """
    build = kinds.function(kind, "read")
    table = pa.table({"id": _ids(raw, columns), **build(raw, columns, labels, lang)})
    return table.cast(schema(kind))


def outline(
    raw: Raw, wanted: Sequence[str], columns: Columns, labels: Sequence[str], lang: str
) -> pa.Table:
    """The columns of `normalise` that decide which rows are read, and `number`.

    wanted: of a label, the text (then only whether there is any) and a column by which
        rows belong together; the id is always there. `number` is the row's in its file.
    """
    found = {"id": _ids(raw, columns), "number": pa.array(raw.numbers)}
    for name in wanted:
        if name == "label":
            found[name] = _labels(raw, columns[name], labels)
        elif name == "text":
            found[name] = pc.not_equal(text(raw, columns, labels, lang)[name], "")
        elif name != "id":
            found[name] = _words(raw, columns[name])
    return pa.table(found)


def usable(table: pa.Table, where: str) -> pa.Table:
    """Rows with text and with a label, where their kind has them."""
    if "text" in table.column_names:
        column = table["text"]
        there = column if pa.types.is_boolean(column.type) else pc.not_equal(column, "")
        table = keep(table, there, where, "empty")
    if "label" in table.column_names:
        table = keep(table, pc.is_valid(table["label"]), where, "without a label")
    return table


def _ids(raw: Raw, columns: Columns) -> pa.Array:
    if "id" in columns:
        return _string(_get(raw, columns["id"]))
    return _string(pa.array(raw.numbers, pa.int64()))


# --- the kinds ------------------------------------------------------------------------


def classification(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    text_b = columns.get("text_b")
    return {
        "text_a": _words(raw, columns["text_a"]),
        "text_b": _words(raw, text_b) if text_b else _blank(raw),
        "label": _labels(raw, columns["label"], labels),
    }


def choice(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    choices = columns["choices"]
    if isinstance(choices, str):
        options = _whole(_get(raw, choices))
    else:
        options = _rowwise([_string(_get(raw, name)) for name in choices])
    sizes = pc.list_value_length(options)
    wrong = pc.not_equal(pc.fill_null(sizes, 0), len(labels))
    if pc.any(wrong).as_py():
        row = pc.index(wrong, True).as_py()
        raise UserError(
            f"{raw.name}: row {raw.numbers[row]} has {sizes[row].as_py()} choices, not "
            f"{len(labels)}; correct the file or the labels of the task"
        )
    return {
        "text_a": _words(raw, columns["text_a"]),
        "choices": options,
        "label": _labels(raw, columns["label"], labels),
    }


def tagging(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    tokens, tags = (
        _whole(_get(raw, columns["tokens"])),
        _whole(_get(raw, columns["tags"])),
    )
    sizes = pc.fill_null(pc.list_value_length(tokens), 0)
    wrong = pc.not_equal(sizes, pc.fill_null(pc.list_value_length(tags), 0))
    if pc.any(wrong).as_py():
        row = pc.index(wrong, True).as_py()
        raise UserError(
            f"{raw.name}: row {raw.numbers[row]} has {sizes[row].as_py()} tokens and "
            f"{len(tags[row].as_py() or [])} tags; each token needs one"
        )
    words = _string(tokens.flatten())
    # XTREME's raw PAN-X files write every token with its language: en:Paris
    prefixed = pc.starts_with(words, f"{lang}:")
    if len(words) and pc.all(prefixed).as_py():
        words = pc.utf8_slice_codeunits(words, len(lang) + 1)
    values = tags.flatten()
    ids = _label_ids(values, labels, raw, columns["tags"])
    offsets = np.concatenate([[0], np.cumsum(sizes.to_numpy())]).astype(np.int32)
    return {
        "tokens": pa.ListArray.from_arrays(offsets, words),
        "tags": pa.ListArray.from_arrays(offsets, ids),
    }


def span(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    return {
        "question": _words(raw, columns["question"]),
        "context": _words(raw, columns["context"]),
        "answers": _whole(_get(raw, columns["answers"])),
        "starts": _whole(_get(raw, columns["starts"])),
    }


def bitext(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    return {name: _words(raw, columns[name]) for name in ("source", "target")}


def text(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    column = _whole(_get(raw, columns["text"]))
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.binary_join(column, " " if registry.language(lang).spaces else "")
    return {"text": pc.fill_null(_string(column), "")}


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


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """One array of a chunked one."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column


def _string(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return pc.cast(_whole(column), pa.string())


def _blank(raw: Raw) -> pa.Array:
    return pa.array([""] * raw.table.num_rows, pa.string())


def _words(raw: Raw, columns: str | Sequence[str]) -> pa.Array:
    """Text of one column, or of several joined by a space; missing text is empty."""
    several = [columns] if isinstance(columns, str) else columns
    texts = [pc.fill_null(_string(_get(raw, name)), "") for name in several]
    if len(texts) == 1:
        return texts[0]
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " "))


def _rowwise(columns: Sequence[pa.Array]) -> pa.ListArray:
    """Columns of n rows as one column of lists: row i holds their i-th values."""
    n, k = len(columns[0]), len(columns)
    order = np.arange(n * k).reshape(k, n).T.ravel()
    values = pa.concat_arrays(columns).take(pa.array(order))
    return pa.ListArray.from_arrays(np.arange(0, n * k + 1, k, dtype=np.int32), values)


def _labels(raw: Raw, name: str, labels: Sequence[str]) -> pa.Array:
    """Label ids of a column, null where a row has no label: empty, `-` or -1."""
    column = _whole(_get(raw, name))
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    none = ["", "-", "-1"] if text else [-1]
    missing = pc.is_in(column, pa.array(none, column.type))
    column = pc.if_else(missing, pa.scalar(None, column.type), column)
    return _label_ids(column, labels, raw, name)


def _label_ids(
    values: pa.Array, labels: Sequence[str], raw: Raw, column: str
) -> pa.Array:
    """Ids in the order of `labels`; nulls stay.

    Strings are looked up. Integers are ids already, and are renumbered only where the
    file names the same classes in another order.
    """
    if pa.types.is_integer(values.type):
        return _known_ids(values, labels, raw, column)
    values = _string(values)
    ids = pc.index_in(values, pa.array(list(labels), pa.string()))
    if labels and labels[0] == UNSEEN:
        ids = pc.fill_null(ids, 0)
    bad = pc.and_(pc.is_valid(values), pc.is_null(ids))
    if pc.any(bad).as_py():
        raise unknown(
            f"label in {raw.name}:", values[pc.index(bad, True).as_py()], labels
        )
    return pc.cast(ids, pa.int64())


def _known_ids(
    values: pa.Array, labels: Sequence[str], raw: Raw, column: str
) -> pa.Array:
    values = pc.cast(values, pa.int64())
    bad = pc.or_(pc.less(values, 0), pc.greater_equal(values, len(labels)))
    bad = pc.fill_null(bad, False)
    if pc.any(bad).as_py():
        at = pc.index(bad, True).as_py()
        of_rows = len(values) == len(raw.numbers)  # not so with the tags of tokens
        place = f" at {raw.numbers[at]}" if of_rows else ""
        raise UserError(
            f"{raw.name}: label {values[at]}{place} is out of range 0 to "
            f"{len(labels) - 1} ({', '.join(labels)}); correct the file or the registry"
        )
    classes = raw.classes.get(column)
    if classes and list(classes) != list(labels) and sorted(classes) == sorted(labels):
        order = pa.array([list(labels).index(name) for name in classes], pa.int64())
        return order.take(values)
    return values
