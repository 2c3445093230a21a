"""CCGbank (LDC2005T13): supertags from the leaves of the derivations in its AUTO files.

A derivation is a line below `ID=wsj_0001.1 PARSER=GOLD NUMPARSE=1`; its leaves are
`(<L category modified-tag original-tag word indexed-category>)` (Hockenmaier and
Steedman 2005, CCGbank's manual, section D.2). Sections 02 to 21 are for training, 00
for development, 23 for testing, as usual since Clark and Curran (2007).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError

_SPLITS = {"train": range(2, 22), "validation": range(1), "test": range(23, 24)}
_ID = re.compile(r"ID=(wsj_(\d\d)\d\d\.\d+)")
_LEAF = re.compile(r"\(<L (\S+) \S+ \S+ (\S+) \S+>\)")
# What the Penn Treebank writes for characters that its trees need themselves.
_ESCAPED = {"-LRB-": "(", "-RRB-": ")", "-LCB-": "{", "-RCB-": "}",
            "-LSB-": "[", "-RSB-": "]"}  # fmt: skip


def tables(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`default/train`, `default/validation` and `default/test`: id, tokens, supertags.

    Raises:
        UserError: where a split has no derivation, or for one without leaves.
    """
    rows: dict[str, list[dict]] = {split: [] for split in _SPLITS}
    for path in sorted(folder.rglob("*.auto")):
        for section, row in _derivations(path):
            for split, sections in _SPLITS.items():
                if section in sections:
                    rows[split].append(row)
    for split, found in rows.items():
        if not found:
            raise UserError(
                f"no {split} section of CCGbank in *.auto below {folder}; "
                f"name the folder that holds data/AUTO"
            )
        yield f"default/{split}", pa.Table.from_pylist(found)


def _derivations(path: Path) -> Iterator[tuple[int, dict]]:
    """The section of a derivation, and its row."""
    name = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := _ID.match(line):
            name = found
        elif line.strip() and name:
            leaves = _LEAF.findall(line)
            if not leaves:
                raise UserError(f"{path}: {name[1]} has no leaves; copy the file again")
            yield (
                int(name[2]),
                {
                    "id": name[1],
                    "tokens": [_word(word) for _, word in leaves],
                    "supertags": [category for category, _ in leaves],
                },
            )
            name = None


def _word(word: str) -> str:
    return _ESCAPED.get(word, word.replace("\\/", "/"))
