"""The two training phases of a run, from its data to its record.

    run = grid.target(profiles.load("demo"), "mnli", "xnli", seed=13)
    record = transfer(run)

A run that is recorded is read, not repeated. One that was killed continues from its
checkpoint. Its record is written last, so that nothing half-done is taken for a result.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from xitt import (
    checkpoints,
    data,
    devices,
    encoders,
    evaluation,
    features,
    files,
    heads,
    material,
    metrics,
    parallel,
    profiles,
    records,
    tasks,
    tokenised,
    training,
)
from xitt.errors import UserError
from xitt.grid import Run
from xitt.records import Record
from xitt.settings import Settings
from xitt.tasks import Setting, Task

# ------------------------------------------------------------------ intermediate phase


def train_intermediate(
    run: Run, rows: dict[str, dict[str, Any]] | None = None
) -> Record:
    """Train the encoder of an intermediate run, validate it, keep it, record it.

    rows: what `material.of_intermediate(run)` gives, where it is at hand already.
    """
    if run.done and run.encoder.is_dir():
        return records.read(run.record)
    with _alone(run):
        started = time.monotonic()
        rows = rows or material.of_intermediate(run)
        setting = tasks.parse_setting(run.setting)
        encoder, tokenizer = encoders.load(run.profile["encoder"])
        fitted = training.fit(
            encoder,
            tokenizer,
            {
                name: _features(run, name, rows[name], tokenizer)
                for name in setting.tasks
            },
            _intermediate_heads(run, setting, encoder),
            settings=_intermediate_settings(run, setting),
            seed=run.seed,
            folder=run.folder / "checkpoint",
            mlm=_text(run, rows, tokenizer) if setting.mlm else None,
        )
        devices.release()
        scores = {
            name: _validated(run, name, fitted, tokenizer) for name in setting.tasks
        }
        if not parallel.rank():
            encoders.save(encoder, tokenizer, run.encoder)
        counts = {
            name: {lang: len(some) for lang, some in langs.items()}
            for name, langs in rows.items()
        }
        n_train = sum(sum(counts[name].values()) for name in setting.tasks)
        return _finish(run, started, {
            "headline": next((s["headline"] for s in scores.values()), "accuracy"),
            "metrics": {"validation": scores},
            "training": fitted.log,
            "data": material.described(run, n_train, counts),
        })  # fmt: skip


def _intermediate_heads(run: Run, setting: Setting, encoder: Any) -> dict[str, Any]:
    """A head a task; for masked LM the checkpoint's own where it has one."""
    found = {name: _head(run, name, encoder) for name in setting.tasks}
    if setting.mlm:
        head = heads.head_for(encoder, "text", seed=run.seed)
        heads.load_mlm(head, encoders.ensure(run.profile["encoder"]))
        found[training.MLM] = head
    return found


def _intermediate_settings(run: Run, setting: Setting) -> Settings:
    """One task's own recipe; several tasks share the phase's."""
    spec = run.profile["intermediate"]
    one = len(setting.tasks) == 1
    name = setting.tasks[0] if one else ""
    more = {} if one else {"cap": spec["multi_cap"]}
    if setting.mlm:
        more["mlm_share"] = spec["mlm"]["share"]
    return _settings(run, profiles.recipe(run.profile, "intermediate", name), **more)


def _text(run: Run, rows: dict[str, dict[str, Any]], tokenizer: Any) -> Any:
    """The features of the text for masked-LM steps, every language's."""
    spec = run.profile["intermediate"]["mlm"]
    made = [
        tokenised.make("text", some, tokenizer, max_length=spec["max_length"])
        for some in rows[spec["text"]].values()
    ]
    return features.concat(made)


def _validated(
    run: Run, name: str, fitted: training.Result, tokenizer: Any
) -> dict[str, Any]:
    """An intermediate task's own validation scores, in English, with its headline."""
    task = tasks.get(name)
    limit = run.profile["evaluation"]["max_validation"]
    part = ("validation", "en")
    scores, _ = evaluation.score(
        task,
        data.labels(name, profiles.source(run.profile)),
        fitted.encoder,
        fitted.heads[name],
        tokenizer,
        {part: material.rows(run, name, "en", "validation", limit)},
        recipe=profiles.recipe(run.profile, "intermediate", name),
        **_how(run),
    )
    headline = evaluation.metric_of(task).headline
    return {**scores["validation"]["en"], "headline": headline}


# ------------------------------------------------------------------------ target phase


def transfer(run: Run) -> Record:
    """Fine-tune on English, score every language, record it.

    Raises:
        UserError: where the intermediate encoder is not trained yet.
    """
    if run.done:
        return records.read(run.record)
    material.prepare(run.profile)
    if run.parent and not run.parent.encoder.is_dir():
        raise UserError(
            f"the encoder of '{run.setting}' (seed {run.seed}) is not trained yet; run "
            f"20-train-intermediate with intermediate={run.setting}, or `make runs`"
        )
    with _alone(run):
        devices.release()
        started = time.monotonic()
        encoder, tokenizer = encoders.load(
            run.parent.encoder if run.parent else run.profile["encoder"]
        )
        task = tasks.get(run.target)
        score = _retrieve if task.kind in material.RETRIEVAL else _finetune
        result, predictions = score(run, task, encoder, tokenizer)
        kept = {"/".join(part): values for part, values in predictions.items()}
        if not parallel.rank():
            files.write_json(run.folder / "predictions.json", kept)
        result["headline"] = metrics.get(task.metric).headline
        return _finish(run, started, result)


