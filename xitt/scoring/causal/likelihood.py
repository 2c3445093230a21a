"""Log-likelihoods of continuations under a causal language model.

The numbers are those of EleutherAI's lm-evaluation-harness (`loglikelihood` of its
HFLM): the same split into tokens, the same cut where a text is too long. What they
cost is less: a beginning that several requests share is computed once, texts of about
the same length are computed together, and the vocabulary is scored only where a token
of a continuation is foretold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from xitt.errors import UserError
from xitt.inputs import batching, prefix_trees
from xitt.inputs.prefix_trees import PADDING, Tree
from xitt.models import attention
from xitt.scoring.causal import answers
from xitt.training import devices

# Models whose trees were compared with one sequence after another. Others may know no
# mask but the causal one, or count positions themselves.
TREES = ("llama", "qwen2", "gemma3_text")
# Logits at hand at once, in numbers: 128 MiB in float32.
LOGITS = 2**25
CHUNK = 64  # rows of them that are compared at once


class Request(NamedTuple):
    """A continuation whose likelihood after a context is asked for."""

    context: str
    continuation: str


class Likelihood(NamedTuple):
    """Of a continuation: nats summed over its tokens, and how many these are.

    greedy: whether each of its tokens is the likeliest at its place.
    """

    total: float
    tokens: int
    greedy: bool


class _Encoded(NamedTuple):
    ids: list[int]  # what the model reads: all but the last token
    targets: list[int]  # the continuation: foretold by the last ones of these


def score(
    model: Any,
    tokenizer: Any,
    requests: Sequence[Request],
    *,
    token_budget: int = 2048,
    precision: str = "auto",
    folder: Path | None = None,
) -> list[Likelihood]:
    """The likelihood of each request, in their order.

    Spaces at the end of a context count to its continuation; both are encoded
    together and divided where the context alone would end; an empty context is the
    token that begins a text, or the one that ends it; what is too long loses its
    beginning. token_budget: tokens of a batch, with padding. What a request gets
    depends on its batch by no more than rounding: in fp32 less than 1e-3 nats, in
    bf16 some hundredths of a nat a token. folder: where they are kept while others
    are computed, see `answers.given`.

    Raises:
        UserError: for a continuation without tokens, or longer than the model takes.
    """
    if not requests:
        return []
    where = devices.device()
    model.to(where).eval()
    precision = devices.precision(precision, where)
    encoded = _encode(model, tokenizer, requests)
    sequences = [each.ids for each in encoded]
    trees = prefix_trees.grow(sequences, token_budget, share=_takes_trees(model))
    widths = [prefix_trees.tokens(tree, sequences) for tree in trees]
    queue = batching.evaluation_batches(np.array(widths), token_budget)
    queue = _with_room(model, trees, encoded, queue)

    def forward(places: np.ndarray) -> list[tuple[int, Likelihood]]:
        with torch.inference_mode(), devices.autocast(precision, where):
            return _forward(model, [trees[place] for place in places], encoded)

    results: list[Any] = [None] * len(requests)
    for _, found in answers.given(
        model, queue, forward, unit="text", precision=precision,
        asked=[list(requests), token_budget], folder=folder,
    ):  # fmt: skip
        for member, each in found:
            results[member] = Likelihood(*each)
    return results


def _with_room(
    model: Any,
    trees: Sequence[Tree],
    encoded: Sequence[_Encoded],
    queue: Sequence[np.ndarray],
) -> list[np.ndarray]:
    """`queue`, with each batch halved until its logits can be at hand at once."""
    left, found = list(queue), []
    while left:
        places = left.pop(0)
        batch = [trees[place] for place in places]
        if len(places) > 1 and _logits(model, batch, encoded) > LOGITS:
            left[:0] = np.array_split(places, 2)
        else:
            found.append(places)
    return found


# ---------------------------------------------------------------------- texts to ids


def _encode(model: Any, tokenizer: Any, requests: Sequence[Request]) -> list[_Encoded]:
    """The tokens of each request, cut to what the model takes."""
    split = [_split(*request) for request in requests]
    contexts = _ids_of(tokenizer, {context for context, _ in split if context})
    wholes = _ids_of(tokenizer, {context + rest for context, rest in split})
    most = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    begin = tokenizer.bos_token_id
    if begin is None:
        begin = tokenizer.eos_token_id
    if begin is None and any(not context for context, _ in split):
        raise UserError(
            "a context is empty, and the tokenizer has no token that begins or ends a "
            "text to stand for it; give a context"
        )
    encoded = []
    for request, (context, rest) in zip(requests, split, strict=True):
        before = contexts[context] if context else [begin]
        whole = wholes[context + rest]
        targets = whole[len(before) :] if context else whole
        if not context and targets[:1] == [begin]:  # which the tokenizer adds itself
            targets = targets[1:]
        if not targets or (most and len(targets) > most):
            raise UserError(
                f"the continuation '{request.continuation[:40]}' has {len(targets)} "
                f"tokens; it is to have 1 to {most or 'as many as memory holds'}"
            )
        ids = (before + targets)[:-1]
        encoded.append(_Encoded(ids[-most:] if most else ids, targets))
    return encoded


def _split(context: str, continuation: str) -> tuple[str, str]:
    """The same two with the spaces between them in the second."""
    bare = context.rstrip()
    return bare, context[len(bare) :] + continuation


def _ids_of(tokenizer: Any, texts: set[str]) -> dict[str, list[int]]:
    ordered = sorted(texts)
    return dict(zip(ordered, tokenizer(ordered)["input_ids"])) if ordered else {}


# ------------------------------------------------------------------------ one batch


def _takes_trees(model: Any) -> bool:
    config = model.config
    masked = config._attn_implementation in ("sdpa", attention.NAME)
    return config.model_type in TREES and masked


def _logits(model: Any, trees: list[Tree], encoded: list[_Encoded]) -> int:
    """How many numbers the logits of a batch are."""
    tokens = sum(len(encoded[m].targets) for tree in trees for m in tree.members)
    return tokens * model.get_output_embeddings().weight.shape[0]


def _forward(
    model: Any, trees: list[Tree], encoded: list[_Encoded]
) -> list[tuple[int, Likelihood]]:
    """Each member of the trees and its likelihood, from one pass."""
    layouts = [prefix_trees.lay_out(t, [e.ids for e in encoded]) for t in trees]
    width = max(len(layout.ids) for layout in layouts)
    members, read, targets = [], [], []
    for row, (tree, layout) in enumerate(zip(trees, layouts, strict=True)):
        for number, member in enumerate(tree.members):
            ids, wanted = encoded[member]
            tokens = np.arange(len(ids) - len(wanted), len(ids))
            found = prefix_trees.places(layout, tree.shared, number, tokens)
            read.append(row * width + found)
            targets.append(np.array(wanted))
            members.append(member)
    where = model.device
    with _only(model, torch.from_numpy(np.concatenate(read)).to(where)):
        logits = model(**_inputs(model, layouts, width), use_cache=False).logits[0]
    wanted = torch.from_numpy(np.concatenate(targets)).to(where)
    chosen, greedy = _log_probabilities(logits, wanted)
    ends = np.cumsum([len(each) for each in targets])[:-1]
    parts = zip(members, np.split(chosen, ends), np.split(greedy, ends), strict=True)
    return [(m, Likelihood(float(v.sum()), len(v), bool(g.all()))) for m, v, g in parts]


def _inputs(model: Any, layouts: list, width: int) -> dict[str, Any]:
    """What the model reads of a batch of trees, or of sequences where it takes none."""
    shape = (len(layouts), width)
    ids, positions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    branches = np.full(shape, PADDING)
    for row, layout in enumerate(layouts):
        n = len(layout.ids)
        ids[row, :n], positions[row, :n] = layout.ids, layout.positions
        branches[row, :n] = layout.branches
    where = model.device
    inputs = {"input_ids": torch.from_numpy(ids).to(where)}
    if not _takes_trees(model):
        mask = torch.from_numpy(branches != PADDING).long().to(where)
        return {**inputs, "attention_mask": mask}
    inputs["position_ids"] = torch.from_numpy(positions).to(where)
    mask = torch.from_numpy(prefix_trees.visible(branches))[:, None].to(where)
    inputs["attention_mask"] = mask
    if kinds := getattr(model.config, "layer_types", None):
        steps = positions[:, None, :, None] - positions[:, None, None, :]
        near = mask & torch.from_numpy(steps < (model.config.sliding_window or width))
        masks = {"full_attention": mask, "sliding_attention": near.to(where)}
        inputs["attention_mask"] = {kind: masks[kind] for kind in set(kinds)}
    return inputs


@contextmanager
def _only(model: Any, read: torch.Tensor) -> Iterator[None]:
    """The vocabulary is scored only for the hidden states at these places of a batch.

    Before the output embeddings, so that whatever a family does to logits is done.
    """

    def select(_: Any, inputs: tuple) -> tuple:
        return (inputs[0].flatten(0, 1).index_select(0, read)[None],)

    hook = model.get_output_embeddings().register_forward_pre_hook(select)
    try:
        yield
    finally:
        hook.remove()


def _log_probabilities(
    logits: torch.Tensor, wanted: torch.Tensor
) -> tuple[np.ndarray, np.ndarray]:
    """Nats (M,) of wanted tokens (M,) in logits (M, V); whether each is greatest."""
    nats, greedy = [], []
    for some, ids in zip(logits.split(CHUNK), wanted.split(CHUNK), strict=True):
        logits = some.float()
        chosen = logits.gather(1, ids[:, None])[:, 0]
        nats.append(chosen - logits.logsumexp(dim=1))
        greedy.append(logits.argmax(dim=1) == ids)
    return torch.cat(nats).double().cpu().numpy(), torch.cat(greedy).cpu().numpy()
