"""Attention over sequences laid end to end, so that no padding is computed anywhere.

A packed batch is one long row of tokens. Every layer but attention treats tokens one by
one and needs to know nothing of it; here each sequence attends to itself alone. It is
registered with transformers' attention interface as `NAME`, and a model that is called
with ordinary padded inputs still gets transformers' own SDPA.

On a GPU in half precision without dropout it is `torch.nn.attention.varlen`. That
kernel drops no attention weights and is not for CPUs: there sequences of about the same
length are padded to each other for the attention alone, a few percent of the work.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from xitt.inputs.packing import Group, Packing
from xitt.models import dropout as drop

NAME = "xitt_packed"

# Models whose forward pass was compared with and without packing. Others may cap the
# weights or bias them by distance, of which the functions here know nothing.
ENCODERS = ("bert", "roberta", "xlm-roberta")
DECODERS = ("llama", "qwen2", "qwen3", "gemma3_text")
PACKABLE = (*ENCODERS, *DECODERS)


def install(model: Any) -> None:
    """Let a model of a `PACKABLE` type take packed batches."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    if model.config.model_type in PACKABLE:
        AttentionInterface.register(NAME, forward)
        AttentionMaskInterface.register(NAME, sdpa_mask)
        model.set_attn_implementation(NAME)


def packs(model: Any) -> bool:
    """Whether a model takes packed batches."""
    return model.config._attn_implementation == NAME


def forward(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    packing: Packing | None = None,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Self-attention of a packed batch, in the form that transformers calls.

    query, key, value: (1, heads, tokens, d); of keys and values there may be fewer
    heads, each for a group of queries. Returns (1, tokens, heads, d).
    sliding_window: the tokens that a decoder's token sees, itself included.
    """
    if packing is None and query.shape[2] == 1 and _grouped(query, key):
        return _attend_next(query, key, value, attention_mask, scaling), None
    if packing is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout, scaling, **others
        )
    causal = bool(getattr(module, "is_causal", False))
    # squeeze and split: the gradients of indices and slices fill whole matrices with 0
    q, k, v = (x.squeeze(0).transpose(0, 1) for x in (query, key, value))
    scaling = q.shape[-1] ** -0.5 if scaling is None else scaling
    if not dropout and _has_varlen(q):
        from torch.nn.attention.varlen import varlen_attn

        n, longest = packing.offsets, packing.longest
        seen = ((sliding_window or 0) - 1, 0) if causal else (-1, -1)
        options = {"scale": scaling, "window_size": seen, "enable_gqa": _grouped(q, k)}
        return varlen_attn(q, k, v, n, n, longest, longest, **options)[None], None
    sizes = [group.tokens for group in packing.groups]
    of_groups = zip(packing.groups, *(x.split(sizes) for x in (q, k, v)))
    if causal:
        parts = [
            _attend_causal(*e, scaling, dropout, sliding_window) for e in of_groups
        ]
    else:
        parts = [_attend(*each, scaling, dropout) for each in of_groups]
    return (torch.cat(parts) if len(parts) > 1 else parts[0])[None], None


def _has_varlen(x: torch.Tensor) -> bool:
    half = x.dtype in (torch.float16, torch.bfloat16)
    return x.is_cuda and half and torch.cuda.get_device_capability(x.device) >= (8, 0)


def _attend(
    group: Group,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    scaling: float,
    dropout: float,
) -> torch.Tensor:
    """(tokens, heads, d) of a group from its part of q, k and v."""
    q, k, v = (_padded(x, group) for x in (q, k, v))  # (sequences, heads, length, d)
    mask = None if group.mask is None else group.mask.to(q.dtype)
    if dropout and not q.is_cuda:
        out = _DroppedAttention.apply(q, k, v, mask, scaling, dropout)
    else:
        out = F.scaled_dot_product_attention(q, k, v, mask, dropout, scale=scaling)
    return _unpadded(out, group)


def _attend_causal(
    group: Group,
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    scaling: float,
    dropout: float,
    window: int | None,
) -> torch.Tensor:
    """As `_attend`, each token seeing those before it: padding comes after them all."""
    q, k, v = (_padded(x, group) for x in (q, k, v))
    band = None
    if window and window < group.length:
        shape = (group.length, group.length)
        band = torch.ones(shape, dtype=torch.bool, device=q.device)
        band = band.tril_().triu_(1 - window)
    out = F.scaled_dot_product_attention(
        q, k, v, band, dropout,
        is_causal=band is None, scale=scaling, enable_gqa=_grouped(q, k),
    )  # fmt: skip
    return _unpadded(out, group)


def _attend_next(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    scaling: float | None,
) -> torch.Tensor:
    """(B, 1, heads, d) of each row's newest token, which sees all that is not masked.

    The heads of queries that share one of keys are taken as so many queries of one
    head, so that keys and values are read once for all of them.
    """
    batch, heads, _, width = query.shape
    queries = query.reshape(batch, key.shape[1], -1, width)
    out = F.scaled_dot_product_attention(queries, key, value, mask, scale=scaling)
    return out.reshape(batch, 1, heads, width)


def _grouped(q: torch.Tensor, k: torch.Tensor) -> bool:
    """Whether several heads of queries share one of keys (heads are dimension 1)."""
    return q.shape[1] != k.shape[1]


def _padded(x: torch.Tensor, group: Group) -> torch.Tensor:
    if group.pad is not None:
        x = _Rows.apply(x, group.pad, group.unpad)
    return x.unflatten(0, (-1, group.length)).transpose(1, 2)


def _unpadded(out: torch.Tensor, group: Group) -> torch.Tensor:
    out = out.transpose(1, 2).flatten(0, 1)
    return out if group.pad is None else _Rows.apply(out, group.unpad, group.pad)


class _Rows(torch.autograd.Function):
    """Rows of x by place; the way back is a look-up too, for padding has no gradient.

    Padded keys and values have weight 0, and what padded queries find is not read.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, there: torch.Tensor, back: torch.Tensor):
        ctx.save_for_backward(there, back)
        return x.index_select(0, there)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor):
        there, back = ctx.saved_tensors
        if len(back) < len(there):  # padded: keep the gradients of the real places
            return grad.index_select(0, back), None, None
        padded = grad.index_select(0, back)  # unpadded: padding copies a row, to be 0
        real = torch.zeros(len(back), dtype=torch.bool, device=grad.device)
        real[there] = True
        return padded.mul_(real.view(-1, *[1] * (grad.ndim - 1))), None, None


