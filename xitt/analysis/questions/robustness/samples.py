"""Scores on perturbed input as samples: beside their clean ones, paired by resample.

A record of perturbed input holds a score for each variant and language, with replicates
under the resamples that the clean score of the same rows has. So drops, gains and the
change of a gain are differences of samples, as everything else of a study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xitt.analysis import paired_samples
from xitt.analysis.paired_samples import Cells, Record, Sample

PHASE, CLEAN = "perturbed", "clean"


@dataclass(frozen=True)
class Variant:
    """A perturbed test set by name, `keyboard@0.1`, and its parts.

    strength: the share that was asked for; None where there is none to choose.
    """

    name: str
    perturbation: str
    strength: float | None


def variant(name: str) -> Variant:
    """A variant by its name in a record."""
    perturbation, _, strength = name.partition("@")
    return Variant(name, perturbation, float(strength) if strength else None)


def variants(records: Sequence[Record]) -> list[Variant]:
    """All variants of the records, in the order in which records have them."""
    found = {name: None for record in records for name in record["perturbed"]}
    order = sorted(map(variant, found), key=lambda v: (v.perturbation, v.strength or 0))
    return order


@dataclass(frozen=True)
class Pair:
    """One language's score of a variant and of its clean rows, with what was done.

    share: realised, over the seeds; NaN where nobody knows it.
    lost, won: rows that came out worse, and better, a seed.
    """

    perturbed: Sample
    clean: Sample
    share: float
    coverage: float
    left: float
    lost: float
    won: float

    @property
    def drop(self) -> Sample:
        """Clean minus perturbed, points."""
        return paired_samples.minus(self.clean, self.perturbed)


# setting -> target -> language -> what was measured
Pairs = dict[str, dict[str, dict[str, Pair]]]


def pairs(records: Sequence[Record], name: str) -> Pairs:
    """A variant's scores beside those of their clean rows, where these are known.

    Languages in which the perturbation found nothing to change are left out.
    """
    records = [r for r in records if r["phase"] == PHASE and name in r["perturbed"]]
    perturbed = paired_samples.read(records, name, PHASE)
    own = paired_samples.read(records, f"{name}:{CLEAN}", PHASE)
    clean = paired_samples.read(records, CLEAN, PHASE)
    found: Pairs = {}
    for setting, targets in perturbed.items():
        for target, languages in targets.items():
            runs = [
                r for r in records if (r["setting"], r["target"]) == (setting, target)
            ]
            for lang, sample in languages.items():
                facts = [run["perturbed"][name][lang] for run in runs]
                if any("lost" not in each for each in facts):
                    continue
                if not any(each.get("changed", 1) for each in facts):
                    continue
                base = _of(own, setting, target, lang) or clean[setting][target][lang]
                pair = Pair(sample, base, **_means(facts))
                found.setdefault(setting, {}).setdefault(target, {})[lang] = pair
    return found


def _of(cells: Cells, setting: str, target: str, lang: str) -> Sample | None:
    return cells.get(setting, {}).get(target, {}).get(lang)


def _means(facts: Sequence[dict]) -> dict[str, float]:
    """Mean over seeds of each fact; NaN where it is not known."""
    names = ("share", "coverage", "left", "lost", "won")
    return {
        name: float(np.mean([each.get(name, np.nan) for each in facts]))
        for name in names
    }


def unpaired(records: Sequence[Record], name: str) -> Cells:
    """The scores of a variant in the languages where no clean rows are known."""
    records = [r for r in records if r["phase"] == PHASE and name in r["perturbed"]]
    known = {
        lang
        for record in records
        for lang, facts in record["perturbed"][name].items()
        if "lost" in facts
    }
    return {
        setting: {
            target: {lang: each for lang, each in langs.items() if lang not in known}
            for target, langs in targets.items()
        }
        for setting, targets in paired_samples.read(records, name, PHASE).items()
    }


def ratio(above: Sample, below: Sample) -> Sample:
    """100 above / below, value by value; NaN where `below` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return replace(
            above,
            values=100 * above.values / below.values,
            replicates=100 * above.replicates / below.replicates,
        )


def area(clean: Sample, curve: Sequence[tuple[float, Sample]]) -> Sample:
    """The mean score between no strength and the largest, by trapezoids, points.

    curve: (strength, score) by rising strength; every sample of the seeds of `clean`.
    """
    at = np.array([0.0, *(strength for strength, _ in curve)])
    samples = [clean, *(sample for _, sample in curve)]
    width = np.diff(at)
    weights = (np.append(width, 0) + np.append(0, width)) / 2 / at[-1]
    return paired_samples.weighted(samples, weights.tolist())
