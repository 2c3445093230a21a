"""CONTRIBUTING.md, executed: its files are written, its programs and verbs run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from xitt import __main__, paths
from xitt.tasks import registry

PAGE = (paths.PACKAGE / "CONTRIBUTING.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(yaml|python|sh)\n(.*?)^```$", re.M | re.S)
VERB = ["python", "-m", "xitt"]


class Block(NamedTuple):
    language: str
    text: str

    @property
    def name(self) -> str:
        """The file that the first line names."""
        return self.text.splitlines()[0].removeprefix("# ")


def blocks(heading: str) -> list[Block]:
    """The blocks of a section of the page."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    return [Block(*found) for found in FENCE.findall(section)]


def work(heading: str, monkeypatch) -> None:
    """Do what a section says, where we stand."""
    for block in blocks(heading):
        if block.language == "yaml":
            Path(block.name).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            exec(compile(block.text, block.name, "exec"), {"__name__": block.name})
        else:
            for line in block.text.splitlines():
                _verb(shlex.split(line), monkeypatch)


def _verb(words: list[str], monkeypatch) -> None:
    while "=" in words[0]:
        monkeypatch.setenv(*words.pop(0).split("=", 1))
    assert words[:3] == VERB
    assert __main__.main(words[3:]) == 0


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Nothing is left in the checkout, in its caches or in the environment."""
    from xitt.data.perturbations import keyboards, named
    from xitt.report.tables import catalogue

    monkeypatch.chdir(tmp_path)
    for name in ("XITT_TASKS", "XITT_MIRROR"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(paths, "POCKET", tmp_path / "pocket")
    monkeypatch.setattr(named, "PERTURBATIONS", dict(named.PERTURBATIONS))
    monkeypatch.setattr(catalogue, "TABLES", dict(catalogue.TABLES))
    yield
    keyboards.of.cache_clear()
    keyboards._layouts.cache_clear()


def test_a_task_is_an_entry_and_rows(monkeypatch, capsys):
    work("A task", monkeypatch)
    said = capsys.readouterr().out
    assert said.startswith("reviews-study: reviews in two languages")
    assert re.search(r"^target +1 +1 ", said, re.M)


def test_a_language_is_an_entry_and_a_layout(tmp_path, monkeypatch):
    from xitt.data.perturbations import keyboards

    (layout,) = [b for b in blocks("A language") if b.name == keyboards.LAYOUTS.name]
    mine = tmp_path / "all-layouts.yaml"
    mine.write_text(keyboards.LAYOUTS.read_text("utf-8") + layout.text, "utf-8")
    monkeypatch.setattr(keyboards, "LAYOUTS", mine)
    keyboards._layouts.cache_clear()
    work("A language", monkeypatch)


def test_a_model_is_a_folder_or_an_id_in_a_profile(tmp_path, monkeypatch, capsys):
    import tiny
    import tiny_decoder
    import tiny_study

    tiny_study.encoder(tmp_path / "my-encoder")
    tiny_decoder.causal().save_pretrained(tmp_path / "my-causal")
    tiny.tokenizer().save_pretrained(tmp_path / "my-causal")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    work("A model", monkeypatch)
    (record,) = (tmp_path / "runs/demo/records").glob("*.json")
    assert record.name.startswith("target.none.xnli.13.")
    assert record.name in capsys.readouterr().out


def test_a_question_is_a_frame_and_what_shows_it(monkeypatch):
    work("A question", monkeypatch)


def test_a_perturbation_is_a_function_and_an_entry(monkeypatch):
    work("A perturbation", monkeypatch)


def test_every_path_that_the_page_names_is_there():
    named = re.findall(r"`((?:xitt|tests|docs|report|analysis)/[\w./-]+)`", PAGE)
    prose = FENCE.sub("", PAGE)
    named += [link for link in re.findall(r"\]\(([^)#]+)\)", prose) if ":" not in link]
    for name in named:
        inside = "xitt/" + name if name.startswith(("report", "analysis")) else name
        assert (paths.PACKAGE / inside).exists(), name


def test_every_task_that_the_page_names_is_registered():
    for name in re.findall(r"TASK=(\w+)", PAGE):
        assert registry.get(name).importer


def test_every_block_is_executed_or_says_that_it_is_none():
    done = sum(
        len(blocks(heading))
        for heading in re.findall(r"^## (A (?!pull).*)$", PAGE, re.M)
    )
    opening = 1  # cloning
    assert done + opening == len(FENCE.findall(PAGE)) and done > 10
