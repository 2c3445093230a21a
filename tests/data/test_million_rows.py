"""Every check of a split takes time in proportion to its rows.

A quadratic one would take hours on a million rows; LIMIT is many times what these take.
"""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xitt.data import checks, corpora, translations
from xitt.errors import UserError

ROWS = 1_000_000
LIMIT = 60  # seconds


@pytest.fixture(autouse=True)
def _quick():
    start = time.monotonic()
    yield
    assert time.monotonic() - start < LIMIT


@pytest.fixture(scope="module")
def ids() -> list[str]:
    """The last two are the same."""
    return [*(f"id-{i}" for i in range(ROWS - 1)), f"id-{ROWS - 2}"]


def table(ids, **columns) -> pa.Table:
    return pa.table({"id": ids, **{k: pa.array(v) for k, v in columns.items()}})


def test_an_id_that_occurs_twice_in_a_side_to_mine_is_named(tmp_path, ids):
    folder = tmp_path / "local/bucc2018/de-en"
    folder.mkdir(parents=True)
    for side, some in (("de", ids), ("en", ["e"])):
        texts = [f"sentence {i}" for i in range(len(some))]
        pq.write_table(pa.table({"id": some, "sentence": texts}),
                       folder / f"{side}.parquet")  # fmt: skip
    pq.write_table(pa.table({"de_id": ["id-1"], "en_id": ["e"]}),
                   folder / "gold.parquet")  # fmt: skip
    with pytest.raises(UserError, match=f"id 'id-{ROWS - 2}' occurs twice"):
        corpora.load_mining("bucc", "de", "validation", source=tmp_path)


def test_rows_whose_id_occurred_before_are_left_out(ids):
    assert checks.unique_ids(table(ids), "here").num_rows == ROWS - 1


def test_placeholders_are_told_from_labels(ids):
    labels = np.arange(ROWS) % 3
    names = ("a", "b", "c")
    rows = table(ids, label=labels)
    checks.refuse_placeholders(rows, "classification", names, "here")
    with pytest.raises(UserError, match="placeholder"):
        same = table(ids, label=labels * 0)
        checks.refuse_placeholders(same, "choice", names, "here")


def test_one_row_in_so_many_is_held_out(ids):
    assert sum(checks.one_in(table(ids), "id", 10).to_pylist()) > ROWS / 20


def test_answers_are_placed(ids):
    context, n = "Ana lives in Lima.", ROWS // 2
    rows = table(ids[:n], context=[context] * n, answers=[["Lima"]] * n,
                 starts=[[2]] * n)  # fmt: skip
    placed = checks.place_answers(rows, "here", training=True)
    assert placed["starts"][n - 1].as_py() == [13]


def test_an_answer_is_found_in_a_context_that_is_long_and_repeats_itself():
    context = "a" * ROWS
    assert checks.locate(context, "a" * 1000 + "b", 5) == -1
    assert checks.locate(context, "a" * 1000, ROWS) == ROWS - 1000


def test_rows_are_shared_out_over_languages(ids):
    every = ids[:-1]
    have = {lang: set(every) for lang in ("de", "es", "fr")}
    found = translations.shared_out(every, have, seed=13)
    assert sum(map(len, found.values())) == ROWS - 1
