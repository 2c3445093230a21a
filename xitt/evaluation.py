"""Scores in every language of a task, from one pass over all of them.

The examples of all languages and splits are sorted by length together, so that a batch
holds whatever is equally long; each language is scored by itself afterwards. Retrieval
takes the embeddings of every layer from one pass over the sentences.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xitt import features, metrics, prediction, retrieval, tokenised
from xitt.data import Mining
from xitt.tasks import Task

Rows = Any  # a datasets.Dataset in the normalised columns of the task's kind
Part = tuple[str, str]  # (split, language)
Scores = dict[str, dict[str, dict[str, Any]]]  # split -> language -> metrics.summary


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
) -> tuple[Scores, dict[Part, list]]:
    """Scores and predictions of every part of `rows`.

    labels: the task's labels in the order of the head's outputs.
    recipe: max_length and doc_stride, as in training.

    Returns:
        Scores by split and language, each as `metrics.summary` gives it, and the
        predictions of each part: a label, a list of tags, or an answer a row.
    """
    options = {key: recipe[key] for key in ("max_length", "doc_stride")}
    made = {
        "/".join(part): tokenised.make(task.kind, data, tokenizer, **options)
        for part, data in rows.items()
    }
    outputs = prediction.predict_all(
        encoder, head, made, token_budget=token_budget, precision=precision
    )
    predictions = {
        part: _decoded(
            task, outputs["/".join(part)], made["/".join(part)], data, labels
        )
        for part, data in rows.items()
    }
    return summaries(task, labels, predictions, rows, draws), predictions


def summaries(
    task: Task,
    labels: Sequence[str],
    predictions: Mapping[Part, list],
    rows: Mapping[Part, Rows],
    draws: int,
) -> Scores:
    """Scores of predictions by split and language, each as `metrics.summary` gives it.

    All languages of a split are resampled alike: where a test set is parallel, as
    XNLI's, its languages share the difficulty of their examples, and the interval of
    their mean has to know. Where it is not, nothing is shared and nothing changes.
    """
    scores: Scores = {}
    for part, data in rows.items():
        split, lang = part
        counts = _counts(task, lang, predictions[part], data, labels)
        scores.setdefault(split, {})[lang] = metrics.summary(
            metric_of(task), counts, key=(task.name, split), draws=draws
        )
    return scores


def metric_of(task: Task) -> metrics.Metric:
    """The task's metric; accuracy on a tagging task is that of single words."""
    by_word = task.kind == "tagging" and task.metric == "accuracy"
    return metrics.get("token_accuracy" if by_word else task.metric)


def _decoded(
    task: Task, outputs: Any, made: Any, rows: Rows, labels: Sequence[str]
) -> list:
    if task.kind == "span":
        return prediction.decode_spans(
            outputs, made, list(rows["context"]), no_answer=_has_unanswerable(rows)
        )
    if task.kind == "tagging":
        tags = prediction.decode_tags(outputs, made)
        return [[labels[tag] for tag in sentence] for sentence in tags]
    return prediction.decode_labels(outputs)


def _has_unanswerable(rows: Rows) -> bool:
    return any(not answers for answers in rows["answers"])


def _counts(
    task: Task, lang: str, predicted: list, rows: Rows, labels: Sequence[str]
) -> np.ndarray:
    metric = metric_of(task)
    if task.kind == "span":
        options = {"lang": lang} if "lang" in metric.options else {}
        return metric.counts(predicted, [list(a) for a in rows["answers"]], **options)
    if task.kind == "tagging":
        gold = [[labels[tag] for tag in tags] for tags in rows["tags"]]
        return metric.counts(predicted, gold)
    return metric.counts(predicted, list(rows["label"]))


# --------------------------------------------------------------------------- retrieval


@dataclass(frozen=True)
class Retrieved:
    """Scores at the chosen layer, and the curve over all layers."""

    scores: Scores
    layers: dict[str, dict[str, list[float]]]  # split -> language -> score by layer
    predictions: dict[Part, list]


def bitext(
    task: Task,
    encoder: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    *,
    options: Mapping[str, Any],
    token_budget: int,
    precision: str,
    draws: int,
) -> Retrieved:
    """Nearest neighbours (Tatoeba): English queries, at every layer.

    options: the profile's `retrieval` block; `layer` is the one that counts. A
    prediction is the position of the sentence found, for each English one.
    """
    metric = metrics.get(task.metric)
    found = Retrieved({}, {}, {})
    for (split, lang), data in rows.items():
        source, target = list(data["source"]), list(data["target"])
        embed = _embedder(encoder, tokenizer, options, token_budget, precision)
        x, y = embed(source), embed(target)
        counts = [retrieval.tatoeba(x[layer], y[layer]) for layer in range(len(x))]
        found.layers.setdefault(split, {})[lang] = [
            float(metric.scores(c.sum(axis=0))["accuracy"]) for c in counts
        ]
        chosen = options["layer"]
        found.scores.setdefault(split, {})[lang] = metrics.summary(
            metric, counts[chosen], key=(task.name, lang, split), draws=draws
        )
        nearest = retrieval.nearest(x[chosen], y[chosen])
        found.predictions[split, lang] = nearest.tolist()
    return found


