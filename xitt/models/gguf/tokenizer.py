"""The tokenizer of a GGUF file, with the steps before its merges that the model had.

transformers builds it from the pieces and merges in the file. Of the step that cuts a
text before merging, the file gives only a name (`tokenizer.ggml.pre`), whose rule is in
llama.cpp's src/llama-vocab.cpp; transformers 5.23 cuts all of them as GPT-2 does and
forgets Qwen's normalisation, which changes ids of texts with digits after line breaks,
and of decomposed letters.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Tokens that end a text or a turn of a conversation, in the families in use.
ENDS = ("<|endoftext|>", "<|im_end|>", "<eos>", "<end_of_turn>", "</s>")


def write(file: Path, cut: str | None, folder: Path) -> None:
    """Write tokenizer.json and tokenizer_config.json. cut: the name of the rule."""
    from transformers import AutoTokenizer

    made = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    backend = made.backend_tokenizer
    mend(backend, cut)
    names = ("bos_token", "eos_token", "unk_token", "pad_token")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
        **{name: str(t) for name in names if (t := getattr(made, name)) is not None},
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


def ends(folder: Path) -> list[int]:
    """Sorted ids of the tokens that end a text, in the tokenizer written there."""
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    added = {token["content"]: token["id"] for token in content["added_tokens"]}
    return sorted(added[token] for token in ENDS if token in added)
