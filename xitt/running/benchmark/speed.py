"""How fast: ours against its peers and against the machine, measured in one run.

Contenders are processes of their own, so that memory is each one's, and they take turns
within every round, so that what else the machine does meets them all. Times are medians
over the rounds.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from xitt import files
from xitt.errors import UserError
from xitt.report.speed_report import RATIOS, RESULT
from xitt.study import data_source, profiles, provenance
from xitt.tasks.registry import ENGLISH
from xitt.training import devices

CONTENDERS = ("ours", "padded_fp32", "trainer_dynamic", "trainer_best")


# ------------------------------------------------------------------------ fine-tuning


def training(
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
    with _workers(encoder, made, longest) as workers:
        for turn in range(rounds + 1):
            items = np.arange(turn * size, (turn + 1) * size)
            warm = items[: 2 * BATCH] if turn == 0 else items
            for name, worker in workers.items():
                worker.send(warm)
                taken, memory[name] = _answer(worker, name)
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
    """Operations of training on one real token, forward and back.

    6 a parameter outside the embeddings, and 12 layers x hidden x length for attention
    (Chowdhery et al. 2022, appendix B), the length being that of the token's sequence.
    """
    from xitt.models import encoders

    shape = encoders.identity(encoder)
    layers, hidden = shape["layers"], shape["hidden"]
    lengths = made.lengths.astype(float)
    mean_length = (lengths**2).sum() / lengths.sum()
    return 6 * 12 * layers * hidden**2 + 12 * layers * hidden * mean_length


def matrix_peak() -> dict[str, float]:
    """GFLOP/s of large square matrix products, by format, the best of a few."""
    import torch

    where = devices.device()
    n, best = (1536 if where.type == "cpu" else 8192), {}
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


@contextmanager
def _workers(encoder: str, made: Any, longest: int) -> Iterator[dict[str, Any]]:
    """A process for each contender, its model loaded; asked through a pipe."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = {}, []
    try:
        for name in CONTENDERS:
            pipes[name], end = context.Pipe()
            job = (end, name, encoder, made, longest)
            process = context.Process(target=_work, args=job, daemon=True)
            process.start()
            processes.append(process)
            end.close()  # so that a dead worker is noticed
            _answer(pipes[name], name)
        yield pipes
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _work(pipe: Any, name: str, encoder: str, made: Any, longest: int) -> None:
    """Train on the items that arrive; answer with seconds and peak memory in MiB."""
    import logging

    from xitt.running.benchmark import contenders

    logging.disable(logging.WARNING)
    train = contenders.contender(name, encoder, made, longest)
    pipe.send((0.0, provenance.peak_memory_mib()))
    while True:
        items = pipe.recv()
        start = time.perf_counter()
        train(items)
        seconds = time.perf_counter() - start
        devices.release()  # or the contenders together would fill the memory
        pipe.send((seconds, provenance.peak_memory_mib()))


def _answer(pipe: Any, name: str) -> tuple[float, int]:
    try:
        return pipe.recv()
    except EOFError as error:
        raise UserError(
            f"the contender '{name}' died, perhaps of memory; its error is above"
        ) from error


def _say(what: str, seconds: dict[str, list[float]], tokens: list[int]) -> None:
    speeds = [
        f"{name} {tokens[-1] / times[-1]:,.0f}"
        for name, times in seconds.items()
        if times
    ]
    print(f"  {what}: {', '.join(speeds) or 'warm'} tokens/s", file=sys.stderr)


# -------------------------------------------------------------------------- retrieval


