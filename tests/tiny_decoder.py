"""Causal language models small enough for tests, of the families in use."""

from __future__ import annotations

from typing import Any

import tiny
import torch
from transformers import (
    AutoModelForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    Qwen2Config,
    Qwen3Config,
)

from xitt.models import attention

CONFIGS = {
    "llama": LlamaConfig,
    "qwen2": Qwen2Config,
    "qwen3": Qwen3Config,
    "gemma3": Gemma3TextConfig,
}


def causal(family: str = "llama", seed: int = 0, **changes: Any) -> Any:
    """A random model with grouped queries, its output embedding tied to its input's."""
    shape = {
        "vocab_size": tiny.ROWS,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "intermediate_size": 64,
        "max_position_embeddings": 256,
        "tie_word_embeddings": True,
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
    }
    if family == "gemma3":  # of which one layer sees the last 6 tokens alone
        shape |= {"sliding_window": 6, "query_pre_attn_scalar": 8}
        shape["layer_types"] = ["sliding_attention", "full_attention"]
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(CONFIGS[family](**shape | changes)).eval()
    with torch.no_grad():  # as published ones, and not as small as fresh ones
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(5)
    attention.install(model)  # as xitt.models.causal.load does
    return model
