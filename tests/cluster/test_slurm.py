"""Jobs of a real Slurm on this machine, and the calls that a study's runs become."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import local_slurm
import pytest
import tiny_study

from xitt import paths
from xitt.running import cluster
from xitt.running.grids import scheduling, standing
from xitt.running.grids.workflow import Plan
from xitt.running.releasing import outputs
from xitt.study import grid, profiles

SLEEPER = """
# %% tags=["parameters"]
what = "save"
# %%
import time
from pathlib import Path
from xitt.training import stopping
Path("begun").touch()
with stopping.deferred_signals() as asked:
    while what == "save":
        time.sleep(0.1)
        if asked:
            Path("saved").write_text(str(asked[0]))
            raise stopping.error(asked[0])
"""


@pytest.fixture(scope="module")
def slurm():
    """The environment of a Slurm on this machine."""
    if reason := local_slurm.lacking():
        pytest.skip(f"needs a Slurm that can be started: {reason}")
    with local_slurm.slurm() as environment:
        yield environment


@pytest.fixture
def project(tmp_path) -> Path:
    """The project's folder, with runs and records of its own."""
    for name in ("Snakefile", "notebooks", "paper", "results"):
        (tmp_path / name).symlink_to(paths.PACKAGE / name)
    return tmp_path


def xitt(project: Path, environment: dict, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "xitt", *words], cwd=paths.PACKAGE,
        env={**environment, "XITT_ROOT": str(project), "XITT_DIRTY": "1"},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip


PART = ("--intermediates", "none", "--targets", "tatoeba", "--seeds", "13")


def record(project: Path) -> dict:
    """What the part of the demo grid leaves."""
    (path,) = (project / "runs" / "demo" / "records").glob("*.json")
    return json.loads(path.read_text())


def test_a_drained_node_lets_runs_wait_and_they_end_as_they_would_have(slurm, project):
    """What the job that waited records is what the run records without any Slurm."""
    done = xitt(project, slurm, "run", "--profile", "demo", *PART)
    assert done.returncode == 0, done.stdout + done.stderr
    undisturbed = record(project)
    for path in (project / "runs" / "demo").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    node = f"nodename={local_slurm._host()}"
    drain = [*("scontrol", "update", node), "state=drain", "reason=test"]
    subprocess.run(drain, env=slurm, check=True)
    grid = subprocess.Popen(
        [sys.executable, "-m", "xitt", "grid", "--on", "slurm", *PART],
        cwd=paths.PACKAGE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**slurm, "XITT_ROOT": str(project), "XITT_DIRTY": "1"},
    )  # fmt: skip
    try:
        asked = ("status", "--profile", "demo", "--verbose", *PART)
        wait_for(lambda: "Slurm: PENDING" in xitt(project, slurm, *asked).stdout)
        time.sleep(3)
        assert not list((project / "runs" / "demo").glob("records/*.json"))
        resume = ["scontrol", "update", node, "state=resume"]
        subprocess.run(resume, env=slurm, check=True)
        _, said = grid.communicate(timeout=400)
        assert grid.returncode == 0, said
    finally:
        grid.kill()
    log = (project / "runs" / "demo" / "grid.log").read_text()
    assert "has been submitted with SLURM jobid" in log
    again = record(project)
    assert again["key"] == undisturbed["key"]
    for field in ("metrics", "predictions", "layers"):
        assert again[field] == undisturbed[field]


# ------------------------------------------------------- jobs that are taken from nodes


