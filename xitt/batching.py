"""Which items make a step, and how a step is cut into batches.

The composition of an optimizer step is that of the plain recipe: a seeded permutation
in chunks. Only inside a step are items regrouped, by length, into micro-batches under
a budget of tokens, laid end to end or padded to each other; a step's loss is a sum over
its items divided once by their number, so that the gradient is the plain padded batch's
up to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch

from xitt import attention
from xitt.ragged import IGNORED, Features, ranges, select

MLM = "mlm"  # the task name of a masked-language-model step

# What one more micro-batch costs, in padded tokens: casting the weights to bf16,
# adding up their gradients and calling some hundred kernels once more.
OVERHEAD = {"cpu": 64, "cuda": 4096}
GROUPING = 64  # what one more product of attention costs, in padded tokens
CELLS = 2**15  # of the weights of sequences attended together: about a cache


class Step(NamedTuple):
    """One optimizer step: items of one task."""

    task: str
    items: np.ndarray


# ------------------------------------------------------------- items to steps


def steps(n_items: int, batch: int, seed: int, epoch: int) -> list[np.ndarray]:
    """The steps of one epoch: a permutation by (seed, epoch) in chunks of `batch`."""
    return _chunks(np.random.default_rng([seed, epoch]).permutation(n_items), batch)


def mixture(
    sizes: Mapping[str, int],
    *,
    batch: int,
    epochs: int,
    seed: int,
    cap: int = 0,
    mlm_items: int = 0,
    mlm_share: float = 0.0,
) -> list[Step]:
    """All steps of a run over one task or many, each step from one task.

    A task gives min(size, cap) items an epoch (cap 0: all), so that steps are in
    proportion to (capped) sizes, exactly and not only on average; their order is a
    seeded shuffle inside each epoch. A capped task walks on through its data from
    epoch to epoch. One task without a cap gives what `steps` gives.

    mlm_share: share of all steps that are masked-LM steps, spread at random, over
        `mlm_items` items of text in permutations as often as they are needed.
    """
    plan: list[Step] = []
    for epoch in range(epochs):
        chunks = {
            task: _chunks(_drawn(n, min(n, cap or n), seed, epoch), batch)
            for task, n in sizes.items()
        }
        order = [task for task, parts in chunks.items() for _ in parts]
        rng = np.random.default_rng([seed, epoch, 1])
        if len(sizes) > 1:
            order = [order[i] for i in rng.permutation(len(order))]
        queue = {task: iter(parts) for task, parts in chunks.items()}
        plan += [Step(task, next(queue[task])) for task in order]
    if not (mlm_items and mlm_share):
        return plan
    return _with_mlm(plan, mlm_items, mlm_share, batch, seed)


def _with_mlm(
    plan: list[Step], n: int, share: float, batch: int, seed: int
) -> list[Step]:
    extra = round(len(plan) * share / (1 - share))
    rng = np.random.default_rng([seed, 2])
    is_mlm = np.zeros(len(plan) + extra, dtype=bool)
    is_mlm[rng.choice(len(is_mlm), size=extra, replace=False)] = True
    # a step holds `batch` texts, or all of them where there are fewer
    size = min(batch, n)
    text = iter(_chunks(_stream(n, 0, extra * size, seed), size))
    tasks = iter(plan)
    return [Step(MLM, next(text)) if here else next(tasks) for here in is_mlm]


def _drawn(n: int, amount: int, seed: int, epoch: int) -> np.ndarray:
    return _stream(n, epoch * amount, (epoch + 1) * amount, seed)


def _stream(n: int, start: int, end: int, seed: int) -> np.ndarray:
    """Places start to end - 1 of permutation 0, permutation 1, ... of n items."""
    rounds = range(start // n, -(-end // n)) if n else ()
    parts = [np.random.default_rng([seed, r]).permutation(n) for r in rounds]
    if not parts:
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(parts)[start - rounds[0] * n : end - rounds[0] * n]


def _chunks(items: np.ndarray, size: int) -> list[np.ndarray]:
    return [items[i : i + size] for i in range(0, len(items), size)]


# ------------------------------------------------------ steps to micro-batches


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
    if features.kind not in ("tagging", "text"):
        return len(items)
    begins = features.offsets[features.items[items]]
    ends = features.offsets[features.items[np.asarray(items) + 1]]
    return max(1, int((features.labels[ranges(begins, ends)] != IGNORED).sum()))


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


# ---------------------------------------------------------- batches to tensors


def collate(
    features: Features,
    item_ids: np.ndarray,
    remap: np.ndarray | None = None,
    packed: bool = False,
) -> dict[str, Any]:
    """A batch, padded or packed, with what the head of this kind needs.

    Padded: input_ids, attention_mask (and token_type_ids), (sequences, length). Packed:
    input_ids, position_ids from 0 (and token_type_ids), (1, tokens), and `packing`.
    Heads read hidden states by their place in the flat list of all positions: `first`
    (sequences,) the first token of each sequence, `tokens` (M,) the scored tokens.
    `row` and `col` say where the scores of a ragged kind stand in a dense matrix
    `width` wide: choice of item, token of sequence. `labels` as in `Features`; text to
    embed has all its `tokens`, and how many each sequence has, `lengths`, instead.
    remap: (vocabulary,) new id of each id, see `xitt.embedding_rows`, which leaves the
    padding id as it is.
    """
    items = np.asarray(item_ids, dtype=np.int64)
    if not len(items):
        raise ValueError("an empty batch: no items to collate")
    sequences = ranges(features.items[items], features.items[items + 1])
    begins, ends = features.offsets[sequences], features.offsets[sequences + 1]
    lengths = ends - begins
    source = ranges(begins, ends)
    first, groups = _packed_places(lengths) if packed else _padded_places(lengths)
    places = ranges(first, first + lengths)
    shape = (1, len(source)) if packed else (len(lengths), int(lengths.max()))

    def laid(values: np.ndarray, filler: int) -> np.ndarray:
        flat = np.full(shape[0] * shape[1], filler, dtype=np.int64)
        flat[places] = values
        return flat.reshape(shape)

    ids = features.ids[source] if remap is None else remap[features.ids[source]]
    batch = {"input_ids": laid(ids, features.pad_id)}
    if packed:
        batch["position_ids"] = laid(ranges(np.zeros_like(lengths), lengths), 0)
    else:
        batch["attention_mask"] = laid(np.ones_like(source), 0)
    if features.types is not None:
        batch["token_type_ids"] = laid(features.types[source], 0)
    batch |= _for_head(features, items, lengths, first, places, source, remap)
    arrays = {k: torch.from_numpy(v) for k, v in batch.items() if k != "width"}
    if packed:
        arrays["packing"] = attention.packing(-np.sort(-lengths), groups)
    return arrays | {k: v for k, v in batch.items() if k == "width"}


def _padded_places(lengths: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The place of each sequence's first token, where every row is as long."""
    return np.arange(len(lengths)) * lengths.max(), []


