"""The clean row of each noisy one, found by what the rows say.

Test sets with typos that people made do not say which clean rows they were made of.
Scored on both halves of the pairs, a model shows what the typos alone cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.data.perturbations.applying import like
from xitt.tasks import kinds

if TYPE_CHECKING:
    from datasets import Dataset

FAR = 0.2  # edits a character: of XNLI's noisy rows the farthest has half of that
_BLOCK = 500  # noisy rows compared at a time, which bounds memory


@dataclass(frozen=True)
class Twins:
    """Noisy rows and their clean ones, row by row.

    Attributes:
        noisy, clean: the pairs; the clean rows have the ids of the noisy ones.
        unpaired: noisy rows without a clean one that is near enough.
        relabelled: noisy rows that are near one of other labels; left out.
    """

    noisy: Dataset
    clean: Dataset
    unpaired: int
    relabelled: int


def pair(noisy: Dataset, clean: Dataset, kind: str) -> Twins:
    """Each noisy row with the nearest clean one, by Levenshtein distance.

    A row is what its kind's `item` columns say; the distance is a share of the longer
    one's length. The nearest pairs are made first, those with equal labels before
    others, and each row is in one pair at most.
    """
    known = kinds.get(kind)
    gold = [list(rows[known.gold]) for rows in (noisy, clean)]
    pairs, relabelled = [], 0
    taken: tuple[set[int], set[int]] = (set(), set())
    near = _near(_texts(noisy, known.item), _texts(clean, known.item))
    ranked = sorted((d, gold[0][i] != gold[1][j], i, j) for i, j, d in near)
    for _, differs, i, j in ranked:
        if i in taken[0] or j in taken[1]:
            continue
        taken[0].add(i)
        taken[1].add(j)
        relabelled += differs
        if not differs:
            pairs.append((i, j))
    pairs.sort()
    ours, theirs = noisy.to_list(), clean.to_list()
    return Twins(
        like(noisy, [ours[i] for i, _ in pairs]),
        like(noisy, [{**theirs[j], "id": ours[i]["id"]} for i, j in pairs]),
        unpaired=len(noisy) - len(pairs) - relabelled,
        relabelled=relabelled,
    )


def _texts(rows: Dataset, columns: tuple[str, ...]) -> list[str]:
    return ["\n".join(map(_flat, row)) for row in zip(*(rows[c] for c in columns))]


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _near(ours: list[str], theirs: list[str]) -> list[tuple[int, int, float]]:
    """The pairs that are not far, and their distances."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    found = []
    for first in range(0, len(ours), _BLOCK):
        distances = process.cdist(
            ours[first : first + _BLOCK], theirs, dtype=np.float32,
            scorer=Levenshtein.normalized_distance, score_cutoff=FAR,
        )  # fmt: skip
        rows, columns = np.nonzero(distances <= FAR)
        values = distances[rows, columns].tolist()
        found += zip((rows + first).tolist(), columns.tolist(), values)
    return found
