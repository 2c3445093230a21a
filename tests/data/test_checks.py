"""Bad data: an error of one line with the value and the mend, or a counted skip."""

from __future__ import annotations

import logging
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tiny_mirror import nli, refused, squad, write, xnli

from xitt import paths
from xitt.data import checks, examples


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "mirror"


@pytest.fixture(autouse=True)
def _log(caplog):
    caplog.set_level(logging.WARNING, logger="xitt")


def messages(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records]


# --- errors ---------------------------------------------------------------------------


def test_a_missing_file_is_named_with_the_mend(folder):
    refused(r"no file .*facebook/xnli/de/test\.parquet; .*XITT_MIRROR",
            "xnli", "de", "test", source=folder)  # fmt: skip


def test_a_missing_pocket_suite_names_the_notebook_that_writes_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "POCKET", tmp_path)
    refused("10-prepare-data", "xnli", "de", "test", source="pocket")


def test_a_truncated_file_is_refused(folder):
    path = write(folder, "facebook/xnli/de/test", nli(50))
    path.write_bytes(path.read_bytes()[:200])
    refused("no readable parquet file", "xnli", "de", "test", source=folder)


def test_a_missing_column_is_named_with_the_nearest(folder):
    rows = [{"premise": "p", "hypotheses": "h", "label": 0}]
    write(folder, "facebook/xnli/de/test", rows)
    refused("test.parquet: 'hypothesis'; did you mean 'hypotheses'",
            "xnli", "de", "test", source=folder)  # fmt: skip


def test_a_missing_field_of_answers_is_named(folder):
    row = {**squad(), "answers": {"text": ["Lima"], "start": [13]}}
    write(folder, "google/xquad/xquad.de/validation", [row])
    refused("field of 'answers' in .*'answer_start'; did you mean 'start'",
            "xquad", "de", "test", source=folder)  # fmt: skip


@pytest.mark.parametrize("label", [3, -2])
def test_a_label_out_of_range_is_named(folder, label):
    write(folder, "facebook/xnli/de/test", [*nli(4), *nli(1, label=label)])
    refused(f"test.parquet: label {label} at 4 is out of range 0 to 2",
            "xnli", "de", "test", source=folder)  # fmt: skip


def test_a_tag_out_of_range_is_named(folder):
    rows = [{"tokens": ["a", "b"], "ner_tags": [0, 7]}]
    write(folder, "unimelb-nlp/wikiann/de/test", rows)
    refused("label 7 .* out of range 0 to 6", "panx", "de", "test", source=folder)


def test_an_unknown_label_name_is_named_with_the_nearest(folder):
    write(folder, "facebook/xnli/de/test", nli(2, label="entailmant"))
    refused("'entailmant'; did you mean 'entailment'",
            "xnli", "de", "test", source=folder)  # fmt: skip


def test_rows_without_a_label_are_left_out_and_counted(folder, caplog):
    write(folder, "facebook/xnli/de/test", [*nli(4), *nli(2, label=-1)])
    assert len(xnli(folder)) == 4
    assert [m.split(": ", 1)[1] for m in messages(caplog)] == [
        "left out 2 of 6 rows: without a label"
    ]


def test_rows_whose_id_occurred_before_are_left_out_and_counted(folder, caplog):
    rows = [{"id": i, "sentence1": f"{k}", "sentence2": "b", "label": k % 2}
            for k, i in enumerate([7, 8, 7, 9])]  # fmt: skip
    write(folder, "google-research-datasets/paws-x/de/test", rows)
    loaded = examples.load("paws_x", "de", "test", source=folder)
    assert (loaded["id"], loaded["text_a"]) == (["7", "8", "9"], ["0", "1", "3"])
    assert "left out 1 of 4 rows: their id occurred before" in messages(caplog)[0]


def test_an_empty_split_is_refused(folder):
    path = write(folder, "facebook/xnli/de/test", nli(1))
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    refused("no rows of xnli in 'de'", "xnli", "de", "test", source=folder)


def test_an_empty_language_of_a_joint_file_is_refused(folder):
    write(folder, "google-research-datasets/tydiqa/secondary_task/validation",
          [{**squad(("Lima", 13)), "id": "english-1"}])  # fmt: skip
    refused("no rows of tydiqa in 'ko'", "tydiqa", "ko", "test", source=folder)


