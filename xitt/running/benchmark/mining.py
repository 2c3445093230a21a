"""Mining at the size of the whole of BUCC, on simulated embeddings: time and memory.

    python -m xitt.running.benchmark.mining --sources 1000000 --targets 370000

Vectors are drawn at random, those of the first sources near their targets, and go the
way that embeddings go: kept by layer as batches come, read and mined layer by layer.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from xitt.errors import UserError
from xitt.scoring import layer_store, retrieval
from xitt.study import provenance
from xitt.training import devices

BATCH = 256  # sentences that an encoder gives at a time
NOISE = 0.5  # of a translation, where a coordinate's standard deviation is 1


def measure(
    sources: int, targets: int, width: int = 1024, layers: int = 2
) -> dict[str, float]:
    """Seconds and MiB of mining `sources` by `targets` vectors at each layer.

    Returns:
        store_seconds for all layers; read_seconds and mine_seconds of a layer, means;
        found: share of the true pairs among the candidates, of the last layer;
        peak_mib of the process, start_mib before, gpu_mib; all_layers_mib: what the
        vectors of all layers take.
    """
    for name, value in locals().copy().items():
        if value < 1:
            raise UserError(f"{name} must be at least 1, not {value}")
    start, seconds = provenance.peak_memory_mib(), Counter()
    opened, where = layer_store.opened, devices.device()
    with opened(layers, width) as x, opened(layers, width) as y:
        _timed(seconds, "store", _fill, x, sources, targets, NOISE)
        _timed(seconds, "store", _fill, y, targets, targets, 0.0)
        ids = [[str(i) for i in range(n)] for n in (sources, targets)]
        for layer in range(layers):
            sides = [
                _timed(seconds, "read", store.read, layer, np.arange(n))
                for store, n in ((x, sources), (y, targets))
            ]
            mine = retrieval.candidates
            pairs = _timed(seconds, "mine", mine, *sides, *ids, device=where)
            del sides
    true = min(sources, targets)
    return {
        "store_seconds": round(seconds["store"], 1),
        "read_seconds": round(seconds["read"] / layers, 1),
        "mine_seconds": round(seconds["mine"] / layers, 1),
        "found": round(sum((i, i) in pairs for i in ids[0][:true]) / true, 4),
        "start_mib": start,
        "peak_mib": provenance.peak_memory_mib(),
        "gpu_mib": _gpu_mib(),
        "all_layers_mib": (sources + targets) * width * layers * 4 >> 20,
    }


def _fill(store: layer_store.Layers, n: int, paired: int, noise: float) -> None:
    """n vectors a layer; the first `paired` are those of the other side and noise."""
    shape = (len(store), store.width)
    for batch, first in enumerate(range(0, n, BATCH)):
        items = np.arange(first, min(first + BATCH, n))
        shared = np.random.default_rng([0, batch])
        values = shared.standard_normal((BATCH, *shape), dtype=np.float32)[: len(items)]
        own = np.random.default_rng([1, batch])
        other = own.standard_normal((len(items), *shape), dtype=np.float32)
        alone = np.arange(len(items)) >= paired - first
        store.add(items, np.where(alone[:, None, None], other, values + noise * other))


def _timed(
    seconds: Counter[str], name: str, call: Callable[..., Any], *given: Any, **more: Any
) -> Any:
    """What a call returns; its seconds are added to those of `name`."""
    start = time.perf_counter()
    result = call(*given, **more)
    seconds[name] += time.perf_counter() - start
    return result


def _gpu_mib() -> int:
    import torch

    return torch.cuda.max_memory_allocated() >> 20 if torch.cuda.is_available() else 0


def main(argv: list[str] | None = None) -> int:
    """Measure, and print a line a number."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=1_000_000)
    parser.add_argument("--targets", type=int, default=370_000)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--layers", type=int, default=2)
    try:
        found = measure(**vars(parser.parse_args(argv)))
    except UserError as error:
        print(f"xitt: {error}", file=sys.stderr)
        return 2
    for name, value in found.items():
        print(f"{value:>12,} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
