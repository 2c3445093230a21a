"""Accelerators by name: what their makers say of them."""

from __future__ import annotations

from typing import NamedTuple


class Card(NamedTuple):
    """An accelerator: dense bf16 flop/s, GB of memory, bytes read a second, watts."""

    peak: float
    holds: int
    reads: float
    watts: int


# The makers' data sheets (the V100's peak is of fp16).
GPUS = {
    "V100": Card(125e12, 32, 0.9e12, 300),
    "A10": Card(125e12, 24, 0.6e12, 150),
    "A100": Card(312e12, 80, 2.0e12, 400),
    "L40S": Card(362e12, 48, 0.86e12, 350),
    "4090": Card(165e12, 24, 1.0e12, 450),
    "H100": Card(989e12, 80, 3.35e12, 700),
    "H200": Card(989e12, 141, 4.8e12, 700),
    "B200": Card(2250e12, 180, 8.0e12, 1000),
}
GPU = "H200"


def named(name: str) -> Card | None:
    """The card that a driver calls `name`: an A100 is no A10. None for another one."""
    known = [key for key in GPUS if key in name]
    return GPUS[max(known, key=len)] if known else None
