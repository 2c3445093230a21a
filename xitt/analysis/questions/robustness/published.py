"""Drops on perturbed input that others published: other models, and other noise."""

from __future__ import annotations

import pandas as pd

from xitt import paths
from xitt.analysis.questions.robustness.samples import variant

FILE = paths.PUBLISHED / "noise_drops.csv"


def drops() -> pd.DataFrame:
    """A row a number: task ("" for several), perturbation, what, low, high, source.

    low and high: points, clean minus perturbed; equal where one number is quoted.
    """
    return pd.read_csv(FILE, keep_default_na=False)


def beside(task: str, name: str) -> str:
    """What is quoted for a task and a variant, `2.3 to 4.3`; "" where nothing is."""
    rows = drops()
    rows = rows[rows["task"].isin([task, ""])]
    kind = variant(name).perturbation
    kind = "keyboard" if kind.endswith("_typos") else kind
    found = [span(row) for _, row in rows[rows["perturbation"] == kind].iterrows()]
    return "; ".join(found)


def span(row: pd.Series) -> str:
    """A quoted drop, or the least and the most of several."""
    low, high = float(row["low"]), float(row["high"])
    return f"{low:.1f}" if low == high else f"{low:.1f} to {high:.1f}"
