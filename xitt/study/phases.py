"""The two training phases of a run, from its data to its record.

    run = grid.target(profiles.load("demo"), "mnli", "xnli", seed=13)
    record = transfer(run)

A run that is recorded is read, not repeated. One that was killed continues from its
checkpoint. Its record is written last, so that nothing half-done is taken for a result.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from xitt import files
from xitt.errors import UserError
from xitt.inputs import features, mixture, token_cache
from xitt.models import heads, mlm_head
from xitt.scoring.metrics import named
from xitt.study import (
    finetuning,
    overlap,
    profiles,
    provenance,
    records,
    run_data,
)
from xitt.study.checks import limits
from xitt.study.families import models, training
from xitt.study.perturbing import tuned_models
from xitt.study.records import Record
from xitt.study.run import Run
from xitt.study.run_data import Material
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task
from xitt.tasks.settings import Setting, parse_setting
from xitt.training import checkpoints, devices, keeping, loop, processes
from xitt.training.hyperparameters import Hyperparameters

log = logging.getLogger("xitt")

AGAIN = "again.txt"  # in the folder of an encoder that was not trained with its record

# ------------------------------------------------------------------ intermediate phase


def train_intermediate(
    run: Run, rows: dict[str, dict[str, Any]] | None = None
) -> Record:
    """Train the model of an intermediate run, validate it, keep it, record it.

    Where the run is recorded and its encoder alone is gone the record stays as it is.
    rows: what `run_data.of_intermediate(run)` gives, where it is at hand already.
    """
    if run.done and run.encoder.is_dir():
        return records.read(run.record)
    with alone(run):
        begun = provenance.begin(run.record, run.folder)
        limits.of_model(run.profile)
        rows, scored = run_data.check(run, rows)
        setting = parse_setting(run.setting)
        family = training.of(run)
        model, tokenizer = family.load(run)
        family.tokenise(run, scored, tokenizer)
        fresh, origin = _intermediate_heads(run, setting, model)
        fitted = loop.fit(
            family.trunk(model),
            tokenizer,
            {
                name: family.features(run, name, rows[name], tokenizer)
                for name in setting.tasks
            },
            fresh,
            settings=_intermediate_settings(run, setting),
            seed=run.seed,
            folder=run.folder / "checkpoint",
            mlm=_text(run, rows, tokenizer) if setting.mlm else None,
        )
        devices.release()
        scores, truncated = {}, {}
        for name in setting.tasks:
            scores[name], truncated[name] = family.validated(
                run, name, scored[name], model, fitted.heads[name], tokenizer,
                **how(run),
            )  # fmt: skip
        if not processes.rank():
            family.save(run, model, tokenizer, run.encoder)
        if run.done:
            return _as_recorded(run, fitted.log)
        counts = {
            name: _read(langs, fitted.rows[name if name in scores else mixture.MLM])
            for name, langs in rows.items()
        }
        n_train = sum(sum(counts[name].values()) for name in setting.tasks)
        return finish(run, begun, {
            "headline": next((s["headline"] for s in scores.values()), "accuracy"),
            "metrics": {"validation": scores},
            "training": fitted.log,
            "data": {
                **run_data.described(run, n_train, counts),
                "truncated": {"validation": truncated},
            },
            **origin,
            **family.described(model),
        })  # fmt: skip


def _as_recorded(run: Run, trained: dict[str, Any]) -> Record:
    """The record of a run whose encoder was made again; what starts there tells how."""
    told = again(run, trained)
    if not processes.rank():
        files.write_text(run.encoder / AGAIN, told)
        checkpoints.clear(run.folder / "checkpoint")
    processes.wait()
    return records.read(run.record)


def again(run: Run, trained: dict[str, Any]) -> str:
    """Whether a training made again is the recorded one, by its losses."""
    if not run.done:
        return "trained here"
    before = records.read(run.record)["training"]["loss"]
    if before == [list(pair) for pair in trained["loss"]]:
        return "trained again, with the recorded losses"
    log.warning(
        "%s: trained again, the losses are not those of the record, as on another "
        "machine",
        f"{run.setting} x {run.target}" if run.target else run.setting,
    )
    return "trained again, with other losses than recorded"


def _intermediate_heads(
    run: Run, setting: Setting, model: Any
) -> tuple[dict[str, Any], dict[str, str]]:
    """A head a task; for masked LM the checkpoint's own where it has one.

    And what the record says of the latter: `mlm_head`, `pretrained` or `new`.
    """
    make = training.of(run).head
    found = {name: make(run, name, model) for name in setting.tasks}
    if not setting.mlm:
        return found, {}
    head = heads.head_for(model, "text", seed=run.seed)
    own = mlm_head.load_mlm(head, run.profile["encoder"])
    return found | {mixture.MLM: head}, {"mlm_head": "pretrained" if own else "new"}


def _intermediate_settings(run: Run, setting: Setting) -> Hyperparameters:
    """One task's own recipe; several tasks share the phase's."""
    spec = run.profile["intermediate"]
    one = len(setting.tasks) == 1
    name = setting.tasks[0] if one else ""
    more = {} if one else {"cap": spec["multi_cap"]}
    if setting.mlm:
        more["mlm_share"] = spec["mlm"]["share"]
    recipe = profiles.recipe(run.profile, "intermediate", name)
    return finetuning.hyperparameters(run, recipe, **more)


def _text(run: Run, rows: dict[str, dict[str, Any]], tokenizer: Any) -> Any:
    """The features of the text for masked-LM steps, every language's."""
    spec = run.profile["intermediate"]["mlm"]
    made = [
        token_cache.make("text", some, tokenizer, max_length=spec["max_length"])
        for some in rows[spec["text"]].values()
    ]
    return features.concat(made)


