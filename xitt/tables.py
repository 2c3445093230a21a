"""The tables of the paper: bare booktabs `tabular` bodies; captions are in main.tex.

Every table exists, however incomplete the grid: a cell that was not run is a dash, and
a table without a row says so. Text is escaped for LaTeX here and nowhere later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from xitt import (
    comparison,
    data_tables,
    files,
    labels,
    language_tables,
    latex,
    records,
    results,
    statistics,
    tasks,
    verdicts,
)
from xitt.data_tables import span
from xitt.labels import DASH, tex
from xitt.latex import Rows, tabular, with_spread
from xitt.results import Results


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
    """
    targets = labels.ordered_targets(study.gains["target"])
    settings = labels.ordered_settings(study.gains["setting"])
    rows: Rows = []
    for setting in settings:
        cells = [results.cell(study.gains, setting=setting, target=t) for t in targets]
        written = [latex.change(cell, spread=True) for cell in cells]
        if "+" in setting and "+" not in settings[settings.index(setting) - 1]:
            rows.append([])  # a rule above the variants
        rows.append([tex(labels.setting(setting)), _seeds(cells), *written])
    return _matrix([*_baseline(study, targets, bool(rows)), *rows], targets)


def scores_table(study: Results) -> str:
    """Zero-shot scores: a row a setting, a column a target, averages last."""
    frame, best = study.scores, leaders(study.scores)
    targets = labels.ordered_targets(frame["target"])
    rows: Rows = []
    for setting in study.settings:
        cells = [results.cell(frame, setting=setting, target=t) for t in targets]
        written = [
            with_spread(cell, labels.score, bold=(setting, target) in best)
            for cell, target in zip(cells, targets)
        ]
        rows.append([tex(labels.setting(setting)), _seeds(cells), *written])
    if len(rows) > 1 and study.settings[0] == statistics.BASELINE:
        rows.insert(1, [])  # a rule below the baseline
    return _matrix(rows, targets)


def _matrix(rows: Rows, targets: Sequence[str]) -> str:
    return tabular("lc" + _columns(targets), ["", "seeds", *_heads(targets)], rows)


def _baseline(study: Results, targets: Sequence[str], wanted: bool) -> Rows:
    """The row of scores that gains are added to, and a rule."""
    if not wanted:
        return []
    where = {"setting": statistics.BASELINE}
    cells = [results.cell(study.scores, **where, target=t) for t in targets]
    name = tex(f"{labels.setting(statistics.BASELINE)} (score)")
    return [[name, _seeds(cells), *(with_spread(c, labels.score) for c in cells)], []]


def _seeds(cells: Iterable[pd.Series | None]) -> str:
    """`1`, `3` or `1–3`: the seeds behind the cells of a row."""
    found = sorted({int(cell["n_seeds"]) for cell in cells if cell is not None})
    if not found:
        return tex(DASH)
    return str(found[0]) if len(found) == 1 else f"{found[0]}--{found[-1]}"


def _columns(targets: Sequence[str]) -> str:
    """Column letters: averages stand apart by a little space."""
    own = sum(target not in labels.AVERAGES for target in targets)
    averages = len(targets) - own
    return "r" * own + (r"@{\hskip 1.4em}" + "r" * averages if averages else "")


def _heads(targets: Sequence[str]) -> list[str]:
    return [rf"\head{{{tex(labels.stacked(labels.task(t)))}}}" for t in targets]


# --- recipes, retrieval, cost -------------------------------------------------------


