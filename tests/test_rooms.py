"""The package keeps its rooms: docs/architecture.md says which, and why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "xitt"
MOST = 16  # entries of a folder that a reader takes in at a glance


def lint(project: Path) -> tuple[int, str]:
    """The exit status and the words of import-linter on a copy of the project."""
    program = "from importlinter import cli; cli.lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--config", "pyproject.toml"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of the package, to plant imports in."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "xitt", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_no_import_points_up_and_readers_of_records_are_light():
    status, said = lint(ROOT)
    assert status == 0, said
    assert "2 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("tasks/registry.py", "from xitt.data import sources", "points up"),
        ("training/loop.py", "from xitt.study import grid", "points up"),
        ("report/latex.py", "from xitt.running import budget", "points up"),
        ("analysis/results.py", "import torch", "no model library"),
        ("report/style.py", "from transformers import AutoModel", "no model library"),
    ],
)
def test_a_planted_import_breaks_a_contract(project, module, planted, contract):
    path = project / "xitt" / module
    path.write_text(f"{path.read_text()}\n\ndef _planted():\n    {planted}\n")
    status, said = lint(project)
    assert status == 1
    broken = [line for line in said.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), said


def test_a_new_module_needs_a_room(project):
    (project / "xitt" / "helpers.py").write_text('"""A drawer."""\n')
    status, said = lint(project)
    assert status == 1 and "helpers" in said


@pytest.mark.parametrize("check", [["check"], ["format", "--check"]])
def test_the_style_is_kept(check):
    command = [sys.executable, "-m", "ruff", *check, "--quiet", "xitt", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_folder_holds_more_than_a_glance_takes_in():
    folders = [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]
    for folder in folders:
        if folder.name == "__pycache__":
            continue
        entries = [path for path in folder.iterdir() if path.suffix in (".py", "")]
        limit = MOST + (folder / "__pycache__").exists()
        assert len(entries) <= limit, f"{folder}: {len(entries)} entries"


def test_every_room_says_what_it_is_for_and_does_nothing_else():
    import ast

    for path in PACKAGE.rglob("*/__init__.py"):
        if path.parent.name == "pocket":  # a door of its own, as data sets have
            continue
        (only,) = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(only, ast.Expr) and len(only.value.value) > 60, path


def test_the_page_draws_the_rooms_that_there_are_within_sixty_lines():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(page.splitlines()) <= 60
    rooms = [p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()]
    assert all(f"\n  {room}/" in page for room in rooms)
    for line in page.splitlines():
        cells = line.split("|")
        if len(cells) < 4 or "`" not in cells[2]:
            continue
        room = ""
        for name in cells[2].split("`")[1::2]:
            room = str(Path(name).parent) if "/" in name.rstrip("/") else room
            path = Path(name) if "/" in name else Path(room) / name
            assert (PACKAGE / path).exists(), f"the page names {name}"
