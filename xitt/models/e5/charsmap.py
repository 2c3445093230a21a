"""A SentencePiece character map as the double array that `tokenizers` reads.

`tokenizers.normalizers.Precompiled` takes the bytes that SentencePiece compiles
out of a normalisation table: u32 size of the trie in bytes, the trie (u32 units
of a darts-clone double array over UTF-8 bytes), then the replacements, each
ended by a zero byte. A unit holds a label in bits 0-7 (the byte that leads to
it), a leaf flag in bit 8 and an offset from bit 10; a leaf's value, the
replacement's place, stands with bit 31 set in the unit that byte 0 leads to.

Reader of these bytes: github.com/huggingface/spm_precompiled; their writer:
github.com/s-yata/darts-clone.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping

LEAF = 1 << 8
VALUE = 1 << 31
BLOCK = 256  # a node's children lie within one aligned block of 256 units
MAX_OFFSET = 1 << 21  # offsets above need the format's second scale, unused here
# `Precompiled` looks up grapheme clusters below this many UTF-8 bytes as a whole,
# longer ones character by character.
GRAPHEME_BYTES = 6


def with_compositions(table: Mapping[str, str]) -> dict[str, str]:
    """The table of single characters, with letter-and-mark pairs added.

    SentencePiece's NFKC table also maps a decomposed letter to the composed one
    ("e" + U+0301 to "é"). Such a pair takes effect only where the letter is not
    itself a key, since the shortest key wins, and where the pair is looked up as a
    whole. A mark that the table maps to another mark (U+0341 to U+0301) composes
    as that one does.
    """
    marks: dict[str, list[str]] = {}
    for char, replacement in table.items():
        if unicodedata.combining(char):
            marks.setdefault(replacement, []).append(char)
    pairs = {}
    for code in range(0x10000):  # beyond it a pair is never below six bytes
        composed = chr(code)
        parts = unicodedata.normalize("NFD", composed) if code >= 0x80 else ""
        if len(parts) != 2 or parts[0] in table:
            continue
        if unicodedata.normalize("NFC", parts) != composed:
            continue  # excluded from composition, as U+0958 is
        for mark in (parts[1], *marks.get(parts[1], ())):
            pair = parts[0] + mark
            if len(pair.encode()) < GRAPHEME_BYTES:
                pairs[pair] = composed
    return {**table, **pairs}


def compile(table: Mapping[str, str]) -> bytes:
    """The bytes of a character map that replaces each key by its value."""
    places: dict[str, int] = {}
    replacements = bytearray()
    for value in table.values():
        if value not in places:
            places[value] = len(replacements)
            replacements += value.encode() + b"\0"
    root: dict = {}
    for key, value in table.items():
        node = root
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = places[value]
    units = _double_array(root)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + replacements


def _double_array(root: dict) -> list[int]:
    """Units of a trie of nested dicts {byte: child}, {0: value} at a key's end."""
    units = [0] * BLOCK
    used = bytearray(BLOCK)
    used[0] = 1
    bases = set()  # one node each: nodes with one base would share their children
    queue = [(0, root)]
    while queue:
        place, children = queue.pop()
        # Only the last blocks are searched: a looser array, in a fraction of the time.
        base = max(0, len(units) - 2 * BLOCK)
        while True:
            if base + BLOCK > len(units):
                units += [0] * BLOCK
                used += bytes(BLOCK)
            if base not in bases and not any(used[base ^ byte] for byte in children):
                break
            base += 1
        bases.add(base)
        if place ^ base >= MAX_OFFSET:
            raise ValueError(f"character map of {len(units)} units is too large")
        units[place] |= (place ^ base) << 10 | (LEAF if 0 in children else 0)
        for byte, child in children.items():
            used[base ^ byte] = 1
            if byte == 0:
                units[base] = VALUE | child
            else:
                units[base ^ byte] = byte
                queue.append((base ^ byte, child))
    return units
