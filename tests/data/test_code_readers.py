"""Programming problems as they are stored, in the form that they are scored in."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xitt.data import examples, inventory
from xitt.errors import UserError

PROMPT = 'def add(a, b):\n    """ Add. """\n'
TESTS = "def check(candidate):\n    assert candidate(1, 2) == 3\n"
BODY = "    return a + b\n"


@pytest.fixture
def load(tmp_path):
    """What is read of one problem of a data set."""

    def read(task: str, lang: str = "en", **row) -> dict:
        inside = {
            "humaneval_xl": "FloatAI/humaneval-xl/python/English",
            "mhumaneval": "md-nishat-008/mHumanEval-Benchmark/eng_Latn-python/test",
            "mbpp": "google-research-datasets/mbpp/full/test",
        }
        path = tmp_path / f"{inside[task]}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist([row]), path)
        return examples.load(task, lang, "test", source=tmp_path)[0]

    return read


def humaneval(**changes) -> dict:
    row = {
        "task_id": "python/0",
        "prompt": PROMPT,
        "test": TESTS,
        "canonical_solution": BODY,
    }
    return {**row, **changes}


def test_the_missing_call_of_the_tests_is_added(load):
    row = load("humaneval_xl", **humaneval(entry_point="add"))
    assert row["tests"] == TESTS + "\n\ncheck(add)\n"
    assert row["prompt"] == PROMPT  # to the last line break
    assert row["solution"] == BODY
    called = humaneval(entry_point="add", test=TESTS + "check(add)\n")
    assert load("humaneval_xl", **called)["tests"] == TESTS + "check(add)\n"


def test_without_an_entry_point_it_is_the_last_function_of_the_prompt(load):
    helper = "def twice(n):\n    return 2 * n\n\n\n"
    row = load("mhumaneval", **humaneval(prompt=helper + PROMPT))
    assert row["entry_point"] == "add"
    assert row["tests"].endswith("\ncheck(add)\n")


def test_a_body_that_lost_its_indentation_gets_it_back(load):
    lost = "if a:\n    return a + b\nreturn b\n"
    row = load("mhumaneval", **humaneval(canonical_solution=lost))
    assert row["solution"] == "    if a:\n        return a + b\n    return b\n"


def test_mbpp_has_its_tests_in_lists_and_a_whole_function_for_a_solution(load):
    row = load(
        "mbpp",
        task_id=7,
        text="Add two numbers.",
        code="def half (n):\r\n  return n / 2\r\ndef add (a, b):\r\n\treturn a + b",
        test_list=["assert add(1, 2) == 3", "assert add(0, 0) == 0"],
        test_setup_code="zero = 0",
        challenge_test_list=[],
    )
    assert row["tests"] == "zero = 0\nassert add(1, 2) == 3\nassert add(0, 0) == 0"
    assert row["entry_point"] == "add" and row["id"] == "7"
    assert "\r" not in row["solution"]


@pytest.mark.parametrize("tests", ["", "def check(candidate):\n    pass\n"])
def test_a_problem_without_tests_is_refused_in_words(load, tests):
    with pytest.raises(UserError, match=r"row 0 has no tests.*leave the row out"):
        load("humaneval_xl", **humaneval(entry_point="add", test=tests))


def test_a_problem_without_a_function_is_refused_in_words(load):
    with pytest.raises(UserError, match="row 0 names no function"):
        load("mhumaneval", **humaneval(prompt="Add.", canonical_solution="a + b"))


def test_the_real_sets_are_parallel_by_their_ids(mirror, monkeypatch):
    monkeypatch.setenv("XITT_MIRROR", str(mirror))
    for task, n, known in (("humaneval_xl", 80, 23), ("mhumaneval", 164, 30)):
        langs = inventory.languages(task, "test", "mirror")
        assert len(langs) == known
        found = {
            lang: examples.load(task, lang, "test", source="mirror") for lang in langs
        }
        for rows in found.values():
            assert len(rows) == n
            assert rows["id"] == found["en"]["id"]
            assert rows["entry_point"] == found["en"]["entry_point"]


def test_the_pocket_suite_is_read_as_the_real_data_is(tmp_path):
    import xitt.data.pocket as pocket

    sizes = {"train": 8, "validation": 8, "test": 8}
    folder = pocket.write(tmp_path / "suite", seed=1, sizes=sizes)
    langs = inventory.languages("humaneval_xl", "test", folder)
    assert set(langs) == set(pocket.LANGUAGES)
    rows = [
        examples.load("humaneval_xl", lang, "test", source=folder) for lang in langs
    ]
    assert len({tuple(data["tests"]) for data in rows}) == 1
    assert len({tuple(data["prompt"]) for data in rows}) == len(langs)
    assert len(examples.load("humaneval_xl", "en", "train", source=folder)) == 16
