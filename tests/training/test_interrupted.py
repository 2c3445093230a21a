from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import killed_run
import pytest
import tiny
import torch
from small_training import fit, make, same

from xitt.errors import UserError
from xitt.training import checkpoints, gradients, loop

pytestmark = pytest.mark.usefixtures("one_thread")


# --------------------------------------------------------------------------- resume


class Cut(Exception):
    """A crash between two steps."""


def cut_after(monkeypatch, n):
    """Crash before step n of a run, once."""
    whole, left = loop._step, [n]

    def step(run):
        if not left[0]:
            monkeypatch.setattr(loop, "_step", whole)
            raise Cut
        left[0] -= 1
        whole(run)

    monkeypatch.setattr(loop, "_step", step)


@pytest.mark.parametrize("at", [0, 1, 4, 9])
@pytest.mark.parametrize("embeddings", ["used", "all"])
def test_a_run_cut_anywhere_ends_with_the_bits_of_a_whole_one(
    tmp_path, monkeypatch, at, embeddings
):
    want, whole = fit(embeddings=embeddings)
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9, "embeddings": embeddings}
    cut_after(monkeypatch, at)
    with pytest.raises(Cut):
        fit(**options)
    assert (tmp_path / checkpoints.NAME).exists() == (at > 0)
    got, result = fit(**options)
    assert same(got, want)
    for name in ("steps", "examples", "tokens", "padding_efficiency", "loss"):
        assert result.log[name] == whole.log[name]


def test_steps_after_the_last_checkpoint_are_done_again(tmp_path, monkeypatch):
    want, _ = fit()
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 3)
    with pytest.raises(Cut):
        fit(**options)
    monkeypatch.setattr(checkpoints, "save", lambda *a: None)
    cut_after(monkeypatch, 4)
    with pytest.raises(Cut):
        fit(**options)
    got, _ = fit(**options)
    assert same(got, want)


def test_a_run_killed_at_random_moments_ends_with_the_bits_of_a_whole_one(tmp_path):
    want = killed_run.train(None)
    moments = random.Random(0)
    seconds = [str(moments.uniform(0.05, 0.4)) for _ in range(6)]
    here = Path(__file__).parent
    paths = os.pathsep.join(map(str, [here.parent, here.parent.parent]))
    ended = subprocess.run(
        [sys.executable, str(here / "killed_run.py"), str(tmp_path), *seconds],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    assert ended.count(str(-signal.SIGKILL)) >= 2
    assert ended[-1] == "0"
    got = torch.load(tmp_path / "weights.pt")
    assert same(got["weights"], want["weights"])
    assert got["log"] == want["log"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_a_checkpoint_and_goes_on(
    tmp_path, monkeypatch, number
):
    want, _ = fit()
    whole, handler = gradients.gradients, signal.getsignal(number)

    def interrupt(run):
        if run.progress.step == 4:  # in the middle of a step
            os.kill(os.getpid(), number)
            if number == signal.SIGTERM:  # a cluster tells more than once
                os.kill(os.getpid(), number)
        return whole(run)

    monkeypatch.setattr(gradients, "gradients", interrupt)
    with pytest.raises(KeyboardInterrupt) as stopped:
        fit(folder=tmp_path)
    assert stopped.value.args == (number,)
    assert signal.getsignal(number) == handler
    monkeypatch.setattr(gradients, "gradients", whole)
    state = torch.load(tmp_path / checkpoints.NAME)
    assert state["progress"]["step"] == 5
    got, _ = fit(folder=tmp_path)
    assert same(got, want)


def test_a_disk_that_is_full_leaves_the_last_checkpoint_to_go_on_from(
    tmp_path, monkeypatch
):
    want, _ = fit()
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 3)
    with pytest.raises(Cut):
        fit(**options)

    def full(state, path):
        Path(path).write_bytes(b"half a file")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", full)
        with pytest.raises(UserError, match=r"disk full while writing .*free some"):
            fit(**options)
    assert [path.name for path in tmp_path.iterdir()] == [checkpoints.NAME]
    got, _ = fit(**options)
    assert same(got, want)


def test_a_clock_that_is_set_back_changes_nothing(tmp_path, monkeypatch):
    want, _ = fit()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    cut_after(monkeypatch, 3)
    with pytest.raises(Cut):
        fit(folder=tmp_path, checkpoint_seconds=1e-9)
    got, _ = fit(folder=tmp_path, checkpoint_seconds=1e-9)
    assert same(got, want)


def test_a_checkpoint_of_other_settings_data_or_weights_is_refused(
    tmp_path, monkeypatch
):
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 2)
    with pytest.raises(Cut):
        fit(**options)
    changed = [
        {"lr": 2e-3},
        {"seed": 4},
        {"data": {"task": make(seed=1)}},
        {"encoder": tiny.bert(seed=1, dropout=0.1)},
    ]
    for change in changed:
        with pytest.raises(UserError, match="belongs to a run with other settings"):
            fit(**options | change)


def test_an_unreadable_checkpoint_is_named(tmp_path):
    path = tmp_path / checkpoints.NAME
    path.write_bytes(b"half a file")
    with pytest.raises(UserError, match=r"cannot read checkpoint .*delete it"):
        fit(folder=tmp_path)


def test_what_a_kill_left_while_writing_is_swept_away(tmp_path):
    left = tmp_path / f".{checkpoints.NAME}.x7"
    left.write_bytes(b"half a file")
    fit(folder=tmp_path)
    assert not left.exists()
    checkpoints.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_took_long_keeps_its_last_step(tmp_path):
    want, _ = fit(folder=tmp_path, checkpoint_seconds=1e-9)
    state = torch.load(tmp_path / checkpoints.NAME)
    assert state["progress"]["step"] == 10
    got, _ = fit(folder=tmp_path, checkpoint_seconds=1e-9)
    assert same(got, want)
