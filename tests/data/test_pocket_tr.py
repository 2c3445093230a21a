"""Turkish sentences of the pocket suite against sentences written by hand."""

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
THE_HAT = Event(
    ANNA, "buy", NP("hat", "red", definite=True), place="market", time="yesterday"
)
SOUP = Event(ANNA, "eat", NP("soup", "hot"), place="kitchen")
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

SENTENCES = [
    (HAT, "Anna dün pazarda kırmızı bir şapka satın aldı."),
    (THE_HAT, "Anna dün pazarda kırmızı şapkayı satın aldı."),
    (
        Event(ANNA, "buy", NP("shirt", "red"), NP("hat")),
        "Anna kırmızı bir gömlek ve bir şapka satın aldı.",
    ),
    (
        Event(ANNA, "eat", NP("cheese", "fresh"), NP("soup")),
        "Anna taze peynir ve çorba yedi.",
    ),
    (Event(ANNA, "sell", NP("cup", "blue", 3)), "Anna üç mavi fincan sattı."),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("clock", count=10)),
        "Genç mühendis on saat onardı.",
    ),
    (Event(ANNA, "close", NP("window", count=2)), "Anna iki pencereyi kapattı."),
    (Event(ANNA, "close", NP("door")), "Anna bir kapıyı kapattı."),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "Uzun boylu ressam Viyana'da Anna ile tanıştı.",
    ),
    (
        Event(ANNA, "greet", NP("baker", "young", definite=True), place="beach"),
        "Anna plajda genç fırıncıyı selamladı.",
    ),
    (
        Event(ANNA, "visit", NP("lawyer", "famous"), time="last_week"),
        "Anna geçen hafta ünlü bir avukatı ziyaret etti.",
    ),
    (Event(ANNA, "see", NP("doctor")), "Anna bir doktor gördü."),
    (
        Event(NP("leo"), "search", NP("paul"), time="sunday", negated=True),
        "Leo pazar günü Paul'ü aramadı.",
    ),
    (
        Event(IVAN, "wash", NP("dog", "white"), NP("shirt")),
        "İvan beyaz bir köpeği ve bir gömleği yıkadı.",
    ),
    (
        Event(IVAN, "receive", NP("letter", definite=True)),
        "İvan mektubu teslim aldı.",
    ),
    (
        Event(NP("karim"), "find", NP("picture", "old", definite=True), place="paris"),
        "Kerim Paris'te eski resmi buldu.",
    ),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "İvan soğuk suyu içmedi.",
    ),
    (
        Event(IVAN, "drink", NP("juice", "fresh", definite=True)),
        "İvan taze meyve suyunu içti.",
    ),
    (Event(ANNA, "read", NP("letter"), negated=True), "Anna mektup okumadı."),
    (
        Event(ANNA, "read", NP("letter", "old"), negated=True),
        "Anna eski bir mektup okumadı.",
    ),
    (Event(NP("someone"), "buy", NP("vehicle")), "Birisi bir araç satın aldı."),
    (Event(ANNA, "eat", NP("something")), "Anna bir şey yedi."),
    (
        Event(ANNA, "read", NP("book", definite=True), time="may", front="time"),
        "Mayısta Anna kitabı okudu.",
    ),
    (
        Event(ANNA, "read", NP("letter"), None, "station", "evening", front="place"),
        "İstasyonda Anna akşam bir mektup okudu.",
    ),
    (
        Event(ANNA, "open", NP("window", "small", definite=True), front="then"),
        "Sonra Anna küçük pencereyi açtı.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "Anna mayısta David'e eski bir lamba sattı.",
    ),
    (
        Transfer("max", "leila", NP("lamp", definite=True), "buy", "may", "time"),
        "Mayısta Leyla lambayı Max'tan satın aldı.",
    ),
    (
        Transfer("robert", "hugo", NP("cow", "white"), "buy"),
        "Hugo Robert'ten beyaz bir inek satın aldı.",
    ),
    (State("anna", "tired"), "Anna yorgundu."),
    (State("ivan", "cold_state"), "İvan üşüyordu."),
    (Because(SOUP, "hungry"), "Anna mutfakta sıcak çorba içti çünkü acıkmıştı."),
    (
        Because(SOUP, "ill", so=True),
        "Anna hastaydı, bu yüzden mutfakta sıcak çorba içti.",
    ),
    (BORN, "Maria Keller 1981 yılında New York'ta doğdu."),
    (FOUND, "Hugo Rossi 1998 yılında Lumora'yı kurdu."),
    (WORK, "Clara Berg Tokyo Bankasında çalışıyor."),
    (LIVE, "Clara Berg Kahire'de yaşıyor."),
    (Typical("cow", "farm"), "İnekler genellikle çiftlikte bulunur."),
    (Use("knife"), "Ekmek kesmek için bıçak kullanılır."),
    (Phrase("good_night"), "İyi geceler!"),
    (Question(HAT, "agent"), "Dün pazarda kim kırmızı bir şapka satın aldı?"),
    (Question(THE_HAT, "agent"), "Dün pazarda kırmızı şapkayı kim satın aldı?"),
    (Question(HAT, "patient"), "Anna dün pazarda ne satın aldı?"),
    (Question(HAT, "place"), "Anna dün nerede kırmızı bir şapka satın aldı?"),
    (Question(THE_HAT, "place"), "Anna dün kırmızı şapkayı nerede satın aldı?"),
    (Question(THE_HAT, "time"), "Anna pazarda kırmızı şapkayı ne zaman satın aldı?"),
    (
        Question(THE_HAT, "time", indirect=True),
        "Anna'nın pazarda kırmızı şapkayı ne zaman satın aldığını biliyor musunuz?",
    ),
    (
        Question(THE_HAT, "agent", indirect=True),
        "Dün pazarda kırmızı şapkayı kimin satın aldığını biliyor musunuz?",
    ),
    (
        Question(
            Event(NP("neighbour", "young", definite=True), "see", IVAN),
            "patient",
            indirect=True,
        ),
        "Genç komşunun kimi gördüğünü biliyor musunuz?",
    ),
    (Question(Event(ANNA, "meet", IVAN), "patient"), "Anna kiminle tanıştı?"),
    (Question(Event(ANNA, "meet", IVAN), "agent"), "İvan ile kim tanıştı?"),
    (Question(HAT, "next"), "Anna daha sonra ne yaptı?"),
    (
        Question(Because(SOUP, "ill"), "reason"),
        "Anna mutfakta neden sıcak çorba içti?",
    ),
    (Question(BORN, "city"), "Maria Keller nerede doğdu?"),
    (Question(BORN, "year"), "Maria Keller ne zaman doğdu?"),
    (Question(BORN, "person"), "New York'ta kim doğdu?"),
    (Question(FOUND, "person"), "Lumora'yı kim kurdu?"),
    (Question(FOUND, "year"), "Hugo Rossi Lumora'yı ne zaman kurdu?"),
    (Question(FOUND, "org"), "Hugo Rossi hangi şirketi kurdu?"),
    (Question(WORK, "person"), "Tokyo Bankasında kim çalışıyor?"),
    (Question(WORK, "org"), "Clara Berg nerede çalışıyor?"),
    (
        Question(Typical("book", "library"), "place"),
        "Kitaplar genellikle nerede bulunur?",
    ),
    (Question(Use("knife"), "tool"), "Ekmek kesmek için ne kullanılır?"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("tr", meaning).text == text


@pytest.mark.parametrize(
    ("name", "dative", "ablative", "genitive"),
    [
        ("anna", "Anna'ya", "Anna'dan", "Anna'nın"),
        ("irene", "Irene'ye", "Irene'den", "Irene'nin"),
        ("leo", "Leo'ya", "Leo'dan", "Leo'nun"),
        ("peter", "Peter'e", "Peter'den", "Peter'in"),
        ("thomas", "Thomas'a", "Thomas'tan", "Thomas'ın"),
        ("victor", "Victor'a", "Victor'dan", "Victor'un"),
        ("paul", "Paul'e", "Paul'den", "Paul'ün"),
        ("felix", "Felix'e", "Felix'ten", "Felix'in"),
    ],
)
def test_case_endings_of_names_are_in_harmony(name, dative, ablative, genitive):
    from xitt.data.pocket.languages.tr import _ablative, _dative, _noun

    assert _dative(name) == dative
    assert _ablative(name) == ablative
    assert _noun(name, "gen")[0].text == genitive


def test_a_noun_with_its_case_is_one_token():
    tagged = [(t.text, t.pos) for t in realise("tr", THE_HAT).tokens]
    assert tagged[1:5] == [
        ("dün", "NOUN"),
        ("pazarda", "NOUN"),
        ("kırmızı", "ADJ"),
        ("şapkayı", "NOUN"),
    ]
    ill = realise("tr", State("anna", "ill")).tokens
    assert ill[1][:2] == ("hastaydı", "ADJ")


def test_names_places_and_companies_are_entities():
    tokens = realise("tr", BORN).tokens
    assert [t.ent for t in tokens] == (
        ["B-PER", "I-PER", "O", "O", "B-LOC", "I-LOC", "O", "O"]
    )
    bank = [t.ent for t in realise("tr", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG"]


def test_answers_are_found_with_their_case():
    text, _, spans = realise("tr", THE_HAT)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "Anna",
        "time": "dün",
        "place": "pazarda",
        "patient": "kırmızı şapkayı",
    }
    text, _, spans = realise("tr", Event(ANNA, "meet", NP("lawyer", "famous")))
    assert text[slice(*spans["patient"])] == "ünlü bir avukat"


def test_answer_choices_are_phrases():
    assert answer("tr", NP("knife")) == "bir bıçak"
    assert answer("tr", NP("tea", "hot")) == "sıcak çay"
    assert answer("tr", "beach") == "plajda"
    assert answer("tr", "istanbul") == "İstanbul'da"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.tr import word

    words = [word(concept) for concept in c.ALL]
    assert not {w for w in words if words.count(w) > 1}
