"""The pocket suite as a whole: schemas, labels by construction, splits, bytes."""

# ruff: noqa: SIM905

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import xitt.data.pocket as pocket
from xitt.data.pocket.grammar import language
from xitt.data.pocket.suite import EDITION
from xitt.errors import UserError

MBPP = "google-research-datasets/mbpp/full"
SIZES = {"train": 240, "validation": 40, "test": 60}
SENTENCES = (
    "premise hypothesis question question1 question2 sentence1 sentence2 context ctx "
    "endings answer0 answer1 answer2 answer3 source_sentence target_sentence sentence "
    "text"
).split()


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pocket") / "suite"
    return pocket.write(folder, seed=13, sizes=SIZES)


def rows(folder: Path, name: str) -> list[dict]:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def sentences(folder: Path, paths: list[Path]) -> set[str]:
    """Every sentence of the files without its spaces; paragraphs are taken apart."""
    found: set[str] = set()
    for path in paths:
        for row in pq.read_table(path).to_pylist():
            if "tokens" in row:
                found.add("".join(row["tokens"]))
            for name in SENTENCES:
                texts = row.get(name) or []
                for text in [texts] if isinstance(texts, str) else texts:
                    found.update(re.findall(r"[^.?!。？！।؟]+[.?!。？！।؟]", text))
    return {sentence.replace(" ", "") for sentence in found}


def test_columns_and_label_names_are_those_of_the_real_data(suite, mirror):
    same = {
        "nyu-mll/multi_nli/default/train": None,
        "stanfordnlp/snli/plain_text/validation": None,
        "facebook/anli/plain_text/dev_r1": None,
        "nyu-mll/glue/qqp/train": None,
        "rajpurkar/squad/plain_text/train": None,
        "rajpurkar/squad_v2/squad_v2/validation": None,
        "Rowan/hellaswag/default/train": None,
        "tau/commonsense_qa/default/train": None,
        "allenai/cosmos_qa/default/train": None,
        "local/pmb4_ccg/en/train": None,
        "facebook/xnli/en/test": None,
        "google-research-datasets/paws-x/es/test": None,
        "google-research-datasets/tydiqa/secondary_task/train": None,
        "google-research-datasets/tydiqa/secondary_task.en/validation": None,
        "unimelb-nlp/wikiann/es/test": None,
        "google/xquad/xquad.es/validation": None,
        "facebook/mlqa/mlqa.es.es/validation": None,
        "google/xtreme/udpos.Spanish/test": None,
        "google/xtreme/tatoeba.spa/validation": None,
        "google/xtreme/bucc18.es/validation": "google/xtreme/bucc18.zh/validation",
        "local/bucc2018/es-en/en": "local/bucc2018/zh-en/en",
        "FloatAI/humaneval-xl/python/Spanish": None,
        f"{MBPP}/train": f"{MBPP}/test",
        "aps/super_glue/copa/train": None,
        "cambridgeltl/xcopa/zh/test": None,
        "cambridgeltl/xcopa/es/validation": "cambridgeltl/xcopa/zh/validation",
        "juletxara/mgsm/ru/test": None,
        "Muennighoff/xwinograd/jp/test": None,
        "nyu-mll/multi_nli/translated.es/train": "nyu-mll/multi_nli/default/train",
    }
    for ours, theirs in same.items():
        schemas = [
            pq.read_schema(suite / f"{ours}.parquet"),
            pq.read_schema(mirror / f"{theirs or ours}.parquet"),
        ]
        assert schemas[0].equals(schemas[1], check_metadata=False), ours
        features = [json.loads(s.metadata[b"huggingface"]) for s in schemas]
        assert features[0] == features[1], ours


def test_datasets_reads_a_config_by_its_card(suite, tmp_path):
    import datasets

    folder = str(suite / "facebook" / "xnli")
    data = datasets.load_dataset(folder, "es", split="test", cache_dir=str(tmp_path))
    assert data.num_rows == SIZES["test"]
    assert data.features["label"].names == ["entailment", "neutral", "contradiction"]


def test_card_names_every_file_of_its_folder(suite):
    for card in suite.rglob("README.md"):
        text = card.read_text(encoding="utf-8")
        for file in card.parent.rglob("*.parquet"):
            assert f'"{file.parent.name}/{file.name}"' in text


