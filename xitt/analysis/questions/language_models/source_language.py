"""English or another language: in which does an intermediate task help most?

The same rows of a task, in English (`mnli@en`) and in their translations (`mnli@de`),
train the same model with the same seeds. What a translation brings over English is a
paired difference, by target and target language.

That a source helps its own language more than others is told from two things that look
like it: a source that is good for every language, and a target language that gains from
every source. With the score of each source in each of the sources' own languages, as a
square, both cancel in

    advantage = mean of the diagonal - mean of what is off it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from xitt.analysis import estimates, paired_samples, seed_noise, wording
from xitt.analysis.paired_samples import Sample
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import Records
from xitt.analysis.questions.volume import facts
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.settings import parse_setting

MATRIX = ["model", "base", "source", "target", "measure", "language",
          "mean", "low", "high", "se", "n_seeds", "n_examples", "interval", "p",
          "p_holm"]  # fmt: skip
OWN = ["model", "base", "target", "measure", "sources", "mean", "low", "high", "se",
       "freedom", "n_seeds", "interval", "p", "p_holm"]  # fmt: skip


def control(base: str) -> str:
    """The setting that the others are compared with: English of the same rows."""
    return f"{base}@{ENGLISH}"


@dataclass(frozen=True)
class SourceLanguage:
    """The frames of the question; each is computed when it is first asked for.

    models: the records of a study of one causal model each.
    """

    models: tuple[Records, ...]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The records that any of the frames is made of."""
        return [record for _, _, own in self._parts() for record in own]

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Gains over the task in English: a row a source, target and language.

        Columns: model, base (the task), source (a language's code), target, measure,
        language (a code, "all" or "zero-shot"), and those of `estimates.gains`; p_holm
        over the rows of a measure that are alike in being of a language or a mean.
        """
        parts = []
        for _, base, own in self._parts():
            rows = recorded.by_measures(estimates.gains, own, baseline=control(base))
            source = rows["setting"].map(lambda text: parse_setting(text).lang)
            parts.append(rows.assign(base=base, source=source))
        return recorded.joined(parts, MATRIX)

    @cached_property
    def english(self) -> pd.DataFrame:
        """What the control itself brings over no intermediate task, as `Code.gains`."""
        parts = []
        for records, base, _ in self._parts():
            own = [r for r in records if r["setting"] in ("none", control(base))]
            rows = recorded.by_measures(estimates.gains, own)
            parts.append(rows.assign(base=base))
        return recorded.joined(parts, ["base", *recorded.GAINS])

    @cached_property
    def own(self) -> pd.DataFrame:
        """The own-language advantage, see the module, of each target and measure.

        Columns: model, base, target, measure, sources (how many, English too), and the
        estimate as in `estimates.gains`; p_holm over the rows.
        """
        found = []
        for _, base, own in self._parts():
            for target in wording.ordered_targets({r["target"] for r in own}):
                mine = [r for r in own if r["target"] == target]
                for measure in recorded.measures_of(target) or (mine[0]["headline"],):
                    sample, sources = _advantage(recorded.by_measure(mine, measure))
                    if sample is not None:
                        place = (recorded.model(own), base, target, measure, sources)
                        found.append((place, sample))
        rows = []
        for place, sample in found:
            alike = [s for other, s in found if other[3] == place[3]]
            noise = seed_noise.pool([s] for s in alike)
            estimate = seed_noise.interval(sample, noise)
            rows.append({**dict(zip(OWN, place)), **estimate})
        columns = [name for name in OWN if name != "p_holm"]
        frame = pd.DataFrame(rows, columns=columns)
        return estimates.with_holm(frame)[OWN]

    @cached_property
    def power(self) -> pd.DataFrame:
        """What changes so many problems could show, see `recorded.powered`."""
        return recorded.powered(self.matrix)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """What is known of each source language but English, by code.

        Columns: name, script, family, distance (syntactic, from English), gib (of
        CC-100, which no causal model here was trained on: how much text there is).
        """
        codes = wording.ordered_languages(set(self.matrix["source"]))
        known = facts.languages("").reindex(codes)
        known.insert(0, "name", [registry.language_name(code) for code in codes])
        known.insert(1, "script", [registry.language(code).script for code in codes])
        return known[["name", "script", "family", "distance", "gib"]]

    def _parts(self) -> Iterator[tuple[Records, str, list[dict[str, Any]]]]:
        """Of each model and task: all its records, and those of it by language."""
        for records in self.models:
            scored = [r for r in records if r["phase"] == "target"]
            by_base: dict[str, list[dict[str, Any]]] = {}
            for record in scored:
                setting = parse_setting(record["setting"])
                if setting.lang and not setting.mlm:
                    by_base.setdefault(setting.tasks[0], []).append(record)
            for base, own in by_base.items():
                if any(r["setting"] == control(base) for r in own):
                    yield scored, base, own


def _advantage(records: Records) -> tuple[Sample | None, int]:
    """The own-language advantage on one target, and of how many sources it is."""
    cells = paired_samples.read(records, "test")
    scored = {
        parse_setting(setting).lang: paired_samples.clean(languages)
        for setting, targets in cells.items()
        for languages in targets.values()
    }
    block = [lang for lang in scored if all(lang in own for own in scored.values())]
    if len(block) < 2:
        return None, len(block)
    diagonal = [scored[lang][lang] for lang in block]
    off = [scored[a][b] for a in block for b in block if a != b]
    if not paired_samples.share_seeds([*diagonal, *off]):
        return None, len(block)
    sides = (paired_samples.mean(side) for side in (diagonal, off))
    return paired_samples.minus(*sides), len(block)
