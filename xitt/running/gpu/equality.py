"""Does a GPU compute what the CPU computes? A function a check.

Each returns what it found, and raises `Differs` where that is more than its tolerance.
In fp32 that is what cuBLAS and oneDNN differ by, which sum in another order; in bf16 it
is of 8 bits of precision.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xitt.inputs.mixture import MLM
from xitt.models import heads
from xitt.running.gpu import material
from xitt.running.gpu.material import Setting
from xitt.scoring import neighbours, prediction, retrieval
from xitt.training import checkpoints, devices

CPU = "cpu"
FP32 = 2e-3  # of a logit or a loss
BF16 = 0.1  # of a logit, in the largest of them
EMBEDDING = 1e-4  # of a coordinate of a sentence embedding, in its length
SIGMAS = 4.0  # standard errors between two means of the same distribution
ROUNDING = 1e-5  # of weights after the same steps, where nothing else differs


class Differs(Exception):
    """A result that is further from the CPU's than is tolerated."""


def _near(found: float, tolerance: float, **more: Any) -> dict[str, Any]:
    """A finding; `Differs` where it is above the tolerance, or no number."""
    told = {"difference": float(f"{found:.3g}"), "tolerance": tolerance, **more}
    if not found <= tolerance:
        raise Differs(f"{found:.3g} is more than {tolerance:g}")
    return told


# --------------------------------------------------------------------------- prediction


def predicts(setting: Setting, kind: str, precision: str) -> dict[str, Any]:
    """Logits of a kind's head on the GPU, packed as there, and in fp32 on the CPU."""
    part = material.features(setting, kind, _count(setting, 24))
    found = []
    for where, how in ((CPU, "fp32"), (setting.device, precision)):
        model, _ = material.encoder(setting, 0.0)
        head = heads.head_for(model, kind, material.labels(kind), seed=1)
        with devices.on(where):
            logits = prediction.predict(model, head, part, precision=how)
        found.append(np.concatenate([values.ravel() for values in logits]))
    seen = np.isfinite(found[0])
    if not np.array_equal(seen, np.isfinite(found[1])):
        raise Differs("other places of the logits are not finite")
    off = np.abs(found[0] - found[1])[seen].max()
    if precision == "bf16":
        largest = np.abs(found[0][seen]).max()
        return _near(float(off / largest), BF16, logits=int(seen.sum()))
    return _near(float(off), FP32, logits=int(seen.sum()))


def embeds(setting: Setting) -> dict[str, Any]:
    """Sentence embeddings of every layer."""
    part = material.features(setting, "text", _count(setting, 64))
    found = []
    for where in (CPU, setting.device):
        model, _ = material.encoder(setting, 0.0)
        with devices.on(where):
            layers = prediction.embed(model, part, precision="fp32")
        found.append(layers / np.linalg.norm(layers, axis=-1, keepdims=True))
    return _near(float(np.abs(found[0] - found[1]).max()), EMBEDDING)


def mines(setting: Setting) -> dict[str, Any]:
    """The pairs of two sides of sentences; the share that only one of both finds."""
    n, width = (200, 16) if setting.rehearse else (20_000, 384)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, width)).astype(np.float32)
    y = x + rng.standard_normal((n, width)).astype(np.float32)
    pairs, seconds = [], []
    for where in (CPU, setting.device):
        start = time.perf_counter()
        near = neighbours.neighbours(x, y, device=where)
        sources, targets, _ = retrieval.mine(near)
        seconds.append(round(time.perf_counter() - start, 3))
        pairs.append(set(zip(sources.tolist(), targets.tolist())))
    share = len(pairs[0] ^ pairs[1]) / len(pairs[0] | pairs[1])
    return _near(share, 1e-3, pairs=len(pairs[1]), seconds=seconds)


# ----------------------------------------------------------------------------- training


def trains(setting: Setting, kinds: Sequence[str]) -> dict[str, Any]:
    """The losses of a few steps without dropout: the first, and the largest gap."""
    n = _count(setting, 32)
    data = {kind: material.features(setting, kind, n) for kind in kinds if kind != MLM}
    text = material.features(setting, "text", n) if MLM in kinds else None
    more = {"mlm": text, "mlm_share": 0.25} if text else {}
    curves = [
        material.losses(material.fit(setting, where, data, **more))
        for where in (CPU, setting.device)
    ]
    gaps = np.abs(curves[0] - curves[1])
    return _near(float(gaps.max()), 10 * FP32, first=float(gaps[0]), steps=len(gaps))


