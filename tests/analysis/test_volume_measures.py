"""Correlation over languages: by hand, against scipy and statsmodels, calibrated."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xitt.analysis.questions.volume import measures, mixed


def draw(*seed):
    return np.random.default_rng(seed)


def test_spearman_is_scipys_ties_included():
    x = np.array([1.0, 2.0, 2.0, 5.0, 7.0, 3.0, 0.5])
    y = np.array([3.0, 1.0, 4.0, 4.0, 9.0, 2.0, 2.0])
    found = measures.spearman(x, y, draw(1))
    assert found["rho"] == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found["rho_low"] <= found["rho"] <= found["rho_high"]


def test_the_permutation_test_counts_every_order_of_five_languages():
    x = np.arange(5.0)
    # Of 120 orders one rises throughout, and one falls: 2 are as far from none.
    assert measures.spearman(x, x, draw(2))["p"] == pytest.approx(2 / 120, abs=0.005)


def test_gains_that_are_all_alike_have_no_correlation():
    found = measures.spearman(np.arange(6.0), np.zeros(6), draw(3))
    assert np.isnan(found["rho"]) and np.isnan(found["p"])


def test_the_same_draws_give_the_same_numbers():
    x, y = draw(4).normal(size=(2, 12))
    once, again = (measures.spearman(x, y, draw(5)) for _ in range(2))
    assert once == again


def test_the_permutation_test_is_right_where_nothing_is_planted(monkeypatch):
    monkeypatch.setattr(measures, "PERMUTATIONS", 299)
    monkeypatch.setattr(measures, "RESAMPLES", 10)
    generator = draw(6)
    p = [
        measures.spearman(*generator.normal(size=(2, 12)), generator)["p"]
        for _ in range(400)
    ]
    assert 0.025 < np.mean(np.array(p) <= 0.05) < 0.085


def test_a_partial_correlation_by_hand():
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    y = np.array([2.0, 1.0, 4.0, 3.0, 6.0, 5.0])
    z = np.array([1.0, 3.0, 2.0, 5.0, 4.0, 6.0])
    # The squared differences of ranks add up to 6, 4 and 18; n(n^2 - 1) is 210.
    xy, xz, yz = 1 - 6 * 6 / 210, 1 - 6 * 4 / 210, 1 - 6 * 18 / 210
    assert xz == pytest.approx(stats.spearmanr(x, z).statistic)
    assert yz == pytest.approx(stats.spearmanr(y, z).statistic)
    by_hand = (xy - xz * yz) / ((1 - xz**2) * (1 - yz**2)) ** 0.5
    found = measures.partial(x, y, z[:, None])
    assert found["rho"] == pytest.approx(by_hand)
    t = by_hand * (3 / (1 - by_hand**2)) ** 0.5
    assert found["p"] == pytest.approx(2 * stats.t.sf(abs(t), 3))


def test_partial_correlation_given_two_is_that_of_a_regression():
    from statsmodels.api import OLS, add_constant

    values = draw(7).normal(size=(20, 4))
    ranked = stats.rankdata(values, axis=0)
    found = measures.partial(values[:, 0], values[:, 1], values[:, 2:])
    fit = OLS(ranked[:, 1], add_constant(ranked[:, [0, 2, 3]])).fit()
    t = fit.tvalues[1]
    assert found["rho"] == pytest.approx(t / (t**2 + fit.df_resid) ** 0.5)
    assert found["p"] == pytest.approx(fit.pvalues[1])


def test_a_control_that_is_volume_itself_leaves_nothing():
    x, y = draw(8).normal(size=(2, 9))
    assert np.isnan(measures.partial(x, y, x[:, None])["rho"])
    assert np.isnan(measures.partial(x[:5], y[:5], y[:5, None] * [[1, 2]])["p"])


def test_the_error_of_a_language_left_out_is_that_of_leaving_it_out():
    x, y = draw(9).normal(size=(2, 8))
    errors, means = [], []
    for out in range(8):
        kept = np.arange(8) != out
        slope, intercept = np.polyfit(x[kept], y[kept], 1)
        errors.append(y[out] - intercept - slope * x[out])
        means.append(y[out] - y[kept].mean())
    found = measures.left_out(x, y)
    assert found["error"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert found["error_mean"] == pytest.approx(np.sqrt(np.mean(np.square(means))))


def test_the_band_of_a_line_is_that_of_statsmodels():
    from statsmodels.api import OLS, add_constant

    x, y = draw(10).normal(size=(2, 15))
    at = np.linspace(-1, 2, 4)
    said = OLS(y, add_constant(x)).fit().get_prediction(add_constant(at))
    mean, low, high = measures.band(x, y, at)
    assert mean == pytest.approx(said.predicted_mean)
    assert np.column_stack([low, high]) == pytest.approx(said.conf_int())


def test_what_so_few_languages_can_show_is_shown_four_times_in_five(monkeypatch):
    monkeypatch.setattr(measures, "PERMUTATIONS", 299)
    monkeypatch.setattr(measures, "RESAMPLES", 10)
    assert measures.detectable(6) > 0.9 > 0.5 > measures.detectable(37)
    rho = measures.detectable(30)
    pearson = 2 * np.sin(np.pi * rho / 6)  # of the normal with this Spearman's rho
    generator, found = draw(11), []
    for _ in range(200):
        pair = generator.multivariate_normal([0, 0], [[1, pearson], [pearson, 1]], 30)
        found.append(measures.spearman(*pair.T, generator)["p"] < 0.05)
    assert 0.7 < np.mean(found) < 0.9


# --- all tasks at once ---------------------------------------------------------------


def rows(seed, planted=0.0, languages=20):
    """Three tasks and three settings; a language gains in all of them or in none."""
    generator = draw(12, seed)
    volume = generator.normal(1, 0.7, languages)
    own = generator.normal(0, 1.5, languages)
    found = []
    for task in range(3):
        pair = generator.normal(0, 1, languages)
        for setting in range(3):
            noise = generator.normal(0, 1, languages)
            gain = task + setting + planted * volume + own + pair + noise
            found += [
                {
                    **{"language": f"l{place:02}", "target": f"t{task}"},
                    **{"setting": f"s{setting}", "gain": gain[place]},
                    **{"log_gib": volume[place], "other": noise[place]},
                }
                for place in range(languages)
            ]
    return pd.DataFrame(found)


def test_the_mixed_model_is_that_of_statsmodels_formula():
    from statsmodels.formula.api import mixedlm

    frame = rows(0)
    frame = frame.sample(frac=0.8, random_state=1)  # a language lacks some rows
    said = mixedlm(
        "gain ~ C(target) + C(setting) + log_gib",
        frame,
        groups="language",
        re_formula="1",
        vc_formula={"task": "0 + C(target)"},
    ).fit(method=["lbfgs"])
    found = mixed.slope(frame)
    assert found["slope"] == pytest.approx(said.fe_params["log_gib"], abs=1e-3)
    half = stats.t.ppf(0.975, 18) * said.bse_fe["log_gib"]
    assert found["high"] - found["slope"] == pytest.approx(half, rel=1e-2)
    assert (found["n"], found["n_rows"]) == (20, 144)


def test_pooled_rows_taken_for_independent_find_what_is_not_there():
    from statsmodels.formula.api import ols

    naive, honest = [], []
    for seed in range(60):
        frame = rows(seed)
        fit = ols("gain ~ C(target) + C(setting) + log_gib", frame).fit()
        naive.append(fit.pvalues["log_gib"] < 0.05)
        honest.append(mixed.slope(frame)["p"] < 0.05)
    assert np.mean(naive) > 0.3
    assert np.mean(honest) < 0.15


def test_the_mixed_model_finds_a_planted_slope():
    found = [mixed.slope(rows(seed, planted=2.0)) for seed in range(30)]
    assert np.mean([it["slope"] for it in found]) == pytest.approx(2.0, abs=0.35)
    assert np.mean([it["low"] < 2.0 < it["high"] for it in found]) > 0.8


def test_a_variance_of_nothing_is_found_and_not_stopped_short_of():
    frame = rows(3).assign(gain=draw(13).normal(0, 9, 180))  # languages do not matter
    frame["gain"] += frame.groupby("language")["log_gib"].transform("mean")
    from statsmodels.formula.api import ols

    plain = ols("gain ~ C(target) + C(setting) + log_gib", frame).fit()
    found = mixed.slope(frame)
    assert found["slope"] == pytest.approx(plain.params["log_gib"], abs=0.1)
    half = stats.t.ppf(0.975, 18) * plain.bse["log_gib"]
    assert found["high"] - found["slope"] == pytest.approx(half, rel=0.15)


def test_without_languages_enough_there_is_no_slope_and_no_error():
    frame = rows(0, languages=3)
    assert np.isnan(mixed.slope(frame)["slope"])
    assert mixed.slope(frame.iloc[:0])["n"] == 0
    frame = rows(0).assign(other=np.nan)
    assert mixed.slope(frame, "other")["n_rows"] == 0
