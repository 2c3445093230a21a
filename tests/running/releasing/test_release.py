"""A release is what its tag holds, with metadata that agree, in the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile

import nbformat
import pytest
import yaml

import xitt
from xitt import __main__, paths
from xitt.errors import UserError
from xitt.running.releasing import archive, metadata, outputs

NAME = f"xitt-{xitt.__version__}"
SOURCE = (
    '# %% tags=["parameters"]\nprofile = "none-such"  # the study\n# %%\nprint(1)\n'
)


def git(*words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *who, *words], cwd=paths.ROOT, check=True)


def commit(message: str = "x", tag: bool = True) -> None:
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", message)
    if tag:
        git("tag", "-f", f"v{xitt.__version__}")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A checkout at its tag, with a published notebook and a paper."""
    for name, folder in {"ROOT": "", "NOTEBOOKS": "notebooks", "PAPER": "paper",
                         "RUNS": "runs"}.items():  # fmt: skip
        monkeypatch.setattr(paths, name, tmp_path / folder)
        (tmp_path / folder).mkdir(exist_ok=True)
    citation = (paths.PACKAGE / "CITATION.cff").read_text("utf-8")
    (tmp_path / "CITATION.cff").write_text(citation)
    (tmp_path / "CHANGELOG.md").write_text(f"# C\n\n## {xitt.__version__}\n\n- One.\n")
    (tmp_path / ".gitignore").write_text("/runs/\n/paper/main.pdf\n")
    (tmp_path / "notebooks/10-do.py").write_text(SOURCE)
    (tmp_path / "paper/main.pdf").write_bytes(b"%PDF")
    publish(tmp_path)
    git("init", "-q", ".")
    commit()
    return tmp_path


def publish(folder) -> None:
    cells = [nbformat.v4.new_code_cell("print(1)", execution_count=1)]
    executed = folder / "runs" / "executed.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), executed)
    outputs.publish("10-do", executed)


def contents(path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        inside = [member for member in tar if member.isfile()]
        return {
            member.name.removeprefix(f"{NAME}/"): tar.extractfile(member).read()
            for member in inside
        }


def test_the_archive_holds_the_tag_the_paper_the_site_and_the_metadata(repository):
    site = repository / "runs" / "site" / "deep"
    site.mkdir(parents=True)
    (site.parent / "index.html").write_text("<p>")
    (site / "a.html").write_text("<b>")
    packed, *beside = archive.build()
    assert packed.name == f"{NAME}.tar.gz"
    assert {path.name for path in beside} == {
        f"{NAME}.pdf",
        "zenodo.json",
        "SHA256SUMS",
    }
    held = contents(packed)
    assert held["paper/main.pdf"] == b"%PDF" and held["site/deep/a.html"] == b"<b>"
    assert held[".zenodo.json"] == (packed.parent / "zenodo.json").read_bytes()
    assert held["CITATION.cff"] == (repository / "CITATION.cff").read_bytes()
    assert "notebooks/10-do.ipynb" in held and "runs/executed.ipynb" not in held


def test_two_builds_are_the_same_to_the_byte(repository):
    first = {path.name: path.read_bytes() for path in archive.build()}
    os.utime(repository / "paper" / "main.pdf", (1, 1))
    (repository / "paper" / "main.pdf").chmod(0o600)
    assert {path.name: path.read_bytes() for path in archive.build()} == first


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda at: (at / "CHANGELOG.md").write_text("x"), "CHANGELOG.md is not as"),
        (lambda at: (at / "new.txt").write_text("x"), "new.txt is not as the last"),
        (lambda at: commit(tag=False), "is not at this commit; `git checkout"),
        (lambda at: git("tag", "-d", f"v{xitt.__version__}"), "the tag v"),
        (lambda at: (at / "paper/main.pdf").unlink(), "no paper/main.pdf; run `make"),
        (lambda at: os.rename(at / ".git", at / "runs/g"), "from a git checkout"),
    ],
)  # fmt: skip
def test_what_is_no_release_is_refused_in_one_line(repository, change, said, capsys):
    change(repository)
    assert __main__.main(["release"]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert not (repository / "runs" / "release").exists()


def test_a_site_that_is_older_than_the_release_is_refused(repository):
    (repository / "runs/site").mkdir()
    (repository / "runs/site/index.html").touch()
    os.utime(repository / "runs/site/index.html", (1, 1))
    with pytest.raises(UserError, match=r"runs/site is older than the release; run"):
        archive.build()


def test_a_check_alone_writes_nothing(repository):
    (repository / "paper/main.pdf").unlink()
    assert __main__.main(["release", "--check"]) == 0
    assert not (repository / "runs" / "release").exists()


# --- outputs of notebooks -------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("10-do.py", SOURCE + "1\n", "its source has changed"),
        ("10-do.ipynb", ("print(1)", "print(2)"), "it was edited after"),
        ("10-do.ipynb", ('"xitt": "', '"xitt": "0'), "the package has changed"),
        ("10-do.ipynb", ('"xitt": {', '"else": {'), "it does not say what made it"),
        ("10-do.ipynb", "{", "it is no notebook"),
        ("10-do.ipynb", None, "it was never published"),
    ],
)
def test_outputs_of_another_source_are_stale_and_refused(repository, old, new, why):
    assert outputs.stale() == {}
    path = repository / "notebooks" / old
    if new is None:
        path.unlink()
    else:
        text = path.read_text().replace(*new) if isinstance(new, tuple) else new
        path.write_text(text)
    assert outputs.stale()["10-do"].startswith(why)
    commit()
    with pytest.raises(UserError, match=f"among them 10-do: {why}.*make notebooks"):
        archive.check()


