"""All scores of a study as CSV and as a short table for the terminal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xitt import files
from xitt.analysis import paired_samples, results, wording
from xitt.analysis.results import Results
from xitt.study import records

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
    targets = wording.ordered_targets(study.scores["target"])
    lines = [["", *(wording.task(target) for target in targets)]]
    for setting in study.settings:
        baseline = setting == paired_samples.BASELINE
        frame = study.scores if baseline else study.gains
        write = wording.score if baseline else wording.gain
        cells = [results.cell(frame, setting=setting, target=t) for t in targets]
        written = [write(None if c is None else c["mean"]) for c in cells]
        lines.append([wording.setting(setting), *written])
    widths = [max(map(len, column)) for column in zip(*lines)]
    print("Zero-shot, mean over languages, points: scores of None, gains of the rest")
    for first, *rest in lines:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:])]
        print("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    if study.demo:
        print(wording.DEMO)
