"""The two training phases of a run, from its data to its record.

    run = grid.target(profiles.load("demo"), "mnli", "xnli", seed=13)
    record = transfer(run)

A run that is recorded is read, not repeated. One that was killed continues from its
checkpoint. Its record is written last, so that nothing half-done is taken for a result.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from xitt import files
from xitt.data import examples
from xitt.errors import UserError
from xitt.inputs import features, mixture, token_cache
from xitt.models import encoders, heads, mlm_head
from xitt.scoring import evaluation
from xitt.scoring.metrics import named
from xitt.study import data_source, profiles, provenance, records, run_data
from xitt.study.grid import Run
from xitt.study.records import Record
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task
from xitt.tasks.settings import Setting, parse_setting
from xitt.training import checkpoints, devices, loop, processes
from xitt.training.hyperparameters import Hyperparameters

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
        begun = provenance.begin(run.record, run.folder)
        rows = rows or run_data.of_intermediate(run)
        setting = parse_setting(run.setting)
        encoder, tokenizer = encoders.load(run.profile["encoder"])
        fitted = loop.fit(
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
        if not processes.rank():
            encoders.save(encoder, tokenizer, run.encoder)
        counts = {
            name: {lang: len(some) for lang, some in langs.items()}
            for name, langs in rows.items()
        }
        n_train = sum(sum(counts[name].values()) for name in setting.tasks)
        return _finish(run, begun, {
            "headline": next((s["headline"] for s in scores.values()), "accuracy"),
            "metrics": {"validation": scores},
            "training": fitted.log,
            "data": run_data.described(run, n_train, counts),
        })  # fmt: skip


def _intermediate_heads(run: Run, setting: Setting, encoder: Any) -> dict[str, Any]:
    """A head a task; for masked LM the checkpoint's own where it has one."""
    found = {name: _head(run, name, encoder) for name in setting.tasks}
    if setting.mlm:
        head = heads.head_for(encoder, "text", seed=run.seed)
        mlm_head.load_mlm(head, encoders.ensure(run.profile["encoder"]))
        found[mixture.MLM] = head
    return found


def _intermediate_settings(run: Run, setting: Setting) -> Hyperparameters:
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
        token_cache.make("text", some, tokenizer, max_length=spec["max_length"])
        for some in rows[spec["text"]].values()
    ]
    return features.concat(made)


def _validated(
    run: Run, name: str, fitted: loop.Result, tokenizer: Any
) -> dict[str, Any]:
    """An intermediate task's own validation scores, in English, with its headline."""
    task = registry.get(name)
    limit = run.profile["evaluation"]["max_validation"]
    part = ("validation", ENGLISH)
    scores, _ = evaluation.score(
        task,
        examples.labels(name, data_source.source(run.profile)),
        fitted.encoder,
        fitted.heads[name],
        tokenizer,
        {part: run_data.rows(run, name, ENGLISH, "validation", limit)},
        recipe=profiles.recipe(run.profile, "intermediate", name),
        **_how(run),
    )
    headline = evaluation.metric_of(task).headline
    return {**scores["validation"][ENGLISH], "headline": headline}


# ------------------------------------------------------------------------ target phase


def transfer(run: Run) -> Record:
    """Fine-tune on English, score every language, record it.

    Raises:
        UserError: where the intermediate encoder is not trained yet.
    """
    if run.done:
        return records.read(run.record)
    run_data.prepare(run.profile)
    if run.parent and not run.parent.encoder.is_dir():
        raise UserError(
            f"the encoder of '{run.setting}' (seed {run.seed}) is not trained yet; run "
            f"20-train-intermediate with intermediate={run.setting}, or `make runs`"
        )
    with _alone(run):
        begun = provenance.begin(run.record, run.folder)
        devices.release()
        encoder, tokenizer = encoders.load(
            run.parent.encoder if run.parent else run.profile["encoder"]
        )
        task = registry.get(run.target)
        score = _finetune if kinds.get(task.kind).trains else _retrieve
        result, predictions = score(run, task, encoder, tokenizer)
        kept = {"/".join(part): values for part, values in predictions.items()}
        if not processes.rank():
            files.write_json(run.folder / "predictions.json", kept)
        result["predictions"] = {"sha256": files.digest(kept)}
        result["headline"] = named.get(task.metric).headline
        return _finish(run, begun, result)


