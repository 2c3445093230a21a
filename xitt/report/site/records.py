"""The pages of records: one a profile and target, a row a run, its file beside it."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from xitt.analysis import wording
from xitt.report.prose.costs import machine
from xitt.report.site.markup import raw, row, table
from xitt.tasks.registry import ENGLISH

Record = dict[str, Any]

UNKNOWN = "not recorded"
HEADS = ("setting", "seed", "score", "languages", "commit", "hardware", "time",
         "started from", "file")  # fmt: skip


def page_of(record: Record) -> str:
    """The page that a record stands on."""
    noisy = "-perturbed" if record["phase"] == "perturbed" else ""
    return f"{record['profile']}-{record['target'] or 'intermediate'}{noisy}"


def name(record: Record) -> str:
    """The name of a record's file: phase.setting.target.seed.key."""
    parts = (record["phase"], record["setting"], record["target"] or "-")
    return ".".join((*parts, str(record["seed"]), record["key"])) + ".json"


def link(record: Record, root: str = "") -> str:
    """The address of a record's row, from the folder that `root` leads to."""
    return f"{root}records/{page_of(record)}.html#{record['key']}"


def title(record: Record) -> str:
    """What a page of records is headed with."""
    about = wording.task(record["target"]) if record["target"] else "Intermediate"
    noisy = ", perturbed input" if record["phase"] == "perturbed" else ""
    return f"{about}{noisy} ({record['profile']})"


def page(records: list[Record], known: dict[str, Record]) -> str:
    """The MyST page of records of one profile and target; `known` finds parents."""
    return f"# {title(records[0])}\n\n" + raw(
        f"<p>{wording.plural(len(records), 'record')}. Open a score for those of each "
        "language; a file holds everything that is known of a run.</p>"
        + table(HEADS, (_row(record, known) for record in records), "runs")
    )


def _row(record: Record, known: dict[str, Record]) -> str:
    parent = known.get(record.get("parent") or "")
    started = (
        f'<a href="{link(parent, "../")}">{wording.setting(parent["setting"])}, seed '
        f"{parent['seed']}</a>"
        if parent
        else html.escape(record["encoder"]["id"])
    )
    code = record.get("code") or {}
    commit = f"<code>{code['commit'][:12]}</code>" if code.get("commit") else UNKNOWN
    dirty = " (edited)" if code.get("clean") is False else ""
    cells = (
        wording.setting(record["setting"]),
        str(record["seed"]),
        _scores(record),
        str(len(_tested(record))),
        commit + dirty,
        html.escape(machine(record.get("hardware") or {}) or UNKNOWN),
        wording.duration(record["seconds"]),
        started,
        f'<a href="files/{html.escape(name(record))}">JSON</a>',
    )
    return row(cells, f'id="{record["key"]}"')


def _tested(record: Record) -> dict[str, Any]:
    return record["metrics"].get("test") or record["metrics"].get("validation") or {}


def _scores(record: Record) -> str:
    """The mean without English, and behind it each language's score and examples."""
    metric = record["headline"]
    cells = {
        lang: (found[found.get("headline", metric)], found["n"])
        for lang, found in _tested(record).items()
    }
    mean = _mean(score for lang, (score, _) in cells.items() if lang != ENGLISH)
    mean = mean if mean is not None else _mean(score for score, _ in cells.values())
    each = "".join(
        f"<li>{html.escape(lang)} {wording.score(score)} <small>n = {n}</small></li>"
        for lang, (score, n) in cells.items()
    )
    shown = wording.score(mean) if mean is not None else wording.DASH
    return f"<details><summary>{shown}</summary><ul>{each}</ul></details>"


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
