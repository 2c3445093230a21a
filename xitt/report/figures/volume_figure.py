"""The figure of the gain of each language against how much text was pretrained on.

The frame comes from `xitt.analysis.questions.volume.frames`; nothing is computed here.
"""

from __future__ import annotations

import math

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xitt.analysis import wording
from xitt.report.style import (
    COLUMN,
    FAINT,
    INK,
    PAGE,
    QUIET,
    Figure,
    blank_figure,
    styled,
)

NOTHING = "no target with a gain in five languages or more was run yet"
LATIN, OTHER = "#332288", "#CC6677"  # told apart in grey by filling, too
POINT = {"markersize": 3.4, "markeredgewidth": 0.8, "linestyle": "none", "zorder": 4}
LETTER = 5.5  # size of a language's code, points


def volume_panel(ax: Axes, rows: pd.DataFrame) -> Axes:
    """Gain by language over GiB of text (log scale), with the line and its 95% band.

    Args:
        ax: where to draw; its limits are set before codes are placed.
        rows: of `Volume.drawn`, of one target.
    """
    line = rows[rows["part"] == "line"]
    points = rows[rows["part"] == "language"]
    x, gib = 10 ** line["log_gib"], 10 ** points["log_gib"]
    ax.set_xscale("log")
    ax.fill_between(x, line["low"], line["high"], color=FAINT, linewidth=0, zorder=1)
    ax.plot(x, line["mean"], color=INK, linewidth=1, zorder=3)
    ax.axhline(0, color=QUIET, linewidth=0.6, linestyle=(0, (2, 2)), zorder=2)
    for latin, fill, colour in ((1.0, LATIN, LATIN), (0.0, "white", OTHER)):
        own = points[points["latin"] == latin]
        ax.vlines(10 ** own["log_gib"], own["low"], own["high"], color=colour,
                  alpha=0.28, linewidth=0.7, zorder=2)  # fmt: skip
        marker = {"marker": "o" if latin else "D", "markerfacecolor": fill}
        ax.plot(10 ** own["log_gib"], own["mean"], markeredgecolor=colour, **marker,
                **POINT)  # fmt: skip
    # Intervals may leave the panel: what it is about are the points.
    spread = points["mean"].max() - points["mean"].min() or 1.0
    low, high = points["mean"].min(), points["mean"].max()
    ax.set_ylim(low - 0.35 * spread, high + 0.35 * spread)
    wide = math.log10(gib.max() / gib.min())
    margin = 10 ** (0.03 + 0.06 * wide)
    ax.set_xlim(gib.min() / margin, gib.max() * margin)
    _codes(ax, points)
    marks = (1, 2, 5) if wide < 1.5 else (1,)
    ax.xaxis.set_major_locator(mpl.ticker.LogLocator(subs=marks))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(
        lambda value, _: wording.gain(value).removesuffix(".0")
    )
    ax.grid(axis="y")
    return ax


def _codes(ax: Axes, points: pd.DataFrame) -> None:
    """Write each language's code beside its point, where it covers least.

    Places are tried around the point, near ones first; a code is as wide as two letters
    and covers points and codes that are there already.
    """
    ax.figure.canvas.draw()  # so that the axes know where they lie
    scale = ax.figure.dpi / 72
    at = ax.transData.transform(
        [[10**x, y] for x, y in zip(points["log_gib"], points["mean"])]
    )
    at = at / scale  # points of the page
    width, height = 1.15 * LETTER, 0.8 * LETTER
    taken = [(x, y, 3.4, 3.4) for x, y in at]
    order = sorted(range(len(at)), key=lambda i: -_crowd(at[i], at))
    for place in order:
        best, least = None, math.inf
        for distance in (5.2, 8.5, 12.0):
            for step in range(8):
                angle = step * math.pi / 4
                x = at[place][0] + distance * math.cos(angle)
                y = at[place][1] + distance * 0.85 * math.sin(angle)
                cost = sum(_overlap((x, y, width, height), box) for box in taken)
                cost += 0.35 * (distance - 5.2)
                if cost < least:
                    best, least = (x, y, width, height), cost
        taken.append(best)
        offset = best[0] - at[place][0], best[1] - at[place][1]
        row = points.iloc[place]
        ax.annotate(row["language"], (10 ** row["log_gib"], row["mean"]), offset,
                    textcoords="offset points", fontsize=LETTER, ha="center",
                    va="center", color=INK, zorder=5)  # fmt: skip


def _crowd(point: list[float], others: list[list[float]]) -> int:
    return sum(math.dist(point, other) < 12 for other in others)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The area that two boxes (centre, width, height) share, square points."""
    wide = (one[2] + other[2]) / 2 - abs(one[0] - other[0])
    high = (one[3] + other[3]) / 2 - abs(one[1] - other[1])
    return max(0.0, wide) * max(0.0, high)


@styled
def volume_figure(rows: pd.DataFrame) -> Figure:
    """A panel a target, as wide as a column, two side by side."""
    targets = wording.ordered_targets(set(rows["target"]))
    if not targets:
        return blank_figure(COLUMN, NOTHING)
    columns = min(2, len(targets))
    lines = math.ceil(len(targets) / columns)
    width = PAGE if columns == 2 else COLUMN
    height, gap, top, bottom = 1.08, 0.34, 0.22, 0.4
    total = top + lines * (height + gap) + bottom - 0.1
    figure = Figure(figsize=(width, total))
    side = width / columns
    for number, target in enumerate(targets):
        column, line = number % columns, number // columns
        base = total - top - (line + 1) * (height + gap) + 0.08
        box = (column * side + 0.42, base, side - 0.5, height)
        ax = figure.add_axes((box[0] / width, box[1] / total, box[2] / width,
                              box[3] / total))  # fmt: skip
        volume_panel(ax, rows[rows["target"] == target])
        ax.set_title(wording.task(target), loc="left", pad=3, fontweight="bold")
        if not column:
            ax.set_ylabel("gain (points)", labelpad=1)
        if number + columns >= len(targets):
            ax.set_xlabel("pretraining text (GiB, log scale)", labelpad=1)
    figure.legend(handles=_handles(), loc="upper center", ncols=2 if columns < 2 else 4,
                  borderaxespad=0.1)  # fmt: skip
    return figure


def _handles() -> list[Line2D | Patch]:
    latin = {"marker": "o", "markerfacecolor": LATIN, "markeredgecolor": LATIN}
    other = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": OTHER}
    return [
        Line2D([], [], label="Latin script", **latin, **POINT),
        Line2D([], [], label="another script", **other, **POINT),
        Line2D([], [], label="least-squares line", color=INK, linewidth=1),
        Patch(facecolor=FAINT, label="its 95% band"),
    ]
