"""The frame that every language of the pocket suite fills in, and how to add one.

A language is ONE file `xitt/pocket/<iso 639-1>.py`; being there is enough. It defines

    ENGLISH_NAME = "Spanish"   # as in google/xtreme's `udpos.<name>`
    ISO3 = "spa"               # as in google/xtreme's `tatoeba.<iso3>`
    SPACES = True              # False: words are written without spaces (zh, ja)

and one function per sentence type, each from a meaning (`meanings`) to the
tokens of a WHOLE sentence, capitalised and with its final mark (use `finish`):

    event(e) transfer(t) state(s) because(b) fact(f) typical(t) use(u) phrase(p)
    question(q)

and three short ones:

    noun_phrase(np) -> tokens of an NP standing alone, as an answer ("a knife", "Anna")
    spot(place)     -> tokens of a place phrase ("in the market", "in New York")
    word(concept)   -> str, for every concept of `concepts.ALL`: the form that most
                       often stands in sentences (verbs: the past form of `event`)

A token is `Token(text, pos, ent, role, left, right, cat)`. Write tokens as text with
UPOS tags, `words("in/ADP the/DET market/NOUN")`; a "+" before a word joins it to the
word before ("did/AUX +n't/PART"), a "+" after it to the word after. `build` joins
parts, `entity` makes names, `mark` gives a role to the tokens that answer a question.
Roles: agent patient place time (Event; give `patient` to the first patient only),
reason (Because: the clause that says why), person org city year (Fact), place
(Typical), tool (Use). Tokens of a role stand together.
"""

# ruff: noqa: SIM905

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from xitt.data.pocket.meanings import Meaning
from xitt.errors import unknown

UPOS = (
    "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
).split()
ENTITIES = "O B-PER I-PER B-ORG I-ORG B-LOC I-LOC".split()
_CLOSING = frozenset(",.?!:;،؟؛।。，、？！…")
_OPENING = frozenset("¿¡")


class Token(NamedTuple):
    """One syntactic word in the sense of Universal Dependencies."""

    text: str
    pos: str
    ent: str = "O"
    role: str = ""
    left: bool = False  # joined to the token before it, without a space
    right: bool = False  # joined to the token after it
    cat: str = ""  # CCG category (English only)


class Sentence(NamedTuple):
    """A realised meaning. spans: role -> (first, last + 1) characters in `text`."""

    text: str
    tokens: tuple[Token, ...]
    spans: dict[str, tuple[int, int]]


def words(spec: str, cats: str = "") -> list[Token]:
    """Tokens from "word/UPOS word/UPOS"; `cats` are CCG categories, as many."""
    return list(_words(spec, cats))


@lru_cache(maxsize=1 << 14)
def _words(spec: str, cats: str) -> tuple[Token, ...]:
    tokens = []
    for item in spec.split():
        text, _, pos = item.rpartition("/")
        left, right = text.startswith("+"), len(text) > 1 and text.endswith("+")
        text = text[1:] if left else text
        text = text[:-1] if right else text
        tokens.append(Token(text, pos, left=left, right=right))
    if cats:
        pairs = zip(tokens, cats.split(), strict=True)
        tokens = [token._replace(cat=cat) for token, cat in pairs]
    return tuple(tokens)


def build(*parts: str | Iterable[Token] | None) -> list[Token]:
    """One list of tokens from token lists and "word/UPOS" texts; None is nothing."""
    tokens: list[Token] = []
    for part in parts:
        if part:
            tokens.extend(words(part) if isinstance(part, str) else part)
    return tokens


def entity(name: str, kind: str) -> list[Token]:
    """A named entity of kind PER, ORG or LOC; words are PROPN unless "word/UPOS"."""
    return list(_entity(name, kind))


@lru_cache(maxsize=1 << 12)
def _entity(name: str, kind: str) -> tuple[Token, ...]:
    spec = " ".join(word if "/" in word else f"{word}/PROPN" for word in name.split())
    return tuple(
        token._replace(ent=f"{'I' if i else 'B'}-{kind}")
        for i, token in enumerate(words(spec))
    )


def mark(tokens: Iterable[Token], role: str) -> list[Token]:
    """The same tokens, as the answer to a question about `role`."""
    return [Token(t.text, t.pos, t.ent, role, t.left, t.right, t.cat) for t in tokens]


def finish(tokens: Iterable[Token], end: str = ".", start: str = "") -> list[Token]:
    """A sentence: first letter capitalised, `start` before it and `end` after it."""
    first, *rest = tokens
    first = first._replace(text=first.text[0].upper() + first.text[1:])
    opening = [Token(start, "PUNCT")] if start else []
    cat = "." if any(t.cat for t in (first, *rest)) else ""
    return [*opening, first, *rest, Token(end, "PUNCT", cat=cat)]


def join(tokens: Iterable[Token], spaces: bool = True) -> Sentence:
    """The written sentence with the character span of every role."""
    text, spans, joined = "", {}, True
    for token in tokens:
        closing = token.text in _CLOSING
        if text and spaces and not (joined or token.left or closing):
            text += " "
        start = len(text)
        text += token.text
        joined = token.right or token.text in _OPENING
        if token.role:
            spans[token.role] = (spans.get(token.role, (start,))[0], len(text))
    return Sentence(text, tuple(tokens), spans)


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the language files that are there, English first."""
    folder = str(Path(__file__).with_name("languages"))
    found = (m.name for m in pkgutil.iter_modules([folder]))
    return tuple(sorted(found, key=lambda code: (code != "en", code)))


@cache
def language(code: str) -> ModuleType:
    """The language file of an ISO 639-1 code."""
    if code not in languages():
        raise unknown("language", code, languages())
    return importlib.import_module(f"xitt.data.pocket.languages.{code}")


@lru_cache(maxsize=1 << 15)
def realise(code: str, meaning: Meaning) -> Sentence:
    """The sentence that says `meaning` in the language `code`."""
    module = language(code)
    tokens = getattr(module, type(meaning).__name__.lower())(meaning)
    return join(tokens, module.SPACES)


@lru_cache(maxsize=1 << 12)
def answer(code: str, meaning: object) -> str:
    """An answer choice: an NP, or a place id as its place phrase."""
    module = language(code)
    part = module.spot if isinstance(meaning, str) else module.noun_phrase
    return join(part(meaning), module.SPACES).text
