"""The tables of scores and of gains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from xitt.analysis import paired_samples, results, wording
from xitt.analysis.results import Results
from xitt.analysis.wording import DASH
from xitt.report import latex
from xitt.report.latex import Rows, tabular, tex, with_spread
from xitt.report.tables import keys


def leaders(scores: pd.DataFrame) -> set[tuple[str, str]]:
    """The (setting, target) cells that lead their column by more than the spread.

    The best is a leader when it is ahead of the second by more than the root of the sum
    of both half-widths squared; else nobody is.
    """
    found = set()
    for target, column in scores.dropna(subset=["mean"]).groupby("target"):
        column = column.sort_values("mean", ascending=False)
        if len(column) < 2:
            continue
        half = (column["high"] - column["low"]) / 2
        spread = (half.iloc[0] ** 2 + half.iloc[1] ** 2) ** 0.5
        if column["mean"].iloc[0] - column["mean"].iloc[1] > spread:
            found.add((column["setting"].iloc[0], target))
    return found


# --- scores and gains ---------------------------------------------------------------


def gains_table(study: Results) -> str:
    """The transfer matrix: zero-shot gains over `none`, whose scores come first.

    Bold: the 95% interval excludes zero. Asterisk: clear after Holm's correction.
    Dagger: a target at its floor, which enters no average. Double dagger: a setting
    that learned nothing of its own task.
    """
    targets = wording.ordered_targets(study.gains["target"])
    settings = wording.ordered_settings(study.gains["setting"])
    rows: Rows = []
    for setting in settings:
        cells = [results.cell(study.gains, setting=setting, target=t) for t in targets]
        written = [_gain(cell) for cell in cells]
        if "+" in setting and "+" not in settings[settings.index(setting) - 1]:
            rows.append([])  # a rule above the variants
        rows.append([_setting(study, setting), seeds_of(cells), *written])
    rows = [*_baseline(study, targets, bool(rows)), *rows]
    return _matrix(rows, targets, study.floored)


def scores_table(study: Results) -> str:
    """Zero-shot scores: a row a setting, a column a target, averages last."""
    frame, best = study.scores, leaders(study.scores)
    targets = wording.ordered_targets(frame["target"])
    rows: Rows = []
    for setting in study.settings:
        cells = [results.cell(frame, setting=setting, target=t) for t in targets]
        written = [
            _score(cell, bold=(setting, target) in best)
            for cell, target in zip(cells, targets)
        ]
        rows.append([_setting(study, setting), seeds_of(cells), *written])
    if len(rows) > 1 and study.settings[0] == paired_samples.BASELINE:
        rows.insert(1, [])  # a rule below the baseline
    return _matrix(rows, targets, study.floored)


def _gain(cell: pd.Series | None) -> str:
    key = "" if cell is None else keys.of(cell, "gain")
    return latex.change(cell, spread=True, key=key)


def _score(cell: pd.Series | None, bold: bool = False) -> str:
    key = "" if cell is None else keys.of(cell, "score")
    return with_spread(cell, wording.score, bold, key=key)


def _matrix(rows: Rows, targets: Sequence[str], floored: Sequence[str]) -> str:
    heads = _heads(targets, floored)
    return tabular("lc" + _columns(targets), ["", "seeds", *heads], rows)


def _setting(study: Results, setting: str) -> str:
    mark = r"\textsuperscript{\ddag}" * (setting in study.unlearned)
    return tex(wording.setting(setting)) + mark


def _baseline(study: Results, targets: Sequence[str], wanted: bool) -> Rows:
    """The row of scores that gains are added to, and a rule."""
    if not wanted:
        return []
    where = {"setting": paired_samples.BASELINE}
    cells = [results.cell(study.scores, **where, target=t) for t in targets]
    name = tex(f"{wording.setting(paired_samples.BASELINE)} (score)")
    return [
        [name, seeds_of(cells), *map(_score, cells)],
        [],
    ]


def seeds_of(cells: Iterable[pd.Series | None]) -> str:
    """`1`, `3` or `1–3`: the seeds behind the cells of a row."""
    found = sorted({int(cell["n_seeds"]) for cell in cells if cell is not None})
    if not found:
        return tex(DASH)
    return str(found[0]) if len(found) == 1 else f"{found[0]}--{found[-1]}"


def _columns(targets: Sequence[str]) -> str:
    """Column letters: averages stand apart by a little space."""
    own = sum(target not in wording.AVERAGES for target in targets)
    averages = len(targets) - own
    return "r" * own + (r"@{\hskip 1.4em}" + "r" * averages if averages else "")


def _heads(targets: Sequence[str], floored: Sequence[str]) -> list[str]:
    names = [
        tex(wording.stacked(wording.task(t)))
        + r"\textsuperscript{\dag}" * (t in floored)
        for t in targets
    ]
    return [rf"\head{{{name}}}" for name in names]
