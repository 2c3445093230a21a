"""The bill before the run, on made-up records."""

from __future__ import annotations

import pytest

from xitt.errors import UserError
from xitt.running import budget
from xitt.running.budget import Budget
from xitt.study import grid, profiles

H200 = "NVIDIA H200"


def record(run, *, speed=1000.0, accelerator=H200, seconds=100.0, trained=60.0):
    model = run.profile["encoder"]
    return {
        "key": run.key, "phase": run.phase, "encoder": {"id": model},
        "hardware": {"accelerator": accelerator, "processor": "p", "cores": 2},
        "seconds": seconds, "data": {"counts": {"test": {"en": 30, "de": 10}}},
        "training": {"tokens_per_second": speed, "seconds": trained, "by_task": {},
                     "tokens": 1, "examples": 1},
    }  # fmt: skip


@pytest.fixture
def study():
    return grid.select(profiles.load("demo"), "none", "xquad,mlqa,xnli", "13")


@pytest.fixture
def recorded(monkeypatch, study):
    """Sets what is recorded, and that every example has 100 tokens."""

    def set_records(*made):
        monkeypatch.setattr(budget, "_all_records", lambda: made)
        lengths = {"xquad": 100.0, "mlqa": 100.0, "xnli": 100.0}
        monkeypatch.setattr(budget, "_tokens_per_example", lambda: lengths)

    return set_records


def test_hours_are_tokens_at_the_recorded_speed_and_examples_at_the_recorded_rate(
    study, recorded
):
    run = grid.runs(study)[0]
    recorded(
        record(run, speed=900.0), record(run, speed=1000.0), record(run, speed=9e9)
    )
    made = Budget(study)
    assert made.speed == 1000.0
    assert made.scoring == 1.0  # 40 seconds beside training, 40 examples
    runs = {each.target: each for each in grid.runs(study)}
    seconds = made.seconds(list(runs.values()))
    languages = 11  # of XQuAD; 32 of each are tested, 32 validated
    trained = 160 * 1 * 100 / 1000
    assert seconds[runs["xquad"].key] == pytest.approx(trained + 32 * languages + 32)
    # MLQA has the training of XQuAD, and does not pay for it again
    assert seconds[runs["mlqa"].key] == pytest.approx(32 * 7 + 32)


def test_without_records_there_the_speed_is_a_share_of_the_named_gpus_peak(
    study, recorded
):
    recorded(record(grid.runs(study)[0]))
    made = Budget(study, "a100")
    assert made.recorded == []
    assert made.speed == pytest.approx(0.4 * 312e12 / (6 * 12 * 12 * 384**2))
    assert "40% of the bf16 peak of one A100 (312 Tflop/s)" in made.assumption()
    assert Budget(study, "h200").speed == 1000.0
    with pytest.raises(UserError, match="unknown GPU 'A1000'; did you mean 'A100'"):
        Budget(study, "A1000")


def test_memory_and_disk_of_xlmr_large_are_what_its_size_says():
    study = profiles.load("paper")
    made = Budget(study)
    layers, hidden, parameters = made.shape
    assert (layers, hidden) == (24, 1024)
    assert parameters == pytest.approx(558e6, rel=0.01)
    activations = 34 * 16384 * 1024 * 24
    logits = 0.15 * 16384 * 250_002 * 8  # its MLM is over the whole vocabulary
    want = (18 * parameters + activations + logits) / 1e9
    assert made.gpu_memory_gb() == pytest.approx(want)
    stays, beside = made.disk_gb(jobs=3)
    trained = sum(run.phase == "intermediate" for run in grid.runs(study))
    assert stays == pytest.approx(trained * 4 * parameters / 1e9)
    assert beside == pytest.approx(3 * 2 * 12 * parameters / 1e9)


def test_a_plan_says_money_and_where_memory_is_too_small(study, recorded, monkeypatch):
    recorded()
    said = "\n".join(budget.lines(Budget(study, "V100"), price=2.0, jobs=4))
    assert ", of 32 of the V100." in said
    assert "Money: " in said and " h x 2 = " in said
    monkeypatch.setattr(Budget, "gpu_memory_gb", lambda self: 31.0)
    said = "\n".join(budget.lines(Budget(study, "V100"), price=0.0, jobs=4))
    assert "more than the 32 of the V100: lower training.token_budget" in said
    assert "Money" not in said


def test_a_job_asks_for_twice_its_time_in_whole_quarters(study, recorded, monkeypatch):
    recorded()
    monkeypatch.setattr(Budget, "seconds", lambda self, runs: {"a": 60.0, "b": 240.0})
    assert Budget(study).minutes([]) == 30  # 15 to start, and 2 x 5


def test_adapters_are_kept_and_not_the_model_that_they_stand_beside():
    study = profiles.load("small-lm")
    whole = Budget({**study, "tuning": {"method": "full"}})
    made = Budget(study)
    width, rank = 896, study["tuning"]["rank"]
    assert made.trained == round(2 * rank / width * 12 * 24 * width**2)
    assert made.disk_gb(jobs=1)[0] < 0.05 * whole.disk_gb(jobs=1)[0]
    apart = whole.gpu_memory_gb() - made.gpu_memory_gb()
    assert apart == pytest.approx(12 * (whole.shape[2] - made.trained) / 1e9)
