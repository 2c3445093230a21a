"""Files that are too large to be read whole: what is read of them, and how often."""

from __future__ import annotations

import os
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_mirror import NLI, register, squad, store, write

from xitt import files, paths
from xitt.data import checks, corpora, digests, examples, stored
from xitt.errors import UserError

HELD_OUT = {"of": "train", "one_in": 3}


def nli(n: int) -> list[dict]:
    """Some rows without a label, some whose id occurred before, some of one premise."""
    return [
        {
            "pairID": str(i - i % 7 if i % 50 == 3 else i),
            "premise": f"p{i // 4}",
            "hypothesis": f"h{i}",
            "label": -1 if i % 11 == 5 else i % 3,
        }
        for i in range(n)
    ]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A mirror of several kinds whose files have row groups of 40 and batches of 16."""
    whole = pq.write_table
    monkeypatch.setattr(stored, "BATCH", 16)
    monkeypatch.setattr(
        pq, "write_table", lambda t, path, **_: whole(t, path, row_group_size=40)
    )
    folder = tmp_path / "mirror"
    write(folder, "nyu-mll/multi_nli/default/train", nli(500))
    questions = [squad(("Lima", 13), context=f"Ana lives in Lima. {i // 3}")
                 for i in range(200)]  # fmt: skip
    rows = [{**row, "id": str(i)} for i, row in enumerate(questions)]
    write(folder, "rajpurkar/squad/plain_text/train", rows)
    tagged = [{"tokens": [f"w{i}", "b"], "ner_tags": [i % 7, 0]} for i in range(150)]
    tagged[31] = tagged[90] = {"tokens": [], "ner_tags": []}
    for split in ("train", "validation"):
        write(folder, f"unimelb-nlp/wikiann/en/{split}", tagged)
    pages = [{"id": f"d{i}", "text": f"t{i}" * (i % 9 > 0)} for i in range(300)]
    write(folder, "wikimedia/wikipedia/20231101.en/train", pages)
    return folder


def whole(task, folder, split="train"):
    return examples.load(task, "en", split, source=folder).to_list()


TASKS = ["mnli", "squad_v1", "panx", "wikipedia_text", "wikiann_text", "xnli"]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("limit", [1, 20, 100, 10_000])
def test_a_sample_of_a_file_is_that_of_its_usable_rows(folder, task, limit):
    rows = whole(task, folder)
    chosen = range(len(rows))
    if limit < len(rows):
        chosen = sorted(random.Random(13).sample(chosen, limit))
    found = examples.load(task, "en", "train", source=folder, limit=limit)
    assert found.to_list() == [rows[i] for i in chosen]


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_sample_of_what_is_held_out_or_excluded_is_too(
    folder, tmp_path, monkeypatch, split
):
    columns = {"id": "pairID", "text_a": "premise", "text_b": "hypothesis",
               "label": "label"}  # fmt: skip
    for name, more in {
        "toy": {},
        "rest": {"exclude": {split: "toy/validation"}},
    }.items():
        register(
            tmp_path, monkeypatch, name, dataset="nyu-mll/multi_nli", columns=columns,
            **({"hold_out": HELD_OUT} if name == "toy" else more),
            splits={"train": "train"} if name == "toy" else {split: "train"},
        )  # fmt: skip
    for name in ("toy", "rest"):
        rows = whole(name, folder, split)
        chosen = sorted(random.Random(13).sample(range(len(rows)), 30))
        found = examples.load(name, "en", split, source=folder, limit=30).to_list()
        assert found == [rows[i] for i in chosen]


def test_a_limit_reads_what_decides_and_the_rows_of_the_sample(folder, monkeypatch):
    asked, taken = [], []
    batches, of_group = stored.batches, stored._of_group

    def batches_(slot, columns, limit=0):
        asked.append(list(columns))
        return batches(slot, columns, limit)

    def of_group_(file, group, columns, numbers):
        taken.append((group, len(numbers)))
        return of_group(file, group, columns, numbers)

    monkeypatch.setattr(stored, "batches", batches_)
    monkeypatch.setattr(stored, "_of_group", of_group_)
    examples.load("mnli", "en", "train", source=folder, limit=2)
    assert asked == [["pairID", "label"]]  # and no text
    assert len(taken) <= 2 and sum(n for _, n in taken) == 2


def test_a_wrong_row_is_named_by_its_number_in_the_file(folder):
    rows = nli(90)
    rows[70]["label"] = 5
    write(folder, "nyu-mll/multi_nli/default/train", rows)
    for limit in (0, 3):
        with pytest.raises(UserError, match="label 5 at 70 is out of range"):
            examples.load("mnli", "en", "train", source=folder, limit=limit)


def test_whatever_is_unusable_is_named_by_its_row_in_the_file(folder):
    place = "unimelb-nlp/wikiann/en/test"
    for row, message in (
        ({"tokens": None, "ner_tags": []}, "row 70 of 'tokens' is null"),
        ({"tokens": ["a", None], "ner_tags": [0, 0]}, "row 70 .* has a null inside"),
        ({"tokens": ["a"], "ner_tags": []}, "row 70 has 1 tokens and 0 tags"),
        ({"tokens": ["a", "b"], "ner_tags": [0, 8]}, "label 8 at 70 is out of range"),
    ):
        rows = [{"tokens": [f"w{i}", "b"], "ner_tags": [i % 7, 0]} for i in range(90)]
        write(folder, place, [*rows[:70], row, *rows[71:]])
        for limit in (0, 89):  # of a sample what decides, and its own rows
            with pytest.raises(UserError, match=message) as error:
                examples.load("panx", "en", "test", source=folder, limit=limit)
            assert place in str(error.value) and "language 'en'" in str(error.value)
    for side in ("de", "en"):
        rows = [{"id": str(i), "sentence": "a"} for i in range(90)]
        rows[70]["sentence"] = None if side == "de" else "a"
        write(folder, f"local/bucc2018/de-en/{side}", rows)
    write(folder, "local/bucc2018/de-en/gold", [{"de_id": "1", "en_id": "1"}])
    with pytest.raises(UserError, match=r"de\.parquet: row 70 of 'sentence' is null"):
        corpora.load_mining("bucc", "de", "validation", source=folder)


@pytest.mark.parametrize(
    "kind", [pa.string_view(), pa.dictionary(pa.int8(), pa.utf8())]
)
def test_a_sample_is_taken_of_columns_of_any_type(folder, kind):
    text = pa.array([f"t{i % 9}" for i in range(90)])
    store(folder, "facebook/xnli/en/test", premise=text.cast(kind), hypothesis=text,
          label=pa.array([i % 3 for i in range(90)]))  # fmt: skip
    rows = whole("xnli", folder, "test")
    found = examples.load("xnli", "en", "test", source=folder, limit=20).to_list()
    assert found == [rows[i] for i in sorted(random.Random(13).sample(range(90), 20))]


def test_classes_are_named_in_a_sample_too(folder):
    rows = [{"premise": "a", "hypothesis": f"h{i}", "label": i % 3} for i in range(90)]
    write(folder, "facebook/xnli/en/test", rows, {"label": NLI[::-1]})
    found = examples.load("xnli", "en", "test", source=folder, limit=20)
    assert all(row["label"] == 2 - int(row["text_b"][1:]) % 3 for row in found)


@pytest.mark.parametrize("limit", [0, 12])
def test_placeholders_are_refused_wherever_the_sample_falls(folder, limit):
    rows = [{"tokens": ["a", "b"], "ner_tags": [0, 0]} for _ in range(120)]
    write(folder, "unimelb-nlp/wikiann/en/test", rows)
    with pytest.raises(UserError, match="all 120 rows have label 0, a placeholder"):
        examples.load("panx", "en", "test", source=folder, limit=limit)
    rows[115]["ner_tags"] = [3, 0]
    write(folder, "unimelb-nlp/wikiann/en/test", rows)
    monkeyed = examples.load("panx", "en", "test", source=folder, limit=limit)
    assert len(monkeyed) == (limit or 120)


# --- beyond two gigabytes -------------------------------------------------------------


def beyond(values: list, copies: int = 22) -> pa.Table:
    """A column of more than 2 GB, whose chunks share their memory."""
    chunk = pa.array(values)
    ids = pa.chunked_array([[str(i)] for i in range(copies)])
    return pa.table({"id": ids, "text": pa.chunked_array([chunk] * copies)})


@pytest.mark.parametrize("deep", [False, True])
def test_a_column_beyond_two_gigabytes_stays_in_chunks(deep):
    text = "x" * 100_000_000
    table = beyond([[text] if deep else text])
    with pytest.raises(pa.ArrowInvalid, match="offset overflow"):
        table["text"].combine_chunks()
    found = checks.joined(table)
    assert found["id"].num_chunks == 1
    assert found["text"].num_chunks == 22
    assert found["text"][21].as_py() == ([text] if deep else text)


def test_rows_are_held_out_by_a_column_beyond_two_gigabytes():
    table = beyond(["x" * 100_000_000])
    assert checks.one_in(table, "text", 1).to_pylist() == [True] * 22


# --- digests --------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch, tmp_path):
    """The files whose digest was computed, and a folder for what is kept."""
    calls, sha256 = [], files.sha256
    monkeypatch.setattr(
        files, "sha256", lambda path: calls.append(path) or sha256(path)
    )
    monkeypatch.setattr(paths, "DIGESTS", tmp_path / "digests")
    digests._digest.cache_clear()
    return calls


def large(path, byte=b"a", age=60):
    path.write_bytes(byte * digests.KEPT)
    then = path.stat().st_mtime_ns - age * 10**9
    os.utime(path, ns=(then, then))
    return path


def another_process():
    digests._digest.cache_clear()


def test_the_digest_of_a_large_file_is_computed_once_for_all_processes(read, tmp_path):
    path = large(tmp_path / "big")
    first = digests.of(path)
    another_process()
    assert digests.of(path) == first
    assert read == [path]


@pytest.mark.parametrize("how", ["size", "time", "inode"])
def test_a_file_that_changed_has_another_digest(read, tmp_path, how):
    path = large(tmp_path / "big")
    first, before = digests.of(path), path.stat()
    another_process()
    if how == "inode":  # as an atomic replacement leaves it, its time restored
        other = large(tmp_path / "other", b"b")
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        os.replace(other, path)
    else:
        more = b"b" * digests.KEPT + b"b" * (how == "size")
        path.write_bytes(more)
        changed = before.st_mtime_ns + (how == "time") * 10**9
        os.utime(path, ns=(changed, changed))
    assert digests.of(path) != first
    assert len(read) == 2


def test_a_file_that_may_still_change_unseen_is_not_kept(read, tmp_path):
    digests.of(large(tmp_path / "big", age=0))
    digests.of(tmp_path / "big")
    assert not paths.DIGESTS.exists()


def test_a_note_that_is_no_digest_is_not_believed(read, tmp_path):
    path = large(tmp_path / "big")
    first = digests.of(path)
    (note,) = paths.DIGESTS.iterdir()
    note.write_text("half")
    another_process()
    assert digests.of(path) == first
