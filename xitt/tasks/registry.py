"""What the study's tasks are: questions about the registry, `tasks.yaml`.

Light to import: it knows what a task is, not how its rows are read (see `xitt.data`).
"""

from __future__ import annotations

import json
from dataclasses import asdict

from xitt.errors import UserError, unknown
from xitt.tasks import schema
from xitt.tasks.schema import PHASES, Language, Task

ENGLISH = "en"  # the language trained on; zero-shot means every other
# What of an entry decides neither which rows are read nor how they are scored.
DESCRIBING = ("title", "licence", "url", "rows", "suite", "stands_for", "note",
              "by_hand", "importer", "deviation", "added")  # fmt: skip


def get(name: str) -> Task:
    """The task `name`.

    Raises:
        UserError: for an unknown name, with the nearest one; for a faulty registry.
    """
    known = schema.load()["tasks"]
    if name not in known:
        raise unknown("task", name, known)
    return known[name]


def deciding(task: Task) -> str:
    """What of an entry decides its rows and their scores: equal text, equal results."""
    told = {k: value for k, value in asdict(task).items() if k not in DESCRIBING}
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def names(phase: str | None = None, suite: str | None = None) -> list[str]:
    """The tasks of one of `schema.PHASES`, in the registry's order.

    suite: only those that belong to it, such as `XTREME`.
    """
    if phase is not None and phase not in PHASES:
        raise unknown("phase", phase, PHASES)
    every = schema.load()["tasks"].values()
    return [
        task.name
        for task in every
        if phase in (None, task.phase) and suite in (None, task.suite)
    ]


def variants(target: str) -> list[str]:
    """The other test sets that a target's model is scored on: noisy, code-switched."""
    get(target)
    return [name for name in names("variant") if get(name).variant_of == target]


def multi() -> tuple[str, ...]:
    """The tasks that the setting `multi` mixes: the nine of the original study."""
    return schema.load()["multi"]


def languages() -> dict[str, Language]:
    """Every language that the registry knows, by its ISO 639-1 code."""
    return schema.load()["languages"]


def language(code: str) -> Language:
    """The language of an ISO 639-1 code; an unknown one is a UserError."""
    known = languages()
    if code in known:
        return known[code]
    word = str(code).lower()
    meant = [
        it.code
        for it in known.values()
        if word == it.iso3 or it.name.lower().startswith(word)
    ]
    mend = f"did you mean '{meant[0]}'?" if len(meant) == 1 else ""
    raise UserError(
        f"unknown language '{code}'; {mend or 'known: ' + ', '.join(known)}"
    )


def language_name(lang: str) -> str:
    """The English name of a language: `sw` is Swahili."""
    return language(lang).name
