"""What figures, tables and numbers are made of: one reading of a study's records.

All three take a `Results`, so that the paper cannot contradict itself: each frame is
computed once, by `xitt.analysis.estimates`, when it is first asked for. An incomplete
grid, or none at all, gives shorter frames, never an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import pandas as pd

from xitt.analysis import (
    best_settings,
    curves,
    estimates,
    layers,
    sweep,
    wording,
)
from xitt.analysis.cautions import floor, unlearned
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.code import Code
from xitt.analysis.questions.language_models.reasoning import Reasoning
from xitt.analysis.questions.language_models.source_language import SourceLanguage
from xitt.analysis.questions.language_models.states import States
from xitt.analysis.questions.robustness import samples
from xitt.analysis.questions.robustness.frames import Robustness
from xitt.analysis.questions.volume.frames import Volume
from xitt.study import profiles, records
from xitt.study.profiles import Profile
from xitt.tasks.registry import ENGLISH

Record = dict[str, Any]

ZERO_SHOT = "zero-shot"  # every language but English: what the paper is about
ALL = "all"  # English too: XTREME's own average, for the comparison with others


@dataclass(frozen=True)
class Results:
    """The records of one study and the frames that are computed from them."""

    records: tuple[Record, ...]
    margin: float = 1.0  # points within which a gain is none, see `verdicts`
    further: tuple[Record, ...] = ()  # of profiles that vary the study, see `curves`
    # of studies of language models that stand beside it, one of one model each
    language_models: tuple[tuple[Record, ...], ...] = ()
    perturbed: tuple[Record, ...] = ()  # on noisy input: in no other frame
    tried: tuple[Record, ...] = ()  # with other recipes, see `sweep`

    @property
    def demo(self) -> bool:
        """Whether any record is a demo: then everything made from them says so."""
        return any(record["demo"] for record in (*self.records, *self.perturbed))

    @cached_property
    def targets(self) -> list[str]:
        """Target tasks with at least one record, in the registry's order."""
        return wording.ordered_targets({r["target"] for r in self.of("target")})

    @cached_property
    def settings(self) -> list[str]:
        """Settings with at least one target record, the baseline first."""
        return wording.ordered_settings({r["setting"] for r in self.of("target")})

    def of(self, phase: str) -> list[Record]:
        """The records of one phase."""
        return [record for record in self.records if record["phase"] == phase]

    @property
    def every(self) -> tuple[Record, ...]:
        """All records: of the study, of what varies it, of what stands beside it."""
        models = (record for own in self.language_models for record in own)
        return (*self.records, *self.further, *self.tried, *models, *self.perturbed)

    @cached_property
    def trained(self) -> list[str]:
        """Settings but the baseline of which any run is recorded, targets or not."""
        return wording.ordered_settings({r["setting"] for r in self.records} - {"none"})

    @cached_property
    def floor(self) -> pd.DataFrame:
        """The baseline of each target beside its trivial answer, see `floor.frame`."""
        return floor.frame(self.records)

    @cached_property
    def floored(self) -> list[str]:
        """Targets whose baseline is not shown to be above its trivial answer."""
        return list(self.floor.loc[self.floor["at_floor"].astype(bool), "target"])

    @cached_property
    def intermediates(self) -> pd.DataFrame:
        """Each intermediate task beside its trivial answer, see `unlearned.frame`."""
        return unlearned.frame(self.records)

    @cached_property
    def unlearned(self) -> list[str]:
        """Settings that learned nothing of what they were trained on first."""
        any_learned = self.intermediates.groupby("setting")["learned"].any()
        return wording.ordered_settings(set(any_learned.index[~any_learned]))

    @cached_property
    def learned(self) -> list[Record]:
        """The records without those of targets at their floor: what averages are of."""
        floored = self.floored
        return [record for record in self.records if record["target"] not in floored]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Zero-shot scores: rows of each setting and target, and of the averages."""
        return self._cells(estimates.scores, ZERO_SHOT)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Zero-shot gains over no intermediate task, paired; averages included."""
        return self._cells(estimates.gains, ZERO_SHOT)

    @cached_property
    def scores_with_english(self) -> pd.DataFrame:
        """As `scores`, English included: XTREME's definition."""
        return self._cells(estimates.scores, ALL)

    @cached_property
    def gains_with_english(self) -> pd.DataFrame:
        """As `gains`, English included: what the published gains are."""
        return self._cells(estimates.gains, ALL)

    @cached_property
    def language_scores(self) -> pd.DataFrame:
        """Scores of each setting, target and language."""
        return self._frame(estimates.scores, "language")

    @cached_property
    def language_gains(self) -> pd.DataFrame:
        """Gains of each setting, target and language; p_holm of all but English."""
        frame = self._frame(estimates.gains, "language")
        if frame.empty:
            return frame
        zero_shot = estimates.with_holm(frame[frame["language"] != ENGLISH])
        return self._marked(frame.assign(p_holm=zero_shot["p_holm"]))

    @cached_property
    def best(self) -> pd.DataFrame:
        """For each target the setting that is best on validation, and its gain."""
        if not _baseline_in(self.records):
            return _empty()
        return best_settings.best_per_target(self.records, at_floor=self.floored)

    @cached_property
    def contrast(self) -> pd.DataFrame:
        """By how much a setting's gain on retrieval exceeds that on other targets."""
        if not _baseline_in(self.learned):
            return _empty()
        own = estimates.averaged(self.targets)
        records = [record for record in self.learned if record["target"] in own]
        return estimates.retrieval_contrast(records)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Zero-shot scores and gains by the number of examples, see `curves.frame`."""
        return curves.frame(self.records, self.further)

    @cached_property
    def recipes(self) -> pd.DataFrame:
        """English development scores by learning rate and epochs, see `sweep.frame`."""
        return sweep.frame(self.records, self.tried)

    @cached_property
    def volume(self) -> Volume:
        """The gains against how much text a language has in the pretraining corpus.

        Of settings that learned their own task: a collapse is no benefit to look for.
        """
        kept = (r for r in self.records if r["setting"] not in self.unlearned)
        return Volume(tuple(kept))

    @cached_property
    def code(self) -> Code:
        """What language models gain when they write programs."""
        learned = {record["key"] for record in self.learned}
        return Code(
            self._causal, tuple(r for r in self._encoder if r["key"] in learned)
        )

    @cached_property
    def source_language(self) -> SourceLanguage:
        """In which language an intermediate task helps a language model most."""
        return SourceLanguage(self._causal)

    @cached_property
    def reasoning(self) -> Reasoning:
        """What language models, and encoders beside them, gain in reasoning."""
        return Reasoning(self._causal, self._encoder)

    @cached_property
    def states(self) -> States:
        """What translations language models find by their own states."""
        return States(self._causal)

    @cached_property
    def _causal(self) -> tuple[tuple[Record, ...], ...]:
        """The records of causal models: of this study if it is of one, then others."""
        own = any(map(recorded.is_causal, self.records))
        found = (*((self.records,) if own else ()), *self.language_models)
        return tuple(each for each in found if each)

    @cached_property
    def _encoder(self) -> tuple[Record, ...]:
        """The study's records of an encoder."""
        return tuple(r for r in self.records if not recorded.is_causal(r))

    @cached_property
    def robustness(self) -> Robustness:
        """The scores and gains on noisy and code-switched input."""
        return Robustness(self.perturbed)

    @cached_property
    def layers(self) -> pd.DataFrame:
        """Retrieval score by layer of the study's own model, see `layers.curves`."""
        return layers.curves(self.of("target"))

    def _frame(self, compute: Any, by: str) -> pd.DataFrame:
        records = self.learned if by == "average" else self.records
        targets = any(record["phase"] == "target" for record in records)
        if not targets or (compute is estimates.gains and not _baseline_in(records)):
            return _empty()
        return compute(records, by=by)

    def _cells(self, compute: Any, scope: str) -> pd.DataFrame:
        """Rows of targets, then of averages; Holm's correction within each."""
        retrieval = set(self.targets) & set(estimates.RETRIEVAL) - set(self.floored)
        kept = [ALL, "without retrieval"] if retrieval else [ALL]
        parts = []
        for by in ("target", "average"):
            rows = self._frame(compute, by)
            rows = rows[rows["language"] == scope]
            rows = rows[rows["target"].isin(kept)] if by == "average" else rows
            parts.append(estimates.with_holm(rows) if "p" in rows else rows)
        return self._marked(pd.concat(parts, ignore_index=True))

    def _marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with two warnings.

        at_floor: the target's baseline has learned nothing; unlearned: the setting has
        learned nothing of its own task.
        """
        return frame.assign(
            at_floor=frame["target"].isin(self.floored),
            unlearned=frame["setting"].isin(self.unlearned),
        )


def read(study: Profile) -> Results:
    """The results of a study's records, and of the profiles that it names.

    These are `curves` and `sweep`, which vary it, and `language_models`, studies of
    their own.
    """
    found = records.load(profiles.folder(study, "records"))
    further, tried = (chain(*_named(study, key)) for key in ("curves", "sweep"))
    margin = study.get("analysis", {}).get("margin", Results.margin)
    return of(found, margin, further, _named(study, "language_models"), tried)


def _named(study: Profile, key: str) -> list[list[Record]]:
    """The records of each profile that the study names under `key`."""
    named = [profiles.load(name) for name in study.get(key, ())]
    folders = dict.fromkeys(profiles.folder(each, "records") for each in named)
    return [records.load(folder) for folder in folders]


def of(
    found: Sequence[Record],
    margin: float = Results.margin,
    further: Iterable[Record] = (),
    language_models: Sequence[Sequence[Record]] = (),
    tried: Iterable[Record] = (),
) -> Results:
    """The results of `found`, in an order of their own."""

    def place(record: Record) -> tuple[str, ...]:
        names = (record["phase"], record["setting"], record["target"] or "-")
        return (*names, f"{record['seed']:012d}", record["key"])

    def ordered(records: Iterable[Record], noisy: bool = False) -> tuple[Record, ...]:
        own = (r for r in records if (r["phase"] == samples.PHASE) == noisy)
        return tuple(sorted(own, key=place))

    models = tuple(map(ordered, language_models))
    perturbed = ordered(found, noisy=True)
    further, tried = ordered(further), ordered(tried)
    return Results(ordered(found), margin, further, models, perturbed, tried)


def cell(frame: pd.DataFrame, **where: str) -> pd.Series | None:
    """The one row of `frame` with these values, None where nothing was measured."""
    rows = frame
    for column, value in where.items():
        rows = rows[rows[column] == value]
    if rows.empty or wording.missing(rows.iloc[0]["mean"]):
        return None
    return rows.iloc[0]


def floored(rows: pd.DataFrame, target: str) -> bool:
    """Whether a frame of gains marks a target as at its floor."""
    marked = rows.get("at_floor")
    return marked is not None and bool(marked[rows["target"] == target].any())


def excludes_zero(rows: Any) -> Any:
    """Whether the 95% interval of a change excludes zero; of a row or of a frame.

    Never where it counts the examples alone: another seed may give another sign.
    """
    apart = (rows["low"] > 0) | (rows["high"] < 0)
    return apart & (rows["interval"] == "seeds and examples")


def clear(rows: Any) -> Any:
    """Whether a change differs from zero after Holm's correction; row or frame."""
    return rows["p_holm"] < 0.05


def _baseline_in(records: Sequence[Record]) -> bool:
    return any(r["setting"] == BASELINE and r["phase"] == "target" for r in records)


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=[*estimates.COLUMNS, "p", "p_holm"])
