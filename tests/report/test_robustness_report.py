"""What figure, tables and sentences say of perturbed input."""

import perturbed_records
import pytest

from xitt.analysis import results
from xitt.report import numbers
from xitt.report.figures import gallery, robustness_figure
from xitt.report.questions import robustness_prose, wording_of_noise
from xitt.report.tables import robustness


@pytest.fixture(scope="module")
def study():
    return results.of(perturbed_records.two_settings())


def test_a_panel_a_perturbation_and_a_line_a_setting(study):
    figure, rows = gallery.make(study, "robustness-curves")
    titles = {ax.get_title(loc="left") for ax in figure.axes}
    kinds = set(rows["perturbation"])
    assert {wording_of_noise.perturbation(kind) for kind in kinds} <= titles
    assert all(len(ax.lines) == 2 for ax in figure.axes if ax.get_title(loc="left"))


def test_nothing_to_show_is_said():
    empty = results.of([])
    figure, _ = gallery.make(empty, "robustness-curves")
    assert figure.texts[0].get_text() == robustness_figure.NOTHING
    for table in (robustness.drop_table, robustness.gain_table, robustness.area_table):
        assert robustness.NONE in table(empty)
    assert robustness_prose.of(empty) == robustness_prose.numbers(empty) == {}


def test_tables_hold_a_row_a_variant_with_what_others_published(study):
    text = robustness.drop_table(study)
    assert "2.3 to 4.3" in text and "71.7" in text
    assert text.count("keyboard typos") == 2  # two strengths
    gains = robustness.gain_table(study)
    assert gains.count("keyboard typos") == 1  # the largest alone
    assert "MNLI" in robustness.area_table(study)
    assert "code-switched" in robustness.verdict_table(study)


def test_every_sentence_follows_from_the_records(study):
    found = robustness_prose.of(study)
    assert "500 items" in found["noise-power"] and "1.4 points" in found["noise-power"]
    assert "shrinks in" in found["noise-gains"]
    assert "40%" in found["noise-coverage"]
    assert "noise-baselines" not in found  # none was run


def test_numbers_are_those_of_the_frames(study):
    found = numbers.collect(study)
    assert found["robustness/xnli/keyboard@0.2/drop"].text == "7.0"
    assert found["robustness/xnli/keyboard@0.2/mnli/change"].text == "\N{MINUS SIGN}3.0"
    assert found["robustness/items"].value == 500


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("keyboard@0.1", "keyboard typos, 10%"),
        ("two-languages", "two languages"),
        ("xnli_typos", "XNLI with people's typos"),
    ],
)
def test_variants_are_written_with_their_strength(name, written):
    assert wording_of_noise.of_variant(name) == written
