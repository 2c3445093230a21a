"""The word lists of CoSDA-ML (Qin et al. 2020, arXiv 2006.06402).

`de2.txt`: an English word, a tab or a space, and a German one. The list named
`sw2.txt` is Swedish, and `jp2.txt` Japanese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError

_NAME = re.compile(r"([a-z]{2})2?\.txt")
_CODES = {"sw": "sv", "jp": "ja"}


def tables(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`en-de/train` and its rows: source (English) and target.

    Raises:
        UserError: where there is no list, or a line is no pair.
    """
    lists = {path: match[1] for path in sorted(folder.rglob("*.txt"))
             if (match := _NAME.fullmatch(path.name))}  # fmt: skip
    if not lists:
        raise UserError(f"no word list such as de2.txt below {folder}; name its folder")
    for path, name in lists.items():
        pairs = []
        lines = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, start=1):
            pair = line.split(None, 1)
            if line.strip() and len(pair) != 2:
                raise UserError(
                    f"{path}, line {number}: no pair of words; fetch the file again"
                )
            if pair:
                pairs.append({"source": pair[0], "target": pair[1].strip()})
        yield f"en-{_CODES.get(name, name)}/train", pa.Table.from_pylist(pairs)
