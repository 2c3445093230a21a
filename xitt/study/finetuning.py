"""A run's training on its English target task, once for all targets that share it.

XQuAD and MLQA are trained on the same rows by the same recipe; where both are made by
one process, the second is scored with the model of the first, to the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xitt.study.families import training
from xitt.study.run import Run
from xitt.study.run_data import Material, Rows
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
    found = last(run)
    if found is None:
        forget()
        found = _train(run, material) if run.training_key else untrained(run)
        _last[_key(run)] = found
        devices.release()
    return found


def last(run: Run) -> Finetuned | None:
    """The model of a target run, where the last one made here is its."""
    return _last.get(_key(run))


def _key(run: Run) -> str:
    return run.training_key or run.started_from


def untrained(run: Run) -> Finetuned:
    """The model that a run starts from, scored as it is."""
    model, tokenizer = training.of(run).plain(run)
    return Finetuned(None, model, None, tokenizer, 0)


def forget() -> None:
    """Let go of the last model."""
    if _last:
        _last.clear()
        devices.release()


def _train(run: Run, material: Material) -> Finetuned:
    rows = material.train[run.target][ENGLISH]
    return train(run, [rows], run.folder / "checkpoint", material.scored)


def train(
    run: Run, stages: Sequence[Rows], folder: Path, scored: dict[str, dict]
) -> Finetuned:
    """A model and a head, trained on the rows of each stage in turn.

    folder: of the checkpoint; a stage after the first has a folder inside it.
    scored: what is scored later, tokenised first; see `Material`.
    """
    recipe, name = run.params["recipe"], run.target
    family = training.of(run)
    model, tokenizer = family.load(run)
    family.tokenise(run, scored, tokenizer)
    heads = {name: family.head(run, name, model)}
    for number, rows in enumerate(stages):
        fitted = loop.fit(
            family.trunk(model),
            tokenizer,
            {name: family.features(run, name, {ENGLISH: rows}, tokenizer)},
            heads,
            settings=hyperparameters(run, recipe),
            seed=run.seed,
            folder=folder / str(number) if number else folder,
        )
        heads = fitted.heads
    return Finetuned(fitted.log, model, heads[name], tokenizer, sum(map(len, stages)))


# ---------------------------------------------------------- what both phases begin with


def hyperparameters(run: Run, recipe: dict[str, Any], **more: Any) -> Hyperparameters:
    """The study's hyperparameters with those of a recipe."""
    own = {key: recipe[key] for key in ("lr", "epochs", "batch")}
    return Hyperparameters.of({**run.profile["training"], **own, **more})
