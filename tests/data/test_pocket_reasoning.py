"""Causes, problems and schemas of the pocket suite: parallel, balanced, grammatical."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
import pytest

import xitt.data.pocket as pocket
from xitt.data import examples, inventory
from xitt.data.pocket import concepts, grammar, meanings
from xitt.data.pocket.meanings import SPLITS
from xitt.data.pocket.written import causes, problems, schemas, wording
from xitt.scoring.protocols import ranking, solving, tables
from xitt.tasks import registry

LANGUAGES = pocket.LANGUAGES
CORRECTED = tables.get("corrected")


def copa(lang: str, split: str = "test", n: int = 360) -> list[dict]:
    return causes.rows(lang, causes.items(Random(1), split, n))


def mgsm(lang: str, n: int = 330) -> list[dict]:
    return problems.rows(lang, problems.items(Random(1), "test", n))


def winograd(lang: str, n: int = 64) -> list[dict]:
    return schemas.rows(lang, schemas.items(Random(1), "test", n))


def pieces(lang: str, text: str) -> set[str]:
    """Words, or pairs of characters where none are written."""
    bare = re.sub(r"[^\w]", "" if lang in ("zh", "ja") else " ", text.lower())
    if lang in ("zh", "ja"):
        return {bare[i : i + 2] for i in range(len(bare) - 1)}
    return set(bare.split())


def accuracy(guesses: list[float], labels: list[int]) -> float:
    """Of guesses > 0 (the second choice), < 0 (the first) or 0 (half a point)."""
    points = [0.5 if g == 0 else float((g > 0) == y) for g, y in zip(guesses, labels)]
    return float(np.mean(points))


# --------------------------------------------------------------------- words and forms


def test_every_language_says_the_same_things():
    def keys(value: object) -> object:
        return {k: keys(v) for k, v in value.items()} if isinstance(value, dict) else ""

    english = wording.words("en")
    files = {path.stem for path in wording.FOLDER.glob("*.yaml")}
    assert files == set(LANGUAGES)
    assert set(schemas.spoken()) == {"en", "ja", "ru", "zh"}
    for lang in LANGUAGES:
        said = wording.words(lang)
        for part in ("causes", "problems"):
            assert keys(said[part]) == keys(english[part]), lang
        for kind, text in said["problems"].items():
            slots = [
                sorted(set(re.findall(r"\{(\w+)\}", t)))
                for t in (text, english["problems"][kind])
            ]
            assert slots[0] == slots[1], (lang, kind)
        told = [side for pair in said["causes"].values() for side in pair]
        assert len(set(told)) == len(told) == 48
    assert set(english["problems"]) == set(problems.KINDS)
    assert set(english["causes"]) == {p for some in causes.PAIRS.values() for p in some}


@pytest.mark.parametrize(("lang", "him", "her"), [
    ("en", "He forgot the umbrella.", "Anna forgot the umbrella."),
    ("de", "Er vergaß den Schirm.", "Anna vergaß den Schirm."),
    ("es", "Olvidó el paraguas.", "Anna olvidó el paraguas."),
    ("ru", "Он забыл зонт.", "Анна забыла зонт."),
    ("tr", "Şemsiyesini unuttu.", "Anna şemsiyesini unuttu."),
    ("sw", "Alisahau mwavuli.", "Anna alisahau mwavuli."),
    ("zh", "他忘了带伞。", "安娜忘了带伞。"),
    ("ja", "彼は傘を忘れた。", "アンナは傘を忘れた。"),
    ("hi", "वह छाता भूल गया।", "अन्ना छाता भूल गई।"),
    ("ar", "نسي المظلة.", "نسيت آنا المظلة."),
])  # fmt: skip
def test_a_sentence_agrees_with_a_man_and_with_a_woman(lang, him, her):
    text = wording.words(lang)["causes"]["umbrella"][0]
    assert wording.say(lang, text, "david", pronoun=True) == him
    assert wording.say(lang, text, "anna") == her


def test_a_turkish_i_keeps_its_dot():
    text = wording.words("tr")["causes"]["night"][1]
    assert wording.say("tr", text, "anna", pronoun=True) == "İş yerinde uyuyakaldı."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_of_a_template_is_left_in_a_sentence(lang):
    texts = [v for row in copa(lang) for v in row.values() if isinstance(v, str)]
    texts += [row["question"] for row in mgsm(lang)]
    assert not [text for text in texts if re.search(r"[{}\[\]|]|  |^ | $", text)]
    sentences = [row["premise"] for row in copa(lang)]
    assert all(text[-1] in ".。।" and not text[0].islower() for text in sentences)


# ------------------------------------------------------------------------------ causes


@pytest.mark.parametrize("split", SPLITS)
def test_four_questions_say_each_sentence_once_right_and_once_wrong(split):
    some = causes.items(Random(3), split, 120)
    assert len(some) == len(set(some)) == 120
    assert Counter(item.asked for item in some) == {"cause": 60, "effect": 60}
    right = Counter((i.asked, i.person, i.choices, i.premise) for i in some)
    for (asked, person, choices, premise), times in right.items():
        (other,) = set(choices) - {premise}
        assert right[asked, person, choices, other] == times
    labels = [row["label"] for row in copa("en", split, 120)]
    assert sum(labels) == 60


def test_no_pair_is_in_two_splits_and_the_train_set_has_an_end():
    for one, two in combinations(causes.PAIRS.values(), 2):
        assert not set(one) & set(two)
    every = causes.items(Random(3), "validation", 10_000)
    assert len(every) == len(set(every)) == 15 * 40 * 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_grammar_of_the_suite_says_the_same(lang):
    """Else a sentence of the test set might be in the training set of another task."""
    events = [
        meanings.Event(meanings.NP("anna"), verb, meanings.NP(noun, definite=definite))
        for verb, (patients, _) in concepts.VERBS.items()
        for noun in patients
        for definite in (True, False)
    ]
    states = [meanings.State("anna", state) for state in concepts.STATES]
    said = {grammar.realise(lang, some).text for some in (*events, *states)}
    told = [side for pair in wording.words(lang)["causes"].values() for side in pair]
    assert not said & {wording.say(lang, text, "anna") for text in told}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_neither_choices_nor_lengths_nor_words_in_common_tell_the_answer(lang):
    rows = copa(lang, n=1800)
    labels = [row["label"] for row in rows]
    assert np.mean(labels) == 0.5

    def common(row: dict, name: str) -> int:
        return len(pieces(lang, row["premise"]) & pieces(lang, row[name]))

    longer = [len(row["choice2"]) - len(row["choice1"]) for row in rows]
    overlap = [common(row, "choice2") - common(row, "choice1") for row in rows]
    right = Counter(
        word
        for row in copa(lang, "test", 1800)
        for word in pieces(lang, row[f"choice{1 + row['label']}"])
    )
    words = [
        sum(right[w] for w in pieces(lang, row["choice2"]))
        - sum(right[w] for w in pieces(lang, row["choice1"]))
        for row in rows
    ]
    assert accuracy(longer, labels) == 0.5
    assert accuracy(words, labels) == 0.5  # even where the test set itself is known
    assert 0.4 < accuracy(overlap, labels) < 0.6


def test_rows_are_parallel_and_numbered_apart_from_the_published_ones():
    english = copa("en", n=64)
    assert min(row["idx"] for row in english) >= 1000
    for lang in LANGUAGES:
        for row, other in zip(copa(lang, n=64), english, strict=True):
            assert all(row[k] == other[k] for k in ("question", "label", "idx"))


# ---------------------------------------------------------------------------- problems


def hand(kind: str, *numbers: int) -> int:
    return problems.Item(kind, numbers, "anna").answer


def test_answers_are_hand_worked():
    assert hand("eggs", 70, 6) == 64
    assert hand("pages", 30, 6) == 180
    assert hand("share", 9, 90) == 10
    assert hand("pens", 5, 3, 10) == 53
    assert hand("bus", 16, 7, 8) == 17
    assert hand("stamps", 19, 3) == 76
    assert hand("boxes", 75, 9, 8) == 1275
    assert hand("bicycle", 78, 9, 479) == 223
    assert hand("tank", 195, 10, 5) == 145
    assert hand("trees", 7, 58, 10, 49) == 445
    assert hand("bakery", 50, 18, 2, 58) == 78


def test_problems_are_of_all_kinds_and_their_answers_are_not_in_the_text():
    some = problems.items(Random(5), "test", 330)
    assert len({item[:2] for item in some}) == 330
    assert min(Counter(item.kind for item in some).values()) >= 20
    assert {kind.steps for kind in problems.KINDS.values()} == {1, 2, 3}
    for item in some:
        assert item.answer == int(item.answer) > 1 and item.answer not in item.numbers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_says_the_numbers_of_english(lang):
    for row, english in zip(mgsm(lang, 110), mgsm("en", 110), strict=True):
        said = [sorted(re.findall(r"\d+", r["question"])) for r in (row, english)]
        # Chinese and Japanese write what is one with a digit, or not at all
        assert [n for n in said[0] if n != "1"] == said[1]
        assert row["answer_number"] == english["answer_number"]


def test_every_number_of_a_russian_and_an_arabic_text_takes_one_form():
    for n in (*problems.FEW, *problems.MANY, *problems.HUNDREDS):
        assert n % 100 in range(5, 21) or n % 10 in (0, 5, 6, 7, 8, 9)
    for n in (*problems.MANY, *problems.HUNDREDS):
        assert 11 <= n % 100 <= 99
    assert set(problems.FEW) <= set(range(3, 11))
    assert set(problems.TIMES) <= {2, 3, 4} & set(range(3, 11))


# ----------------------------------------------------------------------------- schemas


@pytest.mark.parametrize("lang", schemas.spoken())
def test_schemas_come_in_twins_that_one_phrase_tells_apart(lang):
    rows = winograd(lang)
    assert len({row["sentence"] for row in rows}) == 64
    for one, two in zip(rows[::2], rows[1::2], strict=True):
        assert (one["answer"], two["answer"]) == ("1", "2")
        assert [one[k] for k in ("option1", "option2")] == [
            two[k] for k in ("option1", "option2")
        ]
        (before, after), (same, other) = (r["sentence"].split("_") for r in (one, two))
        assert before == same and after != other


def test_the_nouns_of_a_schema_are_two():
    some = schemas.items(Random(1), "test", 10_000)
    assert len(set(some)) == len(some) == 2 * (16 + 12 + 4 * 20)
    assert {item.frame for item in schemas.items(Random(1), "test", 64)} >= {"carries"}
    for lang in schemas.spoken():
        said = wording.words(lang)["schemas"]
        for row in schemas.rows(lang, some):
            assert row["option1"] != row["option2"]
        assert [len(said[k]) for k in ("things", "holders", "people")] == [4, 4, 5]


# ------------------------------------------------------------ read, and asked of models


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pocket") / "suite"
    sizes = {"train": 8, "validation": 4, "test": 4}
    return pocket.write(folder, seed=13, sizes=sizes)


def test_one_loader_reads_them_in_every_language(suite):
    assert set(inventory.languages("xcopa", "test", suite)) == set(LANGUAGES)
    assert set(inventory.languages("xcopa", "validation", suite)) == set(LANGUAGES)
    assert inventory.languages("xcopa", "train", suite) == ["en"]
    assert set(inventory.languages("mgsm", "test", suite)) == set(LANGUAGES)
    assert inventory.languages("xwinograd", "test", suite) == ["en", "ja", "ru", "zh"]
    for task in ("xcopa", "mgsm", "xwinograd"):
        for lang in inventory.languages(task, "test", suite):
            assert len(examples.load(task, lang, "test", source=suite)) == 64
    assert len(examples.load("xcopa", "hi", "validation", source=suite)) == 4
    (row, *_) = examples.load("xwinograd", "ja", "test", source=suite)
    assert "_" in row["sentence"] and row["label"] == 0


@pytest.mark.parametrize(("lang", "cause", "effect"), [
    ("en", "Anna got wet in the rain because| she forgot the umbrella.",
     "Anna forgot the umbrella so| she got wet in the rain."),
    ("de", "Anna wurde im Regen nass, denn| sie vergaß den Schirm.",
     "Anna vergaß den Schirm. Die Folge:| sie wurde im Regen nass."),
    ("es", "Anna se mojó bajo la lluvia porque| olvidó el paraguas.",
     "Anna olvidó el paraguas, así que| se mojó bajo la lluvia."),
    ("ru", "Анна промокла под дождем, потому что| она забыла зонт.",
     "Анна забыла зонт, поэтому| она промокла под дождем."),
    ("tr", "Anna yağmurda ıslandı, çünkü| şemsiyesini unuttu.",
     "Anna şemsiyesini unuttu, bu yüzden| yağmurda ıslandı."),
    ("sw", "Anna alilowa kwa mvua kwa sababu| alisahau mwavuli.",
     "Anna alisahau mwavuli, kwa hiyo| alilowa kwa mvua."),
    ("zh", "安娜被雨淋湿了，因为|她忘了带伞。", "安娜忘了带伞，所以|她被雨淋湿了。"),
    ("ja", "アンナは雨でぬれた。なぜなら、|彼女は傘を忘れた。",
     "アンナは傘を忘れた。そのため、|彼女は雨でぬれた。"),
    ("hi", "अन्ना बारिश में भीग गई क्योंकि| वह छाता भूल गई।",
     "अन्ना छाता भूल गई, इसलिए| वह बारिश में भीग गई।"),
    ("ar", "ابتلت آنا تحت المطر، إذ| نسيت المظلة.",
     "نسيت آنا المظلة، لذلك| ابتلت تحت المطر."),
])  # fmt: skip
def test_a_protocol_asks_in_every_language_for_what_the_row_asks(lang, cause, effect):
    items = [
        causes.Item(side, "umbrella", ("umbrella", "keys"), "anna")
        for side in causes.SIDES
    ]
    rows = [
        {"id": str(row["idx"]), "text_a": row["premise"], "question": row["question"],
         "choices": [row["choice1"], row["choice2"]]}
        for row in causes.rows(lang, items)
    ]  # fmt: skip
    asked = ranking.choice(registry.get("xcopa"), CORRECTED, "test", lang, rows)
    said = ["|".join(question.requests[0]) for question in asked]
    assert said == [cause, effect]


def test_a_protocol_asks_for_a_number_in_every_language(suite):
    task, prompts = registry.get("mgsm"), set()
    for lang in LANGUAGES:
        rows = list(examples.load("mgsm", lang, "test", source=suite))
        (first, *_) = solving.math(task, CORRECTED, "test", lang, rows)
        rules = CORRECTED.rules(task, lang)
        right = solving.solution(first.answer.continuation, rows[0]["answer"], 0, rules)
        assert right.throughout
        prompts.add(rules["question"])
    assert len(prompts) == len(LANGUAGES)
