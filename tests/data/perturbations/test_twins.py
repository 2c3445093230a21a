"""Noisy rows and the clean ones that they were made of."""

from __future__ import annotations

import pytest
from noisy import dataset

from xitt.data import examples
from xitt.data.perturbations import twins


def nli(*rows: tuple[str, str, int]):
    named = [dict(zip(("text_a", "text_b", "label"), row)) for row in rows]
    return dataset("classification", named)


def test_a_noisy_row_is_paired_with_the_nearest_clean_one_of_its_labels():
    clean = nli(
        ("The boats left early today.", "They left.", 0),
        ("The boats left early today.", "They left!", 1),
        ("Nobody knows where she lives.", "She lives in Rome.", 1),
        ("It rained for several days.", "It was dry.", 2),
    )
    noisy = nli(
        ("It raind for severl days.", "It was dry.", 2),
        ("The baots left early today.", "They left.", 1),
        ("Nobody knwos where she lives.", "She lives in Rome.", 0),
        ("Something else altogether is here.", "Not so.", 0),
    )
    found = twins.pair(noisy, clean, "classification")
    assert found.noisy["id"] == found.clean["id"] == ["0"]
    assert found.clean[0]["text_a"] == "It rained for several days."
    assert (found.unpaired, found.relabelled) == (1, 2)


def test_of_two_clean_rows_that_are_as_near_the_one_with_its_label_is_taken():
    clean = nli(("Same words here.", "So.", 0), ("Same words here.", "So.", 1))
    noisy = nli(("Same wrods here.", "So.", 1), ("Same wods here.", "So.", 0))
    found = twins.pair(noisy, clean, "classification")
    assert found.clean["label"] == [1, 0] and found.relabelled == 0


def test_tagged_sentences_are_paired_by_their_tokens():
    clean = dataset(
        "tagging", [{"tokens": ["Anna", "lives", "here"], "tags": [1, 0, 0]}]
    )
    noisy = dataset(
        "tagging", [{"tokens": ["Anna", "livse", "here"], "tags": [1, 0, 0]}]
    )
    found = twins.pair(noisy, clean, "tagging")
    assert found.clean[0]["tokens"] == ["Anna", "lives", "here"]


@pytest.mark.parametrize(("lang", "rows"), [("de", 658)])
def test_every_noisy_row_of_xnli_has_its_clean_one(mirror, lang, rows):
    noisy = examples.load("xnli_typos", lang, "test", source=mirror)
    clean = examples.load("xnli", lang, "test", source=mirror)
    found = twins.pair(noisy, clean, "classification")
    assert (len(found.noisy), found.unpaired, found.relabelled) == (rows, 0, 0)
    texts = list(zip(clean["text_a"], clean["text_b"]))
    place = {text: i for i, text in enumerate(texts)}
    order = [place[text] for text in zip(found.clean["text_a"], found.clean["text_b"])]
    assert order == sorted(order)  # the noisy rows are a part of the test set, in order


def test_the_noisy_and_switched_sets_of_the_mirror_are_read(mirror, monkeypatch):
    from xitt.data import inventory
    from xitt.tasks import registry

    monkeypatch.setenv("XITT_MIRROR", str(mirror))
    found = {
        name: {
            lang: inventory.size(name, lang, "test", "mirror")
            for lang in inventory.languages(name, "test", "mirror")
        }
        for name in registry.names("variant")
        if name != "multichecklist"  # of which the mirror has the templates
    }
    assert found == {
        "xnli_typos": {"en": 5010, "de": 658, "es": 687, "fr": 974, "hi": 3709},
        "panx_typos": {"de": 7922, "es": 7831, "fr": 7483, "hi": 795},
        "hinglish_nli": {"hi": 428},
        "hinglish_nli_hindi": {"hi": 428},
        "hinglish_nli_english": {"en": 428},
        "udpos_turkish_german": {"tr": 805},
        "udpos_frisian_dutch": {"nl": 400},
    }
    rows = examples.load("hinglish_nli", "hi", "test", source=mirror)
    assert set(rows["label"]) == {0, 2}  # entailment and contradiction
