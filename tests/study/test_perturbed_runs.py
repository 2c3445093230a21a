"""One fine-tuned model scored on perturbed input: runs, kept models, records."""

from __future__ import annotations

import copy

import pytest
import torch

from xitt.errors import UserError
from xitt.study import finetuning, grid, phases, profiles, records
from xitt.study.perturbing import scoring, tuned_models, variants
from xitt.study.run import Run
from xitt.tasks import registry

SMALL = {
    "settings": ["none", "none+noised", "none+switched"],
    "targets": ["xnli", "udpos", "xquad"],
    "strengths": {"keyboard": [0.1], "romanised": [0.5], "spacing": [0.2]},
    "switching": {"rates": [0.5], "into": ["de", "zh"]},
    "training": {"noise": ["keyboard", "characters"], "strength": 0.1},
    "max_test": 8,
}


@pytest.fixture
def asked(study):
    """The small study, asked for perturbed input, its models kept."""
    return {**study, "perturbed": copy.deepcopy(SMALL), "keep_models": True}


# ------------------------------------------------------------------------------ grid


def test_what_is_asked_beside_a_study_changes_no_key_of_it(asked, study):
    before = [run.key for run in grid.runs({**study, "perturbed": SMALL})]
    plain = {k: v for k, v in study.items() if k not in ("perturbed", "keep_models")}
    alone = [run.key for run in grid.runs(plain)]
    assert before[: len(alone)] == alone
    more = grid.runs(asked)[len(alone) :]
    assert {run.phase for run in more} == {"perturbed"}
    assert len(more) == 3 * 3 and len({run.key for run in more}) == 9


def test_a_perturbed_run_is_named_by_its_parameters_and_its_target_run(asked):
    run = grid.perturbed(asked, "none", "xnli", 13)
    assert run.parent.key == grid.target(asked, "none", "xnli", 13).key
    stronger = copy.deepcopy(asked)
    stronger["perturbed"]["strengths"]["keyboard"] = [0.2]
    assert grid.perturbed(stronger, "none", "xnli", 13).key != run.key
    assert grid.perturbed(asked, "none+noised", "xnli", 13).key != run.key


def test_perturbed_input_may_be_of_some_seeds_alone(asked):
    asked = {**asked, "seeds": [13, 21]}
    asked["perturbed"]["seeds"] = [21]
    more = [run for run in grid.runs(asked) if run.phase == "perturbed"]
    assert len(more) == 9 and {run.seed for run in more} == {21}
    for seed, kept in ((13, 0), (21, 1)):
        assert len(grid.awaited(grid.target(asked, "none", "xnli", seed))) == kept


def test_a_done_target_is_not_made_again_for_perturbed_input(asked, monkeypatch):
    done = {run.key for run in grid.runs(asked) if run.phase == "target"}
    monkeypatch.setattr(Run, "done", property(lambda run: run.key in done))
    assert {run.phase for run in grid.missing(asked)} <= {"intermediate", "perturbed"}
    needed = [r for r in grid.missing(asked) if r.setting in ("none", "mnli")]
    assert not [run for run in needed if run.phase == "target"]


def test_a_profile_that_extends_another_is_not_asked_for_perturbed_input_again():
    assert "perturbed" in profiles.load("small")
    assert "perturbed" not in profiles.load("curves-500")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"strengths": {"keyboard": [1.5]}}, "1.5"),
        ({"strengths": {"keybord": [0.1]}}, "keyboard"),
        ({"settings": ["none+noise"]}, "noise"),
        ({"targets": ["tatoeba"]}, "tatoeba"),
        ({"seeds": [7]}, "7"),
        ({"settings": ["none+noised"], "training": None}, "training"),
        ({"settings": ["none+switched"], "switching": None}, "switching"),
        ({"switching": {"rates": [0.5], "into": ["xx"]}}, "xx"),
    ],
)
def test_a_block_that_cannot_be_run_is_refused_in_one_line(change, said):
    profile = profiles.load("demo")
    block = {k: v for k, v in {**SMALL, **change}.items() if v is not None}
    with pytest.raises(UserError, match=said) as caught:
        profiles.check({**profile, "perturbed": block}, "demo")
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------------------- the model


def test_a_kept_model_is_the_trained_one_to_the_bit_and_goes_when_it_was_scored(asked):
    asked["perturbed"]["settings"] = ["none"]
    asked["perturbed"]["targets"] = ["xnli"]
    run = grid.perturbed(asked, "none", "xnli", 13)
    phases.transfer(run.parent)
    fitted = finetuning.last(run.parent)
    model, head, _ = tuned_models.load(run.parent)
    for ours, theirs in ((model, fitted.model), (head, fitted.head)):
        kept, trained = ours.state_dict(), theirs.state_dict()
        assert kept.keys() == trained.keys()
        assert all(torch.equal(kept[name], trained[name].cpu()) for name in kept)
    finetuning.forget()
    record = scoring.perturb(run)
    assert record["model"] == "kept"
    assert not run.parent.tuned.exists()


