"""Paragraphs and questions whose answer is a span (SQuAD, XQuAD, MLQA, TyDiQA).

A paragraph tells of several people, places and times, so that every answer has
distractors of its own kind; a question names enough to fit one sentence only.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import NamedTuple

from xitt.data.pocket import concepts as c
from xitt.data.pocket import sampling
from xitt.data.pocket.grammar import language, realise
from xitt.data.pocket.meanings import (
    NP,
    Because,
    Event,
    Fact,
    Meaning,
    Question,
    asked,
    key,
    split_of,
)

EVENT_ROLES = ("agent", "patient", "place", "time")


class Reading(NamedTuple):
    """answer: the sentence of `context` that answers and the role, or None for none."""

    context: tuple[Meaning, ...]
    question: Question
    answer: tuple[int, str] | None


class Style(NamedTuple):
    """How the paragraphs of a data set are made."""

    sentences: tuple[int, int]  # fewest and most
    facts: float  # share of sentences that are biographical facts
    reasons: float  # share of sentences with because or so
    per_paragraph: int = 3  # questions


SQUAD = Style((4, 6), facts=0.25, reasons=0.15)
XQUAD = Style((5, 6), facts=0.0, reasons=0.0)
MLQA = Style((3, 4), facts=0.3, reasons=0.4)
TYDIQA = Style((3, 5), facts=1.0, reasons=0.0)


def _sentence(rng: Random, style: Style) -> Meaning | None:
    kind = rng.random()
    if kind < style.facts:
        return sampling.fact(rng)
    if kind < style.facts + style.reasons:
        return sampling.because(rng)
    return sampling.event(rng, place=0.9, time=0.9, adj=0.4, other=0, number=0.1)


def _who(meaning: Meaning) -> str:
    if isinstance(meaning, Because):
        return meaning.event.agent.noun
    return meaning.given if isinstance(meaning, Fact) else meaning.agent.noun


def paragraph(rng: Random, split: str, style: Style) -> tuple[Meaning, ...]:
    """Sentences about different people, some with their time or place in front."""
    sentences: list[Meaning] = []
    n = rng.randint(*style.sentences)
    while len(sentences) < n:
        drawn = _sentence(rng, style)
        if drawn is None or split_of(drawn) != split:
            continue
        if _who(drawn) in map(_who, sentences):
            continue
        if isinstance(drawn, Event) and rng.random() < 0.3:
            fronts = [front for front in ("time", "place") if getattr(drawn, front)]
            drawn = replace(drawn, front=rng.choice(["", *fronts]))
        sentences.append(drawn)
    return tuple(sentences)


def _roles(meaning: Meaning) -> list[str]:
    if isinstance(meaning, Because):
        return ["reason"]
    if isinstance(meaning, Fact):
        return list(sampling.FACT_ROLES[meaning.kind])
    return [role for role in EVENT_ROLES if getattr(meaning, role)]


def _asked(rng: Random, of: Meaning, role: str) -> Question:
    """A question about `of` that may leave out its time or place."""
    if isinstance(of, Event):
        patient = of.patient
        known = patient.noun not in c.PEOPLE and patient.count == 1
        of = replace(of, front="", patient=replace(patient, definite=known))
        if of.patient.noun in c.PROFESSIONS:
            of = replace(of, patient=patient)
        if of.place and role != "place" and rng.random() < 0.5:
            of = replace(of, place="")
        if of.time and role != "time" and rng.random() < 0.5:
            of = replace(of, time="")
    if isinstance(of, Because):
        of = replace(of, so=False)
    return Question(of, role)


def _fits(q: Question, sentence: Meaning) -> bool:
    """Whether a sentence says something about what the question names."""
    of = q.of.event if isinstance(q.of, Because) else q.of
    said = sentence.event if isinstance(sentence, Because) else sentence
    if type(of) is not type(said):
        return False
    if isinstance(of, Fact):
        return asked(of, q.role) == asked(said, q.role)
    named = [r for r in EVENT_ROLES if r != q.role and getattr(of, r)]
    same = (_bare(getattr(of, r)) == _bare(getattr(said, r)) for r in named)
    return of.verb == said.verb and all(same)


def _bare(value: NP | str) -> object:
    """A noun phrase without its article, which a question may change."""
    if isinstance(value, NP):
        return value.noun, value.adj, value.count
    return value


def _question(
    rng: Random, split: str, context: tuple[Meaning, ...]
) -> tuple[Question, int] | None:
    """A question of the split with its only fitting sentence."""
    place = rng.randrange(len(context))
    role = rng.choice(_roles(context[place]))
    q = _asked(rng, context[place], role)
    fitting = [i for i, said in enumerate(context) if _fits(q, said)]
    return (q, place) if fitting == [place] and split_of(q) == split else None


def _unanswerable(
    rng: Random, split: str, context: tuple[Meaning, ...]
) -> Question | None:
    """A question that mixes two sentences, so that none fits."""
    one, two = rng.sample(context, 2)
    q = _asked(rng, one, rng.choice(_roles(one)))
    if isinstance(one, Event) and isinstance(two, Event) and q.role != "agent":
        if two.agent.noun == one.patient.noun:
            return None
        q = replace(q, of=replace(q.of, agent=two.agent))
    elif isinstance(one, Fact) and q.role != "person":
        q = replace(q, of=replace(q.of, surname=rng.choice(c.SURNAMES)))
    elif isinstance(one, Event):
        nouns = [x for x in c.VERBS[one.verb][0] if x != one.patient.noun]
        patient = sampling.thing(rng, rng.choice(nouns), definite=1)
        if patient.noun in c.PEOPLE:
            return None
        q = replace(q, of=replace(q.of, patient=patient))
    else:
        return None
    none = not any(_fits(q, said) for said in context)
    return q if none and split_of(q) == split else None


def readings(
    rng: Random, split: str, n: int, style: Style, unanswerable: float = 0.0
) -> list[Reading]:
    """n questions, up to `style.per_paragraph` in a row on one paragraph."""
    rows: list[Reading] = []
    while len(rows) < n:
        context = paragraph(rng, split, style)
        asked: dict[str, Reading] = {}
        for _ in range(30):
            if len(asked) == style.per_paragraph:
                break
            if rng.random() < unanswerable:
                q, where = _unanswerable(rng, split, context), None
            else:
                q, where = _question(rng, split, context) or (None, None)
            if q is not None:
                answer = None if where is None else (where, q.role)
                asked.setdefault(key(q), Reading(context, q, answer))
        rows.extend(asked.values())
    return rows[:n]


def told(lang: str, context: tuple[Meaning, ...]) -> tuple[str, list[int]]:
    """A paragraph as text, with the character at which each sentence begins."""
    between = " " if language(lang).SPACES else ""
    text, starts = "", []
    for meaning in context:
        text += between if text else ""
        starts.append(len(text))
        text += realise(lang, meaning).text
    return text, starts


def span(lang: str, row: Reading) -> dict:
    """SQuAD's columns context, question and answers of a row in a language."""
    text, starts = told(lang, row.context)
    answers: dict[str, list] = {"text": [], "answer_start": []}
    if row.answer is not None:
        index, role = row.answer
        start, end = realise(lang, row.context[index]).spans[role]
        start, end = start + starts[index], end + starts[index]
        answers = {"text": [text[start:end]], "answer_start": [start]}
    question = realise(lang, row.question).text
    return {"context": text, "question": question, "answers": answers}