def drops(setting: Setting) -> dict[str, Any]:
    """Losses with dropout, of a model that does not move: finite, their means the same.

    The two devices draw other numbers, so that only distributions can be compared.
    """
    part = material.features(setting, "classification", 8)
    runs = [
        material.losses(
            material.fit(
                setting, where, {"classification": part}, dropout=0.2, lr=1e-12,
                epochs=10 if setting.rehearse else 40, precision=how,
            )
        )
        for where, how in (
            (CPU, "fp32"),
            (setting.device, "fp32"),
            (setting.device, "bf16"),
        )
    ]  # fmt: skip
    if not all(np.isfinite(run).all() for run in runs):
        raise Differs("a loss is not finite")
    gaps = []
    for run in runs[1:]:
        error = np.hypot(*(np.std(each, ddof=1) / len(each) ** 0.5
                           for each in (runs[0], run)))  # fmt: skip
        gaps.append(abs(float(runs[0].mean() - run.mean())) / error)
    spread = [float(f"{run.std():.3g}") for run in runs]
    if not min(spread) > 0:
        raise Differs("nothing was dropped")
    return _near(max(gaps), SIGMAS, spread=spread)


def resumes(setting: Setting) -> dict[str, Any]:
    """Weights of a run that was stopped and went on, beside those of a whole one.

    A GPU adds some gradients in any order: the same run twice tells how much that is.
    """
    part = material.features(setting, "classification", _count(setting, 64))
    data = {"classification": part}

    def weights(**more: Any) -> torch.Tensor:
        result = material.fit(setting, setting.device, data, dropout=0.1, **more)
        return material.weights(result)

    whole, again = weights(), weights()
    with tempfile.TemporaryDirectory() as name:
        folder, stopped = Path(name), False
        try:
            with _stopped_at_a_checkpoint(folder):
                weights(folder=folder, checkpoint_seconds=1e-9)
        except KeyboardInterrupt:
            stopped = True
        resumed = weights(folder=folder)
    if not stopped:
        raise Differs("the run ended before it could be stopped")
    noise = float((whole - again).abs().max())
    off = float((whole - resumed).abs().max())
    return _near(off, 10 * noise + ROUNDING * (setting.device != CPU), noise=noise)


@contextmanager
def _stopped_at_a_checkpoint(folder: Path):
    """Ask this process to stop, as a cluster does, once a checkpoint is there."""
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            if (folder / checkpoints.NAME).exists():
                os.kill(os.getpid(), signal.SIGTERM)
                return
            time.sleep(1e-3)

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # where the run is over
    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        signal.signal(signal.SIGTERM, before)


# ---------------------------------------------------------------------- language models


def scores_choices(setting: Setting) -> dict[str, Any]:
    """Likelihoods of continuations, in nats a token, and texts that are written."""
    from xitt.models import causal
    from xitt.scoring.causal import generation, likelihood

    name = "smollm2-135m"
    requests = [
        likelihood.Request(f"The {animal} sat on the", f" {thing}")
        for animal in ("cat", "dog", "old man of the village")
        for thing in ("mat", "chair by the door", "7")
    ]
    prompts = [request.context for request in requests[::3]]
    found, texts = [], []
    for where in (CPU, setting.device):
        model, tokenizer = causal.load(name)
        with devices.on(where):
            some = likelihood.score(model, tokenizer, requests, precision="fp32")
            found.append(np.array([each.total / each.tokens for each in some]))
            options = {"max_new_tokens": 4 if setting.rehearse else 16}
            texts.append(
                generation.generate(
                    model, tokenizer, prompts, precision="fp32", **options
                )
            )
    same = float(np.mean([one == other for one, other in zip(*texts, strict=True)]))
    return _near(float(np.abs(found[0] - found[1]).max()), FP32, equal_texts=same)


def _count(setting: Setting, n: int) -> int:
    return 16 if setting.rehearse else n
