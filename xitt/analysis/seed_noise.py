"""How much a result varies with the seed, pooled over all cells that were repeated.

A cell of one seed says nothing of its own seed noise, and one of three says little: two
degrees of freedom. The cells of a target are trained alike, so their variances over
seeds are pooled, and every cell is given the pooled one, with its degrees of freedom.

The values of several seeds on one test set differ by the seed and by its interaction
with the examples that happen to be in the test. Resampling examples sees that second
part as well. It is estimated from the replicates, and counted once (see `interval`):

    within   = mean over seeds of the variance over resamples = examples + interaction
    averaged = variance over resamples of the mean over S seeds
             = examples + interaction / S
    interaction = (within - averaged) S / (S - 1)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xitt.analysis.paired_samples import CONFIDENCE, Sample


@dataclass(frozen=True)
class SeedNoise:
    """The variance over seeds of one kind of quantity.

    Attributes:
        variance: of the value of a single seed, points squared.
        interaction: the part of it that resampling examples sees too.
        freedom: degrees of freedom of the estimate.
    """

    variance: float
    interaction: float
    freedom: float


def pool(cells: Iterable[Sequence[Sample]]) -> SeedNoise | None:
    """The noise that the repeated cells have in common; None where none is repeated.

    Args:
        cells: a cell each, as the samples that share its trainings: one, or one a
            language. Languages of a cell are correlated and count as one.
    """
    variances, interactions, weights = [], [], []
    for samples in cells:
        repeated = [sample for sample in samples if len(sample.values) > 1]
        if repeated:
            variances.append(np.mean([s.values.var(ddof=1) for s in repeated]))
            interactions.append(np.mean([_interaction(s) for s in repeated]))
            weights.append(len(repeated[0].values) - 1)
    if not weights:
        return None
    return SeedNoise(
        variance=float(np.average(variances, weights=weights)),
        interaction=float(max(0.0, np.average(interactions, weights=weights))),
        freedom=float(sum(weights)),
    )


def _interaction(sample: Sample) -> float:
    count = len(sample.values)
    within = sample.replicates.var(axis=1, ddof=1).mean()
    averaged = sample.replicates.mean(axis=0).var(ddof=1)
    return (within - averaged) * count / (count - 1)


def average(
    noises: Sequence[SeedNoise | None], seeds: Sequence[int] = ()
) -> SeedNoise | None:
    """The noise of a plain mean of independent parts; None where one is unknown.

    Args:
        seeds: how many seeds stand behind each part; then the noise is that of the
            mean as it is, else that of a mean whose parts have one seed each.
    """
    if not noises or None in noises:
        return None
    counts = seeds or [1] * len(noises)
    share = [1 / len(noises) ** 2 / count for count in counts]
    variances = [w * noise.variance for w, noise in zip(share, noises)]
    total = sum(variances)
    parts = sum(v**2 / noise.freedom for v, noise in zip(variances, noises))
    return SeedNoise(
        variance=total,
        interaction=sum(w * noise.interaction for w, noise in zip(share, noises)),
        freedom=total**2 / parts if parts else min(noise.freedom for noise in noises),
    )


def interval(sample: Sample, noise: SeedNoise | None) -> dict[str, Any]:
    """Mean, standard error, 95% interval and two-sided p of a true mean of zero.

    Without `noise` the interval counts the examples alone, and there is no p: nothing
    can be said of what another seed would give. A quantity that no seed decides (an
    untrained encoder) has none to count.
    """
    from scipy.stats import t

    count, draws = sample.replicates.shape
    mean = float(sample.values.mean())
    resampled = float(sample.replicates.mean(axis=0).var(ddof=1))
    trained = bool(sample.seeds)
    seeds = noise.variance / count if noise and trained else 0.0
    examples = resampled
    if noise and trained:
        examples = float(np.maximum(0.0, resampled - noise.interaction / count))
    variance = float(np.maximum(seeds + examples, resampled))  # NaN where either is
    se = variance**0.5
    # Satterthwaite 1946: each part brings the degrees of freedom it was measured with.
    parts = examples**2 / (draws - 1) + (seeds**2 / noise.freedom if seeds else 0.0)
    freedom = variance**2 / parts if parts > 0 else np.inf
    half = t.ppf((1 + CONFIDENCE) / 2, freedom) * se
    p = np.nan
    if (noise or not trained) and not np.isnan(se):
        p = float(2 * t.sf(abs(mean) / se, freedom)) if se > 0 else float(mean == 0)
    return {
        "mean": mean,
        "low": float(mean - half),
        "high": float(mean + half),
        "se": float(se),
        "freedom": float(freedom),
        "p": p,
        "n_seeds": count,
        "interval": "seeds and examples" if noise and trained else "examples",
    }
