"""Scores and gains to choose from: menus where a kernel answers, else folded tables.

Both are made by `show`, of the same frames. The tables need neither a kernel nor
JavaScript, so that a notebook on GitHub and the site have all that the menus have.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.results import ZERO_SHOT, Results
from xitt.report.site.markup import row, table
from xitt.tasks import registry

if TYPE_CHECKING:
    import pandas as pd

UNLEARNED = "\N{DOUBLE DAGGER}"  # as in figures and tables
MEAN = "mean without English"
# What a language's place depends on; see `chosen`.
ORDERS: dict[str, Callable[[Any], Any]] = {
    "name": lambda cell: registry.language_name(cell.language),
    "score": lambda cell: -cell.mean,
    "width of the interval": lambda cell: -(cell.high - cell.low),
}
WHOLE = "runs"  # a table on the site whose cells are not broken
WIDE, HIGH = 220, 14  # of the drawing of an interval, pixels


class Shown:
    """What a notebook shows of a study: `html`, and `menus` where there are any."""

    def __init__(self, html: str, menus: Any = None) -> None:
        self.html, self.menus = html, menus

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        own = self.menus._repr_mimebundle_() if self.menus else {}
        return {**own, "text/html": self.html, "text/plain": "scores to choose from"}


def show(found: Results, interactive: bool | None = None) -> Shown:
    """Every score and gain of a study: as folded tables, and with menus over them.

    interactive: whether there are menus; None: unless a notebook is executed for
        readers, where no kernel would answer them.
    """
    if interactive is None:
        interactive = "XITT_NOTEBOOK" not in os.environ
    return Shown(folded(found), menus(found) if interactive and found.targets else None)


# ------------------------------------------------------------------------------ tables


def folded(found: Results) -> str:
    """One table a target, behind a summary that opens it: languages by settings.

    The first column of numbers is the score without intermediate training, the others
    are gains over it, in points, with 95% intervals.
    """
    if not found.targets:
        return "<p>No target has been run yet.</p>"
    tables = [f"<p>{wording.DEMO}</p>"] * found.demo
    tables += [_of_target(found, target) for target in found.targets]
    if found.unlearned:
        tables.append(f"<p>{UNLEARNED} has not learned its own task.</p>")
    return "\n".join(tables)


def _of_target(found: Results, target: str) -> str:
    cells = {name: _cells(found, target, name) for name in found.settings}
    cells = {name: own for name, own in cells.items() if own}
    languages = wording.ordered_languages(
        {code for own in cells.values() for code in own if code != ZERO_SHOT}
    )
    rows = []
    for code in (ZERO_SHOT, *languages):
        said = (_said(own.get(code), name) for name, own in cells.items())
        rows.append(row((_language(code), *said), ""))
    floor = " (no better than a trivial answer)" * (target in found.floored)
    heads = ("language", *(_head(found, name) for name in cells))
    return (
        f"<details><summary>{html.escape(wording.task(target))}{floor}: "
        f"{wording.plural(len(languages), 'language')}, "
        f"{wording.plural(len(cells), 'setting')}</summary>"
        f"{table(heads, rows, WHOLE)}</details>"
    )


def _head(found: Results, setting: str) -> str:
    """A setting, and whether it is a score or a gain that stands below it."""
    mark = f" {UNLEARNED}" * (setting in found.unlearned)
    kind = "score" if setting == BASELINE else "gain"
    return f"{html.escape(wording.setting(setting))}{mark}, {kind}"


def _language(code: str) -> str:
    return MEAN if code == ZERO_SHOT else registry.language_name(code)


def _cells(found: Results, target: str, setting: str) -> dict[str, Any]:
    """Language to the row of its score (of the baseline) or gain; the mean with it."""
    if setting == BASELINE:
        frames = (found.scores, found.language_scores)
    else:
        frames = (found.gains, found.language_gains)
    rows = [own for frame in frames for own in _rows(frame, target, setting)]
    return {own.language: own for own in rows}


def _rows(frame: pd.DataFrame, target: str, setting: str) -> Sequence[Any]:
    wanted = frame[(frame["target"] == target) & (frame["setting"] == setting)]
    return list(wanted.itertuples())


def _said(cell: Any, setting: str) -> str:
    """A number with its interval; a dash where nothing was run."""
    if cell is None:
        return wording.DASH
    number = wording.score if setting == BASELINE else wording.gain
    if wording.missing(cell.low):
        return number(cell.mean)
    return f"{number(cell.mean)} [{number(cell.low)}, {number(cell.high)}]"


# ------------------------------------------------------------------------------- menus


def chosen(found: Results, target: str, setting: str, order: str = "name") -> str:
    """One target after one setting, a row a language, each with its interval drawn.

    order: one of ORDERS; the mean comes first.
    """
    cells = _cells(found, target, setting)
    if not cells:
        return f"<p>{wording.setting(setting)} has not been run on this target.</p>"
    mean = [cells.pop(ZERO_SHOT)] if ZERO_SHOT in cells else []
    listed = [*mean, *sorted(cells.values(), key=ORDERS[order])]
    ends = [end for cell in listed for end in (cell.mean, cell.low, cell.high)]
    ends = [end for end in ends if not wording.missing(end)]
    low, high = min(ends), max(ends)
    if setting != BASELINE:  # no gain is in sight
        low, high = min(low, 0.0), max(high, 0.0)
    rows = (
        row((_language(one.language), _said(one, setting), _drawn(one, low, high)), "")
        for one in listed
    )
    kind = "score" if setting == BASELINE else "gain"
    return table(("language", f"{kind}, 95% interval", ""), rows, WHOLE)


def _drawn(cell: Any, low: float, high: float) -> str:
    """An interval as a line, its middle as a dot; a bar where there is no gain."""

    def at(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{4 + share * (WIDE - 8):.1f}"

    middle, parts = HIGH / 2, []
    if low <= 0 <= high:
        zero = at(0.0)
        parts.append(f'<path d="M{zero} 0V{HIGH}" stroke="currentColor" opacity=".4"/>')
    if not wording.missing(cell.low):
        line = f"M{at(cell.low)} {middle}H{at(cell.high)}"
        parts.append(f'<path d="{line}" stroke="currentColor" stroke-width="2"/>')
    parts.append(f'<circle cx="{at(cell.mean)}" cy="{middle}" r="3.5"/>')
    return (
        f'<svg width="{WIDE}" height="{HIGH}" aria-hidden="true" fill="currentColor">'
        f"{''.join(parts)}</svg>"
    )


def menus(found: Results) -> Any:
    """Menus of target, setting and order, and the table that they choose."""
    import ipywidgets

    def menu(label: str, options: Sequence[tuple[str, str]]) -> Any:
        return ipywidgets.Dropdown(options=options, description=label)

    settings = [(wording.setting(name), name) for name in found.settings]
    target = menu("Target", [(wording.task(name), name) for name in found.targets])
    setting = menu("Setting", settings)
    order = menu("Order by", [(name, name) for name in ORDERS])
    setting.value = found.settings[-1]
    shown = ipywidgets.HTML()

    def draw(_: Any = None) -> None:
        shown.value = chosen(found, target.value, setting.value, order.value)

    for each in (target, setting, order):
        each.observe(draw, names="value")
    draw()
    return ipywidgets.VBox([ipywidgets.HBox([target, setting, order]), shown])