def _read(rows: dict[str, Any], read: np.ndarray) -> dict[str, int]:
    """How many of each language's rows are among those `read`, numbered in a row."""
    ends = np.cumsum([0, *map(len, rows.values())])
    return dict(zip(rows, np.diff(np.searchsorted(read, ends)).tolist()))


# ------------------------------------------------------------------------ target phase


def each(runs: list[Run], make: Callable[[Run], Record] | None = None) -> list[Record]:
    """`transfer`, or `make`, of every run; one that fails stops none behind it.

    Raises:
        UserError: after the last one, where any failed; it names each with its reason.
    """
    done, failed = [], {}
    for run in runs:
        try:
            done.append((make or transfer)(run))
        except Exception as error:
            if len(runs) == 1:
                raise
            failed[run.target] = error
            log.error("%s x %s: %s", run.setting, run.target, error,
                      exc_info=not isinstance(error, UserError))  # fmt: skip
    if failed:
        first, *_ = failed.values()
        reasons = "; ".join(f"{name}: {_reason(e)}" for name, e in failed.items())
        what = f"{len(failed)} of {len(runs)} targets failed"
        raise UserError(f"{what}: {reasons}") from first
    return done


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"


def transfer(run: Run) -> Record:
    """Fine-tune on English, score every language, record it.

    Raises:
        UserError: where the intermediate encoder is not trained yet.
    """
    if run.done:
        return records.read(run.record)
    if run.parent and not run.parent.encoder.is_dir():
        raise UserError(
            f"the encoder of '{run.setting}' (seed {run.seed}) is not trained yet; run "
            f"20-train-intermediate with intermediate={run.setting}, or `make runs`"
        )
    with alone(run):
        begun = provenance.begin(run.record, run.folder)
        limits.of_model(run.profile)
        devices.release()
        material = run_data.check(run)
        task = registry.get(run.target)
        score = _retrieve if kinds.get(task.kind).retrieves else _finetune
        result, predictions = score(run, task, material)
        kept = {"/".join(part): values for part, values in predictions.items()}
        if not processes.rank():
            files.write_json(run.folder / "predictions.json", kept)
        result["predictions"] = {"sha256": files.digest(kept)}
        result["headline"] = named.get(task.metric).headline
        return finish(run, begun, result)


def _finetune(run: Run, task: Task, material: Material) -> tuple[Record, dict]:
    """Train on English, unless the model is asked as it is; score every language."""
    parts = material.scored[task.name]
    fitted = finetuning.finetuned(run, material)
    tuned_models.keep(run, fitted)
    scored = training.of(run).scored(
        run, task, fitted.model, fitted.head, fitted.tokenizer, parts, **how(run)
    )
    counts = {"train": {ENGLISH: fitted.n_train}} if fitted.n_train else {}
    counts |= run_data.sizes(parts)
    return {
        "metrics": scored.scores,
        "training": fitted.log,
        "training_key": run.training_key,
        "data": {
            **run_data.described(run, fitted.n_train, counts),
            "overlap": overlap.shares(run, parts),
            "truncated": scored.truncated,
        },
    }, scored.predictions


def _retrieve(run: Run, task: Task, material: Material) -> tuple[Record, dict]:
    """Score the encoder as it is, at every layer."""
    finetuning.forget()
    model, tokenizer = training.of(run).plain(run)
    encoder, options = training.of(run).trunk(model), run.params["retrieval"]
    parts = material.scored[task.name]
    compute = kinds.function(task.kind, "retrieve")
    found = compute(task, encoder, tokenizer, parts, options=options, **how(run))
    return {
        "metrics": found.scores,
        "training": None,
        "layer": options["layer"],
        "pooling": options["pooling"],
        "layers": found.layers["test"],
        "layers_validation": found.layers.get("validation", {}),
        **({"layers_centred": found.centred["test"]} if found.centred else {}),
        "data": {
            **run_data.described(run, 0, run_data.sizes(parts)),
            "overlap": overlap.shares(run, parts),
            "truncated": found.truncated,
        },
    }, found.predictions


# ----------------------------------------------------------------------- what both need


def how(run: Run) -> dict[str, Any]:
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


def finish(run: Run, begun: provenance.Begun, result: Record) -> Record:
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
        **_made_again(run),
        "params": run.params,
        "encoder": models.of(run.profile).identity(models.name(run.profile)),
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
        keeping.clear(run.folder / "logits")
    processes.wait()
    return record


def _made_again(run: Run) -> dict[str, str]:
    """`starts_from`, where the encoder that a run starts from was trained again."""
    start = run.starts_from
    path = start.encoder / AGAIN if start else None
    return {"starts_from": path.read_text("utf-8")} if path and path.exists() else {}


def alone(run: Run) -> AbstractContextManager:
    """No two runs in one folder; of processes that share a run, the first one sees."""
    return nullcontext() if processes.rank() else files.only_one(run.folder)
