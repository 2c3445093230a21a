"""Programming problems of the pocket suite: in every language, and solved by code."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from xitt.data.pocket.grammar import languages
from xitt.data.pocket.written.programs import build

ENGLISH = build.humaneval_xl("en")


def run(*sources: str) -> dict:
    """What Python makes of our own hand-written programs."""
    names: dict = {}
    for source in sources:
        exec(source, names)
    return names


@pytest.mark.parametrize("row", ENGLISH, ids=lambda row: row["entry_point"])
def test_a_solution_passes_its_tests_and_the_examples_of_its_prompt(row):
    names = run(row["prompt"] + row["canonical_solution"], row["test"])
    function = names[row["entry_point"]]
    names["check"](function)
    parsed = doctest.DocTestParser().get_doctest(
        function.__doc__, names, function.__name__, None, 0
    )
    assert len(parsed.examples) == 2
    assert doctest.DocTestRunner(verbose=False).run(parsed).failed == 0


@pytest.mark.parametrize("row", ENGLISH, ids=lambda row: row["entry_point"])
def test_tests_refuse_programs_that_do_nothing(row):
    for lazy in ("None", "0", "[]", "''", "True", "False", "args[0]"):
        wrong = run(f"def wrong(*args): return {lazy}", row["test"])
        with pytest.raises((AssertionError, TypeError)):
            wrong["check"](wrong["wrong"])


def test_there_are_forty_problems_and_they_are_the_same_in_every_language():
    assert len(ENGLISH) >= 40
    kept = ("task_id", "entry_point", "test", "canonical_solution")
    for lang in languages():
        rows = build.humaneval_xl(lang)
        assert [[r[k] for k in kept] for r in rows] == [
            [r[k] for k in kept] for r in ENGLISH
        ]
        texts = [row["description"] for row in rows]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "en"])
def test_each_language_says_what_english_says(lang):
    """The same names, numbers and Python words; nothing is left in English."""
    for row, english in zip(build.humaneval_xl(lang), ENGLISH):
        ours, theirs = (r["description"].split("\n")[0] for r in (row, english))
        assert ours != theirs
        found = [sorted(re.findall(r"\d+|None", text)) for text in (ours, theirs)]
        assert found[0] == found[1], ours
        assert ours[-1] in ".。।" and "{" not in ours
        assert row["prompt"].count('"""') == 2


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Return the sum of the even numbers in the list."),
        ("de", "Gib die Summe der geraden Zahlen in der Liste zurück."),
        ("es", "Devuelve la suma de los números pares de la lista."),
        ("ru", "Верните сумму чётных чисел в списке."),
        ("tr", "Listedeki çift sayıların toplamını döndürün."),
        ("zh", "返回列表中所有偶数的和。"),
        ("ja", "リスト内の偶数の合計を返してください。"),
        ("hi", "सूची की सम संख्याओं का योग लौटाएँ।"),
        ("ar", "أعد مجموع الأعداد الزوجية في القائمة."),
        ("sw", "Rudisha jumla ya namba shufwa zilizo kwenye orodha."),
    ],
)
def test_a_sentence_of_the_family_in_each_language(lang, text):
    assert build.text(build.family()[0], lang) == text


def test_the_family_is_hand_worked():
    found = {problem.name: problem.cases for problem in build.family()}
    numbers = "[4, -7, 10, 15, -12, 3]"
    assert found["sum_of_even"][numbers] == "2"
    assert found["count_of_odd"][numbers] == "3"
    assert found["largest_of_negative"][numbers] == "-7"
    assert found["smallest_of_divisible_by_5"][numbers] == "10"
    assert found["first_of_divisible_by_3"][numbers] == "15"
    assert found["sum_of_less_than_10"][numbers] == "-12"
    assert found["first_of_greater_than_10"]["[]"] == "None"


def test_what_is_trained_on_is_not_tested():
    tested = {row["entry_point"] for row in ENGLISH}
    texts = {}
    for split in ("train", "validation"):
        rows = build.mbpp(split)
        texts[split] = {row["text"] for row in rows}
        for row in rows:
            run(row["code"], *row["test_list"])
            assert re.search(r"def (\w+)", row["code"])[1] not in tested
    assert len(texts["train"]) == 16 and len(texts["validation"]) == 4
    assert not texts["train"] & texts["validation"]


def test_every_language_file_has_the_same_keys():
    def keys(value: object) -> object:
        return {k: keys(v) for k, v in value.items()} if isinstance(value, dict) else ""

    files = {path.stem for path in Path(build.FOLDER).glob("*.yaml")} - {"problems"}
    assert files == set(languages())
    assert all(keys(build._file(lang)) == keys(build._file("en")) for lang in files)
