"""How perturbations are written in figures, tables and text."""

from __future__ import annotations

from xitt.analysis.questions.robustness.samples import variant
from xitt.data.perturbations import named
from xitt.tasks import registry

SWITCHED = {  # by dictionary, and in pairs
    "switched": "English words",
    "english-switched": "words in English",
    "two-languages": "two languages",
}


def perturbation(name: str) -> str:
    """The title of a perturbation or of a test set that people perturbed."""
    if name in named.PERTURBATIONS:
        return named.PERTURBATIONS[name].title
    return SWITCHED.get(name) or registry.get(name).title


def of_variant(name: str) -> str:
    """`keyboard@0.1` is `keyboard typos, 10%`."""
    found = variant(name)
    share = "" if found.strength is None else f", {found.strength:.0%}"
    return perturbation(found.perturbation) + share
