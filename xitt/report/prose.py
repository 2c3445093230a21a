"""Sentences whose wording follows the numbers, so that the paper cannot misreport them.

A single change counts as a gain or a loss when its 95% interval excludes zero; else it
is not distinguishable from no change. Where changes are counted, those count that
remain after Holm's correction, in the same families as in the tables. Each sentence
ends in a full stop; one that needs runs that are not recorded yet is left out.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from xitt.analysis import (
    curves,
    estimates,
    published,
    results,
    wording,
)
from xitt.analysis.cautions import precisions
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.results import Results
from xitt.analysis.tallies import counted, variants
from xitt.report import floors_prose, leakage
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH


def verdict(
    row: pd.Series, unit: str = "points", write: Callable[[float], str] = wording.gain
) -> str:
    """A change in words, with its interval: `a gain of 1.2 points (95% interval …)`."""
    size = write(abs(row["mean"])).removeprefix("+")
    interval = f"95% interval {write(row['low'])} to {write(row['high'])}"
    if row["interval"] == "examples":
        return (
            f"a change of {write(row['mean'])} {unit} ({interval}, over examples alone)"
        )
    if row["low"] > 0:
        return f"a gain of {size} {unit} ({interval})"
    if row["high"] < 0:
        return f"a loss of {size} {unit} ({interval})"
    return (
        f"a change of {write(row['mean'])} {unit} ({interval}), "
        "not distinguishable from zero"
    )


def clause(number: int, plural_verb: str, verb: str) -> str:
    """`three gain`, `one gains`, `none gains`."""
    if number == 0:
        return f"none {verb}"
    return f"{wording.number_word(number)} {verb if number == 1 else plural_verb}"


def untested(number: int, what: str) -> str:
    """That nothing is tested, of so many `combinations of ...`."""
    return (
        f"None of {wording.count(number)} {what} is tested, since none has a second "
        "seed."
    )


def tally(rows: pd.DataFrame) -> str:
    """`two gain, one loses and four show no clear change`; `all seven gain`.

    Of one seed nothing is tested, and is not called unclear.
    """
    untested = rows["p_holm"].isna()
    parts = []
    for number, verb, verbs in zip(
        (*counted(rows[~untested]), int(untested.sum())),
        ("gains", "loses", "shows no clear change", "is of one seed and not tested"),
        ("gain", "lose", "show no clear change", "are of one seed and not tested"),
    ):
        if number:
            parts.append(clause(number, verbs, verb))
    if len(parts) == 1 and len(rows) > 1:
        all_of = "both" if len(rows) == 2 else f"all {wording.number_word(len(rows))}"
        return f"{all_of} {parts[0].split(' ', 1)[1]}"
    return wording.listing(parts)


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
        "retrieval": retrieval(study),
        "retrieval-contrast": retrieval_contrast(study),
        "retrieval-last-layer": last_layer(study),
        "xnli": one_target(study, "xnli"),
        "tydiqa": one_target(study, "tydiqa"),
        "mlm": variant(study, "mlm"),
        "translated": variant(study, "translated"),
        "languages": languages(study),
        "curves": curve(study),
        **floors_prose.of(study),
        "best-per-target": best_per_target(study),
        "best-choices": best_choices(study),
        "published": against_published(study),
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


def retrieval(study: Results) -> str:
    """What happens to the two tasks that use the encoder as it is."""
    rows = _rows(study, *estimates.RETRIEVAL)
    if rows.empty:
        return ""
    targets = wording.ordered_targets(rows["target"])
    if len(rows) == 1:
        row, name = rows.iloc[0], wording.task(targets[0])
        return f"On {name}, {wording.setting(row['setting'])} brings {verdict(row)}."
    spans = wording.listing(
        f"{_span(rows[rows['target'] == target])} on {wording.task(target)}"
        for target in targets
    )
    told, pairs = tally(rows), wording.plural(len(rows), "pair")
    every = told.startswith(("all", "both"))
    of = "" if every else f"of {pairs} of a setting and a task "
    return f"The changes of retrieval go {spans}; {of}{told}."


def _span(rows: pd.DataFrame) -> str:
    """`from −43.9 points (CommonsenseQA) to +3.5 (QQP)`."""
    least, most = (rows.loc[i] for i in (rows["mean"].idxmin(), rows["mean"].idxmax()))
    first = (
        f"{wording.gain(least['mean'])} points ({wording.setting(least['setting'])})"
    )
    if len(rows) == 1:
        return first
    last = f"{wording.gain(most['mean'])} ({wording.setting(most['setting'])})"
    return f"from {first} to {last}"


def last_layer(study: Results) -> str:
    """Retrieval by the encoder's last layer, beside the one that was fixed."""
    parts = []
    for target in wording.ordered_targets(study.layers["target"]):
        own = study.layers[study.layers["target"] == target]
        scores = own[own["layer"] == own["layer"].max()].set_index("setting")["mean"]
        others = scores.drop(BASELINE, errors="ignore")
        if BASELINE not in scores or others.empty:
            continue
        spread = wording.score(others.min())
        if len(others) > 1:
            spread += f" to {wording.score(others.max())}"
        parts.append(
            f"{wording.score(scores[BASELINE])} on {wording.task(target)} without an "
            f"intermediate task, and {spread} after one"
        )
    if not parts:
        return ""
    return (
        f"By its last layer ({int(study.layers['layer'].max())}) the encoder reaches "
        f"{'; '.join(parts)}."
    )


