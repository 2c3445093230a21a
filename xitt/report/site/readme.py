"""What was found so far, in the README: sentences that the records write anew."""

from __future__ import annotations

import textwrap
from pathlib import Path

from xitt import files
from xitt.analysis.results import Results
from xitt.report import numbers

BEGIN, END = "<!-- found: written by 70-write-tables -->", "<!-- /found -->"
WIDTH = 91
CLAIMS = ("average", "best-setting", "average-without-retrieval", "retrieval",
          "at-floor", "verdicts")  # fmt: skip


def write(study: Results, path: Path) -> bool:
    """Put what the records say between the marks of the README at `path`.

    A folder of figures without a README beside it, or one without marks, is left alone.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(END)
    if not end:
        return False
    told = textwrap.fill(said(study), WIDTH, break_long_words=False)
    files.write_text(path, f"{before}{begin}{told}\n{end}{after}")
    return True


def said(study: Results) -> str:
    """How much is recorded, and what it shows, in a few sentences."""
    found = {key: number.text for key, number in numbers.collect(study).items()}
    seeds = found.get("count/seeds-a-cell", "no seed")
    others = found.get("count/other-seeds")
    cells = found.get("count/cells")
    sentences = [
        f"{cells} are recorded, with" if cells else "Every cell is recorded, with",
        f"{seeds} a cell{f' ({others})' if others else ''}.",
        *(found[f"claim/{key}"] for key in CLAIMS if f"claim/{key}" in found),
    ]
    return f"**So far:** {' '.join(sentences)}"
