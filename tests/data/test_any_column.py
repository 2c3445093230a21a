"""Every kind of task, whatever its columns are made of: the same rows, or one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_mirror import store, unchecked

from xitt.data import corpora, examples
from xitt.errors import UserError

TEXTS, IDS = pa.array(["Aé", "b c", "日本", "d"]), pa.array(["0", "1", "2", "3"])
TOKENS = pa.array([["Rom", "ruft"], ["日"], ["a", "b", "c"], ["x"]])
LATIN_1 = "Straße".encode("latin-1")
LABELS, TAGS = pa.array([1, 0, 1, 0]), pa.array([[5, 0], [0], [1, 2, 0], [3]])
SUPERTAGS = pa.array([["N", "S"], ["N"], ["S", "N", "N"], ["N"]])
PAIRS = "google-research-datasets/paws-x/de/test"
KINDS = {  # task, language, split, place, columns as they are stored
    "classification": ("paws_x", "de", "test", PAIRS, {
        "id": IDS, "sentence1": TEXTS, "sentence2": TEXTS, "label": LABELS,
    }),
    "choice": ("hellaswag", "en", "train", "Rowan/hellaswag/default/train", {
        "ctx": TEXTS, "endings": pa.array([[*"abcd"]] * 4),
        "label": pa.array(["0", "3", "1", "2"]),
    }),
    "tagging": ("panx", "de", "test", "unimelb-nlp/wikiann/de/test", {
        "tokens": TOKENS, "ner_tags": TAGS,
    }),
    "supertagging": ("ccg", "en", "train", "local/ccgbank/default/train", {
        "tokens": TOKENS, "supertags": SUPERTAGS,
    }),
    "span": ("mlqa", "de", "test", "facebook/mlqa/mlqa.de.de/test", {
        "id": IDS, "question": TEXTS, "context": TEXTS,
        "answers.text": pa.array([["A"], ["b", "c"], ["本"], ["d"]]),
        "answers.answer_start": pa.array([[0], [0, 2], [1], [0]]),
    }),
    "bitext": ("tatoeba", "de", "test", "google/xtreme/tatoeba.deu/validation", {
        "source_sentence": TEXTS, "target_sentence": TEXTS,
    }),
    "text": ("wikiann_text", "de", "train", "unimelb-nlp/wikiann/de/validation", {
        "tokens": TOKENS,
    }),
    "mining": ("bucc", "de", "validation", "local/bucc2018/de-en/de", {
        "id": IDS, "sentence": TEXTS,
    }),
}  # fmt: skip


def is_list(column: pa.Array) -> bool:
    return isinstance(column, pa.ListArray)


def inside(column: pa.Array, change) -> pa.Array:
    """A change of the values of lists, or of plain ones."""
    if is_list(column):
        return pa.ListArray.from_arrays(column.offsets, inside(column.values, change))
    return change(column)


def same_values(column: pa.Array) -> list[pa.Array]:
    """The column in the other types that hold the same values."""
    leaf = column.values if is_list(column) else column
    if pa.types.is_string(leaf.type):
        kinds = [pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]
    else:
        kinds = [pa.uint8(), pa.int32(), pa.float32(), pa.decimal128(20, 0)]
    made = [inside(column, lambda c, k=kind: c.cast(k)) for kind in kinds]
    made.append(inside(column, lambda c: c.dictionary_encode()))
    if is_list(column):
        made.append(column.cast(pa.large_list(leaf.type)))
        made.append(pa.array(column.to_pylist(), pa.list_view(leaf.type)))
        if len(set(map(len, column.to_pylist()))) == 1:
            size = len(column[0])
            made.append(pa.array(column.to_pylist(), pa.list_(leaf.type, size)))
    return made


def other_values(column: pa.Array, row: int) -> list[pa.Array]:
    """The column with one row that is missing or damaged, or of a type of no use."""
    values, size = column.to_pylist(), len(column)
    without = [None if i == row else value for i, value in enumerate(values)]
    made = [pa.array(without, column.type), pa.nulls(size), pa.nulls(size, column.type),
            pa.array([True] * size), pa.array([0.5] * size),
            pa.array([{"a": 1}] * size), pa.array([[[1]]] * size),
            pa.array(np.arange(size), pa.int64()).cast(pa.timestamp("s")),
            pa.array(map(str, values)), pa.array([value] for value in values),
            pa.array([b"\xff"] * size), unchecked([LATIN_1] * size)]  # fmt: skip
    if is_list(column):
        empty = [[] if i == row else value for i, value in enumerate(values)]
        holed = [[None, *v[1:]] if i == row else v for i, v in enumerate(values)]
        made += [pa.array(some, column.type) for some in (empty, holed)]
    damaged = inside(column, lambda c: unchecked([LATIN_1] * len(c)))
    return [*made, damaged, column.slice(0, 0)]


def as_stored(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """`a.b` becomes the field `b` of the struct `a`."""
    plain = {name: column for name, column in columns.items() if "." not in name}
    fields = {n.split(".")[1]: c for n, c in columns.items() if "." in n}
    if fields:
        plain["answers"] = pa.StructArray.from_arrays(fields.values(), list(fields))
    return plain


def loaded(kind: str, folder: Path, columns: dict[str, pa.Array]) -> dict[str, dict]:
    """The rows of a kind's task by their id."""
    task, lang, split, place, _ = KINDS[kind]
    size = min(map(len, columns.values()))
    columns = {name: column.slice(0, size) for name, column in columns.items()}
    path = store(folder, place, **as_stored(columns))
    if kind != "mining":
        rows = examples.load(task, lang, split, source=folder)
        return {row["id"]: row for row in rows}
    store(path.parent, "en", id=IDS, sentence=TEXTS)
    for ending in ("", ".test"):  # without a test set, the validation set is shared
        store(path.parent, f"gold{ending}", de_id=IDS[:1], en_id=IDS[:1])
    for side in ("de", "en"):
        store(path.parent, f"{side}.test", id=IDS, sentence=TEXTS)
    found = corpora.load_mining(task, lang, split, source=folder)
    return {i: {"sentence": s} for i, s in zip(found.source_ids, found.source)}


QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("kind", KINDS)
@QUIET
@given(data=st.data())
def test_columns_of_other_types_with_the_same_values_give_the_same_rows(
    kind, tmp_path, data
):
    columns = KINDS[kind][-1]
    changed = {
        name: data.draw(st.sampled_from([column, *same_values(column)]), label=name)
        for name, column in columns.items()
    }
    assert loaded(kind, tmp_path, changed) == loaded(kind, tmp_path, columns)


@pytest.mark.parametrize("kind", KINDS)
@QUIET
@given(data=st.data())
def test_a_damaged_column_is_refused_in_one_line_or_changes_no_other_row(
    kind, tmp_path, data
):
    columns, place = KINDS[kind][-1], KINDS[kind][3]
    name = data.draw(st.sampled_from(sorted(columns)), label="column")
    row = data.draw(st.integers(0, 3), label="row")
    damaged = data.draw(st.sampled_from(other_values(columns[name], row)))
    whole = loaded(kind, tmp_path, columns)
    try:
        found = loaded(kind, tmp_path, {**columns, name: damaged})
    except UserError as error:
        assert place in str(error)
        assert "\n" not in str(error)
        return
    before, now = columns[name].to_pylist(), damaged.to_pylist()
    if len(before) == len(now):
        same = {str(i) for i in range(len(now)) if now[i] == before[i]}
        expected = {i: whole[i] for i in same}
        assert {i: row for i, row in found.items() if i in same} == expected
