"""Scores of the retrieval tasks, Tatoeba and BUCC, at every layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xitt.data.corpora import Mining
from xitt.inputs import tokenising
from xitt.scoring import prediction, retrieval
from xitt.scoring.evaluation import Cuts, Part, Rows, Scores
from xitt.scoring.metrics import bootstrap, named
from xitt.tasks.schema import Task

# --------------------------------------------------------------------------- retrieval


@dataclass(frozen=True)
class Retrieved:
    """Scores at the chosen layer, and the curve over all layers."""

    scores: Scores
    layers: dict[str, dict[str, list[float]]]  # split -> language -> score by layer
    predictions: dict[Part, list]
    truncated: Cuts  # sentences of either side


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
    metric = named.get(task.metric)
    found = Retrieved({}, {}, {}, {})
    for (split, lang), data in rows.items():
        source, target = list(data["source"]), list(data["target"])
        embed = _embedder(encoder, tokenizer, options, token_budget, precision)
        (x, cut), (y, more) = embed(source), embed(target)
        found.truncated.setdefault(split, {})[lang] = cut + more
        counts = [retrieval.tatoeba(x[layer], y[layer]) for layer in range(len(x))]
        found.layers.setdefault(split, {})[lang] = [
            float(metric.scores(c.sum(axis=0))["accuracy"]) for c in counts
        ]
        chosen = options["layer"]
        found.scores.setdefault(split, {})[lang] = bootstrap.summary(
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
    metric = named.get(task.metric)
    found = Retrieved({}, {}, {}, {})
    embed = _embedder(encoder, tokenizer, options, token_budget, precision)
    for lang in sorted({lang for _, lang in corpora}):
        dev, test = corpora["validation", lang], corpora["test", lang]
        candidates = {}
        for split, corpus in (("validation", dev), ("test", test)):
            candidates[split], cut = _candidates(embed, corpus, options["neighbours"])
            found.truncated.setdefault(split, {})[lang] = cut
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
            summary = bootstrap.summary(
                metric, counts[chosen], key=(task.name, lang, split), draws=draws
            )
            summary["threshold"] = round(thresholds[chosen], 4)
            found.scores.setdefault(split, {})[lang] = summary
            found.predictions[split, lang] = sorted(map(list, pairs[chosen]))
    return found


def _embedder(
    encoder: Any,
    tokenizer: Any,
    options: Mapping[str, Any],
    token_budget: int,
    precision: str,
) -> Callable[[list[str]], tuple[np.ndarray, int]]:
    """From sentences to their embeddings at every layer, (L + 1, n, H), and the cut."""

    def embed(sentences: list[str]) -> tuple[np.ndarray, int]:
        made = tokenising.sentences(
            sentences, tokenizer, max_length=options["max_length"]
        )
        vectors = prediction.embed(
            encoder,
            made,
            pooling=options["pooling"],
            token_budget=token_budget,
            precision=precision,
        )
        return vectors, made.truncated

    return embed


def _candidates(
    embed: Callable[[list[str]], tuple[np.ndarray, int]], corpus: Mining, k: int
) -> tuple[list[dict[tuple[str, str], float]], int]:
    """Candidate pairs with their margins, by layer, and the sentences that were cut."""
    (x, cut), (y, more) = embed(corpus.source), embed(corpus.target)
    found = [
        retrieval.mine_bitext(
            x[layer], y[layer], corpus.source_ids, corpus.target_ids,
            corpus.source, corpus.target, k=k,
        )
        for layer in range(len(x))
    ]  # fmt: skip
    return found, cut + more