def _packed_places(lengths: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The place of each sequence's first token, the longest sequence first.

    And how many sequences attention takes together: as many as it can without more
    than `GROUPING` tokens of padding, or more than `CELLS` of a matrix of weights.
    """
    order = np.argsort(-lengths, kind="stable")
    first = np.empty(len(lengths), dtype=np.int64)
    first[order] = np.cumsum([0, *lengths[order][:-1]])
    groups, waste, longest = [0], 0, int(lengths[order[0]])
    for length in lengths[order].tolist():
        waste += longest - length
        if waste > GROUPING or groups[-1] * longest**2 >= CELLS:
            groups.append(0)
            waste, longest = 0, length
        groups[-1] += 1
    return first, groups


def _for_head(
    features: Features,
    items: np.ndarray,
    lengths: np.ndarray,
    first: np.ndarray,
    places: np.ndarray,
    source: np.ndarray,
    remap: np.ndarray | None,
) -> dict[str, Any]:
    if features.kind == "classification":
        return {"first": first, "labels": features.labels[items]}
    if features.kind == "choice":
        counts = features.counts[items]
        group = np.repeat(np.arange(len(items)), counts)
        at = ranges(np.zeros_like(counts), counts)
        dense = {"row": group, "col": at, "width": int(counts.max())}
        return {"first": first, "labels": features.labels[items], **dense}
    if features.kind == "span":
        row = np.repeat(np.arange(len(lengths)), lengths)
        col = ranges(np.zeros_like(lengths), lengths)
        dense = {"row": row, "col": col, "width": int(lengths.max())}
        return {"tokens": places, "labels": features.labels[items], **dense}
    if features.kind == "tagging":
        scored = features.words[source] >= 0
        labels = features.labels[source[scored]].astype(np.int64)
        return {"tokens": places[scored], "labels": labels}
    if features.labels is None:  # plain text to embed
        return {"first": first, "tokens": places, "lengths": lengths}
    scored = features.labels[source] != IGNORED
    labels = features.labels[source[scored]]
    labels = (labels if remap is None else remap[labels]).astype(np.int64)
    return {"tokens": places[scored], "labels": labels}
