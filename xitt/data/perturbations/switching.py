"""Code-switching: words of a text replaced by their translations, or texts of a pair.

Word by word from a dictionary, as in CoSDA-ML (arXiv 2006.06402): the matrix language
gives the order and the forms, so that this is harder and less human than what bilingual
people write. A translation of several words stays one token of a tagged sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import regex

from xitt.data.perturbations import dictionaries, named
from xitt.data.perturbations.applying import Perturbed, edit_rows, like
from xitt.data.perturbations.dictionaries import Dictionary
from xitt.data.perturbations.forms import some
from xitt.data.perturbations.text import Edits, Span, Text, count, is_letter, uppered
from xitt.errors import UserError, unknown
from xitt.tasks import registry

if TYPE_CHECKING:
    from datasets import Dataset

LONGEST = 8  # characters of a word where words are written together

# Scripts of which a run is one word even there: loans, names.
_ONE_WORD = regex.compile(r"\p{Katakana}|\p{Latin}|ー")

# The words of a text -> how much each matters; the least is switched first.
Relevance = Callable[[Sequence[str]], Sequence[float]]


@dataclass(frozen=True)
class Switched(Perturbed):
    """Rows after code-switching.

    Attributes:
        share: of the words that were switched; where words are written together, of the
            characters.
        coverage: likewise, those that a dictionary has.
    """

    coverage: float


def apply(
    rows: Dataset,
    kind: str,
    rate: float,
    lang: str,
    into: Sequence[str],
    seed: int,
    source: str | Path = "auto",
    relevance: Relevance | None = None,
) -> Switched:
    """The rows in `lang`, the matrix language, with words of other languages in them.

    rate: 0 to 1, the share of the words in the dictionaries that is switched. Those of
        a lower rate are among those of a higher one.
    into: the languages mixed in; of a word each that has it is as likely.
    relevance: switch the words that matter least first, not any.

    Raises:
        UserError: for a rate that is no share, no language, a language without a
            dictionary, or a kind that is not perturbed.
    """
    named.check_share("rate", rate)
    if isinstance(into, str) or not into:
        raise UserError(f"into is a list of languages, as in ['de'], not {into!r}")
    found = {name: dictionaries.load(lang, name, source) for name in into}
    switcher = Switcher(rate, lang, found, relevance)
    name = f"switched {lang} {'+'.join(into)}"
    spaces = registry.language(lang).spaces
    done = edit_rows(rows, kind, switcher, name, seed, words=spaces)
    coverage = switcher.covered / switcher.total if switcher.total else 0.0
    return Switched(**vars(done), coverage=coverage)


class Switcher:
    """Switches words of texts, and counts how many the dictionaries have."""

    def __init__(
        self,
        rate: float,
        lang: str,
        dictionaries: dict[str, Dictionary],
        relevance: Relevance | None = None,
    ) -> None:
        self.rate, self.relevance = rate, relevance
        self.spaces = registry.language(lang).spaces
        self.dictionaries = list(dictionaries.values())
        self.covered = self.total = 0

    def __call__(self, text: Text, rng: Random) -> Edits:
        words = list(self._words(text))
        known = [word for word in words if self._has(_spelt(text, word))]
        self.total += sum(map(self._weight, words))
        self.covered += sum(map(self._weight, known))
        # Of every word, so that it is translated alike whatever the rate.
        new = [self._translation(text, word, rng) for word in known]
        chosen = {known[i]: new[i] for i in self._chosen(text, known, rng)}
        starts = {word.start for word in chosen}
        edits: dict[int, str] = {}
        for word, translation in sorted(chosen.items()):
            edits |= dict.fromkeys(range(*word), "")
            edits[word.start] = self._spaced(text, word, translation, starts)
        return edits

    def _weight(self, word: Span) -> int:
        return 1 if self.spaces else word.end - word.start

    def _chosen(self, text: Text, known: list[Span], rng: Random) -> Iterable[int]:
        if self.relevance is None:
            return some(range(len(known)), self.rate, rng)
        scores = self.relevance([_spelt(text, word) for word in known])
        order = sorted(range(len(known)), key=lambda i: scores[i])
        return order[: count(self.rate, len(known), rng)]

    def _has(self, word: str) -> bool:
        return any(word in dictionary for dictionary in self.dictionaries)

    def _words(self, text: Text) -> Iterable[Span]:
        """The words of a text without what is around them: quotes, full stops."""
        for piece in text.whole_words() if self.spaces else text.pieces():
            start, end = piece
            while start < end and not is_letter(text.clusters[start]):
                start += 1
            while end > start and not is_letter(text.clusters[end - 1]):
                end -= 1
            word = Span(start, end)
            if start == end:
                continue
            if self.spaces or self._has(_spelt(text, word)):
                yield word
            else:
                yield from self._matched(text, word)

    def _matched(self, text: Text, run: Span) -> Iterable[Span]:
        """The words of a run without spaces: always the longest that is known."""
        stops = [i for i in range(run.start + 1, run.end) if not _unbroken(text, i)]
        stops.append(run.end)
        at, first = run.start, 0
        while first < len(stops):
            word, after = Span(at, stops[first]), first + 1
            for i in range(first, len(stops)):
                if stops[i] > at + LONGEST:
                    break
                if self._has(_spelt(text, longer := Span(at, stops[i]))):
                    word, after = longer, i + 1
            if is_letter(text.clusters[at]):
                yield word
            at, first = word.end, after

    def _spaced(self, text: Text, word: Span, new: str, starts: set[int]) -> str:
        """The translation, apart from letters beside it that are not switched."""
        if self.spaces:
            return new
        before, after = word.start - 1, word.end
        if before >= 0 and is_letter(text.clusters[before]):
            new = f" {new}"
        if after in starts or after >= len(text.clusters):
            return new
        return f"{new} " if is_letter(text.clusters[after]) else new

    def _translation(self, text: Text, word: Span, rng: Random) -> str:
        """One translation, in the case of the word."""
        spelt = _spelt(text, word)
        having = [d[spelt] for d in self.dictionaries if spelt in d]
        choice = having[int(rng.random() * len(having))]
        new = choice[int(rng.random() * len(choice))]
        first, *rest = text.clusters[word.start : word.end]
        if first == first.lower():
            return new
        capitals = rest and all(c == c.upper() for c in rest)
        return new.upper() if capitals else uppered(new[0], "") + new[1:]


def _unbroken(text: Text, at: int) -> bool:
    """Whether no word ends before a cluster, as inside of one in kana or Latin."""
    return all(_ONE_WORD.match(text.clusters[i]) for i in (at - 1, at))


def _spelt(text: Text, word: Span) -> str:
    return "".join(text.clusters[word.start : word.end]).lower()


# --- pairs ----------------------------------------------------------------------------

# What comes from the second language, of the kinds whose items are two texts.
SECOND = {"classification": "text_b", "span": "question"}


def in_two_languages(first: Dataset, second: Dataset, kind: str) -> Dataset:
    """Items whose two texts are in different languages, of parallel rows by id.

    The hypothesis, or the second sentence, or the question is the second data set's;
    the rest, with answers and labels, the first one's. Items of both alone are there.

    Raises:
        UserError: for a kind that is not of two texts, rows without a common id, or a
            label that differs.
    """
    if kind not in SECOND:
        raise unknown("kind of task with two texts:", kind, SECOND)
    theirs = {row["id"]: row for row in second.to_list()}
    rows = []
    for row in first.to_list():
        if (other := theirs.get(row["id"])) is None:
            continue
        if kind == "classification" and row["label"] != other["label"]:
            raise UserError(
                f"item '{row['id']}' has the labels {row['label']} and "
                f"{other['label']}; the two data sets are not parallel"
            )
        rows.append({**row, SECOND[kind]: other[SECOND[kind]]})
    if not rows:
        raise UserError("no item is in both data sets; give the same split of each")
    return like(first, rows)
