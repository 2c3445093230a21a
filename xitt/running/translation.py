"""Training data in another language, made by a translation model of the Hub.

For tasks that nobody has published in translation. Labels stay with their rows; spans
and tags are places in a text, which a translation moves, so those tasks are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from xitt import files
from xitt.data import examples, inventory, readers, sources, translations
from xitt.errors import UserError
from xitt.inputs import batching
from xitt.tasks import kinds, registry, schema
from xitt.tasks.registry import ENGLISH
from xitt.training import devices

BUDGET = 4096  # source pieces a batch
BEAMS = 4
LONGER = 2  # a translation has at most so many times the source's pieces, and 16


@dataclass(frozen=True)
class Translator:
    """A model with its tokenizer, set to translate from English into one language."""

    name: str
    model: Any
    tokenizer: Any
    first: int | None  # the piece that says the language; None for a model of one

    @property
    def longest(self) -> int:
        """The most pieces of a text that the model takes."""
        own = getattr(self.model.config, "max_position_embeddings", None) or 512
        return min(own, self.tokenizer.model_max_length)


def translate(
    task: str,
    lang: str,
    model: str,
    *,
    source: str | Path = "auto",
    limit: int = 0,
    among: Sequence[str] = (),
) -> Path:
    """Write the English training rows of a task, translated, where `data` finds them.

    lang: a registered language, or `zh:zho_Hans` to name it as the model calls it.
    model: id or folder of a sequence-to-sequence model; `{lang}` in it is replaced.
    limit: the rows that `examples.load` would sample; 0 is all. Rows keep their ids.
    among: the languages over which these are shared out, `lang` one of them; of its
        share alone it needs a translation. None: all rows.

    An interrupted translation goes on where it was. Texts are translated once each,
    with a beam search, so the same model gives the same file.

    Raises:
        UserError: for a task whose labels are places in a text, a translation that is
            there already, a model that cannot be loaded or does not know the language.
    """
    lang, _, code = lang.partition(":")
    entry = _translatable(task, lang, source)
    rows = examples.load(task, ENGLISH, "train", source=source, limit=limit)
    if among:
        rows = translations.share(rows, lang, among)
    target = sources.made_translation(entry, lang, sources.root(source))
    with files.only_one(target.parent):
        return _written(rows, entry, target, lang, load(model, lang, code), source)


def _stays(name: str) -> bool:
    """Whether a task's labels are of whole rows, and no places in a text."""
    return kinds.get(registry.get(name).kind).gold == "label"


def _translatable(name: str, lang: str, source: str | Path) -> schema.Task:
    entry = registry.get(name)
    registry.language(lang)
    if entry.phase != "intermediate" or not _stays(name):
        known = [n for n in registry.names("intermediate") if _stays(n)]
        raise UserError(
            f"{name} cannot be translated by a model: only intermediate tasks can "
            f"whose labels are no places in a text ({', '.join(known)})"
        )
    if lang in inventory.languages(name, "train", source, translated=True):
        raise UserError(
            f"{name} is there in '{lang}' already; use it, or delete it first"
        )
    return entry


def _written(
    rows: Any,
    entry: schema.Task,
    target: Path,
    lang: str,
    translator: Translator,
    source: str | Path,
) -> Path:
    texts = _texts(rows)
    about = {
        "model": translator.name,
        "beams": BEAMS,
        "of": inventory.revision(entry.name, source=source),
    }
    partial = target.with_suffix(".partial.jsonl")
    said = dict(_resumed(partial, about))
    files.write_text(partial, _lines([about], said.items()))
    what = f"{entry.name} {lang}"
    with open(partial, "a", encoding="utf-8") as kept:
        for some, translated in _translated(texts, said, translator, what):
            pairs = list(zip(some, translated, strict=True))
            said.update(pairs)
            kept.write(_lines([], pairs))
            kept.flush()
    table = pa.Table.from_pylist(
        [_replaced(row, said) for row in rows],
        schema=readers.schema(entry.kind, rows.column_names),
    )
    table = table.replace_schema_metadata({"xitt": json.dumps(about)})
    with files.whole_file(target) as temporary:
        pq.write_table(table, temporary)
    partial.unlink()
    return target


def _texts(rows: Any) -> list[str]:
    """Every text of some rows, once, in the order of its first occurrence."""
    found: dict[str, None] = {}
    for row in rows.remove_columns("id"):
        for value in row.values():
            several = value if isinstance(value, list) else [value]
            found |= dict.fromkeys(text for text in several if isinstance(text, str))
    return [text for text in found if text.strip()]


