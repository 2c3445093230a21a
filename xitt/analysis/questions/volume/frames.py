"""The gains of a study against pretraining volume: every frame that is shown of them.

English is what the settings train on and has no place here; settings that train on more
than English (`+mlm`, `+translated`) neither. A language without text in CC-100 has no
volume and drops out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xitt.analysis import estimates, paired_samples, seed_noise, wording
from xitt.analysis.paired_samples import BASELINE, Cells, Record, Sample
from xitt.analysis.questions.volume import facts, measures, mixed, regression
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.settings import parse_setting

MEAN = "mean"  # stands where a setting would: the mean over the settings of a target
ALL_CONTROLS = "all"
FACTS = ["log_gib", "gib", "family", *facts.CONTROLS]

BY_TARGET = [
    *("target", "n", "rho", "rho_low", "rho_high", "p", "p_holm"),
    *("slope", "slope_low", "slope_high", "intercept", "error", "error_mean"),
    *("detectable", "reliability", "settings", "n_seeds"),
    *("score_rho", "score_p", "score_p_holm"),
]
LINE = 25  # points of a line that is drawn


@dataclass(frozen=True)
class Volume:
    """The frames of a study's records; each is computed when it is first asked for."""

    records: tuple[Record, ...]

    @cached_property
    def facts(self) -> pd.DataFrame:
        """What is known of each language, see `facts.languages`."""
        encoders = {r["encoder"]["id"] for r in self.records}
        return facts.languages(sorted(encoders)[0] if encoders else "")

    @cached_property
    def points(self) -> pd.DataFrame:
        """A row a target, setting (or MEAN) and language that has a volume.

        Columns: those of `estimates.gains` by language, baseline (points), FACTS.
        """
        rows = [
            {**row, "baseline": float(base.values.mean())} for row, base in self._rows()
        ]
        columns = [*estimates.COLUMNS, "p", "baseline"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.join(self.facts[FACTS], on="language")

    def _rows(self) -> Iterator[tuple[dict[str, Any], Sample]]:
        for target in wording.ordered_targets(self._targets):
            cells = self._targets[target]
            noise = seed_noise.pool(list(own.values()) for own in cells.values())
            base = self._baselines[target]
            for setting in wording.ordered_settings(cells):
                for lang, gain in cells[setting].items():
                    row = estimates.row(setting, target, lang, gain, noise, with_p=True)
                    yield row, base[lang]
            means = _means(cells)
            noise = seed_noise.pool([list(means.values())])
            for lang, gain in means.items():
                yield estimates.row(MEAN, target, lang, gain, noise, True), base[lang]

    @cached_property
    def by_target(self) -> pd.DataFrame:
        """A row a target of LEAST languages or more, its settings averaged: BY_TARGET.

        rho is Spearman's of gain and volume; slope is in points a tenfold volume;
        error and error_mean are those of a language left out; reliability is the share
        of the gains' variance over languages that is not noise; score_rho is rho of the
        baseline's score and volume, which the gain's stands beside; p_holm and
        score_p_holm are corrected over the targets.
        """
        rows = []
        for target, own in self._tested(MEAN):
            generator = _generator(target)
            found = measures.measured(*_columns(own), generator)
            score, volume = _columns(own, "baseline")
            base = measures.spearman(volume, score, generator)
            rows.append(
                {
                    "target": target,
                    **found,
                    **{"score_rho": base["rho"], "score_p": base["p"]},
                    "reliability": float(self.pairs(target).reliability[0]),
                    "settings": len(_chosen(self._targets[target])),
                    "n_seeds": int(own["n_seeds"].iloc[0]),
                }
            )
        given = [c for c in BY_TARGET if not c.endswith("p_holm")]
        frame = estimates.with_holm(pd.DataFrame(rows, columns=given))
        scores = estimates.with_holm(
            frame[["score_p"]].rename(columns={"score_p": "p"})
        )
        return frame.assign(score_p_holm=scores["p_holm"])[BY_TARGET]

    @cached_property
    def by_setting(self) -> pd.DataFrame:
        """As `by_target`, of each setting by itself; p_holm over all of them."""
        rows = [
            {"setting": setting, "target": target}
            | measures.measured(*_columns(own), _generator(target, setting))
            for setting in wording.ordered_settings(self._settings)
            for target, own in self._tested(setting)
        ]
        columns = ["setting", *BY_TARGET[: BY_TARGET.index("reliability")]]
        frame = pd.DataFrame(rows, columns=[c for c in columns if c != "p_holm"])
        return estimates.with_holm(frame)[columns]

    @cached_property
    def partials(self) -> pd.DataFrame:
        """rho of gain and volume given a control, or given all (ALL_CONTROLS).

        Columns target, control, rho, p, n; over the languages of which each control is
        known.
        """
        rows = []
        given = {**{name: [name] for name in facts.CONTROLS}}
        given[ALL_CONTROLS] = list(facts.CONTROLS)
        for target, own in self._tested(MEAN):
            for control, names in given.items():
                known = own.dropna(subset=names)
                gain, volume = _columns(known)
                found = measures.partial(volume, gain, known[names].to_numpy(float))
                rows.append({"target": target, "control": control, **found})
        return pd.DataFrame(rows, columns=["target", "control", "rho", "p", "n"])

    @cached_property
    def slopes(self) -> pd.DataFrame:
        """`regression.slopes` of each target, with p_holm over the targets.

        Columns target, method, on, slope, low, high, p, p_holm.
        """
        parts = [
            regression.slopes(self.pairs(target)).assign(target=target)
            for target, _ in self._tested(MEAN)
        ]
        columns = ["target", "method", "on", "slope", "low", "high", "p"]
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        frame = frame.reindex(columns=columns)
        return estimates.with_holm(frame, ["method", "on"])

    @cached_property
    def pooled(self) -> pd.DataFrame:
        """The slope on volume of all targets and settings, see `mixed.slope`.

        A row each without the baseline's score as a covariate, with it, and with the
        baseline of one seed where gains are over that of the others (of targets and
        settings of several seeds). Columns baseline, slope, low, high, p, n, n_rows.
        """
        rows = self.points[self.points["setting"] != MEAN]
        rows = rows.rename(columns={"mean": "gain"})
        apart = self._apart()
        fits = {
            mixed.WITHOUT: mixed.slope(rows),
            mixed.WITH: mixed.slope(rows, "baseline"),
            mixed.OTHER: mixed.slope(apart, "baseline"),
        }
        return pd.DataFrame([{"baseline": k, **fit} for k, fit in fits.items()])

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """What the figure shows: points of MEAN (part "language") and lines ("line").

        Columns: part, target, log_gib, mean, low, high; language and latin of points.
        """
        parts = []
        for target, own in self._tested(MEAN):
            gain, volume = _columns(own)
            at = np.linspace(volume.min(), volume.max(), LINE)
            mean, low, high = measures.band(volume, gain, at)
            band = pd.DataFrame({"log_gib": at, "mean": mean, "low": low, "high": high})
            parts += [own.assign(part="language"), band.assign(part="line")]
            parts[-1]["target"] = target
        columns = ["part", "target", "language", "latin", "log_gib"]
        columns += ["mean", "low", "high"]
        found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        return found.reindex(columns=columns)

    @cached_property
    def without_volume(self) -> list[str]:
        """Languages of the targets that CC-100 has no text of, by code."""
        scored = {
            lang
            for languages in self._cells.get(BASELINE, {}).values()
            for lang in languages
        }
        known = self.facts["log_gib"].dropna().index
        return [x for x in registry.languages() if x in scored - {ENGLISH, *known}]

    def pairs(self, target: str) -> regression.Pairs:
        """Gain (settings averaged) and baseline of a target, with their noise."""
        means, base = _means(self._targets[target]), self._baselines[target]
        volume = self.facts["log_gib"][list(means)].to_numpy()
        return regression.pairs(
            list(means.values()), [base[lang] for lang in means], volume
        )

    def _apart(self) -> pd.DataFrame:
        """As `points`, the baseline of the first seed and the gain of the others."""
        rows = []
        for target, cells in self._targets.items():
            base = self._baselines[target]
            for setting, own in cells.items():
                for lang, gain in own.items():
                    if len(gain.seeds) > 1 and base[lang].seeds:
                        first = base[lang].seeds.index(gain.seeds[0])
                        rows.append(
                            {
                                **{"target": target, "setting": setting},
                                **{"language": lang, "gain": gain.values[1:].mean()},
                                "baseline": base[lang].values[first],
                            }
                        )
        columns = ["target", "setting", "language", "gain", "baseline"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.join(self.facts["log_gib"], on="language")

    def _tested(self, setting: str) -> Iterator[tuple[str, pd.DataFrame]]:
        """The points of each target with enough languages for any test."""
        points = self.points[self.points["setting"] == setting]
        for target in wording.ordered_targets(points["target"]):
            own = points[points["target"] == target]
            if len(own) >= measures.LEAST:
                yield target, own

    @cached_property
    def _settings(self) -> set[str]:
        return {setting for cells in self._targets.values() for setting in cells}

    @cached_property
    def _targets(self) -> dict[str, dict[str, dict[str, Sample]]]:
        """target -> setting -> language -> gain, of what has a volume."""
        if BASELINE not in self._cells:
            return {}
        found: dict[str, dict[str, dict[str, Sample]]] = {}
        for setting, targets in estimates.differences(
            self._cells, "test", BASELINE
        ).items():
            parsed = parse_setting(setting)
            if parsed.mlm or parsed.translated:
                continue
            for target, languages in targets.items():
                own = {lang: languages[lang] for lang in self._known(languages)}
                if own:
                    found.setdefault(target, {})[setting] = own
        return found

    @cached_property
    def _baselines(self) -> dict[str, dict[str, Sample]]:
        return self._cells[BASELINE]

    @cached_property
    def _cells(self) -> Cells:
        return paired_samples.read(self.records, "test")

    def _known(self, languages: dict[str, Sample]) -> list[str]:
        volume = self.facts["log_gib"].dropna()
        return [x for x in sorted(languages) if x != ENGLISH and x in volume.index]


def _means(cells: dict[str, dict[str, Sample]]) -> dict[str, Sample]:
    """Each language's mean gain over the chosen settings, where all of them have it."""
    chosen = [cells[setting] for setting in _chosen(cells)]
    shared = [lang for lang in chosen[0] if all(lang in own for own in chosen)]
    return {
        lang: replace(paired_samples.mean([own[lang] for own in chosen]), languages=1)
        for lang in shared
    }


def _chosen(cells: dict[str, dict[str, Sample]]) -> list[str]:
    """The settings of a target that were run with the most seeds.

    Averaged with one of a single seed, all of them would have that seed alone.
    """
    seeds = {s: len(next(iter(own.values())).seeds) for s, own in cells.items()}
    return [s for s in cells if seeds[s] == max(seeds.values())]


def _columns(own: pd.DataFrame, column: str = "mean") -> Sequence[np.ndarray]:
    return own[column].to_numpy(float), own["log_gib"].to_numpy(float)


def _generator(*names: str) -> np.random.Generator:
    """Draws that depend on what is drawn for, and on nothing else."""
    return np.random.default_rng(zlib.crc32("/".join(("volume", *names)).encode()))
