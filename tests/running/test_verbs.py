"""Every verb with bad values: exit status 2 and one line, whatever the value."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from xitt import __main__, paths
from xitt.running import notebooks
from xitt.running.grids import scheduling
from xitt.study import phases

STUDIES = ("grid", "status", "plan", "run", "rescore", "submission")
PROFILES = (*STUDIES, "redraw", "typeset", "summary", "speed", "verify")
BAD = [
    *([verb, "--profile", name] for verb in PROFILES
      for name in ("", "dmo", "/nowhere/x.yaml", "a" * 5000, "a" * 5000 + ".yaml", "[",
                   "a\nb", "~nobody/x.yaml", ".yaml", "../x", "{x}")),
    *([verb, option, value] for verb in STUDIES for option, values in {
        "--intermediates": ("mnly", "+", "mnli+", "mnli+mlm+mlm", "none+translated",
                            ",", "5", "none,none",
                            "mnli+mlm+translated,mnli+translated+mlm"),
        "--targets": ("xnlo", "mnli", ",", "5", "[]", "xnli,xnli"),
        "--seeds": ("one", "-1", "1.5", "13,13", str(2**64 - 1), ",", "1e3"),
    }.items() for value in values),
    ["grid", "--on", "moon"], ["grid", "--on", ""], ["grid", "--jobs", "x"],
    ["grid", "--jobs", "-3"], ["grid", "--nothing", "1"], ["status", "x"],
    ["submission"], ["redraw", "--only", "nothing"], ["typeset"],
    ["translate"], ["translate", "--task", "mnli"],
    ["publish", "20"], ["publish", "../x"],
    *(["translate", "--task", task, "--model", model, "--languages", langs]
      for task, model, langs in (
          ("xnlo", "x/y", "de"), ("xnli", "x/y", "de"), ("mnli", "a{b}", "de"),
          ("mnli", "a{", "de"), ("mnli", "x/y", "xx"), ("mnli", "x/y", ","),
          ("", "x/y", "de"), ("mnli", "", "de"), ("mnli", "x/y", "en"))),
    *(["import", "--task", *words] for words in (
          ("bucc",), ("bucc", ""), ("bucc", "/nowhere"), ("bucc", "~nobody/x"),
          ("bucc", "a" * 5000), ("bucc", "Makefile"), ("mnli", "/"), ("", "/"))),
    *(["manifest", *words] for words in (
          (), ("",), ("/nowhere",), ("~nobody/x",), ("a" * 5000,), ("Makefile",))),
    ["import"], ["notebook"], ["notebook", "x"],
    ["notebook", "20-train-intermediate", "o", "x"],
    ["notebook", "20-train-intermediate", "/tmp"],
    ["notebook", "20-train-intermediate", "o.ipynb", "seed=x"],
    ["notebook", "20-train-intermediate", "o.ipynb", "--threads", "-1"],
    ["encoder", ""], ["encoder", "x"], ["encoder", "/tmp"], ["encoder", "a" * 3000],
    ["lock", "x"], ["tasks", "x"], ["release", "x"], ["check-hub", "x"], [], ["--x"],
    ["statu"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path, monkeypatch):
    """A value that is let pass fails the test instead of starting what takes time."""

    def ran(*_, **__):
        pytest.fail("it ran")

    monkeypatch.delenv("XITT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(scheduling, "_ended", ran)
    monkeypatch.setattr(notebooks, "_execute", ran)
    monkeypatch.setattr(phases, "train_intermediate", ran)
    monkeypatch.setattr(phases, "transfer", ran)


@pytest.mark.parametrize("words", BAD, ids=lambda words: " ".join(words)[:60] or "none")
def test_a_bad_value_is_one_line_and_status_2(words, capsys):
    assert __main__.main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("xitt: ") and said.count("\n") == 1


def make(*words: str) -> subprocess.CompletedProcess:
    """A verb of the Makefile with this interpreter as its environment."""
    return subprocess.run(
        ["make", "--old-file=.venv/ready", f"XITT={sys.executable} -m xitt", *words],
        cwd=paths.PACKAGE,
        env={**os.environ, "XITT_MIRROR": ""},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "SEEDS=-1"),
        ("runs", "ON=moon"),
        ("status", "PROFILE=2024"),
        ("plan", "TARGETS=[xnlo]"),
        ("figures", "PROFILE=no"),
        ("tables", "PROFILE=a b"),
        ("paper", "PROFILE=2026-11-26"),
        ("verify", "PROFILE=1e3"),
        ("submission", "INTERMEDIATES=mnly"),
        ("speed", "PROFILE=$(X)"),
        ("translate", "TASK=xnlo"),
        ("import", "TASK=bucc", "FROM=no where"),
        ("manifest",),
    ],
    ids=" ".join,
)
def test_a_verb_of_the_makefile_says_its_reason_and_no_traceback(words):
    done = make(*words)
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode == 2
    assert len(said) == 1 and said[0].startswith("xitt: ")


def test_an_environment_without_pip_is_made_anew(tmp_path):
    (tmp_path / "Makefile").write_text((paths.PACKAGE / "Makefile").read_text())
    venv = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / ".venv")]
    subprocess.run(venv, check=True)
    for _ in range(2):
        done = subprocess.run(
            ["make", "interpreter", f"PYTHON={sys.executable}"],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        subprocess.run([tmp_path / ".venv/bin/python", "-m", "pip", "-V"], check=True)


@pytest.mark.parametrize(
    "words", [["--help"], ["status"], ["grid", "--help"]], ids=" ".join
)
def test_a_reader_who_leaves_is_no_error(words):
    call = (
        f"'{sys.executable}' -m xitt {' '.join(words)} | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", call], cwd=paths.PACKAGE, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


def test_a_terminal_of_ascii_shows_what_it_can():
    done = subprocess.run(
        [sys.executable, "-m", "xitt", "status", "--profile", "ünï"],
        cwd=paths.PACKAGE,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"xitt: unknown profile '?n?'")
