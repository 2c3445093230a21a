"""Answers out of logits: labels, tags, spans of a context."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xitt.inputs.features import Features
from xitt.tasks.schema import Task

Logits = np.ndarray | list[np.ndarray]


def decode_labels(logits: Logits) -> list[int]:
    """Classification and choice: the likeliest label of each row."""
    return [int(np.argmax(values)) for values in logits]


def decode_tags(logits: Sequence[np.ndarray], features: Features) -> list[list[int]]:
    """Tagging: one tag a word of each row, parts of a split sentence put together."""
    tags: list[list[int]] = [[] for _ in range(features.n_rows)]
    for row, values in zip(features.rows, logits, strict=True):
        tags[row] += np.argmax(values, axis=1).tolist() if len(values) else []
    return tags


def decode_spans(
    logits: Sequence[np.ndarray],
    features: Features,
    contexts: Sequence[str],
    *,
    n_best: int = 20,
    max_answer_tokens: int = 30,
    no_answer: bool = False,
    null_threshold: float = 0.0,
) -> list[str]:
    """Span: the answer of each row in its context, the best over its windows.

    The rules of transformers' `run_qa.py`: a span's score is the sum of its start and
    end logits, among the `n_best` starts and ends of each window, at most
    `max_answer_tokens` long and inside the context. With `no_answer` it is "" if the
    null score (first token; the least over the windows) beats the best span by more
    than `null_threshold`. Where no span qualifies the answer is "" (the reference
    writes "empty"). White space around an answer is dropped.
    """
    best: list[tuple[float, str]] = [(-np.inf, "")] * features.n_rows
    null = np.full(features.n_rows, np.inf)
    for item, values in enumerate(logits):
        row = features.rows[item]
        null[row] = min(null[row], values[0].sum())
        where = features.chars[features.offsets[item] : features.offsets[item + 1]]
        span = _best_span(values, where, n_best, max_answer_tokens)
        if span is not None and span[0] > best[row][0]:
            best[row] = (span[0], contexts[row][span[1] : span[2]])
    return [
        "" if no_answer and null[row] - score > null_threshold else text.strip()
        for row, (score, text) in enumerate(best)
    ]


def _best_span(
    values: np.ndarray, where: np.ndarray, n_best: int, longest: int
) -> tuple[float, int, int] | None:
    """Score, first and last character of the best span of one window."""
    starts = np.argsort(values[:, 0])[: -n_best - 1 : -1]
    ends = np.argsort(values[:, 1])[: -n_best - 1 : -1]
    starts, ends = starts[where[starts, 0] >= 0], ends[where[ends, 0] >= 0]
    length = ends - starts[:, None] + 1
    scores = values[starts, 0][:, None] + values[ends, 1]
    scores = np.where((length >= 1) & (length <= longest), scores, -np.inf)
    if not scores.size or np.isneginf(scores.max()):
        return None
    i, j = np.unravel_index(np.argmax(scores), scores.shape)
    return float(scores[i, j]), int(where[starts[i], 0]), int(where[ends[j], 1])


# ------------------------------------------------------------------- by kind of task


def label_of_each(
    task: Task, outputs: Logits, made: Features, rows: Any, names: Any
) -> list[int]:
    return decode_labels(outputs)


def tags_of_each(
    task: Task, outputs: Logits, made: Features, rows: Any, names: Sequence[str]
) -> list[list[str]]:
    return [[names[tag] for tag in tags] for tags in decode_tags(outputs, made)]


def answer_of_each(
    task: Task, outputs: Logits, made: Features, rows: Any, names: Any
) -> list[str]:
    contexts = list(rows["context"])
    return decode_spans(outputs, made, contexts, no_answer=task.unanswerable)
