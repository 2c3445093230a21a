"""Entailment pairs (MNLI, SNLI, ANLI, XNLI) by construction.

The hypothesis is drawn FIRST and from one distribution for all labels; the premise is
then made to entail it, contradict it or leave it open. So nothing in the hypothesis
alone tells the label, which is the artefact of crowd-written pairs (Gururangan et al.
2018, "Annotation Artifacts in Natural Language Inference Data").

Contradiction follows the convention of SNLI: both sentences are about one event, so
another place, time, number or colour contradicts.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import NamedTuple

from xitt.data.pocket import concepts as c
from xitt.data.pocket import sampling
from xitt.data.pocket.meanings import NP, Event, Meaning, Transfer, key, split_of

LABELS = ("entailment", "neutral", "contradiction")
_HYPONYMS = {
    above: [x for x, y in c.HYPERNYMS.items() if y == above]
    for above in set(c.HYPERNYMS.values())
}


class Pair(NamedTuple):
    """premise: one sentence or, in the style of ANLI, several."""

    premise: tuple[Meaning, ...]
    hypothesis: Meaning
    label: int  # index in LABELS


def _vague(np: NP) -> bool:
    return np.noun in (c.SOMEONE, c.SOMETHING) or np.noun in _HYPONYMS


def hypothesis(rng: Random, named: float) -> Event | None:
    e = sampling.event(rng, place=0.5, time=0.5, adj=0.4, other=0.06, named=named)
    if e is None:
        return None
    if e.patient.count == 1 and not e.other and rng.random() < 0.33:
        return replace(e, negated=True)
    chance = rng.random()
    if chance < 0.04:
        return replace(e, agent=NP(c.SOMEONE))
    if chance < 0.08 and e.patient.noun not in c.PEOPLE:
        return replace(e, patient=NP(c.SOMETHING), other=None)
    if chance < 0.16 and e.patient.noun in c.HYPERNYMS and e.patient.count == 1:
        return replace(e, patient=NP(c.HYPERNYMS[e.patient.noun]), other=None)
    return e


def _fronted(rng: Random, e: Event) -> Event:
    fronts = [front for front in ("time", "place") if getattr(e, front)]
    return replace(e, front=rng.choice(["", *fronts]))


def _made_exact(rng: Random, e: Event) -> Event | None:
    """Somebody and something replaced by somebody and something in particular."""
    nouns = c.VERBS[e.verb][0]
    if e.agent.noun == c.SOMEONE:
        e = replace(e, agent=sampling.agent(rng))
    if e.patient.noun == c.SOMETHING:
        things = [noun for noun in nouns if noun not in c.PEOPLE]
        e = replace(e, patient=sampling.thing(rng, rng.choice(things)))
    elif e.patient.noun in _HYPONYMS:
        under = [noun for noun in _HYPONYMS[e.patient.noun] if noun in nouns]
        e = replace(e, patient=sampling.thing(rng, rng.choice(under)))
    return None if e.agent.noun == e.patient.noun else e


def stronger(rng: Random, e: Event, chance: float = 0.6) -> Event | None:
    """An event that says all that e says and perhaps more."""
    e = _made_exact(rng, e)
    if e is None:
        return None
    adjectives = c.QUALITIES.get(e.patient.noun)
    if not e.patient.adj and adjectives and rng.random() < chance / 2:
        e = replace(e, patient=replace(e.patient, adj=rng.choice(adjectives)))
    adjectives = c.QUALITIES.get(e.agent.noun)
    if not e.agent.adj and adjectives and rng.random() < chance / 2:
        e = replace(e, agent=replace(e.agent, adj=rng.choice(adjectives)))
    if not e.place and c.VERBS[e.verb][1] and rng.random() < chance:
        e = replace(e, place=rng.choice(c.VERBS[e.verb][1]))
    if not e.time and rng.random() < chance:
        e = replace(e, time=rng.choice(c.TIMES))
    return _fronted(rng, e)


def weaker(rng: Random, e: Event, chance: float = 0.5) -> Event:
    """An event that says no more than e says, and perhaps less."""
    if e.place and rng.random() < chance:
        e = replace(e, place="")
    if e.time and rng.random() < chance:
        e = replace(e, time="")
    if e.patient.adj and rng.random() < chance:
        e = replace(e, patient=replace(e.patient, adj=""))
    return _fronted(rng, e)


def _other(rng: Random, options: list[str], now: str) -> str:
    """One of the options that is not `now`, "" where there is none."""
    left = [x for x in options if x != now]
    return rng.choice(left) if left else ""


def opposed(rng: Random, e: Event) -> Event | None:
    """The same event with one detail that cannot also be true."""
    way, patient = rng.choice(("verb", "place", "time", "count", "adj")), e.patient
    if way == "verb" and e.verb in c.ANTONYMS:
        verb = c.ANTONYMS[e.verb]
        return replace(e, verb=verb) if patient.noun in c.VERBS[verb][0] else None
    if way == "place" and e.place:
        cities = e.place in c.CITIES
        places = [x for x in c.VERBS[e.verb][1] if (x in c.CITIES) == cities]
        return replace(e, place=_other(rng, places, e.place))
    if way == "time":
        kind = next((kind for kind in c.TIME_KINDS if e.time in kind), None)
        return replace(e, time=_other(rng, kind, e.time)) if kind else None
    if way == "count" and patient.count > 1:
        count = rng.choice([n for n in c.NUMBERS if n != patient.count])
        return replace(e, patient=replace(patient, count=count))
    if way == "adj" and patient.adj in c.OPPOSITES:
        adj = c.OPPOSITES[patient.adj]
    elif way == "adj" and patient.adj in c.COLOURS:
        known = c.QUALITIES[patient.noun]
        adj = _other(rng, [x for x in c.COLOURS if x in known], patient.adj)
    else:
        return None
    if adj not in c.QUALITIES[patient.noun]:
        return None
    return replace(e, patient=replace(patient, adj=adj))


def related(rng: Random, e: Event) -> Event | None:
    """Another event around the same people, which says nothing about e."""
    other = sampling.event(rng, place=0, time=0, other=0)
    if other is None:
        return None
    agent = NP("") if e.agent.noun == c.SOMEONE else e.agent
    other = replace(other, agent=agent if agent.noun else sampling.agent(rng))
    same_act = other.verb in (e.verb, c.ANTONYMS.get(e.verb))
    if (same_act and other.patient.noun == e.patient.noun) or _vague(e.patient):
        return None
    if other.agent.noun == other.patient.noun:
        return None
    keep = {"place": e.place if e.place in c.VERBS[other.verb][1] else ""}
    return _fronted(rng, replace(other, **keep, time=e.time))


def _premise(rng: Random, e: Event, label: str) -> Event | None:
    """A premise for the hypothesis e; None where this draw does not work out."""
    positive = replace(e, negated=False)
    if label == "entailment":
        p = weaker(rng, e) if e.negated else stronger(rng, e)
    elif label == "contradiction":
        if e.negated:
            p = stronger(rng, positive, chance=0.4)
        elif _vague(e.agent) or _vague(e.patient):
            return None
        elif rng.random() < 0.4 and not e.other and e.patient.count == 1:
            p = weaker(rng, replace(e, negated=True))
        else:
            p = opposed(rng, e)
            p = stronger(rng, p, chance=0.4) if p else None
    elif rng.random() < 0.35:
        p = related(rng, e)
    elif e.negated:
        p = stronger(rng, e)
    else:
        p = weaker(rng, e, chance=0.6)
        p = (
            p
            if key(p) != key(e) and not (_vague(p.agent) or _vague(p.patient))
            else None
        )
    same = p is not None and key(p) == key(e)
    if p is None or p.agent.noun == p.patient.noun:
        return None
    return None if same and (label == "neutral" or not p.front) else p


def _sale(rng: Random, label: str) -> tuple[Transfer, Transfer] | None:
    """A sale seen from both sides (entailment), turned round, or of something else."""
    h = sampling.transfer(rng)
    turned = {"sell": "buy", "buy": "sell"}[h.view]
    p = replace(h, view=turned, time=h.time or rng.choice(["", *c.TIMES]))
    if label == "contradiction":
        view = rng.choice((h.view, turned))
        p = replace(p, giver=h.taker, taker=h.giver, view=view)
    elif label == "neutral":
        noun = rng.choice([x for x in c.THINGS if x not in c.OPENINGS])
        if noun == h.patient.noun:
            return None
        p = replace(p, patient=sampling.thing(rng, noun))
    return h, replace(p, front="time" if p.time and rng.random() < 0.4 else "")


def _pair(
    rng: Random, split: str, label: str, named: float, sales: float
) -> tuple[Meaning, Meaning] | None:
    """(premise, hypothesis) of a split, or None where this draw does not work out."""
    inside = sampling.within(split)
    if rng.random() < sales:
        drawn = _sale(rng, label)
        return drawn[::-1] if drawn and all(map(inside, drawn)) else None
    h = hypothesis(rng, named)
    if h is None or not inside(h):
        return None
    for _ in range(40):
        p = _premise(rng, h, label)
        if p is not None and inside(p):
            return p, h
    return None


def pairs(
    rng: Random,
    split: str,
    n: int,
    *,
    named: float = 0.7,
    sales: float = 0.15,
    sentences: int = 1,
) -> list[Pair]:
    """n different pairs, the three labels in turn and then shuffled.

    named: share of agents that are names. sales: share of pairs about sales.
    sentences: how many sentences a premise has (ANLI: 3, one of them about it).
    """
    found: dict[Pair, None] = {}
    while len(found) < n:
        label = LABELS[len(found) % 3]
        drawn = _pair(rng, split, label, named, sales)
        if drawn is None:
            continue
        premise, h = drawn
        context = [premise, *(_aside(rng, split, h) for _ in range(sentences - 1))]
        rng.shuffle(context)
        found[Pair(tuple(context), h, LABELS.index(label))] = None
    rows = list(found)
    rng.shuffle(rows)
    return rows


def _aside(rng: Random, split: str, h: Meaning) -> Event:
    """A sentence about somebody else, which bears on nothing in h."""
    people = {h.giver, h.taker} if isinstance(h, Transfer) else {h.agent.noun}

    def apart(e: Event) -> bool:
        return e.agent.noun not in people and c.SOMEONE not in people

    return sampling.until(
        lambda: sampling.event(rng, place=0.5, time=0.5),
        lambda e: split_of(e) == split and (apart(e) or c.SOMEONE in people),
    )
