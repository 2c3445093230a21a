"""Studies of causal language models: profiles, keys, and runs on the pocket suite."""

from __future__ import annotations

import copy

import pytest
import tiny
import tiny_decoder
import yaml

from xitt import paths
from xitt.errors import UserError
from xitt.models import adapters, causal
from xitt.study import finetuning, grid, phases, profiles, records, run_data
from xitt.tasks import registry, verbalisation

CODE = {"protocol": "completion", "samples": 1, "temperature": 0.0, "top_p": 1.0}
ASKED = {"protocols": ["corrected"], "code": CODE | {"max_new_tokens": 4}}
LORA = {"method": "lora", "rank": 4, "alpha": 8, "dropout": 0.1}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder with a tiny language model."""
    folder = tmp_path_factory.mktemp("lm")
    causal.save(
        tiny_decoder.causal(max_position_embeddings=700),
        tiny.tokenizer(),
        folder / "tiny",
    )
    return folder / "tiny"


@pytest.fixture
def lm(study, model):
    """The tiny study with a language model in the place of its encoder."""
    spec = {key: copy.deepcopy(value) for key, value in study.items()}
    for key in ("encoder", "perturbed", "keep_models"):
        spec.pop(key, None)
    spec |= {"causal": str(model), "tuning": LORA, "name": "lm", "asked": ASKED}
    spec["intermediates"] = ["none", "mnli", "mnli@de"]
    spec["targets"] = ["xnli", "paws_x", "humaneval_xl", "tatoeba"]
    spec["intermediate"]["recipe"] |= {"max_length": 600, "lr": 1e-2}
    spec["target"]["recipe"] |= {"max_length": 600}
    spec["target"]["tuned"] = ["xnli"]
    return {**profiles.check(spec, "lm"), "name": "lm"}


def changed(study, **change):
    """The runs that have another key with `change`."""
    before, after = grid.runs(study), grid.runs({**study, **change})
    return {(a.setting, a.target) for a, b in zip(before, after) if a.key != b.key}


# ------------------------------------------------------------------------ whole runs


@pytest.mark.parametrize("setting", [*registry.multi(), "multi", "mnli@de"])
def test_every_intermediate_task_trains_and_is_validated(lm, setting):
    record = phases.train_intermediate(grid.intermediate(lm, setting, 13))
    for name, scores in record["metrics"]["validation"].items():
        assert scores["answer_nll"] > 0
        assert scores["n"] > 0
        labelled = registry.get(name).kind in ("classification", "choice")
        assert ("replicates" in scores) == labelled
        assert scores["headline"] in scores
    assert record["trainable_parameters"] < 0.6 * record["encoder"]["parameters"]
    assert record["params"]["templates"].keys() == record["params"]["recipes"].keys()
    assert "encoder" not in record["params"]


def test_a_run_leaves_adapters_that_the_target_phase_starts_from(lm):
    run = grid.target(lm, "mnli", "xnli", 13)
    before = phases.train_intermediate(run.parent)
    assert adapters.base_of(run.parent.encoder) == lm["causal"]
    material = run_data.check(run)
    fitted = finetuning.finetuned(run, material)
    finetuning.forget()
    first = fitted.log["loss"][0][1]
    plain = finetuning.finetuned(grid.target(lm, "none", "xnli", 13), material)
    finetuning.forget()
    assert first < plain.log["loss"][0][1]  # it knows the task already
    assert before["training"]["by_task"]["mnli"]["loss"] < 5


@pytest.mark.parametrize("setting", ["none", "mnli"])
def test_a_target_is_asked_of_the_model_as_it_is(lm, setting):
    run = grid.target(lm, setting, "paws_x", 13)
    if run.parent:
        phases.train_intermediate(run.parent)
    record = phases.transfer(run)
    assert record["training"] is None
    assert record["metrics"].keys() == {"test"}  # nothing is chosen on development data
    assert set(record["metrics"]["test"]) >= {"en", "de", "zh"}
    for scores in record["metrics"]["test"].values():
        assert scores["chance"] == 50
        assert scores["protocol"].startswith("corrected@")
        assert len(scores["replicates"]) == lm["evaluation"]["draws"]
    assert "templates" in record["params"]["asked"]
    assert phases.transfer(run) == record


def test_a_target_may_be_tuned_on_in_english_first(lm):
    record = phases.transfer(grid.target(lm, "none", "xnli", 13))
    assert record["data"]["n_train"] == record["data"]["counts"]["train"]["en"] > 0
    assert record["training"]["steps"] > 0
    assert record["params"]["tuning"] == LORA


def test_the_same_problems_are_written_in_every_language(lm):
    record = phases.transfer(grid.target(lm, "none", "humaneval_xl", 13))
    scores = record["metrics"]["test"]
    assert record["headline"] == "pass@1"
    assert len({entry["n"] for entry in scores.values()}) == 1
    assert all(entry["loglikelihood_per_token"] < 0 for entry in scores.values())


def test_the_states_of_a_language_model_find_translations(lm):
    record = phases.transfer(grid.target(lm, "none", "tatoeba", 13))
    assert record["training"] is None
    assert all(len(curve) == 3 for curve in record["layers"].values())


def test_a_whole_model_is_tuned_and_kept(lm, model):
    full = {**lm, "tuning": {"method": "full"}}
    run = grid.intermediate(full, "qqp", 13)
    record = phases.train_intermediate(run)
    assert record["trainable_parameters"] == record["encoder"]["parameters"]
    trained, _ = causal.load(run.encoder)
    before, _ = causal.load(model)
    assert not trained.lm_head.weight.equal(before.lm_head.weight)


def test_a_second_call_reads_the_record(lm, monkeypatch):
    run = grid.intermediate(lm, "qqp", 17)
    one = phases.train_intermediate(run)
    monkeypatch.setattr(causal, "load", None)
    assert phases.train_intermediate(run) == one == records.read(run.record)


def test_a_language_without_templates_names_the_file(lm):
    with pytest.raises(UserError, match=r"templates/qqp\.yaml has no templates in Jap"):
        verbalisation.templates("qqp", "ja")
    with pytest.raises(UserError, match=r"no template says 'udpos'.*udpos\.yaml"):
        verbalisation.templates("udpos", "en")


# ------------------------------------------------------------------------------ keys


def test_keys_hold_the_model_its_tuning_and_its_templates(lm, monkeypatch):
    every = {(run.setting, run.target) for run in grid.runs(lm)}
    untrained = {("none", name) for name in ("paws_x", "humaneval_xl")}
    assert changed(lm, tuning=LORA | {"rank": 8}) == every - untrained
    assert changed(lm, about="other words") == set()
    whole = verbalisation.templates

    def edited(task, lang):
        found = whole(task, lang)
        return found[1:] if (task, lang) == ("mnli", "de") else found

    before = {run.stem: run.training_key for run in grid.runs(lm) if run.target}
    monkeypatch.setattr(verbalisation, "templates", edited)
    after = {run.stem: run.training_key for run in grid.runs(lm) if run.target}
    moved = {stem.split(".")[1] for stem in before.keys() ^ after.keys()}
    assert moved == {"mnli@de"}


def test_an_encoder_run_has_no_trace_of_language_models(study):
    for run in grid.runs(study):
        assert not {"causal", "tuning", "templates"} & run.params.keys()
        model = run.parent if run.phase == "perturbed" else run
        assert model.params["encoder"].startswith("sha256:")


# -------------------------------------------------------------------------- profiles


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encoder": "e5-small"}, "a study has one model; name encoder or causal"),
        ({"causal": None}, "a study has one model"),
        ({"tuning": None}, "causal needs the key 'tuning'"),
        ({"causal": None, "encoder": "x"}, "trained whole; leave out 'tuning'"),
        ({"tuning": {"method": "lora"}}, "tuning.method lora needs tuning.alpha"),
        ({"tuning": {"method": "full", "rank": 4}}, "tuning.rank is of adapters"),
        ({"tuning": LORA | {"rank": 0}}, "tuning.rank must be bigger than"),
        ({"tuning": LORA | {"method": "ia3"}}, "tuning.method must be one of"),
        ({"tuning": LORA | {"alhpa": 8}}, "'tuning.alhpa'; did you mean"),
        ({"intermediates": ["mnli+mlm"]}, "'mnli+mlm' masks words"),
        ({"asked": None}, "causal needs the key 'asked'"),
        ({"targets": ["xquad"]}, "the target xquad is none that is asked in words"),
    ],
)
def test_what_does_not_go_together_is_refused(change, message):
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    del spec["encoder"]
    spec |= {"causal": "smollm2-135m", "tuning": LORA, "asked": ASKED}
    spec |= {"targets": ["xnli", "tatoeba"], **change}
    spec = {key: value for key, value in spec.items() if value is not None}
    with pytest.raises(UserError, match=message.replace("+", r"\+")):
        profiles.check(spec, "lm.yaml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"targets": ["humaneval_xl"]}, "none that has a head to train"),
        ({"targets": ["mgsm"]}, "none that has a head to train"),
        ({"asked": ASKED}, "an encoder is asked nothing"),
    ],
)
def test_an_encoder_is_not_asked_in_words(change, message):
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    with pytest.raises(UserError, match=message):
        profiles.check(spec | change, "demo.yaml")


def test_what_is_tuned_on_must_be_a_target():
    spec = yaml.safe_load((paths.PROFILES / "small-lm.yaml").read_text())
    spec["target"]["tuned"] = ["xquad"]
    with pytest.raises(UserError, match=r"target\.tuned has 'xquad'"):
        profiles.check(spec, "small-lm.yaml")
