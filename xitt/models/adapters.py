"""Low-rank adapters beside a frozen causal language model (LoRA, arXiv 2106.09685).

`peft` makes and reads them. A run trains either these or the whole model; a trained
adapter is a folder of a few megabytes that names its model, and is loaded merged.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xitt import files
from xitt.errors import UserError

CONFIG = "adapter_config.json"


def adapted(model: Any, tuning: Mapping[str, Any], *, seed: int) -> Any:
    """A causal language model made ready to be tuned.

    tuning: method (`lora` or `full`); of `lora` the rank, alpha and dropout. Adapters
        stand beside every projection of attention and feed-forward, from `seed`, and
        nothing else has a gradient. The model itself is changed: it computes with them.

    Returns the model, or peft's wrapping of it, for `save` and `inner`.
    """
    if tuning["method"] == "full":
        return model
    import torch
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        task_type="CAUSAL_LM",
        target_modules="all-linear",  # but the output embedding
        r=tuning["rank"],
        lora_alpha=tuning["alpha"],
        lora_dropout=tuning["dropout"],
    )
    with torch.random.fork_rng(devices=[]), _quiet():
        torch.manual_seed(seed)
        return get_peft_model(model, config).eval()


def inner(model: Any) -> Any:
    """The causal language model of what `adapted` returns."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def trainable(model: Any) -> int:
    """How many parameters have a gradient."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def save(model: Any, base: str, folder: Path) -> None:
    """Write the adapters of peft's `model` to a folder, all or nothing.

    base: the name by which the model without them is loaded.
    """
    model.peft_config["default"].base_model_name_or_path = base
    with files.whole_folder(folder) as temporary:
        model.save_pretrained(temporary, save_embedding_layers=False)
        (temporary / "README.md").unlink(missing_ok=True)  # a form nobody filled in


def base_of(folder: str | Path) -> str | None:
    """The name of the model that a folder's adapters belong to; None without any."""
    path = Path(folder) / CONFIG
    if not path.is_file():
        return None
    with _load_errors(folder):
        return str(json.loads(path.read_text("utf-8"))["base_model_name_or_path"])


def merged(model: Any, folder: str | Path) -> Any:
    """`model` with the adapters of a folder added to its weights, in evaluation mode.

    Raises:
        UserError: for adapters that cannot be read, or belong to another model.
    """
    from peft import PeftModel

    with _load_errors(folder):
        with _quiet():
            both = PeftModel.from_pretrained(model, str(folder))
        return both.merge_and_unload().eval()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without a word on the name by which peft asks transformers for something."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield


@contextlib.contextmanager
def _load_errors(folder: str | Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # peft and safetensors raise nothing more special
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(". :")
        raise UserError(
            f"cannot load the adapters in '{folder}': {reason}; delete the folder and "
            f"train them again"
        ) from error
