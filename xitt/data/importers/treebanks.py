"""Treebanks of code-switched speech, in CoNLL-U: the universal tags of their words.

As in XTREME's UDPOS a word is a syntactic word: the parts of a contraction, not itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError

_FILES = {"qtd_sagt": "CS_Turkish_German", "qfn_fame": "CS_Frisian_Dutch"}


def tables(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`udpos.CS_Turkish_German/test` and its rows, and of Frisian and Dutch.

    Raises:
        UserError: where there is neither, or for a line that is not CoNLL-U.
    """
    found = {config: path for name, config in _FILES.items()
             for path in sorted(folder.rglob(f"{name}-ud-test.conllu"))}  # fmt: skip
    if not found:
        names = " or ".join(f"{name}-ud-test.conllu" for name in _FILES)
        raise UserError(f"no {names} below {folder}; name the treebank's folder")
    for config, path in found.items():
        yield f"udpos.{config}/test", pa.Table.from_pylist(list(_sentences(path)))


def _sentences(path: Path) -> Iterator[dict[str, list[str]]]:
    tokens, tags = [], []
    lines = [*path.read_text(encoding="utf-8").split("\n"), ""]
    for number, line in enumerate(lines, start=1):
        fields = line.rstrip("\r").split("\t")
        if fields[0].isdecimal():  # 3-4 is a contraction, 3.1 was not said
            if len(fields) != 10:
                raise UserError(
                    f"{path}, line {number}: {len(fields)} fields, not the ten of "
                    f"CoNLL-U; fetch the file again"
                )
            tokens.append(fields[1])
            tags.append(fields[3])
        elif not line.strip() and tokens:
            yield {"tokens": tokens, "pos_tags": tags}
            tokens, tags = [], []
