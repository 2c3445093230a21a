"""The grid of a study through Snakemake: its call, its end, and why it stopped.

Snakemake's words go to a log in the study's folder, those of the notebooks to another,
which `watching` shows: a pipe would break where we are killed. It runs in a session of
its own, so that it can be ended with all it started.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from xitt import files, paths
from xitt.errors import UserError, unknown
from xitt.running import cluster, kernels
from xitt.running.grids import standing, watching, workflow
from xitt.running.grids.watching import Watch
from xitt.study import grid, profiles
from xitt.study.profiles import Profile
from xitt.tasks import yaml_files
from xitt.training import machine

PATIENCE_S = 30  # for what was asked to end, before it is killed
MOST_THREADS = 8  # of a run: login nodes of clusters have many, and none to spare
CLUSTERS = paths.NOTEBOOKS / "clusters"
CONFIG = "config.yaml"  # the name of a profile of Snakemake's
SAID = "grid.out"  # what the notebooks of a grid say
REASON = re.compile(r"^\s*(?:\w+\.)*\w*(?:Error|Exception)\b.*", re.MULTILINE)
OURS = re.compile(r"^xitt: (.+)", re.MULTILINE)


def run(
    study: Profile,
    selection: dict[str, str],
    *,
    on: str,
    jobs: int,
    price: float = 0.0,
) -> None:
    """Make what is missing of a study's grid, then what is made of its records.

    selection: what narrows the study, as the Snakefile reads it; runs_only: nothing is
        drawn of the records.
    jobs: runs at a time (0: two on this machine, fifty on Slurm).
    price: of an hour of a device, for what is shown of the cost so far.

    Raises:
        UserError: where a run fails, with its reason; where Slurm is asked for and not
            there; where another grid of the study is at work.
    """
    options = where(on, jobs)
    folder = profiles.runs_folder(study)
    with files.only_one(folder) as lock:
        workflow.discard_unfinished(workflow.Plan(study))
        started, here = time.time(), on == "local"
        environment = kernels.environment()
        if here:  # what is at work is shown for all runs at once
            environment["XITT_PROGRESS"] = "quiet"
        share = sharing(jobs)
        config = {**selection, "python": sys.executable, "threads": share.threads}
        log, said = folder / "grid.log", folder / SAID
        call = _call(folder, config) + options
        watch = Watch(study, grid.missing(study), share.jobs if here else 1, here)
        if "runs_only" in selection:
            watch.then = ""
        with (
            files.disk_errors(log),
            open(log, "wb") as words,
            open(said, "wb") as out,
            watching.shown(watch, said, price) as look,
        ):
            status = _ended(call, environment, (out, words), lock, look)
    if status:
        raise UserError(
            f"the grid of '{study['name']}' stopped: {_reason(study, log, started)}; "
            f"what is recorded stays, and the same command continues "
            f"(log: {paths.relative(log)})"
        )


def where(on: str, jobs: int = 0) -> list[str]:
    """Snakemake's options for a place to run.

    on: `local`, or a cluster: a folder in notebooks/clusters, or one that is typed,
        that holds a profile of Snakemake's (docs/cluster.md).

    Raises:
        UserError: for a cluster that is not known, or does not answer.
    """
    if on == "local":  # whatever profile of Snakemake's a user has for other work
        own = ["--profile", "none", "--workflow-profile", "none"]
        return ["--cores", str(machine.cores()), *own]
    profile = _cluster(on)
    options = ["--profile", str(profile.parent), "--workflow-profile", "none"]
    options += ["--jobs", str(jobs)] if jobs else []
    if yaml_files.read(profile).get("executor") != "slurm":
        return options
    if not shutil.which("sbatch"):
        raise UserError(
            f"ON={on}: there is no 'sbatch' on this machine; run where Slurm's "
            f"commands are, or with ON=local"
        )
    if trouble := cluster.trouble("sinfo"):
        raise UserError(
            f"ON={on}: Slurm does not answer ({trouble}); try `sinfo`, or run with "
            f"ON=local"
        )
    # Of a site without accounting sacct knows no job, and none would ever end.
    asked = "squeue" if cluster.trouble("sacct") else "sacct"
    return [*options, "--slurm-status-command", asked]


def _cluster(on: str) -> Path:
    """The config.yaml of the cluster `on`."""
    folder = CLUSTERS / on if on in _clusters() else paths.typed(on)
    if not (folder / CONFIG).is_file():
        if os.sep in on:
            raise UserError(f"ON={on}: there is no {CONFIG} in {folder}")
        raise unknown("place, ON:", on, ["local", *_clusters()])
    return folder / CONFIG


def _clusters() -> list[str]:
    return sorted(path.parent.name for path in CLUSTERS.glob(f"*/{CONFIG}"))


class Sharing(NamedTuple):
    """Runs at a time on this machine, CPU threads of each, and why."""

    jobs: int
    threads: int
    why: str

    def line(self) -> str:
        """In words, for a plan."""
        runs = "one run" if self.jobs == 1 else f"{self.jobs} runs"
        threads = "one thread" if self.threads == 1 else f"{self.threads} threads"
        return f"Here {runs} at a time, {threads} each: {self.why}."


def sharing(jobs: int) -> Sharing:
    """How the cores are shared by runs. jobs: at a time (0: what is quicker)."""
    have, why = machine.cores(), "as asked for"
    if not jobs:
        jobs, why = _at_a_time(have)
    return Sharing(jobs, max(1, min(MOST_THREADS, have // jobs)), why)


def _at_a_time(have: int) -> tuple[int, str]:
    """Two runs with half of the cores each, unless one with all was quicker."""
    if have == 1:
        return 1, "there is one core"
    from xitt.report import speed_report  # which needs pandas

    found = speed_report.sharing(machine.processor(), have)
    if found is None:
        return 2, (
            f"two with {have // 2} of {have} cores each are taken to be quicker than "
            f"one with all; `make speed` measures it"
        )
    two, speeds = found["ratio"] >= 1, found["tokens_per_second"]
    return 1 + two, (
        f"`make speed` measured {speeds['two']:,.0f} tokens/s of two with half of the "
        f"cores each, {speeds['one']:,.0f} of one with all"
    )


def _call(folder: Path, config: dict[str, Any]) -> list[str]:
    """The call of Snakemake. Its settings are a file, where a text stays a text."""
    settings = files.write_json(folder / "grid.json", config)
    return [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(paths.ROOT / "Snakefile")),
        *("--directory", str(folder)),
        *("--configfile", str(settings)),
        "--nolock",  # ours frees itself when its process dies
        *("--rerun-triggers", "mtime"),  # keys decide; a cosmetic edit reruns nothing
        "--rerun-incomplete",
        "--keep-going",
        "--nocolor",
    ]


def _ended(
    call: list[str],
    environment: dict[str, str],
    out: tuple[Any, Any],
    lock: int,
    look: Callable[[], None],
) -> int:
    """The exit status of Snakemake; where we are stopped, so is all that it started.

    out: the files of its standard output and error. look: is called now and then.
    It holds the study's lock with us, so that no second grid starts beside it where
    this process alone is killed.
    """
    if environment.get("SNAKEMAKE_PROFILE") and "--profile" in call:
        del environment["SNAKEMAKE_PROFILE"]
    # In the background of a script SIGINT is ignored, and would be by all we start.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        call,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=out[0],
        stderr=out[1],
        start_new_session=True,
        pass_fds=[lock],
    )
    signal.signal(signal.SIGINT, heard)
    try:
        while process.poll() is None:
            look()
            with suppress(subprocess.TimeoutExpired):
                process.wait(watching.LOOK_S)
        return process.returncode
    except BaseException:
        _end(process)
        raise


def _end(process: subprocess.Popen) -> None:
    """As Ctrl-C does: Snakemake cancels jobs on a cluster, notebooks end kernels."""
    for kind, patience in ((signal.SIGINT, PATIENCE_S), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, kind)
            process.wait(patience)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _reason(study: Profile, log: Path, started: float) -> str:
    """Why a grid stopped: the reasons of its notebooks, or Snakemake's own."""
    told = [
        f"{each.path.name.rsplit('.', 3)[0]}: {each.why}"
        for each in standing.stopped(workflow.Plan(study).folder)
        if each.path.stat().st_mtime >= started and each.why
    ]
    if told:
        others = f" (and {len(told) - 1} more, see make status)" if told[1:] else ""
        return told[0] + others
    said = log.with_name(SAID).read_text(encoding="utf-8", errors="replace")
    if own := OURS.search(said):  # of one that could not be kept: the disk is full
        return own[1]
    text = log.read_text(encoding="utf-8", errors="replace")
    found = REASON.search(text)
    if not found:
        return next(
            filter(None, reversed(text.splitlines())), "no reason given"
        ).strip()
    told, *rest = text[found.start() :].strip().splitlines()
    while rest and told.endswith(":"):  # what follows is the message
        told = f"{told} {rest.pop(0).strip()}"
    return " ".join(told.split()).rstrip(".")
