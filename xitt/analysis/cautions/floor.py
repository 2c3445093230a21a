"""Which baselines have learned nothing: no gain over them says anything of transfer.

A record holds, beside each score, that of the trivial answer to the same test (the
commonest label or tag, no answer, a random pair; see `xitt.scoring.trivial`). Where it
is from before that, a label drawn by chance stands for it. A target
is at its floor where the zero-shot mean of the baseline is not shown to be above the
mean of the trivial answers: its 95% interval reaches down to it. Its gains are shown,
and they enter no average.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xitt.analysis import estimates, paired_samples, seed_noise
from xitt.analysis.paired_samples import BASELINE, Record, Sample
from xitt.tasks import kinds, registry

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["target", "score", "trivial", "above", "low", "high", "at_floor"]


def frame(records: Sequence[Record], baseline: str = BASELINE) -> pd.DataFrame:
    """The baseline of each target beside its trivial answer, in points.

    Columns: target; score and trivial, zero-shot means; above, low, high, the
    difference and its 95% interval; at_floor. A target has a row where the baseline is
    recorded, and has labels or any record, scored on as many examples, that knows its
    trivial answers.
    """
    import pandas as pd

    cells = paired_samples.read(records, "test")
    noises = estimates.target_noises(cells)
    rows = []
    for target, languages in cells.get(baseline, {}).items():
        answers = _trivial(records, target)
        members = dict(estimates.scopes(languages)).get("zero-shot", {})
        drawn = chance(target)
        known = [answers.get((lang, each.n), drawn) for lang, each in members.items()]
        if not known or None in known:
            continue
        trivial = sum(known) / len(known)
        sample = paired_samples.mean(list(members.values()))
        found = seed_noise.interval(
            _less(sample, trivial), noises.get((target, "zero-shot"))
        )
        rows.append({
            "target": target,
            "score": float(sample.values.mean()),
            "trivial": trivial,
            "above": found["mean"],
            "low": found["low"],
            "high": found["high"],
            "at_floor": found["low"] <= 0,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _less(sample: Sample, points: float) -> Sample:
    """A sample less a constant."""
    constant = Sample(
        seeds=(),
        values=sample.values[:1] * 0 + points,
        replicates=sample.replicates[:1] * 0 + points,
        n=sample.n,
    )
    return paired_samples.minus(sample, constant)


def chance(target: str) -> float | None:
    """What a label drawn at random scores, in points; None of tasks without labels."""
    task = registry.get(target)
    return 100 / len(task.labels) if kinds.get(task.kind).gold == "label" else None


def _trivial(records: Sequence[Record], target: str) -> dict[tuple[str, int], float]:
    """The trivial answer's score by language and number of examples.

    Of questions with choices it is chance.
    """
    found = {
        (lang, scores["n"]): scores.get("trivial", scores.get("chance"))
        for record in records
        if record["phase"] == "target" and record["target"] == target
        for lang, scores in record["metrics"].get("test", {}).items()
    }
    return {cell: points for cell, points in found.items() if points is not None}
