"""What cost grows with: examples, length, languages; and what an empty run costs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import yaml

from xitt import files, paths
from xitt.inputs import features
from xitt.inputs.features import Features, ends
from xitt.models import encoders, heads
from xitt.running.benchmark.contenders import BATCH, CLIP, LR, N_LABELS, WARMUP
from xitt.scoring import prediction
from xitt.training import loop
from xitt.training.hyperparameters import Hyperparameters

EXAMPLES = (32, 64, 128, 256)
LENGTHS = (16, 32, 64, 128, 256)
LANGUAGES = (1, 2, 4, 8)
EACH = 64  # examples of a language
TOKENS = 4096  # of the runs that compare lengths


def measure(encoder: str, made: Features) -> dict[str, list[dict[str, float]]]:
    """Seconds by examples, tokens a second by length, seconds by languages.

    made: classification features, at least `max(EXAMPLES)` of them.
    """
    model, tokenizer = encoders.load(encoder)
    head = heads.head_for(model, "classification", N_LABELS, seed=0)

    def train(part: Features) -> float:
        settings = Hyperparameters(
            lr=LR, epochs=1, batch=BATCH, warmup_share=WARMUP, clip=CLIP
        )
        start = time.perf_counter()
        loop.fit(
            model, tokenizer, {"task": part}, {"task": head}, settings=settings, seed=0
        )
        return time.perf_counter() - start

    def score(parts: dict[str, Features]) -> float:
        start = time.perf_counter()
        prediction.predict_all(model, head, parts)
        return time.perf_counter() - start

    train(first(made, BATCH))  # the first steps of a process are slower
    by_length = [(n, of_length(made, n, TOKENS // n)) for n in LENGTHS]
    by_language = [(n, languages(made, n)) for n in LANGUAGES]
    return {
        "examples": [
            {"examples": n, "seconds": round(train(first(made, n)), 2)}
            for n in EXAMPLES
        ],
        "length": [
            {"tokens": n, "tokens_per_second": round(TOKENS / train(part), 1)}
            for n, part in by_length
        ],
        "languages": [
            {"languages": n, "seconds": round(score(parts), 2)}
            for n, parts in by_language
        ],
    }


def first(made: Features, n: int) -> Features:
    """The first n items, as rows of their own."""
    part = features.select(made, np.arange(n) % len(made))
    return replace(part, rows=np.arange(n), n_rows=n)


def of_length(made: Features, tokens: int, n: int) -> Features:
    """n items of just so many tokens, cut from the running text of `made`."""
    text = np.resize(made.ids, tokens * n)
    return replace(
        first(made, n), ids=text, offsets=ends([tokens] * n), items=np.arange(n + 1),
        types=None,
    )  # fmt: skip


def languages(made: Features, n: int) -> dict[str, Features]:
    """As many examples for each of n languages."""
    every = np.arange(n * EACH) % len(made)
    return {
        f"language {i}": features.select(made, every[i * EACH : (i + 1) * EACH])
        for i in range(n)
    }


# ------------------------------------------------------------------------- whole runs


def run_cost(rounds: int = 3) -> dict[str, float]:
    """Seconds of a run with next to no work, and of each further one in a notebook.

    From the start of the process to its end: interpreter, kernel, imports, encoder, a
    step of training, scoring, the record, the executed notebook.
    """
    name = "speed-empty"
    folder = paths.RUNS / name
    spec = yaml.safe_load((paths.PROFILES / "demo.yaml").read_text(encoding="utf-8"))
    tiny = {"lr": 1e-4, "epochs": 1, "batch": 8, "max_train": 8, "max_length": 64}
    spec["target"]["recipe"], spec["tasks"] = tiny, {}
    spec["evaluation"] |= {"max_validation": 8, "max_test": 8}
    spec |= {"languages": ["en", "de"], "seeds": [1]}
    spec |= {which: str(folder / which) for which in ("records", "figures", "paper")}
    times: dict[str, list[float]] = {"udpos": [], "udpos,xnli,paws_x": []}
    try:
        for _ in range(rounds + 1):
            for targets, taken in times.items():
                shutil.rmtree(folder, ignore_errors=True)
                path = folder / f"{name}.yaml"
                files.write_text(path, yaml.safe_dump(spec))
                taken.append(_run(path, targets))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    # the first round writes the generated data and compiles sources
    one, three = (sorted(taken[1:])[rounds // 2] for taken in times.values())
    return {
        "run_fixed_seconds": round(one, 2),
        "further_run_seconds": round((three - one) / 2, 2),
    }


def _run(profile: Any, targets: str) -> float:
    command = [
        *(sys.executable, "-m", "xitt", "notebook", "30-finetune-target"),
        str(profile.with_name("executed.ipynb")),
        *(f"profile={profile}", f"targets={targets}", "seed=1"),
    ]
    start = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
    )  # fmt: skip
    return time.perf_counter() - start
