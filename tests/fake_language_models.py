"""Made-up records of a study of one causal model: code, reasoning, choices, no finding.

They have the form that `code_evaluation.score` and `causal_evaluation.score` give, as
the phase of a run records it. `untuned()` are those of its hidden states as an encoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fake_records
import numpy as np
from fake_records import DRAWS, Record

MODEL = "qwen2.5-coder-0.5b"
SETTINGS = ("none", "mnli", "squad_v1", "hellaswag", "multi")
SOURCES = ("mnli@en", "mnli@de", "mnli@es", "mnli@fr", "mnli@zh")

LANGUAGES = {
    "humaneval_xl": fake_records._codes(
        "af ar bg de el en es et fa fi fr he hu id it ms nl pt ru tl tr vi zh"
    ),
    "xcopa": fake_records._codes("en et ht id it qu sw ta th tr vi zh"),
    "xwinograd": fake_records._codes("en fr ja pt ru zh"),
    "mgsm": fake_records._codes("en bn de es fr ja ru sw te th zh"),
    "xnli": fake_records.XNLI,
    "paws_x": fake_records._codes("de en es fr ja ko zh"),
}
SIZES = {"humaneval_xl": 80, "xwinograd": 200, "mgsm": 250}
LEVELS = {"humaneval_xl": 30.0, "xcopa": 53.0, "xwinograd": 58.0, "mgsm": 1.5}
CHANCE = {"xnli": 100 / 3, "mgsm": 0.0}
DECODING = {"samples": 1, "temperature": 0.0, "top_p": 1.0, "seed": 0,
            "max_new_tokens": 1024}  # fmt: skip


def _effect(setting: str, task: str, lang: str) -> float:
    """Points that a setting adds; its own language gets a little more."""
    if setting == "none":
        return 0.0
    base, _, source = setting.partition("@")
    alike = fake_records._draw("gain", base, task).normal(1.5, 1.5)
    own = fake_records._draw("gain", setting, task, lang).normal(0, 0.6)
    return alike + own + 2.0 * (source == lang)


def _drawn(key: Sequence[object], value: float, error: float) -> list[float]:
    """Replicates around a value: what models share of the examples, and their own."""
    task, setting, lang, seed, what = key
    shared = fake_records._draw("examples", task, what).normal(0, 0.8, DRAWS)
    own = fake_records._draw(task, setting, lang, seed, what).normal(0, 0.4, DRAWS)
    return [round(float(v), 4) for v in value + error * (shared + own)]


def _points(task: str, setting: str, lang: str, seed: int, n: int) -> tuple:
    """A score, its standard error, and its replicates."""
    level = LEVELS.get(task, 40.0) - 4 * fake_records._draw("lang", lang).random()
    noise = fake_records._draw(setting, task, lang, seed).normal(0, 0.7)
    noise *= setting != "none"
    value = round(
        float(np.clip(level + _effect(setting, task, lang) + noise, 0, 99)), 4
    )
    error = (max(value, 0.1) * (100 - value) / n) ** 0.5
    return value, error, _drawn((task, setting, lang, seed, "points"), value, error)


def _nats(task: str, setting: str, lang: str, seed: int, level: float) -> tuple:
    """A log-likelihood and its replicates; it follows the effect on the points."""
    value = level + 0.01 * _effect(setting, task, lang)
    value += 0.002 * (setting != "none") * fake_records._draw(setting, seed).normal()
    value = round(value, 4)
    return value, _drawn((task, setting, lang, seed, "nats"), value, 0.05)


def code_scores(task: str, setting: str, lang: str, seed: int, n: int) -> dict:
    """As `code_evaluation.score` returns them."""
    value, error, replicates = _points(task, setting, lang, seed, n)
    smooth, drawn = _nats(task, setting, lang, seed, -0.7)
    return {
        "pass@1": value, "parsed": 95.0, "ran": 90.0,
        "loglikelihood_per_token": smooth, "n": n, "se": round(error, 4),
        "replicates": replicates,
        "replicates_of": {"loglikelihood_per_token": drawn},
        "protocol": "completion@1", "decoding": DECODING, "excluded": ["7"],
    }  # fmt: skip


def _ranked(task: str, setting: str, lang: str, seed: int, n: int) -> dict:
    value, error, replicates = _points(task, setting, lang, seed, n)
    return {
        "accuracy": value, "acc_norm": value, "acc_bytes": value, "n": n,
        "se": round(error, 4), "replicates": replicates, "protocol": "corrected@1",
        "chance": CHANCE.get(task, 50.0),
    }  # fmt: skip


def _solved(task: str, setting: str, lang: str, seed: int, n: int) -> dict:
    value, error, replicates = _points(task, setting, lang, seed, n)
    smooth, drawn = _nats(task, setting, lang, seed, -6.0)
    return {
        "solved": value, "strict": value / 2, "unparsed": 3.0,
        "answer_loglikelihood": smooth, "n": n, "se": round(error, 4),
        "replicates": replicates, "replicates_of": {"answer_loglikelihood": drawn},
        "protocol": "corrected@1", "chance": 0.0,
    }  # fmt: skip


def scores(task: str, setting: str, lang: str, seed: int, n: int) -> dict[str, Any]:
    """One language's scores; of reasoning with those of the harness beside them."""
    if task == "humaneval_xl":
        return code_scores(task, setting, lang, seed, n)
    found = (_solved if task == "mgsm" else _ranked)(task, setting, lang, seed, n)
    if task in ("xnli", "paws_x"):
        return found
    measure = "solved" if task == "mgsm" else "accuracy"
    less = 2.0 * (lang in ("th", "ta", "zh"))
    other = {
        **found,
        "protocol": "lm-eval@0.4.13",
        measure: max(0.0, round(found[measure] - less, 4)),
        "replicates": [round(value - less, 4) for value in found["replicates"]],
    }
    return {**found, "protocols": {"lm-eval": other}}


