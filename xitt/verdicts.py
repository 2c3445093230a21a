"""The claims of Phang et al. (2020), and whether each holds in these records.

No verdict is typed; each follows from the records by a rule that is fixed here:

- a claim of a gain holds where the 95% interval of our gain is above zero, and fails
  where it is below; it is smaller or larger where the published one is outside the
  interval; these are a few comparisons, named beforehand, so they are not corrected;
- a claim about many settings (retrieval gains most; TyDiQA gains from many) holds where
  more than half of them show it after Holm's correction, and fails where more than half
  show the opposite; that a target does not gain fails as soon as one setting gains;
- that a variant is not consistently better fails where every pair of it is better.

What is neither is not clear: a small study can be too small to tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xitt import claims, comparison, labels
from xitt.labels import DASH, tex
from xitt.latex import tabular
from xitt.results import Results

HOLDS, FAILS, UNCLEAR, OPEN = "holds", "does not hold", "not clear", "not run"


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
        *(_gain(study, name) for name in (*comparison.AVERAGES, comparison.BEST)),
        _retrieval(study),
        _no_gain(study, "xnli"),
        _many_gain(study, "tydiqa"),
        _variant(study, "mlm", "masked-language modelling mixed in"),
        _variant(study, "translated", "translated intermediate data"),
    ]


def _gain(study: Results, name: str) -> Verdict:
    """A published average gain: its sign decides, its size is told."""
    what = comparison.title(name)
    what = "the best setting of each target" if name == comparison.BEST else what
    claim = f"an average gain with {what}"
    rows = comparison.frame(study)
    row = rows[rows["name"] == name].iloc[0]
    if labels.missing(row["mean"]):
        return Verdict(claim, "", OPEN, row["published"])
    if row["low"] > 0:
        return Verdict(claim, _interval(row), HOLDS, row["published"], _size(row))
    status = FAILS if row["high"] < 0 else UNCLEAR
    return Verdict(claim, _interval(row), status, row["published"])


def _interval(row: pd.Series) -> str:
    low, high = labels.gain(row["low"]), labels.gain(row["high"])
    return f"{labels.gain(row['mean'])} ({low} to {high})"


def _size(row: pd.Series) -> str:
    """How our gain lies to the published one: nothing where that is in our interval."""
    if row["published"] > row["high"]:
        return "smaller"
    return "larger" if row["published"] < row["low"] else ""


def _shares(rows: pd.DataFrame) -> tuple[int, int, int]:
    """How many rows are clearly above zero, clearly below, and all."""
    up, down, _ = claims.counted(rows)
    return up, down, len(rows.dropna(subset=["mean"]))


def _retrieval(study: Results) -> Verdict:
    claim = "the largest gains on retrieval"
    up, down, count = _shares(study.contrast)
    if not count:
        return Verdict(claim, "", OPEN)
    here = f"more than the other targets with {_of(up, count)}, less with {_some(down)}"
    return Verdict(claim, here, _majority(up, down, count))


def _of(number: int, count: int) -> str:
    return f"{_some(number)} of {labels.plural(count, 'setting')}"


def _some(number: int) -> str:
    return labels.number_word(number) if number else "none"


def _majority(up: int, down: int, count: int) -> str:
    if up > count / 2:
        return HOLDS
    return FAILS if down > count / 2 else UNCLEAR


def _no_gain(study: Results, target: str) -> Verdict:
    claim = f"no gain on {labels.task(target)}"
    here, up, _, count = _changes(study, target)
    if not count:
        return Verdict(claim, "", OPEN)
    return Verdict(claim, here, FAILS if up else HOLDS)


def _many_gain(study: Results, target: str) -> Verdict:
    claim = f"gains on {labels.task(target)} from many tasks"
    here, up, down, count = _changes(study, target)
    return Verdict(claim, here, _majority(up, down, count) if count else OPEN)


def _changes(study: Results, target: str) -> tuple[str, int, int, int]:
    up, down, count = _shares(study.gains[study.gains["target"] == target])
    here = f"a gain with {_of(up, count)}, a loss with {_some(down)}"
    return (here if count else "", up, down, count)


def _variant(study: Results, suffix: str, what: str) -> Verdict:
    claim = f"no consistent benefit of {what}"
    pairs = claims.variants(study, suffix)
    if not pairs:
        return Verdict(claim, "", OPEN)
    here = labels.listing(
        f"{_interval(row)} with {labels.setting(setting)}" for setting, row in pairs
    )
    better = all(row["low"] > 0 for _, row in pairs)
    return Verdict(claim, here, FAILS if better else HOLDS)


def table(study: Results) -> str:
    """Each claim with the published gain, what was found here, and the verdict."""
    rows = [
        [
            tex(verdict.claim[0].upper() + verdict.claim[1:]),
            tex(labels.gain(verdict.published)),
            tex(verdict.here or DASH),
            tex(verdict.shown),
        ]
        for verdict in of(study)
    ]
    ragged = r">{\raggedright\arraybackslash}p"
    columns = rf"{ragged}{{0.36\textwidth}}r{ragged}{{0.38\textwidth}}l"
    return tabular(columns, ["The original's claim", "published", "here", ""], rows)


def frame(study: Results) -> pd.DataFrame:
    """The verdicts as a table for notebooks: claim, published, here, verdict."""
    return pd.DataFrame(
        [
            (v.claim, labels.gain(v.published), v.here or DASH, v.shown)
            for v in of(study)
        ],
        columns=["claim", "published", "here", "verdict"],
    )


def sentences(study: Results) -> dict[str, str]:
    """The verdicts in words, by key; only those for which there is a claim."""
    found = of(study)
    by_status = {
        status: [verdict for verdict in found if verdict.status == status]
        for status in (HOLDS, FAILS, UNCLEAR, OPEN)
    }
    tested = len(found) - len(by_status[OPEN])
    if not tested:
        return {}
    number = labels.number_word
    smaller = sum(verdict.size == "smaller" for verdict in found)
    parts = {
        HOLDS: claims.clause(len(by_status[HOLDS]), "hold", "holds"),
        FAILS: claims.clause(len(by_status[FAILS]), "do not", "does not"),
        UNCLEAR: claims.clause(
            len(by_status[UNCLEAR]), "are not clear", "is not clear"
        ),
    }
    if smaller:
        parts[HOLDS] += f" ({number(smaller)} with a smaller gain)"
    said = labels.listing(text for status, text in parts.items() if by_status[status])
    opening = {
        "holds": "What holds here: ",
        "fails": "What does not hold here: ",
        "unclear": "What is not clear here: ",
        "open": "What these records cannot test yet: ",
    }
    sentences = {"verdicts": f"Of {number(tested)} claims of the original, {said}."}
    for (key, words), own in zip(opening.items(), by_status.values()):
        if own:
            listed = "; ".join(_item(verdict) for verdict in own)
            sentences[f"verdict-{key}"] = f"{words}{listed}."
    return sentences


def _item(verdict: Verdict) -> str:
    """A claim in a list: with what was found here, where that is against it or open."""
    if verdict.status == HOLDS:
        return (
            f"{verdict.claim}, a {verdict.size} one" if verdict.size else verdict.claim
        )
    return f"{verdict.claim} ({verdict.here})" if verdict.here else verdict.claim
