"""Meanings without a language: what a sentence says, as frozen dataclasses.

A meaning is realised in every language (`grammar.realise`), which makes the pocket data
parallel by construction. `key` names what a meaning says apart from its presentation
(word order, articles), and `split_of` assigns each key for ever to train, validation or
test, so that no sentence can ever be in two of them.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class NP:
    """A noun phrase: a name, a profession, a thing, `someone` or `something`.

    adj: at most one adjective concept. count: 1, or 2, 3, 4, 5, 10 ("three red cups",
    always indefinite, things and counted food only). definite: "the" against "a" (or
    no article with mass nouns); names are neither, professions as agents are definite.
    """

    noun: str
    adj: str = ""
    count: int = 1
    definite: bool = False


@dataclass(frozen=True)
class Event:
    """Somebody did something (past tense): "Anna did not buy a red hat in the market".

    other: a second patient, joined by "and". front: "" plain order, "time" or "place"
    puts that phrase first, "then" opens with "Then".
    """

    agent: NP
    verb: str
    patient: NP
    other: NP | None = None
    place: str = ""
    time: str = ""
    negated: bool = False
    front: str = ""


@dataclass(frozen=True)
class Transfer:
    """A sale between two named people, seen from either side.

    view "sell": "Anna sold a lamp to David"; "buy": "David bought a lamp from Anna".
    front: "" or "time".
    """

    giver: str
    taker: str
    patient: NP
    view: str = "sell"
    time: str = ""
    front: str = ""


@dataclass(frozen=True)
class State:
    """A named person felt something: "Anna was hungry"."""

    name: str
    state: str


@dataclass(frozen=True)
class Because:
    """An event of a named person and its reason, a state of the same person.

    so=False: "Anna ate bread because she was hungry"; so=True: "Anna was hungry, so she
    ate bread". The event has no `front` and is not negated.
    """

    event: Event
    state: str
    so: bool = False


@dataclass(frozen=True)
class Fact:
    """A biographical fact. kind and the fields that it uses:

    work (org): "Anna Keller works for Lumora"; live (city): "... lives in Berlin";
    born (city, year): "... was born in Berlin in 1981"; found (org, year): "... founded
    Lumora in 1998".
    """

    kind: str
    given: str
    surname: str
    org: str = ""
    city: str = ""
    year: int = 0


@dataclass(frozen=True)
class Typical:
    """A generic: "You usually find books in the library"."""

    noun: str
    place: str


@dataclass(frozen=True)
class Use:
    """A generic about a tool: "You use a knife to cut bread"."""

    tool: str


@dataclass(frozen=True)
class Phrase:
    """A short daily phrase, by its id."""

    id: str


@dataclass(frozen=True)
class Question:
    """A question about one role of a meaning.

    of Event: agent patient place time next ("What did Anna do next?"); of Because:
    reason ("Why did Anna eat bread?"); of Fact: person org city year; of Typical:
    place; of Use: tool. indirect=True (Event only, not next): "Do you know where Anna
    bought the hat?". The asked role's own value is never realised.
    """

    of: Event | Because | Fact | Typical | Use
    role: str
    indirect: bool = False


Meaning = Event | Transfer | State | Because | Fact | Typical | Use | Phrase | Question


def _np(np: NP | None) -> str:
    """Articles are left out: several languages do not write them."""
    return f"{np.count} {np.adj} {np.noun}" if np else ""


def _event(e: Event, hidden: str = "") -> str:
    patients = [_np(e.patient), _np(e.other)]
    said = {
        "agent": _np(e.agent),
        "verb": e.verb,
        "patient": "&".join(sorted(patients)),
        "place": e.place,
        "time": e.time,
        "negated": str(e.negated),
    }
    return "/".join("" if role == hidden else said[role] for role in said)


def asked(of: Meaning, role: str) -> str:
    """What a question about a role of a meaning says: all but what it asks for."""
    if isinstance(of, Event):
        return _np(of.agent) if role == "next" else _event(of, role)
    if isinstance(of, Because):
        return _event(of.event)
    if isinstance(of, Typical):
        return of.noun
    if isinstance(of, Use):
        return of.tool
    # No question about a fact says the year; about a birth, only "who" says the city.
    person = "" if role == "person" else f"{of.given} {of.surname}"
    org = "" if role == "org" else of.org
    city = of.city if role == "person" else ""
    return "/".join([of.kind, person, org, city])


def key(meaning: Meaning) -> str:
    """What a meaning says, apart from its presentation: equal for its paraphrases."""
    if isinstance(meaning, Event):
        return _event(meaning)
    if isinstance(meaning, Transfer):
        return "/".join(
            [meaning.giver, "sale", meaning.taker, _np(meaning.patient), meaning.time]
        )
    if isinstance(meaning, Because):
        return f"{_event(meaning.event)} since {meaning.state}"
    if isinstance(meaning, State):  # all states of a person, to choose among
        return f"{meaning.name} felt"
    if isinstance(meaning, Question):
        return f"{meaning.role}? {asked(meaning.of, meaning.role)}"
    return repr(meaning)


@lru_cache(maxsize=1 << 16)
def split_of(meaning: Meaning) -> str:
    """train (6 of 10), validation (2) or test (2): a property of the meaning alone."""
    bucket = zlib.crc32(key(meaning).encode()) % 10
    return SPLITS[0 if bucket < 6 else 1 if bucket < 8 else 2]