def recipe_table(study: Results) -> str:
    """How each task was trained: the recipes that stand in the records."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for record in study.records:
        params, phase = record["params"], record["phase"]
        recipes = params.get("recipes") or {record["target"]: params.get("recipe")}
        found |= {(phase, name): r for name, r in recipes.items() if r}
    rows: Rows = []
    for phase in ("intermediate", "target"):
        names = [n for n in tasks.names(phase) if (phase, n) in found]
        rows += [[]] if rows and names else []
        rows += [[tex(labels.task(n)), *_recipe(found[phase, n])] for n in names]
    head = ["", "epochs", "batch", "learning rate", "at most", "pieces"]
    return tabular("lrrrrr", head, rows)


def _recipe(recipe: dict[str, Any]) -> list[str]:
    limit = recipe.get("max_train")
    rate = f"{recipe['lr']:.0e}".split("e")
    return [
        str(recipe["epochs"]),
        str(recipe["batch"]),
        rf"${rate[0]}\cdot10^{{{int(rate[1])}}}$",
        "all" if limit == 0 else labels.count(limit),
        str(recipe.get("max_length", tex(DASH))),
    ]


def retrieval_table(study: Results) -> str:
    """Retrieval at the layer that is reported: score, and gain over `none`."""
    targets = [t for t in study.targets if t in statistics.RETRIEVAL]
    rows = []
    for setting in study.settings:
        runs = [r for r in study.of("target") if r["setting"] == setting]
        layers = {r["layer"] for r in runs if r.get("layers")}
        if not layers:
            continue
        scores, gains = (
            [results.cell(frame, setting=setting, target=t) for t in targets]
            for frame in (study.scores, study.gains)
        )
        cells = [tex(labels.setting(setting)), _seeds(scores), tex(span(layers))]
        for score, gain in zip(scores, gains):
            cells += [with_spread(score, labels.score), latex.change(gain)]
        rows.append(cells)
    heads = [part for t in targets for part in (tex(labels.task(t)), "gain")]
    columns = "lcc" + "rr" * len(targets)
    head = ["", "seeds", "layer", *heads]
    return tabular(columns, head, rows, "No retrieval run yet.")


def cost_table(study: Results) -> str:
    """Time and tokens of each setting: its own training, and that of its targets."""
    rows = []
    for setting in labels.ordered_settings({r["setting"] for r in study.records}):
        first = [r for r in study.of("intermediate") if r["setting"] == setting]
        then = [r for r in study.of("target") if r["setting"] == setting]
        rows.append(
            [
                tex(labels.setting(setting)),
                *(_cost(first) if first else [tex(DASH)] * 2),
                str(len(then)),
                *_cost(then),
            ]
        )
    head = ["", "time", "tokens", "runs", "time", "tokens"]
    return tabular("lrr@{\\hskip 1.6em}rrr", head, rows)


def _cost(runs: Sequence[dict[str, Any]]) -> list[str]:
    """Mean time of a run and tokens trained on in one."""
    if not runs:
        return [tex(DASH)] * 2
    seconds = sum(r["seconds"] for r in runs) / len(runs)
    tokens = [r["training"]["tokens"] for r in runs if r.get("training")]
    mean = sum(tokens) / len(tokens) if tokens else None
    return [tex(labels.duration(seconds)), tex(labels.large(mean))]


# --- writing ------------------------------------------------------------------------

TABLES: dict[str, Callable[[Results], str]] = {
    "gains": gains_table,
    "scores": scores_table,
    "best": comparison.best_table,
    "published": comparison.published_table,
    "claims": verdicts.table,
    "languages": language_tables.language_tables,
    "data": data_tables.data_table,
    "sources-targets": data_tables.target_sources,
    "sources-intermediate": data_tables.intermediate_sources,
    "recipes": recipe_table,
    "retrieval": retrieval_table,
    "cost": cost_table,
}


def write(study: Results, folder: Path) -> list[Path]:
    """Write every table into `folder`/tables, one .tex each."""
    return [
        files.write_text(Path(folder) / "tables" / f"{name}.tex", make(study))
        for name, make in TABLES.items()
    ]


SUMMARY = [
    *("intermediate", "target", "language", "metric", "value", "n", "seed"),
    *("se", "headline", "split", "phase", "profile", "demo", "key"),
]


def summary(study: Results) -> pd.DataFrame:
    """Every score of every record in long form: a row a metric, language and seed.

    Columns: see SUMMARY. `value` and `se` are points; `se` is the headline's standard
    error over examples. A target's rows come with split test and, where it was scored,
    validation; an intermediate task's with split validation.
    """
    frame = records.frame(list(study.records))
    return frame[SUMMARY].reset_index(drop=True)


def write_summary(study: Results, path: Path) -> Path:
    """Write `summary` as CSV, points with four decimals."""
    text = summary(study).to_csv(index=False, float_format="%.4f")
    return files.write_text(path, text)


def print_summary(study: Results) -> None:
    """The study as a short table for the terminal: baseline scores, then gains."""
    targets = labels.ordered_targets(study.scores["target"])
    lines = [["", *(labels.task(target) for target in targets)]]
    for setting in study.settings:
        baseline = setting == statistics.BASELINE
        frame = study.scores if baseline else study.gains
        write = labels.score if baseline else labels.gain
        cells = [results.cell(frame, setting=setting, target=t) for t in targets]
        written = [write(None if c is None else c["mean"]) for c in cells]
        lines.append([labels.setting(setting), *written])
    widths = [max(map(len, column)) for column in zip(*lines)]
    print("Zero-shot, mean over languages, points: scores of None, gains of the rest")
    for first, *rest in lines:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:])]
        print("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    if study.demo:
        print(labels.DEMO)
