"""A batch through an encoder: hidden states of its last layer, or of all."""

from __future__ import annotations

from typing import Any

import torch


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
