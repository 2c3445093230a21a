"""Train only the rows of the embedding matrix that a run reads.

Rows without gradient do not move under Adam without weight decay, so training the used
rows in a small matrix and writing them back is full training, at a fraction of the
memory and time: XLM-R's vocabulary holds most of its parameters ("partial embedding
matrix adaptation", arXiv 2309.08708).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from xitt.inputs.features import Features


def used_ids(features: Sequence[Features], extra: np.ndarray, first: int) -> np.ndarray:
    """Sorted ids in `features`, those in `extra`, and every id up to `first`.

    Ids up to the padding id keep their number, which positions of XLM-R and the
    embedding's own padding row are counted from.
    """
    seen = [np.unique(f.ids) for f in features]
    return np.unique(np.concatenate([*seen, extra, np.arange(first + 1)]))


class EmbeddingRows:
    """The used rows of an encoder's word embeddings, in the place of the whole matrix.

    `remap` (V,) gives the row of each id in the small matrix. The whole matrix stays
    where it was, once, and is brought up to date by `restore`. The bias of a masked-LM
    head, one value a row, goes the same way.
    """

    def __init__(self, encoder: Any, used: np.ndarray, mlm_head: Any = None):
        self.encoder = encoder
        self.head = mlm_head
        self.full: nn.Embedding = encoder.get_input_embeddings()
        self.used = torch.from_numpy(used.astype(np.int64))
        self.remap = np.zeros(self.full.num_embeddings, dtype=np.int64)
        self.remap[used] = np.arange(len(used))
        self.small = nn.Embedding.from_pretrained(
            self.full.weight.detach()[self.used],
            freeze=False,
            padding_idx=self.full.padding_idx,
        )
        encoder.set_input_embeddings(self.small)
        if mlm_head is not None:
            self.full_bias = mlm_head.bias
            self.small_bias = nn.Parameter(self.full_bias.detach()[self.used])
            mlm_head.bias = self.small_bias

    def restore(self) -> None:
        """Write the trained rows back and give the encoder its whole matrix again."""
        device = self.small.weight.device
        _write(self.full.weight, self.used, self.small.weight)
        self.encoder.set_input_embeddings(self.full.to(device))
        if self.head is not None:
            _write(self.full_bias, self.used, self.small_bias)
            self.head.bias = nn.Parameter(self.full_bias.detach().to(device))


@torch.no_grad()
def _write(full: torch.Tensor, rows: torch.Tensor, small: torch.Tensor) -> None:
    full[rows.to(full.device)] = small.detach().to(full.device)
