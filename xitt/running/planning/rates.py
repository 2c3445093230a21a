"""How quickly a model trains, reads and writes on a machine, by what is recorded there.

Reading and writing are told apart: the tokens of many texts are read side by side, and
those of one text are written one after another, which takes ten times as long or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any, NamedTuple

from xitt.running.planning.work import Scored

READING = 2  # floating-point operations of a parameter and a token: the forward pass


class Rates(NamedTuple):
    """Medians of records; 0 where nothing is recorded.

    trained, read, written: tokens a second. trainings: how many the first is of.
    by_example: seconds an example that is scored, by target.
    """

    trained: float
    trainings: int
    read: float
    written: float
    by_example: dict[str, float]


def of(recorded: list[dict[str, Any]], told: Mapping[str, Scored], costs: int) -> Rates:
    """The rates of a model on a machine.

    recorded: its records there. told: what a run of each target scores. costs: floating
    point operations of a parameter and a token that is trained on, see `flops`.
    """
    trained = [
        log["tokens_per_second"] * flops(log) / costs
        for log in (record["training"] for record in recorded)
        if log
    ]
    seconds = _by_example(recorded)
    known = {name: told[name] for name in seconds if name in told}
    read = _median(
        each.read / each.examples / seconds[name]
        for name, each in known.items()
        if not each.written
    )
    as_trained = _median(trained) * costs / READING
    written = _written(known, seconds, read or as_trained)
    return Rates(_median(trained), len(trained), read, written, seconds)


def flops(training: Mapping[str, Any]) -> int:
    """Of a parameter and a token: forward 2, backward 4, perhaps forward again 2."""
    return 8 if training.get("gradient_checkpointing") else 6


def _written(
    known: Mapping[str, Scored], seconds: Mapping[str, float], read: float
) -> float:
    """Of targets that are written for, when what they read is taken off their time."""
    found = []
    for name, each in known.items():
        reading = each.read / each.examples / read if read else 0.0
        if each.written and seconds[name] > reading:
            found.append(each.written / each.examples / (seconds[name] - reading))
    return _median(found)


def _by_example(recorded: list[dict[str, Any]]) -> dict[str, float]:
    rates = defaultdict(list)
    for record in recorded:
        scored = _examples_scored(record)
        if scored and record["phase"] == "target":
            trained = (record["training"] or {}).get("seconds", 0.0)
            if record["seconds"] > trained:  # else another run trained for it
                rates[record["target"]].append((record["seconds"] - trained) / scored)
    return {target: median(some) for target, some in rates.items()}


def _examples_scored(record: dict[str, Any]) -> int:
    counts = record["data"].get("counts", {})
    parts = (counts.get(split, {}) for split in ("test", "validation"))
    return sum(sum(part.values()) for part in parts)


def _median(values: Iterator[float] | list[float]) -> float:
    found = list(values)
    return median(found) if found else 0.0
