"""Several processes that train one model, a GPU or a part of the CPU each.

Started by `accelerate launch` (or torchrun); alone, every function here does nothing.
Each process takes its share of a step's micro-batches, and the gradients are summed, so
that a step holds the examples that it holds on one process.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import torch
from torch import distributed

from xitt.errors import UserError


def start() -> None:
    """Join the processes that accelerate's environment variables name, if they do.

    Raises:
        UserError: where WORLD_SIZE, which names how many there are, is no number.
    """
    wish = os.environ.get("WORLD_SIZE") or "1"
    if not wish.isdecimal():
        raise UserError(
            f"WORLD_SIZE is '{wish}' and must be a whole number, the processes that "
            f"train together; unset it, or start them by `accelerate launch`"
        )
    if int(wish) > 1 and not distributed.is_initialized():
        from accelerate import PartialState

        PartialState(cpu=not torch.cuda.is_available())


def size() -> int:
    """How many processes there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    """Which of them this is, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def share(batches: Sequence[Any]) -> Sequence[Any]:
    """This process's batches; perhaps none."""
    return batches[rank() :: size()]


def sum_gradients(parameters: Sequence[torch.nn.Parameter]) -> None:
    """Make every process's gradients the sum over all.

    A parameter that no process has a gradient for (the head of a task that the step
    does not train) keeps none, as it does on one process: a gradient of zeros would let
    Adam move it by the momentum that it has.
    """
    if size() == 1 or not parameters:
        return
    have = [float(parameter.grad is not None) for parameter in parameters]
    counts = total(torch.tensor(have, device=parameters[0].device)).tolist()
    read = [parameter for parameter, n in zip(parameters, counts) if n]
    for parameter in read:
        if parameter.grad is None:  # this process had no batch
            parameter.grad = torch.zeros_like(parameter)
    flat = total(torch.cat([parameter.grad.flatten() for parameter in read]))
    parts = flat.split([parameter.numel() for parameter in read])
    for parameter, part in zip(read, parts):
        parameter.grad.copy_(part.view_as(parameter))


def total(value: torch.Tensor) -> torch.Tensor:
    """The sum of `value` over all processes."""
    if size() > 1:
        distributed.all_reduce(value)
    return value


def anywhere(flag: bool, where: torch.device) -> bool:
    """Whether `flag` holds in any process, so that all do the same next."""
    return bool(most(int(flag), where))


def most(number: int, where: torch.device) -> int:
    """The largest of the processes' numbers, so that all go by the same."""
    if size() == 1:
        return number
    value = torch.tensor([number], device=where)
    distributed.all_reduce(value, distributed.ReduceOp.MAX)
    return int(value.item())


def wait() -> None:
    """Until every process is here."""
    if size() > 1:
        distributed.barrier()
