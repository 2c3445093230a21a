"""What figure, tables and sentences say of gain and pretraining volume."""

import fake_records
import pandas as pd
import pytest

from xitt.analysis import results, wording
from xitt.report.figures import gallery, volume_figure
from xitt.report.questions import volume_prose
from xitt.report.tables import volume


@pytest.fixture(scope="module")
def study():
    return results.of(fake_records.incomplete())


def test_every_tested_target_has_a_panel_and_every_language_its_code(study):
    figure, rows = gallery.make(study, "gain-by-volume")
    targets = list(study.volume.by_target["target"])
    assert len(figure.axes) == len(targets) > 0
    for ax, target in zip(figure.axes, targets, strict=True):
        points = rows[(rows["target"] == target) & (rows["part"] == "language")]
        assert sorted(t.get_text() for t in ax.texts) == sorted(points["language"])


def test_codes_lie_inside_the_figure_and_not_on_each_other(study):
    figure, _ = gallery.make(study, "gain-by-volume")
    figure.canvas.draw()
    for ax in figure.axes:
        boxes = [text.get_window_extent().shrunk(0.7, 0.6) for text in ax.texts]
        clashes = sum(
            one.overlaps(other)
            for place, one in enumerate(boxes)
            for other in boxes[:place]
        )
        assert clashes <= len(boxes) / 10


def test_nothing_to_show_is_said():
    empty = results.of([]).volume.drawn
    figure = volume_figure.volume_figure(empty)
    assert figure.texts[0].get_text() == volume_figure.NOTHING
    assert volume.NONE in volume.correlation_table(results.of([]))
    assert volume.NONE in volume.baseline_table(results.of([]))
    assert volume_prose.of(results.of([])) == {}
    assert volume_prose.numbers(results.of([])) == {}


def test_a_row_of_the_table_holds_every_control(study):
    text = volume.correlation_table(study)
    rows = [line for line in text.splitlines() if line.count("&") > 5]
    assert len(rows) == 1 + len(study.volume.by_target)
    assert len({line.count("&") for line in rows}) == 1
    for word in ("distance", "script", "tokens", "overlap", "all"):
        assert word in rows[0]


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.125, "0.12"), (-0.4, "\N{MINUS SIGN}0.40"), (-0.001, "0.00"), (1.0, "1.00")],
)
def test_correlations_have_two_decimals(value, written):
    assert volume.two_places(value) == written
    assert volume.two_places(float("nan")) == "\N{EN DASH}"


def test_probabilities_are_never_zero():
    said = [volume.probability(p) for p in (0.0001, 0.0043, 0.31)]
    assert said == ["<0.001", "0.004", "0.31"]


def test_what_is_not_corrected_for_is_a_dash():
    row = pd.Series({"slope": float("nan"), "low": None, "high": None, "p_holm": None})
    assert volume._slope(row) == "--"


def test_sentences_end_in_a_full_stop_and_follow_the_frames(study):
    said = volume_prose.of(study)
    assert all(text.endswith(".") for text in said.values())
    many = len(study.volume.by_target)
    assert said["volume"].startswith(f"Of {wording.plural(many, 'task')} ")
    assert "nan" not in " ".join(said.values())


def test_numbers_are_those_of_the_frame(study):
    found = volume_prose.numbers(study)
    row = study.volume.by_target.iloc[0]
    text, value = found[f"volume/{row['target']}/rho"]
    assert value == pytest.approx(row["rho"], abs=1e-4)
    assert text == volume.two_places(row["rho"])
    assert found["volume/tasks"][1] == len(study.volume.by_target)
