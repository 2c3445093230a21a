"""Whole runs, from a profile to a record, on the pocket suite and a tiny encoder."""

from __future__ import annotations

import copy
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest
import tiny_study
from datasets import Dataset
from filelock import FileLock
from tiny_study import SMALL
from transformers import BertForMaskedLM

from xitt import files, paths
from xitt.errors import UserError
from xitt.models import encoders
from xitt.scoring import evaluation
from xitt.study import finetuning, grid, phases, records, rescoring
from xitt.tasks import registry
from xitt.tasks.settings import parse_setting
from xitt.training import loop


def languages(record):
    return set(record["metrics"]["test"])


# ------------------------------------------------------------------- every single run


@pytest.mark.parametrize("setting", [*registry.multi(), "multi"])
def test_every_intermediate_task_trains_and_is_validated(study, setting):
    record = phases.train_intermediate(grid.intermediate(study, setting, 13))
    names = parse_setting(setting).tasks
    assert set(record["metrics"]["validation"]) == set(names)
    for scores in record["metrics"]["validation"].values():
        assert 0 <= scores[scores["headline"]] <= 100
        assert scores["n"] > 0
    assert record["training"]["steps"] >= len(names)
    assert set(record["training"]["by_task"]) == set(names)


def test_multilingual_text_is_mixed_in_at_its_share(study):
    record = phases.train_intermediate(grid.intermediate(study, "mnli+mlm", 13))
    steps = {name: log["steps"] for name, log in record["training"]["by_task"].items()}
    assert steps["mlm"] == round(steps["mnli"] * 0.2 / 0.8)
    assert set(record["data"]["counts"]["pocket_text"]) > {"en", "de", "zh"}


def test_a_record_says_whether_the_masked_lm_head_was_pretrained(study, tmp_path):
    tiny_study.encoder(tmp_path)
    whole = BertForMaskedLM.from_pretrained(tmp_path)
    whole.save_pretrained(tmp_path, max_shard_size="50KB")
    (tmp_path / "model.safetensors").unlink()
    other = {**study, "encoder": str(tmp_path), "name": "with-head"}
    for each, setting, want in (
        (study, "mnli+mlm", "new"), (other, "mnli+mlm", "pretrained"),
        (other, "mnli", None),
    ):  # fmt: skip
        record = phases.train_intermediate(grid.intermediate(each, setting, 17))
        assert record.get("mlm_head") == want


def test_translated_data_is_in_the_profiles_languages_and_of_the_same_size(study):
    record = phases.train_intermediate(grid.intermediate(study, "mnli+translated", 13))
    counts = record["data"]["counts"]["mnli"]
    assert set(counts) == {"de", "ru", "zh"}
    assert sum(counts.values()) == SMALL["max_train"]


def test_the_rows_of_a_mixture_are_counted_as_it_draws_them(study):
    """A capped task walks on from epoch to epoch, so two epochs read twice the cap."""
    read = study["intermediate"]["multi_cap"]
    record = phases.train_intermediate(grid.intermediate(study, "multi", 13))
    counts = {name: langs["en"] for name, langs in record["data"]["counts"].items()}
    assert set(counts) == set(registry.multi())
    assert all(n <= read for n in counts.values())
    assert counts["mnli"] == read  # a pair is an item; a long context is several
    assert record["data"]["n_train"] == sum(counts.values())
    study["intermediate"]["recipe"]["epochs"] = 2
    record = phases.train_intermediate(grid.intermediate(study, "multi", 13))
    assert record["data"]["counts"]["mnli"]["en"] == 2 * read


def test_text_that_no_step_reads_is_not_counted(study):
    record = phases.train_intermediate(grid.intermediate(study, "mnli+mlm", 13))
    read = sum(record["data"]["counts"]["pocket_text"].values())
    assert read == record["training"]["by_task"]["mlm"]["steps"] * SMALL["batch"]


def test_a_task_without_translations_says_so(study):
    with pytest.raises(UserError, match="no translated training data of ccg_pmb"):
        phases.train_intermediate(grid.intermediate(study, "ccg_pmb+translated", 13))


@pytest.mark.parametrize("target", registry.names("target", suite="XTREME"))
def test_every_target_is_scored_in_every_language_of_the_profile(study, target):
    record = phases.transfer(grid.target(study, "none", target, 13))
    retrieval = target in ("bucc", "tatoeba")
    assert languages(record) == ({"de", "zh"} if retrieval else {"en", "de", "zh"})
    for scores in record["metrics"]["test"].values():
        assert scores["n"] >= 10
        assert len(scores["replicates"]) == study["evaluation"]["draws"]
    assert record["metrics"].get("validation"), "models are chosen on development data"
    if retrieval:
        assert len(record["layers"]["de"]) == 3  # layer 0, 1 and 2


