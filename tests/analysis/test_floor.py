"""A baseline that has learned nothing is found, and its target enters no average."""

import fake_records
import numpy as np
import pytest

from xitt.analysis import results, verdicts
from xitt.analysis.cautions import floor

LANGUAGES = {"xnli": ("de", "en", "sw"), "paws_x": ("de", "en", "fr")}


def test_a_baseline_as_good_as_a_constant_answer_is_at_its_floor():
    found = floor.frame(fake_records.floored("paws_x", LANGUAGES)).set_index("target")
    assert found.loc["paws_x", "at_floor"]
    assert found.loc["paws_x", "above"] == pytest.approx(0)
    assert found.loc["paws_x", "low"] < 0 < found.loc["paws_x", "high"]
    assert not found.loc["xnli", "at_floor"]
    assert found.loc["xnli", "trivial"] == pytest.approx(33.3)
    scores = found.loc["xnli", "score"] - found.loc["xnli", "trivial"]
    assert found.loc["xnli", "above"] == pytest.approx(scores)


def test_its_target_enters_no_average_and_keeps_its_own_row():
    study = results.of(fake_records.floored("paws_x", LANGUAGES))
    assert study.floored == ["paws_x"]
    gains = study.gains.set_index("target")["mean"]
    assert gains["all"] == pytest.approx(gains["xnli"])
    assert "paws_x" in gains
    best = study.best.set_index("target")
    assert best.loc["all", "mean"] == pytest.approx(best.loc["xnli", "mean"])
    assert "paws_x" in best.index


def test_where_every_baseline_is_at_its_floor_there_is_no_average():
    records = fake_records.floored("paws_x", {"paws_x": LANGUAGES["paws_x"]})
    study = results.of(records)
    assert set(study.gains["target"]) == {"paws_x"}
    assert "all" not in set(study.best["target"])


def test_no_claim_is_decided_on_a_target_at_its_floor():
    study = results.of(fake_records.floored("xnli", LANGUAGES))
    (verdict,) = (v for v in verdicts.of(study) if v.claim == "no gain on XNLI")
    assert verdict.status == verdicts.UNCLEAR
    assert verdict.here == "the baseline is at its floor"


def test_any_record_of_the_same_test_knows_its_trivial_answer():
    records = fake_records.floored("paws_x", LANGUAGES)
    for record in records:
        if record["setting"] == "none":
            for scores in record["metrics"].get("test", {}).values():
                del scores["trivial"]
    assert set(floor.frame(records)["target"]) == {"xnli", "paws_x"}


def test_where_no_record_knows_it_a_random_label_stands_for_the_trivial_answer():
    languages = {**LANGUAGES, "xquad": ("de", "en")}
    records = fake_records.floored("paws_x", languages)
    for record in records:
        for scores in record["metrics"].get("test", {}).values():
            scores.pop("trivial", None)
            if record["target"] == "paws_x":
                scores |= {"accuracy": 49.0, "replicates": [48.0, 50.0] * 100}
    found = floor.frame(records).set_index("target")
    assert set(found.index) == {"xnli", "paws_x"}  # of questions it is not known
    assert found.loc["paws_x", "trivial"] == 50
    assert found.loc["xnli", "trivial"] == pytest.approx(100 / 3)
    assert results.of(records).floored == ["paws_x"]


def test_a_baseline_a_little_above_is_found_to_be_so_with_enough_examples():
    """At 4 points above and a standard error of 1, 95 of 100 intervals exclude zero."""
    rng, above = np.random.default_rng(0), 0
    for _ in range(60):
        records = fake_records.floored("paws_x", {"paws_x": LANGUAGES["paws_x"]})
        for record in records:
            for scores in record["metrics"].get("test", {}).values():
                value = 59 + rng.normal(0, 1)
                drawn = value + rng.normal(0, 1, fake_records.DRAWS)
                scores |= {"accuracy": value, "replicates": drawn.tolist()}
        above += not floor.frame(records)["at_floor"].iloc[0]
    assert above >= 57
