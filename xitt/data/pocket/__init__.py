"""The pocket suite: data made by the project itself, in every format of the study.

    write(folder, seed=13, sizes={"train": 600, "validation": 60, "test": 60})

writes a folder laid out like a mirror of the Hub, in every language of `LANGUAGES`.
One file a language; `xitt.data.pocket.grammar` says how to add one.
"""

from __future__ import annotations

from functools import cache

from xitt.data.pocket import concepts
from xitt.data.pocket.grammar import language, languages
from xitt.data.pocket.suite import write

LANGUAGES = languages()
__all__ = ["LANGUAGES", "lexicon", "write"]


@cache
def lexicon(lang: str) -> dict[str, str]:
    """English word -> word in `lang`, in the form that most often stands in text."""
    english, other = language("en").word, language(lang).word
    return {english(concept): other(concept) for concept in concepts.ALL}
