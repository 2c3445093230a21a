"""A batch through an encoder or decoder: hidden states of its last layer, or of all.

A decoder is a causal language model below its output embedding.
"""

from __future__ import annotations

from typing import Any

import torch


def encode(encoder: Any, batch: dict[str, Any], layers: bool = False) -> Any:
    """(*shape of the batch, H) hidden states of the last layer, or a tuple of all."""
    names = ("input_ids", "attention_mask", "token_type_ids", "packing")
    inputs = {name: batch[name] for name in names if name in batch}
    if "packing" in batch:
        inputs["position_ids"] = batch["position_ids"] + first_position(encoder)
        if is_decoder(encoder):
            # of four dimensions it is taken as it is, else one of T x T would be made
            inputs["attention_mask"] = batch["input_ids"].new_zeros(1, 1, 1, 1)
    if is_decoder(encoder):
        inputs["use_cache"] = False
    output = encoder(**inputs, output_hidden_states=layers)
    return output.hidden_states if layers else output.last_hidden_state


def is_decoder(model: Any) -> bool:
    """Whether a model is built as today's decoders are: encoders name `embeddings`."""
    return not hasattr(model, "embeddings")


def first_position(encoder: Any) -> int:
    """The number of the first position: XLM-R counts on from its padding id.

    A model without a table of positions, which rotates them into the attention or
    takes distances alone, counts from 0.
    """
    embeddings = getattr(encoder, "embeddings", None)
    table = getattr(embeddings, "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return 0 if padding is None else padding + 1


def positions(encoder: Any) -> int:
    """The most tokens that a sequence may have."""
    return encoder.config.max_position_embeddings - first_position(encoder)


def to_device(batch: dict[str, Any], where: torch.device) -> dict[str, Any]:
    """The batch with its tensors on the device."""
    if where.type == "cpu":
        return batch
    return {
        name: value if isinstance(value, int) else value.to(where, non_blocking=True)
        for name, value in batch.items()
    }
