"""What another person's environment holds does not reach into our notebooks."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from xitt import paths
from xitt.errors import UserError
from xitt.running import kernels, notebooks
from xitt.running.grids import scheduling

NOTEBOOK = """
# %% tags=["parameters"]
seed = 13
# %%
import os, sys
import matplotlib.pyplot as plt
import numpy
plt.figure()
print("numpy", numpy.__version__, "by", sys.executable)
print("planted" if "PLANTED" in globals() or "PLANTED" in os.environ else "clean")
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a notebook that tells what it finds; returns what it printed."""
    (tmp_path / "90-look.py").write_text(NOTEBOOK)
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)

    def execute() -> str:
        output = tmp_path / "out" / "look.ipynb"
        notebooks.run("90-look", output, {})
        cells = json.loads(output.read_text())["cells"]
        outputs = [out for cell in cells for out in cell.get("outputs", [])]
        return "".join(line for out in outputs for line in out.get("text", []))

    return execute


def test_start_up_files_packages_kernels_and_displays_of_others_stay_out(
    run, tmp_path, monkeypatch
):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    foreign = {"argv": ["/bin/false", "{connection_file}"], "display_name": "x"}
    (spec / "kernel.json").write_text(json.dumps({**foreign, "language": "python"}))
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    for path in (startup / "00.py", tmp_path / "start.py"):
        path.write_text("PLANTED = 1")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "numpy.py").write_text("__version__ = '0.1'")
    for name, value in {
        "JUPYTER_PATH": "jupyter", "IPYTHONDIR": "ipython", "PYTHONSTARTUP": "start.py",
        "PYTHONPATH": "old", "MPLBACKEND": "no-such-backend",
        "JUPYTER_RUNTIME_DIR": "/proc/none",
    }.items():  # fmt: skip
        there = tmp_path / value
        monkeypatch.setenv(name, str(there) if there.exists() else value)
    said = run()
    assert f"by {sys.executable}" in said
    assert "numpy 0.1" not in said and "clean" in said


@pytest.mark.parametrize("length", [60, 90, 200])
def test_a_long_path_for_temporary_files_is_no_obstacle(
    run, length, tmp_path, monkeypatch
):
    folder = tmp_path / ("t" * max(1, length - len(str(tmp_path)) - 1))
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert "clean" in run()
    assert not list(folder.iterdir())


def test_no_short_folder_for_temporary_files_is_said_with_the_mend(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/" + "t" * 90)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(
        UserError, match=r"too long for the path of a socket .* set TMP"
    ):
        kernels._base()


def test_a_home_that_cannot_be_written_stops_nothing(run, tmp_path):
    environment = {**os.environ, "HOME": "/proc", "XITT_ROOT": str(tmp_path)}
    environment["XITT_DATA"] = str(tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "90-look.py").write_text(NOTEBOOK)
    words = ["notebook", "90-look", str(tmp_path / "o.ipynb")]
    done = subprocess.run(
        [sys.executable, "-m", "xitt", *words],
        cwd=paths.PACKAGE, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_profile_of_snakemakes_for_other_work_does_not_take_over(
    tmp_path, monkeypatch
):
    (tmp_path / "Snakefile").write_text("rule all:\n    shell: 'echo made'\n")
    config = tmp_path / "config" / "snakemake" / "default"
    config.mkdir(parents=True)
    (config / "config.yaml").write_text("executor: nowhere\njobs: 3\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SNAKEMAKE_PROFILE", "nowhere")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    call = scheduling._call(tmp_path, {}) + scheduling.where("local", 0)
    own = kernels.environment()
    with open(tmp_path / "log", "wb") as words, open(os.devnull) as lock:
        status = scheduling._ended(call, own, (words, words), lock.fileno(), int)
    assert status == 0, (tmp_path / "log").read_text()
