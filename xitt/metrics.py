"""Scores of every task, as functions of the column sums of a per-example count matrix.

Each metric has two halves: `counts` turns predictions and references into a matrix
with one row an example, and `scores` turns column sums into points from 0 to 100. So a
bootstrap over examples is one matrix product, with no second look at the predictions.

    metric = get("chunk_f1")
    counts = metric.counts(predictions, references)        # (n, 8)
    metric.scores(counts.sum(axis=0))                      # {"f1": 72.7, ...}
    summary(metric, counts, key=("udpos", "test"))   # as a record holds it

`load(name)` gives the same numbers as an `evaluate.Metric`, without a network. Bad
input (nothing to score, unequal lengths, labels out of range, placeholder labels) is
always a `UserError` and never a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xitt.chunks import chunk_counts
from xitt.errors import UserError, unknown
from xitt.metric_checks import (
    check_labels,
    check_lengths,
    check_placeholder,
    check_tags,
)
from xitt.qa_metrics import mlqa_counts, squad_counts

Scores = dict[str, Any]

WEIGHTS = 4_000_000  # bootstrap weights held at a time, 32 MB


@dataclass(frozen=True)
class Metric:
    """A metric: its count matrix, and the scores that follow from column sums.

    Attributes:
        name: key in METRICS.
        headline: the score that tables and figures show.
        columns: what each column of the count matrix counts.
        counts: `counts(predictions, references, **options) -> (n, k) float64`.
        scores: `scores(sums (..., k)) -> {score: (...)}` in points from 0 to 100.
        options: names of the keywords that `counts` takes.
    """

    name: str
    headline: str
    columns: tuple[str, ...]
    counts: Callable[..., np.ndarray]
    scores: Callable[[np.ndarray], Scores]
    options: tuple[str, ...] = ()

    def compute(self, predictions: Any, references: Any, **options: Any) -> Scores:
        """All scores of one set of predictions, as floats."""
        sums = self.counts(predictions, references, **options).sum(axis=0)
        return {name: float(value) for name, value in self.scores(sums).items()}


def percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """100 part / whole, and 0 where `whole` is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(100 * part, whole, out=np.zeros(part.shape), where=whole > 0)


def precision_recall_f1(hits: Any, predicted: Any, gold: Any) -> Scores:
    """Precision, recall and their harmonic mean, 2 hits / (predicted + gold)."""
    return {
        "f1": percent(2 * np.asarray(hits), np.asarray(predicted) + np.asarray(gold)),
        "precision": percent(hits, predicted),
        "recall": percent(hits, gold),
    }


# ------------------------------------------------------------------------ accuracy


def accuracy_counts(
    predictions: Sequence[Any],
    references: Sequence[Any],
    labels: Sequence[str] | None = None,
) -> np.ndarray:
    """(n, 2): whether the label is right, and 1.

    Labels are integers from 0, or strings; with `labels` (the names, in order) an
    integer must index it and a string be one of it.
    """
    check_lengths(predictions, references)
    predicted = check_labels(predictions, "prediction", labels)
    expected = check_labels(references, "reference", labels)
    if predicted.dtype.kind != expected.dtype.kind:
        raise UserError(
            f"predictions such as {predictions[0]!r} and references such as "
            f"{references[0]!r} are of two kinds; give both as numbers or as names"
        )
    check_placeholder(references)
    return np.stack([predicted == expected, np.ones(len(expected))], axis=1)


def _accuracy(sums: np.ndarray) -> Scores:
    return {"accuracy": percent(sums[..., 0], sums[..., 1])}


# ------------------------------------------------------------------------- tagging


def token_counts(
    predictions: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Any]],
    labels: Sequence[str] | None = None,
) -> np.ndarray:
    """(sentences, 2): right tags, tags."""
    predicted, expected = check_tags(predictions, references, labels)
    right = [sum(map(str.__eq__, *pair)) for pair in zip(predicted, expected)]
    return np.array([right, [len(tags) for tags in expected]], dtype=float).T


