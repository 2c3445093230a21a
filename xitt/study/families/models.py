"""Which model a study has, and the module that loads and names its kind."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from xitt.models import causal, encoders

MODELS = {"encoder": encoders, "causal": causal}  # by the key of a profile
CALLED = {"encoder": "encoder", "causal": "language model"}


def kind(profile: dict[str, Any]) -> str:
    """`encoder` or `causal`: the one of the two that the profile names."""
    return next(key for key in MODELS if key in profile)


def name(profile: dict[str, Any]) -> str:
    """The name of the study's model."""
    return profile[kind(profile)]


def recorded_as(profile: dict[str, Any]) -> str:
    """What records call the study's model: its `id` there."""
    return of(profile).recorded_as(name(profile))


def of(profile: dict[str, Any]) -> ModuleType:
    """The study's model's module: load, save, pinned, recorded_as, identity, shape."""
    return MODELS[kind(profile)]
