"""Token ids kept on disk by the content that they come from.

`make` is `tokenising.make` with a memory: a file of the Arrow format, named by the
hash of the rows, the tokenizer, the options and the code, and mapped into memory when
it is asked for again. A grid tokenises each data set once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import feather

from xitt import files, paths
from xitt.data import checks
from xitt.inputs import tokenising, verbalising
from xitt.inputs.features import Features
from xitt.tasks import verbalisation

FOLDER = paths.DATA / "tokens"


def make(kind: str, rows: Any, tokenizer: Any, **options: int) -> Features:
    """As `tokenising.make`. Rows that are no `datasets.Dataset` are not kept."""

    def build() -> Features:
        return tokenising.make(kind, rows, tokenizer, **options)

    return kept([kind, options, _code("tokenising.py")], build, rows, tokenizer)


def verbalised(rows: Any, tokenizer: Any, **options: Any) -> Features:
    """As `verbalising.make`, kept too."""

    def build() -> Features:
        return verbalising.make(rows, tokenizer, **options)

    said = verbalisation.digests(options["task"], [options["lang"]])
    code = _code("tokenising.py", "verbalising.py")
    return kept([said, options, code], build, rows, tokenizer)


def kept(
    about: list[Any], build: Callable[[], Features], rows: Any, tokenizer: Any
) -> Features:
    """What `build` makes of rows and a tokenizer, or made of them before.

    about: what else decides it, plain values.
    """
    if not hasattr(rows, "data"):
        return build()
    path = FOLDER / f"{_digest(about, rows, tokenizer)}.arrow"
    with suppress(OSError, pa.ArrowInvalid, KeyError):  # none, or a damaged one
        return _read(path)
    made = build()
    _write(path, made)
    return made


def _digest(about: list[Any], rows: Any, tokenizer: Any) -> str:
    """32 hex digits of everything that decides the features."""
    if getattr(rows, "_indices", None) is not None:  # a selection not yet taken
        rows = rows.flatten_indices()
    table = rows.data.table.replace_schema_metadata(None)
    table = table.take(np.arange(len(table)))  # so that a slice is as its copy
    sink = _Hash()
    sink.update(json.dumps(about, sort_keys=True).encode())
    sink.update(_tokenizer_hash(tokenizer))
    with pa.ipc.new_stream(pa.PythonFile(sink, "w"), table.schema) as stream:
        stream.write_table(checks.joined(table))
    return sink.hexdigest()


class _Hash:
    """A file that keeps the hash of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        self.update, self.hexdigest = self._hash.update, self._hash.hexdigest

    def write(self, data: Any) -> int:
        self.update(data)
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


@cache
def _code(*modules: str) -> str:
    """The hash of the sources that make features."""
    sources = [Path(__file__).with_name(name) for name in (*modules, "features.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


@cache
def _tokenizer_hash(tokenizer: Any) -> bytes:
    """Of the vocabulary and of every step from text to ids."""
    special = json.dumps(tokenizer.special_tokens_map, sort_keys=True)
    text = tokenizer.backend_tokenizer.to_str() + special
    return hashlib.blake2b(text.encode()).digest()


def _write(path: Path, made: Features) -> None:
    """Arrays as columns of one row, a list each; the rest as the schema's metadata."""
    arrays, plain = {}, {}
    for field in fields(Features):
        value = getattr(made, field.name)
        if isinstance(value, np.ndarray):
            plain[f"{field.name}/shape"] = list(value.shape)
            flat = pa.array(np.ascontiguousarray(value).ravel())
            arrays[field.name] = pa.LargeListArray.from_arrays([0, len(flat)], flat)
        elif value is not None:
            plain[field.name] = value
    table = pa.table(arrays).replace_schema_metadata({"plain": json.dumps(plain)})
    with files.whole_file(path) as temporary:
        feather.write_feather(table, temporary, compression="uncompressed")


def _read(path: Path) -> Features:
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    plain = json.loads(table.schema.metadata[b"plain"])
    values = {
        name: table[name].chunk(0).values.to_numpy().reshape(plain[f"{name}/shape"])
        for name in table.column_names
    }
    return Features(
        **values, **{name: plain[name] for name in plain if "/" not in name}
    )
