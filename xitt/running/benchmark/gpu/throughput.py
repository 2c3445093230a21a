"""Tokens a second, the share of the peak that they are, and memory, on a GPU.

Model-FLOP utilisation counts 6 operations a parameter outside the embeddings and real
token, and 12 layers x width x length for attention (Chowdhery et al. 2022, appendix B).
Of two peaks: what large bf16 products reach there, and what the maker's sheet says.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np
import torch

from xitt.inputs.features import Features
from xitt.running.benchmark import contenders
from xitt.running.benchmark.gpu import material
from xitt.running.benchmark.gpu.material import Setting
from xitt.running.benchmark.training import flops, matrix_peak
from xitt.training import cards, devices

BATCH = 128  # sequences of a step: about 20,000 tokens
TOKENS = 32_768  # of a micro-batch
STEPS = 4
ROUNDS = 3
BUDGETS = (4_096, 16_384, 65_536)  # of micro-batches, where memory is measured


def peak(setting: Setting) -> dict[str, Any]:
    """Tflop/s of large products by format; of the maker's sheet where it is known."""
    with devices.on(setting.device):
        measured = {k: round(v / 1e3, 2) for k, v in _peak(setting).items()}
    name = devices.processor(setting.device)
    card = cards.named(name)
    sheet = card.peak / 1e12 if card else None
    return {"device": name, "tflops": measured, "sheet_tflops": sheet}


def _peak(setting: Setting) -> dict[str, float]:
    return matrix_peak(n=64) if setting.rehearse else matrix_peak()


def ours(setting: Setting, shape: str) -> dict[str, Any]:
    """Real tokens a second of our training in bf16, and the share of both peaks."""
    model = material.outline(setting, shape)
    made, batch = _sequences(setting)
    _, tokenizer = material.encoder(setting, 0.1)
    tokens = 512 if setting.rehearse else TOKENS
    with devices.on(setting.device):
        train = contenders.ours(
            model, tokenizer, made, batch=batch, token_budget=tokens
        )
        return _timed(setting, train, model, made)


def trainer(setting: Setting, shape: str, compiled: bool) -> dict[str, Any]:
    """The same of the Trainer: bf16, fused AdamW, lengths grouped, perhaps compiled."""
    model = material.outline(setting, shape)
    made, batch = _sequences(setting)
    flags: dict[str, Any] = {"torch_compile": compiled, "bf16": True}
    if compiled and setting.rehearse:
        flags["torch_compile_backend"] = "eager"  # inductor takes minutes
    with devices.on(setting.device):
        train = contenders.trainer(model, made, batch=batch, **flags)
        return _timed(setting, train, model, made)


def memory(setting: Setting, shape: str) -> dict[str, Any]:
    """GB at the peak of a step, by the tokens of a micro-batch."""
    found = {}
    made, batch = _sequences(setting)
    _, tokenizer = material.encoder(setting, 0.1)
    for tokens in BUDGETS[:1] if setting.rehearse else BUDGETS:
        model = material.outline(setting, shape)
        with devices.on(setting.device):
            _forget(setting)
            train = contenders.ours(
                model, tokenizer, made, batch=batch, token_budget=tokens
            )
            train(np.arange(batch))
            found[str(tokens)] = _memory_gb(setting)
    return {"gb_by_tokens": found}


def _sequences(setting: Setting) -> tuple[Features, int]:
    """Sequences to train on, and how many a step takes."""
    batch = 4 if setting.rehearse else BATCH
    return material.sequences(setting, batch * STEPS), batch


def _timed(
    setting: Setting, train: contenders.Contender, model: Any, made: Features
) -> dict[str, Any]:
    """The first round warms up, and compiles what is to be compiled."""
    seconds = []
    _forget(setting)
    for _ in range(2 if setting.rehearse else ROUNDS + 1):
        start = time.perf_counter()
        train(np.arange(len(made)))
        if setting.device == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    speed = int(made.tokens.sum()) / statistics.median(seconds[1:])
    config = model.config
    work = flops(config.num_hidden_layers, config.hidden_size, made)
    reached, top = speed * work / 1e12, peak(setting)
    sheet = top["sheet_tflops"]
    return {
        "tokens_per_second": round(speed, 1),
        "first_seconds": round(seconds[0], 2),
        "tflops": round(reached, 3),
        "of_product_peak": round(reached / max(top["tflops"].values()), 3),
        "of_sheet_peak": round(reached / sheet, 3) if sheet else None,
        "memory_gb": _memory_gb(setting),
    }


def _forget(setting: Setting) -> None:
    devices.release()
    if setting.device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _memory_gb(setting: Setting) -> float:
    """The GPU's at its peak; 0 on a CPU, where a process has one peak for all."""
    if setting.device != "cuda":
        return 0.0
    return round(torch.cuda.max_memory_allocated() / 1e9, 2)
