"""Runs as loggers take them: by the libraries where they are, else by stand-ins."""

from __future__ import annotations

import json
import sqlite3
import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

import pytest
import torch

from xitt import __main__, paths
from xitt.errors import UserError
from xitt.running.exports import loggers
from xitt.study import grid, profiles, records

LOSSES = [[3, 1.5], [6, 0.75]]
SCORES = {"accuracy": 50.0, "n": 8, "replicates": [1.0], "protocol": "x"}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Two targets: one is recorded, one is being trained."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    study = grid.select(profiles.load("demo"), "none", "xnli,udpos", "13")
    del study["perturbed"]
    done, begun = grid.runs(study)
    records.write(done.record, {
        **{"key": done.key, "protocol": 1, "phase": "target", "profile": "demo"},
        **{"demo": True, "setting": "none", "target": "xnli", "seed": 13},
        **{"params": done.params, "encoder": {"id": "e5"}, "data": {}, "seconds": 2.0},
        **{"headline": "accuracy", "training": {"loss": LOSSES}},
        "metrics": {"test": {"de": SCORES}},
    })  # fmt: skip
    folder = begun.folder / "checkpoint"
    folder.mkdir(parents=True)
    torch.save({"progress": {"losses": [2.0, 1.0]}}, folder / "checkpoint.pt")
    return study


def test_a_record_and_a_checkpoint_are_told_alike(study):
    done, begun = loggers.runs(study)
    assert done.losses == [(3, 1.5), (6, 0.75)]
    assert done.scores == {"test/de/accuracy": 50.0, "test/de/n": 8.0}
    assert done.about["params"]["target"] == "xnli"
    assert done.last == 6
    assert begun.losses == [(1, 2.0), (2, 1.0)]
    assert begun.scores == {}


class Recorder(ModuleType):
    """Stands for a logger: keeps what it is called with."""

    def __init__(self, name: str):
        super().__init__(name)
        self.begun, self.logged = [], []
        self.Settings = SimpleNamespace

    def init(self, **options):
        self.begun.append(options)
        return self

    def log(self, values, step):
        self.logged.append((step, values))

    def finish(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


@pytest.mark.parametrize("to", ["wandb", "trackio"])
def test_losses_come_step_by_step_and_scores_with_the_last(study, monkeypatch, to):
    monkeypatch.setenv("TRACKIO_DIR", "")
    monkeypatch.setitem(sys.modules, to, stand_in := Recorder(to))
    folder, count = loggers.export(study, to)
    assert count == 2
    assert folder == paths.RUNS / "demo" / "export" / f"demo.{to}"
    done, begun = grid.runs(study)
    assert [each["name"] for each in stand_in.begun] == [done.stem, begun.stem]
    assert stand_in.begun[0]["config"]["params"] == done.params
    last = {"training/loss": 0.75, "test/de/accuracy": 50.0, "test/de/n": 8.0}
    assert stand_in.logged[:2] == [(3, {"training/loss": 1.5}), (6, last)]
    assert stand_in.logged[2:] == [
        (1, {"training/loss": 2.0}), (2, {"training/loss": 1.0}),
    ]  # fmt: skip


def test_an_export_replaces_its_own_and_nothing_else(study, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", Recorder("wandb"))
    folder, _ = loggers.export(study, "wandb", str(tmp_path / "out"))
    (folder / "old").touch()
    loggers.export(study, "wandb", str(tmp_path / "out"))
    assert [path.name for path in folder.iterdir()] == [loggers.MARK]
    (folder / loggers.MARK).unlink()
    with pytest.raises(UserError, match="is none that an export made; name another"):
        loggers.export(study, "wandb", str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("to", "missing"),
    [("tensorboard", "torch.utils.tensorboard"), ("wandb",) * 2, ("trackio",) * 2],
)
def test_a_logger_that_is_not_installed_is_one_line_with_the_extra(
    study, monkeypatch, capsys, to, missing
):
    monkeypatch.setenv("TRACKIO_DIR", "")
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr(profiles, "load", lambda name: study)
    assert __main__.main(["export", "--profile", "demo", "--to", to]) == 2
    said = capsys.readouterr().err
    wanted = f"xitt: {to} is not installed; pip install -e '.[loggers]' brings it\n"
    assert said == wanted
    assert not (paths.RUNS / "demo" / "export" / f"demo.{to}").exists()


def test_what_there_is_nothing_of_is_said(study):
    with pytest.raises(UserError, match="unknown logger 'wanb'; did you mean 'wandb'"):
        loggers.export(study, "wanb")
    nothing = grid.select(study, "none", "panx", "13")
    with pytest.raises(UserError, match="has no record; run `make runs` first"):
        loggers.export(nothing, "wandb")


# --------------------------------------------------------------------- real libraries


def test_tensorboard_reads_what_was_written(study):
    pytest.importorskip("tensorboard", reason="needs the extra 'loggers'")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder, _ = loggers.export(study, "tensorboard")
    read = EventAccumulator(str(folder / grid.runs(study)[0].stem)).Reload()
    losses = [(each.step, each.value) for each in read.Scalars("training/loss")]
    assert losses == [(3, 1.5), (6, 0.75)]
    ((step, score),) = ((x.step, x.value) for x in read.Scalars("test/de/accuracy"))
    assert (step, score) == (6, 50.0)


def test_weights_and_biases_keep_offline_runs_under_our_keys(study, monkeypatch):
    pytest.importorskip("wandb", reason="needs the extra 'loggers'")
    folder, _ = loggers.export(study, "wandb")
    left = {path.name for path in folder.rglob("*.wandb")}
    assert left == {f"run-{run.key}.wandb" for run in grid.runs(study)}


def test_trackio_keeps_a_project_in_the_folder(study, monkeypatch):
    if find_spec("trackio") is None:  # not imported before it has its folder
        pytest.skip("needs the extra 'loggers'")
    monkeypatch.setenv("TRACKIO_DIR", "")
    folder, _ = loggers.export(study, "trackio")
    with sqlite3.connect(folder / "xitt-demo.db") as base:
        found = base.execute("select run_name, step, metrics from metrics").fetchall()
    done, _ = grid.runs(study)
    mine = {step: json.loads(text) for name, step, text in found if name == done.stem}
    assert mine[3] == {"training/loss": 1.5}
    assert mine[6]["test/de/accuracy"] == 50.0


def test_a_run_knows_nothing_of_loggers():
    """Only the verb imports them, and it only reads."""
    package = paths.PACKAGE / "xitt"
    naming = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "exports import loggers" in path.read_text(encoding="utf-8")
    }
    assert naming == {"running/commands.py"}
