"""Do a language model's own states find translations, and more after English training?

The original's largest gains are on retrieval, by an encoder that was never tuned to
compare sentences. A language model is such a one: its hidden states, averaged over the
tokens of a sentence, are looked at as they are, and with the mean of each language
taken from them (`xitt.scoring.retrieval_tasks`). What is found holds for a decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from xitt.analysis import estimates, layers
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import Records
from xitt.tasks import kinds, registry

PLAIN, CENTRED = "plain", "centred"  # the two ways, in the order of frames
FIELDS = {PLAIN: "layers", CENTRED: "layers_centred"}
CURVES = ["model", "way", *layers.COLUMNS]
SCORES = ["model", "way", *estimates.COLUMNS, "trivial"]
GAINS = ["model", "way", *estimates.COLUMNS, "p", "p_holm"]


@dataclass(frozen=True)
class States:
    """The frames of the question; each is computed when it is first asked for.

    models: the records of a study of one causal model each.
    """

    models: tuple[Records, ...]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The records that any of the frames is made of."""
        return [record for own in self._own for record in own]

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Score by layer: model, way, and the columns of `layers.curves`."""
        parts = [
            layers.curves(own, field).assign(model=recorded.model(own), way=way)
            for own in self._own
            for way, field in FIELDS.items()
        ]
        return recorded.joined(parts, CURVES)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores at the fixed layer, by language and means, in either way.

        Columns: model, way, those of `estimates.scores`, and trivial: what finding any
        sentence at random scores, in points, mean over the languages.
        """
        parts = [
            compute(estimates.scores, own, way)
            for own in self._own
            for way in (PLAIN, CENTRED)
        ]
        trivial = _trivial(self.records)
        parts = [
            rows.assign(trivial=rows["target"].map(trivial))
            for rows in parts
            if len(rows)
        ]
        return recorded.joined(parts, SCORES)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Gains over no intermediate task at the fixed layer, in either way.

        Columns: model, way, and those of `estimates.gains`.
        """
        parts = [
            compute(estimates.gains, own, way)
            for own in self._own
            for way in (PLAIN, CENTRED)
        ]
        return recorded.joined(parts, GAINS)

    @cached_property
    def contrast(self) -> pd.DataFrame:
        """By how much a setting's gain on retrieval exceeds that on other targets.

        Columns: model, way, and those of `estimates.retrieval_contrast`; of settings
        that have every target. All scores are in points.
        """
        parts = []
        for records in self.models:
            scored = recorded.english_only(recorded.targets_of(records, lambda _: True))
            own = [r for r in scored if _retrieves(r)]
            others = [r for r in scored if not _retrieves(r)]
            for way in (PLAIN, CENTRED):
                looked_at = [*others, *_by_way(own, way)]
                if _compared(_by_way(own, way)) and _compared(others):
                    rows = estimates.retrieval_contrast(looked_at)
                    parts.append(rows.assign(model=recorded.model(records), way=way))
        return recorded.joined(parts, GAINS)

    @cached_property
    def _own(self) -> list[Records]:
        """The retrieval records of each model, of English-only settings."""
        found = (
            recorded.targets_of(own, lambda task: kinds.get(task.kind).retrieves)
            for own in self.models
        )
        return [own for own in map(recorded.english_only, found) if own]


def compute(function: Any, records: Records, way: str) -> pd.DataFrame:
    """`estimates.scores` or `gains` of one way, languages and then means."""
    own = _by_way(records, way)
    if not own or (function is estimates.gains and not _compared(own)):
        return pd.DataFrame()
    parts = [function(own, by=by) for by in ("language", "target")]
    parts = [rows.assign(model=recorded.model(records), way=way) for rows in parts]
    return pd.concat(parts, ignore_index=True)


def _by_way(records: Records, way: str) -> list[dict[str, Any]]:
    return list(records) if way == PLAIN else recorded.by_measure(records, CENTRED)


def _retrieves(record: dict[str, Any]) -> bool:
    return kinds.get(registry.get(record["target"]).kind).retrieves


def _compared(records: Records) -> bool:
    return any(record["setting"] == BASELINE for record in records)


def _trivial(records: Records) -> dict[str, float]:
    """What no model is needed for, by target."""
    found: dict[str, list[float]] = {}
    for record in records:
        for scores in record["metrics"]["test"].values():
            found.setdefault(record["target"], []).append(scores["trivial"])
    return {target: sum(values) / len(values) for target, values in found.items()}
