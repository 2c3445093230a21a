"""A record says which commit made it; a tracked one is not made by uncommitted code."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import yaml

from xitt import __main__, paths
from xitt.errors import UserError
from xitt.models import encoders
from xitt.study import grid, phases, provenance, records, rescoring


def git(folder, *words):
    name = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *name, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout of a package of one module, which is taken for the one that runs."""
    folder = tmp_path / "a checkout"
    package = folder / "xitt"
    (folder / "notebooks").mkdir(parents=True)
    package.mkdir()
    (package / "one.py").write_text("1\n")
    (folder / "notebooks" / "10.py").write_text("1\n")
    (folder / ".gitignore").write_text("__pycache__\n")
    git(tmp_path, "init", "-q", str(folder))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    monkeypatch.setattr(provenance, "PACKAGE", package)
    monkeypatch.delenv("XITT_DIRTY", raising=False)
    provenance._hash_at_first.cache_clear()
    yield folder
    provenance._hash_at_first.cache_clear()


TRACKED = paths.RECORDS / "small" / "r.json"


def test_a_clean_checkout_is_named_by_its_commit(checkout):
    head = git(checkout, "rev-parse", "HEAD")
    assert provenance.commit() == {"commit": head, "clean": True}
    assert provenance.begin(TRACKED).code["clean"]


@pytest.mark.parametrize("name", ["xitt/one.py", "xitt/ü two.py", "notebooks/10.py"])
def test_a_tracked_record_of_uncommitted_code_is_refused(
    checkout, name, tmp_path, monkeypatch
):
    (checkout / name).write_text("2\n")
    assert provenance.commit()["clean"] is False
    words = r"is not committed; commit it, or add DIRTY=1"
    with pytest.raises(UserError, match=name.split("/")[1].split()[-1]) as caught:
        provenance.begin(TRACKED)
    assert words in str(caught.value) and "\n" not in str(caught.value)
    assert provenance.begin(tmp_path / "runs" / "r.json").code["clean"] is False
    monkeypatch.setenv("XITT_DIRTY", "1")
    code = provenance.begin(TRACKED).code
    assert code["clean"] is False and len(code["changed"]) == 1
    assert provenance.told({"code": code}) == f"{code['commit'][:7]} and changes"


def test_what_runs_make_leaves_the_code_clean(checkout):
    for name in ("results/records/small/r.json", "figures/f.png", "notebooks/10.ipynb"):
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert provenance.commit()["clean"]


def test_code_committed_while_a_process_runs_is_not_what_it_runs(checkout):
    provenance.begin(TRACKED)
    (checkout / "xitt" / "one.py").write_text("2\n")
    git(checkout, "commit", "-qam", "two")
    with pytest.raises(UserError, match="this process loaded before an edit"):
        provenance.begin(TRACKED)
    provenance._hash_at_first.cache_clear()  # a new process
    assert provenance.begin(TRACKED).code["clean"]


def test_a_run_that_other_code_began_says_so(checkout, tmp_path):
    """A checkpoint of one commit, continued by the next."""
    run = tmp_path / "run"
    first = provenance.begin(TRACKED, run).code
    (checkout / "xitt" / "one.py").write_text("2\n")
    git(checkout, "commit", "-qam", "two")
    provenance._hash_at_first.cache_clear()
    assert "began" not in provenance.begin(TRACKED, run).code, "nothing is continued"
    (run / "checkpoint").mkdir()
    (run / "checkpoint" / "checkpoint.pt").touch()
    assert "began" not in provenance.begin(TRACKED, run).code, "by the same code"
    git(checkout, "checkout", "-q", "HEAD~1")
    provenance._hash_at_first.cache_clear()
    code = provenance.begin(TRACKED, run).code
    (began,) = code["began"]
    assert code["commit"] == first["commit"] != began["commit"]
    assert provenance.told({"code": code}) == (
        f"{code['commit'][:7]}, begun by {began['commit'][:7]}"
    )


