"""Two processes train as one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from xitt.errors import UserError
from xitt.training import checkpoints, devices, loop, processes
from xitt.training.hyperparameters import Hyperparameters

SCRIPT = Path(__file__).with_name("parallel_run.py")
TESTS = Path(__file__).parent.parent
PATHS = os.pathsep.join(map(str, [TESTS, TESTS.parent]))
TWO = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
TWO += ["--nproc_per_node", "2"]
ONE_TASK = ["classification"]
MULTI = ["classification", "choice", "tagging", "span", "text"]


def trained(start: list[str], path: Path, kinds: list[str]) -> dict:
    started([*start, str(SCRIPT), str(path), *kinds])
    return json.loads(path.read_text())


def started(call: list[str]) -> None:
    done = subprocess.run(
        call, capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": PATHS},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("kinds", [ONE_TASK, MULTI], ids=["one task", "multi"])
def test_two_processes_have_the_loss_curve_and_the_weights_of_one(tmp_path, kinds):
    """With several tasks, the heads that a step does not read stand still in both."""
    one = trained([sys.executable], tmp_path / "one.json", kinds)
    two = trained(TWO, tmp_path / "two.json", kinds)
    assert (one["processes"], two["processes"]) == (1, 2)
    assert len(one["losses"]) >= 16  # two epochs of 50 items in steps of 7
    np.testing.assert_allclose(two["losses"], one["losses"], rtol=1e-3)
    assert one["weights"].keys() == two["weights"].keys()
    for name, weights in one["weights"].items():
        want = {"rtol": 1e-3, "atol": 1e-3, "err_msg": name}
        np.testing.assert_allclose(two["weights"][name], weights, **want)
    first, last = np.array_split(one["losses"], 8)[::7]
    assert last.mean() < first.mean()


def test_processes_stop_at_one_step_where_one_is_asked_to_and_go_on(tmp_path):
    """They end in the weights of two processes that nobody disturbed, to the bit."""
    whole = trained(TWO, tmp_path / "whole.json", MULTI)
    call = [*TWO, str(SCRIPT.with_name("stopped_ranks.py")), str(tmp_path)]
    started([*call, "5", *MULTI])
    assert [(tmp_path / f"stopped.{rank}").read_text() for rank in (0, 1)] == ["5", "5"]
    assert torch.load(tmp_path / checkpoints.NAME)["progress"]["step"] == 6
    assert not (tmp_path / "end.json").exists()
    started([*call, "-1", *MULTI])
    again = json.loads((tmp_path / "end.json").read_text())
    assert again["processes"] == 2
    assert again["weights"] == whole["weights"]
    assert again["losses"] == whole["losses"][6:]


def test_what_no_process_has_a_gradient_for_keeps_none(monkeypatch):
    """Zeros in its place would move it by Adam's momentum."""
    monkeypatch.setattr(processes, "size", lambda: 2)
    monkeypatch.setattr(processes.distributed, "all_reduce", lambda x: x.mul_(2))
    used, unused = (torch.nn.Parameter(torch.ones(2, 3)) for _ in range(2))
    used.grad = torch.full((2, 3), 1.5)
    processes.sum_gradients([unused, used])
    assert unused.grad is None
    assert torch.equal(used.grad, torch.full((2, 3), 3.0))


def test_what_only_another_process_has_a_gradient_for_takes_it(monkeypatch):
    monkeypatch.setattr(processes, "size", lambda: 2)
    monkeypatch.setattr(processes.distributed, "all_reduce", lambda x: x.add_(1))
    theirs = torch.nn.Parameter(torch.ones(4))
    processes.sum_gradients([theirs])
    assert torch.equal(theirs.grad, torch.ones(4))


def test_processes_that_measure_other_formats_train_in_one(monkeypatch):
    monkeypatch.setattr(devices, "precision", lambda setting, where: "bf16")
    settings = Hyperparameters(lr=1e-3, epochs=1, batch=8)
    assert loop._precision(settings, torch.device("cpu")) == "bf16"
    monkeypatch.setattr(processes, "anywhere", lambda flag, where: True)
    assert loop._precision(settings, torch.device("cpu")) == "fp32"


def test_a_number_of_processes_that_is_none_is_one_line(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "two")
    with pytest.raises(UserError, match="WORLD_SIZE is 'two' and must be a whole"):
        processes.start()
    monkeypatch.setenv("WORLD_SIZE", "")
    processes.start()
