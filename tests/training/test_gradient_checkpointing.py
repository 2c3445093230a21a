"""Layers that compute twice and keep less end in the bits of those that keep all."""

from __future__ import annotations

import pytest
import test_causal_training as decoders
import tiny
import tiny_decoder
from small_training import fit, make, same
from test_interrupted import Cut, cut_after

from xitt.errors import UserError
from xitt.models import attention

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def passes(monkeypatch):
    """Counts how often the attention of a layer is computed."""
    count, whole = [], attention._attend

    def attend(*arguments):
        count.append(1)
        return whole(*arguments)

    monkeypatch.setattr(attention, "_attend", attend)
    return count


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("packable", [attention.PACKABLE, ()], ids=["packed", "padded"])
def test_an_encoder_has_the_losses_and_weights_of_one_that_keeps_all(
    monkeypatch, packable, dropout, precision
):
    monkeypatch.setattr(attention, "PACKABLE", packable)
    data = {"task": make(), "tags": make("tagging")}
    found = []
    for wanted in (False, True):
        encoder = tiny.bert(dropout=dropout)
        attention.install(encoder)
        assert attention.packs(encoder) == bool(packable)
        options = {"precision": precision, "gradient_checkpointing": wanted}
        weights, result = fit(data, encoder, token_budget=200, **options)
        assert not encoder.is_activation_checkpointing
        found.append((weights, result.log["loss"], result.log["by_task"]))
        assert result.log.get("gradient_checkpointing", False) == wanted
    (one, *losses), (two, *again) = found
    assert same(two, one)
    assert again == losses


def test_every_layer_is_computed_twice(passes):
    encoder = tiny.bert(dropout=0.1)
    attention.install(encoder)
    fit(encoder=encoder)
    once = len(passes)
    passes.clear()
    encoder = tiny.bert(dropout=0.1)
    attention.install(encoder)
    fit(encoder=encoder, gradient_checkpointing=True)
    assert len(passes) == 2 * once > 0


@pytest.mark.parametrize("tuning", [decoders.LORA, decoders.FULL], ids=["lora", "full"])
@pytest.mark.parametrize("family", ["qwen2", "gemma3"])
def test_a_decoder_has_the_losses_and_weights_of_one_that_keeps_all(family, tuning):
    dropout = {"attention_dropout": 0.1}
    one, whole, _ = decoders.fit(tuning, tiny_decoder.causal(family, **dropout))
    two, again, _ = decoders.fit(
        tuning, tiny_decoder.causal(family, **dropout), gradient_checkpointing=True
    )
    assert same(two, one)
    assert again.log["loss"] == whole.log["loss"]


@pytest.mark.parametrize("first", [False, True])
def test_a_run_goes_on_with_or_without_it(tmp_path, monkeypatch, first):
    """It is no part of what a checkpoint belongs to."""
    want, _ = fit()
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 4)
    with pytest.raises(Cut):
        fit(**options, gradient_checkpointing=first)
    got, _ = fit(**options, gradient_checkpointing=not first)
    assert same(got, want)


def test_a_model_without_such_layers_is_refused(monkeypatch):
    encoder = tiny.bert()
    monkeypatch.setattr(type(encoder), "supports_gradient_checkpointing", False)
    with pytest.raises(UserError, match=r"gradient_checkpointing true: a .* has no"):
        fit(encoder=encoder, gradient_checkpointing=True)
