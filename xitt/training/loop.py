"""Fine-tune an encoder on one task, on many in turn, and on masked LM beside them.

The recipe is the common one: AdamW, linear warmup and linear decay, clipped gradients.
A run is a list of steps fixed by its seed, and every random draw of a step comes from
(seed, step), so that a run killed at any moment and started again ends bit for bit
(on a CPU) where it would have ended.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from xitt.errors import UserError, unknown
from xitt.inputs import mixture
from xitt.inputs.features import Features
from xitt.inputs.mixture import MLM
from xitt.models import dropout
from xitt.models.embedding_rows import EmbeddingRows, used_ids
from xitt.models.encoding import is_decoder, positions
from xitt.models.heads import check_labels, head_for
from xitt.training import checkpoints, devices, gradients, processes, stopping
from xitt.training import progress as log
from xitt.training.gradients import State
from xitt.training.hyperparameters import (
    INDIFFERENT,
    Hyperparameters,
    linear_schedule,
)
from xitt.training.progress import Pending, Progress

UNREAD = 20  # steps between two looks at the losses on a GPU, where a look waits


@dataclass(frozen=True)
class Result:
    """The trained encoder (the object passed in), the heads, and a record's log.

    rows: for each task the numbers of the rows that any step read, ascending.
    """

    encoder: Any
    heads: dict[str, nn.Module]
    log: dict[str, Any]
    rows: dict[str, np.ndarray]


def fit(
    encoder: Any,
    tokenizer: Any,
    data: Mapping[str, Features],
    heads: Mapping[str, nn.Module],
    *,
    settings: Hyperparameters,
    seed: int,
    folder: Path | None = None,
    mlm: Features | None = None,
) -> Result:
    """Train `encoder` and `heads` in place on the tasks in `data`.

    folder: where a checkpoint is kept; a run started again there goes on from it. The
        caller removes it (`checkpoints.clear`) once the result is safe.
    mlm: text for masked-LM steps; heads["mlm"] is their head, or a fresh one is made.

    Raises:
        UserError: for data that does not fit the encoder or the heads, a checkpoint of
            another run, a loss that is no number, an example too large for memory.
    """
    tasks = dict(data)
    if mlm is not None and settings.mlm_share:
        tasks[MLM] = mlm
        heads = {MLM: head_for(encoder, "text", seed=seed), **heads}
    _check(encoder, tasks, heads)
    where = devices.device()
    with torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        run = _start(encoder, tokenizer, tasks, heads, settings, seed, where)
        try:
            _resume(run, folder)
            with (
                dropout.cheap(encoder, run.heads, where=where),
                gradients.computed_again(encoder, settings.gradient_checkpointing),
            ):
                _loop(run, folder)
        finally:
            if run.rows is not None:
                run.rows.restore()
            encoder.eval()
            run.heads.eval()
    return Result(encoder, dict(run.heads.items()), _record(run), _rows_read(run))


# -------------------------------------------------------------- before the first step


def _check(encoder: Any, tasks: dict[str, Features], heads: Mapping) -> None:
    limit = positions(encoder)
    for task, features in tasks.items():
        if not len(features):
            raise UserError(f"{task}: no training examples")
        if task not in heads:
            raise unknown("task without a head:", task, heads)
        longest = int(features.widths.argmax())
        if features.widths[longest] > limit:
            raise UserError(
                f"{task}: row {features.rows[longest]} has {features.widths[longest]} "
                f"tokens and the encoder takes {limit}; lower max_length"
            )
        check_labels(task, heads[task], features)


def _start(
    encoder: Any,
    tokenizer: Any,
    tasks: dict[str, Features],
    heads: Mapping[str, nn.Module],
    settings: Hyperparameters,
    seed: int,
    where: torch.device,
) -> State:
    """A run at step 0."""
    plan = mixture.mixture(
        {task: len(features) for task, features in tasks.items() if task != MLM},
        batch=settings.batch,
        epochs=settings.epochs,
        seed=seed,
        cap=settings.cap,
        mlm_items=len(tasks[MLM]) if MLM in tasks else 0,
        mlm_share=settings.mlm_share,
    )
    special = np.asarray(sorted(tokenizer.all_special_ids))
    rows = _used_rows(encoder, tokenizer, tasks, heads, settings, special)
    vocabulary = np.arange(len(tokenizer)) if rows is None else rows.used.numpy()
    encoder.to(where)
    modules = nn.ModuleDict({task: heads[task] for task in tasks}).to(where)
    return State(
        encoder=encoder,
        heads=modules,
        data=tasks,
        plan=plan,
        settings=settings,
        seed=seed,
        where=where,
        rows=rows,
        masking={
            "mask_id": tokenizer.mask_token_id,
            "special_ids": special,
            "vocabulary": np.setdiff1d(vocabulary, special),
        },
        optimizer=_optimizer(encoder, modules, settings),
        progress=Progress(
            token_budget=settings.token_budget,
            precision=_precision(settings, where),
        ),
    )


def _precision(settings: Hyperparameters, where: torch.device) -> str:
    """The number format: of processes that measure for themselves, one for all."""
    own = devices.precision(settings.precision, where)
    return "fp32" if processes.anywhere(own == "fp32", where) else own


def _used_rows(
    encoder: Any,
    tokenizer: Any,
    tasks: Mapping[str, Features],
    heads: Mapping[str, nn.Module],
    settings: Hyperparameters,
    special: np.ndarray,
) -> EmbeddingRows | None:
    """The encoder's embeddings cut down to what the run reads, if that is wanted.

    A decoder's stay whole: its output embedding, which most tie to them, reads and
    moves every row, and adapters train none.
    """
    exact_mlm = MLM in tasks and settings.mlm_vocabulary == "full"
    if settings.embeddings == "all" or exact_mlm or is_decoder(encoder):
        return None
    padding = encoder.get_input_embeddings().padding_idx or 0
    first = max(padding, tokenizer.pad_token_id)
    used = used_ids(list(tasks.values()), special, first)
    return EmbeddingRows(encoder, used, heads.get(MLM))


def _optimizer(
    encoder: Any, heads: nn.ModuleDict, settings: Hyperparameters
) -> torch.optim.Optimizer:
    """AdamW, fused: the quickest on CPU and GPU. Biases and norms never decay."""
    every = [*encoder.parameters(), *heads.parameters()]
    parameters = [p for p in every if p.requires_grad]
    matrices = [p for p in parameters if p.ndim > 1]
    vectors = [p for p in parameters if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": settings.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, eps=settings.adam_eps, fused=True)


def _parameters(run: State) -> dict[str, nn.Parameter]:
    heads = {f"heads.{name}": p for name, p in run.heads.named_parameters()}
    return dict(run.encoder.named_parameters()) | heads


def _trained(run: State) -> dict[str, nn.Parameter]:
    """The parameters that a checkpoint holds: adapters leave the model as it is."""
    return {name: p for name, p in _parameters(run).items() if p.requires_grad}


def _resume(run: State, folder: Path | None) -> None:
    """Go on from the checkpoint in `folder`, if there is one."""
    if folder is None:
        return
    parameters, trained = _parameters(run), _trained(run)
    plain = {k: v for k, v in asdict(run.settings).items() if k not in INDIFFERENT}
    plain |= {"checkpoint_seconds": None, "seed": run.seed}
    plain["parameters"] = sorted(trained)
    plain["tasks"] = {task: features.kind for task, features in run.data.items()}
    read = ("ids", "offsets", "items", "labels")
    arrays = [getattr(f, name) for f in run.data.values() for name in read]
    run.fingerprint = checkpoints.fingerprint(plain, [*arrays, *parameters.values()])
    state = checkpoints.load(folder, run.fingerprint)
    if state is None:
        return
    with torch.no_grad():
        for name, parameter in trained.items():
            parameter.copy_(state["parameters"][name])
    # a copy, for the state is still a map of the file
    run.optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
    run.progress = Progress(**state["progress"])


# --------------------------------------------------------------------------- the loop


def _loop(run: State, folder: Path | None) -> None:
    run.encoder.train()
    run.heads.train()
    progress, total = run.progress, len(run.plan)
    saved = time.monotonic()
    with stopping.deferred_signals() as asked, log.bar(total, progress) as bar:
        while progress.step < total:
            start = time.monotonic()
            _step(run)
            progress.seconds += time.monotonic() - start
            log.advance(bar, progress)
            wait = run.settings.checkpoint_seconds
            if progress.step == total:
                wait /= 10  # what the caller does next may be killed as well
            stop = _agreed(run, asked)
            if folder and (stop or time.monotonic() - saved >= wait):
                _save(run, folder)
                saved = time.monotonic()
            if stop:
                raise stopping.error(stop)
        log.read(run.pending, progress, run.plan)


def _agreed(run: State, asked: list[int]) -> int:
    """The signal that all processes stop for after this step; 0: none.

    One of several that stopped alone would leave the others waiting for its gradients.
    They ask each other where they wait for each other anyhow.
    """
    if processes.size() == 1:
        return asked[0] if asked else 0
    step = run.progress.step
    if run.where.type != "cpu" and step % UNREAD and step < len(run.plan):
        return 0
    return processes.most(asked[0] if asked else 0, run.where)


def _step(run: State) -> None:
    """One optimizer step, in smaller micro-batches if memory runs out."""
    step = run.progress.step
    parts, units = gradients.gradients(run)
    norm = nn.utils.clip_grad_norm_(run.parameters, run.settings.clip)
    losses = [torch.zeros((), device=run.where), *(each.sum() for _, each in parts)]
    loss = processes.total(torch.stack(losses).sum()) / units
    run.pending.append(Pending(step, torch.stack([loss, norm]), parts))
    if run.where.type == "cpu" or len(run.pending) == UNREAD:
        log.read(run.pending, run.progress, run.plan)
    share = linear_schedule(step, len(run.plan), run.settings.warmup_share)
    for group in run.optimizer.param_groups:
        group["lr"] = run.settings.lr * share
    run.optimizer.step()
    run.optimizer.zero_grad()
    run.progress.step = step + 1


# -------------------------------------------------------------------- around the loop


def _save(run: State, folder: Path) -> None:
    log.read(run.pending, run.progress, run.plan)
    if processes.rank():
        return  # all hold the same, and one writes it
    state = {
        "fingerprint": run.fingerprint,
        "parameters": {name: p.detach() for name, p in _trained(run).items()},
        "optimizer": run.optimizer.state_dict(),
        "progress": asdict(run.progress),
    }
    checkpoints.save(folder, state)


def _rows_read(run: State) -> dict[str, np.ndarray]:
    """Of a task that is capped, or of text beside tasks, a run may read a part."""
    items: dict[str, list[np.ndarray]] = {task: [] for task in run.data}
    for step in run.plan:
        items[step.task].append(step.items)
    none = np.zeros(0, dtype=np.int64)
    return {
        task: np.unique(run.data[task].rows[np.concatenate([none, *some])])
        for task, some in items.items()
    }


def _record(run: State) -> dict[str, Any]:
    """The `training` block of a record."""
    embeddings = run.encoder.get_input_embeddings().num_embeddings
    again = run.settings.gradient_checkpointing
    return log.record(run.progress, run.plan) | {
        "epochs": run.settings.epochs,
        "embedding_rows": embeddings if run.rows is None else len(run.rows.used),
        "truncated": {task: f.truncated for task, f in run.data.items()},
        "device": run.where.type,
        **({"gradient_checkpointing": True} if again else {}),
    }
