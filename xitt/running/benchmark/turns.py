"""Contenders that take turns, so that what else the machine does meets them all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Turns(NamedTuple):
    """Seconds of each contender's turns, in order, and what its last one returned."""

    seconds: dict[str, list[float]]
    returned: dict[str, Any]

    def median(self, name: str) -> float:
        """Seconds of a contender's middle turn."""
        return statistics.median(self.seconds[name])

    def ratio(self, peer: str, ours: str = "ours") -> float:
        """How many times as long as ours a peer took: the median over the rounds."""
        pairs = zip(self.seconds[ours], self.seconds[peer], strict=True)
        return round(statistics.median(b / a for a, b in pairs), 2)


def in_turn(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> Turns:
    """Call each contender once to warm up, then once in every round."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    returned = {}
    for turn in range(rounds + 1):
        for name, contender in contenders.items():
            start = time.perf_counter()
            returned[name] = contender()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return Turns(seconds, returned)
