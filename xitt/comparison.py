"""Our gains beside the published ones, each with the source that it was found in.

Only what `results/published` holds is shown. The published averages are over nine tasks
and all their languages, English included, so ours are taken in the same way here.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

import pandas as pd

from xitt import labels, latex, results, tasks
from xitt.labels import DASH, tex
from xitt.latex import Rows, tabular
from xitt.results import Results

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
    frame = results.published()
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
    frame = results.published()
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
    `statistics.gains`, NaN where nothing was measured. English is counted.
    """
    rows = []
    for name in (*AVERAGES, BEST, *TARGETS):
        target = name in TARGETS
        quoted = published_scores(name) if target else published_average(name)
        ours = _ours(study, name)
        measured = {} if ours is None else ours.to_dict()
        if quoted is not None:
            part = {"part": "target" if target else "average", "name": name}
            said = {"published": quoted.gain, "source": quoted.source}
            rows.append({"setting": None, "mean": None, **measured, **part, **said})
    return pd.DataFrame(rows)


def _ours(study: Results, name: str) -> pd.Series | None:
    """Our gain beside the published one of a setting, of BEST or of a target."""
    if name in AVERAGES:
        gains = study.gains_with_english
        return results.cell(gains, setting=name, target=results.ALL)
    return results.cell(study.best, target=results.ALL if name == BEST else name)


def title(name: str) -> str:
    """How a row of `frame` is named."""
    if name == BEST:
        return "Best per target"
    return labels.task(name) if name in TARGETS else labels.setting(name)


def marks(sources: list[str]) -> dict[str, str]:
    """A letter for each different source, in their order."""
    return dict(zip(dict.fromkeys(sources), ascii_lowercase))


def legend(sources: list[str]) -> str:
    """What the letters of a table's sources stand for."""
    return "; ".join(f"({mark}) {text}" for text, mark in marks(sources).items())


def average_sources() -> list[str]:
    """The sources of the published averages, in the table's order."""
    quoted = [published_average(name) for name in (*AVERAGES, BEST)]
    return [found.source for found in quoted if found]


def target_sources() -> list[str]:
    """The sources of the published scores by target, in the table's order."""
    quoted = [published_scores(target) for target in TARGETS]
    quoted.append(published_average(BEST))
    return [found.source for found in quoted if found]


def published_table(study: Results) -> str:
    """Average gains: the published ones, and ours."""
    letters = marks(average_sources())
    rows: Rows = []
    for name in (*AVERAGES, BEST):
        quoted, ours = published_average(name), _ours(study, name)
        if quoted is None:
            continue
        counts = [
            DASH if ours is None else str(ours[n]) for n in ("n_targets", "n_seeds")
        ]
        written = rf"{tex(labels.gain(quoted.gain))}\source{{{letters[quoted.source]}}}"
        change = latex.change(ours, spread=True)
        rows.append([tex(title(name)), written, change, *map(tex, counts)])
    rows.insert(len(AVERAGES), [])
    return tabular("lrrrr", ["", "published", "ours", "targets", "seeds"], rows)


def best_table(study: Results) -> str:
    """Each target with the setting that development data chose, and the published."""
    letters = marks(target_sources())
    rows: Rows = []
    for target in tasks.names("target"):
        ours, quoted = results.cell(study.best, target=target), published_scores(target)
        theirs = [tex(DASH)] * 3
        if quoted is not None:
            numbers = [tex(labels.score(n)) for n in (quoted.none, quoted.best)]
            theirs = [*numbers, _quoted(quoted, letters)]
        if ours is not None or target in study.targets or quoted is not None:
            rows.append([tex(labels.task(target)), *_chosen(ours), *theirs])
    average = results.cell(study.best, target=results.ALL)
    if average is not None:
        many = labels.plural(int(average["n_targets"]), "target")
        theirs = [*[tex(DASH)] * 2, _quoted(published_average(BEST), letters)]
        rows += [[], [tex(f"Average of {many}"), *_chosen(average), *theirs]]
    head = ["", "chosen", "dev.", "test", "gain", "seeds", "XLM-R", "best", "gain"]
    return tabular(r"llrrrr@{\hskip 2em}rrr", head, rows)


def _quoted(quoted: Quoted, letters: dict[str, str]) -> str:
    """A published gain with the letter of its source."""
    return rf"{tex(labels.gain(quoted.gain))}\source{{{letters[quoted.source]}}}"


def _chosen(row: pd.Series | None) -> list[str]:
    """The chosen setting, its development and test score, gain and seeds."""
    if row is None:
        return [tex(DASH)] * 5
    chosen = DASH if row["target"] == results.ALL else labels.setting(row["setting"])
    scores = [tex(labels.score(row[column])) for column in ("validation", "score")]
    return [tex(chosen), *scores, latex.change(row, spread=True), str(row["n_seeds"])]
