"""The bill before the run, on made-up records."""

from __future__ import annotations

import json

import pytest

from xitt import paths
from xitt.analysis import results
from xitt.errors import UserError
from xitt.report.tables import plans
from xitt.running.planning import budget, kept, work
from xitt.running.planning.budget import Budget
from xitt.study import grid, profiles
from xitt.study.families import models

H200 = "NVIDIA H200"


def record(run, *, speed=1000.0, accelerator=H200, seconds=100.0, trained=60.0):
    model = models.name(run.profile)
    return {
        "key": run.key, "phase": run.phase, "target": run.target,
        "encoder": {"id": model},
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


XLMR = "FacebookAI/xlm-roberta-base"


@pytest.mark.parametrize("name", [XLMR, f"{XLMR}@abc", "lab/tiny@v1", "folder"])
def test_records_of_a_model_are_found_whatever_its_revision(
    study, recorded, encoder, name
):
    study = {**study, "encoder": str(encoder) if name == "folder" else name}
    called = encoder.name if name == "folder" else name.partition("@")[0]
    run = grid.runs(study)[0]
    recorded({**record(run), "encoder": {"id": called}}, record(run) | {"encoder": {
        "id": "another"}})  # fmt: skip
    assert len(Budget(study).recorded) == 1
    if called == XLMR:
        assert Budget(study).shape[:2] == (12, 768)  # and nothing is fetched


def test_hours_are_tokens_at_the_recorded_speed_and_examples_at_the_recorded_rate(
    study, recorded
):
    run = grid.runs(study)[0]
    recorded(
        record(run, speed=900.0), record(run, speed=1000.0), record(run, speed=9e9)
    )
    made = Budget(study)
    assert made.speed == 1000.0
    assert made.rates.by_example == {
        "xquad": 1.0
    }  # 40 seconds beside training, 40 examples
    runs = {each.target: each for each in grid.runs(study)}
    seconds = made.seconds(list(runs.values()))
    languages = 11  # of XQuAD; 32 of each are tested, 32 validated
    trained = 160 * 1 * 100 / 1000
    assert seconds[runs["xquad"].key] == pytest.approx(trained + 32 * languages + 32)
    # MLQA, of which nothing is recorded, has as many tokens an example. It has the
    # training of XQuAD, and does not pay for it again.
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


def test_records_of_an_a100_are_none_of_an_a10(study, recorded):
    recorded(record(grid.runs(study)[0], accelerator="NVIDIA A100-SXM4-80GB"))
    assert Budget(study, "A10").recorded == []
    assert Budget(study, "A100").speed == 1000.0


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


# ---------------------------------------------------------------------- tokens, by hand


def test_a_token_is_trained_on_at_three_times_the_cost_of_reading_it(study, recorded):
    recorded()
    made, run = Budget(study), grid.runs(study)[0]
    assert work.scored(run, {"xquad": 100.0}) == (32 * 12, 32 * 12 * 100.0, 0, 0)
    assert work.trained(run, {"xquad": 100.0}) == 160 * 100
    trained = 160 * 100 / made.speed
    read = 32 * 12 * 100 / (3 * made.speed)
    assert made.seconds([run])[run.key] == pytest.approx(trained + read)


def test_what_a_language_model_reads_and_writes_is_counted(recorded, monkeypatch):
    """No run of `none` trains; half of 256 tokens are a prompt's."""
    monkeypatch.delenv("XITT_MIRROR", raising=False)  # it may hold more languages
    recorded()
    study = grid.select(profiles.load("small-lm"), "none", "", "13")
    runs = {run.target: run for run in grid.runs(study)}
    found = {target: work.scored(run, {}) for target, run in runs.items()}
    programs = 13 * 80  # languages, problems
    assert found["humaneval_xl"] == (
        programs, programs * 2 * 128, programs * 160, 128 + 160,
    )  # fmt: skip
    problems = 9 * study["tasks"]["mgsm"]["max_test"]
    longest = (32, 256)  # of the two protocols
    assert found["mgsm"] == (
        problems, problems * 2 * 2 * 128, problems * sum(longest), 128 + 144,
    )  # fmt: skip
    assert found["xcopa"] == (8 * 100, 8 * 100 * 2 * 128, 0, 0)
    assert found["xnli"][:2] == (11 * 100, 11 * 100 * 128)  # by one protocol
    assert not any(work.trained(run, {}) for run in runs.values())
    frame = Budget(study).frame()
    assert frame.loc["target", "million tokens trained"] == 0
    total = sum(each.read + each.written for each in found.values())
    assert frame.loc["target", "million tokens scored"] == round(total / 1e6, 2)
    assert frame.loc["target", "hours"] > 0


def test_a_text_is_written_in_steps_that_several_take_together(recorded):
    recorded()
    study = grid.select(profiles.load("small-lm"), "none", "humaneval_xl", "13")
    made, (run,) = Budget(study, "H100"), grid.runs(study)
    texts = 16384 // (128 + 160)  # a batch of evaluation.token_budget tokens
    step = 24 * 1e-3  # layers; to read 4 x 0.49e9 bytes at 3.35e12 a second is less
    flops = 2 * 12 * 24 * 896**2
    read = 13 * 80 * 2 * 128 * flops / (0.4 * 989e12)
    written = 13 * 80 * 160 * step / texts
    assert made.seconds([run])[run.key] == pytest.approx(read + written, rel=1e-6)


def test_reading_and_writing_are_foretold_apart_where_records_tell_them_apart(
    recorded, monkeypatch
):
    """Minutes of writing say nothing of choices, nor choices of writing."""
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    study = grid.select(profiles.load("small-lm"), "none,mnli", "", "13")
    runs = {run.target: run for run in grid.runs(study) if run.setting == "none"}

    def of(target, examples, seconds):
        made = record(runs[target], accelerator="a card", seconds=seconds)
        counts = {"test": {"en": examples}}
        return {**made, "training": None, "data": {"counts": counts}}

    # 256 tokens of a problem are read, then 160 written; of XCOPA 256 are read.
    recorded(of("humaneval_xl", 100, 100 * (0.5 + 4.0)), of("xcopa", 100, 50.0))
    made = Budget(study)
    assert made.reading == pytest.approx(256 / 0.5)
    assert made.rates.written == pytest.approx(160 / 4)
    seconds = made.seconds(grid.runs(study))
    problems = 9 * study["tasks"]["mgsm"]["max_test"]
    read, written = problems * 2 * 2 * 128, problems * (32 + 256)
    want = read / 512 + written / 40
    assert seconds[runs["mgsm"].key] == pytest.approx(want)
    assert seconds[runs["xnli"].key] == pytest.approx(11 * 100 * 128 / 512)
    assert made.speed == pytest.approx(512 / 3)  # of what trains nothing is recorded
    assert made.assumption() == (
        "by two recorded runs of this model on a card; training at 171 tokens/s (none "
        "is recorded; it takes 3 times what reading takes); scoring as recorded for "
        "humaneval_xl, xcopa; other targets at 512 tokens/s read and 40 written"
    )
    recorded(of("xcopa", 100, 50.0))
    said = Budget(study).assumption()
    assert said.endswith("tokens/s read and 512 written at best (none is recorded)")


def test_masked_lm_and_mixtures_are_counted_as_steps():
    study = profiles.load("demo")  # MNLI: 256 examples, twice
    one = grid.intermediate(study, "mnli", 13)
    both = grid.intermediate(study, "mnli+mlm", 13)
    plain = work.trained(one, {"mnli": 50.0})
    assert plain == 2 * 256 * 50
    mlm = 0.2 / 0.8 * 2 * 256 * 64 / 2  # every fifth step is one of sentences
    assert work.trained(both, {"mnli": 50.0}) == pytest.approx(plain + mlm)
    multi = grid.intermediate(study, "multi", 13)
    lengths = dict.fromkeys(multi.params["recipes"], 10.0)
    # Once through 48 examples of each: MNLI alone would go twice through its own.
    plain = 48 * len(lengths) * 10
    assert work.trained(multi, lengths) == plain
    mlm = 0.2 / 0.8 * 48 * len(lengths) * 64 / 2
    beside = work.trained(grid.intermediate(study, "multi+mlm", 13), lengths)
    assert beside == pytest.approx(plain + mlm)


def test_gradient_checkpointing_takes_less_memory_and_more_time(study, recorded):
    def again(study):
        training = {**study["training"], "gradient_checkpointing": True}
        return Budget({**study, "training": training})

    large = profiles.load("paper")
    kept = 34 * 16384 * 1024 * 24 - (34 + 2 * 24) * 16384 * 1024
    apart = Budget(large).gpu_memory_gb() - again(large).gpu_memory_gb()
    assert apart == pytest.approx(kept / 1e9)
    recorded()
    assert again(study).speed == pytest.approx(0.75 * Budget(study).speed)
    recorded(record(grid.runs(study)[0], speed=1000.0))
    assert again(study).speed == 750.0  # what is recorded was without it
    said = "\n".join(budget.lines(Budget(study), price=0.0, jobs=1))
    less = again(study).gpu_memory_gb()
    assert f"GB. With training.gradient_checkpointing: {less:.1f} GB." in said
    said = "\n".join(budget.lines(again(study), price=0.0, jobs=1))
    assert f": about {less:.1f} GB.\n" in said


def test_a_kept_plan_takes_the_place_of_its_older_one_and_counts_every_run(
    study, recorded, tmp_path
):
    recorded(record(grid.runs(study)[0]))
    path = tmp_path / "plans.json"
    kept.keep(Budget(study, "a100"), path)
    kept.keep(Budget(study), path)
    once = path.read_bytes()
    kept.keep(Budget(study, "a100"), path)
    assert path.read_bytes() == once
    made = json.loads(once)
    found = [(each["hardware"], each["runs"], each.get("times")) for each in made]
    # Three targets and one on perturbed input; ten times as many seeds.
    assert found == [
        ("A100", 4, None),
        ("A100", 40, 10),
        (H200, 4, None),
        (H200, 40, 10),
    ]
    few, many = made[:2]
    # XQuAD and MLQA share a training of 160 examples, XNLI has its own.
    xnli = profiles.recipe(study, "target", "xnli")
    trained = 160 + xnli["epochs"] * xnli["max_train"]
    assert few["million_tokens_trained"] == round(trained * 100 / 1e6, 1) > 0
    assert many["hours"] == pytest.approx(10 * few["hours"], rel=0.1)


def test_ten_times_a_study_has_seeds_of_its_own():
    assert kept.more_seeds({"seeds": [13, 42]}, 3)["seeds"] == [13, 42, 43, 44, 45, 46]


def test_the_papers_table_says_how_right_a_plan_was(monkeypatch, tmp_path):
    path = tmp_path / "plans.json"
    monkeypatch.setattr(paths, "PLANS", path)
    assert "nothing" in plans.plan_table(results.of([])).lower()
    plan = {"study": "paper", "hardware": "H100", "runs": 4470, "times": 10,
            "million_tokens_trained": 60436.6, "million_tokens_scored": 1.2,
            "hours": 83.72, "memory_gb": 28.6, "disk_gb": 950.8}  # fmt: skip
    tested = {"runs": 58, "foretold_hours": 10.65, "took_hours": 8.32}
    path.write_text(json.dumps([plan, {**plan, "times": 1, "recorded": tested}]))
    first, second = plans.plan_table(results.of([])).splitlines()[-4:-2]
    shown = ["paper, ten times", "H100", "4,470", "60,437", "1", "83.7", "28.6", "951"]
    assert first.split(" & ")[:8] == shown
    assert "58 & 10.7 & 8.3" in second