def test_placeholder_labels_are_refused(folder):
    write(folder, "facebook/xnli/de/test", nli(30, label=0))
    refused("all 30 rows have label 0, a placeholder",
            "xnli", "de", "test", source=folder)  # fmt: skip
    tags = [{"tokens": ["a"], "ner_tags": [0]}] * 100
    write(folder, "unimelb-nlp/wikiann/de/test", tags)
    refused("all 100 rows have label 0", "panx", "de", "test", source=folder)
    tags = [{"tokens": ["a"], "pos_tags": [7]}] * 10
    write(folder, "google/xtreme/udpos.German/test", tags)
    refused("all 10 rows have label 7", "udpos", "de", "test", source=folder)
    blanks = [squad(("", 0), context=f"c{i}") for i in range(30)]
    write(folder, "google/xquad/xquad.de/validation", blanks)
    refused("an empty answer, a placeholder", "xquad", "de", "test", source=folder)


def test_tokens_without_a_tag_each_are_refused(folder):
    rows = [{"tokens": ["a"], "ner_tags": [0]}, {"tokens": ["a", "b"], "ner_tags": [0]}]
    write(folder, "unimelb-nlp/wikiann/de/test", rows)
    refused("row 1 has 2 tokens and 1 tags", "panx", "de", "test", source=folder)


def test_too_few_choices_are_refused(folder):
    rows = [{"ctx": "He", "endings": ["a", "b", "c"], "label": "0"}]
    write(folder, "Rowan/hellaswag/default/train", rows)
    refused("row 0 has 3 choices, not 4", "hellaswag", "en", "train", source=folder)


def test_unknown_names_are_refused_with_the_nearest(folder):
    refused("unknown task 'xnly'; did you mean 'xnli'", "xnly", "de", "test")
    refused("unknown language 'd'", "xnli", "d", "test", source=folder)
    refused("unknown split of xnli: 'tests'; did you mean 'test'",
            "xnli", "de", "tests", source=folder)  # fmt: skip
    refused("unknown data source 'miror'; did you mean 'mirror'",
            "xnli", "de", "test", source="miror")  # fmt: skip
    refused("mnli is in en, not in 'de'", "mnli", "de", "train", source=folder)
    refused("use corpora.load_mining", "bucc", "de", "test", source=folder)


def test_a_mirror_that_is_not_set_or_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    refused("needs XITT_MIRROR", "xnli", "de", "test", source="mirror")
    monkeypatch.setenv("XITT_MIRROR", str(tmp_path / "none"))
    refused("XITT_MIRROR is '.*none': no such folder", "xnli", "de", "test")


# --- answers --------------------------------------------------------------------------


def test_an_answer_is_found_near_its_offset():
    context = "Lima, Lima, Lima"
    assert checks.locate(context, "Lima", 6) == 6
    assert checks.locate(context, "Lima", 5) == 6
    assert checks.locate(context, "Lima", 11) == 12
    assert checks.locate(context, "Rome", 6) == -1


def test_an_offset_in_bytes_is_read_as_such():
    context = "ёж, ёж и ещё ёж"  # the last hedgehog is at character 13
    assert checks.locate(context, "ёж", len(context[:13].encode())) == 13


def test_an_answer_that_does_not_occur_is_not_trained_on(folder, caplog):
    rows = [squad(("Lima", 13)), squad(("Rome", 3)), squad(("Rome", 3), ("Ana", 0))]
    write(folder, "rajpurkar/squad/plain_text/train", rows)
    loaded = examples.load("squad_v1", "en", "train", source=folder)
    assert loaded["answers"] == [["Lima"], ["Ana"]]
    assert (
        "2 answers do not occur in their context; not trained on" in messages(caplog)[0]
    )
    assert "left out 1 of 3 rows: no answer occurs" in messages(caplog)[1]


def test_an_answer_that_does_not_occur_is_still_scored(folder, caplog):
    write(folder, "google/xquad/xquad.de/validation", [squad(("Rom", 3))])
    loaded = examples.load("xquad", "de", "test", source=folder)
    assert (loaded["answers"], loaded["starts"]) == ([["Rom"]], [[-1]])
    assert "1 answers do not occur in their context; scored" in messages(caplog)[0]


def test_an_answer_without_an_offset_is_looked_for(folder, caplog):
    row = {**squad(), "answers": {"text": ["Lima", "Ana"], "answer_start": [13]}}
    write(folder, "google/xquad/xquad.de/validation", [row])
    loaded = examples.load("xquad", "de", "test", source=folder)
    assert (loaded["answers"], loaded["starts"]) == ([["Lima", "Ana"]], [[13, 0]])
    assert "moved 1 answers" in caplog.text
