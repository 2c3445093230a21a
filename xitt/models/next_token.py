"""The loss of a causal language model on the tokens of an answer alone.

Where an answer of three tokens follows a prompt of two hundred, logits over 151,000
pieces are wanted at three places. Those of every place are 100 times as many, and took
most of the memory of a training step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from xitt.errors import UserError
from xitt.inputs.features import IGNORED, Features
from xitt.models.encoding import encode
from xitt.models.heads import Batch

PLACES = 256  # whose logits are held together; more are computed again on the way back


class NextToken(nn.Module):
    """Hidden states before answer tokens to the log-probability of each, (M,).

    output: the model's own output embedding, trained with the head; None where it is
    tied to the input's, which `forward` is given.
    """

    decodes = True  # reads the embedding matrix, see `heads.scores`

    def __init__(self, output: nn.Linear | None = None):
        super().__init__()
        self.output = output

    def forward(
        self, hidden: torch.Tensor, batch: Batch, embeddings: torch.Tensor
    ) -> torch.Tensor:
        weight = embeddings if self.output is None else self.output.weight
        states = hidden.index_select(0, batch["tokens"]).split(PLACES)
        labels = batch["labels"].split(PLACES)
        if len(labels) == 1:
            return _log_probabilities(states[0], weight, labels[0])
        parts = [
            checkpoint(_log_probabilities, x, weight, y, use_reentrant=False)
            for x, y in zip(states, labels)
        ]
        return torch.cat(parts)

    def loss(self, scores: torch.Tensor, batch: Batch) -> torch.Tensor:
        """(M,) cross-entropy of each answer token, in nats."""
        return -scores

    def classes(self, features: Features) -> tuple[np.ndarray, Any]:
        """The answer tokens of `features`, and the pieces that the head tells apart."""
        known = np.inf if self.output is None else self.output.out_features
        return features.labels[features.labels != IGNORED], known


def _log_probabilities(
    states: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    logits = F.linear(states, weight).float()
    return -F.cross_entropy(logits, labels, reduction="none")


def head_of(model: Any) -> NextToken:
    """The head of a causal language model; its decoder is `model.base_model`.

    Raises:
        UserError: for a model whose logits are not its last hidden states times its
            output embedding, but scaled or capped besides.
    """
    output, inputs = model.get_output_embeddings(), model.get_input_embeddings()
    tied = output.weight is inputs.weight
    head = NextToken(None if tied else output)
    ids = torch.arange(4, device=inputs.weight.device)[None]
    was = model.training
    with torch.inference_mode():
        model.eval()
        hidden = encode(model.base_model, {"input_ids": ids}).flatten(0, 1)
        batch = {"tokens": ids[0, :-1], "labels": ids[0, 1:]}
        ours = head(hidden, batch, inputs.weight)
        logits = model(input_ids=ids, use_cache=False).logits[0, :-1].float()
        theirs = -F.cross_entropy(logits, ids[0, 1:], reduction="none")
        model.train(was)
    if output.bias is not None or not torch.allclose(ours, theirs, atol=1e-3):
        kind = model.config.model_type
        raise UserError(
            f"a model of type '{kind}' alters its logits after the output embedding, "
            f"which training here does not; choose one that does not"
        )
    return head