def mining(
    task: Task,
    encoder: Any,
    tokenizer: Any,
    corpora: Mapping[Part, Mining],
    *,
    options: Mapping[str, Any],
    token_budget: int,
    precision: str,
    draws: int,
) -> Retrieved:
    """Mining (BUCC) at every layer, its threshold tuned on `validation` alone.

    The ratio margin of Artetxe and Schwenk 2019 over `options["neighbours"]`
    neighbours, both directions, pairs one to one.
    """
    metric = metrics.get(task.metric)
    found = Retrieved({}, {}, {})
    embed = _embedder(encoder, tokenizer, options, token_budget, precision)
    for lang in sorted({lang for _, lang in corpora}):
        dev, test = corpora["validation", lang], corpora["test", lang]
        candidates = {
            split: _candidates(embed, corpus, options["neighbours"])
            for split, corpus in (("validation", dev), ("test", test))
        }
        thresholds = [
            retrieval.best_threshold(c, dev.gold) for c in candidates["validation"]
        ]
        for split, corpus in (("validation", dev), ("test", test)):
            pairs = [
                retrieval.extract(c, threshold)
                for c, threshold in zip(candidates[split], thresholds)
            ]
            counts = [
                metric.counts(p, corpus.gold, sources=corpus.source_ids) for p in pairs
            ]
            found.layers.setdefault(split, {})[lang] = [
                float(metric.scores(c.sum(axis=0))["f1"]) for c in counts
            ]
            chosen = options["layer"]
            summary = metrics.summary(
                metric, counts[chosen], key=(task.name, lang, split), draws=draws
            )
            summary["threshold"] = round(thresholds[chosen], 4)
            found.scores.setdefault(split, {})[lang] = summary
            found.predictions[split, lang] = sorted(map(list, pairs[chosen]))
    return found


def fewer(corpus: Mining, limit: int, seed: int = 13) -> Mining:
    """At most `limit` source sentences and as many English ones, no pair torn apart.

    The share of sentences that have a translation stays what it was.
    """
    if not limit or len(corpus.source_ids) <= limit:
        return corpus
    chosen = random.Random(seed)
    rows = sorted(chosen.sample(range(len(corpus.source_ids)), limit))
    source_ids = [corpus.source_ids[row] for row in rows]
    kept = set(source_ids)
    gold = {pair for pair in corpus.gold if pair[0] in kept}
    wanted = {target for _, target in gold}
    paired = {target for _, target in corpus.gold}
    others = [i for i, name in enumerate(corpus.target_ids) if name not in paired]
    room = max(0, min(limit - len(wanted), len(others)))
    distractors = set(chosen.sample(others, room))
    targets = [
        i
        for i, name in enumerate(corpus.target_ids)
        if name in wanted or i in distractors
    ]
    return replace(
        corpus,
        source_ids=source_ids,
        source=[corpus.source[row] for row in rows],
        target_ids=[corpus.target_ids[i] for i in targets],
        target=[corpus.target[i] for i in targets],
        gold=gold,
    )


def _embedder(
    encoder: Any,
    tokenizer: Any,
    options: Mapping[str, Any],
    token_budget: int,
    precision: str,
) -> Callable[[list[str]], np.ndarray]:
    """A function from sentences to their embeddings at every layer, (L + 1, n, H)."""

    def embed(sentences: list[str]) -> np.ndarray:
        made = features.sentences(
            sentences, tokenizer, max_length=options["max_length"]
        )
        return prediction.embed(
            encoder,
            made,
            pooling=options["pooling"],
            token_budget=token_budget,
            precision=precision,
        )

    return embed


def _candidates(
    embed: Callable[[list[str]], np.ndarray], corpus: Mining, k: int
) -> list[dict[tuple[str, str], float]]:
    """Candidate pairs with their margins, by layer."""
    x, y = embed(corpus.source), embed(corpus.target)
    return [
        retrieval.mine_bitext(
            x[layer], y[layer], corpus.source_ids, corpus.target_ids,
            corpus.source, corpus.target, k=k,
        )
        for layer in range(len(x))
    ]  # fmt: skip
