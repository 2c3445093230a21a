"""The grid of a study through Snakemake: its call, its end, and why it stopped.

Snakemake's words go to a log in the study's folder, those of the notebooks to the
terminal. It runs in a session of its own, so that it can be ended with all it started.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from xitt import files, paths
from xitt.errors import UserError
from xitt.running import kernels, standing, workflow
from xitt.study import grid, profiles
from xitt.study.profiles import Profile

PATIENCE_S = 30  # for what was asked to end, before it is killed
ANSWER_S = 20  # for Slurm to say whether it is there
REASON = re.compile(r"^\s*(?:\w+\.)*\w*(?:Error|Exception)\b.*", re.MULTILINE)


def run(study: Profile, selection: dict[str, str], *, on: str, jobs: int) -> None:
    """Make what is missing of a study's grid, then what is made of its records.

    selection: what narrows the study, as the Snakefile reads it.
    jobs: runs at a time (0: two on this machine, fifty on Slurm).

    Raises:
        UserError: where a run fails, with its reason; where Slurm is asked for and not
            there; where another grid of the study is at work.
    """
    where = _where(on, jobs)
    folder = profiles.runs_folder(study)
    with files.only_one(folder) as lock:
        workflow.discard_unfinished(workflow.Plan(study))
        done = sum(run.done for run in grid.runs(study))
        started = time.time()
        environment = kernels.environment()
        environment["XITT_GRID"] = f"{started}|{done}|{yaml.safe_dump(selection)}"
        config = {**selection, "python": sys.executable, "threads": _threads(jobs)}
        log = folder / "grid.log"
        call = _call(folder, config) + where
        with files.disk_errors(log), open(log, "wb") as words:
            status = _ended(call, environment, words, lock)
    if status:
        raise UserError(
            f"the grid of '{study['name']}' stopped: {_reason(study, log, started)}; "
            f"what is recorded stays, and the same command continues "
            f"(log: {paths.relative(log)})"
        )


def _where(on: str, jobs: int) -> list[str]:
    """Snakemake's options for a place to run: this machine, or Slurm's."""
    if on == "local":  # whatever profile of Snakemake's a user has for other work
        cores = str(os.cpu_count() or 1)
        return ["--cores", cores, "--profile", "none", "--workflow-profile", "none"]
    if on != "slurm":
        raise UserError(f"ON={on}: runs go on 'local' or 'slurm'")
    if not shutil.which("sbatch"):
        raise UserError(
            "ON=slurm: there is no 'sbatch' on this machine; run where Slurm's "
            "commands are, or with ON=local"
        )
    try:
        asked = subprocess.run(["sinfo", "--noheader"], capture_output=True, text=True,
                               timeout=ANSWER_S)  # fmt: skip
        trouble = asked.stderr.strip() or "no reason given" if asked.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        trouble = str(error)
    if trouble:
        raise UserError(
            f"ON=slurm: Slurm does not answer ({' '.join(trouble.split())}); try "
            f"`sinfo`, or run with ON=local"
        )
    return ["--executor", "slurm", "--jobs", str(jobs or 50)]


def _threads(jobs: int) -> int:
    """Of a run: two at a time, each with half of the cores."""
    cores = os.cpu_count() or 1
    return max(1, cores // (jobs or min(2, cores)))


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


def _ended(call: list[str], environment: dict[str, str], words: Any, lock: int) -> int:
    """The exit status of Snakemake; where we are stopped, so is all that it started.

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
        stderr=words,
        start_new_session=True,
        pass_fds=[lock],
    )
    signal.signal(signal.SIGINT, heard)
    try:
        return process.wait()
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