def asked(environment: dict, *call: str) -> str:
    """What one of Slurm's commands answers."""
    return subprocess.run(
        call, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_job_that_trains_goes_on_from_its_checkpoint_where_it_is_queued_again(
    slurm, project, encoder
):
    own = {**slurm, "XITT_ROOT": str(project), "XITT_DIRTY": "1"}
    profile = tiny_study.long(encoder, project)
    part = ("--profile", f"{profile}", "--intermediates", "none", "--targets", "xnli")
    done = xitt(project, own, "run", *part)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = project / "runs" / "long"
    (path,) = folder.glob("records/*.json")
    undisturbed = json.loads(path.read_text())
    shutil.rmtree(folder)

    call = [sys.executable, "-m", "xitt", "grid", "--on", "slurm", "--runs-only", *part]
    with open(project / "said", "w") as said:
        grid = subprocess.Popen(
            [*call, f"--jobs={os.cpu_count()}"], cwd=paths.PACKAGE, env=own,
            stdout=said, stderr=said,
        )  # fmt: skip
    try:
        wait_for(lambda: tiny_study.saved(folder) > 20)
        job = asked(slurm, "squeue", "--me", "--noheader", "--format=%i")
        asked(slurm, "scontrol", "requeue", job)
        wait_for(lambda: state(slurm, job) == "PENDING")
        reached = tiny_study.saved(folder)
        for left in folder.glob("notebooks/*.progress.json"):
            left.unlink()  # of one that had no time to
        assert not path.exists()
        asked(slurm, "scontrol", "update", f"jobid={job}", "starttime=now")
        wait_for(lambda: tiny_study.steps(folder), 240)
        assert tiny_study.steps(folder) >= reached  # and not 1
        assert grid.wait(timeout=300) == 0, (project / "said").read_text()
    finally:
        grid.terminate()
    assert "Restarts=1" in asked(slurm, "scontrol", "show", "job", job)
    tiny_study.assert_equal(json.loads(path.read_text()), undisturbed)


# ---------------------------------------------------------------------- signals of jobs


@pytest.fixture
def sleeper(tmp_path) -> Path:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "90-sleep.py").write_text(SLEEPER)
    return tmp_path


