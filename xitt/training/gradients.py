"""The gradient of one optimizer step, whatever micro-batches it takes.

The items of a step are those of the plain recipe. Here they are cut into micro-batches,
in smaller ones if memory runs out, and shared by the processes that train together.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from xitt.errors import UserError
from xitt.inputs import batching, collation, masking
from xitt.inputs.features import Features
from xitt.inputs.mixture import MLM, Step
from xitt.models import attention, heads
from xitt.models.embedding_rows import EmbeddingRows
from xitt.models.encoding import encode, to_device
from xitt.training import devices, processes
from xitt.training.hyperparameters import Hyperparameters, step_seed
from xitt.training.progress import Pending, Progress

logger = logging.getLogger("xitt")

Parts = list[tuple[np.ndarray, torch.Tensor]]  # rows and unit losses of micro-batches


@dataclass
class State:
    """A training under way: everything that a step needs."""

    encoder: Any
    heads: nn.ModuleDict
    data: dict[str, Features]
    plan: list[Step]
    settings: Hyperparameters
    seed: int
    where: torch.device
    rows: EmbeddingRows | None
    masking: dict[str, Any]
    optimizer: torch.optim.Optimizer
    progress: Progress
    fingerprint: str = ""
    pending: list[Pending] = field(default_factory=list)

    @property
    def parameters(self) -> list[nn.Parameter]:
        """All that the optimizer trains."""
        groups = self.optimizer.param_groups
        return [parameter for group in groups for parameter in group["params"]]


def gradients(run: State) -> tuple[Parts, int]:
    """Add up the gradient of the run's next step, and count what it took.

    Returns the rows and unit losses of each micro-batch, and the units of the step.
    """
    task, items = run.plan[run.progress.step]
    features, seed = run.data[task], step_seed(run.seed, run.progress.step)
    if task == MLM:
        rng = np.random.default_rng(seed)
        features = masking.masked(features, items, rng, **run.masking)
        items = np.arange(len(features))
    units = batching.loss_units(features, items)
    while True:
        torch.manual_seed(seed + processes.rank())
        batches = _micro_batches(run, features, items)
        parts, error = _attempt(run, task, features, processes.share(batches), units)
        if not processes.anywhere(error is not None, run.where):
            break
        # here, where no error holds the tensors of the forward pass any more
        run.optimizer.zero_grad()
        _halve(run, task, max(map(len, batches)), int(features.tokens[items].max()))
    processes.sum_gradients(run.parameters)
    run.progress.examples += len(items)
    run.progress.tokens += int(features.tokens[items].sum())
    run.progress.padded += sum(_computed(run, features, some) for some in batches)
    return parts, units


def _attempt(
    run: State, task: str, features: Features, batches: Sequence, units: int
) -> tuple[Parts, str | None]:
    """Rows and losses of each micro-batch; in words, that memory ran out."""
    try:
        return [_backward(run, task, features, some, units) for some in batches], None
    except RuntimeError as error:
        if not devices.out_of_memory(error):
            raise
        return [], str(error)


@contextmanager
def computed_again(encoder: Any, wanted: bool) -> Iterator[None]:
    """Layers that keep their input alone, and compute the rest anew on the way back.

    torch sets its generators back for that, so that the same is dropped both times.

    Raises:
        UserError: where transformers has no such layers for the model.
    """
    if not wanted:
        yield
        return
    if not encoder.supports_gradient_checkpointing:
        raise UserError(
            f"training.gradient_checkpointing true: a {encoder.config.model_type} "
            f"model has no layers that do so; leave it out"
        )
    encoder.activation_checkpointing_enable()
    try:
        yield
    finally:
        encoder.activation_checkpointing_disable()


def _micro_batches(
    run: State, features: Features, items: np.ndarray
) -> list[np.ndarray]:
    """The step cut under the budget, and into a part for every process."""
    budget = run.progress.token_budget
    if processes.size() > 1:
        budget = min(budget, -(-int(features.tokens[items].sum()) // processes.size()))
    if attention.packs(run.encoder):
        return batching.packed_batches(items, features.widths, features.tokens, budget)
    overhead = batching.OVERHEAD[run.where.type]
    return batching.micro_batches(
        items, features.widths, budget, features.counts, overhead
    )


def _computed(run: State, features: Features, items: np.ndarray) -> int:
    """Tokens that a micro-batch computes, padding included."""
    if attention.packs(run.encoder):
        return int(features.tokens[items].sum())
    return int(features.widths[items].max() * features.counts[items].sum())


def _backward(
    run: State, task: str, features: Features, items: np.ndarray, units: int
) -> tuple[np.ndarray, torch.Tensor]:
    """Add the gradient of one micro-batch; its rows and unit losses."""
    remap = None if run.rows is None else run.rows.remap
    packed = attention.packs(run.encoder)
    batch = collation.collate(features, items, remap, packed, run.where.type)
    batch = to_device(batch, run.where)
    head = run.heads[task]
    with devices.autocast(run.progress.precision, run.where):
        hidden = encode(run.encoder, batch)
        losses = head.loss(heads.scores(head, run.encoder, hidden, batch), batch)
    (losses.sum() / units).backward()
    return features.rows[items], losses.detach()


def _halve(run: State, task: str, most: int, longest: int) -> None:
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
