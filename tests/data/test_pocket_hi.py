"""Hindi sentences of the pocket suite against sentences written by hand."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from xitt.data.pocket import concepts as c
from xitt.data.pocket.grammar import answer, realise
from xitt.data.pocket.languages import hi
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
BORN = Fact("born", "maria", "keller", city="buenos_aires", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")

EVENTS = [
    (HAT, "अन्ना ने कल बाज़ार में एक लाल टोपी खरीदी।"),
    (
        Event(ANNA, "buy", NP("shirt", "red"), NP("hat", "blue")),
        "अन्ना ने एक लाल कमीज़ और एक नीली टोपी खरीदी।",
    ),
    (Event(ANNA, "buy", NP("shirt", "blue", 3)), "अन्ना ने तीन नीली कमीज़ें खरीदीं।"),
    (Event(ANNA, "lose", NP("umbrella", "expensive", 2)), "अन्ना ने दो महंगे छाते खो दिए।"),
    (
        Event(NP("engineer", "young", definite=True), "repair", NP("clock", count=10)),
        "युवा इंजीनियर ने दस घड़ियाँ ठीक कीं।",
    ),
    (
        Event(NP("painter", "tall", definite=True), "meet", ANNA, place="vienna"),
        "लंबे चित्रकार ने वियना में अन्ना से मुलाकात की।",
    ),
    (
        Event(ANNA, "greet", NP("baker", "young", definite=True), place="beach"),
        "अन्ना ने समुद्रतट पर युवा बेकर का अभिवादन किया।",
    ),
    (
        Event(IVAN, "visit", NP("teacher", definite=True), place="cape_town"),
        "इवान केप टाउन में अध्यापिका से मिलने गया।",
    ),
    (DOCTOR, "अन्ना डॉक्टर से मिलने गई।"),
    (Event(NP("someone"), "visit", ANNA), "कोई अन्ना से मिलने गया।"),
    (Event(ANNA, "see", NP("lawyer", "famous")), "अन्ना ने एक मशहूर वकील को देखा।"),
    (Event(ANNA, "see", IVAN), "अन्ना ने इवान को देखा।"),
    (Event(IVAN, "see", NP("cow", "white")), "इवान ने एक सफ़ेद गाय देखी।"),
    (
        Event(IVAN, "see", NP("dog", "black", definite=True)),
        "इवान ने काले कुत्ते को देखा।",
    ),
    (Event(ANNA, "wash", NP("horse", "black")), "अन्ना ने एक काले घोड़े को नहलाया।"),
    (Event(ANNA, "wash", NP("plate", count=5)), "अन्ना ने पाँच प्लेटें धोईं।"),
    (Event(IVAN, "invite", ANNA), "इवान ने अन्ना को आमंत्रित किया।"),
    (
        Event(ANNA, "find", NP("key", "old", 2), place="hotel"),
        "अन्ना को होटल में दो पुरानी चाबियाँ मिलीं।",
    ),
    (Event(IVAN, "find", ANNA), "इवान को अन्ना मिली।"),
    (
        Event(NP("doctor", definite=True), "receive", NP("letter", "new"), time="may"),
        "डॉक्टर को मई में एक नया पत्र प्राप्त हुआ।",
    ),
    (SEARCH, "अन्ना ने पार्क में एक पुरानी चाबी की तलाश की।"),
    (Event(ANNA, "search", NP("camera", count=5)), "अन्ना ने पाँच कैमरों की तलाश की।"),
    (
        Event(ANNA, "search", NP("umbrella", "old"), NP("hat")),
        "अन्ना ने एक पुराने छाते और एक टोपी की तलाश की।",
    ),
    (Event(ANNA, "close", NP("door", definite=True)), "अन्ना ने दरवाज़ा बंद किया।"),
    (Event(ANNA, "eat", NP("egg", count=4)), "अन्ना ने चार अंडे खाए।"),
    (Event(ANNA, "eat", NP("soup", "hot")), "अन्ना ने गरम सूप पिया।"),
    (Event(NP("someone"), "buy", NP("vehicle")), "किसी ने एक वाहन खरीदा।"),
    (Event(ANNA, "eat", NP("something")), "अन्ना ने कुछ खाया।"),
    (Event(ANNA, "eat", NP("food")), "अन्ना ने खाना खाया।"),
    (
        Event(IVAN, "drink", NP("water", "cold", definite=True), negated=True),
        "इवान ने ठंडा पानी नहीं पिया।",
    ),
    (
        Event(ANNA, "buy", NP("hat", "red"), negated=True),
        "अन्ना ने कोई लाल टोपी नहीं खरीदी।",
    ),
    (
        Event(ANNA, "lose", NP("key", definite=True), negated=True),
        "अन्ना ने चाबी नहीं खोई।",
    ),
    (
        Event(ANNA, "open", NP("window", definite=True), place="kitchen", negated=True),
        "अन्ना ने रसोई में खिड़की नहीं खोली।",
    ),
    (
        Event(ANNA, "search", NP("camera"), negated=True),
        "अन्ना ने किसी कैमरे की तलाश नहीं की।",
    ),
    (Event(ANNA, "visit", IVAN, negated=True), "अन्ना इवान से मिलने नहीं गई।"),
    (
        Event(ANNA, "read", NP("book"), place="park", time="friday", front="time"),
        "शुक्रवार को अन्ना ने पार्क में एक किताब पढ़ी।",
    ),
    (
        Event(ANNA, "read", NP("letter"), place="garden", time="summer", front="place"),
        "बगीचे में अन्ना ने गर्मियों में एक पत्र पढ़ा।",
    ),
    (
        Event(ANNA, "paint", NP("table", "small", definite=True), front="then"),
        "फिर अन्ना ने छोटी मेज़ पेंट की।",
    ),
]
OTHERS = [
    (
        Transfer("anna", "david", NP("lamp", "old"), "sell", "may"),
        "अन्ना ने मई में डेविड को एक पुराना लैंप बेचा।",
    ),
    (
        Transfer("anna", "david", NP("cow", definite=True), "buy", "may", "time"),
        "मई में डेविड ने अन्ना से गाय खरीदी।",
    ),
    (State("anna", "tired"), "अन्ना थकी हुई थी।"),
    (State("ivan", "tired"), "इवान थका हुआ था।"),
    (State("ivan", "cold_state"), "इवान को ठंड लग रही थी।"),
    (State("ivan", "bored"), "इवान बोर हो रहा था।"),
    (Because(BREAD, "hungry"), "अन्ना ने ताज़ी ब्रेड खाई, क्योंकि उसे भूख लगी थी।"),
    (Because(DOCTOR, "ill"), "अन्ना डॉक्टर से मिलने गई, क्योंकि वह बीमार थी।"),
    (
        Because(BREAD, "hungry", so=True),
        "अन्ना को भूख लगी थी, इसलिए उसने ताज़ी ब्रेड खाई।",
    ),
    (Because(DOCTOR, "ill", so=True), "अन्ना बीमार थी, इसलिए वह डॉक्टर से मिलने गई।"),
    (BORN, "मारिया केलर का जन्म 1981 में ब्यूनस आयर्स में हुआ था।"),
    (FOUND, "ह्यूगो रॉसी ने 1998 में लुमोरा की स्थापना की।"),
    (WORK, "क्लारा बर्ग बैंक ऑफ़ टोक्यो में काम करती है।"),
    (LIVE, "क्लारा बर्ग काहिरा में रहती है।"),
    (Typical("book", "library"), "किताबें आमतौर पर पुस्तकालय में मिलती हैं।"),
    (Typical("doctor", "hospital"), "डॉक्टर आमतौर पर अस्पताल में मिलते हैं।"),
    (Use("umbrella"), "बारिश से बचने के लिए छाते का इस्तेमाल किया जाता है।"),
    (Phrase("how_are_you"), "आप कैसे हैं?"),
    (Phrase("i_need_help"), "मुझे मदद चाहिए।"),
]
QUESTIONS = [
    (Question(HAT, "agent"), "कल बाज़ार में एक लाल टोपी किसने खरीदी?"),
    (Question(HAT, "patient"), "अन्ना ने कल बाज़ार में क्या खरीदा?"),
    (Question(HAT, "place"), "अन्ना ने कल एक लाल टोपी कहाँ खरीदी?"),
    (
        Question(HAT, "time", indirect=True),
        "क्या आपको पता है कि अन्ना ने बाज़ार में एक लाल टोपी कब खरीदी?",
    ),
    (Question(Event(ANNA, "meet", IVAN), "patient"), "अन्ना ने किससे मुलाकात की?"),
    (Question(Event(ANNA, "see", IVAN), "patient"), "अन्ना ने किसे देखा?"),
    (Question(Event(ANNA, "greet", IVAN), "patient"), "अन्ना ने किसका अभिवादन किया?"),
    (Question(SEARCH, "patient"), "अन्ना ने पार्क में किस चीज़ की तलाश की?"),
    (Question(SEARCH, "place"), "अन्ना ने एक पुरानी चाबी की तलाश कहाँ की?"),
    (Question(DOCTOR, "agent"), "डॉक्टर से मिलने कौन गया?"),
    (Question(Event(ANNA, "find", NP("key")), "agent"), "एक चाबी किसे मिली?"),
    (Question(HAT, "next"), "अन्ना ने इसके बाद क्या किया?"),
    (Question(Because(BREAD, "ill"), "reason"), "अन्ना ने ताज़ी ब्रेड क्यों खाई?"),
    (Question(BORN, "city"), "मारिया केलर का जन्म कहाँ हुआ था?"),
    (Question(BORN, "person"), "ब्यूनस आयर्स में किसका जन्म हुआ था?"),
    (Question(FOUND, "year"), "ह्यूगो रॉसी ने लुमोरा की स्थापना कब की?"),
    (Question(FOUND, "org"), "ह्यूगो रॉसी ने किसकी स्थापना की?"),
    (Question(FOUND, "person"), "लुमोरा की स्थापना किसने की?"),
    (Question(WORK, "person"), "बैंक ऑफ़ टोक्यो में कौन काम करता है?"),
    (Question(WORK, "org"), "क्लारा बर्ग कहाँ काम करती है?"),
    (Question(LIVE, "city"), "क्लारा बर्ग कहाँ रहती है?"),
    (Question(Typical("cow", "farm"), "place"), "गायें आमतौर पर कहाँ मिलती हैं?"),
    (
        Question(Use("knife"), "tool"),
        "ब्रेड काटने के लिए किस चीज़ का इस्तेमाल किया जाता है?",
    ),
]


@pytest.mark.parametrize(("meaning", "text"), EVENTS + OTHERS + QUESTIONS)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("hi", meaning).text == text


def test_case_markers_are_adpositions_and_the_conjunct_verb_has_two_tokens():
    tagged = [(t.text, t.pos) for t in realise("hi", SEARCH).tokens]
    assert tagged[:2] == [("अन्ना", "PROPN"), ("ने", "ADP")]
    assert tagged[-4:] == [
        ("की", "ADP"),
        ("तलाश", "NOUN"),
        ("की", "VERB"),
        ("।", "PUNCT"),
    ]


def test_names_places_and_companies_are_entities():
    kinds = [(t.text, t.ent) for t in realise("hi", BORN).tokens if t.ent != "O"]
    assert kinds == [
        ("मारिया", "B-PER"),
        ("केलर", "I-PER"),
        ("ब्यूनस", "B-LOC"),
        ("आयर्स", "I-LOC"),
    ]
    bank = [t.ent for t in realise("hi", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG", "I-ORG"]


def test_answers_are_found_without_their_postposition():
    text, _, spans = realise("hi", HAT)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "अन्ना",
        "patient": "एक लाल टोपी",
        "place": "बाज़ार",
        "time": "कल",
    }


def test_answer_choices_are_phrases():
    assert answer("hi", NP("umbrella")) == "एक छाता"
    assert answer("hi", NP("cup", count=3)) == "तीन कप"
    assert answer("hi", "beach") == "समुद्रतट पर"


def test_every_concept_has_a_word_of_its_own():
    words = [hi.word(concept) for concept in c.ALL]
    assert not {w for w in words if words.count(w) > 1}
    assert [w for w in words if " " in w] == [
        "ब्यूनस आयर्स",
        "केप टाउन",
        "मेक्सिको सिटी",
    ]


def test_letters_with_a_dot_below_are_spelt_in_one_way():
    text = Path(hi.__file__).read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
