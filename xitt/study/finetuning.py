"""A run's training on its English target task, once for all targets that share it.

XQuAD and MLQA are trained on the same rows by the same recipe; where both are made by
one process, the second is scored with the model of the first, to the same bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from xitt.data import examples
from xitt.inputs import features, token_cache
from xitt.models import encoders, heads
from xitt.scoring import evaluation
from xitt.study import data_source, profiles
from xitt.study.grid import Run
from xitt.study.run_data import Material
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.training import devices, loop
from xitt.training.hyperparameters import Hyperparameters


class Finetuned(NamedTuple):
    """A trained encoder with its head, and how many rows it was trained on."""

    result: loop.Result
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
    encoder, tokenizer = backbone(run)
    rows = material.train[name][ENGLISH]
    tokenise(run, material.scored, tokenizer)
    fitted = loop.fit(
        encoder,
        tokenizer,
        {name: make_features(run, name, {ENGLISH: rows}, tokenizer)},
        {name: make_head(run, name, encoder)},
        settings=hyperparameters(run, recipe),
        seed=run.seed,
        folder=run.folder / "checkpoint",
    )
    return Finetuned(fitted, fitted.heads[name], tokenizer, len(rows))


# ---------------------------------------------------------- what both phases begin with


def backbone(run: Run) -> tuple[Any, Any]:
    """The encoder that a target run starts from, and its tokenizer."""
    parent = run.parent.encoder if run.parent else run.profile["encoder"]
    return encoders.load(parent)


def make_features(run: Run, task: str, rows: dict[str, Any], tokenizer: Any) -> Any:
    """The rows of every language as one set of features."""
    recipe = profiles.recipe(run.profile, run.phase, task)
    options = {key: recipe[key] for key in ("max_length", "doc_stride")}
    kind = registry.get(task).kind
    made = [
        token_cache.make(kind, some, tokenizer, **options) for some in rows.values()
    ]
    return features.concat(made)


def tokenise(run: Run, scored: dict[str, dict], tokenizer: Any) -> None:
    """What is scored later as token ids, so that what does not fit shows before."""
    for name, parts in scored.items():
        recipe = profiles.recipe(run.profile, run.phase, name)
        evaluation.tokenised(registry.get(name), tokenizer, parts, recipe)


def make_head(run: Run, task: str, encoder: Any) -> Any:
    """A fresh head for a task, from the run's seed."""
    labels = examples.labels(task, data_source.source(run.profile))
    kind = registry.get(task).kind
    return heads.head_for(encoder, kind, len(labels) or None, seed=run.seed)


def hyperparameters(run: Run, recipe: dict[str, Any], **more: Any) -> Hyperparameters:
    """The study's hyperparameters with those of a recipe."""
    own = {key: recipe[key] for key in ("lr", "epochs", "batch")}
    return Hyperparameters.of({**run.profile["training"], **own, **more})
