"""docs/tasks.md is the registry."""

from __future__ import annotations

import tiny_mirror

from xitt import paths
from xitt.running.releasing import task_table
from xitt.tasks import registry


def test_the_page_is_what_the_registry_says(monkeypatch):
    monkeypatch.setenv("XITT_TASKS", "")
    page = (paths.PACKAGE / "docs" / "tasks.md").read_text(encoding="utf-8")
    assert page == task_table.markdown(), "run `make tasks`"


def test_every_task_has_a_row_with_kind_languages_source_and_licence(
    tmp_path, monkeypatch
):
    tiny_mirror.register(
        tmp_path,
        monkeypatch,
        url="https://x.example",
        licence="A | B",
        columns={"text_a": "a", "label": "b"},
    )
    text = task_table.markdown()
    assert all(f"\n| `{name}` | " in text for name in registry.names())
    row = next(line for line in text.splitlines() if line.startswith("| `toy` "))
    source = "[acme/toy](https://huggingface.co/datasets/acme/toy)"
    assert row == (
        "| `toy` | [Toy](https://x.example) | classification | accuracy | en | "
        rf"{source} | A \| B |"
    )


def test_what_is_not_on_the_hub_says_so():
    assert "local/bucc2018 (by hand)" in task_table.markdown()
