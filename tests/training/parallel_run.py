"""A small training, to be started alone or by several processes: writes FILE.

`parallel_run.py FILE KIND...`: one task of each kind, and with `text` masked-LM steps
beside them. The first process writes every step's loss and the sums of the weight
matrices of the encoder and of every head.
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


def train(path: Path, *kinds: str, folder: Path | None = None) -> None:
    processes.start()
    torch.set_num_threads(1)
    tokenizer, encoder = tiny.tokenizer(), tiny.bert()
    made = {
        kind: tokenising.make(kind, tiny.rows(kind, 50), tokenizer,
                              max_length=24, doc_stride=4)
        for kind in kinds
    }  # fmt: skip
    text = made.pop("text", None)
    settings = Hyperparameters(
        lr=1e-2, epochs=2, batch=7, precision="fp32", token_budget=60,
        mlm_share=0.2 if text else 0.0,
    )  # fmt: skip
    losses: list[float] = []
    read = progress.read

    def keep(pending, progress, plan):
        before = len(progress.losses)
        read(pending, progress, plan)
        losses.extend(progress.losses[before:])

    progress.read = keep
    fitted = loop.fit(
        encoder, tokenizer, made,
        {kind: heads.head_for(encoder, kind, tiny.LABELS[kind], seed=1)
         for kind in made},
        settings=settings, seed=5, mlm=text, folder=folder,
    )  # fmt: skip
    trained = {"encoder": encoder, **fitted.heads}
    # matrices: on the bias of keys, of choices and of spans no loss depends, so that
    # Adam moves it by the signs of roundings
    weights = {
        name: [
            p.detach().double().sum().item() for p in each.parameters() if p.ndim > 1
        ]
        for name, each in trained.items()
    }
    if not processes.rank():
        found = {"processes": processes.size(), "losses": losses, "weights": weights}
        path.write_text(json.dumps(found))


if __name__ == "__main__":
    train(Path(sys.argv[1]), *sys.argv[2:])
