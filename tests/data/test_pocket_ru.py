"""Russian sentences of the pocket suite against sentences written by hand."""

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
SOUP = Event(ANNA, "eat", NP("soup", "hot"), place="kitchen")
INVITED = Event(IVAN, "invite", NP("olga"), time="monday")
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

SENTENCES = [
    # new things stand last, known ones and names before the place
    (HAT, "Анна вчера купила на рынке красную шляпу."),
    (
        Event(ANNA, "read", NP("book", definite=True), place="garden", time="friday"),
        "Анна в пятницу прочитала книгу в саду.",
    ),
    (MET, "Анна в пятницу встретила Ивана на вокзале."),
    # gender and case of adjective and noun
    (
        Event(ANNA, "buy", NP("shirt", "white"), NP("coat", "blue")),
        "Анна купила белую рубашку и синее пальто.",
    ),
    (Event(IVAN, "buy", NP("lamp", "blue")), "Иван купил синюю лампу."),
    (Event(IVAN, "find", NP("ring", "expensive")), "Иван нашел дорогое кольцо."),
    (Event(ANNA, "find", NP("cat", "small")), "Анна нашла маленькую кошку."),
    (Event(IVAN, "drink", NP("coffee", "hot")), "Иван выпил горячий кофе."),
    (Event(ANNA, "drink", NP("milk", "cold")), "Анна выпила холодное молоко."),
    (Event(IVAN, "eat", NP("fish", "fresh")), "Иван съел свежую рыбу."),
    # numerals
    (Event(ANNA, "buy", NP("shirt", "blue", 2)), "Анна купила две синие рубашки."),
    (Event(ANNA, "lose", NP("key", "small", 2)), "Анна потеряла два маленьких ключа."),
    (Event(IVAN, "buy", NP("window", count=3)), "Иван купил три окна."),
    (
        Event(IVAN, "eat", NP("apple", "green", 4)),
        "Иван съел четыре зеленых яблока.",
    ),
    (
        Event(IVAN, "sell", NP("chair", "old", 5)),
        "Иван продал пять старых стульев.",
    ),
    (
        Event(NP("teacher", "young", definite=True), "buy", NP("cup", "red", 10)),
        "Молодая учительница купила десять красных чашек.",
    ),
    # people and animals as patients
    (
        Event(
            NP("engineer", "tall", definite=True),
            "greet",
            NP("farmer", "young", definite=True),
            place="beach",
        ),
        "Высокий инженер поприветствовал молодого фермера на пляже.",
    ),
    (
        Event(ANNA, "visit", NP("singer", "famous"), place="cape_town"),
        "Анна навестила в Кейптауне известную певицу.",
    ),
    (
        Event(NP("neighbour", definite=True), "visit", NP("doctor")),
        "Соседка посетила врача.",
    ),
    (Event(ANNA, "search", NP("maria")), "Анна искала Марию."),
    (Event(ANNA, "see", NP("daniel")), "Анна увидела Даниэля."),
    (Event(ANNA, "see", NP("hugo")), "Анна увидела Уго."),
    (Event(NP("someone"), "buy", NP("vehicle")), "Кто-то купил транспортное средство."),
    (Event(ANNA, "eat", NP("something")), "Анна съела что-то."),
    # verbs that suit the patient
    (
        Event(ANNA, "wash", NP("plate"), NP("shirt"), time="evening"),
        "Анна вечером вымыла тарелку и постирала рубашку.",
    ),
    (Event(IVAN, "break", NP("cup", "white")), "Иван разбил белую чашку."),
    (Event(IVAN, "break", NP("phone")), "Иван сломал телефон."),
    (
        Event(ANNA, "paint", NP("picture", "beautiful")),
        "Анна нарисовала красивую картину.",
    ),
    (Event(ANNA, "paint", NP("door", "green")), "Анна покрасила зеленую дверь."),
    # negation and fronting
    (
        Event(IVAN, "buy", NP("bread"), place="market", negated=True),
        "Иван не купил на рынке хлеб.",
    ),
    (Event(ANNA, "invite", IVAN, negated=True), "Анна не пригласила Ивана."),
    (
        Event(ANNA, "read", NP("book", definite=True), time="summer", front="time"),
        "Летом Анна прочитала книгу.",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="forest", time="may", front="place"),
        "В лесу Анна в мае прочитала письмо.",
    ),
    (
        Event(ANNA, "open", NP("window", "small", definite=True), front="then"),
        "Потом Анна открыла маленькое окно.",
    ),
    (
        Event(ANNA, "send", NP("letter"), time="last_week", front="then"),
        "Потом Анна отправила на прошлой неделе письмо.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "Анна в мае продала Давиду старую лампу.",
    ),
    (
        Transfer("anna", "paul", NP("lamp", "old", definite=True), "sell"),
        "Анна продала старую лампу Павлу.",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "buy", "may", "time"),
        "В мае Давид купил у Анны старую лампу.",
    ),
    (
        Transfer("olga", "sofia", NP("horse"), "buy", "winter"),
        "София зимой купила у Ольги лошадь.",
    ),
    (State("anna", "tired"), "Анна устала."),
    (State("ivan", "ill"), "Иван был болен."),
    (State("anna", "thirsty"), "Анна хотела пить."),
    (State("anna", "cold_state"), "Анна замерзла."),
    (
        Because(SOUP, "hungry"),
        "Анна съела на кухне горячий суп, потому что была голодна.",
    ),
    (
        Because(INVITED, "happy"),
        "Иван в понедельник пригласил Ольгу, потому что был счастлив.",
    ),
    (
        Because(SOUP, "ill", so=True),
        "Анна была больна, поэтому съела на кухне горячий суп.",
    ),
    (BORN, "Мария Келлер родилась в Нью-Йорке в 1981 году."),
    (FOUND, "Уго Росси основал компанию Lumora в 1998 году."),
    (WORK, "Клара Берг работает в Банке Токио."),
    (
        Fact("work", "clara", "berg", org="university_vienna"),
        "Клара Берг работает в Венском университете.",
    ),
    (
        Fact("work", "clara", "berg", org="novatek"),
        "Клара Берг работает в компании Novatek.",
    ),
    (LIVE, "Клара Берг живет в Каире."),
    (Typical("book", "library"), "Книги обычно можно найти в библиотеке."),
    (Typical("doctor", "hospital"), "Врачей обычно можно найти в больнице."),
    (Use("umbrella"), "Чтобы не промокнуть, нужен зонт."),
    (Use("boat"), "Чтобы переправиться через реку, нужна лодка."),
    (Use("coat"), "Чтобы не мерзнуть, нужно пальто."),
    (Phrase("how_are_you"), "Как дела?"),
    (Phrase("happy_birthday"), "С днем рождения!"),
]

