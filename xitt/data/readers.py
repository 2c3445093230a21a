"""Stored rows of any data set, brought into the few forms that `xitt` works with.

Everything is computed on the columns of a batch (`xitt.data.columns`). What cannot be
used is an error that names the file, its language, the row and the mend; what there is
nothing to learn or score in is left out, counted and said in one line of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xitt.data import columns as typed
from xitt.data.checks import keep
from xitt.data.columns import Unusable
from xitt.data.stored import Raw
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry

BLANK = "_"  # what a choice of a cloze stands in for
_STRINGS = pa.list_(pa.string())
SCHEMAS = {
    "classification": {
        "text_a": pa.string(),
        "text_b": pa.string(),
        "label": pa.int64(),
    },
    "choice": {"text_a": pa.string(), "choices": _STRINGS, "label": pa.int64()},
    "cloze": {"sentence": pa.string(), "choices": _STRINGS, "label": pa.int64()},
    "math": {"question": pa.string(), "answer": pa.string()},
    "tagging": {"tokens": _STRINGS, "tags": pa.list_(pa.int64())},
    "span": {
        "question": pa.string(),
        "context": pa.string(),
        "answers": _STRINGS,
        "starts": pa.list_(pa.int64()),
    },
    "code": {
        "prompt": pa.string(),
        "tests": pa.string(),
        "entry_point": pa.string(),
        "solution": pa.string(),
    },
    "bitext": {"source": pa.string(), "target": pa.string()},
    "dictionary": {"source": pa.string(), "target": pa.string()},
    "text": {"text": pa.string()},
}

Columns = Mapping[str, str | Sequence[str]]


def schema(kind: str, columns: Iterable[str] = ()) -> pa.Schema:
    """The columns of a kind's normalised examples; of its optional ones the mapped."""
    more = {name: pa.string() for name in columns if name in kinds.get(kind).optional}
    return pa.schema({"id": pa.string(), **SCHEMAS[kind], **more})


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
    """Rows in the form of their kind; of these `usable` leaves out some.

    Where no id is mapped, the number of the row is the id: parallel files of several
    languages then share their ids.

    Raises:
        UserError: for a column of an unusable type, a null, text that is not UTF-8, a
            label that is unknown or out of range, tokens without a tag each, or choices
            that are too few or too many; it names the file, the language and the row.
    """
    read = kinds.function(kind, "read")
    with typed.place(raw.name, lang, raw.numbers):
        table = pa.table({"id": _ids(raw, columns), **read(raw, columns, labels, lang)})
    wanted = schema(kind, columns)
    return table.select(wanted.names).cast(wanted)


def outline(
    raw: Raw, wanted: Sequence[str], columns: Columns, labels: Sequence[str], lang: str
) -> pa.Table:
    """The columns of `normalise` that decide which rows are read, and `number`.

    wanted: of a label, the text, the tokens (of these two only whether there are any)
        and a column by which rows belong together; the id is always there. `number` is
        the row's in its file.

    Raises:
        UserError: as `normalise`, of these columns.
    """
    with typed.place(raw.name, lang, raw.numbers):
        found = {"id": _ids(raw, columns), "number": pa.array(raw.numbers)}
        for name in wanted:
            if name == "label":
                found[name] = _labels(raw, columns[name], labels)
            elif name == "text":
                found[name] = pc.not_equal(text(raw, columns, labels, lang)[name], "")
            elif name == "tokens":
                found[name] = pa.array(_tokens(raw, columns[name])[0] > 0)
            elif name != "id":
                found[name] = _words(raw, columns[name])
    return pa.table(found)


def usable(table: pa.Table, where: str) -> pa.Table:
    """Rows with text, with tokens and with a label, where their kind has them."""
    if "text" in table.column_names:
        some = table["text"]
        there = some if pa.types.is_boolean(some.type) else pc.not_equal(some, "")
        table = keep(table, there, where, "empty")
    if "tokens" in table.column_names:
        some = table["tokens"]
        if not pa.types.is_boolean(some.type):
            some = pc.greater(pc.list_value_length(some), 0)
        table = keep(table, some, where, "no tokens", name_first=True)
    if "label" in table.column_names:
        table = keep(table, pc.is_valid(table["label"]), where, "without a label")
    return table


def label_names(raw: Raw, kind: str, columns: Columns, lang: str) -> set[str]:
    """The names of the labels that occur; a number without a name is its own."""
    gold = kinds.get(kind).gold
    name = columns[gold]
    with typed.place(raw.name, lang, raw.numbers):
        if gold == "tags":
            _, column, _ = typed.lists(_get(raw, name), name)
        else:
            column = typed.labelled(_get(raw, name), name)
        found = typed.label_names(column, name, raw.classes.get(name))
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
    asked = columns.get("question")
    return {
        "text_a": _words(raw, columns["text_a"]),
        "choices": _choices(raw, columns["choices"], labels),
        "label": _labels(raw, columns["label"], labels),
        **({"question": _words(raw, asked)} if asked else {}),
    }


