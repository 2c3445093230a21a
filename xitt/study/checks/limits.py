"""What a study's model allows, known before anything trains."""

from __future__ import annotations

from collections.abc import Iterator

from xitt.errors import UserError
from xitt.study import profiles
from xitt.study.families import models
from xitt.study.profiles import Profile
from xitt.tasks import kinds, registry
from xitt.tasks.settings import parse_setting


def of_model(profile: Profile) -> None:
    """Refuse a layer or a length that the study's model does not have.

    What is not known without the network is left to the run that fetches the model.

    Raises:
        UserError: with the key, the value and what the model takes.
    """
    name, called = models.name(profile), models.CALLED[models.kind(profile)]
    shape = models.of(profile).shape(name)
    if shape is None:
        return
    if _retrieves(profile) and profile["retrieval"]["layer"] > shape.layers:
        raise UserError(
            f"retrieval.layer {profile['retrieval']['layer']}: {called} '{name}' has "
            f"layers 0 to {shape.layers}; lower it in profile {profile['name']}"
        )
    for at, length in _lengths(profile):
        if length > shape.positions:
            raise UserError(
                f"{at} {length}: {called} '{name}' takes {shape.positions} tokens at "
                f"most; lower it in profile {profile['name']}"
            )


def _retrieves(profile: Profile) -> bool:
    return not all(_trains(name) for name in profile["targets"])


def _trains(target: str) -> bool:
    return kinds.get(registry.get(target).kind).trains


def _lengths(profile: Profile) -> Iterator[tuple[str, int]]:
    """Each maximal length that a run of the study uses, with its key."""
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
