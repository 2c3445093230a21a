"""Causal language models and a tokenizer small enough for tests, and a GGUF of one."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

MERGES = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("c", "a"), ("ca", "t"), ("Ġ", "cat")]
MERGES += [("Ġ", "s"), ("Ġs", "at"), ("a", "t"), ("Ċ", "Ċ"), ("e", "n"), ("en", "d")]
END, UNUSED = "<|im_end|>", "<|endoftext|>"
POSITIONS = 64


def pieces() -> list[str]:
    """Every byte, what MERGES makes of them, and two special tokens."""
    bytes_ = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = sorted({a + b for a, b in MERGES} | {"at"})
    return [*bytes_, *made, END, UNUSED]


def tokenizer(**options) -> PreTrainedTokenizerFast:
    """Of bytes, a few words of one piece, and a token that ends texts."""
    vocabulary = {piece: n for n, piece in enumerate(pieces())}
    merges = [pair for pair in MERGES if pair != ("Ġs", "at")]
    inner = Tokenizer(models.BPE(vocabulary, merges))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    options = {"eos_token": END, **options}
    return PreTrainedTokenizerFast(tokenizer_object=inner, **options)


SHAPE = {
    "vocab_size": len(pieces()),
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": POSITIONS,
    "tie_word_embeddings": True,
    "initializer_range": 0.3,  # so that random models prefer something
    "bos_token_id": None,
    "pad_token_id": None,
    "eos_token_id": len(pieces()) - 2,
}


def model(family: str, seed: int = 0):
    """A random model: llama, qwen2, gemma3 (with a short window) or gpt2."""
    torch.manual_seed(seed)
    if family == "gpt2":
        config = GPT2Config(
            vocab_size=SHAPE["vocab_size"], n_embd=32, n_layer=2, n_head=4,
            n_positions=POSITIONS, initializer_range=0.3,
            bos_token_id=None, eos_token_id=SHAPE["eos_token_id"],
        )  # fmt: skip
        return GPT2LMHeadModel(config).eval()
    if family == "gemma3":
        config = Gemma3TextConfig(
            **SHAPE, head_dim=8, sliding_window=6, query_pre_attn_scalar=8,
            layer_types=["sliding_attention", "full_attention"],
        )  # fmt: skip
        return Gemma3ForCausalLM(config).eval()
    if family == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(**SHAPE)).eval()
    return LlamaForCausalLM(LlamaConfig(**SHAPE)).eval()


def stored(path: Path, architecture: str = "llama", seed: int = 0) -> Path:
    """A GGUF file of a random Llama, its matrices in Q8_0, as llama.cpp writes one."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(2)
    writer.add_context_length(POSITIONS)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(SHAPE["vocab_size"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(pieces())
    normal, control = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL
    writer.add_token_types([normal] * (len(pieces()) - 2) + [control] * 2)
    writer.add_token_merges([f"{a} {b}" for a, b in MERGES if (a, b) != ("Ġs", "at")])
    writer.add_eos_token_id(len(pieces()) - 2)
    writer.add_bos_token_id(len(pieces()) - 1)
    writer.add_unk_token_id(len(pieces()) - 1)
    writer.add_pad_token_id(len(pieces()) - 1)
    rng = np.random.default_rng(seed)
    matrices = {"attn_q": (32, 32), "attn_k": (16, 32), "attn_v": (16, 32)}
    matrices |= {"attn_output": (32, 32), "ffn_gate": (64, 32), "ffn_up": (64, 32)}
    matrices |= {"ffn_down": (32, 64)}
    shapes = {"token_embd.weight": (SHAPE["vocab_size"], 32)}
    shapes |= {f"blk.{n}.{k}.weight": s for n in (0, 1) for k, s in matrices.items()}
    for name, shape in shapes.items():
        values = rng.normal(scale=0.3, size=shape).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)
    norms = [f"blk.{n}.{k}_norm.weight" for n in (0, 1) for k in ("attn", "ffn")]
    for name in ["output_norm.weight", *norms]:
        writer.add_tensor(name, rng.normal(1, 0.1, 32).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
