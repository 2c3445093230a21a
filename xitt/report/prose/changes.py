"""A change in words, and how many there are.

A single change counts as a gain or a loss when its 95% interval excludes zero; else it
is not distinguishable from no change. Where changes are counted, those count that
remain after Holm's correction, in the same families as in the tables.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.tallies import counted


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
