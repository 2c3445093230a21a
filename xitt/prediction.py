"""Logits of many items, answers out of logits, and sentence embeddings.

Items are batched by length over everything at hand, so one call serves all languages of
a task; what is predicted for an item does not depend on its batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from xitt import attention, batching, devices
from xitt.errors import UserError, unknown
from xitt.ragged import Features, concat

logger = logging.getLogger("xitt")

Logits = np.ndarray | list[np.ndarray]


def predict(
    encoder: Any,
    head: nn.Module,
    features: Features,
    *,
    token_budget: int = 8192,
    precision: str = "auto",
) -> Logits:
    """Logits of each item, in the order of the items.

    Returns:
        classification: (N, K) float32. Else a list of N arrays: choice (choices,),
        tagging (words of the item, K), span (tokens, 2).
    """
    outputs: list[Any] = [None] * len(features)
    head.to(devices.device()).eval()

    def score(batch: dict[str, Any], hidden: torch.Tensor) -> torch.Tensor:
        return head(hidden.flatten(0, 1), batch)

    options = {"token_budget": token_budget, "precision": precision}
    items = np.arange(len(features))
    for some, logits in _forward(encoder, features, items, score, **options):
        for item, values in zip(some, _per_item(features, some, logits), strict=True):
            outputs[item] = values
    if features.kind == "classification" and outputs:
        return np.stack(outputs)
    return outputs


def predict_all(
    encoder: Any, head: nn.Module, features: Mapping[str, Features], **options: Any
) -> dict[str, Logits]:
    """`predict` over several features (of languages, say) in one go."""
    names = list(features)
    outputs = predict(encoder, head, concat([features[n] for n in names]), **options)
    ends = np.cumsum([0, *(len(features[n]) for n in names)])
    return {n: outputs[ends[i] : ends[i + 1]] for i, n in enumerate(names)}


def embed(
    encoder: Any,
    features: Features,
    *,
    layers: str | Sequence[int] = "all",
    pooling: str = "mean",
    token_budget: int = 8192,
    precision: str = "auto",
) -> np.ndarray:
    """Sentence embeddings of every layer in one pass: (layers, N, H) float32.

    Layer 0 is the embedding layer, layer L the last. Equal sentences are computed once.
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

    firsts, again = _unique(features)
    size = (len(features), len(chosen), encoder.config.hidden_size)
    found = np.empty(size, dtype=np.float32)
    options = {"token_budget": token_budget, "precision": precision, "layers": True}
    for items, pooled in _forward(encoder, features, firsts, pool, **options):
        found[items] = pooled
    return found[again].swapaxes(0, 1)


# ------------------------------------------------------------ logits to answers


def decode_labels(logits: Logits) -> list[int]:
    """Classification and choice: the likeliest label of each row."""
    return [int(np.argmax(values)) for values in logits]


def decode_tags(logits: Sequence[np.ndarray], features: Features) -> list[list[int]]:
    """Tagging: one tag a word of each row, parts of a split sentence put together."""
    tags: list[list[int]] = [[] for _ in range(features.n_rows)]
    for row, values in zip(features.rows, logits, strict=True):
        tags[row] += np.argmax(values, axis=1).tolist() if len(values) else []
    return tags


def decode_spans(
    logits: Sequence[np.ndarray],
    features: Features,
    contexts: Sequence[str],
    *,
    n_best: int = 20,
    max_answer_tokens: int = 30,
    no_answer: bool = False,
    null_threshold: float = 0.0,
) -> list[str]:
    """Span: the answer of each row in its context, the best over its windows.

    The rules of transformers' `run_qa.py`: a span's score is the sum of its start and
    end logits, among the `n_best` starts and ends of each window, at most
    `max_answer_tokens` long and inside the context. With `no_answer` it is "" if the
    null score (first token; the least over the windows) beats the best span by more
    than `null_threshold`. Where no span qualifies the answer is "" (the reference
    writes "empty"). White space around an answer is dropped.
    """
    best: list[tuple[float, str]] = [(-np.inf, "")] * features.n_rows
    null = np.full(features.n_rows, np.inf)
    for item, values in enumerate(logits):
        row = features.rows[item]
        null[row] = min(null[row], values[0].sum())
        where = features.chars[features.offsets[item] : features.offsets[item + 1]]
        span = _best_span(values, where, n_best, max_answer_tokens)
        if span is not None and span[0] > best[row][0]:
            best[row] = (span[0], contexts[row][span[1] : span[2]])
    return [
        "" if no_answer and null[row] - score > null_threshold else text.strip()
        for row, (score, text) in enumerate(best)
    ]


