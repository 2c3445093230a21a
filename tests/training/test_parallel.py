"""Two processes train as one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).with_name("parallel_run.py")
TESTS = Path(__file__).parent.parent
PATHS = os.pathsep.join(map(str, [TESTS, TESTS.parent]))


def test_two_processes_have_the_loss_curve_and_the_weights_of_one(tmp_path):
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    launch += ["--nproc_per_node", "2"]
    found = []
    for name, start in (("one", [sys.executable]), ("two", launch)):
        path = tmp_path / f"{name}.json"
        done = subprocess.run(
            [*start, str(SCRIPT), str(path)], capture_output=True, text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": PATHS},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        found.append(json.loads(path.read_text()))
    one, two = found
    assert (one["processes"], two["processes"]) == (1, 2)
    assert len(one["losses"]) == 16  # two epochs of 50 items in steps of 7
    np.testing.assert_allclose(two["losses"], one["losses"], rtol=1e-4)
    np.testing.assert_allclose(two["weights"], one["weights"], rtol=1e-3, atol=1e-3)
    assert one["losses"][-1] < one["losses"][0]
