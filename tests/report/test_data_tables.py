"""The data statement: sizes from records, sources and licences from the registry."""

from __future__ import annotations

import fake_records
import pytest
from fake_records import table_body as body

from xitt.analysis import results
from xitt.report import numbers
from xitt.report.tables import data


def test_the_data_table_counts_languages_and_examples(incomplete):
    rows = body(data.data_table(incomplete))
    assert rows["XNLI"] == ["15", "400", "200", "200"]
    assert rows["Tatoeba"] == ["36", "--", "200", "200"]
    assert rows["MNLI"] == ["1", "800", "100", "--"]


def test_translated_data_have_a_row_of_their_own():
    translated = fake_records.intermediate_record("mnli+translated")
    translated["data"]["counts"] = {"mnli": {"de": 300, "zh": 300}}
    study = results.of([translated, fake_records.intermediate_record("mnli")])
    rows = body(data.data_table(study))
    assert rows["MNLI"][:2] == ["1", "800"]
    assert rows["MNLI, translated"][:2] == ["2", "600"]


def test_a_mixture_has_a_row_of_its_own_and_leaves_those_of_its_tasks_alone():
    """Its tasks are capped: 200 rows of MNLI are not all that MNLI has."""
    mixed = fake_records.intermediate_record("multi", demo=False)
    mixed["data"]["counts"] = {
        name: {"en": 200} for name in mixed["data"]["counts"]
    }  # as the mixture draws them
    records = [mixed, fake_records.intermediate_record("mnli", demo=False)]
    study = results.of(records)
    rows = body(data.data_table(study))
    assert rows["Multi-task"] == ["1", "1,800", "100", "--"]
    assert rows["MNLI"][1] == "800"
    assert "QQP" not in rows
    assert body(data.intermediate_sources(study))["MNLI"][1].startswith("train 800;")
    assert numbers.collect(study)["data/intermediate/train"].text == "800"
    alone = numbers.collect(results.of([mixed]))
    assert alone["data/intermediate/train"].text == "200"


def test_sources_licences_and_subsets_of_real_data_are_named(incomplete):
    dataset, used, licence = body(data.target_sources(incomplete))["XQuAD"]
    assert r"google/\allowbreak{}xquad \texttt{51adfef}" in dataset
    assert "trained on SQuAD v1.1" in dataset
    assert used == (
        "train 400, validation 200, test 200 a language; "
        "made up: 200 of 1,000 English test rows"
    )
    assert licence == "CC BY-SA 4.0"


def test_a_data_set_that_no_hub_has_is_said_to_be_so():
    records = fake_records.grid(("none",), {"bucc": ("zh",)}, demo=False)
    dataset = body(data.target_sources(results.of(records)))["BUCC"][0]
    assert "not on the Hub" in dataset


def test_the_text_of_a_masked_lm_variant_is_a_source_too():
    record = fake_records.intermediate_record("mnli+mlm", demo=False)
    record["data"]["counts"]["wikiann_text"] = {"de": 100, "sw": 100}
    rows = body(data.intermediate_sources(results.of([record])))
    dataset, used, _ = rows["Wikipedia sentences of WikiANN"]
    assert "wikiann" in dataset
    assert used.startswith("train 200;")


def test_generated_data_are_one_row():
    demo = results.of(fake_records.demo())
    for make in (data.target_sources, data.intermediate_sources):
        assert list(body(make(demo))) == ["Task", "all"]


@pytest.mark.parametrize(
    ("numbers", "written"), [((), "–"), ((40,), "40"), ((4000, 40), "40–4,000")]
)
def test_a_span_has_two_ends_where_sizes_differ(numbers, written):
    assert data.span(numbers) == written
