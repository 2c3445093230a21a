from __future__ import annotations

import itertools

import numpy as np
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from xitt.inputs import batching, collation, features, masking, mixture, tokenising
from xitt.inputs.features import IGNORED
from xitt.inputs.mixture import MLM, Step

TOKENIZER = tiny.tokenizer()


def make(kind, n=12, seed=0):
    options = {"max_length": 40, "doc_stride": 8}
    return tokenising.make(kind, tiny.rows(kind, n, seed), TOKENIZER, **options)


def everything(batches):
    return np.sort(np.concatenate(batches)).tolist()


def test_a_mixture_of_one_task_is_its_epochs():
    plan = mixture.mixture({"mnli": 10}, batch=4, epochs=2, seed=13)
    want = [s for epoch in (0, 1) for s in tiny.steps(10, 4, 13, epoch)]
    assert [step.items.tolist() for step in plan] == [items.tolist() for items in want]


def test_each_task_gives_all_its_items_in_every_epoch():
    sizes = {"mnli": 50, "ccg": 17, "qqp": 3}
    plan = mixture.mixture(sizes, batch=8, epochs=3, seed=1)
    for task, n in sizes.items():
        seen = np.concatenate([step.items for step in plan if step.task == task])
        assert np.bincount(seen).tolist() == [3] * n
    half = {step.task for step in plan[: len(plan) // 3]}
    assert half == set(sizes)  # shuffled, not one task after the other


def test_a_capped_task_walks_on_through_its_data():
    sizes = {"mnli": 100, "ccg": 20}
    plan = mixture.mixture(sizes, batch=10, epochs=5, seed=1, cap=20)
    seen = np.concatenate([step.items for step in plan if step.task == "mnli"])
    assert np.bincount(seen).tolist() == [1] * 100
    assert sum(step.task == "ccg" for step in plan) == 10


def test_the_order_of_tasks_comes_from_the_seed():
    def order(seed):
        plan = mixture.mixture({"a": 64, "b": 64}, batch=4, epochs=1, seed=seed)
        return [step.task for step in plan]

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_masked_lm_takes_its_share_of_the_steps():
    sizes = {"mnli": 400}
    options = {"batch": 10, "epochs": 1, "seed": 3}
    plan = mixture.mixture(sizes, **options, mlm_items=30, mlm_share=0.2)
    text = [step.items for step in plan if step.task == MLM]
    assert (len(plan), len(text)) == (50, 10)
    assert everything(text[:3]) == list(range(30))
    tasks = [step.items.tolist() for step in plan if step.task == "mnli"]
    plain = mixture.mixture(sizes, **options)
    assert tasks == [step.items.tolist() for step in plain]


def test_a_text_smaller_than_a_batch_is_a_batch():
    plan = mixture.mixture(
        {"mnli": 20}, batch=8, epochs=1, seed=3, mlm_items=5, mlm_share=0.5
    )
    text = [step.items for step in plan if step.task == MLM]
    assert [sorted(items.tolist()) for items in text] == [list(range(5))] * 3
    assert isinstance(plan[0], Step)


LENGTHS = st.lists(st.integers(1, 60), min_size=1, max_size=40)


@given(LENGTHS, st.integers(1, 300), st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
def test_micro_batches_hold_the_items_of_the_step_within_the_budget(
    lengths, budget, seed
):
    rng = np.random.default_rng(seed)
    widths, counts = np.array(lengths), rng.integers(1, 6, len(lengths))
    items = rng.permutation(len(lengths))[: rng.integers(1, len(lengths) + 1)]
    batches = batching.micro_batches(items, widths, budget, counts)
    assert everything(batches) == sorted(items.tolist())
    for some in batches:
        padded = widths[some].max() * counts[some].sum()
        assert padded <= budget or len(some) == 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=7), st.integers(10, 120))
@settings(max_examples=40, deadline=None)
def test_no_cut_of_a_step_pads_less(lengths, budget):
    widths, overhead = np.array(lengths), 7

    def cost(parts):
        if any(len(p) > 1 and len(p) * max(p) > budget for p in parts):
            return float("inf")
        return sum(len(p) * max(p) + overhead for p in parts)

    order = sorted(lengths, reverse=True)
    best = float("inf")
    for cuts in itertools.product([False, True], repeat=len(order) - 1):
        parts = [[order[0]]]
        for length, cut in zip(order[1:], cuts):
            parts = [*parts, [length]] if cut else [*parts[:-1], [*parts[-1], length]]
        best = min(best, cost(parts))
    items = np.arange(len(lengths))
    batches = batching.micro_batches(items, widths, budget, overhead=overhead)
    assert cost([widths[b].tolist() for b in batches]) == best


@given(LENGTHS, st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_evaluation_batches_hold_everything_once_the_longest_first(lengths, budget):
    widths = np.array(lengths)
    batches = batching.evaluation_batches(widths, budget)
    assert everything(batches) == list(range(len(lengths)))
    flat = widths[np.concatenate(batches)].tolist()
    assert flat == sorted(lengths, reverse=True)
    for some in batches:
        assert widths[some].max() * len(some) <= budget or len(some) == 1


def test_no_items_make_no_evaluation_batches():
    assert batching.evaluation_batches(np.zeros(0, dtype=int), 100) == []


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match="empty batch"):
        collation.collate(make("classification"), np.array([], dtype=int))


def test_a_batch_is_padded_behind_and_masked():
    made = make("classification")
    batch = collation.collate(made, np.array([3, 5]))
    lengths = made.lengths[[3, 5]]
    assert batch["input_ids"].shape == (2, lengths.max())
    assert batch["attention_mask"].sum(1).tolist() == lengths.tolist()
    assert (batch["input_ids"][batch["attention_mask"] == 0] == made.pad_id).all()
    assert batch["first"].tolist() == [0, lengths.max()]
    assert (batch["input_ids"].flatten()[batch["first"]] == 0).all()  # <s>


def test_the_places_of_scored_words_hold_their_first_pieces():
    made = make("tagging")
    items = np.array([4, 0, 7])
    batch = collation.collate(made, items)
    got = batch["input_ids"].flatten()[batch["tokens"]]
    chosen = features.select(made, items)
    assert got.tolist() == chosen.ids[chosen.words >= 0].tolist()
    assert batch["labels"].tolist() == chosen.labels[chosen.words >= 0].tolist()
    assert batching.loss_units(made, items) == len(got)


def test_units_of_a_step_leave_out_words_of_unknown_tag():
    rows = [{"tokens": ["the", "cat", "sat"], "tags": [1, IGNORED, 2]}]
    made = tokenising.make("tagging", rows, TOKENIZER, max_length=20)
    assert batching.loss_units(made, np.array([0])) == 2
    assert batching.loss_units(make("span"), np.array([0, 1, 2])) == 3


def test_choices_stand_in_the_row_of_their_item():
    made = make("choice")
    batch = collation.collate(made, np.array([1, 0]))  # five choices, then four
    assert batch["row"].tolist() == [0] * 5 + [1] * 4
    assert batch["col"].tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3]
    assert batch["width"] == 5


