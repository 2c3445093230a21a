"""Encoders, trained under a fresh head for each task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xitt.data import examples
from xitt.inputs import features as inputs
from xitt.inputs import token_cache
from xitt.models import encoders, heads
from xitt.scoring import evaluation
from xitt.study import data_source, profiles
from xitt.study.run import Run
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task
from xitt.training import processes


def plain(run: Run) -> tuple[Any, Any]:
    """The encoder that a run starts from, and its tokenizer."""
    return encoders.load(run.parent.encoder if run.parent else run.profile["encoder"])


load = plain  # all of it is trained


def trunk(encoder: Any) -> Any:
    """What gives hidden states to heads."""
    return encoder


def features(run: Run, task: str, rows: dict[str, Any], tokenizer: Any) -> Any:
    """The rows of every language as one set of features."""
    recipe = profiles.recipe(run.profile, run.phase, task)
    options = {key: recipe[key] for key in ("max_length", "doc_stride")}
    kind = registry.get(task).kind
    made = [
        token_cache.make(kind, some, tokenizer, **options) for some in rows.values()
    ]
    return inputs.concat(made)


def head(run: Run, task: str, encoder: Any) -> Any:
    """A fresh head for a task, from the run's seed."""
    labels = examples.labels(task, data_source.source(run.profile))
    kind = registry.get(task).kind
    return heads.head_for(encoder, kind, len(labels) or None, seed=run.seed)


def tokenise(run: Run, scored: dict[str, dict], tokenizer: Any) -> None:
    """What is scored later as token ids, so that what does not fit shows before."""
    for name, parts in scored.items():
        recipe = profiles.recipe(run.profile, run.phase, name)
        evaluation.tokenised(registry.get(name), tokenizer, parts, recipe)


def validated(
    run: Run,
    name: str,
    parts: dict,
    encoder: Any,
    head: Any,
    tokenizer: Any,
    **how: Any,
) -> tuple[dict[str, Any], int]:
    """An intermediate task's own validation scores, in English, with its headline.

    And how many of its inputs were too long. how: token_budget, precision and draws.
    """
    task = registry.get(name)
    scored = evaluation.score(
        task,
        examples.labels(name, data_source.source(run.profile)),
        encoder,
        head,
        tokenizer,
        parts,
        recipe=profiles.recipe(run.profile, "intermediate", name),
        **how,
    )
    headline = evaluation.metric_of(task).headline
    truncated = scored.truncated["validation"][ENGLISH]
    return {**scored.scores["validation"][ENGLISH], "headline": headline}, truncated


def scored(
    run: Run, task: Task, model: Any, head: Any, tokenizer: Any, parts: dict, **how: Any
) -> evaluation.Scored:
    """A target in every language, by the head that was trained on it."""
    return evaluation.score(
        task,
        examples.labels(task.name, data_source.source(run.profile)),
        model,
        head,
        tokenizer,
        parts,
        recipe=run.params["recipe"],
        folder=None if processes.rank() else run.folder / "logits",
        **how,
    )


def save(run: Run, encoder: Any, tokenizer: Any, folder: Path) -> None:
    """Write the trained encoder where `load` of a later run finds it."""
    encoders.save(encoder, tokenizer, folder)


def described(encoder: Any) -> dict[str, Any]:
    """What a record says of the model besides its identity."""
    return {}
