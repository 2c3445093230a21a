"""The same fine-tuning as others do it, to be timed beside ours.

Each contender trains one encoder with a classification head on the same examples: the
steps of a round hold the same 32 examples for all but the last, whose sampler groups
examples by length. A contender is a function of rows that trains on them once.

- `padded_fp32`: the example scripts of XTREME and of transformers: every pair padded to
  the maximum length, float32, all parameters trained.
- `trainer_dynamic`: transformers' Trainer as its users set it up: each batch padded
  to its longest pair, everything else by default.
- `trainer_best`: the Trainer with every flag that helps here: examples grouped by
  length, the fused optimizer, bf16 where it is the quicker format.
- `ours`: `xitt.training.loop.fit`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from xitt.errors import unknown
from xitt.inputs import features
from xitt.inputs.features import Features
from xitt.models import encoders, heads
from xitt.training import devices, loop
from xitt.training.hyperparameters import Hyperparameters, linear_schedule

BATCH, LR, CLIP, WARMUP = 32, 1e-5, 1.0, 0.1
N_LABELS = 3

Contender = Callable[[np.ndarray], None]


class Classifier(torch.nn.Module):
    """Encoder and head in the form that transformers' Trainer takes."""

    def __init__(self, encoder: Any, head: torch.nn.Module):
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        labels: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        logits = self.logits(input_ids, attention_mask)
        return {"loss": F.cross_entropy(logits, labels), "logits": logits}

    def logits(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(N, K) of token ids and their mask, (N, length)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        first = torch.arange(len(hidden), device=hidden.device) * hidden.shape[1]
        return self.head(hidden.flatten(0, 1), {"first": first})


def contender(name: str, encoder: str, made: Features, longest: int) -> Contender:
    """The contender `name`, its model loaded and ready to train.

    made: classification features; longest: the maximum length that padding goes to.
    """
    makers = {
        "ours": _ours,
        "padded_fp32": _padded,
        "trainer_dynamic": _trainer,
        "trainer_best": _trainer,
    }
    if name not in makers:
        raise unknown("contender", name, makers)
    model, tokenizer = encoders.load(encoder)
    options = {"longest": longest, "best": name == "trainer_best"}
    return _ready(makers[name], model, tokenizer, made, options)


def ours(
    model: Any, tokenizer: Any, made: Features, *, batch: int, token_budget: int
) -> Contender:
    """`ours` of a model at hand, with steps and micro-batches of other sizes."""
    options = {"batch": batch, "token_budget": token_budget}
    return _ready(_ours, model, tokenizer, made, options)


def trainer(model: Any, made: Features, *, batch: int, **flags: Any) -> Contender:
    """`trainer_best` of a model at hand, with steps of another size and more flags."""
    options = {"best": True, "batch": batch, "flags": flags}
    return _ready(_trainer, model, None, made, options)


def _ready(
    maker: Callable[..., Contender], model: Any, tokenizer: Any, made: Features,
    options: dict[str, Any],
) -> Contender:  # fmt: skip
    if maker is not _ours:  # as others load it
        model.set_attn_implementation("sdpa")
    head = heads.head_for(model, "classification", N_LABELS, seed=0)
    return maker(model, tokenizer, head, made, options)


def _ours(
    model: Any, tokenizer: Any, head: Any, made: Features, options: dict
) -> Contender:
    settings = Hyperparameters(
        lr=LR,
        epochs=1,
        batch=options.get("batch", BATCH),
        warmup_share=WARMUP,
        clip=CLIP,
        token_budget=options.get("token_budget", 4096),
    )

    def train(items: np.ndarray) -> None:
        part = features.select(made, items)
        part = replace(part, rows=np.arange(len(part)), n_rows=len(part))
        loop.fit(
            model, tokenizer, {"task": part}, {"task": head}, settings=settings, seed=0
        )

    return train


def _padded(
    model: Any, tokenizer: Any, head: Any, made: Features, options: dict
) -> Contender:
    where = devices.device()
    both = Classifier(model, head).to(where).train()

    def train(items: np.ndarray) -> None:
        optimizer = torch.optim.AdamW(both.parameters(), lr=LR, weight_decay=0.0)
        order = np.random.default_rng([0, 0]).permutation(len(items))
        steps = [items[order[i : i + BATCH]] for i in range(0, len(items), BATCH)]
        for step, some in enumerate(steps):
            batch = _pad([_example(made, i) for i in some], made.pad_id, **options)
            loss = both(**{k: v.to(where) for k, v in batch.items()})["loss"]
            loss.backward()
            torch.nn.utils.clip_grad_norm_(both.parameters(), CLIP)
            for group in optimizer.param_groups:
                group["lr"] = LR * linear_schedule(step, len(steps), WARMUP)
            optimizer.step()
            optimizer.zero_grad()
        if where.type == "cuda":
            torch.cuda.synchronize()

    return train


def _trainer(
    model: Any, tokenizer: Any, head: Any, made: Features, options: dict
) -> Contender:
    from transformers import Trainer, TrainingArguments
    from transformers.trainer_callback import PrinterCallback, ProgressCallback

    both = Classifier(model, head)
    flags: dict[str, Any] = {"use_cpu": devices.device().type == "cpu"}
    if options["best"]:
        flags |= {
            "train_sampling_strategy": "group_by_length",
            "optim": "adamw_torch_fused",
            "bf16": devices.precision("auto", devices.device()) == "bf16",
        } | options.get("flags", {})

    def collate(examples: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        return _pad(examples, made.pad_id)

    def train(items: np.ndarray) -> None:
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                output_dir=folder, learning_rate=LR, num_train_epochs=1,
                per_device_train_batch_size=options.get("batch", BATCH),
                max_grad_norm=CLIP, warmup_steps=WARMUP, seed=0,
                report_to="none", save_strategy="no", logging_strategy="no",
                disable_tqdm=True, **flags,
            )  # fmt: skip
            trainer = Trainer(
                both, arguments, data_collator=collate,
                train_dataset=[_example(made, item) for item in items],
            )  # fmt: skip
            for callback in (PrinterCallback, ProgressCallback):
                trainer.remove_callback(callback)
            trainer.train()

    return train


def _example(made: Features, item: int) -> dict[str, Any]:
    return {"input_ids": token_ids(made, item), "labels": int(made.labels[item])}


def token_ids(made: Features, item: int) -> list[int]:
    """The tokens of an item that is one sequence."""
    return made.ids[made.offsets[item] : made.offsets[item + 1]].tolist()


def _pad(
    examples: list[dict[str, Any]], filler: int, longest: int = 0, **_: Any
) -> dict[str, torch.Tensor]:
    batch = padded([x["input_ids"] for x in examples], filler, longest)
    return {**batch, "labels": torch.tensor([x["labels"] for x in examples])}


def padded(
    sequences: list[list[int]], filler: int, longest: int = 0
) -> dict[str, torch.Tensor]:
    """Token ids (n, length), filled up to `longest` or the longest, and their mask."""
    sizes = torch.tensor([len(ids) for ids in sequences])
    length = longest or int(sizes.max())
    rows = [ids + [filler] * (length - len(ids)) for ids in sequences]
    return {
        "input_ids": torch.tensor(rows),
        "attention_mask": (torch.arange(length) < sizes[:, None]).long(),
    }
