"""A grid that is still growing gives every figure, table and sentence, and no error."""

from __future__ import annotations

import random

import fake_records
import pytest

from xitt.analysis import results, verdicts
from xitt.report import numbers
from xitt.report.figures import gallery
from xitt.report.prose import gains
from xitt.report.tables import catalogue


@pytest.fixture(scope="module")
def large() -> list[fake_records.Record]:
    return fake_records.large()


@pytest.mark.parametrize("number", [3, 12, 60, 200])
def test_any_part_of_a_grid_can_be_shown(number, large):
    study = results.of(random.Random(number).sample(large, number))
    for make in catalogue.TABLES.values():
        assert make(study).startswith(("%", "\\"))
    for name in gallery.FIGURES:
        gallery.make(study, name)
    assert numbers.collect(study)["count/records"].value == number
    assert len(verdicts.of(study)) == 10
    assert "incomplete" in gains.of(study)


def test_a_cell_without_a_shared_seed_waits_for_it(large):
    kept = [
        r
        for r in large
        if (r["setting"], r["target"], r["seed"]) != ("none", "xnli", 13)
    ]
    study = results.of(kept)
    assert results.cell(study.gains, setting="qqp", target="xnli") is None  # seed 13
    row = results.cell(study.gains, setting="mnli", target="xnli")
    assert row["n_seeds"] == 2
