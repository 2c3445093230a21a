"""The claims of Phang et al. (2020), and whether each holds in these records.

No verdict is typed; each follows from the records by a rule that is fixed here:

- a claim of a gain holds where the 95% interval of our gain is above zero, and fails
  where it is below; it is smaller or larger where the published one is outside the
  interval; these are a few comparisons, named beforehand, so they are not corrected;
- a claim about many settings (retrieval gains most; TyDiQA gains from many) holds where
  more than half of them show it after Holm's correction, and fails where more than half
  show the opposite;
- that a target does not gain fails as soon as one setting gains after Holm's
  correction, and holds where every setting is shown to gain less than the profile's
  `analysis.margin` (in points), each by a one-sided test at 5%;
- that a variant is not consistently better fails where every pair of it is better, and
  holds where one pair is shown to gain less than the margin.

What is neither is not clear, nor is anything on a target whose baseline has learned
nothing (`floor`): a small study can be too small to tell. Where every interval counts
the examples alone, because no cell was repeated, nothing is tested at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xitt.analysis import published, results, tallies, wording
from xitt.analysis.results import Results
from xitt.analysis.wording import DASH

LEVEL = 0.05  # of the one-sided tests against the margin
AT_FLOOR = "the baseline is at its floor"
HOLDS, FAILS, UNCLEAR = "holds", "does not hold", "not clear"
UNTESTED, OPEN = "not tested", "not run"  # of one seed; without any


@dataclass(frozen=True)
class Verdict:
    """A claim in a few words, what is here, whether it holds; published gain, if any.

    `size` says of a gain that holds whether it is "smaller" or "larger" than published.
    """

    claim: str
    here: str
    status: str
    published: float | None = None
    size: str = ""

    @property
    def shown(self) -> str:
        """The status, with the size where that differs."""
        return f"{self.status}, {self.size}" if self.size else self.status


def of(study: Results) -> list[Verdict]:
    """Every claim with its verdict: the averages first, as in the original."""
    return [
        *(_gain(study, name) for name in (*published.AVERAGES, published.BEST)),
        _retrieval(study),
        _no_gain(study, "xnli"),
        _many_gain(study, "tydiqa"),
        _variant(study, "mlm", "masked-language modelling mixed in"),
        _variant(study, "translated", "translated intermediate data"),
    ]


def _gain(study: Results, name: str) -> Verdict:
    """A published average gain: its sign decides, its size is told."""
    what = published.title(name)
    what = "the best setting of each target" if name == published.BEST else what
    claim = f"an average gain with {what}"
    rows = published.frame(study)
    row = rows[rows["name"] == name].iloc[0]
    if wording.missing(row["mean"]):
        return Verdict(claim, "", OPEN, row["published"])
    if wording.missing(row["p"]):
        return Verdict(claim, interval(row), UNTESTED, row["published"])
    if not results.excludes_zero(row):
        return Verdict(claim, interval(row), UNCLEAR, row["published"])
    if row["low"] > 0:
        return Verdict(claim, interval(row), HOLDS, row["published"], _size(row))
    return Verdict(claim, interval(row), FAILS, row["published"])


def interval(row: pd.Series) -> str:
    low, high = wording.gain(row["low"]), wording.gain(row["high"])
    return f"{wording.gain(row['mean'])} ({low} to {high})"


def _size(row: pd.Series) -> str:
    """How our gain lies to the published one: nothing where that is in our interval."""
    if row["published"] > row["high"]:
        return "smaller"
    return "larger" if row["published"] < row["low"] else ""


def shares(rows: pd.DataFrame) -> tuple[int, int, int]:
    """How many rows are clearly above zero, clearly below, and all."""
    up, down, _ = tallies.counted(rows)
    return up, down, len(rows.dropna(subset=["mean"]))


def _retrieval(study: Results) -> Verdict:
    claim = "the largest gains on retrieval"
    up, down, count = shares(study.contrast)
    here = f"more than the other targets with {_of(up, count)}, "
    here += f"less with {wording.some(down)}"
    return many(claim, study.contrast, (up, down), here)


def _of(number: int, count: int) -> str:
    return f"{wording.some(number)} of {wording.plural(count, 'setting')}"


def many(claim: str, rows: pd.DataFrame, shown: tuple[int, int], here: str) -> Verdict:
    """A claim about many changes: by how many show it, and how many its opposite.

    rows: the changes, tested or not. here: what is found, where any was tested.
    """
    rows = rows.dropna(subset=["mean"])
    if len(rows) and rows["p"].isna().all():
        return Verdict(claim, wording.plural(len(rows), "comparison"), UNTESTED)
    return counted(claim, *shown, len(rows), here)


def counted(claim: str, shown: int, opposite: int, count: int, here: str) -> Verdict:
    """A claim that more than half of `count` tests are to show."""
    if not count:
        return Verdict(claim, "", OPEN)
    if shown > count / 2:
        return Verdict(claim, here, HOLDS)
    return Verdict(claim, here, FAILS if opposite > count / 2 else UNCLEAR)


def _no_gain(study: Results, target: str) -> Verdict:
    rows = _on(study, target)
    up, down, _ = shares(rows)
    claim = f"no gain on {wording.task(target)}"
    if len(rows) and target in study.floored:
        return Verdict(claim, AT_FLOOR, UNCLEAR)
    found = many(claim, rows, (0, 0), _gained(up, down, rows))
    if found.status != UNCLEAR:
        return found
    none = all(below(row, study.margin) for _, row in rows.iterrows())
    status = FAILS if up else HOLDS if none else UNCLEAR
    return Verdict(claim, found.here, status)


def below(row: pd.Series, margin: float) -> bool:
    """Whether a gain is shown to be less than `margin` points: one-sided, at 5%.

    With the same question from the other side it is the test of equivalence
    (Schuirmann 1987, two one-sided tests).
    """
    if row["interval"] != "seeds and examples":
        return False
    if not row["se"]:
        return bool(row["mean"] < margin)
    from scipy.stats import t

    return bool(t.cdf((row["mean"] - margin) / row["se"], row["freedom"]) < LEVEL)


def _many_gain(study: Results, target: str) -> Verdict:
    rows = _on(study, target)
    up, down, _ = shares(rows)
    claim = f"gains on {wording.task(target)} from many tasks"
    if len(rows) and target in study.floored:
        return Verdict(claim, AT_FLOOR, UNCLEAR)
    return many(claim, rows, (up, down), _gained(up, down, rows))


def _on(study: Results, target: str) -> pd.DataFrame:
    """The gains on one target, of every setting."""
    gains = study.gains
    return gains[gains["target"] == target].dropna(subset=["mean"])


def _gained(up: int, down: int, rows: pd.DataFrame) -> str:
    return f"a gain with {_of(up, len(rows))}, a loss with {wording.some(down)}"


def _variant(study: Results, suffix: str, what: str) -> Verdict:
    claim = f"no consistent benefit of {what}"
    pairs = tallies.variants(study, suffix)
    if not pairs:
        return Verdict(claim, "", OPEN)
    here = wording.listing(
        f"{interval(row)} with {wording.setting(setting)}" for setting, row in pairs
    )
    rows = [row for _, row in pairs]
    if all(wording.missing(row["p"]) for row in rows):
        return Verdict(claim, here, UNTESTED)
    if all(results.excludes_zero(row) and row["low"] > 0 for row in rows):
        return Verdict(claim, here, FAILS)
    none = any(below(row, study.margin) for row in rows)
    return Verdict(claim, here, HOLDS if none else UNCLEAR)


def frame(study: Results) -> pd.DataFrame:
    """The verdicts as a table for notebooks: claim, published, here, verdict."""
    return pd.DataFrame(
        [
            (v.claim, wording.gain(v.published), v.here or DASH, v.shown)
            for v in of(study)
        ],
        columns=["claim", "published", "here", "verdict"],
    )
