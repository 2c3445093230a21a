"""What a model gives batch by batch is kept, told, and goes on where it stopped."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
import tiny_lm
import torch

from xitt.scoring import batches
from xitt.scoring.causal import generation, likelihood
from xitt.scoring.causal.likelihood import Request
from xitt.training import keeping, progress

PROMPTS = ["ab", "abc", "b", "abcab", "ca"]
QUEUE = [np.array(each) for each in ([3, 1], [4, 0], [2])]


class Model:
    """Counts what it computes, and asks for a stop after some batches."""

    def __init__(self, stop_after: int = 99):
        self.seen: list[list[int]] = []
        self.stop_after = stop_after

    def __call__(self, items: np.ndarray) -> np.ndarray:
        self.seen.append(items.tolist())
        if len(self.seen) == self.stop_after:
            os.kill(os.getpid(), signal.SIGTERM)
        return items * 1.5


def collect(model, folder, mark="m"):
    kept = keeping.Kept(folder, lambda: mark) if folder else None
    found = batches.computed(QUEUE, model, unit="text", kept=kept)
    return {i: v for items, values in found for i, v in zip(items.tolist(), values)}


def test_a_stopped_evaluation_goes_on_with_the_batch_it_was_at(tmp_path):
    whole = collect(Model(), None)
    with pytest.raises(KeyboardInterrupt):
        collect(Model(stop_after=2), tmp_path)
    again = Model()
    assert collect(again, tmp_path) == whole
    assert again.seen == [[2]]


def test_what_is_kept_of_another_model_is_not_read(tmp_path):
    for mark in ("one", "two"):
        with pytest.raises(KeyboardInterrupt):
            collect(Model(stop_after=1), tmp_path, mark)
    again = Model()
    collect(again, tmp_path, "one")
    assert again.seen == [[3, 1], [4, 0], [2]]
    keeping.clear(tmp_path)
    assert not list(tmp_path.rglob("*.npz"))


def test_a_batch_that_memory_cannot_hold_is_halved():
    def compute(items):
        if len(items) > 1:
            raise torch.OutOfMemoryError("of a batch")
        return items

    found = [items.tolist() for items, _ in batches.computed(QUEUE, compute, unit="x")]
    assert found == [[3], [1], [4], [0], [2]]


def test_lines_say_how_far_it_is(monkeypatch, capsys):
    monkeypatch.setenv("XITT_PROGRESS", "0")
    monkeypatch.setattr(progress, "EVERY", 0.0)
    list(batches.computed(QUEUE, Model(), unit="text"))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "  2 of 5 texts",
        "  4 of 5 texts",
    ]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_texts_and_likelihoods_are_the_same_after_a_stop(
    tmp_path, monkeypatch, temperature
):
    model, tokenizer = tiny_lm.model("llama"), tiny_lm.tokenizer()
    requests = [Request(a, b) for a in PROMPTS for b in (" a", " b")]

    def run(folder):
        drawn = {"temperature": temperature, "samples": 2 if temperature else 1}
        options = {"token_budget": 16, "precision": "fp32", "folder": folder}
        texts = generation.generate(
            model, tokenizer, PROMPTS, max_new_tokens=4, **drawn, **options
        )
        return texts, likelihood.score(model, tokenizer, requests, **options)

    whole, left = run(None), 3
    halved = batches._halved

    def stopping(queue, compute):
        nonlocal left
        for each in halved(queue, compute):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGTERM)
            yield each

    monkeypatch.setattr(batches, "_halved", stopping)
    stops = 0
    while stops < 20:
        try:
            found = run(tmp_path)
            break
        except KeyboardInterrupt:
            stops, left = stops + 1, 3
    assert stops and found == whole
