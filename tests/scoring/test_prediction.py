from __future__ import annotations

import logging
import os
import signal

import numpy as np
import pytest
import tiny
import torch

from xitt.errors import UserError
from xitt.inputs import features, tokenising
from xitt.models import encoding, heads
from xitt.scoring import decoding, keeping, prediction
from xitt.tasks import registry

TOKENIZER = tiny.tokenizer()
KINDS = ["classification", "choice", "tagging", "span"]


def make(kind, n=30, seed=0):
    options = {"max_length": 24, "doc_stride": 4}
    return tokenising.make(kind, tiny.rows(kind, n, seed), TOKENIZER, **options)


def predict(encoder, head, made, token_budget=10_000):
    options = {"token_budget": token_budget, "precision": "fp32"}
    return prediction.predict(encoder, head, made, **options)


@pytest.mark.parametrize("family", tiny.ENCODERS)
@pytest.mark.parametrize("kind", KINDS)
def test_predictions_do_not_depend_on_the_batches(kind, family):
    made, encoder = make(kind), tiny.ENCODERS[family](dropout=0.1)
    head = heads.head_for(encoder, kind, tiny.LABELS[kind], seed=0)
    large, small = (predict(encoder, head, made, budget) for budget in (10_000, 60))
    assert len(large) == len(made)
    for a, b in zip(large, small):
        assert a.shape == b.shape
        assert np.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_languages_predicted_together_are_those_predicted_alone(kind):
    encoder = tiny.bert()
    head = heads.head_for(encoder, kind, tiny.LABELS[kind], seed=0)
    made = {lang: make(kind, 10, seed) for seed, lang in enumerate(["de", "sw"])}
    both = prediction.predict_all(encoder, head, made, precision="fp32")
    for lang, own in made.items():
        alone = predict(encoder, head, own)
        assert len(both[lang]) == len(own)
        assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(both[lang], alone))


def test_no_items_give_no_predictions():
    encoder = tiny.bert()
    head = heads.head_for(encoder, "tagging", 3, seed=0)
    empty = features.select(make("tagging"), np.array([], dtype=int))
    assert predict(encoder, head, empty) == []


def test_every_word_of_every_sentence_gets_a_tag():
    rows = [
        {"tokens": ["the", "ox", "sat", "\x07", "zebra", "cat"], "tags": [0] * 6},
        {"tokens": [], "tags": []},
        {"tokens": ["dog"], "tags": [0]},
    ]
    made = tokenising.make("tagging", rows, TOKENIZER, max_length=7)
    assert len(made) > 3
    encoder = tiny.bert()
    head = heads.head_for(encoder, "tagging", 3, seed=0)
    tags = decoding.decode_tags(predict(encoder, head, made), made)
    assert [len(t) for t in tags] == [6, 0, 1]


def test_labels_are_the_likeliest():
    logits = [np.array([0.1, 2.0, 0.3]), np.array([5.0, 1.0, 2.0, 3.0, 4.0])]
    assert decoding.decode_labels(logits) == [1, 0]


# --------------------------------------------------------------------------- answers

CONTEXT = "the cat sat on the mat and the dog ran"


def question(contexts=(CONTEXT,), max_length=40):
    rows = [
        {"question": "a", "context": c, "answers": [], "starts": []} for c in contexts
    ]
    options = {"max_length": max_length, "doc_stride": 2}
    return tokenising.make("span", rows, TOKENIZER, **options)


def scored(made, *, null=0.0, **scores):
    """Logits of -9 except for the first token and (start, end) of given words."""
    logits = []
    for item in range(len(made)):
        span = slice(made.offsets[item], made.offsets[item + 1])
        words = TOKENIZER.convert_ids_to_tokens(made.ids[span])
        values = np.full((len(words), 2), -9.0, dtype=np.float32)
        values[0] = null
        for at, word in enumerate(words):
            if at > 2 and word.strip("▁") in scores:
                values[at] = scores[word.strip("▁")]
        logits.append(values)
    return logits


def decode(logits, made, contexts=(CONTEXT,), **options):
    return decoding.decode_spans(logits, made, contexts, **options)


def test_an_answer_runs_from_the_best_start_to_the_best_end_after_it():
    made = question()
    logits = scored(made, cat=(5, 0), on=(0, 4), dog=(4, 0))
    assert decode(logits, made) == ["cat sat on"]


def test_an_end_before_the_start_is_no_answer():
    made = question()
    # mat..cat would score 10 and is backwards; mat..mat scores 5 and cat..cat 4
    logits = scored(made, mat=(5, 0), cat=(-1, 5))
    assert decode(logits, made) == ["mat"]


