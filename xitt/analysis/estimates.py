"""Means, transfer gains and their 95% intervals, computed from records.

A score has two sources of chance: the examples of the test set and the seed of the run.
The interval is that of a hierarchical bootstrap (resample seeds, then examples; Davison
and Hinkley 1997, section 3.8) in closed form, so that no draw adds noise of its own:

    se^2 = variance over b of the mean over seeds + variance over seeds / seeds

where b counts the bootstrap replicates that the records hold (see `paired_samples`).
The variance over seeds is the unbiased one, since resampling three seeds makes it a
third too small. The quantile is Student's with Satterthwaite's degrees of freedom: a
hundred replicates give a standard error but no tail (Efron and Tibshirani 1993, chapter
6), and three seeds give neither. With one seed the first term stands alone, and the
column `interval` says so: "examples" instead of "seeds and examples". Where every
example is right, or none, no bootstrap sees any spread, and the interval has no width.

Languages and targets are the benchmark's; they are averaged and never resampled. As in
XTREME, the score of a question task is the mean of F1 and exact match (the records'
headline), a task's score the mean over its languages, and the average that over tasks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.analysis import paired_samples
from xitt.analysis.paired_samples import BASELINE, Cells, Record, Sample
from xitt.errors import UserError, unknown
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    import pandas as pd


RETRIEVAL = ("bucc", "tatoeba")  # no training set: they score the encoder as it is
COLUMNS = ["setting", "target", "language", "mean", "low", "high", "se", "n_seeds",
           "n_examples", "n_languages", "n_targets", "interval"]  # fmt: skip


# --------------------------------------------------------------------------- tables


def scores(
    records: Sequence[Record], by: str = "language", split: str = "test"
) -> pd.DataFrame:
    """Scores with their intervals, a row for each setting and each cell of `by`.

    Args:
        records: of one profile; those of the intermediate phase are passed over.
        by: "language"; "target", the mean over a target's languages, where `language`
            is "all" or "zero-shot" (without English); or "average", the mean of those
            over targets, where `target` is "all", "without retrieval" or "retrieval".
        split: "test" or "validation".

    Returns:
        setting, target, language, mean, low, high, se (points), n_seeds, n_examples,
        n_languages, n_targets, interval. The average of a setting that lacks a target
        which another has is NaN: over fewer targets it would not be comparable.
    """
    return _frame(_rows(paired_samples.read(records, split), by, bounds=(0.0, 100.0)))


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
        many comparisons (Holm 1979). One family of comparisons is every row by
        language; by target every row of one scope ("all" or "zero-shot"); by average
        every row of one scope and group of targets, that is the settings.
    """
    differences = _differences(paired_samples.read(records, split), split, baseline)
    frame = _frame(_rows(differences, by, with_p=True), ["p"])
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
    differences = _differences(paired_samples.read(records, split), split, baseline)
    wanted = {target for targets in differences.values() for target in targets}
    rows = []
    for setting, targets in differences.items():
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
            sides = (
                paired_samples.mean(side, over="targets") for side in (ours, others)
            )
            contrast = paired_samples.minus(*sides)
            rows.append(_row(setting, "retrieval", "zero-shot", contrast, with_p=True))
    return with_holm(_frame(rows, ["p"]))


def best_per_target(
    records: Sequence[Record], split: str = "test", baseline: str = BASELINE
) -> pd.DataFrame:
    """For each target the setting that is best on validation, and its gain on `split`.

    The choice is the mean over seeds and over the languages whose validation scores all
    candidates have; the baseline is no candidate, nor is a setting that shares no seed
    with it. It is made once: the interval does not count its chance. A target without
    validation scores is left out.

    Returns:
        The columns of `gains` (p_holm over the targets), with `validation`, the score
        that decided; `equal`, how many settings have it (the first of them is taken);
        and `score`, the mean on `split`. The last row, target "all", is the average
        over the targets above it.
    """
    test, base = _split_baseline(paired_samples.read(records, split), split, baseline)
    validation = paired_samples.read(records, "validation")
    rows, chosen, scored = [], [], []
    for target in base:
        rivals = {
            setting: targets
            for setting, targets in test.items()
            if paired_samples.comparable(targets.get(target, {}), base[target])
        }
        setting, value, equal = _best(validation, target, among=rivals)
        if setting is None:
            continue
        languages = test[setting][target]
        paired = paired_samples.difference(
            languages, base[target], f"{setting} on {target}"
        )
        chosen.append(paired_samples.mean(list(paired.values())))
        scored.append(paired_samples.mean(list(languages.values())))
        row = _row(setting, target, "all", chosen[-1], with_p=True)
        score = scored[-1].values.mean()
        rows.append({**row, "validation": value, "score": score, "equal": equal})
    frame = with_holm(_frame(rows, ["p", "validation", "score", "equal"]))
    if not paired_samples.share_seeds(chosen):
        return frame
    average = paired_samples.mean(chosen, over="targets")
    row = _row("best per target", "all", "all", average, with_p=True)
    row["score"] = np.mean([sample.values.mean() for sample in scored])
    frame.loc[len(frame)] = {**dict.fromkeys(frame.columns, np.nan), **row}
    return frame


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
    all_targets = {target: None for targets in cells.values() for target in targets}
    for setting, targets in cells.items():
        if by == "language":
            found = [
                (target, lang, sample)
                for target, languages in targets.items()
                for lang, sample in languages.items()
            ]
        elif by == "target":
            found = [
                (target, scope, paired_samples.mean(members))
                for target, languages in targets.items()
                for scope, members in _scopes(languages)
            ]
        else:
            found = _averages(targets, list(all_targets))
        for target, lang, sample in found:
            yield _row(setting, target, lang, sample, with_p, bounds)


