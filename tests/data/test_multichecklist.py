"""MultiCheckList's templates become questions whose answers are in their contexts."""

from __future__ import annotations

from pathlib import Path

import pytest

from xitt import paths
from xitt.data import examples, importing, inventory
from xitt.data.importers import multichecklist
from xitt.errors import UserError
from xitt.tasks import registry

HEAD = "Field\ten\tde\tde-placeholders\tde\tde-placeholders\tth"
SMALL = f"""{HEAD}
Name\tcomparison\t\t\t\t\t
Capability\tVocabulary\t\t\t\t\t
Context\t{{first_name}} is {{adj[0]}} than {{first_name1}}.\
\t{{first_name}} ist {{adj[0]}} als {{first_name1}}.\t\t\t\t\
{{first_name}} {{adj[0]}} {{first_name1}}
Question\tWho is less {{adj[1]}}?\tWer ist weniger {{adj[1]}}?\told\t\
Wer ist unter den zwei {{adj[1]}}?\tsmart, old\t{{adj[1]}}?
Answer\t{{first_name1}}\t{{first_name1}}\t\t\t\t{{first_name1}}
Question\tWho is {{adj[0]}}?\tWer ist {{adj[1]}}?\t\t\t\t{{animal}}?
Answer\t{{first_name}}\t{{first_name}}\t\t\t\tNobody
adj\tolder, old\tälter, alt\t\t\t\tแกกว่า แก่
adj\tsmarter, smart\tklüger, klug\t\t\t\tฉลาดกว่า ฉลาด
\t\t\t\t\t\t
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("XITT_MIRROR", raising=False)
    monkeypatch.setattr(paths, "IMPORTED", tmp_path / "imported")
    path = tmp_path / "xtreme" / multichecklist.FILE
    path.parent.mkdir()
    path.write_text(SMALL, encoding="utf-8")
    return path.parent


def rows(folder: Path) -> dict[str, list[dict]]:
    return {name: t.to_pylist() for name, t in multichecklist.tables(folder)}


def test_every_language_has_the_same_items_under_the_same_ids(folder):
    found = rows(folder)
    assert list(found) == ["en/test", "de/test", "th/test"]
    english = {row["id"]: row for row in found["en/test"]}
    assert len(english) == 2 * multichecklist.ITEMS
    for row in found["de/test"]:
        assert row["answers"] == english[row["id"]]["answers"]  # names are alike
        (start,), (answer,) = row["starts"], row["answers"]
        assert row["context"][start:].startswith(answer)
    first = english["0.0.0"]
    older = "older" in first["context"]
    assert first["question"] == f"Who is less {'old' if older else 'smart'}?"


def test_the_wording_that_names_fewest_words_is_taken(folder):
    asked = {row["question"] for row in rows(folder)["de/test"]}
    assert "Wer ist weniger alt?" in asked  # one condition of two that apply
    assert "Wer ist unter den zwei klug?" in asked
    assert "Wer ist weniger klug?" not in asked


def test_what_asks_for_something_else_than_english_is_left_out(folder):
    found = rows(folder)["th/test"]
    assert {row["id"].rsplit(".", 1)[1] for row in found} == {"0"}
    assert {row["question"] for row in found} == {"แก่?", "ฉลาด?"}  # parted by a space


def test_the_same_file_gives_the_same_rows(folder):
    assert rows(folder) == rows(folder)


def test_names_do_not_occur_in_one_another():
    names = multichecklist.NAMES
    assert len(set(names)) == len(names)
    assert not any(a in b for a in names for b in names if a != b)


def test_words_are_compared_without_article_and_capitals():
    assert multichecklist.plain("The TV") == multichecklist.plain("a tv") == "tv"


@pytest.mark.parametrize("text", ["", "Field\tde\nName\tx\n", HEAD + "\nName\tx\n"])
def test_another_file_is_refused_in_one_line(folder, text):
    (folder / multichecklist.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="not MultiCheckList's table"):
        rows(folder)


def test_a_folder_without_the_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="XTREME's repository"):
        list(multichecklist.tables(tmp_path))


def test_what_was_imported_is_read_as_questions(folder):
    assert inventory.languages("multichecklist", "test", "auto") == []
    written = importing.bring("multichecklist", folder)
    assert len(written) == 3
    assert inventory.languages("multichecklist", "test", "auto") == ["en", "de", "th"]
    loaded = examples.load("multichecklist", "de", "test", source="auto", limit=5)
    assert len(loaded) == 5
    assert set(loaded.column_names) >= {
        "id",
        "question",
        "context",
        "answers",
        "starts",
    }


def test_it_is_a_variant_of_xquad_in_fifty_languages_and_no_target():
    task = registry.get("multichecklist")
    assert (task.kind, task.phase, len(task.languages)) == ("span", "variant", 50)
    assert task.variant_of == "xquad"
    assert "multichecklist" not in registry.names("target")


def test_the_whole_file_is_worded_in_every_language(mirror):
    found = rows(mirror / "local" / "multichecklist")
    assert {name.split("/")[0] for name in found} == set(
        registry.get("multichecklist").languages
    )
    english = found["en/test"]
    assert len(english) == 6 * 2 * multichecklist.ITEMS
    assert not any(
        "{" in row["context"] + row["question"] for own in found.values() for row in own
    )
    ids = {row["id"] for row in english}
    for name, own in found.items():
        assert {row["id"] for row in own} <= ids
        assert len(own) > 0.75 * len(english), name
        for row in own:
            start, answer = row["starts"][0], row["answers"][0]
            assert row["context"][start : start + len(answer)] == answer
