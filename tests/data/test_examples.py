"""Loading: the forms of examples, samples, borrowed, held-out and translated splits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_mirror import NLI, deviate, nli, register, squad, write, xnli

from xitt import paths
from xitt.data import corpora, examples, inventory
from xitt.errors import UserError


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "mirror"


# --- the forms ------------------------------------------------------------------------


def test_a_classification_task_has_two_texts_and_a_label(folder):
    write(folder, "facebook/xnli/de/test", nli(4))
    rows = xnli(folder)
    assert rows.column_names == ["id", "text_a", "text_b", "label"]
    assert rows[3] == {"id": "3", "text_a": "p3", "text_b": "h3", "label": 0}


def test_a_choice_task_joins_context_and_question_and_reads_a_label_as_text(folder):
    row = {"id": "q", "context": "It rained.", "question": "What now?", "label": 2}
    answers = {f"answer{i}": f"a{i}" for i in range(4)}
    write(folder, "allenai/cosmos_qa/default/train", [{**row, **answers}])
    rows = examples.load("cosmos_qa", "en", "train", source=folder)
    assert rows[0] == {
        "id": "q",
        "text_a": "It rained. What now?",
        "choices": ["a0", "a1", "a2", "a3"],
        "label": 2,
    }
    endings = {"ctx": "He", "endings": ["a", "b", "c", "d"], "label": "3"}
    write(folder, "Rowan/hellaswag/default/train", [endings])
    assert examples.load("hellaswag", "en", "train", source=folder)["label"] == [3]


def test_an_answer_key_is_the_place_of_its_letter(folder):
    choices = {"label": list("ABCDE"), "text": ["u", "v", "w", "x", "y"]}
    row = {"id": "1", "question": "Which?", "choices": choices, "answerKey": "D"}
    write(folder, "tau/commonsense_qa/default/train", [row])
    loaded = examples.load("commonsense_qa", "en", "train", source=folder)[0]
    assert loaded["choices"][loaded["label"]] == "x"


def test_a_question_without_answer_has_two_empty_lists(folder):
    write(folder, "rajpurkar/squad_v2/squad_v2/train", [squad(), squad(("Lima", 13))])
    rows = examples.load("squad_v2", "en", "train", source=folder)
    assert (rows[0]["answers"], rows[0]["starts"]) == ([], [])
    assert (rows[1]["answers"], rows[1]["starts"]) == (["Lima"], [13])


def test_a_single_text_leaves_the_second_empty(folder, tmp_path, monkeypatch):
    register(tmp_path, monkeypatch, columns={"text_a": "premise", "label": "label"})
    write(folder, "acme/toy/default/train", nli(3))
    rows = examples.load("toy", "en", "train", source=folder)
    assert rows["text_b"] == ["", "", ""]


def test_the_language_prefix_of_raw_pan_x_tokens_is_taken_off(folder):
    rows = [{"tokens": ["de:Rom", "de:ruft", "de::"], "ner_tags": [5, 0, 0]}]
    write(folder, "unimelb-nlp/wikiann/de/test", rows)
    loaded = examples.load("panx", "de", "test", source=folder)
    assert loaded[0] == {"id": "0", "tokens": ["Rom", "ruft", ":"], "tags": [5, 0, 0]}
    # A time of day is no prefix.
    rows = [{"tokens": ["de:20", "Uhr"], "ner_tags": [0, 0]}]
    write(folder, "unimelb-nlp/wikiann/de/test", rows)
    assert examples.load("panx", "de", "test", source=folder)["tokens"] == [
        ["de:20", "Uhr"]
    ]


def test_unlabelled_text_joins_tokens_as_the_language_writes(folder):
    for lang, tokens in (
        ("de", ["Rom", "ruft"]),
        ("zh", ["罗", "马"]),
        ("th", ["ก", "ข"]),
    ):
        write(folder, f"unimelb-nlp/wikiann/{lang}/validation", [{"tokens": tokens}])
    texts = {
        lang: examples.load("wikiann_text", lang, "train", source=folder)["text"][0]
        for lang in ("de", "zh", "th")
    }
    assert texts == {"de": "Rom ruft", "zh": "罗马", "th": "กข"}


def test_bitext_has_the_language_first_and_english_second(folder):
    row = {"source_sentence": "Ja.", "target_sentence": "Yes."}
    write(folder, "google/xtreme/tatoeba.deu/validation", [row])
    rows = examples.load("tatoeba", "de", "test", source=folder)
    assert rows[0] == {"id": "0", "source": "Ja.", "target": "Yes."}


def test_one_file_of_many_languages_is_read_by_the_beginning_of_its_ids(folder):
    rows = [{**squad(("Lima", 13)), "id": f"{x}-{i}"}
            for x in ("english", "korean") for i in range(20)]  # fmt: skip
    rows += [{**squad(("Lima", 13)), "id": "korean_north-1"}]
    write(folder, "google-research-datasets/tydiqa/secondary_task/validation", rows)
    loaded = examples.load("tydiqa", "ko", "test", source=folder)
    assert loaded["id"] == [f"korean-{i}" for i in range(20)]
    assert inventory.languages("tydiqa", "test", folder) == ["en", "ko"]


def test_label_names_in_another_order_are_renumbered(folder):
    write(folder, "facebook/xnli/de/test", nli(3), {"label": NLI[::-1]})
    assert xnli(folder)["label"] == [2, 1, 0]


def test_other_label_names_leave_the_numbers_alone(folder):
    rows = [{"id": i, "sentence1": "a", "sentence2": "b", "label": i} for i in (0, 1)]
    place = "google-research-datasets/paws-x/de/test"
    write(folder, place, rows, {"label": ["0", "1"]})
    assert examples.load("paws_x", "de", "test", source=folder)["label"] == [0, 1]


def test_labels_from_the_training_set_count_others_as_unseen(folder):
    sentences = [{"tokens": ["Hi", "."], "supertags": ["s", "."]}]
    write(folder, "local/ccgbank/default/train", sentences)
    write(folder, "local/ccgbank/default/validation", [
        {"tokens": ["Hi", "!", "."], "supertags": ["s", "np", "."]}])  # fmt: skip
    assert examples.labels("ccg", folder) == ("<unseen>", ".", "s")
    loaded = examples.load("ccg", "en", "validation", source=folder)
    assert loaded["tags"] == [[2, 0, 1]]


# --- samples --------------------------------------------------------------------------


def test_a_sample_is_seeded_keeps_the_order_and_is_parallel(folder):
    for lang in ("de", "fr"):
        write(folder, f"facebook/xnli/{lang}/test", nli(50))
    german = xnli(folder, limit=10, seed=1)["id"]
    assert len(set(german)) == 10
    assert [int(i) for i in german] == sorted(int(i) for i in german)
    assert xnli(folder, limit=10, seed=1)["id"] == german
    assert xnli(folder, lang="fr", limit=10, seed=1)["id"] == german
    assert xnli(folder, limit=10, seed=2)["id"] != german


def test_a_limit_beyond_the_rows_is_all_of_them(folder):
    write(folder, "facebook/xnli/de/test", nli(5))
    assert len(xnli(folder, limit=99)) == 5
    with pytest.raises(UserError, match="not -1"):
        xnli(folder, limit=-1)


def test_a_mixture_is_joined_and_its_ids_say_where_they_are_from(folder):
    write(folder, "stanfordnlp/snli/plain_text/train", [*nli(3), *nli(2, label=-1)])
    write(folder, "nyu-mll/multi_nli/default/train", nli(4))
    for rounds in (1, 2, 3):
        write(folder, f"facebook/anli/plain_text/train_r{rounds}", nli(rounds))
    rows = examples.load("anli_plus", "en", "train", source=folder)
    assert len(rows) == 3 + 4 + 6
    assert len(set(rows["id"])) == 13
    assert rows["id"][0] == "snli-train-0"
    assert rows["id"][-1] == "anli-train_r3-2"


# --- borrowed and held-out splits -----------------------------------------------------


def test_a_target_without_training_data_borrows_it_in_english_only(folder):
    write(folder, "nyu-mll/multi_nli/default/train",
          [{**row, "pairID": str(i)} for i, row in enumerate(nli(6))])  # fmt: skip
    assert len(xnli(folder, "en", "train")) == 6
    with pytest.raises(UserError, match="no train in 'de': it is mnli's, in English"):
        xnli(folder, "de", "train")


def test_what_is_scored_is_taken_out_of_borrowed_validation_data(folder, caplog):
    seen, new = "Lima is here.", "Rome is there."
    rows = [squad(("Lima", 0), context=seen), squad(("Rome", 0), context=new)]
    write(folder, "google/xquad/xquad.en/validation", rows[:1])
    write(folder, "rajpurkar/squad/plain_text/validation", rows)
    rows = examples.load("xquad", "en", "validation", source=folder)
    assert rows["context"] == [new]
    assert "left out 1 of 2 rows: their context is in xquad's test" in caplog.text


def test_held_out_validation_shares_no_context_with_training(folder):
    rows = [{**squad(("Lima", 0), context=f"Lima {i % 40}."), "id": f"english-{i}"}
            for i in range(200)]  # fmt: skip
    write(folder, "google-research-datasets/tydiqa/secondary_task/train", rows)
    train, held = (examples.load("tydiqa", "en", split, source=folder)
                   for split in ("train", "validation"))  # fmt: skip
    assert len(train) + len(held) == 200
    assert 0 < len(held) < 60
    assert not set(train["context"]) & set(held["context"])


# --- translated data ------------------------------------------------------------------


def test_a_folder_s_own_translation_comes_before_the_published_one(folder):
    published = write(folder, "facebook/xnli/de/train", nli(3))

    def load():
        return examples.load("mnli", "de", "train", source=folder, translated=True)

    assert len(load()) == 3
    write(folder, "nyu-mll/multi_nli/translated.de/train",
          [{**row, "pairID": str(i)} for i, row in enumerate(nli(5))])  # fmt: skip
    assert len(load()) == 5
    published.unlink()
    assert inventory.languages("mnli", "train", folder, translated=True) == ["de"]


def test_a_data_set_of_several_tasks_names_its_translations(folder):
    row = {"idx": 1, "question1": "Wer?", "question2": "Was?", "label": 0}
    write(folder, "nyu-mll/glue/qqp.translated.de/train", [row])
    rows = examples.load("qqp", "de", "train", source=folder, translated=True)
    assert rows["text_a"] == ["Wer?"]


def test_a_task_without_a_translation_says_where_to_put_one(folder):
    with pytest.raises(UserError, match=r"cosmos_qa/translated\.de/train\.parquet"):
        examples.load("cosmos_qa", "de", "train", source=folder, translated=True)
    with pytest.raises(UserError, match="mnli is in English; translated needs another"):
        examples.load("mnli", "en", "train", source=folder, translated=True)


# --- mining ---------------------------------------------------------------------------


def bucc(folder: Path, ending: str = "", **changes: list[dict]) -> None:
    sides = {
        "de": [{"id": f"de-{i}", "sentence": f"s{i}"} for i in range(4)],
        "en": [{"id": f"en-{i}", "sentence": f"t{i}"} for i in range(3)],
        "gold": [{"de_id": "de-1", "en_id": "en-2"}],
        **changes,
    }
    for name, rows in sides.items():
        write(folder, f"local/bucc2018/de-en/{name}{ending}", rows)


def test_mining_has_two_sides_and_gold_pairs(folder):
    bucc(folder)
    bucc(folder, ".test", gold=[{"de_id": "de-0", "en_id": "en-0"}])
    found = corpora.load_mining("bucc", "de", "validation", source=folder)
    assert found.source_ids == ["de-0", "de-1", "de-2", "de-3"]
    assert found.target == ["t0", "t1", "t2"]
    assert found.gold == {("de-1", "en-2")}
    assert corpora.load_mining("bucc", "de", "test", source=folder).gold == {
        ("de-0", "en-0")
    }


def test_mining_ids_must_be_unique_and_gold_ids_must_have_a_sentence(folder):
    bucc(folder, en=[{"id": "en-2", "sentence": "a"}] * 2)
    with pytest.raises(UserError, match=r"en\.parquet: id 'en-2' occurs twice"):
        corpora.load_mining("bucc", "de", "validation", source=folder)
    bucc(folder, gold=[{"de_id": "de-1", "en_id": "en-9"}])
    with pytest.raises(UserError, match="no sentence with the id 'en-9'"):
        corpora.load_mining("bucc", "de", "validation", source=folder)
    with pytest.raises(UserError, match=r"unknown split of bucc: 'train'"):
        corpora.load_mining("bucc", "de", "train", source=folder)


def test_two_translations_of_a_sentence_are_held_out_alike_in_every_process(folder):
    """What is held out must not depend on how Python salts its hashes."""
    gold = [{"de_id": f"de-{i}", "en_id": f"en-{j}"}
            for i in range(4) for j in range(3)]  # fmt: skip
    bucc(folder, gold=gold)
    deviate(folder, "bucc")
    script = (
        "from pathlib import Path; from xitt.data import corpora\n"
        f"place = Path({str(folder)!r})\n"
        "found = corpora.load_mining('bucc', 'de', 'test', source=place)\n"
        "print(sorted(found.source_ids), sorted(found.gold))"
    )
    said = set()
    for salt in ("1", "2", "3", "4"):
        environment = {**os.environ, "PYTHONHASHSEED": salt}
        environment["PYTHONPATH"] = str(paths.PROFILES.parent.parent)
        command = [sys.executable, "-c", script]
        said.add(subprocess.check_output(command, env=environment, text=True))
    assert len(said) == 1


# --- a task that the registry has never seen ------------------------------------------


def test_an_unseen_nli_and_an_unseen_tagging_data_set_load_by_their_entries_alone(
    folder, tmp_path, monkeypatch
):
    register(
        tmp_path, monkeypatch, "village_nli",
        dataset="acme/village", config="nli_{iso3}", languages=["en", "sw"],
        splits={"train": "tr", "test": "te"},
        columns={"text_a": ["title", "body"], "text_b": "claim", "label": "verdict"},
    )  # fmt: skip
    register(
        tmp_path, monkeypatch, "village_ner",
        dataset="acme/village", config="ner-{name}", languages=["en", "sw"],
        kind="tagging", metric="chunk_f1", labels=["O", "B-FARM", "I-FARM"],
        splits={"test": "te"}, columns={"id": "key", "tokens": "w", "tags": "t"},
    )  # fmt: skip
    row = {"title": "Shamba", "body": "lina ng'ombe.", "claim": "Ndiyo"}
    write(folder, "acme/village/nli_swh/te", [{**row, "verdict": "contradiction"}])
    tagged = {"key": "x1", "w": ["Shamba", "Kubwa"], "t": ["B-FARM", "I-FARM"]}
    write(folder, "acme/village/ner-Swahili/te", [tagged])
    monkeypatch.setenv("XITT_MIRROR", str(folder))
    assert inventory.languages("village_nli", "test", "mirror") == ["sw"]
    assert examples.load("village_nli", "sw", "test", source="mirror")[0] == {
        "id": "0",
        "text_a": "Shamba lina ng'ombe.",
        "text_b": "Ndiyo",
        "label": 2,
    }
    assert examples.load("village_ner", "sw", "test")[0] == {
        "id": "x1",
        "tokens": ["Shamba", "Kubwa"],
        "tags": [1, 2],
    }