HEADLINE = {"humaneval_xl": "pass@1", "mgsm": "solved"}


def target_record(setting: str, task: str, seed: int, profile: str = "small-lm"):
    """A finished target run of a causal model."""
    n = SIZES.get(task, 400)
    common = fake_records._common(setting, task, seed, profile, False, "target")
    langs = LANGUAGES[task]
    return {
        **common,
        "params": {
            "seed": seed,
            "causal": {"name": MODEL},
            "tuning": {"method": "lora", "rank": 16, "alpha": 32, "dropout": 0.05},
        },
        "encoder": {"id": MODEL, "sha256": "1" * 64, "parameters": 494_000_000},
        "data": {"source": "mirror", "revision": "0", "subset": "made up",
                 "n_train": 0, "counts": {"test": dict.fromkeys(langs, n)}},
        "headline": HEADLINE.get(task, "accuracy"),
        "metrics": {"test": {x: scores(task, setting, x, seed, n) for x in langs}},
        "training": None,
    }  # fmt: skip


def untuned(settings: Sequence[str] = ("none", "mnli"), seed: int = 13) -> list[Record]:
    """Tatoeba from the mean-pooled hidden states of a model of 24 layers.

    Without the mean of each language they find ten points more.
    """
    found = []
    for setting in settings:
        record = fake_records.target_record(
            setting, "tatoeba", ("de", "sw", "zh"), seed, "small-lm", False
        )
        deep = {
            lang: [*curve, *curve[::-1][:12]]
            for lang, curve in record["layers"].items()
        }
        centred = {lang: [v + 10 for v in curve] for lang, curve in deep.items()}
        for scores in record["metrics"]["test"].values():
            scores["centred"] = round(scores[record["headline"]] + 10, 4)
            drawn = [round(value + 10, 4) for value in scores["replicates"]]
            scores["replicates_of"] = {"centred": drawn}
        own = target_record("none", "xnli", seed)
        named = {key: own[key] for key in ("encoder", "params")}
        by_layer = {"layers": deep, "layers_centred": centred, "layer": 12}
        found.append({**record, **named, **by_layer})
    return found


def study(
    settings: Sequence[str] = (*SETTINGS, *SOURCES),
    tasks: Sequence[str] = tuple(LANGUAGES),
    seeds: Sequence[int] = (13, 21),
) -> list[Record]:
    """Every setting on every task; the baseline, which nothing trains, once."""
    records = []
    for setting in settings:
        for seed in seeds[: 1 if setting == "none" else None]:
            records += [target_record(setting, task, seed) for task in tasks]
            if "@" not in setting and set(tasks) == set(LANGUAGES):
                records += untuned([setting], seed)
    return records
