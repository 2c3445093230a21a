"""docs/negative-results.md holds no number that its records do not."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date

import pytest

from xitt import paths
from xitt.tasks.registry import ENGLISH

PAGE = (paths.PACKAGE / "docs" / "negative-results.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<number>[−\d.]+) \| (?P<of>[^|]+) \|$", re.M
)
KEY = re.compile(r"`([0-9a-f]{16})`(?: (\w+))?")
COMMIT = re.compile(r"`([0-9a-f]{7})`")


def git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=paths.PACKAGE, capture_output=True, text=True
    )
    return "" if done.returncode else done.stdout


def at(commit: str, path: str) -> dict:
    """A JSON file as a commit has it; skips where the history is not here."""
    text = git("show", f"{commit}:{path}")
    if not text:
        pytest.skip(f"needs git's history: {path} of {commit}")
    return json.loads(text)


def record(key: str, commit: str) -> dict:
    """The record of a key, wherever it lies now, else where the commit has it."""
    if found := [*(paths.PACKAGE / "results" / "records").rglob(f"*.{key}.json")]:
        return json.loads(found[0].read_text(encoding="utf-8"))
    there = git("ls-tree", "-r", "--name-only", commit or "HEAD", "results/records")
    names = [name for name in there.splitlines() if name.endswith(f".{key}.json")]
    if commit and not there:
        pytest.skip(f"needs git's history: {commit}")
    assert names, f"no record {key}; name the commit that has it"
    return at(commit, names[0])


def score(found: dict, word: str) -> float:
    """Of a target its zero-shot mean, of an intermediate task development data.

    word: `trivial` of a target, or the task of a mixture.
    """
    if found["phase"] == "target":
        scores = [s for lang, s in found["metrics"]["test"].items() if lang != ENGLISH]
        values = [each[word or found["headline"]] for each in scores]
        return sum(values) / len(values)
    of_tasks = found["metrics"]["validation"]
    own = of_tasks[word] if word else next(iter(of_tasks.values()))
    return own[own["headline"]]


def computed(of: str) -> float:
    source, _, commit = of.partition(" at ")
    commit = commit.strip("`")
    if source.startswith("`results/"):
        path, inside = source.split()
        value = at(commit, path.strip("`"))
        for name in inside.split("."):
            value = value[name]
        return value
    means = []
    for part in source.split(" − "):
        values = [score(record(key, commit), word) for key, word in KEY.findall(part)]
        means.append(sum(values) / len(values))
    return means[0] - sum(means[1:])


@pytest.mark.parametrize("row", list(ROW.finditer(PAGE)), ids=lambda row: row["what"])
def test_a_number_is_what_its_records_say(row):
    value = computed(row["of"])
    assert row["number"] == f"{value:.1f}".replace("-", "−")


def test_every_row_of_a_table_is_tested():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(rows) - PAGE.count("| what ") == len(ROW.findall(PAGE)) > 20


def test_every_commit_that_is_named_is_in_the_history():
    if not git("rev-parse", "--verify", "--quiet", "5339a15"):
        pytest.skip("needs git's history")
    for commit in COMMIT.findall(PAGE):
        assert git("merge-base", commit, "HEAD").startswith(commit), commit


def test_entries_are_dated_and_newest_first():
    heads = re.findall(r"^## (.*)$", PAGE, re.M)
    dates = [date.fromisoformat(head.split(" · ")[0]) for head in heads]
    assert dates == sorted(dates, reverse=True)


def test_a_changed_number_is_seen():
    assert f"{computed('`db6b1a17f4ff872e`'):.1f}" == "26.8"
    assert computed("`30dc82a1b056c1f3` − `702f5d4fc5e14c41` at `88a3043`") < -29
