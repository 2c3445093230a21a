"""Every path of the project, as absolute `pathlib` constants.

In a checkout all of them are in its folder. A package installed from a wheel carries
what is only read, and writes into the folder that it is used in.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]  # the folder that `xitt` is imported from
CARRIED = Path(__file__).with_name("carried")  # of a wheel, which setup.py fills
INSTALLED = CARRIED.is_dir()
ROOT = Path(
    os.path.abspath(os.environ.get("XITT_ROOT") or ("" if INSTALLED else PACKAGE))
)
SOURCE = CARRIED if INSTALLED else ROOT  # of what is only read


def typed(text: str | Path) -> Path:
    """The absolute path of what a person typed, from where they stand.

    A process that we start in another folder learns from XITT_FROM where that is. What
    is not there, and is in the project's folder, is meant to be that one: a notebook
    that is run by hand stands in `notebooks/`.
    """
    given = Path(text).expanduser()
    here = Path(os.path.abspath(Path(os.environ.get("XITT_FROM") or "") / given))
    return ROOT / given if not here.exists() and (ROOT / given).exists() else here


NOTEBOOKS = SOURCE / "notebooks"
PROFILES = NOTEBOOKS / "profiles"
RECORDS = ROOT / "results" / "records"  # tracked: one small JSON a finished run
PUBLISHED = SOURCE / "results" / "published"  # tracked: quoted numbers with sources
LANGUAGES = SOURCE / "results" / "languages"  # tracked: what was measured of languages
EXPECTED = SOURCE / "results" / "expected"  # tracked: records that exercises end with
PLANS = SOURCE / "results" / "plans.json"  # tracked: what studies are foretold to take
SPEED = SOURCE / "results" / "speed.json"  # tracked: what `make speed` measured
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


def carried(path: Path) -> Path:
    """Where an installed package carries what would be at `path`, there or not."""
    return CARRIED / path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


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
    if INSTALLED:  # the project's folder is where we stand, and not where they do
        whole["XITT_ROOT"] = str(ROOT)
    standing = os.environ.get("XITT_FROM") or os.getcwd()
    return {**os.environ, **whole, "XITT_FROM": standing}


def relative(path: Path) -> str:
    """`path` as shown to people: from the project's folder where it lies below it."""
    path = Path(path)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
