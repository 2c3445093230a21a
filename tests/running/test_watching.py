"""What a grid shows while it is at work: in a terminal, in a log, and in a notebook."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from xitt import paths
from xitt.errors import UserError
from xitt.running import commands, notebooks
from xitt.running.grids import standing, watching, workflow
from xitt.running.grids.watching import View, Watch
from xitt.running.planning import budget
from xitt.study import grid, profiles
from xitt.training import machine

NOTEBOOK = """
# %% tags=["parameters"]
seconds = 4
# %%
import time
from xitt.training import progress
print("said by a cell")
shown = progress.Count(40, "text")
for _ in range(39):
    shown.add(1)
    time.sleep(seconds / 39)
shown.add(1)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project's folder whose grid is one notebook that counts."""
    (tmp_path / "notebooks" / "profiles").mkdir(parents=True)
    (tmp_path / "notebooks" / "90-count.py").write_text(NOTEBOOK)
    demo = (paths.PROFILES / "demo.yaml").read_text()
    (tmp_path / "notebooks" / "profiles" / "demo.yaml").write_text(demo)
    call = f"{sys.executable} -m xitt notebook 90-count"
    (tmp_path / "Snakefile").write_text(
        f"rule all:\n    shell: '{call} notebooks/90-count.ipynb 2>&1'\n"
    )
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    return tmp_path


def call(project: Path, **own: str) -> dict:
    """How the grid is started as a process of its own."""
    # without what a notebook that was run in this process leaves
    plain = {k: v for k, v in os.environ.items() if k != "XITT_PROGRESS"}
    environment = {**plain, "XITT_ROOT": str(project), **own}
    command = ["grid", "--intermediates", "none", "--targets", "xnli", "--seeds", "13"]
    return {"args": [sys.executable, "-m", "xitt", *command], "cwd": paths.PACKAGE,
            "env": environment, "stdin": subprocess.DEVNULL}  # fmt: skip


