"""What must hold of every language of the pocket suite, found from its files."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from xitt.data.pocket import concepts as c
from xitt.data.pocket import grammar, sampling
from xitt.data.pocket.grammar import (
    ENTITIES,
    UPOS,
    answer,
    language,
    languages,
    realise,
)
from xitt.data.pocket.meanings import (
    NP,
    SPLITS,
    Event,
    Fact,
    Phrase,
    Question,
    State,
    Typical,
    Use,
    key,
)
from xitt.errors import UserError

every_language = pytest.mark.parametrize("lang", languages())
HAT = Event(NP("anna"), "buy", NP("hat", "red"), place="market", time="monday")


def assorted(n: int) -> list:
    return sampling.assorted(random.Random(11), "train", n)


def every_concept() -> list:
    """Meanings that between them use every concept there is."""
    meanings = []
    for verb, (patients, places) in c.VERBS.items():
        for patient in patients:
            if patient != "anna":
                meanings.append(Event(NP("anna"), verb, NP(patient)))
        meanings += [replace(meanings[-1], place=place) for place in places]
    for noun, adjectives in c.QUALITIES.items():
        verb = next(v for v, (patients, _) in c.VERBS.items() if noun in patients)
        for adj in adjectives:
            for definite in (False, True):
                patient = NP(noun, adj, definite=definite)
                meanings.append(Event(NP("david"), verb, patient))
    for noun in sorted(c.COUNTABLE):
        patients = [NP(noun, count=n) for n in c.NUMBERS]
        verb = "sell" if noun in c.VERBS["sell"][0] else "close"
        meanings += [Event(NP("david"), verb, patient) for patient in patients]
    meanings += [replace(HAT, time=time) for time in c.TIMES]
    meanings += [replace(HAT, place=place) for place in c.PLACES]
    meanings += [Event(NP(n), "eat", NP("food")) for n in [*c.NAMES, "someone"]]
    meanings += [
        Event(NP(n, definite=True), "see", NP("animal")) for n in c.PROFESSIONS
    ]
    meanings += [State(name, state) for name in c.NAMES for state in c.STATES]
    meanings += [Fact("live", "anna", x, city="rome") for x in c.SURNAMES]
    meanings += [Fact("work", "anna", "keller", org=org) for org in c.ORGANISATIONS]
    meanings += [Typical(*pair) for pair in c.TYPICAL.items()]
    meanings += [Question(Typical(*pair), "place") for pair in c.TYPICAL.items()]
    meanings += [Use(tool) for tool in c.TOOLS] + [Phrase(x) for x in c.PHRASES]
    meanings += [Question(Use(tool), "tool") for tool in c.TOOLS]
    meanings += [Event(NP("anna"), "buy", NP(x)) for x in ("something", "vehicle")]
    return list(dict.fromkeys(meanings))


@every_language
def test_every_concept_is_realised_in_a_sentence_of_its_own(lang):
    said: dict[str, str] = {}
    for meaning in every_concept():
        text = realise(lang, meaning).text
        assert said.setdefault(text, key(meaning)) == key(meaning), text


@every_language
def test_different_meanings_are_different_sentences(lang):
    said: dict[str, str] = {}
    for meaning in assorted(4000):
        text = realise(lang, meaning).text
        assert said.setdefault(text, key(meaning)) == key(meaning), text
    assert len(said) > 3500


@every_language
def test_every_token_has_known_tags_and_entities_begin_with_b(lang):
    for meaning in assorted(600) + every_concept():
        sentence = realise(lang, meaning)
        before = "O"
        for token in sentence.tokens:
            assert token.text and token.text == token.text.strip(), sentence.text
            assert token.pos in UPOS and token.ent in ENTITIES, (sentence.text, token)
            if token.ent.startswith("I-"):
                assert before[2:] == token.ent[2:], sentence.text
            before = token.ent
        assert sentence.tokens[-1].pos == "PUNCT"


@every_language
def test_sentences_are_spelt_as_sentences(lang):
    spaces = language(lang).SPACES
    for meaning in assorted(600):
        text = realise(lang, meaning).text
        assert text == text.strip() and "  " not in text
        assert text[-1] in ".?!。？！।؟"
        assert text[:2] == text[:2].upper()[:1] + text[1:2] or text[0] in "¿¡"
        assert not any(f" {mark}" in text for mark in ",.?。？،؟।")
        assert (" " in text) == spaces or meaning in map(Phrase, c.PHRASES)


@every_language
def test_people_places_and_organisations_are_entities_of_their_kind(lang):
    fact = Fact("born", "maria", "keller", city="new_york", year=1981)
    kinds = [t.ent for t in realise(lang, fact).tokens if t.ent[0] == "B"]
    assert sorted(kinds) == ["B-LOC", "B-PER"]
    fact = Fact("work", "maria", "keller", org="delta_bank")
    kinds = [t.ent for t in realise(lang, fact).tokens if t.ent[0] == "B"]
    assert sorted(kinds) == ["B-ORG", "B-PER"]


@every_language
def test_roles_are_marked_as_one_span_each(lang):
    for meaning in assorted(600):
        sentence = realise(lang, meaning)
        roles = [token.role for token in sentence.tokens]
        for role, (start, end) in sentence.spans.items():
            places = [i for i, r in enumerate(roles) if r == role]
            assert places == list(range(places[0], places[-1] + 1)), sentence.text
            assert sentence.text[start:end].strip() == sentence.text[start:end] != ""
        expected = {
            "Event": [r for r in ("place", "time") if getattr(meaning, r, "")],
            "Because": ["reason"],
            "Fact": sampling.FACT_ROLES.get(getattr(meaning, "kind", ""), ()),
            "Typical": ["place"],
            "Use": ["tool"],
        }
        kind = type(meaning).__name__
        required = list(expected.get(kind, []))
        required += ["agent", "patient"] if kind == "Event" else []
        assert set(required) <= set(sentence.spans), sentence.text
        if kind == "Question":
            assert not sentence.spans, sentence.text


@every_language
def test_questions_do_not_say_what_they_ask_for(lang):
    other = {"agent": NP("david"), "patient": NP("lamp"), "place": "rome"}
    other["time"] = "yesterday"
    for role, value in other.items():
        for indirect in (False, True):
            changed = replace(HAT, **{role: value})
            one = realise(lang, Question(HAT, role, indirect)).text
            assert one == realise(lang, Question(changed, role, indirect)).text
        one, two = (realise(lang, Question(HAT, role, x)).text for x in (False, True))
        assert one != two
    for kind, roles in sampling.FACT_ROLES.items():
        one = Fact(kind, "anna", "keller", "lumora", "rome", 1990)
        two = {"person": {"given": "david", "surname": "costa"}}
        two |= {"org": {"org": "novatek"}, "city": {"city": "paris"}}
        two |= {"year": {"year": 2001}}
        for role in roles:
            texts = [
                realise(lang, Question(fact, role)).text
                for fact in (one, replace(one, **two[role]))
            ]
            assert texts[0] == texts[1]


@every_language
def test_fronting_and_negation_change_the_sentence(lang):
    variants = [HAT, replace(HAT, negated=True)]
    variants += [replace(HAT, front=front) for front in ("time", "place", "then")]
    assert len({realise(lang, variant).text for variant in variants}) == 5


@every_language
def test_every_concept_has_a_word_and_every_answer_a_phrase(lang):
    words = {concept: language(lang).word(concept) for concept in c.ALL}
    assert all(word.strip() == word != "" for word in words.values())
    for place in c.PLACES:
        assert answer(lang, place)
    answers = [answer(lang, NP(noun)) for noun in c.THINGS + c.DRINKS + c.NAMES]
    assert len(set(answers)) == len(answers)


def test_more_than_twenty_thousand_distinct_sentences_are_there_at_once():
    texts = {
        realise("en", Event(NP(name), verb, NP(patient), place=place)).text
        for name in c.NAMES[:25]
        for verb in ("buy", "find", "see")
        for patient in c.VERBS[verb][0]
        for place in c.VERBS[verb][1][:9]
    }
    assert len(texts) > 20_000


def test_paraphrases_share_a_split_and_every_split_is_of_use():
    from xitt.data.pocket.meanings import split_of

    for front in ("time", "place", "then"):
        assert split_of(HAT) == split_of(replace(HAT, front=front))
    definite = replace(HAT, patient=NP("hat", "red", definite=True))
    assert split_of(HAT) == split_of(definite)
    splits = [
        split_of(fact) for fact in (sampling.fact(random.Random(i)) for i in range(500))
    ]
    assert all(splits.count(split) > 60 for split in SPLITS)


def test_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="unknown language 'xx'; known: en"):
        grammar.language("xx")
