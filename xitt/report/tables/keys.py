"""The keys of numbers, which the text looks up and the cells of tables lead to."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xitt.analysis import results
from xitt.analysis.questions.language_models.states import CENTRED, PLAIN
from xitt.analysis.questions.robustness import frames
from xitt.analysis.results import ZERO_SHOT
from xitt.tasks.registry import ENGLISH

AVERAGES = {results.ALL: "avg", "without retrieval": "avg-without-retrieval"}
# Measures of language models; every other one is `points`.
MEASURES = {
    "pass@1": "pass",
    "loglikelihood_per_token": "likelihood",
    "answer_loglikelihood": "likelihood",
    PLAIN: PLAIN,
    CENTRED: CENTRED,
}
# Measures on perturbed input, and whether they are of a setting or of the baseline.
PERTURBED = {
    frames.DROP: ("drop", False),
    frames.CLEAN: ("clean", False),
    frames.SCORE: ("score", False),
    frames.GAIN: ("gain", True),
    frames.CHANGE: ("change", True),
}
BEST = "best"  # instead of a setting: the one that development data chose


def place(row: Any, setting: str | None = None) -> str:
    """`TARGET/SETTING` of a mean over languages, `TARGET/SETTING/LANGUAGE` of one.

    row: of a frame of scores or gains. setting: what stands instead of the row's own.
    """
    parts = [AVERAGES.get(row["target"], row["target"]), setting or row["setting"]]
    if row["language"] not in (ZERO_SHOT, results.ALL):
        parts.append(row["language"])
    return "/".join(parts)


def of(row: Any, noun: str, setting: str | None = None) -> str:
    """The key of a `score`, a `gain`: its place, see there, and what it is."""
    return f"{place(row, setting)}/{noun}"


def looked_up(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of language models that are numbers: means and English, of one model."""
    rows = frame[frame["language"].isin([ZERO_SHOT, ENGLISH])].dropna(subset=["mean"])
    return rows[rows["model"] == rows["model"].iloc[0]] if len(rows) else rows


def of_measure(prefix: str, row: Any, noun: str) -> str:
    """`PREFIX/TARGET/SETTING/MEASURE/NOUN`, with `/en` behind it for English."""
    measure = MEASURES.get(row["measure"], "points")
    key = f"{prefix}/{row['target']}/{row['setting']}/{measure}/{noun}"
    return key + "/en" * (row["language"] == ENGLISH)


def within(frame: pd.DataFrame, prefix: str, row: Any, noun: str) -> str:
    """The key of a row of `frame`, empty for None and where it is no number."""
    if row is None or row.name not in looked_up(frame).index:
        return ""
    return of_measure(prefix, row, noun)


def of_perturbed(row: Any) -> str:
    """`robustness/TARGET/VARIANT/NOUN`, with the setting before the noun of a gain."""
    noun, of_setting = PERTURBED[row["measure"]]
    setting = f"/{row['setting']}" if of_setting else ""
    return f"robustness/{row['target']}/{row['variant']}{setting}/{noun}"
