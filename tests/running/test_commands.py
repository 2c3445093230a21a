"""The command line behind the Makefile: one line and a status, never a traceback."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from filelock import FileLock

from xitt import __main__, paths
from xitt.study import grid, profiles


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Records and runs in a folder of the test's own, and no mirror."""
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "IMPORTED", tmp_path / "imported")
    return tmp_path


def call(capsys, *words):
    status = __main__.main(list(words))
    return status, capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("status", "--profile", "dmo"), "unknown profile 'dmo'; did you mean 'demo'?"),
        (("plan", "--targets", "xnlo"), "unknown task 'xnlo'; did you mean 'xnli'?"),
        (("notebook", "20-train", "o.ipynb"), "unknown notebook '20-train'; did"),
        (("notebook", "10-prepare-data", "o.ipynb", "profil=demo"),
         "unknown parameter of 10-prepare-data: 'profil'; did you mean 'profile'?"),
        (("notebook", "10-prepare-data", "o.ipynb", "demo"),
         "'demo' is no parameter; write it as name=value"),
        (("encoder", "e5-smal"), "unknown encoder 'e5-smal'; did you mean 'e5-small'?"),
        (("grid", "--on", "moon"), "unknown place, ON: 'moon'; "),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_on_stderr_and_status_2(capsys, elsewhere, words, line):
    status, said = call(capsys, *words)
    assert status == 2
    assert said.err.startswith(f"xitt: {line}")
    assert said.err.count("\n") == 1


def test_a_second_grid_on_the_same_runs_is_refused(capsys, elsewhere):
    folder = elsewhere / "runs" / "demo"
    folder.mkdir(parents=True)
    with FileLock(folder / ".lock"):
        status, said = call(capsys, "grid", "--profile", "demo")
    assert status == 2
    assert "another process is at work in" in said.err


def test_status_names_what_is_missing_and_what_failed(capsys, elsewhere):
    notebooks = elsewhere / "runs" / "demo" / "notebooks"
    notebooks.mkdir(parents=True)
    (notebooks / "30-finetune-target.mnli.13.abcd1234.failed.ipynb").touch()
    status, said = call(
        capsys, "status", "--profile", "demo", "--targets", "xnli,udpos"
    )
    assert status == 0
    assert said.out.count("failed  mnli") == 2
    assert said.out.strip().endswith("0 done, 14 missing, 2 failed, 0 older")


def test_a_plan_counts_runs_tokens_and_disk_before_anything_starts(capsys, elsewhere):
    status, said = call(capsys, "plan", "--profile", "paper")
    assert status == 0
    # Three settings and a target of which nobody has brought the data are left out.
    assert re.search(r"target +288 +288", said.out)
    assert re.search(r"left out: bucc: .*make import TASK=bucc FROM=folder", said.out)
    assert re.search(r"left out: multi: it needs ccg_pmb: its data are not", said.out)
    assert not (elsewhere / "runs").exists()


def test_make_alone_prints_every_verb_with_a_line():
    makefile = paths.PROFILES.parent.parent / "Makefile"
    said = subprocess.run(
        ["make", "-f", makefile], capture_output=True, text=True, check=True
    ).stdout
    for verb in ("demo", "test", "lab", "runs", "status", "plan", "figures", "paper"):
        assert re.search(rf"make {verb} +\S", said)


def test_the_readme_names_only_verbs_and_files_that_exist():
    root = paths.PROFILES.parent.parent
    readme = (root / "README.md").read_text()
    makefile = (root / "Makefile").read_text()
    for verb in set(re.findall(r"`make ([a-z]+)", readme)):
        assert f"\n{verb}:" in makefile, verb
    for link in set(re.findall(r"\]\((?!http)([^)#]+)\)", readme)):
        assert (root / link).exists(), link


def test_environment_yml_names_the_packages_of_pyproject():
    import tomllib

    import yaml

    root = paths.PROFILES.parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    environment = yaml.safe_load((root / "environment.yml").read_text())["dependencies"]
    *conda, pip = environment
    named = {re.split(r"[<>=]", line)[0] for line in [*conda, *pip["pip"]]}
    conda_names = {"torch": "pytorch-cpu", "fastjsonschema": "python-fastjsonschema"}
    assert {conda_names.get(name, name) for name in wanted} <= named


def test_the_lock_pins_every_dependency_exactly():
    import tomllib

    root = paths.PROFILES.parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    lines = (root / "requirements.lock").read_text().splitlines()
    pinned = {
        line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line
    }
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    for requirement in wanted:
        assert re.split(r"[<>=]", requirement)[0].lower() in pinned, requirement


def test_importing_the_grid_is_light():
    """Snakemake and every notebook's runner import it before anything else."""
    heavy = "{'torch', 'transformers', 'datasets', 'matplotlib'} & set(sys.modules)"
    code = f"import sys; from xitt.running import commands; print({heavy})"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "set()"


def test_every_profile_makes_a_grid_of_distinct_keys(monkeypatch):
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    for name in profiles.names():
        runs = grid.runs(profiles.load(name))
        assert len({run.key for run in runs}) == len(runs), name
