"""Texts that a causal language model goes on with, greedily or drawn.

Prompts of about the same length are computed together, each prompt once whatever the
number of its samples, and a text that has ended leaves its batch. The way through the
model is transformers' (its cache, its masks); the loop is here, because what is drawn
for a prompt is to depend on the seed and the prompt and not on its batch, and texts end
at strings, which lie across tokens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xitt.errors import UserError
from xitt.inputs import batching
from xitt.models import causal
from xitt.scoring.causal import answers
from xitt.training import devices

# A stop string of n bytes is found in the last n tokens and these: a token holds at
# least a byte, but the first ones of a piece of text may begin inside a character.
MARGIN = 4


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    *,
    max_new_tokens: int,
    stops: Sequence[str] = (),
    temperature: float = 0.0,
    top_p: float = 1.0,
    samples: int = 1,
    seed: int = 0,
    token_budget: int = 8192,
    precision: str = "auto",
    folder: Path | None = None,
) -> list[list[str]]:
    """`samples` continuations of each prompt, cut before the first stop string.

    A text ends at a token that ends texts, at a stop string, or after `max_new_tokens`.
    temperature: 0 takes the likeliest token, and all samples of a prompt are one text;
    else tokens are drawn from softmax(logits / temperature), from the likeliest ones
    that have a probability of `top_p` together (Holtzman et al. 2020, arXiv
    1904.09751). The random numbers of a text come from `seed`, the prompt, and the
    number of the sample. token_budget: tokens that a batch holds at its end. A prompt
    that leaves no room for `max_new_tokens` loses its beginning. folder: where texts
    are kept while others are written, see `answers.given`.

    Raises:
        UserError: for a setting out of its range, or a prompt without tokens.
    """
    _check(model, max_new_tokens, stops, temperature, top_p, samples)
    where = devices.device()
    model.to(where).eval()
    precision = devices.precision(precision, where)
    drawn = samples if temperature else 1
    ids = _encode(model, tokenizer, prompts, max_new_tokens)
    widths = np.array([len(each) + max_new_tokens for each in ids], dtype=np.int64)
    queue = batching.evaluation_batches(
        widths, token_budget, np.full(len(ids), drawn, dtype=np.int64)
    )
    draw = _Draw(temperature, top_p)
    ends = _Ends(tokenizer, stops, causal.stops(model, tokenizer))

    def write(places: np.ndarray) -> list[str]:
        numbers = [
            _random(seed, prompts[place], sample, max_new_tokens)
            for place in places
            for sample in range(drawn)
        ]
        with torch.inference_mode(), devices.autocast(precision, where):
            some = [ids[place] for place in places]
            return _go_on(model, some, np.array(numbers), draw, ends)

    how = [max_new_tokens, list(stops), temperature, top_p, samples, seed, token_budget]
    results: list[list[str]] = [[] for _ in prompts]
    for places, texts in answers.given(
        model, queue, write, unit="prompt", precision=precision,
        asked=[list(prompts), how], folder=folder,
    ):  # fmt: skip
        for number, place in enumerate(places):
            own = texts[number * drawn : (number + 1) * drawn]
            results[place] = own if temperature else own * samples
    return results


def _check(
    model: Any,
    max_new_tokens: int,
    stops: Sequence[str],
    temperature: float,
    top_p: float,
    samples: int,
) -> None:
    most = _positions(model)
    if not max_new_tokens > 0 or (most and max_new_tokens >= most):
        raise UserError(f"max_new_tokens {max_new_tokens} is not from 1 to {most - 1}")
    if isinstance(stops, str) or not all(stops):
        raise UserError(f"stops {stops!r} is to be a list of strings, none empty")
    if not 0 <= temperature < float("inf"):
        raise UserError(f"temperature {temperature} is to be 0 (greedy) or more")
    if not 0 < top_p <= 1:
        raise UserError(f"top_p {top_p} is to be above 0 and at most 1")
    if samples < 1:
        raise UserError(f"samples {samples} is to be 1 or more")


def _positions(model: Any) -> int | None:
    return getattr(model.config.get_text_config(), "max_position_embeddings", None)


def _encode(
    model: Any, tokenizer: Any, prompts: Sequence[str], max_new_tokens: int
) -> list[list[int]]:
    if not prompts:
        return []
    ids = tokenizer(list(prompts))["input_ids"]
    if [] in ids:
        raise UserError(f"prompt {ids.index([])} has no tokens; give it some text")
    most = _positions(model)
    return [each[max_new_tokens - most :] if most else each for each in ids]


def _random(seed: int, prompt: str, sample: int, count: int) -> np.ndarray:
    """The (count,) random numbers from 0 to 1 of a text."""
    key = hashlib.sha256(f"{seed}\0{sample}\0{prompt}".encode()).digest()
    words = np.frombuffer(key, dtype="<u4")
    return np.random.default_rng(np.random.SeedSequence(words.tolist())).random(count)


class _Draw:
    """The next token of each row."""

    def __init__(self, temperature: float, top_p: float):
        self.temperature, self.top_p = temperature, top_p

    def __call__(self, logits: torch.Tensor, numbers: np.ndarray) -> torch.Tensor:
        """(B,) tokens from logits (B, V) and random numbers (B,)."""
        if not self.temperature:
            return logits.float().argmax(dim=1)  # five times as quick as of bf16
        weights = torch.softmax(logits.float() / self.temperature, dim=1)
        order = None
        if self.top_p < 1:
            weights, order = weights.sort(dim=1, descending=True, stable=True)
            before = weights.cumsum(dim=1) - weights
            weights = weights.masked_fill(before >= self.top_p, 0)
        sums = weights.double().cumsum(dim=1)
        at = torch.from_numpy(numbers).to(sums.device)[:, None] * sums[:, -1:]
        found = torch.searchsorted(sums, at, right=True)
        return (found if order is None else order.gather(1, found))[:, 0]


class _Ends:
    """Whether a text has ended, and what of it is kept."""

    def __init__(self, tokenizer: Any, stops: Sequence[str], tokens: list[int]):
        self.tokenizer, self.stops, self.tokens = tokenizer, list(stops), set(tokens)
        self.tail = MARGIN + max((len(s.encode()) for s in stops), default=0)

    def reached(self, ids: list[int]) -> bool:
        if ids[-1] in self.tokens:
            return True
        if not self.stops:
            return False
        tail = self._text(ids[-self.tail :])
        return any(stop in tail for stop in self.stops)

    def cut(self, ids: list[int]) -> str:
        text = self._text(ids[:-1] if ids[-1] in self.tokens else ids)
        places = [place for stop in self.stops if (place := text.find(stop)) >= 0]
        return text[: min(places)] if places else text

    def _text(self, ids: list[int]) -> str:
        return self.tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )


def _go_on(
    model: Any, prompts: list[list[int]], numbers: np.ndarray, draw: _Draw, ends: _Ends
) -> list[str]:
    """A text for each row of random numbers (rows, steps); rows follow the prompts."""
    where, width = model.device, max(map(len, prompts))
    padded = [[0] * (width - len(each)) + each for each in prompts]
    real = [[0] * (width - len(each)) + [1] * len(each) for each in prompts]
    ids, mask = torch.tensor(padded).to(where), torch.tensor(real).to(where)
    output = _pass(model, ids, mask, _cache(model))
    cache, logits = output.past_key_values, output.logits[:, -1]
    copies = len(numbers) // len(prompts)
    if copies > 1:
        cache.batch_repeat_interleave(copies)
        logits, mask = (x.repeat_interleave(copies, dim=0) for x in (logits, mask))
    texts: list[list[int]] = [[] for _ in numbers]
    rows = np.arange(len(numbers))
    for step in range(numbers.shape[1]):
        tokens = draw(logits, numbers[rows, step])
        for row, token in zip(rows, tokens.tolist()):
            texts[row].append(token)
        going = [n for n, row in enumerate(rows) if not ends.reached(texts[row])]
        if not going or step + 1 == numbers.shape[1]:
            break
        if len(going) < len(rows):
            left = torch.tensor(going).to(where)
            cache.batch_select_indices(left)
            rows, tokens, mask = rows[going], tokens[left], mask[left]
        mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
        output = _pass(model, tokens[:, None], mask, cache)
        cache, logits = output.past_key_values, output.logits[:, -1]
    return [ends.cut(text) for text in texts]


def _cache(model: Any) -> Any:
    """An empty cache. Under autocast it holds keys and values as attention reads them.

    Rotated keys are float32 and would be cast at every token anew: the same bits, with
    less to move.
    """
    from transformers import DynamicCache

    class Cast(DynamicCache):
        def update(self, keys: torch.Tensor, values: torch.Tensor, *more: Any, **named):
            kind = torch.get_autocast_dtype(model.device.type)
            return super().update(keys.to(kind), values.to(kind), *more, **named)

    cast = torch.is_autocast_enabled(model.device.type)
    return (Cast if cast else DynamicCache)(config=model.config)


def _pass(model: Any, ids: torch.Tensor, mask: torch.Tensor, cache: Any) -> Any:
    """The model on new tokens; positions count from a row's first real token."""
    positions = (mask.cumsum(dim=1) - 1).clamp_min(0)[:, -ids.shape[1] :]
    return model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
