"""Gains and intervals: small records worked by hand, and simulations."""

from __future__ import annotations

import numpy as np
import pytest

from xitt.analysis import best_settings, estimates
from xitt.errors import UserError


def record(setting: str, target: str, scores: dict, seed: int = 13, **more) -> dict:
    """A target record. `scores`: language -> value, or -> (value, replicates)."""
    metrics = {}
    for lang, entry in scores.items():
        value, replicates = (
            entry if isinstance(entry, tuple) else (entry, [entry, entry])
        )
        metrics[lang] = {"score": value, "replicates": list(replicates), "n": 40}
    return {
        "phase": "target",
        "profile": "demo",
        "setting": setting,
        "target": target,
        "seed": seed,
        "key": f"{setting}-{target}-{seed}",
        "headline": "score",
        "training": None if target in estimates.RETRIEVAL else {"steps": 1},
        "metrics": {"test": metrics, "validation": metrics},
    } | more


def row(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


GRID = [
    record("none", "xnli", {"en": 80.0, "de": 70.0, "sw": 50.0}),
    record("none", "tatoeba", {"de": 90.0, "sw": 40.0}),
    record("mnli", "xnli", {"en": 81.0, "de": 72.0, "sw": 56.0}),
    record("mnli", "tatoeba", {"de": 93.0, "sw": 47.0}),
]


# ------------------------------------------------------------------------------ means


def test_gains_are_differences_language_by_language():
    frame = estimates.gains(GRID)
    assert set(frame["setting"]) == {"mnli"}
    assert row(frame, target="xnli", language="en")["mean"] == 1.0
    assert row(frame, target="xnli", language="sw")["mean"] == 6.0
    assert row(frame, target="tatoeba", language="de")["mean"] == 3.0
    assert (frame["n_examples"] == 40).all()


def test_zero_shot_leaves_english_out_and_nothing_else():
    frame = estimates.gains(GRID, by="target")
    assert row(frame, target="xnli", language="all")["mean"] == pytest.approx(3.0)
    assert row(frame, target="xnli", language="zero-shot")["mean"] == pytest.approx(4.0)
    for scope in ("all", "zero-shot"):
        found = row(frame, target="tatoeba", language=scope)
        assert found["mean"] == pytest.approx(5.0)
        assert (found["n_languages"], found["n_examples"]) == (2, 80)


def test_targets_weigh_the_same_in_the_average_whatever_their_languages():
    frame = estimates.gains(GRID, by="average")
    where = {"setting": "mnli", "language": "zero-shot"}
    assert row(frame, target="all", **where)["mean"] == pytest.approx(4.5)
    assert row(frame, target="without retrieval", **where)["mean"] == pytest.approx(4.0)
    assert row(frame, target="retrieval", **where)["mean"] == pytest.approx(5.0)
    assert row(frame, target="all", language="all")["mean"] == pytest.approx(4.0)
    assert row(frame, target="all", **where)["n_targets"] == 2


def test_targets_of_other_suites_enter_no_average_beside_those_of_xtreme():
    other = [
        record(setting, "xcopa", {"en": 50.0, "sw": 50.0 + gain})
        for setting, gain in (("none", 0.0), ("mnli", 20.0))
    ]
    where = {"setting": "mnli", "target": "all", "language": "zero-shot"}
    with_it, without = (
        row(estimates.gains(records, by="average"), **where)
        for records in ([*GRID, *other], GRID)
    )
    assert (with_it["mean"], with_it["n_targets"]) == (without["mean"], 2)
    alone = row(estimates.gains(other, by="average"), **where)
    assert (alone["mean"], alone["n_targets"]) == (20.0, 1)


def test_scores_keep_the_baseline_as_a_row():
    frame = estimates.scores(GRID, by="target")
    found = row(frame, setting="none", target="xnli", language="all")
    assert found["mean"] == pytest.approx(200 / 3)
    assert "p" not in frame


def test_intermediate_records_are_passed_over():
    more = [*GRID, {"phase": "intermediate", "profile": "demo", "setting": "mnli"}]
    assert estimates.gains(more).equals(estimates.gains(GRID))


def test_an_average_over_fewer_targets_is_no_number():
    grid = [*GRID, record("qqp", "xnli", {"en": 80.0, "de": 75.0, "sw": 55.0})]
    frame = estimates.gains(grid, by="average")
    found = row(frame, setting="qqp", target="all", language="all")
    assert np.isnan(found["mean"]) and np.isnan(found["p_holm"])
    assert found["n_targets"] == 1
    found = row(frame, setting="qqp", target="without retrieval", language="all")
    assert found["mean"] == pytest.approx(10 / 3)


# --------------------------------------------------------------------------- intervals


def test_with_one_seed_the_interval_is_over_examples_and_says_so():
    replicates = [49.0, 51.0] * 50
    found = row(estimates.scores([record("none", "xnli", {"de": (50.0, replicates)})]))
    assert found["interval"] == "examples"
    assert found["n_seeds"] == 1
    assert found["se"] == pytest.approx((100 / 99) ** 0.5)
    # Student's quantile with 99 degrees of freedom is 1.984.
    assert found["high"] - 50 == pytest.approx(1.9842 * found["se"], abs=1e-3)
    assert found["low"] == pytest.approx(100 - found["high"])


def test_with_several_seeds_their_variance_is_added():
    # Examples: the mean over seeds is 49 or 51, variance 100/99, and each seed moves
    # with it: no interaction. Seeds: 48, 50, 52, variance 4, of their mean 4/3.
    grid = [
        record("none", "xnli", {"de": (v, [v - 1, v + 1] * 50)}, seed=v)
        for v in (48, 50, 52)
    ]
    found = row(estimates.scores(grid))
    assert found["interval"] == "seeds and examples"
    assert (found["mean"], found["n_seeds"]) == (50.0, 3)
    variance = 100 / 99 + 4 / 3
    assert found["se"] == pytest.approx(variance**0.5)
    freedom = variance**2 / ((100 / 99) ** 2 / 99 + (4 / 3) ** 2 / 2)
    from scipy.stats import t

    assert found["high"] - 50 == pytest.approx(t.ppf(0.975, freedom) * found["se"])


def test_a_paired_difference_is_narrower_than_its_two_scores():
    noise = np.random.default_rng(2).normal(0, 3, 100)
    grid = [
        record("none", "xnli", {"de": (60.0, 60 + noise)}),
        record("mnli", "xnli", {"de": (62.0, 62 + noise)}),
    ]
    assert row(estimates.gains(grid))["se"] == pytest.approx(0.0, abs=1e-9)
    assert (estimates.scores(grid)["se"] > 2).all()


def test_intervals_of_scores_stay_between_0_and_100():
    grid = [record("none", "xnli", {"de": (99.0, [94.0, 100.0] * 50)})]
    assert row(estimates.scores(grid))["high"] == 100.0


# --------------------------------------------------------------------------- pairing


def test_only_seeds_that_both_sides_have_are_compared():
    grid = [
        record("none", "xnli", {"de": 60.0}, seed=1),
        record("none", "xnli", {"de": 64.0}, seed=2),
        record("mnli", "xnli", {"de": 66.0}, seed=2),
        record("mnli", "xnli", {"de": 90.0}, seed=3),
    ]
    found = row(estimates.gains(grid))
    assert (found["mean"], found["n_seeds"]) == (2.0, 1)
    # Not yet comparable: the grid is still growing.
    assert estimates.gains([grid[0], grid[3]]).empty
    assert best_settings.best_per_target([grid[0], grid[3]]).empty


def test_an_untrained_baseline_holds_for_every_seed():
    grid = [
        record("none", "tatoeba", {"de": 90.0}, seed=1),
        record("mnli", "tatoeba", {"de": 91.0}, seed=1),
        record("mnli", "tatoeba", {"de": 94.0}, seed=2),
        record("none", "xnli", {"de": 60.0}, seed=1),
        record("none", "xnli", {"de": 62.0}, seed=2),
        record("mnli", "xnli", {"de": 63.0}, seed=1),
        record("mnli", "xnli", {"de": 66.0}, seed=2),
    ]
    found = row(estimates.gains(grid), target="tatoeba")
    assert (found["mean"], found["n_seeds"]) == (2.5, 2)
    found = row(estimates.gains(grid, by="average"), target="all", language="all")
    assert (found["mean"], found["n_seeds"]) == (3.0, 2)


def only(lang: str, n: int = 40, replicates: object = (1.0, 1.0)) -> dict:
    scores = {"score": 1.0, "n": n, "replicates": list(replicates)}
    return {"metrics": {"test": {lang: scores}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"profile": "small"}, "several profiles \\(demo, small\\)"),
        ({"setting": "none"}, "two records of none on xnli, seed 13"),
        (only("en"), "mnli on xnli: 'de' is on one side"),
        (only("de", n=39), "39 examples against the baseline's 40"),
        (only("de", replicates=[]), "need equally many replicates"),
        (only("de", replicates=[1.0] * 3), "records of 2 and of 3 replicates"),
    ],
)
def test_records_that_do_not_compare_are_refused(change, message):
    grid = [
        record("none", "xnli", {"de": 60.0}),
        record("mnli", "xnli", {"de": 61.0}) | change,
    ]
    with pytest.raises(UserError, match=message):
        estimates.gains(grid)


