"""Whatever stops a grid or a notebook is said in one line and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from xitt import __main__, paths
from xitt.errors import UserError
from xitt.running import notebooks
from xitt.running.grids import scheduling, standing
from xitt.study import profiles

NOTEBOOK = """
# %% tags=["parameters"]
what = "sleep"
# %%
import os, signal, time
print("first cell")
# %%
if what == "sleep":
    open("asleep", "w").close()
    time.sleep(600)
if what == "exit":
    os._exit(3)
os.kill(os.getpid(), getattr(signal, what))
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project's folder with one notebook, and a folder for temporary files."""
    for name in ("notebooks/profiles", "tmp"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "notebooks" / "90-stop.py").write_text(NOTEBOOK)
    demo = (paths.PROFILES / "demo.yaml").read_text()
    (tmp_path / "notebooks" / "profiles" / "demo.yaml").write_text(demo)
    for name in ("NOTEBOOKS", "PROFILES", "RUNS"):
        there = tmp_path / getattr(paths, name).relative_to(paths.ROOT)
        monkeypatch.setattr(paths, name, there)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("SIGKILL", r"its process was killed \(SIGKILL\); .* memory runs out: lower"),
        ("SIGSEGV", r"its process was killed \(SIGSEGV\)$"),
        ("exit", "its process ended with status 3$"),
    ],
)
def test_a_kernel_that_dies_is_told_in_one_line_and_keeps_its_cells(
    project, what, line
):
    output = project / "runs" / "demo" / "notebooks" / "90-stop.x.ipynb"
    with pytest.raises(UserError, match=line) as caught:
        notebooks.run("90-stop", output, {"what": what})
    assert "\n" not in str(caught.value)
    (left,) = standing.stopped(output.parent)
    assert (left.state, left.why) == ("killed", str(caught.value))
    assert "first cell" in left.path.read_text()
    assert not list((project / "tmp").iterdir())


def test_a_kernel_that_never_starts_is_told_in_one_line(project, monkeypatch, capfd):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UserError, match="its kernel did not start, 3 times; what"):
        notebooks.run("90-stop", project / "o.ipynb", {})


def test_a_notebook_whose_runner_was_killed_shows_as_killed_unless_one_is_at_work(
    project,
):
    folder = project / "runs" / "demo" / "notebooks"
    folder.mkdir(parents=True)
    name = "30-finetune-target.mnli.13.abcd1234.running.ipynb"
    given = {"papermill": {"parameters": {"targets": "xnli,udpos"}}}
    (folder / name).write_text(json.dumps({"metadata": given}))
    states = {
        (each.run.setting, each.run.target): each.state
        for each in standing.of_runs(profiles.load("demo"))
        if each.run.phase == "target"
    }
    assert states["mnli", "xnli"] == states["mnli", "udpos"] == "killed"
    assert states["mnli", "panx"] == states["none", "xnli"] == "missing"
    with FileLock(folder.parent / ".lock"):
        assert standing.stopped(folder) == []


# ------------------------------------------------------------------------------- Slurm


def command(folder: Path, name: str, says: str, status: int) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {status}\n")
    path.chmod(0o755)


def test_slurm_is_asked_for_before_anything_waits(project, monkeypatch):
    study = profiles.load("demo")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="no 'sbatch' on this machine; run where"):
        scheduling.run(study, {}, on="slurm", jobs=0)
    command(project, "sbatch", "", 0)
    command(project, "sinfo", "sinfo: error: cannot contact controller", 1)
    monkeypatch.setenv("PATH", f"{project}:/bin")
    with pytest.raises(UserError, match=r"does not answer .*cannot contact controller"):
        scheduling.run(study, {}, on="slurm", jobs=0)


# --------------------------------------------------------------------------- Snakemake


@pytest.mark.parametrize(
    ("snakefile", "reason"),
    [
        ("rule all:\n    input: 'nowhere'\n",
         "MissingInputException in rule all .*: Missing input files .*nowhere"),
        ("rule all:\n    output: 'a'\n    shell: 'exit 3'\n",
         r"RuleException: CalledProcessError in file .* non-zero exit status 3"),
        ("from xitt.errors import UserError\nraise UserError('no such luck')\n",
         "UserError in file .*: no such luck"),
        ("rule all\n", "SyntaxError: Expected name or colon"),
    ],
)  # fmt: skip
def test_a_grid_that_stops_says_why_and_keeps_the_whole_log(project, snakefile, reason):
    (project / "Snakefile").write_text(snakefile)
    study = profiles.load("demo")
    with pytest.raises(UserError, match=f"stopped: {reason}") as caught:
        scheduling.run(study, {"profile": "demo"}, on="local", jobs=0)
    assert "\n" not in str(caught.value)
    assert "(log: runs/demo/grid.log)" in str(caught.value)
    assert len((project / "runs" / "demo" / "grid.log").read_text()) > 100


