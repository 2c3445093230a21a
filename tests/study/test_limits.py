"""What the encoder and the data allow is checked before anything trains."""

from __future__ import annotations

import pytest
import yaml
from transformers import XLMRobertaConfig

from xitt import __main__, paths
from xitt.errors import UserError
from xitt.models import encoders
from xitt.study import grid, phases, profiles, run_data
from xitt.study.checks import limits
from xitt.training import loop


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_is_within_its_encoder(name):
    limits.of_model(profiles.load(name))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "retrieval.layer",
            13,
            r"retrieval\.layer 13: encoder 'e5-small' has layers 0",
        ),
        ("retrieval.max_length", 1024, r"retrieval\.max_length 1024: .* takes 512 tok"),
        ("target.recipe.max_length", 513, r"target\.recipe\.max_length 513: .* 512"),
        (
            "intermediate.recipe.max_length",
            600,
            r"intermediate\.recipe\.max_length 600",
        ),
        ("tasks.xnli.max_length", 600, r"tasks\.xnli\.max_length 600"),
    ],
)
def test_what_the_encoder_does_not_have_is_refused(path, value, message):
    study = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    *blocks, key = path.split(".")
    block = study
    for name in blocks:
        block = block[name]
    block[key] = value
    with pytest.raises(UserError, match=message):
        limits.of_model(profiles.check({"name": "demo", **study}, "demo"))


def test_what_the_study_does_not_use_may_be_anything():
    study = profiles.load("demo")
    study["retrieval"] = {**study["retrieval"], "layer": 40, "max_length": 1024}
    study["intermediate"]["mlm"]["max_length"] = 1024
    limits.of_model({**study, "targets": ["xnli"]})
    study["intermediates"] = ["none+mlm"]
    with pytest.raises(UserError, match=r"intermediate\.mlm\.max_length 1024"):
        limits.of_model({**study, "targets": ["xnli"]})


def test_the_shape_of_a_folder_is_read_and_counts_on_from_the_padding(tmp_path):
    XLMRobertaConfig(max_position_embeddings=514).save_pretrained(tmp_path)
    assert encoders.shape(tmp_path) == encoders.Shape(12, 512)
    assert encoders.shape("FacebookAI/xlm-roberta-large") == encoders.Shape(24, 512)
    assert encoders.shape("nobody/knows") is None
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match="cannot load encoder"):
        encoders.shape(tmp_path)


@pytest.mark.parametrize("verb", ["grid", "plan", "run"])
def test_a_verb_that_trains_or_plans_asks_the_encoder_first(verb, tmp_path, capsys):
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    spec["retrieval"]["layer"] = 13
    path = tmp_path / "deep.yaml"
    path.write_text(yaml.safe_dump(spec))
    assert __main__.main([verb, "--profile", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("xitt: retrieval.layer 13") and said.count("\n") == 1


def test_no_intermediate_training_starts_in_vain(study, monkeypatch):
    monkeypatch.setattr(loop, "fit", lambda *a, **k: pytest.fail("it trained"))
    deep = {**study, "retrieval": {**study["retrieval"], "layer": 3}}
    with pytest.raises(UserError, match=r"retrieval\.layer 3"):
        phases.train_intermediate(grid.intermediate(deep, "mnli", 13))
    alone = {**study, "languages": ["en"], "targets": ["xnli", "tatoeba"]}
    with pytest.raises(UserError, match=r"tatoeba: no test data in the languages"):
        phases.train_intermediate(grid.intermediate(alone, "mnli", 13))
    with pytest.raises(UserError, match=r"tatoeba: no test data in the languages"):
        run_data.prepare(alone)
