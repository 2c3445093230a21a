"""Means, transfer gains and their 95% intervals, computed from records.

A score has two sources of chance: the examples of the test set and the seed of the run.

    se^2 = variance over resamples of the mean over seeds      (the examples)
         + pooled variance over seeds / seeds                  (the seeds)
         - what of the seeds' interaction with the examples both of them count

The first term comes from the bootstrap replicates that the records hold (see
`paired_samples`). The second is pooled over all cells of the target that were repeated
(`seed_noise`), so that a cell of one seed is not taken for one without seed noise, and
one of three does not rest on two degrees of freedom. Gains are paired: their variance
over seeds is that of the differences, seed by seed. A target of which no cell was
repeated has intervals over examples alone, which the column `interval` says, and no p.
The quantile is Student's with Satterthwaite's degrees of freedom (Satterthwaite 1946).
Where every example is right, or none, no bootstrap sees any spread.

A language that a setting was trained on (`cautions.contamination`) leaves its
means, and its gains on both sides; its score stays in the frame by language.

Languages and targets are the benchmark's; they are averaged and never resampled. As in
XTREME, the score of a question task is the mean of F1 and exact match (the records'
headline), a task's score the mean over its languages, and the average that over tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.analysis import paired_samples, seed_noise
from xitt.analysis.paired_samples import BASELINE, Cells, Record, Sample
from xitt.analysis.seed_noise import SeedNoise
from xitt.errors import UserError, unknown
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import XTREME

if TYPE_CHECKING:
    import pandas as pd


RETRIEVAL = ("bucc", "tatoeba")  # no training set: they score the encoder as it is
COLUMNS = ["setting", "target", "language", "mean", "low", "high", "se", "freedom",
           "n_seeds", "n_examples", "n_languages", "n_targets", "interval"]  # fmt: skip


# --------------------------------------------------------------------------- tables


def scores(
    records: Sequence[Record],
    by: str = "language",
    split: str = "test",
    bounds: tuple[float, float] = (0.0, 100.0),
) -> pd.DataFrame:
    """Scores with their intervals, a row for each setting and each cell of `by`.

    Args:
        records: of one profile; those of the intermediate phase are passed over.
        by: "language"; "target", the mean over a target's languages, where `language`
            is "all" or "zero-shot" (without English); or "average", the mean of those
            over targets, where `target` is "all", "without retrieval" or "retrieval".
        split: "test" or "validation".
        bounds: what no score, and so no interval, can go beyond.

    Returns:
        setting, target, language, mean, low, high, se (points), n_seeds, n_examples,
        n_languages, n_targets, interval. The average of a setting that lacks a target
        which another has is NaN: over fewer targets it would not be comparable.
        Targets of other suites enter no average beside those of XTREME.
    """
    return table(_rows(paired_samples.read(records, split), by, bounds=bounds))


def gains(
    records: Sequence[Record],
    by: str = "language",
    split: str = "test",
    baseline: str = BASELINE,
) -> pd.DataFrame:
    """Transfer gains: the score minus that of `baseline`, paired by seed and resample.

    A baseline that was never trained (retrieval without an intermediate task) holds for
    every seed. Other seeds are compared where both sides have them. Targets that the
    baseline lacks, or has with other seeds only, have no gain and no row.

    Returns:
        The columns of `scores`, and two-sided p of no gain, and p_holm: p corrected for
        many comparisons (Holm 1979); both NaN where no cell of the target was repeated.
        One family of comparisons is every row by language; by target every row of one
        scope ("all" or "zero-shot"); by average every row of one scope and group of
        targets, that is the settings.
    """
    found = differences(paired_samples.read(records, split), split, baseline)
    frame = table(_rows(found, by, with_p=True), ["p"])
    family = {"language": [], "target": ["language"], "average": ["target", "language"]}
    return with_holm(frame, family[by])


def retrieval_contrast(
    records: Sequence[Record], split: str = "test", baseline: str = BASELINE
) -> pd.DataFrame:
    """How much more a setting brings to retrieval than to the other targets.

    The zero-shot gain averaged over RETRIEVAL minus that averaged over all others, for
    each setting that has every target.

    Returns:
        The columns of `gains`; p_holm over the settings.
    """
    found = differences(paired_samples.read(records, split), split, baseline)
    wanted = {target for targets in found.values() for target in targets}
    contrasts = {}
    for setting, targets in found.items():
        means = {
            target: paired_samples.mean(members)
            for target, languages in targets.items()
            for scope, members in _scopes(languages)
            if scope == "zero-shot"
        }
        ours = [sample for target, sample in means.items() if target in RETRIEVAL]
        others = [sample for target, sample in means.items() if target not in RETRIEVAL]
        complete = wanted == set(means) and ours and others
        if complete and paired_samples.share_seeds([*ours, *others]):
            sides = (paired_samples.mean(side, "targets") for side in (ours, others))
            contrasts[setting] = paired_samples.minus(*sides)
    noise = seed_noise.pool([sample] for sample in contrasts.values())
    rows = [
        row(setting, "retrieval", "zero-shot", sample, noise, with_p=True)
        for setting, sample in contrasts.items()
    ]
    return with_holm(table(rows, ["p"]))


def with_holm(frame: pd.DataFrame, family: Sequence[str] = ()) -> pd.DataFrame:
    """`frame` with p_holm, its p corrected over the rows that are alike in `family`."""
    frame = frame.assign(p_holm=np.nan)
    known = frame[frame["p"].notna()]
    groups = [rows for _, rows in known.groupby(list(family))] if family else [known]
    for rows in groups:
        if len(rows):
            frame.loc[rows.index, "p_holm"] = holm(rows["p"].to_numpy())
    return frame


def holm(p: np.ndarray) -> np.ndarray:
    """`p` corrected for their number (Holm 1979): (n,) to (n,).

    As statsmodels' multipletests, which sweeps the whole heap at every call and with it
    takes most of the time of a redraw.
    """
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


# ------------------------------------------------------------------------------ rows


def _rows(
    cells: Cells,
    by: str,
    with_p: bool = False,
    bounds: tuple[float, float] = (-100.0, 100.0),
) -> Iterable[dict[str, Any]]:
    if by not in ("language", "target", "average"):
        raise unknown("grouping", by, ["language", "target", "average"])
    found = {"language": _by_language, "target": _by_target, "average": _by_average}[by]
    for place, sample, noise in found(cells):
        yield row(*place, sample, noise, with_p, bounds)


Placed = tuple[tuple[str, str, str], Sample | int, SeedNoise | None]


def _by_language(cells: Cells) -> Iterable[Placed]:
    """A row a language; the noise is that of single languages of the target."""
    noises = {
        target: seed_noise.pool(
            list(targets[target].values())
            for targets in cells.values()
            if target in targets
        )
        for target in _targets(cells)
    }
    for setting, targets in cells.items():
        for target, languages in targets.items():
            for lang, sample in languages.items():
                yield (setting, target, lang), sample, noises[target]


def _by_target(cells: Cells) -> Iterable[Placed]:
    """A row a target and scope, its mean over languages."""
    noises = target_noises(cells)
    for setting, targets in cells.items():
        for target, languages in targets.items():
            for scope, members in _scopes(languages):
                sample = paired_samples.mean(members)
                yield (setting, target, scope), sample, noises[target, scope]


def target_noises(cells: Cells) -> dict[tuple[str, str], SeedNoise | None]:
    """The seed noise of each target's mean over languages, by target and scope."""
    means: dict[tuple[str, str], list[list[Sample]]] = {}
    for targets in cells.values():
        for target, languages in targets.items():
            for scope, members in _scopes(languages):
                cell = [paired_samples.mean(members)]
                means.setdefault((target, scope), []).append(cell)
    return {place: seed_noise.pool(repeated) for place, repeated in means.items()}


