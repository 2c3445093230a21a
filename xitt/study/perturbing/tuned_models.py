"""Fine-tuned models, kept until all that is asked of them is recorded.

Where a profile says `keep_models`, a target run leaves its model and head for the runs
on perturbed input. What fine-tuning did not move is left out: of e5-small's 471 MB most
are embeddings of pieces that no training row reads. A model that is not kept is trained
again, to the same bits on the same machine.
"""

from __future__ import annotations

import shutil
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from xitt import files
from xitt.study import grid
from xitt.study.families import models, training
from xitt.study.finetuning import Finetuned
from xitt.study.run import Run
from xitt.training import processes

NAME = "moved.safetensors"


def keep(run: Run, fitted: Finetuned) -> None:
    """Keep the model of a target run, where its study does and something waits for it.

    It is the same for all targets of one training.
    """
    if not run.profile.get("keep_models") or run.tuned.is_dir() or processes.rank():
        return
    if not grid.awaited(run):
        return
    base, _ = models.of(run.profile).load(models.name(run.profile))
    moved = difference(base.state_dict(), fitted.model.state_dict())
    head = {f"head/{k}": v.contiguous() for k, v in fitted.head.state_dict().items()}
    with files.whole_folder(run.tuned) as folder:
        save_file(moved | head, folder / NAME)


def load(run: Run) -> tuple[Any, Any, Any] | None:
    """Model, head and tokenizer of a target run as it kept them; None where it did not.

    Equal to the bit to what was trained.
    """
    if not run.tuned.is_dir():
        return None
    model, tokenizer = models.of(run.profile).load(models.name(run.profile))
    head = training.of(run).head(run, run.target, model)
    stored = load_file(run.tuned / NAME)
    model.load_state_dict(restored(model.state_dict(), stored))
    own = {k.removeprefix("head/"): v for k, v in stored.items() if "head/" in k[:5]}
    head.load_state_dict(own)
    return model.eval(), head.eval(), tokenizer


def release(run: Run) -> None:
    """Remove the kept model of a target run once nothing waits for it any more."""
    if run.tuned.is_dir() and not grid.awaited(run):
        shutil.rmtree(run.tuned, ignore_errors=True)


Tensors = dict[str, torch.Tensor]


def difference(before: Tensors, after: Tensors) -> Tensors:
    """What turns the tensors `before` into `after`: the rows that differ, else all."""
    found: Tensors = {}
    for name, new in after.items():
        new, old = new.cpu(), before[name].cpu()
        if torch.equal(new, old):
            continue
        rows = (new != old).flatten(1).any(dim=1) if new.ndim > 1 else None
        if rows is None or 2 * int(rows.sum()) > len(rows):
            found[f"whole/{name}"] = new.contiguous()
        else:
            found[f"rows/{name}"] = rows.nonzero().squeeze(1)
            found[f"values/{name}"] = new[rows]
    return found


def restored(before: Tensors, moved: Tensors) -> Tensors:
    """The tensors `after` of `difference`."""
    after = {name: tensor.clone() for name, tensor in before.items()}
    for key, tensor in moved.items():
        part, _, name = key.partition("/")
        if part == "whole":
            after[name] = tensor
        elif part == "rows":
            after[name][tensor] = moved[f"values/{name}"]
    return after
