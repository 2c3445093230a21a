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
    log, head: None where the model is scored as it is.
    """

    log: dict[str, Any] | None
    model: Any
    head: Any
    tokenizer: Any
    n_train: int


_last: dict[str, Finetuned] = {}  # of this process, by what decides the training


def finetuned(run: Run, material: Material) -> Finetuned:
    """The model of a target run: trained now, or by the run before that shares it."""
    key = run.training_key or run.started_from
    if key not in _last:
        forget()
        _last[key] = _train(run, material) if run.training_key else untrained(run)
        devices.release()
    return _last[key]


def untrained(run: Run) -> Finetuned:
    """The model that a run starts from, scored as it is."""
    model, tokenizer = training.of(run).plain(run)
    return Finetuned(None, model, None, tokenizer, 0)


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
    return Finetuned(fitted.log, model, fitted.heads[name], tokenizer, len(rows))


# ---------------------------------------------------------- what both phases begin with


def hyperparameters(run: Run, recipe: dict[str, Any], **more: Any) -> Hyperparameters:
    """The study's hyperparameters with those of a recipe."""
    own = {key: recipe[key] for key in ("lr", "epochs", "batch")}
    return Hyperparameters.of({**run.profile["training"], **own, **more})
