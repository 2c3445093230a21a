"""kill -9 at each level of a grid that trains, and a disk that is full under it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import tiny_study

from xitt import paths

LEVELS = ("ipykernel_launcher", "xitt notebook", "snakemake", "xitt grid")


def prepared(folder: Path, encoder: Path) -> Path:
    """A project's folder, with runs and records of its own, and the profile."""
    for name in ("Snakefile", "notebooks", "paper", "results"):
        (folder / name).symlink_to(paths.PACKAGE / name)
    tiny_study.long(encoder, folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, encoder) -> dict:
    """The record of the one run, made without a grid."""
    project = prepared(tmp_path_factory.mktemp("undisturbed"), encoder)
    assert start(project, "run").wait(timeout=300) == 0, said(project)
    return record(project)


@pytest.fixture
def project(tmp_path, encoder) -> Path:
    return prepared(tmp_path, encoder)


def said(project: Path) -> str:
    return (project / "said").read_text()


def record(project: Path) -> dict:
    (path,) = (project / "runs" / "long" / "records").glob("*.json")
    return json.loads(path.read_text())


def start(project: Path, *words: str) -> subprocess.Popen:
    """A verb on the one run of the profile, whose words go to a file."""
    part = ("--profile", f"{project}/long.yaml", "--intermediates", "none")
    with open(project / "said", "w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "xitt", *words, *part, "--targets", "xnli"],
            cwd=paths.PACKAGE, stdout=said, stderr=said, stdin=subprocess.DEVNULL,
            env={**os.environ, "XITT_ROOT": str(project), "XITT_DIRTY": "1"},
        )  # fmt: skip


def at_work(project: Path) -> dict[str, psutil.Process]:
    """The processes of the project, by the end of their call."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("XITT_ROOT") == str(project):
                found[" ".join(process.cmdline())] = process
    return found


def kill(project: Path, level: str) -> None:
    """Kill a level as memory that runs out does; then the rest, as a lost machine."""
    mine = [each for call, each in at_work(project).items() if f" -m {level}" in call]
    assert mine, f"no {level} at work"
    mine[0].kill()
    time.sleep(1)
    while left := at_work(project):
        for process in left.values():
            with suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        time.sleep(0.2)


def test_what_is_killed_at_each_level_in_turn_ends_in_the_record_of_an_undisturbed_run(
    project, undisturbed
):
    folder, reached = project / "runs" / "long", 0
    for level in LEVELS:
        grid = start(project, "grid", "--runs-only")
        end = time.monotonic() + 120
        while (step := tiny_study.saved(folder)) <= reached:
            assert time.monotonic() < end and grid.poll() is None, said(project)
            assert step == reached  # it goes on, and does not begin again
            time.sleep(0.05)
        kill(project, level)
        grid.wait()
        reached = tiny_study.saved(folder)  # what was left alone went on for a moment
        assert not list(folder.glob("records/*"))
    assert start(project, "grid", "--runs-only").wait(timeout=300) == 0, said(project)
    tiny_study.assert_equal(record(project), undisturbed)
    assert "long: 1 of 1 runs" in said(project)
    assert not list(folder.glob("notebooks/*.running.ipynb"))


@pytest.fixture
def small_disk(project):
    """Makes the disk of the project's runs as large as is said."""
    runs, calls = project / "runs", ["mount", "-t", "tmpfs", "none"]
    runs.mkdir()
    if (
        os.getuid()
        or subprocess.run(
            [*calls, runs, "-o", "size=800k"], capture_output=True
        ).returncode
    ):
        pytest.skip("needs the right to mount a file system")
    yield lambda size: subprocess.run(
        ["mount", "-o", f"remount,size={size}", runs], check=True
    )
    subprocess.run(["umount", "--lazy", runs], check=True)


def test_a_grid_on_a_full_disk_is_one_line_and_ends_once_there_is_room(
    project, small_disk, undisturbed
):
    """Neither a checkpoint nor a notebook finds room, then all do."""
    assert start(project, "grid", "--runs-only").wait(timeout=300) == 2
    last = said(project).splitlines()[-1]
    assert last.startswith("xitt: the grid of 'long' stopped: disk full while writing ")
    assert "free some space" in last
    small_disk("50m")
    assert start(project, "grid", "--runs-only").wait(timeout=300) == 0, said(project)
    tiny_study.assert_equal(record(project), undisturbed)
