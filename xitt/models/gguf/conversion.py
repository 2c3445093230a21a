"""A GGUF file as a checkpoint folder in float32, value by value what the file holds.

llama.cpp renames the weights of a model, permutes two of them in a Llama and adds 1 to
the norms of a Gemma (github.com/ggml-org/llama.cpp, convert_hf_to_gguf.py); this undoes
it. Dequantising is the `gguf` package's, the configuration is transformers'.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.errors import UserError, unknown
from xitt.models import sources
from xitt.models.gguf import tokenizer

if TYPE_CHECKING:
    import gguf
    from transformers import PreTrainedConfig

OUTSIDE = {  # the layers
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
ARCHITECTURES = {  # and what their layers name otherwise
    "llama": {},
    "qwen2": {},
    "gemma3": {
        "attn_q_norm": "self_attn.q_norm",
        "attn_k_norm": "self_attn.k_norm",
        "post_attention_norm": "post_attention_layernorm",
        "ffn_norm": "pre_feedforward_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    },
}


def write(file: Path, source: str, folder: Path, *, tied: bool = False) -> None:
    """Write config, weights, tokenizer and generation defaults of a GGUF file.

    source: names the file in errors. tied: the model has one matrix for input and
    output, which the file holds twice, rounded differently: the output's is taken.
    Raises UserError for a damaged file, and for an architecture that is not known.
    """
    from gguf import GGUFReader

    try:
        reader = GGUFReader(file)
        _check_length(reader)
        architecture = str(_field(reader, "general.architecture"))
        if architecture not in ARCHITECTURES:
            raise unknown("GGUF architecture", architecture, ARCHITECTURES)
        tensors = {names_of(t.name, architecture): t for t in reader.tensors}
        if tied:
            tensors["model.embed_tokens.weight"] = tensors.pop("lm_head.weight")
        with sources.quiet(bars=False):
            config = _config(file, "lm_head.weight" not in tensors)
            _write_weights(tensors, architecture, config, folder / "model.safetensors")
            cut = _field(reader, "tokenizer.ggml.pre")
            tokenizer.write(file, cut, _special(reader), config.vocab_size, folder)
            _generation_defaults(config, folder)
    # what the readers of gguf and transformers say of bytes that make no sense
    except (ValueError, KeyError, IndexError, OverflowError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{source} is damaged: {reason}; fetch it again") from error
    config.architectures = [type(_outline(config)).__name__]
    config.save_pretrained(folder)


def names_of(name: str, architecture: str) -> str:
    """transformers' name of a tensor that llama.cpp calls `name`."""
    parts = name.split(".")
    if parts[0] == "blk":
        known = LAYER | ARCHITECTURES[architecture]
        stem, prefix = parts[2], f"model.layers.{parts[1]}."
    else:
        known, stem, prefix = OUTSIDE, parts[0], ""
    if stem not in known:
        raise ValueError(f"a {architecture} has no tensor {name}")
    return f"{prefix}{known[stem]}.{parts[-1]}"


def values(tensor: gguf.ReaderTensor, name: str, architecture: str, config: Any):
    """(*its shape) float32 of a tensor, as transformers' model wants them.

    name: transformers' own, as `names_of` gives it.
    """
    from gguf import dequantize

    array = dequantize(tensor.data, tensor.tensor_type).astype(np.float32, copy=False)
    if architecture == "gemma3" and name.endswith("norm.weight"):
        return array - np.float32(1)
    if architecture == "llama" and ("q_proj" in name or "k_proj" in name):
        heads = config.num_attention_heads
        if "k_proj" in name:
            heads = config.num_key_value_heads
        # the two halves of a head, which llama.cpp stores in turn, as its rotation does
        pairs = array.reshape(heads, array.shape[0] // heads // 2, 2, *array.shape[1:])
        return pairs.swapaxes(1, 2).reshape(array.shape)
    return array


def _check_length(reader: gguf.GGUFReader) -> None:
    end = max((t.data_offset + t.n_bytes for t in reader.tensors), default=0)
    if not end or end > reader.data.nbytes:
        raise ValueError(f"it has {reader.data.nbytes} bytes of {end or 'none at all'}")


def _field(reader: gguf.GGUFReader, name: str) -> Any:
    field = reader.get_field(name)
    return None if field is None else field.contents()


def _special(reader: gguf.GGUFReader) -> dict[str, int | None]:
    names = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}
    stem = "tokenizer.ggml."
    return {n: _field(reader, f"{stem}{own}_token_id") for n, own in names.items()}


def _config(file: Path, tied: bool) -> PreTrainedConfig:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(file.parent, gguf_file=file.name)
    config.tie_word_embeddings = tied
    config.dtype = "float32"
    config._name_or_path = ""
    return config


def _outline(config: PreTrainedConfig) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config)


def _write_weights(
    tensors: dict[str, Any], architecture: str, config: Any, path: Path
) -> None:
    """Write the weights one by one, where safetensors' own writer holds all of them.

    Raises ValueError where they are not those of the model in `config`.
    """
    model = _outline(config)
    tied = set(model._tied_weights_keys or ()) if config.tie_word_embeddings else set()
    shapes = {n: list(p.shape) for n, p in model.named_parameters() if n not in tied}
    if odd := set(shapes) ^ set(tensors):
        raise ValueError(f"it lacks, or has too much, {min(odd)}")
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name in tensors:
        start, end = end, end + 4 * int(np.prod(shapes[name]))
        header[name] = {
            "dtype": "F32", "shape": shapes[name], "data_offsets": [start, end]
        }  # fmt: skip
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, array in _arrays(tensors, architecture, config):
            if list(array.shape) != shapes[name]:
                raise ValueError(f"{name} is {array.shape}, not {tuple(shapes[name])}")
            file.write(np.ascontiguousarray(array, dtype="<f4").data)


def _arrays(
    tensors: dict[str, Any], architecture: str, config: Any
) -> Iterator[tuple[str, np.ndarray]]:
    for name, tensor in tensors.items():
        yield name, values(tensor, name, architecture, config)


def _generation_defaults(config: PreTrainedConfig, folder: Path) -> None:
    """Greedy, ended by every token that ends a text or a turn."""
    from transformers import GenerationConfig

    GenerationConfig(
        bos_token_id=config.bos_token_id,
        eos_token_id=tokenizer.ends(folder, config.eos_token_id),
        pad_token_id=config.pad_token_id,
        do_sample=False,
    ).save_pretrained(folder)