QUESTIONS = [
    (Question(HAT, "agent"), "Кто вчера купил на рынке красную шляпу?"),
    (Question(HAT, "patient"), "Что Анна вчера купила на рынке?"),
    (Question(HAT, "place"), "Где Анна вчера купила красную шляпу?"),
    (
        Question(HAT, "time", indirect=True),
        "Вы не знаете, когда Анна купила на рынке красную шляпу?",
    ),
    (Question(MET, "patient"), "Кого Анна в пятницу встретила на вокзале?"),
    (Question(Event(IVAN, "search", NP("dog")), "patient"), "Кого Иван искал?"),
    (
        Question(INVITED, "agent", indirect=True),
        "Вы не знаете, кто в понедельник пригласил Ольгу?",
    ),
    (Question(HAT, "next"), "Что Анна сделала потом?"),
    (
        Question(Because(SOUP, "ill"), "reason"),
        "Почему Анна съела на кухне горячий суп?",
    ),
    (Question(BORN, "city"), "Где родилась Мария Келлер?"),
    (Question(BORN, "year"), "Когда родилась Мария Келлер?"),
    (Question(BORN, "person"), "Кто родился в Нью-Йорке?"),
    (Question(FOUND, "year"), "Когда Уго Росси основал компанию Lumora?"),
    (Question(FOUND, "org"), "Какую компанию основал Уго Росси?"),
    (Question(FOUND, "person"), "Кто основал компанию Lumora?"),
    (Question(WORK, "person"), "Кто работает в Банке Токио?"),
    (Question(WORK, "org"), "Где работает Клара Берг?"),
    (Question(LIVE, "city"), "Где живет Клара Берг?"),
    (Question(Typical("cow", "farm"), "place"), "Где обычно можно найти коров?"),
    (Question(Use("knife"), "tool"), "Что нужно, чтобы нарезать хлеб?"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES + QUESTIONS)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("ru", meaning).text == text


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("anna", "Анна Анну Анны Анне"),
        ("olga", "Ольга Ольгу Ольги Ольге"),
        ("maria", "Мария Марию Марии Марии"),
        ("ivan", "Иван Ивана Ивана Ивану"),
        ("daniel", "Даниэль Даниэля Даниэля Даниэлю"),
        ("paul", "Павел Павла Павла Павлу"),
        ("leo", "Лео Лео Лео Лео"),
    ],
)
def test_names_are_declined(name, forms):
    from xitt.data.pocket.languages.ru import _named

    cases = ("nom", "acc", "gen", "dat")
    assert [_named(name, case)[0].text for case in cases] == forms.split()


