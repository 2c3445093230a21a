"""English sentences of the pocket suite against sentences written by hand, and CCG."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest

from xitt.data.pocket import concepts as c
from xitt.data.pocket import tagging
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
SOUP = Event(IVAN, "eat", NP("soup", "hot"))
BORN = Fact("born", "maria", "keller", city="new_york", year=1981)
FOUND = Fact("found", "hugo", "rossi", org="lumora", year=1998)
WORK = Fact("work", "clara", "berg", org="bank_tokyo")
LIVE = Fact("live", "clara", "berg", city="cairo")
DOG = NP("dog", definite=True)

SENTENCES = [
    (HAT, "Anna bought a red hat at the market yesterday."),
    (Event(ANNA, "lose", NP("umbrella")), "Anna lost an umbrella."),
    (Event(ANNA, "lose", NP("umbrella", "old")), "Anna lost an old umbrella."),
    (Event(ANNA, "lose", NP("umbrella", "new")), "Anna lost a new umbrella."),
    (Event(ANNA, "eat", NP("egg", "big")), "Anna ate a big egg."),
    (Event(ANNA, "wash", NP("knife", count=3)), "Anna washed three knives."),
    (Event(ANNA, "sell", NP("box", "white", 10)), "Anna sold ten white boxes."),
    (
        Event(NP("engineer", "young", definite=True), "meet", NP("engineer")),
        "The young engineer met an engineer.",
    ),
    (Event(ANNA, "drink", NP("water", "cold")), "Anna drank cold water."),
    (
        Event(ANNA, "drink", NP("milk", definite=True), negated=True, time="monday"),
        "Anna did not drink the milk on Monday.",
    ),
    (
        Event(IVAN, "search", DOG, place="park", negated=True),
        "Ivan did not look for the dog in the park.",
    ),
    (
        Event(IVAN, "buy", NP("hat", "red"), NP("bread", "fresh")),
        "Ivan bought a red hat and fresh bread.",
    ),
    (Event(NP("someone"), "sell", NP("vehicle")), "Someone sold a vehicle."),
    (Event(IVAN, "read", NP("something")), "Ivan read something."),
    (
        Event(IVAN, "see", ANNA, place="mexico_city", time="may", front="time"),
        "In May, Ivan saw Anna in Mexico City.",
    ),
    (
        Event(IVAN, "greet", ANNA, place="beach", time="last_week", front="place"),
        "On the beach, Ivan greeted Anna last week.",
    ),
    (Event(IVAN, "find", DOG, front="then"), "Then Ivan found the dog."),
    (
        Transfer("anna", "ivan", NP("lamp"), "sell", "friday"),
        "Anna sold a lamp to Ivan on Friday.",
    ),
    (
        Transfer("anna", "ivan", NP("lamp"), "buy", "friday", "time"),
        "On Friday, Ivan bought a lamp from Anna.",
    ),
    (State("anna", "cold_state"), "Anna was cold."),
    (Because(SOUP, "hungry"), "Ivan ate hot soup because he was hungry."),
    (Because(HAT, "happy", so=True), "Anna was happy, so she bought a red hat at the "
     "market yesterday."),
    (BORN, "Maria Keller was born in New York in 1981."),
    (FOUND, "Hugo Rossi founded Lumora in 1998."),
    (WORK, "Clara Berg works for the Bank of Tokyo."),
    (LIVE, "Clara Berg lives in Cairo."),
    (Typical("knife", "kitchen"), "You usually find knives in the kitchen."),
    (Use("umbrella"), "You use an umbrella to stay dry."),
    (Phrase("i_do_not_understand"), "I don't understand."),
    (Question(HAT, "agent"), "Who bought a red hat at the market yesterday?"),
    (Question(HAT, "patient"), "What did Anna buy at the market yesterday?"),
    (Question(HAT, "place"), "Where did Anna buy a red hat yesterday?"),
    (Question(HAT, "time"), "When did Anna buy a red hat at the market?"),
    (Question(HAT, "agent", True), "Do you know who bought a red hat at the market "
     "yesterday?"),
    (Question(Event(IVAN, "search", ANNA), "patient", True), "Do you know who Ivan "
     "looked for?"),
    (Question(Event(IVAN, "search", DOG), "patient"), "What did Ivan look for?"),
    (Question(HAT, "next"), "What did Anna do next?"),
    (Question(Because(SOUP, "ill"), "reason"), "Why did Ivan eat hot soup?"),
    (Question(BORN, "city"), "Where was Maria Keller born?"),
    (Question(BORN, "person"), "Who was born in New York?"),
    (Question(FOUND, "year"), "When did Hugo Rossi found Lumora?"),
    (Question(FOUND, "org"), "What did Hugo Rossi found?"),
    (Question(WORK, "person"), "Who works for the Bank of Tokyo?"),
    (Question(LIVE, "city"), "Where does Clara Berg live?"),
    (Question(Typical("cow", "farm"), "place"), "Where do you usually find cows?"),
    (Question(Use("knife"), "tool"), "What do you use to cut bread?"),
]  # fmt: skip


@pytest.mark.parametrize(("meaning", "text"), SENTENCES)
def test_sentence_is_as_written_by_hand(meaning, text):
    assert realise("en", meaning).text == text


def test_answers_are_found_without_their_preposition():
    text, _, spans = realise("en", HAT)
    said = {role: text[slice(*span)] for role, span in spans.items()}
    assert said == {
        "agent": "Anna",
        "patient": "a red hat",
        "place": "the market",
        "time": "yesterday",
    }


def test_tags_are_those_of_universal_dependencies():
    e = Event(ANNA, "search", NP("dog"), negated=True, place="new_york")
    tagged = " ".join(f"{t.text}/{t.pos}" for t in realise("en", e).tokens)
    assert tagged == (
        "Anna/PROPN did/AUX not/PART look/VERB for/ADP a/DET dog/NOUN in/ADP "
        "New/PROPN York/PROPN ./PUNCT"
    )


def test_names_of_several_words_are_one_entity():
    assert [t.ent for t in realise("en", BORN).tokens] == (
        ["B-PER", "I-PER", "O", "O", "O", "B-LOC", "I-LOC", "O", "O", "O"]
    )
    bank = [t.ent for t in realise("en", WORK).tokens if t.ent.endswith("ORG")]
    assert bank == ["B-ORG", "I-ORG", "I-ORG"]


def test_answer_choices_are_phrases():
    assert answer("en", NP("umbrella")) == "an umbrella"
    assert answer("en", "beach") == "on the beach"
    assert answer("en", NP("water")) == "water"


def test_every_concept_has_a_word_of_its_own():
    from xitt.data.pocket.languages.en import word

    words = [word(concept) for concept in c.ALL]
    assert len(set(words)) == len(words)


# --- CCG: the supertags of a sentence must derive a sentence ------------------


@cache
def parsed(category: str) -> tuple:
    """(result, slash, argument), or (atom,)."""
    depth = 0
    for i in range(len(category) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(category[i], 0)
        if depth == 0 and category[i] in "/\\":
            return category[:i], category[i], category[i + 1 :]
    bare = category.startswith("(") and category.endswith(")")
    return parsed(category[1:-1]) if bare else (category,)


def plain(category: str) -> str:
    bare = category.startswith("(") and category.endswith(")")
    if (
        bare
        and len(parsed(category)) == 3
        and parsed(category) == parsed(category[1:-1])
    ):
        return category[1:-1]
    return category


def unified(want: str, have: str) -> str | None:
    """The feature that an unmarked `s` of `want` takes; None where they differ."""
    one, two = parsed(want), parsed(have)
    if len(one) != len(two):
        return None
    if len(one) == 1:
        (a,), (b,) = one, two
        if a == b or (a == "np" and b == "n"):
            return ""
        if "s" in (a, b) and a[0] == b[0] == "s" and a[1:2] in ("", ":"):
            return (a + b).replace("ss", "s")[1:]
        return None
    if one[1] != two[1]:
        return None
    results = unified(one[0], two[0]), unified(one[2], two[2])
    return None if None in results else results[0] or results[1]


def marked(category: str, feature: str) -> str:
    """The category with the feature put on each unmarked `s`."""
    return re.sub(r"\bs\b(?!:)", f"s{feature}", category) if feature else category


def combined(left: str, right: str) -> set[str]:
    """Application, composition and crossed composition, of one step."""
    found, one, two = set(), parsed(left), parsed(right)
    if len(one) == 3 and one[1] == "/":
        feature = unified(one[2], right)
        if feature is not None:
            found.add(marked(plain(one[0]), feature))
        if len(two) == 3 and two[1] == "/":
            feature = unified(one[2], two[0])
            if feature is not None:
                found.add(marked(f"({plain(one[0])})/({plain(two[2])})", feature))
    if len(two) == 3 and two[1] == "\\":
        feature = unified(two[2], left)
        if feature is not None:
            found.add(marked(plain(two[0]), feature))
        if len(one) == 3 and one[1] == "/":
            feature = unified(two[2], one[0])
            if feature is not None:
                found.add(marked(f"({plain(two[0])})/({plain(one[2])})", feature))
    if left == "conj" and right in ("np", "n"):
        found.add("np\\np")
    if (left == "," and right == "(s\\s)/s:dcl") or right == ",":
        found.add(right if left == "," else left)
    if right == ".":
        found.add(left)
    return found


def derives(categories: list[str]) -> bool:
    """Whether a CKY parser derives a sentence, with n for np and np type-raised."""
    n, chart = len(categories), {}
    for i, category in enumerate(categories):
        chart[i, i + 1] = {category}
    for width in range(1, n + 1):
        for i in range(n - width + 1):
            cell = chart.setdefault((i, i + width), set())
            for k in range(i + 1, i + width):
                for left in chart[i, k]:
                    for right in chart[k, i + width]:
                        cell |= combined(left, right)
            if cell & {"n", "np"}:
                cell |= {"np", "s:dcl/(s:dcl\\np)"}
    return bool(chart[0, n] & {"s:dcl", "s:q", "s:wq"})


def test_supertags_of_every_sentence_type_derive_a_sentence():
    for meaning, text in SENTENCES:
        if not isinstance(meaning, Phrase):
            categories = [token.cat for token in realise("en", meaning).tokens]
            assert all(categories), text
            assert derives([plain(category) for category in categories]), text


def test_supertags_of_random_sentences_derive_a_sentence():
    for meaning in tagging.phraseless(random.Random(5), "train", 60):
        categories = [token.cat for token in realise("en", meaning).tokens]
        assert derives(categories), realise("en", meaning).text


def test_a_wrong_supertag_derives_nothing():
    categories = [token.cat for token in realise("en", HAT).tokens]
    assert derives(categories)
    categories[1] = "s:dcl\\np"  # bought without an object
    assert not derives(categories)
