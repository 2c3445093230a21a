"""Exports that XTREME's scorer reads, and that it scores as we do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import xtreme_scorer
import yaml
from recorded_runs import demo, finish, here

from xitt import __main__, files, paths
from xitt.data import inventory
from xitt.errors import UserError
from xitt.running.exports import submission, xtreme_format
from xitt.study import data_source, grid, phases, profiles, run_data
from xitt.study.profiles import Profile
from xitt.tasks import registry

TARGETS = list(xtreme_format.FOLDERS)


@pytest.fixture(scope="module")
def pocket(tmp_path_factory) -> Path:
    """Where this module's generated data stands."""
    return tmp_path_factory.mktemp("pocket")


@pytest.fixture(scope="module", params=["pocket", "mirror"])
def exported(request, tmp_path_factory, pocket) -> Iterator[SimpleNamespace]:
    """A whole export of generated and of real data, with our scores of each target."""
    home = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as monkeypatch:
        here(monkeypatch, home, pocket)
        if request.param == "mirror":
            mirror = request.getfixturevalue("mirror")
            monkeypatch.setenv("XITT_MIRROR", str(mirror))
        study = demo(source=request.param)
        run_data.prepare(study)
        ours = {name: finish(grid.target(study, "none", name, 13)) for name in TARGETS}
        ((folder, manifest),) = submission.export(study).items()
        yield SimpleNamespace(
            source=request.param,
            study=study,
            ours=ours,
            folder=folder,
            manifest=manifest,
        )


def scored(exported: SimpleNamespace, target: str) -> dict[str, dict[str, float]]:
    """What XTREME's scorer says of a target's files, in the languages it knows."""
    task = xtreme_format.FOLDERS[target]
    found = {}
    for lang in xtreme_scorer.LANGUAGES[task].split():
        ending = "json" if task in xtreme_scorer.ANSWERS else "tsv"
        name = f"{task}/test-{lang}.{ending}"
        sides = [exported.folder / side / name for side in ("predictions", "labels")]
        if sides[0].exists():
            found[lang] = xtreme_scorer.evaluate_one_task(*sides, task, language=lang)
    return found


# ------------------------------------------------------------------------ the equality


@pytest.mark.parametrize("target", TARGETS)
def test_our_scores_are_those_of_xtremes_scorer(exported, target):
    theirs = scored(exported, target)
    assert theirs
    names = {"exact_match": "em"}  # theirs: ours
    for lang, scores in theirs.items():
        ours = exported.ours[target][lang]
        for name, value in scores.items():
            assert ours[names.get(name, name)] == pytest.approx(value, abs=1e-9), lang
            assert 0 < value < 100, "damaged gold is neither all right nor all wrong"


@pytest.mark.parametrize("target", TARGETS)
def test_the_manifest_holds_the_score_that_xtremes_scorer_gives(exported, target):
    entry = exported.manifest["tasks"][xtreme_format.FOLDERS[target]]
    for lang, scores in scored(exported, target).items():
        kept = entry["languages"][lang]
        answers = "exact_match" in scores  # XTREME averages the two
        score = (
            (scores["exact_match"] + scores["f1"]) / 2
            if answers
            else scores[entry["headline"]]
        )
        assert kept["score"] == pytest.approx(score, abs=1e-4)


def test_every_language_has_a_file_on_each_side_and_the_lacking_ones_are_named(
    exported,
):
    for target, task in xtreme_format.FOLDERS.items():
        entry = exported.manifest["tasks"][task]
        wanted = set(xtreme_scorer.LANGUAGES[task].split())
        langs = set(entry["languages"])
        for side in ("predictions", "labels"):
            found = {path.name for path in (exported.folder / side / task).iterdir()}
            assert found == {f"test-{lang}.{entry['ending']}" for lang in langs}
        assert set(entry["lacking"]) == wanted - langs
        assert set(entry["beyond"]) == langs - wanted
        assert langs == set(exported.ours[target])


def test_the_manifest_names_the_study_the_records_and_the_subset(exported):
    manifest = json.loads((exported.folder / "manifest.json").read_text())
    assert manifest == exported.manifest
    assert exported.folder.name == "none.13"
    assert (manifest["profile"], manifest["seed"]) == ("test", 13)
    assert manifest["demo"] is True
    run = grid.target(exported.study, "none", "udpos", 13)
    entry = manifest["tasks"]["udpos"]
    assert entry["record"] == run.key
    assert entry["data"]["subset"] == inventory.subset_note(
        "udpos", data_source.source(run.profile)
    )
    assert entry["limits"] == {"max_test": 32}
    assert manifest["tasks"]["tatoeba"]["limits"]["max_pairs"] == 0
    assert entry["languages"]["de"]["n"] == 32


def test_the_examples_are_the_rows_that_were_scored(exported):
    run = grid.target(exported.study, "none", "xnli", 13)
    rows = run_data.of_target(run, registry.get("xnli"))["test", "zh"]
    ids = (exported.folder / "examples/xnli/test-zh.txt").read_text().splitlines()
    assert ids == list(rows["id"])


