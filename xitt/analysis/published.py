"""Our gains beside the published ones, each with the source that it was found in.

Only what `results/published` holds is shown. The published averages are over nine tasks
and all their languages, English included, so ours are taken in the same way here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from xitt import paths
from xitt.analysis import results, wording
from xitt.analysis.results import Results

# Phang et al.'s names of the settings whose average gain they state.
AVERAGES = {
    "mnli": "MNLI",
    "squad_v2": "SQuAD_v2.0",
    "hellaswag": "HellaSwag",
    "multi": "Multi-task",
}
BEST = "best"  # stands where a setting would: each target with its best setting

# Where the test scores of XLM-R large, and of it with each target's best intermediate
# task, were found: rows of one version of the results, ours nearest to the paper's.
PAPER = ("xtreme_published_XLM-R_Large", "paper_xtreme_test")
LEADERBOARD = ("leaderboard_XLM-R_Large", "leaderboard_xtreme_test")
TARGETS = {
    "xnli": ("XNLI", PAPER),
    "paws_x": ("PAWS-X", PAPER),
    "udpos": ("POS", LEADERBOARD),
    "panx": ("NER", PAPER),
    "xquad": ("XQuAD", PAPER),
    "mlqa": ("MLQA", PAPER),
    "tydiqa": ("TyDiQA", PAPER),
}


@dataclass(frozen=True)
class Quoted:
    """A published gain, the two scores it is the difference of, and their source."""

    gain: float
    source: str
    none: float | None = None
    best: float | None = None


def published_average(setting: str) -> Quoted | None:
    """Phang et al.'s average gain of `setting` on development data, where stated.

    Of BEST it is that on test data, with the best setting of each target.
    """
    frame = quotes()
    if setting == BEST:
        rows = frame[
            (frame["variant"] == PAPER[1]) & (frame["metric"] == "mean9_delta_vs_XLM-R")
        ]
    else:
        rows = frame[
            (frame["intermediate"] == AVERAGES.get(setting))
            & (frame["metric"] == "mean9_delta")
            & frame["variant"].str.endswith("no_mlm_dev")
        ]
    if rows.empty:
        return None
    row = rows.iloc[0]
    source = "; ".join(filter(None, [row["source"], row["note"]]))
    return Quoted(float(row["value"]), source)


def published_scores(target: str) -> Quoted | None:
    """XLM-R large's test scores on `target`: as it is, and with the best intermediate.

    In the metric named there: accuracy or F1.
    """
    if target not in TARGETS:
        return None
    name, variants = TARGETS[target]
    frame = quotes()
    frame = frame[(frame["target"] == name) & frame["metric"].isin(["acc", "f1"])]
    found = [frame[frame["variant"] == variant] for variant in variants]
    if any(rows.empty for rows in found):
        return None
    none, best = (float(rows.iloc[0]["value"]) for rows in found)
    sources = dict.fromkeys(rows.iloc[0]["source"] for rows in found)
    return Quoted(round(best - none, 4), "; ".join(sources), none, best)


def frame(study: Results) -> pd.DataFrame:
    """Every published gain with ours: a row a setting, then a row a target.

    Columns: part ("average" or "target"), name (setting or target), setting (ours; of a
    target the one that development data chose), published, source, and the columns of
    `estimates.gains`, NaN where nothing was measured. English is counted.
    """
    rows = []
    for name in (*AVERAGES, BEST, *TARGETS):
        target = name in TARGETS
        quoted = published_scores(name) if target else published_average(name)
        ours = our_gain(study, name)
        measured = {} if ours is None else ours.to_dict()
        if quoted is not None:
            part = {"part": "target" if target else "average", "name": name}
            said = {"published": quoted.gain, "source": quoted.source}
            rows.append({"setting": None, "mean": None, **measured, **part, **said})
    return pd.DataFrame(rows)


def our_gain(study: Results, name: str) -> pd.Series | None:
    """Our gain beside the published one of a setting, of BEST or of a target."""
    if name in AVERAGES:
        gains = study.gains_with_english
        return results.cell(gains, setting=name, target=results.ALL)
    return results.cell(study.best, target=results.ALL if name == BEST else name)


def title(name: str) -> str:
    """How a row of `frame` is named."""
    if name == BEST:
        return "Best per target"
    return wording.task(name) if name in TARGETS else wording.setting(name)


def average_sources() -> list[str]:
    """The sources of the published averages, in the table's order."""
    quoted = [published_average(name) for name in (*AVERAGES, BEST)]
    return [found.source for found in quoted if found]


def target_sources() -> list[str]:
    """The sources of the published scores by target, in the table's order."""
    quoted = [published_scores(target) for target in TARGETS]
    quoted.append(published_average(BEST))
    return [found.source for found in quoted if found]


@cache
def quotes() -> pd.DataFrame:
    """Numbers quoted from the literature, each with the source that it was found in.

    Columns intermediate, variant, target, metric, value, source, note.
    """
    return pd.read_csv(paths.PUBLISHED / "published_results.csv", keep_default_na=False)
