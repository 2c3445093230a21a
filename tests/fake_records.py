"""Synthetic run records in the format of the real ones: made up, seeded, quick.

`demo()` is the whole demo grid; `incomplete()` the first real grid of four targets;
`large()` a grid of fourteen settings and up to forty languages. No number in them was
measured: they exist to test what is drawn and computed from records.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import Any

import numpy as np

Record = dict[str, Any]

LANGUAGES = ("en", "de", "es", "ru", "tr", "zh", "hi", "ar", "sw", "fi", "ja")


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


XNLI = _codes("ar bg de el en es fr hi ru sw th tr ur vi zh")
XQUAD = _codes("ar de el en es hi ru th tr vi zh")
UDPOS = _codes(
    "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th "
    "tl tr ur vi yo zh"
)
FORTY = _codes(
    "af ar bg bn de el en es et eu fa fi fr he hi hu id it ja jv ka kk ko ml mr ms my "
    "nl pt ru sw ta te th tl tr ur vi yo zh"
)
TARGETS = (
    "xnli",
    "paws_x",
    "udpos",
    "panx",
    "xquad",
    "mlqa",
    "tydiqa",
    "bucc",
    "tatoeba",
)
SETTINGS = (
    "none",
    "anli_plus",
    "mnli",
    "qqp",
    "squad_v2",
    "squad_v1",
    "hellaswag",
    "commonsense_qa",
    "cosmos_qa",
    "ccg_pmb",
    "multi",
    "mnli+mlm",
    "multi+mlm",
    "mnli+translated",
)
HEADLINE = {
    "udpos": "f1",
    "panx": "f1",
    "xquad": "score",
    "mlqa": "score",
    "tydiqa": "score",
    "bucc": "f1",
}
BASE = {"xnli": 62.0, "paws_x": 71.0, "udpos": 70.0, "panx": 55.0, "xquad": 44.0}
BASE |= {"mlqa": 41.0, "tydiqa": 39.0, "bucc": 78.0, "tatoeba": 83.0}
TRIVIAL = {"xnli": 33.3, "paws_x": 55.0, "tatoeba": 0.1}
DRAWS = 200
POCKET = "pocket suite, made by the project itself"
TRAINING = {
    "warmup_share": 0.1,
    "clip": 1.0,
    "token_budget": 2048,
    "embeddings": "used",
}
RECIPE = {"lr": 1e-4, "epochs": 2, "batch": 16, "max_train": 480, "max_length": 160}


def _draw(*parts: object) -> np.random.Generator:
    """A generator that depends on `parts` and on nothing else."""
    return np.random.default_rng(zlib.crc32("/".join(map(str, parts)).encode()))


def _encoder() -> dict[str, Any]:
    return {"id": "e5-small", "sha256": "0" * 64, "parameters": 117_653_760}


def _hardware() -> dict[str, Any]:
    return {"machine": "x86_64", "processor": "made up", "cores": 2, "threads": 2}


def _metrics(
    task: str, setting: str, lang: str, seed: int, n: int, split: str
) -> dict[str, Any]:
    """Scores of one language: base + effect of the setting + noise of the seed."""
    level = BASE[task] - 20 * (lang != "en") * _draw("lang", lang).random()
    retrieval = task in ("bucc", "tatoeba")
    effect = 0.0
    if setting != "none":
        effect = _draw("gain", setting, task).normal(-4 if retrieval else 1.5, 2.0)
        effect += _draw("gain", setting, task, lang).normal(0, 0.8)
    noise = 0.0 if retrieval else _draw(setting, task, lang, seed).normal(0, 0.7)
    value = float(np.clip(level + effect + noise, 1, 99))
    error = (value * (100 - value) / n) ** 0.5
    # The part that every model shares makes paired differences narrower than scores.
    shared = _draw("examples", task, lang, split).normal(0, 0.8 * error, DRAWS)
    own = _draw("own", setting, task, lang, seed).normal(0, 0.4 * error, DRAWS)
    headline = HEADLINE.get(task, "accuracy")
    scores = {headline: value, "n": n, "se": error, "trivial": TRIVIAL.get(task, 0.0)}
    scores["replicates"] = [round(float(v), 3) for v in value + shared + own]
    if task in ("udpos", "panx"):
        scores["token_accuracy"] = min(99.0, value + 12)
    if headline == "score":
        scores |= {"f1": value + 4, "em": value - 4}
    if task == "bucc":
        scores |= {"precision": value + 2, "recall": value - 2, "threshold": 1.05}
    return scores


def _layers(setting: str, task: str, lang: str, top: float) -> list[float]:
    """Thirteen scores by layer that rise to `top` at layer 9 and fall a little."""
    depth = np.arange(13)
    curve = top * (0.25 + 0.75 * np.minimum(depth, 9) / 9) - np.maximum(depth - 9, 0)
    return [
        round(float(v), 3)
        for v in curve + _draw(setting, task, lang, "layers").normal(0, 1, 13)
    ]


def target_record(
    setting: str,
    task: str,
    languages: tuple[str, ...],
    seed: int = 13,
    profile: str = "demo",
    demo: bool = True,
    n: int = 40,
) -> Record:
    """A finished target run of `task` from the encoder of `setting`."""
    retrieval = task in ("bucc", "tatoeba")
    test = {lang: _metrics(task, setting, lang, seed, n, "test") for lang in languages}
    headline = HEADLINE.get(task, "accuracy")
    extra: dict[str, Any] = {}
    if retrieval:
        curves = {
            lang: _layers(setting, task, lang, scores[headline])
            for lang, scores in test.items()
        }
        extra = {"layers": curves, "layer": 9, "pooling": "mean"}
    source = "pocket" if demo else "mirror"
    subset = POCKET if demo else f"made up: {n} of 1,000 English test rows"
    return {
        **_common(setting, task, seed, profile, demo, "target"),
        "data": {
            "source": source,
            "revision": "0",
            "subset": subset,
            "n_train": 0 if retrieval else 400,
            "counts": {"test": dict.fromkeys(languages, n)},
        },
        "headline": headline,
        "metrics": {
            "test": test,
            "validation": {
                "en": _metrics(task, setting, "en", seed, n, "validation"),
            },
        },
        "training": None if retrieval else _training(400),
        **extra,
    }


def intermediate_record(
    setting: str, seed: int = 13, profile: str = "demo", demo: bool = True
) -> Record:
    """A finished intermediate run; its validation scores are keyed by task."""
    names = _trained_on(setting)
    scores = {
        name: {"accuracy": 60.0 + place, "n": 100, "se": 4.9}
        for place, name in enumerate(names)
    }
    return {
        **_common(setting, None, seed, profile, demo, "intermediate"),
        "data": {
            "source": "pocket" if demo else "mirror",
            "revision": "0",
            "subset": POCKET if demo else "made up: 800 of 10,000 English train rows",
            "n_train": 800 * len(names),
            "counts": {name: {"en": 800} for name in names},
        },
        "headline": "accuracy",
        "metrics": {"validation": scores},
        "training": _training(800 * len(names)),
    }


def _training(examples: int) -> dict[str, Any]:
    return {
        "steps": examples // 16,
        "examples": examples,
        "tokens": examples * 24,
        "epochs": 1,
        "padding_efficiency": 0.94,
        "loss": [[1, 1.1], [examples // 16, 0.6]],
        "tokens_per_second": 2400.0,
        "precision": "bf16",
    }


def _recipes(setting: str, task: str | None) -> dict[str, Any]:
    if task in ("bucc", "tatoeba"):
        return {}
    if task:
        return {"recipe": RECIPE}
    return {"recipes": dict.fromkeys(_trained_on(setting), RECIPE)}


def _trained_on(setting: str) -> tuple[str, ...]:
    base = setting.split("+")[0]
    return SETTINGS[1:10] if base == "multi" else (base,)


def _common(
    setting: str, task: str | None, seed: int, profile: str, demo: bool, phase: str
) -> dict[str, Any]:
    identity = f"{phase}/{profile}/{setting}/{task}/{seed}"
    return {
        "key": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "protocol": 1,
        "phase": phase,
        "profile": profile,
        "demo": demo,
        "setting": setting,
        "target": task,
        "seed": seed,
        "parent": None,
        "params": {"seed": seed, "training": TRAINING, **_recipes(setting, task)},
        "encoder": _encoder(),
        "precision": "bf16",
        "hardware": _hardware(),
        "versions": {"torch": "2.13.0", "datasets": "5.2.0", "python": "3.11.7"},
        "sources": {},
        "seconds": 12.3,
        "peak_memory_mib": 900,
    }


def grid(
    settings: tuple[str, ...],
    languages: dict[str, tuple[str, ...]],
    seeds: tuple[int, ...] = (13,),
    **options: Any,
) -> list[Record]:
    """Records of every setting, target and seed, intermediate runs included."""
    records = []
    for seed in seeds:
        for setting in settings:
            if setting != "none":
                flags = {k: v for k, v in options.items() if k != "n"}
                records.append(intermediate_record(setting, seed, **flags))
            records += [
                target_record(setting, task, langs, seed, **options)
                for task, langs in languages.items()
            ]
    return records


def demo(seeds: tuple[int, ...] = (13, 17)) -> list[Record]:
    """The demo grid: 5 settings, 9 targets, 11 languages (retrieval: not English)."""
    languages = dict.fromkeys(TARGETS, LANGUAGES)
    languages |= dict.fromkeys(("bucc", "tatoeba"), LANGUAGES[1:])
    return grid(("none", "mnli", "squad_v2", "hellaswag", "multi"), languages, seeds)


def floored(
    target: str, languages: dict[str, tuple[str, ...]], **options: Any
) -> list[Record]:
    """none and mnli, both with one constant answer to everything that `target` asks."""
    records = grid(("none", "mnli"), languages, **options)
    for record in records:
        if record["target"] == target:
            for scores in record["metrics"]["test"].values():
                least = scores["trivial"]
                alike = [least - 2, least + 2] * (DRAWS // 2)
                scores |= {record["headline"]: least, "replicates": alike}
    return records


def incomplete() -> list[Record]:
    """none and mnli on four targets, and squad_v2 on XQuAD alone; not a demo."""
    options: dict[str, Any] = {"profile": "small", "demo": False, "n": 200}
    languages = {"xnli": XNLI, "udpos": UDPOS, "xquad": XQUAD}
    tatoeba = tuple(lang for lang in FORTY if lang not in ("en", "my", "ms", "yo"))
    records = grid(("none", "mnli"), {**languages, "tatoeba": tatoeba}, **options)
    return records + grid(("squad_v2",), {"xquad": XQUAD}, **options)


def large(seeds: tuple[int, ...] = (13, 17, 19)) -> list[Record]:
    """Fourteen settings, nine targets, up to forty languages, some with three seeds."""
    languages = dict.fromkeys(TARGETS, XNLI) | {"udpos": UDPOS, "panx": FORTY}
    languages |= {"paws_x": ("de", "en", "es", "fr", "ja", "ko", "zh"), "xquad": XQUAD}
    languages |= {"mlqa": ("ar", "de", "en", "es", "hi", "vi", "zh")}
    languages |= {"tydiqa": ("en", "ko", "sw"), "bucc": ("zh",)}
    languages["tatoeba"] = tuple(lang for lang in FORTY if lang != "en")[:36]
    options: dict[str, Any] = {"profile": "small", "demo": False, "n": 400}
    core = ("none", "mnli", "squad_v2", "hellaswag", "multi")
    rest = tuple(setting for setting in SETTINGS if setting not in core)
    return grid(core, languages, seeds, **options) + grid(rest, languages, **options)


def speed(precision: str = "bf16") -> dict[str, Any]:
    """A result of `make speed`, in the shape that its notebook writes."""
    names = ("ours", "padded_fp32", "trainer_dynamic", "trainer_best")
    contenders = {
        name: {"tokens_per_second": value, "rounds": [value], "peak_memory_mib": 900}
        for name, value in zip(names, (900.0, 200.0, 400.0, 450.0))
    }
    curve = {
        "examples": [{"examples": n, "seconds": n / 10} for n in (32, 64)],
        "length": [{"tokens": n, "tokens_per_second": 900} for n in (16, 32, 64)],
        "languages": [{"languages": n, "seconds": n} for n in (1, 2)],
    }
    return {
        "contenders": contenders, "ratio_padded_fp32": 4.5, "ratio_faiss_margin": 1.4,
        "ratio_trainer_dynamic": 2.25, "ratio_trainer_best_flags": 2.0,
        "fraction_of_gemm_peak": 0.5, "peak_gflops": {"fp32": 300.0, "bf16": 60.0},
        "run_fixed_seconds": 7.0, "further_run_seconds": 1.0, "scaling": curve,
        "retrieval": {"sentences": 10000, "seconds": {"ours": 1, "flat": 1.4}},
        "evaluation": {"languages": 15, "equal_predictions": 0.997},
        "ratio_predict": 3.4, "ratio_predict_best_flags": 1.6,
        "choices": {"model": "smollm2-135m"}, "ratio_harness": 3.1,
        "ratio_generate": 1.3, "texts": {"equal_texts": 0.64},
        "precision": precision, "measured": "2026-11-21",
        "sharing": {"cores": 2, "ratio": 1.2,
                    "tokens_per_second": {"one": 900.0, "two": 1080.0}},
        "tokens_per_pair": 43.0, "data": "MNLI of the mirror", "encoder": "e5-small",
        "hardware": {"processor": f"a processor for {precision}", "cores": 2},
    }  # fmt: skip


def speeds(*formats: str) -> dict[str, dict[str, Any]]:
    """Results of `make speed` of a processor for each format, as they are kept."""
    found = [speed(name) for name in formats or ("bf16", "fp32")]
    return {f"{one['hardware']['processor']}": one for one in found}


TRACED = r"\\traced\{([^}]*)\}\{((?:[^{}]|\{[^{}]*\})*)\}"


def untraced(table: str) -> str:
    """A table whose numbers lead nowhere."""
    return re.sub(TRACED, r"\2", table)


def table_body(table: str) -> dict[str, list[str]]:
    """The cells of a table's rows by their first."""
    lines = [line for line in untraced(table).splitlines() if line.endswith(r"\\")]
    rows = [line.removesuffix(r"\\").split(" & ") for line in lines]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}
