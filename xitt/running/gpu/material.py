"""What the checks of a GPU train and score: models, and rows of the pocket suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xitt.data import examples
from xitt.inputs import tokenising
from xitt.inputs.features import Features, ends
from xitt.models import attention, encoders, heads
from xitt.study import data_source, profiles, run_data
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.training import devices, loop
from xitt.training.hyperparameters import Hyperparameters

TASKS = {  # a task of each kind
    "classification": "mnli",
    "choice": "hellaswag",
    "tagging": "udpos",
    "span": "squad_v2",
    "text": "pocket_text",
}
SHAPES = {  # layers, width, heads, as the published models have
    "e5-small": (12, 384, 12),
    "xlm-roberta-base": (12, 768, 12),
    "xlm-roberta-large": (24, 1024, 16),
}
REHEARSED = (2, 32, 2)  # the shape of every model in a rehearsal
LENGTHS = (64, 256)  # tokens of the sequences that speed is measured on
MAX_LENGTH = 128


@dataclass(frozen=True)
class Setting:
    """Where checks compute, on which encoder, and whether they are only rehearsed."""

    device: str
    encoder: str
    rehearse: bool


def features(setting: Setting, kind: str, n: int) -> Features:
    """Features of n English rows of the pocket suite's task of a kind."""
    study = profiles.load("demo")
    run_data.prepare(study)
    name = TASKS[kind]
    rows = examples.load(
        name, ENGLISH, "train", source=data_source.source(study), limit=n
    )
    _, tokenizer = encoders.load(setting.encoder)
    options = {"max_length": MAX_LENGTH, "doc_stride": 32}
    return tokenising.make(kind, rows, tokenizer, **options)


def labels(kind: str) -> int | None:
    """How many classes or tags the task of a kind has; None where there are none."""
    if kind not in ("classification", "tagging"):
        return None
    source = data_source.source(profiles.load("demo"))
    return len(examples.labels(registry.get(TASKS[kind]).name, source))


def encoder(setting: Setting, dropout: float) -> tuple[Any, Any]:
    """The encoder with a dropout of its own, and its tokenizer."""
    model, tokenizer = encoders.load(setting.encoder)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = dropout
    model.config.hidden_dropout_prob = dropout  # what heads take theirs from
    return model, tokenizer


def fit(
    setting: Setting,
    where: str,
    data: Mapping[str, Features],
    *,
    dropout: float = 0.0,
    folder: Path | None = None,
    mlm: Features | None = None,
    **changes: Any,
) -> loop.Result:
    """Train a fresh copy of the encoder on tasks, by the name of their kind."""
    model, tokenizer = encoder(setting, dropout)
    made = {kind: heads.head_for(model, kind, labels(kind), seed=1) for kind in data}
    options = {"lr": 1e-4, "epochs": 1, "batch": 8, "precision": "fp32", **changes}
    settings = Hyperparameters.of(options)
    with devices.on(where):
        return loop.fit(
            model, tokenizer, data, made, settings=settings, seed=3, folder=folder,
            mlm=mlm,
        )  # fmt: skip


def losses(result: loop.Result) -> np.ndarray:
    """The loss of each step, of a run that is short enough to keep them all."""
    return np.array([value for _, value in result.log["loss"]])


def weights(result: loop.Result) -> torch.Tensor:
    """All trained weights of an encoder, one after another, on the CPU."""
    return torch.cat([p.detach().flatten().cpu() for p in result.encoder.parameters()])


def outline(setting: Setting, name: str) -> Any:
    """A model of one of SHAPES with random weights, its vocabulary the tokenizer's."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    layers, hidden, count = REHEARSED if setting.rehearse else SHAPES[name]
    _, tokenizer = encoders.load(setting.encoder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        config = XLMRobertaConfig(
            vocab_size=len(tokenizer), hidden_size=hidden, num_hidden_layers=layers,
            num_attention_heads=count, intermediate_size=4 * hidden,
            max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5,
            pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        model = XLMRobertaModel(config, add_pooling_layer=False).eval()
    attention.install(model)
    return model


def sequences(setting: Setting, n: int) -> Features:
    """n labelled sequences of random tokens, as long as LENGTHS allow."""
    rng = np.random.default_rng(0)
    _, tokenizer = encoders.load(setting.encoder)
    low, high = (8, 16) if setting.rehearse else LENGTHS
    lengths = rng.integers(low, high + 1, size=n)
    plain = np.setdiff1d(np.arange(len(tokenizer)), tokenizer.all_special_ids)
    return Features(
        kind="classification", ids=rng.choice(plain, lengths.sum()).astype(np.int32),
        offsets=ends(lengths), items=np.arange(n + 1), rows=np.arange(n), n_rows=n,
        pad_id=tokenizer.pad_token_id, labels=rng.integers(0, 3, size=n),
    )  # fmt: skip
