"""What people bring of noisy sets, word lists and treebanks, in the form it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xitt.data.importers import cosda, treebanks, typos
from xitt.errors import UserError


def put(folder: Path, inside: str, text: str) -> Path:
    path = folder / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_xnli_with_typos_loses_the_quotes_around_its_texts(tmp_path):
    head = "premise\thypothesis\tlabel\n"
    put(tmp_path, "xnli/test_de_typos_0.05.tsv", f"{head}'It 's me'\t\"So\"\t2\n")
    put(tmp_path, "xnli/test_de_typos_0.02.tsv", f"{head}'other'\t'set'\t0\n")
    ((inside, table),) = typos.xnli(tmp_path)
    assert inside == "de/test"
    assert table.to_pylist() == [
        {"premise": "It 's me", "hypothesis": '"So"', "label": 2}
    ]


def test_panx_with_typos_is_a_sentence_a_line(tmp_path):
    row = {"tokens": ["Ana", "ist"], "ner_tags": [1, 0], "langs": ["de", "de"]}
    put(tmp_path, "panx/test_de_typos_0.2.jsonl", json.dumps(row) + "\n")
    ((inside, table),) = typos.panx(tmp_path)
    del row["langs"]
    assert (inside, table.to_pylist()) == ("de/test", [row])


def test_word_lists_get_the_codes_of_their_languages(tmp_path):
    put(tmp_path, "dict/jp2.txt", "and\tそして\n\n")
    put(tmp_path, "dict/sw2.txt", "and och\n")
    found = {inside: table.to_pylist() for inside, table in cosda.tables(tmp_path)}
    assert found == {
        "en-ja/train": [{"source": "and", "target": "そして"}],
        "en-sv/train": [{"source": "and", "target": "och"}],
    }


def test_a_word_of_a_treebank_is_a_part_of_its_contraction(tmp_path):
    def line(number: str, word: str, tag: str) -> str:
        return "\t".join([number, word, "_", tag, *"______"])

    lines = ["# text = im Haus", line("1-2", "im", "_"), line("1", "in", "ADP"),
             line("2", "dem", "DET"), line("2.1", "sehr", "ADV"),
             line("3", "Haus", "NOUN"), "", line("1", "Ja", "INTJ"), ""]  # fmt: skip
    put(tmp_path, "qtd_sagt-ud-test.conllu", "\n".join(lines))
    ((inside, table),) = treebanks.tables(tmp_path)
    assert inside == "udpos.CS_Turkish_German/test"
    assert table.to_pylist() == [
        {"tokens": ["in", "dem", "Haus"], "pos_tags": ["ADP", "DET", "NOUN"]},
        {"tokens": ["Ja"], "pos_tags": ["INTJ"]},
    ]


@pytest.mark.parametrize(
    ("read", "inside", "text", "message"),
    [
        (typos.xnli, "other.tsv", "", "no xnli/test_<language>_typos"),
        (typos.panx, "other.tsv", "", "no panx/test_<language>_typos"),
        (typos.xnli, "xnli/test_de_typos_0.1.tsv", "a\tb\tc\nd\te\n", "line 2: not as"),
        (typos.panx, "panx/test_de_typos_0.1.jsonl", "{}\n", "line 1: not as publ"),
        (cosda.tables, "other", "", "no word list such as de2.txt"),
        (cosda.tables, "de2.txt", "and und\nor\n", "line 2: no pair of words"),
        (treebanks.tables, "other", "", "no qtd_sagt-ud-test.conllu or"),
        (treebanks.tables, "qfn_fame-ud-test.conllu", "1\tik\n", "line 1: 2 fields"),
    ],
)
def test_what_is_not_as_published_is_named(tmp_path, read, inside, text, message):
    put(tmp_path, inside, text)
    with pytest.raises(UserError, match=message) as error:
        list(read(tmp_path))
    assert "\n" not in str(error.value)
