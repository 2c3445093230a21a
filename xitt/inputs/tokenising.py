"""Rows of a task to token ids: ragged sequences, items, labels.

An *item* is the unit of an optimizer step. A sentence, a pair, a part of a long
sentence and a window of a long context are one sequence an item; a multiple-choice
question is as many sequences as it has choices. Nothing is padded here
(`xitt.inputs.features.Features`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xitt.errors import UserError
from xitt.inputs.features import IGNORED, Features, ends, joined
from xitt.tasks import kinds

MAX_QUESTION = 64  # sub-words of a question that are kept, as XTREME's run_squad
CHUNK = 4096  # texts in one call of the tokenizer: bounds what its objects take


def make(
    kind: str,
    rows: Any,
    tokenizer: Any,
    *,
    max_length: int,
    doc_stride: int = 128,
) -> Features:
    """Tokenise `rows`, a `datasets.Dataset` or a list of dicts in normalised columns.

    max_length: tokens a sequence, special tokens included. Pairs are cut longest
        first, at the end; of a choice's text the beginning goes, for what is asked
        stands last. Sentences of tagging and plain text are split, and lose nothing.
    doc_stride: tokens that two neighbouring windows of a long context share.

    Raises:
        UserError: for a kind or column that is not there, or a stride too long.
    """
    build = kinds.function(kind, "tokenise")
    return build(rows, tokenizer, max_length, doc_stride)


def sentences(texts: Sequence[str], tokenizer: Any, *, max_length: int) -> Features:
    """One sequence a text, cut at `max_length`: what sentence embeddings take."""
    found = encode(tokenizer, list(texts), max_length=max_length)
    return _made("text", found, tokenizer)


def column(rows: Any, name: str) -> list:
    """One column of a `datasets.Dataset` or of a list of dicts."""
    names = _columns(rows)
    if names and name not in names:
        raise UserError(f"no column '{name}'; the data has {', '.join(names)}")
    if hasattr(rows, "column_names"):
        return list(rows[name])
    return [row[name] for row in rows]


def _columns(rows: Any) -> list[str]:
    """The names of the columns; none for a list without a row."""
    if hasattr(rows, "column_names"):
        return rows.column_names
    return list(rows[0]) if len(rows) else []


# ------------------------------------------------------------------ the kinds


def classification(rows: Any, tokenizer: Any, max_length: int, _: int = 0) -> Features:
    pairs = zip(column(rows, "text_a"), column(rows, "text_b"), strict=True)
    inputs = [(a, b) if b else a for a, b in pairs]
    found = encode(tokenizer, inputs, max_length=max_length)
    labels = np.asarray(column(rows, "label"), dtype=np.int64)
    return _made("classification", found, tokenizer, labels=labels)


def choice(rows: Any, tokenizer: Any, max_length: int, _: int = 0) -> Features:
    texts, choices = column(rows, "text_a"), column(rows, "choices")
    if "question" in _columns(rows):  # what of the text is asked for stands last
        texts = list(map(" ".join, zip(texts, column(rows, "question"))))
    both = zip(texts, choices, strict=True)
    inputs = [(text, choice) for text, options in both for choice in options]
    # The question (Cosmos QA), or what the endings go on from (HellaSwag), comes last.
    found = encode(tokenizer, inputs, max_length=max_length, cut="left")
    return _made(
        "choice",
        found,
        tokenizer,
        items=ends(map(len, choices)),
        rows=np.arange(len(texts)),
        n_rows=len(texts),
        labels=np.asarray(column(rows, "label"), dtype=np.int64),
    )


def text(rows: Any, tokenizer: Any, max_length: int, _: int = 0) -> Features:
    """Plain text in as many sequences as it needs: nothing of it is lost."""
    texts, owners = column(rows, "text"), []

    def parts() -> Iterator[Any]:
        for row, head in enumerate(encode(tokenizer, texts, max_length=max_length)):
            for part in (head, *head.overflowing):
                owners.append(row)
                yield part

    made = _made("text", parts(), tokenizer)
    owned = np.asarray(owners, dtype=np.int64)
    return replace(made, rows=owned, n_rows=len(texts), truncated=0)


def tagging(rows: Any, tokenizer: Any, max_length: int, _: int = 0) -> Features:
    """The tag stands at the first sub-word; long sentences are split at words.

    The split is greedy, as XTREME's preprocessing (utils_preprocess.py). A word that
    the tokenizer drops (a control character) becomes the unknown token, as in XTREME's
    utils_tag.py, so that every word gets a prediction. A single word longer than a
    sequence loses its last sub-words.
    """
    tokens, tags = column(rows, "tokens"), column(rows, "tags")
    room = max_length - 2
    ids, words, labels, owners, cut = [], [], [], [], 0
    special, unknown_id = _special(tokenizer), tokenizer.unk_token_id
    found = encode(tokenizer, tokens, specials=False, split=True)
    for row, encoding in enumerate(found):
        plain = _ids(encoding, special, unknown_id).tolist()
        pieces = _pieces(plain, encoding.word_ids, len(tokens[row]), unknown_id)
        cut += sum(len(piece) > room for piece in pieces)
        pieces = [piece[:room] for piece in pieces]
        for start, end in _parts([len(piece) for piece in pieces], room):
            body = [i for piece in pieces[start:end] for i in piece]
            whole = [tokenizer.cls_token_id, *body, tokenizer.sep_token_id]
            ids.append(np.asarray(whole, dtype=np.int32))
            at = 1 + ends([len(piece) for piece in pieces[start:end]])[:-1]
            word = np.full(len(body) + 2, -1, dtype=np.int32)
            tag = np.full(len(body) + 2, IGNORED, dtype=np.int32)
            word[at] = np.arange(start, end)
            tag[at] = tags[row][start:end]
            words.append(word)
            labels.append(tag)
            owners.append(row)
    return Features(
        kind="tagging",
        ids=joined(ids),
        offsets=ends(map(len, ids)),
        items=np.arange(len(ids) + 1),
        rows=np.asarray(owners, dtype=np.int64),
        n_rows=len(tokens),
        pad_id=tokenizer.pad_token_id,
        labels=joined(labels),
        words=joined(words),
        truncated=cut,
    )


def _pieces(
    ids: list[int], word_ids: list[int], n_words: int, unknown_id: int
) -> list[list[int]]:
    """The sub-word ids of each word."""
    pieces: list[list[int]] = [[] for _ in range(n_words)]
    for word, token in zip(word_ids, ids, strict=True):
        pieces[word].append(token)
    return [piece or [unknown_id] for piece in pieces]


def _parts(lengths: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Runs of words that fit into `room` tokens; one empty run for no words."""
    start = used = 0
    for word, length in enumerate(lengths):
        if used + length > room:
            yield start, word
            start, used = word, 0
        used += length
    yield start, len(lengths)


