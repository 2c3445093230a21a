"""What a causal model is asked, language by language, and how answers are read."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml

from xitt.errors import UserError
from xitt.scoring.protocols import casing, numerals, ranking, solving, tables
from xitt.tasks import registry

CORRECTED = tables.get("corrected")
HARNESS = tables.get("lm-eval")
XCOPA = {"id": "0", "question": "cause", "label": 0}


def asked(protocol, task: str, lang: str, row: dict, split: str = "test"):
    ask = ranking.cloze if task == "xwinograd" else ranking.choice
    (question,) = ask(registry.get(task), protocol, split, lang, [row])
    return question


def sentences(protocol, task: str, lang: str, row: dict) -> list[str]:
    found = asked(protocol, task, lang, row).requests
    return [request.context + "|" + request.continuation for request in found]


# ------------------------------------------------------------------------- the files


def test_a_protocol_has_a_name_a_version_and_a_source():
    assert tables.names() == ["corrected", "lm-eval"]
    assert HARNESS.stamp == "lm-eval@0.4.13"
    assert "lm-evaluation-harness" in CORRECTED.source
    with pytest.raises(UserError, match="unknown protocol 'lmeval'; did you mean"):
        tables.get("lmeval")


@pytest.mark.parametrize("protocol", [HARNESS, CORRECTED], ids=lambda p: p.name)
def test_every_language_of_a_reasoning_task_has_its_words(protocol):
    for name in registry.names("target", suite="reasoning"):
        task = registry.get(name)
        for lang in task.languages:
            assert protocol.rules(task, lang) is not None


def test_a_language_without_words_names_the_file_to_add_them_to():
    with pytest.raises(UserError, match=r"no words for xcopa in 'fr'.*corrected\.yaml"):
        CORRECTED.rules(registry.get("xcopa"), "fr")
    with pytest.raises(UserError, match=r"does not know hellaswag.*lm-eval\.yaml"):
        HARNESS.rules(registry.get("hellaswag"), "en")


def test_a_key_that_is_twice_in_a_file_would_be_lost_and_is_not_there():
    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node, deep=False):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), keys
            return super().construct_mapping(node, deep)

    for name in tables.names():
        yaml.load((tables.FOLDER / f"{name}.yaml").read_text("utf-8"), Loader)


# ------------------------------------------------------------------ XCOPA, XStoryCloze


def test_the_harness_cuts_a_letter_of_thai_and_the_mended_protocol_does_not():
    row = {**XCOPA, "text_a": "สิ่งของถูกห่อไว้ในพลาสติก",
           "choices": ["มันบอบบาง", "มันเล็ก"]}  # fmt: skip
    assert sentences(HARNESS, "xcopa", "th", {**row, "question": "effect"}) == [
        "สิ่งของถูกห่อไว้ในพลาสติ ดังนั้น| มันบอบบาง",
        "สิ่งของถูกห่อไว้ในพลาสติ ดังนั้น| มันเล็ก",
    ]
    assert sentences(CORRECTED, "xcopa", "th", row) == [
        "สิ่งของถูกห่อไว้ในพลาสติกเพราะ|มันบอบบาง",
        "สิ่งของถูกห่อไว้ในพลาสติกเพราะ|มันเล็ก",
    ]


def test_chinese_has_no_space_and_its_own_comma():
    row = {
        **XCOPA,
        "text_a": "这件物品用气泡膜包着。",
        "choices": ["它脆弱。", "它小。"],
    }
    assert sentences(CORRECTED, "xcopa", "zh", row)[0] == (
        "这件物品用气泡膜包着，因为|它脆弱。"
    )


def test_turkish_has_two_letters_i():
    row = {**XCOPA, "id": "1", "text_a": "Işık açıldı.",
           "choices": ["Irmak taştı.", "İp koptu."]}  # fmt: skip
    right = sentences(CORRECTED, "xcopa", "tr", row)
    assert [text.partition("|")[2] for text in right] == [" ırmak taştı.", " ip koptu."]
    wrong = sentences(HARNESS, "xcopa", "tr", row)
    assert wrong[0].endswith("| irmak taştı.")


def test_what_is_asked_is_english_copas_where_the_published_file_says_otherwise():
    row = {**XCOPA, "question": "effect", "text_a": "Ürün paketlenmişti.",
           "choices": ["Kırılgandı.", "Küçüktü."]}  # fmt: skip
    assert "çünkü" in sentences(CORRECTED, "xcopa", "tr", row)[0]
    assert "bu yüzden" in sentences(HARNESS, "xcopa", "tr", row)[0]
    assert ", seetõttu" in sentences(CORRECTED, "xcopa", "et", row)[0]


def test_a_row_that_asks_for_neither_cause_nor_effect_is_an_error():
    row = {**XCOPA, "question": "why", "text_a": "A.", "choices": ["B.", "C."]}
    with pytest.raises(UserError, match="row '0' asks for 'why', not for cause or eff"):
        asked(CORRECTED, "xcopa", "en", row)


@pytest.mark.parametrize(("text", "others", "expected"), [
    ("It was small.", (), "it was small."),
    ("I retrieved it.", (), "I retrieved it."),
    ("NASA called.", (), "NASA called."),
    ("Ann ran.", ("The man saw Ann.",), "Ann ran."),
    ("The man ran.", ("Ann met the man. The end.",), "the man ran."),
    ("3 men ran.", (), "3 men ran."),
    ("", (), ""),
])  # fmt: skip
def test_a_sentence_inside_another_keeps_the_capital_of_names_alone(
    text, others, expected
):
    assert casing.inside(text, (text, *others), ("I",), "en") == expected


def test_a_story_in_chinese_has_no_space_between_its_sentences():
    row = {"id": "a", "text_a": "安跑了。 她摔倒了。", "choices": ["她哭了。", "茶。"],
           "label": 0}  # fmt: skip
    harness = sentences(HARNESS, "xstorycloze", "zh", row)
    assert harness[0] == "安跑了。 她摔倒了。| 她哭了。"
    assert sentences(CORRECTED, "xstorycloze", "zh", row)[0] == (
        "安跑了。她摔倒了。|她哭了。"
    )


# -------------------------------------------------------------------------- XWinograd


@pytest.mark.parametrize(("lang", "sentence", "choices", "expected"), [
    ("en", "They sat because _ feared it.", ["The men", "Bob"],
     ["They sat because the men| feared it.", "They sat because Bob| feared it."]),
    ("en", "It rained. _ feared it.", ["the men", "Bob"],
     ["It rained. The men| feared it.", "It rained. Bob| feared it."]),
    ("ja", "猫は犬を見た。_は怖がった。", ["猫", "犬"],
     ["猫は犬を見た。猫|は怖がった。", "猫は犬を見た。犬|は怖がった。"]),
    ("zh", "市政府拒绝，因_担心暴力。 ", ["市政府", "示威者"],
     ["市政府拒绝，因市政府|担心暴力。", "市政府拒绝，因示威者|担心暴力。"]),
    ("en", "We fed _.", ["The men", "Bob"], ["We fed the men|.", "We fed Bob|."]),
])  # fmt: skip
def test_what_follows_a_blank_is_read_as_it_is_written(
    lang, sentence, choices, expected
):
    row = {"id": "0", "sentence": sentence, "choices": choices, "label": 0}
    assert sentences(CORRECTED, "xwinograd", lang, row) == expected


def test_where_nothing_follows_the_blank_the_choices_themselves_are_compared():
    """Ten rows of the Russian XWinograd end with it, without a full stop."""
    choices = ["пылесос", "телевизор"]
    row = {"id": "0", "sentence": "Он включил _", "choices": choices, "label": 0}
    found = sentences(CORRECTED, "xwinograd", "ru", row)
    assert found == ["Он включил |пылесос", "Он включил |телевизор"]
    # The harness asks how likely the space is that it puts after each.
    assert sentences(HARNESS, "xwinograd", "ru", row)[0] == "Он включил пылесос| "


# ------------------------------------------------------------------------------- MGSM


@pytest.mark.parametrize(("text", "thousands", "expected"), [
    ("18", ",", ["18"]),
    ("$1,234.50 each", ",", ["1234.50"]),
    ("1.234,50 Euro", ".", ["1234.50"]),
    ("1.000 und 1.5", ".", ["1000", "1.5"]),
    ("1.000", ",", ["1.000"]),
    ("70\u202f000 euros", " ", ["70000"]),
    ("18 250", ",", ["18", "250"]),
    ("1 234 567,5 km", " ", ["1234567.5"]),
    ("5 10", " ", ["5", "10"]),
    ("reste 3 12", " ", ["3", "12"]),
    ("18 20 22", " ", ["18", "20", "22"]),
    ("3 1234", " ", ["3", "1234"]),
    ("1'000 of 5'10", ",", ["1000", "5", "10"]),
    ("1,00,000", ",", ["100000"]),
    ("10-5", ",", ["10", "5"]),
    ("−5", ",", ["-5"]),
    ("১৮", ",", ["18"]),
    ("80000.", ",", ["80000"]),
    ("x2", ",", []),
    ("none", ",", []),
])  # fmt: skip
def test_numbers_are_read_as_their_language_writes_them(text, thousands, expected):
    assert numerals.numbers(text, thousands) == [Decimal(value) for value in expected]


@pytest.mark.parametrize(("text", "right", "throughout", "number"), [
    (" 18", True, True, "18"),
    (" $18.", True, True, "18"),
    (" 18.0", True, True, "18.0"),
    (" 18 eggs, so 36", True, False, "18"),
    (" 18 eggs", True, False, "18"),
    (" 2 times 18", False, False, "2"),
    (" many", False, False, None),
])  # fmt: skip
def test_the_first_number_is_the_answer(text, right, throughout, number):
    found = solving.solution(text, "18", -1.0, {"read": "first", "thousands": ","})
    assert found == (right, throughout, number, -1.0)


@pytest.mark.parametrize(("text", "right", "throughout"), [
    (" 18", True, True),
    (" 18 eggs, so 36", False, False),
    (" 2 times 18", True, False),
    (" 1,8.", True, True),  # punctuation goes before anything is compared
    (" 18.0", False, False),  # and so 18.0 is 180
    (" many", False, False),
])  # fmt: skip
def test_the_harness_reads_the_last_number_without_its_punctuation(
    text, right, throughout
):
    found = solving.solution(text, "18", -1.0, {"read": "last"})
    assert (found.right, found.throughout) == (right, throughout)


def test_a_problem_is_asked_in_its_language_and_answered_on_one_line():
    row = {"id": "0", "question": "2 + 3 = ?", "answer": "5"}
    task = registry.get("mgsm")
    (japanese,) = solving.math(task, CORRECTED, "test", "ja", [row])
    assert japanese.prompt == "問題： 2 + 3 = ?\n答え："
    assert japanese.answer == (japanese.prompt, "5")
    (swahili,) = solving.math(task, CORRECTED, "test", "sw", [row])
    assert swahili.answer == ("Swali: 2 + 3 = ?\nJibu:", " 5")
    assert solving.generation(task, CORRECTED, "sw").stops == ("Swali:", "\n")
