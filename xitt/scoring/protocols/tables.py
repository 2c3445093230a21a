"""The protocols, as their files say them.

    version: 1
    source: what it follows
    ties: first                 # or shared: who gets the credit of equal likelihoods
    NAME of a task, or of a kind of task that stands for all others of it:
      rule: value               # holds for every language but those that say otherwise
      languages:
        sw: {rule: value}       # no `languages`: any language

A task is asked as its entry says, in the languages that it lists and no other: a prompt
in a language that nobody wrote is no measurement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xitt.errors import UserError, unknown
from xitt.tasks import yaml_files
from xitt.tasks.schema import Task

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Protocol:
    """A protocol: `stamp` is what a record calls it, name and version."""

    name: str
    version: str
    source: str
    ties: str
    tasks: Mapping[str, Mapping[str, Any]]

    @property
    def stamp(self) -> str:
        return f"{self.name}@{self.version}"

    def rules(self, task: Task, lang: str) -> dict[str, Any]:
        """How `task` is asked in `lang`.

        Raises:
            UserError: for a task or language that the protocol has no words for; it
                names the file to add them to.
        """
        file = FOLDER / f"{self.name}.yaml"
        entry = self.tasks.get(task.name) or self.tasks.get(task.kind)
        if entry is None:
            raise UserError(
                f"protocol '{self.name}' does not know {task.name}; add it to {file}, "
                f"or use another of {', '.join(names())}"
            )
        shared = {key: value for key, value in entry.items() if key != "languages"}
        if "languages" not in entry:
            return shared
        if lang not in entry["languages"]:
            raise UserError(
                f"protocol '{self.name}' has no words for {task.name} in '{lang}'; add "
                f"them to {file}, or leave the language out"
            )
        return {**shared, **(entry["languages"][lang] or {})}


def names() -> list[str]:
    """Every protocol, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def get(name: str) -> Protocol:
    """The protocol `name`; an unknown one is a UserError."""
    if name not in names():
        raise unknown("protocol", name, names())
    raw = yaml_files.read(FOLDER / f"{name}.yaml")
    about = {key: str(raw.pop(key)) for key in ("version", "source", "ties")}
    return Protocol(name, tasks=raw, **about)
