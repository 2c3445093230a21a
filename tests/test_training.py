from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import killed_run
import numpy as np
import pytest
import tiny
import torch
from transformers import get_linear_schedule_with_warmup

from xitt import (
    batching,
    checkpoints,
    features,
    heads,
    prediction,
    progress,
    steps,
    training,
)
from xitt import settings as settings_module
from xitt.errors import UserError
from xitt.settings import Settings

TOKENIZER = tiny.tokenizer()
PLAIN = {"lr": 1e-3, "epochs": 2, "batch": 8, "precision": "fp32"}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make(kind="classification", n=40, seed=0):
    options = {"max_length": 40, "doc_stride": 4}
    return features.make(kind, tiny.rows(kind, n, seed), TOKENIZER, **options)


def fit(data=None, encoder=None, seed=3, mlm=None, folder=None, **changes):
    """The weights, the result and the encoder of a small run."""
    options = {n: changes.pop(n) for n in ("validate", "anew") if n in changes}
    encoder = tiny.bert(dropout=0.1) if encoder is None else encoder
    data = {"task": make()} if data is None else data
    made = {
        task: heads.head_for(encoder, part.kind, tiny.LABELS[part.kind], seed=seed)
        for task, part in data.items()
    }
    result = training.fit(
        encoder,
        TOKENIZER,
        data,
        made,
        settings=Settings.of(PLAIN | changes),
        seed=seed,
        mlm=mlm,
        folder=folder,
        **options,
    )
    return weights(result), result


def weights(result):
    state = {f"encoder.{n}": v for n, v in result.encoder.state_dict().items()}
    for task, head in result.heads.items():
        state |= {f"{task}.{n}": v for n, v in head.state_dict().items()}
    return {name: value.clone() for name, value in state.items()}


def same(one, two):
    assert one.keys() == two.keys()
    return all(torch.equal(one[name], two[name]) for name in one)


def close(one, two, atol=2e-5):
    assert one.keys() == two.keys()
    return all(torch.allclose(one[name], two[name], atol=atol) for name in one)


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
        for items in batching.steps(len(made), 8, seed=3, epoch=epoch):
            batch = batching.collate(made, items)
            hidden = prediction.encode(encoder, batch).flatten(0, 1)
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
    settings = Settings.of(PLAIN)
    training.fit(encoder, TOKENIZER, {"task": make()}, made, settings=settings, seed=3)
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


# ----------------------------------------------------------------------- validation


def test_validation_sees_the_whole_encoder_without_dropout():
    encoder, calls = tiny.bert(dropout=0.1), []

    def validate():
        size = encoder.get_input_embeddings().num_embeddings
        calls.append((size, encoder.training))
        return {"accuracy": 50}

    got, result = fit(encoder=encoder, validate=validate)
    assert calls == [(tiny.ROWS, False)]
    assert result.log["validation"] == [[10, {"accuracy": 50.0}]]
    assert same(got, fit()[0])


def test_validation_each_epoch_changes_no_weight():
    encoder, seen = tiny.bert(dropout=0.1), []

    def validate():
        seen.append(encoder.get_input_embeddings().weight.detach().clone())
        return {}

    data = {"task": make()}
    made = {"task": heads.head_for(encoder, "classification", 3, seed=3)}
    values = PLAIN | {"validate": "epoch"}
    options = {"settings": Settings.of(values), "seed": 3, "validate": validate}
    result = training.fit(encoder, TOKENIZER, data, made, **options)
    assert [step for step, _ in result.log["validation"]] == [5, 10]
    assert not torch.equal(seen[0], seen[1])
    assert same(weights(result), fit()[0])


# --------------------------------------------------------------------------- resume


class Cut(Exception):
    """A crash between two steps."""


def cut_after(monkeypatch, n):
    """Crash before step n of a run, once."""
    whole, left = training._step, [n]

    def step(run):
        if not left[0]:
            monkeypatch.setattr(training, "_step", whole)
            raise Cut
        left[0] -= 1
        whole(run)

    monkeypatch.setattr(training, "_step", step)


