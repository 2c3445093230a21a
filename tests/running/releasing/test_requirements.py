"""The lock holds what the project needs, and nothing else that is installed."""

from __future__ import annotations

from importlib import metadata

import pytest

from xitt import paths
from xitt.errors import UserError
from xitt.running.releasing import requirements


class Installed:
    """A package as importlib.metadata has it."""

    def __init__(self, name: str, version: str, *requires: str) -> None:
        self.name, self.version, self.requires = name, version, list(requires)


def installed(monkeypatch, *packages: Installed) -> None:
    known = {package.name.lower(): package for package in packages}

    def distribution(name: str) -> Installed:
        if name not in known:
            raise metadata.PackageNotFoundError(name)
        return known[name]

    monkeypatch.setattr(metadata, "distribution", distribution)


def needing(folder, monkeypatch, needs: str, dev: str = "[]") -> None:
    monkeypatch.setattr(paths, "ROOT", folder)
    (folder / "pyproject.toml").write_text(
        f"[project]\ndependencies = {needs}\n"
        f'[project.optional-dependencies]\ndev = {dev}\nsite = ["sphinx"]\n'
    )


def test_what_is_reached_is_locked_and_what_only_stands_by_is_not(
    tmp_path, monkeypatch
):
    needing(tmp_path, monkeypatch, '["Alpha>=1"]', '["tester"]')
    installed(
        monkeypatch,
        Installed("Alpha", "1.2+cpu", "beta", "never; python_version < '3'", "alpha"),
        Installed("beta", "2.0", "gamma; extra == 'more'", "nvidia-cublas", "triton"),
        Installed("gamma", "3.0"),
        Installed("tester", "4.0"),
        Installed("sphinx", "9.0"),
    )
    assert requirements.lines() == ["Alpha==1.2", "beta==2.0", "tester==4.0"]


def test_an_extra_that_is_asked_for_brings_its_own(tmp_path, monkeypatch):
    needing(tmp_path, monkeypatch, '["beta", "alpha"]')
    installed(
        monkeypatch,
        Installed("alpha", "1", "beta[more]"),
        Installed("beta", "2", "gamma; extra == 'more'", "delta; extra == 'other'"),
        Installed("gamma", "3"),
    )
    assert requirements.lines() == ["alpha==1", "beta==2", "gamma==3"]


def test_one_that_is_not_installed_is_named_with_who_needs_it(tmp_path, monkeypatch):
    needing(tmp_path, monkeypatch, '["alpha"]')
    installed(monkeypatch, Installed("alpha", "1", "beta>=2"))
    with pytest.raises(UserError, match=r"beta is needed by alpha and not installed"):
        requirements.lines()


def test_the_lock_of_this_environment_leaves_out_what_extras_bring():
    names = {line.split("==")[0].lower() for line in requirements.lines()}
    assert {"torch", "pytest", "numpy", "packaging", "snakemake"} <= names
    assert names.isdisjoint({"xitt", "sphinx", "wandb", "trackio", "urielplus"})
