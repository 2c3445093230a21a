"""Does English intermediate training improve zero-shot cross-lingual reasoning?

Causal models are asked by a protocol (`corrected`), and by lm-evaluation-harness's
beside it (`lm-eval`), so that what is mended can be told from what is measured, and
published scores have something to stand beside. An encoder takes part where it can be
trained on choices. A model that answers as well as a guess has shown nothing: chance
stands beside every score.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import pandas as pd

from xitt import paths
from xitt.analysis import estimates, paired_samples, seed_noise, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import ANSWER, SOLVED, Records
from xitt.tasks import registry

PUBLISHED = paths.PUBLISHED / "small_language_models.csv"
HARNESS = "lm-eval"  # the protocol by which others' scores were measured
SCORED = [*recorded.SCORES, "protocol", "chance", "at_chance", "causal"]
DIFFERENCES = [
    *("model", "target", "language", "protocol", "other", "mean", "low", "high", "se"),
    *("n_examples", "interval"),
]
BESIDE = ["target", "language", "model", "value", "n", "source", "ours"]


@cache
def quoted() -> pd.DataFrame:
    """Published scores: model, parameters_millions, target, language, value, source."""
    return pd.read_csv(PUBLISHED, keep_default_na=False)


@dataclass(frozen=True)
class Reasoning:
    """The frames of the question; each is computed when it is first asked for.

    Attributes:
        models: the records of a study of one causal model each.
        encoder: those of an encoder's study.
    """

    models: tuple[Records, ...]
    encoder: Records = ()

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The records that any of the frames is made of."""
        return [record for own in self._own for record in own]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores by model, protocol, setting, target, measure and language.

        Columns: those of `recorded.SCORES`; protocol, "" of an encoder; chance
        (points; NaN where a measure has none); at_chance, whether the 95% interval
        reaches down to it; causal.
        """
        parts = []
        for own in self._own:
            causal = recorded.is_causal(own[0])
            asked = {
                name: recorded.by_protocol(own, name) for name in recorded.others(own)
            }
            for name, records in {recorded.protocol(own): own, **asked}.items():
                rows = recorded.by_measures(estimates.scores, records)
                chance = [_chance(records, *at) for at in _places(rows)]
                rows = rows.assign(protocol=name, chance=chance, causal=causal)
                parts.append(rows.assign(at_chance=rows["low"] <= rows["chance"]))
        return recorded.joined(parts, SCORED)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Gains over no intermediate task by the main protocol, as `Code.gains`."""
        parts = (recorded.by_measures(estimates.gains, own) for own in self._own)
        return recorded.joined(parts, recorded.GAINS)

    @cached_property
    def power(self) -> pd.DataFrame:
        """What changes so many items could show, see `recorded.powered`."""
        return recorded.powered(self.gains)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """The main protocol less another, without intermediate training, paired.

        Columns: model, target, language (a code or "zero-shot"), protocol, other, and
        the difference in points with its 95% interval.
        """
        rows = []
        for own in self._own:
            plain = [r for r in own if r["setting"] == BASELINE]
            for name in recorded.others(plain):
                rows += _differences(plain, name)
        return pd.DataFrame(rows, columns=DIFFERENCES)

    @cached_property
    def beside(self) -> pd.DataFrame:
        """Published scores of small models, and ours by the same protocol (`ours`).

        Columns: target, language, model, value (points), n (items, of ours alone),
        source ("" of ours), ours.
        """
        published = quoted().assign(ours=False, n=float("nan"))
        scores = self.scores
        plain = (scores["setting"] == BASELINE) & (scores["protocol"] == HARNESS)
        plain &= ~scores["language"].isin(["all", "zero-shot"])
        plain &= scores["target"].isin(set(published["target"]))
        here = scores[plain].rename(columns={"mean": "value", "n_examples": "n"})
        here = here.assign(source="", ours=True)
        return recorded.joined([here, published], BESIDE)

    @cached_property
    def _own(self) -> list[Records]:
        """The reasoning records of each model, of English-only settings."""
        found = (
            recorded.targets_of(own, lambda task: task.suite == recorded.REASONING)
            for own in (*self.models, self.encoder)
        )
        return [own for own in map(recorded.english_only, found) if own]


def _places(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(rows["target"], rows["language"], rows["measure"]))


def _chance(records: Records, target: str, lang: str, measure: str) -> float:
    """What a guess scores, in points: as recorded, else by the number of labels."""
    if measure == SOLVED:
        return 0.0
    if measure == ANSWER:
        return float("nan")
    known = [
        scores["chance"]
        for record in records
        if record["target"] == target
        for code, scores in record["metrics"].get("test", {}).items()
        if "chance" in scores and lang in (code, "all", "zero-shot")
    ]
    if known:
        return sum(known) / len(known)
    labels = registry.get(target).labels
    return 100 / len(labels) if labels else float("nan")


def _differences(records: Records, name: str) -> list[dict[str, Any]]:
    other = recorded.by_protocol(records, name)
    both = {(r["target"], r["seed"]) for r in other}
    main = [r for r in records if (r["target"], r["seed"]) in both]
    ours = paired_samples.read(main, "test").get(BASELINE, {})
    theirs = paired_samples.read(other, "test").get(BASELINE, {})
    rows = []
    for target in wording.ordered_targets(ours):
        apart = paired_samples.difference(ours[target], theirs[target], target)
        samples = dict(apart)
        for scope, members in estimates.scopes(apart):
            if scope == "zero-shot":
                samples[scope] = paired_samples.mean(list(members.values()))
        for lang, sample in samples.items():
            found = seed_noise.interval(sample, seed_noise.pool([[sample]]))
            rows.append(
                {
                    **{"model": recorded.model(records), "target": target},
                    **{
                        "language": lang,
                        "protocol": recorded.protocol(main),
                        "other": name,
                    },
                    **{k: found[k] for k in ("mean", "low", "high", "se", "interval")},
                    "n_examples": sample.n,
                }
            )
    return rows