def cloze(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    name = columns["sentence"]
    sentences = _words(raw, name)
    blanks = pc.count_substring(sentences, BLANK).to_numpy()
    if len(wrong := np.flatnonzero(blanks != 1)):
        raise Unusable(
            f"row {{row}} of '{name}' has {blanks[wrong[0]]} blanks '{BLANK}', not 1",
            row=wrong[0],
        )
    return {
        "sentence": sentences,
        "choices": _choices(raw, columns["choices"], labels),
        "label": _labels(raw, columns["label"], labels),
    }


def math(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    name = columns["answer"]
    answers = _words(raw, name)
    numeric = pc.match_substring_regex(answers, r"^-?[0-9]+(\.[0-9]+)?$")
    if not pc.all(numeric).as_py():
        row = pc.index(numeric, False).as_py()
        raise Unusable(f"row {{row}} of '{name}' is {answers[row]}, no number", row=row)
    return {"question": _words(raw, columns["question"]), "answer": answers}


def tagging(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    at, there = columns["tokens"], columns["tags"]
    sizes, tokens = _tokens(raw, at)
    tagged, tags, _ = typed.lists(_get(raw, there), there)
    if len(wrong := np.flatnonzero(sizes != tagged)):
        row = wrong[0]
        raise Unusable(
            f"row {{row}} has {sizes[row]} tokens and {tagged[row]} tags",
            "each token needs one",
            row,
        )
    row_of = typed.row_of(sizes)
    words = typed.within(sizes, typed.text(tokens, at, row_of), at)
    # XTREME's raw PAN-X files write every token with its language: en:Paris
    prefixed = pc.starts_with(words, f"{lang}:")
    if len(words) and pc.all(prefixed).as_py():
        words = pc.utf8_slice_codeunits(words, len(lang) + 1)
    ids = typed.label_ids(tags, there, labels, raw.classes.get(there), row_of)
    return {
        "tokens": typed.joined(sizes, words),
        "tags": typed.joined(sizes, typed.within(sizes, ids, there)),
    }


def span(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    found = {}
    for name, read in (("answers", typed.text), ("starts", typed.numbers)):
        sizes, values, _ = typed.lists(_get(raw, columns[name]), columns[name])
        row_of = typed.row_of(sizes)
        found[name] = typed.joined(sizes, read(values, columns[name], row_of))
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
    if typed.is_list(column.type):
        sizes, values, _ = typed.lists(column, name)
        several = typed.joined(sizes, typed.text(values, name, typed.row_of(sizes)))
        space = " " if registry.language(lang).spaces else ""
        return {"text": pc.fill_null(pc.binary_join(several, space), "")}
    return {"text": pc.fill_null(typed.text(column, name), "")}


# --- columns --------------------------------------------------------------------------


def _ids(raw: Raw, columns: Columns) -> pa.Array:
    if "id" in columns:
        return _words(raw, columns["id"])
    return pc.cast(pa.array(raw.numbers, pa.int64()), pa.string())


def _tokens(raw: Raw, name: str) -> tuple[np.ndarray, pa.Array]:
    """How many tokens each row has, and all of them."""
    sizes, tokens, missing = typed.lists(_get(raw, name), name)
    if missing.any():
        row = missing.argmax()
        raise Unusable(f"row {{row}} of '{name}' is null", "leave the row out", row)
    return sizes, tokens


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
        return typed.words(_get(raw, columns), columns)
    if len(columns) == 1:
        return _words(raw, columns[0])
    texts = [typed.text(_get(raw, name), name) for name in columns]
    whole = pc.binary_join_element_wise(*texts, " ", null_handling="skip")
    some = pc.is_valid(pc.coalesce(*texts))
    whole = pc.if_else(some, whole, pa.scalar(None, pa.string()))
    return pc.utf8_trim_whitespace(typed.without_null(whole, ", ".join(columns)))


def _rowwise(columns: Sequence[pa.Array]) -> pa.Array:
    """k columns of n rows as n x k values, row after row."""
    order = np.arange(len(columns[0]) * len(columns)).reshape(len(columns), -1)
    return pa.concat_arrays(columns).take(pa.array(order.T.ravel()))


def _choices(
    raw: Raw, name: str | Sequence[str], labels: Sequence[str]
) -> pa.ListArray:
    """As many options a row as there are labels, of a column of lists or of several."""
    if isinstance(name, str):
        sizes, values, _ = typed.lists(_get(raw, name), name)
    else:
        sizes = np.full(raw.table.num_rows, len(name))
        values = _rowwise([_words(raw, each) for each in name])
    if len(wrong := np.flatnonzero(sizes != len(labels))):
        raise Unusable(
            f"row {{row}} has {sizes[wrong[0]]} choices, not {len(labels)}",
            "correct the file or the labels of the task",
            wrong[0],
        )
    options = typed.text(values, str(name), typed.row_of(sizes))
    return typed.joined(sizes, typed.within(sizes, options, str(name)))


def _labels(raw: Raw, name: str, labels: Sequence[str]) -> pa.Array:
    column = typed.labelled(_get(raw, name), name)
    return typed.label_ids(column, name, labels, raw.classes.get(name))
