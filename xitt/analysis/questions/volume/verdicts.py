"""Does the gain go with pretraining volume? Each way to ask it, with its verdict.

As in `xitt.analysis.verdicts`, no verdict is typed, and the rules are fixed:

- a claim about many tasks holds where more than half of them show it after Holm's
  correction over the tasks, and fails where more than half show the opposite;
- the slope of all tasks together holds as a dependence where its 95% interval excludes
  zero, and fails where it is shown to lie within `analysis.margin` points a tenfold
  volume, by two one-sided tests at 5% (Schuirmann 1987);
- that volume foretells a language's gain holds where the line errs less than the mean
  does on languages left out, in more tasks than chance gives, and fails where in fewer,
  by a sign test at 5%.

What is neither is not clear: forty languages can show little, six next to nothing. The
tests are over languages and know nothing of what another seed would give, so that none
shows an absence where every gain is of one seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.questions.volume import mixed, regression
from xitt.analysis.verdicts import FAILS, HOLDS, LEVEL, OPEN, UNCLEAR, Verdict, counted

if TYPE_CHECKING:
    from xitt.analysis.results import Results


def of(study: Results) -> list[Verdict]:
    """Every claim about volume with its verdict."""
    found = study.volume.by_target
    return [
        _score(found),
        _gain(found),
        _pooled(study),
        foretold(study),
        _low_baseline(study.volume.slopes),
    ]


def counts(values: pd.Series, p_holm: pd.Series) -> tuple[int, int]:
    """How many are clearly above zero, and clearly below, after Holm's correction."""
    clear = p_holm < LEVEL
    return int((clear & (values > 0)).sum()), int((clear & (values < 0)).sum())


def tasks(number: int, count: int) -> str:
    """`three of seven tasks`, `none of seven tasks`."""
    return f"{wording.some(number)} of {wording.plural(count, 'task')}"


def _score(found: pd.DataFrame) -> Verdict:
    up, down = counts(found["score_rho"], found["score_p_holm"])
    count = len(found)
    claim = "without intermediate training, languages with more text score higher"
    return counted(claim, up, down, count, f"clear on {tasks(up, count)}")


def _gain(found: pd.DataFrame) -> Verdict:
    up, down = counts(found["rho"], found["p_holm"])
    count = len(found)
    words = f"less text, more gain on {tasks(down, count)}; the opposite on "
    words += wording.some(up)
    claim = "languages with less text gain more from intermediate training"
    return counted(claim, down, up, count, words)


def _pooled(study: Results) -> Verdict:
    claim = "over all tasks and settings the gain depends on volume"
    row = pooled(study)
    if row is None:
        return Verdict(claim, "", OPEN)
    low, high = wording.gain(row["low"]), wording.gain(row["high"])
    here = f"{wording.gain(row['slope'])} ({low} to {high}) points a tenfold volume"
    if row["low"] > 0 or row["high"] < 0:
        return Verdict(claim, here, HOLDS)
    none = within(row, study.margin) and _repeated(study)
    return Verdict(claim, here, FAILS if none else UNCLEAR)


def pooled(study: Results) -> pd.Series | None:
    """The slope of all tasks and settings; None where there is none."""
    frame = study.volume.pooled
    row = frame[frame["baseline"] == mixed.WITHOUT].iloc[0]
    return None if wording.missing(row["slope"]) else row


def within(row: pd.Series, margin: float) -> bool:
    """Whether a slope is shown to lie between -margin and margin."""
    from scipy.stats import t

    freedom = row["n"] - 2
    se = (row["high"] - row["low"]) / 2 / t.ppf(0.975, freedom)
    return bool(t.sf((margin - abs(row["slope"])) / se, freedom) < LEVEL)


def foretold(study: Results) -> Verdict:
    """Whether the line on volume errs less on languages left out than the mean."""
    from scipy.stats import binomtest

    found = study.volume.by_target
    claim = "volume foretells the gain of a language left out better than the mean does"
    count, better = len(found), int((found["error"] < found["error_mean"]).sum())
    if not count:
        return Verdict(claim, "", OPEN)
    here = f"a smaller error on {tasks(better, count)}"
    if binomtest(better, count).pvalue >= LEVEL:
        return Verdict(claim, here, UNCLEAR)
    if better > count / 2:
        return Verdict(claim, here, HOLDS)
    return Verdict(claim, here, FAILS if _repeated(study) else UNCLEAR)


def _repeated(study: Results) -> bool:
    """Whether any gain is the mean of several seeds."""
    return bool((study.volume.by_target["n_seeds"] > 1).any())


def _low_baseline(slopes: pd.DataFrame) -> Verdict:
    claim = "low scores gain more, beyond regression to the mean"
    shown = {}
    for method in (regression.MEASURED, regression.CORRECTED):
        rows = slopes[slopes["on"] == regression.ON_BASELINE]
        rows = rows[rows["method"] == method].dropna(subset=["slope"])
        shown[method] = (*counts(rows["slope"], rows["p_holm"]), len(rows))
    _, naive, every = shown[regression.MEASURED]
    up, down, count = shown[regression.CORRECTED]
    words = f"clear on {tasks(down, count)} once corrected, on "
    words += f"{tasks(naive, every)} as measured"
    return counted(claim, down, up, count, words)
