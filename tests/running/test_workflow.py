"""What Snakemake makes of a study, asked of Snakemake itself, without running it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from xitt import paths
from xitt.running.grids.workflow import Plan
from xitt.study import grid, profiles


@pytest.fixture
def study(tmp_path) -> Iterator[Path]:
    """A profile file with records in a folder of its own."""
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    spec |= {key: str(tmp_path / key) for key in ("records", "figures", "paper")}
    path = tmp_path / f"{tmp_path.parent.name}-{tmp_path.name}.yaml"
    path.write_text(yaml.safe_dump(spec))
    yield path
    shutil.rmtree(profiles.runs_folder(profiles.load(str(path))), ignore_errors=True)


def dry_run(path: Path, targets: str) -> set[str]:
    """Which rules Snakemake would start for the baseline of some targets."""
    narrowed = [f"profile={path}", "intermediates=none", f"targets={targets}"]
    folder = profiles.runs_folder(profiles.load(str(path)))
    folder.mkdir(parents=True, exist_ok=True)
    said = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--dry-run", "--nolock"),
            *("--snakefile", str(paths.ROOT / "Snakefile")),
            *("--directory", str(folder), "--rerun-triggers", "mtime"),
            *("--config", *narrowed, "seeds=13", "threads=1", "python=python"),
        ],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return set(re.findall(r"^rule (\w+):", said, re.MULTILINE))


def test_a_study_that_is_done_and_widened_makes_the_runs_that_are_new(study):
    narrow = Plan(grid.select(profiles.load(str(study)), "none", "xnli", "13"))
    runs = grid.runs(narrow.study)
    assert [run.phase for run in runs] == ["target", "perturbed"]
    drawn = [narrow.notebook(name) for name in (
        "50-analyse-transfer", "51-code-generation", "52-source-language",
        "53-noise-and-code-switching", "54-reasoning", "55-pretraining-volume",
        "60-draw-figures", "70-write-tables")]  # fmt: skip
    made = (narrow.data, *(run.record for run in runs), *drawn, narrow.typeset)
    for age, path in enumerate(reversed(made)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (time.time() - 10 * age,) * 2)
    assert dry_run(study, "xnli") == set()
    wider = dry_run(study, "xnli,udpos")
    assert wider >= {"finetune_target", "draw_figures", "write_tables", "typeset"}
