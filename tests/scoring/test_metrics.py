"""Scores against hand-worked examples, seqeval and bad input."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xitt.errors import UserError
from xitt.scoring.metrics import as_evaluate, named

UPOS = ["ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART",
        "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"]  # fmt: skip
IOB2 = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def chunks(predicted: str, gold: str) -> dict[str, float]:
    """chunk_f1 of sentences written as tags, one sentence a line."""
    sides = [[line.split() for line in side.split("/")] for side in (predicted, gold)]
    return named.get("chunk_f1").compute(*sides)


# ------------------------------------------------------------------------- accuracy


def test_three_right_of_four_are_75_points():
    assert named.get("accuracy").compute([0, 2, 1, 1], [0, 2, 1, 0]) == {
        "accuracy": 75.0
    }


def test_labels_may_be_names():
    found = named.get("accuracy").compute(["yes", "no"], ["yes", "yes"])
    assert found == {"accuracy": 50.0}


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ([], [], "no references"),
        ([0], [0, 1], "1 predictions for 2 references"),
        (
            [0, 3],
            [0, 1],
            "prediction 1 is 3, which is no label; labels count from 0 to 2",
        ),
        ([0, 1], [0, -1], "reference 1 is -1"),
        ([0.0, math.nan], [0, 1], "prediction 1 is nan"),
        ([0.5, 1.0], [0, 1], "prediction 0 is 0.5"),
        (
            ["a", "d"],
            ["a", "b"],
            "prediction 1 is 'd', which is no label; known: a, b, c",
        ),
        ([0, 1], ["a", "b"], "of two kinds"),
        ([None, 1], [0, 1], "neither a whole number nor a string"),
        ([[0], [1]], [0, 1], "must be one label each"),
    ],
)
def test_labels_that_cannot_be_scored_are_refused(predictions, references, message):
    with pytest.raises(UserError, match=message) as error:
        named.get("accuracy").compute(predictions, references, labels=("a", "b", "c"))
    assert "\n" not in str(error.value)


def test_placeholder_test_labels_are_refused():
    with pytest.raises(UserError, match="all 20 reference labels are 0: placeholders"):
        named.get("accuracy").compute([0] * 20, [0] * 20)
    with pytest.raises(UserError, match="placeholders"):
        named.get("chunk_f1").compute([["NOUN"]] * 20, [["NOUN"]] * 20)
    with pytest.raises(UserError, match="placeholders"):
        named.get("squad").compute(["x"] * 20, [["x"]] * 20)
    assert named.get("accuracy").compute([0] * 19, [0] * 19) == {"accuracy": 100.0}


def test_an_unknown_metric_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match="did you mean 'chunk_f1'"):
        named.get("chunk-f1")


# -------------------------------------------------------------------------- tagging


def test_one_wrong_tag_of_six_scores_72_7_where_it_joins_its_neighbour():
    # Gold has six chunks; NOUN NOUN becomes one, so that four of the five are right:
    # 2 * 4 / (5 + 6).
    found = chunks("DET NOUN NOUN DET ADJ NOUN", "DET NOUN VERB DET ADJ NOUN")
    assert found["f1"] == pytest.approx(100 * 8 / 11)
    assert found["token_accuracy"] == pytest.approx(100 * 5 / 6)


def test_one_wrong_tag_of_six_scores_57_1_where_it_ends_a_run():
    # Gold chunks: NOUN x 3, VERB, ADJ x 2. Predicted: NOUN x 2, PROPN, VERB, ADJ x 2.
    # Two are right: 2 * 2 / (4 + 3).
    found = chunks("NOUN NOUN PROPN VERB ADJ ADJ", "NOUN NOUN NOUN VERB ADJ ADJ")
    assert found["f1"] == pytest.approx(100 * 4 / 7)
    assert found["precision"] == 50.0
    assert found["recall"] == pytest.approx(100 * 2 / 3)
    assert found["token_accuracy"] == pytest.approx(100 * 5 / 6)


def test_entities_count_only_with_both_ends_and_the_type_right():
    # Right: PER. Wrong: ORG too short, LOC taken for ORG. 2 * 1 / (3 + 3).
    found = chunks(
        "B-PER I-PER O B-ORG O / B-ORG O", "B-PER I-PER O B-ORG I-ORG / B-LOC O"
    )
    assert found["f1"] == pytest.approx(100 / 3)
    assert found["token_accuracy"] == pytest.approx(100 * 5 / 7)


def test_seqeval_takes_cconj_for_sconj_and_the_rule_of_2020_does_not():
    found = chunks("NOUN SCONJ VERB", "NOUN CCONJ VERB")
    assert found["f1"] == 100.0
    assert found["f1_whole_tags"] == pytest.approx(100 * 2 / 3)


def test_seqeval_does_not_see_an_x_that_ends_a_sentence():
    # Right: DET, X, NOUN of 4 gold and 3 predicted chunks by whole tags; today the X at
    # the end is no chunk, and both sides have the other three.
    found = chunks("DET X NOUN NOUN", "DET X NOUN X")
    assert found["f1"] == pytest.approx(100 * 4 / 6)
    assert found["f1_whole_tags"] == pytest.approx(100 * 4 / 7)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_chunk_f1_is_that_of_seqeval_on_any_tags(data):
    from seqeval.metrics import f1_score, precision_score, recall_score

    tags = data.draw(st.sampled_from([[*UPOS, "O", "_", "."], IOB2]))
    tag = st.sampled_from(tags)
    gold = data.draw(
        st.lists(st.lists(tag, min_size=1, max_size=7), min_size=1, max_size=6)
    )
    flip = st.one_of(st.none(), st.none(), tag)
    predicted = [[data.draw(flip) or right for right in sentence] for sentence in gold]
    found = named.get("chunk_f1").compute(predicted, gold)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tags that are none of IOB2
        for name, score in (
            ("f1", f1_score),
            ("precision", precision_score),
            ("recall", recall_score),
        ):
            assert found[name] == pytest.approx(100 * score(gold, predicted))
        if tags is IOB2:
            assert found["f1_whole_tags"] == pytest.approx(found["f1"])
        elif not any(odd in s for s in (*gold, *predicted) for odd in "_."):
            # seqeval reads the whole tag as the type where it follows a hyphen.
            whole = [
                [[t if t == "O" else f"{t[0]}-{t}" for t in s] for s in side]
                for side in (gold, predicted)
            ]
            assert found["f1_whole_tags"] == pytest.approx(100 * f1_score(*whole))


def test_tags_may_be_numbers_with_their_names():
    gold, predicted = [[0, 1, 2]], [[0, 1, 1]]
    names = named.get("chunk_f1").compute([["A", "V", "V"]], [["A", "V", "N"]])
    assert named.get("chunk_f1").compute(predicted, gold, labels="AVN") == names
    assert named.get("token_accuracy").compute(predicted, gold, labels="AVN") == {
        "token_accuracy": pytest.approx(200 / 3)
    }


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ([["A"]], [["A", "N"]], "sentence 0 has 1 predicted tags for 2 tokens"),
        ([["A"], []], [["A"], []], "sentence 1 has no tokens"),
        ([["A"]], [["Q"]], "reference tag 'Q' is no label; known: 0 to 1, A, N"),
        ([[2]], [[0]], "predicted tag 2 is no label"),
        ([[-100]], [[0]], "predicted tag -100 is no label"),
        ([[math.nan]], [[0]], "predicted tag nan is no label"),
        ([[0.5]], [[0]], "predicted tag 0.5 is no label"),
    ],
)
def test_tags_that_cannot_be_scored_are_refused(predictions, references, message):
    with pytest.raises(UserError, match=message):
        named.get("chunk_f1").compute(predictions, references, labels=["A", "N"])


def test_numbers_without_their_names_are_no_tags():
    with pytest.raises(UserError, match="give names, or numbers with their `labels`"):
        named.get("chunk_f1").compute([[1]], [[1]])


# ------------------------------------------------------------------------- questions


def test_squad_ignores_case_articles_and_ascii_punctuation():
    found = named.get("squad").compute(["The Eiffel-Tower!"], [["eiffeltower"]])
    assert found == {"score": 100.0, "f1": 100.0, "em": 100.0}


def test_squad_f1_counts_shared_tokens_and_takes_the_best_answer():
    # "in 1889 paris" has 2 of its 3 tokens in "paris in": precision 2/3, recall 1.
    found = named.get("squad").compute(["in 1889 Paris"], [["London", "Paris, in"]])
    assert found["f1"] == pytest.approx(80.0)
    assert found["em"] == 0.0
    assert found["score"] == pytest.approx(40.0)


def test_repeated_tokens_count_as_often_as_both_have_them():
    # Shared: one "no". 2 * 1 / (3 + 1).
    assert named.get("squad").compute(["no no no"], [["no"]])["f1"] == 50.0


def test_a_question_without_answer_is_right_only_if_nothing_is_predicted():
    counts = named.get("squad").counts(["", "Paris", "the"], [[], [], []])
    assert counts.tolist() == [[1, 1, 1], [0, 0, 1], [1, 1, 1]]


def test_an_answer_is_missed_by_predicting_none():
    assert named.get("squad").compute([""], [["Paris"]])["score"] == 0.0


@pytest.mark.parametrize(
    ("lang", "prediction", "gold", "f1"),
    [
        ("de", "der Eiffelturm", "Eiffelturm", 100.0),
        ("de", "the Eiffelturm", "Eiffelturm", 200 / 3),  # English articles stay
        ("es", "la torre", "torre", 100.0),
        ("vi", "những tháp", "tháp", 100.0),
        ("ar", "البيت", "بيت", 100.0),  # the article is a prefix
        ("hi", "एक घर।", "एक घर", 100.0),  # the danda is Unicode punctuation
        ("ru", "«Москва»", "москва", 100.0),  # none of MLQA's: no articles
        ("zh", "北京大学", "北京", 200 / 3),  # characters: 2 * 2 / (4 + 2)
        ("zh", "iPhone手机", "iphone", 50.0),  # iphone 手 机: 2 * 1 / (3 + 1)
    ],
)
def test_mlqa_normalises_by_the_language(lang, prediction, gold, f1):
    found = named.get("mlqa").compute([prediction], [[gold]], lang=lang)
    assert found["f1"] == pytest.approx(f1)
    assert found["em"] == (100.0 if f1 == 100 else 0.0)


def test_squad_keeps_what_only_mlqa_removes():
    assert named.get("squad").compute(["«Москва»"], [["Москва"]])["em"] == 0.0
    assert named.get("squad").compute(["der Turm"], [["Turm"]])["em"] == 0.0


@pytest.mark.parametrize("lang", ["", "eng", "de-DE"])
def test_mlqa_asks_for_the_code_of_the_language(lang):
    with pytest.raises(UserError, match="no ISO 639-1 code"):
        named.get("mlqa").compute(["x"], [["x"]], lang=lang)


def test_answers_of_the_wrong_type_are_refused():
    with pytest.raises(UserError, match="answers of question 0 are 'Paris'"):
        named.get("squad").compute(["Paris"], ["Paris"])
    with pytest.raises(UserError, match="prediction 0 is None"):
        named.get("squad").compute([None], [["Paris"]])


# ---------------------------------------------------------------------------- bitext


def test_mining_f1_counts_pairs():
    # Two extracted, one right, three gold: precision 1/2, recall 1/3, F1 2/5.
    gold = [("s1", "t1"), ("s2", "t2"), ("s3", "t3")]
    found = named.get("mining_f1").compute([("s1", "t1"), ("s2", "t9")], gold)
    assert found["f1"] == pytest.approx(40.0)
    assert found["precision"] == pytest.approx(50.0)
    assert found["recall"] == pytest.approx(100 / 3)


def test_mining_counts_have_a_row_for_every_source_sentence():
    counts = named.get("mining_f1").counts(
        [("b", "t1")], [("b", "t1"), ("c", "t2")], sources=["a", "b", "c"]
    )
    assert counts.tolist() == [[0, 0, 0], [1, 1, 1], [0, 0, 1]]


def test_extracting_nothing_scores_0():
    assert named.get("mining_f1").compute([], [("s", "t")])["f1"] == 0.0


def test_mining_without_gold_or_with_foreign_ids_is_refused():
    with pytest.raises(UserError, match="no gold pairs"):
        named.get("mining_f1").compute([("s", "t")], [])
    with pytest.raises(UserError, match="unknown source id 's9'"):
        named.get("mining_f1").counts([("s9", "t")], [("s", "t")], sources=["s"])


# -------------------------------------------------------------------------- evaluate

CASES = [
    ("accuracy", [0, 1, 1], [0, 1, 0], {}),
    ("accuracy", ["a", "b"], ["a", "a"], {}),
    ("token_accuracy", [["DET", "NOUN"]], [["DET", "VERB"]], {}),
    ("chunk_f1", [["DET", "NOUN"], ["X"]], [["DET", "VERB"], ["X"]], {}),
    ("chunk_f1", [[0, 1]], [[1, 1]], {"labels": ["O", "B-PER"]}),
    ("squad", ["in Paris", ""], [["Paris"], []], {}),
    ("mlqa", ["der Turm"], [["Turm"]], {"lang": "de"}),
    ("retrieval_accuracy", [0, 2, 2], [0, 1, 2], {}),
]


@pytest.mark.parametrize(("name", "predictions", "references", "options"), CASES)
def test_evaluate_gives_the_numbers_of_the_counts(
    name, predictions, references, options
):
    expected = named.get(name).compute(predictions, references, **options)
    metric = as_evaluate.load(name)
    given_at_once = metric.compute(
        predictions=predictions, references=references, **options
    )
    assert given_at_once == expected
    metric.add_batch(predictions=predictions, references=references)
    assert metric.compute(**options) == expected


def test_evaluate_scores_mining_as_one_example():
    predicted, gold = [("s1", "t1")], [("s1", "t1"), ("s2", "t2")]
    metric = as_evaluate.load("mining_f1")
    assert metric.compute(predictions=[predicted], references=[gold]) == (
        named.get("mining_f1").compute(predicted, gold)
    )
    with pytest.raises(UserError, match="one language at a time, not 2"):
        metric.compute(predictions=[predicted] * 2, references=[gold] * 2)


def test_evaluate_gives_no_number_for_bad_input():
    with pytest.raises(UserError, match="2 predictions for 1 references"):
        as_evaluate.load("accuracy").compute(predictions=[0, 1], references=[0])


def test_every_metric_has_its_headline_among_its_scores():
    for name, metric in named.METRICS.items():
        assert metric.name == name
        assert metric.headline in metric.scores(np.ones(len(metric.columns)))


def test_importing_the_metrics_loads_no_heavy_library():
    import subprocess
    import sys

    heavy = "torch datasets evaluate pandas sklearn seqeval scipy"
    code = (
        "import sys; from xitt.analysis import estimates; "
        "from xitt.scoring import retrieval; from xitt.scoring.metrics import named; "
        f"print([m for m in '{heavy}'.split() if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
