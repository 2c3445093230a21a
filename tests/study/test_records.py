"""Records are whole, readable, and named by what decides their content."""

from __future__ import annotations

import json

import pytest

from xitt.errors import UserError
from xitt.study import records


@pytest.fixture
def record():
    return {
        "key": "0" * 16, "protocol": 1, "phase": "target", "profile": "demo",
        "demo": True, "setting": "mnli", "target": "udpos", "seed": 13, "params": {},
        "encoder": {}, "data": {}, "headline": "f1", "seconds": 1.0,
        "metrics": {
            "test": {"de": {"f1": 57.1, "token_accuracy": 83.3, "n": 6, "se": 2.0,
                            "replicates": [57.0, 57.2]}},
            "validation": {"en": {"f1": 72.7, "token_accuracy": 83.3, "n": 6}},
        },
    }  # fmt: skip


def test_a_key_changes_with_a_parameter_and_not_with_their_order():
    assert records.key_of({"a": 1, "b": 2}) == records.key_of({"b": 2, "a": 1})
    assert records.key_of({"a": 1}) != records.key_of({"a": 2})


def test_a_key_is_the_same_on_every_python_and_machine():
    params = {"protocol": 1, "lr": 1e-5, "setting": "mnli", "adam_eps": 1e-08}
    params |= {"languages": ["en", "中文"], "none": None, "share": 0.1, "yes": True}
    assert records.key_of(params) == "a20724c2d29084ec"


def test_a_raised_protocol_changes_every_key(monkeypatch):
    before = records.key_of({"a": 1})
    monkeypatch.setattr(records, "PROTOCOL", records.PROTOCOL + 1)
    assert records.key_of({"a": 1}) != before


def test_what_is_written_is_read_again(tmp_path, record):
    records.write(tmp_path / "r.json", record)
    assert records.load(tmp_path) == [record]


def test_a_digest_is_of_all_but_itself_and_survives_the_file(tmp_path, record):
    record["params"] = {"sizes": (1, 2), "by": {10: 0.1, 9: 1e-7}}
    records.write(tmp_path / "r.json", record)
    (again,) = records.load(tmp_path)
    assert again["digest"] == record["digest"] == records.digest(again)
    again["metrics"]["test"]["de"]["replicates"][0] += 0.1
    assert records.digest(again) != again["digest"]


def test_a_score_that_is_no_number_is_never_written(tmp_path, record):
    record["metrics"]["test"]["de"]["f1"] = float("nan")
    with pytest.raises(UserError, match="no number"):
        records.write(tmp_path / "r.json", record)
    assert list(tmp_path.iterdir()) == []


def test_half_a_record_is_refused_with_its_name_and_the_mend(tmp_path, record):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(record)[:100])
    with pytest.raises(UserError, match=r"r\.json is not a record .* delete it"):
        records.load(tmp_path)


def test_a_frame_has_a_row_a_score_with_its_n_and_marks_the_headline(record):
    frame = records.frame([record])
    assert len(frame) == 4
    headline = frame[frame.headline & (frame.split == "test")]
    assert headline[["language", "metric", "value", "n"]].values.tolist() == [
        ["de", "f1", 57.1, 6]
    ]