def test_seeds_scored_on_different_languages_are_refused():
    grid = [
        record("none", "xnli", {"de": 60.0}, seed=1),
        record("none", "xnli", {"de": 60.0, "sw": 50.0}, seed=2),
    ]
    with pytest.raises(UserError, match="only some seeds were scored on 'sw'"):
        estimates.scores(grid)


def test_a_missing_baseline_and_an_unknown_grouping_are_refused():
    with pytest.raises(UserError, match="baseline 'none'; run it first"):
        estimates.gains(GRID[2:])
    with pytest.raises(UserError, match="did you mean 'language'"):
        estimates.gains(GRID, by="languages")


# ------------------------------------------------------------------------ significance


def test_p_is_small_for_a_clear_gain_and_large_for_none():
    noise = np.random.default_rng(3).normal(0, 1, 100)
    still = [60.0] * 100
    grid = []
    for seed in (13, 17):
        same = dict.fromkeys(("de", "sw", "en"), (60.0, still))
        grid.append(record("none", "xnli", same, seed))
        moved = {"de": (65.0, 65 + noise), "sw": (60.2, 60.2 + noise)}
        grid.append(record("mnli", "xnli", moved | {"en": (60.0, still)}, seed))
    frame = estimates.gains(grid)
    assert row(frame, language="de")["p"] < 1e-4
    assert row(frame, language="sw")["p"] > 0.5
    assert row(frame, language="en")["p"] == 1.0  # the same predictions
    excludes_zero = (frame["low"] > 0) | (frame["high"] < 0)
    assert ((frame["p"] < 0.05) == excludes_zero).all()


