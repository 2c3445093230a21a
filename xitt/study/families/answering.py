"""Causal language models, trained to answer tasks in words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from xitt import paths
from xitt.data import examples
from xitt.inputs import features as inputs
from xitt.inputs import token_cache
from xitt.models import adapters, causal, next_token
from xitt.scoring import evaluation, prediction
from xitt.study import data_source, profiles
from xitt.study.families import asking
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task
from xitt.training import processes

NLL = "answer_nll"  # nats a token of the right answers, its end included


def plain(run: Run) -> tuple[Any, Any]:
    """The model that a run starts from, and its tokenizer."""
    return causal.load(run.parent.encoder if run.parent else run.profile["causal"])


def load(run: Run) -> tuple[Any, Any]:
    """The model that a run starts from, ready to be tuned, and its tokenizer."""
    model, tokenizer = plain(run)
    return adapters.adapted(model, run.profile["tuning"], seed=run.seed), tokenizer


def trunk(model: Any) -> Any:
    """The decoder below the output embedding."""
    return adapters.inner(model).base_model


def features(
    run: Run, task: str, rows: dict[str, Any], tokenizer: Any, candidates: bool = False
) -> Any:
    """The rows of every language, said in that language, as one set of features."""
    options = {
        "task": task,
        "labels": examples.labels(task, data_source.source(run.profile)),
        "seed": run.seed,
        "max_length": profiles.recipe(run.profile, run.phase, task)["max_length"],
        "candidates": candidates,
    }
    made = [
        token_cache.verbalised(some, tokenizer, lang=lang, **options)
        for lang, some in rows.items()
    ]
    return inputs.concat(made)


def head(run: Run, task: str, model: Any) -> Any:
    """The model's own output embedding, at the tokens of answers."""
    return next_token.head_of(adapters.inner(model))


def tokenise(run: Run, scored: dict[str, dict], tokenizer: Any) -> None:
    """What is validated later as token ids, so that what does not fit shows before.

    Targets are scored by protocols of their own (`xitt.scoring`).
    """
    for name, parts in scored.items() if run.phase == "intermediate" else ():
        _to_validate(run, name, parts, tokenizer)


def _to_validate(run: Run, name: str, parts: dict, tokenizer: Any) -> Any:
    """English validation rows with their answer, or with every label or choice."""
    rows = {ENGLISH: parts["validation", ENGLISH]}
    return features(run, name, rows, tokenizer, candidates=_ranked(name))


def _ranked(name: str) -> bool:
    return kinds.get(registry.get(name).kind).gold == "label"


def validated(
    run: Run, name: str, parts: dict, model: Any, head: Any, tokenizer: Any, **how: Any
) -> tuple[dict[str, Any], int]:
    """How likely the right answers of an intermediate task's validation rows are.

    The row's label, among those that there are, is the one whose words the model holds
    most likely in all; tasks without labels have `answer_nll` alone. And how many rows
    were too long. how: token_budget, precision and draws.
    """
    task, draws = registry.get(name), how.pop("draws")
    made = _to_validate(run, name, parts, tokenizer)
    scores = prediction.predict(trunk(model), head, made, **how)
    rows = parts["validation", ENGLISH]
    if not _ranked(name):
        found = {NLL: _mean_nll(scores), "n": len(rows), "headline": NLL}
        return found, made.truncated
    bounds = np.searchsorted(made.rows, np.arange(len(rows) + 1))
    sums = np.array([values.sum() for values in scores])
    predicted = [int(np.argmax(sums[a:b])) for a, b in pairwise(bounds)]
    right = [scores[a + label] for a, label in zip(bounds, rows["label"])]
    labels = examples.labels(name, data_source.source(run.profile))
    part = ("validation", ENGLISH)
    summaries = evaluation.summaries(task, labels, {part: predicted}, parts, draws)
    return {
        **summaries["validation"][ENGLISH],
        NLL: _mean_nll(right),
        "headline": evaluation.metric_of(task).headline,
    }, made.truncated


def scored(
    run: Run, task: Task, model: Any, head: Any, tokenizer: Any, parts: dict, **how: Any
) -> evaluation.Scored:
    """A target in every language, asked as the study asks it."""
    model = adapters.inner(model)
    folder = None if processes.rank() else run.folder / "logits"
    return asking.score(
        run.profile, task, model, tokenizer, parts, seed=run.seed, folder=folder, **how
    )


def _mean_nll(scores: list[np.ndarray]) -> float:
    return round(-float(np.concatenate(scores).mean(dtype=np.float64)), 4)


def save(run: Run, model: Any, tokenizer: Any, folder: Path) -> None:
    """Write what was trained where `load` of a later run finds it."""
    if run.profile["tuning"]["method"] == "full":
        causal.save(model, tokenizer, folder)
    else:
        base = run.profile["causal"]
        local = paths.typed(base)
        adapters.save(model, str(local if local.is_dir() else base), folder)


def described(model: Any) -> dict[str, Any]:
    """What a record says of the model besides its identity."""
    return {"trainable_parameters": adapters.trainable(model)}
