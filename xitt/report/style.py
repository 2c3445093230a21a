"""The look of every figure: sizes, type, and one colour and marker a setting.

Colours are Paul Tol's `muted` scheme (https://sronpersonalpages.nl/~pault/), safe for
colour-blind readers; markers tell the settings apart in grey print. A variant keeps the
colour and marker of its task: `+mlm` is hollow and dashed, `+translated` half-filled
and dotted.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import matplotlib as mpl
from matplotlib import figure as mpl_figure

COLUMN = 3.03  # inches: one column of the paper, so text prints at its own size
PAGE = 6.3  # across both columns

INK = "#1a1a1a"
QUIET = "#8c8c8c"  # grids, marks, what stands behind
FAINT = "#d9d9d9"

RC: dict[str, Any] = {
    "font.family": "STIXGeneral",  # matches the paper's Times; comes with matplotlib
    "mathtext.fontset": "stix",
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "legend.columnspacing": 1.2,
    "legend.handletextpad": 0.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#4d4d4d",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "xtick.color": "#4d4d4d",
    "ytick.color": "#4d4d4d",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.pad": 2,
    "ytick.major.pad": 2,
    "lines.linewidth": 1.2,
    "lines.markersize": 4,
    "hatch.linewidth": 0.4,
    "figure.dpi": 120,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,  # TrueType: text in the PDF stays text
    "figure.constrained_layout.h_pad": 0.02,
    "figure.constrained_layout.w_pad": 0.02,
}

# (colour, marker) of each intermediate task; the two NLI and the two SQuAD are kin.
_LOOKS = {
    "none": (QUIET, "X"),
    "anli_plus": ("#88CCEE", "p"),
    "mnli": ("#332288", "o"),
    "qqp": ("#DDCC77", "h"),
    "squad_v2": ("#CC6677", "s"),
    "squad_v1": ("#882255", "D"),
    "hellaswag": ("#117733", "^"),
    "commonsense_qa": ("#44AA99", "v"),
    "cosmos_qa": ("#999933", "<"),
    "ccg": ("#AA4499", ">"),
    "ccg_pmb": ("#AA4499", ">"),  # the free stand-in for CCGbank
    "multi": ("#1a1a1a", "P"),
}
_OTHERS = (("#6699CC", "8"), ("#EE99AA", "d"), ("#994455", "H"), ("#997700", "*"))


def look(setting: str) -> dict[str, Any]:
    """matplotlib's colour, marker, marker filling and line style of `setting`.

    A task that is not among the paper's nine gets one of four further looks, always the
    same one, by a hash of its name.
    """
    whole, *suffixes = setting.split("+")
    base, _, lang = whole.partition("@")
    colour, marker = _LOOKS.get(base) or _OTHERS[zlib.crc32(base.encode()) % 4]
    filling = {"fillstyle": "full", "markerfacecolor": colour, "linestyle": "-"}
    if "noised" in suffixes or "switched" in suffixes:
        filling |= {"markerfacecolor": "white", "linestyle": "-."}
    if "switched" in suffixes:
        filling |= {"linestyle": ":"}
    if "translated" in suffixes or lang:
        filling |= {"fillstyle": "bottom", "linestyle": ":"}
    if "mlm" in suffixes:
        filling |= {"markerfacecolor": "white", "linestyle": "--"}
    return {"color": colour, "marker": marker, "markeredgecolor": colour, **filling}


class Figure(mpl_figure.Figure):
    """A figure that a notebook shows as the last value of a cell, without pyplot."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        with mpl.rc_context(RC):
            self.savefig(buffer, format="png", dpi=RC["figure.dpi"])
        return buffer.getvalue()


def styled(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Run `draw` under the project's rc settings, whatever a notebook has set."""

    @wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(RC)
            return draw(*args, **kwargs)

    return wrapper


def blank_figure(width: float, text: str) -> Figure:
    """A figure that says what is not there yet, so that the paper can include it."""
    figure = Figure(figsize=(width, 0.6))
    figure.text(0.5, 0.5, text, ha="center", va="center", color=QUIET, style="italic")
    return figure
