"""Which recipes are compared, and what is said of the best of them."""

import copy

import fake_records
import pytest

from xitt.analysis import results, sweep, wording
from xitt.report.prose import costs
from xitt.report.tables import runs

LANGUAGES = {"xnli": ("de", "en"), "panx": ("de", "en")}


def record(target, lr, score, seed=13, epochs=1, setting="none"):
    [one] = (
        r
        for r in fake_records.grid((setting,), {target: LANGUAGES[target]})
        if r["phase"] == "target" and r["seed"] == 13
    )
    one = copy.deepcopy(one)  # the made-up records share what is alike
    one["key"] = f"{target}{lr}{seed}{epochs}{setting}"
    one["seed"] = seed
    one["params"]["recipe"] |= {"lr": lr, "epochs": epochs}
    one["metrics"]["validation"]["en"][one["headline"]] = score
    return one


OWN = [record("xnli", 1e-4, 60.0), record("panx", 2e-4, 80.0)]


def test_the_used_recipe_stands_among_those_that_were_tried():
    tried = [record("xnli", 5e-5, 55.0), record("xnli", 2e-4, 62.0)]
    frame = sweep.frame(OWN, tried)
    assert list(frame["lr"]) == [5e-5, 1e-4, 2e-4]
    assert list(frame["score"]) == [55.0, 60.0, 62.0]
    assert list(frame["used"]) == [False, True, False]
    assert sweep.best(frame)["xnli"]["lr"] == 2e-4


def test_no_intermediate_setting_has_a_say():
    tried = [record("xnli", 5e-5, 55.0), record("xnli", 5e-5, 99.0, setting="mnli")]
    assert sweep.frame(OWN, tried)["score"].max() == 60.0
    assert sweep.frame(OWN, tried[1:]).empty


def test_recipes_are_compared_on_the_seeds_that_all_of_them_have():
    own = [*OWN, record("xnli", 1e-4, 70.0, seed=21)]
    frame = sweep.frame(own, [record("xnli", 5e-5, 55.0)])
    assert list(frame["score"]) == [55.0, 60.0]
    assert set(frame["seeds"]) == {1}
    apart = sweep.frame(own, [record("xnli", 5e-5, 55.0, seed=42)])
    assert apart.empty


def test_the_sentence_and_the_table_name_what_is_better_than_used():
    tried = [record("xnli", 2e-4, 62.0, epochs=3), record("panx", 4e-4, 70.0)]
    study = results.of(OWN, tried=tried)
    said = costs.learning_rates(study)
    assert said == (
        "Of two targets whose learning rate was varied, one does best as used; "
        "not XNLI (62.0 at 2e-4 and three epochs, 60.0 as used)."
    )
    table = runs.sweep_table(study)
    assert r"\textbf{60.0}" in table and r"\textbf{80.0}" in table
    assert table.count(r"\textbf") == 2 and "62.0" in table


def test_without_a_sweep_nothing_is_said():
    assert costs.learning_rates(results.of(OWN)) == ""
    assert "tried yet" in runs.sweep_table(results.of(OWN))


def test_the_compute_statement_counts_every_run_and_shared_training_once():
    first, second = OWN
    shared = [
        {**first, "seconds": 7200.0, "training_key": "one", "training": {"tokens": 10}},
        {**second, "seconds": 30.0, "training_key": "one", "training": {"tokens": 10}},
    ]
    study = results.of(shared, tried=[{**first, "key": "more", "training": None}])
    said = costs.compute(study)
    hours = (7230 + first["seconds"]) / 3600
    assert said.startswith(f"The 3 runs behind this copy took {hours:.1f} h")
    assert "trained on 10 tokens" in said


@pytest.mark.parametrize("phase", ["intermediate", "target"])
def test_the_compute_statement_says_what_each_phase_took(phase):
    found = fake_records.grid(("none", "mnli"), LANGUAGES)
    own = sum(r["seconds"] for r in found if r["phase"] == phase)
    said = costs.compute(results.of(found))
    assert f"{wording.duration(own)} of {costs.PHASES[phase]}" in said
