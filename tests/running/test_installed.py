"""A wheel in an empty folder, without a checkout: notebooks run, records are redrawn.

The environment is a new one that borrows the packages of this one, but not `xitt`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import psutil
import pytest

import xitt
from xitt import paths

BINDER_MIB = 2048  # what a Binder has, for the server and all that it starts
SERVER_MIB = 300  # of it, what JupyterLab takes


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The interpreter of an environment in which the wheel is installed."""
    home = tmp_path_factory.mktemp("installed")
    source = home / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.ipynb")
    for name in ("xitt", "notebooks", "results"):
        shutil.copytree(paths.PACKAGE / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(paths.PACKAGE / name, source)
    call(sys.executable, "-m", "venv", "--without-pip", home / "env", cwd=home)
    python = home / "env" / "bin" / "python"
    site = call(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=home)
    borrowed = sysconfig.get_path("purelib")
    (Path(site.strip()) / "borrowed.pth").write_text(borrowed + "\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    options = ("--quiet", "--no-deps", "--no-index")
    build = ("wheel", *options, "--no-build-isolation", "--wheel-dir", home, source)
    call(*pip, *build, cwd=home)
    (wheel,) = home.glob("*.whl")
    call(*pip, "--python", python, "install", *options, wheel, cwd=home)
    return python


@pytest.fixture
def elsewhere() -> dict[str, str]:
    """An environment that says nothing of this checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XITT_")}
    return {k: v for k, v in kept.items() if k != "PYTHONPATH"}


def call(*words: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def peak_mib(process: psutil.Popen) -> int:
    """The largest memory of a process and all below it together, while it lives."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, [process, *_below(process)])))
        time.sleep(0.05)
    return peak >> 20


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def test_notebooks_run_and_redraw_outside_the_repository_within_a_binder(
    python, elsewhere, tmp_path
):
    for name in ("00-start-here", "60-draw-figures"):
        process = psutil.Popen(
            [python, "-m", "xitt", "notebook", name, f"{name}.ipynb"],
            cwd=tmp_path, env=elsewhere, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert peak_mib(process) < BINDER_MIB - SERVER_MIB
        assert process.returncode == 0, process.stderr.read()
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["00-start-here.ipynb", "60-draw-figures.ipynb", "figures", "paper"]
    redrawn = tmp_path / "figures" / "transfer-gain.json"
    assert '"records": [' in redrawn.read_text()
    assert (tmp_path / "paper/figures/transfer-gain.pdf").exists()


READ = """
from xitt import paths
from xitt.analysis import results
from xitt.study import profiles, records
study = profiles.load("small")
folder = profiles.folder(study, "records")
known = records.load(folder)
print(len(known), *(records.is_there(folder / n) for n in ("{name}", "none.json")))
assert not paths.RECORDS.exists() and records.read(folder / "{name}") in known
own = dict(known[0], key="0" * 16)
records.write(folder / "one-more.json", own)
print(len(records.load(folder)))
"""


def test_records_that_the_package_carries_are_read_with_those_made_here(
    python, elsewhere, tmp_path
):
    here = list((paths.PACKAGE / "results" / "records" / "small").glob("*.json"))
    program = READ.format(name=here[0].name)
    printed = call(python, "-c", program, cwd=tmp_path, env=elsewhere).split()
    assert printed == [str(len(here)), "True", "False", str(len(here) + 1)]
    (made,) = tmp_path.rglob("*.json")
    assert made == tmp_path / "results" / "records" / "small" / "one-more.json"


@pytest.mark.parametrize("words", ["typeset", "release", "plan --keep"])
def test_what_needs_the_repository_says_so_in_one_line(
    python, elsewhere, tmp_path, words
):
    done = subprocess.run(
        [python, "-m", "xitt", *words.split()],
        cwd=tmp_path, env=elsewhere, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        f"xitt: '{words}' needs the repository, and this is an installed package; run "
        f"it in a checkout of v{xitt.__version__}\n"
    )


HASHED = "from xitt.study import provenance; print(provenance.source_hashes()['xitt'])"


def test_the_package_has_the_same_hash_in_a_record_as_in_the_repository(
    python, elsewhere, tmp_path
):
    here = call(sys.executable, "-c", HASHED, cwd=paths.PACKAGE)
    assert call(python, "-c", HASHED, cwd=tmp_path, env=elsewhere) == here
