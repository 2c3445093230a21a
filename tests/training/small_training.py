"""A training of a tiny encoder on made-up rows, and how two of them compare."""

from __future__ import annotations

import tiny
import torch

from xitt.inputs import tokenising
from xitt.models import heads
from xitt.training import loop
from xitt.training.hyperparameters import Hyperparameters

TOKENIZER = tiny.tokenizer()
PLAIN = {"lr": 1e-3, "epochs": 2, "batch": 8, "precision": "fp32"}


def make(kind="classification", n=40, seed=0):
    options = {"max_length": 40, "doc_stride": 4}
    return tokenising.make(kind, tiny.rows(kind, n, seed), TOKENIZER, **options)


def fit(data=None, encoder=None, seed=3, mlm=None, folder=None, **changes):
    """The weights, the result and the encoder of a small run."""
    encoder = tiny.bert(dropout=0.1) if encoder is None else encoder
    data = {"task": make()} if data is None else data
    made = {
        task: heads.head_for(encoder, part.kind, tiny.LABELS[part.kind], seed=seed)
        for task, part in data.items()
    }
    result = loop.fit(
        encoder,
        TOKENIZER,
        data,
        made,
        settings=Hyperparameters.of(PLAIN | changes),
        seed=seed,
        mlm=mlm,
        folder=folder,
    )
    return weights(result), result


def weights(result):
    state = {f"encoder.{n}": v for n, v in result.encoder.state_dict().items()}
    for task, head in result.heads.items():
        state |= {f"{task}.{n}": v for n, v in head.state_dict().items()}
    return {name: value.clone() for name, value in state.items()}


def same(one, two):
    assert one.keys() == two.keys()
    return all(torch.equal(one[name], two[name]) for name in one)


def close(one, two, atol=2e-5):
    assert one.keys() == two.keys()
    return all(torch.allclose(one[name], two[name], atol=atol) for name in one)
