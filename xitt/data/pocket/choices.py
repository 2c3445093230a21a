"""Multiple choice by construction: HellaSwag, CommonsenseQA and Cosmos QA."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import NamedTuple

from xitt.data.pocket import concepts as c
from xitt.data.pocket import sampling
from xitt.data.pocket.meanings import (
    NP,
    Because,
    Event,
    Meaning,
    Question,
    State,
    Typical,
    Use,
    split_of,
)


class Choice(NamedTuple):
    """choices: sentences (meanings), noun phrases (NP) or place phrases (place ids)."""

    context: tuple[Meaning, ...]
    question: Question | None
    choices: tuple[Meaning | NP | str, ...]
    label: int
    topic: str  # a concept


def _shuffled(
    rng: Random, right: object, wrong: list, **fields: object
) -> Choice | None:
    """The row with its choices in random order; None where two are the same."""
    choices = [right, *wrong]
    if len(set(choices)) < len(choices):
        return None
    rng.shuffle(choices)
    return Choice(choices=tuple(choices), label=choices.index(right), **fields)


_DAYS = ["", "", "yesterday", "monday", "wednesday", "friday", "saturday", "morning"]


def _script(
    rng: Random, split: str, who: NP, front: str = ""
) -> tuple[list[Event], list[Event]] | None:
    """([two acts that are told], [right ending, three wrong ones]), all of the split.

    A script is three acts of one person on one thing. The wrong endings either all have
    other people or all have other things, so that the endings alone tell nothing.
    """
    inside = sampling.within(split)
    verbs, nouns = rng.choice(c.SCRIPTS)
    noun = rng.choice(nouns)
    what = NP(noun, definite=noun not in c.NAMES)
    time = rng.choice(["", "afternoon", "evening"])
    right = Event(who, verbs[2], what, time=time, front=front)
    if noun == who.noun or not inside(right):
        return None

    def told(verb: str, adj: float) -> Event:
        first = verb == verbs[0]
        patient = sampling.thing(rng, noun, adj, definite=0) if first else what
        places, front = c.VERBS[verb][1], "" if first else "then"
        place = rng.choice(places) if places and rng.random() < 0.7 else ""
        when = rng.choice(_DAYS) if first else ""
        return Event(who, verb, patient, place=place, time=when, front=front)

    if rng.random() < 0.5:
        agents = (sampling.agent(rng) for _ in range(40))
        others = (replace(right, agent=agent) for agent in agents)
    else:
        nouns = rng.sample(nouns, len(nouns))
        others = (replace(right, patient=replace(what, noun=x)) for x in nouns)
    wrong: list[Event] = []
    for e in others:
        people = {e.agent.noun, e.patient.noun}
        if len(people) == 2 and inside(e) and e not in (right, *wrong):
            wrong.append(e)
        if len(wrong) == 3:
            break
    if len(wrong) < 3:
        return None
    context: list[Event] = []
    for verb in verbs[:2]:
        drawn = (told(verb, 0.4) for _ in range(30))
        context += filter(None, [next(filter(inside, drawn), None)])
    return (context, [right, *wrong]) if len(context) == 2 else None


def endings(rng: Random, split: str, n: int) -> list[Choice]:
    """HellaSwag: two acts of a script and four endings; n different rows."""
    found: dict[Choice, None] = {}
    while len(found) < n:
        drawn = _script(rng, split, sampling.agent(rng), "then")
        if drawn is None:
            continue
        told, (right, *wrong) = drawn
        fields = {"context": tuple(told), "question": None}
        row = _shuffled(rng, right, wrong, topic=right.patient.noun, **fields)
        if row:
            found[row] = None
    return list(found)


def _place(rng: Random) -> Choice | None:
    """Where did somebody probably do that?"""
    if rng.random() < 0.05:
        noun, right = rng.choice(list(c.TYPICAL.items()))
        unlikely = [x for x in c.SPOTS if x not in (right, "market", "school")]
        q = Question(Typical(noun, right), "place")
    else:
        (verb, noun), right = rng.choice(list(c.LIKELY.items()))
        unlikely = [x for x in c.SPOTS if x not in (right, *c.VERBS[verb][1])]
        patient = sampling.thing(rng, noun, definite=0)
        time = rng.choice(["", *c.TIMES])
        q = Question(Event(sampling.agent(rng), verb, patient, time=time), "place")
    wrong = rng.sample(unlikely, 4)
    return _shuffled(rng, right, wrong, context=(), question=q, topic=noun)


_ONLY = ("drink", "eat", "read", "cook", "open", "repair", "write", "wash")


def _object(rng: Random) -> Choice | None:
    """What did somebody drink? Only one of the five can be drunk."""
    verb = rng.choice(_ONLY)
    e = sampling.event(rng, verbs=[verb], adj=0.3, other=0, number=0)
    if e is None:
        return None
    right = replace(e.patient, definite=False)
    taken = {*c.VERBS[verb][0], *c.VERBS.get(c.ANTONYMS.get(verb, ""), ([],))[0]}
    taken |= (
        set(c.FOOD + c.COUNTED_FOOD + c.DRINKS) if verb in ("eat", "drink") else set()
    )
    unfit = [x for x in c.THINGS + c.FOOD + c.DRINKS + c.ANIMALS if x not in taken]
    wrong = [sampling.thing(rng, x, 0.3, definite=0) for x in rng.sample(unfit, 4)]
    q = Question(e, "patient")
    return _shuffled(rng, right, wrong, context=(), question=q, topic=right.noun)


def _tool(rng: Random) -> Choice | None:
    tool = rng.choice(c.TOOLS)
    wrong = rng.sample([x for x in c.TOOLS if x != tool], 4)
    q = Question(Use(tool), "tool")
    fields = {"context": (), "question": q, "topic": tool}
    return _shuffled(rng, NP(tool), [NP(x) for x in wrong], **fields)


def commonsense(rng: Random, split: str, n: int) -> list[Choice]:
    """CommonsenseQA: a question and five choices, by typical place, use or object."""
    found: dict[Choice, None] = {}
    while len(found) < n:
        draw = rng.choices((_place, _object, _tool), (10, 10, 1))[0]
        row = draw(rng)
        if row and split_of(row.question) == split:
            found[row] = None
    return list(found)


def _why(rng: Random, split: str) -> Choice | None:
    """Why did somebody do that? Four feelings, of which the text tells one."""
    inside = sampling.within(split)
    name, state = rng.choice(c.NAMES), rng.choice(c.STATES)
    b = sampling.because(rng, name, state) if inside(State(name, state)) else None
    if b is None or not inside(b):
        return None
    q = Question(replace(b, so=False), "reason")
    states = [State(name, state) for state in c.STATES if state != b.state]
    right = State(name, b.state)
    if not inside(q):
        return None
    return _shuffled(
        rng, right, rng.sample(states, 3), context=(b,), question=q, topic=b.state
    )


def _next(rng: Random, split: str) -> Choice | None:
    """What did somebody do next? The script of the text goes on."""
    who = sampling.agent(rng)
    q = Question(Event(who, "find", NP("key")), "next")  # only the agent is said
    drawn = _script(rng, split, who) if split_of(q) == split else None
    if drawn is None:
        return None
    told, (right, *wrong) = drawn
    fields = {"context": tuple(told), "question": q, "topic": right.patient.noun}
    return _shuffled(rng, right, wrong, **fields)


def cosmos(rng: Random, split: str, n: int) -> list[Choice]:
    """Cosmos QA: a paragraph, a question of why or what next, four answers."""
    found: dict[Choice, None] = {}
    while len(found) < n:
        row = (_why if rng.random() < 0.5 else _next)(rng, split)
        if row is None:
            continue
        of = row.question.of
        about = of.event.agent if isinstance(of, Because) else of.agent
        one, two = (_aside(rng, split, about) for _ in range(2))
        around = (one, *row.context, two), (one, two, *row.context)
        found[row._replace(context=rng.choice(around))] = None
    return list(found)


def _aside(rng: Random, split: str, about: NP) -> Event:
    """A sentence about somebody else."""
    return sampling.until(
        lambda: sampling.event(rng, other=0),
        lambda e: split_of(e) == split and e.agent.noun != about.noun,
    )