def _token_accuracy(sums: np.ndarray) -> Scores:
    return {"token_accuracy": percent(sums[..., 0], sums[..., 1])}


def tagging_counts(
    predictions: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Any]],
    labels: Sequence[str] | None = None,
) -> np.ndarray:
    """(sentences, 8): right, predicted and gold chunks, twice; right tags, tags.

    `xitt.chunks` says what a chunk is, and why it is counted by two rules.
    """
    predicted, expected = check_tags(predictions, references, labels)
    return np.concatenate(
        [
            chunk_counts(predicted, expected),
            chunk_counts(predicted, expected, whole_tags=True),
            token_counts(predicted, expected),
        ],
        axis=1,
    )


def _chunk_f1(sums: np.ndarray) -> Scores:
    return {
        **precision_recall_f1(sums[..., 0], sums[..., 1], sums[..., 2]),
        "f1_whole_tags": percent(2 * sums[..., 3], sums[..., 4] + sums[..., 5]),
        **_token_accuracy(sums[..., 6:]),
    }


# ------------------------------------------------------------- questions and bitext


def _f1_and_em(sums: np.ndarray) -> Scores:
    """XTREME's average of F1 and exact match is the score of a question set."""
    f1, em = percent(sums[..., 0], sums[..., 2]), percent(sums[..., 1], sums[..., 2])
    return {"score": (f1 + em) / 2, "f1": f1, "em": em}


def mining_counts(
    predictions: Iterable[tuple[str, str]],
    references: Collection[tuple[str, str]],
    sources: Sequence[str] | None = None,
) -> np.ndarray:
    """(source sentences, 3): right, extracted and gold pairs of each source sentence.

    Args:
        predictions: extracted pairs (source id, target id); none at all scores 0.
        references: gold pairs.
        sources: the ids of all source sentences, in their order. A paired bootstrap
            needs it, since it gives every model the same rows; without it the rows are
            the source sentences that occur in a pair.
    """
    predicted = {tuple(pair) for pair in predictions}
    gold = {tuple(pair) for pair in references}
    if not gold:
        raise UserError("no gold pairs: mining cannot be scored; check the gold file")
    if sources is None:
        sources = sorted({source for source, _ in predicted | gold})
    row = {source: i for i, source in enumerate(sources)}
    counts = np.zeros((len(row), 3))
    columns = ((0, predicted & gold), (1, predicted), (2, gold))
    for column, pairs in columns:
        for source, _ in pairs:
            if source not in row:
                raise UserError(
                    f"pair with the unknown source id '{source}'; "
                    f"predictions and sentences must be of the same language and split"
                )
            counts[row[source], column] += 1
    return counts


def _mining_f1(sums: np.ndarray) -> Scores:
    return precision_recall_f1(sums[..., 0], sums[..., 1], sums[..., 2])


_RIGHT = ("right", "examples")
_TOKENS = ("right tokens", "tokens")
_CHUNKS = tuple(
    f"{what} chunks{by}"
    for by in ("", " by whole tags")
    for what in ("right", "predicted", "gold")
)
_PAIRS = ("right pairs", "extracted pairs", "gold pairs")
_ANSWERS = ("f1", "em", "questions")

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "accuracy", _RIGHT, accuracy_counts, _accuracy, ("labels",)),
        Metric("token_accuracy", "token_accuracy", _TOKENS, token_counts,
               _token_accuracy, ("labels",)),
        Metric("chunk_f1", "f1", _CHUNKS + _TOKENS, tagging_counts, _chunk_f1,
               ("labels",)),
        Metric("squad", "score", _ANSWERS, squad_counts, _f1_and_em),
        Metric("mlqa", "score", _ANSWERS, mlqa_counts, _f1_and_em, ("lang",)),
        Metric("mining_f1", "f1", _PAIRS, mining_counts, _mining_f1, ("sources",)),
        Metric("retrieval_accuracy", "accuracy", _RIGHT, accuracy_counts, _accuracy),
    )
}  # fmt: skip


def get(name: str) -> Metric:
    """The metric `name`."""
    if name not in METRICS:
        raise unknown("metric", name, METRICS)
    return METRICS[name]


