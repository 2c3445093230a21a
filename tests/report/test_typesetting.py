"""The paper is typeset from any records, and a fault in it stops the build."""

from __future__ import annotations

import re

import fake_language_models
import fake_records
import pytest

from xitt import paths
from xitt.analysis import results
from xitt.errors import UserError
from xitt.report import numbers, typesetting
from xitt.report.figures import gallery
from xitt.report.tables import catalogue

needs_tex = pytest.mark.skipif(not typesetting.available(), reason="needs LaTeX")


def overfull(log: str, points: float = 1.0) -> list[str]:
    """The lines of a log on boxes that are more than `points` pt too wide or high."""
    pattern = r"^Overfull \\[hv]box \((\d+\.?\d*)pt too .+$"
    boxes = re.finditer(pattern, log, re.MULTILINE)
    return [box[0] for box in boxes if float(box[1]) > points]


def generated(folder, records) -> None:
    """Numbers, tables and figures of `records`, as the notebooks write them."""
    study = results.of(records)
    numbers.write(study, folder)
    catalogue.write(study, folder)
    for name in gallery.FIGURES:
        gallery.draw(study, name, folder / "figures", folder / "figures")


def small_demo() -> list:
    languages = {"xnli": ("de", "en", "sw"), "tatoeba": ("de", "sw")}
    return fake_records.grid(("none", "mnli", "multi"), languages)


def with_text(folder, text: str):
    """A copy of the paper's sources whose first section is preceded by `text`."""
    folder.mkdir()
    for name in typesetting.WRITTEN:
        (folder / name).write_bytes((paths.PAPER / name).read_bytes())
    main = folder / "main.tex"
    mark = r"\section{Introduction}"
    main.write_text(main.read_text().replace(mark, f"{text}\n{mark}", 1))
    return folder


@needs_tex
def test_the_pdf_is_the_same_bytes_each_time_and_leaves_nothing_else(tmp_path):
    generated(tmp_path, small_demo())
    before = {path.name for path in tmp_path.iterdir()}
    first = typesetting.build(tmp_path).read_bytes()
    second = typesetting.build(tmp_path).read_bytes()
    assert first.startswith(b"%PDF")
    assert first == second
    assert {path.name for path in tmp_path.iterdir()} - before == {"main.pdf"}


@needs_tex
@pytest.mark.parametrize("grid", ["incomplete", "english", "nothing", "writes"])
def test_a_grid_with_gaps_makes_a_paper_whose_lines_fit(grid, tmp_path, monkeypatch):
    english = dict.fromkeys(("xnli", "panx", "xquad"), ("en",))  # and nothing zero-shot
    records = {
        "incomplete": fake_records.incomplete,
        "english": lambda: fake_records.grid(("none", "mnli", "multi"), english),
        "nothing": list,
        "writes": lambda: fake_language_models.study(
            ("none", "mnli", "mnli@en", "mnli@de"), ("humaneval_xl", "xcopa", "mgsm")
        ),
    }
    generated(tmp_path, records[grid]())
    logs = []
    read = typesetting._run_latex
    monkeypatch.setattr(
        typesetting, "_run_latex", lambda w: logs.append(read(w)) or logs[-1]
    )
    assert typesetting.build(tmp_path).exists()
    assert overfull(logs[0]) == []


@needs_tex
def test_an_unknown_number_stops_the_build_and_keeps_the_older_pdf(tmp_path):
    generated(tmp_path / "out", [])
    older = tmp_path / "out" / "main.pdf"
    older.write_bytes(b"older")
    source = with_text(tmp_path / "source", r"We gain \result{xnli/mnil/gain} points.")
    with pytest.raises(UserError, match="no number 'xnli/mnil/gain'"):
        typesetting.build(tmp_path / "out", source)
    assert older.read_bytes() == b"older"
    assert (tmp_path / "out" / "main.log").exists()


@needs_tex
def test_an_undefined_citation_stops_the_build(tmp_path):
    generated(tmp_path / "out", [])
    source = with_text(tmp_path / "source", r"As \citet{nobody-1999} knew.")
    with pytest.raises(UserError, match="nobody-1999"):
        typesetting.build(tmp_path / "out", source)


def test_without_tex_one_command_is_printed_and_nothing_fails(
    tmp_path, monkeypatch, capsys
):
    generated(tmp_path, [])
    monkeypatch.setattr(typesetting.shutil, "which", lambda name: None)
    assert typesetting.build(tmp_path, again="make demo") is None
    said = capsys.readouterr().out
    assert "apt-get install -y texlive-latex-recommended" in said
    assert said.rstrip().endswith("&& make demo")


def test_a_tex_that_lacks_a_package_counts_as_no_tex(tmp_path, monkeypatch, capsys):
    generated(tmp_path, [])
    log = "! LaTeX Error: File `titlesec.sty' not found.\n"
    monkeypatch.setattr(typesetting, "available", lambda: True)
    monkeypatch.setattr(typesetting, "_run_latex", lambda work: log)
    assert typesetting.build(tmp_path) is None
    assert "this TeX lacks titlesec.sty" in capsys.readouterr().out


def test_latexmk_is_replaced_by_the_passes_it_would_make(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(
        typesetting.shutil, "which", lambda n: n if n == "pdflatex" else None
    )
    monkeypatch.setattr(
        typesetting, "_call", lambda work, *c: calls.append(c[0]) or True
    )
    typesetting._run_latex(tmp_path)
    assert calls == ["pdflatex", "bibtex", "pdflatex", "pdflatex"]


def test_a_missing_input_is_named(tmp_path):
    with pytest.raises(UserError, match=r"no numbers\.tex in"):
        typesetting.build(tmp_path)


def test_the_first_error_of_a_log_is_found_before_its_warnings():
    log = (
        "LaTeX Warning: Citation `x' on page 1 undefined on input line 3.\n"
        "./main.tex:7: Undefined control sequence.\n"
        "./main.tex:9: Another.\n"
    )
    assert typesetting.first_error(log) == "./main.tex:7: Undefined control sequence."
    assert "undefined" in typesetting.first_error(log.splitlines()[0])
    assert typesetting.first_error("Output written on main.pdf\n") is None


def test_boxes_that_are_too_wide_are_found():
    log = (
        "Overfull \\hbox (12.3pt too wide) in paragraph at lines 3--4\n"
        "Overfull \\hbox (0.4pt too wide) in paragraph at lines 5--6\n"
    )
    assert len(overfull(log)) == 1
