"""The energy of runs, from their records."""

from __future__ import annotations

import pytest

from xitt.analysis import energy
from xitt.training import cards


def run(seconds: float, memory: int = 0, **hardware: object) -> dict:
    return {"seconds": seconds, "peak_memory_mib": memory, "hardware": hardware}


def test_an_hour_of_two_cores_and_four_gigabytes():
    """(2 x 12 W + 4 x 0.3725 W) x 1.67 for an hour."""
    found = energy.kwh([run(3600, 4096, cores=8, threads=2)])
    assert found == pytest.approx((24 + 1.49) * 1.67 / 1000)


def test_runs_add_up_and_none_takes_nothing():
    one = run(1800, 1024, threads=1)
    assert energy.kwh([one, one]) == pytest.approx(2 * energy.kwh([one]))
    assert energy.kwh([]) == 0


def test_an_accelerator_adds_what_it_may_draw_and_the_longest_name_holds():
    watts = energy.watts(run(1, threads=1, accelerator="NVIDIA A100-SXM4-80GB"))
    assert watts == 12 + 400
    assert energy.watts(run(1, threads=1, accelerator="NVIDIA A10G")) == 12 + 150


def test_a_card_is_known_by_its_whole_name():
    assert cards.named("NVIDIA A100-SXM4-80GB") is cards.GPUS["A100"]
    assert cards.named("NVIDIA A10G") is cards.GPUS["A10"]
    assert cards.named("Abacus 9") is None


def test_of_an_accelerator_that_is_not_known_nothing_is_said():
    found = [run(60, threads=1), run(60, threads=1, accelerator="Abacus 9")]
    assert energy.kwh(found) is None
