"""Sentences of the language files `words/<iso 639-1>.yaml`, said of a person.

`[a|b]` is a of a man and b of a woman. `people` gives what may stand for the person in
a sentence: in order the form with the name and the pronouns of a man and of a woman,
which some languages leave out.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xitt.data.pocket import concepts
from xitt.data.pocket.grammar import answer
from xitt.data.pocket.meanings import NP
from xitt.tasks import yaml_files

FOLDER = Path(__file__).parent / "words"
_GENDERED = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")


@cache
def words(lang: str) -> dict[str, Any]:
    """What is written in a language."""
    return yaml_files.read(FOLDER / f"{lang}.yaml")


def say(
    lang: str, text: str, person: str, pronoun: bool = False, **numbers: int
) -> str:
    """A text about a person (of `concepts.NAMES`), by name or by pronoun."""
    woman = person in concepts.WOMEN
    name = answer(lang, NP(person))
    forms = {
        slot: some[1 + woman if pronoun else 0].format(name=name)
        for slot, some in words(lang)["people"].items()
    }
    gendered = _GENDERED.sub(r"\2" if woman else r"\1", text)
    said = gendered.format(name=name, **forms, **numbers)
    return capital(lang, " ".join(said.split()))


def capital(lang: str, text: str) -> str:
    """The text with a capital; the Turkish one of i is İ."""
    first = "İ" if lang == "tr" and text.startswith("i") else text[:1].upper()
    return first + text[1:]
