"""The figures of the paper: each function draws on `ax` what a DataFrame holds.

The frames come from `xitt.results`; nothing is computed here. A cell that was not run
stays blank under a light hatch; it is never drawn as zero.

The size of a figure is the size it is printed at. Captions are in the paper, so nothing
here has a title; figures of demo records say so in a corner.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from xitt import comparison, files, labels, results, style
from xitt.comparison_figure import published_figure
from xitt.data_tables import span
from xitt.errors import unknown
from xitt.results import Results
from xitt.style import (
    COLUMN,
    FAINT,
    INK,
    PAGE,
    QUIET,
    Figure,
    blank_figure,
    styled,
)

NO_GAIN = "no target was run both with and without an intermediate task yet"

# Blue is a gain and red a loss: safe for colour-blind readers. In grey both ends are
# dark, so each cell also prints its number with its sign.
GAINS = "RdBu"


# --- (a) gains, setting by target ---------------------------------------------------


def heat_map(ax: Axes, gains: pd.DataFrame, limit: float | None = None) -> Axes:
    """Gain over `none` in points: a row a setting, a column a target, averages apart.

    Args:
        ax: where to draw.
        gains: columns setting, target (a task or an average), mean,
            low, high, p_holm, n_seeds. Bold: the interval excludes 0; with a dot: also
            after Holm's correction. A missing row is a cell that was not run. Seeds
            stand at the right.
        limit: points at which the colour is deepest; by default the 95th percentile of
            the gains' sizes, so that one cell does not pale the others.
    """
    settings = labels.ordered_settings(set(gains["setting"]) - {"none"})
    targets = labels.ordered_targets(gains["target"])
    cells = gains.set_index(["setting", "target"])
    sizes = gains["mean"].abs().dropna()
    limit = limit or max(1.0, float(sizes.quantile(0.95)) if len(sizes) else 1.0)
    colours = mpl.colormaps[GAINS]
    x, places = 0.0, []
    for number, target in enumerate(targets):
        if target in labels.AVERAGES and targets[number - 1] not in labels.AVERAGES:
            x += 0.18  # averages stand apart
        places.append(x + 0.5)
        for y, setting in enumerate(settings):
            place = (setting, target)
            row = cells.loc[place] if place in cells.index else None
            _cell(ax, x, y, row, limit, colours)
        x += 1
    ax.set(xlim=(0, x + 0.7), ylim=(len(settings), 0))
    titles = [labels.stacked(labels.task(target)) for target in targets]
    ax.set_xticks(places, titles, linespacing=0.85)
    ax.set_yticks(np.arange(len(settings)) + 0.5, [labels.setting(s) for s in settings])
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
    if row is None or labels.missing(row["mean"]):
        ax.add_patch(Rectangle((x, y), 1, 1, facecolor="white", edgecolor=FAINT,
                               hatch="////", linewidth=0))  # fmt: skip
        ax.add_patch(Rectangle((x, y), 1, 1, fill=False, **edges))
        return
    # Only the middle four fifths of the map: its ends are too dark to read text on.
    position = 0.5 + 0.4 * float(np.clip(row["mean"] / limit, -1, 1))
    colour = colours(position)
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, **edges))
    luminance = float(np.dot(colour[:3], (0.2126, 0.7152, 0.0722)))
    ink = INK if luminance > 0.42 else "white"
    weight = "bold" if results.excludes_zero(row) else "normal"
    ax.text(x + 0.5, y + 0.52, labels.gain(row["mean"]), ha="center", va="center",
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


def language_gains(ax: Axes, gains: pd.DataFrame, markers: float = 4.0) -> Axes:
    """Gain in each language of one target, best language first, with intervals.

    Args:
        ax: where to draw.
        gains: columns setting, language, mean, low, high, of one target.
        markers: size in points; smaller where many settings share a language's place.
    """
    settings = labels.ordered_settings(gains["setting"])
    order = gains.groupby("language")["mean"].mean().sort_index()
    order = list(order.sort_values(ascending=False, kind="stable").index)
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
    ax.yaxis.set_major_formatter(lambda value, _: labels.gain(value).removesuffix(".0"))
    ax.grid(axis="y")
    return ax


@styled
def language_gains_figure(gains: pd.DataFrame) -> Figure:
    """One panel a target at page width; a panel is as wide as its languages need."""
    gains = gains[gains["setting"] != "none"]
    if gains.empty:
        return blank_figure(PAGE, NO_GAIN)
    targets = labels.ordered_targets(gains["target"])
    settings = labels.ordered_settings(gains["setting"])
    columns = _legend_columns(settings, PAGE, " (three seeds)")
    top = 0.12 + 0.17 * math.ceil(len(settings) / columns)
    sizes = gains.groupby("target")["language"].nunique()
    rows = _packed({target: int(sizes[target]) for target in targets})
    height, gap, bottom = 1.05, 0.42, 0.32
    total = top + len(rows) * (height + gap) + bottom - 0.22
    figure = Figure(figsize=(PAGE, total))
    for number, row in enumerate(rows):
        base = total - top - (number + 1) * (height + gap) + 0.22
        left = 0.0
        for target, width in row:
            box = (left + 0.42, base, width - 0.48, height)
            ax = figure.add_axes((box[0] / PAGE, box[1] / total, box[2] / PAGE,
                                  box[3] / total))  # fmt: skip
            language_gains(ax, gains[gains["target"] == target],
                           markers=3.6 if len(settings) < 7 else 2.2)  # fmt: skip
            ax.set_title(labels.task(target), loc="left", pad=3, fontweight="bold")
            if not left:
                ax.set_ylabel("gain (points)", labelpad=1)
            left += width
    handles = [_handle(s, gains) for s in settings]
    figure.legend(handles=handles, loc="upper center", ncols=columns, borderaxespad=0.2)
    return figure


def _packed(sizes: dict[str, int]) -> list[list[tuple[str, float]]]:
    """Panels in rows of page width: each as wide as its languages, plus its axis.

    Order is kept, but a small panel may move up to fill a row. Widths are in inches.
    """
    axis, code, least = 0.5, 0.145, 6
    wanted = {t: axis + code * max(n, least) for t, n in sizes.items()}
    rows: list[list[str]] = []
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


def _handle(setting: str, gains: pd.DataFrame) -> Line2D:
    seeds = gains[gains["setting"] == setting]["n_seeds"].max()
    label = f"{labels.setting(setting)} ({labels.plural(int(seeds), 'seed')})"
    return Line2D([], [], label=label, markersize=4,
                  **{**style.look(setting), "linestyle": "none"})  # fmt: skip


def _legend_columns(settings: list[str], width: float, more: str = "") -> int:
    """How many entries of a legend fit side by side into `width` inches."""
    longest = max(len(labels.setting(setting) + more) for setting in settings)
    return max(1, min(len(settings), int(width / (0.42 + 0.062 * longest))))


# --- (c) retrieval by layer ---------------------------------------------------------


def layer_curve(ax: Axes, curves: pd.DataFrame) -> Axes:
    """Score by layer of one retrieval task, a line a setting; the chosen layer ringed.

    Args:
        ax: where to draw.
        curves: columns setting, layer, mean, low, high, chosen of one target. The
            band spans the quartiles of the languages.
    """
    settings = labels.ordered_settings(curves["setting"])
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
    targets = labels.ordered_targets(curves["target"])
    settings = labels.ordered_settings(curves["setting"])
    columns = _legend_columns(settings, COLUMN)
    height = 1.75 + 0.15 * math.ceil(len(settings) / columns)
    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    axes = figure.subplots(1, len(targets), sharey=True, squeeze=False)[0]
    for ax, target in zip(axes, targets, strict=True):
        layer_curve(ax, curves[curves["target"] == target])
        ax.set_title(labels.task(target), loc="left", pad=3, fontweight="bold")
    axes[0].set_ylabel("score (points)")
    handles = [
        Line2D([], [], label=labels.setting(s), markersize=3.6, **style.look(s))
        for s in settings
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure


# --- writing ------------------------------------------------------------------------

CORE = ("none", "mnli", "squad_v2", "hellaswag", "multi")  # whose gains are published


def legible(frame: pd.DataFrame, at_most: int = 6) -> pd.DataFrame:
    """`frame`, cut to the settings of CORE where it holds more than lines can show.

    The heat map and the tables hold all of them.
    """
    if frame["setting"].nunique() <= at_most:
        return frame
    core = frame[frame["setting"].isin(CORE)]
    few = labels.ordered_settings(frame["setting"])[:at_most]
    return core if len(core) else frame[frame["setting"].isin(few)]


# name: (the frame that it shows, how it is drawn)
FIGURES: dict[str, tuple[Callable[[Results], pd.DataFrame], Any]] = {
    "transfer-gain": (lambda study: study.gains, heat_map_figure),
    "gain-by-language": (
        lambda study: legible(study.language_gains),
        language_gains_figure,
    ),
    "retrieval-layers": (
        lambda study: legible(study.layers),
        layer_figure,
    ),
    "published-comparison": (comparison.frame, published_figure),
}


@styled
def mark(figure: Figure, demo: bool) -> Figure:
    """Write into the corner of a demo's figure that it is one; once."""
    if not demo or any(text.get_text() == labels.DEMO for text in figure.texts):
        return figure
    if engine := figure.get_layout_engine():  # a strip of its own below the plot
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height + 0.13)
        strip = 0.13 / (height + 0.13)
        engine.set(rect=(0, strip, 1, 1 - strip))
    figure.text(1, 0, labels.DEMO, ha="right", va="bottom", color=QUIET,
                fontsize=6.5, style="italic")  # fmt: skip
    return figure


