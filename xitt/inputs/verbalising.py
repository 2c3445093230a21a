"""Rows in words: a prompt, and the answer whose tokens a causal model learns.

A row gets one of its task's templates (`xitt.tasks.verbalisation`), drawn by the run's
seed and the row's id. Prompt and answer are encoded as one text, so that they are the
pieces that a reader of the whole would see; the end of the text is learnt as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Formatter, ascii_uppercase
from typing import Any, NamedTuple

import numpy as np

from xitt.errors import UserError
from xitt.inputs.features import IGNORED, Features, ends, joined
from xitt.inputs.tokenising import column, encode
from xitt.tasks.kinds import VERBALISED
from xitt.tasks.registry import ENGLISH
from xitt.tasks.verbalisation import Template, chosen, templates

Span = tuple[int, int]  # characters of a prompt, begin and end


class Said(NamedTuple):
    """A row in words.

    cut: where the columns that may be cut stand in the prompt. held: what of them is
    not, the answer in a context; tokens behind it go first, then those before it.
    begin, end: of a sentence to be tagged, the words that this is about.
    """

    row: int
    prompt: str
    answer: str
    cut: tuple[Span, ...] = ()
    held: Span | None = None
    begin: int = 0
    end: int = 0


def make(
    rows: Any,
    tokenizer: Any,
    *,
    task: str,
    lang: str,
    labels: Sequence[str] = (),
    seed: int,
    max_length: int,
    candidates: bool = False,
) -> Features:
    """Verbalise `rows`, a `datasets.Dataset` or a list of dicts in normalised columns.

    lang: the language of the rows, and of the templates. labels: the names of the
    task's labels, by id. max_length: tokens a row, the end of the text included. What
    is longer loses tokens of the columns that the template cuts, the longest first: at
    the end; of a text before choices at the beginning, for what is asked stands last;
    of a context never its answer. A sentence to be tagged is halved instead.
    candidates: of tasks with labels or choices an item for each of these instead of the
        right one, in their order.

    Returns features of the kind `verbalised`: `labels` (T,) are the ids of answer
    tokens and IGNORED elsewhere, unshifted as transformers takes them.

    Raises:
        UserError: for a language without templates, a row whose question and answer
            alone are too long, a tokenizer without an end of text.
    """
    if tokenizer.eos_token_id is None:
        raise UserError("the tokenizer has no token that ends a text; set eos_token")
    some = templates(task, lang)
    ids = column(rows, "id")
    made = [chosen(some, seed, task, item) for item in ids]
    say = _candidates if candidates else _right
    todo = [said for i, row in enumerate(rows) for said in say(made[i], row, i, labels)]
    found = _encoded(todo, tokenizer, max_length, rows, made, labels)
    tokens = [ids for _, ids, _, _ in found]
    answers = [np.arange(len(ids)) >= first for _, ids, first, _ in found]
    return Features(
        kind=VERBALISED,
        ids=joined(tokens),
        offsets=ends(map(len, tokens)),
        items=np.arange(len(tokens) + 1),
        rows=np.asarray([row for row, *_ in found], dtype=np.int64),
        n_rows=len(ids),
        pad_id=tokenizer.pad_token_id,
        labels=np.where(joined(answers).astype(bool), joined(tokens), IGNORED),
        truncated=len({row for row, *_, cut in found if cut}),
    )


def asked(
    row: Any, lang: str, *, task: str, labels: Sequence[str], seed: int = 0
) -> tuple[str, list[str]]:
    """The prompt of one row and its candidate answers, in the labels' order.

    In English, whatever the language `lang` of the row. Nothing is cut.
    """
    made = chosen(templates(task, ENGLISH), seed, task, row["id"])
    said = list(_candidates(made, row, 0, labels))
    return said[0].prompt, [each.answer for each in said]


# ------------------------------------------------------------------- a row to its words


def _right(made: Template, row: Any, n: int, labels: Sequence[str]) -> Iterator[Said]:
    """The row with its right answer."""
    if made.kind == "tagging":
        yield _tagged(made, row, n, labels, 0, len(row["tokens"]))
    elif made.kind == "span":
        yield _answered(made, row, n)
    else:
        said = list(_candidates(made, row, n, labels))
        yield said[row["label"]]


def _candidates(
    made: Template, row: Any, n: int, labels: Sequence[str]
) -> Iterator[Said]:
    """The row with each of its labels or choices."""
    fields = {name: row[name] for name in ("text_a", "text_b") if name in row}
    if made.kind == "classification":
        answers = [{"label": made.words[label]} for label in labels]
    else:
        lettered = list(zip(ascii_uppercase, row["choices"]))
        fields["options"] = "\n".join(f"{a}. {text}" for a, text in lettered)
        answers = [{"letter": a, "choice": text} for a, text in lettered]
    prompt, where = _filled(made.prompt, fields)
    cut = tuple(where[name] for name in made.cut)
    last = where["text_a"][1]  # a question, or what an ending goes on from
    held = (last, last) if made.kind == "choice" else None
    for answer in answers:
        yield Said(n, prompt, _filled(made.answer, answer)[0], cut, held)


def _answered(made: Template, row: Any, n: int) -> Said:
    prompt, where = _filled(made.prompt, row)
    cut, held, answer = tuple(where[name] for name in made.cut), None, made.no_answer
    if len(row["answers"]):
        answer = row["answers"][0]
        start = where["context"][0] + row["starts"][0]
        held = start, start + len(answer)
    return Said(n, prompt, _filled(made.answer, {"answer": answer})[0], cut, held)


def _tagged(
    made: Template, row: Any, n: int, labels: Sequence[str], begin: int, end: int
) -> Said:
    """Some words of a sentence, each with its tag."""
    words = row["tokens"][begin:end]
    tags = [labels[tag] for tag in row["tags"][begin:end]]
    pairs = " ".join(f"{word}|{tag}" for word, tag in zip(words, tags))
    prompt, _ = _filled(made.prompt, {"sentence": " ".join(words)})
    answer, _ = _filled(made.answer, {"tags": " ".join(tags), "tagged": pairs})
    return Said(n, prompt, answer, begin=begin, end=end)


def _filled(text: str, fields: Any) -> tuple[str, dict[str, Span]]:
    """A template with its placeholders filled, and where each one's text stands."""
    parts, where, at = [], {}, 0
    for literal, name, _, _ in Formatter().parse(text):
        parts.append(literal)
        at += len(literal)
        if name is not None:
            parts.append(fields[name])
            where[name] = at, at + len(fields[name])
            at += len(fields[name])
    return "".join(parts), where


