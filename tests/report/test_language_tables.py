"""The per-language appendix: baseline scores and the gain of every setting."""

from __future__ import annotations

import re

import fake_records
import pytest

from xitt.analysis import results, wording
from xitt.report.latex import tex
from xitt.report.tables import languages


def blocks(study: results.Results) -> dict[str, list[list[str]]]:
    """The rows of each target's table, by its heading."""
    text = fake_records.untraced(languages.language_tables(study))
    found = {}
    for block in text.split("\\languageblock{")[1:]:
        title, rest = block.split("}{%", 1)
        lines = [line for line in rest.splitlines() if line.endswith(r"\\")]
        rows = [line.removesuffix(r"\\").split("&") for line in lines]
        found[title] = [[cell.strip() for cell in row] for row in rows]
    return found


def test_languages_stand_in_a_fixed_order_english_first(incomplete):
    rows = blocks(incomplete)["XNLI (accuracy)"]
    codes = [row[0] for row in rows[1:-3]]
    assert codes == ["en", *sorted(set(fake_records.XNLI) - {"en"})]
    assert ["sw", "Swahili"] in [row[:2] for row in rows]


def test_a_row_is_examples_the_baselines_score_and_gains(incomplete):
    row = next(r for r in blocks(incomplete)["XNLI (accuracy)"] if r[0] == "sw")
    where = {"target": "xnli", "language": "sw"}
    base = results.cell(incomplete.language_scores, setting="none", **where)
    gain = results.cell(incomplete.language_gains, setting="mnli", **where)
    assert row[2:4] == ["200", wording.score(base["mean"])]
    assert tex(wording.gain(gain["mean"])) in row[4]
    assert len(row) == 5


def test_a_table_has_columns_for_the_settings_that_ran_on_its_target(incomplete):
    turned = [str(rows[0]).count("turned") for rows in blocks(incomplete).values()]
    assert turned == [1, 1, 2, 1]


def test_below_stand_the_mean_the_usual_width_and_the_seeds(incomplete):
    mean, width, seeds = blocks(incomplete)["XNLI (accuracy)"][-3:]
    gain = results.cell(incomplete.gains, setting="mnli", target="xnli")
    assert mean[-1] == tex(wording.gain(gain["mean"]))
    assert re.fullmatch(r"\$\\pm\$\d+\.\d", width[-1])
    assert seeds[-2:] == ["1", "1"]


@pytest.mark.parametrize(
    ("gain", "tint"),
    [
        (0.1, ""),
        (5.0, r"\tint{gain}{15}"),
        (-5.0, r"\tint{loss}{15}"),
        (40.0, r"\tint{gain}{45}"),
    ],
)
def test_a_larger_change_is_tinted_deeper_and_never_too_deep_to_read(gain, tint):
    assert languages.tint(gain) == tint


def test_a_language_that_is_clear_after_the_correction_has_an_asterisk():
    study = results.of(fake_records.large(seeds=(13, 17)))
    text = fake_records.untraced(languages.language_tables(study))
    clear = results.clear(study.language_gains)
    assert text.count(r"\starred") == clear.sum() > 0


def test_without_a_baseline_a_table_says_what_is_lacking():
    alone = results.of(fake_records.grid(("mnli",), {"xnli": ("de", "en")}))
    assert "without intermediate training" in languages.language_tables(alone)
