"""Programming problems as HumanEval-XL and MBPP have them.

Of the family, one half is HumanEval-XL's, in every language; the other is MBPP's, in
English, to train on: no operation on one choice of numbers is in both.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from xitt.data.pocket.grammar import language

FOLDER = Path(__file__).parent


class Problem(NamedTuple):
    """takes: the parameters, with their types; cases: arguments -> value, as Python."""

    name: str
    takes: str
    value: str
    body: str
    cases: dict[str, str]
    family: tuple[str, str] | None = None  # (operation, choice)

    @property
    def head(self) -> str:
        """The imports and the signature."""
        typing = [n for n in ("List", "Optional") if n in self.takes + self.value]
        imported = f"from typing import {', '.join(typing)}\n\n\n" if typing else ""
        return f"{imported}def {self.name}({self.takes}) -> {self.value}:\n"

    @property
    def solution(self) -> str:
        """The canonical body, indented."""
        return "".join(f"    {line}\n" for line in self.body.split("\n"))

    def asserts(self, function: str) -> list[str]:
        """A line of Python for each case."""
        return [f"assert {function}({a}) == {v}" for a, v in self.cases.items()]


@cache
def _file(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def single() -> list[Problem]:
    """The problems that stand alone."""
    found = _file("problems")["single"]
    return [Problem(name, **fields) for name, fields in found.items()]


@cache
def family() -> list[Problem]:
    """Every operation on every choice of numbers."""
    about = _file("problems")["family"]
    return [
        _member(operation, choice, about)
        for operation in about["operations"]
        for choice in about["choices"]
    ]


def _member(operation: str, choice: str, about: dict[str, Any]) -> Problem:
    """One of the family; its values are computed, by our own expression."""
    how = about["operations"][operation]
    expression = how["body"].format(test=about["choices"][choice])
    function = eval(f"lambda numbers: {expression}")  # a line of problems.yaml
    cases = {text: repr(function(ast.literal_eval(text))) for text in about["inputs"]}
    name, body = f"{operation}_of_{choice}", f"return {expression}"
    takes = "numbers: List[int]"
    return Problem(name, takes, how["value"], body, cases, (operation, choice))


def _halves() -> tuple[list[Problem], list[Problem]]:
    """The family's problems for testing and for training, in turn like a chessboard."""
    columns = len(_file("problems")["family"]["choices"])
    halves: tuple[list, list] = ([], [])
    for at, problem in enumerate(family()):
        halves[(at // columns + at % columns) % 2].append(problem)
    return halves


def text(problem: Problem, lang: str) -> str:
    """What is asked for, in words."""
    words = _file(lang)
    if problem.family is None:
        return words["single"][problem.name]
    operation, choice = problem.family
    asked = words["family"].format(
        operation=words["operations"][operation], choice=words["choices"][choice]
    )
    space = " " if language(lang).SPACES else ""
    can_fail = problem.value.startswith("Optional")
    return f"{asked}{space}{words['none']}" if can_fail else asked


def humaneval_xl(lang: str) -> list[dict[str, str]]:
    """Rows of HumanEval-XL's columns; the same problems in every language."""
    problems = [*single(), *_halves()[0]]
    return [_humaneval_row(at, problem, lang) for at, problem in enumerate(problems)]


def _humaneval_row(at: int, problem: Problem, lang: str) -> dict[str, str]:
    words = text(problem, lang)
    examples = "".join(
        f"    >>> {problem.name}({arguments})\n    {value}\n"
        for arguments, value in list(problem.cases.items())[:2]
    )
    lines = "".join(f"    {line}\n" for line in problem.asserts("candidate"))
    return {
        "task_id": f"python/{at}",
        "prompt": f'{problem.head}    """ {words}\n{examples}    """\n',
        "entry_point": problem.name,
        "test": f"\n\ndef check(candidate):\n{lines}",
        "language": "python",
        "canonical_solution": problem.solution,
        "natural_language": language(lang).ENGLISH_NAME,
        "description": f"{words}\n{examples}".rstrip(),
    }


def mbpp(split: str) -> list[dict[str, Any]]:
    """Rows of MBPP's columns, train or validation, in English.

    Validation has no problem whose second sentence others share.
    """
    kept = {at for at, p in enumerate(_halves()[1]) if p.value == "int" and at % 2 == 0}
    return [
        {
            "task_id": at,
            "text": text(problem, "en"),
            "code": problem.head + problem.solution,
            "test_list": problem.asserts(problem.name),
            "test_setup_code": "",
            "challenge_test_list": [],
        }
        for at, problem in enumerate(_halves()[1])
        if (at in kept) == (split == "validation")
    ]
