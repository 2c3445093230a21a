"""The LaTeX that tables are written in: booktabs, nothing by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xitt.analysis import results, wording
from xitt.analysis.wording import DASH, MINUS

Rows = list[list[str]]  # LaTeX, already escaped

NOTICE = "% Generated from records; an edit here is lost.\n"


def tabular(
    columns: str,
    head: Sequence[str],
    rows: Rows,
    empty: str = "",
    open_top: bool = False,
) -> str:
    """A booktabs `tabular`; a row that is [] becomes a thin rule.

    Args:
        columns: LaTeX's column letters.
        head: the header's cells, escaped.
        rows: cells, escaped.
        empty: what is said instead where there are no rows.
        open_top: no rule above the header, whose cells stand aslant.
    """
    if not rows:
        return f"{NOTICE}\\emph{{{tex(empty or 'Nothing recorded yet.')}}}\n"
    lines = [" & ".join(row) + r" \\" if row else r"\midrule" for row in rows]
    return "\n".join(
        [
            NOTICE + rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
            *([] if open_top else [r"\toprule"]),
            " & ".join(head) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def with_spread(
    row: Any,
    write: Callable[[float], str],
    bold: bool = False,
    before: str = "",
    digits: int = 1,
    key: str = "",
) -> str:
    """A mean with the half-width of its 95% interval in small print, or a dash.

    Args:
        row: with mean, low and high; None where nothing was measured.
        write: how the mean is written, `wording.score` or `wording.gain`.
        bold: whether the mean is set bold.
        before: LaTeX that stands before it.
        digits: of the half-width.
        key: of the number that the mean is, see `traced`.
    """
    if row is None:
        return tex(DASH)
    half = f"{(row['high'] - row['low']) / 2:.{digits}f}"
    if row["interval"] == "examples":  # no other seed was run, nor of a cell like it
        half += r"\examplesonly"
    text = tex(write(row["mean"]))
    text = traced(key, rf"\textbf{{{text}}}" if bold else text)
    return rf"\spread{{{before}{text}}}{{{half}}}"


def change(
    row: Any,
    spread: bool = False,
    write: Callable[[float], str] = wording.gain,
    digits: int = 1,
    key: str = "",
) -> str:
    """A gain or loss: bold where its 95% interval excludes zero, a dash for None.

    An asterisk hangs out to the left of one that is clear after Holm's correction.
    `spread` adds the half-width of the interval, with so many `digits`. `key` is of
    the number that the change is, see `traced`.
    """
    if row is None:
        return tex(DASH)
    bold = bool(results.excludes_zero(row))
    before = r"\starred{}" if results.clear(row) else ""
    if spread:
        return with_spread(row, write, bold, before, digits, key)
    text = tex(write(row["mean"]))
    return before + traced(key, rf"\textbf{{{text}}}" if bold else text)


def traced(key: str, text: str) -> str:
    """LaTeX that leads to the records of the number `key`; as it is without a key."""
    return rf"\traced{{{key}}}{{{text}}}" if key else text


_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    MINUS: r"$-$",
    DASH: "--",
    "\N{EM DASH}": "---",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{NO-BREAK SPACE}": "~",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\n": r"\\",
}


def tex(text: object) -> str:
    """`text` with every character that LaTeX reads as a command escaped.

    A character that the paper's Latin fonts cannot set is an error of the caller;
    everything that xitt prints is English.
    """
    return "".join(_TEX.get(char, char) for char in str(text))
