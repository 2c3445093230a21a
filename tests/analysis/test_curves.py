"""Learning curves: which records make one, and what is read off them."""

import fake_records
import pytest

from xitt.analysis import curves, results
from xitt.report.prose import gains

LANGUAGES = {"xnli": ("de", "en", "sw"), "panx": ("de", "en", "fi")}


def study(*sizes, settings=("none", "mnli"), **options):
    """A study of 400 examples a target, and the same cells at other sizes."""
    further = []
    for n in sizes:
        there = {"xnli": LANGUAGES["xnli"]}
        for record in fake_records.grid(settings, there, profile=f"curves-{n}"):
            record["data"]["n_train"] = n
            further.append(record)
    own = fake_records.grid(("none", "mnli", "qqp"), LANGUAGES)
    return results.of(own, further=further)


def test_a_curve_has_the_size_of_the_study_and_the_further_ones():
    frame = study(100, 1600).curves
    gains = frame[frame["measure"] == curves.GAIN]
    assert list(gains["examples"]) == [100, 400, 1600]
    assert set(gains["setting"]) == {"mnli"}
    assert set(frame["target"]) == {"xnli"}  # panx was not varied, nor qqp trained


def test_at_the_studys_own_size_it_is_the_studys_gain():
    whole = study(100)
    own = whole.curves.query("measure == 'gain' and examples == 400")
    there = whole.gains.query("setting == 'mnli' and target == 'xnli'")
    assert own["mean"].iloc[0] == pytest.approx(there["mean"].iloc[0])


def test_without_further_records_there_is_none():
    assert study().curves.empty
    assert "curves" not in gains.of(study())


def test_a_size_without_a_baseline_has_scores_alone():
    frame = study(100, settings=("mnli",)).curves
    assert set(frame[frame["examples"] == 100]["measure"]) == {curves.SCORE}


def test_a_record_that_both_hold_counts_once():
    whole = study(100)
    again = [*whole.further, *(r for r in whole.records if r["target"] == "xnli")]
    frame = curves.frame(whole.records, again)
    assert set(frame["setting"]) == {"none", "mnli", "qqp"}
    assert set(frame.query("measure == 'score'")["n_seeds"]) == {1}


def test_the_sentence_tells_both_ends():
    said = gains.of(study(100, 1600))["curves"]
    assert said.startswith("Where the gain is followed on XNLI, from 100 to 1,600")
    assert said.endswith("with MNLI.")
