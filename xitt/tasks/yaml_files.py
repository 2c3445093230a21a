"""YAML files that hold data of the project: read, and their keys checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from xitt.errors import UserError, unknown


def read(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds; a UserError names a file that is none."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as quick
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} is not YAML: {' '.join(str(error).split())}"
        ) from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    if not isinstance(raw, dict):
        raise UserError(f"{path} is a mapping of keys, not {raw!r:.40}")
    return raw


def check(
    entry: Any, known: Mapping[str, type], required: tuple[str, ...], where: str
) -> None:
    """Raise a UserError that names `where` and the key that is unknown or missing."""
    if not isinstance(entry, dict):
        raise UserError(f"{where} is a mapping of keys, not {entry!r}")
    for key, value in entry.items():
        if key not in known:
            raise unknown(f"key in {where}:", key, known)
        if not isinstance(value, known[key]):
            raise UserError(
                f"{where}: '{key}' is a {known[key].__name__}, not {value!r}"
            )
    for key in required:
        if key not in entry:
            raise UserError(f"{where} lacks the key '{key}'")
