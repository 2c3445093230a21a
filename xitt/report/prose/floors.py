"""The paper's sentences on what was not learned, and so can say nothing."""

from __future__ import annotations

from xitt.analysis import wording
from xitt.analysis.cautions import floor
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.results import Results


def of(study: Results) -> dict[str, str]:
    """The sentences by key; "" where there is nothing of the kind."""
    return {
        "at-floor": at_floor(study),
        "unlearned": unlearned(study),
        "failed": failed(study),
        "unmoved": unmoved(study),
    }


def at_floor(study: Results) -> str:
    """Which targets have a baseline that is not shown to be above a trivial answer."""
    frame = study.floor.set_index("target")
    rows = [(name, frame.loc[name]) for name in study.targets if name in study.floored]
    if not rows:
        return ""
    listed = wording.listing(
        f"{wording.task(name)} ({wording.score(row['score'])} points, "
        f"{wording.score(row['trivial'])} by a trivial answer)"
        for name, row in rows
    )
    verb, it = ("is", "it enters") if len(rows) == 1 else ("are", "they enter")
    return (
        f"Without an intermediate task {listed} {verb} at the floor: not shown to be "
        f"better than a trivial answer, so that {it} no average."
    )


def unlearned(study: Results) -> str:
    """Which intermediate tasks are answered no better than by a trivial rule."""
    rows = study.intermediates[~study.intermediates["learned"]]
    if rows.empty:
        return ""
    alone = rows[rows["setting"] == rows["task"]]
    parts = [
        f"{wording.task(row.task)} ({wording.score(row.score)} points on its own "
        f"development data, {wording.score(row.trivial)} by a trivial answer)"
        for row in alone.itertuples()
    ]
    for setting in wording.ordered_settings(set(rows["setting"]) - {*alone["setting"]}):
        own = rows[rows["setting"] == setting]
        tasks = wording.listing(map(wording.task, own["task"]))
        parts.append(f"within {wording.setting(setting)} {tasks}")
    return (
        f"In the intermediate phase itself these were not learned: {'; '.join(parts)}. "
        "What such a setting changes comes of training that led nowhere, and says "
        "nothing of the task."
    )


def failed(study: Results) -> str:
    """Which cells answer no better than a trivial rule where the baseline does."""
    found: dict[str, list[str]] = {}
    for setting in study.settings:
        rows = floor.frame(study.records, setting)
        for row in rows[rows["at_floor"].astype(bool)].itertuples():
            if setting != BASELINE and row.target not in study.floored:
                said = f"{wording.setting(setting)} ({wording.score(row.score)})"
                found.setdefault(row.target, []).append(said)
    if not found:
        return ""
    parts = [
        f"{wording.task(target)} after {wording.listing(found[target])}"
        for target in wording.ordered_targets(found)
    ]
    return (
        f"Where the baseline learns, fine-tuning failed, ending no better than a "
        f"trivial answer, on {'; '.join(parts)}: such a loss is that of a run that did "
        "not learn, and not of what was transferred."
    )


def unmoved(study: Results) -> str:
    """Which targets answer exactly as the baseline does, with most of the settings.

    A gain of zero under every resample of every language: the same examples are right.
    """
    rows = study.language_gains.dropna(subset=["mean"])
    same = (rows["mean"] == 0) & (rows["se"] == 0)
    alike = same.groupby([rows["target"], rows["setting"]]).all()
    parts = []
    for target in wording.ordered_targets(set(rows["target"])):
        number, count = int(alike[target].sum()), len(alike[target])
        if number > count / 2:
            of_all = (
                f"{wording.number_word(number)} of {wording.plural(count, 'setting')}"
            )
            parts.append(f"{wording.task(target)} with {of_all}")
    if not parts:
        return ""
    return (
        f"The same test examples are right as without an intermediate task on "
        f"{wording.listing(parts)}: what is not learnt from so few examples cannot "
        "gain."
    )
