"""The protocols of `protocols.yaml`: a problem to a prompt, a text to a program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from xitt.errors import UserError, unknown
from xitt.models import causal
from xitt.tasks import yaml_files

FILE = Path(__file__).with_name("protocols.yaml")
READS = ("all", "block")
_KEYS = {
    "version": int,
    "source": str,
    "prompt": str,
    "chat": bool,
    "answer": str,
    "reads": str,
    "stops": list,
    "max_new_tokens": int,
    "program": str,
}
_FENCED = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_FIELD = re.compile(r"\{(prompt|tests|entry_point|solution|completion)\}")


class Problem(NamedTuple):
    """A programming problem, as `data.code_readers` gives it."""

    id: str
    prompt: str
    tests: str
    entry_point: str
    solution: str

    @property
    def begins(self) -> bool:
        """Whether the prompt begins the function that the solution goes on with."""
        head = rf"^(async )?def {self.entry_point}\b"
        return re.search(head, self.prompt, re.MULTILINE) is not None

    @property
    def canonical(self) -> str:
        """The program of its own solution: it has to pass, whoever is asked how."""
        begun = self.prompt if self.begins else ""
        return f"{begun}{self.solution}\n\n{self.tests}\n"


@dataclass(frozen=True)
class Protocol:
    """One entry of the file; its head says what each key means."""

    name: str
    version: int
    source: str
    prompt: str
    answer: str
    reads: str
    stops: tuple[str, ...]
    max_new_tokens: int
    program: str
    chat: bool = False

    @property
    def stamp(self) -> str:
        """What a record calls it."""
        return f"{self.name}@{self.version}"

    def asks(self, problem: Problem, tokenizer: Any) -> str:
        """What the model reads.

        Raises:
            UserError: for a chat with a model that has no template for one, and for a
                problem that begins no function where the protocol goes on with it.
        """
        if "{prompt}" in self.program and not problem.begins:
            raise UserError(
                f"protocol '{self.name}' goes on with a function, and problem "
                f"{problem.id} begins none; use protocol docstring"
            )
        text = _filled(self.prompt, problem)
        if not self.chat:
            return text
        if not tokenizer.chat_template:
            raise UserError(
                f"protocol '{self.name}' needs a chat template, which the model lacks; "
                f"use protocol completion"
            )
        return causal.prompt(tokenizer, text)

    def answers(self, problem: Problem) -> str:
        """The canonical solution as the model would write it after the prompt."""
        return _filled(self.answer, problem)

    def assembled(self, problem: Problem, text: str) -> str:
        """The program that is run after the model wrote `text`."""
        if self.reads == "block" and (found := _FENCED.search(text)):
            text = found[1]
        return _filled(self.program, problem, completion=text)


def _filled(template: str, problem: Problem, **more: str) -> str:
    """The template with its fields; unlike `str.format` it minds no other brace."""
    values = {**problem._asdict(), **more}
    return _FIELD.sub(lambda found: values[found[1]], template)


@cache
def known() -> dict[str, Protocol]:
    """Every protocol, by name."""
    found = {}
    for name, entry in yaml_files.read(FILE).items():
        where = f"{FILE.name}: protocol '{name}'"
        needed = tuple(key for key in _KEYS if key != "chat")
        yaml_files.check(entry, _KEYS, needed, where)
        if entry["reads"] not in READS:
            raise unknown(f"way to read in {where}:", entry["reads"], READS)
        found[name] = Protocol(name, **{**entry, "stops": tuple(entry["stops"])})
    return found


def get(name: str) -> Protocol:
    """The protocol `name`; an unknown one is a UserError."""
    if name not in known():
        raise unknown("protocol of code generation", name, known())
    return known()[name]
