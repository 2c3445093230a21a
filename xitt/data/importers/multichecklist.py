"""MultiCheckList's templates, expanded into questions in fifty languages.

XTREME-R (Ruder et al. 2021, section 3.5) tests question answering with templates of six
kinds, after CheckList (Ribeiro et al. 2020), translated by people. Its own expansion
needs a library of 2020; this one follows from the file alone:

- what fills a template is chosen in English, by SEED, so that every language has the
  same items under the same ids;
- a cell of another language may come in several wordings, each with the English words
  or templates that it goes with; one applies where, of each kind of word that it names,
  one that was chosen is among them; of those the one that names fewest is taken, and
  where there is none the one that names nothing;
- an item that a language cannot word, that asks in it for what English does not ask, or
  whose answer does not occur in its context, is left out in that language.

Names of people are the same everywhere and in Latin letters: the file has none.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError

FILE = "checklist_templates.tsv"
SEED = 13
ITEMS = 40  # fillings of a test, each with both of its questions
NAMES = (
    *("Anna", "Boris", "Carla", "David", "Elena", "Felix", "Greta", "Hugo", "Irene"),
    *("Jonas", "Katrin", "Lucia", "Marco", "Nadia", "Oscar", "Paula", "Robert"),
    *("Sofia", "Thomas", "Victor"),
)
PEOPLE = ("first_name", "first_name1", "first_name2")
PROPERTIES = ("color", "size", "age", "shape", "material")
WORDED = ("Context", "Question", "Answer")
HEADS = ("Name", "Capability", *WORDED)
_COMMA = re.compile(r"(?:[,،၊，、]\s*)+")
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_SLOT = re.compile(r"\{([^{}]+)\}")

Chosen = dict[str, set[str]]  # field -> the English words or templates of an item


@dataclass(frozen=True)
class Row:
    """A row of the file: its field, its English, and the wordings of each language.

    wordings: language -> (wording, the conditions under which it is used).
    """

    field: str
    english: str
    wordings: Mapping[str, list[tuple[str, list[str]]]]


@dataclass
class Test:
    """One of the six: its contexts, its questions with answers, what fills them.

    fillers: field -> rows, of the whole file: tests use those of others again.
    """

    contexts: list[Row] = field(default_factory=list)
    questions: list[tuple[Row, Row]] = field(default_factory=list)
    fillers: dict[str, list[Row]] = field(default_factory=dict)


def tables(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`de/test` and its questions, of every language of the file.

    Raises:
        UserError: where the file is not there, or is not MultiCheckList's.
    """
    found = sorted(folder.rglob(FILE))
    if not found:
        raise UserError(f"no {FILE} below {folder}; it lies in XTREME's repository")
    languages, tests = read(found[0])
    fields = words(tests)
    for lang in languages:
        rows = list(questions(tests, lang, fields))
        if not rows:
            raise UserError(f"{found[0]}: no item can be worded in '{lang}'")
        yield f"{lang}/test", pa.Table.from_pylist(rows)


def read(path: Path) -> tuple[list[str], list[Test]]:
    """The languages of the file, English first, and its tests."""
    with open(path, encoding="utf-8", newline="") as stream:
        head, *lines = list(csv.reader(stream, delimiter="\t")) or [[]]
    if head[:2] != ["Field", "en"] or any(len(line) != len(head) for line in lines):
        raise UserError(f"{path} is not MultiCheckList's table; fetch it again")
    places: dict[str, list[int]] = {}
    for place, name in enumerate(head[1:], start=1):
        if not name.endswith("-placeholders"):
            places.setdefault(name, []).append(place)
    tests: list[Test] = []
    for line in lines:
        if line[0] == "Name":
            tests.append(Test(fillers=tests[-1].fillers if tests else {}))
        row = Row(line[0].strip(), line[1].strip(), _wordings(head, line, places))
        if row.english and row.field:
            _add(tests[-1], row)
    return list(places), tests


