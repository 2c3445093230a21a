"""All languages of a task scored, by ours and by `transformers.Trainer.predict`.

All have the same encoder and head, and predict the same items: ours, the Trainer as it
is set up by default, and the Trainer with every flag that helps (`best_flags`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from xitt.inputs.features import Features, concat
from xitt.models import encoders, heads
from xitt.running.benchmark import contenders
from xitt.running.benchmark.training import flops_per_token
from xitt.running.benchmark.turns import in_turn
from xitt.scoring import prediction
from xitt.training import devices

BATCH = 32  # examples of a batch of the Trainer at its best; by default it takes 8


class Predictor(contenders.Classifier):
    """A classifier that says which item each of its logits belongs to.

    The Trainer groups what it predicts by length, and returns it in that order.
    """

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, item: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        return {"logits": self.logits(input_ids, attention_mask), "item": item}


def measure(
    encoder: str, made: Mapping[str, Features], *, rounds: int, precision: str = "auto"
) -> dict[str, Any]:
    """Examples a second of all, the ratios, and the share of equal predictions.

    made: classification features by language.

    Returns:
        `ratio_trainer` and `ratio_trainer_best`: how many times as long as ours each
        took; `equal_predictions`: the share of items of which ours and the latter say
        the same; `gflops`: what ours computes a second.
    """
    precision = devices.precision(precision, devices.device())
    model, _ = encoders.load(encoder)
    head = heads.head_for(model, "classification", contenders.N_LABELS, seed=0)
    every = concat(list(made.values()))

    def ours() -> np.ndarray:
        found = prediction.predict_all(model, head, made, precision=precision)
        return np.concatenate([np.stack(found[lang]) for lang in made])

    turns = in_turn(
        {
            "ours": ours,
            "trainer": trainer(encoder, every, {}),
            "trainer_best": trainer(encoder, every, best_flags(precision)),
        },
        rounds,
    )
    one, other = (turns.returned[k].argmax(axis=1) for k in ("ours", "trainer_best"))
    work = float(flops_per_token(encoder, every)) / 3 * int(every.tokens.sum())
    return {
        "languages": len(made),
        "examples": len(every),
        "precision": precision,
        "examples_per_second": {
            name: round(len(every) / turns.median(name), 1) for name in turns.seconds
        },
        "equal_predictions": round(float((one == other).mean()), 4),
        "gflops": round(work / turns.median("ours") / 1e9, 1),
        "ratio_trainer": turns.ratio("trainer"),
        "ratio_trainer_best": turns.ratio("trainer_best"),
    }


def best_flags(precision: str) -> dict[str, Any]:
    """Those of the Trainer that help where nothing is trained."""
    return {
        "per_device_eval_batch_size": BATCH,
        "train_sampling_strategy": "group_by_length",
        "bf16_full_eval": precision == "bf16",
    }


def trainer(
    encoder: str, made: Features, flags: dict[str, Any]
) -> Callable[[], np.ndarray]:
    """The Trainer, its model loaded: logits (N, K) in the order of the items."""
    from transformers import Trainer, TrainingArguments
    from transformers.trainer_callback import PrinterCallback, ProgressCallback

    model, _ = encoders.load(encoder)
    model.set_attn_implementation("sdpa")
    head = heads.head_for(model, "classification", contenders.N_LABELS, seed=0)
    examples = [
        {"input_ids": contenders.token_ids(made, item), "item": item}
        for item in range(len(made))
    ]

    def collate(some: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        batch = contenders.padded([x["input_ids"] for x in some], made.pad_id)
        return {**batch, "item": torch.tensor([x["item"] for x in some])}

    def predict() -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                output_dir=folder, report_to="none", disable_tqdm=True,
                remove_unused_columns=False, use_cpu=devices.device().type == "cpu",
                **flags,
            )  # fmt: skip
            peer = Trainer(Predictor(model, head), arguments, data_collator=collate)
            for callback in (PrinterCallback, ProgressCallback):
                peer.remove_callback(callback)
            logits, items = peer.predict(examples).predictions
        return logits[np.argsort(items)]

    return predict
