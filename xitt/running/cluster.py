"""Slurm as a run meets it: what it answers, the job that we are in, when that ends.

Slurm is asked by its own commands, whose words are the same on every site and version.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xitt.errors import UserError

ANSWER_S = 20  # for one of Slurm's commands
NOTICE_S = 120  # to write a checkpoint of a large model to a shared disk
MOST_STARTS = 50


def trouble(*call: str) -> str:
    """Why one of Slurm's commands fails, in one line; "" where it answers."""
    try:
        asked = subprocess.run(call, capture_output=True, text=True, timeout=ANSWER_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if not asked.returncode:
        return ""
    return " ".join(asked.stderr.split()) or "no reason given"


def _asked(*call: str) -> str:
    """What a command answers; "" where there is none, or it fails."""
    try:
        asked = subprocess.run(call, capture_output=True, text=True, timeout=ANSWER_S)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if asked.returncode else asked.stdout


def job() -> str:
    """The number of the job that this process is a part of; "" outside of one."""
    return os.environ.get("SLURM_JOB_ID", "")


def seconds_left() -> float | None:
    """Until the time of our job is over; None outside of one, or where none is set.

    SLURM_JOB_END_TIME says it from Slurm 22.11 on; an older one is asked.
    """
    if not job():
        return None
    end = os.environ.get("SLURM_JOB_END_TIME", "")
    if end.isdecimal():
        return int(end) - time.time()
    left = _asked("squeue", "--noheader", "--job", job(), "--format=%L").strip()
    parts = re.fullmatch(r"(?:(\d+)-)?(?:(?:(\d+):)?(\d+):)?(\d+)", left)
    if not parts:  # UNLIMITED, NOT_SET, INVALID
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def seconds_to_notice() -> float:
    """Until a run of our job has to save and stop; 0 where no end is known.

    XITT_NOTICE, in seconds, is how long before the job's end that is; of a short job
    it is a quarter of its time at most.
    """
    left = seconds_left()
    if left is None:
        return 0.0
    wish = os.environ.get("XITT_NOTICE") or str(NOTICE_S)
    if not wish.isdecimal():
        raise UserError(f"XITT_NOTICE is a whole number of seconds, not '{wish}'")
    return max(1.0, left - min(int(wish), left / 4))


@contextmanager
def ending() -> Iterator[None]:
    """Stop this process by SIGTERM before its job's time is over, where that has one.

    Raises:
        KeyboardInterrupt: of SIGALRM, for `requeued`, where it was stopped so.
    """
    over: list[int] = []

    def note(number: int, frame: Any) -> None:
        over.append(number)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGALRM, note)
    signal.setitimer(signal.ITIMER_REAL, seconds_to_notice())
    try:
        yield
    except BaseException as error:
        if over:
            raise KeyboardInterrupt(signal.SIGALRM) from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def requeued() -> bool:
    """Ask Slurm to start our job once more; whether it will.

    It keeps its number, so that who waits for it (Snakemake) goes on waiting. One that
    was started MOST_STARTS times gets nowhere, and is left to end.
    """
    told = re.search(r"\bRestarts=(\d+)", _asked("scontrol", "show", "job", job()))
    if not job() or not told or int(told[1]) >= MOST_STARTS:
        return False
    return not trouble("scontrol", "requeue", job())


def queue() -> dict[str, str]:
    """This user's jobs that run or wait: what each is to make, and how it stands.

    The former is the comment that Snakemake gives a job, which names rule and
    notebook. The latter is a state with its reason, as `PENDING (Priority)`. None
    where there is no Slurm, or it does not answer.
    """
    said = _asked("squeue", "--noheader", "--me", "--format=%k\t%T\t%r")
    lines = [line.split("\t") for line in said.splitlines()]
    return {
        comment: state if reason == "None" else f"{state} ({reason})"
        for comment, state, reason in lines
    }
