"""Random meanings that make sense, each of the wanted split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TypeVar

from xitt.data.pocket import concepts as c
from xitt.data.pocket.meanings import (
    NP,
    Because,
    Event,
    Fact,
    Meaning,
    Phrase,
    Question,
    State,
    Transfer,
    Typical,
    Use,
    split_of,
)

M = TypeVar("M")
COMPANIES = c.ORGANISATIONS[:7]
FACT_ROLES = {
    "work": ("person", "org"),
    "live": ("person", "city"),
    "born": ("person", "city", "year"),
    "found": ("person", "org", "year"),
}


def until(draw: Callable[[], M | None], good: Callable[[M], bool]) -> M:
    """Draw until it is good. Every split holds a fifth of all meanings or more."""
    for _ in range(100_000):
        drawn = draw()
        if drawn is not None and good(drawn):
            return drawn
    raise RuntimeError(f"no {draw} is good after 100,000 draws")


def within(split: str) -> Callable[[Meaning], bool]:
    """The test that a meaning belongs to a split."""
    return lambda meaning: split_of(meaning) == split


def agent(rng: Random, named: float = 0.7) -> NP:
    if rng.random() < named:
        return NP(rng.choice(c.NAMES))
    profession = rng.choice(c.PROFESSIONS)
    adj = rng.choice(c.QUALITIES[profession]) if rng.random() < 0.4 else ""
    return NP(profession, adj, definite=True)


def thing(rng: Random, noun: str, adj: float = 0.5, definite: float = 0.4) -> NP:
    """A patient: a name as it is, any other noun perhaps with adjective and article."""
    if noun in c.NAMES:
        return NP(noun)
    adjectives = c.QUALITIES.get(noun)
    quality = rng.choice(adjectives) if adjectives and rng.random() < adj else ""
    return NP(noun, quality, definite=rng.random() < definite)


def counted(rng: Random, np: NP) -> NP:
    return replace(np, count=rng.choice(c.NUMBERS), definite=False)


def event(
    rng: Random,
    *,
    verbs: list[str] | None = None,
    place: float = 0.7,
    time: float = 0.7,
    adj: float = 0.5,
    other: float = 0.1,
    number: float = 0.15,
    named: float = 0.7,
) -> Event | None:
    """An event; the numbers are the probabilities of its optional parts."""
    verb = rng.choice(verbs or list(c.VERBS))
    nouns, places = c.VERBS[verb]
    who, noun = agent(rng, named), rng.choice(nouns)
    if noun == who.noun:
        return None
    what, second = thing(rng, noun, adj), None
    if noun in c.COUNTABLE and rng.random() < number:
        what = counted(rng, what)
    elif noun not in c.PEOPLE and rng.random() < other:
        second_noun = rng.choice([x for x in nouns if x not in c.PEOPLE and x != noun])
        second = thing(rng, second_noun, adj, definite=0)
        what = replace(what, definite=False)
    where = rng.choice(places) if places and rng.random() < place else ""
    when = rng.choice(c.TIMES) if rng.random() < time else ""
    return Event(who, verb, what, second, where, when)


def transfer(rng: Random) -> Transfer:
    giver, taker = rng.sample(c.NAMES, 2)
    nouns = [x for x in c.THINGS if x not in c.OPENINGS] + c.ANIMALS
    time = rng.choice(c.TIMES) if rng.random() < 0.5 else ""
    view = rng.choice(("sell", "buy"))
    return Transfer(giver, taker, thing(rng, rng.choice(nouns)), view, time)


def because(rng: Random, name: str = "", state: str = "") -> Because | None:
    state = state or rng.choice(c.STATES)
    verb, nouns = rng.choice(c.REASONS[state])
    who, noun = name or rng.choice(c.NAMES), rng.choice(nouns)
    if who == noun:
        return None
    what = thing(rng, noun, adj=0.4, definite=float(verb in ("close", "visit")))
    if (state, what.adj) == ("thirsty", "hot"):
        return None
    places = c.VERBS[verb][1]
    where = rng.choice(places) if places and rng.random() < 0.5 else ""
    when = rng.choice(c.TIMES) if rng.random() < 0.3 else ""
    act = Event(NP(who), verb, what, place=where, time=when)
    return Because(act, state, so=rng.random() < 0.5)


def fact(rng: Random, kind: str = "") -> Fact:
    kind = kind or rng.choice(tuple(FACT_ROLES))
    org = {"work": c.ORGANISATIONS, "found": COMPANIES}.get(kind, [""])
    city = c.CITIES if kind in ("live", "born") else [""]
    year = c.YEARS if kind in ("born", "found") else [0]
    given, surname = rng.choice(c.NAMES), rng.choice(c.SURNAMES)
    return Fact(kind, given, surname, *(rng.choice(x) for x in (org, city, year)))


def question(rng: Random) -> Question | None:
    """A question about an event, a fact, a reason or a generic."""
    kind = rng.random()
    if kind < 0.6:
        e = event(rng, other=0, adj=0.3)
        roles = ["agent", "patient", "next"]
        roles += [role for role in ("place", "time") if e and getattr(e, role)]
        role = rng.choice(roles)
        indirect = role != "next" and rng.random() < 0.3
        return Question(e, role, indirect) if e else None
    if kind < 0.8:
        f = fact(rng)
        return Question(f, rng.choice(FACT_ROLES[f.kind]))
    if kind < 0.9:
        b = because(rng)
        return Question(b, "reason") if b else None
    if kind < 0.95:
        return Question(Typical(*rng.choice(list(c.TYPICAL.items()))), "place")
    return Question(Use(rng.choice(c.TOOLS)), "tool")


def varied(rng: Random) -> Event | None:
    """An event in any presentation: negated, fronted or plain."""
    e = event(rng)
    if e is None:
        return None
    if not e.other and e.patient.count == 1 and rng.random() < 0.15:
        e = replace(e, negated=True)
    fronts = [front for front in ("time", "place") if getattr(e, front)] + ["then"]
    return replace(e, front=rng.choice(fronts)) if rng.random() < 0.3 else e


def state(rng: Random) -> State:
    return State(rng.choice(c.NAMES), rng.choice(c.STATES))


def generic(rng: Random) -> Meaning:
    if rng.random() < 0.5:
        return Typical(*rng.choice(list(c.TYPICAL.items())))
    return Use(rng.choice(c.TOOLS))


def any_sentence(rng: Random) -> Meaning | None:
    """Any sentence type, in the proportions of the tagging and text data."""
    draws = (varied, question, fact, because, transfer, state, generic)
    weights = (48, 18, 12, 8, 8, 4, 1)
    if rng.random() < 0.02:
        return Phrase(rng.choice(c.PHRASES))
    return rng.choices(draws, weights)[0](rng)


def assorted(rng: Random, split: str, n: int) -> list[Meaning]:
    """n different meanings of a split, of every sentence type."""
    found: dict[Meaning, None] = {}
    while len(found) < n:
        found[until(lambda: any_sentence(rng), within(split))] = None
    return list(found)
