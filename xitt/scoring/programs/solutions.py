"""Whether the canonical solutions of problems pass here, and how long that takes.

A problem whose own solution fails measures nothing: its prompt was broken by a
translation, its tests need what is not there, or this Python is another. Solutions run
once for each content; the outcome is kept.
"""

from __future__ import annotations

import json
import logging
import platform
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xitt import files, paths
from xitt.errors import UserError
from xitt.scoring.programs import sandbox
from xitt.scoring.programs.protocols import Problem

LIMIT = 30.0  # seconds a canonical solution may take
MOMENTARY = ("timeout", "ended")  # verdicts that a busy machine gives, too
LEAST, TIMES = 4.0, 4  # as in EvalPlus: four times the canonical's, from 4 s up

log = logging.getLogger("xitt")


class Judged(NamedTuple):
    """What became of a canonical solution; `seconds` that it took."""

    verdict: str
    seconds: float

    @property
    def limit(self) -> float:
        """The seconds that a model's program for this problem may take."""
        return max(LEAST, TIMES * self.seconds)


def judge(problems: Sequence[Problem], workers: int = 0) -> list[Judged]:
    """The outcome of each problem's own solution; kept by content and machine.

    What may be due to a busy moment is run once more, alone, and again when it is asked
    for the next time: else one moment would leave a problem out of every later run.
    """
    programs = [problem.canonical for problem in problems]
    machine = [platform.node(), sys.version, sandbox.available(), sandbox.HARNESS]
    note = paths.DATA / "solutions" / f"{files.digest([machine, programs])[:32]}.json"
    if there := note.exists():
        kept = json.loads(note.read_text(encoding="utf-8"))
        found = [Judged(verdict, seconds) for verdict, seconds in kept]
    else:
        found = _ran(programs, workers)
    doubtful = [n for n, one in enumerate(found) if one.verdict in MOMENTARY]
    if doubtful or not there:
        again = _ran([programs[n] for n in doubtful], workers=1)
        for n, one in zip(doubtful, again):
            found[n] = one
        files.write_json(note, found)
    return found


def _ran(programs: Sequence[str], workers: int) -> list[Judged]:
    outcomes = sandbox.run_all(programs, [LIMIT] * len(programs), workers=workers)
    return [Judged(o.verdict, round(o.seconds, 3)) for o in outcomes]


def excluded(
    where: str, judged: Mapping[str, Mapping[str, Judged]]
) -> dict[str, dict[str, str]]:
    """Problems whose own solution fails, in any language: id -> language -> verdict.

    They are left out of all languages, which so are scored on the same problems.

    judged: language -> id of a problem -> its outcome.

    Raises:
        UserError: where no problem is left.
    """
    failed: dict[str, dict[str, str]] = {}
    for lang, outcomes in judged.items():
        for name, outcome in outcomes.items():
            if outcome.verdict != "passed":
                failed.setdefault(name, {})[lang] = outcome.verdict
    every = {name for outcomes in judged.values() for name in outcomes}
    if failed:
        reasons = (
            f"{name} ({', '.join(f'{lang}: {v}' for lang, v in langs.items())})"
            for name, langs in failed.items()
        )
        log.warning(
            "%s: %d of %d problems left out, their own solution fails: %s",
            where, len(failed), len(every), "; ".join(reasons),
        )  # fmt: skip
    if failed.keys() == every:
        raise UserError(
            f"{where}: the canonical solution of every problem fails in the sandbox; "
            f"check the file, and that it is Python {sys.version_info.major}"
        )
    return failed
