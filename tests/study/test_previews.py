"""What a notebook shows of a study's data is of its own tasks and languages alone."""

from __future__ import annotations

import pytest
import tiny_mirror

from xitt import paths
from xitt.data import examples, importing
from xitt.study import data_source, grid, previews, run_data


@pytest.fixture
def study(study, tmp_path, monkeypatch) -> dict:
    monkeypatch.setattr(paths, "POCKET", tmp_path / "pocket")
    run_data.prepare(study)
    return study


def test_pairs_are_those_of_the_languages_of_the_study(study):
    shown = previews.parallel(study)
    assert list(shown["language"]) == ["German", "Chinese"]
    assert list(previews.parallel({**study, "languages": ["en"]})["language"]) == []


def test_a_damaged_file_of_a_task_that_is_not_asked_for_is_not_read(study):
    study["targets"] = ["xnli"]
    for path in (data_source.source(study) / "google/xtreme").glob("tatoeba.*/*"):
        path.write_bytes(b"damaged")
    assert previews.parallel(study).empty
    assert "tatoeba" not in set(previews.overview(study)["task"])


def test_the_hub_is_not_asked_for_what_a_study_does_not_read(study, monkeypatch):
    asked = []
    monkeypatch.setattr(examples, "load", lambda *args, **kwargs: asked.append(args))
    previews.parallel({**study, "source": "hub", "targets": ["xnli", "panx"]})
    assert asked == []


@pytest.mark.parametrize("name", ["tatoeba", "bucc"])
def test_an_example_is_of_a_language_of_the_study(study, name, monkeypatch):
    study["languages"] = ["zh"]
    for path in (data_source.source(study) / "local/bucc2018").glob("de-en/*"):
        path.write_bytes(b"damaged")
    assert previews.example(study, name)["source"]


def test_what_people_perturbed_has_no_training_rows_and_is_shown_by_its_test(
    study, tmp_path, monkeypatch
):
    row = {"premise": "Es regnett.", "hypothesis": "Es ist nass.", "label": 0}
    for lang in ("de", "fr"):
        tiny_mirror.write(tmp_path, f"local/noisy_xnli/{lang}/test", [row])
    importing.describe(tmp_path)
    monkeypatch.setattr(data_source, "source", lambda _: tmp_path)
    monkeypatch.setattr(grid, "tasks_of", lambda _: {"xnli_typos"})
    [shown] = previews.overview(study).to_dict("records")
    assert (shown["train"], shown["languages"]) == (0, 2)
    assert previews.example(study, "xnli_typos")["text_a"] == "Es regnett."
