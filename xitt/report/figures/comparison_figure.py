"""The figure that sets our gains beside the published ones.

The frame comes from `xitt.analysis.published`; nothing is computed here.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from xitt.analysis import published, wording
from xitt.report import style
from xitt.report.style import COLUMN, FAINT, INK, QUIET, Figure, blank_figure, styled

NOTHING = "no gain that is also published was measured yet"
PUBLISHED = {
    "marker": "D",
    "markersize": 4.2,
    "markerfacecolor": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 0.8,
    "linestyle": "none",
}
ROW = 0.185  # inches


def published_gains(ax: Axes, rows: pd.DataFrame) -> Axes:
    """Published and measured gains, a line a row, ours with its 95% interval.

    Args:
        ax: where to draw.
        rows: of `published.frame`, of one part. A row without a mean was not run; what
            was chosen for a target stands at the right.
    """
    ax.axvline(0, color=INK, linewidth=0.7, zorder=1)
    for y, (_, row) in enumerate(rows.iterrows()):
        ax.axhline(y, color=FAINT, linewidth=0.5, zorder=0)
        ax.plot(row["published"], y, **PUBLISHED, zorder=2)
        measured = not wording.missing(row["mean"])
        if measured:
            _ours(ax, y, row)
        if not measured or row["part"] == "target":
            beside = wording.setting(row["setting"]) if measured else "not run"
            ax.text(1.03, y, beside, transform=ax.get_yaxis_transform(), va="center",
                    color=INK if measured else QUIET, fontsize=7)  # fmt: skip
    ax.set_yticks(range(len(rows)), [published.title(name) for name in rows["name"]])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(
        lambda value, _: wording.gain(value).removesuffix(".0")
    )
    return ax


def _ours(ax: Axes, y: int, row: pd.Series) -> None:
    """Our gain in the look of its setting; black where several settings are behind."""
    several = row["name"] == published.BEST
    look = style.look("multi" if several else row["setting"])
    look |= {"marker": "o"} if several else {}
    ax.hlines(y, row["low"], row["high"], color=look["color"], linewidth=1.4, zorder=3)
    ax.plot(row["mean"], y, **{**look, "linestyle": "none"}, markersize=4.2,
            markeredgewidth=0.6, zorder=4)  # fmt: skip


@styled
def published_figure(rows: pd.DataFrame) -> Figure:
    """Averages above, targets below, on one axis of points, at column width."""
    if rows.empty or rows["mean"].isna().all():
        return blank_figure(COLUMN, NOTHING)
    parts = {
        "average": "Average over the targets",
        "target": "With the best setting of each target",
    }
    sizes = [int((rows["part"] == part).sum()) for part in parts]
    head, gap, foot = 0.44, 0.3, 0.46
    total = head + gap + foot + ROW * sum(sizes)
    left, right = 0.8, 0.98
    figure = Figure(figsize=(COLUMN, total))
    top, shared = total - head, None
    for (part, title), size in zip(parts.items(), sizes, strict=True):
        height = ROW * size
        box = (left / COLUMN, (top - height) / total,
               (COLUMN - left - right) / COLUMN, height / total)  # fmt: skip
        ax = figure.add_axes(box, sharex=shared)
        published_gains(ax, rows[rows["part"] == part])
        ax.set_title(title, loc="left", x=-left / (COLUMN - left - right), pad=3,
                     fontweight="bold")  # fmt: skip
        if shared is None:
            ax.tick_params(axis="x", labelbottom=False, length=0)
            ax.spines["bottom"].set_visible(False)
        shared, top = ax, top - height - gap
    shared.set_xlabel("gain (points)")
    figure.legend(handles=_handles(), loc="upper center", ncols=2, borderaxespad=0.1)
    return figure


def _handles() -> list[Line2D]:
    ours = {"color": QUIET, "marker": "o", "markersize": 4.2, "linewidth": 1.4}
    return [
        Line2D([], [], label="published, XLM-R large", **PUBLISHED),
        Line2D([], [], label="ours, 95% interval", **ours),
    ]
