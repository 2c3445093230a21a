"""Notebooks are texts: a question, reasons, short cells, an exercise, a way on."""

from __future__ import annotations

import copy
import re

import jupytext
import pytest

from xitt import paths
from xitt.report import views
from xitt.running import notebooks
from xitt.study import grid, profiles, records

LONGEST = 15  # lines of a cell of code
APART = ("parameters", "setup")  # cells that are no step


def cells(name: str) -> list:
    return jupytext.read(notebooks.source(name)).cells


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


@pytest.mark.parametrize("name", notebooks.names())
def test_a_notebook_begins_with_its_question(name):
    title, *_ = cells(name)
    assert title.cell_type == "markdown" and title.source.startswith("# ")
    asked = re.search(
        r"\*\*Question\*\* (.*?) · \*\*Reads", " ".join(title.source.split("\n> "))
    )
    assert asked and asked[1].endswith("?")


@pytest.mark.parametrize("name", notebooks.names())
def test_a_reason_stands_before_each_step_and_no_step_is_long(name):
    before = None
    for cell in cells(name):
        if cell.cell_type == "code" and not set(APART) & set(tags(cell)):
            assert before is not None and before.cell_type == "markdown", cell.source
            assert len(cell.source.splitlines()) <= LONGEST, cell.source
        if not set(APART) & set(tags(cell)):
            before = cell


@pytest.mark.parametrize("name", notebooks.names())
def test_a_notebook_ends_with_an_exercise_its_answer_and_a_way_on(name):
    exercise, answer, onward = cells(name)[-3:]
    assert exercise.source.startswith("## Exercise\n")
    for word in ("Change", "Expected", "Tolerance"):
        assert f"**{word}**" in exercise.source
    assert {"hide-cell", "expected"} <= set(tags(answer))
    target = re.search(r"\]\(([^)]+)\)", onward.source)[1]
    opening = " ".join(cells(name)[0].source.split("\n> "))
    assert onward.source.startswith("**Next**") and target in opening.split("Next")[1]
    assert (paths.NOTEBOOKS / target).exists() or target.startswith("https")


def answer(name: str) -> str:
    return cells(name)[-2].source


def test_each_training_that_an_exercise_asks_for_has_its_record():
    wanted = []
    for name in notebooks.names():
        for line in answer(name).splitlines():
            if line.startswith("wanted = "):
                known = {"grid": grid, "profiles": profiles}
                wanted.append(eval(line.removeprefix("wanted = "), known).stem)
    assert len(wanted) == 3
    assert sorted(wanted) == sorted(path.stem for path in paths.EXPECTED.iterdir())
    for path in paths.EXPECTED.iterdir():
        assert records.digest(records.read(path)) == records.read(path)["digest"]


def test_the_answer_says_whether_a_run_was_the_same(capsys):
    path = next(p for p in paths.EXPECTED.iterdir() if p.stem.startswith("target"))
    wanted = records.read(path)
    assert views.answer(wanted, path.stem).equals(views.scores(wanted))
    assert capsys.readouterr().out == "The same as expected, to the last digit.\n"
    other = copy.deepcopy(wanted)
    other["metrics"]["test"]["sw"][wanted["headline"]] += 2.0
    said = views.agreement(other, wanted)
    assert said.startswith(
        "Not to the last digit: at most 2.0 points apart, in test, sw;"
    )
    assert "The same" not in said
    assert "not the exercise's" in views.agreement({**other, "key": "0"}, wanted)
    assert views.answer(wanted, "none").startswith("no record of the exercise in ")