def test_the_reason_of_a_notebook_is_that_of_its_grid(project, capfd):
    call = f"{sys.executable} -m xitt notebook 90-stop notebooks/a.ipynb what=exit"
    (project / "Snakefile").write_text(f"rule all:\n    shell: '{call} 2>&1'\n")
    os.environ["XITT_ROOT"] = str(project)
    try:
        with pytest.raises(UserError, match="stopped: a: 90-stop: its process ended"):
            scheduling.run(profiles.load("demo"), {}, on="local", jobs=0)
    finally:
        del os.environ["XITT_ROOT"]
    assert "its process ended with status 3" in capfd.readouterr().out


# ----------------------------------------------------------------------------- signals


@pytest.fixture
def asleep(project):
    """A grid of one notebook that sleeps, as a process."""
    call = f"{sys.executable} -m xitt notebook 90-stop {project}/a.ipynb"
    (project / "Snakefile").write_text(f"rule all:\n    shell: '{call} 2>&1'\n")
    environment = {**os.environ, "XITT_ROOT": str(project)}
    environment["TMPDIR"] = str(project / "tmp")
    grid = subprocess.Popen(
        [sys.executable, "-m", "xitt", "grid"],
        cwd=paths.PACKAGE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,
    )
    wait_for((project / "asleep").exists)
    yield grid, environment
    for process in at_work(project):
        os.kill(process, signal.SIGKILL)


def wait_for(done, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def heard() -> None:
    """Signals as in a terminal: in the background of a script some are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def at_work(project: Path) -> list[int]:
    """The processes that have the project's folder in their call."""
    said = subprocess.run(["ps", "-ewwo", "pid,args"], capture_output=True, text=True)
    lines = [line.split(maxsplit=1) for line in said.stdout.splitlines()]
    return [int(pid) for pid, call in lines if str(project) in call]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_grid_that_is_stopped_ends_all_that_it_started(project, asleep, number):
    grid, _ = asleep
    assert len(at_work(project)) >= 2  # Snakemake and a kernel
    grid.send_signal(number)
    _, said = grid.communicate(timeout=60)
    assert grid.returncode == 128 + number
    assert said == "xitt: interrupted; the same command continues\n"
    assert not at_work(project)
    left = [path.name for path in (project / "tmp").iterdir()]
    assert not [name for name in left if name.startswith("xitt")]


def test_no_second_grid_starts_beside_one_that_lost_its_parent(project, asleep):
    grid, environment = asleep
    grid.kill()
    grid.wait()
    again = subprocess.run(
        [sys.executable, "-m", "xitt", "grid"],
        cwd=paths.PACKAGE, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert again.returncode == 2
    assert re.match("xitt: another process is at work in .*\n$", again.stderr)


def test_of_two_grids_at_once_one_works_and_the_other_is_refused(project):
    """Whichever comes first; its notebook is executed once."""
    counted = NOTEBOOK.replace('what = "sleep"', 'what = "count"').split("# %%\nif ")[0]
    counted += "# %%\ntime.sleep(3)\nopen('count', 'a').write('1')\n"
    (project / "notebooks" / "90-stop.py").write_text(counted)
    call = f"{sys.executable} -m xitt notebook 90-stop {project}/a.ipynb"
    (project / "Snakefile").write_text(
        f"rule all:\n    output: '{project}/a.ipynb'\n    shell: '{call} 2>&1'\n"
    )
    environment = {**os.environ, "XITT_ROOT": str(project)}
    grids = [
        subprocess.Popen(
            [sys.executable, "-m", "xitt", "grid"], cwd=paths.PACKAGE, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = {grid.communicate(timeout=120)[1]: grid.returncode for grid in grids}
    assert sorted(said.values()) == [0, 2]
    (refused,) = (text for text, status in said.items() if status)
    assert re.match("xitt: another process is at work in .*\n$", refused)
    assert (project / "count").read_text() == "1"
    assert (project / "a.ipynb").exists()


def test_the_folder_of_a_killed_notebook_goes_with_the_next(project, asleep):
    (left,) = (project / "tmp").glob("xitt-*")
    for process in at_work(project):
        os.kill(process, signal.SIGKILL)
    wait_for(lambda: not at_work(project))
    time.sleep(1)  # a process lets go of its files after its name
    assert left.exists()
    with pytest.raises(UserError, match="status 3"):
        notebooks.run("90-stop", project / "b.ipynb", {"what": "exit"})
    assert not left.exists()


def test_an_interruption_that_a_library_wraps_in_an_error_is_one(capsys, monkeypatch):
    def interrupted(_):
        try:
            raise KeyboardInterrupt(signal.SIGTERM)
        except KeyboardInterrupt as error:
            raise RuntimeError("invalid state") from error

    from xitt.running import commands

    monkeypatch.setitem(commands.VERBS, "plan", interrupted)
    assert __main__.main(["plan"]) == 143
    assert capsys.readouterr().err.startswith("xitt: interrupted; ")
