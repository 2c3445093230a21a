"""The table of what studies are foretold to take, and how right that was."""

from __future__ import annotations

import json
from typing import Any

from xitt import paths
from xitt.analysis import wording
from xitt.analysis.results import Results
from xitt.report.latex import Rows, tabular, tex

HEAD = [
    *("study", "on one", "runs", "trained", "scored", "hours", "GPU", "disk"),
    *("recorded", "foretold", "took"),
]


def load() -> list[dict[str, Any]]:
    """The plans that were kept; see `running.planning.kept` for their fields."""
    if not paths.PLANS.exists():
        return []
    return json.loads(paths.PLANS.read_text(encoding="utf-8"))


def plan_table(study: Results) -> str:
    """A row a plan: runs, million tokens, hours, GB; then runs that tested it."""
    rows: Rows = [[*_planned(each), *_tested(each)] for each in load()]
    return tabular("llrrrrrrrrr", HEAD, rows)


def _planned(plan: dict[str, Any]) -> list[str]:
    name = plan["study"]
    if times := plan.get("times"):
        name = f"{name}, {wording.number_word(times)} times"
    return [
        tex(name),
        tex(plan["hardware"]),
        wording.count(plan["runs"]),
        *(
            wording.count(round(plan[f"million_tokens_{x}"]))
            for x in ("trained", "scored")
        ),
        f"{plan['hours']:,.1f}",
        f"{plan['memory_gb']:,.1f}",
        wording.count(round(plan["disk_gb"])),
    ]


def _tested(plan: dict[str, Any]) -> list[str]:
    if not (tested := plan.get("recorded")):
        return [tex(wording.DASH)] * 3
    hours = (f"{tested[f'{name}_hours']:,.1f}" for name in ("foretold", "took"))
    return [wording.count(tested["runs"]), *hours]
