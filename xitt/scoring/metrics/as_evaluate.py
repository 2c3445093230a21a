"""The metrics in the form of the library `evaluate`."""

from __future__ import annotations

from typing import Any

from xitt.errors import UserError
from xitt.scoring.metrics.checks import (
    check_lengths,
)
from xitt.scoring.metrics.named import get

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