def span(rows: Any, tokenizer: Any, max_length: int, doc_stride: int) -> Features:
    """Question and context in overlapping windows, as the reference `run_qa.py`."""
    contexts = column(rows, "context")
    questions, cut, longest = _questions(column(rows, "question"), tokenizer)
    room = max_length - longest - tokenizer.num_special_tokens_to_add(pair=True)
    if doc_stride >= room:
        raise UserError(
            f"doc_stride {doc_stride} leaves no room beside a question of {longest} "
            f"tokens in max_length {max_length}; set doc_stride below {max(room, 1)} "
            f"or max_length above {max_length + doc_stride - room}"
        )
    answers = zip(column(rows, "answers"), column(rows, "starts"), strict=True)
    answers = [(s[0], s[0] + len(a[0])) if len(a) else None for a, s in answers]
    inputs = list(zip(questions, contexts, strict=True))
    options = {"max_length": max_length, "stride": doc_stride}
    found = encode(tokenizer, inputs, **options, strategy="only_second")
    chars, labels, owners = [], [], []

    def windows() -> Iterator[Any]:
        for row, head in enumerate(found):
            for window in (head, *head.overflowing):
                chars.append(_context(window))
                labels.append(_answer_tokens(chars[-1], answers[row]))
                owners.append(row)
                yield window

    made = _made("span", windows(), tokenizer)
    return replace(
        made,
        rows=np.asarray(owners, dtype=np.int64),
        n_rows=len(contexts),
        labels=np.array(labels, dtype=np.int64).reshape(-1, 2),
        chars=joined(chars).reshape(-1, 2),
        truncated=cut,
    )


