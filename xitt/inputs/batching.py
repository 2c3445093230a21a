"""Which items make a step, and how a step is cut into batches.

The composition of an optimizer step is that of the plain recipe: a seeded permutation
in chunks. Only inside a step are items regrouped, by length, into micro-batches under
a budget of tokens, laid end to end or padded to each other; a step's loss is a sum over
its items divided once by their number, so that the gradient is the plain padded batch's
up to rounding.
"""

from __future__ import annotations

import numpy as np

from xitt.inputs.features import IGNORED, Features, ranges
from xitt.tasks import kinds

# What one more micro-batch costs, in padded tokens: casting the weights to bf16,
# adding up their gradients and calling some hundred kernels once more.
OVERHEAD = {"cpu": 64, "cuda": 4096}


# ------------------------------------------------------------- items to steps


def micro_batches(
    item_ids: np.ndarray,
    widths: np.ndarray,
    token_budget: int,
    counts: np.ndarray | None = None,
    overhead: int = OVERHEAD["cpu"],
) -> list[np.ndarray]:
    """Cut one step into batches of similar length with the least padding.

    item_ids: (n,) the step's items; widths: (N,) longest sequence of every item of
    the data; counts: (N,) sequences an item (default one).

    Items are sorted by width, and the cut with the least padded tokens plus
    `overhead` a batch is found exactly (dynamic programming over the sorted items).
    An item over the budget stands alone in its batch: items are never divided.
    """
    items = np.asarray(item_ids)
    items = items[np.argsort(-widths[items], kind="stable")]
    wide = widths[items].tolist()
    many = [1] * len(items) if counts is None else counts[items].tolist()
    best, cut = [0.0] + [float("inf")] * len(items), [0] * (len(items) + 1)
    for start in range(len(items)):
        padded = 0
        for end in range(start + 1, len(items) + 1):
            padded += wide[start] * many[end - 1]
            if padded > token_budget and end > start + 1:
                break
            cost = best[start] + padded + overhead
            if cost < best[end]:
                best[end], cut[end] = cost, start
    batches, end = [], len(items)
    while end:
        batches.append(items[cut[end] : end])
        end = cut[end]
    return batches[::-1]


def packed_batches(
    item_ids: np.ndarray, widths: np.ndarray, tokens: np.ndarray, token_budget: int
) -> list[np.ndarray]:
    """Cut one step into as few batches under the budget as its order by width allows.

    Nothing is padded in a packed batch, so that only memory calls for a cut.
    tokens: (N,) tokens of every item of the data; the rest as in `micro_batches`.
    """
    items = np.asarray(item_ids)
    items = items[np.argsort(-widths[items], kind="stable")]
    batches: list[list[int]] = []
    room = 0
    for item, size in zip(items.tolist(), tokens[items].tolist()):
        if size > room:
            batches.append([])
            room = token_budget
        batches[-1].append(item)
        room -= size
    return [np.array(batch, dtype=np.int64) for batch in batches]


def evaluation_batches(
    widths: np.ndarray, token_budget: int, counts: np.ndarray | None = None
) -> list[np.ndarray]:
    """All items, the longest first, in batches under the budget (see above)."""
    order = np.argsort(-widths, kind="stable")
    many = np.ones(len(order), dtype=np.int64) if counts is None else counts
    batches, start, padded = [], 0, 0
    for place, item in enumerate(order):
        padded += int(widths[order[start]] * many[item])
        if padded > token_budget and place > start:
            batches.append(order[start:place])
            start, padded = place, int(widths[item] * many[item])
    return [*batches, order[start:]] if len(order) else batches


def loss_units(features: Features, items: np.ndarray) -> int:
    """What a step's summed loss is divided by: its items, or its labelled tokens."""
    if not kinds.get(features.kind).per_token:
        return len(items)
    begins = features.offsets[features.items[items]]
    ends = features.offsets[features.items[np.asarray(items) + 1]]
    return max(1, int((features.labels[ranges(begins, ends)] != IGNORED).sum()))
