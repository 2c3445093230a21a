"""The loop trains a decoder as it trains an encoder: same steps, exact resume."""

from __future__ import annotations

import numpy as np
import pytest
import tiny
import tiny_decoder
import torch
from small_training import close, same
from test_interrupted import Cut, cut_after
from torch import nn

from xitt.errors import UserError
from xitt.inputs import verbalising
from xitt.inputs.features import IGNORED
from xitt.models import adapters, attention, next_token
from xitt.training import checkpoints, loop
from xitt.training.hyperparameters import Hyperparameters, linear_schedule

TOKENIZER = tiny.tokenizer()
LORA = {"method": "lora", "rank": 4, "alpha": 8, "dropout": 0.1}
FULL = {"method": "full"}
PLAIN = {"lr": 1e-3, "epochs": 2, "batch": 8, "precision": "fp32", "token_budget": 400}
LABELS = ("entailment", "neutral", "contradiction")


def make(n=20, max_length=200):
    return verbalising.make(
        tiny.rows("classification", n), TOKENIZER, task="mnli", lang="en",
        labels=LABELS, seed=1, max_length=max_length,
    )  # fmt: skip


def fit(tuning=LORA, model=None, data=None, folder=None, seed=3, **changes):
    """All weights of the model after a small run, its result, and peft's wrapping."""
    model = tiny_decoder.causal() if model is None else model
    both = adapters.adapted(model, tuning, seed=seed)
    data = {"task": make()} if data is None else data
    result = loop.fit(
        adapters.inner(both).base_model,
        TOKENIZER,
        data,
        {task: next_token.head_of(model) for task in data},
        settings=Hyperparameters.of(PLAIN | changes),
        seed=seed,
        folder=folder,
    )
    return {n: v.clone() for n, v in model.state_dict().items()}, result, both


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("tied", [True, False])
def test_a_run_is_the_plain_recipe_on_the_loss_of_transformers(tied):
    data = make()
    got, *_ = fit(FULL, tiny_decoder.causal(tie_word_embeddings=tied), {"task": data})
    model = tiny_decoder.causal(tie_word_embeddings=tied)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0, eps=1e-8, weight_decay=0)
    steps = [s for e in range(2) for s in tiny.steps(len(data), 8, 3, e)]
    for number, items in enumerate(steps):
        units = total = 0
        for item in items:
            part = slice(*data.offsets[item : item + 2])
            ids, labels = (
                torch.from_numpy(x[part].astype(np.int64))[None]
                for x in (data.ids, data.labels)
            )
            count = int((labels != IGNORED).sum())
            total = total + model(input_ids=ids, labels=labels).loss * count
            units += count
        (total / units).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = 1e-3 * linear_schedule(
            number, len(steps), 0.1
        )
        optimizer.step()
        optimizer.zero_grad()
    assert close(got, dict(model.state_dict()), atol=1e-4)


def test_adapters_learn_and_the_model_beside_them_stays():
    before = tiny_decoder.causal().state_dict()
    got, result, both = fit(epochs=6, lr=1e-2)
    assert result.log["loss"][-1][1] < 0.9 * result.log["loss"][0][1]
    for name, values in before.items():
        inside = name.replace("_proj.weight", "_proj.base_layer.weight")
        assert torch.equal(got[inside], values)
    assert not any(p.grad is not None for p in both.parameters() if not p.requires_grad)


def test_packed_and_padded_runs_end_alike(monkeypatch):
    packed, one, _ = fit(LORA | {"dropout": 0.0})
    monkeypatch.setattr(attention, "PACKABLE", ())
    padded, two, _ = fit(LORA | {"dropout": 0.0})
    assert one.log["padding_efficiency"] == 1 > two.log["padding_efficiency"]
    assert close(packed, padded, atol=1e-4)


@pytest.mark.parametrize("tuning", [LORA, FULL], ids=["lora", "full"])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_a_run_cut_anywhere_ends_with_the_bits_of_a_whole_one(
    tmp_path, monkeypatch, at, tuning
):
    want, whole, _ = fit(tuning)
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, at)
    with pytest.raises(Cut):
        fit(tuning, **options)
    got, result, both = fit(tuning, **options)
    assert same(got, want)
    assert result.log["loss"] == whole.log["loss"]
    held = torch.load(tmp_path / checkpoints.NAME)["parameters"]
    assert sum(p.numel() for p in held.values()) == adapters.trainable(both)


def test_a_checkpoint_beside_another_frozen_model_is_refused(tmp_path, monkeypatch):
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 2)
    with pytest.raises(Cut):
        fit(**options)
    with pytest.raises(UserError, match="belongs to a run with other settings"):
        fit(model=tiny_decoder.causal(seed=1), **options)


def test_several_tasks_share_an_output_embedding_of_its_own():
    data = {"one": make(), "two": make(12)}
    got, result, _ = fit(FULL, tiny_decoder.causal(tie_word_embeddings=False), data)
    one, two = (result.heads[task].output for task in data)
    assert one is two
    assert torch.equal(one.weight, got["lm_head.weight"])


def test_an_example_beyond_the_models_positions_is_named():
    with pytest.raises(
        UserError, match=r"row \d+ has \d+ tokens and the encoder takes"
    ):
        fit(model=tiny_decoder.causal(max_position_embeddings=20))
