from __future__ import annotations

import datasets
import numpy as np
import pytest
import tiny

from xitt.errors import UserError
from xitt.inputs import features, tokenising
from xitt.inputs.features import IGNORED, ranges

TOKENIZER = tiny.tokenizer()


def make(kind, rows, max_length=60, doc_stride=8):
    options = {"max_length": max_length, "doc_stride": doc_stride}
    return tokenising.make(kind, rows, TOKENIZER, **options)


def pieces(made, sequence):
    span = slice(made.offsets[sequence], made.offsets[sequence + 1])
    return TOKENIZER.convert_ids_to_tokens(made.ids[span])


def test_pairs_and_single_texts_get_their_special_tokens():
    rows = [
        {"text_a": "the cat", "text_b": "", "label": 1},
        {"text_a": "the cat", "text_b": "a dog", "label": 0},
    ]
    made = make("classification", rows)
    assert pieces(made, 0) == ["<s>", "▁the", "▁cat", "</s>"]
    assert pieces(made, 1) == [*pieces(made, 0), "</s>", "▁a", "▁dog", "</s>"]
    assert made.labels.tolist() == [1, 0]
    assert made.truncated == 0


def test_pairs_are_cut_longest_first_and_counted():
    long = "the cat sat on the mat and ran"
    rows = [{"text_a": long, "text_b": "a dog", "label": 0}]
    made = make("classification", rows, max_length=9)
    assert pieces(made, 0)[-3:] == ["▁a", "▁dog", "</s>"]
    assert made.lengths.tolist() == [9]
    assert made.truncated == 1


def test_a_dataset_and_a_list_of_dicts_give_the_same_features():
    rows = tiny.rows("classification", 20)
    one = make("classification", rows)
    two = make("classification", datasets.Dataset.from_list(rows))
    assert one.ids.tolist() == two.ids.tolist()
    assert one.labels.tolist() == two.labels.tolist()


def test_a_choice_item_has_as_many_sequences_as_choices():
    rows = [
        {"text_a": "a", "choices": ["cat", "dog", "mat", "house"], "label": 3},
        {"text_a": "a", "choices": ["on", "in", "is", "was", "not"], "label": 0},
    ]
    made = make("choice", rows)
    assert len(made) == 2
    assert made.counts.tolist() == [4, 5]
    assert pieces(made, 4) == ["<s>", "▁a", "</s>", "</s>", "▁on", "</s>"]
    assert made.tokens.tolist() == [24, 30]


def test_a_tag_stands_at_the_first_sub_word_of_its_word():
    made = make("tagging", [{"tokens": ["the", "ox", "sat"], "tags": [5, 6, 7]}])
    assert pieces(made, 0) == ["<s>", "▁the", "▁", "o", "x", "▁sat", "</s>"]
    x = IGNORED
    assert made.labels.tolist() == [x, 5, 6, x, x, 7, x]
    assert made.words.tolist() == [-1, 0, 1, -1, -1, 2, -1]


def test_a_long_sentence_is_split_at_words_and_loses_none():
    tokens = ["the", "ox", "sat", "on", "the", "mat"]
    rows = [{"tokens": tokens, "tags": list(range(6))}]
    made = make("tagging", rows, max_length=6)
    assert [pieces(made, s)[1:-1] for s in range(len(made))] == [
        ["▁the", "▁", "o", "x"],
        ["▁sat", "▁on", "▁the", "▁mat"],
    ]
    assert made.rows.tolist() == [0, 0]
    assert made.labels[made.words >= 0].tolist() == list(range(6))
    assert made.words[made.words >= 0].tolist() == list(range(6))


def test_a_word_without_pieces_becomes_the_unknown_token():
    rows = [{"tokens": ["the", "\x07", "cat"], "tags": [0, 1, 2]}]
    made = make("tagging", rows)
    assert pieces(made, 0) == ["<s>", "▁the", "<unk>", "▁cat", "</s>"]