def test_a_tree_without_git_says_so_and_is_not_refused(tmp_path, monkeypatch):
    (tmp_path / "xitt").mkdir()
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path / "xitt")
    code = provenance.begin(TRACKED).code
    assert (code["commit"], code["clean"]) == (None, None)
    assert provenance.told({"code": code}) == "no git checkout"
    monkeypatch.setenv("PATH", "")
    assert provenance.commit() == code


def test_a_refused_run_trains_nothing(study, checkout, monkeypatch):
    (checkout / "xitt" / "one.py").write_text("2\n")
    monkeypatch.setattr(paths, "RECORDS", paths.ROOT / "results" / "records")
    tracked = {**study, "records": "results/records/test"}
    monkeypatch.setattr(encoders, "load", None)
    with pytest.raises(UserError, match=r"one\.py is not committed"):
        phases.transfer(grid.target(tracked, "none", "tatoeba", 13))
    with pytest.raises(UserError, match=r"one\.py is not committed"):
        phases.train_intermediate(grid.intermediate(tracked, "mnli", 13))


def test_a_grid_is_refused_before_a_notebook_starts(checkout, capsys, monkeypatch):
    (checkout / "xitt" / "one.py").write_text("2\n")
    monkeypatch.setattr(paths, "RUNS", checkout / "runs")
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    profile = checkout / "tracked.yaml"
    profile.write_text(yaml.safe_dump({**spec, "records": str(TRACKED.parent)}))
    words = ("grid", "--profile", str(profile), "--seeds", "99")
    assert __main__.main(list(words)) == 2
    assert "one.py is not committed" in capsys.readouterr().err
    assert not (checkout / "runs" / "tracked" / "notebooks").exists()


@pytest.mark.parametrize(
    ("words", "environment", "value"),
    [((), {}, ""), (("DIRTY=1",), {}, "1"), ((), {"XITT_DIRTY": "1"}, "1")],
)
def test_make_passes_on_that_uncommitted_code_is_asked_for(words, environment, value):
    show = ("--eval", "show:; @echo $$XITT_DIRTY", "show", *words)
    # As typed in a shell, also where the tests themselves are run by make.
    outer = ("XITT_DIRTY", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
    known = {key: text for key, text in os.environ.items() if key not in outer}
    done = subprocess.run(
        ["make", "-f", paths.ROOT / "Makefile", *show],
        env={**known, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == value


def test_rescoring_names_its_own_code_beside_that_of_the_training(study, checkout):
    run = grid.target(study, "none", "xnli", 13)
    trained = phases.transfer(run)
    (checkout / "xitt" / "one.py").write_text("2\n")
    git(checkout, "commit", "-qam", "two")
    provenance._hash_at_first.cache_clear()
    again = rescoring.rescore(run)
    assert again["code"] == trained["code"]
    assert again["sources"] == trained["sources"]
    assert again["rescored"]["code"]["commit"] == git(checkout, "rev-parse", "HEAD")
    assert again["rescored"]["sources"] != trained["sources"]
    first, second = (r["code"]["commit"][:7] for r in (trained, again["rescored"]))
    assert provenance.told(records.read(run.record)) == (
        f"{first}, scored again by {second}"
    )


def test_status_says_which_commit_made_what(study, checkout, capsys, monkeypatch):
    run = grid.target(study, "none", "tatoeba", 14)
    record = phases.transfer(run)
    old = {k: v for k, v in record.items() if k != "code"}
    monkeypatch.setattr(
        "xitt.running.commands._study",
        lambda arguments: {**study, "seeds": [14], "targets": ["tatoeba"],
                           "intermediates": ["none"]},
    )  # fmt: skip
    __main__.main(["status", "--verbose"])
    said = capsys.readouterr().out
    assert f"seed 14    {record['code']['commit'][:7]}\n" in said
    run.record.write_text(json.dumps(old))
    __main__.main(["status", "--verbose"])
    assert "no commit recorded" in capsys.readouterr().out
