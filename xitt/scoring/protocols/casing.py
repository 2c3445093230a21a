"""Capitals of a text that moves to another place of a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_WORD = re.compile(r"\w+")
_STARTS = re.compile(r"(?:^|[.!?…:]\s+|[\"“«„(¿¡]\s*)$")
_DOTTED = {"tr", "az", "kk"}  # I and İ are two letters, ı and i


def lower_first(text: str, lang: str) -> str:
    """`text` with a small first letter, by the language's own alphabet.

    >>> lower_first("Işık söndü.", "tr"), lower_first("İp koptu.", "tr")
    ('ışık söndü.', 'ip koptu.')
    """
    first = text[:1]
    if lang in _DOTTED and first in "Iİ":
        return {"I": "ı", "İ": "i"}.get(first, first) + text[1:]
    return first.lower() + text[1:]


def inside(text: str, others: Sequence[str], capitals: Sequence[str], lang: str) -> str:
    """A sentence as the rest of another one: its first letter is small.

    It stays as it is where the first word is written in capitals throughout, is one of
    `capitals` (English I, names of a language), or stands with a capital inside a
    sentence of `others`, as names do.
    """
    found = _WORD.match(text)
    word = found.group() if found else ""
    throughout = len(word) > 1 and word.isupper()
    if not word or throughout or word in capitals or _named(word, others):
        return text
    return lower_first(text, lang)


def fitted(option: str, before: str, rules: Mapping[str, Any], lang: str) -> str:
    """A choice as it is written after `before`.

    At the start of a sentence its first letter is a capital. Elsewhere a choice that
    begins with one of `small_inside` (articles and the like) loses it: it was copied
    from the start of a sentence, and there only such a word is known to be no name.
    """
    found = _WORD.match(option)
    if _STARTS.search(before):
        return option[:1].upper() + option[1:]
    small = rules.get("small_inside", ())
    if found and found.group().lower() in small:
        return lower_first(option, lang)
    return option


def _named(word: str, others: Sequence[str]) -> bool:
    if not word[:1].isupper():
        return False
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    return any(
        not _STARTS.search(text[: match.start()])
        for text in others
        for match in pattern.finditer(text)
    )