def _questions(questions: list[str], tokenizer: Any) -> tuple[list[str], int, int]:
    """Questions of at most MAX_QUESTION sub-words; how many were cut; the longest."""
    kept = [question.lstrip() for question in questions]
    cut = longest = 0
    for i, encoding in enumerate(encode(tokenizer, list(kept), specials=False)):
        if len(encoding.ids) > MAX_QUESTION:
            kept[i] = kept[i][: encoding.offsets[MAX_QUESTION - 1][1]]
            cut += 1
        longest = max(longest, min(len(encoding.ids), MAX_QUESTION))
    return kept, cut, longest


def _context(window: Any) -> np.ndarray:
    """(L, 2) characters of each context token, -1 for question and special tokens."""
    where = np.asarray(window.offsets, dtype=np.int32)
    inside = np.asarray([sequence == 1 for sequence in window.sequence_ids])
    where[~inside] = -1
    return where


def _answer_tokens(
    where: np.ndarray, answer: tuple[int, int] | None
) -> tuple[int, int]:
    """First and last token of the answer, (0, 0) unless all of it is in the window."""
    inside = np.flatnonzero(where[:, 0] >= 0)
    if answer is None or not len(inside):
        return 0, 0
    start, end = answer
    begins, stops = where[inside, 0], where[inside, 1]
    if begins[0] > start or stops[-1] < end:
        return 0, 0
    first = inside[0] + np.searchsorted(begins, start, side="right") - 1
    last = inside[0] + np.searchsorted(stops, end, side="left")
    return int(first), int(last)


# -------------------------------------------------------------- the tokenizer


def encode(
    tokenizer: Any,
    inputs: list,
    *,
    max_length: int | None = None,
    stride: int = 0,
    strategy: str = "longest_first",
    cut: str = "right",
    specials: bool = True,
    split: bool = False,
) -> Iterator[Any]:
    """Encodings of texts, pairs or (with `split`) lists of words, in their order.

    The fast tokenizer is called by its own batched method, which works on all cores
    and takes texts and pairs mixed.
    """
    backend = tokenizer.backend_tokenizer
    try:
        for start in range(0, len(inputs), CHUNK):
            backend.no_padding()
            backend.no_truncation()
            backend.encode_special_tokens = True  # what a text says is text
            if max_length is not None:
                backend.enable_truncation(
                    max_length, stride=stride, strategy=strategy, direction=cut
                )
            chunk = inputs[start : start + CHUNK]
            yield from backend.encode_batch(
                chunk, add_special_tokens=specials, is_pretokenized=split
            )
    finally:  # whoever asks may stop early
        backend.no_truncation()
        backend.encode_special_tokens = False


def _special(tokenizer: Any) -> np.ndarray:
    """The ids that stand for no text: `</s>`, `<pad>`, `<mask>`."""
    known = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    return np.array(sorted(known), dtype=np.int32)


def _ids(encoding: Any, special: np.ndarray, unknown_id: int | None) -> np.ndarray:
    """(T,) ids; where a text itself writes a special token, the unknown one.

    A Unigram vocabulary holds the special tokens among its pieces, so that a model
    would read the `</s>` of a web page as the end of the text.
    """
    ids = np.asarray(encoding.ids, dtype=np.int32)
    found = (ids[:, None] == special).any(axis=1)
    if unknown_id is not None and found.any():
        ids[found & (np.asarray(encoding.special_tokens_mask) == 0)] = unknown_id
    return ids


def _made(kind: str, found: Iterable[Any], tokenizer: Any, **given: Any) -> Features:
    """Features of encodings, one an item and an item a row if nothing else is `given`.

    Encodings are large: each is dropped as soon as its ids are taken.
    """
    ids, types, truncated = [], [], 0
    special, unknown_id = _special(tokenizer), tokenizer.unk_token_id
    two = "token_type_ids" in tokenizer.model_input_names
    for encoding in found:
        ids.append(_ids(encoding, special, unknown_id))
        truncated += bool(encoding.overflowing)
        if two:
            types.append(np.asarray(encoding.type_ids, dtype=np.int8))
    # mBERT tells the two texts of a pair apart by segments, XLM-R does not
    segments = joined(types) if any(t.any() for t in types) else None
    single = {"items": np.arange(len(ids) + 1), "rows": np.arange(len(ids))}
    return Features(
        kind=kind,
        ids=joined(ids),
        offsets=ends(map(len, ids)),
        pad_id=tokenizer.pad_token_id,
        types=segments,
        truncated=truncated,
        **{**single, "n_rows": len(ids), **given},
    )
