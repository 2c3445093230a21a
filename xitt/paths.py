"""Every path of the project, as absolute `pathlib` constants."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]  # the folder that `xitt` is imported from
ROOT = Path(os.path.abspath(os.environ.get("XITT_ROOT") or PACKAGE))


def typed(text: str | Path) -> Path:
    """The absolute path of what a person typed, from where they stand.

    A process that we start in another folder learns from XITT_FROM where that is. What
    is not there, and is in the project's folder, is meant to be that one: a notebook
    that is run by hand stands in `notebooks/`.
    """
    given = Path(text).expanduser()
    here = Path(os.path.abspath(Path(os.environ.get("XITT_FROM") or "") / given))
    return ROOT / given if not here.exists() and (ROOT / given).exists() else here


NOTEBOOKS = ROOT / "notebooks"
PROFILES = NOTEBOOKS / "profiles"
RECORDS = ROOT / "results" / "records"  # tracked: one small JSON a finished run
PUBLISHED = ROOT / "results" / "published"  # tracked: quoted numbers with sources
LANGUAGES = ROOT / "results" / "languages"  # tracked: what was measured of languages
PLANS = ROOT / "results" / "plans.json"  # tracked: what studies are foretold to take
FIGURES = ROOT / "figures"  # tracked: PNG and JSON of the real study
PAPER = ROOT / "paper"
RUNS = ROOT / "runs"  # ignored: executed notebooks, checkpoints, predictions
DATA = typed(os.environ.get("XITT_DATA") or ROOT / "data")  # ignored: caches
ENCODERS = DATA / "encoders"
CAUSAL = DATA / "causal"  # language models
POCKET = DATA / "pocket"
IMPORTED = DATA / "imported"  # what `make import` wrote, where no mirror is set
DIGESTS = DATA / "digests"  # of large files, so that no notebook computes them again
TRANSLATED = DATA / "translated"  # what translation models made here


def mirror() -> Path | None:
    """The folder that `XITT_MIRROR` names, or None where it is not set."""
    value = os.environ.get("XITT_MIRROR")
    return typed(value).resolve() if value else None


def environment() -> dict[str, str]:
    """The environment of a process that works elsewhere: typed paths are whole in it.

    So a mirror, a file of tasks or the folder of an encoder given from where the user
    stands is found by the grid and by kernels, which stand in other folders.
    """
    names = ("XITT_ROOT", "XITT_DATA", "XITT_MIRROR", "XITT_TASKS")
    whole = {
        name: str(typed(os.environ[name])) for name in names if os.environ.get(name)
    }
    standing = os.environ.get("XITT_FROM") or os.getcwd()
    return {**os.environ, **whole, "XITT_FROM": standing}


def relative(path: Path) -> str:
    """`path` as shown to people: from the project's folder where it lies below it."""
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
