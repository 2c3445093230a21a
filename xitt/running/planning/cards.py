"""Accelerators by name: what their makers say of them."""

from __future__ import annotations

from typing import NamedTuple


class Card(NamedTuple):
    """An accelerator: dense bf16 peak in flop/s, GB of memory, bytes read a second."""

    peak: float
    holds: int
    reads: float


# The makers' data sheets (the V100's peak is of fp16). A name is looked for in what the
# driver calls the card.
GPUS = {
    "V100": Card(125e12, 32, 0.9e12),
    "A10": Card(125e12, 24, 0.6e12),
    "A100": Card(312e12, 80, 2.0e12),
    "L40S": Card(362e12, 48, 0.86e12),
    "4090": Card(165e12, 24, 1.0e12),
    "H100": Card(989e12, 80, 3.35e12),
    "H200": Card(989e12, 141, 4.8e12),
    "B200": Card(2250e12, 180, 8.0e12),
}
GPU = "H200"
