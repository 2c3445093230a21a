"""Predictions of recorded runs in XTREME's submission layout, beside the gold labels.

An export of a setting and a seed holds, in the formats of `xtreme_format`,

    predictions/<task>/test-<lang>.tsv    of question answering test-<lang>.json
    labels/<task>/test-<lang>.tsv         the same, of the gold labels of the same rows
    examples/<task>/test-<lang>.txt       the ids of these rows, in the lines' order
    manifest.json  README.md              which runs, which subset, which scores

so that XTREME's `evaluate.py` can score whatever subset was predicted.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.analysis import wording
from xitt.errors import UserError
from xitt.running.exports import xtreme_format
from xitt.study import grid, profiles, records, run_data
from xitt.study.families import models
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.schema import Task

Manifest = dict[str, Any]

# What of a run's parameters cuts its test sets; 0 is all.
LIMITS = ("max_test", "max_questions", "max_pairs", "max_mining")


def export(study: profiles.Profile) -> dict[Path, Manifest]:
    """Write the predictions of all of the study's target runs, all or none.

    What an earlier export left in the folders of the same settings and seeds goes.

    Returns:
        The manifest of each folder `runs/<profile>/submission/<setting>.<seed>`.

    Raises:
        UserError: where a run is not recorded, its predictions are not there or do not
            fit the data, or a target is none of XTREME's.
    """
    study = grid.available(study)
    runs = [run for run in grid.runs(study) if run.phase == "target"]
    _refuse_missing(runs, study)
    run_data.prepare(study)
    top = profiles.runs_folder(study) / "submission"
    names = {cell: f"{cell[0]}.{cell[1]}" for cell in grid.cells(study)}
    manifests = {cell: _manifest(study, *cell) for cell in names}
    with contextlib.ExitStack() as stack:
        folders = {
            cell: stack.enter_context(files.whole_folder(top / name))
            for cell, name in names.items()
        }
        for target in study["targets"]:  # every setting is scored on the same rows
            same = [run for run in runs if run.target == target]
            rows = _test_rows(same[0])
            for run in same:
                cell = run.setting, run.seed
                about = _write(run, rows, folders[cell])
                manifests[cell]["tasks"][xtreme_format.FOLDERS[target]] = about
        for cell, folder in folders.items():
            files.write_json(folder / "manifest.json", manifests[cell])
            files.write_text(folder / "README.md", _readme(manifests[cell]))
    return {top / name: manifests[cell] for cell, name in names.items()}


def lacking(manifest: Manifest) -> str:
    """XTREME's languages of which an export has no file: `bucc2018 de fr, panx th`."""
    about = manifest["tasks"].items()
    return ", ".join(
        " ".join([task, *entry["lacking"]]) for task, entry in about if entry["lacking"]
    )


# ------------------------------------------------------------------------ what is there


def _refuse_missing(runs: Sequence[Run], study: profiles.Profile) -> None:
    """Raise unless every run is one of XTREME's, is recorded and has predictions."""
    for target in study["targets"]:
        if target not in xtreme_format.FOLDERS:
            raise UserError(
                f"XTREME does not score '{target}'; leave it out with TARGETS=, of "
                f"which it has {', '.join(xtreme_format.FOLDERS)}"
            )
    missing = [run for run in runs if not run.done]
    if missing:
        raise UserError(
            f"{len(missing)} of {len(runs)} runs are not recorded, such as "
            f"{_called(missing[0])}; make them with `{_make(missing[0])}`, or narrow "
            f"INTERMEDIATES, TARGETS or SEEDS to those that are"
        )
    for run in runs:
        if not _predictions(run).exists():
            raise UserError(
                f"no predictions of {_called(run)} here; copy "
                f"{paths.relative(run.folder)} from where it was made, or "
                f"{_again(run)}"
            )


def _predictions(run: Run) -> Path:
    return run.folder / "predictions.json"


def _called(run: Run) -> str:
    return f"{run.setting} on {run.target} (seed {run.seed})"


def _make(run: Run) -> str:
    return (
        f"make runs PROFILE={run.profile['origin']} INTERMEDIATES={run.setting} "
        f"TARGETS={run.target} SEEDS={run.seed}"
    )


def _again(run: Run) -> str:
    return f"delete {paths.relative(run.record)} and run `{_make(run)}` again"


