"""Causal language models: packed as padded, the loss of transformers, adapters."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tiny
import tiny_decoder
import torch

from xitt.errors import UserError
from xitt.inputs import collation, verbalising
from xitt.inputs.features import IGNORED
from xitt.models import adapters, heads, next_token
from xitt.models.encoding import encode
from xitt.scoring import prediction

LORA = {"method": "lora", "rank": 4, "alpha": 8, "dropout": 0.0}
FULL = {"method": "full"}
FAMILIES = list(tiny_decoder.CONFIGS)


def made(n=14):
    labels = ("entailment", "neutral", "contradiction")
    return verbalising.make(
        tiny.rows("classification", n),
        tiny.tokenizer(),
        task="mnli",
        lang="en",
        labels=labels,
        seed=1,
        max_length=200,
    )


def losses(model, head, features, items, packed):
    batch = collation.collate(features, items, packed=packed)
    hidden = encode(model.base_model, batch)
    scores = heads.scores(head, model.base_model, hidden, batch)
    return head.loss(scores, batch)


def theirs(model, features, items):
    """The mean loss of transformers, over the answer tokens of a padded batch."""
    parts = [slice(*features.offsets[i : i + 2]) for i in items]
    width = max(part.stop - part.start for part in parts)
    ids = torch.full((len(items), width), features.pad_id)
    labels = torch.full((len(items), width), IGNORED)
    mask = torch.zeros(len(items), width, dtype=torch.int64)
    for row, part in enumerate(parts):
        n = part.stop - part.start
        ids[row, :n] = torch.from_numpy(features.ids[part].astype(np.int64))
        labels[row, :n] = torch.from_numpy(features.labels[part].astype(np.int64))
        mask[row, :n] = 1
    return model(input_ids=ids, attention_mask=mask, labels=labels).loss


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_loss_and_gradient_are_those_of_transformers(family, tied, packed):
    model, features = tiny_decoder.causal(family, tie_word_embeddings=tied), made()
    head, items = next_token.head_of(model), np.arange(len(features))[::-1].copy()
    assert (head.output is None) == tied
    found = []
    for loss in (
        lambda: losses(model, head, features, items, packed).mean(),
        lambda: theirs(model, features, items),
    ):
        model.zero_grad()
        value = loss()
        value.backward()
        found.append((value.detach(), [p.grad.clone() for p in model.parameters()]))
    torch.testing.assert_close(found[0][0], found[1][0], atol=1e-5, rtol=1e-5)
    for one, other in zip(found[0][1], found[1][1], strict=True):
        torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_sequence_of_a_packed_batch_is_what_it_is_alone(family):
    model, features = tiny_decoder.causal(family), made()
    head = next_token.head_of(model)
    together = losses(model, head, features, np.arange(len(features)), True)
    alone = [
        losses(model, head, features, np.array([item]), packed)
        for packed in (True, False)
        for item in range(len(features))
    ]
    torch.testing.assert_close(torch.cat([together] * 2), torch.cat(alone),
                               atol=1e-5, rtol=1e-4)  # fmt: skip


def test_many_answers_are_scored_in_parts_to_the_same_gradient(monkeypatch):
    model, features = tiny_decoder.causal(), made()
    head, items, found = next_token.head_of(model), np.arange(len(features)), []
    for places in (10_000, 5):
        monkeypatch.setattr(next_token, "PLACES", places)
        model.zero_grad()
        loss = losses(model, head, features, items, packed=True)
        loss.sum().backward()
        found.append((loss.detach(), [p.grad.clone() for p in model.parameters()]))
    torch.testing.assert_close(*found)


def test_the_score_of_an_answer_is_its_log_probability():
    model, features = tiny_decoder.causal(), made(n=5)
    head = next_token.head_of(model)
    options = {"token_budget": 100, "precision": "fp32"}
    scores = prediction.predict(model.base_model, head, features, **options)
    for item, values in enumerate(scores):
        part = slice(*features.offsets[item : item + 2])
        ids = torch.from_numpy(features.ids[part].astype(np.int64))
        learnt = np.flatnonzero(features.labels[part] != IGNORED)
        with torch.inference_mode():
            log = model(input_ids=ids[None]).logits[0].log_softmax(-1)
        want = [float(log[place - 1, ids[place]]) for place in learnt]
        np.testing.assert_allclose(values, want, atol=1e-4)


def test_logits_that_are_altered_afterwards_are_refused():
    model = tiny_decoder.causal()
    inner = model.lm_head.forward
    model.lm_head.forward = lambda x: inner(x) * 0.5
    with pytest.raises(UserError, match="type 'llama' alters its logits"):
        next_token.head_of(model)


# ---------------------------------------------------------------------------- adapters


def moved(model, seed=3):
    """Adapters of which none is 0 any more."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            assert "lora_" in name
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.data.add_(0.1 * noise)
    return model


