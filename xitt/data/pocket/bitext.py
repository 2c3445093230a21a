"""Translations: sentence pairs with English (Tatoeba) and texts to mine (BUCC)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

from xitt.data.pocket import sampling
from xitt.data.pocket import schema as s
from xitt.data.pocket.grammar import realise
from xitt.data.pocket.meanings import Meaning

DISTRACTORS = 2  # sentences without translation on either side, for each that has one


def pairs(lang: str, rows: Iterable[Meaning]) -> list[dict]:
    """Pairs of a sentence in `lang` and its English translation."""
    return [
        {
            "source_sentence": realise(lang, meaning).text,
            "target_sentence": realise("en", meaning).text,
            "source_lang": lang,
            "target_lang": "en",
        }
        for meaning in rows
    ]


def mining_meanings(
    rng: Random, split: str, n: int
) -> tuple[list[Meaning], list[Meaning], list[Meaning]]:
    """(n with translation, those of one side only, those of the other side only)."""
    drawn = sampling.assorted(rng, split, n * (1 + 2 * DISTRACTORS))
    end = n * (1 + DISTRACTORS)
    return drawn[:n], drawn[n:end], drawn[end:]


def _side(lang: str, meanings: list[Meaning], rng: Random) -> dict[str, str]:
    """id -> sentence, in random order; equal sentences stand once."""
    texts = list(dict.fromkeys(realise(lang, meaning).text for meaning in meanings))
    rng.shuffle(texts)
    return {f"{lang}-{i:09}": text for i, text in enumerate(texts, start=1)}


def write_mining(
    folder: Path, lang: str, part: str, drawn: tuple[list, list, list], seed: str
) -> None:
    """Write one part (dev or test) of BUCC: both sides and the gold pairs of ids."""
    both, left, right = drawn
    rng = Random(f"{seed} {lang} {part}")
    sides = {
        lang: _side(lang, both + left, rng),
        "en": _side("en", both + right, rng),
    }
    ids = {name: {t: i for i, t in side.items()} for name, side in sides.items()}
    gold = dict.fromkeys(
        (ids[lang][realise(lang, m).text], ids["en"][realise("en", m).text])
        for m in both
    )
    stem = {"validation": "{}.parquet", "test": "{}.test.parquet"}[part]
    config = folder / "local" / "bucc2018" / f"{lang}-en"
    for name, side in sides.items():
        rows = [{"id": i, "sentence": text} for i, text in side.items()]
        s.write_rows(config / stem.format(name), rows, s.SENTENCE_COLUMNS)
    columns = {f"{lang}_id": "string", "en_id": "string"}
    rows = [dict(zip(columns, ids)) for ids in sorted(gold)]
    s.write_rows(config / stem.format("gold"), rows, columns)
    path = folder / "google" / "xtreme" / f"bucc18.{lang}" / f"{part}.parquet"
    s.write_rows(path, pairs(lang, both), s.BITEXT_COLUMNS)
