"""Each kind of task as XTREME's files have it."""

from __future__ import annotations

import json
from typing import Any

from xitt.data.corpora import Mining
from xitt.running.exports import xtreme_format
from xitt.tasks import registry


def sheet(target: str, rows: Any, predicted: list) -> tuple[str, str, str]:
    found = xtreme_format.sheet(registry.get(target), rows, predicted)
    return found["predictions"], found["labels"], found["examples"]


def columns(**values: list) -> Any:
    from datasets import Dataset

    return Dataset.from_dict(values)


def test_classes_are_written_by_name_in_xnli_and_by_number_in_pawsx():
    rows = columns(id=["a", "b"], label=[0, 1])
    xnli = ("contradiction\nneutral\n", "entailment\nneutral\n", "a\nb\n")
    assert sheet("xnli", rows, [2, 1]) == xnli
    assert sheet("paws_x", rows, [1, 1]) == ("1\n1\n", "0\n1\n", "a\nb\n")


def test_an_empty_line_parts_the_tags_of_two_sentences():
    rows = columns(id=["0", "1"], tags=[[1, 2], [0]])
    predictions, labels, _ = sheet("panx", rows, [["O", "O"], ["B-LOC"]])
    assert predictions == "O\nO\n\nB-LOC\n"
    assert labels == "B-PER\nI-PER\n\nO\n"


def test_answers_go_by_id_and_their_labels_as_in_squad():
    rows = columns(
        id=["q1", "q2"], question=["Who?", "Where?"], context=["Ana in Lima."] * 2,
        answers=[["Ana"], ["Lima", "in Lima"]], starts=[[0], [7, 4]],
    )  # fmt: skip
    predictions, labels, _ = sheet("xquad", rows, ["Ana", ""])
    assert json.loads(predictions) == {"q1": "Ana", "q2": ""}
    (article,) = json.loads(labels)["data"]
    (paragraph,) = article["paragraphs"]
    assert paragraph["context"] == "Ana in Lima."
    assert paragraph["qas"][1] == {
        "id": "q2",
        "question": "Where?",
        "answers": [
            {"text": "Lima", "answer_start": 7},
            {"text": "in Lima", "answer_start": 4},
        ],
    }


def test_tatoebas_english_sentences_are_sorted_and_their_numbers_are_not():
    # XTREME's utils_preprocess.tatoeba_preprocess sorts the English side alone.
    rows = columns(id=["0", "1", "2"], source=["c", "a", "b"], target=["C", "A", "B"])
    found = sheet("tatoeba", rows, [0, 1, 1])  # B is taken for A
    assert found == ("1\n1\n0\n", "1\n2\n0\n", "1\n2\n0\n")


def test_mined_pairs_have_a_tab_between_their_ids():
    corpus = Mining(["de-1", "de-2"], ["x", "y"], ["en-1"], ["z"], {("de-2", "en-1")})
    found = sheet("bucc", corpus, [["de-1", "en-1"]])
    assert found == ("de-1\ten-1\n", "de-2\ten-1\n", "de-1\nde-2\nen-1\n")
    assert sheet("bucc", corpus, [])[0] == ""
