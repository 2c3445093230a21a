"""Files of the reasoning tasks, in the form of the data sets, as rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xitt.data import examples, inventory
from xitt.errors import UserError
from xitt.inputs import tokenising
from xitt.tasks import registry

COPA = {"premise": "It fell.", "choice1": "It slipped.", "choice2": "It broke.",
        "question": "effect", "idx": 7, "label": 1}  # fmt: skip
WINOGRAD = {"sentence": "Ann met Bob; _ ran.", "option1": "Ann", "option2": "Bob",
            "answer": "2"}  # fmt: skip
STORY = {"story_id": "a", **{f"input_sentence_{i}": f"S{i}." for i in range(1, 5)},
         "sentence_quiz1": "One.", "sentence_quiz2": "Two."}  # fmt: skip


def put(folder: Path, place: str, *rows: dict) -> None:
    path = folder / f"{place}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


def test_what_a_question_asks_stays_with_its_row(tmp_path):
    put(tmp_path, "cambridgeltl/xcopa/et/test", COPA)
    (row,) = examples.load("xcopa", "et", "test", source=tmp_path)
    assert row == {"id": "7", "text_a": "It fell.", "label": 1, "question": "effect",
                   "choices": ["It slipped.", "It broke."]}  # fmt: skip


def test_no_other_task_with_choices_gains_a_column(tmp_path):
    row = {"ctx": "It", "endings": ["a", "b", "c", "d"], "label": "3"}
    put(tmp_path, "Rowan/hellaswag/default/train", row)
    rows = examples.load("hellaswag", "en", "train", source=tmp_path)
    assert rows.column_names == ["id", "text_a", "choices", "label"]


def test_an_encoder_reads_what_is_asked_after_the_text():
    pytest.importorskip("torch", reason="needs a tokenizer, and so a model library")
    import tiny

    tokenizer, row = (
        tiny.tokenizer(),
        {"text_a": "the cat", "choices": ["a"], "label": 0},
    )
    plain = {**row, "text_a": "the cat was"}
    asked = {**row, "question": "was"}
    made = [
        tokenising.make("choice", [some], tokenizer, max_length=32).ids.tolist()
        for some in (plain, asked)
    ]
    assert made[0] == made[1]


def test_english_and_other_languages_may_come_from_two_data_sets(tmp_path):
    put(tmp_path, "aps/super_glue/copa/test", COPA)
    put(tmp_path, "aps/super_glue/copa/train", COPA)
    put(tmp_path, "cambridgeltl/xcopa/et/test", {**COPA, "premise": "See kukkus."})
    assert inventory.languages("xcopa", "test", tmp_path) == ["en", "et"]
    assert inventory.languages("xcopa", "train", tmp_path) == ["en"]
    (row,) = examples.load("xcopa", "en", "test", source=tmp_path)
    assert row["text_a"] == "It fell."
    with pytest.raises(UserError, match=r"xcopa is in en, et, .*, not in 'de'"):
        examples.load("xcopa", "de", "test", source=tmp_path)


def test_a_folder_may_have_other_languages_than_the_registry(tmp_path):
    put(tmp_path, "cambridgeltl/xcopa/de/test", {**COPA, "premise": "Es fiel."})
    assert inventory.languages("xcopa", "test", tmp_path) == ["de"]
    (row,) = examples.load("xcopa", "de", "test", source=tmp_path)
    assert row["text_a"] == "Es fiel."
    assert "de" not in inventory.languages("xcopa", "test", "hub")
    with pytest.raises(UserError, match="not in 'de'"):
        examples.load("xcopa", "de", "validation", source=tmp_path)


def test_the_hub_has_no_labels_of_english_copas_test_set():
    assert "en" not in inventory.languages("xcopa", "test", "hub")
    assert "et" in inventory.languages("xcopa", "test", "hub")


def test_japanese_is_called_jp_by_xwinograd(tmp_path):
    put(tmp_path, "Muennighoff/xwinograd/jp/test", WINOGRAD)
    assert inventory.languages("xwinograd", "test", tmp_path) == ["ja"]
    (row,) = examples.load("xwinograd", "ja", "test", source=tmp_path)
    assert (row["choices"], row["label"]) == (["Ann", "Bob"], 1)


@pytest.mark.parametrize("sentence", ["Ann ran.", "_ met _."])
def test_a_sentence_with_another_number_of_blanks_than_one_is_an_error(
    tmp_path, sentence
):
    rows = WINOGRAD, {**WINOGRAD, "sentence": sentence}
    put(tmp_path, "Muennighoff/xwinograd/en/test", *rows)
    with pytest.raises(
        UserError, match=r"row 1 of 'sentence' has \d blanks '_', not 1"
    ):
        examples.load("xwinograd", "en", "test", source=tmp_path)


def test_labels_that_count_from_one_are_looked_up_as_numbers_too(tmp_path):
    rows = [{**STORY, "story_id": f"{i}", "answer_right_ending": i} for i in (1, 2)]
    put(tmp_path, "juletxara/xstory_cloze/eu/eval", *rows)
    found = examples.load("xstorycloze", "eu", "test", source=tmp_path)
    assert list(found["label"]) == [0, 1]
    assert found[0]["text_a"] == "S1. S2. S3. S4."
    put(
        tmp_path,
        "juletxara/xstory_cloze/ar/eval",
        {**rows[0], "answer_right_ending": 3},
    )
    with pytest.raises(UserError, match=r"row 0 of 'answer_right_ending'.*'3'"):
        examples.load("xstorycloze", "ar", "test", source=tmp_path)


def test_an_answer_that_is_no_number_is_an_error(tmp_path):
    rows = [{"question": "2 + 3?", "answer_number": value} for value in ("5", "five")]
    put(tmp_path, "juletxara/mgsm/en/test", *rows)
    with pytest.raises(UserError, match="row 1 of 'answer_number' is five, no number"):
        examples.load("mgsm", "en", "test", source=tmp_path)


def test_a_part_lists_languages_of_its_task_alone(tmp_path, monkeypatch):
    more = tmp_path / "more.yaml"
    more.write_text("""
        tasks: {toy: {title: T, phase: target, kind: cloze, metric: accuracy,
          labels: [a, b], languages: [en], licence: L, dataset: o/n,
          splits: {test: test}, columns: {sentence: s, choices: c, label: l},
          parts: [{config: c, languages: [de]}]}}
    """)
    monkeypatch.setenv("XITT_TASKS", str(more))
    with pytest.raises(UserError, match=r"language in .*part 1: 'de'"):
        registry.names()