def test_holm_multiplies_the_smallest_p_by_all_and_the_next_by_one_less():
    import pandas as pd

    frame = pd.DataFrame({"p": [0.03, 0.001, np.nan, 0.02], "scope": list("aaab")})
    corrected = estimates.with_holm(frame)["p_holm"]
    assert corrected[[1, 3, 0]].tolist() == pytest.approx([0.003, 0.04, 0.04])
    assert np.isnan(corrected[2])
    corrected = estimates.with_holm(frame, ["scope"])["p_holm"]
    assert corrected[[1, 0, 3]].tolist() == pytest.approx([0.002, 0.03, 0.02])


# --------------------------------------------------------------------------- contrast


def test_retrieval_is_set_against_the_other_targets_setting_by_setting():
    # mnli: +5 on tatoeba, +4 on xnli without English.
    grid = [*GRID, record("qqp", "xnli", {"en": 80.0, "de": 75.0, "sw": 55.0})]
    found = row(estimates.retrieval_contrast(grid))  # qqp lacks tatoeba
    assert (found["setting"], found["mean"]) == ("mnli", pytest.approx(1.0))


def test_without_retrieval_there_is_nothing_to_set_against():
    grid = [found for found in GRID if found["target"] == "xnli"]
    assert estimates.retrieval_contrast(grid).empty


# ------------------------------------------------------------------------------- best


def test_the_best_setting_is_chosen_on_validation_and_scored_on_test():
    # By validation squad is best; on test mnli would have been.
    grid = [
        record("none", "xnli", {"de": 60.0}),
        record("mnli", "xnli", {"de": 70.0}),
        record("squad_v2", "xnli", {"de": 63.0}),
        record("none", "panx", {"de": 50.0}),
        record("mnli", "panx", {"de": 51.0}),
    ]
    for found, value in zip(grid, (99.0, 61.0, 62.0, 50.0, 52.0)):
        found["metrics"] = {
            **found["metrics"],
            "validation": {"de": {"score": value, "n": 20, "replicates": [value] * 2}},
        }
    frame = best_settings.best_per_target(grid)
    xnli = row(frame, target="xnli")
    assert (xnli["setting"], xnli["validation"]) == ("squad_v2", 62.0)
    assert (xnli["mean"], xnli["score"]) == (3.0, 63.0)
    assert row(frame, target="panx")["setting"] == "mnli"
    average = row(frame, target="all")
    assert (average["mean"], average["score"], average["n_targets"]) == (2.0, 57.0, 2)