def _by_average(cells: Cells) -> Iterable[Placed]:
    """A row a group of targets and scope.

    The noise is that of the repeated averages themselves, since the targets of a
    setting share its encoder and are not independent; where no average is repeated it
    is made of the targets' own, as if they were.
    """
    wanted = averaged(_targets(cells))
    noises = target_noises(cells)
    found: dict[tuple[str, str], dict[str, Sample | int]] = {}
    for setting, targets in cells.items():
        for group, scope, sample in _averages(targets, wanted):
            found.setdefault((group, scope), {})[setting] = sample
    for setting in cells:
        for (group, scope), averages in found.items():
            whole = [[s] for s in averages.values() if not isinstance(s, int)]
            noise = seed_noise.pool(whole) or seed_noise.average(
                [noises.get((target, scope)) for target in _groups(wanted)[group]]
            )
            yield (setting, group, scope), averages[setting], noise


def averaged(targets: Iterable[str]) -> list[str]:
    """The targets that averages are over: XTREME's, or all where none is XTREME's."""
    targets, own = list(targets), registry.names("target", suite=XTREME)
    return [target for target in targets if target in own] or targets


def _targets(cells: Cells) -> list[str]:
    return list({target: None for targets in cells.values() for target in targets})


def scopes(languages: dict[str, Sample]) -> Iterable[tuple[str, dict[str, Sample]]]:
    """The languages of each mean, without those that a setting was trained on."""
    languages = paired_samples.clean(languages)
    if languages:
        yield "all", languages
    others = {lang: sample for lang, sample in languages.items() if lang != ENGLISH}
    if others:
        yield "zero-shot", others


