"""What figures show, and that a redraw changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import fake_records
import pandas as pd
import pytest
from matplotlib.figure import Figure

from xitt.analysis import results, wording
from xitt.errors import UserError
from xitt.report import style
from xitt.report.figures import gains, gallery, layers, saving


def gain(setting: str, target: str, mean: float, half: float, lang: str = "") -> dict:
    return {"setting": setting, "target": target, "language": lang, "mean": mean,
            "low": mean - half, "high": mean + half, "p_holm": 1.0,
            "n_seeds": 1, "interval": "seeds and examples"}  # fmt: skip


def texts(figure: Figure) -> list[str]:
    """The gains that a heat map prints; the seeds beside it have no decimal."""
    found = [text.get_text() for text in figure.axes[0].texts]
    return [text for text in found if "." in text]


def hatched(figure: Figure) -> int:
    return sum(bool(patch.get_hatch()) for patch in figure.axes[0].patches)


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_redraw_is_byte_equal(incomplete, tmp_path):
    for name in gallery.FIGURES:
        gallery.draw(incomplete, name, tmp_path / "first", tmp_path / "first")
        gallery.draw(incomplete, name, tmp_path / "second", tmp_path / "second")
    first = hashes(tmp_path / "first")
    assert first == hashes(tmp_path / "second")
    assert {Path(name).suffix for name in first} == {".png", ".pdf", ".json"}


def test_a_redraw_by_another_process_is_byte_equal(demo, tmp_path):
    name = "retrieval-layers"
    gallery.draw(demo, name, tmp_path / "here", tmp_path / "here")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "import fake_records\n"
        "from pathlib import Path\n"
        "from xitt.analysis import results\nfrom xitt.report.figures import gallery\n"
        "out = Path(sys.argv[1])\n"
        f"gallery.draw(results.of(fake_records.demo()), '{name}', out, out)\n"
    )
    tests = Path(__file__).parent.parent
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "there"), str(tests)],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(tests.parent)},
        check=True,
    )
    assert hashes(tmp_path / "here") == hashes(tmp_path / "there")


def test_a_cell_that_was_not_run_is_a_dash_and_not_zero(incomplete):
    figure = gains.heat_map_figure(incomplete.gains)
    # squad_v2 was run on one of four targets, so both of its averages are missing too.
    dashes = [t for t in figure.axes[0].texts if t.get_text() == wording.DASH]
    assert len(dashes) == 5
    assert len(texts(figure)) == 2 * 6 - 5
    assert hatched(figure) == 0
    assert "0.0" not in texts(figure)


def test_a_target_at_its_floor_is_hatched_and_named_over_its_panel():
    languages = {"xnli": ("de", "en", "sw"), "paws_x": ("de", "en")}
    study = results.of(fake_records.floored("paws_x", languages))
    assert hatched(gains.heat_map_figure(study.gains)) == 1
    titles = [ax.get_title(loc="left") for ax in
              gains.language_gains_figure(study.language_gains).axes]  # fmt: skip
    assert "PAWS-X, at its floor" in titles
    assert "XNLI" in titles


def test_a_gain_is_bold_when_its_interval_excludes_zero_with_a_dot_after_holm():
    frame = pd.DataFrame(
        [
            gain("mnli", "xnli", 2.0, 1.0),
            gain("mnli", "xquad", 2.0, 0.5) | {"p_holm": 0.01},
            gain("mnli", "mlqa", 2.0, 3.0),
        ]
    )
    axes = gains.heat_map_figure(frame).axes[0]
    weights = [t.get_fontweight() for t in axes.texts if "." in t.get_text()]
    assert weights == ["bold", "bold", "normal"]
    assert len(axes.lines) == 1


def test_the_seeds_stand_beside_the_heat_map():
    frame = pd.DataFrame(
        [
            gain("mnli", "xnli", 2.0, 1.0) | {"n_seeds": 3},
            gain("mnli", "mlqa", 2.0, 3.0),
            gain("qqp", "mlqa", 2.0, 3.0),
        ]
    )
    axes = gains.heat_map_figure(frame).axes[0]
    beside = [t.get_text() for t in axes.texts if "." not in t.get_text()]
    assert beside == [wording.DASH, "1–3", "1", "seeds"]


def test_a_loss_is_written_with_a_minus_sign_and_a_gain_with_a_plus():
    frame = pd.DataFrame(
        [gain("mnli", "xnli", -1.24, 1), gain("mnli", "mlqa", 0.31, 1)]
    )
    assert texts(gains.heat_map_figure(frame)) == ["−1.2", "+0.3"]


def test_columns_stand_in_the_registrys_order_with_averages_last(demo):
    axes = gains.heat_map_figure(demo.gains).axes[0]
    titles = [tick.get_text().replace("\n", " ") for tick in axes.get_xticklabels()]
    assert titles[:2] == ["XNLI", "PAWS-X"]
    assert titles[-2:] == ["AVG", "AVG w/o retrieval"]


@pytest.mark.parametrize("settings", [1, 14])
@pytest.mark.parametrize("languages", [2, 40])
def test_gains_by_language_take_any_number_of_each(settings, languages):
    frame = pd.DataFrame(
        [
            gain(setting, "panx", number / 10, 1.0, lang)
            for setting in ("ccg", *fake_records.SETTINGS[1:])[:settings]
            for number, lang in enumerate(fake_records.FORTY[:languages])
        ]
    )
    figure = gains.language_gains_figure(frame)
    assert figure.get_size_inches()[0] == style.PAGE
    codes = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert codes == list(reversed(fake_records.FORTY[:languages]))  # best first


def test_panels_are_packed_into_rows_no_wider_than_the_page():
    rows = gains.packed({"xnli": 15, "udpos": 33, "panx": 40, "mlqa": 7, "bucc": 1})
    assert sorted(t for row in rows for t, _ in row) == sorted(
        ["xnli", "udpos", "panx", "mlqa", "bucc"]
    )
    for row in rows:
        assert sum(width for _, width in row) == pytest.approx(style.PAGE)


def test_nothing_recorded_gives_figures_that_say_so(tmp_path):
    empty = results.of([])
    for name in gallery.FIGURES:
        figure, paths = gallery.draw(empty, name, tmp_path, tmp_path)
        assert any("yet" in text.get_text() for text in figure.texts)
        assert all(path.exists() for path in paths)


def test_records_without_a_baseline_show_no_gain():
    alone = fake_records.grid(("mnli",), {"xnli": fake_records.XNLI})
    figure, data = gallery.make(results.of(alone), "transfer-gain")
    assert data.empty
    assert not figure.axes


def test_a_retrieval_point_is_the_mean_over_languages_with_seeds_averaged_first():
    first = fake_records.target_record("none", "tatoeba", ("de", "ru"), seed=1)
    second = fake_records.target_record("none", "tatoeba", ("de", "ru"), seed=2)
    first["layers"] = {"de": [10.0, 20.0], "ru": [30.0, 60.0]}
    second["layers"] = {"de": [14.0, 20.0], "ru": [30.0, 60.0]}
    curve = results.of([first, second]).layers
    assert list(curve["layer"]) == [0, 1]
    # layer 0: de (10 + 14) / 2 = 12, ru 30, mean 21, quartiles 16.5 and 25.5
    assert curve.loc[0, ["mean", "low", "high"]].tolist() == [21.0, 16.5, 25.5]
    assert curve.loc[1, ["mean", "low", "high"]].tolist() == [40.0, 30.0, 50.0]
    assert curve["n_languages"].tolist() == [2, 2]


def test_the_reported_layer_is_marked(demo):
    axes = layers.layer_figure(demo.layers).axes[0]
    upright = [line for line in axes.lines if list(line.get_xdata()) == [9, 9]]
    assert len(upright) == 1
    marked = [line.get_markevery() for line in axes.lines if line not in upright]
    assert all(sum(places) == 1 and places[9] for places in marked)


def test_every_setting_looks_different_and_a_variant_keeps_its_tasks_colour():
    looks = [
        (look["color"], look["marker"], look["markerfacecolor"], look["fillstyle"])
        for look in map(style.look, fake_records.SETTINGS)
    ]
    assert len(set(looks)) == len(looks)
    assert len({style.look(s)["marker"] for s in fake_records.SETTINGS[:11]}) == 11
    assert style.look("mnli+mlm")["color"] == style.look("mnli")["color"]
    assert style.look("brand_new_task") == style.look("brand_new_task")


def test_many_settings_are_cut_to_those_whose_gain_is_published():
    frame = pd.DataFrame({"setting": fake_records.SETTINGS})
    shown = set(gallery.legible(frame)["setting"])
    assert shown == {"none", "mnli", "squad_v2", "hellaswag", "multi"}
    few = pd.DataFrame({"setting": ["mnli", "ccg"]})
    assert gallery.legible(few) is few


def test_a_demo_says_so_once_and_a_real_study_does_not(demo, incomplete, tmp_path):
    figure, _ = gallery.draw(demo, "transfer-gain", tmp_path, tmp_path)
    saving.save(figure, "again", tmp_path, tmp_path, demo.gains, demo.records)
    assert [t.get_text() for t in figure.texts].count(wording.DEMO) == 1
    real, _ = gallery.draw(incomplete, "transfer-gain", tmp_path, tmp_path)
    assert wording.DEMO not in [t.get_text() for t in real.texts]


def test_the_json_holds_the_plotted_numbers_and_the_keys_of_the_records(demo, tmp_path):
    gallery.draw(demo, "transfer-gain", tmp_path, tmp_path)
    shown = json.loads((tmp_path / "transfer-gain.json").read_text())
    assert shown["demo"] is True
    assert shown["records"] == sorted(r["key"] for r in demo.of("target"))
    plotted = {(row["setting"], row["target"]): row["mean"] for row in shown["data"]}
    expected = results.cell(demo.gains, setting="mnli", target="xnli")["mean"]
    assert plotted["mnli", "xnli"] == pytest.approx(expected, abs=1e-4)


def test_figures_are_drawn_at_the_width_they_are_printed_at(demo):
    widths = {n: gallery.make(demo, n)[0].get_size_inches()[0] for n in gallery.FIGURES}
    assert widths == {
        "transfer-gain": style.PAGE,
        "gain-by-language": style.PAGE,
        "retrieval-layers": style.COLUMN,
        "published-comparison": style.COLUMN,
        "learning-curves": style.PAGE,
        "robustness-curves": style.PAGE,
        "gain-by-volume": style.PAGE,
        "code-gain": style.PAGE,
        "code-understanding": style.COLUMN,
        "source-language": style.PAGE,
        "reasoning": style.PAGE,
        "reasoning-gain": style.PAGE,
        "states-layers": style.COLUMN,
    }


def test_a_notebooks_own_settings_do_not_leak_in(demo):
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "axes.grid": True}):
        figure = gains.heat_map_figure(demo.gains)
    assert figure.axes[0].texts[0].get_fontsize() == style.RC["font.size"]


def test_a_figure_shows_itself_in_a_notebook(incomplete):
    figure = gains.heat_map_figure(incomplete.gains)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_an_unknown_figure_is_refused_with_the_nearest_name(demo, tmp_path):
    with pytest.raises(UserError, match="did you mean 'transfer-gain'"):
        gallery.draw(demo, "transfer-gains", tmp_path, tmp_path)
