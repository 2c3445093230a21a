"""The runner refuses what Papermill would let pass, and leaves only whole notebooks."""

from __future__ import annotations

import json

import pytest

from xitt import paths
from xitt.errors import UserError
from xitt.running import notebooks
from xitt.running.releasing import outputs

NOTEBOOK = """
# %% tags=["parameters"]
profile = "demo"  # the study
seed = 13
lr = 1.0e-4
# %%
import os
from xitt.errors import UserError
assert os.getcwd() == {root!r}
if profile == "broken":
    raise ValueError("no such luck")
if profile == "refused":
    raise UserError("unknown thing 'x'; did you mean 'y'?")
print("seed is", seed)
"""


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    text = NOTEBOOK.format(root=str(paths.ROOT))
    (tmp_path / "90-try-things.py").write_text(text)
    return "90-try-things"


def test_an_unknown_parameter_is_refused_with_the_nearest_name(notebook):
    with pytest.raises(UserError, match="'sede'; did you mean 'seed'"):
        notebooks.check(notebook, {"sede": 4})


def test_a_value_of_the_wrong_type_is_refused_with_the_default(notebook):
    with pytest.raises(UserError, match=r"seed='four' is str, not int as in seed=13"):
        notebooks.check(notebook, {"seed": "four"})


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("profile=2026-11-26", "2026-11-26"),
        ("profile=no", "no"),
        ("profile=2024", "2024"),
        ("profile=1e3", "1e3"),
        ("profile='2024'", "2024"),
        ("profile=a, b.yaml", "a, b.yaml"),
        ("profile=[xnli, 'udpos']", "xnli,udpos"),
        ("profile=a=b", "a=b"),
        ("seed=010", 10),
        ("lr=1e-4", 1e-4),
        ("lr=1", 1.0),
    ],
)
def test_a_typed_value_keeps_the_type_of_its_default(notebook, typed, value):
    (read,) = notebooks.read(notebook, [typed]).values()
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    "typed", ["seed=four", "seed=", "seed=1.5", "seed=[1]", "lr=a"]
)
def test_a_typed_value_of_another_type_is_refused(notebook, typed):
    with pytest.raises(UserError, match=r"not (int|float) as in"):
        notebooks.read(notebook, [typed])


def test_whole_numbers_pass_where_the_default_is_a_float(notebook):
    assert notebooks.check(notebook, {"lr": 1})["lr"] == 1.0


def test_an_unknown_notebook_is_refused_with_the_nearest_name(notebook):
    with pytest.raises(UserError, match="did you mean '90-try-things'"):
        notebooks.parameters("90-try-thing")


def test_a_run_writes_the_executed_notebook_with_its_parameters(notebook, tmp_path):
    output = tmp_path / "out" / "run.ipynb"
    notebooks.run(notebook, output, {"seed": 4})
    cells = json.loads(output.read_text())["cells"]
    printed = "".join(
        line
        for cell in cells
        for out in cell.get("outputs", [])
        for line in out.get("text", [])
    )
    assert "seed is 4" in printed
    assert [p.name for p in output.parent.iterdir()] == ["run.ipynb"]


def test_our_own_error_ends_as_one_line_and_leaves_no_notebook(notebook, tmp_path):
    output = tmp_path / "run.ipynb"
    with pytest.raises(UserError) as caught:
        notebooks.run(notebook, output, {"profile": "refused"})
    assert str(caught.value) == "unknown thing 'x'; did you mean 'y'?"
    assert not output.exists()
    assert output.with_suffix(".failed.ipynb").exists()


def test_any_other_error_names_the_cell_and_the_copy_to_read(notebook, tmp_path):
    with pytest.raises(UserError, match=r"ValueError: no such luck; see .*\.failed"):
        notebooks.run(notebook, tmp_path / "run.ipynb", {"profile": "broken"})


def test_a_run_again_starts_from_clean_source(notebook, tmp_path):
    output = tmp_path / "run.ipynb"
    notebooks.run(notebook, output, {"seed": 4})
    notebooks.run(notebook, output, {})
    assert "seed is 13" in output.read_text()
    assert "seed = 4" not in output.read_text()


def test_a_published_notebook_holds_no_times_no_paths_and_stable_ids(
    notebook, tmp_path
):
    executed = tmp_path / "run.ipynb"
    notebooks.run(notebook, executed, {})
    target = outputs.publish(notebook, executed)
    first = target.read_bytes()
    notebooks.run(notebook, executed, {})
    outputs.publish(notebook, executed)
    assert target.read_bytes() == first
    assert b"seed is 13" in first
    assert b"papermill" not in first
    assert str(tmp_path).encode() not in first


@pytest.mark.parametrize("name", notebooks.names())
def test_every_notebook_has_parameters_with_a_comment_each(name):
    import jupytext

    assert notebooks.parameters(name)
    for cell in jupytext.read(notebooks.source(name)).cells:
        if "parameters" in cell.metadata.get("tags", []):
            assert all("#" in line for line in cell.source.splitlines())


@pytest.mark.parametrize("name", notebooks.names())
def test_every_notebook_opens_with_what_it_reads_and_writes(name):
    import jupytext

    opening = jupytext.read(notebooks.source(name)).cells[0].source
    for word in ("Question", "Reads", "Writes", "Time", "Next"):
        assert f"**{word}**" in opening, word


@pytest.mark.parametrize("name", notebooks.names())
def test_the_published_notebook_holds_the_source_cell_for_cell(name):
    import jupytext

    published = paths.NOTEBOOKS / f"{name}.ipynb"
    ours = [
        (c.cell_type, c.source) for c in jupytext.read(notebooks.source(name)).cells
    ]
    theirs = [(c.cell_type, c.source) for c in jupytext.read(published).cells]
    assert ours == theirs, "run `make notebooks`"
    assert str(paths.ROOT) not in published.read_text()
    assert '"ename"' not in published.read_text()
