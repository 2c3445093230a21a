"""Menus and folded tables show the same numbers, and tables need no kernel."""

from __future__ import annotations

import re

import pytest

from xitt.analysis import results, wording
from xitt.analysis.results import ZERO_SHOT
from xitt.report.site import chooser


def rows(page: str) -> list[list[str]]:
    """The cells of each row of the tables in a page, without marks."""
    found = re.findall(r"<tr ?>(.*?)</tr>", page)
    cells = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", each) for each in found)
    return [[re.sub(r"<svg.*?</svg>", "", cell) for cell in row] for row in cells]


def of_target(demo, target: str) -> list[list[str]]:
    parts = re.split(r"(?=<details>)", chooser.folded(demo))[1:]
    return rows(parts[demo.targets.index(target)])


def test_every_target_is_folded_and_needs_no_script(demo):
    page = chooser.folded(demo)
    assert page.count("<details>") == page.count("</details>") == len(demo.targets)
    assert "<script" not in page and "onclick" not in page
    for target in demo.targets:
        assert f"<summary>{wording.task(target)}" in page


def test_a_folded_table_has_every_language_and_setting(demo):
    head, mean, *languages = of_target(demo, "xnli")
    scores = demo.language_scores
    codes = set(scores.loc[scores["target"] == "xnli", "language"])
    assert len(languages) == len(codes)
    assert head[0] == "language" and head[1] == "None, score"
    assert len(head) == len(demo.settings) + 1
    assert mean[0] == chooser.MEAN


def test_a_cell_is_the_gain_of_the_frames_with_its_interval(demo):
    head, *body = of_target(demo, "xnli")
    at = next(n for n, name in enumerate(head) if name.startswith("MNLI, gain"))
    (cell,) = (row[at] for row in body if row[0] == "Swahili")
    gains = demo.language_gains.set_index(["setting", "target", "language"])
    own = gains.loc[("mnli", "xnli", "sw")]
    low, high = wording.gain(own["low"]), wording.gain(own["high"])
    assert cell == f"{wording.gain(own['mean'])} [{low}, {high}]"


def test_what_was_not_run_has_no_column_and_no_study_is_a_sentence(incomplete):
    heads = rows(chooser.folded(incomplete))[0]
    assert len(heads) - 1 < len(incomplete.settings)
    lacking = {wording.setting(name) for name in incomplete.settings} - {
        head.partition(",")[0].rstrip(f" {chooser.UNLEARNED}") for head in heads[1:]
    }
    assert lacking
    said = chooser.chosen(incomplete, incomplete.targets[0], "hellaswag")
    assert said == "<p>HellaSwag has not been run on this target.</p>"
    assert chooser.folded(results.of([])) == "<p>No target has been run yet.</p>"
    assert chooser.show(results.of([]), interactive=True).menus is None


@pytest.mark.parametrize("order", chooser.ORDERS)
def test_an_order_moves_languages_and_not_the_mean(demo, order):
    head, mean, *languages = rows(chooser.chosen(demo, "xnli", "mnli", order))
    assert len(head) == 3 and mean[0] == chooser.MEAN
    folded = [row[0] for row in of_target(demo, "xnli")[2:]]
    assert sorted(row[0] for row in languages) == sorted(folded)
    if order == "name":
        assert [row[0] for row in languages] == sorted(folded)
    if order == "score":
        said = [row[1].split()[0].replace(wording.MINUS, "-") for row in languages]
        assert list(map(float, said)) == sorted(map(float, said), reverse=True)


def test_a_drawn_interval_holds_its_middle_and_the_zero(demo):
    svg = re.findall(r"<svg.*?</svg>", chooser.chosen(demo, "xnli", "mnli"))[0]
    zero, low, high = re.search(r"M([\d.]+) 0V.*?M([\d.]+) 7.0H([\d.]+)", svg).groups()
    middle = re.search(r'cx="([\d.]+)"', svg)[1]
    assert 0 <= float(low) <= float(middle) <= float(high) <= chooser.WIDE
    assert 0 <= float(zero) <= chooser.WIDE


def test_menus_choose_what_is_shown(demo):
    shown = chooser.show(demo, interactive=True)
    target, setting, order = shown.menus.children[0].children
    target.value, setting.value, order.value = "udpos", "mnli", "score"
    page = shown.menus.children[1].value
    assert page == chooser.chosen(demo, "udpos", "mnli", "score")
    bundle = shown._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == chooser.folded(demo)


def test_a_copy_for_readers_has_tables_alone(demo, monkeypatch):
    monkeypatch.setenv("XITT_NOTEBOOK", "50-analyse-transfer.py")
    shown = chooser.show(demo)
    assert shown.menus is None
    assert set(shown._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_the_mean_of_a_setting_is_that_of_the_frames(demo):
    gains = demo.gains.set_index(["setting", "target", "language"])
    (mean, *_) = rows(chooser.chosen(demo, "xnli", "mnli"))[1:]
    own = gains.loc[("mnli", "xnli", ZERO_SHOT), "mean"]
    assert mean[1].startswith(wording.gain(own))
