"""The figure of retrieval by layer."""

from __future__ import annotations

import math

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from xitt.analysis import wording
from xitt.report import style
from xitt.report.figures.gains import legend_columns
from xitt.report.style import (
    COLUMN,
    QUIET,
    Figure,
    blank_figure,
    styled,
)

# --- (c) retrieval by layer ---------------------------------------------------------


def layer_curve(ax: Axes, curves: pd.DataFrame) -> Axes:
    """Score by layer of one retrieval task, a line a setting; the chosen layer ringed.

    Args:
        ax: where to draw.
        curves: columns setting, layer, mean, low, high, chosen of one target. The
            band spans the quartiles of the languages.
    """
    settings = wording.ordered_settings(curves["setting"])
    for setting in settings:
        own = curves[curves["setting"] == setting].sort_values("layer")
        look = style.look(setting)
        # With many lines only the baseline keeps its band.
        if len(settings) < 4 or setting == "none":
            ax.fill_between(own["layer"], own["low"], own["high"], color=look["color"],
                            alpha=0.15, linewidth=0)  # fmt: skip
        chosen = list(own["layer"] == own["chosen"])
        ax.plot(own["layer"], own["mean"], **look, markersize=3.6, markeredgewidth=0.6,
                markevery=chosen)  # fmt: skip
    for layer in sorted(set(curves["chosen"])):
        ax.axvline(layer, color=QUIET, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True, min_n_ticks=3))
    ax.set_xlim(curves["layer"].min(), curves["layer"].max())
    ax.set_xlabel("layer")
    ax.grid(axis="y")
    return ax


@styled
def layer_figure(curves: pd.DataFrame) -> Figure:
    """The retrieval tasks side by side at column width."""
    if curves.empty:
        return blank_figure(COLUMN, "no retrieval run yet")
    targets = wording.ordered_targets(curves["target"])
    settings = wording.ordered_settings(curves["setting"])
    columns = legend_columns(settings, COLUMN)
    height = 1.75 + 0.15 * math.ceil(len(settings) / columns)
    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    axes = figure.subplots(1, len(targets), sharey=True, squeeze=False)[0]
    for ax, target in zip(axes, targets, strict=True):
        layer_curve(ax, curves[curves["target"] == target])
        ax.set_title(wording.task(target), loc="left", pad=3, fontweight="bold")
    axes[0].set_ylabel("score (points)")
    handles = [
        Line2D([], [], label=wording.setting(s), markersize=3.6, **style.look(s))
        for s in settings
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure
