"""Checkpoints of a run: written whole or not at all, refused where they do not fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from xitt import files
from xitt.errors import UserError

NAME = "checkpoint.pt"


def save(folder: Path, state: dict[str, Any]) -> None:
    """Write `state`, tensors and plain values, in place of the last one in `folder`."""
    with files.whole_file(Path(folder) / NAME) as temporary:
        torch.save(state, temporary)


def load(folder: Path, fingerprint: str) -> dict[str, Any] | None:
    """The checkpoint in `folder`, its tensors a map of the file, or None.

    Raises:
        UserError: if it belongs to another run, or cannot be read.
    """
    path = Path(folder) / NAME
    for left in Path(folder).glob(f".{NAME}.*"):  # of a run killed while writing
        left.unlink(missing_ok=True)
    if not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
        theirs = state["fingerprint"]
    except Exception as error:
        mend = "delete it and run again"
        raise UserError(f"cannot read checkpoint {path}; {mend}") from error
    if theirs != fingerprint:
        raise UserError(
            f"checkpoint {path} belongs to a run with other settings, data or weights; "
            f"finish that run, or delete the file"
        )
    return state


def clear(folder: Path) -> None:
    """Remove the checkpoint, and what a killed run left of one."""
    for path in [Path(folder) / NAME, *Path(folder).glob(f".{NAME}.*")]:
        path.unlink(missing_ok=True)


def fingerprint(
    values: dict[str, Any], arrays: Iterable[np.ndarray | torch.Tensor | None]
) -> str:
    """A hash of plain values and of the bytes of arrays: what makes a run this run."""
    digest = hashlib.blake2b(json.dumps(values, sort_keys=True).encode())
    for array in arrays:
        if isinstance(array, torch.Tensor):
            array = array.detach().cpu().numpy()
        if array is not None and array.size:
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.hexdigest()
