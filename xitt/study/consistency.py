"""Which values of a profile go together: what its schema, key by key, cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from xitt.errors import UserError
from xitt.tasks import registry


def check(profile: dict[str, Any], where: str) -> None:
    """Refuse values that no run can use together; `where` names the profile.

    Raises:
        UserError: with the key, the value and the mend.
    """
    for at, value in _leaves(profile):
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"{where}: {at} must be a finite number, not {value}")
    training, spec = profile["training"], profile["intermediate"]
    if training["weight_decay"] and training["embeddings"] == "used":
        raise UserError(
            f"{where}: training.weight_decay {training['weight_decay']} moves rows of "
            f"embeddings that the data does not read; set training.embeddings to all"
        )
    again = set(profile["seeds"]) & set(profile.get("repeat", {}).get("seeds", ()))
    if again:
        raise UserError(
            f"{where}: repeat.seeds has {min(again)}, which seeds has; name it once"
        )
    for languages in (
        profile["languages"], spec["translated_languages"], spec["mlm"]["languages"],
    ):  # fmt: skip
        for lang in languages if languages != "all" else ():
            registry.language(lang)
    if registry.get(spec["mlm"]["text"]).kind != "text":
        raise UserError(
            f"{where}: intermediate.mlm.text '{spec['mlm']['text']}' is no text; "
            f"known: {', '.join(registry.names('text'))}"
        )
    _retrieval(profile["retrieval"], where)


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a profile with its key, `training.clip`."""
    if not isinstance(value, dict):
        yield at, value
        return
    for key, item in value.items():
        yield from _leaves(item, f"{at}.{key}".lstrip("."))


def _retrieval(options: dict[str, Any], where: str) -> None:
    """A mean over k neighbours needs more than k sentences, a choice more than one."""
    for key, least in (("max_mining", options["neighbours"] + 1), ("max_pairs", 2)):
        if 0 < options[key] < least:
            raise UserError(
                f"{where}: retrieval.{key} {options[key]} leaves too few to choose "
                f"from; set it to {least} or more, or to 0 for all"
            )
