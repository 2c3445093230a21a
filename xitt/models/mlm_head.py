"""A checkpoint's own masked-LM head, read without the rest of its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from xitt.errors import UserError
from xitt.models.heads import MaskedLM

# Where checkpoints keep their masked-LM head: XLM-R, BERT.
_MLM_NAMES = {
    "lm_head.dense": "dense",
    "lm_head.layer_norm": "norm",
    "lm_head.bias": "bias",
    "cls.predictions.transform.dense": "dense",
    "cls.predictions.transform.LayerNorm": "norm",
    "cls.predictions.bias": "bias",
}


def load_mlm(head: MaskedLM, checkpoint: str | Path) -> bool:
    """Fill `head` with the pretrained masked-LM head of a checkpoint, if it has one.

    checkpoint: a folder with model.safetensors or pytorch_model.bin, or a Hub id.
    Only the head's tensors are read. Returns whether they were there.
    """
    found = {}
    for old, tensor in _tensors(checkpoint, tuple(_MLM_NAMES)).items():
        start = next(name for name in _MLM_NAMES if old.startswith(name))
        found[_MLM_NAMES[start] + old[len(start) :]] = tensor
    state = head.state_dict()
    if set(found) != set(state):
        return False
    wrong = [name for name in state if found[name].shape != state[name].shape]
    if wrong:
        raise UserError(
            f"masked-LM head of {checkpoint}: {wrong[0]} has shape "
            f"{tuple(found[wrong[0]].shape)}, not {tuple(state[wrong[0]].shape)}"
        )
    head.load_state_dict(found)
    return True


def _tensors(checkpoint: str | Path, prefixes: tuple[str, ...]) -> dict[str, Any]:
    """The tensors of a checkpoint whose names begin with one of `prefixes`."""
    from safetensors import safe_open
    from transformers.utils import cached_file

    options = {"_raise_exceptions_for_missing_entries": False}
    path = cached_file(str(checkpoint), "model.safetensors", **options)
    if path is not None:
        with safe_open(path, "pt") as file:
            names = list(file.keys())
            return {n: file.get_tensor(n) for n in names if n.startswith(prefixes)}
    path = cached_file(str(checkpoint), "pytorch_model.bin", **options)
    if path is None:
        return {}
    state = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
    return {name: state[name] for name in state if name.startswith(prefixes)}
