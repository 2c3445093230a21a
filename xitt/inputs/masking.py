"""Masked-language modelling: which tokens of a step are hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xitt.inputs.features import IGNORED, Features, select


def masked(
    features: Features,
    items: np.ndarray,
    rng: np.random.Generator,
    *,
    mask_id: int,
    special_ids: np.ndarray,
    vocabulary: np.ndarray,
) -> Features:
    """The items with 15% of their tokens hidden (Devlin et al. 2019, section 3.1).

    Of the chosen tokens 80% become the mask, 10% a token drawn from `vocabulary`,
    10% stay; `labels` hold the right ids at chosen tokens, IGNORED elsewhere. Drawn
    for a whole step at once, so it does not depend on how the step is cut.
    """
    part = select(features, items)
    chosen = (rng.random(len(part.ids)) < 0.15) & ~np.isin(part.ids, special_ids)
    how = rng.random(len(part.ids))
    ids = part.ids.copy()
    ids[chosen & (how < 0.8)] = mask_id
    swapped = chosen & (how >= 0.9)
    ids[swapped] = rng.choice(vocabulary, size=int(swapped.sum()))
    labels = np.where(chosen, part.ids, IGNORED)
    return replace(part, ids=ids, labels=labels)
