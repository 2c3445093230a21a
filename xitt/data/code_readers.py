"""Programming problems of any data set, in one form.

A row is a prompt, which a solution continues (HumanEval: a signature and a docstring,
then the body) or answers (MBPP: a sentence, then a whole function), and tests that
raise an error after a wrong one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

import pyarrow as pa

from xitt.data import columns as typed
from xitt.data.columns import Unusable
from xitt.data.stored import Raw

FIELDS = ("prompt", "tests", "entry_point", "solution")
_FUNCTION = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)
_CHECK = re.compile(r"^def check\(", re.MULTILINE)
_CALLED = re.compile(r"^check\(", re.MULTILINE)
Columns = Mapping[str, str | Sequence[str]]


def code(
    raw: Raw, columns: Columns, labels: Sequence[str], lang: str
) -> dict[str, pa.Array]:
    """Columns prompt, tests, entry_point and solution of stored problems.

    Tests that only define `check(candidate)`, as HumanEval's do, get the call that they
    lack; the entry point, where none is stored, is the last function that the prompt
    defines, else the last of the solution that the tests name. A solution without the
    indentation of the body that it is (two of mHumanEval's) is given it.

    Raises:
        Unusable: for a problem without tests, or one whose function is not to be found.
    """
    prompts, solutions = (_lines(raw, columns[n]) for n in ("prompt", "solution"))
    tests = _tests(raw, columns["tests"])
    stored = columns.get("entry_point")
    points = _lines(raw, stored) if stored else [""] * len(prompts)
    found = [
        _problem(row, *fields)
        for row, fields in enumerate(zip(prompts, tests, points, solutions))
    ]
    columns = zip(*found) if found else [()] * len(FIELDS)
    return {
        name: pa.array(column, pa.string()) for name, column in zip(FIELDS, columns)
    }


def _problem(
    row: int, prompt: str, tests: str, point: str, solution: str
) -> tuple[str, str, str, str]:
    """The fields of one problem."""
    prompt, tests, solution = (
        text.replace("\r\n", "\n") for text in (prompt, tests, solution)
    )
    if "assert" not in tests:
        raise Unusable(
            f"row {{row}} has no tests: {tests[:40]!r}",
            "a program that nothing tests cannot be scored; leave the row out",
            row,
        )
    asked = _FUNCTION.findall(prompt)
    answered = [name for name in _FUNCTION.findall(solution) if name in tests]
    point = point or next(iter([*asked[::-1], *answered[::-1]]), "")
    if not point:
        raise Unusable(f"row {{row}} names no function: {prompt[:40]!r}", row=row)
    if _CHECK.search(tests) and not _CALLED.search(tests):
        tests = f"{tests.rstrip()}\n\n\ncheck({point})\n"
    if asked and solution.strip() and not solution.lstrip("\n")[:1].isspace():
        solution = textwrap.indent(solution, "    ")
    return prompt, tests, point, solution


def _tests(raw: Raw, names: str | Sequence[str]) -> list[str]:
    """The tests of each row, of one column or of several."""
    several = [names] if isinstance(names, str) else names
    columns = [_lines(raw, name) for name in several]
    return ["\n".join(filter(None, parts)) for parts in zip(*columns)]


def _lines(raw: Raw, name: str) -> list[str]:
    """A column of text, or of lists of text, a line each."""
    column = raw.table[name]
    if typed.is_list(column.type):
        return ["\n".join(lines or ()) for lines in column.to_pylist()]
    return typed.words(column, name).to_pylist()