def in_terminal(project: Path, **own: str) -> str:
    """What the grid writes to a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    own = {"TERM": "xterm-256color", **own}
    process = subprocess.Popen(**call(project, **own), stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += (part := os.read(ours, 65536))
        except OSError:  # on Linux: the other end is closed
            break
        if not part:
            break
    os.close(ours)
    assert process.wait() == 0, said.decode()
    return said.decode()


# ---------------------------------------------------------------------- the three media


def test_a_terminal_shows_a_bar_and_what_is_at_work_below_what_is_said(project):
    said = in_terminal(project)
    assert re.search(r"demo: 0 of 2 runs, \d+ s so far", said)
    assert "\N{BOX DRAWINGS HEAVY HORIZONTAL}" * watching.BAR in said
    assert re.search(r"90-count: [1-9]\d? of 40 texts", said)
    assert re.search(r"\d\d:\d\d:\d\d 90-count: started", said)
    *_, last = said.strip().splitlines()
    assert re.search(r"\d\d:\d\d:\d\d demo: 0 of 2 runs, in \d+ s$", last)


def test_a_log_gets_a_few_lines_and_no_control_characters(project):
    done = subprocess.run(**call(project), capture_output=True, text=True)
    assert done.returncode == 0
    lines = [re.sub(r"\d+", "#", line) for line in done.stdout.splitlines()]
    assert lines == [
        "#:#:# #-count: started",
        "#:#:# #-count: # s",
        "#:#:# demo: # of # runs, in # s",
    ]
    assert not watching.CONTROL.search(done.stdout)
    assert not list((project / "runs" / "demo" / "notebooks").glob("*.json"))


@pytest.mark.parametrize("own", [{"XITT_PROGRESS": "0"}, {"TERM": "dumb"}])
def test_a_terminal_that_has_no_bars_or_wants_none_gets_the_lines_of_a_log(
    project, own
):
    said = in_terminal(project, **own)
    assert "\x1b" not in said and said.count("\n") == 3


def outputs(path: Path) -> list[dict]:
    cells = json.loads(path.read_text())["cells"]
    return [each for cell in cells for each in cell.get("outputs", [])]


def test_a_notebook_by_hand_shows_a_widget_and_an_executed_copy_lines(
    project, monkeypatch
):
    monkeypatch.setenv("XITT_PROGRESS", "1")  # as where nobody has said anything
    notebooks.run("90-count", project / "bar.ipynb", {"seconds": 0})
    kinds = [set(each.get("data", {})) for each in outputs(project / "bar.ipynb")]
    assert {"application/vnd.jupyter.widget-view+json", "text/plain"} in kinds
    monkeypatch.setenv("XITT_PROGRESS", "0")
    notebooks.run("90-count", project / "none.ipynb", {"seconds": 0})
    (only,) = outputs(project / "none.ipynb")
    assert only["text"] == ["said by a cell\n"] or only["text"] == "said by a cell\n"


# --------------------------------------------------------------------- what is foretold


@pytest.fixture
def watch(project, monkeypatch):
    """Four runs, each foretold to take a minute more than the one before."""
    study = grid.select(profiles.load("demo"), "none", "xnli,udpos,panx,tatoeba", "13")
    runs = [run for run in grid.runs(study) if run.phase == "target"]
    foretold = {run.key: 60.0 * (number + 1) for number, run in enumerate(runs)}
    monkeypatch.setattr(budget.Budget, "seconds", lambda self, runs: foretold)
    recorded = [{"hardware": {"processor": machine.processor(), "cores": 2}}]
    monkeypatch.setattr(budget.Budget, "recorded", recorded)
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    made = Watch(study, runs, jobs=2, began=0.0)
    made.clock = clock
    return made


def at(watch: Watch, seconds: float) -> View:
    watch.clock[0] = seconds
    return watch.look()


def record(run) -> None:
    run.record.parent.mkdir(parents=True, exist_ok=True)
    run.record.write_text("{}")


def test_the_end_is_foretold_by_how_right_the_plan_was_of_what_is_done(watch):
    """60 + 120 + 180 + 240 seconds of work, two at a time."""
    assert at(watch, 10).left == 600 / 2 - 10
    record(watch.todo[0])
    assert at(watch, 50).left == 540 * 50 / 60  # a minute of work took 50 seconds
    assert at(watch, 80).left == 540 * 50 / 60 - 30
    assert at(watch, 5000).left < 0
    record(watch.todo[2])
    view = at(watch, 6000)
    assert (view.done, view.total) == (2, 4)
    assert view.left == 360 * 6000 / 240
    assert view.hours == pytest.approx(6000 / 3600)


def test_where_nothing_can_be_foretold_the_runs_that_are_done_say_it(
    watch, monkeypatch
):
    def refuse(*_):
        raise UserError("no size known")

    monkeypatch.setattr(budget.Budget, "seconds", refuse)
    assert at(watch, 10).left is None
    record(watch.todo[0])
    assert at(watch, 50).left == 3 * 50


def test_seconds_of_another_machine_only_say_how_runs_compare(watch, monkeypatch):
    elsewhere = [{"hardware": {"accelerator": "a card"}}]
    monkeypatch.setattr(budget.Budget, "recorded", elsewhere)
    assert at(watch, 10).left is None
    record(watch.todo[0])
    assert at(watch, 50).left == 540 * 50 / 60


def test_jobs_of_a_cluster_cost_an_hour_each(watch, monkeypatch):
    watch.shared = False
    both = [standing.UnderWay("one"), standing.UnderWay("two")]
    monkeypatch.setattr(standing, "under_way", lambda plan: both)
    at(watch, 0)
    view = at(watch, 1800)
    assert view.hours == 1.0
    assert "30 min so far, 1.00 device hours, 2.50 spent" in watching._told(
        watch, view, price=2.5
    )


def test_what_is_at_work_is_named_by_what_it_makes_and_how_far_it_is(watch):
    plan = workflow.Plan(watch.study)
    (stem,) = (name for name, runs in plan.groups.items() if watch.todo[0] in runs)
    running = plan.folder / f"30-finetune-target.{stem}{workflow.RUNNING}"
    running.parent.mkdir(parents=True)
    running.write_text("{}")
    told = {"done": 3, "total": 9, "told": "step 3 of 9, loss 0.5"}
    workflow.progress_of(running).write_text(json.dumps(told))
    (run, *_), many = plan.groups[stem], len(plan.groups[stem])
    record(run)
    (found,) = standing.under_way(plan)
    second = plan.groups[stem][1].target
    assert found.line == (
        f"none: {second} (2 of {many}), seed 13: step 3 of 9, loss 0.5"
    )
    workflow.progress_of(running).write_text('{"done": 3')  # being written
    (found,) = standing.under_way(plan)
    assert found.line == f"none: {second} (2 of {many}), seed 13"


def test_a_log_of_days_has_a_line_every_ten_minutes_at_most(watch, tmp_path, capsys):
    said = tmp_path / "said"
    said.write_bytes(b"one\r  5%\r 10%\n\x1b[31mtwo\x1b[0m\r\n")
    days = 2 * 24 * 3600
    with watching.shown(watch, said) as look:
        for second in range(0, days, 30):
            watch.clock[0] = second
            look()
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [" 10%", "two"]
    told = [line for line in lines if " so far" in line]
    assert days / 600 - 20 < len(told) < days / 600 + 30
    assert re.search(r"demo: 0 of 4 runs, 1 min so far, about 4 min left \(", told[0])
    assert "longer than foretold" in told[-1]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (120, "2 min"), (3600, "1 h"),
     (11400, "3 h 10 min"), (187_300, "2 d 4 h")],
)  # fmt: skip
def test_times_are_told_in_their_two_largest_units(seconds, told):
    assert watching.span(seconds) == told


# ------------------------------------------------------------------ figures of the demo


@pytest.mark.parametrize(
    ("display", "terminal", "opened"),
    [(":0", True, 1), (":0", False, 0), ("", True, 0)],
)
def test_figures_open_before_a_screen_and_are_named_elsewhere(
    tmp_path, monkeypatch, capsys, display, terminal, opened
):
    (tmp_path / commands.MAIN_FIGURE).touch()
    (tmp_path / "other.png").touch()
    begun = []
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(commands.shutil, "which", lambda name: name)
    monkeypatch.setattr(
        commands.subprocess, "Popen", lambda call, **_: begun.append(call)
    )
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    commands._show_figures(tmp_path)
    want = ["xdg-open", str(tmp_path / commands.MAIN_FIGURE)]
    assert begun == [want] * opened
    assert capsys.readouterr().out.endswith(": 2 figures\n")