def submitted(project: Path, environment: dict, minutes: int) -> str:
    """The number of a job that runs the notebook as Snakemake's jobs do, by `srun`."""
    call = [sys.executable, "-m", "xitt", "notebook", "90-sleep", f"{project}/o.ipynb"]
    own = {"XITT_ROOT": str(project), "PYTHONPATH": str(paths.PACKAGE)}
    done = subprocess.run(
        ["sbatch", "--parsable", f"--time={minutes}", "--ntasks=1", "--gpus=1",
         f"--output={project}/job.log", f"--wrap=srun -n1 {shlex.join(call)}"],
        env={**environment, **own}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def wait_for(done, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)


def state(environment: dict, job: str) -> str:
    asked = subprocess.run(["squeue", "--noheader", "--format=%T", "--job", job,
                            "--states=all"], env=environment, capture_output=True,
                           text=True)  # fmt: skip
    return asked.stdout.strip()


def test_a_cancelled_job_saves_what_it_has(slurm, sleeper):
    job = submitted(sleeper, slurm, 5)
    wait_for((sleeper / "begun").exists)
    subprocess.run(["scancel", job], env=slurm, check=True)
    wait_for(lambda: state(slurm, job) == "CANCELLED")
    assert (sleeper / "saved").read_text() == str(signal.SIGTERM.value)


def test_a_job_saves_before_its_time_is_over_and_is_queued_again(slurm, sleeper):
    job = submitted(sleeper, slurm, 1)
    wait_for((sleeper / "saved").exists)
    wait_for(lambda: state(slurm, job) == "PENDING")
    assert "is over; it is queued again" in (sleeper / "job.log").read_text()
    subprocess.run(["scancel", job], env=slurm, check=True)


# ------------------------------------------------------------- without any Slurm at all


@pytest.fixture
def answers(tmp_path, monkeypatch) -> Path:
    """A folder of commands that stand for Slurm's; `sbatch` notes its call, refuses."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, does in {
        "sbatch": f'printf "%s\\n" "$@" >> {tmp_path}/calls; echo no >&2; exit 1',
        "sinfo": "echo 'main*'",
        "sacct": "exit 1",
        "scontrol": "exit 0",
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def test_a_run_asks_slurm_for_time_memory_a_gpu_and_to_be_requeued(
    answers, project, tmp_path
):
    part = ("--intermediates", "none", "--targets", "xquad", "--seeds", "13")
    done = xitt(project, dict(os.environ), "grid", "--on", "slurm", *part)
    assert done.returncode == 2
    assert "SLURM sbatch failed" in done.stderr
    call = (tmp_path / "calls").read_text().splitlines()
    wrapped = call.index(next(word for word in call if word.startswith("--wrap=")))
    at = {name: call.index(name) + 1 for name in ("-p", "-t", "--mem", "--comment")}
    assert call[at["-p"]] == "main"
    plan = Plan(grid.select(profiles.load("demo"), *part[1::2]))
    (stem,) = (name for name, (run, *_) in plan.groups.items() if run.target)
    assert call[at["-t"]] == str(plan.minutes(stem))
    assert call[at["--mem"]] == str(plan.memory)
    assert call[at["--comment"]] == f"rule_finetune_target_wildcards_{stem}"
    for word in ("--parsable", "--export=ALL", "--requeue", "--gpus=1"):
        assert word in call[:wrapped]
    assert "--cpus-per-task=" in " ".join(call[:wrapped])
    assert not any(word.startswith(("-A", "--exclude", "--array")) for word in call)


def test_where_accounting_is_off_jobs_are_followed_by_squeue(answers):
    options = scheduling.where("slurm")
    assert options[-2:] == ["--slurm-status-command", "squeue"]
    (answers / "sacct").write_text("#!/bin/sh\n")
    assert scheduling.where("slurm", jobs=7)[-4:] == [
        "--jobs", "7", "--slurm-status-command", "sacct",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("says", "left"),
    [("1-02:03:04", 93784), ("2:03:04", 7384), ("0:59", 59), ("59:00", 3540),
     ("UNLIMITED", None), ("", None)],
)  # fmt: skip
def test_a_job_knows_when_its_time_is_over(answers, monkeypatch, says, left):
    (answers / "squeue").write_text(f"#!/bin/sh\necho {says}\n")
    (answers / "squeue").chmod(0o755)
    assert cluster.seconds_left() is None  # in no job
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert cluster.seconds_left() == left
    monkeypatch.setenv("SLURM_JOB_END_TIME", str(int(time.time()) + 1000))
    assert 998 <= cluster.seconds_left() <= 1000
    assert 878 <= cluster.seconds_to_notice() <= 880
    monkeypatch.setenv("XITT_NOTICE", "300")  # a quarter at most
    assert 748 <= cluster.seconds_to_notice() <= 750


@pytest.mark.parametrize(
    ("restarts", "accepts", "asked"), [(0, 0, True), (0, 1, False), (50, 0, False)]
)
def test_a_job_that_gets_nowhere_is_not_queued_for_ever(
    answers, monkeypatch, restarts, accepts, asked
):
    says = f'[ "$1" = requeue ] && exit {accepts}; echo "Requeue=1 Restarts={restarts}"'
    (answers / "scontrol").write_text(f"#!/bin/sh\n{says}\n")
    assert not cluster.requeued()  # in no job
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert cluster.requeued() == asked


def test_status_asks_slurm_what_is_queued_and_shows_how_a_failure_ended(
    answers, tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    study = grid.select(profiles.load("demo"), "none,mnli", "xnli", "13")
    del study["perturbed"]
    plan = Plan(study)
    waits, fails, runs = plan.groups  # of mnli: its training, its target; of none
    (tmp_path / "runs" / "demo" / ".snakemake" / "slurm_logs").mkdir(parents=True)
    plan.folder.mkdir(parents=True)
    comments = [f"rule_train_intermediate_wildcards_{waits}\tPENDING\tResources",
                f"rule_finetune_target_wildcards_{runs}\tRUNNING\tNone",
                "another\tRUNNING\tNone"]  # fmt: skip
    (tmp_path / "said").write_text("\n".join(comments))
    (answers / "squeue").write_text(f"#!/bin/sh\ncat {tmp_path}/said\n")
    (answers / "squeue").chmod(0o755)
    outputs = [
        {"text": ["one\n", "two\n"]},
        {"text": "".join(map("{}\n".format, "abcd"))},
    ]
    left = {"cells": [{"outputs": outputs}],
            "metadata": {"xitt": {"state": "failed", "why": "no luck"}}}  # fmt: skip
    failed = plan.folder / f"30-finetune-target.{fails}.failed.ipynb"
    failed.write_text(json.dumps(left))
    found = [(x.state, x.why, x.last) for x in standing.of_runs(study)]
    assert found == [
        ("queued", "Slurm: PENDING (Resources)", ()),
        ("running", "Slurm: RUNNING", ()),
        ("failed", "no luck", ("two", "a", "b", "c", "d")),
    ]
    machine = json.loads(standing.as_json(study))
    assert [each["state"] for each in machine] == ["queued", "running", "failed"]
    assert machine[2]["last"] == ["two", "a", "b", "c", "d"]


def test_status_tells_of_each_run_only_where_it_is_asked_to(
    answers, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(outputs, "stale", dict)  # of the published notebooks none
    study = grid.select(profiles.load("demo"), "none", "xnli", "13")
    standing.show(study, verbose=False)
    assert capsys.readouterr().out == "0 done, 2 missing, 0 failed, 0 older\n"
    standing.show(study)
    assert "  missing none" in capsys.readouterr().out