def test_settings_that_are_equal_on_validation_are_counted():
    grid = [*GRID, record("qqp", "xnli", {"en": 81.0, "de": 72.0, "sw": 56.0})]
    frame = best_settings.best_per_target(grid)
    assert row(frame, target="xnli")["equal"] == 2
    assert row(frame, target="tatoeba")["equal"] == 1


def test_a_target_without_validation_scores_has_no_best_setting():
    grid = [dict(found) for found in GRID]
    for found in grid[1], grid[3]:
        found["metrics"] = {"test": found["metrics"]["test"]}
    frame = best_settings.best_per_target(grid)
    assert frame["target"].tolist() == ["xnli", "all"]
    assert row(frame, target="all")["n_targets"] == 1


def test_a_whole_grid_of_records_gives_every_average():
    import fake_records

    frame = estimates.gains(fake_records.large(), by="average")
    assert len(frame) == 13 * 6


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_holms_correction_is_that_of_statsmodels(n):
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(n).choice([0.0, 0.001, 0.01, 0.01, 0.2, 0.9, 1.0], n)
    expected = multipletests(p, method="holm")[1]
    assert estimates.holm(p) == pytest.approx(expected)


# --------------------------------------------------------- trained on what is scored


def overlapping(record: dict, **splits: dict) -> dict:
    return record | {"data": {"overlap": splits}}


TRAINED_ON = [
    record("none", "xnli", {"en": 80.0, "de": 70.0, "sw": 50.0}),
    overlapping(
        record("mnli", "xnli", {"en": 81.0, "de": 90.0, "sw": 53.0}),
        test={"de": 0.2, "sw": 0.01},
    ),
]


def test_a_language_trained_on_leaves_the_means_of_both_sides():
    gains = estimates.gains(TRAINED_ON, by="target")
    found = row(gains, target="xnli", language="zero-shot")
    assert (found["mean"], found["n_languages"]) == (3.0, 1)
    assert row(gains, target="xnli", language="all")["mean"] == 2.0
    assert set(estimates.gains(TRAINED_ON)["language"]) == {"en", "sw"}
    scores = estimates.scores(TRAINED_ON, by="target")
    assert row(scores, setting="mnli", language="zero-shot")["mean"] == 53.0
    assert row(scores, setting="none", language="zero-shot")["mean"] == 60.0
    assert len(estimates.scores(TRAINED_ON)) == 6  # what was measured is shown


def test_a_baseline_trained_on_a_language_takes_it_out_as_well():
    grid = [*TRAINED_ON, record("mnli+mlm", "xnli", {"en": 1.0, "de": 2.0, "sw": 54.0})]
    gains = estimates.gains(grid, by="target", baseline="mnli")
    found = row(gains, setting="mnli+mlm", language="zero-shot")
    assert (found["mean"], found["n_languages"]) == (1.0, 1)


def test_a_setting_is_not_chosen_on_what_it_was_trained_on():
    grid = [
        *TRAINED_ON,
        overlapping(
            record("qqp", "xnli", {"en": 99.0, "de": 71.0, "sw": 51.0}),
            validation={"en": 0.3},
        ),
    ]
    best = row(best_settings.best_per_target(grid), target="xnli")
    assert (best["setting"], best["mean"]) == ("mnli", 2.0)
    assert best["score"] == pytest.approx((81 + 53) / 2)


def test_where_every_language_was_trained_on_there_is_no_gain():
    everything = {"en": 1.0, "de": 1.0, "sw": 1.0}
    grid = [TRAINED_ON[0], overlapping(TRAINED_ON[1], test=everything)]
    assert estimates.gains(grid, by="target").empty
    assert np.isnan(row(estimates.gains(grid, by="average"), target="all",
                        language="all")["mean"])  # fmt: skip
    assert best_settings.best_per_target(grid).empty


def test_records_without_the_check_are_read_as_they_were():
    old = [{**TRAINED_ON[1], "data": {"n_train": 3}}, TRAINED_ON[0]]
    assert row(estimates.gains(old, by="target"), language="zero-shot")["mean"] == 11.5
