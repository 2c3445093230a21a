"""German sentences of the pocket suite against sentences written by hand."""

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
MET = Event(ANNA, "meet", IVAN, place="station", time="friday")
SOUP = Event(ANNA, "eat", NP("soup", "hot"))
INVITED = Event(IVAN, "invite", NP("olga"), time="monday")
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

SENTENCES = [
    # new things stand last, known ones and names before time and place
    (HAT, "Anna kaufte gestern auf dem Markt einen roten Hut."),
    (
        Event(ANNA, "read", NP("book", definite=True), place="garden", time="friday"),
        "Anna las das Buch am Freitag im Garten.",
    ),
    (MET, "Anna traf Ivan am Freitag am Bahnhof."),
    # the ending of the adjective: gender, case, number, article
    (
        Event(ANNA, "buy", NP("shirt", "white"), NP("hat", "blue")),
        "Anna kaufte ein weißes Hemd und einen blauen Hut.",
    ),
    (Event(ANNA, "buy", NP("lamp", "expensive")), "Anna kaufte eine teure Lampe."),
    (Event(ANNA, "buy", NP("shirt", "blue", 3)), "Anna kaufte drei blaue Hemden."),
    (Event(ANNA, "lose", NP("key", "small", 2)), "Anna verlor zwei kleine Schlüssel."),
    (Event(ANNA, "eat", NP("egg", count=5)), "Anna aß fünf Eier."),
    (Event(IVAN, "drink", NP("coffee", "hot")), "Ivan trank heißen Kaffee."),
    (Event(IVAN, "drink", NP("water", "cold")), "Ivan trank kaltes Wasser."),
    (Event(IVAN, "eat", NP("bread", "fresh")), "Ivan aß frisches Brot."),
    (
        Event(IVAN, "drink", NP("tea", "cold", definite=True)),
        "Ivan trank den kalten Tee.",
    ),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("clock", count=10)),
        "Die junge Ingenieurin reparierte zehn Uhren.",
    ),
    (
        Event(NP("painter", "famous", definite=True), "paint", NP("door", "green")),
        "Der berühmte Maler strich eine grüne Tür.",
    ),
    # people as patients; weak nouns
    (
        Event(ANNA, "greet", NP("farmer", "young", definite=True), place="beach"),
        "Anna begrüßte den jungen Bauern am Strand.",
    ),
    (
        Event(ANNA, "visit", NP("lawyer", "famous"), place="cape_town"),
        "Anna besuchte in Kapstadt eine berühmte Anwältin.",
    ),
    (Event(ANNA, "see", NP("journalist")), "Anna sah einen Journalisten."),
    (Event(NP("someone"), "buy", NP("vehicle")), "Jemand kaufte ein Fahrzeug."),
    (Event(ANNA, "eat", NP("something")), "Anna aß etwas."),
    (Event(ANNA, "eat", NP("food")), "Anna nahm Essen zu sich."),
    # separable verbs, verbs that suit the patient
    (INVITED, "Ivan lud Olga am Montag ein."),
    (
        Event(ANNA, "break", NP("camera"), place="hotel"),
        "Anna machte im Hotel eine Kamera kaputt.",
    ),
    (Event(ANNA, "break", NP("cup", definite=True)), "Anna zerbrach die Tasse."),
    (
        Event(ANNA, "wash", NP("plate"), NP("shirt"), time="evening"),
        "Anna spülte am Abend einen Teller und wusch ein Hemd.",
    ),
    (Event(IVAN, "paint", NP("picture", "big")), "Ivan malte ein großes Bild."),
    # negation: kein, nicht
    (
        Event(IVAN, "buy", NP("bread"), place="market", negated=True),
        "Ivan kaufte auf dem Markt kein Brot.",
    ),
    (
        Event(IVAN, "drink", NP("juice", "cold"), negated=True),
        "Ivan trank keinen kalten Saft.",
    ),
    (
        Event(IVAN, "find", NP("key", definite=True), place="park", negated=True),
        "Ivan fand den Schlüssel nicht im Park.",
    ),
    (Event(ANNA, "invite", IVAN, negated=True), "Anna lud Ivan nicht ein."),
    # the verb stays second
    (
        Event(ANNA, "read", NP("book", definite=True), time="friday", front="time"),
        "Am Freitag las Anna das Buch.",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="garden", front="place"),
        "Im Garten las Anna einen Brief.",
    ),
    (
        Event(ANNA, "meet", IVAN, place="park", time="yesterday", front="place"),
        "Im Park traf Anna gestern Ivan.",
    ),
    (
        Event(ANNA, "open", NP("window", "small", definite=True), front="then"),
        "Dann öffnete Anna das kleine Fenster.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "Anna verkaufte im Mai eine alte Lampe an David.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old", definite=True), "sell", "may"),
        "Anna verkaufte die alte Lampe im Mai an David.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "buy", "may", "time"),
        "Im Mai kaufte David eine alte Lampe von Anna.",
    ),
    (State("anna", "tired"), "Anna war müde."),
    (State("ivan", "bored"), "Ivan langweilte sich."),
    (State("ivan", "cold_state"), "Ivan fror."),
    (Because(SOUP, "hungry"), "Anna aß heiße Suppe, weil sie Hunger hatte."),
    (Because(INVITED, "happy"), "Ivan lud Olga am Montag ein, weil er glücklich war."),
    (
        Because(Event(IVAN, "read", NP("newspaper")), "bored"),
        "Ivan las eine Zeitung, weil er sich langweilte.",
    ),
    (Because(SOUP, "ill", so=True), "Anna war krank, deshalb aß sie heiße Suppe."),
    (
        Because(INVITED, "happy", so=True),
        "Ivan war glücklich, deshalb lud er Olga am Montag ein.",
    ),
    (BORN, "Maria Keller wurde 1981 in New York geboren."),
    (FOUND, "Hugo Rossi gründete 1998 die Firma Lumora."),
    (WORK, "Klara Berg arbeitet bei der Bank von Tokio."),
    (
        Fact("work", "clara", "berg", org="university_vienna"),
        "Klara Berg arbeitet an der Universität Wien.",
    ),
    (
        Fact("work", "clara", "berg", org="radio_orion"),
        "Klara Berg arbeitet bei Radio Orion.",
    ),
    (LIVE, "Klara Berg lebt in Kairo."),
    (Typical("book", "library"), "Bücher findet man normalerweise in der Bibliothek."),
    (Use("umbrella"), "Man braucht einen Regenschirm, um nicht nass zu werden."),
    (Phrase("how_are_you"), "Wie geht es Ihnen?"),
    (Phrase("happy_birthday"), "Alles Gute zum Geburtstag!"),
]

