"""What is lacking is installed, what is there stays, for the cell that Colab runs."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import jupytext
import pytest
import yaml

import xitt
from xitt import paths
from xitt.running import notebooks

ALONE = ("00", "20", "30", "50", "51", "52", "53", "54", "55")  # run by themselves
TAG = f"v{xitt.__version__}"


def wheel(folder: Path, name: str, version: str, *needs: str) -> Path:
    """A package without code."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w") as packed:
        lines = "".join(f"Requires-Dist: {need}\n" for need in needs)
        packed.writestr(f"{about}/METADATA", head + lines)
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def python(tmp_path) -> Path:
    """An environment that has `there`, `old`, pip, packaging and a bare `xitt`."""
    made = [sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"]
    subprocess.run(made, check=True)
    python = tmp_path / "env" / "bin" / "python"
    ours = wheel(
        tmp_path, "xitt", "1.0", "there>=0.5", "new>=1", "old>=2", "odd; extra == 'x'"
    )
    present = [ours, wheel(tmp_path, "there", "1.0"), wheel(tmp_path, "old", "1.0")]
    (tmp_path / "index").mkdir()
    wheel(tmp_path / "index", "there", "2.0")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", *present], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "env")}))
    for name in ("pip", "packaging"):
        (site / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)
    return python


def complete(python: Path) -> subprocess.CompletedProcess:
    """As a file: of the repository's own `xitt`, installed for work on it, no word."""
    index = python.parents[2] / "index"
    program = paths.PACKAGE / "xitt" / "running" / "releasing" / "lacking.py"
    return subprocess.run(
        [python, "-P", program],
        env={"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)},
        capture_output=True, text=True, cwd=index,
    )  # fmt: skip


def version(python: Path, name: str) -> str:
    program = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run([python, "-c", program], capture_output=True, text=True)
    return done.stdout.strip()


def test_what_is_lacking_is_installed_and_what_is_there_stays(python):
    wheel(python.parents[2] / "index", "new", "1.5", "there")
    done = complete(python)
    assert done.returncode == 0, done.stderr
    assert [version(python, name) for name in ("new", "there")] == ["1.5", "1.0"]
    assert done.stdout == (
        "left as they are, though xitt asks for another: old 1.0 (asked for: >=2)\n"
    )


def test_what_needs_another_version_of_what_is_there_is_refused(python):
    wheel(python.parents[2] / "index", "new", "1.5", "there>=2")
    assert complete(python).returncode == 1
    assert [version(python, name) for name in ("new", "there")] == ["", "1.0"]


# --------------------------------------------------------------- the cell in notebooks


def setup_cell(name: str) -> str:
    (cell,) = [
        cell
        for cell in jupytext.read(notebooks.source(name)).cells
        if "setup" in cell.metadata.get("tags", [])
    ]
    return cell.source


def alone() -> list[str]:
    return [name for name in notebooks.names() if name[:2] in ALONE]


@pytest.mark.parametrize("name", alone())
def test_the_cell_is_the_same_everywhere_and_installs_this_version(name):
    assert setup_cell(name) == setup_cell("00-start-here")
    cell = setup_cell(name)
    assert repository() in cell and f'@{TAG}"' in cell, f"name {TAG} there"


@pytest.fixture
def calls(monkeypatch) -> list[list[str]]:
    """What the cell would start."""
    made: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda words, **_: made.append(words))
    return made


def test_the_cell_does_nothing_where_this_is_not_colab(calls):
    exec(setup_cell("00-start-here"), {})
    assert calls == []


def test_on_colab_the_cell_installs_the_package_alone_and_then_what_lacks(
    calls, monkeypatch, tmp_path
):
    (tmp_path / "google" / "colab").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "google", raising=False)
    exec(setup_cell("00-start-here"), {})
    assert calls == [], "xitt is there"
    exec(setup_cell("00-start-here").replace('"xitt"', '"not_there_at_all"'), {})
    package, rest = calls
    assert "--no-deps" in package and package[-1].endswith(f"@{TAG}")
    assert rest[1:] == ["-m", "xitt.running.releasing.lacking"]


# ------------------------------------------------------------------------------ badges


def repository() -> str:
    """Where the project says that it is published."""
    project = tomllib.loads((paths.PACKAGE / "pyproject.toml").read_text("utf-8"))
    return project["project"]["urls"]["Repository"]


def test_badges_name_the_tag_of_this_version_and_no_branch():
    page = (paths.PACKAGE / "README.md").read_text(encoding="utf-8")
    name = repository().removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{name}/blob/{TAG}/notebooks/"
    binder = f"https://mybinder.org/v2/gh/{name}/{TAG}?labpath=notebooks/"
    linked = re.findall(r"\]\((https://(?:colab|mybinder)[^)\s]+)\)", page)
    linked = [link for link in linked if not link.endswith(".svg")]
    assert any(link.startswith(colab) for link in linked)
    assert any(link.startswith(binder) for link in linked)
    for link in linked:
        assert link.startswith((colab, binder)), link
        assert (paths.NOTEBOOKS / link.rpartition("notebooks/")[2]).is_file(), link


def test_one_address_stands_wherever_the_repository_is_named():
    cited = yaml.safe_load((paths.PACKAGE / "CITATION.cff").read_text("utf-8"))
    assert cited["repository-code"] == repository()
