"""Keys follow what decides a result, and the grid asks only for what is missing."""

from __future__ import annotations

import copy
from collections import Counter

import pytest
import tiny_mirror

from xitt import paths
from xitt.errors import UserError
from xitt.running.grids import workflow
from xitt.study import grid, previews, profiles, run_data
from xitt.tasks import registry


@pytest.fixture
def demo(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    return profiles.load("demo")


def record(run):
    run.record.parent.mkdir(parents=True, exist_ok=True)
    run.record.write_text("{}")
    if run.phase == "intermediate":
        run.encoder.mkdir(parents=True)


def keys(study):
    runs = [run for run in grid.runs(study) if run.phase != "perturbed"]
    return {(r.setting, r.target, r.seed): r.key for r in runs}


def changed(study, **change):
    """Which runs have another key once the profile is changed."""
    other = copy.deepcopy(study)
    for path, value in change.items():
        *folders, last = path.split("__")
        block = other
        for folder in folders:
            block = block.setdefault(folder, {})
        block[last] = value
    before, after = keys(study), keys(other)
    return {cell for cell in before if before[cell] != after[cell]}


def test_the_demo_grid_is_what_the_study_promises(demo):
    runs = grid.runs(demo)
    trained = [run.setting for run in runs if run.phase == "intermediate"]
    assert trained == ["mnli", "squad_v2", "hellaswag", "multi"]
    assert sum(run.phase == "target" for run in runs) == 5 * 9


def test_keys_are_the_same_in_the_next_process_and_differ_between_runs(demo):
    assert keys(demo) == keys(profiles.load("demo"))
    assert len(set(keys(demo).values())) == 49


def test_a_changed_recipe_of_one_target_touches_that_target_alone(demo):
    touched = changed(demo, tasks__udpos={"epochs": 9})
    assert {target for _, target, _ in touched} == {"udpos"}


def test_a_changed_intermediate_recipe_touches_what_builds_on_it(demo):
    touched = changed(demo, tasks__squad_v2={"lr": 0.5})
    assert {setting for setting, _, _ in touched} == {"squad_v2", "multi"}


def test_how_often_a_checkpoint_is_written_touches_nothing(demo):
    assert not changed(demo, training__checkpoint_seconds=1)


def test_computing_twice_to_keep_less_touches_nothing(demo):
    assert not changed(demo, training__gradient_checkpointing=True)


def test_words_about_a_study_touch_nothing(demo):
    assert not changed(demo, about="another sentence", targets_per_run=1)


def test_retrieval_does_not_depend_on_the_training_of_a_target(demo):
    touched = changed(demo, target__recipe__lr=0.5)
    assert not {"bucc", "tatoeba"} & {target for _, target, _ in touched}


def test_a_recorded_run_is_not_asked_for_again(demo):
    for run in grid.runs(demo):
        record(run)
    assert grid.missing(demo) == []
    assert workflow.Plan(demo).missing == {}


def test_a_missing_target_asks_for_its_encoder_where_that_is_gone(demo):
    for run in grid.runs(demo):
        record(run)
    lost = next(
        r for r in grid.runs(demo) if r.setting == "mnli" and r.target == "xnli"
    )
    lost.record.unlink()
    assert [run.key for run in grid.missing(demo)] == [lost.key]
    lost.parent.encoder.rmdir()
    assert [run.key for run in grid.missing(demo)] == [lost.parent.key, lost.key]


def test_names_of_executed_notebooks_do_not_depend_on_what_is_recorded(demo):
    before = set(workflow.Plan(demo).missing)
    for run in grid.runs(demo)[:20]:
        record(run)
    assert set(workflow.Plan(demo).missing) <= before


def test_a_selection_narrows_the_grid_and_keeps_the_keys(demo):
    some = grid.select(
        demo, intermediates="none, mnli", targets="xnli,tatoeba", seeds="13"
    )
    phases = Counter(run.phase for run in grid.runs(some))
    assert phases == {"intermediate": 1, "target": 2 * 2, "perturbed": 2}
    assert set(keys(some).items()) <= set(keys(demo).items())


def test_a_setting_has_one_key_however_its_suffixes_are_ordered(demo):
    one, other = (
        grid.target(demo, setting, "xnli", 13)
        for setting in ("mnli+mlm+translated", "mnli+translated+mlm")
    )
    assert (one.key, one.stem) == (other.key, other.stem)
    assert one.parent.key == other.parent.key
    (wide,) = {
        run.key
        for text in ("mnli+translated+mlm", "[ mnli+mlm+translated ]")
        for run in grid.runs(grid.select(demo, text, "xnli"))
        if run.target
    }
    assert wide == one.key


@pytest.mark.parametrize(
    "typed", ["xnli,udpos", " xnli , udpos", "['xnli', \"udpos\"]"]
)
def test_a_list_may_be_typed_in_several_ways(demo, typed):
    assert grid.select(demo, targets=typed)["targets"] == ["xnli", "udpos"]
    assert grid.select(demo, seeds="[1, 2]")["seeds"] == [1, 2]


@pytest.mark.parametrize(
    ("narrowed", "message"),
    [
        ({"targets": "5"}, "unknown task '5'"),
        ({"seeds": "13,13"}, "seeds has 13 twice"),
        ({"seeds": "-1"}, "seeds.0 must be bigger than or equal to 0, not -1"),
        ({"intermediates": "mnly"}, "did you mean 'mnli'"),
        ({"targets": "xnlo"}, "did you mean 'xnli'"),
        ({"seeds": "one"}, "seeds are whole numbers, not 'one'"),
    ],
)
def test_a_selection_of_unknown_names_is_refused(demo, narrowed, message):
    with pytest.raises(UserError, match=message):
        grid.select(demo, **narrowed)


@pytest.fixture
def base(tmp_path, monkeypatch):
    """The profile `base` on a machine where nothing was brought."""
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "IMPORTED", tmp_path / "imported")
    return profiles.load("base")


