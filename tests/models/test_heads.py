from __future__ import annotations

import json

import numpy as np
import pytest
import tiny
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    XLMRobertaForMaskedLM,
    XLMRobertaForQuestionAnswering,
    XLMRobertaForSequenceClassification,
    XLMRobertaForTokenClassification,
)

from xitt.errors import UserError
from xitt.inputs import batching, collation, masking, tokenising
from xitt.inputs.features import IGNORED
from xitt.models import heads, mlm_head
from xitt.models.encoding import encode

TOKENIZER = tiny.tokenizer()
KINDS = ["classification", "choice", "tagging", "span", "text"]


def make(kind, n=12):
    options = {"max_length": 40, "doc_stride": 8}
    made = tokenising.make(kind, tiny.rows(kind, n), TOKENIZER, **options)
    if kind != "text":
        return made
    special = np.array(sorted(TOKENIZER.all_special_ids))
    rng, vocabulary = np.random.default_rng(0), np.arange(5, 40)
    return masking.masked(
        made,
        np.arange(len(made)),
        rng,
        mask_id=TOKENIZER.mask_token_id,
        special_ids=special,
        vocabulary=vocabulary,
    )


def losses(encoder, head, made, items):
    batch = collation.collate(made, items)
    weight = (encoder.get_input_embeddings().weight,) if made.kind == "text" else ()
    logits = head(encode(encoder, batch).flatten(0, 1), batch, *weight)
    return logits, head.loss(logits, batch)


def gradient(encoder, head, made, batches):
    """Of one step over the items in `batches`, as training takes it."""
    encoder.zero_grad()
    head.zero_grad()
    units = batching.loss_units(made, np.concatenate(batches))
    for items in batches:
        (losses(encoder, head, made, items)[1].sum() / units).backward()
    parameters = [*encoder.parameters(), *head.parameters()]
    return torch.cat([p.grad.flatten() for p in parameters if p.grad is not None])


@pytest.mark.parametrize("family", tiny.ENCODERS)
@pytest.mark.parametrize("kind", KINDS)
def test_micro_batches_add_up_to_the_gradient_of_the_plain_padded_batch(kind, family):
    made, encoder = make(kind), tiny.ENCODERS[family]()
    head = heads.head_for(encoder, kind, tiny.LABELS[kind], seed=1)
    items = np.random.default_rng(0).permutation(len(made))
    cut = batching.micro_batches(items, made.widths, 80, made.counts, overhead=1)
    assert len(cut) > 2
    plain = gradient(encoder, head, made, [items])
    difference = gradient(encoder, head, made, cut) - plain
    assert plain.norm() > 0
    assert difference.norm() < 1e-4 * plain.norm()  # float32, with cancellation


def reference(model_class, seed=0, **options):
    torch.manual_seed(seed)
    shape = tiny.shape() | {"type_vocab_size": 1, **options}
    config = model_class.config_class(**shape)
    return model_class(config).eval()


def padded(made, items):
    batch = collation.collate(made, items)
    return {name: batch[name] for name in ("input_ids", "attention_mask")}


def test_classification_is_that_of_transformers():
    model = reference(XLMRobertaForSequenceClassification, num_labels=3)
    made, items = make("classification"), np.arange(8)
    head = heads.make_head("classification", 32, 3, seed=0).eval()
    head.dense.load_state_dict(model.classifier.dense.state_dict())
    head.out.load_state_dict(model.classifier.out_proj.state_dict())
    logits, each = losses(model.roberta, head, made, items)
    labels = torch.from_numpy(made.labels[items])
    want = model(**padded(made, items), labels=labels)
    assert torch.allclose(logits, want.logits, atol=1e-6)
    assert torch.allclose(each.mean(), want.loss, atol=1e-6)


def test_tagging_is_that_of_transformers():
    model = reference(XLMRobertaForTokenClassification, num_labels=3)
    made, items = make("tagging"), np.arange(8)
    head = heads.make_head("tagging", 32, 3, seed=0).eval()
    head.out.load_state_dict(model.classifier.state_dict())
    _, each = losses(model.roberta, head, made, items)
    labels = torch.full_like(padded(made, items)["input_ids"], IGNORED)
    for row, item in enumerate(items):
        own = made.labels[made.offsets[item] : made.offsets[item + 1]]
        labels[row, : len(own)] = torch.from_numpy(own)
    want = model(**padded(made, items), labels=labels)
    units = batching.loss_units(made, items)
    assert torch.allclose(each.sum() / units, want.loss, atol=1e-6)


def test_spans_are_those_of_transformers_without_padding():
    model = reference(XLMRobertaForQuestionAnswering)
    made = make("span", 60)
    items = np.flatnonzero(made.widths == np.bincount(made.widths).argmax())[:6]
    head = heads.make_head("span", 32, seed=0)
    head.out.load_state_dict(model.qa_outputs.state_dict())
    logits, each = losses(model.roberta, head, made, items)
    first, last = torch.from_numpy(made.labels[items]).T
    want = model(**padded(made, items), start_positions=first, end_positions=last)
    assert torch.allclose(logits[..., 0], want.start_logits, atol=1e-6)
    assert torch.allclose(each.mean(), want.loss, atol=1e-6)


def as_saved(model, folder):
    model.save_pretrained(folder)


def in_shards(model, folder):
    model.save_pretrained(folder, max_shard_size="20KB")
    assert len(list(folder.glob("*.safetensors"))) > 2


