"""Japanese sentences of the pocket suite against sentences written by hand."""

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
    (HAT, "アンナは昨日、市場で赤い帽子を買いました。"),
    (
        Event(ANNA, "buy", NP("shirt", "green"), NP("hat", "big")),
        "アンナは緑のシャツと大きな帽子を買いました。",
    ),
    (
        Event(ANNA, "buy", NP("shirt", "blue", 3), place="paris"),
        "アンナはパリで青いシャツを3枚買いました。",
    ),
    (Event(ANNA, "lose", NP("umbrella", count=2)), "アンナは傘を2本なくしました。"),
    (Event(ANNA, "sell", NP("book", "old", 10)), "アンナは古い本を10冊売りました。"),
    (Event(ANNA, "eat", NP("apple", count=5)), "アンナはりんごを5個食べました。"),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("car", count=4)),
        "若いエンジニアは車を4台修理しました。",
    ),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "背の高い画家はウィーンでアンナに会いました。",
    ),
    (
        Event(ANNA, "greet", NP("neighbour", definite=True), time="morning"),
        "アンナは朝、隣人に挨拶しました。",
    ),
    (
        Event(ANNA, "visit", NP("lawyer", "famous")),
        "アンナは有名な弁護士を訪ねました。",
    ),
    (Event(ANNA, "invite", IVAN), "アンナはイワンを招待しました。"),
    (Event(ANNA, "see", IVAN, time="monday"), "アンナは月曜日にイワンを見かけました。"),
    (Event(ANNA, "see", NP("cow", "white")), "アンナは白い牛を見ました。"),
    (Event(ANNA, "search", NP("dog", "small")), "アンナは小さな犬を探しました。"),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "イワンは冷たい水を飲みませんでした。",
    ),
    (Event(IVAN, "meet", ANNA, negated=True), "イワンはアンナに会いませんでした。"),
    (
        Event(IVAN, "repair", NP("door", definite=True), negated=True),
        "イワンはドアを修理しませんでした。",
    ),
    (Event(IVAN, "drink", NP("water", "hot")), "イワンは熱いお湯を飲みました。"),
    (Event(IVAN, "eat", NP("soup", "hot")), "イワンは温かいスープを飲みました。"),
    (Event(IVAN, "eat", NP("bread", "fresh")), "イワンは焼きたてのパンを食べました。"),
    (Event(NP("someone"), "buy", NP("vehicle")), "誰かが乗り物を買いました。"),
    (Event(ANNA, "eat", NP("something")), "アンナは何かを食べました。"),
    (
        Event(ANNA, "read", NP("book", definite=True), time="friday", front="time"),
        "金曜日に、アンナは本を読みました。",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="garden", time="may", front="place"),
        "庭で、アンナは5月に手紙を読みました。",
    ),
    (
        Event(ANNA, "open", NP("window", "small", definite=True), front="then"),
        "それからアンナは小さな窓を開けました。",
    ),
    (Event(ANNA, "open", NP("book")), "アンナは本を開きました。"),
    (Event(ANNA, "break", NP("plate")), "アンナは皿を割りました。"),
    (Event(ANNA, "paint", NP("picture", "new")), "アンナは新しい絵を描きました。"),
    (Event(ANNA, "paint", NP("chair", "expensive")), "アンナは高い椅子を塗りました。"),
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "アンナは5月にデイビッドに古いランプを売りました。",
    ),
    (
        Transfer("anna", "david", NP("lamp", "old"), "buy", "may", "time"),
        "5月に、デイビッドはアンナから古いランプを買いました。",
    ),
    (State("anna", "hungry"), "アンナはお腹がすいていました。"),
    (State("ivan", "ill"), "イワンは病気でした。"),
    (State("ivan", "cold_state"), "イワンは寒がっていました。"),
    (
        Because(BREAD, "hungry"),
        "アンナが昨日、市場でパンを買ったのは、お腹がすいていたからです。",
    ),
    (
        Because(BREAD, "hungry", so=True),
        "アンナはお腹がすいていたので、昨日、市場でパンを買いました。",
    ),
    (
        Because(Event(IVAN, "drink", NP("coffee")), "tired"),
        "イワンがコーヒーを飲んだのは、疲れていたからです。",
    ),
    (
        Because(Event(IVAN, "close", NP("door", definite=True)), "cold_state", True),
        "イワンは寒かったので、ドアを閉めました。",
    ),
    (BORN, "マリア・ケラーは1981年にニューヨークで生まれました。"),
    (FOUND, "ヒューゴ・ロッシは1998年にルモラを設立しました。"),
    (WORK, "クララ・バーグは東京銀行で働いています。"),
    (LIVE, "クララ・バーグはカイロに住んでいます。"),
    (Typical("book", "library"), "本はたいてい図書館にあります。"),
    (Typical("cow", "farm"), "牛はたいてい農場にいます。"),
    (Use("umbrella"), "雨をよけるのに傘を使います。"),
    (Phrase("how_are_you"), "お元気ですか？"),
    (Phrase("i_have_two_brothers"), "兄弟が2人います。"),
    (Question(HAT, "agent"), "誰が昨日、市場で赤い帽子を買いましたか？"),
    (Question(HAT, "patient"), "アンナは昨日、市場で何を買いましたか？"),
    (Question(HAT, "place"), "アンナは昨日、どこで赤い帽子を買いましたか？"),
    (Question(HAT, "time"), "アンナはいつ市場で赤い帽子を買いましたか？"),
    (
        Question(HAT, "place", indirect=True),
        "アンナが昨日、どこで赤い帽子を買ったか知っていますか？",
    ),
    (
        Question(Event(ANNA, "repair", NP("door")), "agent", indirect=True),
        "誰がドアを修理したか知っていますか？",
    ),
    (Question(Event(ANNA, "meet", IVAN), "patient"), "アンナは誰に会いましたか？"),
    (Question(Event(ANNA, "see", IVAN), "patient"), "アンナは誰を見かけましたか？"),
    (Question(HAT, "next"), "アンナは次に何をしましたか？"),
    (
        Question(Because(BREAD, "ill"), "reason"),
        "アンナはなぜ昨日、市場でパンを買ったのですか？",
    ),
    (Question(BORN, "city"), "マリア・ケラーはどこで生まれましたか？"),
    (Question(BORN, "year"), "マリア・ケラーはいつ生まれましたか？"),
    (Question(BORN, "person"), "誰がニューヨークで生まれましたか？"),
    (Question(FOUND, "year"), "ヒューゴ・ロッシはいつルモラを設立しましたか？"),
    (Question(FOUND, "org"), "ヒューゴ・ロッシはどの会社を設立しましたか？"),
    (Question(FOUND, "person"), "誰がルモラを設立しましたか？"),
    (Question(WORK, "person"), "誰が東京銀行で働いていますか？"),
    (Question(WORK, "org"), "クララ・バーグはどこで働いていますか？"),
    (Question(LIVE, "city"), "クララ・バーグはどこに住んでいますか？"),
    (Question(Typical("cow", "farm"), "place"), "牛はたいていどこにいますか？"),
    (Question(Use("knife"), "tool"), "パンを切るのに何を使いますか？"),
]


