"""Questions with choices: what is asked of each choice, and how long it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from xitt.data.readers import BLANK
from xitt.errors import UserError
from xitt.scoring.causal.likelihood import Request
from xitt.scoring.protocols import casing
from xitt.scoring.protocols.tables import Protocol
from xitt.tasks import registry
from xitt.tasks.schema import Task

Row = Mapping[str, Any]

_END = re.compile(r"[.!?。！？।။]+$")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?。！？”」။]) ")


class Question(NamedTuple):
    """One request a choice; the texts whose lengths the normalised rules divide by."""

    requests: tuple[Request, ...]
    texts: tuple[str, ...]


def choice(
    task: Task, protocol: Protocol, split: str, lang: str, rows: list[Row]
) -> list[Question]:
    """The choices of each row as continuations of its text.

    Where the protocol gives connectors, as for XCOPA, the text loses its full stop and
    the connector of the row's `question` follows; without, the text stands as it is.
    """
    rules = protocol.rules(task, lang)
    space = _space(rules, lang)
    asked = _asked(rules, split, lang)
    found = []
    for row in rows:
        context = _context(row, rules, space, asked)
        texts = [_ending(row, text, rules, lang) for text in row["choices"]]
        requests = tuple(Request(context, space + text) for text in texts)
        # The harness's English COPA holds a space in each choice, and counts it.
        lead = rules.get("lead", "")
        found.append(Question(requests, tuple(lead + text for text in texts)))
    return found


def cloze(
    task: Task, protocol: Protocol, split: str, lang: str, rows: list[Row]
) -> list[Question]:
    """Each choice in the place of the blank, and what follows as the continuation.

    All choices have the same continuation: what is compared is how well the rest of
    the sentence goes with each (Trinh and Le 2018, arXiv 1806.02847, partial scoring).
    Where nothing follows a choice as it is written, there is the choice itself to
    compare (their full scoring, less the words that all have).
    """
    rules = protocol.rules(task, lang)
    found = []
    for row in rows:
        before, after = row["sentence"].split(BLANK)
        options = list(row["choices"])
        if rules["as_written"]:
            options = [casing.fitted(option, before, rules, lang) for option in options]
            rest = after.rstrip()
        else:
            rest = rules["space"] + after.strip()
        contexts = tuple(before + option for option in options)
        requests = tuple(Request(context, rest) for context in contexts)
        if not rest:
            requests = tuple(Request(before, option) for option in options)
        found.append(Question(requests, contexts))
    return found


def _context(
    row: Row, rules: Mapping[str, Any], space: str, asked: Mapping[str, str]
) -> str:
    text = row["text_a"]
    if "connectors" not in rules:
        return text if space else _BETWEEN_SENTENCES.sub("", text)
    question = asked.get(row["id"], row["question"])
    if question not in rules["connectors"]:
        known = " or ".join(rules["connectors"])
        raise UserError(f"row '{row['id']}' asks for '{question}', not for {known}")
    text = text.strip()
    text = text[:-1] if rules["cut"] == "last character" else _END.sub("", text)
    return text + rules["connectors"][question]


def _ending(row: Row, text: str, rules: Mapping[str, Any], lang: str) -> str:
    first = rules.get("first_letter", "as it is")
    if first == "lower":
        return text[:1].lower() + text[1:]
    if first == "inside a sentence":
        others = (row["text_a"], *row["choices"])
        return casing.inside(text, others, rules.get("capitals", ()), lang)
    return text


def _space(rules: Mapping[str, Any], lang: str) -> str:
    """What stands between words: the protocol's, or the language's own."""
    own = " " if registry.language(lang).spaces else ""
    return rules.get("space", own)


def _asked(rules: Mapping[str, Any], split: str, lang: str) -> dict[str, str]:
    """What the rows ask for, by id, where the published file of a language is wrong."""
    if lang not in rules.get("question_wrong_in", ()):
        return {}
    names = {"c": "cause", "e": "effect"}
    letters = rules["questions"].get(split, "")
    return {str(place): names[letter] for place, letter in enumerate(letters)}
