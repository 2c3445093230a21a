"""Logits of many items, answers out of logits, and sentence embeddings.

Items are batched by length over everything at hand, so one call serves all languages of
a task; what is predicted for an item does not depend on its batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from xitt.errors import UserError, unknown
from xitt.inputs import batching, collation
from xitt.inputs.features import IGNORED, Features, concat, distinct
from xitt.models import attention, heads
from xitt.models.encoding import encode, to_device
from xitt.scoring import batches, layer_store
from xitt.scoring.decoding import Logits
from xitt.tasks import kinds
from xitt.training import checkpoints, devices, keeping


def predict(
    encoder: Any,
    head: nn.Module,
    features: Features,
    *,
    token_budget: int = 8192,
    precision: str = "auto",
    folder: Path | None = None,
) -> Logits:
    """Logits of each item, in the order of the items.

    folder: where logits are kept while they are computed. One that is stopped there
        goes on with the batch that it was at; the caller removes what is kept
        (`keeping.clear`) once the result is safe.

    Returns:
        A list of N arrays: classification (K,), choice (choices,), tagging (words of
        the item, K), span (tokens, 2), verbalised (tokens of the answer,).
    """
    outputs: list[Any] = [None] * len(features)
    head.to(devices.device()).eval()

    def score(batch: dict[str, Any], hidden: torch.Tensor) -> torch.Tensor:
        return heads.scores(head, encoder, hidden, batch)

    options = {"token_budget": token_budget, "precision": precision}
    items = np.arange(len(features))
    split = kinds.function(features.kind, "split")
    kept = None
    if folder:
        identity = partial(_identity, encoder, head, features, options)
        kept = keeping.Kept(folder, identity)
    passes = _forward(encoder, features, items, score, **options, kept=kept)
    for some, logits in passes:
        for item, values in zip(some, split(features, some, logits), strict=True):
            outputs[item] = values
    return outputs


def _identity(
    encoder: Any, head: nn.Module, features: Features, options: dict[str, Any]
) -> str:
    """What decides logits: the weights, the items, and how they are computed."""
    arrays = [features.ids, features.offsets, *encoder.parameters(), *head.parameters()]
    where = devices.device()
    found = {**options, "precision": devices.precision(options["precision"], where)}
    return checkpoints.fingerprint({**found, "device": where.type}, arrays)


def predict_all(
    encoder: Any, head: nn.Module, features: Mapping[str, Features], **options: Any
) -> dict[str, Logits]:
    """`predict` over several features (of languages, say) in one go."""
    names = list(features)
    outputs = predict(encoder, head, concat([features[n] for n in names]), **options)
    ends = np.cumsum([0, *(len(features[n]) for n in names)])
    return {n: outputs[ends[i] : ends[i + 1]] for i, n in enumerate(names)}


@contextmanager
def embedded(
    encoder: Any,
    features: Features,
    *,
    layers: str | Sequence[int] = "all",
    pooling: str = "mean",
    token_budget: int = 8192,
    precision: str = "auto",
) -> Iterator[tuple[Callable[[int], np.ndarray], int]]:
    """Sentence embeddings of every layer, from one pass, to be read one at a time.

    Gives a function from the place of a layer in `layers` to its (N, H) float32, and
    how many there are. Layer 0 is the embedding layer, layer L the last. Equal
    sentences are computed once.
    pooling: `mean` over all tokens of the attention mask, special ones included, as
        XTREME's evaluate_retrieval.py; `cls` the first token.
    """
    if pooling not in ("mean", "cls"):
        raise unknown("pooling", pooling, ["mean", "cls"])
    last = encoder.config.num_hidden_layers
    chosen = range(last + 1) if layers == "all" else layers
    if any(not 0 <= layer <= last for layer in chosen):
        raise UserError(f"layers {list(chosen)}: this encoder has layers 0 to {last}")

    def pool(batch: dict[str, Any], states: Sequence[torch.Tensor]) -> torch.Tensor:
        wanted = batch["first" if pooling == "cls" else "tokens"]
        pooled = (states[n].flatten(0, 1)[wanted].float() for n in chosen)
        if pooling == "mean":
            lengths = batch["lengths"]
            pooled = (torch.segment_reduce(x, "mean", lengths=lengths) for x in pooled)
        return torch.stack(list(pooled), dim=1)

    ends = features.offsets
    _, firsts, number = distinct(
        features.ids[ends[i] : ends[i + 1]].tobytes() for i in range(len(features))
    )
    options = {"token_budget": token_budget, "precision": precision, "layers": True}
    with layer_store.opened(len(chosen), encoder.config.hidden_size) as store:
        for items, pooled in _forward(encoder, features, firsts, pool, **options):
            store.add(items, pooled)
        yield lambda layer: store.read(layer, firsts[number]), len(chosen)


def embed(encoder: Any, features: Features, **options: Any) -> np.ndarray:
    """All of `embedded` at once, (layers, N, H) float32: for few sentences."""
    with embedded(encoder, features, **options) as (layer, count):
        return np.stack([layer(place) for place in range(count)])


# ---------------------------------------------------------------- forward passes


def _forward(
    encoder: Any,
    features: Features,
    items: np.ndarray,
    compute: Callable[[dict[str, Any], Any], torch.Tensor],
    token_budget: int,
    precision: str,
    layers: bool = False,
    kept: keeping.Kept | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Items of a batch and what `compute` makes of its states, the longest first."""
    where = devices.device()
    encoder.to(where).eval()
    precision = devices.precision(precision, where)
    packed = attention.packs(encoder)
    widths, counts = features.widths[items], features.counts[items]
    queue = batching.evaluation_batches(widths, token_budget, counts)

    def forward(places: np.ndarray) -> np.ndarray:
        some = items[places]
        batch = collation.collate(features, some, packed=packed, device=where.type)
        batch = to_device(batch, where)
        with torch.inference_mode(), devices.autocast(precision, where):
            return compute(batch, encode(encoder, batch, layers)).float().cpu().numpy()

    for places, values in batches.computed(queue, forward, unit="example", kept=kept):
        yield items[places], values


# -------------------------------------------- logits of a batch to those of its items


def whole(features: Features, items: np.ndarray, logits: np.ndarray) -> list:
    return list(logits)


def by_choices(features: Features, items: np.ndarray, logits: np.ndarray) -> list:
    return [v[:n] for v, n in zip(logits, features.counts[items])]


def by_tokens(features: Features, items: np.ndarray, logits: np.ndarray) -> list:
    return [v[:n] for v, n in zip(logits, features.widths[items])]


def by_words(features: Features, items: np.ndarray, logits: np.ndarray) -> list:
    spans = zip(features.offsets[items], features.offsets[items + 1])
    sizes = [int((features.words[a:b] >= 0).sum()) for a, b in spans]
    return np.split(logits, np.cumsum(sizes)[:-1])


def by_answers(features: Features, items: np.ndarray, scores: np.ndarray) -> list:
    spans = zip(features.offsets[items], features.offsets[items + 1])
    sizes = [int((features.labels[a:b] != IGNORED).sum()) for a, b in spans]
    return np.split(scores, np.cumsum(sizes)[:-1])
