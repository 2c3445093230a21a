"""Tasks in words, for causal language models: the files in `templates`, checked.

tasks: [mnli, xnli]       whose rows the file verbalises; all are of one kind
kind: classification
cut: [text_a]             columns that lose tokens where a text is too long: never
                          the question, never the answer
languages:
  en:                     written in the language of the rows
    - prompt: "..."       {text_a} {text_b}, {question} {context}, {sentence}: the
                          row's columns; {options}: choices, a letter and a line each
      answer: " {label}"  what is learnt, with the space before it where one is
                          written: {label}; {choice} or {letter}; {answer};
                          {tags} or {tagged}
      words: {...}        what each label is called
      no_answer: ...      what is said where a question has no answer
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from xitt import files, paths
from xitt.errors import UserError
from xitt.tasks import registry, yaml_files

FOLDER = Path(__file__).parent / "templates"
# By kind: what a prompt has to hold, what it may hold, and what an answer is one of.
FIELDS = {
    "classification": (("text_a", "text_b"), (), ("label",)),
    "choice": (("text_a",), ("options",), ("choice", "letter")),
    "span": (("question", "context"), (), ("answer",)),
    "tagging": (("sentence",), (), ("tags", "tagged")),
}
_FILE = {"tasks": list, "kind": str, "cut": list, "languages": dict}
_TEMPLATE = {"prompt": str, "answer": str, "words": dict, "no_answer": str}


@dataclass(frozen=True)
class Template:
    """One way to say a row of a task.

    cut: the columns that are cut, of those in the prompt.
    """

    kind: str
    prompt: str
    answer: str
    words: Mapping[str, str] = field(default_factory=dict)
    no_answer: str = ""
    cut: tuple[str, ...] = ()

    @property
    def learns(self) -> str:
        """What the answer is: label, choice, letter, answer, tags or tagged."""
        return _names(self.answer)[0]


def templates(task: str, lang: str) -> tuple[Template, ...]:
    """The templates of a task for rows in a language.

    Raises:
        UserError: where there are none; it names the file that has to hold them.
    """
    path = _file(task)
    found = _read(path, path.stat().st_mtime_ns)["languages"].get(lang)
    if found is None:
        name = registry.language_name(lang)
        raise UserError(
            f"{_shown(path)} has no templates in {name}; add them there, "
            f"under languages.{lang}"
        )
    _check_task(task, found, f"{_shown(path)}: languages.{lang}")
    return found


def languages(task: str) -> list[str]:
    """The languages that a task has templates in; a UserError where it has none."""
    path = _file(task)
    return list(_read(path, path.stat().st_mtime_ns)["languages"])


def chosen(some: Sequence[Template], seed: int, task: str, item: str) -> Template:
    """The template that an item gets in a run: always the same one."""
    drawn = hashlib.blake2b(f"{seed}\0{task}\0{item}".encode(), digest_size=8).digest()
    return some[int.from_bytes(drawn) % len(some)]


def digests(task: str, langs: Sequence[str] | None = None) -> dict[str, str]:
    """What decides how a task is said: 16 hex digits a language, for a run's key.

    langs: None for every language that there are templates in.
    """
    langs = languages(task) if langs is None else langs
    return {
        lang: files.digest([asdict(made) for made in templates(task, lang)])[:16]
        for lang in langs
    }


# ------------------------------------------------------------------ the files, checked


def _file(task: str) -> Path:
    path = _files().get(registry.get(task).name)
    if path is None:
        raise UserError(
            f"no template says '{task}' in words; write {_shown(FOLDER / task)}.yaml, "
            f"or add '{task}' to the tasks of a file there"
        )
    return path


@cache
def _files() -> dict[str, Path]:
    """The file of each task."""
    found: dict[str, Path] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for task in _read(path, path.stat().st_mtime_ns)["tasks"]:
            if task in found:
                raise UserError(
                    f"{_shown(path)}: '{task}' is in {found[task].name} too"
                )
            found[task] = path
    return found


@cache
def _read(path: Path, stamp: int) -> dict[str, Any]:
    """A file with its templates made; `stamp` is the time of its last change."""
    raw, where = yaml_files.read(path), _shown(path)
    yaml_files.check(raw, _FILE, tuple(_FILE), where)
    if raw["kind"] not in FIELDS:
        raise UserError(f"{where}: kind must be one of {', '.join(FIELDS)}")
    made = {
        lang: tuple(
            _template(entry, raw, f"{where}: languages.{lang}.{n}")
            for n, entry in enumerate(entries or [])
        )
        for lang, entries in raw["languages"].items()
    }
    return {**raw, "languages": {lang: some for lang, some in made.items() if some}}


def _template(entry: Any, file: dict[str, Any], where: str) -> Template:
    yaml_files.check(entry, _TEMPLATE, ("prompt", "answer"), where)
    made = Template(kind=file["kind"], cut=tuple(file["cut"]), **entry)
    must, may, learnt = FIELDS[made.kind]
    have, gives = _names(made.prompt), _names(made.answer)
    for name in must:
        if name not in have:
            raise UserError(f"{where}: the prompt lacks {{{name}}}")
    for name in have:
        if name not in (*must, *may):
            raise UserError(f"{where}: {{{name}}} is no column of a {made.kind} task")
    if len(gives) != 1 or gives[0] not in learnt:
        raise UserError(f"{where}: the answer must hold one of {', '.join(learnt)}")
    if extra := set(made.cut) - set(must):
        raise UserError(f"{where}: cut has '{min(extra)}', which no prompt holds")
    if any(have.count(name) > 1 for name in made.cut):
        raise UserError(f"{where}: a column that is cut can stand in a prompt once")
    said = list(made.words.values())
    if not all(isinstance(word, str) and word for word in said):
        raise UserError(f"{where}: words must be text; put yes and no into quotes")
    if len(set(said)) < len(said):
        raise UserError(f"{where}: two labels are called the same")
    return made


def _check_task(task: str, found: Sequence[Template], where: str) -> None:
    """Whether templates fit a task: its kind, its labels, questions without answer."""
    entry = registry.get(task)
    for made in found:
        if made.kind != entry.kind:
            raise UserError(
                f"{where}: made for {made.kind}, and {task} is {entry.kind}"
            )
        if made.kind == "classification" and set(made.words) != set(entry.labels):
            raise UserError(
                f"{where}: words has {', '.join(made.words) or 'nothing'}; "
                f"the labels of {task} are {', '.join(entry.labels)}"
            )
        if entry.unanswerable and not made.no_answer:
            raise UserError(
                f"{where}: {task} has questions without an answer; set no_answer"
            )


def _names(text: str) -> list[str]:
    """The placeholders of a text, in order."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def _shown(path: Path) -> str:
    return str(paths.relative(path))