# ------------------------------------------------------------------ words to token ids


def _encoded(
    todo: list[Said],
    tokenizer: Any,
    max_length: int,
    rows: Any,
    made: list[Template],
    labels: Sequence[str],
) -> list[tuple[int, np.ndarray, int, bool]]:
    """Of each item its row, ids, the place of its first answer token, whether cut."""
    before, end = _before(tokenizer), [tokenizer.eos_token_id]
    room = max_length - len(before) - len(end)
    found: list[tuple[int, np.ndarray, int, bool]] = []
    while todo:
        texts, again = [said.prompt + said.answer for said in todo], []
        for said, encoding in zip(todo, encode(tokenizer, texts, specials=False)):
            where = np.asarray(encoding.offsets).reshape(-1, 2)
            if len(where) > room and said.end - said.begin > 1:
                middle = (said.begin + said.end) // 2
                for part in ((said.begin, middle), (middle, said.end)):
                    n = said.row
                    again.append(_tagged(made[n], rows[n], n, labels, *part))
                continue
            kept = _kept(said, where, room, max_length)
            # the first token that reaches into the answer
            first = int((where[kept, 1] <= len(said.prompt)).sum())
            ids = [*before, *np.asarray(encoding.ids)[kept], *end]
            cut = not kept.all()
            found.append(
                (said.row, np.asarray(ids, np.int32), len(before) + first, cut)
            )
        todo = again
    found.sort(key=lambda item: item[0])  # stable: candidates stay in their order
    return found


def _kept(said: Said, where: np.ndarray, room: int, max_length: int) -> np.ndarray:
    """(T,) which tokens fit into `room`.

    where: (T, 2) the characters of each token.
    """
    kept = np.ones(len(where), dtype=bool)
    excess = len(where) - room
    if excess <= 0:
        return kept
    begins, stops = where[:, 0], where[:, 1]
    held = said.held or (len(said.prompt), len(said.prompt))
    free = (stops <= held[0]) | (begins >= held[1])
    columns = [np.flatnonzero(free & (begins >= a) & (stops <= b)) for a, b in said.cut]
    left = [len(tokens) for tokens in columns]
    while excess and any(left):
        left[int(np.argmax(left))] -= 1
        excess -= 1
    if excess:
        raise UserError(
            f"row {said.row} has {excess + max_length} tokens without what may be cut, "
            f"and max_length is {max_length}; raise max_length"
        )
    for tokens, n in zip(columns, left):
        lost = len(tokens) - n
        behind = len(tokens) if said.held is None else (begins[tokens] >= held[1]).sum()
        ending = min(lost, int(behind))
        kept[tokens[: lost - ending]] = False
        kept[tokens[len(tokens) - ending :]] = False
    return kept


def _before(tokenizer: Any) -> list[int]:
    """The ids that a tokenizer puts before a text, as most do not."""
    encoding = next(iter(encode(tokenizer, ["a"])))
    specials = np.asarray(encoding.special_tokens_mask, dtype=bool)
    return encoding.ids[: int(np.argmin(specials))]
