"""Recorded runs without a training: damaged gold stands for predictions."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from xitt import files, paths
from xitt.scoring.metrics import bootstrap, named
from xitt.study import records, run_data
from xitt.study.profiles import Profile
from xitt.study.run import Run
from xitt.tasks import registry
from xitt.tasks.schema import Task


def demo(**changes: Any) -> Profile:
    """A study of the demo's shape with little data."""
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text())
    spec["pocket"] = {"seed": 7, "train": 32, "validation": 12, "test": 40}
    del spec["perturbed"]  # of settings that are left out
    return {
        **{"name": "test", "origin": "test"},
        **{**spec, "intermediates": ["none"], "records": "records", **changes},
    }


def here(monkeypatch: pytest.MonkeyPatch, home: Path, pocket: Path) -> None:
    monkeypatch.setattr(paths, "ROOT", home)
    monkeypatch.setattr(paths, "RUNS", home / "runs")
    monkeypatch.setattr(paths, "POCKET", pocket)


def finish(run: Run, seed: int = 0) -> dict[str, dict[str, float]]:
    """Record a run with damaged gold for predictions; its exact scores by language."""
    task = registry.get(run.target)
    rng = random.Random(f"{run.setting}/{run.target}/{seed}")
    parts = run_data.of_target(run, task)
    predicted = {part: damaged(task, rows, rng) for part, rows in parts.items()}
    metric = named.get(task.metric)
    scores: dict[str, dict] = {"validation": {}, "test": {}}
    exact = {}
    for (split, lang), rows in parts.items():
        reference, options = gold(task, rows), {}
        if "lang" in metric.options:
            options["lang"] = lang
        given = predicted[split, lang]
        counts = metric.counts(given, reference, **options)
        key = (task.name, lang, split)
        scores[split][lang] = bootstrap.summary(metric, counts, key, draws=2)
        if split == "test":
            exact[lang] = metric.compute(given, reference, **options)
    kept = {"/".join(part): values for part, values in predicted.items()}
    files.write_json(run.folder / "predictions.json", kept)
    known = {"key": run.key, "protocol": 1, "phase": run.phase, "demo": True}
    known |= {"profile": run.profile["name"], "setting": run.setting, "seconds": 1}
    known |= {"target": run.target, "seed": run.seed, "params": run.params}
    known |= {"data": run_data.described(run, 0, run_data.sizes(parts))}
    known |= {"encoder": {}, "headline": metric.headline, "metrics": scores}
    records.write(run.record, known)
    return exact


def gold(task: Task, rows: Any) -> list | set:
    """The references of `xitt.scoring.metrics.named`."""
    if task.kind == "mining":
        return rows.gold
    if task.kind == "bitext":
        return list(range(len(rows)))
    if task.kind == "span":
        return [list(answers) for answers in rows["answers"]]
    if task.kind == "tagging":
        return [[task.labels[tag] for tag in tags] for tags in rows["tags"]]
    return list(rows["label"])


def damaged(task: Task, rows: Any, rng: random.Random) -> list:
    """Predictions that are right in part, in the form of `xitt.scoring.evaluation`."""
    if task.kind == "mining":
        right = [list(pair) for pair in sorted(rows.gold) if rng.random() < 0.7]
        ends = rng.choices(rows.source_ids, k=5), rng.choices(rows.target_ids, k=5)
        return sorted(right + [list(pair) for pair in zip(*ends)])
    if task.kind == "bitext":
        return [
            i if rng.random() < 0.6 else rng.randrange(len(rows))
            for i in range(len(rows))
        ]
    if task.kind == "span":
        return [answer(row["answers"][0], row["context"], rng) for row in rows]
    if task.kind == "tagging":
        return [
            [tag if rng.random() < 0.7 else rng.choice(task.labels) for tag in tags]
            for tags in gold(task, rows)
        ]
    wrong = range(len(task.labels))
    return [
        label if rng.random() < 0.6 else rng.choice(wrong) for label in rows["label"]
    ]


def answer(right: str, context: str, rng: random.Random) -> str:
    """An answer as it is, in other dress, in part, with more, a wrong one, or none."""
    words = context.split()
    at = rng.randrange(len(words))
    return rng.choice([
        right,
        f"«The {right.upper()}»!",
        f"die {right}, {words[at]}。",
        right[: -(-len(right) // 2)],
        " ".join(words[at : at + 3]),
        "",
    ])  # fmt: skip
