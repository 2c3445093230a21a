"""The tables of perturbed input: drops, gains, areas under the curves, verdicts."""

from __future__ import annotations

import pandas as pd

from xitt.analysis import results, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.robustness import frames, published, verdicts
from xitt.analysis.results import Results
from xitt.analysis.wording import DASH
from xitt.report.latex import Rows, change, tabular, tex, traced, with_spread
from xitt.report.questions import wording_of_noise
from xitt.report.tables import claims, keys

NONE = "Nothing was scored on perturbed input yet."


def drop_table(study: Results) -> str:
    """Of the baseline, by task and variant: clean, perturbed, drop, and published."""
    scores = study.robustness.scores
    own = scores[scores["setting"] == BASELINE] if len(scores) else scores
    rows: Rows = []
    for target in wording.ordered_targets(own["target"]):
        rows += [[]] if rows else []
        for name in dict.fromkeys(own.loc[own["target"] == target, "variant"]):
            at = own[(own["target"] == target) & (own["variant"] == name)]
            by = {row["measure"]: row for _, row in at.iterrows()}
            rows.append(
                [
                    tex(wording.task(target)),
                    tex(wording_of_noise.of_variant(name)),
                    str(by[frames.DROP]["n_languages"]),
                    tex(_share(by[frames.DROP]["share"])),
                    _score(by[frames.CLEAN]),
                    _score(by[frames.SCORE]),
                    _drop(by[frames.DROP]),
                    tex(wording.score(by[frames.RELATIVE]["mean"])),
                    tex(published.beside(target, name) or DASH),
                ]
            )
    head = ["", "", "$l$", "share", "clean", "perturbed", "drop", "\\%", "published"]
    return tabular("llrrrrrrr", head, rows, NONE)


def gain_table(study: Results) -> str:
    """By task and perturbation at its largest strength: each setting's gains.

    In a cell the gain on perturbed input, and how it differs from the clean one.
    """
    gains = verdicts.strongest(study.robustness.gains)
    settings = wording.ordered_settings(gains["setting"])
    rows: Rows = []
    for target in wording.ordered_targets(gains["target"]):
        rows += [[]] if rows else []
        for name in dict.fromkeys(gains.loc[gains["target"] == target, "variant"]):
            at = gains[(gains["target"] == target) & (gains["variant"] == name)]
            cells = []
            for setting in settings:
                for measure in (frames.GAIN, frames.CHANGE):
                    row = _row(at, setting, measure)
                    key = "" if row is None else keys.of_perturbed(row)
                    cells.append(change(row, spread=True, key=key))
            first = [tex(wording.task(target)), tex(wording_of_noise.of_variant(name))]
            rows.append([*first, *cells])
    titles = [tex(wording.setting(s)) for s in settings]
    head = ["", "", *(cell for title in titles for cell in (title, "change"))]
    return tabular("ll" + "r" * (2 * len(settings)), head, rows, NONE)


def area_table(study: Results) -> str:
    """The area under each curve: the baseline's, and each setting's gain in it."""
    areas = study.robustness.areas
    settings = [s for s in wording.ordered_settings(areas["setting"]) if s != BASELINE]
    rows: Rows = []
    for target in wording.ordered_targets(areas["target"]):
        rows += [[]] if rows else []
        for name in dict.fromkeys(areas.loc[areas["target"] == target, "variant"]):
            at = areas[(areas["target"] == target) & (areas["variant"] == name)]
            base = with_spread(_row(at, BASELINE, frames.AREA), wording.score)
            gains = [
                change(_row(at, setting, frames.AREA_GAIN), spread=True)
                for setting in settings
            ]
            title = tex(wording_of_noise.perturbation(name))
            rows.append([tex(wording.task(target)), title, base, *gains])
    head = ["", "", tex(wording.setting(BASELINE))]
    head += [tex(wording.setting(s)) for s in settings]
    return tabular("ll" + "r" * (len(head) - 2), head, rows, NONE)


def verdict_table(study: Results) -> str:
    """Each claim about perturbed input with what is here."""
    return claims.written(verdicts.of(study), published=False)


def _row(rows: pd.DataFrame, setting: str, measure: str) -> pd.Series | None:
    own = rows[(rows["setting"] == setting) & (rows["measure"] == measure)]
    return None if own.empty else own.iloc[0]


def _drop(row: pd.Series) -> str:
    """A drop: asterisk where it is clear, with the half-width of its interval."""
    star = r"\starred{}" if results.clear(row) else ""
    key = keys.of_perturbed(row)
    return with_spread(row, wording.score, before=star, key=key)


def _score(row: pd.Series) -> str:
    return traced(keys.of_perturbed(row), tex(wording.score(row["mean"])))


def _share(value: float) -> str:
    return DASH if wording.missing(value) else f"{value:.0%}"
