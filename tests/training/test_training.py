from __future__ import annotations

import logging

import numpy as np
import pytest
import tiny
import torch
from small_training import PLAIN, TOKENIZER, close, fit, make, same
from transformers import get_linear_schedule_with_warmup

from xitt.errors import UserError
from xitt.inputs import collation, features, tokenising
from xitt.models import encoding, heads
from xitt.scoring import prediction
from xitt.training import checkpoints, gradients, loop, progress
from xitt.training import hyperparameters as settings_module
from xitt.training.hyperparameters import Hyperparameters

pytestmark = pytest.mark.usefixtures("one_thread")


# ------------------------------------------------------------------- what is trained


@pytest.mark.parametrize("family", tiny.ENCODERS)
def test_a_run_is_the_plain_recipe(family):
    """Against the loop of every tutorial: shuffled padded batches, mean loss."""
    made, encoder = make(), tiny.ENCODERS[family]()
    got, _ = fit({"task": made}, encoder, token_budget=60)

    encoder = tiny.ENCODERS[family]()
    head = heads.head_for(encoder, "classification", 3, seed=3)
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, eps=1e-8, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, 1, 10)
    for epoch in range(2):
        for items in tiny.steps(len(made), 8, seed=3, epoch=epoch):
            batch = collation.collate(made, items)
            hidden = encoding.encode(encoder, batch).flatten(0, 1)
            head.loss(head(hidden, batch), batch).mean().backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    want = {f"encoder.{n}": v for n, v in encoder.state_dict().items()}
    want |= {f"task.{n}": v for n, v in head.state_dict().items()}
    assert close(got, want, atol=1e-4)


def test_a_seed_gives_the_same_bits_and_another_seed_others():
    one, _ = fit(seed=3)
    two, _ = fit(seed=3)
    other, _ = fit(seed=4)
    assert same(one, two)
    name = "encoder.encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(one[name], other[name])


