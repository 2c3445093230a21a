"""A checkpoint's own masked-LM head, as transformers loads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from xitt.errors import UserError
from xitt.models import encoders
from xitt.models.heads import MaskedLM

POSITIONS = 4  # hidden states on which the two heads are compared


def load_mlm(head: MaskedLM, encoder: str | Path) -> bool:
    """Fill `head` with the pretrained masked-LM head of an encoder, if it has one.

    encoder: as `encoders.load` takes it. Returns whether `head` is the pretrained one
    now: where the checkpoint holds no such head, or one that computes something else
    than `MaskedLM` does, `head` is left as it was.

    Raises:
        UserError: for a head of another size than that of the encoder.
    """
    model = encoders.load_masked_lm(encoder)
    if model is None:
        return False
    found = _parts(model)
    if found is None:
        return False
    state = head.state_dict()
    for name, values in found.items():
        if values.shape != state[name].shape:
            raise UserError(
                f"masked-LM head of {encoder}: {name} has shape "
                f"{tuple(values.shape)}, not {tuple(state[name].shape)}"
            )
    filled = MaskedLM(head.dense.in_features, len(head.bias), eps=head.norm.eps)
    filled.load_state_dict(found)
    if not _same(filled.eval(), model):
        return False
    head.load_state_dict(found)
    return True


def _own(model: Any) -> list[nn.Module]:
    """The modules that a model has on top of its encoder."""
    return [m for n, m in model.named_children() if n != model.base_model_prefix]


def _parts(model: Any) -> dict[str, torch.Tensor] | None:
    """What `MaskedLM` holds, out of a head of the same parts under whatever names."""
    decoder = model.get_output_embeddings()
    inner = [m for own in _own(model) for m in own.modules() if m is not decoder]
    dense = [m for m in inner if isinstance(m, nn.Linear)]
    norm = [m for m in inner if isinstance(m, nn.LayerNorm)]
    if len(dense) != 1 or len(norm) != 1:
        return None
    parts = {
        "dense.weight": dense[0].weight,
        "dense.bias": dense[0].bias,
        "norm.weight": norm[0].weight,
        "norm.bias": norm[0].bias,
        "bias": getattr(decoder, "bias", None),
    }
    return None if any(part is None for part in parts.values()) else parts


@torch.no_grad()
def _same(ours: MaskedLM, model: Any) -> bool:
    """Whether both heads give the same logits, ours by the embedding matrix."""
    theirs = _own(model)
    if len(theirs) != 1:
        return False
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(POSITIONS, ours.dense.in_features, generator=generator)
    embeddings = model.get_input_embeddings().weight
    logits = ours(hidden, {"tokens": torch.arange(POSITIONS)}, embeddings)
    return torch.allclose(logits, theirs[0].eval()(hidden), atol=1e-4, rtol=1e-4)
