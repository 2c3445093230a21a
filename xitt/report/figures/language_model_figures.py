"""The figures of language models on code and in reasoning.

The frames come from `xitt.analysis.questions.language_models`; nothing is computed
here. Log-likelihoods are in nats, everything else in points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models.reasoning import HARNESS
from xitt.analysis.questions.language_models.recorded import ANSWER, NATS
from xitt.analysis.questions.language_models.states import CENTRED, PLAIN
from xitt.report import style
from xitt.report.figures import gains
from xitt.report.figures.gains import Panel
from xitt.report.style import (
    COLUMN,
    PAGE,
    QUIET,
    Figure,
    blank_figure,
    styled,
)

NO_CODE = "no language model was run on code with and without an intermediate task yet"
NO_PAIRS = "no gains on code and on understanding in the same languages yet"
NO_REASONING = "no reasoning target was run yet"

MEANS = ("all", "zero-shot")
TITLES = {
    "pass@1": "pass@1",
    "solved": "solved",
    PLAIN: "as they are",
    CENTRED: "centred by language",
}


def measure_title(measure: str) -> str:
    """A measure in a title: `pass@1`, `log-likelihood`; "" where it goes without."""
    if measure in NATS:
        return "log-likelihood"
    return TITLES.get(measure, "")


def title(target: str, measure: str, model: str = "") -> str:
    """`HumanEval-XL, pass@1`, with the model where there are several."""
    parts = (wording.task(target), measure_title(measure), model)
    return ", ".join(part for part in parts if part)


def _by_language(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~frame["language"].isin(MEANS)]


def _panels(frame: pd.DataFrame) -> list[Panel]:
    """Panels of gains by target, model and measure, a target's in one order."""
    rows = _by_language(frame).dropna(subset=["mean"])
    several = rows["model"].nunique() > 1
    found = []
    for target in wording.ordered_targets(rows["target"]):
        own = rows[rows["target"] == target]
        order: list[str] = []
        for (model, measure), part in own.groupby(["model", "measure"], sort=False):
            order = order or gains.ranked(part)
            unit, write = ("points", wording.gain)
            if measure in NATS:
                unit, write = ("nats", _short_nats)
            words = title(target, measure, model if several else "")
            found.append(Panel(words, part, unit, write, order))
    return found


def _short_nats(value: float) -> str:
    """A tick in nats, `+.02`."""
    text = wording.nats(value, signed=True).replace("0.", ".")
    return text.rstrip("0").removesuffix(".") or "0"


def code_gain_figure(frame: pd.DataFrame) -> Figure:
    """Gains on code by language, a panel a measure (`Code.gains`)."""
    panels = _panels(frame)
    return gains.panels_figure(panels) if panels else blank_figure(PAGE, NO_CODE)


def reasoning_gain_figure(frame: pd.DataFrame) -> Figure:
    """Gains in reasoning by language, a panel a target (`Reasoning.gains`)."""
    panels = _panels(frame)
    return gains.panels_figure(panels) if panels else blank_figure(PAGE, NO_REASONING)


# ------------------------------------------------------- code against understanding


@styled
def together_figure(points: pd.DataFrame) -> Figure:
    """Gain on code over gain on understanding (`Code.points`), a mark a language.

    A row of panels for each model whose understanding it is, a column a measure.
    """
    if points.empty:
        return blank_figure(COLUMN, NO_PAIRS)
    sides = list(dict.fromkeys(points["side"]))
    measures = list(dict.fromkeys(points["measure"]))
    settings = wording.ordered_settings(points["setting"])
    columns = gains.legend_columns(settings, COLUMN)
    height = 0.4 + 1.4 * len(sides) + 0.16 * math.ceil(len(settings) / columns)
    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    axes = figure.subplots(len(sides), len(measures), squeeze=False)
    for line, side in zip(axes, sides):
        for ax, measure in zip(line, measures):
            own = points[(points["side"] == side) & (points["measure"] == measure)]
            _together(ax, own, measure)
        line[0].set_title(side, loc="left", pad=3, fontweight="bold")
    figure.supxlabel("gain on understanding (points)", fontsize=9)
    looks = {s: {**style.look(s), "linestyle": "none"} for s in settings}
    handles = [
        Line2D([], [], label=wording.setting(s), markersize=4, **look)
        for s, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns)
    return figure


