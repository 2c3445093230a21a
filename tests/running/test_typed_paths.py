"""Paths as a person types them mean the same to the grid and to kernels elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from xitt import __main__, paths
from xitt.errors import UserError
from xitt.models import encoders
from xitt.running import kernels, notebooks
from xitt.running.grids import scheduling
from xitt.study import grid, profiles
from xitt.tasks import registry, schema

TASKS = """
tasks:
  news:
    {title: News, phase: target, kind: classification, metric: accuracy, licence: CC0,
     labels: [good, bad], languages: [en], dataset: me/news, config: en,
     splits: {train: train, test: test}, columns: {text_a: text, label: label}}
"""
NOTEBOOK = """
# %% tags=["parameters"]
profile = "demo"
# %%
from xitt import paths
from xitt.models import encoders
from xitt.study import profiles
from xitt.tasks import registry
study = profiles.load(profile)
print("mirror", paths.mirror(), registry.get("news").title)
print("encoder", encoders.pinned(study["encoder"]))
"""


@pytest.fixture
def standing(encoder, tmp_path, monkeypatch):
    """A folder to stand in, with an encoder, a profile, a mirror and more tasks."""
    shutil.copytree(encoder, tmp_path / "tiny")
    (tmp_path / "mirror").mkdir()
    (tmp_path / "tasks.yaml").write_text(TASKS)
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    spec |= {key: str(tmp_path / key) for key in ("records", "figures", "paper")}
    spec |= {"encoder": "tiny", "intermediates": ["none"], "targets": ["xnli"]}
    del spec["perturbed"]  # of settings that are left out
    name = f"{tmp_path.parent.name}-{tmp_path.name}"
    (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(spec))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XITT_MIRROR", "mirror")
    monkeypatch.setenv("XITT_TASKS", "./tasks.yaml")
    yield f"{name}.yaml"
    shutil.rmtree(paths.RUNS / name, ignore_errors=True)


def test_a_kernel_reads_them_from_where_the_user_stands(
    standing, tmp_path, monkeypatch
):
    (tmp_path / "90-look.py").write_text(NOTEBOOK)
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    notebooks.run("90-look", tmp_path / "out.ipynb", {"profile": standing})
    said = (tmp_path / "out.ipynb").read_text()
    assert f"mirror {tmp_path.resolve()}/mirror News" in said
    assert encoders.pinned("tiny") in said


def test_snakemake_reads_them_from_where_the_user_stands(standing):
    study = profiles.load(standing)
    folder = profiles.runs_folder(study)
    folder.mkdir(parents=True)
    config = {"profile": study["origin"], "python": sys.executable, "threads": 1}
    call = [*scheduling._call(folder, config), "--dry-run", "--cores", "1"]
    done = subprocess.run(
        call, env=kernels.environment(), cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"rule finetune_target", done.stdout + done.stderr)


def test_the_grid_is_given_the_whole_path_of_a_profile(standing, monkeypatch):
    given = {}
    monkeypatch.setattr(
        scheduling, "run", lambda study, selection, **_: given.update(selection)
    )
    assert __main__.main(["grid", "--profile", f"./{standing}"]) == 0
    assert given["profile"] == str(paths.typed(standing).resolve())


def test_a_profile_in_the_projects_folder_is_called_by_its_name(monkeypatch):
    monkeypatch.chdir(paths.NOTEBOOKS)
    for typed in ("demo", "profiles/demo.yaml", "notebooks/profiles/demo.yaml"):
        assert profiles.load(typed)["origin"] == "demo"


def test_a_path_that_is_not_there_is_named_as_typed(standing, monkeypatch):
    with pytest.raises(UserError, match=r"no profile file 'not/here\.yaml' in /"):
        profiles.load("not/here.yaml")
    with pytest.raises(UserError, match="encoder folder 'not/tiny/er' does not exist"):
        encoders.pinned("not/tiny/er")
    monkeypatch.setenv("XITT_TASKS", "not/here.yaml")
    with pytest.raises(UserError, match=r"XITT_TASKS names 'not/here\.yaml': no such"):
        registry.names()


def test_a_tilde_and_a_folder_left_behind_are_understood(standing, monkeypatch):
    monkeypatch.setenv("HOME", str(paths.typed(".")))
    assert encoders.pinned("~/tiny") == encoders.pinned("tiny")
    monkeypatch.setenv("XITT_FROM", str(paths.typed(".")))
    monkeypatch.chdir("/")
    assert profiles.load(standing)["encoder"] == "tiny"
    assert grid.runs(profiles.load(standing))
    assert "news" in schema.load()["tasks"]
