"""What of the evaluation data an intermediate run was trained on."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_mirror import deviate, nli, register, squad, write

from xitt.study import grid, overlap, phases, run_data
from xitt.tasks import registry


@pytest.fixture
def shares(study, tmp_path):
    """The shares of a setting on a target, in a study of the data in `tmp_path`."""

    def of(setting: str, target: str) -> overlap.Shares:
        chosen = {**study, "source": tmp_path, "languages": "all"}
        run = grid.target(chosen, setting, target, 13)
        overlap._trained_on.cache_clear()
        return overlap.shares(run, run_data.of_target(run, registry.get(target)))

    return of


def mnli(rows: list[dict]) -> list[dict]:
    return [{"pairID": f"{i}", **row} for i, row in enumerate(rows)]


def copied(row: dict) -> dict:
    """The same pair as another release writes it."""
    return {**row, "premise": f"“{row['premise'].upper()} . ”"}


def xnli(folder, split, rows, languages=("en", "de")):
    for lang in languages:
        said = [
            {k: v if lang == "en" or k == "label" else f"{lang} {v}"
             for k, v in row.items()} for row in rows
        ]  # fmt: skip
        write(folder, f"facebook/xnli/{lang}/{split}", said)


def test_copies_of_a_text_are_found_however_they_are_written(shares, tmp_path):
    scored = [{**row, "premise": f"scored {row['premise']}"} for row in nli(12)]
    write(tmp_path, "nyu-mll/multi_nli/default/train",
          mnli([*nli(10), *map(copied, scored[:3])]))  # fmt: skip
    xnli(tmp_path, "validation", nli(15)[10:])
    xnli(tmp_path, "test", scored)
    assert shares("mnli", "xnli") == {"test": {"en": 0.25}}
    assert shares("none", "xnli") == {}


def test_a_pair_with_one_text_in_common_is_another_item(shares, tmp_path):
    write(tmp_path, "nyu-mll/multi_nli/default/train", mnli(nli(10)))
    xnli(tmp_path, "validation", nli(10, hypothesis="no"))
    xnli(tmp_path, "test", nli(10, premise="no"))
    assert shares("mnli", "xnli") == {}


def test_the_partial_mirrors_translations_are_what_english_would_be_chosen_on(
    shares, tmp_path
):
    """XNLI's development pairs: no English text of them is read, only their ids tell.

    Ids count within one split alone: the test pairs have the same numbers.
    """
    for split in ("train", "validation_matched"):
        write(tmp_path, f"nyu-mll/multi_nli/default/{split}", mnli(nli(30)))
    xnli(tmp_path, "validation", nli(24, premise="dev"))
    xnli(tmp_path, "test", nli(24, premise="test"))
    deviate(tmp_path, "mnli")
    assert shares("mnli+translated", "xnli") == {"validation": {"en": 1.0}}
    assert shares("mnli", "xnli") == {}


def test_a_translation_counts_for_its_original(shares, tmp_path):
    """XNLI's translation of MNLI has no ids: it is MNLI's row by row."""
    scored = nli(12, premise="scored")
    train = [*nli(14), scored[0], scored[1]]
    write(tmp_path, "nyu-mll/multi_nli/default/train", [
        {"pairID": f"{i}n", **row} for i, row in enumerate(train)
    ])  # fmt: skip
    xnli(tmp_path, "train", train, languages=("de", "zh"))
    xnli(tmp_path, "validation", nli(12, premise="dev"))
    xnli(tmp_path, "test", scored)
    found = shares("mnli+translated", "xnli")["test"]
    assert found["en"] == pytest.approx(2 / 12)


def xquad(folder, ids, texts):
    for lang in ("en", "de"):
        rows = [{**squad(("Lima", 13), context=f"Ana lives in Lima. {lang} {text}"),
                 "id": i} for i, text in zip(ids, texts)]  # fmt: skip
        write(folder, f"google/xquad/xquad.{lang}/validation", rows)


def test_ids_of_squads_development_set_are_xquads_in_every_language(shares, tmp_path):
    rows = [squad(("Lima", 13), context=f"Ana lives in Lima. {i}") for i in range(12)]
    rows = [{**row, "id": f"dev{i}"} for i, row in enumerate(rows)]
    folder = "rajpurkar/squad_v2/squad_v2_dev_resplit"
    write(tmp_path, f"{folder}/train", rows)
    write(tmp_path, f"{folder}/validation", rows)
    write(tmp_path, "rajpurkar/squad/plain_text/train", rows)
    write(tmp_path, "rajpurkar/squad/plain_text/validation",
          [squad(("Lima", 13), context="Ana lives in Lima too.")])  # fmt: skip
    deviate(tmp_path, "squad_v2")
    xquad(tmp_path, ["dev0", *(f"x{i}" for i in range(9))], range(100, 110))
    assert shares("squad_v2", "xquad") == {"test": {"en": 0.1, "de": 0.1}}
    assert shares("squad_v1", "xquad") == {}  # these say that they are of `train`


@pytest.mark.parametrize("setting", ["squad_v1", "squad_v1+translated", "multi"])
def test_equal_ids_of_different_data_sets_are_no_overlap(study, setting):
    """The pocket suite numbers SQuAD and XQuAD alike, and their texts differ."""
    run_data.prepare(study)
    for target in ("xnli", "xquad", "mlqa", "paws_x", "tydiqa"):
        run = grid.target(study, setting, target, 13)
        parts = run_data.of_target(run, registry.get(target))
        assert overlap.shares(run, parts) == {}
    trained = run_data.of_intermediate(grid.intermediate(study, "squad_v1", 13))
    run = grid.target(study, "none", "xquad", 13)
    scored = run_data.of_target(run, registry.get("xquad"))["test", "en"]
    assert set(scored["id"]) & set(trained["squad_v1"]["en"]["id"])


def test_text_without_labels_counts_too(shares, tmp_path):
    """The text of masked-LM steps is PAN-X's own validation split."""
    write(tmp_path, "nyu-mll/multi_nli/default/train", mnli(nli(10)))
    for lang in ("en", "de"):
        for split in ("train", "validation", "test"):
            write(tmp_path, f"unimelb-nlp/wikiann/{lang}/{split}", [
                {"tokens": ["Ana", split, lang, str(i)], "ner_tags": [1, 0, 0, 0]}
                for i in range(10)
            ], {"ner_tags": ["O", "B-PER"]})  # fmt: skip
            write(tmp_path, f"local/text/{lang}/train", [
                {"id": str(i), "text": f"Ana validation {lang} {i}"} for i in range(5)
            ])  # fmt: skip
    assert shares("mnli+mlm", "panx") == {"validation": {"en": 0.5}}


