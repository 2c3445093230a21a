"""What figures, tables, sentences, numbers and CSV say of language models."""

import re
from dataclasses import replace

import fake_language_models as fake
import fake_records
import pandas as pd
import pytest

from xitt import paths
from xitt.analysis import results
from xitt.report import numbers
from xitt.report.figures import gallery, language_model_figures, source_figure
from xitt.report.questions.language_models import (
    code,
    per_language,
    reasoning,
    source_language,
    words,
)
from xitt.report.tables import language_models

FIGURES = ("code-gain", "code-understanding", "source-language", "reasoning",
           "reasoning-gain", "states-layers")  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return results.of(fake_records.incomplete(), language_models=[fake.study()])


@pytest.fixture(scope="module")
def empty():
    return results.of(fake_records.incomplete())


def test_every_key_of_the_sections_is_there(study):
    text = (paths.PAPER / "language-models.tex").read_text(encoding="utf-8")
    asked = set(re.findall(r"\\(?:if)?result\{([^}]+)\}", text))
    whole = replace(study, language_models=((*study.language_models[0], trained()),))
    assert asked <= set(numbers.collect(whole))


def trained():
    """The intermediate run of a language model."""
    run = fake_records.intermediate_record("mnli")
    run["params"] = {
        "recipes": {"mnli": {"max_train": 1000, "epochs": 1, "batch": 8, "lr": 2e-4}},
        "tuning": {"method": "lora", "rank": 16},
    }
    entry = {"headline": "accuracy", "accuracy": 65.0, "n": 100, "se": 5.0}
    likely = {"headline": "answer_nll", "answer_nll": 1.2, "n": 100}  # no interval
    run["metrics"]["validation"] = {"mnli": entry, "squad_v1": likely}
    return run


def test_what_a_model_was_trained_with_is_told(study):
    told = words.of(replace(study, language_models=((trained(),),)))
    assert told["language-models-training"] == (
        "A task trains adapters of rank 16 (LoRA), on 1,000 examples at most, for one "
        "epoch in batches of eight, at a learning rate of 2e-4. On its own development "
        "data it then reaches 65.0 with MNLI."
    )


def test_without_a_language_model_nothing_is_said_of_one(empty):
    keys = numbers.collect(empty)
    subjects = ("code", "source", "reasoning", "states")
    ours = tuple(f"{kind}{name}" for name in subjects for kind in ("claim/", ""))
    assert not [key for key in keys if key.startswith((*ours, "language-models"))]


def test_every_figure_is_drawn_with_the_records_behind_it(study, tmp_path):
    import json

    profiles = {"code-understanding": ["small", "small-lm"]}
    for name in FIGURES:
        _, files = gallery.draw(study, name, tmp_path, tmp_path)
        shown = json.loads(files[-1].read_text())
        assert shown["data"] and shown["records"] and not shown["demo"]
        assert shown["profiles"] == profiles.get(name, ["small-lm"])


def test_what_is_not_there_is_said_in_figures_and_tables(empty):
    for name in FIGURES:
        figure, frame = gallery.make(empty, name)
        assert frame.empty and len(figure.texts) == 1
    for table, said in (
        (language_models.code_table, language_models.NO_CODE),
        (language_models.agreement_table, language_models.NO_PAIRS),
        (language_models.source_table, language_models.NO_SOURCES),
        (language_models.reasoning_table, language_models.NO_REASONING),
        (language_models.published_models_table, language_models.NO_REASONING),
        (language_models.power_table, language_models.NO_GAINS),
    ):
        assert said in table(empty)


def test_chance_is_drawn_in_every_panel_of_scores(study):
    figure, _ = gallery.make(study, "reasoning")
    assert len(figure.axes) == 3
    for ax, chance in zip(figure.axes, (50.0, 50.0, 0.0), strict=True):
        dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
        assert [line.get_ydata()[0] for line in dashed] == [chance]