def _test_rows(run: Run) -> dict[str, xtreme_format.Rows]:
    """The test rows of each language, as they were when the run was scored."""
    parts = run_data.of_target(run, registry.get(run.target))
    return {lang: rows for (split, lang), rows in parts.items() if split == "test"}


# --------------------------------------------------------------------- what is written


def _write(run: Run, rows: Mapping[str, xtreme_format.Rows], folder: Path) -> Manifest:
    """Write a run's files of every language; returns its entry of the manifest."""
    task, record = registry.get(run.target), records.read(run.record)
    kept = json.loads(_predictions(run).read_text(encoding="utf-8"))
    ending = xtreme_format.ending(task)
    scores = record["metrics"]["test"]
    for lang, some in rows.items():
        predicted = kept.get(f"test/{lang}")
        _refuse_unfit(run, task, lang, some, predicted)
        for side, text in xtreme_format.sheet(task, some, predicted).items():
            name = f"test-{lang}.{'txt' if side == 'examples' else ending}"
            files.write_text(
                folder / side / xtreme_format.FOLDERS[task.name] / name, text
            )
    return {
        "target": task.name,
        "record": run.key,
        "data": {key: record["data"][key] for key in ("source", "revision", "subset")},
        "limits": {
            key: value
            for block in ("evaluation", "retrieval")
            for key, value in run.params.get(block, {}).items()
            if key in LIMITS
        },
        "ending": ending,
        "headline": record["headline"],
        "languages": {
            lang: {"n": scores[lang]["n"], "score": scores[lang][record["headline"]]}
            for lang in rows
        },
        "lacking": [lang for lang in task.languages if lang not in rows],
        "beyond": [lang for lang in rows if lang not in task.languages],
    }


def _refuse_unfit(
    run: Run, task: Task, lang: str, rows: xtreme_format.Rows, predicted: list | None
) -> None:
    """Raise unless there is one prediction a row, and one that can be written."""
    if predicted is None:
        problem = "is not there"
    elif not kinds.get(task.kind).two_sides and len(predicted) != len(rows):
        problem = f"has {len(predicted)} predictions for {len(rows)} rows"
    elif predicted and isinstance(predicted[0], bool):
        problem = "says only which are right, not what was found"
    else:
        return
    where = paths.relative(_predictions(run))
    raise UserError(f"{where}: test/{lang} {problem}; {_again(run)}")


# -------------------------------------------------------------------- what describes it


def _manifest(study: profiles.Profile, setting: str, seed: int) -> Manifest:
    return {
        "profile": study["name"],
        "demo": study["demo"],
        "about": study["about"],
        "encoder": models.name(study),
        "setting": setting,
        "seed": seed,
        "tasks": {},
    }


def _readme(manifest: Manifest) -> str:
    """What the folder is, and how XTREME's own scorer is run on it."""
    subset = lacking(manifest)
    whole = "every language of XTREME's tasks" if not subset else f"not here: {subset}"
    return _README.format(
        title=f"{wording.setting(manifest['setting'])}, seed {manifest['seed']}",
        about=f"Profile `{manifest['profile']}`: {manifest['about']}; "
        f"encoder {manifest['encoder']}.",
        mark=f"\n**{wording.DEMO}**\n" if manifest["demo"] else "",
        whole=whole,
    )


_README = """\
# {title}: predictions in XTREME's layout

{about}
{mark}
`predictions/` and `labels/` are what XTREME scores
(<https://github.com/google-research/xtreme>), `examples/` holds the ids of the scored
rows in the order of the lines, `manifest.json` the records, subsets and scores
({whole}).

With XTREME's repository as the working folder, tasks with all of their languages here:

    python evaluate.py --prediction_folder FOLDER/predictions \\
        --label_folder FOLDER/labels

and language by language, of any subset:

```python
import json
from evaluate import evaluate_one_task

folder = "FOLDER"
manifest = json.load(open(f"{{folder}}/manifest.json"))
for task, about in manifest["tasks"].items():
    for lang in sorted(set(about["languages"]) - set(about["beyond"])):
        name = f"{{task}}/test-{{lang}}.{{about['ending']}}"
        sides = [f"{{folder}}/{{side}}/{{name}}" for side in ("predictions", "labels")]
        print(task, lang, evaluate_one_task(*sides, task, language=lang))
```
"""
