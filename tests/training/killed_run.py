"""A small training in FOLDER, killed after each of some SECONDS and started again.

`killed_run.py FOLDER SECONDS...`: every start is a process of its own, a fork of this
one, which has only imported. The last one is left to end, and writes what it has to
FOLDER/weights.pt. Prints how each process ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import tiny
import torch

from xitt.inputs import tokenising
from xitt.models import heads
from xitt.training import loop
from xitt.training.hyperparameters import Hyperparameters

SETTINGS = Hyperparameters(
    lr=1e-3,
    epochs=3,
    batch=8,
    precision="fp32",
    token_budget=100,
    checkpoint_seconds=0.02,
    mlm_share=0.2,
    mlm_vocabulary="used",
)


def train(folder: Path | None, pause: float = 0.0) -> dict:
    """Weights and log of a run over two tasks and masked LM, with dropout."""
    tokenizer, encoder = tiny.tokenizer(), tiny.bert(dropout=0.1)
    data = {
        kind: tokenising.make(
            kind, tiny.rows(kind, 40), tokenizer, max_length=24, doc_stride=4
        )
        for kind in ("tagging", "choice")
    }
    made = {kind: heads.head_for(encoder, kind, 3, seed=1) for kind in data}
    text = tokenising.make("text", tiny.rows("text", 30), tokenizer, max_length=24)
    options = {"settings": SETTINGS, "seed": 5, "folder": folder, "mlm": text}
    encoder.register_forward_hook(lambda *a: time.sleep(pause))
    result = loop.fit(encoder, tokenizer, data, made, **options)
    weights = {f"encoder.{name}": v for name, v in encoder.state_dict().items()}
    for task, head in result.heads.items():
        weights |= {f"{task}.{name}": v for name, v in head.state_dict().items()}
    kept = ("steps", "examples", "tokens", "padding_efficiency", "loss", "by_task")
    return {"weights": weights, "log": {name: result.log[name] for name in kept}}


def start(folder: Path, seconds: float | None) -> int:
    """Train in a child process, killed after `seconds`; its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        if seconds is not None:
            kill = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
            kill.start()
        torch.save(train(folder, pause=0.002), folder / "weights.pt")
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    for seconds in [*map(float, sys.argv[2:]), None]:
        print(start(folder, seconds))
