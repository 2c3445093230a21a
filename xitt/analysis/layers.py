"""Which layer of an encoder retrieval is read from: chosen on development data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xitt.analysis.results import Results
from xitt.errors import UserError

if TYPE_CHECKING:
    import pandas as pd


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
    import pandas as pd

    curves: dict[str, list[list[float]]] = {}
    for record in found.of("target"):
        for curve in (record.get("layers_validation") or {}).values():
            curves.setdefault(record["target"], []).append(curve)
    table = pd.DataFrame({task: np.mean(rows, axis=0) for task, rows in curves.items()})
    return table.assign(mean=table.mean(axis=1))
