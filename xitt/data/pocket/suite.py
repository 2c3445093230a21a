"""The whole suite as a folder laid out like a mirror of the Hub.

Each source is built once, as rows of meanings, and rendered in every language. Its
splits draw on disjoint partitions of the meanings (`meanings.split_of`), so train and
test share no sentence in any task, nor across tasks.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

from xitt.data.pocket import bitext, choices, nli, pairs, reading, render, tagging
from xitt.data.pocket import schema as s
from xitt.data.pocket.grammar import language, languages
from xitt.data.pocket.meanings import SPLITS
from xitt.data.pocket.written import causes, problems, schemas
from xitt.data.pocket.written.programs import build as programs
from xitt.errors import UserError
from xitt.files import whole_folder

# Names the rows that a recipe gives. Raised by hand when they change; a test compares
# their hash, so that it is not forgotten.
EDITION = "5d0c1f7e93ab4826"
# Questions of a reasoning test at least: fewer tell no model from chance.
LEAST_REASONING = 64
# Data sets that no Source describes, see `_write_mining` and those after it.
OTHERS = {
    *("local/bucc2018", "FloatAI/humaneval-xl", "google-research-datasets/mbpp"),
    *("aps/super_glue", "cambridgeltl/xcopa", "juletxara/mgsm"),
    "Muennighoff/xwinograd",
}


class Source(NamedTuple):
    """One data set of the Hub.

    splits: file name -> (partition, how many thirds of the partition's size).
    build: (rng, partition, n) -> rows of meanings; render: (lang, rows) -> dicts.
    config: its name in a language; None where the language has none.
    kind: intermediate (other languages hold translations), target (trains on English
    only) or text (every language has all splits).
    """

    repo: str
    splits: dict[str, tuple[str, int]]
    build: Callable[[Random, str, int], list]
    render: Callable[[str, list], list[dict]]
    columns: dict[str, Any]
    config: Callable[[str], str | None]
    kind: str = "target"


def _whole(*names: str, **renamed: str) -> dict[str, tuple[str, int]]:
    """Splits of the full size: `train`, or `validation_matched="validation"`."""
    return {
        name: (part, 3) for name, part in (dict(zip(names, names)) | renamed).items()
    }


def _english(config: str) -> Callable[[str], str]:
    return lambda lang: config if lang == "en" else f"translated.{lang}"


def _glue(lang: str) -> str:
    return "qqp" if lang == "en" else f"qqp.translated.{lang}"


def _only_english(lang: str) -> str | None:
    return "en" if lang == "en" else None


def _build(function: Callable, **settings: Any) -> Callable[[Random, str, int], list]:
    return lambda rng, split, n: function(rng, split, n, **settings)


TRAIN_DEV, ALL = _whole("train", "validation"), _whole(*SPLITS)
ROUNDS = {
    f"{name}_r{i}": (part, 1)
    for i in (1, 2, 3)
    for name, part in zip(("train", "dev", "test"), SPLITS)
}
INTERMEDIATE = [
    Source(
        "nyu-mll/multi_nli", _whole("train", validation_matched="validation"),
        nli.pairs, render.mnli, s.MNLI_COLUMNS, _english("default"), "intermediate",
    ),
    Source(
        "stanfordnlp/snli", ALL, _build(nli.pairs, named=0.3, sales=0.0),
        render.xnli, s.XNLI_COLUMNS, _english("plain_text"),
        "intermediate",
    ),
    Source(
        "facebook/anli", ROUNDS, _build(nli.pairs, sentences=3),
        render.anli, s.ANLI_COLUMNS, _english("plain_text"),
        "intermediate",
    ),
    Source("nyu-mll/glue", TRAIN_DEV, pairs.questions, render.qqp, s.QQP_COLUMNS, _glue,
        "intermediate"),
    Source(
        "rajpurkar/squad_v2", TRAIN_DEV,
        _build(reading.readings, style=reading.SQUAD, unanswerable=0.4),
        render.squad, s.SQUAD_COLUMNS, _english("squad_v2"),
        "intermediate",
    ),
    Source(
        "rajpurkar/squad", TRAIN_DEV, _build(reading.readings, style=reading.SQUAD),
        render.squad, s.SQUAD_COLUMNS, _english("plain_text"),
        "intermediate",
    ),
    Source(
        "Rowan/hellaswag", TRAIN_DEV, choices.endings,
        render.hellaswag, s.HELLASWAG_COLUMNS, _english("default"), "intermediate",
    ),
    Source(
        "tau/commonsense_qa", TRAIN_DEV, choices.commonsense,
        render.commonsense, s.COMMONSENSE_COLUMNS, _english("default"), "intermediate",
    ),
    Source(
        "allenai/cosmos_qa", TRAIN_DEV, choices.cosmos,
        render.cosmos, s.COSMOS_COLUMNS, _english("default"), "intermediate",
    ),
    Source(  # no translation: there are no categories for the other languages
        "local/pmb4_ccg", ALL, tagging.phraseless, render.ccg, s.CCG_COLUMNS,
        _only_english, "intermediate",
    ),
]  # fmt: skip
TARGETS = [
    Source("facebook/xnli", ALL, nli.pairs, render.xnli, s.XNLI_COLUMNS, str),
    Source(
        "google-research-datasets/paws-x", ALL, pairs.paraphrases,
        render.paws, s.PAWS_COLUMNS, str,
    ),
    Source(
        "google/xtreme", ALL, tagging.sentences, render.udpos, s.POS_COLUMNS,
        lambda lang: f"udpos.{language(lang).ENGLISH_NAME}",
    ),
    Source(
        "unimelb-nlp/wikiann", ALL, tagging.named, render.wikiann, s.NER_COLUMNS, str
    ),
    Source(
        "google/xquad", _whole(validation="test"),
        _build(reading.readings, style=reading.XQUAD),
        render.xquad, s.XQUAD_COLUMNS, lambda lang: f"xquad.{lang}",
    ),
    Source(
        "facebook/mlqa", _whole("validation", "test"),
        _build(reading.readings, style=reading.MLQA),
        render.xquad, s.MLQA_COLUMNS, lambda lang: f"mlqa.{lang}.{lang}",
    ),
    Source(
        "google-research-datasets/tydiqa",
        _whole("train", validation="test", development="validation"),
        _build(reading.readings, style=reading.TYDIQA),
        render.tydiqa, s.SQUAD_COLUMNS, lambda lang: f"secondary_task.{lang}",
    ),
    Source(
        "google/xtreme", _whole(validation="test", development="validation"),
        tagging.sentences, bitext.pairs, s.BITEXT_COLUMNS,
        lambda lang: None if lang == "en" else f"tatoeba.{language(lang).ISO3}",
    ),
    Source(
        "local/text", _whole("train"), tagging.sentences, render.text, s.TEXT_COLUMNS,
        str, "text",
    ),
]  # fmt: skip


def _checked(sizes: dict[str, int]) -> dict[str, int]:
    for name in SPLITS:
        if not isinstance(sizes.get(name), int) or sizes[name] < 1:
            raise UserError(
                f"pocket size of {name} is {sizes.get(name)!r}; give a whole number "
                f"from 1, as in {{'train': 600, 'validation': 60, 'test': 60}}"
            )
    return sizes


def _rows_in(source: Source, lang: str, file: str, n: int) -> int:
    """How many of n rows stand in a file of a language."""
    if lang == "en" or source.kind in ("intermediate", "text"):
        return n
    return 0 if file == "train" else n


def _write_source(folder: Path, source: Source, seed: int, sizes: dict) -> None:
    for file, (part, thirds) in source.splits.items():
        n = -(-sizes[part] * thirds // 3)
        # parallel: the same meanings, in the same order, in every language
        rng = Random(f"{seed} {source.render.__name__} {source.repo} {file}")
        rows = source.build(rng, part, n)
        together: list[dict] = []
        for lang in languages():
            config, m = source.config(lang), _rows_in(source, lang, file, n)
            if config is None or not m:
                continue
            rendered = source.render(lang, rows[:m])
            path = folder / source.repo / config / f"{file}.parquet"
            s.write_rows(path, rendered, source.columns)
            together += rendered
        if source.render is render.tydiqa:  # its main config holds all languages
            path = folder / source.repo / "secondary_task" / f"{file}.parquet"
            s.write_rows(path, together, source.columns)


def _write_mining(folder: Path, seed: int, sizes: dict) -> None:
    for part in ("validation", "test"):
        rng = Random(f"{seed} bucc {part}")
        drawn = bitext.mining_meanings(rng, part, sizes[part])
        for lang in languages():
            if lang != "en":
                bitext.write_mining(folder, lang, part, drawn, str(seed))


def _write_programs(folder: Path) -> None:
    """Programming problems: written by hand, whatever the seed and the sizes."""
    for lang in languages():
        file = f"FloatAI/humaneval-xl/python/{language(lang).ENGLISH_NAME}.parquet"
        s.write_rows(folder / file, programs.humaneval_xl(lang), s.HUMANEVAL_XL_COLUMNS)
    for split in ("train", "validation"):
        file = f"google-research-datasets/mbpp/full/{split}.parquet"
        s.write_rows(folder / file, programs.mbpp(split), s.MBPP_COLUMNS)


def _write_reasoning(folder: Path, seed: int, sizes: dict) -> None:
    """Causes, problems and schemas; parallel, with English alone to train on."""

    def drawn(what: ModuleType, task: str, part: str) -> list:
        n = max(LEAST_REASONING if part == "test" else 1, sizes[part])
        return what.items(Random(f"{seed} {task} {part}"), part, n)

    for part in SPLITS:
        some = drawn(causes, "xcopa", part)
        english, *others = languages()
        file = f"aps/super_glue/copa/{part}.parquet"
        s.write_rows(folder / file, causes.rows(english, some), s.COPA_COLUMNS)
        for lang in others if part != "train" else ():
            file = f"cambridgeltl/xcopa/{lang}/{part}.parquet"
            s.write_rows(folder / file, causes.rows(lang, some), s.XCOPA_COLUMNS)
    some = drawn(problems, "mgsm", "test")
    for lang in languages():
        file = f"juletxara/mgsm/{lang}/test.parquet"
        s.write_rows(folder / file, problems.rows(lang, some), s.MGSM_COLUMNS)
    some = drawn(schemas, "xwinograd", "test")
    for lang in schemas.spoken():
        config = "jp" if lang == "ja" else lang  # as XWinograd calls it
        file = f"Muennighoff/xwinograd/{config}/test.parquet"
        s.write_rows(folder / file, schemas.rows(lang, some), s.XWINOGRAD_COLUMNS)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """No search for reference cycles, of which there are none: 40% of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def complete(folder: Path) -> bool:
    """Whether a folder holds every data set; of an older version it may lack some."""
    repos = {source.repo for source in INTERMEDIATE + TARGETS} | OTHERS
    return all((Path(folder) / repo).is_dir() for repo in repos)


def write(folder: Path, *, seed: int, sizes: dict[str, int]) -> Path:
    """Write the whole suite to `folder`, or nothing.

    sizes: rows of each task's {"train", "validation", "test"}, of a reasoning test 64
    or more; the same seed, sizes and sources give the same bytes. Raises UserError for
    a size that is not from 1 up.
    """
    sizes = _checked(sizes)
    with whole_folder(folder) as temporary, _without_collector():
        for source in INTERMEDIATE + TARGETS:
            _write_source(temporary, source, seed, sizes)
        _write_mining(temporary, seed, sizes)
        _write_programs(temporary)
        _write_reasoning(temporary, seed, sizes)
        for card in sorted(temporary.glob("*/*")):
            s.write_card(card)
    return Path(folder)
