"""Bilingual dictionaries: words of one language and their translations, one English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from xitt.data import examples, sources
from xitt.errors import UserError
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH

TASK = "cosda_dictionary"

Dictionary = Mapping[str, tuple[str, ...]]  # a word in lower case -> its translations


def load(of: str, into: str, source: str | Path = "auto") -> Dictionary:
    """The dictionary from one language into another; of the pocket suite, its lexicon.

    A word whose translation is spelt alike is none: nothing would be switched.

    Raises:
        UserError: where neither language is English, or the source has no dictionary of
            them; it names the file to add.
    """
    for lang in (of, into):
        registry.language(lang)
    if (of == ENGLISH) == (into == ENGLISH):
        raise UserError(
            f"no dictionary from '{of}' into '{into}'; they are from English into "
            f"another language, or from one into English"
        )
    return _load(of, into, source)


@lru_cache(maxsize=32)
def _load(of: str, into: str, source: str | Path) -> Dictionary:
    found: dict[str, list[str]] = {}
    for english, word in _pairs(into if of == ENGLISH else of, source):
        key, value = (english, word) if of == ENGLISH else (word, english)
        known = found.setdefault(key.lower(), [])
        if value.lower() != key.lower() and value not in known:
            known.append(value)
    return {key: tuple(values) for key, values in found.items() if values}


def _pairs(lang: str, source: str | Path) -> list[tuple[str, str]]:
    """Words of English and of a language."""
    if sources.is_pocket(sources.root(source)):
        from xitt.data import pocket

        if lang not in pocket.LANGUAGES:
            known = ", ".join(pocket.LANGUAGES)
            raise UserError(f"the pocket suite is in {known}, not in '{lang}'")
        return list(pocket.lexicon(lang).items())
    table = examples.load(TASK, lang, "train", source=source).data.table
    return list(zip(*(table[side].to_pylist() for side in ("target", "source"))))