def _replaced(row: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    """A row with its texts in the other language; empty ones stay."""

    def other(value: Any) -> Any:
        if isinstance(value, list):
            return [other(v) for v in value]
        return said.get(value, value) if isinstance(value, str) else value

    return {key: value if key == "id" else other(value) for key, value in row.items()}


def _lines(head: Sequence[Any], pairs: Any) -> str:
    values = [*head, *map(list, pairs)]
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _resumed(partial: Path, about: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What an interrupted translation by the same model had done."""
    with suppress(OSError, ValueError):  # there is none, or its last line was cut
        # Not splitlines, which breaks at what a text may hold: U+2028, U+0085.
        first, *lines = partial.read_text(encoding="utf-8").split("\n")
        if json.loads(first) == about:
            for line in filter(None, lines):
                text, translated = json.loads(line)
                yield text, translated


# --- the model ------------------------------------------------------------------------


def load(model: str, lang: str, code: str = "") -> Translator:
    """The model of the Hub, or of a folder, ready to translate into `lang`."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    name = model.format(lang=lang)
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        network = AutoModelForSeq2SeqLM.from_pretrained(name)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"cannot load the translation model {name}: {reason}; connect to the "
            f"network, or give the folder of one"
        ) from error
    first = None
    if "{lang}" not in model:
        tokenizer.src_lang = _code(tokenizer, ENGLISH, name)[0]
        first = _code(tokenizer, lang, name, code)[1]
    commit = getattr(network.config, "_commit_hash", None)
    pinned = f"{name}@{commit[:12]}" if commit else name
    network = network.to(devices.device()).eval()
    return Translator(pinned, network, tokenizer, first)


def _code(tokenizer: Any, lang: str, name: str, code: str = "") -> tuple[str, int]:
    """How a model of many languages calls one, and the id of the piece that says so.

    `__de__` of M2M100, `de_DE` of mBART, `deu_Latn` of NLLB.
    """
    iso3 = registry.language(lang).iso3
    plain = rf"{lang}|{lang}_[A-Z]{{2}}|{iso3}_[A-Z][a-z]{{3}}"
    form = re.compile(rf"(__)?({re.escape(code) if code else plain})(?(1)__)")
    pieces = sorted({*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()})
    for piece in pieces:
        if match := form.fullmatch(piece):
            return match[2], tokenizer.convert_tokens_to_ids(piece)
    raise UserError(
        f"{name} has no language '{code or lang}'; write '{lang}:' and what the model "
        f"calls it, or a model of one language with {{lang}} in its id"
    )


@torch.inference_mode()
def _translated(
    texts: list[str], done: Container[str], translator: Translator, what: str
) -> Iterator[tuple[list[str], list[str]]]:
    """Batches of texts and their translations, the longest first.

    Batches that are `done` are left out, not regrouped: so a translation that was cut
    ends with the bits of a whole one.
    """
    from tqdm import tqdm

    tokenizer, where = translator.tokenizer, translator.model.device
    lengths = np.array([len(ids) for ids in tokenizer(texts)["input_ids"]] or [0])
    cut = int((lengths > translator.longest).sum())
    if cut:
        print(f"{what}: {cut} texts are cut at {translator.longest} pieces")
    lengths = lengths[: len(texts)].clip(max=translator.longest)
    precision = devices.precision("auto", where)
    bar = tqdm(total=len(texts), desc=what, unit=" texts", mininterval=5)
    for items in batching.evaluation_batches(lengths, BUDGET):
        some = [texts[item] for item in items]
        bar.update(len(some))
        if all(text in done for text in some):
            continue
        inputs = tokenizer(
            some,
            padding=True,
            truncation=True,
            max_length=translator.longest,
            return_tensors="pt",
            return_token_type_ids=False,
        )
        most = min(int(LONGER * lengths[items].max()) + 16, translator.longest)
        told = {} if translator.first is None else {
            "forced_bos_token_id": translator.first
        }  # fmt: skip
        with devices.autocast(precision, where):
            made = translator.model.generate(
                **inputs.to(where),
                **told,
                num_beams=BEAMS,
                do_sample=False,
                max_new_tokens=most,
            )
        yield some, tokenizer.batch_decode(made, skip_special_tokens=True)
    bar.close()