@pytest.mark.parametrize("target", ["xnli", "xquad", "tatoeba", "bucc"])
def test_inputs_that_were_cut_are_counted_in_every_language(study, target):
    if target == "xnli":
        study["target"]["recipe"]["max_length"] = 40
    study["retrieval"]["max_length"] = 12
    record = phases.transfer(grid.target(study, "none", target, 13))
    cut = record["data"]["truncated"]
    assert set(cut["test"]) == languages(record)
    assert set(cut) == set(record["metrics"])
    assert cut["test"]["de"] > 0  # of XQuAD a question; contexts lose nothing


def test_inputs_of_validation_that_were_cut_are_counted(study):
    study["intermediate"]["recipe"]["max_length"] = 40
    record = phases.train_intermediate(grid.intermediate(study, "cosmos_qa", 13))
    assert record["data"]["truncated"]["validation"]["cosmos_qa"] > 0
    assert record["training"]["truncated"]["cosmos_qa"] > 0


@pytest.mark.parametrize("target", ["xnli", "udpos", "xquad", "tatoeba"])
def test_kept_predictions_give_the_scores_again(study, target):
    run = grid.target(study, "none", target, 13)
    before = phases.transfer(run)
    path = run.record
    path.write_text(path.read_text().replace('"se": ', '"se": 1'))
    again = rescoring.rescore(run)
    assert again == records.read(path)
    if target != "tatoeba":
        assert again["metrics"] == before["metrics"]
        english = before["metrics"]["test"]["en"]
        for name, value in rescoring.by_evaluate(run).items():
            assert round(value, 4) == english[name]
        (run.folder / "predictions.json").unlink()
        with pytest.raises(UserError, match="no record with predictions in"):
            rescoring.rescore(run)
        path.unlink()


def test_languages_of_a_parallel_test_are_resampled_alike(study):
    """A mean over copies of one language varies as that language does."""
    record = phases.transfer(grid.target(study, "none", "xnli", 13))
    scores = record["metrics"]["test"]
    assert scores["de"]["n"] == scores["zh"]["n"]
    task, labels = registry.get("xnli"), registry.get("xnli").labels
    rows = Dataset.from_dict({"label": [0, 1, 2, 0]})
    parts = {("test", lang): rows for lang in ("de", "zh")}
    guesses = {part: [0, 1, 1, 1] for part in parts}
    found = evaluation.summaries(task, labels, guesses, parts, draws=50)["test"]
    assert found["de"]["replicates"] == found["zh"]["replicates"]


def test_only_the_encoder_is_carried_over_to_the_target(study):
    """Any intermediate task's encoder takes any target's head."""
    phases.train_intermediate(grid.intermediate(study, "hellaswag", 13))
    record = phases.transfer(grid.target(study, "hellaswag", "udpos", 13))
    assert record["parent"] == grid.intermediate(study, "hellaswag", 13).key
    saved = os.listdir(grid.intermediate(study, "hellaswag", 13).encoder)
    assert not [name for name in saved if "head" in name]


def test_an_encoder_that_is_made_again_leaves_its_record_as_it_is(study, caplog):
    """What starts from it says whether it is the one that the record is of."""
    run = grid.target(study, "qqp", "tatoeba", 19)
    phases.train_intermediate(run.parent)
    for loss, told in (
        (None, "trained again, with the recorded losses"),
        (9.0, "trained again, with other losses than recorded"),
    ):
        record = records.read(run.parent.record)
        record["training"]["loss"][0][1] = loss or record["training"]["loss"][0][1]
        before = records.write(run.parent.record, record).read_bytes()
        shutil.rmtree(run.parent.encoder)
        assert phases.train_intermediate(run.parent) == record
        assert run.parent.record.read_bytes() == before
        assert phases.transfer(run)["starts_from"] == told
        assert bool(caplog.records) == (loss is not None)
        run.record.unlink()
    assert not list(run.parent.folder.glob("checkpoint/*"))


def test_a_target_without_its_encoder_says_what_to_run(study):
    with pytest.raises(UserError, match=r"run 20-train-intermediate with .*qqp"):
        study["seeds"] = [99]
        phases.transfer(grid.target(study, "qqp", "xnli", 99))


# ------------------------------------------------------------ records and their safety


def test_the_same_seed_gives_the_same_scores_and_another_seed_others(study, tmp_path):
    def loss(seed, where):
        other = {**study, "name": where}
        other["records"] = str(tmp_path / where)
        record = phases.transfer(grid.target(other, "none", "xnli", seed))
        return record["training"]["loss"], record["metrics"]

    assert loss(13, "a") == loss(13, "b")
    assert loss(13, "a")[0] != loss(14, "c")[0]


def test_a_recorded_run_is_read_and_not_repeated(study, monkeypatch):
    run = grid.target(study, "none", "tatoeba", 13)
    first = phases.transfer(run)
    monkeypatch.setattr(encoders, "load", None)
    assert phases.transfer(run) == json.loads(json.dumps(first))


