"""Fine-tuning: ours against its peers and against the machine, measured in one run.

Contenders are processes of their own, so that memory is each one's, and they take turns
within every round, so that what else the machine does meets them all. Times are medians
over the rounds.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import numpy as np

from xitt.errors import UserError
from xitt.report.speed_report import RATIOS
from xitt.running.benchmark.workers import workers
from xitt.training import devices

CONTENDERS = ("ours", "padded_fp32", "trainer_dynamic", "trainer_best")


def measure(
    encoder: str, made: Any, *, longest: int, rounds: int, steps: int
) -> dict[str, Any]:
    """Real tokens a second and memory of every contender, and the machine's peak.

    made: classification features; each round trains on the next `steps` x 32 of them.

    Returns:
        by contender {tokens_per_second, rounds, peak_memory_mib}; `peak` with GFLOP/s
        by format; `fraction_of_peak` of ours, counted on real tokens.
    """
    from xitt.running.benchmark.contenders import BATCH

    size = BATCH * steps
    if len(made) < size * (rounds + 1):
        raise UserError(
            f"{len(made)} examples are too few for {rounds} rounds of {steps} steps; "
            f"the benchmark needs {size * (rounds + 1)}"
        )
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    tokens, peaks, memory = [], [], {}
    start = {name: (name, encoder, made, longest) for name in CONTENDERS}
    with workers(start) as ready:
        for turn in range(rounds + 1):
            items = np.arange(turn * size, (turn + 1) * size)
            warm = items[: 2 * BATCH] if turn == 0 else items
            for name, worker in ready.items():
                worker.begin(warm)
                taken, memory[name] = worker.answer()
                if turn:
                    seconds[name].append(taken)
            if turn:
                tokens.append(int(made.tokens[items].sum()))
                peaks.append(matrix_peak())
            _say(f"round {turn} of {rounds}", seconds, tokens)
    return _summary(seconds, tokens, peaks, memory, encoder, made)


def _summary(
    seconds: dict[str, list[float]],
    tokens: list[int],
    peaks: list[dict[str, float]],
    memory: dict[str, int],
    encoder: str,
    made: Any,
) -> dict[str, Any]:
    speeds = {
        name: [n / taken for n, taken in zip(tokens, times)]
        for name, times in seconds.items()
    }
    found: dict[str, Any] = {
        "contenders": {
            name: {
                "tokens_per_second": round(statistics.median(values), 1),
                "rounds": [round(value, 1) for value in values],
                "peak_memory_mib": memory[name],
            }
            for name, values in speeds.items()
        }
    }
    for key, name in RATIOS.items():
        pairs = zip(speeds["ours"], speeds[name])
        found[key] = round(statistics.median(a / b for a, b in pairs), 2)
    best = {name: max(peak[name] for peak in peaks) for name in peaks[0]}
    found["peak_gflops"] = best
    work = float(flops_per_token(encoder, made))
    found["gflop_per_token"] = round(work / 1e9, 4)
    fraction = statistics.median(speeds["ours"]) * work / (1e9 * max(best.values()))
    found["fraction_of_gemm_peak"] = round(fraction, 3)
    return found


def flops_per_token(encoder: str, made: Any) -> float:
    """`flops` of an encoder by its name."""
    from xitt.models import encoders

    shape = encoders.identity(encoder)
    return flops(shape["layers"], shape["hidden"], made)


def flops(layers: int, hidden: int, made: Any) -> float:
    """Operations of training on one real token, forward and back.

    6 a parameter outside the embeddings, and 12 layers x hidden x length for attention
    (Chowdhery et al. 2022, appendix B), the length being that of the token's sequence.
    """
    lengths = made.lengths.astype(float)
    mean_length = (lengths**2).sum() / lengths.sum()
    return 6 * 12 * layers * hidden**2 + 12 * layers * hidden * mean_length


def matrix_peak(n: int = 0) -> dict[str, float]:
    """GFLOP/s of n by n matrix products (0: large), by format, the best of a few."""
    import torch

    where, best = devices.device(), {}
    n = n or (1536 if where.type == "cpu" else 8192)
    for name, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        a = torch.ones(n, n, device=where, dtype=kind)
        times = []
        for _ in range(5):
            start = time.perf_counter()
            torch.mm(a, a)
            if where.type == "cuda":
                torch.cuda.synchronize()
            times.append(time.perf_counter() - start)
        best[name] = round(2e-9 * n**3 / min(times), 1)
    return best


def _say(what: str, seconds: dict[str, list[float]], tokens: list[int]) -> None:
    speeds = [
        f"{name} {tokens[-1] / times[-1]:,.0f}"
        for name, times in seconds.items()
        if times
    ]
    print(f"  {what}: {', '.join(speeds) or 'warm'} tokens/s", file=sys.stderr)
