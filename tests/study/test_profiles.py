"""A profile is data that is checked before anything starts."""

from __future__ import annotations

import pytest
import yaml

from xitt import paths
from xitt.errors import UserError
from xitt.study import profiles


@pytest.fixture
def demo():
    return yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_passes_its_own_check(name):
    assert profiles.load(name)["name"] == name


def test_four_scales_are_there():
    assert profiles.names() == ["base", "demo", "paper", "small"]


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


def test_a_missing_key_is_named(demo):
    del demo["encoder"]
    with pytest.raises(UserError, match="the profile lacks the key 'encoder'"):
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
