"""Models by name: embedded in a wheel, from the Hub, or from a local folder.

What encoders and language models have in common: where a name leads to, what is pinned
and recorded of it, and one line for whatever cannot be read.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xitt import paths
from xitt.errors import UserError, unknown
from xitt.files import sha256, whole_folder
from xitt.models import embedded
from xitt.models.embedded import Embedded

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    # (source, revision) -> a model, whole or in outline
    Loader = Callable[[Path | str, str | None], PreTrainedModel]


class Shape(NamedTuple):
    """How deep a model is, and the most tokens that it takes."""

    layers: int
    positions: int


class Kind(NamedTuple):
    """What the models of a kind are called in errors, and which are known by name."""

    what: str
    cache: Path  # of the embedded ones
    embedded: Mapping[str, Embedded]
    suggested: Mapping[str, Shape] = {}  # Hub ids, their shapes known before a fetch


HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")
# Tokenizers that are their tokenizer.json and nothing beside it.
PLAIN_TOKENIZERS = ("PreTrainedTokenizerFast", "TokenizersBackend")


def resolve(kind: Kind, name: str | Path) -> tuple[Path | str, str | None]:
    """A folder, or a Hub id and its revision; an embedded model is fetched if missing.

    Raises UserError for a name that is none of these.
    """
    text = str(name)
    if text in kind.embedded:
        return embedded.ensure(text, kind.embedded[text], kind.cache), None
    folder = paths.typed(name)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise UserError(
                f"{kind.what} folder '{name}' has no config.json; "
                "give the folder that save_pretrained wrote"
            )
        return folder, None
    if HUB_ID.fullmatch(text) and not text.startswith("."):
        hub_id, _, revision = text.partition("@")
        return hub_id, revision or None
    if isinstance(name, Path) or "/" in text:
        raise UserError(
            f"{kind.what} folder '{name}' does not exist; give an existing folder, "
            f"a Hub id (owner/name) or one of: {', '.join(kind.embedded)}"
        )
    raise unknown(kind.what, text, [*kind.embedded, *kind.suggested])


@contextlib.contextmanager
def load_errors(kind: Kind, name: str | Path, source: Path | str) -> Iterator[None]:
    """Whatever a library says about a model that cannot be read, in one line."""
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
        elif str(name) in kind.embedded:
            mend = f"delete {source} and run again"
        else:
            mend = "write the folder anew with save_pretrained"
        lines = [*str(error).splitlines(), type(error).__name__]
        reason = next(line.strip().rstrip(".") for line in lines if line.strip())
        raise UserError(
            f"cannot load {kind.what} '{name}': {reason}; {mend}"
        ) from error


def save(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """Write a model and its tokenizer as a folder to load, all or nothing."""
    with whole_folder(folder) as temporary, quiet(bars=False):
        model.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)


def ensure(kind: Kind, name: str | Path, load_model: Loader) -> Path:
    """The folder of a model; an embedded or Hub one is fetched if missing."""
    source, revision = resolve(kind, name)
    if isinstance(source, Path):
        return source
    with load_errors(kind, name, source):
        load_model(source, revision)
        load_tokenizer(kind, name, source, revision)
        return snapshot(source, revision)


def pinned(kind: Kind, name: str | Path) -> str:
    """What decides a model's weights, for a run's key: known without fetching it.

    Of a Hub id it is the id with its revision, as the profile writes it.
    """
    if str(name) in kind.embedded:
        return f"{name}@{kind.embedded[str(name)].sha256[:16]}"
    source, _ = resolve(kind, name)
    if isinstance(source, Path):
        return f"sha256:{_weights_hash(kind, source)}"
    return str(name)


def recorded_as(kind: Kind, name: str | Path) -> str:
    """What records call a model: known without fetching it.

    Of a Hub id it is the id without its revision, of a local folder its last name.
    """
    if str(name) in kind.embedded:
        return str(name)
    source, _ = resolve(kind, name)
    return source.resolve().name if isinstance(source, Path) else source


def identity(kind: Kind, name: str | Path, outline: Loader) -> dict[str, Any]:
    """What a record says of a model: id, sha256, parameters, layers, hidden.

    id: see `recorded_as`. sha256: of the weights; for a Hub id it is the commit. An
    embedded model's identity is known without fetching it.
    outline: (source, revision) -> the model on torch's meta device.
    """
    if str(name) in kind.embedded:
        it = kind.embedded[str(name)]
        return {
            "id": str(name), "sha256": it.sha256, "parameters": it.parameters,
            "layers": it.layers, "hidden": it.hidden,
        }  # fmt: skip
    source, revision = resolve(kind, name)
    with load_errors(kind, name, source):
        model = outline(source, revision)
        if isinstance(source, Path):
            content = _weights_hash(kind, source)
        else:
            content = snapshot(source, revision).name
        return {
            "id": recorded_as(kind, name),
            "sha256": content,
            "parameters": sum(p.numel() for p in model.parameters()),
            "layers": model.config.num_hidden_layers,
            "hidden": model.config.hidden_size,
        }


def shape(kind: Kind, name: str | Path) -> Shape | None:
    """The shape of a model without loading or fetching it; None where unknown."""
    if str(name) in kind.embedded:
        it = kind.embedded[str(name)]
        return Shape(it.layers, it.positions)
    source, revision = resolve(kind, name)
    if not isinstance(source, Path):
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(source, "config.json", revision=revision)
        if not isinstance(cached, str):
            return kind.suggested.get(source)
        source = Path(cached).parent
    from transformers import AutoConfig

    with load_errors(kind, name, source), quiet(bars=False):
        config = AutoConfig.from_pretrained(source).get_text_config()
    told = []
    for field in ("num_hidden_layers", "max_position_embeddings"):
        value = getattr(config, field, None)  # by whatever name the family writes it
        if not isinstance(value, int) or value < 1:
            raise UserError(
                f"{kind.what} '{name}': a {config.model_type} has no {field}; choose a "
                f"model of fixed depth and length"
            )
        told.append(value)
    layers, positions = told
    if "roberta" in config.model_type:  # counts on from the padding
        positions -= config.pad_token_id + 1
    return Shape(layers, positions)


def snapshot(hub_id: str, revision: str | None) -> Path:
    """The cached folder of a Hub id of which a file was just read; named by commit."""
    from huggingface_hub import try_to_load_from_cache

    return Path(try_to_load_from_cache(hub_id, "config.json", revision=revision)).parent


def pretrained(auto: Any, source: Path | str, revision: str | None, **options: Any):
    """`auto.from_pretrained` in float32 and silence; refused where weights lack."""
    import torch

    # What matters in the report is checked here; bars are for downloads.
    with quiet(bars=isinstance(source, str)):
        model, report = auto.from_pretrained(
            source, revision=revision, dtype=torch.float32,
            output_loading_info=True, **options,
        )  # fmt: skip
    if report["missing_keys"]:
        raise ValueError(
            f"{len(report['missing_keys'])} weights are missing, "
            f"among them {min(report['missing_keys'])}"
        )
    return model


def load_tokenizer(
    kind: Kind, name: str | Path, source: Path | str, revision: str | None
) -> PreTrainedTokenizerFast:
    """As AutoTokenizer, which reads a plain tokenizer.json four times instead of one.

    With 250,000 pieces that is half of the time. Raises UserError for a slow one.
    """
    from transformers import AutoTokenizer

    file, settings_file = (
        Path(source) / name for name in ("tokenizer.json", "tokenizer_config.json")
    )
    if file.is_file() and settings_file.is_file():
        settings = settings_file.read_text("utf-8")
        if json.loads(settings).get("tokenizer_class") in PLAIN_TOKENIZERS:
            return _plain_tokenizer(str(file), file.stat().st_mtime_ns, settings)
    tokenizer = AutoTokenizer.from_pretrained(source, revision=revision)
    if not tokenizer.is_fast:
        raise UserError(
            f"{kind.what} '{name}' has no fast tokenizer; choose one that has"
        )
    return tokenizer


@lru_cache(maxsize=1)
def _plain_tokenizer(file: str, changed: int, settings: str) -> PreTrainedTokenizerFast:
    """Read once for all the targets of a notebook; `changed` makes the cache forget."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(tokenizer_file=file, **json.loads(settings))


@contextlib.contextmanager
def quiet(bars: bool) -> Iterator[None]:
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


def _weights_hash(kind: Kind, folder: Path) -> str:
    """SHA-256 of a checkpoint's weights; of its parts' hashes where it has several."""
    files = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    if not files:
        raise UserError(
            f"{kind.what} folder '{folder}' holds no weights (*.safetensors or *.bin); "
            "give the folder that save_pretrained wrote"
        )
    hashes = [sha256(file) for file in files]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()