def _wordings(
    head: list[str], line: list[str], places: Mapping[str, list[int]]
) -> dict[str, list[tuple[str, list[str]]]]:
    """What each language says, and with which English words it goes."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for lang, columns in places.items():
        for place in columns:
            beside = place + 1
            named = beside < len(head) and head[beside] == f"{lang}-placeholders"
            given = _COMMA.split(line[beside]) if named else []
            if text := line[place].strip():
                conditions = [plain(it) for it in given if it.strip()]
                found.setdefault(lang, []).append((text, conditions))
    return found


def _add(test: Test, row: Row) -> None:
    if row.field == "Context":
        test.contexts.append(row)
    elif row.field == "Question":
        test.questions.append((row, row))
    elif row.field == "Answer":
        test.questions[-1] = (test.questions[-1][0], row)
    elif row.field not in HEADS:
        test.fillers.setdefault(row.field, []).append(row)


def plain(word: str) -> str:
    """An English word as it is compared: no article, no capitals."""
    return _ARTICLE.sub("", word.strip()).lower()


def words(tests: Iterable[Test]) -> dict[str, set[str]]:
    """Every English word and template with the fields in which it occurs."""
    found: dict[str, set[str]] = {}
    for test in tests:
        for row in test.contexts:
            found.setdefault(plain(row.english), set()).add("Context")
        for name, rows in test.fillers.items():
            for row in rows:
                for word in _COMMA.split(row.english):
                    found.setdefault(plain(word), set()).add(name)
    return found


# ------------------------------------------------------------------------ the questions


def questions(
    tests: list[Test], lang: str, fields: Mapping[str, set[str]]
) -> Iterator[dict[str, object]]:
    """Rows of the kind `span` in one language: id, question, context, answers, starts.

    An id is the number of the test, of the item and of the question, alike in every
    language.
    """
    for number, test in enumerate(tests):
        for item in range(ITEMS):
            # A generator of its own, so that no language shifts what another draws.
            draw = random.Random(f"{SEED}/{number}/{item}")
            template = draw.choice(test.contexts)
            filled = _filled(test, draw)
            context = _said(template, filled, template, lang, fields)
            for place, (asked, answered) in enumerate(test.questions):
                about = f"p{place + 1}"
                question = _said(asked, filled, template, lang, fields, about)
                answer = _said(answered, filled, template, lang, fields, about)
                if not (context and question and answer) or answer not in context:
                    continue
                yield {
                    "id": f"{number}.{item}.{place}",
                    "question": question,
                    "context": context,
                    "answers": [answer],
                    "starts": [context.index(answer)],
                }


def _filled(test: Test, draw: random.Random) -> dict[str, Row | str]:
    """What fills each slot of a test: a row of a field, or a name."""
    filled: dict[str, Row | str] = dict(zip(PEOPLE, draw.sample(NAMES, len(PEOPLE))))
    for name, rows in test.fillers.items():
        filled[name] = draw.choice(rows)
    if "property" in test.fillers:
        kinds = {row.english: row for row in test.fillers["property"]}
        for place, name in enumerate(draw.sample(PROPERTIES, 2), start=1):
            filled[f"p.p{place}"] = kinds[name]
            filled[f"p.v{place}"] = draw.choice(test.fillers[name])
    if "state" in filled:
        filled["s"] = filled["state"]
    return filled


def _said(
    row: Row,
    filled: Mapping[str, Row | str],
    template: Row,
    lang: str,
    fields: Mapping[str, set[str]],
    about: str = "",
) -> str:
    """A row in a language with its slots filled; "" where it cannot be worded.

    about: which of two properties a question is about, `p1` or `p2`.
    """
    chosen = _chosen(filled, template, about)
    text = wording(row, lang, chosen, fields)
    asked = {_named(slot)[0] for slot in _SLOT.findall(row.english)}
    for slot in dict.fromkeys(_SLOT.findall(text)):
        name, part = _named(slot)
        given = filled.get(name)
        if given is None or name not in asked:
            return ""
        if isinstance(given, Row):
            own = chosen
            if name.startswith("p."):  # a value is worded for its own property
                own = _chosen(filled, template, name.replace("v", "p")[2:])
            given = wording(given, lang, own, fields)
        given = _part(given, int(part)) if part else given
        if not given:
            return ""
        text = text.replace(f"{{{slot}}}", given)
    return text


def _named(slot: str) -> tuple[str, str]:
    """The name and the number in `adj[0]`; `p.v1` has no number."""
    name, _, part = slot.removesuffix("]").partition("[")
    return name, part


def _part(text: str, number: int) -> str:
    """One of several forms: `older, old`; a space parts two that have no comma."""
    parts = _COMMA.split(text)
    if len(parts) == 1 and len(text.split()) == 2:
        parts = text.split()
    return parts[number].strip() if number < len(parts) > 1 else ""


def _chosen(filled: Mapping[str, Row | str], template: Row, about: str) -> Chosen:
    """What was chosen in English; of two properties both, or the one it is `about`."""
    chosen: Chosen = {"Context": {plain(template.english)}}
    for slot, given in filled.items():
        other = slot.startswith("p.") and about and slot[3:] != about[1:]
        if isinstance(given, str) or other:
            continue
        if slot in ("property", *PROPERTIES):  # drawn for p1 and p2 instead
            continue
        own = {plain(word) for word in _COMMA.split(given.english)}
        chosen.setdefault(given.field, set()).update(own)
    return chosen


def wording(row: Row, lang: str, chosen: Chosen, fields: Mapping[str, set[str]]) -> str:
    """How a language words a row, given what was chosen; "" where nothing applies."""
    own = row.wordings.get(lang, ())
    fitting = [it for it in own if it[1] and _applies(it[1], chosen, fields)]
    plainest = [it for it in own if not it[1]]
    found = min(fitting, key=lambda it: len(it[1]), default=None)
    return (found or (plainest or [("", [])])[0])[0]


def _applies(
    conditions: list[str], chosen: Chosen, fields: Mapping[str, set[str]]
) -> bool:
    """Whether of every field that is named and was chosen, a chosen word is named."""
    named: Chosen = {}
    for word in conditions:
        for name in fields.get(word, ()):
            if name in chosen:
                named.setdefault(name, set()).add(word)
    return bool(named) and all(chosen[name] & own for name, own in named.items())
