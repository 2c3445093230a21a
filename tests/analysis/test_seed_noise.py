"""Seed noise pooled over cells: by hand, and by simulation of studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from xitt.analysis import estimates, seed_noise
from xitt.analysis.paired_samples import Sample
from xitt.analysis.seed_noise import SeedNoise


def sample(values, replicates=None, n=40) -> Sample:
    values = np.asarray(values, float)
    if replicates is None:
        replicates = np.repeat(values[:, None], 100, axis=1)
    return Sample(tuple(range(len(values))), values, np.asarray(replicates, float), n)


# ----------------------------------------------------------------------------- by hand


def test_variances_are_pooled_by_their_degrees_of_freedom():
    # variance 4 with two degrees of freedom, 8 with one; a single seed says nothing
    noise = seed_noise.pool([[sample([48, 50, 52])], [sample([40, 44])], [sample([9])]])
    assert noise == SeedNoise((4 * 2 + 8) / 3, 0.0, 3.0)
    assert seed_noise.pool([[sample([50.0])]]) is None


def test_languages_of_a_cell_are_one_cell():
    noise = seed_noise.pool([[sample([48, 50, 52]), sample([10, 10, 10])]])
    assert noise == SeedNoise(2.0, 0.0, 2.0)


def test_a_cell_of_one_seed_is_given_the_noise_of_the_others():
    found = seed_noise.interval(sample([50.0]), SeedNoise(4.0, 0.0, 10.0))
    assert found["se"] == pytest.approx(2.0)
    assert found["high"] - 50 == pytest.approx(2 * t.ppf(0.975, 10))
    assert (found["interval"], found["n_seeds"]) == ("seeds and examples", 1)
    alone = seed_noise.interval(sample([50.0]), None)
    assert alone["interval"] == "examples" and np.isnan(alone["p"])


def test_what_seeds_and_examples_share_is_counted_once():
    # resamples of each seed vary independently: all of it is interaction
    rng = np.random.default_rng(0)
    replicates = 50 + rng.normal(0, 2, (400, 1000))
    cell = sample(50 + rng.normal(0, 2, 400), replicates)
    noise = seed_noise.pool([[cell]])
    assert noise.interaction == pytest.approx(4, rel=0.05)
    assert noise.variance == pytest.approx(4, rel=0.2)
    found = seed_noise.interval(cell, noise)  # 4 / 400, not twice that
    assert found["se"] ** 2 == pytest.approx(noise.variance / 400, rel=0.02)


def test_a_mean_of_targets_adds_their_noises():
    parts = [SeedNoise(4.0, 1.0, 2.0), SeedNoise(8.0, 3.0, 6.0)]
    noise = seed_noise.average(parts)
    assert (noise.variance, noise.interaction) == (3.0, 1.0)
    assert noise.freedom == pytest.approx(9 / (1 / 2 + 4 / 6))
    uneven = seed_noise.average(parts, [1, 4])
    assert uneven.variance == pytest.approx(4 / 4 + 8 / 16)
    assert seed_noise.average([parts[0], None]) is None


def test_a_quantity_without_seeds_has_no_seed_noise():
    untrained = Sample((), np.array([50.0]), np.full((1, 100), 50.0), n=40)
    found = seed_noise.interval(untrained, SeedNoise(4.0, 0.0, 10.0))
    assert found["se"] == 0 and found["interval"] == "examples"


# ------------------------------------------------------------------------ by simulation

SEED, EXAMPLE, INTERACTION = 1.2, 1.0, 0.8  # standard deviations of a score, in points
DRAWS = 100


def study(rng, seeds: dict[str, int], gain: dict[str, float]) -> list[dict]:
    """Records of one target: settings with so many seeds, and a true gain each.

    The score of a seed is base + gain + seed + examples + interaction; resamples redraw
    the last two, the examples alike for all settings and seeds.
    """
    examples, resampled = rng.normal(0, EXAMPLE), rng.normal(0, EXAMPLE, DRAWS)
    records = []
    for setting, count in seeds.items():
        for seed in range(count):
            own = rng.normal(0, SEED) + rng.normal(0, INTERACTION)
            value = 60 + gain.get(setting, 0.0) + examples + own
            again = value + resampled + rng.normal(0, INTERACTION, DRAWS)
            scores = {"score": value, "replicates": list(again), "n": 40}
            records.append(
                {
                    "phase": "target", "profile": "x", "setting": setting,
                    "target": "xnli", "seed": seed, "key": f"{setting}{seed}",
                    "headline": "score", "training": {}, "metrics": {
                        "test": {"de": scores}, "validation": {},
                    },
                }
            )  # fmt: skip
    return records


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_95_of_100_intervals_hold_the_true_gain(count):
    """Of a setting with `count` seeds, beside others that were repeated."""
    rng = np.random.default_rng(count)
    seeds = {"none": 5, "mnli": count, "qqp": 3, "squad_v2": 3, "hellaswag": 3}
    held = []
    for _ in range(1500):
        frame = estimates.gains(study(rng, seeds, {"mnli": 2.0}), by="language")
        row = frame[frame["setting"] == "mnli"].iloc[0]
        held.append(row["low"] < 2.0 < row["high"])
    assert 0.93 < np.mean(held) < 0.97


def test_a_study_without_effects_seldom_has_a_clear_one_after_holm():
    rng = np.random.default_rng(7)
    settings = ["mnli", "qqp", "squad_v1", "hellaswag", "cosmos_qa", "multi"]
    seeds = {"none": 3, "squad_v2": 3} | dict.fromkeys(settings, 1) | {"multi": 3}
    false = 0
    for _ in range(1000):
        frame = estimates.gains(study(rng, seeds, {}), by="language")
        false += bool((frame["p_holm"] < 0.05).any())
    assert false / 1000 < 0.07


def test_a_target_of_which_nothing_was_repeated_has_no_p():
    rng = np.random.default_rng(3)
    frame = estimates.gains(study(rng, {"none": 1, "mnli": 1}, {}), by="language")
    assert frame["p"].isna().all() and frame["p_holm"].isna().all()
    assert set(frame["interval"]) == {"examples"}


def test_what_no_resample_can_tell_has_no_interval():
    # 100 x 0 / 0 of one resample: a drop in percent of a score of nought
    replicates = np.append(np.linspace(1, 2, 99), np.nan)[None]
    found = seed_noise.interval(sample([1.5], replicates), SeedNoise(4.0, 1.0, 10.0))
    assert found["mean"] == 1.5
    assert all(np.isnan(found[name]) for name in ("low", "high", "se", "p"))
