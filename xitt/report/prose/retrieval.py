"""What happens to the tasks that use the encoder as it is."""

from __future__ import annotations

import pandas as pd

from xitt.analysis import estimates, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.results import Results
from xitt.analysis.tallies import counted
from xitt.report.prose.changes import clause, tally, verdict


def changes(study: Results) -> str:
    """What happens to the two tasks that use the encoder as it is."""
    rows = study.gains[study.gains["target"].isin(estimates.RETRIEVAL)]
    rows = rows.dropna(subset=["mean"])
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


def contrast(study: Results) -> str:
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