def test_both_measures_of_code_have_the_languages_in_one_order(study):
    figure, _ = gallery.make(study, "code-gain")
    first, second = ([t.get_text() for t in ax.get_xticklabels()] for ax in figure.axes)
    assert first == second and len(first) == 23


def test_the_own_language_is_framed_once_a_source(study):
    rows = study.source_language.matrix
    rows = rows[(rows["target"] == "xnli") & (rows["language"] != "all")]
    figure = source_figure.source_figure(rows)
    framed = [p for p in figure.axes[0].patches if not p.get_fill()]
    assert len(framed) == 4


def test_panels_of_a_line_fit_the_page(study):
    figure, _ = gallery.make(study, "source-language")
    for ax in figure.axes:
        box = ax.get_position()
        assert box.x0 > 0 and box.x1 <= 1.001


def test_ticks_in_nats_are_short():
    short = language_model_figures._short_nats
    assert [short(v) for v in (0.05, -0.02, 0.0)] == ["+.05", "\N{MINUS SIGN}.02", "0"]


def test_rows_of_a_table_are_equally_long(study):
    for table in (
        *(language_models.agreement_table, language_models.power_table),
        *(language_models.source_table, language_models.reasoning_table),
    ):
        lines = [x for x in table(study).splitlines() if x.endswith(r"\\")]
        lines = [x for x in lines if r"\multicolumn" not in x]
        assert len({line.count(" & ") for line in lines}) == 1, table.__name__


def test_a_published_score_stands_with_its_source_and_ours_without(study):
    text = language_models.published_models_table(study)
    assert r"XGLM-564M\source{a} & -- & 55.6" in text
    assert f"{fake.MODEL} & " in text and "XStoryCloze" not in text


def test_sentences_tell_protocol_floor_and_power(study):
    said = {**code.of(study), **source_language.of(study), **reasoning.of(study)}
    assert "power of 80%" in said["code-power"] and "nats a token" in said["code-power"]
    assert "494 million" in said["code-scale"]
    assert "chance 50.0" in said["reasoning"]
    assert "Not shown to be above chance" in said["reasoning-floor"]
    assert "corrected" in said["reasoning-protocols"]
    assert "XGLM-564M" in said["reasoning-published"]
    assert "one problem of HumanEval-XL" in said["code-excluded"]
    assert all(text.endswith(".") and "nan" not in text for text in said.values())
    found = code.numbers(study)
    assert found["code/protocol"][0] == "completion@1"
    assert found["code/decoding"][0] == "greedily, 1,024 tokens at most"


def test_sampled_programs_are_said_to_be():
    how = {"samples": 10, "temperature": 0.8, "top_p": 0.95, "max_new_tokens": 512}
    record = {"metrics": {"test": {"de": {"decoding": how}}}}
    assert code.decoding([record]) == (
        "10 samples a problem at temperature 0.8, top-p 0.95, 512 tokens at most"
    )


def test_numbers_of_both_measures_have_keys(study):
    found = numbers.collect(study)
    for measure in ("pass", "likelihood"):
        for what in ("none/{}/score", "mnli/{}/gain", "mnli/{}/gain/en/low"):
            assert f"code/humaneval_xl/{what.format(measure)}" in found
    assert found["language-models/names"].text == fake.MODEL


def test_an_empty_study_powers_nothing():
    assert words.powered(pd.DataFrame(columns=["target"])) == ""


@pytest.mark.parametrize("name", per_language.FRAMES)
def test_every_language_is_in_the_csv(study, empty, name, tmp_path):
    (path,) = per_language.write(study, name, tmp_path)
    frame = pd.read_csv(path)
    wanted = {"code-languages": ("humaneval_xl", 23), "source-languages": ("xnli", 15),
              "reasoning-languages": ("xcopa", 12)}  # fmt: skip
    target, languages = wanted[name]
    own = frame[(frame["target"] == target) & (frame["language"] != "zero-shot")]
    assert own[own["language"] != "all"]["language"].nunique() == languages
    assert per_language.write(empty, name, tmp_path / "none") == []
