"""Training data translated by a model: rows, languages, going on after a kill."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from tiny import tokenizer
from tiny_mirror import nli, squad, write
from transformers import M2M100Config, M2M100ForConditionalGeneration

from xitt import paths
from xitt.data import examples, inventory, sources
from xitt.errors import UserError
from xitt.running import data_commands, translation
from xitt.study import profiles
from xitt.tasks import registry

CODES = ["__en__", "__de__", "zho_Hans"]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    """A model of three languages with random weights, saved as the Hub's are."""
    folder = tmp_path_factory.mktemp("model")
    pieces = tokenizer()
    pieces.add_special_tokens({"extra_special_tokens": CODES})
    pieces.save_pretrained(folder)
    torch.manual_seed(0)
    config = M2M100Config(
        vocab_size=len(pieces),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        init_std=1.0,
        pad_token_id=pieces.pad_token_id,
        bos_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=2,
        use_cache=True,
    )
    M2M100ForConditionalGeneration(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A mirror with tasks that have no published translation."""
    monkeypatch.setattr(paths, "TRANSLATED", tmp_path / "translated")
    folder = tmp_path / "mirror"
    pairs = [
        {
            "idx": i,
            "question1": "the cat sat",
            "question2": f"a dog {w}",
            "label": i % 2,
        }
        for i, w in enumerate(["ran", "sat", "is big", "is small"])
    ]
    write(folder, "nyu-mll/glue/qqp/train", pairs)
    endings = ["ran", "sat", "is big", "is not"]
    choices = [{"ctx": f"the {w}", "endings": endings, "label": "2"} for w in "ab"]
    write(folder, "Rowan/hellaswag/default/train", choices)
    write(folder, "rajpurkar/squad/plain_text/train", [squad(("Lima", 13))])
    return folder


def test_rows_keep_their_ids_and_labels_and_change_their_texts(folder, model):
    path = translation.translate("qqp", "de", model, source=folder)
    assert path == sources.made_translation(
        registry.get("qqp"), "de", sources.root(folder)
    )
    english = examples.load("qqp", "en", "train", source=folder)
    german = examples.load("qqp", "de", "train", source=folder, translated=True)
    assert german.column_names == english.column_names
    assert german["id"] == english["id"] and german["label"] == english["label"]
    assert len(set(german["text_a"])) == 1  # one text, one translation
    assert all(a != b for a, b in zip(german["text_b"], english["text_b"]))
    assert inventory.languages("qqp", "train", folder, translated=True) == ["de"]
    assert inventory.translator("qqp", "de", folder) == model


def test_every_choice_is_translated(folder, model):
    translation.translate("hellaswag", "de", model, source=folder, limit=1)
    (row,) = examples.load("hellaswag", "de", "train", source=folder, translated=True)
    assert len(row["choices"]) == 4 and row["label"] == 2
    assert not {"ran", "sat", "is big", "is not"} & set(row["choices"])


def test_the_model_is_told_the_language(model):
    german = translation.load(model, "de")
    assert german.tokenizer.src_lang == "en"
    ids = german.tokenizer.convert_tokens_to_ids(["__de__", "zho_Hans"])
    assert german.first == ids[0]
    assert translation.load(model, "zh", "zho_Hans").first == ids[1]
    ((_, made),) = _raw_first_pieces(german)
    assert made == ids[0]


def _raw_first_pieces(translator):
    """The second piece of what is generated: after the start, the language."""
    seen = []
    decode = translator.tokenizer.batch_decode

    def watched(ids, **how):
        seen.append((None, int(ids[0][1])))
        return decode(ids, **how)

    translator.tokenizer.batch_decode = watched
    list(translation._translated(["the cat"], (), translator, "a test"))
    return seen


def test_an_interrupted_translation_goes_on(folder, model, monkeypatch):
    monkeypatch.setattr(translation, "BUDGET", 8)  # a text or two a batch
    whole = translation.translate("qqp", "de", model, source=folder)
    expected = whole.read_bytes()
    whole.unlink()
    generate, calls = M2M100ForConditionalGeneration.generate, []

    def cut(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return generate(*args, **kwargs)

    monkeypatch.setattr(M2M100ForConditionalGeneration, "generate", cut)
    with pytest.raises(KeyboardInterrupt):
        translation.translate("qqp", "de", model, source=folder)
    partial = whole.with_suffix(".partial.jsonl")
    with open(partial, "a") as file:
        file.write('["half a li')  # as a kill leaves it
    translation.translate("qqp", "de", model, source=folder)
    assert len(calls) == 1 + 5  # five texts, and the one that was cut again
    assert whole.read_bytes() == expected
    assert not partial.exists()


def test_what_breaks_a_line_inside_a_text_does_not_lose_what_was_done(tmp_path):
    about, partial = {"model": "m"}, tmp_path / "train.partial.jsonl"
    said = [(f"a{mark}b", f"x{mark}y") for mark in "\u2028\u2029\x85\x1c\x0b\r\n"]
    partial.write_text(translation._lines([about], said), encoding="utf-8")
    assert list(translation._resumed(partial, about)) == said


def test_what_another_model_had_begun_is_not_used(folder, model):
    target = sources.made_translation(registry.get("qqp"), "de", sources.root(folder))
    target.parent.mkdir(parents=True)
    begun = [{"model": "another", "beams": 4}, ["the cat", "falsch"]]
    lines = "".join(json.dumps(line) + "\n" for line in begun)
    target.with_suffix(".partial.jsonl").write_text(lines)
    translation.translate("qqp", "de", model, source=folder)
    rows = examples.load("qqp", "de", "train", source=folder, translated=True)
    assert "falsch" not in rows["text_a"]


def test_the_revision_of_a_translated_setting_changes_with_its_translation(
    folder, model
):
    def revision(translated):
        return inventory.revision("qqp", source=folder, translated=translated)

    english, before = revision(False), revision(True)
    assert english == before  # nothing is translated yet
    translation.translate("qqp", "de", model, source=folder)
    assert revision(False) == english != revision(True)


def test_a_translation_of_other_data_is_refused(folder, model):
    path = translation.translate("qqp", "de", model, source=folder)
    rows = [{"idx": 1, "question1": "a", "question2": "b", "label": 0}]
    write(folder, "nyu-mll/glue/qqp/train", rows)
    with pytest.raises(UserError, match="translated from other data") as error:
        inventory.revision("qqp", source=folder, translated=True)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("task", ["squad_v1", "ccg_pmb", "xnli"])
def test_labels_that_are_places_are_not_translated(folder, task):
    with pytest.raises(UserError, match=r"no places in a text .*hellaswag"):
        translation.translate(task, "de", "any", source=folder)


def test_a_translation_that_is_there_is_not_made_again(folder, model):
    rows = [{**row, "pairID": str(i)} for i, row in enumerate(nli(5))]
    write(folder, "nyu-mll/multi_nli/default/train", rows)
    write(folder, "facebook/xnli/de/train", nli(3))
    with pytest.raises(UserError, match="mnli is there in 'de' already"):
        translation.translate("mnli", "de", model, source=folder)


def test_a_model_that_is_not_there_or_lacks_the_language_is_an_error(
    folder, model, tmp_path
):
    with pytest.raises(UserError, match=r"cannot load the translation model .*en-de"):
        translation.load(str(tmp_path / "en-{lang}"), "de")
    with pytest.raises(UserError, match="has no language 'sw'; write 'sw:'"):
        translation.translate("qqp", "sw", model, source=folder)


def test_a_model_of_one_language_is_told_nothing(model, tmp_path):
    (tmp_path / "en-de").symlink_to(model)
    only = translation.load(str(tmp_path / "en-{lang}"), "de")
    assert only.first is None


def test_languages_are_named_where_a_study_takes_all(monkeypatch):
    study = profiles.load("demo")
    block = {**study["intermediate"], "translated_languages": "all"}
    monkeypatch.setattr(profiles, "load", lambda _: {**study, "intermediate": block})
    asked = Namespace(profile="demo", languages="", task="qqp", model="any")
    with pytest.raises(UserError, match=r"demo takes all .* \(LANGUAGES=de,sw\)"):
        data_commands.translate(asked)