@styled
def save(
    figure: Figure,
    name: str,
    folder_png: Path,
    folder_pdf: Path,
    data: pd.DataFrame,
    records: Sequence[dict[str, Any]],
) -> list[Path]:
    """Write a figure for readers, for LaTeX and as numbers; whole files, no dates.

    `folder_png` gets NAME.png (200 dots an inch) and NAME.json, with the plotted
    numbers, whether they are a demo, and the keys of the records behind them;
    `folder_pdf` gets NAME.pdf. The same input gives the same bytes.
    """
    demo = any(record["demo"] for record in records)
    mark(figure, demo)
    shown = {
        "figure": name,
        "demo": demo,
        "profiles": sorted({record["profile"] for record in records}),
        "records": sorted(record["key"] for record in records),
        "data": json.loads(data.to_json(orient="records", double_precision=4)),
    }
    png, pdf = Path(folder_png) / f"{name}.png", Path(folder_pdf) / f"{name}.pdf"
    undated = {"CreationDate": None, "Creator": None, "Producer": None}
    with files.whole_file(png) as path:
        figure.savefig(path, format="png", metadata={"Software": None})
    with files.whole_file(pdf) as path:
        figure.savefig(path, format="pdf", metadata=undated)
    return [png, pdf, files.write_json(png.with_suffix(".json"), shown)]


def make(study: Results, name: str) -> tuple[Figure, pd.DataFrame]:
    """The figure `name` of FIGURES, marked where it is a demo's, and what it shows.

    Raises:
        UserError: for a name that is not in FIGURES.
    """
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    frame, picture = FIGURES[name]
    data = frame(study)
    return mark(picture(data), study.demo), data


def draw(
    study: Results, name: str, folder_png: Path, folder_pdf: Path
) -> tuple[Figure, list[Path]]:
    """Draw the figure `name` of FIGURES and save it; the figure, and PNG, PDF, JSON."""
    figure, data = make(study, name)
    return figure, save(figure, name, folder_png, folder_pdf, data, study.of("target"))
