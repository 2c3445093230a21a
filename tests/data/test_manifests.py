"""Manifests: what is known of a folder's files, and what deviates from the registry."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tiny_mirror import deviate, nli, squad, write

from xitt.data import examples, importing, inventory
from xitt.errors import UserError

RESPLIT = "rajpurkar/squad_v2/squad_v2_dev_resplit"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "mirror"


def mnli(folder: Path, train: int, validation: int = 9815) -> None:
    for name, n in (("train", train), ("validation_matched", validation)):
        rows = [{**row, "pairID": str(i)} for i, row in enumerate(nli(n))]
        write(folder, f"nyu-mll/multi_nli/default/{name}", rows)


def test_another_subset_of_as_many_rows_does_not_pass_for_a_known_one(folder):
    mnli(folder, 13925, 2192)  # as many as the partial mirror has
    note = inventory.subset_note("mnli", folder)
    assert "train 13,925 rows, officially 392,702: unknown subset" in note
    assert "split anew by premise" not in note


def test_a_subset_without_a_manifest_is_said_to_be_unknown(folder):
    mnli(folder, 7)
    note = inventory.subset_note("mnli", folder)
    assert note == "train 7 rows, officially 392,702: unknown subset"
    borrowed = inventory.subset_note("xnli", folder)
    assert "MNLI: train 7 rows, officially 392,702: unknown subset" in borrowed


def test_a_manifest_makes_a_subset_known(folder):
    mnli(folder, 7)
    importing.describe(folder)
    assert inventory.subset_note("mnli", folder) == "train 7 rows, officially 392,702"


def test_a_manifest_may_lie_beside_the_files(folder):
    mnli(folder, 7)
    importing.describe(folder / "nyu-mll/multi_nli")
    assert inventory.subset_note("mnli", folder) == "train 7 rows, officially 392,702"


def test_a_file_that_has_changed_since_its_manifest_is_said_to_be_unknown(folder):
    mnli(folder, 7)
    importing.describe(folder)
    mnli(folder, 8)
    note = inventory.subset_note("mnli", folder)
    assert "officially 392,702: unknown subset, not as its manifest describes" in note
    mnli(folder, 392702)  # the official number of other rows is no proof
    assert "train: unknown subset" in inventory.subset_note("mnli", folder)


def test_a_stand_in_is_what_a_manifest_says_it_is(folder):
    write(folder, f"{RESPLIT}/train", [squad(("Lima", 13))])
    write(folder, f"{RESPLIT}/validation", [squad(("Ana", 0))])
    with pytest.raises(UserError, match=r"no file .*squad_v2/squad_v2/train"):
        examples.load("squad_v2", "en", "train", source=folder)
    changes = {"config": "squad_v2_dev_resplit", "note": "split anew by article"}
    deviate(folder, squad_v2=changes)
    assert len(examples.load("squad_v2", "en", "train", source=folder)) == 1
    assert "split anew by article" in inventory.subset_note("squad_v2", folder)
    # The official file comes, and the manifest does not know it.
    official = [squad(("Lima", 13)), squad(("Ana", 0))]
    write(folder, "rajpurkar/squad_v2/squad_v2/train", official)
    assert len(examples.load("squad_v2", "en", "train", source=folder)) == 2
    assert "split anew" not in inventory.subset_note("squad_v2", folder)


def test_what_deviates_is_not_mixed_with_the_hub(folder, monkeypatch):
    monkeypatch.setenv("XITT_MIRROR", str(folder))
    rows = [{"tokens": ["a"], "ner_tags": [0]}]
    for split in ("train", "validation", "test"):
        write(folder, f"unimelb-nlp/wikiann/en/{split}", rows)
    assert len(inventory.languages("panx", "test", "auto")) == 40
    deviate(folder, panx={"note": "halves of the development set"})
    assert inventory.languages("panx", "test", "auto") == ["en"]


def test_describing_again_keeps_what_people_wrote(folder):
    mnli(folder, 7)
    deviate(folder, mnli={"note": "seven pairs"})
    before = yaml.safe_load((folder / "manifest.yaml").read_text())
    path = importing.describe(folder)
    assert yaml.safe_load(path.read_text()) == before
    assert inventory.subset_note("mnli", folder).endswith("seven pairs")
    assert before["files"]["nyu-mll/multi_nli/default/train.parquet"]["rows"] == 7


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"fils": {}}, "unknown key in manifest.yaml: 'fils'; did you mean 'files'"),
        ({"files": {"a.parquet": {"rows": 3}}}, "'a.parquet' lacks the key 'sha256'"),
        ({"files": {"a": {"rows": "3", "sha256": "0"}}}, "'rows' is a int, not '3'"),
        ({"tasks": {"mnly": {"note": ""}}}, "'mnly'; did you mean 'mnli'"),
        ({"tasks": {"mnli": {"config": "x"}}}, "'mnli' lacks the key 'note'"),
        ({"tasks": {"mnli": {"note": "", "kind": "x"}}}, "unknown key .*'kind'"),
    ],
)
def test_a_faulty_manifest_names_the_key(folder, changes, message):
    mnli(folder, 3)
    path = importing.describe(folder)
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}))
    with pytest.raises(UserError, match=message) as error:
        inventory.subset_note("mnli", folder)
    assert "\n" not in str(error.value)


def test_a_split_may_be_of_a_data_set_that_has_no_other(folder):
    train, test = squad(("Ana", 0)), squad(("Lima", 13))
    tydiqa = "google-research-datasets/tydiqa/secondary_task"
    write(
        folder, f"{tydiqa}/train", [{**train, "id": f"english-{i}"} for i in range(9)]
    )
    write(folder, f"{tydiqa}/validation", [{**train, "id": "korean-0"}])
    dev = [{**test, "id": f"{name}-0"} for name in ("english", "telugu")]
    write(folder, "local/tydiqa_goldp_dev/secondary_task/validation", dev)
    assert inventory.languages("tydiqa", "test", folder) == ["ko"]
    deviate(folder, "tydiqa")
    assert inventory.languages("tydiqa", "test", folder) == ["en", "te"]
    loaded = examples.load("tydiqa", "te", "test", source=folder)
    assert list(loaded["answers"]) == [["Lima"]]
    assert inventory.languages("tydiqa", "train", folder) == ["en"]
    assert "the official development set is scored" in inventory.subset_note(
        "tydiqa", folder
    )
