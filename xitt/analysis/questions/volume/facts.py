"""What is known of each language beside its scores: text, script, pieces, distance.

Volumes are quoted (`results/published/cc100_volume.csv`: CC-100, which XLM-R was
pretrained on). What the tokenizer makes of a language and its distance from English
were measured once, by `python -m xitt languages`, and lie in `results/languages`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xitt import paths
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH

VOLUMES = paths.PUBLISHED / "cc100_volume.csv"
DISTANCES = paths.LANGUAGES / "typological_distance.json"
FEW = 25  # syntactic features: a distance over fewer is told and not used

# What could stand behind a correlation with volume, with its name in text and tables.
CONTROLS = {
    "distance": "distance",
    "latin": "script",
    "premium": "tokens",
    "overlap": "overlap",
}


def tokenizer_file(encoder: str) -> Path:
    """Where it is kept what a tokenizer makes of languages; encoder: as records say."""
    return paths.LANGUAGES / f"{encoder.replace('/', '--')}.json"


@cache
def volumes() -> pd.Series:
    """GiB of CC-100 text by language; the rows of one language (zh, my) added up."""
    frame = pd.read_csv(VOLUMES, keep_default_na=False)
    return frame.groupby("language")["size_gib"].sum()


def languages(encoder: str) -> pd.DataFrame:
    """The registry's languages but English, by code.

    Columns: gib and log_gib (log10), NaN where CC-100 has no text of a language; latin
    (1.0 or 0.0), family; premium and overlap, NaN where they were not measured for this
    encoder; distance, NaN where it rests on fewer than FEW features; features.
    """
    known = {code: it for code, it in registry.languages().items() if code != ENGLISH}
    frame = pd.DataFrame(index=list(known))
    frame["gib"] = volumes().reindex(frame.index)
    frame["log_gib"] = np.log10(frame["gib"])
    frame["latin"] = [float(it.script == "Latin") for it in known.values()]
    frame["family"] = [it.family for it in known.values()]
    tokenizer = _read(tokenizer_file(encoder))
    for column in ("premium", "overlap"):
        values = {lang: it.get(column) for lang, it in tokenizer.items()}
        frame[column] = pd.Series(values, dtype=float).reindex(frame.index)
    distances = _read(DISTANCES)
    for column in ("distance", "features"):
        values = {lang: it[column] for lang, it in distances.items()}
        frame[column] = pd.Series(values, dtype=float).reindex(frame.index)
    frame.loc[~(frame["features"] >= FEW), "distance"] = np.nan
    return frame


def thin() -> dict[str, int]:
    """Languages whose distance rests on fewer than FEW features, with how many."""
    found = {code: int(it["features"]) for code, it in _read(DISTANCES).items()}
    return {code: number for code, number in found.items() if number < FEW}


def _read(path: Path) -> dict[str, Any]:
    """The languages of a file of measurements; none where it was not written."""
    if not path.exists():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))["languages"]
