"""One process with all cores, or two with half of them each: which trains more?"""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from xitt.running.benchmark.contenders import BATCH
from xitt.running.benchmark.workers import workers
from xitt.training import machine


def measure(encoder: str, made: Any, *, rounds: int, steps: int) -> dict[str, Any]:
    """Real tokens a second of one process, and of two at the same time together.

    The one trains on `steps` x 32 examples, each of the two on as many, in turn.

    Returns:
        cores; tokens_per_second of `one` and of `two`; `ratio` of two to one, the
        median over the rounds. Nothing where there is one core.
    """
    cores = machine.cores()
    if cores < 2:
        return {}
    halves = ("first", "second")
    job = ("ours", encoder, made, 0)
    items = np.arange(BATCH * steps)
    tokens = int(made.tokens[items].sum())
    speeds: dict[str, list[float]] = {"one": [], "two": []}
    with (
        workers({"one": job}, threads=cores) as alone,
        workers(dict.fromkeys(halves, job), threads=cores // 2) as two,
    ):
        for turn in range(rounds + 1):
            for name, some in (("one", alone), ("two", two)):
                for worker in some.values():
                    worker.begin(items)
                slowest = max(worker.answer()[0] for worker in some.values())
                if turn:
                    speeds[name].append(len(some) * tokens / slowest)
    pairs = zip(speeds["two"], speeds["one"], strict=True)
    return {
        "cores": cores,
        "tokens_per_second": {
            name: round(statistics.median(values), 1) for name, values in speeds.items()
        },
        "ratio": round(statistics.median(a / b for a, b in pairs), 2),
    }
