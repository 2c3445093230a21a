"""Exact nearest neighbours in both directions, from one pass over all similarities.

The usual recipe searches twice with a flat index, once for each direction. Here each
block of the similarity matrix is computed once and gives its rows' and its columns'
neighbours, and memory is bounded by the block. It runs on a CPU or a GPU, in float32;
embeddings may lie elsewhere, for the sources go there block by block, each once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xitt.errors import UserError

if TYPE_CHECKING:
    import torch


NEIGHBOURS = 4  # k of the margin, in XTREME and LASER
# Rows and columns of a block, by device: 4 MiB of similarities are near a CPU's cache;
# 256 MiB keep a GPU busy.
BLOCK = {"cpu": 1024, "cuda": 8192}
GROUP = 8  # similarities that are first looked at together


@dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of every sentence on the other side, nearest first.

    Attributes:
        forward, forward_index: (n, k) similarities with targets, and which targets.
        backward, backward_index: (m, k) similarities with sources, and which sources.
    """

    forward: np.ndarray
    forward_index: np.ndarray
    backward: np.ndarray
    backward_index: np.ndarray


def unit_rows(embeddings: Any, side: str = "source", first: int = 0) -> torch.Tensor:
    """`embeddings` (n, d) as float32 rows of length 1; the original is left alone."""
    x, length = lengths(embeddings, side, first)
    return x / length


def lengths(
    embeddings: Any, side: str = "source", first: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """`embeddings` as float32, and the length of every row, (n, 1).

    first: the number of the first row's sentence.

    Raises:
        UserError: names the first sentence whose embedding has no direction.
    """
    x = as_matrix(embeddings, side).float()
    length = x.norm(dim=1, keepdim=True)
    bad = (~length.isfinite() | (length == 0)).flatten()
    if bad.any():
        at = int(bad.int().argmax())
        what = "zero" if bool(length[at] == 0) else "not finite"
        raise UserError(
            f"the embedding of {side} sentence {first + at} is {what}; "
            f"check that sentence and the encoder"
        )
    return x, length


def as_matrix(embeddings: Any, side: str) -> torch.Tensor:
    """`embeddings` as a tensor, of whatever type and wherever they lie."""
    import torch

    x = torch.as_tensor(embeddings).detach()
    if x.ndim != 2 or len(x) == 0:
        raise UserError(
            f"{side} embeddings of shape {tuple(x.shape)}; expected (sentences, d)"
        )
    return x


def neighbours(
    source: Any,
    target: Any,
    k: int = NEIGHBOURS,
    block: int | None = None,
    device: Any = None,
) -> Neighbours:
    """The k nearest neighbours by cosine, of each source and of each target sentence.

    Args:
        source, target: (n, d) and (m, d) embeddings.
        k: neighbours; fewer where the other side has fewer sentences.
        block: side of the blocks; None: `BLOCK` of the device.
        device: where to compute; None: where the target lies. Memory there is the
            target's unit rows, k numbers and places a sentence, and a few block^2 and
            block x d floats, whatever n.
    """
    import torch

    x, y = as_matrix(source, "source"), as_matrix(target, "target")
    where = y.device if device is None else torch.device(device)
    block = BLOCK[where.type] if block is None else block
    if k < 1 or block < 1:
        raise UserError(f"k is {k} and block {block}; both must be at least 1")
    if x.shape[1] != y.shape[1]:
        raise UserError(
            f"source embeddings have {x.shape[1]} dimensions, target {y.shape[1]}; "
            f"embed both with the same encoder"
        )
    y = unit_rows(y.to(where), "target")
    forward = _Best.none(len(x), min(k, len(y)), y)
    backward = _Best.none(len(y), min(k, len(x)), y)
    buffer = y.new_empty(min(block, len(x)) * min(block, len(y)))
    for top in range(0, len(x), block):
        rows = slice(top, min(top + block, len(x)))
        asking = unit_rows(x[rows].to(where), "source", top)
        for left in range(0, len(y), block):
            columns = slice(left, min(left + block, len(y)))
            shape = len(asking), columns.stop - left
            similarity = buffer[: shape[0] * shape[1]].view(shape)
            torch.mm(asking, y[columns].T, out=similarity)
            forward.update(rows, similarity, 1, left)
            backward.update(columns, similarity, 0, top)
    return Neighbours(*forward.arrays(), *backward.arrays())


@dataclass(frozen=True)
class _Best:
    """The best values so far of every sentence, best first, and where they stand."""

    values: torch.Tensor
    index: torch.Tensor

    @classmethod
    def none(cls, count: int, k: int, like: torch.Tensor) -> _Best:
        values = like.new_full((count, k), -float("inf"))
        return cls(values, values.new_zeros((count, k)).long())

    def update(self, span: slice, block: torch.Tensor, dim: int, offset: int) -> None:
        """Take in a block whose axis `dim` runs over candidates `offset`, offset + 1...

        Args:
            span: the sentences that the other axis runs over.
        """
        import torch

        values, index = self.values[span], self.index[span]
        k = values.shape[1]
        floor = values[:, -1]  # what a candidate must beat
        if torch.isinf(floor).any():
            candidates = block if dim == 1 else block.T.contiguous()
            new, where = candidates.topk(min(k, block.shape[dim]), dim=1)
        else:
            new, where = _pad(*_above(block, dim, floor), len(values))
        both = torch.cat([values, new], dim=1)
        columns = torch.cat([index, where + offset], dim=1)
        best, order = both.topk(k, dim=1)
        values.copy_(best)
        index.copy_(columns.gather(1, order))

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        return self.values.cpu().numpy(), self.index.cpu().numpy()


def _above(
    block: torch.Tensor, dim: int, floor: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The few entries above their sentence's floor: sentence, candidate, value.

    Looking first at the maxima of groups is one fast pass; what it leaves is small.
    """
    import torch

    size = GROUP if block.shape[dim] % GROUP == 0 else 1
    width = block.shape[dim] // size
    highest = block.unflatten(dim, (size, width)).amax(dim)
    hits = (highest > floor.unsqueeze(dim)).nonzero()
    sentence = hits[:, 1 - dim, None].expand(-1, size)
    candidate = hits[:, dim, None] + width * torch.arange(size, device=block.device)
    at = (sentence, candidate) if dim == 1 else (candidate, sentence)
    value = block[at]
    kept = value > floor[sentence]
    return sentence[kept], candidate[kept], value[kept]


def _pad(
    sentence: torch.Tensor, candidate: torch.Tensor, value: torch.Tensor, count: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Entries in any order as (count, w) rows of values, with -inf, and candidates."""
    import torch

    order = sentence.argsort(stable=True)
    sentence = sentence[order]
    found = torch.bincount(sentence, minlength=count)
    first = found.cumsum(0) - found
    slot = torch.arange(len(sentence), device=sentence.device) - first[sentence]
    width = int(found.max())
    values = value.new_full((count, width), -float("inf"))
    candidates = candidate.new_zeros((count, width))
    values[sentence, slot], candidates[sentence, slot] = value[order], candidate[order]
    return values, candidates
