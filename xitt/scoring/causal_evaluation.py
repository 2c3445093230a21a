"""Scores of a causal language model, as it is asked by a protocol.

Questions with choices are answered by the choice that the model finds likeliest,
problems by what it writes. Every language and split of a task goes through the model in
one pass, and each is scored by itself afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from xitt.errors import UserError
from xitt.scoring import generation, likelihood
from xitt.scoring.evaluation import Part, Rows, Scored, Scores
from xitt.scoring.likelihood import Request
from xitt.scoring.metrics import bootstrap, named
from xitt.scoring.metrics.ranked import Ranking
from xitt.scoring.protocols import ranking, solving, tables
from xitt.scoring.protocols.tables import Protocol
from xitt.tasks import kinds
from xitt.tasks.schema import Task

log = logging.getLogger("xitt")

Row = Mapping[str, Any]
# A row and its language to a prompt and the candidate answers, in the labels' order.
Verbalise = Callable[[Row, str], tuple[str, Sequence[str]]]


class How(NamedTuple):
    """How a model computes: tokens a batch, `fp32` or `bf16`."""

    token_budget: int
    precision: str


def score(
    task: Task,
    model: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    *,
    protocol: str,
    token_budget: int,
    precision: str,
    draws: int,
    verbalise: Verbalise | None = None,
) -> Scored:
    """Scores and predictions of every part of `rows`, asked by `protocol`.

    verbalise: for a task of classification, and instead of the protocol's own words for
        one with choices: the prompt of a row and its candidate answers.

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
    compute = kinds.function(task.kind, "score")
    how = How(token_budget, precision)
    chosen = tables.get(protocol)
    return compute(task, model, tokenizer, rows, chosen, how, draws, verbalise)


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


# ------------------------------------------------------------------ the two ways to ask


def by_ranking(
    task: Task,
    model: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    protocol: Protocol,
    how: How,
    draws: int,
    verbalise: Verbalise | None = None,
) -> Scored:
    """Each choice's log-likelihood; the highest is the answer."""
    asked = {
        (split, lang): _verbalised(verbalise, lang, list(data))
        if verbalise
        else _ask(task)(task, protocol, split, lang, list(data))
        for (split, lang), data in rows.items()
    }
    flat = [r for some in asked.values() for one in some for r in one.requests]
    found = iter(likelihood.score(model, tokenizer, flat, **how._asdict()))
    metric = named.get("ranking")
    scores: Scores = {}
    predictions: dict[Part, list] = {}
    for part, questions in asked.items():
        ranked = [_ranking(q, islice(found, len(q.requests))) for q in questions]
        gold, ties = list(rows[part]["label"]), _ties(task, protocol, verbalise)
        counts = metric.counts(ranked, gold, ties=ties)
        summary = _summary(task, metric, counts, part, rows[part], draws, protocol)
        chances = [100 / len(q.requests) for q in questions]
        summary["chance"] = round(sum(chances) / len(chances), 4)
        if alike := sum(len({*q.requests}) < len(q.requests) for q in questions):
            summary["equal_endings"] = alike
            log.warning(
                "%s, %s in '%s': %d of %d questions have two choices alike; no model "
                "can tell them apart", task.name, *part, alike, len(questions),
            )  # fmt: skip
        scores.setdefault(part[0], {})[part[1]] = summary
        predictions[part] = [
            max(range(len(r.totals)), key=r.totals.__getitem__) for r in ranked
        ]
    return Scored(scores, predictions, {})


def by_solving(
    task: Task,
    model: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    protocol: Protocol,
    how: How,
    draws: int,
    verbalise: Verbalise | None = None,
) -> Scored:
    """What the model writes after a problem, and how likely the right answer was."""
    asked = {
        (split, lang): _ask(task)(task, protocol, split, lang, list(data))
        for (split, lang), data in rows.items()
    }
    flat = [one.answer for some in asked.values() for one in some]
    found = iter(likelihood.score(model, tokenizer, flat, **how._asdict()))
    metric = named.get("solved")
    scores: Scores = {}
    predictions: dict[Part, list] = {}
    for part, problems in asked.items():
        options = solving.generation(task, protocol, part[1])
        written = generation.generate(
            model, tokenizer, [p.prompt for p in problems], **options._asdict(),
            **how._asdict(),
        )  # fmt: skip
        predictions[part] = [texts[0] for texts in written]
        rules, answers = protocol.rules(task, part[1]), list(rows[part]["answer"])
        solutions = [
            solving.solution(text, answer, next(found).total, rules)
            for text, answer in zip(predictions[part], answers, strict=True)
        ]
        counts = metric.counts(solutions, answers)
        summary = _summary(task, metric, counts, part, rows[part], draws, protocol)
        scores.setdefault(part[0], {})[part[1]] = {**summary, "chance": 0.0}
    return Scored(scores, predictions, {})


# ------------------------------------------------------------------- what both need


def _ask(task: Task) -> Callable[..., list]:
    if "ask" not in kinds.get(task.kind).functions:
        raise UserError(
            f"{task.name} is a task of {task.kind}, which is asked in the words of a "
            f"template; give one"
        )
    return kinds.function(task.kind, "ask")


def _verbalised(
    verbalise: Verbalise, lang: str, rows: list[Row]
) -> list[ranking.Question]:
    asked = [verbalise(row, lang) for row in rows]
    return [
        ranking.Question(tuple(Request(prompt, a) for a in answers), tuple(answers))
        for prompt, answers in asked
    ]


def _ranking(question: ranking.Question, found: Any) -> Ranking:
    return Ranking(
        [one.total for one in found],
        [len(text) for text in question.texts],
        [len(text.encode()) for text in question.texts],
    )


def _ties(task: Task, protocol: Protocol, verbalise: Verbalise | None) -> str:
    entry = protocol.tasks.get(task.name) or protocol.tasks.get(task.kind) or {}
    return "shared" if verbalise else entry.get("ties", "shared")


def _summary(
    task: Task,
    metric: Any,
    counts: Any,
    part: Part,
    data: Rows,
    draws: int,
    protocol: Protocol,
) -> dict[str, Any]:
    """One language's scores; parallel test sets are resampled alike in all of them."""
    column = kinds.get(task.kind).cluster
    clusters = [_cluster(value) for value in data[column]] if column else None
    key = (task.name, part[0])
    summary = bootstrap.summary(metric, counts, key, draws, clusters=clusters)
    return {**summary, "protocol": protocol.stamp}


def _cluster(value: str | Sequence[str]) -> tuple[str, ...]:
    """What rows have alike that depend on each other, in whatever order and case."""
    several = [value] if isinstance(value, str) else value
    return tuple(sorted(text.casefold() for text in several))
