"""Items as the arrays of a batch: padded to each other, or laid end to end."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch

from xitt.inputs import packing
from xitt.inputs.features import IGNORED, Features, ranges
from xitt.tasks import kinds

# By device: what one more product of attention costs, in padded tokens (of a GPU, the
# launch of a dozen kernels); and how many weights of one head are computed together: on
# a CPU about a cache; on a GPU what keeps it busy, in 1 GiB should sixteen heads'
# weights ever be written out.
GROUPING = {"cpu": 64, "cuda": 4096}
CELLS = {"cpu": 2**15, "cuda": 2**24}


# ---------------------------------------------------------- batches to tensors


def collate(
    features: Features,
    item_ids: np.ndarray,
    remap: np.ndarray | None = None,
    packed: bool = False,
    device: str = "cpu",
) -> dict[str, Any]:
    """A batch, padded or packed, with what the head of this kind needs.

    Padded: input_ids, attention_mask (and token_type_ids), (sequences, length). Packed:
    input_ids, position_ids from 0 (and token_type_ids), (1, tokens), and `packing`.
    Heads read hidden states by their place in the flat list of all positions: `first`
    (sequences,) the first token of each sequence, `tokens` (M,) the scored tokens.
    `row` and `col` say where the scores of a ragged kind stand in a dense matrix
    `width` wide: choice of item, token of sequence. `labels` as in `Features`; text to
    embed has all its `tokens`, and how many each sequence has, `lengths`, instead.
    remap: (vocabulary,) new id of each id, which leaves the padding id as it is (see
    `xitt.models.embedding_rows`). device: the type of the one that the batch is for.
    """
    items = np.asarray(item_ids, dtype=np.int64)
    if not len(items):
        raise ValueError("an empty batch: no items to collate")
    sequences = ranges(features.items[items], features.items[items + 1])
    begins, ends = features.offsets[sequences], features.offsets[sequences + 1]
    lengths = ends - begins
    source = ranges(begins, ends)
    if packed:
        first, groups = _packed_places(lengths, device)
    else:
        first, groups = _padded_places(lengths)
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
    laid_out = Batch(items, lengths, first, places, source, remap)
    batch |= kinds.function(features.kind, "collate")(features, laid_out)
    arrays = {k: torch.from_numpy(v) for k, v in batch.items() if k != "width"}
    if packed:
        arrays["packing"] = packing.layout(-np.sort(-lengths), groups)
    return arrays | {k: v for k, v in batch.items() if k == "width"}


def _padded_places(lengths: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The place of each sequence's first token, where every row is as long."""
    return np.arange(len(lengths)) * lengths.max(), []


def _packed_places(lengths: np.ndarray, device: str) -> tuple[np.ndarray, list[int]]:
    """The place of each sequence's first token, the longest sequence first.

    And how many sequences attention takes together: as many as it can without more
    than `GROUPING` tokens of padding, or more than `CELLS` of a matrix of weights.
    """
    grouping, cells = GROUPING[device], CELLS[device]
    order = np.argsort(-lengths, kind="stable")
    first = np.empty(len(lengths), dtype=np.int64)
    first[order] = np.cumsum([0, *lengths[order][:-1]])
    groups, waste, longest = [0], 0, int(lengths[order[0]])
    for length in lengths[order].tolist():
        waste += longest - length
        if waste > grouping or groups[-1] * longest**2 >= cells:
            groups.append(0)
            waste, longest = 0, length
        groups[-1] += 1
    return first, groups


class Batch(NamedTuple):
    """Where the items of a batch lie, for what its head reads.

    items: numbers of the items; lengths: (sequences,) tokens of each; first, places:
    the flat place of each sequence's first token, and of every token; source: where
    the tokens stand in the features; remap: new ids of the vocabulary, or None.
    """

    items: np.ndarray
    lengths: np.ndarray
    first: np.ndarray
    places: np.ndarray
    source: np.ndarray
    remap: np.ndarray | None


def for_sequences(features: Features, batch: Batch) -> dict[str, Any]:
    return {"first": batch.first, "labels": features.labels[batch.items]}


def for_choices(features: Features, batch: Batch) -> dict[str, Any]:
    counts = features.counts[batch.items]
    dense = {
        "row": np.repeat(np.arange(len(counts)), counts),
        "col": ranges(np.zeros_like(counts), counts),
        "width": int(counts.max()),
    }
    return for_sequences(features, batch) | dense


def for_spans(features: Features, batch: Batch) -> dict[str, Any]:
    lengths = batch.lengths
    return {
        "tokens": batch.places,
        "labels": features.labels[batch.items],
        "row": np.repeat(np.arange(len(lengths)), lengths),
        "col": ranges(np.zeros_like(lengths), lengths),
        "width": int(lengths.max()),
    }


def for_words(features: Features, batch: Batch) -> dict[str, Any]:
    scored = features.words[batch.source] >= 0
    labels = features.labels[batch.source[scored]].astype(np.int64)
    return {"tokens": batch.places[scored], "labels": labels}


def for_text(features: Features, batch: Batch) -> dict[str, Any]:
    if features.labels is None:  # to embed
        return {
            "first": batch.first,
            "tokens": batch.places,
            "lengths": batch.lengths,
        }
    scored = features.labels[batch.source] != IGNORED
    labels = features.labels[batch.source[scored]]
    labels = labels if batch.remap is None else batch.remap[labels]
    return {"tokens": batch.places[scored], "labels": labels.astype(np.int64)}


def for_answers(features: Features, batch: Batch) -> dict[str, Any]:
    """`tokens` are those before the tokens of the answer, whose ids are `labels`.

    A decoder's output embedding is never cut down, so that no id is changed.
    """
    scored = features.labels[batch.source] != IGNORED
    labels = features.labels[batch.source[scored]].astype(np.int64)
    return {"tokens": batch.places[scored] - 1, "labels": labels}
