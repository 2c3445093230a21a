"""Do a language model's own states find translations, and more after English training?

The original's largest gains are on retrieval, by an encoder that was never tuned to
compare sentences. A language model is such a one: its hidden states, averaged over the
tokens of a sentence, are looked at as they are, and with the mean of each language
taken from them (`xitt.scoring.retrieval_tasks`). What is found holds for a decoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

import pandas as pd

from xitt.analysis import estimates, layers
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import Records
from xitt.tasks import kinds, registry
from xitt.tasks.schema import Task

PLAIN, CENTRED = "plain", "centred"  # measures, in the order of frames
FIELDS = {PLAIN: "layers", CENTRED: "layers_centred"}
CURVES = ["model", "measure", *layers.COLUMNS]
SCORES = [*recorded.SCORES, "trivial"]


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
        """Score by layer: model, measure, and the columns of `layers.curves`."""
        parts = [
            layers.curves(own, field).assign(model=recorded.model(own), measure=measure)
            for own in self._own
            for measure, field in FIELDS.items()
        ]
        return recorded.joined(parts, CURVES)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores at the fixed layer, by language and means, by either measure.

        Columns: those of `recorded.SCORES`, and trivial: what finding any sentence at
        random scores, in points, mean over the languages.
        """
        rows = recorded.joined(self._computed(estimates.scores), recorded.SCORES)
        return rows.assign(trivial=rows["target"].map(_trivial(self.records)))

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Gains over no intermediate task at the fixed layer, as `Code.gains`."""
        return recorded.joined(self._computed(estimates.gains), recorded.GAINS)

    @cached_property
    def contrast(self) -> pd.DataFrame:
        """By how much a setting's gain on retrieval exceeds that on other targets.

        Columns: model, measure (of retrieval), and those of
        `estimates.retrieval_contrast`; of settings that have every target. All scores
        are in points.
        """
        parts = []
        for records in self.models:
            scored = recorded.english_only(recorded.targets_of(records, lambda _: True))
            others = [r for r in scored if not _retrieves(registry.get(r["target"]))]
            own = [r for r in scored if _retrieves(registry.get(r["target"]))]
            for measure in FIELDS:
                looked_at = _by(own, measure)
                if _compared(looked_at) and _compared(others):
                    rows = estimates.retrieval_contrast([*others, *looked_at])
                    model = recorded.model(records)
                    parts.append(rows.assign(model=model, measure=measure))
        return recorded.joined(parts, recorded.GAINS)

    @cached_property
    def _own(self) -> list[Records]:
        """The retrieval records of each model, of English-only settings."""
        found = (recorded.targets_of(own, _retrieves) for own in self.models)
        return [own for own in map(recorded.english_only, found) if own]

    def _computed(self, compute: Any) -> Iterator[pd.DataFrame]:
        """`estimates.scores` or `gains` of each model and measure."""
        for own in self._own:
            for measure in FIELDS:
                looked_at = _by(own, measure)
                if not looked_at or (
                    compute is estimates.gains and not _compared(looked_at)
                ):
                    continue
                for by in ("language", "target"):
                    rows = compute(looked_at, by=by)
                    yield rows.assign(model=recorded.model(own), measure=measure)


def _by(records: Records, measure: str) -> Records:
    """Retrieval records with a measure as their headline."""
    return records if measure == PLAIN else recorded.by_measure(records, measure)


def _retrieves(task: Task) -> bool:
    return kinds.get(task.kind).retrieves


def _compared(records: Records) -> bool:
    return any(record["setting"] == BASELINE for record in records)


def _trivial(records: Records) -> dict[str, float]:
    """What no model is needed for, by target."""
    found: dict[str, list[float]] = {}
    for record in records:
        for scores in record["metrics"]["test"].values():
            found.setdefault(record["target"], []).append(scores["trivial"])
    return {target: fmean(values) for target, values in found.items()}
