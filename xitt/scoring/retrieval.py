"""Bitext retrieval: Tatoeba's nearest neighbours and BUCC's margin-based mining.

Both follow XTREME (`third_party/utils_retrieve.py`, itself from LASER's
`mine_bitexts.py`): cosine similarity; for BUCC the ratio margin of Artetxe and Schwenk
2019 over k = 4 neighbours in both directions, one-to-one pairs, and a threshold that is
tuned on the development split and never on what is scored:

    found = mine_bitext(source, target, source_ids, target_ids)  # of dev
    threshold = best_threshold(found, gold)
    pairs = extract(mine_bitext(...), threshold)                      # of test
    named.get("mining_f1").compute(pairs, gold)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.errors import UserError
from xitt.inputs.features import distinct
from xitt.scoring.metrics import named
from xitt.scoring.neighbours import (
    BLOCK,
    Neighbours,
    as_matrix,
    lengths,
    neighbours,
    unit_rows,
)

if TYPE_CHECKING:
    import torch


Pair = tuple[str, str]


# ---------------------------------------------------------------------------- tatoeba


def tatoeba(source: Any, target: Any, **where: Any) -> tuple[np.ndarray, np.ndarray]:
    """What `nearest` finds, and (n, 2) counts of `retrieval_accuracy`.

    They say whether it is the translation. A sentence that occurs twice is right at one
    of its places only, as in XTREME. The arguments are those of `nearest`.
    """
    predictions = nearest(source, target, **where)
    count = named.get("retrieval_accuracy").counts
    return predictions, count(predictions, np.arange(len(predictions)))


def nearest(
    source: Any, target: Any, block: int | None = None, device: Any = None
) -> np.ndarray:
    """(n,) positions, from 0, of the sentence nearest to each English one.

    Args:
        source, target: (n, d) embeddings in parallel order, of the language and of
            English, which asks: each English sentence looks for its translation, as in
            XTREME and in Phang et al. 2020.
        block: queries at a time; memory is about block x n floats.
        device: where to compute; None: where the source lies.

    Of equally near sentences the first is taken.
    """
    base, asking = as_matrix(source, "source"), as_matrix(target, "target")
    if base.shape != asking.shape:
        shapes = f"{tuple(base.shape)} and {tuple(asking.shape)}"
        raise UserError(f"embeddings of shapes {shapes} are not of parallel sentences")
    where = base.device if device is None else device
    base = unit_rows(base.to(where), "source")
    asking = unit_rows(asking.to(where), "target")
    parts = asking.split(block or BLOCK[base.device.type])
    found = [(part @ base.T).max(dim=1)[1].cpu() for part in parts]
    return np.concatenate([part.numpy() for part in found])


# ----------------------------------------------------------------------------- mining


@dataclass(frozen=True)
class Margins:
    """Ratio margins of every sentence with its neighbours, (n, k) and (m, k)."""

    forward: np.ndarray
    backward: np.ndarray


def margin_scores(found: Neighbours) -> Margins:
    """cos(x, y) over the mean similarity of x's and of y's neighbourhoods.

    Artetxe and Schwenk 2019, equations 2 and 3, "ratio": the mean of the two means.
    """
    source, target = found.forward.mean(axis=1), found.backward.mean(axis=1)
    return Margins(
        _ratio(found.forward, source[:, None] + target[found.forward_index]),
        _ratio(found.backward, target[:, None] + source[found.backward_index]),
    )


def _ratio(similarity: np.ndarray, twice_the_mean: np.ndarray) -> np.ndarray:
    return np.divide(
        2 * similarity.astype(float),
        twice_the_mean,
        out=np.zeros(similarity.shape),
        where=twice_the_mean != 0,
    )


def mine(found: Neighbours) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One-to-one pairs, best margin first: source and target positions, margins.

    LASER's retrieval "max": the best candidate of every sentence of either side; taken
    greedily by margin, so that no sentence is in two pairs. Margins are above 0.
    """
    margins = margin_scores(found)
    rows, columns = np.arange(len(margins.forward)), np.arange(len(margins.backward))
    ahead, back = margins.forward.argmax(axis=1), margins.backward.argmax(axis=1)
    sources = np.concatenate([rows, found.backward_index[columns, back]])
    targets = np.concatenate([found.forward_index[rows, ahead], columns])
    scores = np.concatenate(
        [margins.forward[rows, ahead], margins.backward[columns, back]]
    )
    free_source, free_target = [True] * len(rows), [True] * len(columns)
    kept = []
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > 0]
    for at, i, j in zip(order, sources[order].tolist(), targets[order].tolist()):
        if free_source[i] and free_target[j]:
            free_source[i] = free_target[j] = False
            kept.append(at)
    return sources[kept], targets[kept], scores[kept]


