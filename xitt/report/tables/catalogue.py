"""The tables of the paper: bare booktabs `tabular` bodies; captions are in main.tex.

Every table exists, however incomplete the grid: a cell that was not run is a dash, and
a table without a row says so. Text is escaped for LaTeX here and nowhere later.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xitt import files
from xitt.analysis.results import Results
from xitt.report.tables import (
    claims,
    comparison_tables,
    data,
    language_models,
    languages,
    plans,
    robustness,
    volume,
)
from xitt.report.tables.runs import (
    cost_table,
    learned_table,
    recipe_table,
    retrieval_table,
    sweep_table,
)
from xitt.report.tables.scores import gains_table, scores_table

# --- writing ------------------------------------------------------------------------

TABLES: dict[str, Callable[[Results], str]] = {
    "gains": gains_table,
    "scores": scores_table,
    "best": comparison_tables.best_table,
    "published": comparison_tables.published_table,
    "claims": claims.table,
    "volume": volume.correlation_table,
    "volume-baseline": volume.baseline_table,
    "volume-claims": volume.verdict_table,
    "code": language_models.code_table,
    "code-understanding": language_models.agreement_table,
    "source-language": language_models.source_table,
    "reasoning": language_models.reasoning_table,
    "small-models": language_models.published_models_table,
    "language-model-power": language_models.power_table,
    "language-model-claims": language_models.verdict_table,
    "robustness-drops": robustness.drop_table,
    "robustness-gains": robustness.gain_table,
    "robustness-areas": robustness.area_table,
    "robustness-claims": robustness.verdict_table,
    "languages": languages.language_tables,
    "data": data.data_table,
    "sources-targets": data.target_sources,
    "sources-intermediate": data.intermediate_sources,
    "recipes": recipe_table,
    "intermediate-tasks": learned_table,
    "learning-rates": sweep_table,
    "retrieval": retrieval_table,
    "cost": cost_table,
    "plans": plans.plan_table,
}


def write(study: Results, folder: Path) -> list[Path]:
    """Write every table into `folder`/tables, one .tex each."""
    return [
        files.write_text(Path(folder) / "tables" / f"{name}.tex", make(study))
        for name, make in TABLES.items()
    ]
