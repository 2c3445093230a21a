"""Swahili sentences of the pocket suite against sentences written by hand."""

from __future__ import annotations

import pytest

from xitt.data.pocket import concepts as c
from xitt.data.pocket.grammar import answer, realise
from xitt.data.pocket.meanings import (
    NP,
    Because,
    Event,
    Fact,
    Phrase,
    Question,
    State,
    Transfer,
    Typical,
    Use,
)

ANNA, IVAN = NP("anna"), NP("ivan")
HAT = Event(ANNA, "buy", NP("hat", "red"), place="market", time="yesterday")
SOUP = Event(ANNA, "eat", NP("soup", "hot"), place="kitchen")
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="university_cairo")
LIVE = Fact("live", "clara", "berg", city="cairo")

SENTENCES = [
    (HAT, "Anna alinunua kofia nyekundu sokoni jana."),
    (
        Event(ANNA, "buy", NP("shirt", "red"), NP("book", "new")),
        "Anna alinunua shati jekundu na kitabu kipya.",
    ),
    (
        Event(ANNA, "buy", NP("shirt", "white", 3)),
        "Anna alinunua mashati meupe matatu.",
    ),
    (Event(ANNA, "sell", NP("cup", "black", 2)), "Anna aliuza vikombe vyeusi viwili."),
    (Event(ANNA, "find", NP("key", "small", 5)), "Anna alipata funguo ndogo tano."),
    (
        Event(ANNA, "open", NP("door", "big", 4)),
        "Anna alifungua milango mikubwa minne.",
    ),
    (
        Event(ANNA, "lose", NP("bag", "green", 2)),
        "Anna alipoteza mikoba miwili ya kijani.",
    ),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("clock", count=10)),
        "Mhandisi kijana alitengeneza saa kumi.",
    ),
    (Event(ANNA, "read", NP("newspaper", "old")), "Anna alisoma gazeti la zamani."),
    (
        Event(ANNA, "sell", NP("chair", "expensive", 3)),
        "Anna aliuza viti vitatu vya bei ghali.",
    ),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "Mchoraji mrefu alikutana na Anna mjini Vienna.",
    ),
    (
        Event(ANNA, "greet", NP("baker", "young", definite=True), place="beach"),
        "Anna alimsalimia mwokaji kijana ufukweni.",
    ),
    (
        Event(ANNA, "visit", NP("lawyer", "famous"), time="last_week"),
        "Anna alimtembelea wakili maarufu wiki iliyopita.",
    ),
    (
        Event(NP("leo"), "search", NP("paul"), time="sunday", negated=True),
        "Leo hakumtafuta Paul siku ya Jumapili.",
    ),
    (
        Event(IVAN, "see", NP("cow", "white", definite=True), place="farm"),
        "Ivan alimwona ng'ombe mweupe shambani.",
    ),
    (Event(IVAN, "buy", NP("bird", "beautiful")), "Ivan alinunua ndege mzuri."),
    (Event(IVAN, "see", NP("car", "blue")), "Ivan aliona gari la bluu."),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "Ivan hakunywa maji ya baridi.",
    ),
    (Event(IVAN, "eat", NP("egg"), negated=True), "Ivan hakula yai."),
    (
        Event(NP("omar"), "wash", NP("dress", "yellow"), time="morning"),
        "Omari alifua gauni la njano asubuhi.",
    ),
    (Event(ANNA, "wash", NP("plate", count=4)), "Anna aliosha sahani nne."),
    (Event(ANNA, "paint", NP("box", "small")), "Anna alipaka rangi sanduku dogo."),
    (
        Event(ANNA, "paint", NP("flower"), place="park"),
        "Anna alichora ua katika bustani ya umma.",
    ),
    (
        Event(NP("someone"), "buy", NP("vehicle")),
        "Mtu fulani alinunua chombo cha usafiri.",
    ),
    (
        Event(ANNA, "read", NP("book", definite=True), time="friday", front="time"),
        "Siku ya Ijumaa, Anna alisoma kitabu.",
    ),
    (
        Event(ANNA, "read", NP("book"), time="yesterday", front="time"),
        "Jana Anna alisoma kitabu.",
    ),
    (
        Event(ANNA, "read", NP("letter"), None, "station", "evening", front="place"),
        "Kituoni, Anna alisoma barua jioni.",
    ),
    (
        Event(ANNA, "open", NP("window", "small", definite=True), front="then"),
        "Kisha Anna alifungua dirisha dogo.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "Anna alimuuzia David taa ya zamani mwezi wa Mei.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "buy", "may", "time"),
        "Mwezi wa Mei, David alinunua taa ya zamani kutoka kwa Anna.",
    ),
    (State("anna", "tired"), "Anna alikuwa amechoka."),
    (State("ivan", "cold_state"), "Ivan alihisi baridi."),
    (
        Because(SOUP, "hungry"),
        "Anna alikunywa supu ya moto jikoni kwa sababu alikuwa na njaa.",
    ),
    (
        Because(SOUP, "ill", so=True),
        "Anna alikuwa mgonjwa, kwa hiyo alikunywa supu ya moto jikoni.",
    ),
    (BORN, "Maria Keller alizaliwa mjini New York mwaka 1981."),
    (FOUND, "Hugo Rossi alianzisha Lumora mwaka 1998."),
    (WORK, "Clara Berg anafanya kazi katika Chuo Kikuu cha Kairo."),
    (LIVE, "Clara Berg anaishi mjini Kairo."),
    (Typical("book", "library"), "Kwa kawaida, vitabu hupatikana maktabani."),
    (
        Typical("picture", "museum"),
        "Kwa kawaida, picha hupatikana katika jumba la makumbusho.",
    ),
    (Use("knife"), "Kisu hutumika kukata mkate."),
    (Phrase("happy_birthday"), "Heri ya siku ya kuzaliwa!"),
    (Question(HAT, "agent"), "Nani alinunua kofia nyekundu sokoni jana?"),
    (Question(HAT, "patient"), "Anna alinunua nini sokoni jana?"),
    (Question(HAT, "place"), "Anna alinunua kofia nyekundu wapi jana?"),
    (Question(HAT, "time"), "Anna alinunua kofia nyekundu sokoni lini?"),
    (
        Question(HAT, "time", indirect=True),
        "Je, unajua Anna alinunua kofia nyekundu sokoni lini?",
    ),
    (
        Question(HAT, "agent", indirect=True),
        "Je, unajua ni nani aliyenunua kofia nyekundu sokoni jana?",
    ),
    (
        Question(Event(ANNA, "see", IVAN), "agent", indirect=True),
        "Je, unajua ni nani aliyemwona Ivan?",
    ),
    (Question(Event(ANNA, "meet", IVAN), "patient"), "Anna alikutana na nani?"),
    (Question(Event(ANNA, "invite", IVAN), "patient"), "Anna alimwalika nani?"),
    (Question(HAT, "next"), "Anna alifanya nini baadaye?"),
    (
        Question(Because(SOUP, "ill"), "reason"),
        "Kwa nini Anna alikunywa supu ya moto jikoni?",
    ),
    (Question(BORN, "city"), "Maria Keller alizaliwa wapi?"),
    (Question(BORN, "person"), "Nani alizaliwa mjini New York?"),
    (Question(FOUND, "year"), "Hugo Rossi alianzisha Lumora lini?"),
    (Question(FOUND, "org"), "Hugo Rossi alianzisha kampuni gani?"),
    (Question(WORK, "person"), "Nani anafanya kazi katika Chuo Kikuu cha Kairo?"),
    (Question(WORK, "org"), "Clara Berg anafanya kazi wapi?"),
    (
        Question(Typical("cow", "farm"), "place"),
        "Kwa kawaida, ng'ombe hupatikana wapi?",
    ),
    (Question(Use("knife"), "tool"), "Kitu gani hutumika kukata mkate?"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("sw", meaning).text == text


@pytest.mark.parametrize(
    ("np", "text"),
    [
        (NP("lawyer", "tall"), "wakili mrefu"),
        (NP("umbrella", "new"), "mwavuli mpya"),
        (NP("umbrella", "new", 2), "miavuli mipya miwili"),
        (NP("car", "new"), "gari jipya"),
        (NP("car", "new", 5), "magari mapya matano"),
        (NP("knife", "big"), "kisu kikubwa"),
        (NP("knife", "big", 3), "visu vikubwa vitatu"),
        (NP("house", "beautiful"), "nyumba nzuri"),
        (NP("key", "white"), "ufunguo mweupe"),
        (NP("key", "cheap", 4), "funguo nne za bei nafuu"),
        (NP("rice", "hot"), "wali wa moto"),
        (NP("fish", "fresh"), "samaki safi"),
    ],
)
def test_adjective_numeral_and_connective_agree_with_the_class(np, text):
    assert answer("sw", np) == text


def test_prefixes_stay_in_the_verb_and_the_connective_is_an_adposition():
    e = Event(ANNA, "search", NP("dog", definite=True), time="monday", negated=True)
    assert [(t.text, t.pos) for t in realise("sw", e).tokens] == [
        ("Anna", "PROPN"),
        ("hakumtafuta", "VERB"),
        ("mbwa", "NOUN"),
        ("siku", "NOUN"),
        ("ya", "ADP"),
        ("Jumatatu", "PROPN"),
        (".", "PUNCT"),
    ]


def test_names_places_and_companies_are_entities():
    tokens = realise("sw", BORN).tokens
    assert [t.ent for t in tokens] == (
        ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "O", "O", "O"]
    )
    university = [t.ent for t in realise("sw", WORK).tokens if t.ent.endswith("ORG")]
    assert university == ["B-ORG", "I-ORG", "I-ORG", "I-ORG"]


def test_answers_are_found_without_their_preposition():
    e = Event(ANNA, "meet", IVAN, place="museum", time="summer")
    text, _, spans = realise("sw", e)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "Anna",
        "patient": "Ivan",
        "place": "jumba la makumbusho",
        "time": "wakati wa kiangazi",
    }


def test_answer_choices_are_phrases():
    assert answer("sw", NP("knife")) == "kisu"
    assert answer("sw", "beach") == "ufukweni"
    assert answer("sw", "paris") == "mjini Paris"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.sw import word

    words = [word(concept) for concept in c.ALL]
    assert not {w for w in words if words.count(w) > 1}
