"""Code-switching: which words, into what, where answers and tags stay, and stages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noisy import SENTENCES, dataset, pairs
from tiny_mirror import write

from xitt.data import pocket
from xitt.data.perturbations import dictionaries, switching, training
from xitt.errors import UserError

WORDS = {
    "de": [("the", "der"), ("dog", "Hund"), ("dog", "Köter"), ("sees", "sieht"),
           ("taxi", "Taxi"), ("new york", "neu york"), ("always", "immer noch")],
    "zh": [("dog", "狗"), ("book", "书"), ("bookshop", "书店"), ("I", "我")],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for lang, words in WORDS.items():
        rows = [{"source": english, "target": word} for english, word in words]
        write(tmp_path, f"local/cosda_dict/en-{lang}/train", rows)
    return tmp_path


def one(text: str, lang: str, into: list[str], folder, rate: float = 1.0) -> str:
    done = switching.apply(pairs(text), "classification", rate, lang, into, 13, folder)
    return done.rows[0]["text_a"]


def test_words_are_replaced_in_their_case_and_what_is_around_them_stays(folder):
    after = one("The dog (SEES) a cat.", "en", ["de"], folder)
    assert after in {"Der Hund (SIEHT) a cat.", "Der Köter (SIEHT) a cat."}


def test_a_word_that_is_spelt_alike_is_no_translation(folder):
    assert "taxi" not in dictionaries.load("en", "de", folder)
    assert dictionaries.load("en", "de", folder)["dog"] == ("Hund", "Köter")
    assert dictionaries.load("de", "en", folder)["hund"] == ("dog",)


def test_the_target_can_be_the_matrix_language(folder):
    assert one("Der Hund bellt.", "de", ["en"], folder) == "The Dog bellt."


def test_without_spaces_the_longest_known_word_is_switched_and_stands_apart(folder):
    assert one("我去书店买书。", "zh", ["en"], folder) == "I 去 bookshop 买 book。"


def test_languages_mix_word_by_word(folder):
    text = "dog " * 40
    after = one(text, "en", ["de", "zh"], folder).split()
    assert set(after) == {"Hund", "Köter", "狗"} and 10 < after.count("狗") < 30


def test_rate_share_and_coverage(folder):
    rows = pairs(*["the dog and the cat see a big red taxi"] * 200)
    for rate in (0, 0.25, 0.5, 0.75, 1):
        done = switching.apply(rows, "classification", rate, "en", ["de"], 13, folder)
        assert done.coverage == pytest.approx(0.3)
        assert done.share == pytest.approx(0.3 * rate, abs=0.02)
    assert done.changed == 200


def test_a_lower_rate_switches_some_of_the_words_of_a_higher_one(folder):
    text = "the dog sees the dog"
    low, high = (one(text, "en", ["de"], folder, rate) for rate in (0.5, 1.0))
    assert low != high != text
    assert all(a in (b, c) for a, b, c in zip(low.split(), text.split(), high.split()))


def test_a_translation_of_several_words_stays_one_token(folder):
    rows = dataset(
        "tagging", [{"tokens": ["Dogs", "always", "bark"], "tags": [1, 2, 3]}]
    )
    done = switching.apply(rows, "tagging", 1, "en", ["de"], 13, folder)
    assert done.rows[0]["tokens"] == ["Dogs", "immer noch", "bark"]
    assert done.rows[0]["tags"] == [1, 2, 3]


def test_answers_follow_their_words(folder):
    row = {"question": "what does it see", "context": "It sees the dog. The end.",
           "answers": ["the dog", "dog"], "starts": [8, 12]}  # fmt: skip
    done = switching.apply(dataset("span", [row]), "span", 1, "en", ["de"], 13, folder)
    after = done.rows[0]
    assert after["context"].startswith("It sieht der ")
    assert after["answers"][0] == f"der {after['answers'][1]}"
    for answer, start in zip(after["answers"], after["starts"]):
        assert after["context"][start : start + len(answer)] == answer


@settings(deadline=None, max_examples=40)
@given(st.data(), st.sampled_from(["zh", "ja", "de", "hi"]), st.floats(0, 1))
def test_every_answer_stands_where_it_says_in_the_pocket_languages(data, lang, rate):
    words = list(pocket.lexicon(lang).values())
    glue = "" if lang in ("zh", "ja") else " "
    chosen = data.draw(st.lists(st.sampled_from([*words, "xyz", "3"]), min_size=1))
    context = f"{glue.join(chosen)}. {SENTENCES[lang]}"
    start = data.draw(st.integers(0, len(context) - 1))
    end = data.draw(st.integers(start + 1, len(context)))
    row = {"question": "?", "context": context, "answers": [context[start:end]],
           "starts": [start]}  # fmt: skip
    done = switching.apply(
        dataset("span", [row]), "span", rate, lang, ["en"], 13, "pocket"
    )
    (answer,), (at,) = done.rows[0]["answers"], done.rows[0]["starts"]
    assert done.rows[0]["context"][at : at + len(answer)] == answer
    assert bool(answer.strip()) == bool(context[start:end].strip())


def test_the_two_texts_of_a_pair_can_be_in_two_languages():
    english, german = pairs("one", "two", "six"), pairs("eins", "zwei")
    english = english.map(lambda row: {"text_b": f"{row['text_a']}?"})
    mixed = switching.in_two_languages(german, english, "classification")
    assert mixed["text_a"] == ["eins", "zwei"] and mixed["text_b"] == ["one?", "two?"]
    other = german.map(lambda row: {"label": 1})
    with pytest.raises(
        UserError, match="item '0' has the labels 1 and 0; the two data"
    ):
        switching.in_two_languages(other, english, "classification")
    with pytest.raises(UserError, match="no item is in both"):
        switching.in_two_languages(german.select([1]), english.select([2]),
                                   "classification")  # fmt: skip
    with pytest.raises(UserError, match="unknown kind of task with two texts"):
        switching.in_two_languages(german, english, "tagging")


def test_a_question_can_be_in_another_language_than_its_context():
    rows = [{"question": q, "context": c, "answers": [c], "starts": [0]}
            for q, c in (("who", "Anna"), ("wer", "Änne"))]  # fmt: skip
    first, second = (dataset("span", [row]) for row in rows)
    (mixed,) = switching.in_two_languages(second, first, "span")
    assert (mixed["question"], mixed["answers"]) == ("who", ["Änne"])


# --- training data --------------------------------------------------------------------


def test_each_stage_switches_what_the_one_before_did_and_rarer_words(folder):
    rows = pairs("the dog sees it", *["the dog runs"] * 5, *["the cat"] * 5)
    stages = training.progressive(
        rows, "classification", ["de"], 13, rates=(1 / 3, 2 / 3, 1), source=folder
    )
    texts = [stage.rows[0]["text_a"].split() for stage in stages]
    assert texts[0] == ["der", "dog", "sees", "it"]
    assert texts[1][2:] == ["sees", "it"] and texts[1][1] in ("Hund", "Köter")
    assert texts[2] == ["der", texts[1][1], "sieht", "it"]
    shares = [stage.share for stage in stages]
    assert shares == sorted(shares)


def test_a_measure_of_relevance_decides_which_words_come_first(folder):
    rows = pairs("the dog sees it")
    (first, *_) = training.progressive(
        rows, "classification", ["de"], 13, rates=(1 / 3, 1), source=folder,
        relevance=lambda words: [0.0 if word == "sees" else 1.0 for word in words],
    )  # fmt: skip
    assert first.rows[0]["text_a"] == "the dog sieht it"


def test_some_training_texts_are_perturbed_and_the_others_stay():
    rows = pairs(*["An ordinary sentence of some words."] * 400)
    done = training.perturbed(rows, "classification", ["lower", "upper"], 1.0, 13)
    found = [done.rows["text_a"].count(text) for text in (
        "An ordinary sentence of some words.", "an ordinary sentence of some words.",
        "AN ORDINARY SENTENCE OF SOME WORDS.",
    )]  # fmt: skip
    assert sum(found) == 400 and found[0] == pytest.approx(200, abs=30)
    assert done.changed == found[1] + found[2] and done.rows["label"] == rows["label"]


# --- what is refused ------------------------------------------------------------------


def test_what_cannot_be_switched_is_refused_in_one_line(folder):
    def refused(message, rate=0.5, lang="en", into=("de",), source=folder):
        with pytest.raises(UserError, match=message) as error:
            switching.apply(pairs("a"), "classification", rate, lang, into, 13, source)
        assert "\n" not in str(error.value)

    refused("rate is a share from 0 to 1, not 2", rate=2)
    refused("no dictionary from 'de' into 'zh'", lang="de", into=["zh"])
    refused("no dictionary from 'en' into 'en'", into=["en"])
    refused(r"no file .*en-sw/train.parquet; put it there", into=["sw"])
    refused("into is a list of languages", into="de")
    refused("into is a list of languages", into=[])
    refused("unknown language 'xx'", into=["xx"])
    refused("the pocket suite is in .*, not in 'vi'", into=["vi"], source="pocket")
    with pytest.raises(UserError, match="rates rise from stage to stage"):
        training.progressive(pairs("a"), "classification", ["de"], 13, (0.5, 0.2))
    with pytest.raises(UserError, match="names is a list of perturbations"):
        training.perturbed(pairs("a"), "classification", [], 0.1, 13)


def test_the_pocket_suite_switches_with_its_own_lexicon():
    done = switching.apply(
        pairs("Anna bought a red apple in Cairo."), "classification", 1.0, "en",
        ["de"], 13, "pocket",
    )  # fmt: skip
    assert "Apfel" in done.rows[0]["text_a"] and "Kairo" in done.rows[0]["text_a"]
