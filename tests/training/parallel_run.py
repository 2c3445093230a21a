"""A small training, to be started alone or by several processes: writes FILE.

`parallel_run.py FILE`: every step's loss and the weights' sums, by the first process.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import tiny
import torch

from xitt.inputs import tokenising
from xitt.models import heads
from xitt.training import loop, processes, progress
from xitt.training.hyperparameters import Hyperparameters


def train(path: Path) -> None:
    processes.start()
    torch.set_num_threads(1)
    tokenizer, encoder = tiny.tokenizer(), tiny.bert()
    made = tokenising.make("classification", tiny.rows("classification", 50), tokenizer,
                         max_length=24)  # fmt: skip
    head = heads.head_for(encoder, "classification", 3, seed=1)
    settings = Hyperparameters(
        lr=1e-2, epochs=2, batch=7, precision="fp32", token_budget=60
    )
    losses: list[float] = []
    read = progress.read

    def keep(pending, progress, plan):
        before = len(progress.losses)
        read(pending, progress, plan)
        losses.extend(progress.losses[before:])

    progress.read = keep
    loop.fit(encoder, tokenizer, {"task": made}, {"task": head},
                 settings=settings, seed=5)  # fmt: skip
    weights = [p.detach().double().sum().item() for p in encoder.parameters()]
    if not processes.rank():
        found = {"processes": processes.size(), "losses": losses, "weights": weights}
        path.write_text(json.dumps(found))


if __name__ == "__main__":
    train(Path(sys.argv[1]))
