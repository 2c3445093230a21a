"""Which learning rate suits a target task, chosen without an intermediate task?

The choice is made once, on English development data of `none`, so that no intermediate
setting has a say in it. Profiles that extend a study (`sweep` names them in its
profile) train its targets with other learning rates or for other numbers of epochs;
what the study itself records of its own recipe is not made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE, Record
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["target", "epochs", "lr", "score", "seeds", "used"]


def frame(records: Sequence[Record], further: Sequence[Record]) -> pd.DataFrame:
    """English development scores of the baseline by recipe.

    Args:
        records: of the study, whose own recipes are the ones that are used.
        further: of the profiles that vary it; there are rows of their targets alone.

    Returns:
        target, epochs, lr, score (mean over seeds, points), seeds (how many), used
        (whether the study trains so); in the order of the targets, then sorted. Seeds
        that one of a target's recipes lacks are left out, so that all are compared on
        the same ones; a target without a common seed has no rows.
    """
    import pandas as pd

    varied = {r["target"] for r in further if _counts(r)}
    found: dict[str, dict[tuple[int, float], dict[int, float]]] = {}
    for record in filter(_counts, (*further, *records)):
        if record["target"] in varied:
            recipes = found.setdefault(record["target"], {})
            recipes.setdefault(_recipe(record), {})[record["seed"]] = _score(record)
    own = {(r["target"], _recipe(r)) for r in records if _counts(r)}
    rows = []
    for target in wording.ordered_targets(found):
        common = set.intersection(*(set(seeds) for seeds in found[target].values()))
        for recipe, seeds in sorted(found[target].items() if common else ()):
            mean = sum(seeds[seed] for seed in common) / len(common)
            used = (target, recipe) in own
            rows.append((target, *recipe, mean, len(common), used))
    return pd.DataFrame(rows, columns=COLUMNS)


def best(rows: pd.DataFrame) -> dict[str, Any]:
    """The recipe with the highest score of each target: target -> its row."""
    return {
        target: own.loc[own["score"].idxmax()]
        for target, own in rows.groupby("target", sort=False)
    }


def _counts(record: Record) -> bool:
    """Whether a record says how well a recipe does in English without a first task."""
    return (
        record["phase"] == "target"
        and record["setting"] == BASELINE
        and "recipe" in record["params"]
        and ENGLISH in record["metrics"].get("validation", {})
    )


def _recipe(record: Record) -> tuple[int, float]:
    recipe = record["params"]["recipe"]
    return recipe["epochs"], float(recipe["lr"])


def _score(record: Record) -> float:
    return float(record["metrics"]["validation"][ENGLISH][record["headline"]])
