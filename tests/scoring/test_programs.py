"""From a problem to a prompt, from a text to a program, from programs to pass@k."""

from __future__ import annotations

import itertools
import logging
from math import comb
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xitt import paths
from xitt.errors import UserError
from xitt.scoring.metrics import bootstrap, named
from xitt.scoring.metrics.programs import Attempts, pass_at_k
from xitt.scoring.programs import protocols, sandbox, solutions
from xitt.scoring.programs.protocols import Problem

ADD = Problem(
    "p/0",
    'def add(a, b):\n    """ Add {a} and {b}. """\n',
    "def check(candidate):\n    assert candidate(1, 2) == 3\n\n\ncheck(add)\n",
    "add",
    "    return a + b\n",
)
WHOLE = Problem(
    "7",
    "Add two numbers.",
    "assert add(1, 2) == 3",
    "add",
    "def add(a, b): return a + b",
)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Outcomes of solutions are kept in a folder of this test."""
    try:
        sandbox.available()
    except UserError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(paths, "DATA", tmp_path)
    return tmp_path / "solutions"


# ----------------------------------------------------------------------------- pass@k


def test_pass_at_k_is_hand_worked():
    assert pass_at_k(1, 0, 1) == 0
    assert pass_at_k(1, 1, 1) == 1
    assert pass_at_k(10, 3, 1) == pytest.approx(0.3)
    assert pass_at_k(4, 2, 2) == pytest.approx(1 - 1 / 6)  # one pair of six is wrong
    assert pass_at_k(20, 1, 10) == pytest.approx(0.5)
    assert pass_at_k(5, 3, 3) == 1  # of two wrong ones no three can be drawn


@given(st.integers(1, 60), st.data())
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(n, data):
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    exact = 1 - comb(n - c, k) / comb(n, k)
    assert pass_at_k(n, c, k) == pytest.approx(exact, abs=1e-12)


def test_pass_at_k_counts_draws():
    right = [True, False, False, True, False]
    draws = list(itertools.combinations(right, 3))
    assert pass_at_k(5, 2, 3) == pytest.approx(np.mean([any(d) for d in draws]))


@pytest.mark.parametrize(("n", "c", "k"), [(5, 6, 1), (5, -1, 1), (5, 1, 6), (5, 1, 0)])
def test_what_cannot_be_estimated_is_refused(n, c, k):
    with pytest.raises(UserError, match="k is from 1 to the number"):
        pass_at_k(n, c, k)


def test_scores_of_two_problems_are_hand_worked():
    metric = named.get("pass_at_k")
    attempts = [Attempts(20, 1, 18, 10, -30.0, 60), Attempts(20, 0, 20, 20, -10.0, 20)]
    scores = metric.compute(attempts, ())
    assert scores == {
        "pass@1": pytest.approx(2.5),
        "pass@10": pytest.approx(25),
        "parsed": pytest.approx(95),
        "ran": pytest.approx(75),
        "loglikelihood_per_token": pytest.approx(-0.5),
    }


def test_a_greedy_run_has_no_pass_at_10_and_is_resampled_by_problem():
    metric = named.get("pass_at_k")
    attempts = [Attempts(1, n % 2, 1, 1, -2.0, 4) for n in range(80)]
    summary = bootstrap.summary(metric, metric.counts(attempts, ()), ("t", "test"), 200)
    assert summary["pass@1"] == 50 and "pass@10" not in summary
    assert summary["n"] == 80
    assert summary["se"] == pytest.approx(100 * 0.5 / 80**0.5, rel=0.2)


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
def test_a_likelihood_that_is_no_number_is_refused(value):
    with pytest.raises(UserError, match="problem 0 has a log-likelihood"):
        named.get("pass_at_k").counts([Attempts(1, 1, 1, 1, value, 3)], ())
    with pytest.raises(UserError, match="no problems to score"):
        named.get("pass_at_k").counts([], ())


# -------------------------------------------------------------------------- protocols


def test_completion_reads_the_prompt_as_published_and_goes_on_with_it():
    protocol = protocols.get("completion")
    assert protocol.asks(ADD, None) == ADD.prompt
    assert protocol.answers(ADD) == ADD.solution
    program = protocol.assembled(ADD, "    return a - b")
    assert program == f"{ADD.prompt}    return a - b\n\n{ADD.tests}\n"
    assert protocol.assembled(ADD, ADD.solution) == ADD.canonical
    assert protocol.stamp == "completion@1"


def test_docstring_shows_the_tests_and_runs_what_comes_after():
    protocol = protocols.get("docstring")
    shown = f'"""\n{WHOLE.prompt}\n{WHOLE.tests}\n"""\n'
    assert protocol.asks(WHOLE, None) == shown
    assert protocol.assembled(WHOLE, WHOLE.solution) == WHOLE.canonical


def test_chat_uses_the_models_template_and_reads_the_first_block():
    class Tokenizer:
        chat_template = "..."
        bos_token = None

        def apply_chat_template(self, said, tokenize, add_generation_prompt):
            assert not tokenize and add_generation_prompt
            return f"<user>{said[0]['content']}<assistant>"

    protocol = protocols.get("chat")
    asked = protocol.asks(ADD, Tokenizer())
    assert asked.startswith("<user>Complete") and ADD.prompt in asked
    text = f"Sure!\n```python\n{ADD.prompt}{ADD.solution}```\nIt adds.\n```\nx\n```"
    program = protocol.assembled(ADD, text)
    assert "It adds" not in program
    exec(program, {})
    cut = protocol.assembled(ADD, text.split("```\nIt")[0])  # ended at the limit
    assert cut == program
    with pytest.raises(UserError, match=r"needs a chat template.*protocol completion"):
        protocol.asks(ADD, SimpleNamespace(chat_template=None))


def test_braces_of_a_problem_are_no_fields():
    tricky = ADD._replace(solution="    return {'tests': '{tests}'}\n")
    assert protocols.get("completion").answers(tricky) == tricky.solution


def test_a_sentence_is_not_gone_on_with():
    with pytest.raises(UserError, match=r"problem 7 begins none; use protocol docstri"):
        protocols.get("completion").asks(WHOLE, None)


def test_an_unknown_protocol_is_refused_with_the_nearest():
    with pytest.raises(UserError, match="did you mean 'completion'"):
        protocols.get("completions")


# -------------------------------------------------------------------------- solutions


def test_solutions_are_judged_once_for_each_content(cached, monkeypatch):
    slow = ADD._replace(solution="    import time; time.sleep(0.5)\n    return a + b\n")
    wrong = ADD._replace(solution="    return a - b\n")
    found = solutions.judge([ADD, slow, wrong, WHOLE])
    assert [one.verdict for one in found] == ["passed", "passed", "wrong", "passed"]
    assert found[1].seconds > 0.1
    monkeypatch.setattr(sandbox, "run_all", None)  # it is not called again
    assert solutions.judge([ADD, slow, wrong, WHOLE]) == found
    assert len(list(cached.iterdir())) == 1


@pytest.mark.parametrize("verdict", solutions.MOMENTARY)
def test_what_a_busy_moment_gave_a_solution_is_tried_again_alone_and_not_kept(
    cached, monkeypatch, verdict
):
    passed, late = (sandbox.Outcome(v, True, 0.1) for v in ("passed", verdict))
    answers, asked = [[passed, late], [late], [passed]], []

    def run_all(programs, seconds, *, workers):
        asked.append((list(programs), workers))
        return answers.pop(0)

    monkeypatch.setattr(sandbox, "run_all", run_all)
    both = [ADD.canonical, WHOLE.canonical]
    first = solutions.judge([ADD, WHOLE], workers=2)
    assert [one.verdict for one in first] == ["passed", verdict]
    assert asked == [(both, 2), (both[1:], 1)]
    later = solutions.judge([ADD, WHOLE], workers=2)  # the moment is over
    assert [one.verdict for one in later] == ["passed", "passed"]
    assert solutions.judge([ADD, WHOLE]) == later
    assert asked[2:] == [(both[1:], 1)]


def test_a_program_has_four_times_what_the_solution_took_from_four_seconds_up():
    assert solutions.Judged("passed", 0.2).limit == 4.0
    assert solutions.Judged("passed", 3.0).limit == 12.0


def test_a_problem_that_fails_in_one_language_is_left_out_of_all(caplog):
    good, bad = solutions.Judged("passed", 0.1), solutions.Judged("syntax", 0.1)
    judged = {"en": {"a": good, "b": good}, "zh": {"a": good, "b": bad}}
    with caplog.at_level(logging.WARNING, logger="xitt"):
        assert solutions.excluded("toy, test", judged) == {"b": {"zh": "syntax"}}
    assert "toy, test: 1 of 2 problems left out" in caplog.text
    assert "b (zh: syntax)" in caplog.text
    caplog.clear()
    assert solutions.excluded("toy, test", {"en": judged["en"]}) == {}
    assert not caplog.text


def test_where_no_solution_passes_nothing_is_scored():
    bad = solutions.Judged("error ModuleNotFoundError", 0.1)
    with pytest.raises(UserError, match="solution of every problem fails"):
        solutions.excluded("toy, test", {"en": {"a": bad}})
