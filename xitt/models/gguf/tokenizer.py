"""The tokenizer of a GGUF file, with the steps before its merges that the model had.

transformers builds it from the pieces and merges in the file. Of the step that cuts a
text before merging, the file gives only a name (`tokenizer.ggml.pre`), whose rule is in
llama.cpp's src/llama-vocab.cpp; transformers 5.23 cuts all of them as GPT-2 does and
forgets Qwen's normalisation, which changes ids of texts with digits after line breaks,
and of decomposed letters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Tokens that end a text or a turn, in the families in use, beside the file's own.
ENDS = ("<|endoftext|>", "<|im_end|>", "<end_of_turn>")


def write(
    file: Path,
    cut: str | None,
    special: Mapping[str, int | None],
    rows: int,
    folder: Path,
) -> None:
    """Write tokenizer.json and tokenizer_config.json.

    cut: the name of the rule. special: `bos`, `eos`, `unk`, `pad` to ids of the file.
    rows: of the embedding matrix.
    """
    from transformers import AutoTokenizer

    made = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    backend = made.backend_tokenizer
    mend(backend, cut)
    if (tokens := backend.get_vocab_size()) > rows:
        raise ValueError(f"its tokenizer has {tokens} tokens, its model {rows}")
    named = {name: i for name, i in special.items() if i is not None}
    names = {f"{name}_token": backend.id_to_token(i) for name, i in named.items()}
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
        **names,
        **({"chat_template": made.chat_template} if made.chat_template else {}),
    }
    text = json.dumps(settings, ensure_ascii=False, indent=2) + "\n"
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")
    (folder / "tokenizer.json").write_text(backend.to_str(), encoding="utf-8")


def mend(backend: Any, cut: str | None) -> None:
    """Give a `tokenizers.Tokenizer` the cutting and normalising of the rule `cut`."""
    from tokenizers import normalizers, pre_tokenizers

    if cut == "smollm":  # every digit alone, then as GPT-2
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
    elif cut == "qwen2":
        backend.normalizer = normalizers.NFC()


def ends(folder: Path, own: int) -> list[int]:
    """Sorted ids of `own` and the tokens that end a text in the tokenizer there."""
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    added = {token["content"]: token["id"] for token in content["added_tokens"]}
    return sorted({own, *(added[token] for token in ENDS if token in added)})
