"""The grid as a plan of notebooks: which file each leaves, and which it waits for."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xitt import paths
from xitt.study import data_source, grid, profiles
from xitt.study.grid import tasks_of
from xitt.study.profiles import Profile
from xitt.study.run import Run

NOTEBOOKS = {  # by the phase of the runs that they make
    "intermediate": "20-train-intermediate",
    "target": "30-finetune-target",
    "perturbed": "40-perturb-input",
}
RUNNING = ".running.ipynb"  # the copy of a notebook that is being executed


@dataclass(frozen=True)
class Plan:
    """The notebooks that a study still needs, as the Snakefile asks for them."""

    study: Profile

    @property
    def folder(self) -> Path:
        """Where the executed notebooks stand."""
        return profiles.runs_folder(self.study) / "notebooks"

    @property
    def data(self) -> Path:
        """The executed check of the study's data, named by the data's revision."""
        revision = data_source.revision(self.study, *sorted(tasks_of(self.study)))
        return self.folder / f"10-prepare-data.{revision[:8]}.ipynb"

    @property
    def typeset(self) -> Path:
        """The mark that the paper was built (or, without TeX, all but its PDF)."""
        return profiles.runs_folder(self.study) / "paper.done"

    def notebook(self, name: str) -> Path:
        """The executed copy of a notebook that reads records."""
        return self.folder / f"{name}.ipynb"

    def pattern(self, name: str) -> str:
        """The executed copies of a notebook that trains, `{stem}` for each."""
        return f"{self.folder}/{name}.{{stem}}.ipynb"

    @cached_property
    def groups(self) -> dict[str, list[Run]]:
        """The runs of each notebook that trains, by its stem; one setting a notebook.

        Names do not depend on what is recorded by now: a job that is started once more
        finds its own, whatever it recorded before it was stopped.
        """
        everything = grid.runs(self.study)
        trained = [[run] for run in everything if run.phase == "intermediate"]
        size = self.study["targets_per_run"]
        scored = [
            *grid.groups(everything, size),
            *grid.groups(everything, size, "perturbed"),
        ]
        return {stem(group): group for group in trained + scored}

    @cached_property
    def missing(self) -> dict[str, list[Run]]:
        """Those of `groups` that have a run to be made."""
        todo = {run.key for run in grid.missing(self.study)}
        return {
            name: group
            for name, group in self.groups.items()
            if any(run.key in todo for run in group)
        }

    @cached_property
    def _budget(self) -> Any:
        from xitt.running.planning import budget

        return budget.Budget(self.study)

    def minutes(self, wanted: str) -> int:
        """The time that a job asks for to run the notebook `wanted`."""
        return self._budget.minutes(self.groups[wanted])

    @property
    def memory(self) -> int:
        """The MiB of memory, the machine's and no GPU's, that such a job asks for."""
        return self._budget.host_memory_mib()

    def arguments(self, wanted: str) -> str:
        """The command-line parameters of the notebook `wanted`, for the shell."""
        group = self.groups[wanted]
        given = {
            "profile": self.study["origin"],
            "intermediate": group[0].setting,
            "seed": group[0].seed,
        }
        if group[0].target:
            given["targets"] = ",".join(run.target for run in group)
        return " ".join(shlex.quote(f"{key}={value}") for key, value in given.items())

    def parents(self, wanted: str) -> list[str]:
        """The executed notebooks that the notebook `wanted` waits for."""
        needed = {
            run.key
            for child in self.groups[wanted]
            for run in (child.parent, child.starts_from)
            if run
        }
        return [
            self.pattern(notebook_of(group[0])).format(stem=name)
            for name, group in self.missing.items()
            if needed.intersection(run.key for run in group)
        ]

    @cached_property
    def to_come(self) -> list[str]:
        """The executed copies of the notebooks that make the missing runs."""
        return [
            self.pattern(notebook_of(group[0])).format(stem=name)
            for name, group in self.missing.items()
        ]

    @cached_property
    def evidence(self) -> list[str]:
        """What figures and tables wait for: the records there are, the runs to come."""
        recorded = [str(run.record) for run in grid.runs(self.study) if run.done]
        return recorded + self.to_come

    def sources(self, notebook: str, *rooms: str) -> list[Path]:
        """The files whose edit redraws: a notebook and the rooms that it calls."""
        package = Path(__file__).parents[2]
        modules = (path for room in rooms for path in (package / room).rglob("*.py"))
        return [paths.NOTEBOOKS / f"{notebook}.py", *sorted(modules)]


def notebook_of(run: Run) -> str:
    """The notebook that makes a run."""
    return NOTEBOOKS[run.phase]


def stem(group: list[Run]) -> str:
    """The name of a notebook's executed copy: setting, seed and a key of its runs."""
    digest = hashlib.sha256("".join(run.key for run in group).encode()).hexdigest()
    return f"{group[0].setting}.{group[0].seed}.{digest[:8]}"


def progress_of(running: Path) -> Path:
    """Where a notebook that is being executed tells how far it is, beside its copy."""
    return running.with_name(running.name.removesuffix(RUNNING) + ".progress.json")


def discard_unfinished(plan: Plan) -> None:
    """Remove the executed notebooks of runs without a record, so that they rerun.

    What failed ones left says no longer how they stand, and nobody else is at work.
    """
    for executed in map(Path, plan.to_come):
        for left in (".ipynb", ".failed.ipynb"):
            executed.with_suffix(left).unlink(missing_ok=True)
    for left in plan.folder.glob(f"*{RUNNING}"):
        progress_of(left).unlink(missing_ok=True)
        left.unlink()