def test_a_word_longer_than_a_sequence_loses_its_end_and_no_other_word():
    rows = [{"tokens": ["the", "xxxxxxxxxx", "cat"], "tags": [0, 1, 2]}]
    made = make("tagging", rows, max_length=6)
    assert pieces(made, 1) == ["<s>", "▁", "x", "x", "x", "</s>"]
    assert made.labels[made.words >= 0].tolist() == [0, 1, 2]
    assert made.truncated == 1


def test_a_sentence_without_words_is_an_item_without_scored_tokens():
    made = make("tagging", [{"tokens": [], "tags": []}])
    assert len(made) == 1
    assert (made.words == -1).all()


def test_answer_tokens_of_every_window_spell_the_answer():
    rows = tiny.rows("span", 60)
    made = make("span", rows, max_length=24, doc_stride=6)
    assert len(made) > 60
    answered = 0
    for item, (first, last) in enumerate(made.labels):
        if (first, last) == (0, 0):
            continue
        row = rows[made.rows[item]]
        where = made.chars[made.offsets[item] : made.offsets[item + 1]]
        text = row["context"][where[first, 0] : where[last, 1]]
        assert text == row["answers"][0]
        answered += 1
    assert answered >= 45  # every question that has an answer


def test_an_answer_is_the_first_token_where_the_window_does_not_hold_all_of_it():
    context = "the cat sat on the mat and the dog ran"
    rows = [{"question": "a?", "context": context, "answers": ["dog"], "starts": [31]}]
    made = make("span", rows, max_length=11, doc_stride=1)
    held = ["▁dog" in pieces(made, item) for item in range(len(made))]
    assert [bool(label.any()) for label in made.labels] == held
    assert held == [False, True, True]


def test_neighbouring_windows_share_the_stride():
    context = "the cat sat on the mat and the dog ran"
    rows = [{"question": "a?", "context": context, "answers": [], "starts": []}]
    made = make("span", rows, max_length=12, doc_stride=2)
    first, second = pieces(made, 0)[5:-1], pieces(made, 1)[5:-1]
    assert first[-2:] == second[:2]
    assert not made.labels.any()


def test_a_question_longer_than_64_pieces_is_cut_and_counted():
    rows = [
        {"question": "cat " * 80, "context": "the mat", "answers": [], "starts": []}
    ]
    made = make("span", rows, max_length=128, doc_stride=8)
    assert pieces(made, 0).count("▁cat") == tokenising.MAX_QUESTION
    assert made.truncated == 1


def test_a_stride_without_room_is_refused_with_what_would_fit():
    rows = [{"question": "a", "context": "cat", "answers": [], "starts": []}]
    with pytest.raises(UserError, match="set doc_stride below 9 or max_length above"):
        make("span", rows, max_length=14, doc_stride=20)


def test_plain_text_is_split_and_loses_nothing():
    made = make("text", [{"text": "the cat sat on the mat"}, {"text": "a dog"}])
    short = make(
        "text", [{"text": "the cat sat on the mat"}, {"text": "a dog"}], max_length=5
    )
    assert made.lengths.tolist() == [8, 4]
    assert short.lengths.tolist() == [5, 5, 4]
    assert short.rows.tolist() == [0, 0, 1]
    assert short.n_rows == 2


def test_joined_features_number_their_rows_on():
    parts = [make("tagging", tiny.rows("tagging", 5, seed)) for seed in (1, 2)]
    both = features.concat(parts)
    assert both.n_rows == 10
    assert both.rows.tolist() == [*parts[0].rows, *(parts[1].rows + 5)]
    again = features.select(both, np.arange(5, len(both)))
    for name in ("ids", "offsets", "items", "labels", "words"):
        assert getattr(again, name).tolist() == getattr(parts[1], name).tolist()


