"""The best setting of each target, chosen on development data, and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.analysis import estimates, paired_samples, seed_noise
from xitt.analysis.paired_samples import BASELINE, Cells, Record, Sample
from xitt.analysis.seed_noise import SeedNoise
from xitt.errors import UserError

if TYPE_CHECKING:
    import pandas as pd


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
        the score that decided; `equal`, how many settings have it (the first of them is
        taken); and `score`, the mean on `split`. The last row, target "all", is the
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
        setting, value, equal = _best(validation, target, among=rivals)
        if setting is None:
            continue
        languages, what = test[setting][target], f"{setting} on {target}"
        paired = paired_samples.difference(languages, base[target], what)
        languages, paired = map(paired_samples.clean, (languages, paired))
        chosen[target] = paired_samples.mean(list(paired.values()))
        score = np.mean([sample.values.mean() for sample in languages.values()])
        row = estimates.row(
            setting, target, "all", chosen[target], noises[target, "all"], with_p=True
        )
        rows.append({**row, "validation": value, "score": score, "equal": equal})
    frame = estimates.table(rows, ["p", "validation", "score", "equal"])
    frame = estimates.with_holm(frame)
    learned = {target: chosen[target] for target in chosen if target not in at_floor}
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


def _best(
    validation: Cells, target: str, among: Cells
) -> tuple[str | None, float | None, int]:
    """The setting with the highest validation mean on `target`, the mean, how many."""
    candidates = {
        setting: targets[target]
        for setting, targets in validation.items()
        if target in targets
        and target in among.get(setting, {})
        and not any(sample.trained_on for sample in targets[target].values())
    }
    if not candidates:
        return None, None, 0
    common = set.intersection(*(set(languages) for languages in candidates.values()))
    if not common:
        raise UserError(
            f"{target}: the settings share no language with validation scores; "
            f"run them on the same languages"
        )
    means = {
        setting: float(
            np.mean([languages[lang].values.mean() for lang in sorted(common)])
        )
        for setting, languages in candidates.items()
    }
    best = max(means, key=means.get)
    return best, means[best], list(means.values()).count(means[best])
