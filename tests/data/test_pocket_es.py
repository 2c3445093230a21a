"""Spanish sentences of the pocket suite against sentences written by hand."""

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
SOUP = Event(ANNA, "eat", NP("soup", "hot"))
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

SENTENCES = [
    (HAT, "Anna compró un sombrero rojo en el mercado ayer."),
    (
        Event(ANNA, "buy", NP("shirt", "red"), NP("hat", "blue")),
        "Anna compró una camisa roja y un sombrero azul.",
    ),
    (
        Event(ANNA, "buy", NP("shirt", "blue", 3)),
        "Anna compró tres camisas azules.",
    ),
    (
        Event(ANNA, "lose", NP("umbrella", "expensive", 2)),
        "Anna perdió dos paraguas caros.",
    ),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("clock", count=10)),
        "La ingeniera joven reparó diez relojes.",
    ),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "El pintor alto conoció a Anna en Viena.",
    ),
    (
        Event(ANNA, "greet", NP("baker", "young", definite=True), place="beach"),
        "Anna saludó al panadero joven en la playa.",
    ),
    (
        Event(ANNA, "visit", NP("teacher", definite=True), place="cape_town"),
        "Anna visitó a la profesora en Ciudad del Cabo.",
    ),
    (Event(ANNA, "visit", NP("lawyer", "famous")), "Anna visitó a una abogada famosa."),
    (Event(ANNA, "see", NP("cow", "white")), "Anna vio una vaca blanca."),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "Iván no bebió el agua fría.",
    ),
    (Event(IVAN, "drink", NP("water", "cold")), "Iván bebió agua fría."),
    (Event(NP("someone"), "buy", NP("vehicle")), "Alguien compró un vehículo."),
    (Event(ANNA, "eat", NP("something")), "Anna comió algo."),
    (
        Event(ANNA, "read", NP("book", definite=True), time="friday", front="time"),
        "El viernes, Anna leyó el libro.",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="garden", front="place"),
        "En el jardín, Anna leyó una carta.",
    ),
    (
        Event(ANNA, "open", NP("window", "small", definite=True), front="then"),
        "Luego Anna abrió la ventana pequeña.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "Anna le vendió una lámpara vieja a David en mayo.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "buy", "may", "time"),
        "En mayo, David le compró una lámpara vieja a Anna.",
    ),
    (State("anna", "tired"), "Anna estaba cansada."),
    (State("ivan", "tired"), "Iván estaba cansado."),
    (State("ivan", "cold_state"), "Iván tenía frío."),
    (Because(SOUP, "hungry"), "Anna comió sopa caliente porque tenía hambre."),
    (
        Because(SOUP, "ill", so=True),
        "Anna estaba enferma, así que comió sopa caliente.",
    ),
    (BORN, "María Keller nació en Nueva York en 1981."),
    (FOUND, "Hugo Rossi fundó Lumora en 1998."),
    (WORK, "Clara Berg trabaja para el Banco de Tokio."),
    (LIVE, "Clara Berg vive en El Cairo."),
    (Typical("book", "library"), "Normalmente se encuentran libros en la biblioteca."),
    (Use("umbrella"), "Se usa un paraguas para no mojarse."),
    (Phrase("how_are_you"), "¿Cómo está usted?"),
    (Phrase("happy_birthday"), "¡Feliz cumpleaños!"),
    (Question(HAT, "agent"), "¿Quién compró un sombrero rojo en el mercado ayer?"),
    (Question(HAT, "patient"), "¿Qué compró Anna en el mercado ayer?"),
    (Question(HAT, "place"), "¿Dónde compró Anna un sombrero rojo ayer?"),
    (
        Question(HAT, "time", indirect=True),
        "¿Sabe usted cuándo compró Anna un sombrero rojo en el mercado?",
    ),
    (Question(Event(ANNA, "meet", IVAN), "patient"), "¿A quién conoció Anna?"),
    (
        Question(Event(NP("farmer", definite=True), "meet", IVAN), "agent"),
        "¿Quién conoció a Iván?",
    ),
    (Question(HAT, "next"), "¿Qué hizo Anna después?"),
    (Question(Because(SOUP, "ill"), "reason"), "¿Por qué comió Anna sopa caliente?"),
    (Question(BORN, "city"), "¿Dónde nació María Keller?"),
    (Question(BORN, "person"), "¿Quién nació en Nueva York?"),
    (Question(FOUND, "year"), "¿Cuándo fundó Hugo Rossi Lumora?"),
    (Question(FOUND, "org"), "¿Qué fundó Hugo Rossi?"),
    (Question(WORK, "person"), "¿Quién trabaja para el Banco de Tokio?"),
    (Question(WORK, "org"), "¿Dónde trabaja Clara Berg?"),
    (
        Question(Typical("cow", "farm"), "place"),
        "¿Dónde se encuentran normalmente vacas?",
    ),
    (Question(Use("knife"), "tool"), "¿Qué se usa para cortar el pan?"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("es", meaning).text == text


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("hat", "letter", "un sombrero y una carta"),
        ("letter", "camera", "una carta y una cámara"),
    ],
)
def test_two_patients_are_joined_by_y(first, second, text):
    e = Event(ANNA, "lose", NP(first), NP(second))
    assert realise("es", e).text == f"Anna perdió {text}."


def test_y_becomes_e_before_the_sound_i():
    from xitt.data.pocket.languages.es import _and, _name

    assert _and(_name("ivan", "PER"))[0].text == "e"
    assert _and(_name("anna", "PER"))[0].text == "y"


def test_contracted_article_is_one_adposition():
    e = Event(ANNA, "greet", NP("baker", definite=True))
    tagged = [(t.text, t.pos) for t in realise("es", e).tokens]
    assert tagged[2:4] == [("al", "ADP"), ("panadero", "NOUN")]


def test_names_places_and_companies_are_entities():
    tokens = realise("es", BORN).tokens
    assert [t.ent for t in tokens] == (
        ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "O", "O", "O"]
    )
    bank = [t.ent for t in realise("es", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG", "I-ORG"]


def test_answers_are_found_without_their_preposition():
    text, _, spans = realise("es", HAT)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "Anna",
        "patient": "un sombrero rojo",
        "place": "el mercado",
        "time": "ayer",
    }


def test_answer_choices_are_phrases():
    assert answer("es", NP("knife")) == "un cuchillo"
    assert answer("es", "beach") == "en la playa"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.es import word

    words = [word(concept) for concept in c.ALL]
    twice = {w for w in words if words.count(w) > 1}
    assert not twice
