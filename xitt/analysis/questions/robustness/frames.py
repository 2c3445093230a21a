"""Drops, gains on clean and perturbed input, and whether gains shrink: every frame.

A gain is that of a setting over no intermediate task. Both settings are scored on the
same perturbed rows, so the gain there, the gain on the clean rows, and the difference
of the two (the interaction: what the perturbation does to the gain) are paired by seed
and by resample. Means are over languages without English, which all were trained on;
one language at a time stands in `by_language`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xitt.analysis import estimates, paired_samples, seed_noise, wording
from xitt.analysis.cautions import power
from xitt.analysis.paired_samples import BASELINE, Record, Sample
from xitt.analysis.questions.robustness import samples
from xitt.analysis.questions.robustness.samples import Pair, Variant
from xitt.errors import UserError
from xitt.tasks.registry import ENGLISH

SCOPE = "zero-shot"
PLACE = ["variant", "perturbation", "strength", "measure"]
COLUMNS = [*PLACE, *estimates.COLUMNS, "p", "p_holm", "share"]
SCORE, CLEAN, DROP, RELATIVE = "score", "clean", "drop", "relative drop"
GAIN, CLEAN_GAIN, CHANGE = "gain", "clean gain", "change of the gain"
AREA, AREA_GAIN = "area", "gain in area"
PLANNED = (0.05, 0.1, 0.2)  # shares of flips for which the power is told beforehand

Languages = dict[str, Pair]


@dataclass(frozen=True)
class Robustness:
    """The frames of a study's records; each is computed when it is first asked for."""

    records: tuple[Record, ...]

    @cached_property
    def variants(self) -> list[Variant]:
        """Those that were scored, by perturbation and strength."""
        return samples.variants(self._own)

    @cached_property
    def planned(self) -> pd.DataFrame:
        """What a language's items can show: known before any result.

        A row a target and a share of items on which two models differ (`flips`): n, the
        least n of a language; se and the difference seen with a power of 80%, points.
        Of tasks whose items are right or wrong; elsewhere it is near.
        """
        rows = []
        for target in wording.ordered_targets({r["target"] for r in self._own}):
            n = min(
                scores["n"]
                for record in self._own
                if record["target"] == target
                for scores in record["metrics"][samples.CLEAN].values()
            )
            for flips in PLANNED:
                rows.append(
                    {
                        **{"target": target, "n": n, "flips": flips},
                        "se": power.standard_error(n, flips),
                        "detectable": _detectable(n, flips),
                    }
                )
        return pd.DataFrame(rows, columns=["target", "n", "flips", "se", "detectable"])

    @cached_property
    def by_language(self) -> pd.DataFrame:
        """Drops by language: COLUMNS, and clean, coverage, left, lost and won a seed.

        detectable: the drop that these items show with a power of 80%, from the flips.
        """
        rows = []
        for variant, target, settings in self._cells:
            noise = seed_noise.pool(
                [pair.drop for pair in langs.values()] for langs in settings.values()
            )
            for setting in wording.ordered_settings(settings):
                for lang, pair in settings[setting].items():
                    row = estimates.row(setting, target, lang, pair.drop, noise, True)
                    rows.append(self._placed(variant, DROP, row) | _facts(pair))
        facts = ["clean", "coverage", "left", "lost", "won", "detectable"]
        frame = pd.DataFrame(rows, columns=[*COLUMNS, *facts])
        return estimates.with_holm(frame)[[*COLUMNS, *facts]]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Zero-shot means of each setting: SCORE, CLEAN, DROP, RELATIVE. COLUMNS.

        p_holm is corrected over all drops, and over all relative drops.
        """
        return self._frame(_scores)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Of each setting over BASELINE: GAIN, CLEAN_GAIN, and CHANGE between them.

        p_holm is corrected over all rows of a measure.
        """
        return self._frame(_gains)

    @cached_property
    def areas(self) -> pd.DataFrame:
        """AREA under each curve over strengths, and its gain over BASELINE (AREA_GAIN).

        Points; the mean score from no strength to the largest. Of perturbations with
        strengths; over the languages that every strength changes.
        """
        rows = []
        for (name, target), curves in self._curves.items():
            measured = {setting: _area(curve) for setting, curve in curves.items()}
            gains = _over_baseline(measured)
            for measure, found in ((AREA, measured), (AREA_GAIN, gains)):
                own = Variant(name, name, None)
                rows += self._rows(own, target, measure, found)
        return _corrected(rows)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """What the figure shows: scores at each strength, and at none. COLUMNS."""
        rows = []
        for (name, target), curves in self._curves.items():
            strengths = sorted({s for curve in curves.values() for s, _ in curve})
            for strength in strengths:
                at = {
                    setting: dict(curve)[strength]
                    for setting, curve in curves.items()
                    if strength in dict(curve)
                }
                own = Variant(f"{name}@{strength:g}", name, strength)
                rows += self._rows(own, target, SCORE, at)
        return _corrected(rows)

    @cached_property
    def unpaired(self) -> pd.DataFrame:
        """Scores and gains on sets of which no clean rows are known. COLUMNS."""
        rows = []
        for variant in self.variants:
            cells = samples.unpaired(self._own, variant.name)
            for target in _targets(cells):
                found = {
                    setting: paired_samples.mean(list(targets[target].values()))
                    for setting, targets in cells.items()
                    if targets.get(target)
                }
                rows += self._rows(variant, target, SCORE, found)
                rows += self._rows(variant, target, GAIN, _over_baseline(found))
        return _corrected(rows)

    # ------------------------------------------------------------------------ inside

    @cached_property
    def _own(self) -> list[Record]:
        return [r for r in self.records if r["phase"] == samples.PHASE]

    @cached_property
    def _cells(self) -> list[tuple[Variant, str, dict[str, Languages]]]:
        """Each variant and target with the pairs of every setting, by language.

        The languages are those that all its settings have.
        """
        found = []
        for variant in self.variants:
            cells = samples.pairs(self._own, variant.name)
            for target in _targets(cells):
                own = {s: t[target] for s, t in cells.items() if target in t}
                common = set.intersection(*map(set, own.values()))
                kept = {
                    setting: {lang: p for lang, p in langs.items() if lang in common}
                    for setting, langs in own.items()
                }
                found.append((variant, target, kept))
        return found

    @cached_property
    def _curves(self) -> dict[tuple[str, str], dict[str, list[tuple[float, Sample]]]]:
        """(perturbation, target) -> setting -> (strength, mean score), from 0 on."""
        grouped: dict[tuple[str, str], list[tuple[Variant, dict[str, Languages]]]] = {}
        for variant, target, settings in self._cells:
            if variant.strength is not None:
                key = (variant.perturbation, target)
                grouped.setdefault(key, []).append((variant, settings))
        found: dict[tuple[str, str], dict[str, list[tuple[float, Sample]]]] = {}
        for key, points in grouped.items():
            common = set.intersection(
                *(set(langs) for _, settings in points for langs in settings.values())
            ) - _beyond_scope(key[0])
            if not common:
                continue
            for setting in points[0][1]:
                curve = []
                for variant, settings in points:
                    langs = settings.get(setting, {})
                    some = [langs[lang] for lang in sorted(common) if lang in langs]
                    if not curve:
                        clean = paired_samples.mean([pair.clean for pair in some])
                        curve.append((0.0, clean))
                    mean = paired_samples.mean([pair.perturbed for pair in some])
                    curve.append((float(variant.strength or 0), mean))
                found.setdefault(key, {})[setting] = curve
        return found

    def _frame(self, measures: Any) -> pd.DataFrame:
        rows: list[dict[str, Any]] = []
        for variant, target, settings in self._cells:
            scoped = {}
            for setting, langs in settings.items():
                some = _scoped(variant, langs)
                if some:
                    scoped[setting] = some
            for measure, found in measures(scoped):
                shares = {s: _mean_share(scoped[s]) for s in found}
                rows += self._rows(variant, target, measure, found, shares)
        return _corrected(rows)

    def _rows(
        self,
        variant: Variant,
        target: str,
        measure: str,
        found: dict[str, Sample],
        shares: dict[str, float] | None = None,
    ) -> list[dict[str, Any]]:
        noise = seed_noise.pool([sample] for sample in found.values())
        rows = []
        for setting in wording.ordered_settings(found):
            row = estimates.row(setting, target, SCOPE, found[setting], noise, True)
            share = (shares or {}).get(setting, np.nan)
            rows.append(self._placed(variant, measure, row) | {"share": share})
        return rows

    def _placed(self, variant: Variant, measure: str, row: dict) -> dict[str, Any]:
        return {
            "variant": variant.name,
            "perturbation": variant.perturbation,
            "strength": np.nan if variant.strength is None else variant.strength,
            "measure": measure,
            **row,
        }


