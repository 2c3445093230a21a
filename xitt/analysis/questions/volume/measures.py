"""Correlation of two quantities over languages, and what it is worth.

A language is one observation; few have as many as forty. So intervals resample
languages, tests permute them, and a fit is judged by languages that it did not see.
Arrays are (n,) over languages unless said otherwise; whatever is drawn at random comes
from the generator that is handed in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

LEAST = 5  # languages: with four, no order of them is rare enough to be significant
PERMUTATIONS = 9999
RESAMPLES = 2000
POWER = 0.8  # of the test whose least correlation is told


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis, ties averaged, less their mean: (..., n)."""
    from scipy import stats

    ranked = stats.rankdata(values, axis=-1)
    return ranked - ranked.mean(axis=-1, keepdims=True)


def cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of centred rows, so their correlation; NaN where one of them is constant."""
    size = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 0, (x * y).sum(axis=-1) / size, np.nan)


def spearman(
    x: np.ndarray, y: np.ndarray, generator: np.random.Generator
) -> dict[str, float]:
    """Spearman's rho, its 95% bootstrap interval, and p of a permutation test.

    The interval is the percentile interval over resampled languages, the test two-sided
    over PERMUTATIONS random orders of the languages; p counts the order that was found
    (Phipson and Smyth 2010), so it is never zero.
    """
    n = len(x)
    found = float(cosine(ranks(x), ranks(y)))
    if np.isnan(found):
        return {"rho": np.nan, "rho_low": np.nan, "rho_high": np.nan, "p": np.nan}
    drawn = generator.integers(n, size=(RESAMPLES, n))
    resampled = cosine(ranks(x[drawn]), ranks(y[drawn]))
    low, high = np.nanquantile(resampled, [0.025, 0.975])
    orders = generator.permuted(np.tile(ranks(x), (PERMUTATIONS, 1)), axis=1)
    as_far = np.abs(cosine(orders, ranks(y)[None])) >= abs(found) - 1e-12
    p = (1 + int(as_far.sum())) / (1 + PERMUTATIONS)
    return {"rho": found, "rho_low": float(low), "rho_high": float(high), "p": p}


def partial(x: np.ndarray, y: np.ndarray, controls: np.ndarray) -> dict[str, float]:
    """Spearman's rho of x and y given controls (n, k): of what these leave of ranks.

    p is of Student's t with n - 2 - k degrees of freedom; NaN where there are fewer
    than three, or where the controls leave nothing of one of the two.
    """
    from scipy import stats

    n, k = controls.shape
    freedom = n - 2 - k
    if freedom < 3:
        return {"rho": np.nan, "p": np.nan, "n": n}
    design = np.column_stack([np.ones(n), ranks(controls.T).T])
    left = []
    for values in (ranks(x), ranks(y)):
        fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
        rest = values - fitted
        # What is rounding alone is nothing left.
        left.append(rest if np.abs(rest).max() > 1e-9 * n else np.zeros(n))
    rho = float(cosine(*left))
    if np.isnan(rho) or abs(rho) >= 1:
        return {"rho": rho, "p": 0.0 if abs(rho) >= 1 else np.nan, "n": n}
    t = rho * (freedom / (1 - rho**2)) ** 0.5
    return {"rho": rho, "p": float(2 * stats.t.sf(abs(t), freedom)), "n": n}


def line(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Least-squares line of y on x with the 95% interval of its slope."""
    from scipy import stats

    fit = stats.linregress(x, y)
    half = stats.t.ppf(0.975, len(x) - 2) * fit.stderr
    slope = float(fit.slope)
    return {
        "slope": slope,
        "slope_low": slope - float(half),
        "slope_high": slope + float(half),
        "intercept": float(fit.intercept),
    }


def band(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """The line at the points `at` (m,), and the ends of the 95% band of its mean."""
    from scipy import stats

    fit = stats.linregress(x, y)
    mean = fit.intercept + fit.slope * at
    rest = y - fit.intercept - fit.slope * x
    n = len(x)
    variance = (rest**2).sum() / (n - 2)
    apart = (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    half = stats.t.ppf(0.975, n - 2) * np.sqrt(variance * (1 / n + apart))
    return mean, mean - half, mean + half


def left_out(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Root mean squared error of y of a language that was left out, in y's units.

    error: of the line through all others; error_mean: of their mean.
    """
    n = len(x)
    centred = x - x.mean()
    leverage = 1 / n + centred**2 / (centred**2).sum()
    rest = y - y.mean() - centred * (centred @ y) / (centred @ centred)
    line_error = rest / (1 - leverage)
    mean_error = (y - y.mean()) * n / (n - 1)
    return {
        "error": float(np.sqrt((line_error**2).mean())),
        "error_mean": float(np.sqrt((mean_error**2).mean())),
    }


def detectable(n: int, power: float = POWER) -> float:
    """The least |rho| that n languages show with this power in a two-sided 5% test.

    By Fisher's z, whose variance is 1.06 / (n - 3) for ranks (Fieller et al. 1957).
    """
    from scipy import stats

    z = stats.norm.ppf(0.975) + stats.norm.ppf(power)
    return float(np.tanh(z * np.sqrt(1.06 / (n - 3))))


def measured(
    gain: np.ndarray, log_gib: np.ndarray, generator: np.random.Generator
) -> dict[str, Any]:
    """All of the above of a gain by language: one row of a frame."""
    return {
        "n": len(gain),
        **spearman(log_gib, gain, generator),
        **line(log_gib, gain),
        **left_out(log_gib, gain),
        "detectable": detectable(len(gain)),
    }