def retrieval_contrast(study: Results) -> str:
    """Whether retrieval gains more than the other targets, or less."""
    rows = study.contrast.dropna(subset=["mean"])
    if rows.empty:
        return ""
    up, down, _ = counted(rows)
    than = "than the other targets on average"
    if len(rows) == 1:
        row = rows.iloc[0]
        sign = "more" if row["mean"] > 0 else "less"
        by = f"{wording.score(abs(row['mean']))} points {sign} {than}"
        tested = "not clear" if pd.notna(row["p"]) else "of one seed and not tested"
        sure = "" if up + down else f", a difference that is {tested}"
        return f"With {wording.setting(row['setting'])} retrieval gains {by}{sure}."
    many = wording.plural(len(rows), "setting")
    more, less = clause(up, "bring", "brings"), clause(down, "bring", "brings")
    return (
        f"Of {many}, {more} clearly more to retrieval than to the other targets on "
        f"average, and {less} clearly less."
    )


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


def best_per_target(study: Results) -> str:
    """The second headline: each target with the setting that validation chooses."""
    row = results.cell(study.best, target=results.ALL)
    if row is None:
        return ""
    many = wording.plural(int(row["n_targets"]), "target")
    return (
        f"With the best setting of each target, chosen on development data, test "
        f"scores averaged over {many} with English show {verdict(row)}."
    )


def best_choices(study: Results) -> str:
    """Which setting is chosen for which targets, the most frequent choice first."""
    rows = study.best[study.best["target"] != results.ALL]
    if rows.empty:
        return ""
    chosen = {
        setting: [wording.task(t) for t in wording.ordered_targets(own["target"])]
        for setting, own in rows.groupby("setting")
    }
    order = wording.ordered_settings(chosen)
    order.sort(key=lambda setting: -len(chosen[setting]))
    parts = [f"{wording.setting(s)} for {wording.listing(chosen[s])}" for s in order]
    text = f"Development data choose {'; '.join(parts)}."
    if len(tied := rows[rows["equal"] > 1]):
        names = wording.listing(
            map(wording.task, wording.ordered_targets(tied["target"]))
        )
        text += f" Several settings are equally good there on {names}; one is taken."
    for mask, words in (
        (rows["candidates"] == 1, "there was no other candidate"),
        (rows["validation"] < rows["without"], "none is as good there as none at all"),
    ):
        if mask.any():
            names = wording.ordered_targets(rows.loc[mask, "target"])
            text += f" On {wording.listing(map(wording.task, names))} {words}."
    return text + _without_choice(study)


def _without_choice(study: Results) -> str:
    """Which targets gained or lost but have no development data to choose on."""
    measured = set(_rows(study, *study.targets)["target"])
    names = wording.ordered_targets(measured - set(study.best["target"]))
    if not names:
        return ""
    has = "has" if len(names) == 1 else "have"
    titles = wording.listing(map(wording.task, names))
    return f" {titles} {has} no development data to choose on."


def against_published(study: Results) -> str:
    """Whether the published average gains lie within our intervals."""
    inside, outside, averaged = [], [], set()
    rows = published.frame(study).dropna(subset=["mean"])
    for _, row in rows[rows["name"].isin(published.AVERAGES)].iterrows():
        within = row["low"] <= row["published"] <= row["high"]
        (inside if within else outside).append(wording.setting(row["name"]))
        averaged.add(int(row["n_targets"]))
    parts = []
    if inside:
        parts.append(f"inside our interval for {wording.listing(inside)}")
    if outside:
        parts.append(f"outside our interval for {wording.listing(outside)}")
    if not parts:
        return ""
    few = min(averaged)
    short = (
        f", whose average is over {wording.plural(few, 'target')}" if few < 9 else ""
    )
    return f"The published average gain lies {' and '.join(parts)}{short}."
