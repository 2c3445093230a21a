"""Log-likelihoods: those of one text after another, whatever is shared and batched."""

from __future__ import annotations

import numpy as np
import pytest
import tiny_lm
import torch

from xitt.errors import UserError
from xitt.inputs import prefix_trees
from xitt.models import attention
from xitt.scoring.causal import likelihood
from xitt.scoring.causal.likelihood import Likelihood, Request

FAMILIES = ["llama", "qwen2", "gemma3", "gpt2"]
WORDS = ["the", "cat", "sat", "on", "a", "mat", "end", "7", "é"]


def plain(model, tokenizer, request: Request) -> Likelihood:
    """As lm-evaluation-harness does, one text at a time and all logits."""
    context, continuation = request
    spaces = len(context) - len(context.rstrip())
    if spaces:
        continuation = context[-spaces:] + continuation
        context = context[:-spaces]
    if context:
        before = tokenizer(context)["input_ids"]
        wanted = tokenizer(context + continuation)["input_ids"][len(before) :]
    else:
        before, wanted = [tokenizer.eos_token_id], tokenizer(continuation)["input_ids"]
    ids = (before + wanted)[-(tiny_lm.POSITIONS + 1) :][:-1]
    with torch.inference_mode():
        logits = model(torch.tensor([ids])).logits[0, -len(wanted) :].log_softmax(-1)
    each = logits[range(len(wanted)), wanted]
    greedy = logits.argmax(-1).tolist() == wanted
    return Likelihood(float(each.sum()), len(wanted), greedy)


def requests(seed: int, n: int = 12) -> list[Request]:
    rng = np.random.default_rng(seed)

    def phrase(most: int) -> str:
        return " ".join(rng.choice(WORDS, size=rng.integers(1, most)))

    made = []
    for _ in range(n):
        context = phrase(8)
        made += [Request(context, " " + phrase(5)) for _ in range(rng.integers(1, 4))]
    return made


def close(ours: list[Likelihood], theirs: list[Likelihood]) -> None:
    assert [x.tokens for x in ours] == [x.tokens for x in theirs]
    assert [x.greedy for x in ours] == [x.greedy for x in theirs]
    totals = [np.array([x.total for x in some]) for some in (ours, theirs)]
    np.testing.assert_allclose(*totals, atol=1e-3, rtol=0)


def score(model, some, **options) -> list[Likelihood]:
    options = {"token_budget": 200, "precision": "fp32", **options}
    return likelihood.score(model, tiny_lm.tokenizer(), some, **options)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("budget", [1, 60, 5000])
def test_scores_are_those_of_one_text_at_a_time(family, budget):
    model, tokenizer = tiny_lm.model(family), tiny_lm.tokenizer()
    some = requests(seed=budget)
    theirs = [plain(model, tokenizer, each) for each in some]
    close(score(model, some, token_budget=budget), theirs)


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma3"])
def test_a_model_as_it_is_loaded_computes_a_shared_beginning_once(family, monkeypatch):
    model, tokenizer = tiny_lm.model(family), tiny_lm.tokenizer()
    some = requests(seed=5)
    theirs = [plain(model, tokenizer, each) for each in some]
    attention.install(model)  # as xitt.models.causal.load does
    members, real = [], likelihood._forward

    def seen(model, trees, encoded):
        members.extend(len(tree.members) for tree in trees)
        return real(model, trees, encoded)

    monkeypatch.setattr(likelihood, "_forward", seen)
    close(score(model, some), theirs)
    assert max(members) > 1


