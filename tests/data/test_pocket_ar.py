"""Arabic sentences of the pocket suite against sentences written by hand."""

from __future__ import annotations

import pytest

from xitt.data.pocket import concepts as c
from xitt.data.pocket.grammar import answer, realise
from xitt.data.pocket.languages import ar
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
BREAD = Event(ANNA, "eat", NP("bread", "fresh"))
DOCTOR = Event(ANNA, "visit", NP("doctor", definite=True))
SEARCH = Event(ANNA, "search", NP("key", "old"), place="park")
MEETING = Event(ANNA, "meet", IVAN, place="vienna", time="monday")
BORN = Fact("born", "maria", "keller", city="buenos_aires", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

EVENTS = [
    (HAT, "اشترت آنا قبعة حمراء في السوق أمس."),
    (
        Event(ANNA, "buy", NP("shirt", "red"), NP("hat", "blue")),
        "اشترت آنا قميصا أحمر وقبعة زرقاء.",
    ),
    (Event(ANNA, "buy", NP("shirt", "blue", 3)), "اشترت آنا ثلاثة قمصان زرقاء."),
    (Event(IVAN, "buy", NP("bag", "new", 3)), "اشترى إيفان ثلاث حقائب جديدة."),
    (Event(ANNA, "buy", NP("hat", "red", 2)), "اشترت آنا قبعتين حمراوين."),
    (
        Event(ANNA, "lose", NP("key", "expensive", 2)),
        "فقدت آنا مفتاحين غاليين.",
    ),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("clock", count=10)),
        "أصلحت المهندسة الشابة عشر ساعات.",
    ),
    (Event(IVAN, "send", NP("book", count=10)), "أرسل إيفان عشرة كتب."),
    (Event(IVAN, "buy", NP("chair", "white", 5)), "اشترى إيفان خمسة كراسي بيضاء."),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "الرسام الطويل قابل آنا في فيينا.",
    ),
    (MEETING, "آنا قابلت إيفان في فيينا يوم الاثنين."),
    (
        Event(ANNA, "greet", NP("baker", "young", definite=True), place="beach"),
        "سلمت آنا على الخباز الشاب على الشاطئ.",
    ),
    (DOCTOR, "زارت آنا الطبيب."),
    (Event(NP("someone"), "visit", ANNA), "زار أحدهم آنا."),
    (Event(ANNA, "see", NP("lawyer", "famous")), "رأت آنا محامية مشهورة."),
    (Event(IVAN, "see", NP("doctor", "tall")), "رأى إيفان طبيبا طويلا."),
    (
        Event(NP("teacher", definite=True), "see", NP("cow", "white", definite=True)),
        "رأى المعلم البقرة البيضاء.",
    ),
    (SEARCH, "بحثت آنا عن مفتاح قديم في المتنزه."),
    (
        Event(ANNA, "search", NP("ring", "expensive"), NP("hat")),
        "بحثت آنا عن خاتم غال وقبعة.",
    ),
    (Event(ANNA, "lose", NP("ring", "expensive")), "فقدت آنا خاتما غاليا."),
    (
        Event(ANNA, "find", NP("ring", "expensive", definite=True)),
        "وجدت آنا الخاتم الغالي.",
    ),
    (Event(ANNA, "search", NP("something")), "بحثت آنا عن شيء."),
    (Event(ANNA, "eat", NP("something")), "أكلت آنا شيئا."),
    (Event(NP("someone"), "buy", NP("vehicle")), "اشترى أحدهم مركبة."),
    (Event(ANNA, "drink", NP("water", "cold")), "شربت آنا ماء باردا."),
    (Event(ANNA, "eat", NP("soup", "hot")), "أكلت آنا حساء ساخنا."),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "لم يشرب إيفان الماء البارد.",
    ),
    (
        Event(ANNA, "buy", NP("hat", "red", definite=True), negated=True),
        "لم تشتر آنا القبعة الحمراء.",
    ),
    (Event(ANNA, "see", IVAN, negated=True), "آنا لم تر إيفان."),
    (Event(IVAN, "search", ANNA, negated=True), "لم يبحث إيفان عن آنا."),
    (
        Event(ANNA, "paint", NP("table", "small", definite=True), front="then"),
        "ثم دهنت آنا الطاولة الصغيرة.",
    ),
    (Event(ANNA, "meet", IVAN, front="then"), "ثم قابلت آنا إيفان."),
    (Event(ANNA, "paint", NP("flower", "yellow")), "رسمت آنا زهرة صفراء."),
    (
        Event(ANNA, "read", NP("book"), place="park", time="friday", front="time"),
        "يوم الجمعة، قرأت آنا كتابا في المتنزه.",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="garden", time="summer", front="place"),
        "في الحديقة، قرأت آنا رسالة في الصيف.",
    ),
]
OTHERS = [
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "باعت آنا مصباحا قديما لديفيد في مايو.",
    ),
    (
        Transfer("anna", "david", NP("cow", definite=True), "buy", "may", "time"),
        "في مايو، اشترى ديفيد البقرة من آنا.",
    ),
    (State("anna", "tired"), "كانت آنا متعبة."),
    (State("ivan", "tired"), "كان إيفان متعبا."),
    (State("anna", "thirsty"), "كانت آنا عطشى."),
    (State("ivan", "cold_state"), "كان إيفان يشعر بالبرد."),
    (Because(BREAD, "hungry"), "أكلت آنا خبزا طازجا لأنها كانت جائعة."),
    (
        Because(Event(IVAN, "invite", ANNA), "happy"),
        "إيفان دعا آنا لأنه كان سعيدا.",
    ),
    (
        Because(BREAD, "hungry", so=True),
        "كانت آنا جائعة، لذلك أكلت خبزا طازجا.",
    ),
    (BORN, "ولدت ماريا كيلر في بوينس آيرس عام 1981."),
    (FOUND, "أسس هوغو روسي شركة لومورا عام 1998."),
    (WORK, "تعمل كلارا بيرغ في بنك طوكيو."),
    (
        Fact("work", "omar", "lind", org="atlas_motors"),
        "يعمل عمر ليند في شركة أطلس موتورز.",
    ),
    (LIVE, "تعيش كلارا بيرغ في القاهرة."),
    (Typical("book", "library"), "توجد الكتب عادة في المكتبة."),
    (Typical("doctor", "hospital"), "يوجد الأطباء عادة في المستشفى."),
    (Use("knife"), "نستخدم السكين لقطع الخبز."),
    (Use("bicycle"), "نستخدم الدراجة للذهاب إلى المدرسة."),
    (Phrase("how_are_you"), "كيف حالك؟"),
    (Phrase("this_is_my_house"), "هذا بيتي."),
]
QUESTIONS = [
    (Question(HAT, "agent"), "من اشترى قبعة حمراء في السوق أمس؟"),
    (Question(HAT, "patient"), "ماذا اشترت آنا في السوق أمس؟"),
    (Question(HAT, "place"), "أين اشترت آنا قبعة حمراء أمس؟"),
    (
        Question(HAT, "time", indirect=True),
        "هل تعرف متى اشترت آنا قبعة حمراء في السوق؟",
    ),
    (Question(HAT, "next"), "ماذا فعلت آنا بعد ذلك؟"),
    (Question(MEETING, "agent"), "من قابل إيفان في فيينا يوم الاثنين؟"),
    (Question(MEETING, "patient"), "من الذي قابلته آنا في فيينا يوم الاثنين؟"),
    (Question(MEETING, "place"), "أين قابلت آنا إيفان يوم الاثنين؟"),
    (Question(Event(IVAN, "see", ANNA), "patient"), "من الذي رآه إيفان؟"),
    (Question(Event(ANNA, "greet", IVAN), "patient"), "على من سلمت آنا؟"),
    (Question(Event(ANNA, "search", IVAN), "patient"), "عمن بحثت آنا؟"),
    (Question(SEARCH, "patient"), "عن ماذا بحثت آنا في المتنزه؟"),
    (Question(SEARCH, "agent"), "من بحث عن مفتاح قديم في المتنزه؟"),
    (Question(Because(BREAD, "ill"), "reason"), "لماذا أكلت آنا خبزا طازجا؟"),
    (Question(BORN, "city"), "أين ولدت ماريا كيلر؟"),
    (Question(BORN, "year"), "متى ولدت ماريا كيلر؟"),
    (Question(BORN, "person"), "من ولد في بوينس آيرس؟"),
    (Question(FOUND, "year"), "متى أسس هوغو روسي شركة لومورا؟"),
    (Question(FOUND, "org"), "ماذا أسس هوغو روسي؟"),
    (Question(FOUND, "person"), "من أسس شركة لومورا؟"),
    (Question(WORK, "person"), "من يعمل في بنك طوكيو؟"),
    (Question(WORK, "org"), "أين تعمل كلارا بيرغ؟"),
    (Question(LIVE, "city"), "أين تعيش كلارا بيرغ؟"),
    (Question(LIVE, "person"), "من يعيش في القاهرة؟"),
    (Question(Typical("cow", "farm"), "place"), "أين توجد الأبقار عادة؟"),
    (Question(Use("knife"), "tool"), "ماذا نستخدم لقطع الخبز؟"),
]


