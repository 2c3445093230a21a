"""A profile is data that is checked before anything starts."""

from __future__ import annotations

import pytest
import yaml

from xitt import paths
from xitt.errors import UserError
from xitt.study import grid, profiles
from xitt.study.checks import consistency


@pytest.fixture
def demo():
    return yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_passes_its_own_check(name):
    assert profiles.load(name)["name"] == name


RATES = ("2.5e-5", "1e-4", "4e-4")


def test_the_scales_the_curves_and_the_sweep_are_there():
    scales = ["base", "demo", "paper", "small"]
    scales = ["demo-lm", "small-lm", *scales]
    curves = ["curves-2000", "curves-500", "curves-8000"]
    rates = ["paws-shorter", *(f"rates-{rate}" for rate in RATES)]
    assert profiles.names() == sorted(scales + curves + rates)


def test_an_unknown_profile_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match="unknown profile 'smal'; did you mean 'small'"):
        profiles.load("smal")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encodr": "x"}, "'encodr'; did you mean 'encoder'"),
        ({"seeds": ["13"]}, "seeds.0 must be integer, not '13'"),
        ({"targets": ["xnlo"]}, "unknown task 'xnlo'; did you mean 'xnli'"),
        ({"targets": ["mnli"]}, "'mnli' is not a target task"),
        ({"intermediates": ["mnly"]}, "'mnly'; did you mean 'mnli'"),
        ({"source": "disk"}, "source must be one of .*, not 'disk'"),
        ({"tasks": {"xnli": {"epoch": 2}}}, "'tasks.xnli.epoch'; did you mean"),
    ],
)
def test_a_wrong_profile_is_refused_with_key_and_mend(demo, change, message):
    with pytest.raises(UserError, match=message):
        profiles.check({**demo, **change}, "demo.yaml")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("seeds", [-1], "seeds.0 must be bigger than or equal to 0, not -1"),
        ("seeds", [2**64 - 1], "seeds.0 must be smaller than or equal to 4294967295"),
        ("seeds", [13, 13], "seeds has 13 twice; name it once"),
        ("seeds", [13.5], "seeds.0 must be integer, not 13.5"),
        ("repeat", {"settings": ["none"], "seeds": [13]}, "repeat.seeds has 13, which"),
        ("languages", ["en", "de", "chn"], "unknown language 'chn'; known: en, af"),
        ("languages", ["ger", "zho"], "unknown language 'ger'; did you mean 'de'"),
        ("languages", [False], r"languages must be all or a list .* not \[False\]"),
        ("languages", "en", "languages must be all or a list of codes .* not 'en'"),
        ("encoder", 5, "encoder must be string, not 5; put it into quotes"),
        ("intermediate.mlm.languages", ["xx"], "unknown language 'xx'"),
        ("intermediate.translated_languages", ["Russian"], "did you mean 'ru'"),
        ("intermediate.mlm.share", 1, "share must be smaller than 1, not 1"),
        ("intermediate.mlm.text", "xnli", "mlm.text 'xnli' is no text; known: "),
        ("training.warmup_share", 1.0, "warmup_share must be smaller than 1, not 1.0"),
        ("training.weight_decay", 0.1, "weight_decay 0.1 moves rows .* set .* to all"),
        ("training.clip", float("inf"), "clip must be a finite number, not inf"),
        ("training.adam_eps", float("nan"), "eps must be a finite number, not nan"),
        ("target.recipe.lr", "1e-4", "lr must be number, not '1e-4'; .* write 0.0001"),
        ("evaluation.draws", 1, "draws must be bigger than or equal to 2, not 1"),
        ("retrieval.max_mining", 1, "mining 1 leaves too few .* set it to 5 or more"),
        ("retrieval.max_pairs", 1, "max_pairs 1 leaves too few .* or to 0 for all"),
        ("tasks.tatoeba", {"max_test": 5},
         "tasks.tatoeba.max_test 5 cuts nothing: .* by retrieval.max_pairs; leave"),
        ("pocket.seed", -7, "pocket.seed must be bigger than or equal to 0, not -7"),
        ("records", "", "records must be longer than or equal to 1 char"),
        ("intermediates", ["mnli+mlm+translated", "mnli+translated+mlm"],
         r"setting 'mnli\+mlm\+translated' is there twice; name it once"),
    ],
)  # fmt: skip
def test_what_no_run_can_use_is_refused_before_anything_starts(
    demo, path, value, message
):
    *blocks, key = path.split(".")
    block = demo
    for name in blocks:
        block = block[name]
    block[key] = value
    with pytest.raises(UserError, match=message) as caught:
        profiles.check(demo, "demo.yaml")
    assert "\n" not in str(caught.value)


def test_what_means_the_same_is_kept_in_one_form(demo):
    demo["intermediates"] = ["none", " mnli + translated+mlm "]
    demo["seeds"] = [13.0]
    demo["evaluation"]["max_test"] = 32.0
    checked = profiles.check({"name": "x", **demo}, "demo.yaml")
    assert checked["intermediates"] == ["none", "mnli+mlm+translated"]
    assert [type(checked["seeds"][0]), type(checked["evaluation"]["max_test"])] == [
        int
    ] * 2
    assert type(checked["training"]["clip"]) is float
    assert checked["name"] == "x"