def _finetune(
    run: Run, task: Task, encoder: Any, tokenizer: Any
) -> tuple[Record, dict]:
    """Train a head (and the encoder) on English and score it in every language."""
    recipe = run.params["recipe"]
    rows = run_data.rows(run, task.name, ENGLISH, "train", recipe["max_train"])
    fitted = loop.fit(
        encoder,
        tokenizer,
        {task.name: _features(run, task.name, {ENGLISH: rows}, tokenizer)},
        {task.name: _head(run, task.name, encoder)},
        settings=_settings(run, recipe),
        seed=run.seed,
        folder=run.folder / "checkpoint",
    )
    devices.release()
    parts = run_data.of_target(run, task)
    scores, predictions = evaluation.score(
        task,
        examples.labels(task.name, data_source.source(run.profile)),
        fitted.encoder,
        fitted.heads[task.name],
        tokenizer,
        parts,
        recipe=recipe,
        **_how(run),
    )
    counts = {"train": {ENGLISH: len(rows)}, **run_data.sizes(parts)}
    return {
        "metrics": scores,
        "training": fitted.log,
        "data": run_data.described(run, len(rows), counts),
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
    parts = run_data.of_target(run, task)
    compute = kinds.function(task.kind, "retrieve")
    found = compute(task, encoder, tokenizer, parts, options=options, **_how(run))
    return {
        "metrics": found.scores,
        "training": None,
        "layer": options["layer"],
        "pooling": options["pooling"],
        "layers": found.layers["test"],
        "layers_validation": found.layers.get("validation", {}),
        "data": run_data.described(run, 0, run_data.sizes(parts)),
    }, found.predictions


# ----------------------------------------------------------------------- what both need


def _features(run: Run, task: str, rows: dict[str, Any], tokenizer: Any) -> Any:
    """The rows of every language as one set of features."""
    recipe = profiles.recipe(run.profile, run.phase, task)
    options = {key: recipe[key] for key in ("max_length", "doc_stride")}
    kind = registry.get(task).kind
    made = [
        token_cache.make(kind, some, tokenizer, **options) for some in rows.values()
    ]
    return features.concat(made)


def _head(run: Run, task: str, encoder: Any) -> Any:
    labels = examples.labels(task, data_source.source(run.profile))
    kind = registry.get(task).kind
    return heads.head_for(encoder, kind, len(labels) or None, seed=run.seed)


def _settings(run: Run, recipe: dict[str, Any], **more: Any) -> Hyperparameters:
    own = {key: recipe[key] for key in ("lr", "epochs", "batch")}
    return Hyperparameters.of({**run.profile["training"], **own, **more})


def _how(run: Run) -> dict[str, Any]:
    """How to score: the budget of a batch, its precision, the bootstrap's draws."""
    spec = run.profile["evaluation"]
    return {
        "token_budget": spec["token_budget"],
        "precision": _precision(run),
        "draws": spec["draws"],
    }


def _precision(run: Run) -> str:
    """`fp32` or `bf16`: what `auto` is here, which no key but every record holds."""
    return devices.precision(run.profile["training"]["precision"], devices.device())


def _finish(run: Run, begun: provenance.Begun, result: Record) -> Record:
    """Write the record, then let go of the checkpoint that it replaces."""
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
        "precision": _precision(run),
        "hardware": provenance.hardware(),
        "versions": provenance.versions(),
        "code": begun.code,
        "sources": begun.sources,
        "seconds": round(time.monotonic() - begun.started, 1),
        "peak_memory_mib": provenance.peak_memory_mib(),
        **result,
    }
    if not processes.rank():
        records.write(run.record, record)
        checkpoints.clear(run.folder / "checkpoint")
    processes.wait()
    return record


def _alone(run: Run) -> AbstractContextManager:
    """No two runs in one folder; of processes that share a run, the first one sees."""
    return nullcontext() if processes.rank() else files.only_one(run.folder)
