"""The figures of the paper: each function draws on `ax` what a DataFrame holds.

The frames come from `xitt.analysis`; nothing is computed here. A cell that was not run
holds a dash, never a zero; one whose baseline has learned nothing is hatched.

The size of a figure is the size it is printed at. Captions are in the paper, so nothing
here has a title; figures of demo records say so in a corner.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from xitt.analysis import published, wording
from xitt.analysis.results import Results
from xitt.errors import unknown
from xitt.report.figures.comparison_figure import published_figure
from xitt.report.figures.curves_figure import curves_figure
from xitt.report.figures.gains import heat_map_figure, language_gains_figure
from xitt.report.figures.language_model_figures import (
    code_gain_figure,
    reasoning_figure,
    reasoning_gain_figure,
    together_figure,
)
from xitt.report.figures.layers import layer_figure
from xitt.report.figures.robustness_figure import robustness_figure
from xitt.report.figures.saving import mark, save
from xitt.report.figures.source_figure import source_figure
from xitt.report.figures.states_figure import states_figure
from xitt.report.figures.volume_figure import volume_figure
from xitt.report.style import (
    Figure,
)

# --- writing ------------------------------------------------------------------------

CORE = ("none", "mnli", "squad_v2", "hellaswag", "multi")  # whose gains are published


def legible(frame: pd.DataFrame, at_most: int = 6) -> pd.DataFrame:
    """`frame`, cut to the settings of CORE where it holds more than lines can show.

    The heat map and the tables hold all of them.
    """
    if frame["setting"].nunique() <= at_most:
        return frame
    core = frame[frame["setting"].isin(CORE)]
    few = wording.ordered_settings(frame["setting"])[:at_most]
    return core if len(core) else frame[frame["setting"].isin(few)]


def learned(study: Results) -> pd.DataFrame:
    """The gains by language without settings that did not learn their own task."""
    gains = study.language_gains
    return gains[~gains["setting"].isin(study.unlearned)]


# name: (the frame that it shows, how it is drawn)
FIGURES: dict[str, tuple[Callable[[Results], pd.DataFrame], Any]] = {
    "transfer-gain": (lambda study: study.gains, heat_map_figure),
    "gain-by-language": (
        lambda study: legible(learned(study)),
        language_gains_figure,
    ),
    "retrieval-layers": (
        lambda study: legible(study.layers),
        layer_figure,
    ),
    "learning-curves": (lambda study: study.curves, curves_figure),
    "published-comparison": (published.frame, published_figure),
    "robustness-curves": (
        lambda study: legible(study.robustness.curves),
        robustness_figure,
    ),
    "gain-by-volume": (lambda study: study.volume.drawn, volume_figure),
    "code-gain": (lambda study: legible(study.code.gains), code_gain_figure),
    "code-understanding": (lambda study: study.code.points, together_figure),
    "source-language": (lambda study: study.source_language.matrix, source_figure),
    "reasoning": (lambda study: study.reasoning.scores, reasoning_figure),
    "reasoning-gain": (
        lambda study: legible(study.reasoning.gains),
        reasoning_gain_figure,
    ),
    "states-layers": (lambda study: legible(study.states.curves), states_figure),
}


def behind(study: Results, name: str) -> list[dict[str, Any]]:
    """The records that the figure `name` is made of."""
    if name == "code-gain":
        return study.code.records
    if name == "code-understanding":
        return study.code.compared
    if name == "source-language":
        return study.source_language.records
    if name in ("reasoning", "reasoning-gain"):
        return study.reasoning.records
    if name == "states-layers":
        return study.states.records
    if name == "robustness-curves":
        return list(study.perturbed)
    return study.of("target") + list(study.further) * (name == "learning-curves")


def make(study: Results, name: str) -> tuple[Figure, pd.DataFrame]:
    """The figure `name` of FIGURES, marked where it is a demo's, and what it shows.

    Raises:
        UserError: for a name that is not in FIGURES.
    """
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    frame, picture = FIGURES[name]
    data = frame(study)
    demo = any(record["demo"] for record in behind(study, name))
    return mark(picture(data), study.demo or demo), data


def draw(
    study: Results, name: str, folder_png: Path, folder_pdf: Path
) -> tuple[Figure, list[Path]]:
    """Draw the figure `name` of FIGURES and save it; the figure, and PNG, PDF, JSON."""
    figure, data = make(study, name)
    made_of = behind(study, name)
    return figure, save(figure, name, folder_png, folder_pdf, data, made_of)
