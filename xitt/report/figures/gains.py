"""The figures of gains: setting by target, and by language."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from xitt.analysis import results, wording
from xitt.report import style
from xitt.report.style import (
    FAINT,
    INK,
    PAGE,
    QUIET,
    Figure,
    blank_figure,
    styled,
)
from xitt.report.tables.data import span

NO_GAIN = "no target was run both with and without an intermediate task yet"

# Blue is a gain and red a loss: safe for colour-blind readers. In grey both ends are
# dark, so each cell also prints its number with its sign.
GAINS = "RdBu"

UNLEARNED = "\N{DOUBLE DAGGER}"


# --- (a) gains, setting by target ---------------------------------------------------


def heat_map(ax: Axes, gains: pd.DataFrame, limit: float | None = None) -> Axes:
    """Gain over `none` in points: a row a setting, a column a target, averages apart.

    Args:
        ax: where to draw.
        gains: columns setting, target (a task or an average), mean,
            low, high, p_holm, n_seeds, at_floor, unlearned. Bold: the interval excludes
            0; with a dot: also after Holm's correction. Hatched and grey: the baseline
            is at its floor. Double dagger: the setting has not learned its own task. A
            missing row is a cell that was not run. Seeds stand at the right.
        limit: points at which the colour is deepest; by default the 95th percentile of
            the gains' sizes, so that one cell does not pale the others.
    """
    settings = wording.ordered_settings(set(gains["setting"]) - {"none"})
    targets = wording.ordered_targets(gains["target"])
    cells = gains.set_index(["setting", "target"])
    sizes = gains["mean"].abs().dropna()
    limit = limit or max(1.0, float(sizes.quantile(0.95)) if len(sizes) else 1.0)
    colours = mpl.colormaps[GAINS]
    x, places = 0.0, []
    for number, target in enumerate(targets):
        if target in wording.AVERAGES and targets[number - 1] not in wording.AVERAGES:
            x += 0.18  # averages stand apart
        places.append(x + 0.5)
        for y, setting in enumerate(settings):
            place = (setting, target)
            row = cells.loc[place] if place in cells.index else None
            _cell(ax, x, y, row, limit, colours)
        x += 1
    ax.set(xlim=(0, x + 0.7), ylim=(len(settings), 0))
    titles = [wording.stacked(wording.task(target)) for target in targets]
    ax.set_xticks(places, titles, linespacing=0.85)
    failed = {row.setting for row in gains.itertuples() if getattr(row, "unlearned", 0)}
    names = [wording.setting(s) + UNLEARNED * (s in failed) for s in settings]
    ax.set_yticks(np.arange(len(settings)) + 0.5, names)
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    for y, setting in enumerate(settings):
        own = gains[gains["setting"] == setting]["n_seeds"].dropna()
        ax.text(
            x + 0.38,
            y + 0.5,
            span(int(number) for number in own),
            ha="center",
            va="center",
            color=QUIET,
        )
    ax.text(x + 0.38, -0.14, "seeds", ha="center", va="bottom", color=QUIET, fontsize=8)
    return ax


def _cell(
    ax: Axes, x: float, y: int, row: pd.Series | None, limit: float, colours: Any
) -> None:
    edges = {"edgecolor": "white", "linewidth": 1.5}
    if row is None or wording.missing(row["mean"]):
        ax.text(x + 0.5, y + 0.52, wording.DASH, ha="center", va="center", color=FAINT)
        return
    if row.get("at_floor", False):
        ax.add_patch(Rectangle((x, y), 1, 1, facecolor="white", edgecolor=FAINT,
                               hatch="////", linewidth=0))  # fmt: skip
        ax.add_patch(Rectangle((x, y), 1, 1, fill=False, **edges))
        ax.text(x + 0.5, y + 0.52, wording.gain(row["mean"]), ha="center",
                va="center", color=QUIET)  # fmt: skip
        return
    # Only the middle four fifths of the map: its ends are too dark to read text on.
    position = 0.5 + 0.4 * float(np.clip(row["mean"] / limit, -1, 1))
    colour = colours(position)
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, **edges))
    luminance = float(np.dot(colour[:3], (0.2126, 0.7152, 0.0722)))
    ink = INK if luminance > 0.42 else "white"
    weight = "bold" if results.excludes_zero(row) else "normal"
    ax.text(x + 0.5, y + 0.52, wording.gain(row["mean"]), ha="center", va="center",
            color=ink, fontweight=weight)  # fmt: skip
    if results.clear(row):
        ax.plot(x + 0.9, y + 0.16, "o", markersize=1.8, color=ink)


@styled
def heat_map_figure(gains: pd.DataFrame) -> Figure:
    """The heat map, at page width or as wide as its few targets need."""
    settings = set(gains["setting"]) - {"none"}
    if not settings:
        return blank_figure(PAGE, NO_GAIN)
    height = 0.42 + 0.25 * len(settings)
    width = min(PAGE, 1.6 + 0.62 * gains["target"].nunique())
    figure = Figure(figsize=(width, height), layout="constrained")
    heat_map(figure.add_subplot(), gains)
    return figure


# --- (b) gains by language ----------------------------------------------------------


class Panel(NamedTuple):
    """Gains by language that share an axis: rows as of `language_gains`.

    unit: of the gains; write: how one is written on the axis; order: of the languages.
    """

    title: str
    rows: pd.DataFrame
    unit: str = "points"
    write: Callable[[float], str] = wording.gain
    order: Sequence[str] = ()


def language_gains(
    ax: Axes,
    gains: pd.DataFrame,
    markers: float = 4.0,
    write: Callable[[float], str] = wording.gain,
    order: Sequence[str] = (),
) -> Axes:
    """Gain in each language of one target, best language first, with intervals.

    Args:
        ax: where to draw.
        gains: columns setting, language, mean, low, high, of one target.
        markers: size in points; smaller where many settings share a language's place.
        write: how a gain is written on the axis.
        order: of the languages; by default that of their mean gains.
    """
    settings = wording.ordered_settings(gains["setting"])
    order = list(order or ranked(gains))
    step = 0.72 / max(len(settings), 3)
    ax.axhline(0, color=INK, linewidth=0.7, zorder=1)
    for number, setting in enumerate(settings):
        own = gains[gains["setting"] == setting].set_index("language")
        own = own.reindex(order)
        x = np.arange(len(order)) + (number - (len(settings) - 1) / 2) * step
        look = style.look(setting)
        ax.vlines(x, own["low"], own["high"], color=look["color"], alpha=0.55,
                  linewidth=0.8 if len(settings) < 7 else 0.5, zorder=2)  # fmt: skip
        ax.plot(x, own["mean"], **{**look, "linestyle": "none"}, markersize=markers,
                markeredgewidth=0.6, zorder=3)  # fmt: skip
    for place in range(1, len(order), 2):  # bands lead the eye from point to code
        ax.axvspan(place - 0.5, place + 0.5, color="#f4f4f4", linewidth=0, zorder=0)
    ax.set_xlim(-0.5, len(order) - 0.5)
    ax.set_xticks(range(len(order)), order)
    ax.tick_params(axis="x", length=0)
    ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda value, _: write(value).removesuffix(".0"))
    ax.grid(axis="y")
    return ax


def ranked(gains: pd.DataFrame) -> list[str]:
    """The languages of some gains, that of the highest mean first."""
    means = gains.groupby("language")["mean"].mean().sort_index()
    return list(means.sort_values(ascending=False, kind="stable").index)


@styled
def language_gains_figure(gains: pd.DataFrame) -> Figure:
    """One panel a target at page width; a panel is as wide as its languages need."""
    gains = gains[gains["setting"] != "none"]
    if gains.empty:
        return blank_figure(PAGE, NO_GAIN)
    panels = []
    for target in wording.ordered_targets(gains["target"]):
        title = wording.task(target)
        title += ", at its floor" * results.floored(gains, target)
        panels.append(Panel(title, gains[gains["target"] == target]))
    return panels_figure(panels)


@styled
def panels_figure(panels: Sequence[Panel]) -> Figure:
    """Panels of gains by language at page width, with one legend of their settings."""
    gains = pd.concat([panel.rows for panel in panels])
    settings = wording.ordered_settings(gains["setting"])
    columns = legend_columns(settings, PAGE, " (three seeds)")
    top = 0.12 + 0.17 * math.ceil(len(settings) / columns)
    sizes = [panel.rows["language"].nunique() for panel in panels]
    rows = packed(dict(enumerate(sizes)))
    height, gap, bottom = 1.05, 0.42, 0.32
    total = top + len(rows) * (height + gap) + bottom - 0.22
    figure = Figure(figsize=(PAGE, total))
    for number, row in enumerate(rows):
        base = total - top - (number + 1) * (height + gap) + 0.22
        left = 0.0
        for place, width in row:
            panel = panels[place]
            box = (left + 0.42, base, width - 0.48, height)
            ax = figure.add_axes((box[0] / PAGE, box[1] / total, box[2] / PAGE,
                                  box[3] / total))  # fmt: skip
            markers = 3.6 if len(settings) < 7 else 2.2
            language_gains(ax, panel.rows, markers, panel.write, panel.order)
            ax.set_title(panel.title, loc="left", pad=3, fontweight="bold")
            if not left or panel.unit != panels[row[0][0]].unit:
                ax.set_ylabel(f"gain ({panel.unit})", labelpad=1)
            left += width
    handles = [handle(s, gains) for s in settings]
    figure.legend(handles=handles, loc="upper center", ncols=columns, borderaxespad=0.2)
    return figure


def packed(sizes: dict[int, int]) -> list[list[tuple[int, float]]]:
    """Panels in rows of page width: each as wide as its languages, plus its axis.

    Order is kept, but a small panel may move up to fill a row. Widths are in inches.
    """
    axis, code, least = 0.5, 0.145, 6
    wanted = {t: axis + code * max(n, least) for t, n in sizes.items()}
    rows: list[list[int]] = []
    for target, width in wanted.items():
        for row in rows:
            if sum(wanted[t] for t in row) + width <= PAGE:
                row.append(target)
                break
        else:
            rows.append([target])
    stretched = []
    for row in rows:
        spare = PAGE - sum(wanted[t] for t in row)
        share = sum(wanted[t] for t in row)
        stretched.append([(t, wanted[t] + spare * wanted[t] / share) for t in row])
    return stretched


def handle(setting: str, gains: pd.DataFrame) -> Line2D:
    seeds = gains[gains["setting"] == setting]["n_seeds"].max()
    label = f"{wording.setting(setting)} ({wording.plural(int(seeds), 'seed')})"
    return Line2D([], [], label=label, markersize=4,
                  **{**style.look(setting), "linestyle": "none"})  # fmt: skip


def legend_columns(settings: list[str], width: float, more: str = "") -> int:
    """How many entries of a legend fit side by side into `width` inches."""
    longest = max(len(wording.setting(setting) + more) for setting in settings)
    return max(1, min(len(settings), int(width / (0.42 + 0.062 * longest))))