def mine_bitext(
    source: Any,
    target: Any,
    source_ids: Sequence[str],
    target_ids: Sequence[str],
    source_sentences: Sequence[str] | None = None,
    target_sentences: Sequence[str] | None = None,
    **how: Any,
) -> dict[Pair, float]:
    """Candidate pairs of ids with their margins, best first; see `mine`.

    Args:
        source, target: (n, d) and (m, d) embeddings, a row for each id.
        source_sentences, target_sentences: the texts. A text that occurs twice is one
            point in the space and cannot say which of its ids is meant: as in XTREME
            it is mined once, and its pairs are dropped.
        how: k, block and device of `neighbours`.
    """
    x, source_ids = _once(source, source_ids, source_sentences, "source")
    y, target_ids = _once(target, target_ids, target_sentences, "target")
    return candidates(x, y, source_ids, target_ids, **how)


def candidates(
    source: Any,
    target: Any,
    source_ids: Sequence[str | None],
    target_ids: Sequence[str | None],
    **how: Any,
) -> dict[Pair, float]:
    """`mine_bitext` of what `once` leaves: a row a text, pairs with None dropped."""
    pairs = {}
    for i, j, margin in zip(*mine(neighbours(source, target, **how))):
        if source_ids[i] is not None and target_ids[j] is not None:
            pairs[source_ids[i], target_ids[j]] = float(margin)
    return pairs


def once(
    ids: Sequence[str], sentences: Sequence[str]
) -> tuple[np.ndarray, list[str | None]]:
    """The place of the first of each distinct sentence; its id, None if it has more."""
    _, first, number = distinct(sentences)
    count = np.bincount(number)
    return first, [ids[at] if times == 1 else None for at, times in zip(first, count)]


def _once(
    embeddings: Any, ids: Sequence[str], sentences: Sequence[str] | None, side: str
) -> tuple[torch.Tensor, list[str | None]]:
    """One row for each distinct sentence, and its id; None where it has several."""
    import torch

    sentences = ids if sentences is None else sentences
    if not len(embeddings) == len(ids) == len(sentences):
        raise UserError(
            f"{side}: {len(embeddings)} embeddings, {len(ids)} ids and "
            f"{len(sentences)} sentences; there must be one of each"
        )
    embeddings, _ = lengths(embeddings, side)  # an error names the sentence's own place
    first, kept = once(ids, sentences)
    return embeddings[torch.as_tensor(first, device=embeddings.device)], kept


def best_threshold(candidates: Mapping[Pair, float], gold: Collection[Pair]) -> float:
    """The margin that gives the best F1 on development data (XTREME's bucc_optimize).

    It lies midway between the last pair taken and the first one left; pairs of equal
    margin are taken together. With no gold pair among the candidates it is 0.
    """
    if not gold:
        raise UserError("no gold pairs to tune the threshold on; check the dev split")
    gold = {tuple(pair) for pair in gold}
    ordered = sorted(candidates.items(), key=lambda item: -item[1])
    right = np.cumsum([pair in gold for pair, _ in ordered])
    if not len(right) or right[-1] == 0:
        return 0.0
    scores = np.array([score for _, score in ordered])
    following = np.append(scores[1:], scores[-1])
    f1 = 2 * right / (np.arange(1, len(right) + 1) + len(gold))
    cut_here = np.append(scores[1:] < scores[:-1], True)
    best = int(np.where(cut_here, f1, -1.0).argmax())
    return float((scores[best] + following[best]) / 2)


def extract(candidates: Mapping[Pair, float], threshold: float) -> set[Pair]:
    """The pairs whose margin reaches `threshold`."""
    return {pair for pair, margin in candidates.items() if margin >= threshold}
