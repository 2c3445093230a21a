"""Scores in every language of a task, from one pass over all of them.

The examples of all languages and splits are sorted by length together, so that a batch
holds whatever is equally long; each language is scored by itself afterwards. Retrieval
takes the embeddings of every layer from one pass over the sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from xitt.errors import UserError
from xitt.inputs import token_cache
from xitt.inputs.features import Features
from xitt.scoring import prediction
from xitt.scoring.metrics import base, bootstrap, named
from xitt.tasks import kinds
from xitt.tasks.schema import Task

Rows = Any  # a datasets.Dataset in the columns of the task's kind, or a Mining
Part = tuple[str, str]  # (split, language)
Scores = dict[str, dict[str, dict[str, Any]]]  # split -> language -> bootstrap.summary
Cuts = dict[str, dict[str, int]]  # split -> language -> sequences that lost tokens


class Scored(NamedTuple):
    """What came of an evaluation: scores, a prediction a row, inputs that were cut."""

    scores: Scores
    predictions: dict[Part, list]
    truncated: Cuts


# ------------------------------------------------------------------- tasks with a head


def score(
    task: Task,
    labels: Sequence[str],
    encoder: Any,
    head: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    *,
    recipe: Mapping[str, Any],
    token_budget: int,
    precision: str,
    draws: int,
    folder: Path | None = None,
) -> Scored:
    """Scores and predictions of every part of `rows`.

    labels: the task's labels in the order of the head's outputs.
    recipe: max_length and doc_stride, as in training.
    folder: where logits are kept until all are there, see `prediction.predict`.

    Returns:
        Scores by split and language, each as `bootstrap.summary` gives it; the
        predictions of each part, a label, a list of tags, or an answer a row; and how
        many sequences (of question answering: questions) were too long.
    """
    how = {"token_budget": token_budget, "precision": precision, "folder": folder}
    predictions, truncated = predicted(
        task, labels, encoder, head, tokenizer, rows, recipe=recipe, **how
    )
    scores = summaries(task, labels, predictions, rows, draws)
    return Scored(scores, predictions, truncated)


def predicted(
    task: Task,
    labels: Sequence[str],
    encoder: Any,
    head: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    *,
    recipe: Mapping[str, Any],
    token_budget: int,
    precision: str,
    folder: Path | None = None,
) -> tuple[dict[Part, list], Cuts]:
    """The predictions of every part of `rows`, and what was cut; see `score`."""
    made = tokenised(task, tokenizer, rows, recipe)
    outputs = prediction.predict_all(
        encoder, head, made,
        token_budget=token_budget, precision=precision, folder=folder,
    )  # fmt: skip
    decode = kinds.function(task.kind, "decode")
    predictions = {
        part: decode(task, outputs["/".join(part)], made["/".join(part)], data, labels)
        for part, data in rows.items()
    }
    truncated: Cuts = {}
    for split, lang in rows:
        truncated.setdefault(split, {})[lang] = made[f"{split}/{lang}"].truncated
    return predictions, truncated


def tokenised(
    task: Task, tokenizer: Any, rows: Mapping[Part, Rows], recipe: Mapping[str, Any]
) -> dict[str, Features]:
    """The features of every part, by `split/language`; kept by `token_cache`."""
    options = {key: recipe[key] for key in ("max_length", "doc_stride")}
    return {
        "/".join(part): token_cache.make(task.kind, data, tokenizer, **options)
        for part, data in rows.items()
    }


def check(task: Task, labels: Sequence[str], rows: Mapping[Part, Rows]) -> None:
    """Score the labels against themselves: what cannot be scored shows at once.

    Raises:
        UserError: for labels that the metric refuses; it names split and language.
    """
    gold = kinds.get(task.kind).gold
    for (split, lang), data in rows.items():
        right = list(data[gold])
        if gold == "tags":
            right = [[labels[tag] for tag in tags] for tags in right]
        elif gold == "answers":
            right = [answers[0] if answers else "" for answers in right]
        count = kinds.function(task.kind, "count")
        try:
            count(metric_of(task), lang, right, data, labels)
        except UserError as error:
            raise UserError(f"{task.name}, {split} in '{lang}': {error}") from error


def summaries(
    task: Task,
    labels: Sequence[str],
    predictions: Mapping[Part, list],
    rows: Mapping[Part, Rows],
    draws: int,
) -> Scores:
    """Scores of predictions by split and language, as `bootstrap.summary` gives them.

    `trivial` is the headline of the trivial answer on the same rows, see `trivial`.
    All languages of a split are resampled alike: where a test set is parallel, as
    XNLI's, its languages share the difficulty of their examples, and the interval of
    their mean has to know. Where it is not, nothing is shared and nothing changes.
    Retrieval's are other sentences in each language, and resampled by language.
    """
    scores: Scores = {}
    count = kinds.function(task.kind, "count")
    trivial = kinds.function(task.kind, "trivial")
    metric, alike = metric_of(task), kinds.get(task.kind).trains
    for part, data in rows.items():
        split, lang = part
        counts = count(metric, lang, predictions[part], data, labels)
        key = (task.name, split) if alike else (task.name, lang, split)
        found = bootstrap.summary(metric, counts, key=key, draws=draws)
        if alike:
            least = count(metric, lang, trivial(data, labels), data, labels)
            score = metric.scores(least.sum(axis=0))[metric.headline]
            found["trivial"] = round(float(score), 4)
        scores.setdefault(split, {})[lang] = found
    return scores


def of_items(
    task: Task, labels: Sequence[str], lang: str, predictions: list, rows: Rows
) -> np.ndarray:
    """(n,) points of each row by itself: of a label, 100 where it is right, else 0."""
    metric = metric_of(task)
    counts = kinds.function(task.kind, "count")(metric, lang, predictions, rows, labels)
    return np.asarray(metric.scores(counts)[metric.headline], dtype=float)


def metric_of(task: Task) -> base.Metric:
    """The task's metric; accuracy on a tagging task is that of single words."""
    by_word = kinds.get(task.kind).gold == "tags" and task.metric == "accuracy"
    return named.get("token_accuracy" if by_word else task.metric)


# ----------------------------------------------------------------------- counts by kind


def count_labels(
    metric: base.Metric, lang: str, predicted: list, rows: Rows, names: Sequence[str]
) -> np.ndarray:
    return metric.counts(predicted, list(rows["label"]))


def count_tags(
    metric: base.Metric, lang: str, predicted: list, rows: Rows, names: Sequence[str]
) -> np.ndarray:
    gold = [[names[tag] for tag in tags] for tags in rows["tags"]]
    return metric.counts(predicted, gold)


def count_answers(
    metric: base.Metric, lang: str, predicted: list, rows: Rows, names: Sequence[str]
) -> np.ndarray:
    options = {"lang": lang} if "lang" in metric.options else {}
    return metric.counts(predicted, [list(a) for a in rows["answers"]], **options)


def count_nearest(
    metric: base.Metric, lang: str, predicted: list, rows: Rows, names: Sequence[str]
) -> np.ndarray:
    return metric.counts(predicted, list(range(len(rows))))


def count_pairs(
    metric: base.Metric, lang: str, predicted: list, rows: Rows, names: Sequence[str]
) -> np.ndarray:
    return metric.counts(predicted, rows.gold, sources=rows.source_ids)
