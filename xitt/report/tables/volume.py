"""The tables of gain and pretraining volume: every control, and the baseline."""

from __future__ import annotations

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.questions.volume import facts, regression, verdicts
from xitt.analysis.questions.volume.frames import ALL_CONTROLS
from xitt.analysis.results import Results
from xitt.analysis.verdicts import LEVEL
from xitt.analysis.wording import DASH, probability, two_places
from xitt.report.latex import Rows, tabular, tex, traced
from xitt.report.tables import claims

NONE = "No target with a gain in five languages or more is recorded yet."


def correlation_table(study: Results) -> str:
    """Spearman's rho of gain and volume by target, then given each control."""
    partials = study.volume.partials.set_index(["target", "control"])
    controls = [*facts.CONTROLS, ALL_CONTROLS]
    rows: Rows = []
    for _, row in study.volume.by_target.iterrows():
        given = [partials.loc[(row["target"], control)] for control in controls]
        rows.append(
            [
                tex(wording.task(row["target"])),
                str(row["n"]),
                _starred(row["score_rho"], row["score_p_holm"]),
                _starred(row["rho"], row["p_holm"], f"volume/{row['target']}/rho"),
                _span(row["rho_low"], row["rho_high"]),
                traced(f"volume/{row['target']}/p", tex(probability(row["p"]))),
                *(_partial(each, row["n"]) for each in given),
                traced(f"volume/{row['target']}/slope", tex(two_places(row["slope"]))),
                _span(row["slope_low"], row["slope_high"]),
                f"{row['error']:.1f} / {row['error_mean']:.1f}",
                tex(two_places(row["reliability"])),
                f"{row['detectable']:.2f}",
            ]
        )
    titles = [*facts.CONTROLS.values(), ALL_CONTROLS]
    head = ["", "$n$", "score", "gain", "95\\%", "$p$", *map(tex, titles)]
    head += ["slope", "95\\%", "error", "rel.", "seen"]
    return tabular("lr" + "r" * (len(head) - 2), head, rows, NONE)


def baseline_table(study: Results) -> str:
    """Slope on the baseline, and on volume given it: measured, split, corrected."""
    slopes = study.volume.slopes
    methods = (regression.MEASURED, regression.SPLIT, regression.CORRECTED)
    rows: Rows = []
    for target in study.volume.by_target["target"]:
        own = slopes[slopes["target"] == target].set_index(["on", "method"])
        cells = [
            _slope(own.loc[(on, method)])
            for on in (regression.ON_BASELINE, regression.GIVEN_BASELINE)
            for method in methods
        ]
        rows.append([tex(wording.task(target)), *cells])
    short = ["measured", "split", "corrected"]
    return tabular("l" + "r" * 6, ["", *short, *short], rows, NONE)


def verdict_table(study: Results) -> str:
    """Each claim about volume with what is here."""
    return claims.written(verdicts.of(study), published=False)


def _starred(value: float, p_holm: float, key: str = "") -> str:
    star = r"\starred{}" if p_holm < LEVEL else ""
    return star + traced(key, tex(two_places(value)))


def _span(low: float, high: float) -> str:
    known = not wording.missing(low)
    return tex(f"{two_places(low)} to {two_places(high)}" if known else DASH)


def _partial(row: pd.Series, every: int) -> str:
    """rho given a control, in bold where p < 5%; with n where it is of fewer."""
    text = tex(two_places(row["rho"]))
    text = rf"\textbf{{{text}}}" if row["p"] < LEVEL else text
    fewer = row["n"] < every and not wording.missing(row["rho"])
    return text + (rf"\textsubscript{{{int(row['n'])}}}" if fewer else "")


def _slope(row: pd.Series) -> str:
    if wording.missing(row["slope"]):
        return tex(DASH)
    bold = row["low"] > 0 or row["high"] < 0
    text = tex(two_places(row["slope"]))
    text = rf"\textbf{{{text}}}" if bold else text
    star = r"\starred{}" if row["p_holm"] < LEVEL else ""
    half = (row["high"] - row["low"]) / 2
    return rf"\spread{{{star}{text}}}{{{half:.2f}}}"