def test_an_answer_is_no_longer_than_allowed():
    made = question()
    logits = scored(made, cat=(5, 0), ran=(0, 5))
    assert decode(logits, made) == ["cat sat on the mat and the dog ran"]
    assert decode(logits, made, max_answer_tokens=3) == ["cat"]


def test_an_answer_never_comes_from_the_question():
    rows = [
        {"question": "a big dog", "context": "the cat", "answers": [], "starts": []}
    ]
    made = tokenising.make("span", rows, TOKENIZER, max_length=40, doc_stride=2)
    logits = [np.zeros((made.widths[0], 2), dtype=np.float32)]
    logits[0][2] = 9.0  # a word of the question
    assert decode(logits, made, ["the cat"])[0] in ("the", "cat", "the cat")


def test_no_answer_wins_only_where_it_is_asked_for_and_by_more_than_the_threshold():
    made = question()
    logits = scored(made, null=3.0, mat=(2, 2))
    assert decode(logits, made) == ["mat"]
    assert decode(logits, made, no_answer=True) == [""]
    # null scores 6, the span 4: ahead by 2
    assert decode(logits, made, no_answer=True, null_threshold=2.0) == ["mat"]


@pytest.mark.parametrize(("task", "answer"), [("xquad", "mat"), ("squad_v2", "")])
def test_the_task_says_whether_a_question_may_have_no_answer(task, answer):
    """Not its rows: one without an answer must not blank the others."""
    made = question()
    logits = scored(made, null=3.0, mat=(2, 2))
    rows = {"context": [CONTEXT], "answers": [[]]}
    entry = registry.get(task)
    assert decoding.answer_of_each(entry, logits, made, rows, ()) == [answer]


def test_the_best_window_gives_the_answer_and_the_least_null_score_counts():
    made = question(max_length=9)
    assert len(made) > 2
    logits = scored(made, null=3.0, mat=(2, 2), ran=(4, 4))
    assert decode(logits, made) == ["ran"]
    logits[1][0] = -9.0  # one window is sure that there is an answer
    assert decode(logits, made, no_answer=True) == ["ran"]


def test_each_row_is_answered_from_its_own_context():
    contexts = ["the cat", "a mat"]
    made = question(contexts)
    assert decode(scored(made, cat=(1, 1), mat=(1, 1)), made, contexts) == [
        "cat",
        "mat",
    ]


def test_answers_agree_with_the_rules_of_the_reference_on_random_logits():
    rng = np.random.default_rng(0)
    rows = tiny.rows("span", 20)
    contexts = [row["context"] for row in rows]
    made = tokenising.make("span", rows, TOKENIZER, max_length=24, doc_stride=4)
    logits = [rng.normal(size=(n, 2)).astype(np.float32) for n in made.widths]
    options = {"n_best": 5, "max_answer_tokens": 4}
    for no_answer in (False, True):
        got = decode(logits, made, contexts, no_answer=no_answer, **options)
        assert got == [
            by_the_rules(logits, made, row, contexts[row], no_answer, **options)
            for row in range(20)
        ]


def by_the_rules(logits, made, row, context, no_answer, n_best, max_answer_tokens):
    """The loops of run_qa's postprocessing, written out."""
    spans, null = [], None
    for item in np.flatnonzero(made.rows == row):
        where = made.chars[made.offsets[item] : made.offsets[item + 1]]
        start, end = logits[item].T
        if null is None or null > start[0] + end[0]:
            null = start[0] + end[0]
        for s in np.argsort(start)[-1 : -n_best - 1 : -1]:
            for e in np.argsort(end)[-1 : -n_best - 1 : -1]:
                inside = where[s, 0] >= 0 and where[e, 0] >= 0
                if inside and s <= e and e - s + 1 <= max_answer_tokens:
                    text = context[where[s, 0] : where[e, 1]]
                    spans.append((start[s] + end[e], text))
    if not spans:
        return ""
    score, text = max(spans, key=lambda span: span[0])
    return "" if no_answer and null - score > 0 else text


# ------------------------------------------------------------------------ embeddings


@pytest.mark.parametrize("family", tiny.ENCODERS)
def test_embeddings_of_every_layer_are_means_over_the_tokens(family):
    encoder = tiny.ENCODERS[family]()
    texts = ["the cat", "a dog sat on the mat", "the cat"]
    made = tokenising.sentences(texts, TOKENIZER, max_length=20)
    got = prediction.embed(encoder, made, precision="fp32")
    assert got.shape == (3, 3, 32)
    assert got.dtype == np.float32
    for i, text in enumerate(texts):
        with torch.no_grad():
            ids = TOKENIZER(text, return_tensors="pt").input_ids
            states = encoder(ids, output_hidden_states=True).hidden_states
        for layer, state in enumerate(states):
            assert np.allclose(got[layer, i], state[0].mean(0), atol=1e-5)
    one = prediction.embed(encoder, made, layers=[1], pooling="cls", precision="fp32")
    assert np.allclose(one[0, 2], one[0, 0])
    assert not np.allclose(one[0], got[1], atol=1e-3)


