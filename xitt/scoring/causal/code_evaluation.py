"""Scores of a causal language model that writes programs, by the tests they pass.

All languages and splits go through the model in one pass. Each problem's own solution
has passed in the sandbox before; programs run there, each within the time that its
problem's solution calls for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from xitt.errors import UserError
from xitt.scoring.causal import generation, likelihood
from xitt.scoring.causal.likelihood import Likelihood, Request
from xitt.scoring.evaluation import Part, Rows, Scored, Scores
from xitt.scoring.metrics import bootstrap, named
from xitt.scoring.metrics.programs import Attempts
from xitt.scoring.programs import protocols, sandbox, solutions
from xitt.scoring.programs.protocols import Problem, Protocol
from xitt.scoring.programs.sandbox import Outcome
from xitt.scoring.programs.solutions import Judged
from xitt.tasks.schema import Task


def score(
    task: Task,
    model: Any,
    tokenizer: Any,
    rows: Mapping[Part, Rows],
    *,
    protocol: str = "completion",
    samples: int = 1,
    temperature: float = 0.0,
    top_p: float = 1.0,
    max_new_tokens: int = 0,
    seed: int = 0,
    token_budget: int,
    precision: str,
    draws: int,
    workers: int = 0,
    folder: Path | None = None,
) -> Scored:
    """Scores of every part of `rows`, and the texts that the model wrote.

    protocol: an entry of `programs/protocols.yaml`.
    samples: programs a problem; one is written greedily where temperature is 0.
    max_new_tokens: 0 for the protocol's.
    folder: where texts are kept until all are written, see `answers.given`.
    workers: programs that run at a time; 0 for as many as there are processors.

    Returns:
        Scores by split and language as `bootstrap.summary` gives them, with `protocol`
        (name and version), `decoding` (what samples were drawn with) and `excluded`
        (problems whose own solution fails in some language: they are left out of all).
        A prediction is the list of a problem's texts, empty for an excluded one.

    Raises:
        UserError: for an unknown protocol, several samples at temperature 0, no
            sandbox, or no problem whose solution passes.
    """
    if samples < 1 or (samples > 1 and temperature <= 0):
        raise UserError(
            f"{samples} samples at temperature {temperature} cannot differ; give 1, or "
            f"a temperature such as 0.8"
        )
    chosen = protocols.get(protocol)
    decoding = {
        "samples": samples,
        "temperature": temperature,
        "top_p": top_p,
        "seed": seed,
        "max_new_tokens": max_new_tokens or chosen.max_new_tokens,
    }
    how = {"token_budget": token_budget, "precision": precision, "folder": folder}
    asked, excluded = _asked(task, rows, workers)
    problems = [one.problem for one in asked]
    prompts = [chosen.asks(problem, tokenizer) for problem in problems]
    texts = generation.generate(
        model, tokenizer, prompts, stops=chosen.stops, **decoding, **how
    )
    outcomes = _run(asked, texts, chosen, workers)
    requests = list(map(Request, prompts, map(chosen.answers, problems)))
    likely = likelihood.score(model, tokenizer, requests, **how)
    made = {one[:2]: each for one, *each in zip(asked, texts, outcomes, likely)}
    scores: Scores = {}
    predictions: dict[Part, list[list[str]]] = {}
    for part, data in rows.items():
        mine = [made.get((part, name)) for name in data["id"]]
        predictions[part] = [each[0] if each else [] for each in mine]
        attempts = [_attempts(*each[1:]) for each in mine if each]
        scores.setdefault(part[0], {})[part[1]] = {
            **_summary(task, part[0], attempts, draws),
            "protocol": chosen.stamp,
            "decoding": decoding,
            "excluded": sorted(excluded[part[0]]),
        }
    return Scored(scores, predictions, {})


def _summary(
    task: Task, split: str, attempts: Sequence[Attempts], draws: int
) -> dict[str, Any]:
    """One language's scores; all are resampled alike, since their problems are."""
    metric = named.get(task.metric)
    counts = metric.counts(attempts, ())
    return bootstrap.summary(metric, counts, key=(task.name, split), draws=draws)


class Asked(NamedTuple):
    """A problem that is scored, and the seconds that a program for it may take."""

    part: Part
    id: str
    problem: Problem
    limit: float


def _asked(
    task: Task, rows: Mapping[Part, Rows], workers: int
) -> tuple[list[Asked], dict[str, dict]]:
    """What is scored of all parts, and what is not: by split, as `solutions` says."""
    problems = {part: _problems(data) for part, data in rows.items()}
    judged: dict[str, dict[str, dict[str, Judged]]] = {}
    for (split, lang), some in problems.items():
        found = solutions.judge(some, workers)
        judged.setdefault(split, {})[lang] = {p.id: j for p, j in zip(some, found)}
    excluded = {
        split: solutions.excluded(f"{task.name}, {split}", by_lang)
        for split, by_lang in judged.items()
    }
    asked = [
        Asked((split, lang), p.id, p, judged[split][lang][p.id].limit)
        for (split, lang), some in problems.items()
        for p in some
        if p.id not in excluded[split]
    ]
    return asked, excluded


def _problems(data: Rows) -> list[Problem]:
    columns = (list(data[name]) for name in Problem._fields)
    return [Problem(*fields) for fields in zip(*columns)]


def _run(
    asked: Sequence[Asked],
    texts: Sequence[Sequence[str]],
    chosen: Protocol,
    workers: int,
) -> list[list[Outcome]]:
    """What became of each problem's programs; one that occurs again runs once."""
    programs = [
        [chosen.assembled(one.problem, text) for text in some]
        for one, some in zip(asked, texts, strict=True)
    ]
    limits: dict[str, float] = {}
    for one, some in zip(asked, programs):
        limits.update((program, one.limit) for program in some)
    found = sandbox.run_all(list(limits), list(limits.values()), workers=workers)
    outcomes = dict(zip(limits, found))
    return [[outcomes[program] for program in some] for some in programs]


def _attempts(outcomes: Sequence[Outcome], solution: Likelihood) -> Attempts:
    return Attempts(
        samples=len(outcomes),
        passed=sum(one.passed for one in outcomes),
        parsed=sum(one.parsed for one in outcomes),
        ran=sum(one.ran for one in outcomes),
        likelihood=solution.total,
        tokens=solution.tokens,
    )
