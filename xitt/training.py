"""Fine-tune an encoder on one task, on many in turn, and on masked LM beside them.

The recipe is the common one: AdamW, linear warmup and linear decay, clipped gradients.
A run is a list of steps fixed by its seed, and every random draw of a step comes from
(seed, step), so that a run killed at any moment and started again ends bit for bit
(on a CPU) where it would have ended.
"""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from xitt import attention, batching, checkpoints, devices, dropout
from xitt import progress as log
from xitt.batching import MLM, Step
from xitt.embedding_rows import EmbeddingRows, used_ids
from xitt.errors import UserError, unknown
from xitt.heads import check_labels, head_for
from xitt.prediction import encode, to_device
from xitt.progress import Pending, Progress
from xitt.ragged import Features
from xitt.settings import Settings, linear_schedule, step_seed

logger = logging.getLogger("xitt")

UNREAD = 20  # steps between two looks at the losses on a GPU, where a look waits

Validate = Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Result:
    """The trained encoder (the object passed in), the heads, and a record's log."""

    encoder: Any
    heads: dict[str, nn.Module]
    log: dict[str, Any]


@dataclass
class _Run:
    """Everything that a step needs."""

    encoder: Any
    heads: nn.ModuleDict
    data: dict[str, Features]
    plan: list[Step]
    settings: Settings
    seed: int
    where: torch.device
    rows: EmbeddingRows | None
    masking: dict[str, Any]
    optimizer: torch.optim.Optimizer
    progress: Progress
    fingerprint: str = ""
    pending: list[Pending] = field(default_factory=list)


def fit(
    encoder: Any,
    tokenizer: Any,
    data: Mapping[str, Features],
    heads: Mapping[str, nn.Module],
    *,
    settings: Settings,
    seed: int,
    folder: Path | None = None,
    mlm: Features | None = None,
    validate: Validate | None = None,
    anew: bool = False,
) -> Result:
    """Train `encoder` and `heads` in place on the tasks in `data`.

    folder: where a checkpoint is kept; a run started again there goes on from it. The
        caller removes it (`checkpoints.clear`) once the result is safe.
    mlm: text for masked-LM steps; heads["mlm"] is their head, or a fresh one is made.
    validate: called at the end (or each epoch) with encoder and heads whole and in
        evaluation mode; what it returns is logged, and decides nothing.
    anew: drop a checkpoint in `folder` instead of going on from it.

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
            _resume(run, folder, anew)
            with dropout.cheap(encoder, run.heads, where=where):
                _loop(run, folder, validate)
        finally:
            if run.rows is not None:
                run.rows.restore()
            encoder.eval()
            run.heads.eval()
    return Result(encoder, dict(run.heads.items()), _record(run))


# -------------------------------------------------------------- before the first step


def _check(encoder: Any, tasks: dict[str, Features], heads: Mapping) -> None:
    limit = encoder.config.max_position_embeddings
    padding = encoder.embeddings.position_embeddings.padding_idx
    limit -= 0 if padding is None else padding + 1  # XLM-R counts on from the padding
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
    settings: Settings,
    seed: int,
    where: torch.device,
) -> _Run:
    """A run at step 0."""
    plan = batching.mixture(
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
    return _Run(
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
            precision=devices.precision(settings.precision, where),
        ),
    )


def _used_rows(
    encoder: Any,
    tokenizer: Any,
    tasks: Mapping[str, Features],
    heads: Mapping[str, nn.Module],
    settings: Settings,
    special: np.ndarray,
) -> EmbeddingRows | None:
    """The encoder's embeddings cut down to what the run reads, if that is wanted."""
    exact_mlm = MLM in tasks and settings.mlm_vocabulary == "full"
    if settings.embeddings == "all" or exact_mlm:
        return None
    padding = encoder.get_input_embeddings().padding_idx or 0
    first = max(padding, tokenizer.pad_token_id)
    used = used_ids(list(tasks.values()), special, first)
    return EmbeddingRows(encoder, used, heads.get(MLM))


