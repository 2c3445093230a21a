"""What language models show of each claim, by rules that are fixed here.

As in `xitt.analysis.verdicts`, no verdict is typed:

- a claim about many settings, targets or sources holds where more than half of them
  show it after Holm's correction, and fails where more than half show the opposite;
- an own-language advantage in points fails, too, where more than half of its targets
  are shown to have less than `analysis.margin`, each by a one-sided test at 5%;
- gains go together where the 95% interval of their correlation is above zero in more
  than half of the comparisons, and do not where it is below in more than half;
- a corrected protocol changes scores where the 95% interval of the paired difference,
  over examples, excludes zero in more than half of the languages and targets.

What is neither is not clear; what no second seed was run for is not tested, but for
correlations and protocols, which compare languages and examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import ANSWER, PASS, SMOOTH
from xitt.analysis.questions.language_models.states import CENTRED
from xitt.analysis.verdicts import (
    FAILS,
    LEVEL,
    UNCLEAR,
    Verdict,
    counted,
    many,
    shares,
)
from xitt.tasks import registry

if TYPE_CHECKING:
    from xitt.analysis.results import Results


def of_code(study: Results) -> list[Verdict]:
    """The claims on code generation."""
    return [
        _settings(
            means(study.code.gains, PASS),
            "English intermediate training makes more programs pass (pass@1)",
        ),
        _settings(
            means(study.code.gains, SMOOTH),
            "English intermediate training makes the right program likelier",
        ),
        _together(study.code.agreement, PASS, "pass@1"),
        _together(study.code.agreement, SMOOTH, "likelihood"),
    ]


def of_source(study: Results) -> list[Verdict]:
    """The claims on the language of the intermediate task."""
    matrix = study.source_language.matrix
    programs = matrix["target"].isin(registry.names("target", suite=recorded.CODE))
    code, other = matrix[programs], matrix[~programs]
    return [
        _settings(
            means(code, PASS),
            "another source language than English makes more programs pass (pass@1)",
        ),
        _settings(
            means(code, SMOOTH),
            "another source language than English makes the right program likelier",
        ),
        _settings(
            means(other[~other["measure"].isin(recorded.NATS)]),
            "another source language than English helps more on other targets",
        ),
        _own_language(study),
    ]


def of_reasoning(study: Results) -> list[Verdict]:
    """The claims on reasoning, of the language models and of the encoder beside."""
    gains = study.reasoning.gains
    found = [
        _settings(
            means(gains[gains["target"] == target]).query("measure != @ANSWER"),
            f"English intermediate training improves {wording.task(target)}",
        )
        for target in wording.ordered_targets(set(gains["target"]))
    ]
    found += [
        _settings(
            means(gains, ANSWER),
            "English intermediate training makes the right number likelier",
        ),
        _protocols(study),
    ]
    return found


def of_states(study: Results) -> list[Verdict]:
    """The claims on what language models find by their own states."""
    return [
        _settings(
            means(study.states.gains, CENTRED),
            "English intermediate training lets a decoder's states find more "
            "translations",
        ),
        _settings(
            means(study.states.contrast, CENTRED),
            "of a decoder, too, retrieval gains more than the other targets",
        ),
    ]


def means(gains: pd.DataFrame, measure: str = "") -> pd.DataFrame:
    """The zero-shot means of a frame of gains, of one measure or of all."""
    rows = gains[gains["language"] == "zero-shot"].dropna(subset=["mean"])
    return rows[rows["measure"] == measure] if measure else rows


def _settings(rows: pd.DataFrame, claim: str) -> Verdict:
    up, down, count = shares(rows)
    words = f"clear in {wording.some(up)} of {wording.plural(count, 'comparison')}"
    words += f", the opposite in {wording.number_word(down)}" if down else ""
    return many(claim, rows, (up, down), words)


def _together(agreement: pd.DataFrame, measure: str, name: str) -> Verdict:
    rows = agreement[agreement["measure"] == measure].dropna(subset=["low"])
    up, down = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
    words = f"a correlation above zero in {wording.some(up)} of "
    words += wording.plural(len(rows), "comparison")
    claim = f"the gain on code ({name}) goes with that on understanding"
    return counted(claim, up, down, len(rows), words)


def _own_language(study: Results) -> Verdict:
    rows = study.source_language.own
    rows = rows[~rows["measure"].isin(recorded.NATS)]
    claim = "an intermediate task helps its own language more than others"
    up, down, count = shares(rows)
    less = sum(below(row, study.margin) for _, row in rows.iterrows())
    words = f"clear on {wording.some(up)} of {wording.plural(count, 'comparison')}"
    found = many(claim, rows, (up, down), words)
    if found.status == UNCLEAR and less > count / 2:
        return Verdict(claim, words, FAILS)
    return found


def below(row: pd.Series, margin: float) -> bool:
    """Whether a gain is shown to be less than `margin`; never without a second seed."""
    from scipy.stats import t

    if wording.missing(row["p"]) or not row["se"] > 0:
        return False
    return bool(t.cdf((row["mean"] - margin) / row["se"], row["freedom"]) < LEVEL)


def _protocols(study: Results) -> Verdict:
    claim = "correcting a protocol changes scores, without intermediate training"
    rows = study.reasoning.differences
    rows = rows[rows["language"] != "zero-shot"]
    up, down = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
    words = f"{wording.some(up)} higher and {wording.some(down)} lower, of "
    words += wording.plural(len(rows), "score")
    return counted(claim, up + down, 0, len(rows), words)