def rescore(run: Run) -> Record:
    """Score a run's kept predictions again, where a metric was mended; no model runs.

    Retrieval keeps pairs and no vectors, and is left as it is.

    Raises:
        UserError: where the run is not recorded, or its predictions are not kept here.
    """
    path = run.folder / "predictions.json"
    if not (run.done and path.exists()):
        raise UserError(
            f"{run.setting} x {run.target}: no record with predictions in "
            f"{records.relative(run.folder)}; run it again with make runs"
        )
    record, task = records.read(run.record), tasks.get(run.target)
    if task.kind not in material.RETRIEVAL:
        kept = json.loads(path.read_text(encoding="utf-8"))
        record["metrics"] = evaluation.summaries(
            task,
            data.labels(task.name, profiles.source(run.profile)),
            {tuple(part.split("/")): values for part, values in kept.items()},
            material.of_target(run, task),
            run.profile["evaluation"]["draws"],
        )
        records.write(run.record, record)
    return record


def _finetune(
    run: Run, task: Task, encoder: Any, tokenizer: Any
) -> tuple[Record, dict]:
    """Train a head (and the encoder) on English and score it in every language."""
    recipe = run.params["recipe"]
    rows = material.rows(run, task.name, "en", "train", recipe["max_train"])
    fitted = training.fit(
        encoder,
        tokenizer,
        {task.name: _features(run, task.name, {"en": rows}, tokenizer)},
        {task.name: _head(run, task.name, encoder)},
        settings=_settings(run, recipe),
        seed=run.seed,
        folder=run.folder / "checkpoint",
    )
    devices.release()
    parts = material.of_target(run, task)
    scores, predictions = evaluation.score(
        task,
        data.labels(task.name, profiles.source(run.profile)),
        fitted.encoder,
        fitted.heads[task.name],
        tokenizer,
        parts,
        recipe=recipe,
        **_how(run),
    )
    counts = {"train": {"en": len(rows)}, **material.sizes(parts)}
    return {
        "metrics": scores,
        "training": fitted.log,
        "data": material.described(run, len(rows), counts),
    }, predictions


def _retrieve(
    run: Run, task: Task, encoder: Any, tokenizer: Any
) -> tuple[Record, dict]:
    """Score the encoder as it is, at every layer."""
    options = run.params["retrieval"]
    deepest = encoder.config.num_hidden_layers
    if options["layer"] > deepest:
        raise UserError(
            f"retrieval.layer {options['layer']}: this encoder has 0 to {deepest}"
        )
    parts = material.of_target(run, task)
    compute = evaluation.mining if task.kind == "mining" else evaluation.bitext
    found = compute(task, encoder, tokenizer, parts, options=options, **_how(run))
    return {
        "metrics": found.scores,
        "training": None,
        "layer": options["layer"],
        "pooling": options["pooling"],
        "layers": found.layers["test"],
        "layers_validation": found.layers.get("validation", {}),
        "data": material.described(run, 0, material.sizes(parts)),
    }, found.predictions


# ----------------------------------------------------------------------- what both need


def _features(run: Run, task: str, rows: dict[str, Any], tokenizer: Any) -> Any:
    """The rows of every language as one set of features."""
    recipe = profiles.recipe(run.profile, run.phase, task)
    options = {key: recipe[key] for key in ("max_length", "doc_stride")}
    kind = tasks.get(task).kind
    made = [tokenised.make(kind, some, tokenizer, **options) for some in rows.values()]
    return features.concat(made)


def _head(run: Run, task: str, encoder: Any) -> Any:
    labels = data.labels(task, profiles.source(run.profile))
    kind = tasks.get(task).kind
    return heads.head_for(encoder, kind, len(labels) or None, seed=run.seed)


def _settings(run: Run, recipe: dict[str, Any], **more: Any) -> Settings:
    own = {key: recipe[key] for key in ("lr", "epochs", "batch")}
    return Settings.of({**run.profile["training"], **own, **more})


def _how(run: Run) -> dict[str, Any]:
    """How to score: the budget of a batch, its precision, the bootstrap's draws."""
    spec = run.profile["evaluation"]
    return {
        "token_budget": spec["token_budget"],
        "precision": run.profile["training"]["precision"],
        "draws": spec["draws"],
    }


def _finish(run: Run, started: float, result: Record) -> Record:
    """Write the record, then let go of the checkpoint that it replaces."""
    notebook = os.environ.get("XITT_NOTEBOOK")
    record = {
        "key": run.key,
        "protocol": records.PROTOCOL,
        "phase": run.phase,
        "profile": run.profile["name"],
        "demo": run.profile["demo"],
        "setting": run.setting,
        "target": run.target,
        "seed": run.seed,
        "parent": run.parent.key if run.parent else None,
        "params": run.params,
        "encoder": encoders.identity(run.profile["encoder"]),
        "hardware": records.hardware(),
        "versions": records.versions(),
        "sources": records.source_hashes(Path(notebook) if notebook else None),
        "seconds": round(time.monotonic() - started, 1),
        "peak_memory_mib": records.peak_memory_mib(),
        **result,
    }
    if not parallel.rank():
        records.write(run.record, record)
        checkpoints.clear(run.folder / "checkpoint")
    parallel.wait()
    return record


def _alone(run: Run) -> AbstractContextManager:
    """No two runs in one folder; of processes that share a run, the first one sees."""
    return nullcontext() if parallel.rank() else files.only_one(run.folder)
