"""Regression to the mean: how much of a slope on the baseline score is its own noise.

A gain is a score less the baseline, so noise in the baseline stands on both sides: a
language whose baseline happened to come out low seems to gain. The gain's slope on
*volume* is not biased by it, for that noise knows nothing of volume. But the slope on
the baseline is, and with it that on volume once the baseline is in the model, since the
two correlate. Two remedies, shown beside what is measured:

- `split by seed`: the baseline of one seed against the gain over the baseline of the
  others, averaged over which seed that is. The noise of the seed is no longer shared;
  that of the test examples is, since every seed is scored on the same ones.
- `errors in variables`: the moments less those of the noise (Fuller 1987, section 2.2),
  which the records know: the covariance of gain and baseline over resamples of the
  examples and over seeds. Halves of the *resamples* would not do: both halves are
  drawn from one test set and have its chance in common.

Noise that moves all languages alike moves no slope over languages, and is taken out
first. Intervals are those of the jackknife over languages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xitt.analysis.paired_samples import Sample

MEASURED, SPLIT, CORRECTED = "as measured", "split by seed", "errors in variables"
ON_BASELINE, GIVEN_BASELINE = "baseline", "volume given baseline"
RELIABLE = 0.2  # share of the baseline's variance that noise must leave to correct it


@dataclass(frozen=True)
class Pairs:
    """Gain and baseline of each language of one target, with what is known of noise.

    values: (languages, seeds, 2) points, gain then baseline.
    noise: (languages, 2, 2), the covariance of the noise of their means over seeds.
    log_gib: (languages,).
    """

    values: np.ndarray
    noise: np.ndarray
    log_gib: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """(languages, 2): gain and baseline, seeds averaged."""
        return self.values.mean(axis=1)

    @property
    def reliability(self) -> np.ndarray:
        """(2,) share of the variance over languages that is not noise; may be < 0."""
        noise = np.diagonal(self.noise.mean(axis=0))
        spread = self.means.var(axis=0, ddof=1)
        return 1 - noise / np.where(spread > 0, spread, np.nan)


def pairs(
    gains: Sequence[Sample], baselines: Sequence[Sample], log_gib: np.ndarray
) -> Pairs:
    """`Pairs` of samples by language, the baselines cut to the seeds of the gains."""
    cut = [_seeds_of(base, gain) for gain, base in zip(gains, baselines)]
    values = np.stack([[g.values, b[0]] for g, b in zip(gains, cut)])
    replicates = np.stack([[g.replicates, b[1]] for g, b in zip(gains, cut)])
    values = np.moveaxis(values, 1, 2)  # language, seed, gain or baseline
    replicates = np.moveaxis(replicates, 1, 3)  # ..., resample, gain or baseline
    return Pairs(values, noise_of(values, replicates), np.asarray(log_gib, float))


def _seeds_of(base: Sample, gain: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Values and replicates of a baseline for the seeds of a gain.

    One that was never trained is the same for every seed.
    """
    seeds = gain.seeds or (None,)
    rows = [base.seeds.index(s) if base.seeds else 0 for s in seeds]
    return base.values[rows], base.replicates[rows]


def noise_of(values: np.ndarray, replicates: np.ndarray) -> np.ndarray:
    """Covariance of the noise of the means over seeds: (languages, 2, 2).

    That over resamples of the mean over seeds, by language, and that over seeds, pooled
    over languages, less the interaction that both count (see `seed_noise`).

    Args:
        values: (languages, seeds, 2).
        replicates: (languages, seeds, resamples, 2).
    """
    languages, seeds, draws, _ = replicates.shape
    common = languages / (languages - 1)
    off = replicates - replicates.mean(axis=2, keepdims=True)
    off = off - off.mean(axis=0, keepdims=True)  # what moves all languages alike
    within = np.einsum("lsbi,lsbj->lij", off, off) / (draws - 1) / seeds * common
    mean = off.mean(axis=1)
    averaged = np.einsum("lbi,lbj->lij", mean, mean) / (draws - 1) * common
    if seeds == 1:
        return averaged
    rest = values - values.mean(axis=1, keepdims=True)
    rest = rest - rest.mean(axis=0, keepdims=True)
    between = np.einsum("lsi,lsj->ij", rest, rest) / (languages - 1) / (seeds - 1)
    interaction = (within - averaged).mean(axis=0) * seeds / (seeds - 1)
    return averaged + _positive(between - interaction) / seeds


