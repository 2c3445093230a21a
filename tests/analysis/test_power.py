"""What a test set of n items can show of the difference between two models."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from xitt.analysis.cautions import power
from xitt.errors import UserError


def simulated(n: int, flips: float, points: float, draws: int = 20_000) -> np.ndarray:
    """(draws, 2) items that the first alone, and the second alone, has right."""
    share = points / 100
    chances = [(flips + share) / 2, (flips - share) / 2, 1 - flips]
    return np.random.default_rng(13).multinomial(n, chances, size=draws)[:, :2]


def test_ten_flips_in_a_hundred_items():
    assert power.standard_error(48, 0.1) == pytest.approx(4.56, abs=0.01)
    assert power.standard_error(500, 0.1) == pytest.approx(1.41, abs=0.01)


@pytest.mark.parametrize(
    ("n", "flips", "points"), [(48, 0.1, 0), (500, 0.1, 3), (500, 0.3, -5)]
)
def test_the_standard_error_is_that_of_simulated_models(n, flips, points):
    won, lost = simulated(n, flips, points).T
    found = 100 * (won - lost) / n
    assert found.std() == pytest.approx(
        power.standard_error(n, flips, points), rel=0.03
    )
    assert found.mean() == pytest.approx(points, abs=0.15)


@pytest.mark.parametrize(
    ("n", "flips", "wanted"),
    [(500, 0.1, 0.8), (500, 0.1, 0.9), (2000, 0.2, 0.8), (5010, 0.05, 0.5)],
)
def test_a_detectable_difference_is_found_as_often_as_is_said(n, flips, wanted):
    won, lost = simulated(n, flips, power.detectable(n, flips, wanted)).T
    z = (won - lost) / np.sqrt(np.maximum(won + lost, 1))  # McNemar's statistic
    assert (np.abs(z) > norm.ppf(0.975)).mean() == pytest.approx(wanted, abs=0.02)


def test_more_items_fewer_flips_and_less_power_detect_less():
    base = power.detectable(500, 0.1)
    assert base == pytest.approx(3.95, abs=0.02)
    assert power.detectable(2000, 0.1) < base
    assert power.detectable(500, 0.05) < base
    assert power.detectable(500, 0.1, power=0.5) < base
    assert power.detectable(500, 0.1, confidence=0.99) > base


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: power.detectable(48, 0.1), "48 items with 10% flips show no"),
        (lambda: power.detectable(0, 0.1), "n is a number of items from 1, not 0"),
        (lambda: power.detectable(48.5, 0.1), "n is a number of items"),
        (lambda: power.detectable(500, 0), "flips are a share .*, not 0"),
        (lambda: power.detectable(500, 10), "flips are a share .*, not 10"),
        (lambda: power.detectable(500, 0.1, 80), "power is a share .*, not 80"),
        (lambda: power.detectable(500, 0.1, confidence=1), "confidence is a share"),
        (lambda: power.standard_error(9, 0.1, 20), "difference of 20 points needs"),
        (lambda: power.standard_error(9, float("nan")), "flips are a share"),
    ],
)
def test_bad_numbers_are_refused(call, message):
    with pytest.raises(UserError, match=message):
        call()