# ----------------------------------------------------------------------- bootstrap


def bootstrap_replicates(
    counts: np.ndarray,
    scores: Callable[[np.ndarray], np.ndarray],
    key: Sequence[str],
    draws: int = 100,
    seed: int = 0,
) -> list[float]:
    """A score under `draws` resamples of the examples (Efron 1979).

    Resample b depends on `key`, `seed`, b and the number of examples alone: two models
    scored on the same test share it, and the difference of their replicates is a paired
    bootstrap.

    Args:
        counts: (n, k), one row an example.
        scores: from sums (draws, k) to (draws,) points.
        key: of the test: target and split, and the language where it is not shared.
    """
    counts = np.asarray(counts, dtype=float)
    n = len(counts)
    text = "\x1f".join([*map(str, key), str(seed)])
    digest = hashlib.sha256(text.encode()).digest()
    generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    sums = np.empty((draws, counts.shape[1]))
    block = max(1, WEIGHTS // n)
    for first in range(0, draws, block):
        rows = min(block, draws - first)
        drawn = generator.integers(0, n, size=(rows, n))
        drawn += n * np.arange(rows)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        sums[first : first + rows] = weights @ counts
    return [float(value) for value in scores(sums)]


def summary(
    metric: Metric,
    counts: np.ndarray,
    key: Sequence[str],
    draws: int = 100,
    seed: int = 0,
) -> dict[str, Any]:
    """What a record holds of one language: every score, n, and the bootstrap.

    `se` is the standard error of the headline over examples, `replicates` the headline
    under each resample; see `bootstrap_replicates`.
    """
    sums = counts.sum(axis=0)
    replicates = bootstrap_replicates(
        counts, lambda s: metric.scores(s)[metric.headline], key, draws, seed
    )
    return {
        **{name: round(float(v), 4) for name, v in metric.scores(sums).items()},
        "n": len(counts),
        "se": round(float(np.std(replicates, ddof=1)), 4) if draws > 1 else 0.0,
        "replicates": [round(value, 4) for value in replicates],
    }


# ------------------------------------------------------------------------ evaluate


def _features(name: str) -> Any:
    """The types that `evaluate` checks: one layout, or several to choose from."""
    from datasets import Features, Sequence, Value

    text, number = Value("string"), Value("int64")
    if name in ("squad", "mlqa"):
        return Features({"predictions": text, "references": Sequence(text)})
    if name == "mining_f1":  # one example: all pairs of a language
        pairs = Sequence(Sequence(text))
        return Features({"predictions": pairs, "references": pairs})
    nested = name in ("chunk_f1", "token_accuracy")
    kinds = [Sequence(k) if nested else k for k in (text, number)]
    return [Features({"predictions": kind, "references": kind}) for kind in kinds]


def load(name: str) -> Any:
    """The metric as an `evaluate.Metric` that needs no network.

    `compute(predictions=, references=, **options)` gives every score in points; so do
    `add_batch` and then `compute(**options)`. For mining_f1 one "example" is all pairs
    of a language: `predictions=[[(source id, target id), ...]]`.
    """
    import evaluate

    metric = get(name)

    class CountMetric(evaluate.Metric):
        def _info(self) -> Any:
            return evaluate.MetricInfo(
                description=f"xitt's {metric.name}: {', '.join(metric.columns)}",
                citation="",
                inputs_description=metric.counts.__doc__,
                features=_features(metric.name),
            )

        def compute(self, *, predictions=None, references=None, **options):
            """Every score, in points from 0 to 100."""
            if predictions is not None and references is not None:
                return self._compute(predictions, references, **options)
            return super().compute(**options)

        def _compute(self, predictions, references, **options):
            if metric.name == "mining_f1":
                check_lengths(predictions, references)
                if len(references) != 1:
                    raise UserError(
                        f"mining_f1 scores one language at a time, not "
                        f"{len(references)}; call compute once for each"
                    )
                predictions, references = predictions[0], references[0]
            return metric.compute(predictions, references, **options)

    return CountMetric(keep_in_memory=True)
