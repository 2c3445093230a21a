"""The figure of the speed benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from xitt.report import speed_report
from xitt.report.figures.saving import save
from xitt.report.speed_report import NAMES, NOT_YET, frame
from xitt.report.style import COLUMN, FAINT, INK, QUIET, Figure, blank_figure, styled


def bars(ax: Axes, data: pd.DataFrame) -> Axes:
    """Tokens a second of each contender, and how many times ours is quicker."""
    places = range(len(data))
    colours = [INK if name == "ours" else FAINT for name in data["contender"]]
    speeds = data["tokens_per_second"]
    ax.barh(places, speeds, color=colours, height=0.66)
    for place, speed, ratio in zip(places, speeds, data["ratio"]):
        times = "" if ratio == 1 else f"  (ours {ratio:.1f}×)"
        ax.text(speed, place, f" {speed:,.0f}{times}", va="center", fontsize=7)
    ax.set_yticks(places, [NAMES[name] for name in data["contender"]])
    ax.set(xlim=(0, speeds.max() * 1.2), xlabel="real tokens a second, fine-tuning")
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    return ax


def curves(axes: list[Axes], scaling: dict[str, list[dict[str, float]]]) -> None:
    """How cost grows with examples, length and languages."""
    shown = [
        ("examples", "seconds", "examples", "seconds"),
        ("length", "tokens_per_second", "tokens a sequence", "tokens/s"),
        ("languages", "seconds", "languages", "seconds"),
    ]
    for ax, (what, measured, x, y) in zip(axes, shown):
        points = pd.DataFrame(scaling[what])
        ax.plot(points.iloc[:, 0], points[measured], color=INK, marker="o", ms=3)
        ax.set(xlabel=x, ylabel=y, ylim=(0, points[measured].max() * 1.15))
        if what == "length":
            ax.set_xscale("log", base=2)
        else:
            ax.set_xlim(left=0)
        ends = points.iloc[:, 0].iloc[[0, len(points) // 2, -1]]
        ax.set_xticks(ends, ends)
        ax.grid(axis="y")


@styled
def figure(result: dict[str, Any] | None) -> Figure:
    """Bars above, curves below; one column wide."""
    if not result:
        return blank_figure(COLUMN, NOT_YET)
    made = Figure(figsize=(COLUMN, 2.7), layout="constrained")
    # Each row by itself: the long names of the bars must not narrow the curves.
    above, under = made.subfigures(2, 1, height_ratios=(1.2, 1))
    bars(above.subplots(), frame(result))
    below = list(under.subplots(1, 3))
    curves(below, result["scaling"])
    for ax in below:
        ax.xaxis.label.set_fontsize(7)
        ax.yaxis.label.set_fontsize(7)
        ax.tick_params(labelsize=6.5, colors=INK)
        for spine in ax.spines.values():
            spine.set_color(QUIET)
    return made


def draw(folder_png: Path, folder_pdf: Path) -> tuple[Figure, list[Path]]:
    """Save the figure `speed`; the figure, and its PNG, PDF and JSON.

    Nothing is saved where nothing was measured, and the paper leaves its section out.
    """
    result = speed_report.load()
    made = figure(result)
    if not result:
        return made, []
    return made, save(made, "speed", folder_png, folder_pdf, frame(result), [])
