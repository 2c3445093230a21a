"""Pairs of sentences (PAWS-X) and of questions (QQP): the same meaning or not.

Both labels come from the same edits of form (a phrase put in front, the order of two
patients, the other side of a sale, because against so, direct against indirect); what
differs is only whether the meaning was also changed by exchanging words of the sentence
(Zhang et al. 2019, "PAWS: Paraphrase Adversaries from Word Scrambling").
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import NamedTuple

from xitt.data.pocket import concepts as c
from xitt.data.pocket import sampling
from xitt.data.pocket.meanings import NP, Because, Event, Meaning, Question, Transfer

_MEETINGS = ["see", "meet", "invite", "visit", "greet", "search"]
_COUPLES = [verb for verb, (nouns, _) in c.VERBS.items() if "book" in nouns]


class Paraphrase(NamedTuple):
    """label: 1 the two say the same, 0 they do not."""

    first: Meaning
    second: Meaning
    label: int


def _meeting(rng: Random, same: bool) -> tuple[Event, Event] | None:
    """Who saw whom: the second puts time or place first; unlike, roles exchanged."""
    verb = rng.choice(_MEETINGS)
    agent, patient = (NP(name) for name in rng.sample(c.NAMES, 2))
    places = c.VERBS[verb][1]
    place, time = rng.choice(places or [""]), rng.choice(c.TIMES)
    first = Event(agent, verb, patient, place=place, time=time)
    front = rng.choice(("time", "place")) if place else "time"
    second = replace(first, front=front)
    if not same:
        second = replace(second, agent=patient, patient=agent)
    return first, second


def _couple(rng: Random, same: bool) -> tuple[Event, Event] | None:
    """A red hat and a blue bag: the other order; unlike, adjectives exchanged."""
    verb = rng.choice([*_COUPLES, "repair", "paint", "wash", "break"])
    nouns = [x for x in c.VERBS[verb][0] if x in c.COUNTABLE and x in c.QUALITIES]
    one, two = (NP(noun) for noun in rng.sample(nouns, 2))
    common = set(c.QUALITIES[one.noun]) & set(c.QUALITIES[two.noun])
    if len(common) < 2:
        return None
    a, b = rng.sample(sorted(common), 2)
    if c.OPPOSITES.get(a) == b and rng.random() < 0.8:
        return None
    time = rng.choice(["", *c.TIMES])
    who = sampling.agent(rng)
    first = Event(who, verb, replace(one, adj=a), replace(two, adj=b), time=time)
    if same:
        return first, replace(first, patient=first.other, other=first.patient)
    swapped = replace(two, adj=a), replace(one, adj=b)
    return first, replace(first, patient=swapped[0], other=swapped[1])


def _sale(rng: Random, same: bool) -> tuple[Transfer, Transfer]:
    """Anna sold it to David: David bought it from Anna; unlike, the other way round."""
    first = sampling.transfer(rng)
    second = replace(first, view="buy" if first.view == "sell" else "sell")
    if not same:
        second = replace(second, giver=first.taker, taker=first.giver)
    return first, second


def _reason(rng: Random, same: bool) -> tuple[Because, Because] | None:
    """Because against so; unlike, for another reason."""
    first = sampling.because(rng)
    if first is None:
        return None
    second = replace(first, so=not first.so)
    if not same:
        other = rng.choice([s for s in c.STATES if s != first.state])
        second = replace(second, state=other)
    return first, second


def paraphrases(rng: Random, split: str, n: int) -> list[Paraphrase]:
    """n different pairs of sentences, half of them paraphrases."""
    draws = (_meeting, _meeting, _couple, _couple, _sale, _reason)
    inside, found = sampling.within(split), {}
    while len(found) < n:
        same = len(found) % 2 == 1
        drawn = rng.choice(draws)(rng, same)
        if drawn and all(map(inside, drawn)):
            found[Paraphrase(*drawn, int(same))] = None
    rows = list(found)
    rng.shuffle(rows)
    return rows


def _changed(rng: Random, q: Question) -> Question | None:
    """A question near q that asks something else."""
    e, way = q.of, rng.choice(("role", "people", "verb", "place", "time", "adj"))
    if way == "role":
        roles = [r for r in ("place", "time") if getattr(e, r) and r != q.role]
        return replace(q, role=rng.choice(roles)) if roles else None
    if way == "people" and q.role != "agent":
        agent = sampling.agent(rng)
        clash = agent.noun in (e.agent.noun, e.patient.noun)
        return None if clash else replace(q, of=replace(e, agent=agent))
    if way == "verb" and e.verb in c.ANTONYMS:
        verb = c.ANTONYMS[e.verb]
        fits = e.patient.noun in c.VERBS[verb][0]
        return replace(q, of=replace(e, verb=verb)) if fits else None
    if way in ("place", "time") and getattr(e, way) and q.role != way:
        known = c.VERBS[e.verb][1] if way == "place" else c.TIMES
        other = rng.choice([x for x in known if x != getattr(e, way)])
        return replace(q, of=replace(e, **{way: other}))
    if way == "adj" and e.patient.adj and q.role != "patient":
        known = [x for x in c.QUALITIES[e.patient.noun] if x != e.patient.adj]
        patient = replace(e.patient, adj=rng.choice(known))
        return replace(q, of=replace(e, patient=patient))
    return None


def questions(rng: Random, split: str, n: int) -> list[Paraphrase]:
    """n different pairs of questions, one of each direct, half of them duplicates."""
    inside, found = sampling.within(split), {}
    while len(found) < n:
        same = len(found) % 2 == 1
        e = sampling.event(rng, place=0.6, time=0.6)
        if e is None:
            continue
        roles = [r for r in ("agent", "patient", "place", "time") if getattr(e, r)]
        first = Question(e, rng.choice(roles))
        if not inside(first):
            continue
        second = first if same else _changed(rng, first)
        if second is None or not inside(second):
            continue
        both = [replace(first, indirect=False), replace(second, indirect=True)]
        rng.shuffle(both)
        found[Paraphrase(*both, int(same))] = None
    rows = list(found)
    rng.shuffle(rows)
    return rows
