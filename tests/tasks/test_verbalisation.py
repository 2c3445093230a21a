"""Templates as data: what is there, and what a faulty file is told."""

from __future__ import annotations

import pytest
import yaml

from xitt.errors import UserError
from xitt.tasks import registry, verbalisation

SAID = {"entailment": "a", "neutral": "b", "contradiction": "c"}
GOOD = {
    "prompt": "{text_a} {text_b}?", "answer": " {label}", "words": SAID,
}  # fmt: skip


def known():
    return [task for task in verbalisation._files() if task in registry.names()]


@pytest.mark.parametrize("task", known())
def test_every_language_of_a_task_has_three_templates_or_more(task):
    for lang in verbalisation.languages(task):
        found = verbalisation.templates(task, lang)
        assert len(found) == len(set(map(repr, found))) >= 3


def test_the_nine_and_what_is_translated_have_templates():
    for task in (*registry.multi(), "ccg", "xnli", "paws_x", "xquad"):
        assert verbalisation.languages(task)[0] == "en"
    for task in ("mnli", "xnli", "paws_x", "qqp"):
        assert {"de", "es", "fr", "ru", "zh"} <= set(verbalisation.languages(task))


def test_translated_templates_are_in_their_own_words():
    for task in ("mnli", "qqp", "paws_x", "squad_v1"):
        prompts = [
            made.prompt
            for lang in verbalisation.languages(task)
            for made in verbalisation.templates(task, lang)
        ]
        # `{text_a}` and `{text_b}` between two letters may be all there is
        assert len(set(prompts)) >= len(prompts) - 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": "{text_a}?"}, r"languages\.en\.0: the prompt lacks \{text_b\}"),
        (
            {"prompt": "{text_a} {text_b} {x}"},
            r"\{x\} is no column of a classification",
        ),
        ({"prompt": "{text_a} {text_a} {text_b}"}, "is cut can stand in a prompt once"),
        ({"answer": "yes"}, "the answer must hold one of label"),
        ({"words": {**SAID, "neutral": "a"}}, "two labels are called the same"),
        ({"words": {**SAID, "neutral": True}}, "put yes and no into quotes"),
        ({"words": {"entailment": "a"}}, "the labels of mnli are entailment, neutral"),
        ({"wordz": {}}, "did you mean 'words'"),
        ({"cut": ["question"]}, "cut has 'question', which no prompt holds"),
        ({"kind": "speech"}, "kind must be one of classification, choice"),
        ({"tasks": ["hellaswag"]}, "made for classification, and hellaswag is choice"),
    ],
)
def test_a_faulty_file_is_told_where_and_what(tmp_path, monkeypatch, change, message):
    file = {"tasks": ["mnli"], "kind": "classification", "cut": ["text_a"]}
    file |= {key: change.pop(key) for key in list(change) if key in file}
    text = yaml.safe_dump({**file, "languages": {"en": [{**GOOD, **change}]}})
    (tmp_path / "nli.yaml").write_text(text)
    monkeypatch.setattr(verbalisation, "FOLDER", tmp_path)
    verbalisation._files.cache_clear()
    try:
        with pytest.raises(UserError, match=message) as error:
            verbalisation.templates(file["tasks"][0], "en")
    finally:
        verbalisation._files.cache_clear()
    assert "\n" not in str(error.value)


def test_digests_follow_the_templates_of_a_language(monkeypatch):
    every = verbalisation.digests("mnli")
    assert every["de"] == verbalisation.digests("mnli", ["de"])["de"]
    assert len(set(every.values())) == len(every)
