"""What is set against volume: which gains, of which languages, with which verdict."""

from types import SimpleNamespace

import fake_records
import numpy as np
import pandas as pd
import pytest

from xitt import paths
from xitt.analysis import results, verdicts
from xitt.analysis.questions.volume import facts, frames, mixed
from xitt.analysis.questions.volume import verdicts as volume_verdicts
from xitt.tasks import registry

TARGETS = ("xnli", "panx", "tydiqa")
SETTINGS = ("none", "mnli", "squad_v2", "mnli+mlm", "mnli+translated")


def records(planted=0.0, seeds=(13, 21)):
    """Three targets, five settings; `planted` points of gain a tenfold volume."""
    volumes = np.log10(facts.volumes())
    languages = {
        "xnli": fake_records.XNLI,
        "panx": fake_records.FORTY,
        "tydiqa": ("en", "ko", "sw"),
    }
    found = []
    for setting in SETTINGS:
        for target in TARGETS:
            for seed in seeds if setting != "squad_v2" else seeds[:1]:
                record = fake_records.target_record(
                    setting, target, languages[target], seed, "fake", False
                )
                if setting != "none":
                    for lang, scores in record["metrics"]["test"].items():
                        more = planted * float(volumes.get(lang, 0.0))
                        scores[record["headline"]] += more
                        scores["replicates"] = [x + more for x in scores["replicates"]]
                found.append(record)
    return found


@pytest.fixture(scope="module")
def nothing_planted():
    return results.of(records())


@pytest.fixture(scope="module")
def planted():
    return results.of(records(planted=8.0))


# --- facts ----------------------------------------------------------------------------


def test_chineses_two_rows_are_added_up_and_yoruba_has_none():
    assert facts.volumes()["zh"] == pytest.approx(46.9 + 16.6)
    assert facts.volumes()["en"] == 300.8
    known = facts.languages("e5-small")
    assert "en" not in known.index and np.isnan(known.loc["yo", "gib"])
    assert known.loc["sw", "log_gib"] == pytest.approx(np.log10(1.6))


def test_every_quoted_volume_has_its_source():
    frame = pd.read_csv(facts.VOLUMES, keep_default_na=False)
    assert frame["source"].str.contains("1911.02116").all()
    assert len(frame) == 100 and (frame["size_gib"] > 0).all()
    assert set(frame[frame["language"].duplicated()]["language"]) == {"zh", "my"}


def test_a_distance_over_few_features_is_told_and_not_used():
    known = facts.languages("e5-small")
    assert facts.thin() == {"jv": 17, "kk": 12, "ms": 12}
    assert known.loc[["jv", "kk", "ms"], "distance"].isna().all()
    assert known.loc["de", "distance"] < known.loc["tr", "distance"]


def test_an_encoder_whose_tokenizer_was_not_measured_has_gaps_and_no_error():
    known = facts.languages("somebody/encoder")
    assert known["premium"].isna().all() and known["gib"].notna().any()
    file = facts.tokenizer_file("somebody/encoder")
    assert file == paths.LANGUAGES / "somebody--encoder.json"


# --- frames ---------------------------------------------------------------------------


def test_neither_english_nor_variants_nor_languages_without_text_are_set_against(
    nothing_planted,
):
    points = nothing_planted.volume.points
    assert not {"en", "yo"} & set(points["language"])
    assert set(points["setting"]) == {"mnli", "squad_v2", frames.MEAN}
    assert nothing_planted.volume.without_volume == ["yo"]


def test_the_mean_is_over_the_settings_of_the_most_seeds(nothing_planted):
    points = nothing_planted.volume.points.set_index(["setting", "target", "language"])
    mean = points.loc[(frames.MEAN, "xnli", "sw")]
    alone = points.loc[("mnli", "xnli", "sw")]
    assert mean["mean"] == pytest.approx(alone["mean"])  # squad_v2 has one seed
    assert (mean["n_seeds"], mean["n_languages"]) == (2, 1)
    row = nothing_planted.volume.by_target.set_index("target").loc["xnli"]
    assert (row["settings"], row["n"]) == (1, 14)


def test_gains_are_those_of_the_study(nothing_planted):
    points = nothing_planted.volume.points.set_index(["setting", "target", "language"])
    gains = nothing_planted.language_gains
    gains = gains.set_index(["setting", "target", "language"])
    for place in (("mnli", "xnli", "sw"), ("squad_v2", "panx", "ja")):
        assert points.loc[place, "mean"] == pytest.approx(gains.loc[place, "mean"])