def _optimizer(
    encoder: Any, heads: nn.ModuleDict, settings: Settings
) -> torch.optim.Optimizer:
    """AdamW, fused: the quickest on CPU and GPU. Biases and norms never decay."""
    parameters = [*encoder.parameters(), *heads.parameters()]
    matrices = [p for p in parameters if p.ndim > 1]
    vectors = [p for p in parameters if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": settings.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, eps=settings.adam_eps, fused=True)


def _parameters(run: _Run) -> dict[str, nn.Parameter]:
    heads = {f"heads.{name}": p for name, p in run.heads.named_parameters()}
    return dict(run.encoder.named_parameters()) | heads


def _resume(run: _Run, folder: Path | None, anew: bool) -> None:
    """Go on from the checkpoint in `folder`, if there is one."""
    if folder is None:
        return
    if anew:
        checkpoints.clear(folder)
    parameters = _parameters(run)
    plain = asdict(run.settings) | {"checkpoint_seconds": None, "seed": run.seed}
    plain["parameters"] = sorted(parameters)
    plain["tasks"] = {task: features.kind for task, features in run.data.items()}
    read = ("ids", "offsets", "items", "labels")
    arrays = [getattr(f, name) for f in run.data.values() for name in read]
    run.fingerprint = checkpoints.fingerprint(plain, [*arrays, *parameters.values()])
    state = checkpoints.load(folder, run.fingerprint)
    if state is None:
        return
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(state["parameters"][name])
    # a copy, for the state is still a map of the file
    run.optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
    run.progress = Progress(**state["progress"])


# --------------------------------------------------------------------------- the loop


def _loop(run: _Run, folder: Path | None, validate: Validate | None) -> None:
    run.encoder.train()
    run.heads.train()
    progress, total = run.progress, len(run.plan)
    saved = time.monotonic()
    with checkpoints.deferred_signals() as asked, log.bar(total, progress) as bar:
        while progress.step < total:
            start = time.monotonic()
            _step(run)
            progress.seconds += time.monotonic() - start
            log.advance(bar, progress)
            if validate and _validation_due(run):
                _validate(run, validate)
            wait = run.settings.checkpoint_seconds
            if progress.step == total:
                wait /= 10  # what the caller does next may be killed as well
            if folder and (asked or time.monotonic() - saved >= wait):
                _save(run, folder)
                saved = time.monotonic()
            if asked:
                raise checkpoints.stop(asked[0])
        log.read(run.pending, progress, run.plan)


def _step(run: _Run) -> None:
    """One optimizer step, in smaller micro-batches if memory runs out."""
    step = run.progress.step
    parts, units = _gradients(run)
    parameters = [p for group in run.optimizer.param_groups for p in group["params"]]
    norm = nn.utils.clip_grad_norm_(parameters, run.settings.clip)
    loss = torch.stack([losses.sum() for _, losses in parts]).sum() / units
    run.pending.append(Pending(step, torch.stack([loss, norm]), parts))
    if run.where.type == "cpu" or len(run.pending) == UNREAD:
        log.read(run.pending, run.progress, run.plan)
    share = linear_schedule(step, len(run.plan), run.settings.warmup_share)
    for group in run.optimizer.param_groups:
        group["lr"] = run.settings.lr * share
    run.optimizer.step()
    run.optimizer.zero_grad()
    run.progress.step = step + 1


def _gradients(run: _Run) -> tuple[list[tuple[np.ndarray, torch.Tensor]], int]:
    """The gradient of this step, whatever budget of micro-batches it takes.

    Returns the rows and unit losses of each micro-batch, and the units of the step.
    """
    task, items = run.plan[run.progress.step]
    features, seed = run.data[task], step_seed(run.seed, run.progress.step)
    if task == MLM:
        rng = np.random.default_rng(seed)
        features = batching.masked(features, items, rng, **run.masking)
        items = np.arange(len(features))
    units = batching.loss_units(features, items)
    while True:
        torch.manual_seed(seed)
        batches = _micro_batches(run, features, items)
        try:
            parts = [_backward(run, task, features, some, units) for some in batches]
            break
        except RuntimeError as error:
            if not devices.out_of_memory(error):
                raise
        # here, where the error no longer holds the tensors of the forward pass
        run.optimizer.zero_grad()
        _halve(run, task, max(map(len, batches)), int(features.tokens[items].max()))
    run.progress.examples += len(items)
    run.progress.tokens += int(features.tokens[items].sum())
    run.progress.padded += sum(_computed(run, features, some) for some in batches)
    return parts, units


def _micro_batches(
    run: _Run, features: Features, items: np.ndarray
) -> list[np.ndarray]:
    budget = run.progress.token_budget
    if attention.packs(run.encoder):
        return batching.packed_batches(items, features.widths, features.tokens, budget)
    overhead = batching.OVERHEAD[run.where.type]
    return batching.micro_batches(
        items, features.widths, budget, features.counts, overhead
    )


def _computed(run: _Run, features: Features, items: np.ndarray) -> int:
    """Tokens that a micro-batch computes, padding included."""
    if attention.packs(run.encoder):
        return int(features.tokens[items].sum())
    return int(features.widths[items].max() * features.counts[items].sum())


def _backward(
    run: _Run, task: str, features: Features, items: np.ndarray, units: int
) -> tuple[np.ndarray, torch.Tensor]:
    """Add the gradient of one micro-batch; its rows and unit losses."""
    remap = None if run.rows is None else run.rows.remap
    packed = attention.packs(run.encoder)
    batch = to_device(batching.collate(features, items, remap, packed), run.where)
    extra = (run.encoder.get_input_embeddings().weight,) if task == MLM else ()
    head = run.heads[task]
    with devices.autocast(run.progress.precision, run.where):
        hidden = encode(run.encoder, batch).flatten(0, 1)
        losses = head.loss(head(hidden, batch, *extra), batch)
    (losses.sum() / units).backward()
    return features.rows[items], losses.detach()


def _halve(run: _Run, task: str, most: int, longest: int) -> None:
    """Half the budget of micro-batches; an error where they hold one item each."""
    if most == 1:
        raise UserError(
            f"out of memory on one example of {longest} tokens ({task}); "
            f"lower max_length, or train where there is more memory"
        )
    run.progress.token_budget //= 2
    if run.where.type == "cuda":
        torch.cuda.empty_cache()
    logger.warning(
        "out of memory: micro-batches of %d tokens from step %d on, with the same "
        "examples a step",
        run.progress.token_budget,
        run.progress.step,
    )


# -------------------------------------------------------------------- around the loop


def _save(run: _Run, folder: Path) -> None:
    log.read(run.pending, run.progress, run.plan)
    state = {
        "fingerprint": run.fingerprint,
        "parameters": {name: p.detach() for name, p in _parameters(run).items()},
        "optimizer": run.optimizer.state_dict(),
        "progress": asdict(run.progress),
    }
    checkpoints.save(folder, state)


def _validation_due(run: _Run) -> bool:
    step, total = run.progress.step, len(run.plan)
    if run.settings.validate == "end":
        return step == total
    epochs = run.settings.epochs
    return step * epochs // total > (step - 1) * epochs // total


def _validate(run: _Run, validate: Validate) -> None:
    run.encoder.eval()
    run.heads.eval()
    with nullcontext() if run.rows is None else run.rows.whole():
        scores = {name: float(value) for name, value in validate().items()}
    run.progress.validation.append([run.progress.step, scores])
    run.encoder.train()
    run.heads.train()


def _record(run: _Run) -> dict[str, Any]:
    """The `training` block of a record."""
    embeddings = run.encoder.get_input_embeddings().num_embeddings
    return log.record(run.progress, run.plan) | {
        "epochs": run.settings.epochs,
        "embedding_rows": embeddings if run.rows is None else len(run.rows.used),
        "truncated": {task: f.truncated for task, f in run.data.items()},
        "device": run.where.type,
    }
