"""Does the benefit of English intermediate training reach code generation?

A causal model writes programs from problems that are told in many languages. Two
measures stand side by side, paired by problem: pass@1, whose standard error over 80
problems is some points, and the log-likelihood of the canonical solution a token, which
moves where no program passes yet. The gain of each intermediate task is set against its
gain on understanding targets in the same languages: those of the same model, and those
of the encoder study.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xitt.analysis import estimates
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import Records
from xitt.analysis.questions.volume import measures
from xitt.tasks.registry import ENGLISH

AGREEMENT = [
    *("model", "code", "measure", "side", "target", "settings", "languages"),
    *("rho", "low", "high", "within", "between"),
]
POINTS = [
    *("model", "code", "measure", "side", "target", "setting", "language"),
    *("understanding", "gain"),
]


@dataclass(frozen=True)
class Code:
    """The frames of the question; each is computed when it is first asked for.

    Attributes:
        models: the records of a study of one causal model each.
        encoder: those of an encoder's study, on what its baseline has learned.
    """

    models: tuple[Records, ...]
    encoder: Records = ()

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The records that any of the frames of code generation is made of."""
        return [record for own in self._own for record in own]

    @cached_property
    def compared(self) -> list[dict[str, Any]]:
        """Those, and the records of understanding that they are set against."""
        sides = map(_asking, (*self.models, self.encoder) if self._own else ())
        return [*self.records, *(record for side in sides for record in side)]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Both measures by model, setting, target and language, see `recorded`."""
        parts = (recorded.by_measures(estimates.scores, own) for own in self._own)
        return recorded.joined(parts, recorded.SCORES)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Gains over no intermediate task in both measures; p_holm of each measure."""
        parts = (recorded.by_measures(estimates.gains, own) for own in self._own)
        return recorded.joined(parts, recorded.GAINS)

    @cached_property
    def power(self) -> pd.DataFrame:
        """What changes so many problems could show, see `recorded.powered`."""
        return recorded.powered(self.gains)

    @cached_property
    def points(self) -> pd.DataFrame:
        """A row a setting and language: its gain on code, and on understanding.

        Columns: model, code (the target), measure; side (the model whose understanding
        it is), target; setting, language (English apart), understanding, gain.
        """
        parts = []
        code = self.gains.rename(columns={"target": "code", "mean": "gain"})
        code = code[~code["language"].isin(["all", "zero-shot", ENGLISH])]
        for records in self.models:
            ours = code[code["model"] == recorded.model(records)]
            for side in (records, self.encoder):
                found = _understanding(side).rename(
                    columns={"model": "side", "mean": "understanding"}
                )
                found = found[
                    ["side", "target", "setting", "language", "understanding"]
                ]
                parts.append(ours.merge(found, on=["setting", "language"]))
        return recorded.joined(parts, POINTS)

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Spearman's correlation of the gain on code and that on understanding.

        Columns: model, code, measure, side, target, settings, languages; rho over all
        settings and languages, with its 95% interval low, high; within, with the mean
        of each setting taken off; between, of the settings' means, NaN for fewer than
        three. The interval resamples languages and settings, each as a whole (Owen
        2007, The pigeonhole bootstrap): a handful of settings decides little. What has
        fewer than `measures.LEAST` languages is left out.
        """
        rows = []
        place = ["model", "code", "measure", "side", "target"]
        for names, own in self.points.groupby(place, sort=False):
            found = _agreement(own, recorded.generator(*names))
            if found:
                rows.append({**dict(zip(place, names)), **found})
        return pd.DataFrame(rows, columns=AGREEMENT)

    @cached_property
    def _own(self) -> list[Records]:
        """The code records of each model, of English-only settings."""
        found = (
            recorded.targets_of(own, lambda task: task.suite == recorded.CODE)
            for own in self.models
        )
        return [own for own in map(recorded.english_only, found) if own]


def _asking(records: Records) -> Records:
    """The records of understanding targets, of English-only settings."""
    return recorded.targets_of(
        recorded.english_only(records),
        lambda task: task.kind in recorded.UNDERSTANDING,
    )


def _understanding(records: Records) -> pd.DataFrame:
    """Gains on understanding targets, by language."""
    wanted = _asking(records)
    if not wanted:
        return pd.DataFrame(columns=recorded.GAINS)
    return recorded.by_measures(estimates.gains, wanted)


def _agreement(points: pd.DataFrame, generator: np.random.Generator) -> dict[str, Any]:
    """One row of `Code.agreement`; {} where there is too little to correlate."""
    tables = [
        points.pivot(index="setting", columns="language", values=column)
        for column in ("understanding", "gain")
    ]
    whole = tables[0].notna().all() & tables[1].notna().all()
    x, y = (table.loc[:, whole].to_numpy(float) for table in tables)
    settings, languages = x.shape
    if languages < measures.LEAST:
        return {}
    rows = generator.integers(settings, size=(measures.RESAMPLES, settings, 1))
    columns = generator.integers(languages, size=(measures.RESAMPLES, 1, languages))
    resampled = _rho(x[rows, columns], y[rows, columns])
    low, high = np.nanquantile(resampled, [0.025, 0.975])
    centred = (each - each.mean(axis=1, keepdims=True) for each in (x, y))
    means = (each.mean(axis=1, keepdims=True) for each in (x, y))
    return {
        "settings": settings,
        "languages": languages,
        "rho": float(_rho(x, y)),
        "low": float(low),
        "high": float(high),
        "within": float(_rho(*centred)),
        "between": float(_rho(*means)) if settings > 2 else np.nan,
    }


def _rho(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's correlation over (..., settings, languages): (...)."""
    flat = (each.reshape(*each.shape[:-2], -1) for each in (x, y))
    return measures.cosine(*map(measures.ranks, flat))
