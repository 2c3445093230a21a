"""Every task on real data: counts, columns, labels and answers of the offline mirror.

The counts are those of the mirror's own SOURCES.md; a mirror of other subsets would
need other numbers, which is what `subset_note` tells a reader.
"""

from __future__ import annotations

import time
from collections import Counter

import pytest

from xitt.data import corpora, examples, inventory, readers
from xitt.errors import UserError
from xitt.tasks import registry, schema

# Examples: of English training, and of validation and test over all languages.
COUNTS = {
    "anli_plus": {"train": 9824 + 13925 + 514, "validation": 9842 + 2192 + 3198},
    "mnli": {"train": 13925, "validation": 2192},
    "qqp": {"train": 17136, "validation": 2000},
    "squad_v2": {"train": 8299, "validation": 2232},
    "squad_v1": {"train": 87267, "validation": 6245},  # 4,325 are in squad_v2's train
    "hellaswag": {"train": 39905, "validation": 10042},
    "commonsense_qa": {"train": 9741, "validation": 1221},
    "cosmos_qa": {"train": 2384, "validation": 601},
    "ccg_pmb": {"train": 7722, "validation": 1173, "test": 1053},
    "xnli": {"train": 13925, "validation": 15 * 2490, "test": 15 * 5010},
    "paws_x": {"train": 1499, "validation": 7 * 500, "test": 13915},
    "udpos": {"train": 21363, "validation": 22089, "test": 55348},
    "panx": {"train": 19591, "validation": 29538, "test": 65548},
    "xquad": {"train": 87267, "validation": 6245 - 1190, "test": 11 * 1190},
    "mlqa": {"train": 87267, "validation": 6245, "test": 4199},
    "tydiqa": {"train": 2915, "validation": 307, "test": 5077},
    "tatoeba": {"test": 31692},
    "wikiann_text": {"train": 29538},
}

