"""HTML that several pages share: raw parts of a MyST page, tables that sort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Scrolls by itself where the page is narrow, by keys too.
BEFORE, AFTER = '<div class="wide" tabindex="0">', "</div>"


def raw(text: str) -> str:
    """HTML as it is, in a MyST page."""
    return f"``````{{raw}} html\n{text.strip()}\n``````\n" if text.strip() else ""


def table(heads: Sequence[str], rows: Iterable[str], kind: str = "") -> str:
    """A table of one head row and of rows that `row` made; `kind` is a class of it."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'{BEFORE}<table class="{kind} sortable"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{AFTER}"
    )


def row(cells: Iterable[str], attributes: str) -> str:
    """One row of HTML cells."""
    return f"<tr {attributes}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