def test_the_year_of_a_date_is_an_ordinal():
    tagged = [(t.text, t.pos) for t in realise("ru", BORN).tokens]
    assert tagged[5:8] == [("в", "ADP"), ("1981", "ADJ"), ("году", "NOUN")]


def test_because_is_an_adverb_with_a_conjunction():
    tokens = realise("ru", Because(SOUP, "hungry")).tokens
    assert [(t.text, t.pos) for t in tokens[6:11]] == [
        (",", "PUNCT"),
        ("потому", "ADV"),
        ("что", "SCONJ"),
        ("была", "AUX"),
        ("голодна", "ADJ"),
    ]


def test_names_places_and_companies_are_entities():
    assert [t.ent for t in realise("ru", BORN).tokens] == (
        ["B-PER", "I-PER", "O", "O", "B-LOC", "O", "O", "O", "O"]
    )
    bank = [t.ent for t in realise("ru", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG"]


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        (
            HAT,
            {
                "agent": "Анна",
                "patient": "красную шляпу",
                "place": "рынке",
                "time": "вчера",
            },
        ),
        (MET, {"patient": "Ивана", "place": "вокзале", "time": "в пятницу"}),
        (Because(INVITED, "happy"), {"reason": "был счастлив"}),
        (Because(INVITED, "happy", so=True), {"reason": "Иван был счастлив"}),
        (Use("key"), {"tool": "ключ"}),
        (FOUND, {"person": "Уго Росси", "org": "Lumora", "year": "1998"}),
        (BORN, {"city": "Нью-Йорке", "year": "1981"}),
    ],
)
def test_answers_are_found_without_their_preposition(meaning, said):
    text, _, spans = realise("ru", meaning)
    found = {role: text[slice(*span)] for role, span in spans.items()}
    assert {role: found.get(role) for role in said} == said


def test_answer_choices_are_phrases_in_the_nominative():
    assert answer("ru", NP("hat", "red")) == "красная шляпа"
    assert answer("ru", NP("vehicle")) == "транспортное средство"
    assert answer("ru", NP("cup", count=3)) == "три чашки"
    assert answer("ru", "beach") == "на пляже"
    assert answer("ru", "moscow") == "в Москве"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.ru import word

    words = [word(concept) for concept in c.ALL]
    assert not {w for w in words if words.count(w) > 1}
