"""What a causal model answers, batch by batch, kept on disk while it goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xitt.scoring import batches
from xitt.training import checkpoints, devices
from xitt.training.keeping import Kept


def given(
    model: Any,
    queue: Sequence[np.ndarray],
    answer: Callable[[np.ndarray], Any],
    *,
    unit: str,
    precision: str,
    asked: Any,
    folder: Path | None,
) -> Iterator[tuple[np.ndarray, Any]]:
    """The items of each batch of `queue`, and what `answer` gives for them, from JSON.

    asked: what is asked and how, as JSON holds it: with the weights it tells what is
        kept in `folder` of other questions apart.
    """
    weights = list(model.parameters())  # as they are, not as they are cast below
    kept = None
    if folder:
        how = {"asked": asked, "precision": precision, "device": model.device.type}
        mark = checkpoints.fingerprint(how, weights)
        kept = Kept(folder / mark[:16], lambda: mark)

    def compute(items: np.ndarray) -> np.ndarray:
        return np.frombuffer(json.dumps(answer(items)).encode(), np.uint8)

    with devices.cast_once(model, precision):
        for items, stored in batches.computed(queue, compute, unit=unit, kept=kept):
            yield items, json.loads(stored.tobytes())