def test_a_model_trained_again_scores_as_the_kept_one(asked):
    asked["perturbed"]["settings"] = ["none"]
    asked["perturbed"]["targets"] = ["xquad"]
    run = grid.perturbed(asked, "none", "xquad", 17)
    phases.transfer(run.parent)
    finetuning.forget()
    kept = scoring.perturb(run)
    run.record.unlink()
    again = scoring.perturb(run)
    assert again["model"] == "trained again, with the recorded losses"
    assert again["metrics"] == kept["metrics"]


def test_only_rows_that_moved_are_kept():
    before = {"table": torch.zeros(10, 4), "bias": torch.zeros(3)}
    before["same"] = torch.ones(2)
    after = {name: tensor.clone() for name, tensor in before.items()}
    after["table"][7] = 1.0
    after["bias"][0] = 2.0
    moved = tuned_models.difference(before, after)
    assert set(moved) == {"rows/table", "values/table", "whole/bias"}
    assert moved["rows/table"].tolist() == [7]
    found = tuned_models.restored(before, moved)
    assert all(torch.equal(found[name], after[name]) for name in after)


# ------------------------------------------------------------------------ the scores


@pytest.mark.parametrize("target", ["xnli", "udpos", "xquad"])
def test_every_variant_is_scored_beside_its_clean_rows(asked, target):
    run = grid.perturbed(asked, "none", target, 13)
    record = scoring.perturb(run)
    assert records.read(run.record) == record
    kind = registry.get(target).kind
    wanted = {"keyboard@0.1", "romanised@0.5", "switched@0.5", "english-switched@0.5"}
    wanted |= {"spacing@0.2"} if kind != "tagging" else set()
    wanted |= {"two-languages"} if kind != "tagging" else set()
    there = {name for name, langs in record["perturbed"].items() if langs}
    assert there == wanted
    assert set(record["metrics"]["clean"]) == {"en", "de", "zh"}
    draws = {
        len(scores["replicates"])
        for langs in record["metrics"].values()
        for scores in langs.values()
    }
    assert draws == {asked["evaluation"]["draws"]}


def test_what_changes_nothing_costs_nothing(asked):
    """Latin letters in Latin letters: score and resamples are the clean ones."""
    record = scoring.perturb(grid.perturbed(asked, "none", "xnli", 13))
    facts = record["perturbed"]["romanised@0.5"]["de"]
    assert (facts["changed"], facts["lost"], facts["won"]) == (0, 0, 0)
    assert record["metrics"]["romanised@0.5"]["de"] == record["metrics"]["clean"]["de"]


def test_flips_add_up_to_the_difference_of_scores(asked):
    record = scoring.perturb(grid.perturbed(asked, "none", "xnli", 13))
    compared = 0
    for name, langs in record["perturbed"].items():
        clean = record["metrics"].get(f"{name}:clean", record["metrics"]["clean"])
        for lang, facts in langs.items():
            before = clean[lang]["accuracy"]
            after = record["metrics"][name][lang]["accuracy"]
            expected = 100 * (facts["won"] - facts["lost"]) / facts["n"]
            assert after - before == pytest.approx(expected, abs=1e-3)
            compared += 1
    assert compared > 10


def test_rows_are_perturbed_alike_for_every_setting_and_seed(asked):
    one, other = (grid.perturbed(asked, "none", "xnli", seed) for seed in (13, 42))
    for ours, theirs in zip(variants.of(one), variants.of(other), strict=True):
        assert ours.name == theirs.name
        for lang, rows in ours.rows.items():
            assert rows.to_list() == theirs.rows[lang].to_list()


def test_words_in_english_are_compared_with_english(asked):
    record = scoring.perturb(grid.perturbed(asked, "none", "xnli", 13))
    english = record["metrics"]["clean"]["en"]
    own = record["metrics"]["english-switched@0.5:clean"]
    assert set(own) == {"de", "zh", "en"}
    assert all(scores == english for scores in own.values())


@pytest.mark.parametrize("setting", ["none+noised", "none+switched"])
def test_a_baseline_is_fine_tuned_on_as_many_examples(asked, setting):
    run = grid.perturbed(asked, setting, "xnli", 13)
    assert run.starts_from is None
    record = scoring.perturb(run)
    assert record["model"] == "trained"
    assert record["setting"] == setting
    phases.transfer(run.parent)
    plain = records.read(run.parent.record)
    assert record["data"]["n_train"] == plain["data"]["n_train"] > 0
