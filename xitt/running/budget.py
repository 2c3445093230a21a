"""What a study will take: runs, tokens, hours and disk, before anything starts.

The disk of intermediate runs is that of their encoders; of target runs that of the
models which are kept until they were scored on perturbed input, embeddings aside.

Tokens are examples x epochs x tokens an example. The last is measured where a record of
any study has trained on the task, else taken to be half of the maximum length. Training
costs 6 floating-point operations a token and parameter (Kaplan et al. 2020, section
2.1), embeddings aside; the speed is that of recorded runs of the same model, else
40% of what the accelerator named in ASSUMED does in bf16.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from xitt import paths
from xitt.errors import UserError
from xitt.study import grid, records
from xitt.study.families import models
from xitt.study.grid import Run
from xitt.study.profiles import Profile
from xitt.tasks import kinds, registry

ASSUMED = {"name": "one NVIDIA H200", "flops": 0.4 * 989e12}  # its dense bf16 peak
VOCABULARY = 250_002  # of XLM-R
SHAPES = {  # layers and width, so that nothing is fetched to make a plan
    "FacebookAI/xlm-roberta-base": (12, 768),
    "FacebookAI/xlm-roberta-large": (24, 1024),
}


def plan(study: Profile) -> pd.DataFrame:
    """One row a phase: runs, missing runs, million tokens, hours, gigabytes of disk."""
    measured = _tokens_per_example()
    speed, weights = _speed(study), _parameters(study)[1]
    missing = {run.key for run in grid.missing(study)}
    rows = []
    kept = {
        run.parent.training_key
        for run in grid.runs(study)
        if run.key in missing and run.phase == "perturbed"
        and run.trained_on == "clean" and study.get("keep_models")
    }  # fmt: skip
    disk = {"intermediate": 4 * weights, "target": 4 * _parameters(study)[0]}
    for phase in dict.fromkeys(run.phase for run in grid.runs(study)):
        runs = [run for run in grid.runs(study) if run.phase == phase]
        todo = [run for run in runs if run.key in missing]
        tokens = sum(_tokens(run, measured) for run in todo)
        files = {"intermediate": len(todo), "target": len(kept)}
        rows.append({
            "phase": phase,
            "runs": len(runs),
            "to do": len(todo),
            "million tokens": round(tokens / 1e6, 2),
            "hours": round(tokens / speed / 3600, 2),
            "GB of disk": round(disk.get(phase, 0) * files.get(phase, 0) / 1e9, 1),
        })  # fmt: skip
    return pd.DataFrame(rows).set_index("phase")


def assumption(study: Profile) -> str:
    """In words, where the speed comes from."""
    found = _recorded_speed(models.name(study))
    if found:
        return f"at {found:,.0f} tokens/s, the median of recorded runs of this model"
    return f"at 40% of the bf16 peak of {ASSUMED['name']}; nothing recorded yet"


def _tokens(run: Run, measured: dict[str, float]) -> float:
    """Tokens that a run trains on; evaluation costs about as much again at the most.

    Of perturbed input those that are scored, as a third: there is no way back.
    """
    if run.phase == "perturbed":
        return _scored_tokens(run, measured) / 3
    recipes = run.params.get("recipes") or {run.target: run.params.get("recipe")}
    total = 0.0
    for name, recipe in recipes.items():
        if recipe is None:  # retrieval trains nothing
            continue
        task = registry.get(name)
        rows = task.rows.get("train") or registry.get(task.train_from or name).rows.get(
            "train"
        )
        examples = min(filter(None, (recipe["max_train"], rows)), default=0)
        if not examples:
            raise UserError(f"{name}: no size known; set max_train in its recipe")
        if run.setting == "multi" and run.params.get("multi_cap"):
            examples = min(examples, run.params["multi_cap"])
        length = measured.get(name, recipe["max_length"] / 2)
        total += examples * recipe["epochs"] * length
    return total


def _scored_tokens(run: Run, measured: dict[str, float]) -> float:
    """Tokens of all variants, in every language, of a run on perturbed input."""
    task, params = registry.get(run.target), run.params
    strengths = sum(map(len, params["strengths"].values()))
    switched = 2 * len(params.get("switching", {"rates": ()})["rates"]) + 1
    count = 1 + strengths + switched + len(params.get("variants", ()))
    items = params.get(kinds.get(task.kind).limit[1], params["max_test"])
    items = items or task.rows.get("test", 0)
    length = measured.get(task.name, run.parent.params["recipe"]["max_length"] / 2)
    return count * items * max(1, len(task.languages)) * length


def _all_records() -> list[dict[str, Any]]:
    folders = sorted(path for path in paths.RECORDS.glob("*") if path.is_dir())
    return [record for folder in folders for record in records.load(folder)]


def _tokens_per_example() -> dict[str, float]:
    """Measured tokens an example, by task, from records that trained on one task."""
    found = defaultdict(list)
    for record in _all_records():
        log = record["training"]
        if log and len(log["by_task"]) == 1:
            (name,) = log["by_task"]
            found[name].append(log["tokens"] / log["examples"])
    return {name: sum(values) / len(values) for name, values in found.items()}


def _recorded_speed(name: str) -> float | None:
    speeds = sorted(
        record["training"]["tokens_per_second"]
        for record in _all_records()
        if record["training"] and record["encoder"]["id"] == name
    )
    return speeds[len(speeds) // 2] if speeds else None


def _speed(study: Profile) -> float:
    """Tokens a second."""
    recorded = _recorded_speed(models.name(study))
    return recorded or ASSUMED["flops"] / (6 * _parameters(study)[0])


def _parameters(study: Profile) -> tuple[int, int]:
    """Parameters besides embeddings, and in all."""
    name = models.name(study)
    if name in SHAPES:
        layers, hidden = SHAPES[name]
        inner = 12 * layers * hidden**2
        return inner, inner + VOCABULARY * hidden
    found = models.of(study).identity(name)
    return 12 * found["layers"] * found["hidden"] ** 2, found["parameters"]
