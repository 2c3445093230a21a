"""The compiled character map does in `tokenizers` what its table says."""

from __future__ import annotations

import random
import struct
import unicodedata

from tokenizers.normalizers import Precompiled

from xitt.models.e5 import charsmap


def normalise(table: dict[str, str], text: str) -> str:
    return Precompiled(charsmap.compile(table)).normalize_str(text)


def test_each_key_is_replaced_and_other_text_is_kept():
    table = {"Ａ": "A", "\t": " ", "\x01": "", "½": "1⁄2", "가": "x"}
    assert normalise(table, "Ａb\tc\x01d½가나") == "Ab cd1⁄2x나"


def test_a_trie_of_many_random_keys_holds_them_and_no_other():
    draw = random.Random(3)
    chars = [chr(c) for c in range(0x80, 0x2FFFF) if not 0xD800 <= c < 0xE000]
    letters = [c for c in chars if unicodedata.category(c)[0] in "LN"]
    keys = draw.sample(letters, 5000)
    table = {key: f"<{i}>" for i, key in enumerate(keys)}
    normaliser = Precompiled(charsmap.compile(table))
    for key in keys:
        assert normaliser.normalize_str(key) == table[key]
    for other in draw.sample(sorted(set(letters) - set(keys)), 5000):
        assert normaliser.normalize_str(other) == other


def test_equal_replacements_are_stored_once():
    one = charsmap.compile({"a": "long replacement", "b": "long replacement"})
    (size,) = struct.unpack_from("<I", one)
    assert one[4 + size :] == b"long replacement\0"


def test_a_decomposed_letter_is_composed():
    table = charsmap.with_compositions({"Ａ": "A"})
    assert table["e\u0301"] == "é"
    assert normalise(table, "cafe\u0301") == "café"
    assert table["и\u0306"] == "й"


def test_a_letter_that_is_itself_a_key_gets_no_pair():
    """The shortest key wins, so such a pair could never be found."""
    assert "e\u0301" not in charsmap.with_compositions({"e": "E"})


def test_a_mark_that_maps_to_another_composes_as_that_one():
    table = charsmap.with_compositions({"\u0341": "\u0301"})
    assert table["e\u0341"] == "é"
    assert "e\u0341" not in charsmap.with_compositions({"Ａ": "A"})


def test_pairs_that_are_never_looked_up_whole_are_left_out():
    """Six bytes and more go character by character: か + voicing mark stays two."""
    pairs = set(charsmap.with_compositions({})) - {""}
    assert all(len(pair) == 2 and len(pair.encode()) < 6 for pair in pairs)
    assert "か\u3099" not in pairs
    assert len(pairs) > 500
