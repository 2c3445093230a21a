"""What is counted over many gains: how many are clear, which settings pair up."""

from __future__ import annotations

import pandas as pd

from xitt.analysis import estimates, results
from xitt.analysis.results import Results
from xitt.tasks.settings import parse_setting


def counted(rows: pd.DataFrame) -> tuple[int, int, int]:
    """How many rows gain, lose, and show no clear change, after Holm's correction."""
    rows = rows.dropna(subset=["mean"])
    clear = results.clear(rows)
    up = int((clear & (rows["mean"] > 0)).sum())
    down = int((clear & (rows["mean"] < 0)).sum())
    return up, down, len(rows) - up - down


def variants(study: Results, suffix: str) -> list[tuple[str, pd.Series]]:
    """Each setting with `suffix` that can be compared to the same without, paired.

    The row is that of the zero-shot average over the targets that both have.
    """
    found = []
    for setting in study.settings:
        parsed = parse_setting(setting)
        plain = "+".join(part for part in setting.split("+") if part != suffix)
        if not getattr(parsed, suffix) or plain not in study.settings:
            continue
        pair = [r for r in study.learned if r["setting"] in (setting, plain)]
        frame = estimates.gains(pair, by="average", baseline=plain)
        where = {"target": results.ALL, "language": results.ZERO_SHOT}
        row = results.cell(frame, setting=setting, **where)
        if row is not None:
            found.append((setting, row))
    return found
