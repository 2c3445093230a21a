"""Which setting is chosen for each target, and how it stands beside the published."""

from __future__ import annotations

from xitt.analysis import published, results, wording
from xitt.analysis.results import Results
from xitt.report.prose.changes import verdict


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
    measured = set(study.gains.dropna(subset=["mean"])["target"]) & set(study.targets)
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
