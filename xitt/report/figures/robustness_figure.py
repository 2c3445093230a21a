"""The figure of robustness curves: score over strength, the gain between the lines.

The frame is `curves` of `xitt.analysis.questions.robustness.frames`.
"""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.report import style
from xitt.report.figures.gains import legend_columns
from xitt.report.questions.wording_of_noise import perturbation
from xitt.report.style import PAGE, Figure, blank_figure, styled

NOTHING = "nothing was scored on perturbed input yet"
WIDE = 5  # panels beside each other


def curve(ax: Axes, rows: pd.DataFrame) -> Axes:
    """The scores of one target under one perturbation, a line a setting.

    rows: columns setting, strength, mean, low, high. Bars are 95% intervals of single
    scores; the gain, which is paired, is the distance from the baseline's line, filled.
    """
    settings = wording.ordered_settings(rows["setting"])
    own = {s: rows[rows["setting"] == s].sort_values("strength") for s in settings}
    base = own.get(BASELINE)
    for number, setting in enumerate(settings):
        line, look = own[setting], style.look(setting)
        if base is not None and setting != BASELINE and len(line) == len(base):
            ax.fill_between(line["strength"], base["mean"], line["mean"],
                            color=look["color"], alpha=0.1, linewidth=0)  # fmt: skip
        ax.plot(line["strength"], line["mean"], markersize=3.5, linewidth=1, **look)
        room = 0.012 * rows["strength"].max()
        at = line["strength"] + room * (number - (len(settings) - 1) / 2)
        ax.vlines(at, line["low"], line["high"], color=look["color"], alpha=0.45,
                  linewidth=0.7)  # fmt: skip
    ax.set(xlabel="", ylabel="")
    ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(3))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.grid(axis="y")
    return ax


@styled
def robustness_figure(frame: pd.DataFrame) -> Figure:
    """A row of panels a target, a column a perturbation, as wide as the page."""
    if frame.empty:
        return blank_figure(PAGE, NOTHING)
    targets = wording.ordered_targets(frame["target"])
    kinds = list(dict.fromkeys(frame["perturbation"]))
    blocks = [
        (target, kinds[first : first + WIDE])
        for target in targets
        for first in range(0, len(kinds), WIDE)
    ]
    settings = wording.ordered_settings(frame["setting"])
    columns = min(WIDE, len(kinds))
    figure = Figure(figsize=(PAGE, 0.5 + 1.2 * len(blocks)), layout="constrained")
    axes = figure.subplots(len(blocks), columns, squeeze=False)
    for line, (target, some) in zip(axes, blocks, strict=True):
        for ax, kind in zip(line, some):
            rows = frame[(frame["target"] == target) & (frame["perturbation"] == kind)]
            if rows.empty:
                ax.set_axis_off()
                continue
            curve(ax, rows)
            ax.set_title(perturbation(kind), loc="left", pad=2, fontsize=7.5)
        for ax in line[len(some) :]:
            ax.set_axis_off()
        line[0].set_ylabel(f"{wording.task(target)} (points)", fontsize=8)
    figure.supxlabel("strength: share of what is changed", fontsize=9)
    handles = [
        Line2D([], [], label=wording.setting(s), markersize=4, **style.look(s))
        for s in settings
    ]
    figure.legend(handles=handles, loc="outside upper center",
                  ncols=legend_columns(settings, PAGE))  # fmt: skip
    return figure