class _DroppedAttention(torch.autograd.Function):
    """softmax(q k' s + mask) v with dropout of the weights, on a CPU.

    torch's own falls back on plain operations here and keeps three matrices of weights
    for the way back. This keeps one: a dropped weight is stored with its sign turned.
    """

    @staticmethod
    def forward(ctx, q, k, v, mask, scaling: float, p: float):
        q, k, v = (x.contiguous() for x in (q, k, v))
        weights = torch.matmul(q * scaling, k.transpose(-1, -2))
        if mask is not None:
            weights += mask
        weights = torch.softmax(weights, dim=-1)
        signed = torch.where(drop.kept(weights.shape, p), weights, -weights)
        out = torch.matmul(signed.clamp_min(0).mul_(1 / (1 - p)), v)
        ctx.save_for_backward(q, k, v, signed, out)
        ctx.scaling, ctx.p = scaling, p
        return out

    @staticmethod
    def backward(ctx, grad):
        q, k, v, signed, out = ctx.saved_tensors
        grad = grad.contiguous()
        dropped = signed.clamp_min(0).mul_(1 / (1 - ctx.p))
        to_v = torch.matmul(dropped.transpose(-1, -2), grad)
        # of a weight w: w (g - sum of w g), where g is 0 if it was dropped
        scores = torch.matmul(grad, v.transpose(-1, -2)).mul_(dropped)
        scores -= signed.abs_() * (grad * out).sum(dim=-1, keepdim=True)
        to_q = torch.matmul(scores, k).mul_(ctx.scaling)
        to_k = torch.matmul(scores.transpose(-1, -2), q).mul_(ctx.scaling)
        return to_q, to_k, to_v, None, None, None
