"""What a source holds: languages, revisions, what it lacks; and asking the Hub."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tiny_mirror import NLI, deviate, nli, refused, register, write

from xitt.data import corpora, examples, inventory
from xitt.errors import UserError
from xitt.tasks import registry


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "mirror"


# --- folders --------------------------------------------------------------------------


def test_a_folder_has_the_languages_whose_files_are_there(folder, monkeypatch):
    for lang in ("de", "sw", "tr"):
        rows = [{"id": 1, "sentence1": "a", "sentence2": "b", "label": 0}]
        write(folder, f"google-research-datasets/paws-x/{lang}/test", rows)
    assert inventory.languages("paws_x", "test", folder) == ["de", "sw", "tr"]
    # Of a mirror only those count that PAWS-X has.
    monkeypatch.setenv("XITT_MIRROR", str(folder))
    assert inventory.languages("paws_x", "test", "mirror") == ["de"]
    assert inventory.languages("paws_x", "train", "mirror") == []


def test_a_language_has_rows_in_any_of_the_files_that_hold_several(
    folder, tmp_path, monkeypatch
):
    entry = {
        "title": "Toy", "phase": "target", "kind": "text", "licence": "none",
        "languages": ["en", "de", "sw"], "prefix": "{lang}-",
        "dataset": "acme/toy", "config": "all", "splits": {"test": ["one", "two"]},
        "columns": {"id": "id", "text": "text"},
    }  # fmt: skip
    path = tmp_path / "more.yaml"
    path.write_text(yaml.safe_dump({"tasks": {"toy": entry}}))
    monkeypatch.setenv("XITT_TASKS", str(path))
    for name, ids in {"one": ["en-1", "de-1"], "two": ["de-2"]}.items():
        write(folder, f"acme/toy/all/{name}", [{"id": i, "text": i} for i in ids])
    assert inventory.languages("toy", "test", folder) == ["en", "de"]
    assert inventory.size("toy", "de", "test", folder) == 2


def test_the_hub_has_what_the_registry_says():
    assert len(inventory.languages("xnli", "test", "hub")) == 15
    assert inventory.languages("xnli", "train", "hub") == ["en"]
    assert inventory.languages("bucc", "test", "hub") == []
    assert inventory.languages("tatoeba", "validation", "hub") == []
    assert inventory.size("mnli", "en", "train", "hub") == 392702
    assert inventory.subset_note("mnli", "hub") == ""


@pytest.mark.parametrize("name", ["wikipedia_text", "wikiann_text"])
def test_text_of_the_hub_is_in_every_language_and_not_in_english_alone(name):
    known = list(registry.get(name).languages)
    assert inventory.languages(name, "train", "hub") == known
    assert len(known) == 40


def test_a_revision_changes_with_the_data_and_only_with_it(folder):
    path = write(folder, "facebook/xnli/de/test", nli(5))
    first = inventory.revision("xnli", source=folder)
    assert len(first) == 16
    copy = folder.parent / "copy"
    write(copy, "facebook/xnli/de/test", nli(5))
    assert inventory.revision("xnli", source=copy) == first
    write(folder, "facebook/xnli/de/test", nli(6))
    changed = inventory.revision("xnli", source=folder)
    assert changed != first
    write(folder, "facebook/xnli/fr/test", nli(5))
    assert inventory.revision("xnli", source=folder) != changed
    path.unlink()
    (folder / "facebook/xnli/fr/test.parquet").unlink()
    with pytest.raises(UserError, match="no file"):
        inventory.revision("xnli", source=folder)


def test_a_revision_changes_with_how_an_added_entry_says_its_rows_are_read(
    folder, tmp_path, monkeypatch
):
    """A corrected column or order of labels is another run; a title is not."""
    rows = [{"title": "a", "review": "b", "label": 0}]
    write(folder, "acme/toy/default/train", rows)

    def revision(task="toy", **changes):
        said = {"columns": {"text_a": "title", "label": "label"}, **changes}
        register(tmp_path, monkeypatch, **said)
        register(tmp_path, monkeypatch, "lent", train_from="toy", splits={},
                 columns=said["columns"])  # fmt: skip
        return inventory.revision(task, source=folder)

    first = revision()
    assert revision(title="Reviews", licence="CC0") == first
    columns = {"text_a": "review", "label": "label"}
    others = [revision(columns=columns), revision(labels=NLI[::-1]),
              revision(hold_out={"of": "train", "one_in": 4})]  # fmt: skip
    assert len({first, *others}) == 4
    assert revision("lent") != revision("lent", labels=NLI[::-1])


def test_a_revision_changes_with_what_a_folders_own_manifest_says(folder):
    for split in ("train", "validation", "test"):
        rows = [{"tokens": ["a"], "ner_tags": [0]}]
        write(folder, f"unimelb-nlp/wikiann/en/{split}", rows)
    found = [inventory.revision("panx", source=folder)]
    for says in ({}, {"hold_out": {"of": "train", "one_in": 2}}):
        deviate(folder, panx={"note": "halves of the development set", **says})
        found.append(inventory.revision("panx", source=folder))
    assert len(set(found)) == 3


def test_a_pocket_revision_is_known_before_the_suite_is_written():
    sizes = {"seed": 7, "train": 10}
    first = inventory.revision("mnli", source="pocket", pocket=sizes)
    assert first == inventory.revision("xnli", source="pocket", pocket=dict(sizes))
    assert first != inventory.revision(
        "mnli", source="pocket", pocket={**sizes, "seed": 8}
    )


def test_a_pocket_revision_is_the_same_on_every_python():
    demo = {"seed": 7, "train": 400, "validation": 32, "test": 32}
    found = inventory.revision("mnli", source="pocket", pocket=demo)
    assert found == "42b943a40abcfc80"


def test_a_hub_revision_is_that_of_the_pinned_commits():
    revisions = {
        inventory.revision(name, source="hub") for name in ("mnli", "qqp", "panx")
    }
    assert len(revisions) == 3


def test_the_licensed_data_is_not_silently_replaced(folder):
    sentences = [{"tokens": ["Hi"], "supertags": ["s"]}]
    write(folder, "local/pmb4_ccg/en/train", sentences)
    assert examples.load("ccg_pmb", "en", "train", source=folder)["tokens"] == [["Hi"]]
    refused("local/ccgbank", "ccg", "en", "train", source=folder)


# --- the Hub --------------------------------------------------------------------------


@pytest.fixture
def hub(monkeypatch):
    """Records what is asked of the Hub, and answers with NLI rows."""
    import datasets

    calls = []

    def load_dataset(*args, **kwargs):
        calls.append((args, kwargs))
        features = {"premise": "string", "hypothesis": "string"}
        known = {name: datasets.Value(dtype) for name, dtype in features.items()}
        known["label"] = datasets.ClassLabel(names=NLI[::-1])
        rows = datasets.Dataset.from_list(nli(3), features=datasets.Features(known))
        return rows.to_iterable_dataset() if kwargs.get("streaming") else rows

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    return calls


def test_the_hub_is_asked_for_a_full_id_a_config_and_a_pinned_revision(hub):
    rows = examples.load("xnli", "sw", "test", source="hub")
    assert hub == [
        (
            ("facebook/xnli",),
            {
                "split": "test",
                "name": "sw",
                "revision": "b8dd5d7af51114dbda02c0e3f6133f332186418e",
            },
        )
    ]
    assert rows["label"] == [2, 1, 0]  # its classes are renumbered as a file's are


def test_a_data_set_with_a_script_is_read_from_its_converted_files(hub):
    with pytest.raises(UserError, match="unknown column in facebook/mlqa"):
        examples.load("mlqa", "de", "test", source="hub")
    (args, kwargs) = hub[0]
    assert args == ("parquet",)
    assert kwargs["data_files"] == {
        "test": "hf://datasets/facebook/mlqa@refs%2Fconvert%2Fparquet"
        "/mlqa.de.de/test/*.parquet"
    }


def test_a_check_of_the_hub_reads_one_row_of_each_split(hub):
    assert examples.check_hub("xnli") == 2
    assert all(kwargs["streaming"] for _, kwargs in hub)
    assert examples.check_hub("bucc") == 0


def test_a_hub_out_of_reach_is_one_line_with_the_mend(monkeypatch):
    import datasets

    class NoRoute(Exception):  # HTTP clients have their own kinds of errors
        pass

    def load_dataset(*args, **kwargs):
        raise NoRoute("Name or service\nnot known")

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    refused(r"cannot load facebook/xnli \(de, test\).*not known; connect .*XITT_MIRROR",
            "xnli", "de", "test", source="hub")  # fmt: skip


def test_what_the_hub_does_not_have_says_where_to_put_it():
    with pytest.raises(UserError, match=r"not on the Hub.*local/bucc2018/de-en"):
        corpora.load_mining("bucc", "de", "test", source="hub")
    refused("local/ccgbank is not on the Hub", "ccg", "en", "train", source="hub")


def test_a_full_disk_while_downloading_is_said_as_such(monkeypatch):
    import errno

    import datasets

    def load_dataset(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    refused("disk full", "xnli", "de", "test", source="hub")
