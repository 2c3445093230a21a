"""Scores of a causal model, by log-likelihoods and texts that are given."""

from __future__ import annotations

import logging

import pytest

from xitt.errors import UserError
from xitt.scoring.causal import causal_evaluation, generation, likelihood
from xitt.scoring.causal.likelihood import Likelihood
from xitt.tasks import registry

ROW = {"id": "0", "text_a": "It fell.", "question": "cause", "label": 0,
       "choices": ["It slipped.", "It was the wind that blew."]}  # fmt: skip
HOW = {"token_budget": 64, "precision": "fp32", "draws": 5}


class Rows(list):
    """Rows that give a column by its name, as a Dataset does."""

    def __getitem__(self, key):
        return [row[key] for row in self] if isinstance(key, str) else super()[key]


@pytest.fixture
def model(monkeypatch):
    """Answers that are set: `likely` by continuation, `written` by prompt."""
    set_ = {"likely": {}, "written": {}, "requests": []}

    def score(model, tokenizer, requests, *, token_budget, precision, folder):
        set_["requests"] += requests
        value = set_["likely"].get
        return [Likelihood(value(r.continuation, -9.0), 3, False) for r in requests]

    def generate(model, tokenizer, prompts, *, max_new_tokens, stops, **_):
        return [[set_["written"].get(prompt, "")] for prompt in prompts]

    monkeypatch.setattr(likelihood, "score", score)
    monkeypatch.setattr(generation, "generate", generate)
    return set_


def scored(task: str, rows: dict, protocol: str = "corrected", **more):
    parts = {("test", lang): Rows(some) for lang, some in rows.items()}
    return causal_evaluation.score(
        registry.get(task), None, None, parts, protocol=protocol, **HOW, **more
    )


def test_the_likeliest_choice_is_the_answer_by_sum_by_character_and_by_byte(model):
    model["likely"] = {" it slipped.": -4.0, " it was the wind that blew.": -5.0}
    found = scored("xcopa", {"en": [ROW]})
    summary = found.scores["test"]["en"]
    assert summary["accuracy"] == 100.0
    assert summary["acc_norm"] == summary["acc_bytes"] == 0.0  # -4 / 11 < -5 / 26
    assert (summary["n"], summary["chance"]) == (1, 50.0)
    assert summary["protocol"] == "corrected@1"
    assert found.predictions == {("test", "en"): [0]}


def test_languages_are_asked_in_one_pass_and_scored_apart(model):
    model["likely"] = {" it slipped.": -1.0}
    rows = {"en": [ROW], "et": [{**ROW, "label": 1}]}
    found = scored("xcopa", rows).scores["test"]
    assert len(model["requests"]) == 4
    assert (found["en"]["accuracy"], found["et"]["accuracy"]) == (100.0, 0.0)


def test_equal_endings_are_counted_and_share_the_credit(model, caplog):
    caplog.set_level(logging.WARNING, logger="xitt")
    row = {**ROW, "choices": ["It slipped.", "It slipped."]}
    found = scored("xcopa", {"en": [row, ROW]}).scores["test"]["en"]
    assert found["equal_endings"] == 1
    assert "1 of 2 questions have two choices alike" in caplog.text
    assert found["accuracy"] == 50.0  # half of the first, half of two likelihoods alike
    harness = scored("xcopa", {"en": [row]}, "lm-eval").scores["test"]["en"]
    assert harness["accuracy"] == 100.0  # the first of equal ones


def test_a_likelihood_that_is_no_number_is_an_error(model):
    model["likely"] = {" it slipped.": float("nan")}
    with pytest.raises(UserError, match=r"question 0 has a log-likelihood of .*nan"):
        scored("xcopa", {"en": [ROW]})


def test_a_task_of_classification_is_asked_in_the_words_of_a_template(model):
    row = {"id": "0", "text_a": "A man runs.", "text_b": "He rests.", "label": 2}
    with pytest.raises(UserError, match=r"xnli is a task of classification.*template"):
        scored("xnli", {"en": [row]})
    model["likely"] = {" no": -1.0}

    def verbalise(row, lang):
        return f"{row['text_a']} {lang}?", (" yes", " or", " no")

    found = scored("xnli", {"en": [row]}, verbalise=verbalise)
    summary = found.scores["test"]["en"]
    assert (summary["accuracy"], summary["chance"]) == (100.0, 33.3333)
    assert model["requests"][0].context == "A man runs. en?"


def test_twins_of_a_schema_are_drawn_together(model):
    model["likely"] = {" feared it.": -1.0}
    one = {"id": "0", "sentence": "Ann met Bob; _ feared it.", "label": 0,
           "choices": ["Ann", "Bob"]}  # fmt: skip
    twin = {**one, "choices": ["bob", "Ann"]}
    alone = {**one, "choices": ["Eve", "Bob"]}
    names = [causal_evaluation._cluster(r["choices"]) for r in (one, twin, alone)]
    assert names[0] == names[1] != names[2]
    assert (
        scored("xwinograd", {"en": [one, twin, alone]}).scores["test"]["en"]["n"] == 3
    )


def test_problems_are_scored_by_what_is_written_and_by_how_likely_the_answer_was(model):
    rows = [
        {"id": "0", "question": "2 + 3?", "answer": "5"},
        {"id": "1", "question": "2 + 4?", "answer": "6"},
    ]
    model["written"] = {"Question: 2 + 3?\nAnswer:": " 5 apples"}
    model["likely"] = {" 5": -2.0, " 6": -4.0}
    found = scored("mgsm", {"en": rows})
    summary = found.scores["test"]["en"]
    assert {name: summary[name] for name in ("solved", "strict", "unparsed")} == {
        "solved": 50.0, "strict": 0.0, "unparsed": 50.0
    }  # fmt: skip
    assert (summary["answer_loglikelihood"], summary["chance"]) == (-3.0, 0.0)
    assert found.predictions["test", "en"] == [" 5 apples", ""]


def test_scores_by_two_protocols_stand_in_one_entry(model):
    model["likely"] = {" it slipped.": -1.0, "  it slipped.": -1.0}
    main = scored("xcopa", {"en": [ROW]})
    other = scored("xcopa", {"en": [ROW]}, "lm-eval")
    both = causal_evaluation.beside(main, {"lm-eval": other}).scores["test"]["en"]
    assert both["protocol"] == "corrected@1"
    assert both["protocols"]["lm-eval"]["protocol"] == "lm-eval@0.4.13"


def test_a_kind_that_is_not_asked_is_an_error():
    with pytest.raises(UserError, match="unknown kind of task to answer: 'tagging'"):
        scored("udpos", {"en": []})
