"""Rows perturbed: `apply(rows, "classification", "keyboard", 0.1, "ru", seed=13)`.

Ids, labels and tags stay, a tagged sentence keeps its tokens, and answers stand where
they stand after the edits. Each text draws from a generator of its own, by seed,
perturbation, language, id and column: rows change alike whatever rows are beside them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from xitt.data.perturbations import keyboards, named
from xitt.data.perturbations.named import Editor
from xitt.data.perturbations.text import (
    Edited,
    Span,
    Text,
    edited,
    of_tokens,
    segment,
)
from xitt.errors import UserError, unknown
from xitt.tasks import kinds, registry

if TYPE_CHECKING:
    from datasets import Dataset

log = logging.getLogger("xitt")

Row = dict[str, Any]


@dataclass(frozen=True)
class Perturbed:
    """Rows after a perturbation, and how much it did.

    Attributes:
        rows: the rows, with the columns of their kind.
        share: of the characters (grapheme clusters without white space) that changed;
            of the words, where words are switched.
        changed: rows that are other than before.
        left: answers, tokens and texts that would have become empty, and were left.
    """

    rows: Dataset
    share: float
    changed: int
    left: int


def apply(
    rows: Dataset,
    kind: str,
    name: str,
    strength: float,
    lang: str,
    seed: int,
    **options: Any,
) -> Perturbed:
    """The rows of a kind of task under the perturbation `name`.

    strength: 0 to 1, the share that `named.PERTURBATIONS` says; `share` is what came of
        it. The changes of a weaker strength are among those of a stronger one.
    options: of the perturbation: `protect_first` of typos.

    Raises:
        UserError: for an unknown perturbation, kind or language, a language without a
            layout, a kind that it is not for, or a strength that is no share.
    """
    edits = editor(kind, name, strength, lang, **options)
    return edit_rows(rows, kind, edits, f"{name} {lang}", seed)


def editor(kind: str, name: str, strength: float, lang: str, **options: Any) -> Editor:
    """The edits that a perturbation makes of the texts of a kind of task.

    Raises:
        UserError: as `apply`.
    """
    entry = named.get(name)
    kinds.get(kind)
    if kind not in entry.kinds:
        raise unknown(f"kind of task for '{name}':", kind, entry.kinds)
    registry.language(lang)
    named.check_share("strength", strength)
    if name == "keyboard":
        keyboards.of(lang)  # refused before a row is read
    return partial(entry.make, strength=strength, lang=lang, **options)


def edit_rows(
    rows: Dataset, kind: str, editor: Editor, name: str, seed: int, words: bool = False
) -> Perturbed:
    """The rows of a kind under an editor; `name` and the seed decide what it draws.

    words: count the words that change, not the characters.
    """
    function = kinds.function(kind, "perturb")
    work = Work(editor, words)
    after, changed = [], 0
    for row in rows.to_list():
        key = f"{seed}\x1f{name}\x1f{row['id']}"
        new = {**row, **function(row, work, key)}
        changed += new != row
        after.append(new)
    if work.left:
        log.warning("%s: %d parts would be empty and were left", name, work.left)
    share = work.changed / work.total if work.total else 0.0
    return Perturbed(like(rows, after), share, changed, work.left)


class Work:
    """Edits texts and counts what it did."""

    def __init__(self, editor: Editor, words: bool) -> None:
        self.editor, self.words = editor, words
        self.changed = self.total = self.left = 0

    def text(self, text: str, key: str) -> str:
        """A running text after its edits."""
        return str(self.edit(segment(text), key)) if text else text

    def edit(self, text: Text, key: str, spans: Iterable[Span] = ()) -> Edited:
        """A text after its edits; what would be empty stays: a span, or the whole."""
        edits = dict(self.editor(text, Random(key)))
        for span in {*spans, Span(0, len(text.clusters))}:
            inside = range(*span)
            if edits and _emptied(text, edits, inside):
                edits = {i: piece for i, piece in edits.items() if i not in inside}
                self.left += 1
        edits = {i: p for i, p in edits.items() if p != text.clusters[i]}
        if self.words:
            self.total += len(text.words)
            self.changed += sum(any(i in edits for i in range(*w)) for w in text.words)
        else:
            self.total += text.size
            self.changed += len(edits)
        return edited(text, edits)


def _emptied(text: Text, edits: dict[int, str], inside: range) -> bool:
    """Whether a part that said something says nothing any more."""
    said = False
    for i in inside:
        cluster = text.clusters[i]
        if edits.get(i, cluster).strip():
            return False
        said = said or not cluster.isspace()
    return said


def like(rows: Dataset, after: list[Row]) -> Dataset:
    """Rows as a data set with the columns of another."""
    from datasets import Dataset
    from datasets.table import InMemoryTable

    schema = rows.data.table.schema
    return Dataset(InMemoryTable(pa.Table.from_pylist(after, schema=schema)))


# --- the kinds ------------------------------------------------------------------------


def classification(row: Row, work: Work, key: str) -> Row:
    return {name: work.text(row[name], f"{key}\x1f{name}")
            for name in ("text_a", "text_b")}  # fmt: skip


def choice(row: Row, work: Work, key: str) -> Row:
    choices = enumerate(row["choices"])
    return {
        "text_a": work.text(row["text_a"], f"{key}\x1ftext_a"),
        "choices": [work.text(text, f"{key}\x1f{i}") for i, text in choices],
    }


def text(row: Row, work: Work, key: str) -> Row:
    return {"text": work.text(row["text"], f"{key}\x1ftext")}


def tagging(row: Row, work: Work, key: str) -> Row:
    """A token is a word: it keeps its place and its tag, and something of itself."""
    sentence = of_tokens(row["tokens"])
    done = work.edit(sentence, f"{key}\x1ftokens", sentence.words)
    return {"tokens": [done.part(word) for word in sentence.words]}


def span(row: Row, work: Work, key: str) -> Row:
    """Question and context; an answer is what now stands where it stood.

    An answer that does not occur in its context (its start is -1) stays as it is.
    """
    found = [(a, s, s + len(a)) for a, s in zip(row["answers"], row["starts"])]
    placed = [(start, end) for _, start, end in found if start >= 0]
    for _, end in placed:
        if end > len(row["context"]):
            raise UserError(
                f"row '{row['id']}': an answer ends at character {end} of a context of "
                f"{len(row['context'])}; load the rows with examples.load"
            )
    context = segment(row["context"], [place for pair in placed for place in pair])
    spans = [context.span(start, end) for start, end in placed]
    done = work.edit(context, f"{key}\x1fcontext", spans)
    answers, starts, after = [], [], str(done)
    for answer, start, end in found:
        if start >= 0:
            start, end = done.character(start), done.character(end)
            answer = after[start:end]
        answers.append(answer)
        starts.append(start)
    question = work.text(row["question"], f"{key}\x1fquestion")
    return {"question": question, "context": after, "answers": answers,
            "starts": starts}  # fmt: skip
