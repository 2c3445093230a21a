"""The benchmark: contenders that really train, equal pairs mined, an honest verdict."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import fake_records
import numpy as np
import pytest
import tiny
import tiny_lm
import torch

from xitt.errors import UserError
from xitt.inputs import tokenising
from xitt.models import encoders
from xitt.report import speed_report
from xitt.report.figures import speed_figure
from xitt.running.benchmark import (
    bitext,
    contenders,
    evaluating,
    harness,
    language_models,
    mining,
    scaling,
    sharing,
    speed,
    training,
    turns,
    workers,
)
from xitt.running.grids import scheduling
from xitt.scoring import neighbours, retrieval
from xitt.scoring.causal.likelihood import Request
from xitt.training import machine

TOKENIZER = tiny.tokenizer()


def made(n=96):
    rows = tiny.rows("classification", n)
    return tokenising.make("classification", rows, TOKENIZER, max_length=32)


@pytest.fixture
def result():
    return fake_records.speed()


@pytest.mark.parametrize("name", training.CONTENDERS)
def test_every_contender_trains_what_it_is_given(name, encoder, monkeypatch):
    trained = []
    load = encoders.load

    def kept(*arguments):
        trained.append(load(*arguments))
        return trained[0]

    monkeypatch.setattr(encoders, "load", kept)
    monkeypatch.setattr(contenders, "LR", 1e-3)
    train = contenders.contender(name, str(encoder), made(), longest=64)
    before = {k: v.clone() for k, v in trained[0][0].state_dict().items()}
    train(np.arange(64))
    after = trained[0][0].state_dict()
    moved = [k for k in before if not torch.equal(before[k], after[k])]
    assert any("encoder.layer.1" in k for k in moved)
    assert all(value.isfinite().all() for value in after.values())


def test_an_unknown_contender_is_named():
    with pytest.raises(UserError, match="unknown contender 'our'; did you mean 'ours'"):
        contenders.contender("our", "e5-small", made(), longest=64)


def test_padding_goes_to_the_longest_or_to_the_length_asked():
    some = [contenders._example(made(), item) for item in range(5)]
    longest = max(len(each["input_ids"]) for each in some)
    assert contenders._pad(some, 1)["input_ids"].shape == (5, longest)
    batch = contenders._pad(some, 1, longest=64)
    assert batch["input_ids"].shape == (5, 64)
    sizes = [len(each["input_ids"]) for each in some]
    assert batch["attention_mask"].sum(dim=1).tolist() == sizes


def test_faiss_and_python_mine_the_pairs_that_ours_mines():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((300, 16)).astype(np.float32)
    y = x[rng.permutation(300)] + 0.3 * rng.standard_normal((300, 16)).astype("f4")
    sources, targets, _ = retrieval.mine(neighbours.neighbours(x, y))
    assert set(bitext.faiss_margin(x, y)) == set(
        zip(sources.tolist(), targets.tolist())
    )


def test_flat_finds_every_pair_of_ours_and_inverted_lists_most(monkeypatch):
    monkeypatch.setattr(bitext, "PROBED", 4)
    found = bitext.measure(n=600, width=32, rounds=1)
    assert found["found"]["flat"] == 1.0
    assert 0.5 < found["found"]["ivf"] <= 1.0
    assert found["ratio_flat"] > 0 and found["ratio_ivf"] > 0


def test_the_benchmark_of_mining_finds_its_pairs_and_says_what_it_took(capsys):
    sizes = {"sources": 700, "targets": 300, "width": 32, "layers": 2}
    assert not mining.main([f"--{name}={n}" for name, n in sizes.items()])
    lines = capsys.readouterr().out.splitlines()
    found = {
        name: float(value.replace(",", "")) for value, name in map(str.split, lines)
    }
    assert found["found"] > 0.95
    assert found["peak_mib"] >= found["start_mib"] > 0
    assert found["mine_seconds"] >= 0


def test_the_benchmark_of_mining_refuses_sizes_that_are_none(capsys):
    assert mining.main(["--targets=0"]) == 2
    assert capsys.readouterr().err == "xitt: targets must be at least 1, not 0\n"


def test_operations_count_parameters_and_attention(encoder):
    one = made(4)
    length = float((one.lengths**2).sum() / one.lengths.sum())
    work = training.flops_per_token(str(encoder), one)
    assert work == 6 * 12 * 2 * 32**2 + 12 * 2 * 32 * length


def test_too_few_examples_are_said():
    with pytest.raises(UserError, match="96 examples are too few for 3 rounds of 6"):
        training.measure("e5-small", made(), longest=64, rounds=3, steps=6)


def test_parts_of_the_scaling_are_of_the_sizes_asked():
    part = scaling.of_length(made(), 16, 8)
    assert part.lengths.tolist() == [16] * 8 and len(part.labels) == 8
    parts = scaling.languages(made(), 3)
    assert [len(each) for each in parts.values()] == [scaling.EACH] * 3


def test_the_verdict_names_the_peer_that_is_quicker(result):
    assert speed.slower(result) == []
    assert speed.slower(result | {"ratio_faiss_margin": 0.9}) == [
        "ratio_faiss_margin is 0.9"
    ]
    assert speed.lines(result)[0] == "    4.50 times the padded fp32 recipe"


def test_a_goal_that_is_not_reached_is_told_and_fails_nothing(result):
    slow = result | {"ratio_predict": 2.0, "run_fixed_seconds": 6.0}
    said = "\n".join(speed.lines(slow))
    assert (
        "2.00 times Trainer.predict, all languages of a task (goal: at least 3)" in said
    )
    assert "6.00 seconds of a run with nothing to do (goal: at most 5)" in said
    assert speed.slower(slow) == []
    assert "Trainer.predict" not in "".join(speed.lines({"ratio_harness": 4.0}))


def test_a_peer_that_cannot_be_had_is_named(result):
    assert speed.missing(result) == []
    absent = result | {"choices": {"missing": "pip cannot bring lm-eval"}}
    assert speed.missing(absent) == ["pip cannot bring lm-eval"]


# ------------------------------------------------------------------------- in turn


def test_contenders_take_turns_and_the_first_round_does_not_count():
    called = []
    one = {"ours": lambda: called.append("a") or 1, "peer": lambda: called.append("b")}
    found = turns.in_turn(one, rounds=2)
    assert "".join(called) == "ababab"
    assert [len(found.seconds[name]) for name in one] == [2, 2]
    assert found.returned == {"ours": 1, "peer": None}


def test_a_ratio_is_the_median_of_those_of_the_rounds():
    found = turns.Turns({"ours": [1.0, 2.0, 4.0], "peer": [2.0, 2.0, 20.0]}, {})
    assert found.ratio("peer") == 2.0
    assert found.median("ours") == 2.0


# ---------------------------------------------------------- prediction, language models


def test_the_trainer_predicts_what_ours_predicts(encoder):
    parts = scaling.languages(made(), 2)
    found = evaluating.measure(str(encoder), parts, rounds=1, precision="fp32")
    assert found["equal_predictions"] == 1.0
    assert (found["languages"], found["examples"]) == (2, 2 * scaling.EACH)
    assert found["ratio_trainer"] > 0 and found["ratio_trainer_best"] > 0


def test_logits_of_the_trainer_come_in_the_order_of_the_items(encoder):
    part = made(20)
    best = evaluating.trainer(str(encoder), part, evaluating.best_flags("fp32"))
    plain = evaluating.trainer(str(encoder), part, {})
    np.testing.assert_allclose(best(), plain(), atol=1e-5)


@pytest.fixture
def decoder(tmp_path):
    tiny_lm.model("llama").save_pretrained(tmp_path / "model")
    tiny_lm.tokenizer().save_pretrained(tmp_path / "model")
    return str(tmp_path / "model")


def test_generate_writes_the_texts_that_ours_writes(decoder):
    prompts = ["the cat", "a", "the cat sat on the", "mat"]
    found = language_models.writing(
        prompts, rounds=1, precision="fp32", model=decoder, new_tokens=6
    )
    assert found["equal_texts"] == 1.0 and found["ratio"] > 0


def test_without_the_harness_ours_is_timed_and_the_peer_is_said_to_lack(
    decoder, monkeypatch
):
    def missing(*_):
        raise UserError("pip cannot bring it")

    monkeypatch.setattr(harness, "ensure", missing)
    asked = [(Request("the", " cat"), Request("the", " end"))]
    found = language_models.choices(asked, rounds=1, precision="fp32", model=decoder)
    assert found["missing"] == "pip cannot bring it"
    assert "ratio" not in found and found["requests_per_second"]["ours"] > 0


def test_questions_and_problems_are_asked_in_every_language(study):
    asked = language_models.questions(study, each=1)
    assert {len(one) for one in asked} == {2, 3}
    prompts = language_models.problems(study, each=1)
    assert len(prompts) > 1 and all(prompts)


# ---------------------------------------------------------------- two processes or one


def test_two_processes_are_measured_beside_one(monkeypatch):
    started = []

    @contextmanager
    def fake(wanted, threads):
        started.append((len(wanted), threads))
        seconds = 3.0 if threads == 1 else 2.0  # with half of the cores
        work = SimpleNamespace(begin=lambda items: None, answer=lambda: (seconds, 1))
        yield dict.fromkeys(wanted, work)

    monkeypatch.setattr(sharing, "workers", fake)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    part = made(64)
    tokens = int(part.tokens.sum())
    found = sharing.measure("e5-small", part, rounds=2, steps=2)
    assert started == [(1, 2), (2, 1)]
    assert found["cores"] == 2 and found["ratio"] == 1.33  # 2 x 2 / 3
    speeds = {"one": round(tokens / 2, 1), "two": round(2 * tokens / 3, 1)}
    assert found["tokens_per_second"] == speeds
    monkeypatch.setattr(machine, "cores", lambda: 1)
    assert sharing.measure("e5-small", part, rounds=1, steps=1) == {}


def test_a_worker_that_dies_is_named():
    with (
        pytest.raises(UserError, match="the contender 'ours' died"),
        workers.workers({"ours": ("no such contender", "e5-small", None, 0)}),
    ):
        pass


@pytest.mark.parametrize(("ratio", "jobs", "threads"), [(1.2, 2, 1), (0.8, 1, 2)])
def test_a_grid_shares_the_cores_as_was_measured(ratio, jobs, threads, monkeypatch):
    measured = {"cores": 2, "ratio": ratio, "tokens_per_second": {"one": 9, "two": 8}}
    monkeypatch.setattr(machine, "cores", lambda: 2)
    monkeypatch.setattr(speed_report, "sharing", lambda *_: measured)
    found = scheduling.sharing(0)
    assert (found.jobs, found.threads) == (jobs, threads)
    assert "`make speed` measured 8 tokens/s of two" in found.line()
    assert scheduling.sharing(1)[:2] == (1, 2)


def test_what_is_not_measured_is_assumed_and_said(monkeypatch):
    monkeypatch.setattr(machine, "cores", lambda: 4)
    monkeypatch.setattr(speed_report, "sharing", lambda *_: None)
    line = scheduling.sharing(0).line()
    assert line.startswith("Here 2 runs at a time, 2 threads each: two with 2 of 4")
    monkeypatch.setattr(machine, "cores", lambda: 1)
    assert scheduling.sharing(0) == (1, 1, "there is one core")


# ------------------------------------------------------------- results and their report


@pytest.fixture
def results(tmp_path, monkeypatch):
    path = tmp_path / "speed.json"
    monkeypatch.setattr(speed_report, "RESULT", path)
    path.write_text(json.dumps(fake_records.speeds()))
    return speed_report.load()


def test_a_result_takes_the_place_of_the_last_of_its_machine(results, result):
    speed.save(result | {"measured": "2026-12-01"})
    assert len(speed_report.load()) == 3  # the others stand under other names
    speed.save(result | {"measured": "2026-12-02"})
    assert len(speed_report.load()) == 3
    assert speed_report.newest(speed_report.load())["measured"] == "2026-12-02"
    assert speed_report.key(result) == "a processor for bf16, 2 cores, bf16"


def test_what_was_measured_of_sharing_is_that_of_the_processor(results):
    found = speed_report.sharing("a processor for bf16", 2)
    assert found["ratio"] == 1.2
    assert speed_report.sharing("a processor for bf16", 4) is None
    assert speed_report.sharing("another", 2) is None


def test_the_report_draws_and_writes_both_kinds_of_processor(results, tmp_path):
    _, (png, _, shown) = speed_figure.draw(tmp_path / "png", tmp_path / "pdf")
    assert png.exists()
    rows = json.loads(shown.read_text())["data"]
    assert [row["ratio"] for row in rows] == [1.0, 2.0, 2.25, 4.5] * 2
    assert [row["format"] for row in rows] == ["bf16"] * 4 + ["fp32"] * 4
    (table,) = speed_report.write(tmp_path)
    body = fake_records.table_body(table.read_text())
    assert body["choices, of the harness"] == [r"3.1$\times$"] * 2
    found = speed_report.numbers(results)
    assert found["speed/bf16/fraction"] == found["speed/fp32/fraction"] == ("0.50", 0.5)
    assert found["speed/fp32/processor"] == ("a processor for fp32", None)


def test_a_line_that_one_result_lacks_is_a_dash_there(results):
    lacking = "ratio_harness"
    older = {k: v for k, v in fake_records.speed("fp32").items() if k != lacking}
    both = fake_records.speeds("bf16") | {"old": older}
    body = fake_records.table_body(speed_report.table(both))
    assert body["choices, of the harness"] == [r"3.1$\times$", "--"]
    alone = fake_records.table_body(speed_report.table({"old": older}))
    assert "choices, of the harness" not in alone


def test_the_tracked_results_are_of_the_form_that_the_report_reads():
    found = speed_report.load()
    assert all(speed_report.key(result) == name for name, result in found.items())
    assert len(speed_report.frame(found)) == 4 * len(speed_report.by_format(found))


def test_nothing_measured_yet_is_said_and_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(speed_report, "RESULT", tmp_path / "speed.json")
    assert speed_report.load() == {}
    figure, written = speed_figure.draw(tmp_path / "png", tmp_path / "pdf")
    assert "not measured yet" in figure.texts[0].get_text() and not written
    assert speed_report.write(tmp_path) == [] == list(tmp_path.iterdir())
    assert speed_report.numbers({}) == {}
    assert speed_report.sharing("a processor", 2) is None


def test_every_test_that_the_page_on_speed_names_is_there():
    root = Path(__file__).parents[2]
    page = (root / "docs" / "speed.md").read_text(encoding="utf-8")
    files = sorted((root / "tests").rglob("test_*.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in text] == []
