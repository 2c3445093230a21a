"""The figure of learning curves: score and gain by the number of target examples."""

from __future__ import annotations

import math

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from xitt.analysis import curves, wording
from xitt.report import style
from xitt.report.figures.gains import legend_columns
from xitt.report.style import INK, PAGE, Figure, blank_figure, styled


def curve(ax: Axes, rows: pd.DataFrame) -> Axes:
    """A measure of one target over the number of examples, a line a setting.

    Args:
        ax: where to draw; x is logarithmic.
        rows: columns setting, examples, mean, low, high, of one measure and target.
            Bars are 95% intervals.
    """
    settings = wording.ordered_settings(rows["setting"])
    looks = {setting: style.look(setting) for setting in settings}
    sns.lineplot(
        rows,
        x="examples",
        y="mean",
        hue="setting",
        style="setting",
        hue_order=settings,
        style_order=settings,
        palette={setting: look["color"] for setting, look in looks.items()},
        markers={setting: look["marker"] for setting, look in looks.items()},
        dashes=False,
        errorbar=None,
        legend=False,
        markersize=4,
        markeredgewidth=0,
        ax=ax,
    )
    for number, setting in enumerate(settings):
        own = rows[rows["setting"] == setting]
        apart = 1.03 ** (number - (len(settings) - 1) / 2)  # so that no bar hides one
        ax.vlines(own["examples"] * apart, own["low"], own["high"], alpha=0.55,
                  color=looks[setting]["color"], linewidth=0.8)  # fmt: skip
    sizes = sorted(set(rows["examples"]))
    ax.set_xscale("log")
    ax.set_xticks(sizes, [wording.count(size) for size in sizes])
    ax.minorticks_off()
    ax.set(xlabel="", ylabel="")
    ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.grid(axis="y")
    return ax


@styled
def curves_figure(frame: pd.DataFrame) -> Figure:
    """Scores above, gains below, a column a target, at page width."""
    if frame.empty:
        return blank_figure(PAGE, "no target was trained on fewer examples yet")
    targets = wording.ordered_targets(frame["target"])
    settings = wording.ordered_settings(frame["setting"])
    columns = legend_columns(settings, PAGE)
    height = 2.6 + 0.15 * math.ceil(len(settings) / columns)
    figure = Figure(figsize=(PAGE, height), layout="constrained")
    axes = figure.subplots(2, len(targets), squeeze=False, sharex="col")
    for target, (above, below) in zip(targets, axes.T, strict=True):
        own = frame[frame["target"] == target]
        curve(above, own[own["measure"] == curves.SCORE])
        curve(below, own[own["measure"] == curves.GAIN])
        below.axhline(0, color=INK, linewidth=0.7, zorder=1)
        below.yaxis.set_major_formatter(
            lambda value, _: wording.gain(value).removesuffix(".0")
        )
        above.set_title(wording.task(target), loc="left", pad=3, fontweight="bold")
    axes[0, 0].set_ylabel("score (points)")
    axes[1, 0].set_ylabel("gain (points)")
    figure.supxlabel("examples of the target task", fontsize=9)
    handles = [
        Line2D([], [], label=wording.setting(s), markersize=4, **style.look(s))
        for s in settings
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure
