"""Regression to the mean: naive tests see what is not there, corrected ones do not."""

import numpy as np
import pytest

from xitt.analysis.paired_samples import Sample
from xitt.analysis.questions.volume import regression
from xitt.analysis.questions.volume.regression import (
    CORRECTED,
    GIVEN_BASELINE,
    MEASURED,
    ON_BASELINE,
    SPLIT,
)

SEEDS, DRAWS, LANGUAGES, WORLDS = (13, 21, 42), 50, 36, 150


def simulated(world, on_volume=0.0, on_baseline=0.0, examples=3.0, seeds=2.0):
    """Pairs of a made-up target: volume lifts the baseline, noise is on everything.

    The gain is what is planted, whatever the baseline's noise is. `examples` and
    `seeds` are the standard deviations of a score's two sources of noise.
    """
    draw = np.random.default_rng([world, 5])
    log_gib = draw.normal(1.2, 0.7, LANGUAGES)
    baseline = 50 + 4 * log_gib + draw.normal(0, 4, LANGUAGES)
    gain = 2 + on_volume * log_gib + on_baseline * (baseline - 55)
    gain = gain + draw.normal(0, 1, LANGUAGES)

    def sample(truth):
        noise = draw.normal(0, examples)
        values = truth + noise + draw.normal(0, seeds, len(SEEDS))
        resampled = draw.normal(0, examples, DRAWS)  # the same for every seed
        return Sample(SEEDS, values, values[:, None] + resampled, n=100)

    bases = [sample(truth) for truth in baseline]
    after = [sample(truth) for truth in baseline + gain]
    gains = [
        Sample(SEEDS, a.values - b.values, a.replicates - b.replicates, n=100)
        for a, b in zip(after, bases)
    ]
    return regression.pairs(gains, bases, log_gib)


def row(frame, method, on):
    return frame[(frame["method"] == method) & (frame["on"] == on)].iloc[0]


@pytest.fixture(scope="module")
def null():
    """The tables of many worlds in which the gain depends on nothing."""
    return [regression.slopes(simulated(world)) for world in range(WORLDS)]


def rate(tables, method, on):
    return np.mean([row(frame, method, on)["p"] < 0.05 for frame in tables])


def test_without_a_correction_low_baselines_seem_to_gain(null):
    assert rate(null, MEASURED, ON_BASELINE) > 0.5
    assert all(row(frame, MEASURED, ON_BASELINE)["slope"] < 0 for frame in null[:20])


def test_corrected_for_its_noise_the_baseline_has_no_slope(null):
    assert rate(null, CORRECTED, ON_BASELINE) < 0.1
    slopes = [row(frame, CORRECTED, ON_BASELINE)["slope"] for frame in null]
    assert np.mean(np.isnan(slopes)) < 0.05  # too noisy a world to correct
    assert abs(np.nanmedian(slopes)) < 0.05


def test_volume_seems_to_matter_once_a_noisy_baseline_is_in_the_model(null):
    measured = [row(frame, MEASURED, GIVEN_BASELINE)["slope"] for frame in null]
    corrected = [row(frame, CORRECTED, GIVEN_BASELINE)["slope"] for frame in null]
    assert np.mean(measured) > 10 * np.std(measured) / WORLDS**0.5
    assert abs(np.nanmedian(corrected)) < 0.2 * np.median(measured)
    assert rate(null, MEASURED, GIVEN_BASELINE) > rate(null, CORRECTED, GIVEN_BASELINE)
    assert rate(null, CORRECTED, GIVEN_BASELINE) < 0.1


def test_splitting_by_seed_takes_away_the_noise_of_the_seeds():
    worlds = range(60)
    of_seeds = [
        regression.slopes(simulated(w, examples=0.0, seeds=6.0)) for w in worlds
    ]
    assert rate(of_seeds, MEASURED, ON_BASELINE) > 0.5
    assert rate(of_seeds, SPLIT, ON_BASELINE) < 0.15
    of_examples = [
        regression.slopes(simulated(w, examples=6.0, seeds=0.5)) for w in worlds
    ]
    assert rate(of_examples, SPLIT, ON_BASELINE) > 0.5  # which seeds cannot show


def test_a_planted_slope_is_found_again():
    found = [
        row(regression.slopes(simulated(w, on_volume=-1.5)), CORRECTED, GIVEN_BASELINE)
        for w in range(60)
    ]
    assert np.nanmedian([it["slope"] for it in found]) == pytest.approx(-1.5, abs=0.4)
    inside = [it["low"] < -1.5 < it["high"] for it in found]
    assert np.mean(inside) > 0.85
    found = [
        row(regression.slopes(simulated(w, on_baseline=-0.3)), CORRECTED, ON_BASELINE)
        for w in range(60)
    ]
    assert np.nanmedian([it["slope"] for it in found]) == pytest.approx(-0.3, abs=0.08)


def test_a_baseline_that_is_noise_alone_is_not_corrected():
    draw = np.random.default_rng(3)
    sample = [
        Sample((1,), np.array([v]), v + draw.normal(0, 9, (1, DRAWS)), n=10)
        for v in draw.normal(50, 1, 12)
    ]
    found = regression.pairs(sample, sample, draw.normal(0, 1, 12))
    assert found.reliability[1] < 0
    frame = regression.slopes(found)
    assert np.isnan(row(frame, CORRECTED, ON_BASELINE)["slope"])
    assert np.isnan(row(frame, SPLIT, ON_BASELINE)["slope"])  # one seed has no halves


def test_the_noise_of_examples_and_of_seeds_adds_up():
    found = [simulated(world, examples=3.0, seeds=2.0) for world in range(40)]
    noise = np.mean([it.noise.mean(axis=0) for it in found], axis=0)
    baseline = 3.0**2 + 2.0**2 / 3
    assert noise[1, 1] == pytest.approx(baseline, rel=0.05)
    assert noise[0, 0] == pytest.approx(2 * baseline, rel=0.05)
    assert noise[0, 1] == pytest.approx(-baseline, rel=0.05)


def test_what_moves_every_language_alike_is_no_noise():
    draw = np.random.default_rng(4)
    common = draw.normal(0, 5, (1, 1, DRAWS, 1)) + np.zeros((8, 1, DRAWS, 2))
    values = np.zeros((8, 1, 2))
    assert np.allclose(regression.noise_of(values, common), 0)


def test_an_untrained_baseline_holds_for_every_seed():
    draw = np.random.default_rng(5)
    bases = [
        Sample((), np.array([v]), np.full((1, DRAWS), v), n=9)
        for v in draw.normal(70, 5, 6)
    ]
    gains = [
        Sample((1, 2), draw.normal(0, 1, 2), draw.normal(0, 1, (2, DRAWS)), n=9)
        for _ in bases
    ]
    found = regression.pairs(gains, bases, np.arange(6.0))
    assert found.values.shape == (6, 2, 2)
    assert (found.values[:, 0, 1] == found.values[:, 1, 1]).all()
    assert np.allclose(found.noise[:, 1, 1], 0)