def test_the_english_side_of_retrieval_is_told_apart(shares, tmp_path):
    english = [f"sentence {i}" for i in range(10)]
    write(tmp_path, "local/pmb4_ccg/en/train", [
        {"id": str(i), "tokens": text.split(), "supertags": ["N", "N"]}
        for i, text in enumerate(english[:2])
    ])  # fmt: skip
    for split in ("validation", "development"):
        write(tmp_path, f"google/xtreme/tatoeba.deu/{split}", [
            {"source_sentence": f"Satz {text}", "target_sentence": text}
            for text in (english if split == "validation" else ["x", "y"])
        ])  # fmt: skip
    assert shares("ccg_pmb", "tatoeba") == {"test": {"en": 0.2}}


def test_the_real_mirror_shares_what_its_notes_say(study, mirror):
    """All rows: XNLI's pairs translated, and of other pairs of data sets none."""
    chosen = {**study, "source": mirror}
    chosen["intermediate"]["recipe"]["max_train"] = 0
    chosen["evaluation"] |= {"max_test": 0, "max_validation": 0, "max_questions": 0}

    def found(setting, target):
        run = grid.target(chosen, setting, target, 13)
        return overlap.shares(run, run_data.of_target(run, registry.get(target)))

    assert found("mnli+translated", "xnli") == {"validation": {"en": 1.0}}
    for setting in ("mnli", "qqp", "squad_v2"):
        for target in ("xnli", "paws_x", "xquad", "mlqa"):
            assert found(setting, target) == {}


def test_what_a_user_adds_is_checked_as_well(shares, tmp_path, monkeypatch):
    """COPA and its translation: choices in another order, ids declared in common."""
    columns = {"id": "idx", "text_a": "premise", "choices": ["one", "two"]}
    shared = {"kind": "choice", "labels": ["0", "1"], "items": "copa/{split}"}
    shared |= {"columns": {**columns, "label": "label"}}
    register(tmp_path, monkeypatch, "copa", phase="intermediate", dataset="a/copa",
             **shared)  # fmt: skip
    register(tmp_path, monkeypatch, "abroad", dataset="a/xcopa", config="{lang}",
             splits={"test": "test"}, languages=["en", "it"], train_from="copa",
             **{**shared, "items": "copa/train"})  # fmt: skip
    rows = [{"idx": f"{i}", "premise": f"p{i}", "one": f"a{i}", "two": f"b{i}",
             "label": i % 2} for i in range(10)]  # fmt: skip
    write(tmp_path, "a/copa/default/train", rows)
    swapped = [{**row, "one": row["two"], "two": row["one"], "idx": f"s{i}"}
               for i, row in enumerate(rows[:5])]  # fmt: skip
    write(tmp_path, "a/xcopa/en/test", swapped)
    write(tmp_path, "a/xcopa/it/test",
          [{**row, "premise": f"it {i}"} for i, row in enumerate(rows)])  # fmt: skip
    assert shares("copa", "abroad") == {"test": {"en": 1.0, "it": 1.0}}


def test_a_record_holds_what_was_found(study):
    record = phases.transfer(grid.target(study, "none", "xnli", 13))
    assert record["data"]["overlap"] == {}


def test_accents_stay_and_punctuation_goes():
    assert overlap.normalised("Él: “No.”\n") == overlap.normalised("él - NO") == "élno"
    assert overlap.normalised("कि") != overlap.normalised("के")
    assert overlap._marks(iter([["..."], ["a"], ["A."]]), 3)[0] == 0


def test_a_mark_is_looked_up_among_none_and_many():
    marks = np.array([0, 5, 9], np.uint64)
    for known, found in (([], [0, 0, 0]), ([5], [0, 1, 0]), ([1, 9], [0, 0, 1])):
        among = overlap._among(marks, np.array(known, np.uint64))
        assert among.tolist() == list(map(bool, found))


@pytest.mark.timeout(60)
def test_a_million_texts_are_compared():
    names = [*map(str, range(999_999)), "7"]
    marks = overlap._marks(([name] for name in names), len(names))
    assert overlap._among(marks[-1:], np.unique(marks[:-1])).all()
