"""How a study stands: which runs are done, missing, failed or killed, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xitt import files, paths
from xitt.errors import UserError
from xitt.running import workflow
from xitt.study import grid, profiles, provenance, records
from xitt.study.grid import Run
from xitt.study.profiles import Profile

OLDER = "older: by other code than here; its results stand, see PROTOCOL"
KILLED = "its notebook was killed while it ran"


@dataclass(frozen=True)
class Stopped:
    """A notebook that did not end: its copy, `failed` or `killed`, and the reason.

    targets: those it was to make; () for an intermediate task, or where unreadable.
    """

    path: Path
    state: str
    why: str
    targets: tuple[str, ...]

    def concerns(self, run: Run) -> bool:
        """Whether the notebook was to make `run`."""
        mark = f"{workflow.notebook_of(run)}.{run.setting}.{run.seed}."
        mine = not self.targets or run.target in self.targets
        return self.path.name.startswith(mark) and mine


def stopped(folder: Path) -> list[Stopped]:
    """The notebooks that failed or were killed, of those executed in `folder`."""
    left = [_stopped(path) for path in sorted(folder.glob("*.failed.ipynb"))]
    running = sorted(folder.glob("*.running.ipynb"))
    if running and not _at_work(folder.parent):
        left += [Stopped(path, "killed", KILLED, _targets(_metadata(path)))
                 for path in running]  # fmt: skip
    return left


def _stopped(path: Path) -> Stopped:
    about = _metadata(path)
    known = about.get("xitt", {})
    why = known.get("why") or f"see {paths.relative(path)}"
    return Stopped(path, known.get("state", "failed"), why, _targets(about))


def _metadata(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (ValueError, KeyError, OSError):
        return {}


def _targets(about: dict) -> tuple[str, ...]:
    given = about.get("papermill", {}).get("parameters", {}).get("targets", "")
    return tuple(name for name in given.split(",") if name)


def _at_work(folder: Path) -> bool:
    """Whether a grid of the study runs now, which may be writing its notebooks."""
    try:
        with files.only_one(folder):
            return False
    except UserError:
        return True


def of_runs(study: Profile) -> Iterator[tuple[Run, str, str]]:
    """Every run with its state (done, older, missing, failed, killed) and why."""
    now = provenance.source_hashes()["xitt"]
    left = stopped(workflow.Plan(study).folder)
    for run in grid.runs(study):
        if run.done:
            record = records.read(run.record)
            same = record["sources"].get("xitt") == now
            yield run, "done" if same else "older", provenance.told(record)
            continue
        found = next((each for each in left if each.concerns(run)), None)
        yield run, *((found.state, found.why) if found else ("missing", ""))


def show(study: Profile) -> None:
    """Print the state of every run, and how many are in each."""
    counts = dict.fromkeys(("done", "missing", "failed", "killed", "older"), 0)
    for run, state, why in of_runs(study):
        counts[state] += 1
        name = run.target or "(intermediate training)"
        print(f"  {state:8}{run.setting:24}{name:26}seed {run.seed:<6}{why}")
    if counts["older"]:
        print(OLDER)
    if not counts["killed"]:
        del counts["killed"]
    others = _left_over(study)
    print(", ".join(f"{number} {state}" for state, number in counts.items())
          + (f"; {others} records of other parameters" if others else ""))  # fmt: skip


def _left_over(study: Profile) -> int:
    """How many records of the study none of its runs would make."""
    names = {run.record.name for run in grid.runs(study)}
    folder = profiles.folder(study, "records")
    return sum(path.name not in names for path in folder.glob("*.json"))
