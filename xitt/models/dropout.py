"""Dropout with cheap random numbers.

On a CPU torch draws 64 random bits for every number that may be dropped, one after
another, a sixth of a training step. Sixteen bits of the same generator do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

LEVELS = 2**16


def kept(shape: Sequence[int], p: float) -> torch.Tensor:
    """A mask of `shape`: False with probability p, to the next of 65,536 levels.

    Drawn from torch's generator of the CPU, so that its seed decides it.
    """
    n = 1
    for size in shape:
        n *= size
    words = torch.empty(-(-n // 4), dtype=torch.int64).random_(-(2**63), None)
    threshold = round(p * LEVELS) - LEVELS // 2
    return (words.view(torch.int16)[:n] >= threshold).view(*shape)


class CheapDropout(nn.Module):
    """`nn.Dropout` on a CPU, from `kept`."""

    def __init__(self, p: float):
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.p:
            return x
        return x * kept(x.shape, self.p).to(x.dtype).mul_(1 / (1 - self.p))


@contextmanager
def cheap(*modules: Any, where: torch.device) -> Iterator[None]:
    """Every `nn.Dropout` inside `modules` is cheap here, where it runs on a CPU."""
    if where.type != "cpu":
        yield
        return
    places = [
        (parent, name, child)
        for module in modules
        for parent in module.modules()
        for name, child in parent.named_children()
        if type(child) is nn.Dropout
    ]
    for parent, name, child in places:
        setattr(parent, name, CheapDropout(child.p).train(child.training))
    try:
        yield
    finally:
        for parent, name, child in places:
            setattr(parent, name, child)
