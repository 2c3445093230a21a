"""The best setting of each target, chosen on development data, and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xitt.analysis import estimates, paired_samples, seed_noise
from xitt.analysis.paired_samples import BASELINE, Cells, Record, Sample
from xitt.analysis.seed_noise import SeedNoise
from xitt.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

CHOICE = ["validation", "without", "score", "equal", "candidates"]


def best_per_target(
    records: Sequence[Record],
    split: str = "test",
    baseline: str = BASELINE,
    at_floor: Sequence[str] = (),
) -> pd.DataFrame:
    """For each target the setting that is best on validation, and its gain on `split`.

    The choice is the mean over seeds and over the languages whose validation scores all
    candidates have; the baseline is no candidate, nor is a setting that shares no seed
    with it, or that was trained on what it would be chosen on. It is made once: the
    interval does not count its chance. A target without validation scores is left out.

    Returns:
        The columns of `estimates.gains` (p_holm over the targets), with `validation`,
        the score that decided, and `without`, the baseline's; `candidates`, and
        `equal`, how many of them have that score (the first is taken); and `score`, the
        mean on `split`. The last row, target "all", is the
        average over the targets above it that are not `at_floor`: each choice with all
        the seeds it has, and with the noise that so many seeds leave.
    """
    cells = paired_samples.read(records, split)
    test, base = estimates.split_baseline(cells, split, baseline)
    noises = estimates.target_noises(estimates.differences(cells, split, baseline))
    validation = paired_samples.read(records, "validation")
    rows, chosen = [], {}
    for target in base:
        rivals = {
            setting: targets
            for setting, targets in test.items()
            if paired_samples.comparable(targets.get(target, {}), base[target])
            and paired_samples.clean(targets.get(target, {}))
        }
        choice = _best(validation, target, among=rivals)
        if choice is None:
            continue
        setting = choice.setting
        languages, what = test[setting][target], f"{setting} on {target}"
        paired = paired_samples.difference(languages, base[target], what)
        languages, paired = map(paired_samples.clean, (languages, paired))
        chosen[target] = paired_samples.mean(list(paired.values()))
        score = np.mean([sample.values.mean() for sample in languages.values()])
        row = estimates.row(
            setting, target, "all", chosen[target], noises[target, "all"], with_p=True
        )
        without = _validation(validation, baseline, target, choice.languages)
        facts = {
            "validation": choice.score, "without": without, "score": score,
            "equal": choice.equal, "candidates": choice.candidates,
        }  # fmt: skip
        rows.append({**row, **facts})
    frame = estimates.table(rows, ["p", *CHOICE])
    frame = estimates.with_holm(frame)
    averaged = estimates.averaged(chosen)
    learned = {name: chosen[name] for name in averaged if name not in at_floor}
    if learned:
        scores = frame.loc[frame["target"].isin(learned), "score"]
        row = _average(learned, noises) | {"score": scores.mean()}
        frame.loc[len(frame)] = {**dict.fromkeys(frame.columns, np.nan), **row}
    return frame


def _average(
    chosen: dict[str, Sample], noises: dict[tuple[str, str], SeedNoise | None]
) -> dict[str, Any]:
    """The mean gain over targets whose settings have different seeds.

    Nothing is intersected: a choice of one seed leaves the others theirs.
    """
    samples = list(chosen.values())
    counts = [len(sample.values) for sample in samples]
    noise = seed_noise.average([noises[target, "all"] for target in chosen], counts)
    over_seeds = [sample.replicates.mean(axis=0) for sample in samples]
    together = Sample(
        seeds=(min(counts),),
        values=np.array([np.mean([sample.values.mean() for sample in samples])]),
        replicates=np.mean(over_seeds, axis=0)[None],
        n=sum(sample.n for sample in samples),
        languages=sum(sample.languages for sample in samples),
        targets=len(samples),
    )
    row = estimates.row("best per target", "all", "all", together, noise, with_p=True)
    return row | {"n_seeds": min(counts)}


class _Choice(NamedTuple):
    """The best setting of a target, by its mean over some languages' validation."""

    setting: str
    score: float
    equal: int
    candidates: int
    languages: list[str]


def _best(validation: Cells, target: str, among: Cells) -> _Choice | None:
    """The setting with the highest validation mean on `target`; None without any."""
    candidates = {
        setting: targets[target]
        for setting, targets in validation.items()
        if target in targets
        and target in among.get(setting, {})
        and not any(sample.trained_on for sample in targets[target].values())
    }
    if not candidates:
        return None
    common = sorted(set.intersection(*map(set, candidates.values())))
    if not common:
        raise UserError(
            f"{target}: the settings share no language with validation scores; "
            f"run them on the same languages"
        )
    means = {
        setting: _validation(validation, setting, target, common)
        for setting in candidates
    }
    best = max(means, key=means.get)
    equal = list(means.values()).count(means[best])
    return _Choice(best, means[best], equal, len(means), common)


def _validation(
    validation: Cells, setting: str, target: str, languages: Sequence[str]
) -> float:
    """The mean over languages and seeds; NaN where a language lacks its scores."""
    samples = validation.get(setting, {}).get(target, {})
    if not set(languages) <= set(samples):
        return float("nan")
    return float(np.mean([samples[lang].values.mean() for lang in languages]))
