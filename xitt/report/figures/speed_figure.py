"""The figure of the speed benchmark."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from xitt.report import speed_report
from xitt.report.figures.saving import save
from xitt.report.speed_report import NAMES, NOT_YET, Results, by_format, frame
from xitt.report.style import COLUMN, FAINT, INK, QUIET, Figure, blank_figure, styled

COLOURS = {"bf16": INK, "fp32": QUIET}  # of the processor's quicker format


def bars(ax: Axes, data: pd.DataFrame) -> Axes:
    """Tokens a second of each contender, and how many times ours is quicker.

    data: a `speed_report.frame`; of each format a bar.
    """
    formats = list(dict.fromkeys(data["format"]))
    height = 0.66 / len(formats)
    speeds = data["tokens_per_second"]
    for row in data.itertuples():
        place = list(NAMES).index(row.contender)
        place += (formats.index(row.format) - (len(formats) - 1) / 2) * height
        ours = row.contender == "ours"
        colour = INK if ours else FAINT
        ax.barh(place, row.tokens_per_second, 0.9 * height, color=colour)
        told = [row.format] * (len(formats) > 1)
        told += [] if ours else [f"ours {row.ratio:.1f}×"]
        said = f" {row.tokens_per_second:,.0f}" + (
            f" ({', '.join(told)})" if told else ""
        )
        ax.text(row.tokens_per_second, place, said, va="center", fontsize=6.5)
    ax.set_yticks(range(len(NAMES)), NAMES.values())
    ax.set(xlim=(0, speeds.max() * 1.35), xlabel="real tokens a second, fine-tuning")
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    return ax


def curves(axes: list[Axes], scaling: dict[str, dict[str, list]]) -> None:
    """How cost grows with examples, length and languages; scaling: by format."""
    shown = [
        ("examples", "seconds", "examples", "seconds"),
        ("length", "tokens_per_second", "tokens a sequence", "tokens/s"),
        ("languages", "seconds", "languages", "seconds"),
    ]
    for ax, (what, measured, x, y) in zip(axes, shown):
        most = 0.0
        for name, found in scaling.items():
            points = pd.DataFrame(found[what])
            colour = INK if len(scaling) == 1 else COLOURS[name]
            style = {"color": colour, "marker": "o", "ms": 3, "label": name}
            ax.plot(points.iloc[:, 0], points[measured], **style)
            most = max(most, points[measured].max())
        ax.set(xlabel=x, ylabel=y, ylim=(0, most * 1.15))
        if what == "length":
            ax.set_xscale("log", base=2)
        else:
            ax.set_xlim(left=0)
        ends = points.iloc[:, 0].iloc[[0, len(points) // 2, -1]]
        ax.set_xticks(ends, ends)
        ax.grid(axis="y")
    if len(scaling) > 1:
        axes[0].legend(fontsize=6, frameon=False, loc="upper left")


@styled
def figure(results: Results) -> Figure:
    """Bars above, curves below; one column wide."""
    shown = by_format(results)
    if not shown:
        return blank_figure(COLUMN, NOT_YET)
    made = Figure(figsize=(COLUMN, 2.4 + 0.3 * len(shown)), layout="constrained")
    # Each row by itself: the long names of the bars must not narrow the curves.
    above, under = made.subfigures(2, 1, height_ratios=(0.8 + 0.4 * len(shown), 1))
    bars(above.subplots(), frame(results))
    below = list(under.subplots(1, 3))
    curves(below, {name: result["scaling"] for name, result in shown.items()})
    for ax in below:
        ax.xaxis.label.set_fontsize(7)
        ax.yaxis.label.set_fontsize(7)
        ax.tick_params(labelsize=6.5, colors=INK)
        for spine in ax.spines.values():
            spine.set_color(QUIET)
    return made


def draw(folder_png: Path, folder_pdf: Path) -> tuple[Figure, list[Path]]:
    """Save the figure `speed`; the figure, and its PNG, PDF and JSON.

    Nothing is saved where nothing was measured, and the paper leaves its section out.
    """
    results = speed_report.load()
    made = figure(results)
    if not results:
        return made, []
    return made, save(made, "speed", folder_png, folder_pdf, frame(results), [])
