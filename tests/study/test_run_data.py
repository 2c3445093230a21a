"""What a run trains on and is scored on is known to be usable before it trains."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xitt import paths
from xitt.data import corpora
from xitt.data.pocket import suite
from xitt.errors import UserError
from xitt.running.planning import work
from xitt.study import data_source, grid, phases, run_data
from xitt.training import loop


@pytest.fixture
def study(study, tmp_path, monkeypatch) -> dict:
    """A study whose data a test may damage."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "POCKET", tmp_path / "pocket")
    run_data.prepare(study)
    return study


@pytest.fixture
def untrained(monkeypatch) -> None:
    """A training is a failure of the test."""

    def fit(*args, **kwargs):
        raise AssertionError("trained before everything was read")

    monkeypatch.setattr(loop, "fit", fit)


def damage(study, place: str, column: str, row: int, value) -> Path:
    """One value of a file is another."""
    path = data_source.source(study) / f"{place}.parquet"
    table = pq.read_table(path)
    at = table.column_names.index(column)
    values = table[column].to_pylist()
    values[row] = value
    pq.write_table(table.set_column(at, column, pa.array(values)), path)
    return path


@pytest.mark.parametrize(
    ("target", "place", "column", "value", "message"),
    [
        ("panx", "unimelb-nlp/wikiann/de/test", "tokens", None,
         "row 3 of 'tokens' is null"),
        ("xnli", "facebook/xnli/zh/test", "premise", None,
         "row 3 of 'premise' is null"),
        ("xquad", "google/xquad/xquad.zh/validation", "context", None,
         "row 3 of 'context' is null"),
        ("bucc", "local/bucc2018/zh-en/zh.test", "sentence", None,
         "row 3 of 'sentence' is null"),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_is_named_before_anything_trains(
    study, untrained, target, place, column, value, message
):
    damage(study, place, column, 3, value)
    with pytest.raises(UserError, match=message) as error:
        phases.transfer(grid.target(study, "none", target, 13))
    lang = "de" if "/de" in place else "zh"
    assert f"{place}.parquet" in str(error.value)
    assert f"(language '{lang}')" in str(error.value)


def test_an_intermediate_task_that_cannot_be_validated_is_not_trained(study, untrained):
    place = "nyu-mll/multi_nli/default/validation_matched"
    damage(study, place, "hypothesis", 5, None)
    with pytest.raises(UserError, match=r"validation_matched.* row 5 of 'hypothesis'"):
        phases.train_intermediate(grid.intermediate(study, "mnli", 13))


def test_labels_that_no_metric_takes_are_found_before_anything_trains(study, untrained):
    """A sample may hold one label alone where its file does not."""
    study["evaluation"] = {**study["evaluation"], "max_test": 20}
    path = data_source.source(study) / "facebook/xnli/de/test.parquet"
    table = pq.read_table(path)
    big = pa.concat_tables([table] * (-(-400 // len(table)))).slice(0, 400)
    labels = pa.array([1, *[0] * 399], table.schema.field("label").type)
    at = table.column_names.index("label")
    pq.write_table(big.set_column(at, "label", labels), path)
    with pytest.raises(UserError, match="xnli, test in 'de': all 20 reference labels"):
        phases.transfer(grid.target(study, "none", "xnli", 13))


def test_windows_that_do_not_fit_are_found_before_anything_trains(study, untrained):
    study["target"]["recipe"] = {**study["target"]["recipe"], "doc_stride": 199}
    with pytest.raises(UserError, match="doc_stride 199 leaves no room"):
        phases.transfer(grid.target(study, "none", "xquad", 13))


def test_mining_needs_what_its_threshold_is_tuned_on(study):
    folder = data_source.source(study) / "local/bucc2018/zh-en"
    (folder / "gold.parquet").unlink()
    with pytest.raises(UserError, match="bucc has test data in 'zh' and no validation"):
        run_data.check(grid.target(study, "none", "bucc", 13))


def test_everything_that_a_run_reads_is_given(study):
    train, scored = run_data.check(grid.target(study, "none", "panx", 13))
    assert set(train["panx"]) == {"en"} and len(train["panx"]["en"]) == 32
    assert set(scored["panx"]) == {
        ("validation", "en"), ("test", "en"), ("test", "de"), ("test", "zh"),
    }  # fmt: skip
    train, scored = run_data.check(grid.target(study, "none", "bucc", 13))
    assert not train
    assert isinstance(scored["bucc"]["test", "de"], corpora.Mining)
    train, scored = run_data.check(grid.intermediate(study, "mnli+mlm", 13))
    assert set(train) == {"mnli", "pocket_text"}
    assert set(scored["mnli"]) == {("validation", "en")}


def test_a_tasks_own_number_of_rows_stands_above_that_of_all_questions(study):
    study["evaluation"] |= {"max_validation": 6, "max_questions": 4}
    before = grid.target(study, "none", "mlqa", 13).key
    study["tasks"] = {**study["tasks"], "xquad": {"max_test": 7}}
    assert grid.target(study, "none", "mlqa", 13).key == before
    for target, most in (("xquad", 7), ("mlqa", 4)):
        run = grid.target(study, "none", target, 13)
        (parts,) = run_data.check(run).scored.values()
        tests = {lang: len(rows) for (split, lang), rows in parts.items()
                 if split == "test"}  # fmt: skip
        assert tests == dict.fromkeys(("en", "de", "zh"), most)
        assert work.scored(run, {}).examples == sum(map(len, parts.values()))


def test_a_target_that_fails_does_not_stop_those_behind_it(study):
    damage(study, "unimelb-nlp/wikiann/de/test", "tokens", 3, None)
    runs = [grid.target(study, "none", name, 13) for name in ("panx", "tatoeba")]
    with pytest.raises(UserError, match=r"1 of 2 targets failed: panx: .*row 3"):
        phases.each(runs)
    assert [run.done for run in runs] == [False, True]


def test_a_fault_of_ours_does_not_stop_those_behind_it_either(study, monkeypatch):
    runs = [grid.target(study, "none", name, 13) for name in ("udpos", "panx", "xnli")]

    def transfer(run):
        if run.target != "xnli":
            raise RuntimeError(f"no {run.target}\ntoday")
        return {"target": run.target}

    monkeypatch.setattr(phases, "transfer", transfer)
    assert phases.each(runs[2:]) == [{"target": "xnli"}]
    with pytest.raises(RuntimeError, match="no udpos"):
        phases.each(runs[:1])
    with pytest.raises(UserError) as error:
        phases.each(runs)
    assert str(error.value) == (
        "2 of 3 targets failed: udpos: RuntimeError: no udpos today; "
        "panx: RuntimeError: no panx today"
    )
    assert isinstance(error.value.__cause__, RuntimeError)


def test_a_question_without_answer_changes_no_other_prediction(study):
    """One row without an answer is left out; the others are answered as before."""
    run = grid.target(study, "none", "xquad", 13)
    before = phases.transfer(run)
    path = run.folder / "predictions.json"
    kept = path.read_text()
    run.record.unlink()
    place = "google/xquad/xquad.zh/validation"
    damage(study, place, "answers", 0, {"text": [], "answer_start": []})
    after = phases.transfer(run)
    old, new = json.loads(kept), json.loads(path.read_text())
    assert new["test/zh"] == old["test/zh"][1:]
    assert new["test/de"] == old["test/de"]
    n = [record["metrics"]["test"]["zh"]["n"] for record in (before, after)]
    assert n[1] == n[0] - 1


def test_a_pocket_suite_of_an_older_version_gets_what_it_lacks(study):
    source = data_source.source(study)
    shutil.rmtree(source / "cambridgeltl")
    assert not suite.complete(source)
    run_data.prepare(study)
    assert suite.complete(source)
    assert (source / "cambridgeltl/xcopa/sw/test.parquet").exists()
