"""A checkout whose folder has a space, a quote and an umlaut in its name works alike.

The whole way of a grid is taken there: make, the command line, Snakemake, its shell,
Papermill, kernels, LaTeX.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_study
import yaml

from xitt import paths
from xitt.study import profiles

ODD = "a b'ü"


@pytest.fixture
def checkout(tmp_path) -> Path:
    folder = tmp_path / ODD
    ignored = shutil.ignore_patterns("__pycache__", "*.ipynb", "*.pdf")
    for name in ("xitt", "notebooks", "paper", "results/published"):
        shutil.copytree(paths.ROOT / name, folder / name, ignore=ignored)
    for name in ("Snakefile", "Makefile"):
        shutil.copy(paths.ROOT / name, folder / name)
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    python = binaries / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).touch()
    (folder / ".venv" / "ready").touch()
    return folder


def make(folder: Path, *words: str) -> subprocess.CompletedProcess:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XITT_")}
    return subprocess.run(
        ["make", "--file", folder / "Makefile", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(folder), "XITT_PRECISION": "fp32"},
        capture_output=True,
        text=True,
    )


def test_a_grid_is_made_in_a_folder_with_an_odd_name(checkout):
    study = tiny_study.study(tiny_study.encoder(checkout / "an 'encoder' ö"))
    spec = {key: value for key, value in study.items() if key not in profiles.ADDED}
    here = {"records": "records", "figures": "figures", "paper": f"paper {ODD}"}
    profile = checkout / f"tiny {ODD}.yaml"
    profile.write_text(yaml.safe_dump({**spec, **here}), encoding="utf-8")
    narrowed = (f"PROFILE={profile}", "INTERMEDIATES=mnli", "TARGETS=tatoeba")
    # the real encoder is not asked for: the study has one of its own
    done = make(checkout, "runs", *narrowed, "SEEDS=13", "--assume-old=encoder")
    assert done.returncode == 0, done.stdout + done.stderr
    made = sorted(path.name for path in (checkout / "records").glob("*.json"))
    assert [name.split(".")[0] for name in made] == ["intermediate", "target"]
    record = json.loads((checkout / "records" / made[1]).read_text(encoding="utf-8"))
    assert record["profile"] == profile.stem
    executed = checkout / "runs" / profile.stem / "notebooks"
    assert len(list(executed.glob("[1-7]0-*.ipynb"))) == 6
    assert (checkout / f"paper {ODD}" / "numbers.json").exists()
    said = make(checkout, "status", *narrowed, "SEEDS=13").stdout
    assert "2 done, 0 missing" in said, said


def test_make_prints_its_verbs_in_a_folder_with_an_odd_name(checkout):
    assert "make verify" in make(checkout).stdout
