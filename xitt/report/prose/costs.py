"""Sentences on how the runs were made: how recipes were chosen, what they cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from xitt.analysis import energy, sweep, wording
from xitt.analysis.results import Results

if TYPE_CHECKING:
    import pandas as pd

PHASES = {
    "intermediate": "intermediate training",
    "target": "fine-tuning on and scoring of targets",
    "perturbed": "scoring on perturbed input",
}


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key."""
    found = {
        "compute": compute(study),
        "energy": used_energy(study),
        "learning-rates": learning_rates(study),
    }
    return {key: text for key, text in found.items() if text}


def compute(study: Results) -> str:
    """What all runs took: hours, tokens trained on, hardware.

    Time is a run's own from start to record; runs that went on side by side each count.
    A target that is scored with the training of another adds its scoring alone.
    """
    runs = {record["key"]: record for record in study.every}.values()
    if not runs:
        return ""
    took = Counter[str]()
    tokens: dict[str, int] = {}  # by training: two targets may share one
    for run in runs:
        took[run["phase"]] += run["seconds"]
        if run.get("training"):
            key = run.get("training_key") or run["key"]
            tokens[key] = run["training"]["tokens"]
    parts = [
        f"{wording.duration(took[phase])} of {what}"
        for phase, what in PHASES.items()
        if took[phase]
    ]
    total = wording.duration(sum(took.values()))
    said = f"The {len(runs):,} runs behind this copy took {total}"
    said += f" ({wording.listing(parts)})" if len(parts) > 1 else ""
    said += f" and trained on {wording.large(sum(tokens.values()))} tokens"
    machines = sorted({machine(run.get("hardware") or {}) for run in runs} - {""})
    return f"{said}, on {wording.listing(machines)}." if machines else f"{said}."


def used_energy(study: Results) -> str:
    """The estimate of what all runs drew; none where an accelerator is not known."""
    runs = {record["key"]: record for record in study.every}.values()
    used = energy.kwh(runs)
    if not used:
        return ""
    amount = f"{used:,.1f} kWh" if used >= 0.1 else f"{1000 * used:,.0f} Wh"
    return (
        f"Their energy is estimated at {amount}: {energy.CORE_W:g} W a core, "
        f"{energy.MEMORY_W:g} W a gigabyte of memory and what an accelerator may draw, "
        f"times {energy.PUE:g} for the data centre."
    )


def machine(hardware: dict) -> str:
    """`NVIDIA H200`, or the processor with its threads."""
    if name := hardware.get("accelerator"):
        return str(name)
    name = hardware.get("processor")
    threads = hardware.get("threads")
    many = f" ({wording.plural(threads, 'thread')})" if threads else ""
    return f"{name}{many}" if name else ""


def learning_rates(study: Results) -> str:
    """For which targets another recipe than the used one is best in English."""
    best = sweep.best(study.recipes)
    if not best:
        return ""
    used = study.recipes[study.recipes["used"]].set_index("target")
    others = []
    for target, row in best.items():
        if target in used.index and not row["used"]:
            now = used.loc[target]
            how = f"at {wording.power(row['lr'])}{_longer(row, now)}"
            score, was = map(wording.score, (row["score"], now["score"]))
            others.append(f"{wording.task(target)} ({score} {how}, {was} as used)")
    alike = len(best) - len(others)
    said = (
        f"Of {wording.plural(len(best), 'target')} whose learning rate was varied, "
        f"{wording.some(alike)} {'does' if alike == 1 else 'do'} best as used"
    )
    return f"{said}; not {wording.listing(others)}." if others else f"{said}."


def _longer(row: pd.Series, used: pd.Series) -> str:
    """` and ten epochs`, where the number of epochs differs from the used one."""
    if row["epochs"] == used["epochs"]:
        return ""
    return f" and {wording.plural(int(row['epochs']), 'epoch')}"
