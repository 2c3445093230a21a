"""A small training, to be started alone or by several processes: writes FILE.

`parallel_run.py FILE`: every step's loss and the weights' sums, by the first process.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import tiny
import torch

from xitt import features, heads, parallel, training
from xitt.settings import Settings


def train(path: Path) -> None:
    parallel.start()
    torch.set_num_threads(1)
    tokenizer, encoder = tiny.tokenizer(), tiny.bert()
    made = features.make("classification", tiny.rows("classification", 50), tokenizer,
                         max_length=24)  # fmt: skip
    head = heads.head_for(encoder, "classification", 3, seed=1)
    settings = Settings(lr=1e-2, epochs=2, batch=7, precision="fp32", token_budget=60)
    losses: list[float] = []
    read = training.log.read

    def keep(pending, progress, plan):
        before = len(progress.losses)
        read(pending, progress, plan)
        losses.extend(progress.losses[before:])

    training.log.read = keep
    training.fit(encoder, tokenizer, {"task": made}, {"task": head},
                 settings=settings, seed=5)  # fmt: skip
    weights = [p.detach().double().sum().item() for p in encoder.parameters()]
    if not parallel.rank():
        found = {"processes": parallel.size(), "losses": losses, "weights": weights}
        path.write_text(json.dumps(found))


if __name__ == "__main__":
    train(Path(sys.argv[1]))
