"""Where a run computes, and in which number format: by measurement, not by guess.

Products of bf16 matrices are more than twice as quick as those of float32 on processors
made for them, and twice as slow on others.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from functools import cache

import torch
from torch import nn

from xitt import files, paths
from xitt.errors import unknown
from xitt.training import machine

# oneDNN keeps a product compiled for each of the last 1,024 shapes that it saw, torch
# keeps them again, and texts come in hundreds of shapes: half a gigabyte. The layers of
# an encoder share their shapes, so 32 are as quick. Read at the first product.
for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
    os.environ.setdefault(name, "32")

WORTHWHILE = 1.1  # bf16 is taken where it is this many times quicker
SECONDS = 1.0  # of measuring, once a machine


_named: ContextVar[str] = ContextVar("named", default="")


def device() -> torch.device:
    """The first CUDA device, or the CPU; within `on` the one that is named there."""
    found = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(_named.get() or found)


@contextmanager
def on(name: str) -> Iterator[None]:
    """Within it everything computes on `cpu`, or on `cuda`: to compare the two."""
    token = _named.set(name)
    try:
        yield
    finally:
        _named.reset(token)


def precision(setting: str, where: torch.device) -> str:
    """`fp32` or `bf16`; `auto` takes the quicker one on `where`.

    XITT_PRECISION names what `auto` is to be, so that results of a machine with bf16
    units and of one without can be had on both.
    """
    what = "precision"
    if setting == "auto":
        setting, what = os.environ.get("XITT_PRECISION") or "auto", "XITT_PRECISION"
    if setting in ("fp32", "bf16"):
        return setting
    if setting != "auto":
        raise unknown(what, setting, ["auto", "fp32", "bf16"])
    rates = product_rates(where.type)
    return "bf16" if rates["bf16"] > WORTHWHILE * rates["fp32"] else "fp32"


def autocast(precision: str, where: torch.device) -> AbstractContextManager:
    """The context in which a forward pass runs in `precision`."""
    return torch.autocast(where.type, torch.bfloat16, enabled=precision == "bf16")


@contextmanager
def cast_once(model: nn.Module, precision: str) -> Iterator[None]:
    """Within it, the weights of matrix products are held in `precision`.

    Autocast makes a bf16 copy of every fp32 weight at each pass; where a pass has few
    tokens, as when a text is written token by token, that is most of its time. Results
    stay the same to the bit: what autocast leaves in fp32 (embeddings, norms) is left,
    and a head that shares its weight with the embeddings has its own copy meanwhile.
    Costs half the memory of the weights again. Nothing can be trained within.
    """
    held: list[tuple[nn.Module, str, nn.Parameter]] = []
    try:
        for module in model.modules() if precision == "bf16" else ():
            if isinstance(module, nn.Linear):
                for name, weight in list(module.named_parameters(recurse=False)):
                    held.append((module, name, weight))
                    cast = weight.detach().to(torch.bfloat16)
                    setattr(module, name, nn.Parameter(cast, requires_grad=False))
        yield
    finally:
        for module, name, weight in held:
            setattr(module, name, weight)


@cache
def product_rates(device_type: str) -> dict[str, float]:
    """GFLOP/s of matrix products in fp32 and in bf16, measured once a machine.

    Kept in the data folder under the processor, its threads and torch's version.
    """
    kept = paths.DATA / "precision.json"
    threads = torch.get_num_threads()
    key = f"{processor(device_type)}, {threads} threads, torch {torch.__version__}"
    known: dict[str, dict[str, float]] = {}
    with suppress(OSError, ValueError, TypeError):
        known = dict(json.loads(kept.read_text(encoding="utf-8")))
    rates = known.get(key)
    if not isinstance(rates, dict) or {"fp32", "bf16"} - set(rates):
        rates = known[key] = _measured(torch.device(device_type))
        files.write_json(kept, known)
    return rates


def _measured(where: torch.device) -> dict[str, float]:
    """The best of many rounds taken in turn, so that other load hits both formats."""
    # on a CPU the feed-forward product of a small encoder; on a GPU one that fills it
    m, k, n = (2048, 384, 1536) if where.type == "cpu" else (8192, 4096, 4096)
    formats = {"fp32": torch.float32, "bf16": torch.bfloat16}
    pairs = {
        name: [torch.ones(shape, device=where, dtype=d) for shape in ((m, k), (k, n))]
        for name, d in formats.items()
    }
    best = dict.fromkeys(formats, float("inf"))
    end = time.perf_counter() + SECONDS
    rounds = 0
    while time.perf_counter() < end or rounds < 3:
        for name, (a, b) in pairs.items():
            start = time.perf_counter()
            torch.mm(a, b)
            if where.type == "cuda":
                torch.cuda.synchronize()
            if rounds:  # the first round only warms up
                best[name] = min(best[name], time.perf_counter() - start)
        rounds += 1
    work = 2e-9 * m * k * n
    return {name: round(work / seconds, 1) for name, seconds in best.items()}


def processor(device_type: str) -> str:
    """The name of the GPU, or of the CPU."""
    if device_type == "cuda":
        return torch.cuda.get_device_name()
    return machine.processor()


def release() -> None:
    """Give freed memory back to the system, which the C library else keeps.

    Without it every run of a process starts on top of the last one's peak.
    """
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def out_of_memory(error: BaseException) -> bool:
    """Whether torch ran out of memory, on a GPU or on the CPU."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)
