"""Plans that the paper shows, in results/plans.json: a plan by study and hardware.

Written when asked for, since a plan rests on the records of the day; the paper reads
the file, so that it can be made again to the byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xitt import files, paths
from xitt.running.planning.budget import Budget
from xitt.study import grid
from xitt.study.families import models
from xitt.study.profiles import Profile

TIMES = 10


def keep(plan: Budget, path: Path = paths.PLANS) -> Path:
    """Write what all runs of a study take, and of one with TIMES as many seeds.

    In the place of an older plan of the same study and hardware.
    """
    kept = json.loads(path.read_text("utf-8")) if path.exists() else []
    own = [entry(plan), entry(Budget(more_seeds(plan.study, TIMES), plan.gpu))]
    others = [each for each in kept if _of(each) != _of(own[0])]
    made = [own[0], {**own[1], "times": TIMES}]
    everything = sorted(others + made, key=lambda each: (*_of(each), each["runs"]))
    return files.write_json(path, everything)


def _of(plan: dict[str, Any]) -> tuple[str, str]:
    return plan["study"], plan["hardware"]


def more_seeds(study: Profile, times: int) -> Profile:
    """The same study with so many times its seeds, the further ones counted on."""
    seeds, further = list(study["seeds"]), max(study["seeds"]) + 1
    seeds += range(further, further + (times - 1) * len(seeds))
    return {**study, "seeds": seeds}


def entry(plan: Budget) -> dict[str, Any]:
    """A plan as numbers: of all runs, done or not; tokens in millions, memory in GB.

    recorded: of the runs that are recorded on this hardware, how many they are, the
    hours that the plan foretells, and those that they took.
    """
    runs = grid.runs(plan.study)
    found = {
        "study": plan.study["name"],
        "model": models.name(plan.study),
        "hardware": plan.where,
        "measured": bool(plan.recorded),
        "tokens_per_second": round(plan.speed),
        "runs": len(runs),
        "million_tokens_trained": round(sum(plan.tokens(runs).values()) / 1e6, 1),
        "million_tokens_scored": round(plan.scored(runs) / 1e6, 1),
        "hours": round(sum(plan.seconds(runs).values()) / 3600, 1),
        "memory_gb": round(plan.gpu_memory_gb(), 1),
        "disk_gb": round(sum(plan.disk_gb(1)), 1),
    }
    if tested := plan.backtest():
        foretold, took, count = tested
        found["recorded"] = {
            "runs": count,
            "foretold_hours": round(foretold, 2),
            "took_hours": round(took, 2),
        }
    return found
