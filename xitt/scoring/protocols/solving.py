"""Problems whose answer is a number: the prompt, and the number in what follows."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from xitt.scoring.causal.likelihood import Request
from xitt.scoring.metrics.solved import Solution
from xitt.scoring.protocols import numerals
from xitt.scoring.protocols.tables import Protocol
from xitt.tasks.schema import Task

Row = Mapping[str, Any]

_AFTER_ANSWER = " \t\n.。।$€£¥฿%"
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


class Problem(NamedTuple):
    """What is asked, and the right answer after it, whose likelihood is measured."""

    prompt: str
    answer: Request


class Generation(NamedTuple):
    """How the answers to the problems of a language are generated, greedily."""

    max_new_tokens: int
    stops: tuple[str, ...]


def math(
    task: Task, protocol: Protocol, split: str, lang: str, rows: list[Row]
) -> list[Problem]:
    """A word for `question`, the problem, and on the next line a word for `answer`."""
    rules = protocol.rules(task, lang)
    found = []
    for row in rows:
        prompt = f"{rules['question']} {row['question']}\n{rules['answer']}"
        found.append(Problem(prompt, Request(prompt, rules["space"] + row["answer"])))
    return found


def generation(task: Task, protocol: Protocol, lang: str) -> Generation:
    """How answers are generated: they end at a stop, which is cut off."""
    rules = protocol.rules(task, lang)
    stops = (rules["question"], *rules["stops"])
    return Generation(rules["max_new_tokens"], stops)


def solution(
    text: str, answer: str, likelihood: float, rules: Mapping[str, Any]
) -> Solution:
    """What a generated text says, against the right answer.

    read: `last`, the last number by the harness's expression, compared as a string
        without punctuation; or `first`, the first number as its language writes it,
        compared as a number.
    """
    if rules["read"] == "last":
        return _as_harness(text, answer, likelihood)
    found = numerals.numbers(text, rules["thousands"])
    right = bool(found) and found[0] == Decimal(answer)
    alone = len(found) == 1 and not re.search(r"\w", _rest(text))
    return Solution(
        right, right and alone, str(found[0]) if found else None, likelihood
    )


def _rest(text: str) -> str:
    """A text without digits and what may stand around a number."""
    return re.sub(r"[\d.,' -]", "", numerals.plain(text).strip(_AFTER_ANSWER))


# lm-evaluation-harness's flexible-extract of MGSM: two digits or signs, or one digit.
_FLEXIBLE = re.compile(r"(-?[$0-9.,]{2,})|(-?[0-9]+)")


def _as_harness(text: str, answer: str, likelihood: float) -> Solution:
    found = [longer or shorter for longer, shorter in _FLEXIBLE.findall(text)]
    number = found[-1].strip() if found else None
    return Solution(
        right=_bare(number or "[invalid]") == _bare(answer),
        throughout=_bare(text.strip()) == _bare(answer),
        number=number,
        likelihood=likelihood,
    )


def _bare(text: str) -> str:
    return text.lower().translate(_NO_PUNCTUATION)