def test_outputs_of_other_records_are_stale(repository, monkeypatch):
    monkeypatch.setattr(paths, "RECORDS", repository / "results" / "records")
    folder = repository / "results" / "records" / "small"
    folder.mkdir(parents=True)
    path = repository / "notebooks" / "10-do.py"
    path.write_text(SOURCE.replace("none-such", "small"))
    publish(repository)
    assert outputs.stale() == {}
    (folder / "target.none.xnli.13.abc.json").write_text("{}")
    assert outputs.stale() == {"10-do": outputs.WHY["records"]}


def test_status_says_which_outputs_are_stale(repository, capsys):
    __main__.main(["status", "--profile", "demo"])
    assert "stale" not in capsys.readouterr().out
    (repository / "notebooks/10-do.py").write_text(SOURCE + "1\n")
    __main__.main(["status", "--profile", "demo"])
    assert "outputs of one notebook; run `make notebooks`" in capsys.readouterr().out
    __main__.main(["status", "--profile", "demo", "--verbose"])
    assert "10-do.ipynb: its source has changed" in capsys.readouterr().out


# --- metadata -------------------------------------------------------------------------


def test_the_metadata_of_a_deposit_are_those_of_the_citation(monkeypatch):
    monkeypatch.setattr(metadata, "_check_changelog", lambda: None)
    cited = yaml.safe_load((paths.PACKAGE / "CITATION.cff").read_text("utf-8"))
    made = json.loads(json.dumps(metadata.zenodo()))
    assert made["version"] == cited["version"] == xitt.__version__
    assert made["license"] == cited["license"]
    assert (made["title"], made["keywords"]) == (cited["title"], cited["keywords"])
    assert made["publication_date"] == cited["date-released"]
    assert [c["name"] for c in made["creators"]] == ["The xitt authors"]
    assert made["related_identifiers"][0]["identifier"].endswith("2005.13013")


def test_a_person_is_cited_by_the_family_name():
    person = {"family-names": "Phang", "given-names": "Jason"}
    assert metadata._name(person) == "Phang, Jason"


def test_the_licence_of_the_citation_is_the_one_of_the_package():
    import tomllib

    project = tomllib.loads((paths.PACKAGE / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["license"] == metadata_of("license")
    assert (paths.PACKAGE / "LICENSE").read_text("utf-8").startswith("MIT License")


def metadata_of(key: str) -> str:
    return yaml.safe_load((paths.PACKAGE / "CITATION.cff").read_text("utf-8"))[key]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("CITATION.cff", "version: 0", "version: 9", "has version 9"),
        ("CITATION.cff", "keywords:", "words:", "lacks the key 'keywords'"),
        ("CITATION.cff", 'released: "', 'released: "x', "is a day such as 2026"),
        ("CHANGELOG.md", "## 0", "## Unreleased\n\n## 0", "has 'Unreleased' above"),
        ("CHANGELOG.md", "## 0", "## 1", "has no heading"),
    ],
)
def test_metadata_that_disagree_are_refused(repository, name, old, new, said):
    path = repository / name
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(UserError, match=said):
        metadata.zenodo()
