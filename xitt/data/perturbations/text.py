"""A text as grapheme clusters, and an edited one whose spans have moved with it.

An edit says what stands instead of a cluster: nothing, one or more. So a combining
mark is never parted from its letter, and the place of every span is known afterwards.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

import regex

Edits = Mapping[int, str]  # cluster -> what stands instead

_CLUSTER = regex.compile(r"\X")
_DOTTED = {"i": "İ", "ı": "I"}  # Turkish and Azerbaijani: two letters, not one
_UNDOTTED = {"İ": "i", "I": "ı"}
_DOTS_MATTER = ("tr", "az")


class Span(NamedTuple):
    """Clusters from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Text:
    """A text in clusters.

    Attributes:
        clusters: (n,) its extended grapheme clusters (Unicode Standard Annex 29).
        words: its runs without white space; of a tagged sentence, its tokens.
        cuts: clusters that an edit must not move over: where an answer begins or ends.
        frozen: clusters that an answer begins or ends inside of; they stay.
    """

    clusters: Sequence[str]
    words: Sequence[Span]
    cuts: frozenset[int] = frozenset()
    frozen: frozenset[int] = frozenset()

    @property
    def size(self) -> int:
        """Clusters apart from white space between words."""
        return sum(end - start for start, end in self.words)

    @cached_property
    def offsets(self) -> list[int]:
        """(n + 1,) the character at which each cluster begins, and the end."""
        return _ends(self.clusters)

    def pieces(self) -> Iterator[Span]:
        """The words, parted at cuts and at frozen clusters."""
        if not (self.cuts or self.frozen):
            yield from self.words
            return
        stops = self.cuts | self.frozen | {i + 1 for i in self.frozen}
        for start, end in self.words:
            inner = sorted(s for s in stops if start < s < end)
            for first, last in zip([start, *inner], [*inner, end]):
                if first not in self.frozen:
                    yield Span(first, last)

    def whole_words(self) -> Iterator[Span]:
        """The words that no answer begins or ends inside of."""
        for word in self.words:
            inside = range(word.start, word.end)
            if self.frozen.isdisjoint(inside) and self.cuts.isdisjoint(inside[1:]):
                yield word

    def span(self, start: int, end: int) -> Span:
        """The clusters that the characters from `start` to `end` lie in."""
        last = bisect_right(self.offsets, end - 1) if end > start else self.at(start)
        return Span(self.at(start), last)

    def at(self, character: int) -> int:
        """The cluster that a character lies in."""
        return bisect_right(self.offsets, character) - 1


@dataclass(frozen=True)
class Edited:
    """A text after its edits."""

    before: Text
    pieces: Sequence[str] = field(repr=False)

    def __str__(self) -> str:
        return "".join(self.pieces)

    def part(self, span: Span) -> str:
        """What stands where a span of clusters stood."""
        return "".join(self.pieces[span.start : span.end])

    def character(self, before: int) -> int:
        """Where the place `before` is now; it is at a cut, or in a frozen cluster."""
        cluster = self.before.at(before)
        return self._offsets[cluster] + before - self.before.offsets[cluster]

    @cached_property
    def _offsets(self) -> list[int]:
        return _ends(self.pieces)


def _ends(pieces: Iterable[str]) -> list[int]:
    return [0, *accumulate(map(len, pieces))]


def segment(text: str, bounds: Iterable[int] = ()) -> Text:
    """A running text; `bounds` are characters at which answers begin and end."""
    clusters = clusters_of(text)
    words, start = [], None
    for i, cluster in enumerate(clusters):
        if cluster.isspace():
            if start is not None:
                words.append(Span(start, i))
            start = None
        elif start is None:
            start = i
    if start is not None:
        words.append(Span(start, len(clusters)))
    plain = Text(clusters, words)
    cuts, frozen = set(), set()
    for bound in bounds:
        cluster = plain.at(bound)
        (cuts if plain.offsets[cluster] == bound else frozen).add(cluster)
    return Text(clusters, words, frozenset(cuts), frozenset(frozen))


def of_tokens(tokens: Sequence[str]) -> Text:
    """A tagged sentence: a token is a word, whatever it holds."""
    clusters: list[str] = []
    words = []
    for token in tokens:
        start = len(clusters)
        clusters += clusters_of(token)
        words.append(Span(start, len(clusters)))
        clusters.append(" ")
    return Text(clusters, words)


def clusters_of(text: str) -> list[str]:
    """The extended grapheme clusters of a text."""
    if text.isascii() and "\r" not in text:
        return list(text)
    return _CLUSTER.findall(text)


def edited(text: Text, edits: Edits) -> Edited:
    pieces = list(text.clusters)
    for i, piece in edits.items():
        pieces[i] = piece
    return Edited(text, pieces)


# --- what a cluster is ----------------------------------------------------------------


@lru_cache(maxsize=1 << 16)
def is_letter(cluster: str) -> bool:
    """Whether it is a letter, with its marks, that stands for no number."""
    first = cluster[:1]
    if not first or unicodedata.category(first)[0] != "L":
        return False
    return unicodedata.numeric(first, None) is None


@lru_cache(maxsize=1 << 16)
def is_numeral(cluster: str) -> bool:
    """Whether it stands for a number: 3, ٣, ½ or 三."""
    return unicodedata.numeric(cluster[:1] or " ", None) is not None


@lru_cache(maxsize=1 << 12)
def joins(character: str) -> bool:
    """Whether a character joins the one before it to a cluster, as a mark does."""
    return _CLUSTER.fullmatch(f"a{character}") is not None


def lowered(cluster: str, lang: str) -> str:
    """In lower case: Turkish I is ı."""
    if lang in _DOTS_MATTER and cluster in _UNDOTTED:
        return _UNDOTTED[cluster]
    return cluster.lower()


def uppered(cluster: str, lang: str) -> str:
    """In upper case: Turkish i is İ."""
    if lang in _DOTS_MATTER and cluster in _DOTTED:
        return _DOTTED[cluster]
    return cluster.upper()


# --- chance ---------------------------------------------------------------------------


def count(share: float, of: float, rng: Random) -> int:
    """A whole number whose mean is `share * of`; one draw, whatever they are."""
    wanted, draw = share * of, rng.random()
    return int(wanted) + (draw < wanted - int(wanted))


def drawn(sites: Sequence, rng: Random) -> Iterator:
    """The sites in random order; whoever takes fewer takes the first of the same."""
    rest = list(sites)
    while rest:
        i = int(rng.random() * len(rest))
        rest[i], rest[-1] = rest[-1], rest[i]
        yield rest.pop()
