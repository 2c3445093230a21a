"""Predictions that runs keep, beside their items, for people to read.

A sample is tracked in results/predictions, so that the site has some on a machine where
nothing was run; texts are in it only where their licence lets them be passed on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.analysis.paired_samples import BASELINE
from xitt.data import examples
from xitt.errors import UserError
from xitt.report.site import predictions
from xitt.report.site.predictions import Entry
from xitt.scoring import evaluation
from xitt.study import data_source, grid, rescoring, run_data
from xitt.study.profiles import Profile
from xitt.study.run import Run
from xitt.tasks import registry
from xitt.tasks.schema import Task

FOLDER = paths.ROOT / "results" / "predictions"
AT_MOST = 100  # items of a language, on a page
IN_SAMPLE = 12
TEXTS = {  # of the kinds whose answers can be read by themselves
    "classification": ("text_a", "text_b"),
    "tagging": ("tokens",),
    "span": ("context", "question"),
}


def for_readers(study: Profile) -> list[Entry]:
    """What the study's runs have kept here, then the tracked samples of others."""
    own = list(gathered(study, AT_MOST))
    there = {(entry["profile"], entry["target"]) for entry in own}
    tracked = [
        entry
        for path in sorted(FOLDER.glob("*.json"))
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]
    return own + [e for e in tracked if (e["profile"], e["target"]) not in there]


def write_sample(study: Profile) -> Path:
    """Track a few items of what the study's runs have kept here.

    Raises:
        UserError: where there is no baseline with a setting to compare it with.
    """
    found = list(gathered(study, IN_SAMPLE))
    if not found:
        raise UserError(
            f"{study['name']}: no predictions of a target with and without an "
            "intermediate task are kept here; make runs"
        )
    return files.write_json(FOLDER / f"{study['name']}.json", found)


def gathered(study: Profile, at_most: int) -> Iterator[Entry]:
    """The first items of each target and language, with every setting's answers."""
    runs: dict[str, dict[str, Run]] = {}
    for run in grid.runs(study):
        kept = run.phase == "target" and run.done and rescoring.path_of(run).exists()
        if kept and registry.get(run.target).kind in TEXTS:
            runs.setdefault(run.target, {}).setdefault(run.setting, run)
    for target, by_setting in runs.items():
        if BASELINE not in by_setting or len(by_setting) < 2:
            continue
        yield from _of_target(study, registry.get(target), by_setting, at_most)


def _of_target(
    study: Profile, task: Task, runs: dict[str, Run], at_most: int
) -> Iterator[Entry]:
    rows = run_data.of_target(runs[BASELINE], task)
    kept = {setting: rescoring.predictions(run) for setting, run in runs.items()}
    names = examples.labels(task.name, data_source.source(study))
    pocket = study["source"] == "pocket"  # written by this project, under its licence
    for (split, lang), own in rows.items():
        if split != "test":
            continue
        items = [own[i] for i in range(min(at_most, len(own)))]
        answers = {
            setting: {
                "key": run.key,
                "seed": run.seed,
                **_answered(task, lang, items, kept[setting][split, lang], names),
            }
            for setting, run in runs.items()
        }
        yield predictions.within_licence(
            {
                "profile": study["name"],
                "demo": study["demo"],
                "target": task.name,
                "language": lang,
                "licence": "MIT" if pocket else task.licence,
                "items": [_item(task, row, names) for row in items],
                "answers": answers,
            }
        )


def _item(task: Task, row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    texts = [row[column] for column in TEXTS[task.kind] if row.get(column)]
    texts = [text if isinstance(text, str) else " ".join(text) for text in texts]
    gold = {
        "classification": lambda: names[row["label"]],
        "tagging": lambda: " ".join(names[tag] for tag in row["tags"]),
        "span": lambda: " | ".join(dict.fromkeys(row["answers"])) or "(none)",
    }[task.kind]()
    return {"id": row.get("id", ""), "text": texts, "gold": gold}


def _answered(
    task: Task, lang: str, items: list[dict], given: list[Any], names: list[str]
) -> dict[str, list]:
    """What was answered to each item, in words, and whether it is right as a whole."""
    given = given[: len(items)]
    if task.kind == "classification":
        words = [names[label] for label in given]
        right = [label == row["label"] for label, row in zip(given, items)]
    elif task.kind == "tagging":
        words = [" ".join(tags) for tags in given]
        gold = [[names[tag] for tag in row["tags"]] for row in items]
        right = [tags == own for tags, own in zip(given, gold)]
    else:
        metric = evaluation.metric_of(task)
        options = {"lang": lang} if "lang" in metric.options else {}
        words = given
        right = [
            metric.compute([text], [list(row["answers"])], **options)["em"] > 0
            for text, row in zip(given, items)
        ]
    return {"given": words, "right": [int(each) for each in right]}