def test_every_language_has_every_task(suite):
    for lang in pocket.LANGUAGES:
        name, iso3 = language(lang).ENGLISH_NAME, language(lang).ISO3
        for config in (
            f"facebook/xnli/{lang}",
            f"google-research-datasets/paws-x/{lang}",
            f"google/xtreme/udpos.{name}",
            f"unimelb-nlp/wikiann/{lang}",
            f"facebook/mlqa/mlqa.{lang}.{lang}",
        ):
            assert len(rows(suite, f"{config}/test")) == SIZES["test"]
            train = (suite / config / "train.parquet").exists()
            assert train == (lang == "en" and "mlqa" not in config)
        assert len(rows(suite, f"google/xquad/xquad.{lang}/validation")) == 60
        assert len(rows(suite, f"local/text/{lang}/train")) == SIZES["train"]
        if lang != "en":
            assert len(rows(suite, f"google/xtreme/tatoeba.{iso3}/validation")) == 60
            translated = rows(suite, f"nyu-mll/multi_nli/translated.{lang}/train")
            assert len(translated) == SIZES["train"]
    ids = [
        r["id"]
        for r in rows(suite, "google-research-datasets/tydiqa/secondary_task/train")
    ]
    assert len(ids) == SIZES["train"] and all(i.startswith("english-") for i in ids)


def test_translated_rows_have_the_labels_of_the_english_ones(suite):
    english = rows(suite, "nyu-mll/multi_nli/default/train")
    spanish = rows(suite, "nyu-mll/multi_nli/translated.es/train")
    assert [r["label"] for r in spanish] == [r["label"] for r in english]


def partition(path: Path) -> str:
    """What a file is for. XQuAD, TyDiQA and Tatoeba are scored on `validation`."""
    if path.stem.startswith("train"):
        return "train"
    if "bucc2018" in str(path):
        return "test" if path.stem.endswith(".test") else "validation"
    scored = path.parent.name.startswith(("xquad.", "secondary_task", "tatoeba."))
    if path.stem.startswith("test") or (path.stem == "validation" and scored):
        return "test"
    return "validation"


def test_no_sentence_is_in_two_of_train_validation_and_test(suite):
    """Of any task: no intermediate or target training has seen a test sentence."""
    paths = [p for p in sorted(suite.rglob("*.parquet")) if "gold" not in p.stem]
    seen = {
        part: sentences(suite, [p for p in paths if partition(p) == part])
        for part in ("train", "validation", "test")
    }
    assert all(len(found) > 1000 for found in seen.values())
    assert not seen["train"] & seen["validation"]
    assert not seen["train"] & seen["test"]
    assert not seen["validation"] & seen["test"]


def test_every_answer_stands_in_its_context_at_its_offset(suite):
    unanswerable = 0
    for path in sorted(suite.rglob("*.parquet")):
        if "answers" not in pq.read_schema(path).names:
            continue
        for row in pq.read_table(path).to_pylist():
            answers = row["answers"]
            unanswerable += not answers["text"]
            assert answers["text"] or "squad_v2" in str(path)
            for text, start in zip(answers["text"], answers["answer_start"]):
                assert row["context"][start : start + len(text)] == text != ""
    assert unanswerable > 0


def test_a_third_of_squad_v2_has_no_answer(suite):
    none = [
        not r["answers"]["text"]
        for r in rows(suite, "rajpurkar/squad_v2/squad_v2/train")
    ]
    assert 0.2 < np.mean(none) < 0.5


def accuracy_of_bag_of_words(train: list[tuple], test: list[tuple]) -> float:
    """Naive Bayes over words with add-one smoothing, on (text, label) pairs."""
    labels = sorted({label for _, label in train})
    counts = {label: Counter() for label in labels}
    for text, label in train:
        counts[label].update(set(text.lower().split()))
    prior = Counter(label for _, label in train)

    def score(text: str, label: int) -> float:
        seen = (counts[label][word] for word in set(text.lower().split()))
        return sum(np.log((n + 1) / (prior[label] + 2)) for n in seen)

    right = [max(labels, key=lambda x: score(text, x)) == y for text, y in test]
    return float(np.mean(right))


@pytest.fixture(scope="module")
def larger(tmp_path_factory) -> dict[str, list[dict]]:
    """English rows in number, so that a small artefact shows."""
    from random import Random

    from xitt.data.pocket import choices, nli, pairs, render

    def drawn(build, render_, **settings):
        return {
            part: render_("en", build(Random(f"big {part}"), part, n, **settings))
            for part, n in (("train", 900), ("test", 450))
        }

    return {
        "mnli": drawn(nli.pairs, render.xnli),
        "snli": drawn(nli.pairs, render.xnli, named=0.3, sales=0.0),
        "paws": drawn(pairs.paraphrases, render.paws),
        "qqp": drawn(pairs.questions, render.qqp),
        "hellaswag": drawn(choices.endings, render.hellaswag),
    }