def test_the_callers_random_state_is_left_alone():
    encoder = tiny.bert(dropout=0.1)
    made = {"task": heads.head_for(encoder, "classification", 3, seed=0)}
    before = torch.random.get_rng_state()
    settings = Hyperparameters.of(PLAIN)
    loop.fit(encoder, TOKENIZER, {"task": make()}, made, settings=settings, seed=3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_task_is_learnt():
    made = make(n=160)
    _, result = fit({"task": made}, tiny.bert(), lr=3e-3, epochs=12, batch=16)
    logits = prediction.predict(
        result.encoder, result.heads["task"], made, precision="fp32"
    )
    right = np.mean(np.argmax(logits, axis=1) == made.labels)
    assert right > 0.9
    curve = result.log["loss"]
    assert curve[-1][1] < 0.5 * curve[0][1]


@pytest.mark.parametrize("family", tiny.ENCODERS)
@pytest.mark.parametrize("clip", [1e9, 0.05])
def test_training_the_used_rows_is_training_all_rows(family, clip):
    rows = {}
    for which in ("used", "all"):
        encoder = tiny.ENCODERS[family](dropout=0.1)
        rows[which], result = fit(encoder=encoder, embeddings=which, clip=clip)
        assert encoder.get_input_embeddings().weight.shape == (tiny.ROWS, 32)
        assert (result.log["embedding_rows"] == tiny.ROWS) == (which == "all")
    if clip > 1:  # nothing is clipped: every operation on a row is the same
        assert same(rows["used"], rows["all"])
    else:  # the norm is summed in another order
        assert close(rows["used"], rows["all"])


def test_rows_that_the_data_does_not_use_keep_their_bits():
    encoder = tiny.bert(dropout=0.1)
    before = encoder.get_input_embeddings().weight.detach().clone()
    data = {"task": make()}
    fit(data, encoder)
    after = encoder.get_input_embeddings().weight
    used = np.union1d(data["task"].ids, TOKENIZER.all_special_ids)
    unused = np.setdiff1d(np.arange(tiny.ROWS), used)
    assert len(unused) > 50
    assert torch.equal(after[unused], before[unused])
    moved = (after[data["task"].ids] != before[data["task"].ids]).any(dim=1)
    assert moved.all()


def test_many_tasks_and_masked_lm_train_in_one_run():
    kinds = ["classification", "choice", "tagging", "span"]
    data = {kind: make(kind, 24) for kind in kinds}
    options = {"cap": 16, "mlm_share": 0.25, "mlm_vocabulary": "used"}
    got, result = fit(data, mlm=make("text", 30), token_budget=150, **options)
    assert set(result.log["by_task"]) == {*kinds, "mlm"}
    assert set(result.heads) == {*kinds, "mlm"}
    by_task = result.log["by_task"]
    of_tasks = sum(by_task[kind]["steps"] for kind in kinds)
    assert by_task["mlm"]["steps"] == round(of_tasks / 3)
    assert got["mlm.bias"].shape == (tiny.ROWS,)
    assert all(torch.isfinite(value).all() for value in got.values())


def test_masked_lm_is_learnt_over_the_whole_or_the_used_vocabulary():
    for which in ("full", "used"):
        encoder, data = tiny.bert(), {"task": make(n=16)}
        options = {"mlm_share": 0.9, "mlm_vocabulary": which, "lr": 3e-3}
        _, result = fit(data, encoder, mlm=make("text", 100), epochs=6, **options)
        assert result.log["embedding_rows"] == tiny.ROWS or which == "used"
        floor = np.log(len(tiny.WORDS))  # the text is words at random
        assert result.log["loss"][-1][1] < floor + 0.1
        assert result.log["loss"][0][1] > floor + 0.2


def test_without_a_share_masked_lm_text_changes_nothing():
    assert same(fit()[0], fit(mlm=make("text"))[0])


def test_the_log_counts_what_was_done():
    made = make(n=21)
    _, result = fit({"task": made}, epochs=2, batch=8, token_budget=50)
    log = result.log
    assert (log["steps"], log["examples"], log["epochs"]) == (6, 42, 2)
    assert log["tokens"] == 2 * len(made.ids)
    assert 0.5 < log["padding_efficiency"] <= 1
    assert [step for step, _ in log["loss"]] == [1, 2, 3, 4, 5, 6]
    assert log["precision"] == "fp32"
    assert log["tokens_per_second"] == pytest.approx(log["tokens"] / log["seconds"])


def test_a_loss_curve_has_fifty_points_at_most():
    _, result = fit(epochs=4, batch=1)
    assert result.log["steps"] == 160
    assert len(result.log["loss"]) == 50
    assert result.log["loss"][-1][0] == 160


def test_bf16_trains_to_about_the_same_weights():
    one, _ = fit(encoder=tiny.bert(), lr=1e-4)
    two, result = fit(encoder=tiny.bert(), lr=1e-4, precision="bf16")
    assert result.log["precision"] == "bf16"
    assert close(one, two, atol=3e-3)
    assert not same(one, two)
    assert all(value.dtype == torch.float32 for value in two.values())


# ------------------------------------------------------------------------- bad input


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_rows(
    tmp_path, monkeypatch
):
    made = make()
    bad = tiny.steps(len(made), 8, seed=3, epoch=0)[3][2]
    whole = heads.Classification.loss

    def loss(head, logits, batch):
        each = whole(head, logits, batch)
        return torch.where(batch["row_of_test"] == bad, torch.nan, each)

    collate = collation.collate

    def with_rows(part, items, *options):
        batch = collate(part, items, *options)
        return batch | {"row_of_test": torch.from_numpy(part.rows[items])}

    monkeypatch.setattr(collation, "collate", with_rows)
    monkeypatch.setattr(heads.Classification, "loss", loss)
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    message = rf"loss nan is not .* at step 3 of 10 \(task, rows {bad}\); lower lr"
    with pytest.raises(UserError, match=message):
        fit({"task": made}, **options)
    state = torch.load(tmp_path / checkpoints.NAME)
    assert state["progress"]["step"] == 3
    assert all(v.isfinite().all() for v in state["parameters"].values())


def test_out_of_memory_halves_the_micro_batches_and_not_the_step(monkeypatch, caplog):
    want, _ = fit(encoder=tiny.bert())
    whole = encoding.encode

    def small_memory(encoder, batch):
        if batch["input_ids"].numel() > 60:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return whole(encoder, batch)

    monkeypatch.setattr(gradients, "encode", small_memory)
    with caplog.at_level(logging.WARNING):
        got, result = fit(encoder=tiny.bert())
    assert close(got, want)
    assert result.log["token_budget"] < 100
    assert result.log["examples"] == 80
    assert "with the same examples a step" in caplog.text


def test_an_example_too_large_for_memory_is_an_error(monkeypatch):
    def no_memory(encoder, batch):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(gradients, "encode", no_memory)
    with pytest.raises(UserError, match="out of memory on one example of"):
        fit()


def test_an_example_over_the_budget_is_a_batch_of_its_own():
    assert close(
        fit(encoder=tiny.bert())[0], fit(encoder=tiny.bert(), token_budget=1)[0]
    )


@pytest.mark.parametrize("family, limit", [("bert", 66), ("xlmr", 64)])
def test_an_example_longer_than_the_encoder_takes_is_named(family, limit):
    rows = [{"text_a": "cat " * n, "text_b": "", "label": 0} for n in (3, 90)]
    made = tokenising.make("classification", rows, TOKENIZER, max_length=limit + 1)
    message = f"row 1 has {limit + 1} tokens and the encoder takes {limit}"
    with pytest.raises(UserError, match=message):
        fit({"task": made}, tiny.ENCODERS[family]())
    made = tokenising.make("classification", rows, TOKENIZER, max_length=limit)
    fit({"task": made}, tiny.ENCODERS[family]())


@pytest.mark.parametrize("kind", ["classification", "choice", "tagging"])
def test_a_label_out_of_range_is_named(kind):
    rows = tiny.rows(kind, 4)
    wrong = 7 if kind != "tagging" else [7] * len(rows[2]["tokens"])
    rows[2]["label" if kind != "tagging" else "tags"] = wrong
    made = tokenising.make(kind, rows, TOKENIZER, max_length=40)
    with pytest.raises(UserError, match="mnli: label 7 is not from 0 to"):
        fit({"mnli": made})


def test_no_examples_are_an_error():
    empty = features.select(make(), np.array([], dtype=int))
    with pytest.raises(UserError, match="mnli: no training examples"):
        fit({"mnli": empty})


def test_settings_are_checked():
    cases = [
        ({"lrr": 1}, "unknown hyperparameter 'lrr'; did you mean 'lr'"),
        ({"precision": "bf61"}, "did you mean 'bf16'"),
        ({"batch": 0}, "batch must be above 0, not 0"),
        ({"mlm_share": 1.0}, "mlm_share must be from 0 to below 1, not 1.0"),
        ({"weight_decay": 0.1}, "set embeddings to 'all'"),
    ]
    for change, message in cases:
        with pytest.raises(UserError, match=message):
            Hyperparameters.of(PLAIN | change)


def test_the_rate_rises_to_its_peak_and_falls_to_nothing():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = get_linear_schedule_with_warmup(optimizer, 3, 30)
    for step in range(31):
        got = settings_module.linear_schedule(step, 30, 0.1)
        assert got == pytest.approx(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    assert settings_module.linear_schedule(30, 30, 0.1) == 0


def test_every_step_has_a_seed_of_its_own():
    seeds = {settings_module.step_seed(s, k) for s in range(4) for k in range(500)}
    assert len(seeds) == 2000
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_training_that_nobody_watches_still_tells_how_far_it_is(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.setenv("XITT_PROGRESS", "0")
    monkeypatch.setattr(progress, "EVERY", 0.0)
    shown = progress.bar(10, progress.Progress(token_budget=64, precision="fp32"))
    state = progress.Progress(
        token_budget=64,
        precision="fp32",
        step=4,
        seconds=240.0,
        tokens=480,
        losses=[2.0],
    )
    progress.advance(shown, state)
    said = capsys.readouterr().err
    assert said == "  step 4 of 10, loss 2.000, 2 tokens/s, about 6 min left\n"
