"""A tokenizer and encoders small enough for tests, of the families in use."""

from __future__ import annotations

import string

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from xitt.models import attention

WORDS = ["the", "a", "cat", "dog", "sat", "ran", "on", "in", "mat", "house", "was"]
WORDS += ["is", "and", "or", "not", "big", "small"]
ROWS = 120  # of the embedding matrix: more than the tokenizer has, as published ones


def tokenizer() -> PreTrainedTokenizerFast:
    """Words of WORDS are one piece, others letters; ids, template as XLM-R's."""
    letters = [*string.ascii_lowercase, ".", "?"]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *("▁" + w for w in WORDS)]
    pieces += ["▁", *letters, "<mask>"]
    scores = [0.0 if len(p) > 1 else -5.0 for p in pieces]
    inner = Tokenizer(models.Unigram(list(zip(pieces, scores)), unk_id=3))
    inner.normalizer = normalizers.Replace("\x07", "")
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(prepend_scheme="always"),
        ]
    )
    inner.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


def shape(dropout: float = 0.0) -> dict:
    """What the two configurations have in common."""
    return {
        "vocab_size": ROWS,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 66,
        "hidden_dropout_prob": dropout,
        "attention_probs_dropout_prob": dropout,
        "pad_token_id": 1,
    }


def bert(seed: int = 0, dropout: float = 0.0) -> BertModel:
    torch.manual_seed(seed)
    made = BertModel(BertConfig(**shape(dropout)), add_pooling_layer=False).eval()
    attention.install(made)  # as xitt.encoders.load does
    return made


def xlmr(seed: int = 0, dropout: float = 0.0) -> XLMRobertaModel:
    torch.manual_seed(seed)
    config = XLMRobertaConfig(**shape(dropout), type_vocab_size=1)
    made = XLMRobertaModel(config, add_pooling_layer=False).eval()
    attention.install(made)
    return made


ENCODERS = {"bert": bert, "xlmr": xlmr}


def phrase(rng: np.random.Generator, low: int = 1, high: int = 12) -> list[str]:
    return [str(w) for w in rng.choice(WORDS, size=rng.integers(low, high))]


def rows(kind: str, n: int, seed: int = 0) -> list[dict]:
    """n random rows in the normalised columns; classes can be read off the text."""
    rng = np.random.default_rng(seed)
    return [_MAKERS[kind](rng, i) for i in range(n)]


def _classification(rng: np.random.Generator, i: int) -> dict:
    a, b = phrase(rng), phrase(rng)
    text_b = " ".join(b) if i % 3 else ""
    label = int("cat" in a) + int("dog" in a)
    return {"id": str(i), "text_a": " ".join(a), "text_b": text_b, "label": label}


def _choice(rng: np.random.Generator, i: int) -> dict:
    choices = [" ".join(phrase(rng)) for _ in range(4 + i % 2)]
    label = int(rng.integers(len(choices)))
    choices[label] += " cat"
    text = " ".join(phrase(rng))
    return {"id": str(i), "text_a": text, "choices": choices, "label": label}


def _tagging(rng: np.random.Generator, i: int) -> dict:
    tokens = [w if rng.random() < 0.8 else w + "zz" for w in phrase(rng)]
    return {"id": str(i), "tokens": tokens, "tags": [len(t) % 3 for t in tokens]}


def _span(rng: np.random.Generator, i: int) -> dict:
    words = phrase(rng, 6, 30)
    at = int(rng.integers(len(words)))
    start = len(" ".join([*words[:at], ""]))
    answered = i % 4 > 0
    return {
        "id": str(i),
        "question": " ".join(phrase(rng, 2, 6)) + "?",
        "context": " ".join(words),
        "answers": [words[at]] if answered else [],
        "starts": [start] if answered else [],
    }


def _text(rng: np.random.Generator, i: int) -> dict:
    return {"id": str(i), "text": " ".join(phrase(rng, 4, 12))}


_MAKERS = {
    "classification": _classification,
    "choice": _choice,
    "tagging": _tagging,
    "span": _span,
    "text": _text,
}
LABELS = {"classification": 3, "choice": None, "tagging": 3, "span": None, "text": ROWS}


def steps(n_items: int, batch: int, seed: int, epoch: int) -> list[np.ndarray]:
    """The steps of one epoch by the plain recipe: a seeded permutation in chunks."""
    order = np.random.default_rng([seed, epoch]).permutation(n_items)
    return [order[i : i + batch] for i in range(0, n_items, batch)]
