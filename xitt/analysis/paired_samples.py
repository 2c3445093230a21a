"""Samples: a score, a difference or an average by seed, with its bootstrap replicates.

Records hold the headline under B resamples of the examples ("replicates"), and
replicate b of any two records of one (target, language, split) is the same resample. So
samples combine seed by seed and replicate by replicate: the replicates of a difference,
or of an average over languages, are the differences and the averages of replicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xitt.analysis.cautions import contamination
from xitt.errors import UserError

Record = dict[str, Any]

BASELINE = "none"
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Sample:
    """One quantity (a score, a difference, an average) by seed, with its replicates.

    Attributes:
        seeds: of the rows below, ascending; empty where one row holds for every seed.
        values: (seeds,) points.
        replicates: (seeds, B) points, the quantity under resample b of the examples.
        n: examples behind it, over all its languages.
        languages, targets: how many are averaged.
        trained_on: whether its items are training data of one of its settings.
    """

    seeds: tuple[int, ...]
    values: np.ndarray
    replicates: np.ndarray
    n: int
    languages: int = 1
    targets: int = 1
    trained_on: bool = False


# setting -> target -> language -> sample
Cells = dict[str, dict[str, dict[str, Sample]]]


def share_seeds(samples: Sequence[Sample]) -> bool:
    """Whether there are samples, and a seed that all of them have."""
    if not samples:
        return False
    return not any(s.seeds for s in samples) or bool(_common_seeds(samples))


def _common_seeds(samples: Sequence[Sample]) -> tuple[int, ...]:
    sets = [set(sample.seeds) for sample in samples if sample.seeds]
    return tuple(sorted(set.intersection(*sets))) if sets else ()


def _combine(samples: Sequence[Sample], weights: Sequence[float]) -> dict[str, Any]:
    """The weighted sum of samples, seed by seed and replicate by replicate."""
    draws = {sample.replicates.shape[1] for sample in samples}
    if len(draws) > 1:
        raise UserError(
            f"records of {min(draws)} and of {max(draws)} replicates do not combine; "
            f"run one of the two again"
        )
    seeds = _common_seeds(samples)
    values, replicates = 0.0, 0.0
    for sample, weight in zip(samples, weights):
        rows = [sample.seeds.index(seed) for seed in seeds] if sample.seeds else [0]
        values = values + weight * sample.values[rows]
        replicates = replicates + weight * sample.replicates[rows]
    return {"seeds": seeds, "values": values, "replicates": replicates}


def mean(samples: Sequence[Sample], over: str = "languages") -> Sample:
    """The plain mean of samples, over "languages" or over "targets"."""
    count = len(samples)
    counted = {"languages": sum(s.languages for s in samples), over: count}
    total = sum(sample.n for sample in samples)
    return Sample(**_combine(samples, [1 / count] * count), n=total, **counted)


def weighted(samples: Sequence[Sample], weights: Sequence[float]) -> Sample:
    """The weighted sum of samples of one test; it counts as many as the first."""
    return replace(samples[0], **_combine(samples, weights))


def minus(left: Sample, right: Sample) -> Sample:
    """`left` minus `right`; it counts as many languages and targets as `left`."""
    either = left.trained_on or right.trained_on
    return replace(left, **_combine((left, right), [1, -1]), trained_on=either)


def clean(languages: dict[str, Sample]) -> dict[str, Sample]:
    """The languages whose items are nobody's training data."""
    return {lang: each for lang, each in languages.items() if not each.trained_on}


def comparable(languages: dict[str, Sample], base: dict[str, Sample]) -> bool:
    """Whether both sides have a seed in common in every language that both have."""
    both = languages.keys() & base.keys()
    return all(share_seeds((languages[lang], base[lang])) for lang in both)


def difference(
    languages: dict[str, Sample], base: dict[str, Sample], what: str
) -> dict[str, Sample]:
    """Language by language, `languages` minus `base`; both must be the same test."""
    if languages.keys() != base.keys():
        lang = sorted(languages.keys() ^ base.keys())[0]
        raise UserError(f"{what}: '{lang}' is on one side of the comparison only")
    found = {}
    for lang, sample in languages.items():
        pair = (sample, base[lang])
        if sample.n != base[lang].n:
            raise UserError(
                f"{what}, {lang}: {sample.n} examples against the baseline's "
                f"{base[lang].n}; run both on the same subset"
            )
        if not share_seeds(pair):
            raise UserError(
                f"{what}: seeds {sample.seeds} against the baseline's "
                f"{base[lang].seeds}; run the baseline with one of the same seeds"
            )
        found[lang] = minus(*pair)
    return found


# ---------------------------------------------------------------------------- records


def read(records: Sequence[Record], split: str, phase: str = "target") -> Cells:
    """The headline of every target record on `split`, by setting, target, language.

    phase: `perturbed` for the records of perturbed input, whose splits are variants.

    Raises:
        UserError: records that cannot be compared (several profiles, two records of one
            run, seeds scored on different subsets or languages).
    """
    records = [record for record in records if record["phase"] == phase]
    profiles = sorted({record["profile"] for record in records})
    if len(profiles) > 1:
        raise UserError(
            f"records of several profiles ({', '.join(profiles)}) do not compare; "
            f"choose those of one"
        )
    found: dict[str, dict[str, dict[int, Record]]] = {}
    for record in records:
        runs = found.setdefault(record["setting"], {}).setdefault(record["target"], {})
        if record["seed"] in runs:
            raise UserError(
                f"two records of {record['setting']} on {record['target']}, seed "
                f"{record['seed']} ({runs[record['seed']]['key']}, {record['key']}); "
                f"choose one"
            )
        runs[record["seed"]] = record
    cells: Cells = {}
    for setting, targets in found.items():
        for target, runs in targets.items():
            languages = _languages(runs, split, f"{setting} on {target}")
            if languages:
                cells.setdefault(setting, {})[target] = languages
    return cells


def _languages(runs: dict[int, Record], split: str, what: str) -> dict[str, Sample]:
    seeds = tuple(sorted(runs))
    first = runs[seeds[0]]
    per_seed = [runs[seed]["metrics"].get(split, {}) for seed in seeds]
    found = {}
    for lang in {lang: None for languages in per_seed for lang in languages}:
        scored = [languages.get(lang) for languages in per_seed]
        if not all(scored):
            raise UserError(f"{what}: only some seeds were scored on '{lang}'")
        replicates = [entry.get("replicates") for entry in scored]
        if not all(replicates) or len({len(row) for row in replicates}) > 1:
            raise UserError(f"{what}, {lang}: records need equally many replicates")
        if len({entry["n"] for entry in scored}) > 1:
            raise UserError(
                f"{what}, {lang}: the seeds were scored on different subsets"
            )
        # The published encoder itself, never trained: one record is every seed's.
        untrained = first["setting"] == BASELINE and first.get("training") is None
        untrained = untrained and first["phase"] == "target"
        values = [entry[first["headline"]] for entry in scored]
        found[lang] = Sample(
            seeds=() if untrained and len(seeds) == 1 else seeds,
            values=np.array(values, dtype=float),
            replicates=np.array(replicates, dtype=float),
            n=scored[0]["n"],
            trained_on=contamination.contaminated(runs.values(), split, lang),
        )
    return found