@pytest.mark.parametrize(("meaning", "text"), EVENTS + OTHERS + QUESTIONS)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("ar", meaning).text == text


def test_clitics_are_tokens_of_their_own():
    tagged = [(t.text, t.pos) for t in realise("ar", Because(BREAD, "ill")).tokens]
    assert tagged[-6:] == [
        ("ل", "ADP"),
        ("أن", "SCONJ"),
        ("ها", "PRON"),
        ("كانت", "AUX"),
        ("مريضة", "ADJ"),
        (".", "PUNCT"),
    ]
    two = Event(ANNA, "lose", NP("key"), NP("hat"))
    tagged = [(t.text, t.pos) for t in realise("ar", two).tokens]
    assert tagged[2:5] == [("مفتاحا", "NOUN"), ("و", "CCONJ"), ("قبعة", "NOUN")]


def test_names_places_and_companies_are_entities():
    kinds = [(t.text, t.ent) for t in realise("ar", BORN).tokens if t.ent != "O"]
    assert kinds == [
        ("ماريا", "B-PER"),
        ("كيلر", "I-PER"),
        ("بوينس", "B-LOC"),
        ("آيرس", "I-LOC"),
    ]
    bank = [t.ent for t in realise("ar", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG"]


@pytest.mark.parametrize(
    ("meaning", "expected"),
    [
        (
            HAT,
            {"agent": "آنا", "patient": "قبعة حمراء", "place": "السوق", "time": "أمس"},
        ),
        (SEARCH, {"agent": "آنا", "patient": "مفتاح قديم", "place": "المتنزه"}),
        (Because(BREAD, "ill"), {"reason": "كانت مريضة"}),
        (FOUND, {"person": "هوغو روسي", "org": "لومورا", "year": "1998"}),
        (Use("knife"), {"tool": "السكين"}),
    ],
)
def test_answers_are_found_without_their_preposition(meaning, expected):
    text, _, spans = realise("ar", meaning)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert {role: said[role] for role in expected} == expected


def test_answer_choices_are_phrases_in_the_nominative():
    assert answer("ar", NP("knife")) == "سكين"
    assert answer("ar", NP("cup", count=2)) == "كوبان"
    assert answer("ar", NP("shirt", "black", 2)) == "قميصان أسودان"
    assert answer("ar", NP("ring", "expensive")) == "خاتم غال"
    assert answer("ar", "beach") == "على الشاطئ"


def test_every_concept_has_a_word_of_its_own():
    words = [ar.word(concept) for concept in c.ALL]
    assert not {w for w in words if words.count(w) > 1}
