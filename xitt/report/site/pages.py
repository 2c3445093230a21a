"""The pages that are written here: the start, numbers, figures, lists of pages."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from xitt.analysis import wording
from xitt.analysis.results import Results
from xitt.report.numbers import Number
from xitt.report.site import provenance, records
from xitt.report.site.markup import raw, row, table
from xitt.report.site.paper import Figure, drawn

Record = dict[str, Any]

FEW = 24  # records that a list names one by one

# What a page of numbers is about, where that is no task.
TITLES = {
    "avg": "Averages over targets",
    "avg-without-retrieval": "Averages without retrieval",
    "claim": "Sentences that follow the records",
    "code": "Code generation",
    "count": "How much was run",
    "data": "Data",
    "encoder": "Encoder",
    "hardware": "Hardware",
    "language-models": "Language models",
    "languages": "Languages",
    "published": "Published numbers, quoted",
    "reasoning": "Reasoning",
    "retrieval": "Retrieval",
    "robustness": "Noise and code-switching",
    "source": "Language of the intermediate task",
    "speed": "Speed",
    "states": "A language model's own states",
    "statistics": "Statistics",
    "study": "The study",
    "training": "Training",
    "versions": "Versions",
    "volume": "Pretraining volume",
}


def landing(title: str, abstract: str, first: Figure, trees: Mapping[str, list]) -> str:
    """The start page: the question, the finding in a minute, and the ways on.

    trees: heading to the pages below it, in order.
    """
    ways = (
        '<nav class="ways" aria-label="Ways in">'
        '<a href="paper.html"><b>Read the paper</b> every number a link to its '
        "records</a>"
        '<a href="notebooks/00-start-here.html"><b>Follow the notebooks</b> the '
        "experiment, step by step, executed</a>"
        '<a href="predictions/index.html"><b>Look at answers</b> with and without '
        "intermediate training</a>"
        '<a href="figures.html"><b>Take the data</b> of every figure, as CSV and '
        "JSON</a></nav>"
    )
    parts = [f"# {title}\n", "## In a minute\n", raw(abstract), raw(drawn(first))]
    parts += ["## Ways in\n", raw(ways)]
    for caption, names in trees.items():
        listed = "\n".join(names)
        parts.append(
            f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n:caption: {caption}\n\n"
            f"{listed}\n```\n"
        )
    return "\n".join(parts)


def number_title(page: str) -> str:
    """What a page of numbers is headed with."""
    return TITLES.get(page) or wording.task(page)


def number_page(page: str, found: Mapping[str, Number], study: Results) -> str:
    """Each number of a page, below the records that it is made of."""
    parts = [f"# {number_title(page)}: numbers and their records\n"]
    if page in provenance.FILES:
        path = provenance.FILES[page]
        parts.append(f"No run made these: they stand in [{path}](../{path}).\n")
    elif page in study.targets:
        parts.append(
            "An interval also takes the variance over seeds from every cell of this "
            "target that was repeated.\n"
        )
    groups = provenance.grouped(found, study)
    for keys, rows in groups:
        if rows:
            parts.append(f"## {_heading(keys, rows)}\n")
            parts.append(raw(f"<p>Made of {listed(rows, '../')}.</p>"))
        parts.append(raw(_numbers({key: found[key] for key in keys})))
    return "\n".join(parts)


def _heading(keys: list[str], rows: list[Record]) -> str:
    """What numbers of the same records have in common."""
    settings = wording.ordered_settings({r["setting"] for r in rows})
    names = [wording.setting(s) for s in reversed(settings)]  # the baseline last
    if len(names) == 2 and settings[0] == "none":
        return f"{names[0]}, over {names[1]}"
    about = names[0] if len(names) == 1 else wording.plural(len(names), "setting")
    return f"{about}: {' '.join(keys[0].split('/')[1:])}" if len(keys) == 1 else about


def _numbers(found: Mapping[str, Number]) -> str:
    rows = (
        row(
            (
                f'<a href="#{key}"><code>{key}</code></a>',
                html.escape(number.text),
                "" if number.value is None else str(number.value),
            ),
            f'id="{key}"',
        )
        for key, number in found.items()
    )
    return table(("key", "as printed", "value"), rows)


def listed(rows: Iterable[Record], root: str) -> str:
    """Records as links, one by one where they are few, else by page."""
    rows = list(rows)
    many = wording.plural(len(rows), "record")
    if len(rows) <= FEW:
        one_target = len({r["target"] for r in rows}) == 1
        links = [
            f'<a href="{records.link(r, root)}">{_said(r, one_target)}</a>'
            for r in rows
        ]
    else:
        pages: dict[str, list[Record]] = {}
        for row in rows:
            pages.setdefault(records.page_of(row), []).append(row)
        links = [
            f'<a href="{root}records/{name}.html">{len(own)} of '
            f"{html.escape(records.title(own[0]))}</a>"
            for name, own in pages.items()
        ]
    return f"{many}: {', '.join(links)}"


def _said(record: Record, one_target: bool) -> str:
    name = wording.task(record["target"]) if record["target"] else "intermediate"
    task = "" if one_target else f"{name}, "
    return f"{task}{wording.setting(record['setting'])}, seed {record['seed']}"


def index(title: str, about: str, folder: str, entries: Mapping[str, str]) -> str:
    """A page that lists others of its folder: name to title."""
    lines = [f"# {title}\n", about, "", "```{toctree}", ":maxdepth: 1", ""]
    lines += [f"{_free(text)} <{name}>" for name, text in entries.items()]
    return "\n".join([*lines, "```", ""])


def _free(text: str) -> str:
    return text.replace("<", "").replace(">", "")


def figure_page(
    shown: Iterable[Figure], data: Mapping[str, dict], known: Mapping[str, Record]
) -> str:
    """Every figure with its notebook, its numbers and its records.

    data: name to what the figure's JSON holds; known: key to record.
    """
    parts = ["# Figures and their data\n"]
    for figure in shown:
        own, name = data[figure.name], figure.name
        rows = [known[key] for key in own["records"] if key in known]
        made = f"; made of {listed(rows, '')}" if rows else ""
        parts.append(raw(f'<span id="{name}"></span>'))
        parts.append(f"## {name.replace('-', ' ').capitalize()}\n")
        parts.append(raw(drawn(figure)))
        parts.append(
            raw(
                f'<p>{len(own["data"])} plotted rows as <a href="figures/{name}.csv">'
                f'CSV</a> and <a href="figures/{name}.json">JSON</a>{made}.</p>'
            )
        )
    return "\n".join(parts)