Measured = Iterator[tuple[str, dict[str, Sample]]]


def _scores(scoped: dict[str, list[Pair]]) -> Measured:
    clean, after = _means(scoped)
    drops = {s: paired_samples.minus(clean[s], after[s]) for s in scoped}
    yield SCORE, after
    yield CLEAN, clean
    yield DROP, drops
    yield RELATIVE, {s: samples.ratio(drops[s], clean[s]) for s in scoped}


def _gains(scoped: dict[str, list[Pair]]) -> Measured:
    clean, after = map(_over_baseline, _means(scoped))
    yield GAIN, after
    yield CLEAN_GAIN, clean
    yield CHANGE, {s: paired_samples.minus(after[s], clean[s]) for s in after}


def _means(scoped: dict[str, list[Pair]]) -> tuple[dict[str, Sample], ...]:
    """The mean clean score of each setting, and the mean perturbed one."""
    return tuple(
        {
            setting: paired_samples.mean([getattr(pair, which) for pair in own])
            for setting, own in scoped.items()
        }
        for which in ("clean", "perturbed")
    )


def _targets(cells: dict[str, dict[str, Any]]) -> list[str]:
    return wording.ordered_targets({t for targets in cells.values() for t in targets})


def _over_baseline(found: dict[str, Sample]) -> dict[str, Sample]:
    """Each setting's sample minus the baseline's, where they share a seed."""
    if BASELINE not in found:
        return {}
    base = found[BASELINE]
    return {
        setting: paired_samples.minus(sample, base)
        for setting, sample in found.items()
        if setting != BASELINE and paired_samples.share_seeds((sample, base))
    }


