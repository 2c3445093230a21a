"""XNLI and PAN-X with typos that people made (Stickland et al. 2023, arXiv 2210.04782).

`xnli/test_de_typos_0.05.tsv` has a head, quotes around a text, and the number of a
label; `panx/test_de_typos_0.2.jsonl` a sentence a line. The number is the share of
words; where a language has several, the file of the largest one is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError

_NAME = re.compile(r"test_([a-z]{2})_typos_([\d.]+)\.(?:tsv|jsonl)")


def xnli(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`de/test` and its rows: premise, hypothesis, label."""
    for lang, path in _found(folder, "xnli", "tsv"):
        rows = []
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
            fields = line.rstrip("\r").split("\t")
            if len(fields) != 3 or (number > 1 and not fields[2].isdecimal()):
                raise _damaged(path, number)
            if number > 1:
                premise, hypothesis = map(_unquoted, fields[:2])
                rows.append({"premise": premise, "hypothesis": hypothesis,
                             "label": int(fields[2])})  # fmt: skip
        yield f"{lang}/test", pa.Table.from_pylist(rows)


def panx(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`de/test` and its rows: tokens, ner_tags."""
    for lang, path in _found(folder, "panx", "jsonl"):
        rows = []
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
            try:
                row = json.loads(line)
                rows.append({"tokens": row["tokens"], "ner_tags": row["ner_tags"]})
            except (ValueError, KeyError, TypeError) as error:
                raise _damaged(path, number) from error
        yield f"{lang}/test", pa.Table.from_pylist(rows)


def _found(folder: Path, task: str, ending: str) -> list[tuple[str, Path]]:
    """The file of each language."""
    found: dict[str, tuple[float, Path]] = {}
    for path in sorted(folder.rglob(f"{task}/*.{ending}")):
        if match := _NAME.fullmatch(path.name):
            lang, share = match[1], float(match[2])
            found[lang] = max(found.get(lang, (0.0, path)), (share, path))
    if not found:
        raise UserError(
            f"no {task}/test_<language>_typos_<share>.{ending} below {folder}; "
            f"name the folder paper_data"
        )
    return [(lang, path) for lang, (_, path) in sorted(found.items())]


def _unquoted(field: str) -> str:
    """Without the quote at each end; those inside are not doubled."""
    quoted = len(field) > 1 and field[0] == field[-1] == "'"
    return field[1:-1] if quoted else field


def _damaged(path: Path, line: int) -> UserError:
    return UserError(f"{path}, line {line}: not as published; fetch the file again")
