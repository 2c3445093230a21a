"""Tasks that were not learned, intermediate or target, are found, told and marked."""

import fake_records
import pytest

from xitt.analysis import results
from xitt.analysis.cautions import unlearned
from xitt.report.prose import floors
from xitt.report.questions import volume_prose
from xitt.report.tables import scores

LANGUAGES = {"xnli": ("de", "en", "sw")}


def trained(setting, **by_task):
    """An intermediate record whose tasks score as given: (score, trivial or None)."""
    record = fake_records.intermediate_record(setting)
    entries = record["metrics"]["validation"]
    for task, (score, trivial) in by_task.items():
        entries[task] = {"headline": "accuracy", "accuracy": score, "n": 100, "se": 2.0}
        if trivial is not None:
            entries[task]["trivial"] = trivial
    record["metrics"]["validation"] = {task: entries[task] for task in by_task}
    return record


def test_a_task_at_chance_is_not_learned_and_one_above_it_is():
    found = unlearned.frame(
        [
            trained("hellaswag", hellaswag=(26.75, None)),
            trained("mnli", mnli=(51.5, None)),
        ]
    ).set_index("setting")
    assert found["trivial"].to_dict() == pytest.approx(
        {"hellaswag": 25, "mnli": 100 / 3}
    )
    assert found["learned"].to_dict() == {"hellaswag": False, "mnli": True}
    # 26.75 - 1.96 x 2
    assert found.loc["hellaswag", "low"] == pytest.approx(22.83, abs=0.01)


def test_the_commonest_answer_counts_where_any_record_of_the_task_knows_it():
    found = unlearned.frame(
        [
            trained("qqp", qqp=(62.0, None)),
            trained("multi", qqp=(80.0, 61.0)),
        ]
    ).set_index("setting")
    assert found["trivial"].to_dict() == {"qqp": 61.0, "multi": 61.0}
    assert found["learned"].to_dict() == {"qqp": False, "multi": True}


def test_of_spans_without_a_known_trivial_answer_nothing_bad_is_said():
    record = trained("squad_v1", squad_v1=(0.0, None))
    assert list(unlearned.frame([record])["learned"]) == [True]


def test_a_setting_of_many_tasks_is_unlearned_only_where_all_are():
    records = fake_records.grid(("none", "multi", "hellaswag"), LANGUAGES)
    half = trained("multi", mnli=(33.0, None), qqp=(80.0, 61.0))
    study = results.of([*records, half, trained("hellaswag", hellaswag=(25.0, None))])
    assert study.unlearned == ["hellaswag"]
    marked = study.gains[study.gains["unlearned"]]
    assert set(marked["setting"]) == {"hellaswag"}
    table = scores.gains_table(study)
    assert table.count(r"\ddag") == 1
    said = floors.of(study)["unlearned"]
    assert "HellaSwag (25.0 points on its own" in said
    assert "within Multi-task MNLI." in said
    assert "QQP" not in said
    assert "hellaswag" not in set(study.volume.points["setting"])
    assert "multi" in set(study.volume.points["setting"])
    assert "HellaSwag, is left out here" in volume_prose.unlearned(study)


def test_nothing_is_said_of_a_study_whose_tasks_were_learned():
    study = results.of(fake_records.grid(("none",), LANGUAGES))
    assert floors.of(study)["unlearned"] == ""


def test_a_cell_that_failed_where_the_baseline_learns_is_told():
    records = fake_records.grid(("none", "mnli", "qqp"), LANGUAGES)
    assert floors.of(results.of(records))["failed"] == ""
    for record in records:
        if record["setting"] == "qqp" and record["phase"] == "target":
            for scores in record["metrics"]["test"].values():
                alike = [scores["trivial"] - 2, scores["trivial"] + 2]
                scores["replicates"] = alike * (len(scores["replicates"]) // 2)
                scores["accuracy"] = scores["trivial"]
    said = floors.of(results.of(records))["failed"]
    assert "on XNLI after QQP (33.3): such a loss" in said
    assert "MNLI" not in said
