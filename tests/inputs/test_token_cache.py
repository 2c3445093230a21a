"""Tokenised data is kept by content: found again when equal, never when it is not."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import tiny
from datasets import Dataset

from xitt.inputs import token_cache, tokenising

OPTIONS = {"max_length": 24, "doc_stride": 8}


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.setattr(token_cache, "FOLDER", tmp_path)


@pytest.fixture
def counted(monkeypatch):
    """How often features were made and not found."""
    made, whole = [], tokenising.make

    def make(*arguments, **options):
        made.append(arguments[0])
        return whole(*arguments, **options)

    monkeypatch.setattr(tokenising, "make", make)
    return made


def same(a, b):
    for field in fields(a):
        one, other = getattr(a, field.name), getattr(b, field.name)
        np.testing.assert_array_equal(one, other)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype, field.name


@pytest.mark.parametrize(
    "kind", ["classification", "choice", "tagging", "span", "text"]
)
def test_what_is_found_is_what_was_made(kind, counted):
    rows, tokenizer = Dataset.from_list(tiny.rows(kind, 30)), tiny.tokenizer()
    first = token_cache.make(kind, rows, tokenizer, **OPTIONS)
    again = token_cache.make(kind, rows, tokenizer, **OPTIONS)
    assert len(counted) == 1
    same(first, again)


def test_equal_rows_are_found_whatever_way_they_came(counted):
    rows, tokenizer = Dataset.from_list(tiny.rows("tagging", 30)), tiny.tokenizer()
    token_cache.make("tagging", rows.select(range(10, 20)), tokenizer, **OPTIONS)
    copy = Dataset.from_list(tiny.rows("tagging", 30)[10:20])
    token_cache.make("tagging", copy, tokenizer, **OPTIONS)
    assert len(counted) == 1


def test_other_rows_options_tokenizers_or_code_are_made_anew(counted, monkeypatch):
    rows, tokenizer = Dataset.from_list(tiny.rows("tagging", 30)), tiny.tokenizer()
    other = tiny.tokenizer()
    other.backend_tokenizer.add_tokens(["zebra"])
    token_cache.make("tagging", rows, tokenizer, **OPTIONS)
    token_cache.make("tagging", rows.select(range(29)), tokenizer, **OPTIONS)
    token_cache.make("tagging", rows, other, **OPTIONS)
    token_cache.make("tagging", rows, tokenizer, max_length=23)
    monkeypatch.setattr(token_cache, "_code", lambda *modules: "edited")
    token_cache.make("tagging", rows, tokenizer, **OPTIONS)
    assert len(counted) == 5


def test_a_damaged_file_is_made_anew(counted, tmp_path):
    rows, tokenizer = Dataset.from_list(tiny.rows("span", 9)), tiny.tokenizer()
    first = token_cache.make("span", rows, tokenizer, **OPTIONS)
    (path,) = tmp_path.glob("*.arrow")
    path.write_bytes(path.read_bytes()[:100])
    same(first, token_cache.make("span", rows, tokenizer, **OPTIONS))
    same(first, token_cache.make("span", rows, tokenizer, **OPTIONS))
    assert len(counted) == 2


def test_no_rows_and_plain_lists_work_too(counted):
    tokenizer = tiny.tokenizer()
    token_cache.make("tagging", tiny.rows("tagging", 3), tokenizer, **OPTIONS)
    token_cache.make("tagging", tiny.rows("tagging", 3), tokenizer, **OPTIONS)
    assert len(counted) == 2
