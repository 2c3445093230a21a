"""The files of the BUCC 2018 shared task: two unaligned sides and their gold pairs.

`zh-en.sample.zh`, `.en` and `.gold`, and the same of `training`, as the organisers pack
them; or as XTREME's script renames them, `dev` and `test`. Lines are an id, a tab and a
sentence, or two ids. XTREME tunes on the sample and scores the training set (Hu et al.
2020, section 3.2); the organisers' own test set has no gold and is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError

# The ending of our files, of the sets that can be it, the first one there.
_SETS = {"": ("sample", "dev"), ".test": ("training", "test")}
_NAME = re.compile(r"([a-z]{2})-en\.(\w+)\.(gold|[a-z]{2})")


def tables(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`de-en/de.test` and its rows, of every language and set that is whole.

    Raises:
        UserError: where there is none, or for a line that is no two fields.
    """
    there: dict[tuple[str, str], dict[str, Path]] = {}
    for path in sorted(folder.rglob("*-en.*")):
        if found := _NAME.fullmatch(path.name):
            lang, name, side = found.groups()
            there.setdefault((lang, name), {})[side] = path
    whole = {key: own for key, own in there.items() if {key[0], "en", "gold"} <= {*own}}
    if not whole:
        raise UserError(
            f"no set of the BUCC 2018 shared task below {folder}; it needs files such "
            f"as de-en.training.de, de-en.training.en and de-en.training.gold"
        )
    for lang in sorted({lang for lang, _ in whole}):
        for ending, names in _SETS.items():
            own = next((whole[lang, n] for n in names if (lang, n) in whole), None)
            if own:
                for side in (lang, "en"):
                    yield f"{lang}-en/{side}{ending}", _pairs(own[side], "id sentence")
                gold = _pairs(own["gold"], f"{lang}_id en_id")
                yield f"{lang}-en/gold{ending}", gold


def _pairs(path: Path, columns: str) -> pa.Table:
    first, second = [], []
    with open(path, encoding="utf-8", newline="\n") as lines:  # a sentence may hold \r
        for number, line in enumerate(lines, start=1):
            key, tab, value = line.rstrip("\r\n").partition("\t")
            if not tab:
                raise UserError(
                    f"{path}, line {number}: no tab between two fields in "
                    f"'{key[:40]}'; fetch the file again"
                )
            first.append(key)
            second.append(value)
    return pa.table(dict(zip(columns.split(), (first, second))))