def in_a_pickle(model, folder):
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")


def in_shards_of_pickles(model, folder):
    model.config.save_pretrained(folder)
    state = list(model.state_dict().items())
    weights = {}
    for at, part in enumerate((state[::2], state[1::2])):
        torch.save(dict(part), folder / f"pytorch_model-{at}.bin")
        weights |= {name: f"pytorch_model-{at}.bin" for name, _ in part}
    index = json.dumps({"metadata": {}, "weight_map": weights})
    (folder / "pytorch_model.bin.index.json").write_text(index)


def under_old_names(model, folder):
    """As the first checkpoints: norms of gamma and beta, the decoder not stored."""
    model.config.save_pretrained(folder)
    new = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    state = {}
    for name, values in model.state_dict().items():
        for now, then in new.items():
            name = name.replace(now, then)
        if ".decoder." not in name:
            state[name] = values
    torch.save(state, folder / "pytorch_model.bin")


@pytest.mark.parametrize("make_model", [XLMRobertaForMaskedLM, BertForMaskedLM])
@pytest.mark.parametrize(
    "store",
    [as_saved, in_shards, in_a_pickle, in_shards_of_pickles, under_old_names],
)
def test_masked_lm_is_that_of_transformers_with_its_pretrained_head(
    tmp_path, make_model, store
):
    model = reference(make_model)
    torch.nn.init.normal_(model.get_output_embeddings().bias)
    store(model, tmp_path)
    made, items = make("text"), np.arange(8)
    head = heads.head_for(model.base_model, "text", seed=0)
    assert mlm_head.load_mlm(head, tmp_path)
    logits, each = losses(model.base_model, head, made, items)
    batch = collation.collate(made, items)
    want = model(**padded(made, items)).logits.flatten(0, 1)[batch["tokens"]]
    assert torch.allclose(logits, want, atol=1e-5)
    want = torch.nn.functional.cross_entropy(want, batch["labels"], reduction="none")
    assert torch.allclose(each, want, atol=1e-5)


@pytest.mark.parametrize(
    "change", [{"tie_word_embeddings": False}, {"hidden_act": "relu"}]
)
def test_a_masked_lm_head_that_computes_something_else_is_not_taken(tmp_path, change):
    model = BertForMaskedLM(BertConfig(**tiny.shape(), **change))
    model.save_pretrained(tmp_path)
    head = heads.head_for(model.base_model, "text", seed=0)
    before = head.dense.weight.clone()
    assert not mlm_head.load_mlm(head, tmp_path)
    assert torch.equal(head.dense.weight, before)


def test_a_checkpoint_without_a_masked_lm_head_leaves_the_head_fresh(tmp_path):
    encoder = tiny.bert()
    encoder.save_pretrained(tmp_path)
    head = heads.head_for(encoder, "text", seed=0)
    before = head.dense.weight.clone()
    assert not mlm_head.load_mlm(head, tmp_path)
    assert torch.equal(head.dense.weight, before)


def test_a_masked_lm_head_of_another_size_is_refused(tmp_path):
    reference(XLMRobertaForMaskedLM).save_pretrained(tmp_path)
    with pytest.raises(UserError, match=r"bias has shape \(120,\), not \(50,\)"):
        mlm_head.load_mlm(heads.make_head("text", 32, 50, seed=0), tmp_path)


def test_choices_compete_within_their_question_only():
    made, encoder = make("choice"), tiny.bert()
    head = heads.head_for(encoder, "choice", seed=0)
    items = np.array([1, 0])  # five choices, then four
    logits, each = losses(encoder, head, made, items)
    assert logits.shape == (2, 5)
    assert torch.isneginf(logits[1, 4])
    right = made.labels[items]
    own = [logits[0, :5], logits[1, :4]]
    want = [-x.log_softmax(0)[right[i]].item() for i, x in enumerate(own)]
    assert each.tolist() == pytest.approx(want, abs=1e-5)


def test_a_word_of_unknown_tag_costs_nothing():
    rows = [{"tokens": ["the", "cat"], "tags": [1, IGNORED]}]
    made = tokenising.make("tagging", rows, TOKENIZER, max_length=20)
    encoder = tiny.bert()
    head = heads.head_for(encoder, "tagging", 3, seed=0)
    _, each = losses(encoder, head, made, np.array([0]))
    assert each[0] > 0
    assert each[1] == 0


def test_a_head_is_drawn_from_its_seed():
    one, same, other = (heads.make_head("tagging", 64, 9, seed=s) for s in (1, 1, 2))
    assert torch.equal(one.out.weight, same.out.weight)
    assert not torch.equal(one.out.weight, other.out.weight)
    assert float(one.out.weight.detach().std()) == pytest.approx(0.02, rel=0.2)
    assert not one.out.bias.any()


def test_the_head_takes_size_and_dropout_from_the_encoder():
    head = heads.head_for(tiny.xlmr(dropout=0.3), "classification", 5, seed=0)
    assert (head.out.in_features, head.out.out_features) == (32, 5)
    assert head.dropout.p == 0.3
    mlm = heads.head_for(tiny.xlmr(), "text", seed=0)
    assert mlm.bias.shape == (tiny.ROWS,)


def test_an_unknown_kind_of_head_is_refused():
    with pytest.raises(UserError, match="did you mean 'choice'"):
        heads.make_head("choise", 32, 2, seed=0)