def test_equal_sentences_are_computed_once(monkeypatch):
    made = tokenising.sentences(["the cat"] * 50 + ["a"], TOKENIZER, max_length=9)
    encoder, seen = tiny.bert(), []
    encoder.register_forward_hook(
        lambda *a: seen.append(a[2].last_hidden_state.shape[1])
    )
    prediction.embed(encoder, made, precision="fp32")
    assert sum(seen) == 4 + 3  # tokens of one "the cat" and of one "a"


def test_long_sentences_are_cut_and_counted():
    made = tokenising.sentences(
        ["the cat sat on the mat", "a"], TOKENIZER, max_length=5
    )
    assert made.lengths.tolist() == [5, 3]
    assert made.truncated == 1


def test_unknown_layers_and_poolings_are_refused():
    made = tokenising.sentences(["a"], TOKENIZER, max_length=5)
    with pytest.raises(UserError, match="layers 0 to 2"):
        prediction.embed(tiny.bert(), made, layers=[3])
    with pytest.raises(UserError, match="did you mean 'mean'"):
        prediction.embed(tiny.bert(), made, pooling="meen")


def test_out_of_memory_halves_the_batch_and_changes_nothing(monkeypatch, caplog):
    made, encoder = make("tagging"), tiny.bert()
    head = heads.head_for(encoder, "tagging", 3, seed=0)
    want = predict(encoder, head, made)
    whole = encoding.encode

    def small_memory(encoder, batch, layers=False):
        if batch["input_ids"].numel() > 200:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(encoder, batch, layers)

    monkeypatch.setattr(prediction, "encode", small_memory)
    with caplog.at_level(logging.WARNING):
        got = predict(encoder, head, made)
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(got, want))
    assert "out of memory" in caplog.text


# --------------------------------------------------------------- evaluation that is cut


class Cut(Exception):
    """A kill between two batches."""


def cut_after(monkeypatch, n, stop):
    """`stop` before batch n of an evaluation is computed; returns the batches begun."""
    whole, begun = prediction.encode, []

    def encode(*arguments):
        begun.append(1)
        if len(begun) == n:
            stop()
        return whole(*arguments)

    monkeypatch.setattr(prediction, "encode", encode)
    return begun


def killed():
    raise Cut


def told():
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)  # a cluster tells more than once


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("stop", "left"), [(killed, 0), (told, 1)])
def test_an_evaluation_that_is_cut_goes_on_with_the_batch_it_was_at(
    tmp_path, monkeypatch, kind, stop, left
):
    made, encoder = make(kind), tiny.bert()
    head = heads.head_for(encoder, kind, tiny.LABELS[kind], seed=0)
    options = {"token_budget": 60, "precision": "fp32"}
    begun = cut_after(monkeypatch, 10**9, killed)
    want = prediction.predict(encoder, head, made, **options)
    batches = len(begun)
    monkeypatch.undo()
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    with monkeypatch.context() as patched, pytest.raises((Cut, KeyboardInterrupt)):
        cut_after(patched, 4, stop)
        prediction.predict(encoder, head, made, **options, folder=tmp_path)
    begun = cut_after(monkeypatch, 10**9, killed)
    got = prediction.predict(encoder, head, made, **options, folder=tmp_path)
    assert len(begun) == batches - 3 - left
    assert all(np.array_equal(a, b) for a, b in zip(got, want, strict=True))
    keeping.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_of_other_weights_items_or_budgets_is_not_read(tmp_path):
    made, encoder = make("classification"), tiny.bert()
    head = heads.head_for(encoder, "classification", 3, seed=0)
    own = {"encoder": encoder, "head": head, "features": made}
    own["options"] = {"token_budget": 60, "precision": "fp32"}

    def kept(**changes):
        identity = prediction._identity(**own | changes)
        return keeping.Kept(tmp_path, lambda: identity)

    for changes in (
        {"encoder": tiny.bert(seed=1)},
        {"head": heads.head_for(encoder, "classification", 3, seed=1)},
        {"features": make("classification", seed=1)},
        {"options": {"token_budget": 61, "precision": "fp32"}},
    ):
        store = kept()
        store.add(np.arange(3), np.ones((3, 3)))
        store.write()
        assert len(list(kept().read())) == 1
        assert list(kept(**changes).read()) == []
        assert list(kept().read()) == []  # it went
