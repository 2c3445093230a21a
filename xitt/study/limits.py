"""What is known of a study before anything trains, and would stop it or spoil it later.

The schema of profiles says what a value may be; this says which values go together, and
what the encoder and the data allow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xitt.errors import UserError
from xitt.models import encoders
from xitt.tasks import kinds, registry
from xitt.tasks.settings import parse_setting

if TYPE_CHECKING:
    from xitt.study.profiles import Profile


def together(profile: Profile, where: str) -> None:
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


def of_encoder(profile: Profile) -> None:
    """Refuse a layer or a length that the study's encoder does not have.

    What is not known without the network is left to the run that fetches the encoder.

    Raises:
        UserError: with the key, the value and what the encoder takes.
    """
    shape = encoders.shape(profile["encoder"])
    if shape is None:
        return
    name = profile["encoder"]
    if _retrieves(profile) and profile["retrieval"]["layer"] > shape.layers:
        raise UserError(
            f"retrieval.layer {profile['retrieval']['layer']}: encoder '{name}' has "
            f"layers 0 to {shape.layers}; lower it in profile {profile['name']}"
        )
    for at, length in _lengths(profile):
        if length > shape.positions:
            raise UserError(
                f"{at} {length}: encoder '{name}' takes {shape.positions} tokens at "
                f"most; lower it in profile {profile['name']}"
            )


def _retrieves(profile: Profile) -> bool:
    return not all(_trains(name) for name in profile["targets"])


def _trains(target: str) -> bool:
    return kinds.get(registry.get(target).kind).trains


def _lengths(profile: Profile) -> Iterator[tuple[str, int]]:
    """Each maximal length that a run of the study uses, with its key."""
    from xitt.study import profiles

    settings = [parse_setting(text) for text in profile["intermediates"]]
    used = [("intermediate", name) for setting in settings for name in setting.tasks]
    used += [("target", name) for name in profile["targets"] if _trains(name)]
    for phase, name in used:
        own = "max_length" in profile["tasks"].get(name, {})
        key = f"tasks.{name}.max_length" if own else f"{phase}.recipe.max_length"
        recipe = profiles.recipe(profile, phase, name)
        yield key, recipe["max_length"]
    if any(setting.mlm for setting in settings):
        yield (
            "intermediate.mlm.max_length",
            profile["intermediate"]["mlm"]["max_length"],
        )
    if _retrieves(profile):
        yield "retrieval.max_length", profile["retrieval"]["max_length"]
