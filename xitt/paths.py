"""Every path of the project, as absolute `pathlib` constants."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(os.environ.get("XITT_ROOT") or Path(__file__).resolve().parent.parent)

NOTEBOOKS = ROOT / "notebooks"
PROFILES = NOTEBOOKS / "profiles"
RECORDS = ROOT / "results" / "records"  # tracked: one small JSON a finished run
PUBLISHED = ROOT / "results" / "published"  # tracked: quoted numbers with sources
FIGURES = ROOT / "figures"  # tracked: PNG and JSON of the real study
PAPER = ROOT / "paper"
RUNS = ROOT / "runs"  # ignored: executed notebooks, checkpoints, predictions
DATA = Path(os.environ.get("XITT_DATA") or ROOT / "data")  # ignored: caches
ENCODERS = DATA / "encoders"
POCKET = DATA / "pocket"
IMPORTED = DATA / "imported"  # what `make import` wrote, where no mirror is set
DIGESTS = DATA / "digests"  # of large files, so that no notebook computes them again
TRANSLATED = DATA / "translated"  # what translation models made here


def mirror() -> Path | None:
    """The folder that `XITT_MIRROR` names, or None where it is not set."""
    value = os.environ.get("XITT_MIRROR")
    return Path(value).expanduser().resolve() if value else None


def relative(path: Path) -> str:
    """`path` as shown to people: from the project's folder where it lies below it."""
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
