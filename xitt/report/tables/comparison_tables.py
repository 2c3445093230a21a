"""The tables that set our gains beside the published ones."""

from __future__ import annotations

from string import ascii_lowercase

import pandas as pd

from xitt.analysis import results, wording
from xitt.analysis.published import (
    AVERAGES,
    BEST,
    Quoted,
    average_sources,
    our_gain,
    published_average,
    published_scores,
    target_sources,
    title,
)
from xitt.analysis.results import Results
from xitt.analysis.wording import DASH
from xitt.report import latex
from xitt.report.latex import Rows, tabular, tex
from xitt.report.tables import keys
from xitt.tasks import registry


def marks(sources: list[str]) -> dict[str, str]:
    """A letter for each different source, in their order."""
    return dict(zip(dict.fromkeys(sources), ascii_lowercase))


def legend(sources: list[str]) -> str:
    """What the letters of a table's sources stand for."""
    return "; ".join(f"({mark}) {text}" for text, mark in marks(sources).items())


def published_table(study: Results) -> str:
    """Average gains: the published ones, and ours."""
    letters = marks(average_sources())
    rows: Rows = []
    for name in (*AVERAGES, BEST):
        quoted, ours = published_average(name), our_gain(study, name)
        if quoted is None:
            continue
        counts = [
            DASH if ours is None else str(ours[n]) for n in ("n_targets", "n_seeds")
        ]
        written = _quoted(quoted, letters, f"published/avg/{name}/gain")
        change = latex.change(ours, spread=True, key=_key(ours, name))
        rows.append([tex(title(name)), written, change, *map(tex, counts)])
    rows.insert(len(AVERAGES), [])
    return tabular("lrrrr", ["", "published", "ours", "targets", "seeds"], rows)


def _key(ours: pd.Series | None, name: str) -> str:
    if ours is None:
        return ""
    best = keys.of(ours, "gain", keys.BEST)
    return best if name == BEST else keys.of(ours, "gain-with-english")


def best_table(study: Results) -> str:
    """Each target with the setting that development data chose, and the published."""
    letters = marks(target_sources())
    rows: Rows = []
    for target in registry.names("target"):
        ours, quoted = results.cell(study.best, target=target), published_scores(target)
        theirs = [tex(DASH)] * 3
        if quoted is not None:
            place = f"published/{target}"
            numbers = [
                latex.traced(f"{place}/{name}", tex(wording.score(n)))
                for name, n in (("none", quoted.none), ("best", quoted.best))
            ]
            theirs = [*numbers, _quoted(quoted, letters, f"{place}/gain")]
        if ours is not None or target in study.targets or quoted is not None:
            rows.append([tex(wording.task(target)), *_chosen(ours), *theirs])
    average = results.cell(study.best, target=results.ALL)
    if average is not None:
        many = wording.plural(int(average["n_targets"]), "target")
        key = f"published/avg/{BEST}/gain"
        theirs = [*[tex(DASH)] * 2, _quoted(published_average(BEST), letters, key)]
        rows += [[], [tex(f"Average of {many}"), *_chosen(average), *theirs]]
    head = ["", "chosen", "of", "dev.", "None", "test", "gain", "seeds",
            "XLM-R", "best", "gain"]  # fmt: skip
    return tabular(r"llrrrrrr@{\hskip 2em}rrr", head, rows)


def _quoted(quoted: Quoted, letters: dict[str, str], key: str) -> str:
    """A published gain with the letter of its source."""
    gain = latex.traced(key, tex(wording.gain(quoted.gain)))
    return rf"{gain}\source{{{letters[quoted.source]}}}"


def _chosen(row: pd.Series | None) -> list[str]:
    """The chosen setting, of how many, its development score and the baseline's; its
    test score, gain and seeds.
    """
    if row is None:
        return [tex(DASH)] * 7
    chosen = DASH if row["target"] == results.ALL else wording.setting(row["setting"])
    validation, without, score = (
        tex(wording.score(row[c])) for c in ("validation", "without", "score")
    )
    score = latex.traced(keys.of(row, "score", keys.BEST), score)
    gain = latex.change(row, spread=True, key=keys.of(row, "gain", keys.BEST))
    few = tex(wording.count(row["candidates"]))
    seeds = str(row["n_seeds"])
    return [tex(chosen), few, validation, without, score, gain, seeds]