QUESTIONS = [
    (Question(HAT, "agent"), "Wer hat gestern auf dem Markt einen roten Hut gekauft?"),
    (Question(HAT, "patient"), "Was hat Anna gestern auf dem Markt gekauft?"),
    (Question(HAT, "place"), "Wo hat Anna gestern einen roten Hut gekauft?"),
    (
        Question(HAT, "time", indirect=True),
        "Wissen Sie, wann Anna auf dem Markt einen roten Hut gekauft hat?",
    ),
    (Question(MET, "patient"), "Wen hat Anna am Freitag am Bahnhof getroffen?"),
    (Question(MET, "place"), "Wo hat Anna am Freitag Ivan getroffen?"),
    (
        Question(INVITED, "agent", indirect=True),
        "Wissen Sie, wer Olga am Montag eingeladen hat?",
    ),
    (
        Question(Event(NP("farmer", definite=True), "meet", IVAN), "patient"),
        "Wen hat der Bauer getroffen?",
    ),
    (Question(HAT, "next"), "Was hat Anna danach gemacht?"),
    (
        Question(Because(SOUP, "ill"), "reason"),
        "Warum hat Anna heiße Suppe gegessen?",
    ),
    (Question(BORN, "city"), "Wo wurde Maria Keller geboren?"),
    (Question(BORN, "year"), "Wann wurde Maria Keller geboren?"),
    (Question(BORN, "person"), "Wer wurde in New York geboren?"),
    (Question(FOUND, "year"), "Wann hat Hugo Rossi die Firma Lumora gegründet?"),
    (Question(FOUND, "org"), "Welche Firma hat Hugo Rossi gegründet?"),
    (Question(FOUND, "person"), "Wer hat die Firma Lumora gegründet?"),
    (Question(WORK, "person"), "Wer arbeitet bei der Bank von Tokio?"),
    (Question(WORK, "org"), "Wo arbeitet Klara Berg?"),
    (Question(LIVE, "city"), "Wo lebt Klara Berg?"),
    (Question(Typical("cow", "farm"), "place"), "Wo findet man normalerweise Kühe?"),
    (Question(Use("knife"), "tool"), "Was braucht man, um Brot zu schneiden?"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES + QUESTIONS)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("de", meaning).text == text


def test_contracted_article_is_one_adposition_and_weekdays_are_proper_nouns():
    tagged = [(t.text, t.pos) for t in realise("de", MET).tokens]
    assert tagged[3:7] == [
        ("am", "ADP"),
        ("Freitag", "PROPN"),
        ("am", "ADP"),
        ("Bahnhof", "NOUN"),
    ]


def test_nicht_is_a_particle_and_kein_a_determiner():
    not_invited = Event(ANNA, "invite", IVAN, negated=True)
    assert [t.pos for t in realise("de", not_invited).tokens] == (
        ["PROPN", "VERB", "PROPN", "PART", "ADP", "PUNCT"]
    )
    no_bread = Event(ANNA, "eat", NP("bread"), negated=True)
    assert [t.pos for t in realise("de", no_bread).tokens] == (
        ["PROPN", "VERB", "DET", "NOUN", "PUNCT"]
    )


def test_names_places_and_companies_are_entities():
    assert [t.ent for t in realise("de", BORN).tokens] == (
        ["B-PER", "I-PER", "O", "O", "O", "B-LOC", "I-LOC", "O", "O"]
    )
    bank = [t.ent for t in realise("de", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG", "I-ORG"]


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        (
            HAT,
            {
                "agent": "Anna",
                "patient": "einen roten Hut",
                "place": "dem Markt",
                "time": "gestern",
            },
        ),
        (
            Event(ANNA, "wash", NP("plate"), NP("shirt"), place="kitchen"),
            {"agent": "Anna", "patient": "einen Teller", "place": "der Küche"},
        ),
        (Because(INVITED, "happy"), {"reason": "er glücklich war"}),
        (Use("key"), {"tool": "einen Schlüssel"}),
        (FOUND, {"person": "Hugo Rossi", "org": "Lumora", "year": "1998"}),
    ],
)
def test_answers_are_found_without_their_preposition(meaning, said):
    text, _, spans = realise("de", meaning)
    found = {role: text[slice(*span)] for role, span in spans.items()}
    assert {role: found.get(role) for role in said} == said


def test_answer_choices_are_phrases_in_the_nominative():
    assert answer("de", NP("hat", "red")) == "ein roter Hut"
    assert answer("de", NP("tea", "hot")) == "heißer Tee"
    assert answer("de", NP("farmer", definite=True)) == "der Bauer"
    assert answer("de", NP("cup", count=3)) == "drei Tassen"
    assert answer("de", "beach") == "am Strand"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.de import word

    words = [word(concept) for concept in c.ALL]
    assert not {w for w in words if words.count(w) > 1}
