"""Where the sequences of a packed batch lie, and which are attended together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Group:
    """Sequences of about one length, `tokens` of them in all, `length` the longest.

    pad: (sequences * length,) the token at each place of the padded block; unpad:
    (tokens,) the place of each token; mask: (sequences, 1, 1, length), 0 at tokens and
    -inf at padding. All three are None where every sequence is `length` long.
    """

    tokens: int
    length: int
    pad: torch.Tensor | None = None
    unpad: torch.Tensor | None = None
    mask: torch.Tensor | None = None

    def to(self, where: torch.device) -> Group:
        if self.pad is None:
            return self
        moved = (
            x.to(where, non_blocking=True) for x in (self.pad, self.unpad, self.mask)
        )
        return Group(self.tokens, self.length, *moved)


@dataclass(frozen=True)
class Packing:
    """Where the sequences of a packed batch begin and end.

    offsets: (sequences + 1,) int32; longest: tokens of the longest sequence.
    """

    offsets: torch.Tensor
    longest: int
    groups: tuple[Group, ...]

    def to(self, where: torch.device) -> Packing:
        offsets = self.offsets.to(where, non_blocking=True)
        return Packing(offsets, self.longest, tuple(g.to(where) for g in self.groups))


def layout(lengths: np.ndarray, groups: list[int]) -> Packing:
    """The packing of sequences of `lengths` tokens, in this order.

    groups: how many sequences each group holds.
    """
    offsets = np.cumsum([0, *lengths])
    made = tuple(map(_group, np.split(lengths, np.cumsum(groups)[:-1])))
    return Packing(torch.from_numpy(offsets.astype(np.int32)), int(lengths.max()), made)


def _group(lengths: np.ndarray) -> Group:
    longest, total = int(lengths.max()), int(lengths.sum())
    if (lengths == longest).all():
        return Group(total, longest)
    real = np.arange(longest) < lengths[:, None]
    first = np.cumsum([0, *lengths[:-1]])
    pad = np.where(real, first[:, None] + np.arange(longest), first[:, None])
    mask = np.where(real, np.float32(0), np.float32(-np.inf))[:, None, None]
    return Group(
        total,
        longest,
        torch.from_numpy(pad.ravel()),
        torch.from_numpy(np.flatnonzero(real)),
        torch.from_numpy(mask),
    )
