"""Does the gain survive perturbed input? Each way to ask it, with its verdict.

As in `xitt.analysis.verdicts`, no verdict is typed, and the rules are fixed. Cells are
a setting, a task and a perturbation at its largest strength:

- a claim about many cells holds where more than half of them show it after Holm's
  correction, and fails where more than half show the opposite;
- that the gain shrinks fails, too, where more than half of the cells are shown to lose
  less than `analysis.margin` points of it, each by a one-sided test at 5%;
- typos of people are a claim of their own, and so is code-switching: what was made by
  rule says little of what people write.

What is neither is not clear, and what no second seed was run for is not tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.robustness import frames
from xitt.analysis.verdicts import Verdict, below, many, shares
from xitt.tasks import registry
from xitt.tasks.settings import perturbed_setting

if TYPE_CHECKING:
    from xitt.analysis.results import Results

SWITCHING = ("switched", "english-switched", "two-languages")


def of(study: Results) -> list[Verdict]:
    """Every claim about perturbed input with its verdict."""
    scores, gains = (
        strongest(study.robustness.scores),
        strongest(study.robustness.gains),
    )
    found = [_cost(scores)]
    for kind, words in {
        "rule": "on noise made by rule",
        "people": "on the typos of people",
        "switching": "on code-switched input",
    }.items():
        own = of_kind(gains, kind)
        found += [_survives(own, words), _shrinks(own, words, study.margin)]
    return [*found, _other_english(gains)]


def strongest(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of each perturbation at its largest strength; p_holm stays."""
    most = frame.groupby("perturbation")["strength"].transform("max")
    return frame[frame["strength"].isna() | (frame["strength"] == most)]


def kind_of(perturbation: str) -> str:
    """`people`, who wrote it; `switching` by dictionary; or by `rule`."""
    if perturbation in SWITCHING:
        return "switching"
    return "people" if perturbation in registry.names("variant") else "rule"


def of_kind(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The rows of perturbations of one kind."""
    mask = [kind_of(name) == kind for name in frame["perturbation"]]
    return frame.loc[np.array(mask, dtype=bool)]


def by_english(frame: pd.DataFrame, other: bool) -> pd.DataFrame:
    """The rows of settings fine-tuned on English as it is, or on `other` English."""
    marks = [bool(perturbed_setting(name)[1]) for name in frame["setting"]]
    return frame.loc[np.array(marks, dtype=bool) == other]


def cells(number: int, count: int) -> str:
    """`three of 20 comparisons`, `none of 20 comparisons`."""
    return f"{wording.some(number)} of {wording.plural(count, 'comparison')}"


def _cost(scores: pd.DataFrame) -> Verdict:
    own = scores[(scores["measure"] == frames.DROP) & (scores["setting"] == BASELINE)]
    up, down, count = shares(own)
    words = f"a clear drop in {cells(up, count)}"
    claim = "perturbed input costs the model without intermediate training points"
    return many(claim, own, (up, down), words)


def _survives(gains: pd.DataFrame, words: str) -> Verdict:
    own = by_english(gains[gains["measure"] == frames.GAIN], other=False)
    up, down, count = shares(own)
    here = f"a clear gain in {cells(up, count)}, a clear loss in "
    here += wording.some(down)
    return many(f"intermediate training gains {words}", own, (up, down), here)


def _shrinks(gains: pd.DataFrame, words: str, margin: float) -> Verdict:
    own = by_english(gains[gains["measure"] == frames.CHANGE], other=False)
    up, down, count = shares(own)
    kept = sum(
        below(pd.Series({**row, "mean": -row["mean"]}), margin)
        for _, row in own.iterrows()
    )
    here = f"it shrinks in {cells(down, count)} and grows in "
    here += f"{wording.some(up)}; shown to keep all but "
    here += f"{wording.score(margin)} points in "
    here += wording.some(kept)
    claim = f"the gain of intermediate training shrinks {words}"
    return many(claim, own, (down, max(up, kept)), here)


def _other_english(gains: pd.DataFrame) -> Verdict:
    own = by_english(gains[gains["measure"] == frames.GAIN], other=True)
    up, down, count = shares(own)
    claim = "fine-tuning on noisy or code-switched English gains on perturbed input"
    return many(claim, own, (up, down), f"a clear gain in {cells(up, count)}")
