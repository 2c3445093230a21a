"""How much target data until the intermediate task stops helping?

The original has one point of this curve: all of a target's training data. Here the same
cells are trained on fewer examples, by profiles that extend a study (`curves` names
them in its profile); what the study itself has at one of the sizes is not made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xitt.analysis import estimates, paired_samples
from xitt.analysis.paired_samples import BASELINE, Record

if TYPE_CHECKING:
    import pandas as pd

SCORE, GAIN = "score", "gain"
COLUMNS = ["measure", "examples", *estimates.COLUMNS]


def frame(records: Sequence[Record], further: Sequence[Record]) -> pd.DataFrame:
    """Zero-shot scores and gains by the number of examples trained on.

    Args:
        records: of the study.
        further: of the profiles that extend it; of their targets and settings alone
            there are curves.

    Returns:
        measure ("score" or "gain"), examples, and the columns of `estimates.scores`,
        sorted; empty where nothing was trained on another number of examples. A size
        at which there is no baseline has no gain.
    """
    import pandas as pd

    varied = {(r["setting"], r["target"]) for r in further if r["phase"] == "target"}
    sizes: dict[int, dict[tuple[Any, ...], Record]] = {}
    for record in (*further, *records):
        cell = (record["setting"], record["target"])
        if cell in varied and record["data"]["n_train"]:
            own = sizes.setdefault(record["data"]["n_train"], {})
            own.setdefault((*cell, record["seed"]), {**record, "profile": "curves"})
    parts = [part for n, own in sizes.items() for part in _of_size(n, own.values())]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(parts, ignore_index=True)
    order = ["measure", "target", "setting", "examples"]
    return found[COLUMNS].sort_values(order, ignore_index=True)


def _of_size(n: int, records: Sequence[Record]) -> list[pd.DataFrame]:
    """Scores and gains of one number of examples, by target."""
    records = list(records)
    frames = {SCORE: estimates.scores(records, by="target")}
    if BASELINE in paired_samples.read(records, "test"):
        frames[GAIN] = estimates.gains(records, by="target")
    return [
        rows[rows["language"] == "zero-shot"].assign(measure=measure, examples=n)
        for measure, rows in frames.items()
        if len(rows)
    ]
