"""From a number of the paper to the records that it is made of.

A number's key says what it is (`report.numbers` lists the keys), and so which records
it was computed from. An interval takes the seeds' variance from all repeated cells of
its target as well; the page says so once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xitt.analysis import estimates
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.results import Results

Record = dict[str, Any]

ALONE = ("score", "score-with-english", "seeds", "languages", "examples")  # no pair
AVERAGES = ("avg", "avg-without-retrieval")
# What a sentence is about, where its records are others than all those of targets.
SUBJECTS = ("code", "source", "reasoning", "states", "noise", "volume", "curves",
            "learning", "compute", "energy")  # fmt: skip
# Numbers that no record of a run holds, and the file that they are quoted from.
FILES = {
    "published": "results/published/published_results.csv",
    "speed": "results/speed.json",
}


def page_of(key: str) -> str:
    """The page of a number: what its key begins with."""
    return key.split("/")[0]


def link(key: str, root: str = "") -> str:
    """The address of a number's entry, from the folder `root` leads to."""
    return f"{root}numbers/{page_of(key)}.html#{key}"


def behind(key: str, study: Results) -> list[Record]:
    """The records of runs that a number is computed from, in the study's order.

    Empty for what is quoted from others or measured without a run, see `FILES`.
    """
    head, *rest = key.split("/")
    if head in FILES:
        return []
    if head in study.targets:
        return _cells(study, rest, [r for r in study.records if r["target"] == head])
    if head in AVERAGES:
        rows = [r for r in study.learned if r["phase"] == "target"]
        if head != "avg":
            rows = [r for r in rows if r["target"] not in estimates.RETRIEVAL]
        return _cells(study, rest, rows)
    if head in ("volume", "robustness"):
        return _of_target(_asked(study, head), rest[0])
    if head == "claim":
        return _of_claim(study, rest[0])
    return _asked(study, head)


def _cells(study: Results, rest: list[str], rows: list[Record]) -> list[Record]:
    """Of a target's rows those of a setting, with the baseline's where it is a gain."""
    setting, noun = rest[0], rest[-1]
    if setting not in study.settings:  # the best of a target is chosen among all
        return [r for r in rows if r["phase"] == "target"]
    own = [r for r in rows if r["setting"] == setting]
    if setting == BASELINE or {noun, rest[-2]} & set(ALONE):
        return own
    base = [r for r in rows if r["setting"] == BASELINE]
    shared = {(r["target"], r["seed"]) for r in own}
    shared &= {(r["target"], r["seed"]) for r in base}
    return [r for r in (*base, *own) if (r["target"], r["seed"]) in shared]


def _asked(study: Results, question: str) -> list[Record]:
    """The records of a question's chapter, or all of the study's."""
    if question in ("code", "source", "reasoning"):
        groups = (study.records, *study.language_models)
        return [r for g in groups if any(map(recorded.is_causal, g)) for r in g]
    if question == "states":
        return study.states.records
    if question in ("robustness", "noise"):
        return list(study.perturbed)
    if question in ("volume", "claim"):
        return study.of("target")
    if question == "curves":
        return [*study.of("target"), *study.further]
    if question == "learning":  # rates, of the baseline alone
        rows = [*study.of("target"), *study.tried]
        tried = {r["target"] for r in study.tried}
        return [r for r in rows if r["setting"] == BASELINE and r["target"] in tried]
    if question in ("compute", "energy"):
        return list(study.every)
    return list(study.records)


def _of_claim(study: Results, name: str) -> list[Record]:
    """The records behind a sentence, by what its name begins with."""
    subject = name.split("-")[0]
    if subject == "retrieval":
        return [r for r in study.of("target") if r["target"] in estimates.RETRIEVAL]
    if subject in study.targets:
        return _of_target(study.of("target"), subject)
    return _asked(study, subject if subject in SUBJECTS else "claim")


def _of_target(rows: list[Record], target: str) -> list[Record]:
    return [r for r in rows if r["target"] == target] or rows


def grouped(
    keys: Iterable[str], study: Results
) -> list[tuple[list[str], list[Record]]]:
    """Numbers that are made of the same records, together, in the order of the keys."""
    found: dict[tuple[str, ...], tuple[list[str], list[Record]]] = {}
    for key in keys:
        own = behind(key, study)
        ident = tuple(sorted(record["key"] for record in own))
        found.setdefault(ident, ([], own))[0].append(key)
    return list(found.values())
