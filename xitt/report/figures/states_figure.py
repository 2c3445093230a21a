"""The figure of a language model's own states: retrieval by layer, in two ways."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.lines import Line2D

from xitt.analysis import wording
from xitt.analysis.questions.language_models.states import CENTRED, PLAIN
from xitt.report import style
from xitt.report.figures.gains import legend_columns
from xitt.report.figures.layers import layer_curve
from xitt.report.style import COLUMN, Figure, blank_figure, styled

WAYS = {PLAIN: "as they are", CENTRED: "centred by language"}


@styled
def states_figure(curves: pd.DataFrame) -> Figure:
    """Retrieval by layer of one model (`States.curves`): a row a task, a column a way.

    Of several models the first one's.
    """
    if curves.empty:
        return blank_figure(COLUMN, "no retrieval by a language model was run yet")
    curves = curves[curves["model"] == curves["model"].iloc[0]]
    targets = wording.ordered_targets(curves["target"])
    settings = wording.ordered_settings(curves["setting"])
    ways = [way for way in WAYS if (curves["way"] == way).any()]
    columns = legend_columns(settings, COLUMN)
    height = 0.35 + 1.45 * len(targets) + 0.15 * math.ceil(len(settings) / columns)
    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    axes = figure.subplots(
        len(targets), len(ways), sharex=True, sharey="row", squeeze=False
    )
    for line, target in zip(axes, targets, strict=True):
        for ax, way in zip(line, ways, strict=True):
            own = (curves["target"] == target) & (curves["way"] == way)
            layer_curve(ax, curves[own])
            if ax not in axes[-1]:
                ax.set_xlabel("")
        line[0].set_ylabel(f"{wording.task(target)} (points)")
    for ax, way in zip(axes[0], ways, strict=True):
        ax.set_title(WAYS[way], loc="left", pad=3, fontweight="bold", fontsize=8)
    handles = [
        Line2D([], [], label=wording.setting(s), markersize=3.6, **style.look(s))
        for s in settings
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure
