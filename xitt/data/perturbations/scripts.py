"""Letters of another script: such as look alike, and Latin ones by sound."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from random import Random

from xitt.data.perturbations.forms import some
from xitt.data.perturbations.text import Edits, Text, is_letter
from xitt.tasks import registry

_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "DEVANAGARI",
            "BENGALI", "GUJARATI", "GURMUKHI", "TAMIL", "TELUGU", "KANNADA",
            "MALAYALAM", "ORIYA", "THAI", "LAO", "GEORGIAN", "HIRAGANA",
            "KATAKANA", "CJK")  # fmt: skip

# Where letters of everyday text are: no phonetic, historic or mathematical ones.
_COMMON = (("A", "\u0180"), ("\u0370", "\u1100"), ("\u3040", "\ua000"))


def homoglyphs(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """`strength` of the letters that have one replaced by a twin of another script.

    The twins are Unicode's confusables (Technical Standard 39), of living scripts.
    """
    # Of every site, so that a letter gets the same twin whatever the strength.
    edits = {}
    for start, end in text.pieces():
        for i in range(start, end):
            if choice := twins(text.clusters[i]):
                edits[i] = choice[int(rng.random() * len(choice))]
    return {site: edits[site] for site in some(list(edits), strength, rng)}


@lru_cache(maxsize=1 << 14)
def twins(cluster: str) -> tuple[str, ...]:
    """The letters of other scripts that look like a letter; () where none does."""
    if len(cluster) != 1 or not is_letter(cluster):
        return ()
    own = _script(cluster)
    found = {entry["c"] for entry in _confusables().get(cluster, ())}
    return tuple(sorted(
        c for c in found
        if len(c) == 1 and is_letter(c) and _script(c) not in ("", own)
        and any(first <= c < last for first, last in _COMMON)
    ))  # fmt: skip


@cache
def _confusables() -> dict[str, list[dict[str, str]]]:
    from confusable_homoglyphs import confusables

    return confusables.confusables_data


def _script(letter: str) -> str:
    """The script of a letter, by its name; "" for one that nobody writes today."""
    name = unicodedata.name(letter, "")
    return next((script for script in _SCRIPTS if name.startswith(f"{script} ")), "")


def romanised(text: Text, rng: Random, strength: float, lang: str) -> Edits:
    """`strength` of the words that are not in Latin letters, in such.

    Where words are written together, of the letters. Numerals and Latin letters stay;
    the transcription is anyascii's, cluster by cluster.
    """
    groups = []
    for start, end in text.pieces():
        word = {i: _latin(text.clusters[i]) for i in range(start, end)}
        word = {i: piece for i, piece in word.items() if piece != text.clusters[i]}
        if not "".join(word.values()).strip():
            continue
        if registry.language(lang).spaces:
            groups.append(word)
        else:
            groups += [{i: piece} for i, piece in word.items()]
    chosen = some(range(len(groups)), strength, rng)
    return {i: piece for g in chosen for i, piece in groups[g].items()}


@lru_cache(maxsize=1 << 16)
def _latin(cluster: str) -> str:
    if cluster.isascii() or not is_letter(cluster) or _script(cluster[0]) == "LATIN":
        return cluster
    from anyascii import anyascii

    return anyascii(cluster)
