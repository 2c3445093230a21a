"""Scores of predictions that runs keep: no model is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.data import examples
from xitt.errors import UserError
from xitt.scoring import evaluation
from xitt.scoring.evaluation import Part, Scores
from xitt.scoring.metrics import as_evaluate
from xitt.study import data_source, provenance, records, run_data
from xitt.study.records import Record
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH

Predictions = dict[Part, list[Any]]


def rescore(run: Run) -> Record:
    """Score a run's kept predictions again, where a metric was mended; no model runs.

    The record then says, beside which code trained, which code scored it again.
    Retrieval keeps pairs and no vectors, a causal model's answers rest on likelihoods
    that are not kept: those are left as they are.

    Raises:
        UserError: where the run is not recorded, its predictions are not kept here, or
            no commit holds the code that would score it; see `provenance.begin`.
    """
    kept = predictions(run)
    record, task = records.read(run.record), registry.get(run.target)
    if can_score(run) and not kinds.get(task.kind).retrieves:
        begun = provenance.begin(run.record)
        record["rescored"] = {"code": begun.code, "sources": begun.sources}
        record["metrics"] = scores(run, kept, run_data.of_target(run, task))
        record["predictions"] = {"sha256": digest(kept)}
        records.write(run.record, record)
    return record


def can_score(run: Run) -> bool:
    """Whether a target run's predictions tell its scores."""
    return "count" in kinds.get(registry.get(run.target).kind).functions and (
        "asked" not in run.params
    )


def scores(run: Run, kept: Predictions, rows: dict[Part, Any]) -> Scores:
    """The scores of a target run's predictions, of retrieval at its layer alone.

    rows: what `run_data.of_target` gives.
    """
    return evaluation.summaries(
        registry.get(run.target),
        examples.labels(run.target, data_source.source(run.profile)),
        kept,
        rows,
        run.profile["evaluation"]["draws"],
    )


def by_evaluate(run: Run, lang: str = ENGLISH) -> dict[str, float]:
    """The test scores of one language from the kept predictions, by `evaluate`.

    The library's interface over the same counts, so that whoever knows it can check a
    record without ours.
    """
    task = registry.get(run.target)
    gold = kinds.get(task.kind).gold
    if not gold:
        raise UserError(
            f"{run.target} keeps pairs and no labels; choose another target"
        )
    predicted = predictions(run)["test", lang]
    expected = list(run_data.of_target(run, task)["test", lang][gold])
    if gold == "tags":
        names = examples.labels(task.name, data_source.source(run.profile))
        expected = [[names[tag] for tag in tags] for tags in expected]
    metric = evaluation.metric_of(task)
    options = {"lang": lang} if "lang" in metric.options else {}
    return as_evaluate.load(metric.name).compute(
        predictions=predicted, references=expected, **options
    )


def path_of(run: Run) -> Path:
    """Where a run keeps its predictions; they are not tracked."""
    return run.folder / "predictions.json"


def digest(kept: Predictions) -> str:
    """SHA-256 of predictions, as their run's record holds it."""
    return files.digest({"/".join(part): values for part, values in kept.items()})


def predictions(run: Run) -> Predictions:
    """The predictions of a run by split and language.

    Raises:
        UserError: where the run is not recorded, or they are not kept here.
    """
    path = path_of(run)
    if not (run.done and path.exists()):
        raise UserError(
            f"{run.setting} x {run.target}: no record with predictions in "
            f"{paths.relative(run.folder)}; run it again with make runs"
        )
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {tuple(part.split("/")): values for part, values in kept.items()}
