"""What a notebook shows of a run on perturbed input."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    import pandas as pd

CLEAN = "clean"


def examples(run: Any, variants: Iterable[Any], length: int = 70) -> pd.DataFrame:
    """The first row of each variant, in English where it is in English, else another.

    variants: as `xitt.study.perturbing.variants.of` gives them.
    """
    import pandas as pd

    column = kinds.get(registry.get(run.target).kind).item[0]
    rows = []
    for variant in variants:
        lang = ENGLISH if ENGLISH in variant.rows else next(iter(variant.rows), None)
        if lang is not None:
            text = variant.rows[lang][column][0]
            text = text if isinstance(text, str) else " ".join(text)
            rows.append((variant.name, lang, text[:length]))
    return pd.DataFrame(rows, columns=["variant", "language", column])


def scores(record: dict[str, Any]) -> pd.DataFrame:
    """A row a variant: mean score and that of the clean rows, points; what was done."""
    import pandas as pd

    headline, metrics = record["headline"], record["metrics"]
    rows = {}
    for name, facts in record["perturbed"].items():
        clean = metrics.get(f"{name}:{CLEAN}", metrics[CLEAN])
        compared = [lang for lang in facts if "lost" in facts[lang]]
        shares = [facts[lang]["share"] for lang in facts if "share" in facts[lang]]
        rows[name] = {
            "languages": len(facts),
            CLEAN: _mean([clean[lang][headline] for lang in compared]),
            "perturbed": _mean([metrics[name][lang][headline] for lang in facts]),
            "share": _mean(shares),
            "lost": sum(facts[lang]["lost"] for lang in compared),
            "won": sum(facts[lang]["won"] for lang in compared),
        }
    return pd.DataFrame(rows).T.astype(float).round(2)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
