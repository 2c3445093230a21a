"""The paper's sentences on what was trained on before it was scored."""

from __future__ import annotations

import copy

import fake_records
import pytest

from xitt.analysis import results
from xitt.report import leakage
from xitt.report.prose import gains


@pytest.fixture
def said():
    """The sentences for the records of a grid, of which some have an overlap."""

    def of(found: dict[tuple[str, str], dict], checked=("mnli", "squad_v2")) -> str:
        records = copy.deepcopy(fake_records.incomplete())
        for record in records:
            if record["setting"] in checked and record["phase"] == "target":
                cell = (record["setting"], record["target"])
                record["data"]["overlap"] = found.get(cell, {})
        return leakage.said(results.of(records))

    return of


def test_where_nothing_is_shared_it_says_so(said):
    text = said({})
    assert text.endswith("No setting was trained on what it is chosen or scored on.")
    assert "not checked" not in text


def test_what_is_barred_left_out_and_left_in_is_named(said):
    text = said({
        ("mnli", "xnli"): {"validation": {"en": 1.0},
                            "test": {"de": 0.02, "sw": 0.004}},
        ("mnli", "tatoeba"): {"test": {"en": 0.3}},
        ("squad_v2", "xquad"): {"test": dict.fromkeys(fake_records.XQUAD, 0.25)},
    })  # fmt: skip
    assert "never chosen on them: MNLI on XNLI (English 100%)." in text
    assert "beside them: MNLI on XNLI (German 2.0%); " in text
    assert "SQuAD v2.0 on XQuAD (eleven languages, at most 25%)." in text
    assert "left in: " in text and "XNLI (Swahili 0.4%)" in text
    assert "MNLI on Tatoeba (English 30%)" in text.split("left in: ")[1]
    assert "No setting" not in text


def test_shares_too_small_to_print_are_not_zero(said):
    assert "under 0.1%" in said({("mnli", "xnli"): {"test": {"de": 0.0002}}})


def test_records_made_before_the_check_say_that_nothing_is_known(said):
    assert "was not checked" in said({}, checked=())
    text = said({}, checked=("mnli",))
    assert "Of one run it is not known" in text
    assert leakage.said(results.of([])) == ""


def test_the_paper_has_the_sentences(incomplete):
    assert gains.of(incomplete)["leakage"] == leakage.said(incomplete)