@pytest.mark.parametrize("kind", ["classification", "choice", "span", "text"])
def test_selected_items_are_those_items(kind):
    made = make(kind, tiny.rows(kind, 12))
    chosen = features.select(made, np.array([7, 2]))
    assert len(chosen) == 2
    for new, old in enumerate([7, 2]):
        a, b = made.items[old], made.items[old + 1]
        want = [pieces(made, s) for s in range(a, b)]
        a, b = chosen.items[new], chosen.items[new + 1]
        assert [pieces(chosen, s) for s in range(a, b)] == want
    if made.labels is not None:
        assert chosen.labels.tolist() == made.labels[[7, 2]].tolist()


def test_ranges_are_laid_end_to_end():
    got = ranges(np.array([3, 8, 8]), np.array([5, 8, 10]))
    assert got.tolist() == [3, 4, 8, 9]


def test_a_missing_column_is_named_with_those_there_are():
    with pytest.raises(UserError, match="no column 'text_b'; the data has text_a"):
        make("classification", [{"text_a": "a"}])


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(UserError, match="did you mean 'tagging'"):
        make("taging", [])


# ---------------------------------------------------- special tokens inside a text

SPECIAL = ["<s>", "</s>", "<pad>", "<mask>"]


def written(special: str) -> dict[str, dict]:
    """A row of every kind whose text writes a special token."""
    said = f"the cat {special} sat{special}on"
    return {
        "classification": {"text_a": said, "text_b": said, "label": 0},
        "choice": {"text_a": said, "choices": [said, "a"], "label": 0},
        "tagging": {"tokens": ["the", special, f"a{special}b"], "tags": [0, 1, 2]},
        "span": {"question": said, "context": said, "answers": ["sat"],
                 "starts": [said.index("sat")]},
        "text": {"text": said},
    }  # fmt: skip


@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("kind", written(""))
def test_a_special_token_that_a_text_writes_is_text(kind, special):
    made = make(kind, [written(special)[kind]])
    plain = make(kind, [written("<unk>")[kind]])
    known = TOKENIZER.all_special_ids
    known.remove(TOKENIZER.unk_token_id)
    count = [np.isin(features.ids, known).sum() for features in (made, plain)]
    assert count[0] == count[1]
    if kind == "span":
        first, last = made.labels[0]
        assert [*pieces(made, 0)[first : last + 1]][-1].endswith("t")
        assert made.chars[first, 0] == written(special)["span"]["starts"][0]
    sentence = tokenising.sentences([f"a {special}"], TOKENIZER, max_length=9)
    assert np.isin(sentence.ids, known).sum() == 2


def test_a_tokenizer_is_left_as_it_was():
    before = TOKENIZER("a </s>")["input_ids"]
    make("text", [{"text": "a </s>"}])
    assert TOKENIZER("a </s>")["input_ids"] == before


def test_a_tokenizer_is_left_as_it_was_by_who_stops_early():
    before = TOKENIZER("a </s>")["input_ids"]
    texts = tokenising.encode(TOKENIZER, ["the cat", "a dog"], max_length=3)
    next(texts)
    texts.close()
    assert TOKENIZER.backend_tokenizer.truncation is None
    assert TOKENIZER("a </s>")["input_ids"] == before


def test_a_question_behind_a_long_context_is_kept_and_the_context_is_cut():
    """Cosmos QA: context and question are one text, and the answer goes with both."""
    context, question = "the cat sat on the mat " * 6, "was a dog big?"
    row = {"text_a": f"{context}{question}", "choices": ["a house", "not"], "label": 0}
    made = make("choice", [row], max_length=20)
    asked = TOKENIZER.tokenize(question)
    for sequence, answer in enumerate(("a house", "not")):
        cut = pieces(made, sequence)
        text = cut[1 : cut.index("</s>")]
        assert text[-len(asked) :] == asked
        assert cut[-1 - len(TOKENIZER.tokenize(answer)) : -1] == (
            TOKENIZER.tokenize(answer)
        )
        assert len(cut) == 20
    assert made.truncated == 2
    after = make("classification", [{"text_a": context, "text_b": "", "label": 0}], 9)
    assert pieces(after, 0)[1:3] == ["▁the", "▁cat"]  # the next call cuts as before
