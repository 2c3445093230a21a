"""How a text is written: case, accents, punctuation and spaces.

Numbers keep their form: a point in one, or a space, says how much it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random

from xitt.data.perturbations.text import (
    Edits,
    Text,
    count,
    drawn,
    is_letter,
    is_numeral,
    lowered,
    uppered,
)
from xitt.tasks import registry

# Letters with a stroke or without their dot, which Unicode does not take apart.
_STROKES = str.maketrans("đĐøØłŁħĦŧŦı", "dDoOlLhHtTi")
# Vowels of Arabic and points of Hebrew; accents are 200 and above. Below are signs
# without which another letter is written: nukta, virama, the dots of kana.
_POINTS = range(10, 36)
_ACCENTS = 200
_OWN_LETTERS = frozenset("йЙўЎ")  # taken apart by Unicode, and by nobody who types


def some(sites: Sequence[int], strength: float, rng: Random) -> list[int]:
    """`strength` of the sites; those of a weaker strength are among a stronger's."""
    wanted = count(strength, len(sites), rng)
    return [site for _, site in zip(range(wanted), drawn(sites, rng))]


def lower(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """`strength` of the words that have a capital in lower case."""
    return _cased(text, rng, strength, lambda cluster: lowered(cluster, lang))


def upper(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """`strength` of the words that have a small letter in capitals."""
    return _cased(text, rng, strength, lambda cluster: uppered(cluster, lang))


def _cased(
    text: Text, rng: Random, strength: float, change: Callable[[str], str]
) -> Edits:
    words = []
    for start, end in text.pieces():
        word = {i: change(text.clusters[i]) for i in range(start, end)}
        for i in range(start + 1, end):
            last = i + 1 == end or not is_letter(text.clusters[i + 1])
            if word[i] == "σ" and last and text.clusters[i] == "Σ":
                word[i] = "ς"
        if changed := {i: p for i, p in word.items() if p != text.clusters[i]}:
            words.append(changed)
    chosen = some(range(len(words)), strength, rng)
    return {i: piece for w in chosen for i, piece in words[w].items()}


def diacritics(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """`strength` of the letters with an accent, a point or a stroke without it."""
    pieces = {i: bare(cluster) for i, cluster in _editable(text)}
    sites = [i for i, piece in pieces.items() if piece != text.clusters[i]]
    return {i: pieces[i] for i in some(sites, strength, rng)}


@lru_cache(maxsize=1 << 16)
def bare(cluster: str) -> str:
    """A letter without its diacritics: é is e, أ is ا, ი and が are themselves."""
    if cluster.isascii() or not is_letter(cluster) or cluster in _OWN_LETTERS:
        return cluster
    parts = unicodedata.normalize("NFD", cluster)
    kept = [parts[0], *(mark for mark in parts[1:] if not _is_diacritic(mark))]
    if len(kept) == len(parts):
        return cluster.translate(_STROKES)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_STROKES)


def _is_diacritic(mark: str) -> bool:
    order = unicodedata.combining(mark)
    return order >= _ACCENTS or order in _POINTS


def punctuation(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """`strength` of the punctuation marks left out, but for those in a number."""
    sites = [i for i, cluster in _editable(text)
             if unicodedata.category(cluster[0])[0] == "P"
             and not (_numeral(text, i - 1) and _numeral(text, i + 1))]  # fmt: skip
    return dict.fromkeys(some(sites, strength, rng), "")


def spacing(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """Misplaced spaces: `strength` of the gaps, each left out or moved into a word.

    A gap moves into the word before it. Where words are written together, a space is
    put after `strength` of the letters that another one follows.
    """
    editable = dict(_editable(text))
    if not registry.language(lang).spaces:
        inner = [i for i in editable if _inside(text, i)]
        return {i: f"{text.clusters[i]} " for i in some(inner, strength, rng)}
    gaps = [i for i, cluster in enumerate(text.clusters[:-1])
            if i and cluster.isspace() and i not in text.frozen
            and not (_numeral(text, i - 1) and _numeral(text, i + 1))]  # fmt: skip
    draws = {gap: (rng.random(), rng.random()) for gap in gaps}
    ends = {end: start for start, end in text.words}
    edits: dict[int, str] = {}
    for gap in some(gaps, strength, rng):
        moves, where = draws[gap]
        edits[gap] = ""
        inner = [i for i in range(ends.get(gap, gap), gap)
                 if i in editable and _inside(text, i)]  # fmt: skip
        if inner and moves < 0.5:
            site = inner[int(where * len(inner))]
            edits[site] = f"{text.clusters[site]} "
    return edits


def _editable(text: Text) -> list[tuple[int, str]]:
    """The clusters of the words that may change, and where they are."""
    return [
        (i, text.clusters[i])
        for start, end in text.words
        for i in range(start, end)
        if i not in text.frozen
    ]


def _numeral(text: Text, at: int) -> bool:
    return 0 <= at < len(text.clusters) and is_numeral(text.clusters[at])


def _inside(text: Text, at: int) -> bool:
    """Whether a letter is there and a letter follows, on the same side of a cut."""
    after = at + 1
    return (
        after < len(text.clusters)
        and after not in text.cuts
        and is_letter(text.clusters[at])
        and is_letter(text.clusters[after])
    )
