"""The checks of a GPU, rehearsed on the CPU, and how their outcomes are told."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from xitt import __main__, paths
from xitt.errors import UserError
from xitt.running.gpu import checking, equality, material, throughput
from xitt.running.gpu.checking import Check
from xitt.running.gpu.material import Setting
from xitt.training import devices

pytestmark = pytest.mark.usefixtures("one_thread")

MODULES = {"equality": equality, "throughput": throughput}
OF_LANGUAGE_MODELS = "scores_choices"  # needs a wheel, and is compared elsewhere


@pytest.fixture(scope="module")
def pocket(tmp_path_factory):
    """A folder for the demo's generated data, written once for all checks."""
    return tmp_path_factory.mktemp("pocket")


@pytest.fixture
def setting(encoder, pocket, monkeypatch) -> Setting:
    monkeypatch.setattr(paths, "POCKET", pocket)
    return Setting("cpu", str(encoder), rehearse=True)


LARGER = ("xlm-roberta-base", "xlm-roberta-large")  # of one size in a rehearsal
REHEARSED = [
    each
    for each in checking.checks()
    if each.function != OF_LANGUAGE_MODELS
    and (each.function == "memory" or not set(LARGER) & set(each.given))
]


@pytest.mark.parametrize("check", REHEARSED, ids=lambda check: check.name)
def test_every_check_passes_where_the_gpu_is_the_cpu(check, setting):
    found = getattr(MODULES[check.module], check.function)(setting, *check.given)
    json.dumps(found)
    if "tolerance" in found:
        assert 0 <= found["difference"] <= found["tolerance"]


def test_names_of_checks_differ_and_all_limits_fit_eight_minutes():
    names = [check.name for check in checking.checks()]
    assert len(set(names)) == len(names)
    assert checking.SECONDS < 8 * 60


def test_a_wrong_result_is_a_failure_that_says_how_far_it_is_off(setting, monkeypatch):
    real = material.encoder

    def broken(setting, dropout):
        model, tokenizer = real(setting, dropout)
        with torch.no_grad():
            model.encoder.layer[-1].output.LayerNorm.weight.mul_(1 + 3 * len(calls))
        calls.append(1)
        return model, tokenizer

    calls: list[int] = []
    monkeypatch.setattr(material, "encoder", broken)
    with pytest.raises(equality.Differs, match=r"is more than 0\.002"):
        equality.predicts(setting, "classification", "fp32")


def test_no_number_is_no_agreement():
    with pytest.raises(equality.Differs):
        equality._near(float("nan"), 1.0)


def test_a_check_that_fails_or_takes_too_long_stops_no_other(
    tmp_path, monkeypatch, encoder
):
    few = [
        Check("throughput", "peak"),
        Check("throughput", "no_such_check"),
        Check("throughput", "ours", ("e5-small",), limit=-checking.STARTING_S),
    ]
    monkeypatch.setattr(checking, "checks", lambda: few)
    said: list[str] = []
    out = tmp_path / "gpu.json"
    found = checking.check(
        "cpu", rehearse=True, encoder=str(encoder), out=out, say=said.append
    )
    assert json.loads(out.read_text()) == found
    assert (found["passed"], found["failed"]) == (1, 1), said
    assert "no_such_check" in said[1] and "failed" in said[1]
    assert "out of time" in said[2]


def test_what_time_is_left_for_nothing_is_not_reached(tmp_path, encoder):
    found = checking.check(
        "cpu", rehearse=True, encoder=str(encoder), out=tmp_path / "gpu.json",
        seconds=0, say=lambda text: None,
    )  # fmt: skip
    outcomes = {each["outcome"] for each in found["checks"].values()}
    assert outcomes == {"not reached"} and found["passed"] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "torch sees no CUDA device here; rehearse with --device cpu --rehearse"),
        (["--device", "cpu"], "--device cpu is for a rehearsal; add --rehearse"),
        (["--device", "tpu"], "--device tpu: give cuda, or cpu with --rehearse"),
    ],
)
def test_without_a_gpu_one_line_says_what_to_do(given, said, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert __main__.main(["check-gpu", *given]) == 2
    assert capsys.readouterr().err == f"xitt: {said}\n"


def test_a_device_is_named_for_a_while(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert devices.device().type == "cuda"
    with devices.on("cpu"):
        assert devices.device().type == "cpu"
    assert devices.device().type == "cuda"


def test_sequences_are_labelled_and_of_the_lengths_asked(setting):
    part = material.sequences(setting, 20)
    assert len(part) == 20 and set(np.unique(part.labels)) <= {0, 1, 2}
    assert part.lengths.min() >= 8 and part.lengths.max() <= 16


def test_an_unknown_device_is_refused_before_anything_starts():
    with pytest.raises(UserError, match="give cuda"):
        checking.check("mps")
