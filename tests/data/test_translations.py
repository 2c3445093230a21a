"""Translated training rows: one English sample, each row of it in one language."""

from __future__ import annotations

from collections import Counter

from tiny_mirror import deviate, nli, squad, write

from xitt.data import examples, translations

LANGS = ("de", "es", "fr")


def qqp(n: int, lang: str = "") -> list[dict]:
    return [
        {"idx": i, "question1": f"{lang}a{i}", "question2": f"{lang}b{i}"}
        | {"label": i % 2}
        for i in range(n)
    ]


def numbers(rows: dict) -> list[int]:
    """The numbers in the texts of every language's rows."""
    texts = [text for some in rows.values() for text in some["text_a"]]
    return sorted(int(text.lstrip("defrsap")) for text in texts)


def questions(folder, n=60):
    write(folder, "nyu-mll/glue/qqp/train", qqp(n))
    for lang in LANGS:
        write(folder, f"nyu-mll/glue/qqp.translated.{lang}/train", qqp(n, lang))


def test_one_english_sample_is_shared_out(tmp_path):
    questions(tmp_path)
    options = {"source": tmp_path, "limit": 30}
    english = examples.load("qqp", "en", "train", **options)
    found = translations.load("qqp", LANGS, **options)
    assert numbers(found) == numbers({"en": english})
    assert [len(rows) for rows in found.values()] == [10, 10, 10]
    assert all(row["text_a"].startswith("fr") for row in found["fr"])


def test_a_limit_of_zero_is_all_rows_and_not_all_in_every_language(tmp_path):
    questions(tmp_path)
    found = translations.load("qqp", LANGS, source=tmp_path)
    assert numbers(found) == list(range(60))


def test_the_labels_are_not_dealt_out_with_the_languages(tmp_path):
    """Rows in turn, labels in turn, three of each: German would be all entailment."""
    write(tmp_path, "nyu-mll/multi_nli/default/train", [
        {"pairID": str(i), **row} for i, row in enumerate(nli(90))
    ])  # fmt: skip
    for lang in LANGS:
        write(tmp_path, f"nyu-mll/multi_nli/translated.{lang}/train", [
            {"pairID": str(i), **row} for i, row in enumerate(nli(90))
        ])  # fmt: skip
    found = translations.load("mnli", LANGS, source=tmp_path)
    assert all(len(Counter(rows["label"])) == 3 for rows in found.values())


def test_files_without_common_ids_are_parallel_row_by_row(tmp_path):
    """As MNLI, which has ids, and XNLI's translation of it, which has none."""
    english = [{"pairID": f"{i}n", **row} for i, row in enumerate(nli(30))]
    write(tmp_path, "nyu-mll/multi_nli/default/train", english)
    for lang in LANGS:
        write(tmp_path, f"facebook/xnli/{lang}/train", nli(30))
    sample = examples.load("mnli", "en", "train", source=tmp_path, limit=9)
    found = translations.load("mnli", LANGS, source=tmp_path, limit=9)
    assert sorted(i for rows in found.values() for i in rows["id"]) == sorted(
        sample["id"]
    )
    assert numbers(found) == numbers({"en": sample})
    originals = translations.originals("mnli", found, tmp_path)
    assert originals["id"] == sample["id"]


def test_translations_of_other_rows_are_shared_out_themselves(tmp_path):
    """The partial mirror: its translations are XNLI's development pairs."""
    english = [{"pairID": str(i), **row} for i, row in enumerate(nli(120))]
    for split in ("train", "validation_matched"):
        write(tmp_path, f"nyu-mll/multi_nli/default/{split}", english)
    for lang in LANGS:
        write(tmp_path, f"facebook/xnli/{lang}/validation", nli(90))
    deviate(tmp_path, "mnli")
    found = translations.load("mnli", LANGS, source=tmp_path, limit=4000)
    assert numbers(found) == list(range(90))
    few = translations.load("mnli", LANGS, source=tmp_path, limit=12)
    assert len(set(numbers(few))) == 12
    assert translations.originals("mnli", found, tmp_path) is None


def test_a_row_goes_to_a_language_that_has_it_and_what_none_has_is_said(
    tmp_path, caplog
):
    rows = [squad(("Lima", 13), context=f"Ana lives in Lima. {i}") for i in range(20)]
    write(tmp_path, "rajpurkar/squad/plain_text/train", rows)
    write(tmp_path, "facebook/mlqa/mlqa-translate-train.de/train", rows[:5])
    write(tmp_path, "facebook/mlqa/mlqa-translate-train.es/train", rows[4:15])
    found = translations.load("squad_v1", ("de", "es"), source=tmp_path)
    assert sorted(i for some in found.values() for i in some["id"]) == sorted(
        row["id"] for row in rows[:15]
    )
    assert "left out 5 of 20 rows: not translated into de, es" in caplog.text


def test_one_language_alone_has_all_of_the_english_sample(tmp_path):
    questions(tmp_path)
    options = {"source": tmp_path, "limit": 30}
    english = examples.load("qqp", "en", "train", **options)
    for lang in LANGS:
        found = translations.alone("qqp", lang, **options)
        assert found["id"] == english["id"]
        assert found["label"] == english["label"]
        assert all(text.startswith(lang) for text in found["text_a"])
    assert translations.alone("qqp", "en", **options).to_dict() == english.to_dict()


def test_where_translations_are_of_other_rows_english_is_of_those(mirror, monkeypatch):
    monkeypatch.setenv("XITT_MIRROR", str(mirror))
    options = {"source": "mirror", "limit": 40}
    one, other, english = (
        translations.alone("mnli", lang, **options) for lang in ("de", "sw", "en")
    )
    assert one["id"] == other["id"] == english["id"]
    assert one["label"] == english["label"]
    own = examples.load("xnli", "en", "validation", source="mirror")
    assert set(english["text_a"]) <= set(own["text_a"])
