"""Made-up records of runs on perturbed input, with scores that add up by hand."""

from __future__ import annotations

from typing import Any

import fake_records
import numpy as np

Record = dict[str, Any]

DRAWS, N = 200, 500
CLEAN = {"none": {"en": 80, "de": 70, "zh": 60}, "mnli": {"en": 82, "de": 75, "zh": 65}}
# variant -> setting -> language -> score
PERTURBED: dict[str, dict[str, dict[str, float]]] = {
    "keyboard@0.1": {
        "none": {"en": 78, "de": 66, "zh": 58},
        "mnli": {"en": 79, "de": 69.5, "zh": 61.5},
    },
    "keyboard@0.2": {
        "none": {"en": 75, "de": 60, "zh": 56},
        "mnli": {"en": 76, "de": 62, "zh": 58},
    },
    "lower@1": {
        "none": {"en": 80, "de": 69, "zh": 60},
        "mnli": {"en": 82, "de": 74, "zh": 65},
    },
    "switched@0.5": {"none": {"de": 65, "zh": 54}, "mnli": {"de": 70, "zh": 59}},
    "xnli_typos": {"none": {"de": 77}, "mnli": {"de": 79}},
    "xnli_typos:clean": {"none": {"de": 80}, "mnli": {"de": 83}},
    "hinglish_nli": {"none": {"hi": 50}, "mnli": {"hi": 55}},
}
CHANGED = {("lower@1", "zh"): 0}
SEEDS = (13, 17, 19)


def two_settings() -> list[Record]:
    """`none` and `mnli` on XNLI, three seeds, beside their target records."""
    targets = fake_records.grid(("none", "mnli"), {"xnli": ("en", "de", "zh")}, SEEDS)
    perturbed = [_record(setting, seed) for setting in CLEAN for seed in SEEDS]
    return targets + perturbed


def _record(setting: str, seed: int) -> Record:
    noise = 0.1 * (seed - 16.333333333333332)  # adds up to nothing over the seeds
    found = {"clean": CLEAN[setting]}
    found |= {name: scores[setting] for name, scores in PERTURBED.items()}
    record = fake_records.target_record(setting, "xnli", ("en", "de", "zh"), seed)
    names = [name for name in PERTURBED if ":" not in name]
    return record | {
        "key": f"{setting}-{seed}-perturbed",
        "phase": "perturbed",
        "training": None,
        "model": "kept",
        "metrics": {
            name: {lang: _scores(value + noise) for lang, value in scores.items()}
            for name, scores in found.items()
        },
        "perturbed": {
            name: {lang: _facts(name, lang) for lang in found[name]} for name in names
        },
    }


def _scores(value: float) -> dict[str, Any]:
    """The resamples of all scores move alike, as those of shared items do."""
    moved = np.random.default_rng(5).normal(0, 2, DRAWS)
    replicates = (value + moved - moved.mean()).round(2).tolist()
    return {"accuracy": value, "n": N, "se": 2.0, "replicates": replicates,
            "trivial": 33.3}  # fmt: skip


def _facts(name: str, lang: str) -> dict[str, Any]:
    if name == "hinglish_nli":
        return {}
    changed = CHANGED.get((name, lang), N)
    facts = {"share": 0.1, "changed": changed, "left": 2, "n": N, "lost": 40, "won": 10}
    return facts | ({"coverage": 0.4} if name.startswith("switched") else {})
