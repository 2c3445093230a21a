"""How a study stands: which runs are done, missing, failed or killed, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xitt import files, paths
from xitt.analysis import wording
from xitt.errors import UserError
from xitt.running import cluster
from xitt.running.grids import workflow
from xitt.running.releasing import outputs
from xitt.study import grid, profiles, provenance, records
from xitt.study.profiles import Profile
from xitt.study.run import Run

OLDER = "older: by other code than here; its results stand, see PROTOCOL"
KILLED = "its notebook was killed while it ran"
ALWAYS = ("done", "missing", "failed", "older")  # states that are told when none is in
STATES = ("done", "running", "queued", "missing", "failed", "killed", "older")
LAST = 5  # lines of what stopped


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
    running = sorted(folder.glob(f"*{workflow.RUNNING}"))
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


@dataclass(frozen=True)
class Standing:
    """How a run stands: done, older, missing, queued, running, failed or killed.

    why: of a record what made it, of a job what Slurm says, of a failure its reason.
    last: the last lines that a notebook which did not end had printed.
    """

    run: Run
    state: str
    why: str = ""
    last: tuple[str, ...] = ()


def of_runs(study: Profile) -> Iterator[Standing]:
    """Every run of the study, as it stands now."""
    now = provenance.source_hashes()["xitt"]
    plan = workflow.Plan(study)
    left, jobs = stopped(plan.folder), _jobs(plan)
    begun = under_way(plan)
    if begun and not _at_work(plan.folder.parent):
        begun = []  # they were killed
    at_work = {run.key: each.told for each in begun for run in each.runs}
    for run in grid.runs(study):
        if run.done:
            record = records.read(run.record)
            same = record["sources"].get("xitt") == now
            yield Standing(run, "done" if same else "older", provenance.told(record))
        elif told := jobs.get(run.key):
            state = "running" if told.startswith("RUNNING") else "queued"
            yield Standing(run, state, f"Slurm: {told}")
        elif run.key in at_work:
            yield Standing(run, "running", at_work[run.key])
        elif found := next((each for each in left if each.concerns(run)), None):
            yield Standing(run, found.state, found.why, _last_lines(found.path))
        else:
            yield Standing(run, "missing")


def _jobs(plan: workflow.Plan) -> dict[str, str]:
    """What Slurm says of the jobs of this study's runs, by the runs' keys.

    Asked only where the study's last grid went to a cluster.
    """
    if not (plan.folder.parent / ".snakemake" / "slurm_logs").exists():
        return {}
    found = cluster.queue()
    return {
        run.key: told
        for comment, told in found.items()
        for run in plan.groups.get(comment.rpartition("_wildcards_")[2], [])
    }


@dataclass(frozen=True)
class UnderWay:
    """A notebook that is being executed, and how far its present part is.

    name: what it makes, in words. runs: those; () for a notebook that reads records.
    """

    name: str
    runs: tuple[Run, ...] = ()
    done: int = 0
    total: int = 0
    told: str = ""

    @property
    def line(self) -> str:
        """In one line of a log."""
        return f"{self.name}: {self.told}" if self.told else self.name


def under_way(plan: workflow.Plan) -> list[UnderWay]:
    """The notebooks that are being executed, where a grid is at work."""
    begun = sorted(plan.folder.glob(f"*{workflow.RUNNING}"))
    return [_under_way(plan, path) for path in begun]


def _under_way(plan: workflow.Plan, path: Path) -> UnderWay:
    name = path.name.removesuffix(workflow.RUNNING)
    runs = tuple(plan.groups.get(name.partition(".")[2], ()))
    left = [run for run in runs if not run.done] or runs[-1:]
    if left:
        about = left[0].target or "intermediate training"
        number = f" ({len(runs) - len(left) + 1} of {len(runs)})" if runs[1:] else ""
        name = f"{left[0].setting}: {about}{number}, seed {left[0].seed}"
    try:
        far = json.loads(workflow.progress_of(path).read_text(encoding="utf-8"))
        return UnderWay(name, runs, far["done"], far["total"], far["told"])
    except (OSError, ValueError, KeyError):  # it has not begun, or is writing
        return UnderWay(name, runs)


def _last_lines(path: Path) -> tuple[str, ...]:
    """The last lines that the cells of a notebook printed."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [each for cell in cells for each in cell.get("outputs", [])]
        said = "".join("".join(each.get("text", "")) for each in outputs)
    except (ValueError, KeyError, OSError):
        return ()
    return tuple(line for line in said.splitlines() if line.strip())[-LAST:]


def show(study: Profile, *, verbose: bool = True) -> None:
    """Print the state of every run, and how many are in each.

    verbose: a line for each run; else for each that did not go well.
    """
    counts = dict.fromkeys(STATES, 0)
    for each in of_runs(study):
        counts[each.state] += 1
        if not verbose and each.state not in ("failed", "killed"):
            continue
        name = each.run.target or "(intermediate training)"
        print(f"  {each.state:8}{each.run.setting:24}{name:26}"
              f"seed {each.run.seed:<6}{each.why}")  # fmt: skip
        for line in each.last:
            print(f"          | {line}")
    if counts["older"] and verbose:
        print(OLDER)
    _say_stale(verbose)
    others = _left_over(study)
    print(", ".join(f"{number} {state}" for state, number in counts.items()
                    if number or state in ALWAYS)
          + (f"; {others} records of other parameters" if others else ""))  # fmt: skip


def _say_stale(verbose: bool) -> None:
    """Which published notebooks show outputs of other code or records than here."""
    stale = outputs.stale()
    if stale and not verbose:
        print(f"  stale   outputs of {wording.plural(len(stale), 'notebook')}; "
              "run `make notebooks`")  # fmt: skip
    for name, why in stale.items() if verbose else ():
        print(f"  stale   notebooks/{name}.ipynb: {why}")


def as_json(study: Profile) -> str:
    """The same for machines: a list with an object for each run."""
    return json.dumps([
        {
            "key": each.run.key, "phase": each.run.phase, "setting": each.run.setting,
            "target": each.run.target, "seed": each.run.seed, "state": each.state,
            "why": each.why, "last": each.last,
            "record": paths.relative(each.run.record) if each.run.done else None,
        }
        for each in of_runs(study)
    ], indent=1, ensure_ascii=False)  # fmt: skip


def _left_over(study: Profile) -> int:
    """How many records of the study none of its runs would make."""
    names = {run.record.name for run in grid.runs(study)}
    folder = profiles.folder(study, "records")
    return sum(path.name not in names for path in folder.glob("*.json"))
