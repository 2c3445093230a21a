"""Retrieval scores by layer, out of records: what the figures by layer draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

BY = ["setting", "target", "layer"]
COLUMNS = [*BY, "mean", "low", "high", "chosen", "n_languages"]


def frame(records: Iterable[dict[str, Any]], field: str = "layers") -> pd.DataFrame:
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