def retrieval(n: int = 10_000, width: int = 384, rounds: int = 3) -> dict[str, Any]:
    """Seconds to mine n by n sentences, ours and with faiss and Python, in turn."""
    from xitt.scoring import neighbours
    from xitt.scoring import retrieval as ours

    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal((n, width)).astype(np.float32) for _ in range(2))
    contenders: dict[str, Callable[[], Any]] = {
        "ours": lambda: ours.mine(neighbours.neighbours(x, y)),
        "faiss": lambda: faiss_margin(x, y),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, mine in contenders.items():
            start = time.perf_counter()
            mine()
            if turn:
                times[name].append(time.perf_counter() - start)
    ratio = statistics.median(b / a for a, b in zip(times["ours"], times["faiss"]))
    return {
        "sentences": n,
        "seconds": {k: round(statistics.median(v), 3) for k, v in times.items()},
        "ratio_faiss_margin": round(ratio, 2),
    }


def faiss_margin(x: np.ndarray, y: np.ndarray, k: int = 4) -> list[tuple[int, int]]:
    """The usual recipe: two flat searches, margins in numpy, pairs in a Python loop.

    As LASER's `mine_bitexts.py` (retrieval "max", margin "ratio").
    """
    import faiss

    x, y = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (x, y))
    ahead, to_y = _search(faiss, y, x, k)
    back, to_x = _search(faiss, x, y, k)
    mean_x, mean_y = ahead.mean(axis=1), back.mean(axis=1)
    forward = ahead / ((mean_x[:, None] + mean_y[to_y]) / 2)
    backward = back / ((mean_y[:, None] + mean_x[to_x]) / 2)
    rows, columns = np.arange(len(x)), np.arange(len(y))
    best, there = forward.argmax(axis=1), backward.argmax(axis=1)
    pairs = [*zip(rows, to_y[rows, best]), *zip(to_x[columns, there], columns)]
    scores = np.concatenate([forward[rows, best], backward[columns, there]])
    used_x, used_y, kept = set(), set(), []
    for at in np.argsort(-scores):
        i, j = pairs[at]
        if i not in used_x and j not in used_y:
            used_x.add(i)
            used_y.add(j)
            kept.append((int(i), int(j)))
    return kept


def _search(
    faiss: Any, base: np.ndarray, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    index = faiss.IndexFlatIP(base.shape[1])
    index.add(base)
    return index.search(queries, k)


# --------------------------------------------------------------------- data and result


def pairs(study: profiles.Profile, count: int) -> Any:
    """Features of the study's MNLI training pairs, `count` of them at most."""
    from xitt.data import examples
    from xitt.inputs import token_cache
    from xitt.models import encoders
    from xitt.study import run_data

    run_data.prepare(study)
    rows = examples.load(
        "mnli", ENGLISH, "train", source=data_source.source(study), limit=count
    )
    _, tokenizer = encoders.load(study["encoder"])
    return token_cache.make("classification", rows, tokenizer, max_length=128)


def about(study: profiles.Profile) -> str:
    """What the pairs are."""
    source = data_source.source_name(study, "mnli")
    return "generated pairs" if source == "pocket" else f"MNLI of the {source}"


def finished(
    result: dict[str, Any], study: profiles.Profile, made: Any
) -> dict[str, Any]:
    """The result with what it was measured on."""
    return result | {
        "data": about(study),
        "tokens_per_pair": round(float(made.tokens.mean()), 1),
        "encoder": study["encoder"],
        "hardware": provenance.hardware(),
        "versions": provenance.versions(),
    }


def save(result: dict[str, Any]) -> None:
    """Write results/speed.json."""
    files.write_json(RESULT, result)


def lines(result: dict[str, Any]) -> list[str]:
    """The result in words, a line a ratio."""
    said = {
        "ratio_padded_fp32": "times the padded fp32 recipe",
        "ratio_trainer_dynamic": "times the Trainer with dynamic padding",
        "ratio_trainer_best_flags": "times the Trainer with its best flags",
        "ratio_faiss_margin": "times faiss and Python, mining",
        "fraction_of_gemm_peak": "of the machine's matrix-multiply peak",
        "run_fixed_seconds": "seconds of a run with nothing to do",
    }
    return [f"  {result[key]:6.2f} {words}" for key, words in said.items()]


def slower(result: dict[str, Any]) -> list[str]:
    """The ratios below 1: the peers that ours is slower than."""
    return [
        f"{key} is {value}"
        for key, value in result.items()
        if key.startswith("ratio_") and value < 1
    ]