def _scoped(variant: Variant, langs: Languages) -> list[Pair]:
    out = _beyond_scope(variant.perturbation)
    return [
        pair
        for lang, pair in langs.items()
        if lang not in out and not pair.perturbed.trained_on
    ]


def _beyond_scope(perturbation: str) -> set[str]:
    """English, but where words of other languages stand in it: `en` is all of them."""
    return set() if perturbation == "english-switched" else {ENGLISH}


def _area(curve: list[tuple[float, Sample]]) -> Sample:
    (_, clean), *rest = curve
    return samples.area(clean, rest)


def _mean_share(pairs: list[Pair]) -> float:
    return float(np.mean([pair.share for pair in pairs]))


def _facts(pair: Pair) -> dict[str, float]:
    n = pair.perturbed.n
    flips = (pair.lost + pair.won) / n
    return {
        "clean": float(pair.clean.values.mean()),
        **{k: getattr(pair, k) for k in ("share", "coverage", "left", "lost", "won")},
        "detectable": _detectable(n, flips) if flips else np.nan,
    }


def _detectable(n: int, flips: float) -> float:
    """NaN where so few items show no difference, whatever it is."""
    try:
        return power.detectable(n, min(flips, 1.0))
    except UserError:
        return np.nan


def _corrected(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a frame of COLUMNS, p_holm corrected over each measure."""
    columns = [column for column in COLUMNS if column != "p_holm"]
    frame = pd.DataFrame(rows, columns=columns)
    return estimates.with_holm(frame, ["measure"])[COLUMNS]
