"""The figure of the language of an intermediate task: source by target language.

The frame is `xitt.analysis.questions.language_models.source_language`'s matrix.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from xitt.analysis import results, wording
from xitt.analysis.questions.language_models.recorded import CODE, NATS
from xitt.report.figures.gains import GAINS
from xitt.report.figures.language_model_figures import title
from xitt.report.style import FAINT, INK, PAGE, Figure, blank_figure, styled
from xitt.tasks import registry

NO_SOURCES = "no intermediate task was run in English and another language yet"

# Inches: a cell, the sources' names, a panel's title, what parts panels.
CELL, NAMES, HEAD, APART = 0.2, 0.72, 0.42, 0.12
HUNDREDTHS = 100  # log-likelihoods are in hundredths of a nat


@styled
def source_figure(matrix: pd.DataFrame) -> Figure:
    """Gain of each source language over English (`SourceLanguage.matrix`).

    A panel a task, target and measure: a row a source, a column a target language, the
    mean without English last. A cell of the source's own language is framed. Bold: the
    95% interval excludes zero; a dot: also after Holm's correction.
    """
    rows = matrix[matrix["language"] != "all"].dropna(subset=["mean"])
    if rows.empty:
        return blank_figure(PAGE, NO_SOURCES)
    lines = _lines(_source_panels(rows))
    heights = [HEAD + CELL * line[0][1]["source"].nunique() for line in lines]
    total = base = sum(heights) + 0.05
    figure = Figure(figsize=(PAGE, total))
    for line, height in zip(lines, heights):
        left, base = NAMES, base - height
        for words, own in line:
            width = CELL * _columns(own)
            ax = figure.add_axes((left / PAGE, base / total, width / PAGE,
                                  (height - HEAD) / total))  # fmt: skip
            source_matrix(ax, own, named=left == NAMES)
            ax.set_title(words, loc="left", pad=12, fontweight="bold", fontsize=8)
            left += width + APART
    return figure


SourcePanel = tuple[str, pd.DataFrame]  # its title, and its rows


def _source_panels(rows: pd.DataFrame) -> list[SourcePanel]:
    """Panels in the order of targets, code first."""
    several = rows["model"].nunique() > 1, rows["base"].nunique() > 1
    code = registry.names("target", suite=CODE)
    targets = wording.ordered_targets(rows["target"])
    found = []
    for target in sorted(targets, key=lambda name: name not in code):
        own = rows[rows["target"] == target]
        place = ["model", "base", "measure"]
        for (model, task, measure), part in own.groupby(place, sort=False):
            words = title(target, measure, model if several[0] else "")
            words += f", {wording.task(task)}" if several[1] else ""
            words += " (0.01 nats)" if measure in NATS else ""
            found.append((words, part))
    return found


def _columns(rows: pd.DataFrame) -> float:
    """The columns of a panel: languages, and their mean a little apart."""
    return rows["language"].nunique() + 0.3


def _lines(panels: Sequence[SourcePanel]) -> list[list[SourcePanel]]:
    """Panels side by side where they have the same sources and fit the page."""
    lines: list[list[SourcePanel]] = []
    for panel in panels:
        line = lines[-1] if lines else []
        wide = sum(CELL * _columns(own) + APART for _, own in [*line, panel])
        alike = {tuple(sorted(set(own["source"]))) for _, own in [*line, panel]}
        if line and len(alike) == 1 and NAMES + wide - APART <= PAGE:
            line.append(panel)
        else:
            lines.append([panel])
    return lines


def source_matrix(ax: Axes, rows: pd.DataFrame, named: bool = True) -> Axes:
    """One panel of `source_figure`: rows of one model, task, target and measure.

    named: whether the sources' names stand at the left.
    """
    sources = wording.ordered_languages(rows["source"])
    languages = wording.ordered_languages(set(rows["language"]) - {"zero-shot"})
    scale = HUNDREDTHS if rows["measure"].iloc[0] in NATS else 1
    limit = max(1.0, float(rows["mean"].abs().quantile(0.95)) * scale)
    cells = rows.set_index(["source", "language"])
    places = {lang: float(n) for n, lang in enumerate(languages)}
    places["zero-shot"] = len(languages) + 0.3
    for y, source in enumerate(sources):
        for lang, x in places.items():
            if (source, lang) not in cells.index:
                ax.text(x + 0.5, y + 0.5, wording.DASH, ha="center", va="center",
                        color=FAINT, fontsize=5.5)  # fmt: skip
                continue
            _source_cell(ax, x, y, cells.loc[(source, lang)], scale, limit)
            if source == lang:
                ax.add_patch(Rectangle((x, y), 1, 1, fill=False, edgecolor=INK,
                                       linewidth=0.9, zorder=3))  # fmt: skip
    ax.set(xlim=(0, len(languages) + 1.3), ylim=(len(sources), 0))
    ax.set_xticks([x + 0.5 for x in places.values()], [*languages, "mean"], fontsize=7)
    names = [registry.language_name(code) if named else "" for code in sources]
    ax.set_yticks(np.arange(len(sources)) + 0.5, names)
    ax.tick_params(length=0, labeltop=True, labelbottom=False, pad=1)
    ax.spines[:].set_visible(False)
    return ax


def _source_cell(
    ax: Axes, x: float, y: int, row: pd.Series, scale: float, limit: float
) -> None:
    value = row["mean"] * scale
    position = 0.5 + 0.4 * float(np.clip(value / limit, -1, 1))
    colour = mpl.colormaps[GAINS](position)
    ax.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="white"))
    luminance = float(np.dot(colour[:3], (0.2126, 0.7152, 0.0722)))
    ink = INK if luminance > 0.42 else "white"
    weight = "bold" if results.excludes_zero(row) else "normal"
    ax.text(x + 0.5, y + 0.52, wording.gain(value), ha="center", va="center",
            color=ink, fontweight=weight, fontsize=5)  # fmt: skip
    if results.clear(row):
        ax.plot(x + 0.88, y + 0.15, "o", markersize=1.3, color=ink)
