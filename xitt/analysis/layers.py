"""Retrieval by layer: its curves, and the layer that is chosen on development data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xitt.errors import UserError

if TYPE_CHECKING:
    from xitt.analysis.results import Results

BY = ["setting", "target", "layer"]
COLUMNS = [*BY, "mean", "low", "high", "chosen", "n_languages"]


def curves(records: Iterable[dict[str, Any]], field: str = "layers") -> pd.DataFrame:
    """Retrieval score by layer: mean over languages, seeds averaged first.

    field: `layers`, or `layers_centred`, which only some records hold.

    Returns:
        setting, target, layer, mean, low, high (quartiles over the languages), chosen
        (the layer that was fixed beforehand), n_languages.
    """
    rows = [
        {
            **{"setting": r["setting"], "target": r["target"], "language": lang},
            **{"layer": layer, "score": score, "chosen": r["layer"]},
        }
        for r in records
        for lang, curve in (r.get(field) or {}).items()
        for layer, score in enumerate(curve)
    ]
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    seeds = pd.DataFrame(rows).groupby([*BY, "language"], as_index=False).mean()
    cells = seeds.groupby(BY)
    found = cells["score"].agg(["mean"])
    found["low"] = cells["score"].quantile(0.25)
    found["high"] = cells["score"].quantile(0.75)
    found["chosen"] = cells["chosen"].first().astype(int)
    found["n_languages"] = cells["language"].nunique()
    return found.reset_index()


def choose_layer(scores: Sequence[float]) -> int:
    """The layer with the best development score; of equals the lowest.

    Args:
        scores: a score for each layer 0..L: the mean over the baseline and every
            intermediate model, so that all are compared at one layer.
    """
    mean = np.asarray(scores, dtype=float)
    if not len(mean):
        raise UserError("no development scores by layer; run a retrieval target first")
    if not np.isfinite(mean).all():
        at = int((~np.isfinite(mean)).argmax())
        raise UserError(f"the development score of layer {at} is not a number")
    return int(mean.argmax())


def development(found: Results) -> pd.DataFrame:
    """Development score by layer: a column a retrieval task, and their `mean`.

    Each is the mean over all settings, seeds and languages that are recorded.
    """
    by_task: dict[str, list[list[float]]] = {}
    for record in found.of("target"):
        for curve in (record.get("layers_validation") or {}).values():
            by_task.setdefault(record["target"], []).append(curve)
    table = pd.DataFrame(
        {task: np.mean(rows, axis=0) for task, rows in by_task.items()}
    )
    return table.assign(mean=table.mean(axis=1))
