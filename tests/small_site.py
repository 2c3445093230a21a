"""A small site of made-up records: a page of each kind, built as the real one is."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from xitt import files, paths
from xitt.analysis.results import Results
from xitt.report import numbers
from xitt.report.figures import gallery
from xitt.report.site import (
    building,
    chooser,
    macros,
    pages,
    paper,
    predictions,
    provenance,
    staging,
)
from xitt.report.tables.scores import gains_table

NOTEBOOK = "notebooks/00-start-here"  # by its name only; the cells are ours
PREDICTIONS = "predictions/demo-xnli-sw"
KINDS = ("index", "paper", "figures", NOTEBOOK, "numbers/xnli", "records/demo-xnli",
         PREDICTIONS, building.GLOSSARY)  # fmt: skip
TEX = r"""
\begin{document}
\begin{abstract}Intermediate training on MNLI changes XNLI by
\result{xnli/mnli/gain} points.\end{abstract}
\section{Results}\label{sec:results}
Over all targets it changes \result{avg/mnli/gain} points (Table~\ref{tab:gains}).
\begin{table}\fittable{gains}\caption{Gains in points. A \ddag: not learned.}
\label{tab:gains}\end{table}
\begin{figure}\includegraphics{figures/transfer-gain.png}
\caption{Transfer gain.\figsource{00-start-here}}\label{fig:gain}\end{figure}
\end{document}
"""


def entry(licence: str) -> dict:
    """Three items: intermediate training mends one, breaks one and keeps one."""
    items = [
        {"id": f"item-{n}", "text": [f"phrase {n}"], "gold": gold}
        for n, gold in enumerate(("yes", "no", "yes"))
    ]
    none = {"key": "a", "seed": 13, "given": ["no", "no", "yes"], "right": [0, 1, 1]}
    mnli = {"key": "b", "seed": 13, "given": ["yes", "yes", "yes"], "right": [1, 0, 1]}
    return {
        "profile": "demo",
        "demo": True,
        "target": "xnli",
        "language": "sw",
        "licence": licence,
        "items": items,
        "answers": {"none": none, "mnli": mnli},
    }


def build(study: Results, folder: Path) -> tuple[Path, list[str]]:
    """The site's folder, and what Sphinx warned of; skips where Sphinx is missing."""
    for package in building.NEEDED:
        pytest.importorskip(package, reason="the extra `site` is not installed")
    staged, work = folder / "staged", folder / "work"
    extra, site = work / "extra", folder / "site"
    found = dict(sorted(numbers.collect(study).items()))
    known = {record["key"]: record for record in study.records}
    building._number_pages(study, found, staged)
    building._record_pages(known, staged, extra)
    text = _paper(study, found, work)
    shown = paper.figures(text)
    gallery.draw(study, "transfer-gain", work / "drawn", work / "drawn")
    data = building._figures(shown, work / "drawn", extra / "figures")
    staging.text(paths.ROOT, f"{building.GLOSSARY}.md", staged)
    trees = {
        "Read": ["The paper <paper>", "figures", NOTEBOOK, building.GLOSSARY],
        "Trace": ["numbers/index", "records/index", "predictions/index"],
    }
    written = {
        "index.md": pages.landing("Start", "<p>In short.</p>", shown[0], trees),
        "paper.md": paper.page("The paper", text),
        "figures.md": pages.figure_page(shown, data, known),
        f"{NOTEBOOK}.ipynb": _notebook(study, extra / "figures" / "transfer-gain.png"),
    }
    for name, page in predictions.pages([entry("CC BY 4.0")]).items():
        written[f"predictions/{name}.md"] = page
    for name, page in written.items():
        files.write_text(staged / name, page)
    return site, building.render(staged, work, site)


def _paper(study: Results, found: dict[str, numbers.Number], work: Path) -> str:
    files.write_text(work / "main.tex", TEX)
    files.write_text(work / "tables" / "gains.tex", gains_table(study))
    printed = {key: number.text for key, number in found.items()}
    tex = macros.expanded(work, work / "tables", printed, study.demo, provenance.link)
    return paper.converted(tex, paths.PAPER / "references.bib", work)


def _notebook(study: Results, picture: Path) -> str:
    """An executed notebook: scores to choose from, and a figure."""

    def cell(kind: str, source: str, **more: object) -> dict:
        return {"cell_type": kind, "metadata": {}, "source": source, **more}

    def shown(source: str, **data: str) -> dict:
        output = {"output_type": "display_data", "metadata": {}, "data": data}
        return cell("code", source, execution_count=1, outputs=[output])

    png = base64.b64encode(picture.read_bytes()).decode()
    cells = [
        cell("markdown", "# Who gains?\n\nThe transfer gain of each target."),
        shown("chooser.show(found)", **{"text/html": chooser.folded(study)}),
        shown("figure", **{"image/png": png}),
    ]
    cells[-1]["metadata"] = {"mystnb": {"image": {"alt": "Gains of each target."}}}
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(whole)
