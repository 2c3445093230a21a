"""Sentences and numbers about the language of an intermediate task.

Keys of numbers: source/models, source/tasks, source/sources.
"""

from __future__ import annotations

from xitt.analysis import wording
from xitt.analysis.questions.language_models import recorded, verdicts
from xitt.analysis.results import Results
from xitt.report.prose import claims
from xitt.report.questions.language_models import words
from xitt.report.questions.language_models.words import Numbers
from xitt.tasks import registry


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key; none without two languages."""
    if study.source_language.matrix.empty:
        return {}
    found = {
        "source-english": english(study),
        "source-code": over_english(study, code=True),
        "source-others": over_english(study, code=False),
        "source-own": own(study),
        "source-power": power(study),
        "source-scale": words.scale(study.source_language.records),
    }
    told = claims.told(verdicts.of_source(study), "claims about the source")
    found |= {f"source-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> Numbers:
    """What is printed and the value behind it, by key."""
    matrix = study.source_language.matrix
    if matrix.empty:
        return {}
    lists = {
        "models": list(dict.fromkeys(matrix["model"])),
        "tasks": [wording.task(base) for base in dict.fromkeys(matrix["base"])],
        "sources": list(study.source_language.sources["name"]),
    }
    return {
        f"source/{key}": (wording.listing(names), len(names))
        for key, names in lists.items()
    }


def english(study: Results) -> str:
    """What the control brings over no intermediate task."""
    rows = verdicts.means(study.source_language.english)
    if rows.empty:
        return ""
    name = wording.setting(rows["setting"].iloc[0])
    return f"Over no intermediate task, {name} brings: {words.listed(rows)}"


def over_english(study: Results, code: bool) -> str:
    """What other source languages bring over English, on code or elsewhere."""
    rows = verdicts.means(study.source_language.matrix)
    programs = rows["target"].isin(registry.names("target", suite=recorded.CODE))
    rows = rows[programs] if code else rows[~programs]
    if rows.empty:
        return ""
    rows = rows.assign(name=rows["source"].map(registry.language_name))
    clauses = words.tallied(rows, "source language", "name")
    return f"Over the same rows in English, {words.joined(clauses)}"


def own(study: Results) -> str:
    """Whether a source helps its own language most."""
    rows = study.source_language.own
    if rows.empty:
        return ""
    return (
        "By how much a source helps its own language more than others, with what it "
        "does for all and what all do for a language taken off: "
        f"{words.listed(rows)}"
    )


def power(study: Results) -> str:
    """What the records could have shown on code; the table holds all targets."""
    rows = study.source_language.power
    code = registry.names("target", suite=recorded.CODE)
    return words.powered(rows[rows["target"].isin(code)])