@pytest.mark.parametrize("at", [0, 1, 4, 9])
@pytest.mark.parametrize("embeddings", ["used", "all"])
def test_a_run_cut_anywhere_ends_with_the_bits_of_a_whole_one(
    tmp_path, monkeypatch, at, embeddings
):
    want, whole = fit(embeddings=embeddings)
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9, "embeddings": embeddings}
    cut_after(monkeypatch, at)
    with pytest.raises(Cut):
        fit(**options)
    assert (tmp_path / checkpoints.NAME).exists() == (at > 0)
    got, result = fit(**options)
    assert same(got, want)
    for name in ("steps", "examples", "tokens", "padding_efficiency", "loss"):
        assert result.log[name] == whole.log[name]


def test_steps_after_the_last_checkpoint_are_done_again(tmp_path, monkeypatch):
    want, _ = fit()
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 3)
    with pytest.raises(Cut):
        fit(**options)
    monkeypatch.setattr(checkpoints, "save", lambda *a: None)
    cut_after(monkeypatch, 4)
    with pytest.raises(Cut):
        fit(**options)
    got, _ = fit(**options)
    assert same(got, want)


def test_a_run_killed_at_random_moments_ends_with_the_bits_of_a_whole_one(tmp_path):
    want = killed_run.train(None)
    moments = random.Random(0)
    seconds = [str(moments.uniform(0.05, 0.4)) for _ in range(6)]
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    ended = subprocess.run(
        [sys.executable, str(here / "killed_run.py"), str(tmp_path), *seconds],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    assert ended.count(str(-signal.SIGKILL)) >= 2
    assert ended[-1] == "0"
    got = torch.load(tmp_path / "weights.pt")
    assert same(got["weights"], want["weights"])
    assert got["log"] == want["log"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_a_checkpoint_and_goes_on(
    tmp_path, monkeypatch, number
):
    want, _ = fit()
    whole, handler = steps.gradients, signal.getsignal(number)

    def interrupt(run):
        if run.progress.step == 4:  # in the middle of a step
            os.kill(os.getpid(), number)
        return whole(run)

    monkeypatch.setattr(steps, "gradients", interrupt)
    stopped = KeyboardInterrupt if number == signal.SIGINT else SystemExit
    with pytest.raises(stopped):
        fit(folder=tmp_path)
    assert signal.getsignal(number) == handler
    monkeypatch.setattr(steps, "gradients", whole)
    state = torch.load(tmp_path / checkpoints.NAME)
    assert state["progress"]["step"] == 5
    got, _ = fit(folder=tmp_path)
    assert same(got, want)


def test_a_checkpoint_of_other_settings_data_or_weights_is_refused(
    tmp_path, monkeypatch
):
    options = {"folder": tmp_path, "checkpoint_seconds": 1e-9}
    cut_after(monkeypatch, 2)
    with pytest.raises(Cut):
        fit(**options)
    changed = [
        {"lr": 2e-3},
        {"seed": 4},
        {"data": {"task": make(seed=1)}},
        {"encoder": tiny.bert(seed=1, dropout=0.1)},
    ]
    for change in changed:
        with pytest.raises(UserError, match="belongs to a run with other settings"):
            fit(**options | change)
    want, _ = fit(lr=2e-3)
    got, _ = fit(**options, lr=2e-3, anew=True)
    assert same(got, want)


def test_an_unreadable_checkpoint_is_named(tmp_path):
    path = tmp_path / checkpoints.NAME
    path.write_bytes(b"half a file")
    with pytest.raises(UserError, match=r"cannot read checkpoint .*delete it"):
        fit(folder=tmp_path)


def test_what_a_kill_left_while_writing_is_swept_away(tmp_path):
    left = tmp_path / f".{checkpoints.NAME}.x7"
    left.write_bytes(b"half a file")
    fit(folder=tmp_path)
    assert not left.exists()
    checkpoints.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_took_long_keeps_its_last_step(tmp_path):
    want, _ = fit(folder=tmp_path, checkpoint_seconds=1e-9)
    state = torch.load(tmp_path / checkpoints.NAME)
    assert state["progress"]["step"] == 10
    got, _ = fit(folder=tmp_path, checkpoint_seconds=1e-9)
    assert same(got, want)


# ------------------------------------------------------------------------- bad input


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_rows(
    tmp_path, monkeypatch
):
    made = make()
    bad = batching.steps(len(made), 8, seed=3, epoch=0)[3][2]
    whole = heads.Classification.loss

    def loss(head, logits, batch):
        each = whole(head, logits, batch)
        return torch.where(batch["row_of_test"] == bad, torch.nan, each)

    collate = batching.collate

    def with_rows(part, items, *options):
        batch = collate(part, items, *options)
        return batch | {"row_of_test": torch.from_numpy(part.rows[items])}

    monkeypatch.setattr(batching, "collate", with_rows)
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
    whole = steps.encode

    def small_memory(encoder, batch):
        if batch["input_ids"].numel() > 60:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return whole(encoder, batch)

    monkeypatch.setattr(steps, "encode", small_memory)
    with caplog.at_level(logging.WARNING):
        got, result = fit(encoder=tiny.bert())
    assert close(got, want)
    assert result.log["token_budget"] < 100
    assert result.log["examples"] == 80
    assert "with the same examples a step" in caplog.text


def test_an_example_too_large_for_memory_is_an_error(monkeypatch):
    def no_memory(encoder, batch):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(steps, "encode", no_memory)
    with pytest.raises(UserError, match="out of memory on one example of"):
        fit()


def test_an_example_over_the_budget_is_a_batch_of_its_own():
    assert close(
        fit(encoder=tiny.bert())[0], fit(encoder=tiny.bert(), token_budget=1)[0]
    )


@pytest.mark.parametrize("family, limit", [("bert", 66), ("xlmr", 64)])
def test_an_example_longer_than_the_encoder_takes_is_named(family, limit):
    rows = [{"text_a": "cat " * n, "text_b": "", "label": 0} for n in (3, 90)]
    made = features.make("classification", rows, TOKENIZER, max_length=limit + 1)
    message = f"row 1 has {limit + 1} tokens and the encoder takes {limit}"
    with pytest.raises(UserError, match=message):
        fit({"task": made}, tiny.ENCODERS[family]())
    made = features.make("classification", rows, TOKENIZER, max_length=limit)
    fit({"task": made}, tiny.ENCODERS[family]())


@pytest.mark.parametrize("kind", ["classification", "choice", "tagging"])
def test_a_label_out_of_range_is_named(kind):
    rows = tiny.rows(kind, 4)
    wrong = 7 if kind != "tagging" else [7] * len(rows[2]["tokens"])
    rows[2]["label" if kind != "tagging" else "tags"] = wrong
    made = features.make(kind, rows, TOKENIZER, max_length=40)
    with pytest.raises(UserError, match="mnli: label 7 is not from 0 to"):
        fit({"mnli": made})


def test_no_examples_are_an_error():
    empty = features.select(make(), np.array([], dtype=int))
    with pytest.raises(UserError, match="mnli: no training examples"):
        fit({"mnli": empty})


def test_settings_are_checked():
    cases = [
        ({"lrr": 1}, "unknown training setting 'lrr'; did you mean 'lr'"),
        ({"precision": "bf61"}, "did you mean 'bf16'"),
        ({"batch": 0}, "batch must be above 0, not 0"),
        ({"mlm_share": 1.0}, "mlm_share must be from 0 to below 1, not 1.0"),
        ({"weight_decay": 0.1}, "set embeddings to 'all'"),
    ]
    for change, message in cases:
        with pytest.raises(UserError, match=message):
            Settings.of(PLAIN | change)


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
