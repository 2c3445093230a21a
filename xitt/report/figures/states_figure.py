"""The figure of a language model's own states: retrieval by layer, by two measures."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.lines import Line2D

from xitt.analysis import wording
from xitt.report import style
from xitt.report.figures.gains import legend_columns
from xitt.report.figures.language_model_figures import measure_title
from xitt.report.figures.layers import layer_curve
from xitt.report.style import COLUMN, Figure, blank_figure, styled


@styled
def states_figure(curves: pd.DataFrame) -> Figure:
    """Retrieval by layer (`States.curves`): a row a task, a column a measure.

    Of several models the first one's.
    """
    if curves.empty:
        return blank_figure(COLUMN, "no retrieval by a language model was run yet")
    curves = curves[curves["model"] == curves["model"].iloc[0]]
    targets = wording.ordered_targets(curves["target"])
    settings = wording.ordered_settings(curves["setting"])
    measures = list(dict.fromkeys(curves["measure"]))
    columns = legend_columns(settings, COLUMN)
    height = 0.35 + 1.45 * len(targets) + 0.15 * math.ceil(len(settings) / columns)
    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    axes = figure.subplots(
        len(targets), len(measures), sharex=True, sharey="row", squeeze=False
    )
    for line, target in zip(axes, targets, strict=True):
        for ax, measure in zip(line, measures, strict=True):
            own = (curves["target"] == target) & (curves["measure"] == measure)
            layer_curve(ax, curves[own])
            if ax not in axes[-1]:
                ax.set_xlabel("")
        line[0].set_ylabel(f"{wording.task(target)} (points)")
    for ax, measure in zip(axes[0], measures, strict=True):
        words = measure_title(measure)
        ax.set_title(words, loc="left", pad=3, fontweight="bold", fontsize=8)
    handles = [
        Line2D([], [], label=wording.setting(s), markersize=3.6, **style.look(s))
        for s in settings
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure
