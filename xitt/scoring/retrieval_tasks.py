"""Scores of the retrieval tasks, Tatoeba and BUCC, at every layer.

All layers come from one pass of the encoder and are searched one after another, where
the encoder runs: of the embeddings, one layer of one corpus is in memory at a time.

States of a model that was never tuned to compare sentences share large directions, and
each language has its own. Where `options["centred"]` asks for it, every layer is scored
a second time with the mean of each side taken from its sentences, which leaves what
does not tell the languages apart (Libovický et al. 2020, arXiv 2004.05160).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from xitt.data.corpora import Mining
from xitt.errors import UserError
from xitt.inputs import tokenising
from xitt.inputs.features import Features
from xitt.scoring import prediction, retrieval
from xitt.scoring.evaluation import Cuts, Part, Rows, Scores
from xitt.scoring.metrics import bootstrap, named
from xitt.tasks import kinds
from xitt.tasks.schema import Task
from xitt.training import devices

Curves = dict[str, dict[str, list[float]]]  # split -> language -> score by layer
Two = tuple[np.ndarray, np.ndarray]  # embeddings of either side
CENTRED = "centred"  # the score of the layer that counts, without the languages' means

# --------------------------------------------------------------------------- retrieval


@dataclass(frozen=True)
class Retrieved:
    """Scores at the chosen layer, and the curve over all layers."""

    scores: Scores
    layers: Curves
    centred: Curves  # the same without the mean of each language, where it is asked for
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
    found = Retrieved({}, {}, {}, {}, {})
    for part, data in rows.items():
        sides = [
            _tokenised(list(data[name]), tokenizer, options)
            for name in ("source", "target")
        ]
        _count_cuts(found, part, sides)
        how = (encoder, options, token_budget, precision)
        with _embedded(sides[0], *how) as (x, n), _embedded(sides[1], *how) as (y, _):
            where = {"device": devices.device()}
            for layer in range(n):
                for centred, both in _ways(x(layer), y(layer), options):
                    nearest, counts = retrieval.tatoeba(*both, **where)
                    at = (part, layer, centred)
                    if _take(found, task, *at, counts, options, draws, data):
                        found.predictions[part] = nearest.tolist()
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

    Raises:
        UserError: for a language without validation data to tune the threshold on.
    """
    langs = sorted({lang for split, lang in corpora if split == "test"})
    for lang in langs:
        if ("validation", lang) not in corpora:
            raise UserError(
                f"{task.name}: '{lang}' has test data and no validation data, on which "
                f"the threshold is tuned; add it, or leave '{lang}' out of `languages`"
            )
    metric = named.get(task.metric)
    found = Retrieved({}, {}, {}, {}, {})
    how = (encoder, tokenizer, options, token_budget, precision)
    for lang in langs:
        thresholds: dict[tuple[int, bool], float] = {}
        for split in ("validation", "test"):
            part, corpus = (split, lang), corpora[split, lang]
            for at, candidates in _candidates(found, part, corpus, *how):
                if split == "validation":
                    thresholds[at] = retrieval.best_threshold(candidates, corpus.gold)
                pairs = retrieval.extract(candidates, thresholds[at])
                counts = metric.counts(pairs, corpus.gold, sources=corpus.source_ids)
                if _take(found, task, part, *at, counts, options, draws, corpus):
                    threshold = round(thresholds[at], 4)
                    found.scores[split][lang]["threshold"] = threshold
                    found.predictions[part] = sorted(map(list, pairs))
    return found


def _candidates(
    found: Retrieved,
    part: Part,
    corpus: Mining,
    encoder: Any,
    tokenizer: Any,
    options: Mapping[str, Any],
    *how: Any,
) -> Iterator[tuple[tuple[int, bool], dict[retrieval.Pair, float]]]:
    """Candidate pairs with their margins, of one layer after another.

    Before each its layer, and whether it is without the means of the languages.
    """
    first, source_ids = retrieval.once(corpus.source_ids, corpus.source)
    source = [corpus.source[at] for at in first]
    first, target_ids = retrieval.once(corpus.target_ids, corpus.target)
    target = [corpus.target[at] for at in first]
    sides = [_tokenised(side, tokenizer, options) for side in (source, target)]
    _count_cuts(found, part, sides)
    how = (encoder, options, *how)
    with _embedded(sides[0], *how) as (x, n), _embedded(sides[1], *how) as (y, _):
        for layer in range(n):
            for centred, both in _ways(x(layer), y(layer), options):
                yield (layer, centred), retrieval.candidates(
                    *both, source_ids, target_ids,
                    k=options["neighbours"], device=devices.device(),
                )  # fmt: skip


def _ways(
    x: np.ndarray, y: np.ndarray, options: Mapping[str, Any]
) -> Iterator[tuple[bool, Two]]:
    """Both sides as they are, and where it is asked for without their means."""
    yield False, (x, y)
    if options.get("centred"):
        yield True, (x - x.mean(axis=0), y - y.mean(axis=0))


def _count_cuts(found: Retrieved, part: Part, sides: Sequence[Features]) -> None:
    """How many sentences lost tokens to the maximum length."""
    split, lang = part
    cut = sum(side.truncated for side in sides)
    found.truncated.setdefault(split, {})[lang] = cut


def _take(
    found: Retrieved,
    task: Task,
    part: Part,
    layer: int,
    centred: bool,
    counts: np.ndarray,
    options: Mapping[str, Any],
    draws: int,
    rows: Rows | Mining,
) -> bool:
    """Take in a layer's counts; whether they are those that count.

    Of the layer that counts the centred score stands beside the main one, as a measure
    of its own: its value, and its replicates under `replicates_of`.
    """
    metric, (split, lang) = named.get(task.metric), part
    score = float(metric.scores(counts.sum(axis=0))[metric.headline])
    curves = found.centred if centred else found.layers
    curves.setdefault(split, {}).setdefault(lang, []).append(score)
    if layer != options["layer"]:
        return False
    summary = bootstrap.summary(
        metric, counts, key=(task.name, lang, split), draws=draws
    )
    if centred:
        entry = found.scores[split][lang]
        entry[CENTRED] = summary[metric.headline]
        entry["replicates_of"] = {CENTRED: summary["replicates"]}
        return False
    trivial = round(kinds.function(task.kind, "trivial")(rows), 4)
    found.scores.setdefault(split, {})[lang] = {**summary, "trivial": trivial}
    return True


def _tokenised(
    sentences: Sequence[str], tokenizer: Any, options: Mapping[str, Any]
) -> Features:
    return tokenising.sentences(sentences, tokenizer, max_length=options["max_length"])


def _embedded(
    made: Features,
    encoder: Any,
    options: Mapping[str, Any],
    token_budget: int,
    precision: str,
) -> AbstractContextManager:
    """The embeddings of sentences by layer, as `prediction.embedded` gives them."""
    return prediction.embedded(
        encoder,
        made,
        pooling=options["pooling"],
        token_budget=token_budget,
        precision=precision,
    )