@pytest.mark.parametrize("family", FAMILIES)
def test_odd_requests_are_scored_as_the_harness_does(family):
    model, tokenizer = tiny_lm.model(family), tiny_lm.tokenizer()
    some = [
        Request("the cat ", "sat"),  # the space goes to the continuation
        Request("the cat \n ", " sat"),
        Request("", "the cat"),  # after the token that ends a text
        Request("   ", "sat"),
        Request("the cat", " sat"),
        Request("the cat", " sat"),  # twice the same
        Request("the c", "at sat"),  # merges over the border
        Request("the cat", "."),  # one token
        Request("a sat " * 30, "the end"),  # too long: its beginning is lost
        Request("the end", " a" * 31),
    ]
    close(score(model, some), [plain(model, tokenizer, each) for each in some])


def test_a_greedy_continuation_is_told():
    model, tokenizer = tiny_lm.model("llama"), tiny_lm.tokenizer()
    with torch.inference_mode():
        ids = tokenizer("the cat sat", return_tensors="pt")["input_ids"]
        best = tokenizer.decode(model(ids).logits[0, -1].argmax())
    found = score(model, [Request("the cat sat", best), Request("the cat sat", " on")])
    assert [each.greedy for each in found] == [True, False]
    assert found[0].total > found[1].total


def test_bf16_is_near(monkeypatch):
    model, some = tiny_lm.model("llama"), requests(seed=3)
    exact, near = score(model, some), score(model, some, precision="bf16")
    off = [abs(a.total - b.total) / a.tokens for a, b in zip(exact, near)]
    assert 0 < np.mean(off) < 0.1


def test_memory_that_runs_out_halves_the_batch(monkeypatch):
    model, some = tiny_lm.model("llama"), requests(seed=4)
    real = likelihood._forward

    def scarce(model, trees, encoded):
        if len(trees) > 2:
            raise torch.OutOfMemoryError("out of memory")
        return real(model, trees, encoded)

    expected = score(model, some)
    monkeypatch.setattr(likelihood, "_forward", scarce)
    close(score(model, some), expected)
    monkeypatch.setattr(likelihood, "LOGITS", 1)
    close(score(model, some), expected)


def test_what_has_no_tokens_or_too_many_is_refused_in_one_line():
    model = tiny_lm.model("llama")
    for continuation in ("", "a " * 60):
        with pytest.raises(UserError, match=r"the continuation '.*' has \d+ tokens"):
            score(model, [Request("the", continuation)])
    assert score(model, []) == []
    nothing = tiny_lm.tokenizer(eos_token=None)
    with pytest.raises(UserError, match="a context is empty"):
        likelihood.score(model, nothing, [Request("", "a")])


# --------------------------------------------------------------------- their trees


def test_a_tree_by_hand():
    sequences = [[5, 6, 7], [9], [5, 6, 8, 4]]
    trees = prefix_trees.grow(sequences, 10)
    assert trees == [([0, 2], 2), ([1], 1)]
    assert [prefix_trees.tokens(tree, sequences) for tree in trees] == [5, 1]
    layout = prefix_trees.lay_out(trees[0], sequences)
    assert layout.ids.tolist() == [5, 6, 7, 8, 4]
    assert layout.positions.tolist() == [0, 1, 2, 2, 3]
    assert layout.branches.tolist() == [0, 0, 1, 2, 2]
    found = prefix_trees.places(layout, 2, 1, np.array([1, 2, 3]))
    assert found.tolist() == [1, 3, 4]
    assert prefix_trees.visible(layout.branches[None])[0].tolist() == [
        [True, False, False, False, False],
        [True, True, False, False, False],
        [True, True, True, False, False],
        [True, True, False, True, False],
        [True, True, False, True, True],
    ]


def test_a_tree_does_not_grow_beyond_the_budget_nor_for_little():
    shared = [[1] * 6 + [n] for n in range(2, 6)]
    assert [len(t.members) for t in prefix_trees.grow(shared, 8)] == [2, 2]
    little = [[1, *range(2, 9)], [1, *range(12, 19)]]
    assert [len(t.members) for t in prefix_trees.grow(little, 100)] == [1, 1]
    assert len(prefix_trees.grow(shared, 100, share=False)) == 4
