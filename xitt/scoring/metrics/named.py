"""Scores of every task, as functions of the column sums of a per-example count matrix.

Each metric has two halves: `counts` turns predictions and references into a matrix
with one row an example, and `scores` turns column sums into points from 0 to 100. So a
bootstrap over examples is one matrix product, with no second look at the predictions.

    metric = get("chunk_f1")
    counts = metric.counts(predictions, references)        # (n, 8)
    metric.scores(counts.sum(axis=0))                      # {"f1": 72.7, ...}
    summary(metric, counts, key=("udpos", "test"))   # as a record holds it

`as_evaluate.load(name)` gives the same numbers as an `evaluate.Metric`, without a
network. Bad input (nothing to score, unequal lengths, labels out of range, placeholder
labels) is always a `UserError` and never a number.
"""

from __future__ import annotations

from xitt.errors import unknown
from xitt.scoring.metrics.accuracy import accuracy_counts, accuracy_scores
from xitt.scoring.metrics.base import Metric
from xitt.scoring.metrics.mined_pairs import mining_counts, mining_scores
from xitt.scoring.metrics.programs import program_counts, program_scores
from xitt.scoring.metrics.questions import mlqa_counts, question_scores, squad_counts
from xitt.scoring.metrics.ranked import ranking_counts, ranking_scores
from xitt.scoring.metrics.solved import solved_counts, solved_scores
from xitt.scoring.metrics.tagging import (
    chunk_scores,
    tagging_counts,
    token_counts,
    token_scores,
)

_RIGHT = ("right", "examples")
_TOKENS = ("right tokens", "tokens")
_CHUNKS = tuple(
    f"{what} chunks{by}"
    for by in ("", " by whole tags")
    for what in ("right", "predicted", "gold")
)
_PAIRS = ("right pairs", "extracted pairs", "gold pairs")
_ANSWERS = ("f1", "em", "questions")
_RANKED = ("right", "right a character", "right a byte", "questions")
_SOLVED = ("right", "right throughout", "no number", "log-likelihood", "questions")
_PROGRAMS = (
    *("pass@1", "pass@10", "sampled", "parsed", "ran"),
    *("log-likelihood", "tokens", "problems"),
)

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy",
            "accuracy",
            _RIGHT,
            accuracy_counts,
            accuracy_scores,
            ("labels",),
        ),
        Metric(
            "token_accuracy",
            "token_accuracy",
            _TOKENS,
            token_counts,
            token_scores,
            ("labels",),
        ),
        Metric(
            "chunk_f1",
            "f1",
            _CHUNKS + _TOKENS,
            tagging_counts,
            chunk_scores,
            ("labels",),
        ),
        Metric("squad", "score", _ANSWERS, squad_counts, question_scores),
        Metric("mlqa", "score", _ANSWERS, mlqa_counts, question_scores, ("lang",)),
        Metric(
            "ranking", "accuracy", _RANKED, ranking_counts, ranking_scores, ("ties",)
        ),
        Metric(
            "solved",
            "solved",
            _SOLVED,
            solved_counts,
            solved_scores,
            smooth="answer_loglikelihood",
        ),
        Metric(
            "pass_at_k",
            "pass@1",
            _PROGRAMS,
            program_counts,
            program_scores,
            smooth="loglikelihood_per_token",
        ),
        Metric("mining_f1", "f1", _PAIRS, mining_counts, mining_scores, ("sources",)),
        Metric(
            "retrieval_accuracy", "accuracy", _RIGHT, accuracy_counts, accuracy_scores
        ),
    )
}


def get(name: str) -> Metric:
    """The metric `name`."""
    if name not in METRICS:
        raise unknown("metric", name, METRICS)
    return METRICS[name]
