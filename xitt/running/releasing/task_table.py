"""The registry as a table for readers: docs/tasks.md, which `make tasks` writes."""

from __future__ import annotations

from collections.abc import Iterator

from xitt.tasks import registry
from xitt.tasks.schema import PHASES, Task

HEAD = """# The tasks

Written by `make tasks` from [the registry](../xitt/tasks/tasks.yaml), whose head says
what each column means; an edit here is lost. Languages are ISO 639-1 codes.
"""
COLUMNS = ("name", "task", "kind", "metric", "languages", "source", "licence")
TITLES = {
    "intermediate": "Intermediate tasks",
    "target": "Target tasks",
    "text": "Text",
    "variant": "Noisy and code-switched test sets of targets",
    "dictionary": "Dictionaries",
}


def markdown() -> str:
    """The whole page, a table for each phase that has tasks."""
    parts = [HEAD]
    for phase in PHASES:
        tasks = [registry.get(name) for name in registry.names(phase)]
        if tasks:
            rows = [COLUMNS, ["---"] * len(COLUMNS), *map(_cells, tasks)]
            lines = ["| " + " | ".join(row) + " |" for row in rows]
            parts.append("\n".join([f"## {TITLES[phase]}", "", *lines, ""]))
    return "\n".join(parts)


def _cells(task: Task) -> list[str]:
    title = f"[{task.title}]({task.url})" if task.url else task.title
    cells = [
        f"`{task.name}`",
        title,
        task.kind,
        task.metric or "",
        " ".join(task.languages),
        ", ".join(dict.fromkeys(_sources(task))),
        task.licence,
    ]
    return [cell.replace("|", r"\|") for cell in cells]


def _sources(task: Task) -> Iterator[str]:
    """Where the rows are: data sets of the Hub, linked, or what people have to get."""
    for part in task.parts:
        if part.on_hub:
            address = f"https://huggingface.co/datasets/{part.dataset}"
            yield f"[{part.dataset}]({address})"
        else:
            yield f"{part.dataset} (by hand)"
