"""A run's training on its English target task, once for all targets that share it.

XQuAD and MLQA are trained on the same rows by the same recipe; where both are made by
one process, the second is scored with the model of the first, to the same bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from xitt.study.families import training
from xitt.study.grid import Run
from xitt.study.run_data import Material
from xitt.tasks.registry import ENGLISH
from xitt.training import devices, loop
from xitt.training.hyperparameters import Hyperparameters


class Finetuned(NamedTuple):
    """A trained model with its head, and how many rows it was trained on.

    model: as the run's family loads it: the encoder, or the causal language model.
    """

    result: loop.Result
    model: Any
    head: Any
    tokenizer: Any
    n_train: int


_last: dict[str, Finetuned] = {}  # of this process, by what decides the training


def finetuned(run: Run, material: Material) -> Finetuned:
    """The model of a target run: trained now, or by the run before that shares it."""
    if run.training_key not in _last:
        forget()
        _last[run.training_key] = _train(run, material)
        devices.release()
    return _last[run.training_key]


def forget() -> None:
    """Let go of the last model."""
    _last.clear()
    devices.release()


def _train(run: Run, material: Material) -> Finetuned:
    recipe, name = run.params["recipe"], run.target
    family = training.of(run)
    model, tokenizer = family.load(run)
    rows = material.train[name][ENGLISH]
    family.tokenise(run, material.scored, tokenizer)
    fitted = loop.fit(
        family.trunk(model),
        tokenizer,
        {name: family.features(run, name, {ENGLISH: rows}, tokenizer)},
        {name: family.head(run, name, model)},
        settings=hyperparameters(run, recipe),
        seed=run.seed,
        folder=run.folder / "checkpoint",
    )
    return Finetuned(fitted, model, fitted.heads[name], tokenizer, len(rows))


# ---------------------------------------------------------- what both phases begin with


def hyperparameters(run: Run, recipe: dict[str, Any], **more: Any) -> Hyperparameters:
    """The study's hyperparameters with those of a recipe."""
    own = {key: recipe[key] for key in ("lr", "epochs", "batch")}
    return Hyperparameters.of({**run.profile["training"], **own, **more})