def _positive(matrix: np.ndarray) -> np.ndarray:
    """The nearest covariance to a symmetric matrix: no negative variance."""
    size, axes = np.linalg.eigh(matrix)
    return (axes * np.maximum(size, 0)) @ axes.T


# ------------------------------------------------------------------------------- slopes

Slopes = Callable[[Pairs, np.ndarray], np.ndarray]  # of the languages kept: (2,)


def _solved(moments: np.ndarray) -> np.ndarray:
    """Slopes of the gain on the baseline, and on volume given the baseline.

    moments: (3, 3) covariance of gain, baseline and volume. NaN where the baseline does
    not vary, or is volume itself: neither can be a control.
    """
    gain, predictors = moments[0, 1:], moments[1:, 1:]
    size = predictors[0, 0] * predictors[1, 1]
    if predictors[0, 0] <= 0 or np.linalg.det(predictors) <= 0.02 * size:
        return np.full(2, np.nan)
    alone = gain[0] / predictors[0, 0]
    return np.array([alone, np.linalg.solve(predictors, gain)[1]])


def _moments(gain: np.ndarray, base: np.ndarray, volume: np.ndarray) -> np.ndarray:
    return np.cov(np.stack([gain, base, volume]))


def as_measured(found: Pairs, kept: np.ndarray) -> np.ndarray:
    gain, base = found.means[kept].T
    return _solved(_moments(gain, base, found.log_gib[kept]))


def split_by_seed(found: Pairs, kept: np.ndarray) -> np.ndarray:
    """The baseline of each seed in turn, the gain of all the others."""
    values = found.values[kept]
    volume = found.log_gib[kept]
    totals = []
    for seed in range(values.shape[1]):
        others = np.delete(values, seed, axis=1)
        gain = others[..., 0].mean(axis=1)
        totals.append(_moments(gain, values[:, seed, 1], volume))
    return _solved(np.mean(totals, axis=0))


def errors_in_variables(found: Pairs, kept: np.ndarray) -> np.ndarray:
    gain, base = found.means[kept].T
    moments = _moments(gain, base, found.log_gib[kept])
    observed = moments[1, 1]
    moments[:2, :2] -= found.noise[kept].mean(axis=0)
    if moments[1, 1] < RELIABLE * observed:
        return np.full(2, np.nan)
    return _solved(moments)


def slopes(found: Pairs) -> pd.DataFrame:
    """Slopes of the gain with each remedy.

    Columns: method (MEASURED, SPLIT, CORRECTED), on (ON_BASELINE: points a point of the
    baseline; GIVEN_BASELINE: points a tenfold volume), slope, low, high, p. NaN where
    there is one seed to split, or where noise is nearly all that the baseline varies by
    (RELIABLE), with any one language left out.
    """
    methods: dict[str, Slopes] = {
        MEASURED: as_measured,
        SPLIT: split_by_seed,
        CORRECTED: errors_in_variables,
    }
    rows = []
    for method, compute in methods.items():
        alone = method == SPLIT and found.values.shape[1] < 2
        estimates = None if alone else jackknife(found, compute)
        for place, on in enumerate((ON_BASELINE, GIVEN_BASELINE)):
            row = {"method": method, "on": on}
            if estimates is not None:
                row |= _tested(*(part[place] for part in estimates), len(found.log_gib))
            rows.append(row)
    columns = ["method", "on", "slope", "low", "high", "p"]
    return pd.DataFrame(rows, columns=columns)


def jackknife(found: Pairs, compute: Slopes) -> tuple[np.ndarray, np.ndarray]:
    """Slopes, and their standard errors from leaving out one language at a time."""
    n = len(found.log_gib)
    every = np.arange(n)
    slope = compute(found, every)
    without = np.array([compute(found, np.delete(every, i)) for i in every])
    off = without - without.mean(axis=0)
    return slope, np.sqrt((off**2).sum(axis=0) * (n - 1) / n)


def _tested(slope: float, se: float, n: int) -> dict[str, float]:
    from scipy import stats

    if not se > 0:
        return dict.fromkeys(("slope", "low", "high", "p"), np.nan)
    half = stats.t.ppf(0.975, n - 3) * se
    p = float(2 * stats.t.sf(abs(slope) / se, n - 3))
    return {
        "slope": float(slope),
        "low": float(slope - half),
        "high": float(slope + half),
        "p": p,
    }