def _together(ax: Axes, points: pd.DataFrame, measure: str) -> None:
    for line in (ax.axhline, ax.axvline):
        line(0, color=QUIET, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1)
    for setting, own in points.groupby("setting", sort=False):
        look = {**style.look(setting), "linestyle": "none"}
        ax.plot(own["understanding"], own["gain"], **look, markersize=2.4,
                markeredgewidth=0.4, alpha=0.8, zorder=2)  # fmt: skip
    unit = "nats" if measure in NATS else "points"
    ax.set_ylabel(f"{measure_title(measure)} ({unit})", labelpad=1, fontsize=8)
    ax.tick_params(labelsize=7)
    for axis, write in (
        (ax.xaxis, wording.gain),
        (ax.yaxis, _short_nats if measure in NATS else wording.gain),
    ):
        axis.set_major_locator(mpl.ticker.MaxNLocator(3, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(lambda v, _, w=write: w(v).removesuffix(".0"))


# ---------------------------------------------------------------- reasoning by language

# The colour and marker of each model in turn; the harness's protocol is hollow.
MODELS = (("#332288", "o"), ("#117733", "^"), ("#CC6677", "s"), ("#999933", "v"))
ENCODER = ("#AA4499", "D")


@styled
def reasoning_figure(scores: pd.DataFrame) -> Figure:
    """Scores by language and protocol without intermediate training, over chance.

    scores: of `Reasoning.scores`. A panel a target; a dashed line is what a guess has.
    """
    rows = _by_language(scores[scores["setting"] == BASELINE])
    rows = rows[rows["measure"] != ANSWER]
    targets = wording.ordered_targets(rows["target"])
    if not targets:
        return blank_figure(PAGE, NO_REASONING)
    series = list(dict.fromkeys(zip(rows["model"], rows["protocol"], rows["causal"])))
    sizes = [rows[rows["target"] == t]["language"].nunique() for t in targets]
    height, gap, legend = 1.15, 0.42, 0.12 + 0.17 * math.ceil(len(series) / 3)
    lines = gains.packed(dict(enumerate(sizes)))
    total = legend + len(lines) * (height + gap)
    figure = Figure(figsize=(PAGE, total))
    for number, line in enumerate(lines):
        left, base = 0.0, total - legend - (number + 1) * (height + gap) + 0.22
        for place, width in line:
            box = ((left + 0.42) / PAGE, base / total, (width - 0.48) / PAGE,
                   height / total)  # fmt: skip
            ax = figure.add_axes(box)
            own = rows[rows["target"] == targets[place]]
            reasoning_scores(ax, own, series)
            ax.set_title(title(targets[place], own["measure"].iloc[0]), loc="left",
                         pad=3, fontweight="bold")  # fmt: skip
            if not left:
                ax.set_ylabel("score (points)", labelpad=1)
            left += width
    handles = [_handle(*one, series) for one in series]
    handles.append(Line2D([], [], label="chance", color=QUIET, linewidth=0.8,
                          linestyle=(0, (3, 2))))  # fmt: skip
    figure.legend(handles=handles, loc="upper center", ncols=3, borderaxespad=0.1)
    return figure


Series = tuple[str, str, bool]  # model, protocol, whether it is a causal model


def reasoning_scores(ax: Axes, rows: pd.DataFrame, series: Sequence[Series]) -> Axes:
    """Score in each language of one target, a mark a model and protocol."""
    languages = wording.ordered_languages(rows["language"])
    step = 0.6 / max(len(series), 2)
    for level in sorted(set(rows["chance"].dropna())):
        ax.axhline(level, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    for number, one in enumerate(series):
        own = rows[(rows["model"] == one[0]) & (rows["protocol"] == one[1])]
        own = own.set_index("language").reindex(languages)
        x = np.arange(len(languages)) + (number - (len(series) - 1) / 2) * step
        look = _look(*one, series)
        ax.vlines(x, own["low"], own["high"], color=look["color"], alpha=0.55,
                  linewidth=0.8, zorder=2)  # fmt: skip
        ax.plot(x, own["mean"], **look, linestyle="none", markersize=3.4,
                markeredgewidth=0.7, zorder=3)  # fmt: skip
    for place in range(1, len(languages), 2):
        ax.axvspan(place - 0.5, place + 0.5, color="#f4f4f4", linewidth=0, zorder=0)
    ax.set_xlim(-0.5, len(languages) - 0.5)
    ax.set_xticks(range(len(languages)), languages)
    ax.tick_params(axis="x", length=0)
    ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.grid(axis="y")
    return ax


def _look(
    model: str, protocol: str, causal: bool, series: Sequence[Series]
) -> dict[str, str]:
    models = list(dict.fromkeys(name for name, _, is_causal in series if is_causal))
    colour, marker = MODELS[models.index(model) % 4] if causal else ENCODER
    fill = "white" if protocol == HARNESS else colour
    return {"color": colour, "marker": marker, "markeredgecolor": colour,
            "markerfacecolor": fill}  # fmt: skip


def _handle(
    model: str, protocol: str, causal: bool, series: Sequence[Series]
) -> Line2D:
    label = f"{model}, {protocol}" if causal else f"{model}, trained on it"
    return Line2D([], [], label=label, linestyle="none", markersize=4,
                  **_look(model, protocol, causal, series))  # fmt: skip