def test_a_study_without_data_that_people_bring_runs_everything_else(base):
    absent = grid.left_out(base)
    assert list(absent) == ["ccg_pmb", "multi", "multi+mlm", "bucc"]
    assert "make import TASK=ccg_pmb FROM=folder" in absent["multi"]
    runs = grid.runs(base)
    assert not {run.setting for run in runs} & set(absent)
    assert {run.target for run in runs if run.target} == {*base["targets"]} - {"bucc"}
    assert not {"ccg_pmb", "bucc"} & grid.tasks_of(base)
    left = previews.left_out(base)
    assert list(left["left out"]) == list(absent)


def test_what_is_brought_is_run_and_changes_no_other_key(base):
    before = keys(base)
    for split in ("train", "validation"):
        rows = [{"id": "1", "tokens": ["Hi"], "supertags": ["s"]}]
        tiny_mirror.write(paths.IMPORTED, f"local/pmb4_ccg/en/{split}", rows)
    assert list(grid.left_out(base)) == ["bucc"]
    assert set(before.items()) < set(keys(base).items())


def test_a_study_of_nothing_but_data_to_be_brought_says_so(base):
    for narrowed in ({"targets": "bucc"}, {"intermediates": "ccg_pmb,multi"}):
        with pytest.raises(UserError, match=r"nothing to run without .*make import"):
            grid.runs(grid.select(base, **narrowed))


def test_a_target_that_is_left_out_stops_no_run_of_some_languages(base):
    run_data.prepare({**base, "languages": ["en", "de"]})
    tatoeba_alone = grid.select({**base, "languages": ["en"]}, targets="tatoeba")
    with pytest.raises(UserError, match="tatoeba: no test data in the languages"):
        run_data.prepare(tatoeba_alone)


def test_text_of_the_hub_for_masked_language_modelling_is_multilingual(base):
    run = grid.intermediate(base, "mnli+mlm", 13)
    assert run_data._wanted("all", "wikipedia_text", run) == list(
        registry.get("wikipedia_text").languages
    )


