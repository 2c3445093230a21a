"""Generated texts: transformers' own where these are greedy, else drawn from a seed."""

from __future__ import annotations

import numpy as np
import pytest
import tiny_lm
import torch

from xitt.errors import UserError
from xitt.scoring.causal import generation

PROMPTS = ["the cat", "a", "the cat sat on the mat the end", "end 7", "a sat the cat a"]
FAMILIES = ["llama", "qwen2", "gemma3", "gpt2"]


def generate(model, prompts=PROMPTS, **options) -> list[list[str]]:
    options = {"max_new_tokens": 12, "precision": "fp32", **options}
    return generation.generate(model, tiny_lm.tokenizer(), prompts, **options)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("budget", [1, 10_000])
def test_greedy_texts_are_those_of_transformers(family, budget):
    model, tokenizer = tiny_lm.model(family), tiny_lm.tokenizer()
    for prompt, (ours,) in zip(PROMPTS, generate(model, token_budget=budget)):
        ids = tokenizer(prompt, return_tensors="pt")
        theirs = model.generate(
            **ids, max_new_tokens=12, do_sample=False,
            pad_token_id=0, eos_token_id=tokenizer.eos_token_id,
        )[0, ids["input_ids"].shape[1] :]  # fmt: skip
        assert ours == tokenizer.decode(theirs, skip_special_tokens=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_drawn_depends_on_the_seed_and_the_prompt_alone(family):
    model = tiny_lm.model(family)
    options = {"temperature": 1.0, "top_p": 0.9, "samples": 3}
    whole = generate(model, seed=5, **options)
    assert all(len(texts) == 3 for texts in whole)
    assert len({text for texts in whole for text in texts}) > 10
    assert (
        generate(model, PROMPTS[::-1], seed=5, token_budget=1, **options)
        == (whole[::-1])
    )
    assert generate(model, seed=6, **options) != whole
    fewer = generate(model, seed=5, **{**options, "samples": 1})
    assert fewer == [texts[:1] for texts in whole]


def forced(model, text: str):
    """The model made to write `text` and then its ending, whatever the prompt."""
    tokenizer = tiny_lm.tokenizer()
    ids = [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]
    real, rows, state = model.forward, len(tiny_lm.pieces()), {"step": 0}

    def forward(*inputs, **options):
        output = real(*inputs, **options)
        logits = torch.zeros(len(output.logits), 1, rows)
        logits[:, :, ids[min(state["step"], len(ids) - 1)]] = 50.0
        state["step"] += 1
        return type(output)(logits=logits, past_key_values=output.past_key_values)

    model.forward = forward
    return model


def test_a_text_ends_before_the_first_stop_even_across_tokens():
    said = "the cat sat\n\nthe end é the"
    for stops, left in (
        (["\n\n"], "the cat sat"),
        (["t\n"], "the cat sa"),
        (["\nthe", "cat"], "the "),
        (["é"], "the cat sat\n\nthe end "),
        (["nothing of it"], said),
        ([], said),
    ):
        model = forced(tiny_lm.model("llama"), said)
        assert generate(model, ["a"], max_new_tokens=40, stops=stops) == [[left]]


def test_a_stopped_text_leaves_the_batch():
    model = forced(tiny_lm.model("llama"), "the cat")
    steps, real = [], model.forward
    model.forward = lambda **options: steps.append(1) or real(**options)
    generate(model, max_new_tokens=30, stops=["cat"])
    assert len(steps) == len(tiny_lm.tokenizer()("the cat")["input_ids"])


def test_tokens_are_drawn_as_often_as_they_are_likely():
    logits = torch.log(torch.tensor([[0.5, 0.1, 0.3, 0.1]]))
    numbers = (np.arange(1000) + 0.5) / 1000
    for temperature, top_p, expected in (
        (1.0, 1.0, [500, 100, 300, 100]),
        (1.0, 0.75, [625, 0, 375, 0]),
        (1.0, 0.45, [1000, 0, 0, 0]),
        (0.5, 1.0, [694, 28, 250, 28]),
    ):
        draw = generation._Draw(temperature, top_p)
        tokens = draw(logits.repeat(1000, 1), numbers)
        counts = np.bincount(tokens.numpy(), minlength=4)
        assert np.abs(counts - expected).max() <= 1


def test_a_long_prompt_loses_its_beginning():
    model = tiny_lm.model("llama")
    room = tiny_lm.POSITIONS - 12
    long = "a" * 100
    assert generate(model, [long]) == generate(model, ["a" * room])


def test_odd_settings_are_refused_in_one_line():
    model = tiny_lm.model("llama")
    for options, message in (
        ({"max_new_tokens": 0}, "max_new_tokens 0 is not from 1 to 63"),
        ({"max_new_tokens": 64}, "max_new_tokens 64 is not"),
        ({"temperature": -1.0}, "temperature -1"),
        ({"top_p": 0.0}, "top_p 0"),
        ({"samples": 0}, "samples 0"),
        ({"stops": "\n"}, "to be a list of strings"),
        ({"stops": [""]}, "none empty"),
        ({"prompts": [""]}, "prompt 0 has no tokens"),
    ):
        with pytest.raises(UserError, match=message):
            generate(model, **options)
    assert generate(model, []) == []


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma3"])
def test_keys_that_are_cast_once_write_the_same_bits(family, monkeypatch):
    model, tokenizer = tiny_lm.model(family), tiny_lm.tokenizer()
    prompts = ["the cat sat", "a", "on the mat the cat"]
    options = {"max_new_tokens": 12, "precision": "bf16", "temperature": 0.9}
    once = generation.generate(model, tokenizer, prompts, **options)
    monkeypatch.setattr(generation, "_cache", lambda model: None)  # transformers' own
    assert once == generation.generate(model, tokenizer, prompts, **options)
