"""Which intermediate tasks were not learned: what follows is not their knowledge.

A model that answers the intermediate task's own development data no better than a
trivial rule has learned nothing of it. What the setting then changes comes of training
that led nowhere, and a loss says nothing against the task itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xitt.analysis.cautions import floor
from xitt.analysis.paired_samples import CONFIDENCE, Record

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["setting", "task", "score", "trivial", "low", "high", "learned"]


def frame(records: Sequence[Record]) -> pd.DataFrame:
    """Each intermediate task of each setting beside its trivial answer, in points.

    Columns: setting; task; score, of its English development data, mean over seeds;
    trivial, the commonest answer to them where any record knows it, else chance among
    the labels, NaN of other tasks; low and high, the score's 95% interval over
    examples, which the seeds share; learned, False where the interval reaches down to
    the trivial answer.
    """
    import pandas as pd
    from scipy.stats import norm

    runs = [record for record in records if record["phase"] == "intermediate"]
    cells = [
        (record["setting"], task, entry[entry["headline"]], entry["se"], entry)
        for record in runs
        for task, entry in record["metrics"].get("validation", {}).items()
        if {"headline", "se"} <= entry.keys()  # a mere log-likelihood has no interval
    ]
    known = {
        (task, entry["n"]): entry["trivial"]
        for _, task, _, _, entry in cells
        if "trivial" in entry
    }
    rows = [
        (setting, task, score, se, known.get((task, entry["n"]), floor.chance(task)))
        for setting, task, score, se, entry in cells
    ]
    table = pd.DataFrame(rows, columns=["setting", "task", "score", "se", "trivial"])
    table["trivial"] = table["trivial"].astype(float)
    means = table.groupby(["setting", "task"], as_index=False, sort=False).mean()
    half = norm.ppf((1 + CONFIDENCE) / 2) * means["se"]
    means = means.assign(low=means["score"] - half, high=means["score"] + half)
    return means.assign(learned=~(means["low"] <= means["trivial"]))[COLUMNS]
