"""Choices scored and texts written by a causal model, ours beside the usual ways.

- choices: lm-evaluation-harness's HFLM on the same requests, in batches that it sorts
  by length itself.
- texts: `model.generate`, greedily and in batches, with its default cache.

Both peers have the model in bf16 as a whole where that is the quicker format, as their
users load it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from xitt.data import examples, inventory
from xitt.errors import UserError
from xitt.inputs import verbalising
from xitt.models import causal
from xitt.running.benchmark import harness
from xitt.running.benchmark.turns import in_turn
from xitt.scoring.causal import generation, likelihood
from xitt.scoring.causal.likelihood import Request
from xitt.scoring.protocols import solving, tables
from xitt.study import data_source, run_data
from xitt.study.profiles import Profile
from xitt.tasks import kinds, registry

MODEL = "smollm2-135m"
BATCH = 16  # of the peers
NEW_TOKENS = 48
PROTOCOL = "corrected"

Questions = list[tuple[Request, ...]]  # of each question a request a choice


# ---------------------------------------------------------------------------- the items


def questions(study: Profile, each: int) -> Questions:
    """Of every language `each` questions of XCOPA and as many of XNLI, with choices."""
    run_data.prepare(study)
    source, found = data_source.source(study), []
    ask = tables.get(PROTOCOL)
    task = registry.get("xcopa")
    for lang in _languages(task.name, source):
        rows = list(examples.load(task.name, lang, "test", source=source, limit=each))
        asked = kinds.function(task.kind, "ask")(task, ask, "test", lang, rows)
        found += [question.requests for question in asked]
    labels = examples.labels("xnli", source)
    say = partial(verbalising.asked, task="xnli", labels=labels)
    for lang in _languages("xnli", source):
        for row in examples.load("xnli", lang, "test", source=source, limit=each):
            prompt, answers = say(row, lang)
            found.append(tuple(Request(prompt, answer) for answer in answers))
    return found


def problems(study: Profile, each: int) -> list[str]:
    """Prompts of MGSM, `each` of every language."""
    run_data.prepare(study)
    source, task = data_source.source(study), registry.get("mgsm")
    ask, found = tables.get(PROTOCOL), []
    for lang in _languages(task.name, source):
        rows = list(examples.load(task.name, lang, "test", source=source, limit=each))
        found += [one.prompt for one in solving.math(task, ask, "test", lang, rows)]
    return found


def _languages(task: str, source: Any) -> list[str]:
    return inventory.languages(task, "test", source)


# ------------------------------------------------------------------------ what is timed


def choices(
    asked: Questions, *, rounds: int, precision: str, model: str = MODEL
) -> dict[str, Any]:
    """Requests a second of ours and of the harness, and how equal what they find is.

    Returns:
        `equal_choices`: the share of questions whose likeliest choice is the same;
        `difference`: of two likelihoods of a request, in nats a token, the mean. Where
        the harness cannot be had, `missing` says why and there is no `ratio`.
    """
    requests = [request for question in asked for request in question]
    mine, tokenizer = causal.load(model)
    contenders = {
        "ours": partial(
            likelihood.score, mine, tokenizer, requests, precision=precision
        )
    }
    missing = {}
    try:
        contenders["harness"] = _harness(model, requests, precision)
    except UserError as error:
        missing = {"missing": str(error)}
    turns = in_turn(contenders, rounds)
    found: dict[str, Any] = {
        "model": model,
        "requests": len(requests),
        "requests_per_second": {
            name: round(len(requests) / turns.median(name), 1) for name in contenders
        },
        **missing,
    }
    if missing:
        return found
    ours = np.array([one.total for one in turns.returned["ours"]])
    theirs = np.array([total for total, _ in turns.returned["harness"]])
    tokens = np.array([one.tokens for one in turns.returned["ours"]])
    bounds = pairwise(np.cumsum([0, *map(len, asked)]))
    same = [ours[a:b].argmax() == theirs[a:b].argmax() for a, b in bounds]
    return found | {
        "equal_choices": round(float(np.mean(same)), 4),
        "difference": round(float(np.mean(abs(ours - theirs) / tokens)), 6),
        "ratio": turns.ratio("harness"),
    }


def _harness(model: str, requests: Sequence[Request], precision: str) -> Any:
    peer = harness.language_model(*_peer(model, precision), BATCH)
    from lm_eval.api.instance import Instance

    asked = [
        Instance("loglikelihood", {}, tuple(request), place)
        for place, request in enumerate(requests)
    ]
    return partial(peer.loglikelihood, asked, disable_tqdm=True)


def writing(
    prompts: Sequence[str], *, rounds: int, precision: str, model: str = MODEL,
    new_tokens: int = NEW_TOKENS,
) -> dict[str, Any]:  # fmt: skip
    """Texts a second of ours and of `model.generate`, and the share of equal texts."""
    mine, tokenizer = causal.load(model)
    options = {"max_new_tokens": new_tokens, "precision": precision}
    turns = in_turn(
        {
            "ours": lambda: [
                texts[0]
                for texts in generation.generate(mine, tokenizer, prompts, **options)
            ],
            "generate": _generate(model, prompts, precision, new_tokens),
        },
        rounds,
    )
    pairs = zip(*turns.returned.values(), strict=True)
    return {
        "model": model,
        "prompts": len(prompts),
        "new_tokens": new_tokens,
        "texts_per_second": {
            name: round(len(prompts) / turns.median(name), 2) for name in turns.seconds
        },
        "equal_texts": round(float(np.mean([one == other for one, other in pairs])), 4),
        "ratio": turns.ratio("generate"),
    }


def _generate(
    model: str, prompts: Sequence[str], precision: str, new_tokens: int
) -> Any:
    peer, tokenizer = _peer(model, precision)
    tokenizer.padding_side = "left"

    def write() -> list[str]:
        texts = []
        for first in range(0, len(prompts), BATCH):
            some = list(prompts[first : first + BATCH])
            batch = tokenizer(some, return_tensors="pt", padding=True).to(peer.device)
            with torch.inference_mode():
                ids = peer.generate(
                    **batch, max_new_tokens=new_tokens, do_sample=False,
                    pad_token_id=tokenizer.pad_token_id,
                )  # fmt: skip
            texts += tokenizer.batch_decode(
                ids[:, batch["input_ids"].shape[1] :], skip_special_tokens=True,
                clean_up_tokenization_spaces=False,
            )  # fmt: skip
        return texts

    return write


def _peer(model: str, precision: str) -> tuple[Any, Any]:
    """The model as others load it, and its tokenizer."""
    from xitt.training import devices

    peer, tokenizer = causal.load(model)
    peer.set_attn_implementation("sdpa")
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    return peer.to(devices.device(), kind).eval(), tokenizer
