"""Task heads over the last hidden states of an encoder.

A head reads hidden states as a flat (positions, H) matrix and gathers what it scores by
place (which `xitt.inputs.collation` gives), so that padded batches and packed ones
look the same to it. `loss` returns one value a scored unit: an item, or a labelled
token for tagging and masked LM. A step's loss is their sum over the step divided once
by their number, whatever the micro-batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from xitt.errors import UserError
from xitt.inputs.features import IGNORED, Features
from xitt.tasks import kinds

Batch = dict[str, Any]  # what `xitt.inputs.collation.collate` returns

# What families call the dropout of a head; one that names none drops nothing.
DROPOUT = ("classifier_dropout", "hidden_dropout_prob", "seq_classif_dropout")
EPS = ("layer_norm_eps", "norm_eps", "rms_norm_eps")
BERT_EPS = 1e-12


class Classification(nn.Module):
    """First token to class logits (N, K), as RobertaClassificationHead."""

    def __init__(
        self, hidden: int, n_labels: int, dropout: float = 0.1, eps: float = 1e-5
    ):
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, n_labels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
        x = self.dropout(hidden.index_select(0, batch["first"]))
        x = torch.tanh(self.dense(x))
        return self.out(self.dropout(x)).float()

    def loss(self, logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        """(N,) cross-entropy of each item."""
        return F.cross_entropy(logits, batch["labels"], reduction="none")

    def classes(self, features: Features) -> tuple[np.ndarray, Any]:
        """The labels of `features`, and how many this head tells apart."""
        return features.labels, self.out.out_features


class Choice(Classification):
    """First token to one logit a choice: (N, most choices), -inf where none is."""

    def __init__(
        self, hidden: int, n_labels: Any = None, dropout: float = 0.1, eps: float = 1e-5
    ):
        super().__init__(hidden, 1, dropout)

    def forward(self, hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
        return _dense(super().forward(hidden, batch), batch).squeeze(-1)

    def classes(self, features: Features) -> tuple[np.ndarray, Any]:
        """The labels of `features`, and how many choices each item has."""
        return features.labels, features.counts


class Tagging(nn.Module):
    """First sub-word of each word to tag logits (words, K)."""

    def __init__(
        self, hidden: int, n_labels: int, dropout: float = 0.1, eps: float = 1e-5
    ):
        super().__init__()
        self.out = nn.Linear(hidden, n_labels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
        return self.out(self.dropout(hidden.index_select(0, batch["tokens"]))).float()

    def loss(self, logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        """(words,) cross-entropy of each word, 0 where its tag is not known."""
        return F.cross_entropy(
            logits, batch["labels"], reduction="none", ignore_index=IGNORED
        )

    def classes(self, features: Features) -> tuple[np.ndarray, Any]:
        """The known tags of `features`, and how many this head tells apart."""
        return features.labels[features.labels != IGNORED], self.out.out_features


class Span(nn.Module):
    """Every token to a start and an end logit: (N, L, 2), -inf at padding.

    Unlike the reference, padding takes no part in the softmax: scores do not depend
    on what else is in the batch.
    """

    def __init__(
        self, hidden: int, n_labels: Any = None, dropout: float = 0.1, eps: float = 1e-5
    ):
        super().__init__()
        self.out = nn.Linear(hidden, 2)

    def forward(self, hidden: torch.Tensor, batch: Batch) -> torch.Tensor:
        return _dense(self.out(hidden.index_select(0, batch["tokens"])).float(), batch)

    def loss(self, logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        """(N,) mean of the cross-entropies of the first and the last answer token."""
        both = F.cross_entropy(logits, batch["labels"], reduction="none")  # (N, 2)
        return both.mean(dim=1)


class MaskedLM(nn.Module):
    """Hidden tokens to vocabulary logits (M, V), decoded by the embedding matrix."""

    decodes = True  # reads the embedding matrix, see `scores`

    def __init__(
        self, hidden: int, vocabulary: int, dropout: float = 0.1, eps: float = 1e-5
    ):
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden, eps=eps)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(
        self, hidden: torch.Tensor, batch: Batch, embeddings: torch.Tensor
    ) -> torch.Tensor:
        x = self.norm(F.gelu(self.dense(hidden.index_select(0, batch["tokens"]))))
        return F.linear(x, embeddings, self.bias).float()

    def loss(self, logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        """(M,) cross-entropy of each hidden token."""
        return F.cross_entropy(logits, batch["labels"], reduction="none")


def make_head(
    kind: str,
    hidden: int,
    n_labels: int | None = None,
    *,
    seed: int,
    dropout: float = 0.1,
    eps: float = 1e-5,
) -> nn.Module:
    """A fresh head: weights N(0, 0.02) from `seed`, biases 0.

    kind: classification | choice | tagging | span | text (masked LM).
    n_labels: classes or tags; for text the rows of the embedding matrix.
    """
    head = kinds.function(kind, "head")(hidden, n_labels, dropout, eps)
    generator = torch.Generator().manual_seed(seed)
    for module in head.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02, generator=generator)
            nn.init.zeros_(module.bias)
    return head


def head_for(
    encoder: Any, kind: str, n_labels: int | None = None, *, seed: int
) -> nn.Module:
    """`make_head` with the size and the dropout of `encoder`."""
    if n_labels is None:
        n_labels = encoder.get_input_embeddings().num_embeddings
    return make_head(
        kind,
        encoder.config.hidden_size,
        n_labels,
        seed=seed,
        dropout=_said(encoder, DROPOUT, 0.0),
        eps=_said(encoder, EPS, BERT_EPS),
    )


def _said(encoder: Any, names: Sequence[str], default: float) -> float:
    """The value of the first of `names` that the encoder's configuration has."""
    found = (getattr(encoder.config, name, None) for name in names)
    return next((value for value in found if value is not None), default)


def scores(
    head: nn.Module, encoder: Any, hidden: torch.Tensor, batch: Batch
) -> torch.Tensor:
    """What a head gives for a batch, decoded by the embedding matrix where it does.

    hidden: as `xitt.models.encoding.encode` returns it.
    """
    decodes = getattr(head, "decodes", False)
    extra = (encoder.get_input_embeddings().weight,) if decodes else ()
    return head(hidden.flatten(0, 1), batch, *extra)


def check_labels(task: str, head: nn.Module, features: Features) -> None:
    """Raise a UserError that names the first label that `head` cannot give."""
    if not hasattr(head, "classes"):
        return
    labels, n_labels = head.classes(features)
    wrong = np.flatnonzero((labels < 0) | (labels >= n_labels))
    if len(wrong):
        most = np.broadcast_to(n_labels, labels.shape)[wrong[0]] - 1
        raise UserError(f"{task}: label {labels[wrong[0]]} is not from 0 to {most}")


def _dense(values: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Ragged (M, k) scores at (row, col) of a dense (N, L, k), -inf elsewhere."""
    row, col = batch["row"], batch["col"]
    shape = (len(batch["labels"]), batch["width"], values.shape[1])
    return values.new_full(shape, float("-inf")).index_put((row, col), values)