def test_hypothesis_alone_tells_little_of_the_label(larger):
    for name in ("mnli", "snli"):
        parts = [
            [(row["hypothesis"], row["label"]) for row in larger[name][part]]
            for part in ("train", "test")
        ]
        assert accuracy_of_bag_of_words(*parts) < 0.45
        lengths = [
            [(f"words{len(text.split())}", label) for text, label in part]
            for part in parts
        ]
        assert accuracy_of_bag_of_words(*lengths) < 0.45


def test_labels_of_pairs_are_balanced(larger):
    for name, n in (("mnli", 3), ("snli", 3), ("paws", 2), ("qqp", 2)):
        shares = Counter(row["label"] for row in larger[name]["train"])
        assert max(shares.values()) - min(shares.values()) <= 1 and len(shares) == n


def test_words_in_common_do_not_tell_paraphrases(larger):
    def overlap(row: dict) -> str:
        one, two = (
            set(row[name].lower().strip(".").replace(",", "").split())
            for name in ("sentence1", "sentence2")
        )
        return f"overlap{round(10 * len(one & two) / len(one | two))}"

    parts = [
        [(overlap(row), row["label"]) for row in larger["paws"][part]]
        for part in ("train", "test")
    ]
    assert accuracy_of_bag_of_words(*parts) < 0.65


def test_endings_alone_do_not_tell_the_right_one(larger):
    """A ranker by how often words stood in right endings is near chance."""
    right, all_of = Counter(), Counter()
    for row in larger["hellaswag"]["train"]:
        for i, ending in enumerate(row["endings"]):
            all_of.update(set(ending.split()))
            right.update(set(ending.split()) if i == int(row["label"]) else ())

    def score(text: str) -> float:
        return sum(np.log((right[w] + 1) / (all_of[w] + 4)) for w in set(text.split()))

    test = larger["hellaswag"]["test"]
    hits = [
        int(np.argmax([score(e) for e in row["endings"]])) == int(row["label"])
        for row in test
    ]
    assert np.mean(hits) < 0.35


def test_places_of_right_choices_are_even(suite):
    keys = Counter(
        r["answerKey"] for r in rows(suite, "tau/commonsense_qa/default/train")
    )
    assert set(keys) == set("ABCDE") and max(keys.values()) < 0.3 * SIZES["train"]
    for row in rows(suite, "allenai/cosmos_qa/default/train"):
        assert len({row[f"answer{i}"] for i in range(4)}) == 4


def test_mining_has_both_sides_and_gold_pairs_that_translate(suite):
    gold = rows(suite, "local/bucc2018/es-en/gold.test")
    sides = {
        name: {
            r["id"]: r["sentence"]
            for r in rows(suite, f"local/bucc2018/es-en/{name}.test")
        }
        for name in ("es", "en")
    }
    pairs = {
        (r["source_sentence"], r["target_sentence"])
        for r in rows(suite, "google/xtreme/bucc18.es/test")
    }
    assert {(sides["es"][r["es_id"]], sides["en"][r["en_id"]]) for r in gold} == pairs
    assert len(sides["es"]) > 2 * len(gold) and len(sides["en"]) > 2 * len(gold)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    sizes = {"train": 9, "validation": 6, "test": 6}
    one, two, other = (
        pocket.write(tmp_path / str(i), seed=seed, sizes=sizes)
        for i, seed in enumerate((1, 1, 2))
    )
    paths = [p.relative_to(one) for p in sorted(one.rglob("*")) if p.is_file()]
    assert len(paths) > 100
    assert all((one / p).read_bytes() == (two / p).read_bytes() for p in paths)
    mnli = "nyu-mll/multi_nli/default/train.parquet"
    assert (one / mnli).read_bytes() != (other / mnli).read_bytes()


def test_size_below_one_is_refused_and_leaves_no_folder(tmp_path):
    with pytest.raises(UserError, match="pocket size of test is 0"):
        pocket.write(tmp_path / "x", seed=1, sizes={**SIZES, "test": 0})
    assert not (tmp_path / "x").exists()


def test_lexicon_gives_the_word_in_the_other_language():
    spanish = pocket.lexicon("es")
    assert spanish["dog"] == "perro" and spanish["bought"] == "compró"
    assert spanish["London"] == "Londres" and len(spanish) == 200


def test_the_rows_are_those_of_the_edition(suite):
    """Raise `suite.EDITION` with a change of rows: runs are told apart by it alone."""
    digest = hashlib.sha256()
    for path in sorted(suite.rglob("*.parquet")):
        digest.update(path.relative_to(suite).as_posix().encode())
        rows = pq.read_table(path).to_pylist()
        digest.update(json.dumps(rows, ensure_ascii=False, default=str).encode())
    rows = digest.hexdigest()[:16]
    assert (EDITION, rows) == ("5d0c1f7e93ab4826", "e2b37e2261b56b27")