def _scopes(languages: dict[str, Sample]) -> Iterable[tuple[str, list[Sample]]]:
    return ((scope, list(members.values())) for scope, members in scopes(languages))


def _groups(wanted: list[str]) -> dict[str, list[str]]:
    groups = {
        "all": wanted,
        "without retrieval": [t for t in wanted if t not in RETRIEVAL],
        "retrieval": [t for t in wanted if t in RETRIEVAL],
    }
    return {group: names for group, names in groups.items() if names}


def _averages(
    targets: dict[str, dict[str, Sample]], wanted: list[str]
) -> Iterable[tuple[str, str, Sample | int]]:
    """Means over targets; where some are missing, how many there are."""
    for group, names in _groups(wanted).items():
        for scope in ("all", "zero-shot"):
            means = [
                paired_samples.mean(members)
                for name in names
                for found, members in _scopes(targets.get(name, {}))
                if found == scope and members
            ]
            complete = len(means) == len(names) and paired_samples.share_seeds(means)
            average = paired_samples.mean(means, "targets") if complete else len(means)
            yield group, scope, average


def row(
    setting: str,
    target: str,
    language: str,
    sample: Sample | int,
    noise: SeedNoise | None,
    with_p: bool = False,
    bounds: tuple[float, float] = (-100.0, 100.0),
) -> dict[str, Any]:
    """One row of a frame of scores or gains; for an incomplete average, how many."""
    place = {"setting": setting, "target": target, "language": language}
    if isinstance(sample, int):
        return {**place, "n_targets": sample, "interval": ""}
    found = seed_noise.interval(sample, noise)
    found["low"], found["high"] = np.clip([found["low"], found["high"]], *bounds)
    if not with_p:
        del found["p"]
    return {
        **place,
        **found,
        "n_examples": sample.n,
        "n_languages": sample.languages,
        "n_targets": sample.targets,
    }


def table(rows: Iterable[dict[str, Any]], more: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as a frame of COLUMNS and `more`."""
    import pandas as pd

    columns = [*COLUMNS, *more]
    frame = pd.DataFrame(list(rows), columns=columns)
    counts = ["n_seeds", "n_examples", "n_languages", "n_targets"]
    return frame.astype(dict.fromkeys(counts, "Int64"))  # whole, with gaps


def split_baseline(
    cells: Cells, split: str, baseline: str
) -> tuple[Cells, dict[str, dict[str, Sample]]]:
    if baseline not in cells:
        raise UserError(f"no {split} scores of the baseline '{baseline}'; run it first")
    others = {setting: cell for setting, cell in cells.items() if setting != baseline}
    return others, cells[baseline]


def differences(cells: Cells, split: str, baseline: str) -> Cells:
    """Each setting's scores minus the baseline's, where both have a seed in common.

    Languages that either side was trained on are no gain of either, and left out.
    """
    others, base = split_baseline(cells, split, baseline)
    return {
        setting: {
            target: paired_samples.clean(
                paired_samples.difference(
                    languages, base[target], f"{setting} on {target}"
                )
            )
            for target, languages in targets.items()
            if target in base and paired_samples.comparable(languages, base[target])
        }
        for setting, targets in others.items()
    }
