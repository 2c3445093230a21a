"""Chinese sentences of the pocket suite against sentences written by hand."""

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
BREAD = Event(ANNA, "buy", NP("bread"), place="market", time="yesterday")
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

SENTENCES = [
    (HAT, "安娜昨天在市场买了一顶红色的帽子。"),
    (
        Event(ANNA, "buy", NP("shirt", "white"), NP("hat", "big")),
        "安娜买了一件白色的衬衫和一顶大帽子。",
    ),
    (Event(ANNA, "buy", NP("shirt", "blue", 3)), "安娜买了三件蓝色的衬衫。"),
    (Event(ANNA, "lose", NP("umbrella", count=2)), "安娜弄丢了两把雨伞。"),
    (Event(ANNA, "sell", NP("book", "old", 10)), "安娜卖了十本旧书。"),
    (Event(ANNA, "eat", NP("apple", "green", 5)), "安娜吃了五个绿色的苹果。"),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("car", count=4)),
        "那位年轻的工程师修理了四辆汽车。",
    ),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "那位高个子的画家在维也纳遇见了安娜。",
    ),
    (
        Event(ANNA, "greet", NP("baker", definite=True), place="beach"),
        "安娜在海滩上问候了那位面包师。",
    ),
    (
        Event(NP("farmer", definite=True), "see", NP("horse", "white")),
        "农民看见了一匹白色的马。",
    ),
    (Event(ANNA, "visit", NP("lawyer", "famous")), "安娜拜访了一位著名的律师。"),
    (Event(ANNA, "visit", NP("student")), "安娜拜访了一名学生。"),
    (Event(ANNA, "visit", NP("doctor", definite=True)), "安娜看了那位医生。"),
    (Event(ANNA, "search", NP("dog", "small")), "安娜寻找一只小狗。"),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "伊万没有喝那杯冷水。",
    ),
    (Event(IVAN, "buy", NP("hat", "red"), negated=True), "伊万没有买红色的帽子。"),
    (Event(IVAN, "meet", ANNA, negated=True), "伊万没有遇见安娜。"),
    (Event(IVAN, "drink", NP("water", "cold")), "伊万喝了冷水。"),
    (Event(IVAN, "eat", NP("soup", "hot")), "伊万喝了热汤。"),
    (Event(NP("someone"), "buy", NP("vehicle")), "有人买了一种交通工具。"),
    (Event(ANNA, "eat", NP("something")), "安娜吃了东西。"),
    (
        Event(ANNA, "read", NP("book", definite=True), time="friday", front="time"),
        "星期五，安娜读了那本书。",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="garden", time="may", front="place"),
        "在花园里，安娜五月读了一封信。",
    ),
    (
        Event(ANNA, "open", NP("window", definite=True), front="then"),
        "然后安娜打开了窗户。",
    ),
    (Event(ANNA, "open", NP("letter", definite=True)), "安娜拆开了那封信。"),
    (Event(ANNA, "break", NP("plate")), "安娜打破了一个盘子。"),
    (Event(ANNA, "break", NP("camera", "new")), "安娜弄坏了一台新相机。"),
    (Event(ANNA, "paint", NP("picture")), "安娜画了一幅油画。"),
    (
        Event(ANNA, "paint", NP("house", "old", definite=True)),
        "安娜粉刷了那栋老房子。",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "安娜五月卖给了大卫一盏旧台灯。",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old", definite=True), "sell"),
        "安娜把那盏旧台灯卖给了大卫。",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "buy", "may", "time"),
        "五月，大卫从安娜那里买了一盏旧台灯。",
    ),
    (State("anna", "tired"), "安娜累了。"),
    (State("ivan", "cold_state"), "伊万觉得很冷。"),
    (Because(BREAD, "hungry"), "安娜昨天在市场买了面包，因为她饿了。"),
    (Because(BREAD, "hungry", so=True), "安娜饿了，所以昨天在市场买了面包。"),
    (
        Because(Event(IVAN, "close", NP("door", definite=True)), "cold_state"),
        "伊万关上了门，因为他觉得很冷。",
    ),
    (BORN, "玛丽亚·凯勒于1981年出生在纽约。"),
    (FOUND, "雨果·罗西于1998年创立了卢莫拉。"),
    (WORK, "克拉拉·贝里在东京银行工作。"),
    (LIVE, "克拉拉·贝里住在开罗。"),
    (Typical("book", "library"), "在图书馆通常能找到书。"),
    (Use("umbrella"), "人们用雨伞挡雨。"),
    (Phrase("how_are_you"), "你好吗？"),
    (Phrase("i_have_two_brothers"), "我有两个兄弟。"),
    (Question(HAT, "agent"), "谁昨天在市场买了一顶红色的帽子？"),
    (Question(HAT, "patient"), "安娜昨天在市场买了什么？"),
    (Question(HAT, "place"), "安娜昨天在哪里买了一顶红色的帽子？"),
    (Question(HAT, "time"), "安娜什么时候在市场买了一顶红色的帽子？"),
    (
        Question(HAT, "place", indirect=True),
        "你知道安娜昨天在哪里买了一顶红色的帽子吗？",
    ),
    (Question(Event(ANNA, "meet", IVAN), "patient"), "安娜遇见了谁？"),
    (
        Question(Event(ANNA, "search", IVAN, time="may"), "time"),
        "安娜什么时候寻找过伊万？",
    ),
    (Question(Event(ANNA, "eat", NP("soup")), "patient"), "安娜吃了什么？"),
    (Question(HAT, "next"), "安娜接下来做了什么？"),
    (Question(Because(BREAD, "ill"), "reason"), "安娜为什么昨天在市场买了面包？"),
    (Question(BORN, "city"), "玛丽亚·凯勒出生在哪里？"),
    (Question(BORN, "year"), "玛丽亚·凯勒是什么时候出生的？"),
    (Question(BORN, "person"), "谁出生在纽约？"),
    (Question(FOUND, "year"), "雨果·罗西是什么时候创立卢莫拉的？"),
    (Question(FOUND, "org"), "雨果·罗西创立了哪家公司？"),
    (Question(FOUND, "person"), "谁创立了卢莫拉？"),
    (Question(WORK, "person"), "谁在东京银行工作？"),
    (Question(WORK, "org"), "克拉拉·贝里在哪里工作？"),
    (Question(LIVE, "city"), "克拉拉·贝里住在哪里？"),
    (Question(Typical("cow", "farm"), "place"), "通常在哪里能找到奶牛？"),
    (Question(Use("knife"), "tool"), "人们用什么切面包？"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("zh", meaning).text == text


def test_classifier_colour_and_particles_are_words_of_their_own():
    e = Event(ANNA, "buy", NP("shirt", "blue", 3))
    tagged = " ".join(f"{t.text}/{t.pos}" for t in realise("zh", e).tokens)
    assert tagged == (
        "安娜/PROPN 买/VERB 了/PART 三/NUM 件/NOUN 蓝色/NOUN 的/PART 衬衫/NOUN 。/PUNCT"
    )


def test_the_word_behind_a_place_is_an_adposition():
    e = Event(ANNA, "greet", IVAN, place="beach", time="monday")
    tagged = [(t.text, t.pos) for t in realise("zh", e).tokens]
    assert tagged[1:3] == [("星期", "NOUN"), ("一", "NUM")]
    assert tagged[3:6] == [("在", "ADP"), ("海滩", "NOUN"), ("上", "ADP")]


def test_names_places_and_companies_are_entities():
    born = [(t.text, t.ent) for t in realise("zh", BORN).tokens if t.ent != "O"]
    assert born == [
        ("玛丽亚", "B-PER"),
        ("·", "I-PER"),
        ("凯勒", "I-PER"),
        ("纽约", "B-LOC"),
    ]
    bank = [t.ent for t in realise("zh", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG"]


def test_answers_are_found_without_their_adpositions():
    e = Event(ANNA, "buy", NP("hat", "red"), place="garden", time="yesterday")
    text, _, spans = realise("zh", e)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "安娜",
        "patient": "一顶红色的帽子",
        "place": "花园",
        "time": "昨天",
    }
    text, _, spans = realise("zh", FOUND)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {"person": "雨果·罗西", "org": "卢莫拉", "year": "1998年"}


def test_reason_is_the_clause_behind_its_conjunction():
    for so, reason in ((False, "她饿了"), (True, "安娜饿了")):
        text, _, spans = realise("zh", Because(BREAD, "hungry", so))
        assert text[slice(*spans["reason"])] == reason


def test_answer_choices_are_phrases():
    assert answer("zh", NP("knife")) == "一把刀"
    assert answer("zh", "beach") == "在海滩上"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.zh import word

    words = [word(concept) for concept in c.ALL]
    twice = {w for w in words if words.count(w) > 1}
    assert not twice