@pytest.mark.parametrize("name", ["2026-11-26", "no", "2024", "1e3", "a b & ü"])
def test_a_profile_may_be_called_anything(name, tmp_path, monkeypatch):
    text = (paths.PROFILES / "demo.yaml").read_text()
    (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.setattr(paths, "PROFILES", tmp_path)
    study = profiles.load(name)
    assert (study["name"], study["origin"]) == (name, name)


def test_a_missing_key_is_named(demo):
    del demo["encoder"]
    with pytest.raises(UserError, match="one model; name encoder or causal"):
        profiles.check(demo, "demo.yaml")


def test_text_that_is_no_yaml_is_refused_in_one_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("seeds: [1, 2\nencoder: x")
    with pytest.raises(UserError, match=r"mine\.yaml is not YAML") as caught:
        profiles.load(str(path))
    assert "\n" not in str(caught.value)


def test_a_tasks_recipe_overrides_the_phase_recipe(demo):
    demo["tasks"] = {"xnli": {"epochs": 7}}
    study = {"name": "demo", **demo}
    assert profiles.recipe(study, "target", "xnli")["epochs"] == 7
    assert profiles.recipe(study, "target", "udpos")["epochs"] != 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"repeat": {"settings": ["qqp"], "seeds": [17]}},
         "repeat.settings has 'qqp', which intermediates has not; add it there, or"),
        ({"perturbed": {"settings": ["none", "qqp+switched"]}},
         "perturbed.settings has 'qqp', which intermediates has not"),
        ({"perturbed": {"targets": ["xnli", "tydiqa"]}, "targets": ["xnli"]},
         "perturbed.targets has 'tydiqa', which targets has not"),
    ],
)  # fmt: skip
def test_a_study_that_names_what_its_grid_has_not_is_refused(
    demo, change, message, tmp_path
):
    block = {**demo["perturbed"], **change.get("perturbed", {})}
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**demo, **change, "perturbed": block}))
    with pytest.raises(UserError, match=message):
        profiles.load(str(path))


def test_a_command_that_selects_a_part_may_leave_out_what_the_study_names(demo):
    some = grid.select(profiles.load("demo"), intermediates="qqp", targets="udpos")
    assert {run.phase for run in grid.runs(some)} == {"intermediate", "target"}
    for chosen in (some, grid.select(profiles.load("demo"), "none", "xnli,udpos")):
        alone = consistency.of_its_grid(chosen)
        consistency.check_named(alone, "alone")
        keys = [[run.key for run in grid.runs(study)] for study in (chosen, alone)]
        assert keys[0] == keys[1]


# ---------------------------------------------------------------- one extends another


@pytest.fixture
def extending(tmp_path, monkeypatch):
    """Write profiles into a folder of their own, and load one by its name."""
    monkeypatch.setattr(paths, "PROFILES", tmp_path)

    def load(name, **files):
        for stem, value in files.items():
            (tmp_path / f"{stem}.yaml").write_text(yaml.safe_dump(value))
        return profiles.load(name)

    return load


def test_a_profile_says_what_it_has_differently(demo, extending):
    own = {"extends": "demo", "target": {"recipe": {"lr": 3e-4}}, "seeds": [7]}
    found = extending("other", demo=demo, other=own)
    assert found["target"]["recipe"] == {**demo["target"]["recipe"], "lr": 3e-4}
    assert found["seeds"] == [7]
    assert found["tasks"] == demo["tasks"]
    assert found["base_records"] == demo["records"]


def test_what_both_ask_for_is_one_run_in_one_place(demo, extending):
    own = {"extends": "demo", "runs": "demo", "records": "elsewhere"}
    own["tasks"] = {"xnli": {"lr": 3e-4}}
    files = {"demo": demo, "other": own, "third": {"extends": "other", "seeds": [13]}}
    base, third = extending("demo", **files), extending("third")
    trained = [grid.intermediate(study, "mnli", 13) for study in (base, third)]
    assert trained[0].key == trained[1].key
    assert trained[0].folder == trained[1].folder
    scored = [grid.target(study, "none", "xnli", 13) for study in (base, third)]
    assert scored[0].key != scored[1].key


def test_a_record_of_the_base_is_found(demo, extending, tmp_path):
    base_folder = tmp_path / "base"
    demo = {**demo, "records": str(base_folder)}
    own = {"extends": "demo", "records": str(tmp_path / "own")}
    study = extending("other", demo=demo, other=own)
    run = grid.target(study, "none", "udpos", 13)
    assert run.record.parent == tmp_path / "own"
    base_folder.mkdir()
    (base_folder / run.record.name).write_text("{}")
    assert run.record.parent == base_folder


def test_a_profile_that_extends_itself_is_refused(extending):
    files = {"one": {"extends": "two"}, "two": {"extends": "one"}}
    with pytest.raises(UserError, match=r"one.yaml extends itself"):
        extending("one", **files)


def test_one_that_extends_what_is_not_there_is_refused(demo, extending):
    with pytest.raises(UserError, match="unknown profile 'dem'; did you mean 'demo'"):
        extending("other", demo=demo, other={"extends": "dem"})


@pytest.mark.parametrize("rate", RATES)
def test_a_sweep_varies_the_learning_rate_alone(rate):
    """So that a difference in English is the rate's, and `none`'s alone."""
    swept, study = profiles.load(f"rates-{rate}"), profiles.load("small")
    runs = [run for run in grid.runs(swept) if run.phase == "target"]
    assert {run.setting for run in runs} == {"none"}
    for run in runs:
        used = grid.target(study, "none", run.target, run.seed).params["recipe"]
        assert run.params["recipe"] == {**used, "lr": float(rate)}
        assert used["lr"] in (float(rate) / 2, float(rate) * 2)
