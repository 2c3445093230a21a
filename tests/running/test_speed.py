"""The benchmark: contenders that really train, equal pairs mined, an honest verdict."""

from __future__ import annotations

import json

import fake_records
import numpy as np
import pytest
import tiny
import torch

from xitt.errors import UserError
from xitt.inputs import tokenising
from xitt.models import encoders
from xitt.report import speed_report
from xitt.report.figures import speed_figure
from xitt.running.benchmark import contenders, mining, scaling, speed
from xitt.scoring import neighbours, retrieval

TOKENIZER = tiny.tokenizer()


def made(n=96):
    rows = tiny.rows("classification", n)
    return tokenising.make("classification", rows, TOKENIZER, max_length=32)


@pytest.fixture
def result():
    return fake_records.speed()


@pytest.mark.parametrize("name", speed.CONTENDERS)
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
    assert set(speed.faiss_margin(x, y)) == set(zip(sources.tolist(), targets.tolist()))


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
    work = speed.flops_per_token(str(encoder), one)
    assert work == 6 * 12 * 2 * 32**2 + 12 * 2 * 32 * length


def test_too_few_examples_are_said():
    with pytest.raises(UserError, match="96 examples are too few for 3 rounds of 6"):
        speed.training("e5-small", made(), longest=64, rounds=3, steps=6)


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


def test_the_report_draws_and_writes_what_was_measured(result, tmp_path, monkeypatch):
    path = tmp_path / "speed.json"
    path.write_text(json.dumps(result))
    monkeypatch.setattr(speed_report, "load", lambda: json.loads(path.read_text()))
    _, (png, _, shown) = speed_figure.draw(tmp_path / "png", tmp_path / "pdf")
    assert png.exists()
    rows = json.loads(shown.read_text())["data"]
    assert [row["ratio"] for row in rows] == [1.0, 2.0, 2.25, 4.5]
    (table,) = speed_report.write(tmp_path)
    assert r"4.5$\times$" in table.read_text()
    assert speed_report.numbers(result)["speed/fraction"] == ("0.50", 0.5)


def test_nothing_measured_yet_is_said_and_stops_nothing(tmp_path, monkeypatch):
    assert speed_report.load(tmp_path / "speed.json") is None
    monkeypatch.setattr(speed_report, "load", lambda: None)
    figure, written = speed_figure.draw(tmp_path / "png", tmp_path / "pdf")
    assert "not measured yet" in figure.texts[0].get_text() and not written
    assert speed_report.write(tmp_path) == [] == list(tmp_path.iterdir())
    assert speed_report.numbers(None) == {}
