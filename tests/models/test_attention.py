"""Packed batches: the same numbers as one sequence at a time, and nothing across."""

from __future__ import annotations

import numpy as np
import pytest
import small_training
import tiny
import torch
from torch.nn import functional as F

from xitt.inputs import collation, packing, tokenising
from xitt.models import attention, dropout, encoding, heads
from xitt.models.encoding import encode
from xitt.scoring import prediction

TOKENIZER = tiny.tokenizer()
KINDS = ["classification", "choice", "tagging", "span"]


def make(kind, n=12):
    options = {"max_length": 40, "doc_stride": 8}
    return tokenising.make(kind, tiny.rows(kind, n), TOKENIZER, **options)


def values(encoder, head, made, items, packed):
    batch = collation.collate(made, items, packed=packed)
    logits = head(encode(encoder, batch).flatten(0, 1), batch)
    return logits, head.loss(logits, batch)


@pytest.mark.parametrize("family", tiny.ENCODERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_packed_batch_gives_what_a_padded_one_gives(family, kind):
    encoder, made = tiny.ENCODERS[family](), make(kind)
    head = heads.head_for(encoder, kind, tiny.LABELS[kind], seed=0).eval()
    items = np.arange(len(made))[::-1].copy()
    found, gradients = [], []
    for packed in (False, True):
        encoder.zero_grad()
        logits, loss = values(encoder, head, made, items, packed)
        loss.sum().backward()
        found.append((logits.detach(), loss.detach()))
        gradients.append(torch.cat([p.grad.flatten() for p in encoder.parameters()]))
    for padded, packed in zip(*found):
        torch.testing.assert_close(padded, packed, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(*gradients, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize(("precision", "atol"), [("fp32", 1e-5), ("bf16", 1e-2)])
@pytest.mark.parametrize("family", tiny.ENCODERS)
def test_a_sequence_of_a_packed_batch_is_what_it_is_alone(family, precision, atol):
    encoder, made = tiny.ENCODERS[family](), make("tagging")
    head = heads.head_for(encoder, "tagging", 3, seed=0).eval()
    together = prediction.predict(encoder, head, made, precision=precision)
    for item in range(len(made)):
        batch = collation.collate(made, np.array([item]), packed=True)
        alone = head(encode(encoder, batch).flatten(0, 1), batch).detach().numpy()
        np.testing.assert_allclose(together[item], alone, atol=atol)


def test_no_sequence_sees_another():
    encoder, made = tiny.xlmr(), make("tagging", 6)
    batch = collation.collate(made, np.arange(6), packed=True)
    embedded = []

    def keep(module, inputs, output):
        output.retain_grad()
        embedded.append(output)

    encoder.embeddings.register_forward_hook(keep)
    hidden = encode(encoder, batch)
    offsets = batch["packing"].offsets.tolist()
    hidden[0, offsets[2] : offsets[3]].sum().backward()
    reached = embedded[0].grad[0].abs().sum(dim=1) > 0
    assert reached[offsets[2] : offsets[3]].all()
    assert not reached[: offsets[2]].any() and not reached[offsets[3] :].any()


def test_positions_of_xlmr_begin_after_its_padding_id():
    encoder, made = tiny.xlmr(), make("tagging", 4)
    seen = []
    encoder.embeddings.position_embeddings.register_forward_hook(
        lambda module, inputs, output: seen.append(inputs[0])
    )
    encode(encoder, collation.collate(made, np.arange(4), packed=True))
    lengths = sorted(made.lengths.tolist(), reverse=True)
    assert seen[0][0].tolist() == [n for size in lengths for n in range(2, size + 2)]


def test_attention_takes_equal_lengths_together_and_pads_little(monkeypatch):
    monkeypatch.setitem(collation.GROUPING, "cpu", 3)
    lengths = np.array([4, 9, 9, 8, 4, 9])
    first, groups = collation._packed_places(lengths, "cpu")
    assert groups == [4, 2]  # 9 9 9 8 | 4 4
    assert first.tolist() == [35, 0, 9, 27, 39, 18]
    monkeypatch.setitem(collation.CELLS, "cpu", 2 * 81)
    assert collation._packed_places(lengths, "cpu")[1] == [2, 2, 2]
    monkeypatch.setitem(collation.CELLS, "cpu", 1)
    assert collation._packed_places(lengths, "cpu")[1] == [1] * 6


@pytest.mark.parametrize("length", [64, 128, 256, 384, 512])
def test_a_gpu_attends_to_a_whole_micro_batch_at_once(length):
    """A cache's worth of weights is one sequence a call, in every layer."""
    lengths = np.full(16384 // length, length)
    assert len(collation._packed_places(lengths, "cuda")[1]) == 1
    if length > 128:
        assert len(collation._packed_places(lengths, "cpu")[1]) == len(lengths)


def test_a_gpu_pads_lengths_to_each_other_for_a_share_of_the_tokens():
    lengths = np.random.default_rng(0).integers(10, 200, size=160)
    groups = collation._packed_places(lengths, "cuda")[1]
    ordered = np.split(-np.sort(-lengths), np.cumsum(groups)[:-1])
    waste = [int((part[0] - part).sum()) for part in ordered]
    assert len(groups) <= 5 < len(collation._packed_places(lengths, "cpu")[1])
    assert max(waste) <= collation.GROUPING["cuda"]


@pytest.mark.parametrize("kind", KINDS)
def test_groups_as_a_gpu_takes_them_give_the_same_numbers(kind):
    encoder, made = tiny.xlmr(), make(kind, 60)
    head = heads.head_for(encoder, kind, tiny.LABELS[kind], seed=0).eval()
    items = np.arange(len(made))
    found = []
    for device in ("cpu", "cuda"):
        batch = collation.collate(made, items, packed=True, device=device)
        found.append((len(batch["packing"].groups),
                      head(encode(encoder, batch).flatten(0, 1), batch)))  # fmt: skip
    (many, one), (few, other) = found
    assert few < many
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_training_on_a_gpu_makes_few_calls_of_attention(monkeypatch):
    calls = []
    attend = attention._attend

    def counted(*arguments):
        calls.append(arguments)
        return attend(*arguments)

    monkeypatch.setattr(attention, "_attend", counted)
    data = {"task": small_training.make(n=32)}
    small_training.fit(data, tiny.xlmr(dropout=0.1), epochs=1, batch=32)
    assert 0 < len(calls) <= 2 * tiny.shape()["num_hidden_layers"]


def test_a_model_that_takes_packed_batches_still_takes_padded_ones():
    ids = torch.tensor([[0, 5, 6, 7, 2], [0, 5, 2, 1, 1]])
    mask = (ids != 1).long()
    plain, installed = tiny.xlmr(), tiny.xlmr()
    plain.set_attn_implementation("sdpa")
    for inputs in ({"input_ids": ids, "attention_mask": mask}, {"input_ids": ids[:1]}):
        torch.testing.assert_close(
            plain(**inputs).last_hidden_state, installed(**inputs).last_hidden_state
        )


@pytest.mark.parametrize("masked", [False, True])
def test_the_next_token_of_a_text_attends_as_heads_that_are_not_shared_do(masked):
    torch.manual_seed(0)
    query, key, value = (torch.randn(3, n, m, 8) for n, m in ((6, 1), (2, 9), (2, 9)))
    mask = torch.arange(9).expand(3, 1, 1, 9) >= torch.tensor([0, 4, 8]).view(
        3, 1, 1, 1
    )
    mask = mask if masked else None
    own, _ = attention.forward(torch.nn.Module(), query, key, value, mask, scaling=0.3)
    each = (x.repeat_interleave(3, dim=1) for x in (key, value))
    wanted = F.scaled_dot_product_attention(query, *each, mask, scale=0.3)
    torch.testing.assert_close(own, wanted.transpose(1, 2))


def test_an_encoder_of_another_kind_is_left_as_it_is():
    class Other:
        class config:
            model_type = "modernbert"
            _attn_implementation = "sdpa"

    attention.install(Other)
    assert not attention.packs(Other)


@pytest.mark.parametrize("masked", [False, True])
def test_dropped_attention_is_attention_with_the_weights_dropped(masked):
    torch.manual_seed(3)
    q, k, v = (torch.randn(2, 3, 7, 4, requires_grad=True) for _ in range(3))
    mask = torch.zeros(2, 1, 1, 7)
    mask[1, ..., 5:] = float("-inf")
    mask = mask if masked else None
    out = attention._DroppedAttention.apply(q, k, v, mask, 0.5, 0.3)
    pull = torch.randn_like(out)
    found = torch.autograd.grad(out, (q, k, v), pull)
    torch.manual_seed(3)
    for _ in range(3):
        torch.randn(2, 3, 7, 4)
    keep = dropout.kept((2, 3, 7, 7), 0.3)
    scores = q @ k.transpose(-1, -2) * 0.5
    weights = torch.softmax(scores if mask is None else scores + mask, dim=-1)
    reference = (weights * keep / 0.7) @ v
    torch.testing.assert_close(out, reference)
    torch.testing.assert_close(found, torch.autograd.grad(reference, (q, k, v), pull))


def test_gradients_pass_through_padding_and_back():
    lengths = np.array([3, 2])
    group = packing.layout(lengths, [2]).groups[0]
    x = torch.randn(5, 2, requires_grad=True, dtype=torch.float64)

    def there_and_back(x):
        padded = attention._Rows.apply(x, group.pad, group.unpad)
        return attention._Rows.apply(padded * 2, group.unpad, group.pad)

    torch.testing.assert_close(there_and_back(x), x * 2)
    assert torch.autograd.gradcheck(there_and_back, (x,))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("family", tiny.ENCODERS)
def test_varlen_attention_on_a_gpu_gives_what_padding_gives(family):
    encoder, made = tiny.ENCODERS[family]().cuda().bfloat16(), make("classification")
    first = []
    for packed in (False, True):
        batch = collation.collate(made, np.arange(len(made)), packed=packed)
        batch = encoding.to_device(batch, torch.device("cuda"))
        hidden = encode(encoder, batch).flatten(0, 1)
        first.append(hidden[batch["first"]].float())
    torch.testing.assert_close(*first, atol=0.05, rtol=0.05)


# ------------------------------------------------------------------------- dropout


@pytest.mark.parametrize("p", [0.1, 0.5])
def test_cheap_dropout_drops_the_share_and_keeps_the_mean(p):
    torch.manual_seed(0)
    x = torch.ones(301, 333, requires_grad=True)
    out = dropout.CheapDropout(p).train()(x)
    dropped = (out == 0).float().mean().item()
    assert abs(dropped - p) < 0.005
    assert torch.equal(out[out != 0], torch.full_like(out[out != 0], 1 / (1 - p)))
    out.sum().backward()
    assert torch.equal(x.grad, out.detach())


def test_cheap_dropout_is_decided_by_the_seed_and_off_in_evaluation():
    module, x = dropout.CheapDropout(0.5).train(), torch.ones(50)
    torch.manual_seed(1)
    first = module(x)
    torch.manual_seed(1)
    assert torch.equal(first, module(x)) and not torch.equal(first, module(x))
    assert module.eval()(x) is x


def test_dropout_is_cheap_inside_and_as_it_was_after():
    encoder = tiny.bert(dropout=0.2)
    before = [type(m) for m in encoder.modules()]
    with dropout.cheap(encoder, where=torch.device("cpu")):
        kinds = {type(m) for m in encoder.modules()}
        assert dropout.CheapDropout in kinds and torch.nn.Dropout not in kinds
    assert [type(m) for m in encoder.modules()] == before
    with dropout.cheap(encoder, where=torch.device("cuda")):
        assert [type(m) for m in encoder.modules()] == before


def test_dropout_masks_are_independent_between_neighbours():
    torch.manual_seed(0)
    keep = dropout.kept((1_000_000,), 0.5).float() - 0.5
    for lag in (1, 2, 3, 4, 8):
        assert abs((keep[lag:] * keep[:-lag]).mean().item()) < 0.001
    assert F.relu(keep).mean().item() == pytest.approx(0.25, abs=0.002)