def test_the_readme_runs_xtremes_scorer_on_the_export(exported, monkeypatch, capsys):
    text = (exported.folder / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    theirs = ModuleType("evaluate")
    theirs.evaluate_one_task = xtreme_scorer.evaluate_one_task
    monkeypatch.setitem(sys.modules, "evaluate", theirs)
    exec(code.replace("FOLDER", str(exported.folder)), {})
    said = capsys.readouterr().out.splitlines()
    assert len(said) == sum(len(scored(exported, target)) for target in TARGETS)
    de = scored(exported, "paws_x")["de"]
    assert f"pawsx de {de}" in said
    assert ("demo: generated" in text) == exported.manifest["demo"]


def test_the_languages_of_our_targets_are_those_that_xtreme_scores():
    for target, task in xtreme_format.FOLDERS.items():
        wanted = set(xtreme_scorer.LANGUAGES[task].split())
        assert set(registry.get(target).languages) == wanted, target
    ours = registry.names("target", suite="XTREME")
    assert set(ours) == set(xtreme_format.FOLDERS)


# ------------------------------------------------------------------------ real runs


def test_what_the_phases_keep_is_exported_and_scored_alike(
    encoder, tmp_path, monkeypatch, pocket
):
    """From the encoder to the file, for both kinds that train and that do not."""
    here(monkeypatch, tmp_path, pocket)
    study = demo(targets=["tatoeba", "bucc", "udpos"], encoder=str(encoder))
    study["retrieval"]["layer"] = 1
    study["languages"] = ["en", "de", "zh"]
    study["target"]["recipe"] |= {"epochs": 1, "max_train": 16}
    ours = {
        name: phases.transfer(grid.target(study, "none", name, 13))
        for name in study["targets"]
    }
    ((folder, _),) = submission.export(study).items()
    for name, record in ours.items():
        theirs = scored(SimpleNamespace(folder=folder), name)
        assert {"de", "zh"} <= set(theirs)
        for lang, scores in theirs.items():
            kept = record["metrics"]["test"][lang]
            for score, value in scores.items():
                assert kept[score] == pytest.approx(value, abs=1e-4)


# ------------------------------------------------------------------------------ errors


@pytest.fixture
def study(tmp_path, monkeypatch, pocket) -> Profile:
    here(monkeypatch, tmp_path, pocket)
    return demo(targets=["paws_x", "tatoeba"], languages=["en", "de"])


def refused(study: Profile, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        submission.export(study)
    assert "\n" not in str(error.value)
    assert not list((paths.RUNS / "test").glob("submission/**/*.tsv"))


def test_a_run_that_is_not_recorded_is_named_with_the_verb_that_makes_it(study):
    run_data.prepare(study)
    finish(grid.target(study, "none", "paws_x", 13))
    refused(
        study,
        r"^1 of 2 runs are not recorded, such as none on tatoeba \(seed 13\); make "
        "them with `make runs PROFILE=test INTERMEDIATES=none TARGETS=tatoeba SEEDS=13",
    )


def test_a_record_without_its_predictions_says_where_they_belong(study):
    run_data.prepare(study)
    for name in study["targets"]:
        run = grid.target(study, "none", name, 13)
        finish(run)
    (run.folder / "predictions.json").unlink()
    refused(study, rf"no predictions of none on tatoeba .*copy runs/\S*{run.key} from")
    refused(study, rf"or delete records/\S*{run.key}.json and run `make runs")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([True] * 40, "says only which are right, not what was found"),
        ([0, 1], "has 2 predictions for 40 rows"),
        (None, "is not there"),
    ],
)
def test_predictions_that_cannot_be_written_are_refused(study, values, problem):
    run_data.prepare(study)
    for name in study["targets"]:
        run = grid.target(study, "none", name, 13)
        finish(run)
    kept = {} if values is None else {"test/de": values}
    files.write_json(run.folder / "predictions.json", kept)
    refused(study, rf"predictions\.json: test/de {problem}; delete records/")


def test_a_target_that_xtreme_lacks_is_named(study, monkeypatch):
    monkeypatch.delitem(xtreme_format.FOLDERS, "tatoeba")
    refused(study, "XTREME does not score 'tatoeba'; leave it out with TARGETS=")


def test_an_export_that_fails_leaves_the_earlier_one_and_a_new_one_replaces_it(study):
    run_data.prepare(study)
    for name in study["targets"]:
        finish(grid.target(study, "none", name, 13))
    ((folder, _),) = submission.export(study).items()
    last = grid.target(study, "none", "tatoeba", 13).folder / "predictions.json"
    kept = last.read_text()
    last.write_text("{}")
    with pytest.raises(UserError):
        submission.export(study)
    assert (folder / "predictions/tatoeba/test-de.tsv").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["none.13"]
    last.write_text(kept)
    submission.export({**study, "targets": ["tatoeba"]})
    assert [path.name for path in (folder / "labels").iterdir()] == ["tatoeba"]


def test_the_verb_says_where_the_export_stands_and_what_it_lacks(study, capsys):
    path = paths.ROOT / "test.yaml"
    spec = {key: value for key, value in study.items() if key not in profiles.ADDED}
    path.write_text(yaml.safe_dump(spec))
    chosen = ["submission", "--profile", str(path), "--targets", "tatoeba"]
    assert __main__.main(chosen) == 2
    assert capsys.readouterr().err.startswith("xitt: 1 of 1 runs are not recorded")
    run_data.prepare(study)
    finish(grid.target(profiles.load(str(path)), "none", "tatoeba", 13))
    assert __main__.main(chosen) == 0
    said = capsys.readouterr().out
    assert said == (
        "  runs/test/submission/none.13: one task, one file of predictions; "
        "35 of XTREME's are lacking, see README.md\n"
    )
    readme = paths.RUNS / "test/submission/none.13/README.md"
    assert "(not here: tatoeba af ar bg" in " ".join(readme.read_text().split())
