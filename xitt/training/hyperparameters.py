"""The hyperparameters of a training, checked, and the schedule that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from xitt.errors import UserError, unknown

# What alters no result, and so neither a run's key nor what a checkpoint belongs to.
INDIFFERENT = ("gradient_checkpointing", "checkpoint_seconds")


@dataclass(frozen=True)
class Hyperparameters:
    """How to train. `Hyperparameters.of(mapping)` checks the names as well.

    lr: peak learning rate, reached after `warmup_share` of the steps, then falling
        linearly to 0. batch: items an optimizer step. clip: of the gradient's norm.
    cap: items that one task of several gives an epoch at most (0: all).
    mlm_share: share of all steps that are masked-LM steps, if there is text for them.
    token_budget: padded tokens of a micro-batch; memory, not results, depends on it.
    precision: fp32 | bf16 | auto (measured).
    embeddings: `used` trains only the embedding rows that the data reads, `all` the
        matrix; the same up to rounding. With masked LM: mlm_vocabulary `full` trains
        the whole matrix and is exact; `used` takes the softmax over the rows that
        tasks and text read, an approximation at a fraction of memory and time.
    gradient_checkpointing: a layer keeps its input alone and computes what its way back
        needs once more (Chen et al. 2016, arXiv 1604.06174): the same result with less
        memory, in about four thirds of the time.
    checkpoint_seconds: between two checkpoints, where a folder is given.
    """

    lr: float
    epochs: int
    batch: int
    warmup_share: float = 0.1
    clip: float = 1.0
    adam_eps: float = 1e-8
    weight_decay: float = 0.0
    token_budget: int = 1024
    precision: str = "auto"
    embeddings: str = "used"
    mlm_vocabulary: str = "full"
    gradient_checkpointing: bool = False
    checkpoint_seconds: float = 60.0
    cap: int = 0
    mlm_share: float = 0.0

    def __post_init__(self) -> None:
        choices = {
            "precision": ["auto", "fp32", "bf16"],
            "embeddings": ["used", "all"],
            "mlm_vocabulary": ["full", "used"],
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise unknown(name, getattr(self, name), known)
        for name in ("lr", "epochs", "batch", "clip", "token_budget"):
            if not getattr(self, name) > 0:
                raise UserError(f"{name} must be above 0, not {getattr(self, name)}")
        for name in ("warmup_share", "mlm_share"):
            if not 0 <= getattr(self, name) < 1:
                value = getattr(self, name)
                raise UserError(f"{name} must be from 0 to below 1, not {value}")
        if self.weight_decay and self.embeddings == "used":
            raise UserError(
                f"weight_decay {self.weight_decay} moves embedding rows that the data "
                f"does not read; set embeddings to 'all'"
            )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Hyperparameters:
        """Hyperparameters from a mapping, refusing a name that is none of them."""
        known = [f.name for f in fields(cls)]
        for name in values:
            if name not in known:
                raise unknown("hyperparameter", name, known)
        return cls(**values)


def step_seed(seed: int, step: int) -> int:
    """The seed of all that is drawn at random in one step."""
    drawn = np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)
    return int(drawn[0] >> np.uint64(1))


def linear_schedule(step: int, total: int, warmup_share: float) -> float:
    """Share of the peak rate at `step` (from 0), as get_linear_schedule_with_warmup."""
    warmup = int(total * warmup_share)
    if step < warmup:
        return step / max(1, warmup)
    return max(0.0, (total - step) / max(1, total - warmup))