# Languages of the test split (of training, for text) that the mirror has.
LANGUAGES = {
    "xnli": 15, "paws_x": 7, "udpos": 33, "panx": 39, "xquad": 11, "mlqa": 7,
    "tydiqa": 9, "bucc": 1, "tatoeba": 36, "wikiann_text": 39,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _mirror(mirror, monkeypatch):
    monkeypatch.setenv("XITT_MIRROR", str(mirror))


def check(rows, task: schema.Task, labels: tuple[str, ...]) -> None:
    """The columns of the kind, every label in range, every answer in its place."""
    assert rows.column_names == readers.schema(task.kind).names
    assert len(set(rows["id"])) == len(rows)
    if task.kind in ("classification", "choice"):
        assert set(rows["label"]) == set(range(len(labels)))
    if task.kind == "choice":
        assert {len(choices) for choices in rows["choices"]} == {len(labels)}
    if task.kind == "tagging":
        assert {tag for tags in rows["tags"] for tag in tags} <= set(range(len(labels)))
        assert all(len(row["tokens"]) == len(row["tags"]) > 0 for row in rows)
    if task.kind == "span":
        for row in rows:
            for text, start in zip(row["answers"], row["starts"], strict=True):
                assert row["context"][start : start + len(text)] == text
    if task.kind == "text":
        assert all(rows["text"])


@pytest.mark.parametrize("name", COUNTS)
def test_a_task_has_its_examples_in_its_form(name):
    task = registry.get(name)
    labels = examples.labels(name, "mirror")
    found = Counter()
    for split in task.splits:
        for lang in inventory.languages(name, split, "mirror"):
            whole = examples.load(name, lang, split, source="mirror")
            found[split] += len(whole)
            check(
                examples.load(name, lang, split, source="mirror", limit=200),
                task,
                labels,
            )
    assert dict(found) == COUNTS[name]


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_target_has_the_languages_that_the_mirror_has(name):
    split = "test" if "test" in registry.get(name).splits else "train"
    assert len(inventory.languages(name, split, "mirror")) == LANGUAGES[name]


def test_fifteen_languages_of_xnli_load_within_five_seconds():
    start = time.perf_counter()
    for split in ("validation", "test"):
        for lang in inventory.languages("xnli", split, "mirror"):
            examples.load("xnli", lang, split, source="mirror")
    assert time.perf_counter() - start < 5


def test_xnli_is_parallel_and_so_are_its_samples():
    samples = [
        examples.load("xnli", lang, "test", source="mirror", limit=300)
        for lang in ("en", "sw", "ur")
    ]
    assert samples[0]["id"] == samples[1]["id"] == samples[2]["id"]
    assert samples[0]["label"] == samples[1]["label"] == samples[2]["label"]
    assert Counter(examples.load("xnli", "en", "test", source="mirror")["label"]) == {
        0: 1670,
        1: 1670,
        2: 1670,
    }


def test_half_of_squad_v2_has_no_answer():
    rows = examples.load("squad_v2", "en", "train", source="mirror")
    empty = sum(not answers for answers in rows["answers"])
    assert empty == 4019
    assert all(bool(a) == bool(s) for a, s in zip(rows["answers"], rows["starts"]))


def test_no_borrowed_validation_question_is_scored_or_trained_on():
    validation = examples.load("xquad", "en", "validation", source="mirror")
    contexts = set(validation["context"])
    scored = examples.load("xquad", "en", "test", source="mirror")
    trained = examples.load("squad_v2", "en", "train", source="mirror")
    assert not contexts & set(scored["context"])
    assert not contexts & set(trained["context"])


def test_tydiqa_trains_on_english_alone_and_holds_out_what_it_validates_on():
    train = examples.load("tydiqa", "en", "train", source="mirror")
    held_out = examples.load("tydiqa", "en", "validation", source="mirror")
    assert all(i.startswith("english-") for i in train["id"])
    assert not set(train["context"]) & set(held_out["context"])
    swahili = examples.load("tydiqa", "sw", "test", source="mirror")
    assert len(swahili) == 499
    assert all(i.startswith("swahili-") for i in swahili["id"])
    with pytest.raises(UserError, match="no rows of tydiqa in 'de'"):
        examples.load("tydiqa", "de", "test", source="mirror")


def test_pos_tags_are_the_universal_ones():
    tags = examples.labels("udpos")
    rows = examples.load("udpos", "af", "test", source="mirror")
    first = [(word, tags[tag]) for word, tag in zip(rows[0]["tokens"], rows[0]["tags"])]
    assert first[:4] == [
        ("Verlede", "ADJ"),
        ("jaar", "NOUN"),
        ("het", "AUX"),
        ("ons", "PRON"),
    ]


def test_supertags_come_from_the_training_set():
    labels = examples.labels("ccg_pmb", "mirror")
    assert labels[0] == "<unseen>"
    assert len(labels) == 1 + 294
    rows = examples.load("ccg_pmb", "en", "validation", source="mirror")
    unseen = sum(tag == 0 for tags in rows["tags"] for tag in tags)
    assert unseen == 13  # of 7,361 tokens; no model can have them right


def test_the_bucc_sample_is_shared_between_threshold_and_score():
    tune = corpora.load_mining("bucc", "zh", "validation", source="mirror")
    score = corpora.load_mining("bucc", "zh", "test", source="mirror")
    assert len(tune.source) + len(score.source) == 8624
    assert len(tune.target) + len(score.target) == 13589
    assert len(tune.gold) + len(score.gold) == 257
    assert not set(tune.target_ids) & set(score.target_ids)
    for part in (tune, score):
        assert {source for source, _ in part.gold} <= set(part.source_ids)
        assert {target for _, target in part.gold} <= set(part.target_ids)


def test_tatoeba_pairs_each_language_with_english():
    rows = examples.load("tatoeba", "de", "test", source="mirror")
    assert rows[0]["source"] == "Maria sagte, sie wisse nicht, wo Tom sei."
    assert rows[0]["target"] == "Mary said she didn't know where Tom was."


def test_what_stands_in_is_said():
    assert "SNLI test stands in" in inventory.subset_note("anli_plus", "mirror")
    assert "1,499 rows, officially 49,401" in inventory.subset_note("paws_x", "mirror")
    assert "development set stand in for train" in inventory.subset_note(
        "paws_x", "mirror"
    )
    assert "MNLI: train 13,925 rows" in inventory.subset_note("xnli", "mirror")
    assert "official development set is scored" in inventory.subset_note(
        "mlqa", "mirror"
    )
    assert "Parallel Meaning Bank" in inventory.subset_note("ccg_pmb", "mirror")
    assert "halves" in inventory.subset_note("panx", "mirror")
    assert inventory.subset_note("hellaswag", "mirror") == ""
    for name in COUNTS:
        note = inventory.subset_note(name, "mirror")
        assert "\n" not in note
        assert len(set(note.split("; "))) == len(note.split("; "))


def test_each_task_s_data_has_a_revision_of_its_own():
    revisions = {name: inventory.revision(name, source="mirror") for name in COUNTS}
    assert len(set(revisions.values())) == len(revisions)
