"""In which number format a run computed, and which runs are paired across two.

`precision: auto` becomes fp32 or bf16 by the processor. Scores of the two differ a
little, so a gain between them is not of the intermediate task alone. Such a pair is not
refused, since seeds may come from several machines: it is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE

Record = dict[str, Any]

UNKNOWN = "an unknown one"

# (setting, target) -> the formats of its runs and of the baseline's, where they differ
Across = dict[tuple[str, str], tuple[str, str]]


def of(record: Record) -> str | None:
    """`fp32` or `bf16`; None where an older record does not say."""
    return record.get("precision") or (record.get("training") or {}).get("precision")


def in_all(records: Sequence[Record]) -> dict[str, str | None]:
    """The format of each run by key: `bf16, then fp32` where its two phases differ."""
    own = {record["key"]: of(record) for record in records}
    found = {}
    for record in records:
        now, first = own[record["key"]], own.get(record.get("parent"))
        differ = now and first and now != first
        found[record["key"]] = f"{first}, then {now}" if differ else now
    return found


def across(records: Sequence[Record]) -> Across:
    """Which settings are compared with a baseline that computed in another format.

    Runs are compared seed by seed; a baseline that is not trained is every seed's.
    """
    formats = in_all(records)
    scored = [record for record in records if record["target"]]
    bases = [record for record in scored if record["setting"] == BASELINE]
    by_seed = {(base["target"], base["seed"]): base for base in bases}
    untrained = {base["target"]: base for base in bases if not base.get("training")}
    found: Across = {}
    for run in scored:
        base = by_seed.get((run["target"], run["seed"]), untrained.get(run["target"]))
        if base and run["setting"] != BASELINE:
            pair = tuple(formats[each["key"]] or UNKNOWN for each in (run, base))
            if pair[0] != pair[1]:
                found[run["setting"], run["target"]] = pair
    return found


def told(records: Sequence[Record]) -> str:
    """The pairs across two formats in a sentence, and how many runs do not say theirs.

    Empty where there is neither.
    """
    alike: dict[tuple[str, tuple[str, str]], list[str]] = {}
    for (setting, target), pair in across(records).items():
        alike.setdefault((setting, pair), []).append(target)
    parts = [
        f"{wording.setting(setting)} on {_titles(alike[setting, pair])} "
        f"({pair[0]} against {pair[1]})"
        for each in wording.ordered_settings({setting for setting, _ in alike})
        for setting, pair in sorted(alike)
        if setting == each
    ]
    sentences = [f"Paired across two number formats: {'; '.join(parts)}."] * bool(parts)
    if unknown := sum(r["target"] is not None and not of(r) for r in records):
        runs = wording.plural(unknown, "older run")
        sentences.append(f"The number format of {runs} is not recorded.")
    return " ".join(sentences)


def _titles(targets: Sequence[str]) -> str:
    return wording.listing(map(wording.task, wording.ordered_targets(targets)))
