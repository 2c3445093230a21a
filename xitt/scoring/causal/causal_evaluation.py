"""Scores of a causal language model, as it is asked by a protocol.

Questions with choices are answered by the choice that the model finds likeliest,
problems by what it writes. Every language and split of a task goes through the model in
one pass, and each is scored by itself afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from xitt.errors import UserError
from xitt.scoring.causal import generation, likelihood
from xitt.scoring.causal.likelihood import Likelihood, Request
from xitt.scoring.evaluation import Part, Rows, Scored, Scores
from xitt.scoring.metrics import bootstrap, named
from xitt.scoring.metrics.base import Metric
from xitt.scoring.metrics.ranked import Ranking
from xitt.scoring.protocols import solving, tables
from xitt.scoring.protocols.ranking import Question
from xitt.scoring.protocols.solving import Problem
from xitt.scoring.protocols.tables import Protocol
from xitt.tasks import kinds
from xitt.tasks.schema import Task

log = logging.getLogger("xitt")

Row = Mapping[str, Any]
# A row and its language to a prompt and the candidate answers, in the labels' order.
Verbalise = Callable[[Row, str], tuple[str, Sequence[str]]]


class Evaluation(NamedTuple):
    """What is evaluated, and how.

    passes: token_budget, precision and folder. known: likelihoods of requests of this
    model.
    """

    task: Task
    model: Any
    tokenizer: Any
    protocol: Protocol
    passes: Mapping[str, Any]
    draws: int
    known: dict[Request, Likelihood]


def score(
    task: Task,
    model: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    *,
    protocol: str = "corrected",
    token_budget: int,
    precision: str,
    draws: int,
    folder: Path | None = None,
    verbalise: Verbalise | None = None,
    known: dict[Request, Likelihood] | None = None,
) -> Scored:
    """Scores and predictions of every part of `rows`, asked by `protocol`.

    folder: where answers are kept until all are there, see `answers.given`.
    verbalise: for a task of classification, and instead of the protocol's own words for
        one with choices: the prompt of a row and its candidate answers.
    known: likelihoods of the same model, read and added to: protocols that are called
        with one dictionary compute what they ask alike once.

    Returns:
        Scores by split and language as `bootstrap.summary` gives them, with `chance`
        (points, of the choices' number), `protocol` (name and version), and where there
        are any `equal_endings` (questions that have two choices alike). A prediction is
        the place of the choice with the highest summed log-likelihood, or what the
        model wrote.

    Raises:
        UserError: for a kind that is not asked, a task or language that the protocol
            has no words for, or a likelihood that is no number.
    """
    compute = kinds.function(task.kind, "answer")
    passes = {"token_budget": token_budget, "precision": precision, "folder": folder}
    known = {} if known is None else known
    rules = tables.get(protocol)
    this = Evaluation(task, model, tokenizer, rules, passes, draws, known)
    asked = {
        (split, lang): _verbalised(verbalise, lang, data)
        if verbalise
        else _asked(this, split, lang, data)
        for (split, lang), data in rows.items()
    }
    return compute(this, rows, asked)


def beside(main: Scored, others: Mapping[str, Scored]) -> Scored:
    """`main` with the scores of other protocols in the entry of each language.

    They stand under `protocols`, by name; what reads a record finds the main scores
    where those of any other model are.
    """
    scores = {
        split: {
            lang: {
                **own,
                "protocols": {
                    name: other.scores[split][lang] for name, other in others.items()
                },
            }
            for lang, own in langs.items()
        }
        for split, langs in main.scores.items()
    }
    return main._replace(scores=scores)


# ------------------------------------------------------------------------ the questions


def _asked(this: Evaluation, split: str, lang: str, data: Rows) -> list:
    task = this.task
    if "ask" not in kinds.get(task.kind).functions:
        raise UserError(
            f"{task.name} is a task of {task.kind}, which is asked in the words of a "
            f"template; give one"
        )
    ask = kinds.function(task.kind, "ask")
    return ask(task, this.protocol, split, lang, list(data))


def _verbalised(verbalise: Verbalise, lang: str, data: Rows) -> list[Question]:
    found = [verbalise(row, lang) for row in data]
    return [
        Question(tuple(Request(prompt, a) for a in answers), tuple(answers))
        for prompt, answers in found
    ]


# ------------------------------------------------------------------- two ways to answer


def by_ranking(
    this: Evaluation,
    rows: Mapping[Part, Rows],
    asked: Mapping[Part, list[Question]],
) -> Scored:
    """Each choice's log-likelihood; the highest is the answer."""
    questions = [question for some in asked.values() for question in some]
    found = iter(_likelihoods(this, [r for q in questions for r in q.requests]))
    metric = named.get("ranking")
    scores: Scores = {}
    predictions: dict[Part, list] = {}
    for (split, lang), some in asked.items():
        data = rows[split, lang]
        ranked = [_ranking(one, islice(found, len(one.requests))) for one in some]
        counts = metric.counts(ranked, list(data["label"]), ties=this.protocol.ties)
        scores.setdefault(split, {})[lang] = {
            **_summary(this, metric, counts, split, data),
            "chance": round(float(np.mean([100 / len(q.requests) for q in some])), 4),
            **_equal_endings(this, split, lang, some),
        }
        predictions[split, lang] = [int(np.argmax(one.totals)) for one in ranked]
    return Scored(scores, predictions, {})


def by_solving(
    this: Evaluation,
    rows: Mapping[Part, Rows],
    asked: Mapping[Part, list[Problem]],
) -> Scored:
    """What the model writes after a problem, and how likely the right answer was."""
    problems = [problem for some in asked.values() for problem in some]
    found = iter(_likelihoods(this, [problem.answer for problem in problems]))
    metric = named.get("solved")
    scores: Scores = {}
    predictions: dict[Part, list] = {}
    for (split, lang), some in asked.items():
        data, rules = rows[split, lang], this.protocol.rules(this.task, lang)
        texts = _written(this, lang, some)
        answers = list(data["answer"])
        solutions = [
            solving.solution(text, answer, next(found).total, rules)
            for text, answer in zip(texts, answers, strict=True)
        ]
        counts = metric.counts(solutions, answers)
        summary = _summary(this, metric, counts, split, data)
        scores.setdefault(split, {})[lang] = {**summary, "chance": 0.0}
        predictions[split, lang] = texts
    return Scored(scores, predictions, {})


def _likelihoods(this: Evaluation, requests: list[Request]) -> list[Likelihood]:
    """Those of equal requests are computed once, and are equal to the last bit."""
    new = [each for each in dict.fromkeys(requests) if each not in this.known]
    found = likelihood.score(this.model, this.tokenizer, new, **this.passes)
    this.known.update(zip(new, found, strict=True))
    return [this.known[request] for request in requests]


def _written(this: Evaluation, lang: str, problems: list[Problem]) -> list[str]:
    options = solving.generation(this.task, this.protocol, lang)
    prompts = [problem.prompt for problem in problems]
    found = generation.generate(
        this.model, this.tokenizer, prompts, **options._asdict(), **this.passes
    )
    return [texts[0] for texts in found]


def _ranking(question: Question, found: Any) -> Ranking:
    return Ranking(
        [one.total for one in found],
        [len(text) for text in question.texts],
        [len(text.encode()) for text in question.texts],
    )


# --------------------------------------------------------------------- what is recorded


def _summary(
    this: Evaluation, metric: Metric, counts: np.ndarray, split: str, data: Rows
) -> dict[str, Any]:
    """One language's scores; parallel test sets are resampled alike in all of them."""
    column = kinds.get(this.task.kind).cluster
    clusters = [_cluster(value) for value in data[column]] if column else None
    key = (this.task.name, split)
    summary = bootstrap.summary(metric, counts, key, this.draws, clusters=clusters)
    return {**summary, "protocol": this.protocol.stamp}


def _cluster(value: str | Sequence[str]) -> tuple[str, ...]:
    """What rows have alike that depend on each other, in whatever order and case."""
    several = [value] if isinstance(value, str) else value
    return tuple(sorted(text.casefold() for text in several))


def _equal_endings(
    this: Evaluation, split: str, lang: str, questions: list[Question]
) -> dict[str, int]:
    """How many questions have two choices alike, which no model can tell apart."""
    alike = sum(len({*q.requests}) < len(q.requests) for q in questions)
    if not alike:
        return {}
    log.warning(
        "%s, %s in '%s': %d of %d questions have two choices alike, which nothing can "
        "tell apart", this.task.name, split, lang, alike, len(questions),
    )  # fmt: skip
    return {"equal_endings": alike}
