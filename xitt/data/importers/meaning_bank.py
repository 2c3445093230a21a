"""The Parallel Meaning Bank: the CCG categories of its gold documents.

Either its release, `<lang>/gold/p00/d0004/<lang>.drs.xml`, with tokens and categories
as `<tag type="tok">` and `<tag type="cat">`; or its layers as columns,
`<lang>/gold/train.conll`, where a comment of each document names the columns. Splits
are those of its authors' layers of release 4.0.0, by the last digit of a document's
part; the English development set is what ends in 0 below part 50, evaluation the rest.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from xitt.errors import UserError
from xitt.tasks.registry import ENGLISH

Sentence = dict[str, object]

_FILES = {"train": "train", "dev": "validation", "test": "test", "eval": "eval"}
_DOCUMENT = re.compile(r"([a-z]{2})/gold/(p(\d\d)/d\d+)/\1\.drs\.xml$")
# Where development and test end, as the first lines of the layers' files say.
_ENDS = {"en": (1, 2), "de": (1, 3), "it": (2, 5), "nl": (2, 6)}
_SILENT = "ø"  # a token that is understood and not written


def tables(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """`en/train`, `en/validation`, `en/test`, and so on: id, tokens, supertags.

    Training sentences that occur in another split too are left out.

    Raises:
        UserError: where there is no gold document, or one has no categories.
    """
    found = _columns(folder) or _documents(folder)
    if not found:
        raise UserError(
            f"no gold document of the Parallel Meaning Bank below {folder}; it needs "
            f"en/gold/p00/d0004/en.drs.xml and so on, or en/gold/train.conll"
        )
    for lang, splits in found.items():
        others = {
            tuple(row["tokens"])
            for split, rows in splits.items()
            for row in rows
            if split != "train"
        }
        for split, rows in splits.items():
            if split == "train":
                rows = [row for row in rows if tuple(row["tokens"]) not in others]
            yield f"{lang}/{split}", pa.Table.from_pylist(rows)


def _columns(folder: Path) -> dict[str, dict[str, list[Sentence]]]:
    found: dict[str, dict[str, list[Sentence]]] = {}
    for name, split in _FILES.items():
        for path in sorted(folder.rglob(f"*/gold/{name}.conll")):
            lang = path.parent.parent.name
            found.setdefault(lang, {})[split] = list(_blocks(path))
    return found


def _blocks(path: Path) -> Iterator[Sentence]:
    """The sentences of a file of columns; an empty line ends one."""
    name, layers = "", []
    tokens: list[tuple[str, str]] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if line.startswith("# newdoc id = "):
            name = line.removeprefix("# newdoc id = ").strip()
        elif line.startswith("# tok:"):
            layers = [layer.split(":")[0] for layer in line[2:].split("\t")]
        elif "\t" in line:
            if "cat" not in layers:
                raise UserError(
                    f"{path}: {name} has no layer 'cat'; export it with cat"
                )
            cells = dict(zip(layers, line.split("\t")))
            tokens.append((cells["tok"], cells["cat"]))
        elif not line and tokens:
            yield _sentence(name, tokens)
            tokens = []


def _documents(folder: Path) -> dict[str, dict[str, list[Sentence]]]:
    found: dict[str, dict[str, list[Sentence]]] = {}
    for path in sorted(folder.rglob("*.drs.xml")):
        if match := _DOCUMENT.search(path.as_posix()):
            lang, name, part = match.groups()
            split = _split(lang, int(part))
            rows = found.setdefault(lang, {}).setdefault(split, [])
            rows.extend(_tagged(path, name))
    return found


def _split(lang: str, part: int) -> str:
    last, (validation, test) = part % 10, _ENDS.get(lang, _ENDS["de"])
    if last < validation:
        return "eval" if lang == ENGLISH and part >= 50 else "validation"
    return "test" if last < test else "train"


def _tagged(path: Path, name: str) -> Iterator[Sentence]:
    """The sentences of a document; token 1002 is the second of the first one."""
    sentences: dict[int, list[tuple[str, str]]] = {}
    try:
        tokens = list(ET.parse(path).iter("tagtoken"))
    except ET.ParseError as error:
        raise UserError(f"{path} is no XML ({error}); unpack it again") from error
    for token in tokens:
        tags = {tag.get("type"): tag.text or "" for tag in token.iter("tag")}
        if tags.get("tok") == _SILENT:
            continue
        if not {"tok", "cat"} <= set(tags):
            raise UserError(
                f"{path}: a token has no 'tok' and 'cat', but {sorted(tags)}"
            )
        number = int(token.get("{http://www.w3.org/XML/1998/namespace}id", "i0")[1:])
        pair = (tags["tok"], tags["cat"])
        sentences.setdefault(number // 1000, []).append(pair)
    for pairs in sentences.values():
        yield _sentence(name, pairs)


def _sentence(name: str, pairs: list[tuple[str, str]]) -> Sentence:
    written = [(token, tag) for token, tag in pairs if token != _SILENT]
    return {
        "id": name,
        "tokens": [token for token, _ in written],
        "supertags": [tag for _, tag in written],
    }