def test_an_intermediate_task_is_no_target(demo):
    with pytest.raises(UserError, match="unknown target 'mnli'"):
        grid.target(demo, "none", "mnli", 13)


def test_a_group_of_targets_waits_for_its_own_encoder(demo):
    plan = workflow.Plan(demo)
    for name, group in plan.missing.items():
        if group[0].phase == "target" and group[0].parent:
            (parent,) = plan.parents(name)
            assert f"20-train-intermediate.{group[0].setting}." in parent
            assert "targets=" in plan.arguments(name)


def test_perturbed_input_waits_for_the_fine_tuning_that_keeps_its_models(demo):
    plan = workflow.Plan(demo)
    waits = {
        group[0].setting: [path.split("/")[-1] for path in plan.parents(name)]
        for name, group in plan.missing.items()
        if group[0].phase == "perturbed"
    }
    assert set(waits) == set(demo["perturbed"]["settings"])
    assert all(path.startswith("30-finetune-target.none.") for path in waits["none"])
    kinds = {path.split(".")[0] for path in waits["mnli"]}
    assert kinds == {"20-train-intermediate", "30-finetune-target"}


def test_runs_that_share_a_training_stay_in_one_notebook():
    study = profiles.load("demo")
    runs = [
        grid.target(study, "none", name, 13)
        for name in ("xnli", "udpos", "xquad", "panx", "mlqa", "bucc")
    ]
    names = [[run.target for run in group] for group in grid.groups(runs, 3)]
    assert names == [["xnli", "udpos"], ["xquad", "mlqa", "panx"], ["bucc"]]


def test_runs_that_read_their_data_otherwise_than_before_have_other_keys():
    study = profiles.load("demo")
    changed = {
        setting: set(grid.intermediate(study, setting, 13).params)
        & {"translated_rows", "long_text_before_choices"}
        for setting in ("mnli", "hellaswag", "cosmos_qa", "multi", "mnli+translated")
    }
    assert changed["mnli"] == changed["hellaswag"] == set()
    assert changed["cosmos_qa"] == changed["multi"] == {"long_text_before_choices"}
    assert changed["mnli+translated"] == {"translated_rows"}


def test_a_task_in_one_language_is_a_run_of_its_own_on_the_same_rows(
    tmp_path, monkeypatch
):
    questions = [
        {"idx": i, "question1": f"a{i}", "question2": f"b{i}", "label": i % 2}
        for i in range(60)
    ]
    for where in ("qqp", "qqp.translated.de", "qqp.translated.es"):
        for split in ("train", "validation"):
            tiny_mirror.write(tmp_path, f"nyu-mll/glue/{where}/{split}", questions)
    monkeypatch.setenv("XITT_MIRROR", str(tmp_path))
    study = {**profiles.load("small"), "source": "mirror"}
    study["tasks"] = {"qqp": {"max_train": 20}}
    runs = {s: grid.intermediate(study, s, 13) for s in ("qqp", "qqp@de", "qqp@es")}
    assert len({run.key for run in runs.values()}) == 3
    ids = []
    for setting, run in runs.items():
        ((lang, rows),) = run_data.of_intermediate(run)["qqp"].items()
        assert lang == (setting.partition("@")[2] or "en")
        ids.append(rows["id"])
    assert ids[0] == ids[1] == ids[2]
    with pytest.raises(UserError, match="no translated training data of qqp in"):
        run_data.of_intermediate(grid.intermediate(study, "qqp@sw", 13))


def test_of_other_seeds_than_those_that_are_perturbed_only_the_rest_is_run():
    study = profiles.load("small")
    assert study["perturbed"]["seeds"] == [13]
    both = grid.select(study, seeds="13,21")
    assert both["perturbed"]["seeds"] == [13]
    assert "perturbed" not in grid.select(study, seeds="21")
