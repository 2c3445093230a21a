"""How small a difference between two models a test set can show.

Two models answer the same items. On a share of them, the flips, exactly one is right;
only these say which is better (McNemar 1947). With d the true difference and f the
flips, both as shares, the observed difference has the variance (f - d**2) / n.
"""

from __future__ import annotations

from math import sqrt

from xitt.errors import UserError

CONFIDENCE, POWER = 0.95, 0.8


def standard_error(n: int, flips: float, difference: float = 0.0) -> float:
    """Of the difference between two accuracies on the same n items, in points.

    flips: the share of items, 0 to 1, on which exactly one of the two is right;
        difference: the true difference in points.

    >>> round(standard_error(48, 0.1), 1), round(standard_error(500, 0.1), 1)
    (4.6, 1.4)
    """
    _check(n, flips)
    share = difference / 100
    if abs(share) > flips:
        raise UserError(
            f"a difference of {difference:g} points needs as many flips; "
            f"there are {100 * flips:g} in a hundred items"
        )
    return 100 * sqrt((flips - share**2) / n)


def detectable(
    n: int, flips: float, power: float = POWER, confidence: float = CONFIDENCE
) -> float:
    """The least true difference, in points, that a two-sided test finds with `power`.

    It solves d = (z_confidence sqrt(f) + z_power sqrt(f - d**2)) / sqrt(n), the normal
    approximation of McNemar's test (Connor 1987, Biometrics 43).

    Raises:
        UserError: for a number that is none of what it stands for, or for so few items
            that not even flips of one direction alone are found.
    """
    from scipy.stats import norm

    _check(n, flips)
    for name, value in (("power", power), ("confidence", confidence)):
        if not 0.5 <= value < 1:
            raise UserError(f"{name} is a share from 0.5 to below 1, not {value!r}")
    a, b = norm.ppf((1 + confidence) / 2) * sqrt(flips / n), norm.ppf(power) / sqrt(n)
    # The larger root of (d - a)**2 = b**2 (f - d**2), of which the smaller is below a.
    under = a**2 - (1 + b**2) * (a**2 - b**2 * flips)
    found = (a + sqrt(under)) / (1 + b**2) if under >= 0 else 1.0
    if found > flips:
        raise UserError(
            f"{n} items with {100 * flips:g}% flips show no difference with power "
            f"{power:g}; take more items"
        )
    return float(100 * found)


def seen(se: float, power: float = POWER, confidence: float = CONFIDENCE) -> float:
    """The least true difference that an estimate with this standard error shows.

    In its units; by the normal approximation. NaN for an error of nought: where no
    answer changed, nothing is known of how much answers change.

    >>> round(seen(1.0), 1)
    2.8
    """
    from scipy.stats import norm

    found = float(se * (norm.ppf((1 + confidence) / 2) + norm.ppf(power)))
    return found or float("nan")


def _check(n: int, flips: float) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise UserError(f"n is a number of items from 1, not {n!r}")
    if not 0 < flips <= 1:
        raise UserError(f"flips are a share of the items, above 0 to 1, not {flips!r}")