@pytest.mark.parametrize(("meaning", "text"), SENTENCES)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("ja", meaning).text == text


def tagged(meaning) -> str:
    return " ".join(f"{t.text}/{t.pos}" for t in realise("ja", meaning).tokens)


def test_particles_and_endings_are_words_of_their_own():
    assert tagged(Event(ANNA, "repair", NP("phone", "new"), negated=True)) == (
        "アンナ/PROPN は/ADP 新しい/ADJ 携帯/NOUN 電話/NOUN を/ADP 修理/VERB し/AUX "
        "ませ/AUX ん/AUX でし/AUX た/AUX 。/PUNCT"
    )


def test_number_and_counter_stand_after_the_object():
    assert tagged(Event(ANNA, "wash", NP("egg", count=3))) == (
        "アンナ/PROPN は/ADP 卵/NOUN を/ADP 3/NUM 個/NOUN 洗い/VERB まし/AUX た/AUX "
        "。/PUNCT"
    )


def test_adjectival_nouns_and_colour_nouns_take_their_linkers():
    assert tagged(Event(ANNA, "see", NP("car", "green"))).split()[2:4] == (
        ["緑/NOUN", "の/ADP"]
    )
    assert tagged(Event(ANNA, "see", NP("singer", "famous"))).split()[2:4] == (
        ["有名/ADJ", "な/AUX"]
    )


def test_names_places_and_companies_are_entities():
    born = [(t.text, t.ent) for t in realise("ja", BORN).tokens if t.ent != "O"]
    assert born == [
        ("マリア", "B-PER"),
        ("・", "I-PER"),
        ("ケラー", "I-PER"),
        ("ニューヨーク", "B-LOC"),
    ]
    bank = [t.ent for t in realise("ja", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG"]


def test_answers_are_found_without_their_particles():
    text, _, spans = realise("ja", HAT)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "アンナ",
        "patient": "赤い帽子",
        "place": "市場",
        "time": "昨日",
    }
    text, _, spans = realise("ja", Event(ANNA, "buy", NP("cup", count=2)))
    assert text[slice(*spans["patient"])] == "カップを2個"


def test_reason_is_the_clause_without_its_conjunction():
    for so, reason in ((False, "寒かった"), (True, "アンナは寒かった")):
        text, _, spans = realise("ja", Because(BREAD, "cold_state", so))
        assert text[slice(*spans["reason"])] == reason


def test_answer_choices_are_phrases():
    assert answer("ja", NP("knife")) == "ナイフ"
    assert answer("ja", NP("shirt", "red", 3)) == "3枚の赤いシャツ"
    assert answer("ja", "beach") == "浜辺で"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.ja import word

    words = [word(concept) for concept in c.ALL]
    twice = {w for w in words if words.count(w) > 1}
    assert not twice