def _best_span(
    values: np.ndarray, where: np.ndarray, n_best: int, longest: int
) -> tuple[float, int, int] | None:
    """Score, first and last character of the best span of one window."""
    starts = np.argsort(values[:, 0])[: -n_best - 1 : -1]
    ends = np.argsort(values[:, 1])[: -n_best - 1 : -1]
    starts, ends = starts[where[starts, 0] >= 0], ends[where[ends, 0] >= 0]
    length = ends - starts[:, None] + 1
    scores = values[starts, 0][:, None] + values[ends, 1]
    scores = np.where((length >= 1) & (length <= longest), scores, -np.inf)
    if not scores.size or np.isneginf(scores.max()):
        return None
    i, j = np.unravel_index(np.argmax(scores), scores.shape)
    return float(scores[i, j]), int(where[starts[i], 0]), int(where[ends[j], 1])


# ---------------------------------------------------------------- forward passes


def _forward(
    encoder: Any,
    features: Features,
    items: np.ndarray,
    compute: Callable[[dict[str, Any], Any], torch.Tensor],
    token_budget: int,
    precision: str,
    layers: bool = False,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Items of a batch and what `compute` makes of its states, the longest first."""
    where = devices.device()
    encoder.to(where).eval()
    precision = devices.precision(precision, where)
    widths, counts = features.widths[items], features.counts[items]
    queue = batching.evaluation_batches(widths, token_budget, counts)
    while queue:
        places = queue.pop(0)
        packed = attention.packs(encoder)
        batch = batching.collate(features, items[places], packed=packed)
        batch = to_device(batch, where)
        try:
            with torch.inference_mode(), devices.autocast(precision, where):
                values = compute(batch, encode(encoder, batch, layers)).float().cpu()
        except RuntimeError as error:
            if not devices.out_of_memory(error) or len(places) == 1:
                raise
            logger.warning("out of memory on %d items: half as many", len(places))
            queue[:0] = np.array_split(places, 2)
            continue
        yield items[places], values.numpy()


def encode(encoder: Any, batch: dict[str, Any], layers: bool = False) -> Any:
    """(*shape of the batch, H) hidden states of the last layer, or a tuple of all."""
    names = ("input_ids", "attention_mask", "token_type_ids", "packing")
    inputs = {name: batch[name] for name in names if name in batch}
    if "packing" in batch:  # XLM-R counts positions on from its padding id
        padding = encoder.embeddings.position_embeddings.padding_idx
        first = 0 if padding is None else padding + 1
        inputs["position_ids"] = batch["position_ids"] + first
    output = encoder(**inputs, output_hidden_states=layers)
    return output.hidden_states if layers else output.last_hidden_state


def to_device(batch: dict[str, Any], where: torch.device) -> dict[str, Any]:
    """The batch with its tensors on the device."""
    if where.type == "cpu":
        return batch
    return {
        name: value if isinstance(value, int) else value.to(where, non_blocking=True)
        for name, value in batch.items()
    }


def _per_item(
    features: Features, items: np.ndarray, logits: np.ndarray
) -> list[np.ndarray]:
    """Logits of a batch cut into those of its items, without padding."""
    if features.kind == "choice":
        return [v[:n] for v, n in zip(logits, features.counts[items])]
    if features.kind == "span":
        return [v[:n] for v, n in zip(logits, features.widths[items])]
    if features.kind == "tagging":
        spans = zip(features.offsets[items], features.offsets[items + 1])
        sizes = [int((features.words[a:b] >= 0).sum()) for a, b in spans]
        return np.split(logits, np.cumsum(sizes)[:-1])
    return list(logits)


def _unique(features: Features) -> tuple[np.ndarray, np.ndarray]:
    """The items that differ, and for each item the one that it equals."""
    seen: dict[bytes, int] = {}
    ends = features.offsets
    same = [
        seen.setdefault(features.ids[ends[i] : ends[i + 1]].tobytes(), i)
        for i in range(len(features))
    ]
    return np.fromiter(seen.values(), np.int64, len(seen)), np.asarray(same, np.int64)
