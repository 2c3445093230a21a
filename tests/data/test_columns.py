"""Stored columns of every type: read as what they say, or refused in one line."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_mirror import (
    NLI,
    deviate,
    nli,
    refused,
    register,
    squad,
    store,
    unchecked,
    write,
    xnli,
)

from xitt.data import corpora, examples, inventory
from xitt.errors import UserError
from xitt.tasks import registry

LATIN_1 = "Straße".encode("latin-1")
WIKIANN = "unimelb-nlp/wikiann/de/test"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "mirror"


# --- labels ---------------------------------------------------------------------------

NUMBERS = [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(),
           pa.int64(), pa.uint64(), pa.float16(), pa.float32(), pa.float64(),
           pa.decimal128(5, 0)]  # fmt: skip


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_numbers_of_any_width_are_labels(folder, kind):
    numbers = [float(i) for i in (2, 0, 1)]
    values = np.array(numbers, np.float16) if kind == pa.float16() else numbers
    label = pa.array(values) if kind == pa.float16() else pa.array(values).cast(kind)
    text = pa.array(["a", "b", "c"])
    store(folder, "facebook/xnli/de/test", premise=text, hypothesis=text, label=label)
    assert xnli(folder)["label"] == [2, 0, 1]


@pytest.mark.parametrize(
    "label",
    [
        pa.array(["neutral", "entailment"]).dictionary_encode(),
        pa.array([1, 0], pa.uint8()).dictionary_encode(),
        pa.array(["neutral", "entailment"], pa.large_string()),
        pa.array(["neutral", "entailment"], pa.string_view()),
        pa.array([b"neutral", b"entailment"]),
        pa.array(["Neutral", " ENTAILMENT"]),
    ],
    ids=lambda label: str(label.type),
)
def test_categories_and_names_of_any_make_are_labels(folder, label):
    text = pa.array(["a", "b"])
    store(folder, "facebook/xnli/de/test", premise=text, hypothesis=text, label=label)
    assert xnli(folder)["label"] == [1, 0]


def test_truth_values_are_labels_of_two_classes_and_of_no_other_number(folder):
    text, label = pa.array(["a", "b"]), pa.array([True, False])
    place = "google-research-datasets/paws-x/de/test"
    store(folder, place, id=text, sentence1=text, sentence2=text, label=label)
    assert examples.load("paws_x", "de", "test", source=folder)["label"] == [1, 0]
    store(folder, "facebook/xnli/de/test", premise=text, hypothesis=text, label=label)
    refused("column 'label' is bool, which is no label of entailment, neutral",
            "xnli", "de", "test", source=folder)  # fmt: skip


@pytest.mark.parametrize(
    "classes",
    [NLI[::-1], [name.upper() for name in NLI[::-1]], [*NLI[::-1], "no consensus"]],
)
def test_numbers_are_mapped_by_the_names_that_the_file_gives_to_them(folder, classes):
    write(folder, "facebook/xnli/de/test", nli(3), {"label": classes})
    assert xnli(folder)["label"] == [2, 1, 0]


def test_a_class_that_the_task_does_not_have_is_named_with_its_row(folder):
    classes = ["entailment", "neutral", "contradicts"]
    write(folder, "facebook/xnli/de/test", nli(3), {"label": classes})
    refused("row 2 of 'label' has the unknown label 'contradicts'; did you mean "
            r"'contradiction'\? \(language 'de'\)",
            "xnli", "de", "test", source=folder)  # fmt: skip


def test_tags_are_mapped_by_name_in_whatever_way_a_list_says_it(folder):
    rows = [{"tokens": ["Rom", "ruft"], "ner_tags": [1, 0]}]
    path = write(folder, WIKIANN, rows)
    names = {"names": ["o", "b-loc"], "_type": "ClassLabel"}
    for feature in ({"feature": names, "_type": "Sequence"}, [names]):
        stored = json.dumps({"info": {"features": {"ner_tags": feature}}})
        table = pq.read_table(path).replace_schema_metadata({"huggingface": stored})
        pq.write_table(table, path)
        assert examples.load("panx", "de", "test", source=folder)["tags"] == [[5, 0]]


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (pa.array([0.5, 1]), "row 0 of 'label' is 0.5, no whole number"),
        (pa.array([0, 2**63], pa.uint64()), f"row 1 of 'label' is {2**63}, no whole"),
        (pa.array([float("inf"), 0]), "row 0 of 'label' is inf, no whole number"),
        (pa.array([[0], [1]]), "column 'label' is list.*, not whole numbers"),
        (pa.array(["0", "1"]), "row 0 of 'label' has the unknown label '0'"),
        (unchecked([LATIN_1, b"neutral"]), "row 0 of 'label' is not UTF-8"),
    ],
)
def test_what_is_no_label_is_named(folder, label, message):
    text = pa.array(["a", "b"])
    store(folder, "facebook/xnli/de/test", premise=text, hypothesis=text, label=label)
    refused(message, "xnli", "de", "test", source=folder)


@pytest.mark.parametrize(
    ("tags", "classes", "labels"),
    [
        ([[7, 5], [5]], None, ("<unseen>", "5", "7")),
        ([[1, 0], [0]], ["NP", "S"], ("<unseen>", "NP", "S")),
    ],
)
def test_labels_of_the_training_set_may_be_numbers(folder, tags, classes, labels):
    named = {"supertags": classes} if classes else None
    for split, more in (("train", []), ("validation", [[3]] if not classes else [])):
        rows = [{"tokens": ["w"] * len(t), "supertags": t} for t in [*tags, *more]]
        write(folder, f"local/ccgbank/default/{split}", rows, named)
    assert examples.labels("ccg", folder) == labels
    assert examples.load("ccg", "en", "train", source=folder)["tags"] == [[2, 1], [1]]
    found = examples.load("ccg", "en", "validation", source=folder)["tags"]
    assert found[:2] == [[2, 1], [1]]
    assert classes or found[2] == [0]


def test_labels_of_a_training_set_of_texts_are_those_that_occur(
    folder, tmp_path, monkeypatch
):
    register(tmp_path, monkeypatch, labels=[], labels_from="train",
             columns={"text_a": "premise", "label": "label"})  # fmt: skip
    rows = [{"premise": "a", "label": label} for label in ("sad", "glad", "-", "sad")]
    write(folder, "acme/toy/default/train", rows)
    assert examples.labels("toy", folder) == ("<unseen>", "glad", "sad")
    loaded = examples.load("toy", "en", "train", source=folder)
    assert loaded["label"] == [2, 1, 2]


# --- text -----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [pa.array, unchecked], ids=["binary", "string"])
def test_bytes_that_are_not_utf_8_are_named_with_their_row(folder, make):
    text = pa.array(["a", "b"])
    store(folder, "facebook/xnli/de/test", hypothesis=text, label=pa.array([0, 1]),
          premise=make([b"gut", LATIN_1]))  # fmt: skip
    refused(r"de/test\.parquet: row 1 of 'premise' is not UTF-8: .*xdfe'; write .* "
            r"\(language 'de'\)", "xnli", "de", "test", source=folder)  # fmt: skip
    tokens = pa.ListArray.from_arrays([0, 1, 3], make([b"gut", b"so", LATIN_1]))
    store(folder, WIKIANN, tokens=tokens, ner_tags=pa.array([[0], [0, 1]]))
    refused("row 1 of 'tokens' is not UTF-8", "panx", "de", "test", source=folder)


def test_a_null_is_named_with_its_row(folder):
    write(folder, "facebook/xnli/de/test", [*nli(2), *nli(1, premise=None)])
    refused(r"row 2 of 'premise' is null; .* \(language 'de'\)",
            "xnli", "de", "test", source=folder)  # fmt: skip
    pair = {"sentence1": "a", "sentence2": "b", "label": 0}
    rows = [{"id": i, **pair} for i in (1, None)]
    write(folder, "google-research-datasets/paws-x/de/test", rows)
    refused("row 1 of 'id' is null", "paws_x", "de", "test", source=folder)
    for tokens, tags, message in (
        (None, None, "row 1 of 'tokens' is null"),
        (["a", None], [0, 0], "row 1 of 'tokens' has a null inside"),
        (["a", "b"], [0, None], "row 1 of 'ner_tags' has a null inside"),
        (["a", "b"], None, "row 1 has 2 tokens and 0 tags"),
    ):
        write(folder, WIKIANN, [{"tokens": ["x"], "ner_tags": [1]},
                                {"tokens": tokens, "ner_tags": tags}])  # fmt: skip
        refused(message, "panx", "de", "test", source=folder)
    for endings, message in (
        (["a", None, "c", "d"], "row 0 of 'endings' has a null inside"),
        (None, "row 0 has 0 choices, not 4"),
    ):
        rows = [{"ctx": "He", "endings": e, "label": "0"} for e in (endings, [*"abcd"])]
        write(folder, "Rowan/hellaswag/default/train", rows)
        refused(message, "hellaswag", "en", "train", source=folder)
    for pair in ((None, "Yes."), ("Ja.", None)):
        rows = [dict(zip(("source_sentence", "target_sentence"), pair)),
                {"source_sentence": "Nein.", "target_sentence": "No."}]  # fmt: skip
        write(folder, "google/xtreme/tatoeba.deu/validation", rows)
        refused("row 0 of '.*_sentence' is null", "tatoeba", "de", "test",
                source=folder)  # fmt: skip


def test_tokens_in_one_text_are_refused(folder):
    write(folder, WIKIANN, [{"tokens": "['Rom', 'ruft']", "ner_tags": [5, 0]}])
    refused("column 'tokens' is string, not lists; store a list a row",
            "panx", "de", "test", source=folder)  # fmt: skip


def test_a_sentence_without_tokens_is_left_out_and_named(folder, caplog):
    caplog.set_level(logging.WARNING, logger="xitt")
    rows = [{"tokens": ["Rom"], "ner_tags": [5]}, {"tokens": [], "ner_tags": []},
            {"tokens": ["in"], "ner_tags": [0]}]  # fmt: skip
    write(folder, WIKIANN, rows)
    loaded = examples.load("panx", "de", "test", source=folder)
    assert (loaded["id"], loaded["tags"]) == (["0", "2"], [[5], [0]])
    assert "de/test.parquet: left out 1 of 3 rows: no tokens (the first is '1')" in (
        caplog.text
    )


def test_a_language_without_any_entity_is_no_placeholder(folder):
    rows = [{"tokens": ["ja", "so"], "ner_tags": [0, 0]}] * 99
    write(folder, WIKIANN, rows)
    assert len(examples.load("panx", "de", "test", source=folder)) == 99
    write(folder, WIKIANN, [*rows, rows[0]])
    refused("all 100 rows have label 0, a placeholder",
            "panx", "de", "test", source=folder)  # fmt: skip


def test_numbers_may_stand_for_ids_and_choices(folder):
    row = {"question": "2 + 2?", "choices": {"text": [3, 4, 5, 6, 7]}, "answerKey": "B"}
    write(folder, "tau/commonsense_qa/default/train", [{"id": 7.0, **row}])
    loaded = examples.load("commonsense_qa", "en", "train", source=folder)[0]
    assert (loaded["id"], loaded["choices"][loaded["label"]]) == ("7", "4")


def test_an_id_of_any_type_tells_the_languages_of_a_joint_file_apart(folder):
    rows = [{**squad(("Lima", 13)), "id": f"{x}-{i}"}
            for x in ("english", "korean") for i in range(3)]  # fmt: skip
    place = "google-research-datasets/tydiqa/secondary_task/validation"
    path = write(folder, place, rows)
    for kind in (pa.binary(), pa.dictionary(pa.int32(), pa.string())):
        table = pq.read_table(path)
        pq.write_table(table.set_column(0, "id", table["id"].cast(kind)), path)
        assert inventory.languages("tydiqa", "test", folder) == ["en", "ko"]
        assert len(examples.load("tydiqa", "ko", "test", source=folder)) == 3


# --- answers --------------------------------------------------------------------------


def test_a_question_without_answer_is_left_out_where_each_has_one(folder, caplog):
    caplog.set_level(logging.WARNING, logger="xitt")
    whole, blank = squad(("Lima", 13)), squad(("", 0))
    rows = [whole, squad(), blank, {**whole, "id": "last", "answers": None}]
    write(folder, "google/xquad/xquad.de/validation", rows)
    assert len(examples.load("xquad", "de", "test", source=folder)) == 1
    assert "left out 3 of 4 rows: without an answer" in caplog.text
    assert f"(the first is '{rows[1]['id']}')" in caplog.text
    write(folder, "rajpurkar/squad_v2/squad_v2/train", rows)
    assert len(examples.load("squad_v2", "en", "train", source=folder)) == 4


def test_only_a_task_of_questions_is_unanswerable(tmp_path, monkeypatch):
    assert [name for name in registry.names() if registry.get(name).unanswerable] == [
        "squad_v2"
    ]
    register(tmp_path, monkeypatch, unanswerable=True,
             columns={"text_a": "premise", "label": "label"})  # fmt: skip
    with pytest.raises(UserError, match="'unanswerable' is for span tasks"):
        registry.get("toy")


# --- mining ---------------------------------------------------------------------------


def bucc(folder: Path, **changes: list[dict]) -> None:
    sides = {
        "de": [{"id": i, "sentence": f"s{i}"} for i in range(4)],
        "en": [{"id": float(i), "sentence": f"t{i}"} for i in range(3)],
        "gold": [{"de_id": 1, "en_id": "2"}],
        **changes,
    }
    for name, rows in sides.items():
        write(folder, f"local/bucc2018/de-en/{name}", rows)


def test_numbers_are_ids_of_sentences(folder):
    bucc(folder)
    deviate(folder, "bucc")
    found = corpora.load_mining("bucc", "de", "test", source=folder)
    assert found.gold <= {("1", "2")}
    assert set(found.source_ids) <= {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"de": [{"id": 1, "sentence": None}]}, "de.parquet: row 0 of 'sentence' is"),
        ({"en": [{"id": None, "sentence": "a"}]}, "en.parquet: row 0 of 'id' is null"),
        ({"gold": [{"de_id": 1, "en_id": None}]}, "gold.parquet: row 0 of 'en_id' is"),
        ({"de": [{"id": [1], "sentence": "a"}]}, "column 'id' is list.*, not text"),
    ],
)  # fmt: skip
def test_a_null_among_sentences_is_named(folder, changes, message):
    bucc(folder, **changes)
    with pytest.raises(UserError, match=message) as error:
        corpora.load_mining("bucc", "de", "validation", source=folder)
    assert "\n" not in str(error.value)
