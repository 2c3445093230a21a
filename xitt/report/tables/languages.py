"""The tables of single languages: scores of `none`, and the gain of every setting.

One `tabular` a target, for the appendix. Cells are tinted by the size of the change, so
that forty languages by a dozen settings can be read at a glance; signs tell gains from
losses in grey print.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from xitt.analysis import paired_samples, results, wording
from xitt.analysis.results import Results
from xitt.analysis.wording import DASH
from xitt.report import latex
from xitt.report.latex import Rows, tabular, tex
from xitt.report.tables import keys
from xitt.tasks import registry

WIDE = 6  # settings above which these tables need the page's width

DEEPEST = 45  # per cent of colour at most: black text stays readable on it
POINTS = 15.0  # a change of so many points is tinted deepest

METRICS = {
    "accuracy": "accuracy",
    "chunk_f1": "chunk F1",
    "squad": "mean of F1 and exact match",
    "mlqa": "mean of F1 and exact match",
    "mining_f1": "F1",
    "retrieval_accuracy": "accuracy",
    "pass_at_k": "pass@1",
    "solved": "solved",
}


def metric_name(target: str) -> str:
    """What the points of a target are, in words."""
    return METRICS.get(registry.get(target).metric, "points")


def language_tables(study: Results) -> str:
    """One `tabular` a target, each in a block of its own, English first."""
    blocks = []
    for target in study.targets:
        title = tex(f"{wording.task(target)} ({metric_name(target)})")
        blocks.append(f"\\languageblock{{{title}}}{{%\n{_table(study, target)}}}\n")
    return "\n".join(blocks) or tabular("l", [], [])


def _table(study: Results, target: str) -> str:
    scores = study.language_scores
    scores = scores[scores["target"] == target]
    gains = study.language_gains
    gains = gains[gains["target"] == target]
    settings = wording.ordered_settings(gains["setting"])
    baseline = scores[scores["setting"] == paired_samples.BASELINE].set_index(
        "language"
    )
    cells = gains.set_index(["language", "setting"])
    rows: Rows = []
    for lang in wording.ordered_languages(baseline.index):
        row = baseline.loc[lang]
        written = [_cell(cells, target, lang, setting) for setting in settings]
        names = [tex(lang), tex(registry.language_name(lang)), str(row["n_examples"])]
        key = f"{target}/{paired_samples.BASELINE}/{lang}/score"
        score = latex.traced(key, tex(wording.score(row["mean"])))
        rows.append([*names, score, *written])
    rows += [[], *_foot(study, target, settings)] if rows else []
    heads = [rf"\turned{{{tex(wording.setting(setting))}}}" for setting in settings]
    # Turned heads lean out to the right.
    columns = "llrr" + "r" * len(settings) + r"@{\hskip 2.4em}"
    empty = "No score without intermediate training is recorded yet."
    head = ["", "", r"$n$", tex(wording.setting(paired_samples.BASELINE)), *heads]
    return tabular(columns, head, rows, empty, open_top=True)


def _cell(cells: pd.DataFrame, target: str, lang: str, setting: str) -> str:
    """A gain, tinted; bold where its interval excludes zero, starred after Holm."""
    if (lang, setting) not in cells.index:
        return tex(DASH)
    row = cells.loc[(lang, setting)]
    key = f"{target}/{setting}/{lang}/gain"
    return tint(row["mean"]) + latex.change(row, key=key)


def tint(gain: float) -> str:
    r"""`\tint{gain}{30}`: the colour behind a cell, deeper for a larger change."""
    depth = round(DEEPEST * min(1.0, abs(gain) / POINTS))
    return rf"\tint{{{'gain' if gain > 0 else 'loss'}}}{{{depth}}}" if depth else ""


def _foot(study: Results, target: str, settings: list[str]) -> Rows:
    """The mean without English, how wide a language's interval is, and the seeds."""
    base = results.cell(study.scores, setting=paired_samples.BASELINE, target=target)
    means, widths, seeds = [], [], []
    every = study.language_gains
    for setting in settings:
        row = results.cell(study.gains, setting=setting, target=target)
        own = every[(every["target"] == target) & (every["setting"] == setting)]
        half = ((own["high"] - own["low"]) / 2).median()
        means.append(_mean(row, "gain", wording.gain))
        widths.append(rf"$\pm${half:.1f}")
        seeds.append(str(own["n_seeds"].iloc[0]))
    first = [_mean(base, "score", wording.score), *means]
    baseline = tex(DASH) if base is None else str(base["n_seeds"])
    return [
        [r"\multicolumn{2}{@{}l}{mean without English}", "", *first],
        [r"\multicolumn{2}{@{}l}{median half-width}", "", "", *widths],
        [r"\multicolumn{2}{@{}l}{seeds}", "", baseline, *seeds],
    ]


def _mean(row: pd.Series | None, noun: str, write: Callable[[float], str]) -> str:
    if row is None:
        return tex(DASH)
    return latex.traced(keys.of(row, noun), tex(write(row["mean"])))
