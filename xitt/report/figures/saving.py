"""Figures as files: for readers, for LaTeX, as numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from xitt import files
from xitt.analysis import wording
from xitt.report.style import (
    QUIET,
    Figure,
    styled,
)


@styled
def mark(figure: Figure, demo: bool) -> Figure:
    """Write into the corner of a demo's figure that it is one; once."""
    if not demo or any(text.get_text() == wording.DEMO for text in figure.texts):
        return figure
    if engine := figure.get_layout_engine():  # a strip of its own below the plot
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height + 0.13)
        strip = 0.13 / (height + 0.13)
        engine.set(rect=(0, strip, 1, 1 - strip))
    figure.text(1, 0, wording.DEMO, ha="right", va="bottom", color=QUIET,
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