def test_ids_are_renumbered_and_padding_stays():
    made = make("classification")
    used = np.unique(np.append(made.ids, [0, 1]))
    remap = np.zeros(tiny.ROWS, dtype=np.int64)
    remap[used] = np.arange(len(used))
    items = np.arange(4)
    plain, small = collation.collate(made, items), collation.collate(made, items, remap)
    assert used[small["input_ids"].numpy()].tolist() == plain["input_ids"].tolist()
    assert small["input_ids"].max() < len(used)


def hide(made, items, seed=0):
    special = np.array(sorted(TOKENIZER.all_special_ids))
    return masking.masked(
        made,
        items,
        np.random.default_rng(seed),
        mask_id=TOKENIZER.mask_token_id,
        special_ids=special,
        vocabulary=np.setdiff1d(np.arange(len(TOKENIZER)), special),
    )


def test_fifteen_percent_are_hidden_eight_tenths_by_the_mask():
    made = make("text", n=3000)
    hidden = hide(made, np.arange(len(made)))
    special = np.isin(made.ids, TOKENIZER.all_special_ids)
    chosen = hidden.labels != IGNORED
    assert not chosen[special].any()
    assert chosen.sum() / (~special).sum() == pytest.approx(0.15, abs=0.01)
    assert hidden.labels[chosen].tolist() == made.ids[chosen].tolist()
    assert (hidden.ids[~chosen] == made.ids[~chosen]).all()
    masks = hidden.ids[chosen] == TOKENIZER.mask_token_id
    kept = hidden.ids[chosen] == made.ids[chosen]
    assert masks.mean() == pytest.approx(0.8, abs=0.02)
    # a random token is the right one in 1 of 45
    assert kept.mean() == pytest.approx(0.1 + 0.1 / 45, abs=0.02)


def test_what_is_hidden_comes_from_the_seed():
    made, items = make("text"), np.array([3, 1, 8])
    assert hide(made, items).ids.tolist() == hide(made, items).ids.tolist()
    assert hide(made, items).ids.tolist() != hide(made, items, seed=1).ids.tolist()


def test_a_masked_batch_scores_the_hidden_places():
    hidden = hide(make("text"), np.arange(12))
    items = np.array([5, 2])
    batch = collation.collate(hidden, items)
    chosen = features.select(hidden, items)
    scored = chosen.labels != IGNORED
    assert batch["labels"].tolist() == chosen.labels[scored].tolist()
    places = batch["input_ids"].flatten()[batch["tokens"]]
    assert places.tolist() == chosen.ids[scored].tolist()
    assert batching.loss_units(hidden, items) == scored.sum()
