"""Rows in words: hand-worked examples, what is cut, and which template an item gets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tiny

from xitt.errors import UserError
from xitt.inputs import token_cache, verbalising
from xitt.inputs.features import IGNORED, concat, select
from xitt.tasks.verbalisation import Template

TOKENIZER = tiny.tokenizer()
NLI = {"entailment": "on", "neutral": "in", "contradiction": "not"}
LABELS = tuple(NLI)
ASKED = Template("classification", "{text_a} ? {text_b} ?", " {label}", NLI, "",
                 ("text_a",))  # fmt: skip
CHOSEN = Template("choice", "{text_a} {options} ?", " {letter}", cut=("text_a",))
ENDED = replace(CHOSEN, prompt="{text_a}", answer=" {choice}")
SPAN = Template("span", "{context} ? {question}", " {answer}", {}, "not",
                ("context",))  # fmt: skip
TAGGED = Template("tagging", "{sentence} ?", " {tagged}")
PAIR = {"id": "7", "text_a": "the cat sat", "text_b": "a dog ran", "label": 2}
SCENE = {"id": "1", "text_a": "the big cat", "choices": ["sat", "was a dog"],
         "label": 1}  # fmt: skip
QUESTION = {"id": "1", "question": "the mat", "answers": ["big dog"], "starts": [8],
            "context": "the cat big dog on in and or"}  # fmt: skip


def make(monkeypatch, template, rows, max_length=60, labels=LABELS, **options):
    some = template if isinstance(template, tuple) else (template,)
    monkeypatch.setattr(verbalising, "templates", lambda task, lang: some)
    given = {"task": "mnli", "lang": "en", "seed": 1, "labels": labels} | options
    return verbalising.make(rows, TOKENIZER, max_length=max_length, **given)


def words(features, item=0):
    """The pieces of an item, and those of its answer."""
    a, b = features.offsets[item], features.offsets[item + 1]
    pieces = np.array(TOKENIZER.convert_ids_to_tokens(features.ids[a:b].tolist()))
    learnt = features.labels[a:b] != IGNORED
    np.testing.assert_array_equal(features.labels[a:b][learnt],
                                  features.ids[a:b][learnt])  # fmt: skip
    return [" ".join(some).replace("▁", "") for some in (pieces, pieces[learnt])]


@pytest.mark.parametrize(
    ("template", "row", "whole", "answer"),
    [
        (ASKED, PAIR, "<s> the cat sat  ? a dog ran  ? not </s>", "not </s>"),
        (ENDED, SCENE, "<s> the big cat was a dog </s>", "was a dog </s>"),
        (SPAN, QUESTION, "<s> the cat big dog on in and or  ? the mat big dog </s>",
         "big dog </s>"),
        (SPAN, QUESTION | {"answers": [], "starts": []},
         "<s> the cat big dog on in and or  ? the mat not </s>", "not </s>"),
    ],
)  # fmt: skip
def test_a_row_is_its_prompt_and_its_answer_is_learnt(
    monkeypatch, template, row, whole, answer
):
    made = make(monkeypatch, template, [row])
    assert words(made) == [whole, answer]
    assert (made.kind, len(made), made.truncated) == ("verbalised", 1, 0)


def test_choices_have_a_letter_and_a_line_each(monkeypatch):
    prompt, _ = verbalising._filled("{a} {b}", {"a": "x", "b": "yz"})
    assert prompt == "x yz"
    (said,) = verbalising._right(CHOSEN, SCENE, 0, ())
    assert said.prompt == "the big cat A. sat\nB. was a dog ?"
    assert said.answer == " B"


def test_a_tag_follows_its_word(monkeypatch):
    row = {"id": "1", "tokens": ["the", "cat"], "tags": [1, 0]}
    (said,) = verbalising._right(TAGGED, row, 0, ("N", "NP/N"))
    assert (said.prompt, said.answer) == ("the cat ?", " the|NP/N cat|N")


def test_a_premise_loses_its_end_and_the_hypothesis_nothing(monkeypatch):
    row = PAIR | {"text_a": "the cat sat on the mat and ran in"}
    made = make(monkeypatch, ASKED, [row], max_length=14)
    assert words(made)[0] == "<s> the cat sat on  ? a dog ran  ? not </s>"
    assert (len(made.ids), made.truncated) == (14, 1)


def test_of_two_texts_the_longer_is_cut_first(monkeypatch):
    row = PAIR | {"text_a": "the cat sat on the mat", "text_b": "a dog ran in"}
    both = replace(ASKED, cut=("text_a", "text_b"))
    made = make(monkeypatch, both, [row], max_length=13)
    assert words(made)[0] == "<s> the cat sat  ? a dog ran  ? not </s>"


def test_a_text_before_choices_loses_its_beginning(monkeypatch):
    row = SCENE | {"text_a": "the dog ran and the big cat"}
    made = make(monkeypatch, ENDED, [row], max_length=8)
    assert words(made)[0] == "<s> the big cat was a dog </s>"


@pytest.mark.parametrize(
    ("max_length", "context"),
    [
        (13, "the cat big dog on"),  # what stands behind the answer goes first
        (12, "the cat big dog"),
        (11, "cat big dog"),
        (10, "big dog"),
    ],
)
def test_a_context_is_cut_around_its_answer(monkeypatch, max_length, context):
    made = make(monkeypatch, SPAN, [QUESTION], max_length=max_length)
    assert words(made)[0] == f"<s> {context}  ? the mat big dog </s>"
    assert len(made.ids) == max_length


@pytest.mark.parametrize(
    ("template", "row", "max_length", "least"),
    [(SPAN, QUESTION, 9, 10), (ASKED, PAIR, 9, 10)],
)
def test_a_question_and_an_answer_that_do_not_fit_are_an_error(
    monkeypatch, template, row, max_length, least
):
    with pytest.raises(UserError, match=f"row 0 has {least} tokens without what may"):
        make(monkeypatch, template, [row], max_length=max_length)


def test_a_long_sentence_is_halved_until_it_fits_and_loses_no_word(monkeypatch):
    tokens = ["the", "cat", "sat", "on", "a", "mat", "and", "ran"]
    rows = [{"id": str(n), "tokens": tokens, "tags": [0] * 8} for n in range(2)]
    plain = replace(TAGGED, answer=" {tags}")
    made = make(monkeypatch, plain, rows, 14, labels=("a", "b"))
    assert made.rows.tolist() == [0, 0, 1, 1]
    assert words(made, 0)[0] == "<s> the cat sat on  ? a a a a </s>"
    assert words(made, 1)[0] == "<s> a mat and ran  ? a a a a </s>"
    assert made.n_rows == 2


def test_candidates_are_an_item_each_in_the_order_of_the_labels(monkeypatch):
    made = make(monkeypatch, ASKED, [PAIR, PAIR], candidates=True)
    assert made.rows.tolist() == [0, 0, 0, 1, 1, 1]
    assert [words(made, i)[1] for i in range(3)] == ["on </s>", "in </s>", "not </s>"]


def test_a_template_is_drawn_by_seed_and_item(monkeypatch):
    three = tuple(
        replace(ASKED, prompt=f"{w} {ASKED.prompt}") for w in ("a", "or", "is")
    )
    rows = [PAIR | {"id": str(n)} for n in range(60)]

    def firsts(rows, seed):
        made = make(monkeypatch, three, rows, seed=seed)
        return made.ids[made.offsets[:-1] + 1].tolist()

    one = firsts(rows, 1)
    assert one == firsts(rows, 1)
    assert one[::-1] == firsts(rows[::-1], 1)  # of the item, and not of its place
    assert one != firsts(rows, 2)
    assert min(map(one.count, set(one))) > 8
    assert len(set(one)) == 3


def test_parts_of_several_languages_are_joined_and_chosen_from(monkeypatch):
    parts = [make(monkeypatch, ASKED, [PAIR | {"label": n}]) for n in range(3)]
    both = select(concat(parts), np.array([2, 0]))
    assert [words(both, i)[1] for i in range(2)] == ["not </s>", "on </s>"]


def test_real_templates_say_real_rows_in_their_language():
    (said,) = verbalising._right(
        verbalising.templates("mnli", "de")[0], PAIR, 0, LABELS
    )
    assert said.prompt.startswith("Text: the cat sat\nAussage: a dog ran\n")
    assert said.answer == " nein"


def test_kept_features_are_those_that_were_made(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(token_cache, "FOLDER", tmp_path)
    rows = datasets.Dataset.from_list([PAIR, PAIR | {"id": "8", "label": 0}])
    options = {"task": "mnli", "lang": "en", "labels": LABELS, "max_length": 200}
    for seed in (1, 2):
        made = token_cache.verbalised(rows, TOKENIZER, seed=seed, **options)
        again = token_cache.verbalised(rows, TOKENIZER, seed=seed, **options)
        want = verbalising.make(rows, TOKENIZER, seed=seed, **options)
        for found in (made, again):
            np.testing.assert_array_equal(found.ids, want.ids)
            np.testing.assert_array_equal(found.labels, want.labels)
    assert len(list(tmp_path.glob("*.arrow"))) == 2


def test_a_tokenizer_without_an_end_of_text_is_refused(monkeypatch):
    bare = tiny.tokenizer()
    bare.eos_token = None
    with pytest.raises(UserError, match="no token that ends a text"):
        verbalising.make([PAIR], bare, task="mnli", lang="en", seed=1, max_length=9)
