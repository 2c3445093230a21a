"""Programs that a model wrote, scored: the model is made up, the sandbox is real."""

from __future__ import annotations

import pytest
from datasets import Dataset

from xitt import paths
from xitt.errors import UserError
from xitt.scoring.causal import code_evaluation, generation, likelihood
from xitt.scoring.causal.likelihood import Likelihood
from xitt.scoring.programs import sandbox
from xitt.tasks import kinds, registry

TASK = registry.get("humaneval_xl")
RIGHT, WRONG, BROKEN = "    return n + {k}", "    return n", "    return ("


def rows(lang: str, problems: int = 4) -> Dataset:
    """Problems that ask to add a number: `add_0`, `add_1` and so on."""
    return Dataset.from_list(
        [
            {
                "id": f"python/{k}",
                "prompt": f'def add_{k}(n):\n    """ {lang} {k} """\n',
                "tests": f"def check(f): assert f(1) == {k + 1}\n\ncheck(add_{k})",
                "entry_point": f"add_{k}",
                "solution": RIGHT.format(k=k) + "\n",
            }
            for k in range(problems)
        ]
    )


@pytest.fixture
def model(tmp_path, monkeypatch):
    """What the made-up model writes, by prompt; and how it is asked."""
    try:
        sandbox.available()
    except UserError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(paths, "DATA", tmp_path)
    writes, asked = {}, {}

    def generate(model, tokenizer, prompts, *, samples, **options):
        asked.update(options, prompts=list(prompts), samples=samples)
        return [[writes[prompt]] * samples for prompt in prompts]

    def score(model, tokenizer, requests, **options):
        asked["requests"] = list(requests)
        return [Likelihood(-2.0 * len(r.context), 4, False) for r in requests]

    monkeypatch.setattr(generation, "generate", generate)
    monkeypatch.setattr(likelihood, "score", score)
    return writes, asked


def scored(data, **options):
    how = {"token_budget": 64, "precision": "fp32", "draws": 20, **options}
    return code_evaluation.score(TASK, None, None, data, **how)


def test_each_language_is_scored_by_the_tests_its_programs_pass(model):
    writes, asked = model
    data = {("test", lang): rows(lang) for lang in ("en", "es")}
    for (_, lang), some in data.items():
        texts = [RIGHT, RIGHT, BROKEN, WRONG] if lang == "en" else [RIGHT] * 4
        for k, row in enumerate(some):
            writes[row["prompt"]] = texts[k].format(k=k)
    found = scored(data)
    english, spanish = (found.scores["test"][lang] for lang in ("en", "es"))
    assert (english["pass@1"], english["parsed"], english["ran"]) == (50, 75, 75)
    assert (spanish["pass@1"], spanish["parsed"], spanish["ran"]) == (100, 100, 100)
    assert english["n"] == 4 and english["excluded"] == []
    assert len(english["replicates"]) == 20
    assert english["protocol"] == "completion@1"
    assert english["decoding"]["max_new_tokens"] == asked["max_new_tokens"] == 1024
    assert "\ndef" in asked["stops"] and asked["temperature"] == 0.0
    length = len(data["test", "en"][0]["prompt"])
    assert english["loglikelihood_per_token"] == -2.0 * length / 4
    assert found.predictions["test", "es"][3] == ["    return n + 3"]
    first = asked["requests"][0]
    assert first == (data["test", "en"][0]["prompt"], "    return n + 0\n")


def test_a_problem_whose_own_solution_fails_in_a_language_is_left_out_of_all(model):
    writes, asked = model
    broken = rows("zh").map(lambda r: {"prompt": r["prompt"].replace('"""', "''", 1)})
    data = {("test", "en"): rows("en"), ("test", "zh"): rows("zh")}
    data["test", "zh"] = Dataset.from_list([*rows("zh").select(range(3)), broken[3]])
    for some in data.values():
        for k, row in enumerate(some):
            writes[row["prompt"]] = RIGHT.format(k=k)
    found = scored(data)
    for lang in ("en", "zh"):
        entry = found.scores["test"][lang]
        assert (entry["n"], entry["pass@1"]) == (3, 100)
        assert entry["excluded"] == ["python/3"]
        assert found.predictions["test", lang][3] == []
    assert len(asked["prompts"]) == 6


def test_ten_samples_give_pass_at_10(model):
    writes, _ = model
    data = {("test", "en"): rows("en", 2)}
    for k, row in enumerate(data["test", "en"]):
        writes[row["prompt"]] = (RIGHT if k else WRONG).format(k=k + 1 - bool(k))
    found = scored(data, samples=10, temperature=0.8, max_new_tokens=64)
    entry = found.scores["test"]["en"]
    assert entry["decoding"]["samples"] == 10
    assert entry["decoding"]["max_new_tokens"] == 64
    assert entry["pass@10"] == entry["pass@1"]


@pytest.mark.parametrize("samples", [0, 10])
def test_samples_that_cannot_differ_are_refused(samples):
    with pytest.raises(UserError, match="cannot differ"):
        scored({}, samples=samples)


def test_the_kind_names_this_evaluation():
    assert kinds.function("code", "score") is code_evaluation.score