def logits(model):
    with torch.inference_mode():
        return model(input_ids=torch.arange(20)[None]).logits


def test_fresh_adapters_change_nothing_and_stand_at_every_projection():
    model = tiny_decoder.causal()
    before = logits(model)
    both = adapters.adapted(model, LORA, seed=1)
    assert adapters.inner(both) is model
    torch.testing.assert_close(logits(model), before)
    names = {n.rsplit(".", 3)[0] for n, p in both.named_parameters() if p.requires_grad}
    kinds = {name.rsplit(".", 1)[1] for name in names}
    assert kinds == {"q_proj", "k_proj", "v_proj", "o_proj",
                     "gate_proj", "up_proj", "down_proj"}  # fmt: skip
    per_layer = 4 * sum([32 + 32, 32 + 16, 32 + 16, 32 + 32, *[32 + 64] * 3])
    assert adapters.trainable(both) == 2 * per_layer


def test_adapters_come_from_their_seed_and_leave_the_generator_alone():
    models = [tiny_decoder.causal() for _ in range(3)]
    state = torch.get_rng_state()
    one, same, other = (
        adapters.adapted(model, LORA, seed=seed).state_dict()
        for model, seed in zip(models, (1, 1, 2))
    )
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_saved_adapters_are_small_and_load_as_a_model(tmp_path):
    both = moved(adapters.adapted(tiny_decoder.causal(), LORA, seed=1))
    want, folder = logits(adapters.inner(both)), tmp_path / "model"
    adapters.save(both, "tiny-lm", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        adapters.CONFIG, "adapter_model.safetensors"]  # fmt: skip
    assert adapters.base_of(folder) == "tiny-lm"
    assert adapters.base_of(tmp_path) is None
    again = adapters.merged(tiny_decoder.causal(), folder)
    assert type(again) is type(tiny_decoder.causal())
    torch.testing.assert_close(logits(again), want, atol=1e-4, rtol=1e-4)
    assert not any("lora" in name for name, _ in again.named_parameters())


def test_adapters_of_another_model_or_damaged_ones_are_named(tmp_path):
    both = adapters.adapted(tiny_decoder.causal(), LORA, seed=1)
    adapters.save(both, "tiny-lm", tmp_path / "model")
    with pytest.raises(UserError, match=r"cannot load the adapters in .*train them"):
        adapters.merged(tiny_decoder.causal(hidden_size=16), tmp_path / "model")
    (tmp_path / "model" / adapters.CONFIG).write_text(json.dumps({}))
    with pytest.raises(UserError, match="cannot load the adapters in"):
        adapters.base_of(tmp_path / "model")


def test_full_tuning_takes_the_model_as_it_is():
    model = tiny_decoder.causal()
    assert adapters.adapted(model, FULL, seed=1) is model
    assert adapters.inner(model) is model
    assert adapters.trainable(model) == sum(p.numel() for p in model.parameters())