def test_two_languages_are_not_tested(nothing_planted):
    assert "tydiqa" in set(nothing_planted.volume.points["target"])
    assert list(nothing_planted.volume.by_target["target"]) == ["xnli", "panx"]


def test_a_partial_correlation_says_over_how_many_languages(nothing_planted):
    partials = nothing_planted.volume.partials.set_index(["target", "control"])
    every = int(nothing_planted.volume.by_target.set_index("target").loc["panx", "n"])
    assert partials.loc[("panx", "latin"), "n"] == every
    assert partials.loc[("panx", "distance"), "n"] == every - len(facts.thin())


def test_a_planted_dependence_is_found_in_each_frame(planted):
    by_target = planted.volume.by_target.set_index("target")
    assert by_target.loc["panx", "p_holm"] < 0.001
    assert by_target.loc["panx", "slope_low"] < 8 < by_target.loc["panx", "slope_high"]
    assert by_target.loc["panx", "error"] < by_target.loc["panx", "error_mean"]
    pooled = planted.volume.pooled.set_index("baseline")
    assert pooled.loc[mixed.WITHOUT, "low"] < 8 < pooled.loc[mixed.WITHOUT, "high"]
    assert set(pooled.index) == {mixed.WITHOUT, mixed.WITH, mixed.OTHER}
    assert pooled["slope"].notna().all()


def test_the_same_records_give_the_same_frames(planted):
    again = results.of(records(planted=8.0)).volume
    for name in ("by_target", "slopes", "partials", "pooled", "drawn"):
        pd.testing.assert_frame_equal(
            getattr(planted.volume, name), getattr(again, name)
        )


@pytest.mark.parametrize("kept", [[], ["none"], ["mnli"]])
def test_without_a_pair_of_runs_frames_are_empty_and_no_error(kept):
    some = [record for record in records() if record["setting"] in kept]
    volume = results.of(some).volume
    for name in ("points", "by_target", "by_setting", "partials", "slopes", "drawn"):
        assert getattr(volume, name).empty, name
    assert volume.pooled["slope"].isna().all()
    found = volume_verdicts.of(results.of(some))
    assert {verdict.status for verdict in found} == {verdicts.OPEN}


# --- verdicts -------------------------------------------------------------------------


def status(study, words):
    (found,) = [it for it in volume_verdicts.of(study) if words in it.claim]
    return found.status


def test_a_gain_that_grows_with_text_is_no_gain_where_there_is_little(planted):
    assert status(planted, "over all tasks") == verdicts.HOLDS
    assert status(planted, "less text gain more") == verdicts.FAILS


@pytest.mark.parametrize(
    ("better", "count", "seeds", "shown"),
    [
        (8, 8, 1, verdicts.HOLDS),
        (1, 1, 3, verdicts.UNCLEAR),  # one task is no majority of any
        (5, 8, 3, verdicts.UNCLEAR),
        (0, 8, 3, verdicts.FAILS),
        (0, 8, 1, verdicts.UNCLEAR),  # another seed may give another line
    ],
)
def test_what_volume_foretells_is_told_by_a_sign_test(better, count, seeds, shown):
    errors = [1.0] * better + [3.0] * (count - better)
    table = pd.DataFrame({"error": errors, "error_mean": 2.0, "n_seeds": seeds})
    study = SimpleNamespace(volume=SimpleNamespace(by_target=table))
    assert volume_verdicts.foretold(study).status == shown


def test_a_gain_that_falls_with_text_is_one():
    study = results.of(records(planted=-8.0))
    assert status(study, "less text gain more") == verdicts.HOLDS


def test_a_slope_within_the_margin_is_none_and_a_wide_one_is_not_clear():
    narrow = pd.Series({"slope": 0.1, "low": -0.3, "high": 0.5, "n": 30})
    wide = pd.Series({"slope": 0.1, "low": -1.9, "high": 2.1, "n": 30})
    assert volume_verdicts.within(narrow, 1.0)
    assert not volume_verdicts.within(wide, 1.0)


def test_every_language_of_the_registry_has_a_row():
    assert set(facts.languages("e5-small").index) == set(registry.languages()) - {"en"}