def test_a_record_names_everything_that_made_it(study):
    record = phases.transfer(grid.target(study, "none", "udpos", 13))
    assert record["data"]["n_train"] == 32
    assert record["encoder"]["sha256"]
    assert record["params"]["recipe"]["lr"] == SMALL["lr"]
    assert record["versions"]["torch"].startswith("2.13.0")
    assert record["training"]["tokens"] > 0
    assert record["hardware"]["threads"] >= 1


@pytest.mark.parametrize("target", ["udpos", "tatoeba", None])
@pytest.mark.parametrize("given", ["fp32", "bf16"])
def test_a_record_says_what_the_automatic_precision_became(
    study, target, given, tmp_path, monkeypatch
):
    monkeypatch.setenv("XITT_PRECISION", given)
    study = copy.deepcopy(study)
    study["name"] = study["records"] = str(tmp_path / given)
    study["training"]["precision"] = "auto"
    if target:
        record = phases.transfer(grid.target(study, "none", target, 13))
    else:
        record = phases.train_intermediate(grid.intermediate(study, "mnli", 13))
    assert record["precision"] == given
    if record["training"]:
        assert record["training"]["precision"] == given


def test_predictions_are_kept_with_the_run(study):
    run = grid.target(study, "none", "udpos", 13)
    phases.transfer(run)
    kept = json.loads((run.folder / "predictions.json").read_text())
    assert len(kept["test/de"]) == 12
    tags = {tag for sentence in kept["test/de"] for tag in sentence}
    assert tags <= set(registry.get("udpos").labels)


def test_a_second_process_on_the_same_run_is_refused(study):
    run = grid.target(study, "none", "paws_x", 77)
    run.folder.mkdir(parents=True)
    with FileLock(run.folder / ".lock"), pytest.raises(UserError, match="at work in"):
        phases.transfer(run)
    assert not run.done


def test_a_full_disk_is_one_clear_line_and_leaves_no_record(study, monkeypatch):
    run = grid.target(study, "none", "tatoeba", 78)

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(UserError, match=r"disk full while writing .*make clean"):
        phases.transfer(run)
    monkeypatch.undo()
    assert not run.done
    assert not list(run.record.parent.glob(f"*{run.key}*"))


def test_a_layer_that_the_encoder_lacks_is_refused(study):
    study = copy.deepcopy(study)
    study["retrieval"]["layer"] = 7
    with pytest.raises(UserError, match=r"retrieval\.layer 7: .* has layers 0 to 2"):
        phases.transfer(grid.target(study, "none", "tatoeba", 13))


def test_a_killed_run_continues_and_ends_with_the_same_scores(study, home, encoder):
    """SIGKILL in the middle of training; the same call again ends bit for bit alike."""
    study = copy.deepcopy(study)
    study["target"]["recipe"] |= {"epochs": 6}
    study["training"]["checkpoint_seconds"] = 0.05
    whole = {**study, "name": "whole", "records": "whole"}
    killed = {**study, "name": "killed", "records": "killed"}
    script = textwrap.dedent(f"""
        import json, sys
        from pathlib import Path
        from xitt import paths
        from xitt.study import finetuning, grid, phases
        paths.ROOT = Path({str(home)!r})
        paths.RUNS, paths.POCKET = paths.ROOT / "runs", paths.ROOT / "pocket"
        study = json.loads({json.dumps(json.dumps(killed))})
        phases.transfer(grid.target(study, "none", "xnli", 13))
    """)
    environment = {**os.environ, "PYTHONPATH": str(paths.PROFILES.parent.parent)}
    run = grid.target(killed, "none", "xnli", 13)
    process = subprocess.Popen([sys.executable, "-c", script], env=environment)
    deadline = time.monotonic() + 120
    while not list(run.folder.glob("checkpoint/*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not run.done
    assert list(run.folder.glob("checkpoint/*"))
    continued = phases.transfer(run)
    uninterrupted = phases.transfer(grid.target(whole, "none", "xnli", 13))
    assert continued["metrics"] == uninterrupted["metrics"]
    assert continued["training"]["loss"] == uninterrupted["training"]["loss"]
    assert not list(run.folder.glob("checkpoint/*"))
    assert records.read(run.record)["key"] == run.key


def test_targets_that_share_a_training_are_trained_once(study, monkeypatch):
    runs = [
        grid.target(study, "none", name, 17) for name in ("xquad", "mlqa", "tydiqa")
    ]
    assert len({run.training_key for run in runs}) == 2
    assert not grid.target(study, "none", "bucc", 17).training_key
    alone = phases.transfer(runs[1])
    runs[1].record.unlink()
    finetuning.forget()
    trained, fit = [], loop.fit
    monkeypatch.setattr(
        loop, "fit", lambda *a, **k: trained.append(list(a[2])) or fit(*a, **k)
    )
    found = [phases.transfer(run) for run in runs]
    assert trained == [["xquad"], ["tydiqa"]]
    assert found[1]["metrics"] == alone["metrics"]
    assert found[0]["training_key"] == found[1]["training_key"]
