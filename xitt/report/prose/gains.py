"""What intermediate training brings, on average, on a target, in a language."""

from __future__ import annotations

import pandas as pd

from xitt.analysis import curves, results, wording
from xitt.analysis.cautions import precisions
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.results import Results
from xitt.analysis.tallies import counted, variants
from xitt.report import leakage
from xitt.report.prose import choices, floors, retrieval
from xitt.report.prose.changes import clause, tally, untested, verdict
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key."""
    found = {
        "incomplete": incomplete(study),
        "left-out": left_out(study),
        "precision": precisions.told(study.records),
        "average": average(study),
        "average-without-retrieval": average(study, "without retrieval"),
        "best-setting": best_setting(study),
        "best-setting-without-retrieval": best_setting(study, "without retrieval"),
        "retrieval": retrieval.changes(study),
        "retrieval-contrast": retrieval.contrast(study),
        "retrieval-last-layer": retrieval.last_layer(study),
        "xnli": one_target(study, "xnli"),
        "tydiqa": one_target(study, "tydiqa"),
        "mlm": variant(study, "mlm"),
        "translated": variant(study, "translated"),
        "languages": languages(study),
        "curves": curve(study),
        **floors.of(study),
        "best-per-target": choices.best_per_target(study),
        "best-choices": choices.best_choices(study),
        "published": choices.against_published(study),
        "leakage": leakage.said(study),
    }
    return {key: text for key, text in found.items() if text}


def _rows(study: Results, *targets: str) -> pd.DataFrame:
    gains = study.gains
    return gains[gains["target"].isin(targets)].dropna(subset=["mean"])


def incomplete(study: Results) -> str:
    """Which combinations of a setting and a target are not recorded, if any."""
    scores = study.scores.dropna(subset=["mean"])
    there = set(zip(scores["setting"], scores["target"]))
    alike: dict[tuple[str, ...], list[str]] = {}  # settings that lack the same targets
    for setting in wording.ordered_settings({BASELINE, *study.trained}):
        lacking = tuple(t for t in study.targets if (setting, t) not in there)
        if lacking:
            alike.setdefault(lacking, []).append(wording.setting(setting))
    if not alike:
        return ""
    parts = [
        f"{wording.listing(settings)} on {_targets(lacking, study)}"
        for lacking, settings in alike.items()
    ]
    return f"Not recorded yet: {'; '.join(parts)}."


def left_out(study: Results) -> str:
    """Which settings and targets had to be left out for want of data, if any."""
    absent = {name for r in study.records for name in r["data"].get("left_out", ())}
    targets = wording.ordered_targets(absent & set(registry.names("target")))
    targets = [name for name in targets if name not in study.targets]
    settings = wording.ordered_settings(absent - set(registry.names("target")))
    settings = [name for name in settings if name not in study.trained]
    parts = []
    if settings:
        what = "setting" if len(settings) == 1 else "settings"
        parts.append(f"the {what} {wording.listing(map(wording.setting, settings))}")
    if targets:
        what = "target" if len(targets) == 1 else "targets"
        parts.append(f"the {what} {wording.listing(map(wording.task, targets))}")
    if not parts:
        return ""
    return (
        f"Left out, because they need data that are not on the Hub and were not at "
        f"hand: {wording.listing(parts)}."
    )


def _targets(names: tuple[str, ...], study: Results) -> str:
    every = len(names) == len(study.targets) > 1
    return "every target" if every else wording.listing(map(wording.task, names))


def average(study: Results, group: str = results.ALL) -> str:
    """What the settings bring on average over the targets, or over a group of them."""
    rows = _rows(study, group)
    if rows.empty:
        return ""
    targets = wording.plural(int(rows.iloc[0]["n_targets"]), "target")
    over = f"Averaged over {targets}" + (f" {group}" if group != results.ALL else "")
    if len(rows) == 1:
        row = rows.iloc[0]
        return f"{over}, {wording.setting(row['setting'])} brings {verdict(row)}."
    many = wording.plural(len(rows), "intermediate setting")
    return f"{over}, of {many} {tally(rows)}."


def best_setting(study: Results, group: str = results.ALL) -> str:
    """The setting with the highest average gain, where there are several."""
    rows = _rows(study, group)
    if len(rows) < 2:
        return ""
    row = rows.loc[rows["mean"].idxmax()]
    setting = wording.setting(row["setting"])
    what = f" {group}" if group != results.ALL else ""
    return f"The highest average{what} is that of {setting}: {verdict(row)}."


def one_target(study: Results, target: str) -> str:
    """What the settings bring on one target."""
    rows = _rows(study, target)
    if rows.empty:
        return ""
    if len(rows) == 1:
        row = rows.iloc[0]
        setting = wording.setting(row["setting"])
        return f"On {wording.task(target)}, {setting} brings {verdict(row)}."
    best = rows.loc[rows["mean"].idxmax()]
    return (
        f"On {wording.task(target)}, of {wording.plural(len(rows), 'setting')} "
        f"{tally(rows)}; the highest is {wording.setting(best['setting'])} "
        f"with {verdict(best)}."
    )


def variant(study: Results, suffix: str) -> str:
    """What a variant adds to the same setting without it, on average, paired."""
    pairs = variants(study, suffix)
    if not pairs:
        return ""
    parts = [
        f"{wording.setting(setting)} brings {verdict(row)}" for setting, row in pairs
    ]
    few = {int(row["n_targets"]) for _, row in pairs}
    over = wording.plural(min(few), "target")
    at_least = "" if len(few) == 1 else "at least "
    return (
        f"Against the same task without it, over {at_least}{over}, "
        f"{wording.listing(parts)}."
    )


def languages(study: Results) -> str:
    """How many single languages change, after Holm's correction."""
    rows = study.language_gains.dropna(subset=["mean"])
    rows = rows[rows["language"] != ENGLISH]
    if rows.empty:
        return ""
    tested = rows.dropna(subset=["p_holm"])
    what = "combinations of a setting, a target and a language"
    if tested.empty:
        return untested(len(rows), what)
    up, down, _ = counted(tested)
    gain, loss = clause(up, "gain", "gains"), clause(down, "lose", "loses")
    said = (
        f"Of {wording.count(len(tested))} {what}, {gain} and {loss} after Holm's "
        "correction for their number"
    )
    left = len(rows) - len(tested)
    return (
        f"{said}; {wording.count(left)} of one seed are not tested."
        if left
        else f"{said}."
    )


def curve(study: Results) -> str:
    """How the gains change from the fewest examples of a target to the most."""
    rows = study.curves
    rows = rows[rows["measure"] == curves.GAIN].dropna(subset=["mean"])
    parts = []
    for target in wording.ordered_targets(set(rows["target"])):
        own, changes = rows[rows["target"] == target], []
        for setting in wording.ordered_settings(set(own["setting"])):
            line = own[own["setting"] == setting].sort_values("examples")
            few, most = line["examples"].iloc[[0, -1]].map(wording.count)
            first, last = line["mean"].iloc[[0, -1]].map(wording.gain)
            if few != most:
                said = f"{first} to {last} with {wording.setting(setting)}"
                changes.append((f"from {few} to {most} examples", said))
        for span in dict.fromkeys(span for span, _ in changes):
            said = wording.listing(text for own, text in changes if own == span)
            parts.append(f"on {wording.task(target)}, {span}, it goes from {said}")
    return f"Where the gain is followed {'; '.join(parts)}." if parts else ""
