"""How much energy runs took, estimated from what their records hold.

    kWh = hours x (cores x CORE_W + gigabytes x MEMORY_W + the accelerator's) x PUE

as Lannelongue et al. 2021 (Green Algorithms, doi 10.1002/advs.202100707) estimate it,
with their values for a processor that is not in their list. Cores are the threads that
a run had, gigabytes the peak of its memory, hours its own. An accelerator counts with
what its maker's data sheet lets it draw, as if it were busy all the time: the estimate
is rather too high there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xitt.training import cards

CORE_W = 12.0  # of a core, whatever the processor
MEMORY_W = 0.3725  # of a gigabyte
PUE = 1.67  # what a data centre draws for each unit that its computers do


def kwh(records: Iterable[dict[str, Any]]) -> float | None:
    """Kilowatt-hours of runs; None where one had an accelerator that is not known."""
    total = 0.0
    for record in records:
        if (drawn := watts(record)) is None:
            return None
        total += record["seconds"] / 3600 * drawn / 1000 * PUE
    return total


def watts(record: dict[str, Any]) -> float | None:
    """What a run drew, without the data centre's share; None where it is not known."""
    hardware = record.get("hardware") or {}
    cores = hardware.get("threads") or hardware.get("cores") or 1
    memory = (record.get("peak_memory_mib") or 0) / 1024
    drawn = cores * CORE_W + memory * MEMORY_W
    if name := hardware.get("accelerator"):
        card = cards.named(name)
        return drawn + card.watts if card else None
    return drawn