def _scopes(languages: dict[str, Sample]) -> Iterable[tuple[str, list[Sample]]]:
    yield "all", list(languages.values())
    others = [sample for lang, sample in languages.items() if lang != ENGLISH]
    if others:
        yield "zero-shot", others


def _averages(
    targets: dict[str, dict[str, Sample]], wanted: list[str]
) -> Iterable[tuple[str, str, Sample | int]]:
    """Means over targets; where some are missing, how many there are."""
    groups = {
        "all": wanted,
        "without retrieval": [t for t in wanted if t not in RETRIEVAL],
        "retrieval": [t for t in wanted if t in RETRIEVAL],
    }
    for group, names in groups.items():
        for scope in ("all", "zero-shot") if names else ():
            means = [
                paired_samples.mean(members)
                for name in names
                for found, members in _scopes(targets.get(name, {}))
                if found == scope and members
            ]
            complete = len(means) == len(names) and paired_samples.share_seeds(means)
            yield (
                group,
                scope,
                paired_samples.mean(means, "targets") if complete else len(means),
            )


def _row(
    setting: str,
    target: str,
    language: str,
    sample: Sample | int,
    with_p: bool = False,
    bounds: tuple[float, float] = (-100.0, 100.0),
) -> dict[str, Any]:
    row = {"setting": setting, "target": target, "language": language}
    if isinstance(sample, int):  # an incomplete average
        return {**row, "n_targets": sample, "interval": ""}
    found = paired_samples.interval(sample)
    found["low"], found["high"] = np.clip([found["low"], found["high"]], *bounds)
    if not with_p:
        del found["p"]
    return {
        **row,
        **found,
        "n_examples": sample.n,
        "n_languages": sample.languages,
        "n_targets": sample.targets,
    }


def _frame(rows: Iterable[dict[str, Any]], more: Sequence[str] = ()) -> pd.DataFrame:
    import pandas as pd

    columns = [*COLUMNS, *more]
    frame = pd.DataFrame(list(rows), columns=columns)
    counts = ["n_seeds", "n_examples", "n_languages", "n_targets"]
    return frame.astype(dict.fromkeys(counts, "Int64"))  # whole, with gaps


def _split_baseline(
    cells: Cells, split: str, baseline: str
) -> tuple[Cells, dict[str, dict[str, Sample]]]:
    if baseline not in cells:
        raise UserError(f"no {split} scores of the baseline '{baseline}'; run it first")
    others = {setting: cell for setting, cell in cells.items() if setting != baseline}
    return others, cells[baseline]


def _differences(cells: Cells, split: str, baseline: str) -> Cells:
    """Each setting's scores minus the baseline's, where both have a seed in common."""
    others, base = _split_baseline(cells, split, baseline)
    return {
        setting: {
            target: paired_samples.difference(
                languages, base[target], f"{setting} on {target}"
            )
            for target, languages in targets.items()
            if target in base and paired_samples.comparable(languages, base[target])
        }
        for setting, targets in others.items()
    }


def _best(
    validation: Cells, target: str, among: Cells
) -> tuple[str | None, float | None, int]:
    """The setting with the highest validation mean on `target`, the mean, how many."""
    candidates = {
        setting: targets[target]
        for setting, targets in validation.items()
        if target in targets and target in among.get(setting, {})
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
