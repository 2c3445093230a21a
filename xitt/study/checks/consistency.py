"""Which values of a profile go together: what its schema, key by key, cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from xitt.data.perturbations import named
from xitt.errors import UserError
from xitt.tasks import kinds, registry
from xitt.tasks.settings import parse_setting, perturbed_setting

# What names settings and targets of the grid: a block, its key, the grid's key.
NAMED = (
    ("repeat", "settings", "intermediates"),
    ("perturbed", "settings", "intermediates"),
    ("perturbed", "targets", "targets"),
)


def check(profile: dict[str, Any], where: str) -> None:
    """Refuse values that no run can use together; `where` names the profile.

    Raises:
        UserError: with the key, the value and the mend.
    """
    for at, value in _leaves(profile):
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"{where}: {at} must be a finite number, not {value}")
    _model(profile, where)
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
    _own_limits(profile["tasks"], where)
    if "perturbed" in profile:
        _perturbed(profile, where)


def check_named(profile: dict[str, Any], where: str) -> None:
    """Refuse settings and targets that a study names and that its grid has not.

    Of a whole study; one that a command narrows names more than it runs.

    Raises:
        UserError: with the key, the value and the mend.
    """
    for block, key, grid in NAMED:
        for text in profile.get(block, {}).get(key, ()):
            if (name := _in_grid(grid, text)) not in profile[grid]:
                raise UserError(
                    f"{where}: {block}.{key} has '{name}', which {grid} has not; add "
                    f"it there, or leave it out here"
                )


def of_its_grid(profile: dict[str, Any]) -> dict[str, Any]:
    """A narrowed study of the same runs that names nothing else than what it runs."""
    made = dict(profile)
    for block, key, grid in NAMED:
        if block in made:
            kept = [
                name for name in made[block][key] if _in_grid(grid, name) in made[grid]
            ]
            made[block] = {**made[block], key: kept}
            if not kept:
                del made[block]
    return made


def _in_grid(grid: str, name: str) -> str:
    """What a grid has to have for a name: a target, or the encoders of a setting."""
    if grid == "intermediates":
        return parse_setting(perturbed_setting(name)[0]).name
    return name


def _perturbed(profile: dict[str, Any], where: str) -> None:
    """Targets that are fine-tuned, perturbations that exist, what baselines need."""
    spec = profile["perturbed"]
    if "causal" in profile:
        raise UserError(f"{where}: perturbed is of encoders; leave it out with causal")
    for name in (*spec["strengths"], *spec.get("training", {}).get("noise", ())):
        named.get(name)
    for name in spec["targets"]:
        if not kinds.get(registry.get(name).kind).trains:
            raise UserError(
                f"{where}: perturbed.targets '{name}' is not fine-tuned; leave it out"
            )
    for lang in spec.get("switching", {}).get("into", ()):
        registry.language(lang)
    if other := set(spec.get("seeds", ())) - set(profile["seeds"]):
        raise UserError(
            f"{where}: perturbed.seeds has {min(other)}, with which no model is "
            f"fine-tuned; seeds has {', '.join(map(str, profile['seeds']))}"
        )
    for setting in spec["settings"]:
        base, own = perturbed_setting(setting)
        parse_setting(base)
        needed = {"noised": "training", "switched": "switching"}.get(own)
        if needed and needed not in spec:
            raise UserError(f"{where}: '{setting}' needs the key perturbed.{needed}")


def _model(profile: dict[str, Any], where: str) -> None:
    """One model: an encoder, or a causal language model and how it is tuned."""
    if ("encoder" in profile) == ("causal" in profile):
        raise UserError(f"{where}: a study has one model; name encoder or causal")
    causal, tuning = "causal" in profile, profile.get("tuning")
    if causal != (tuning is not None):
        mend = "set it to {method: full}, or to lora with rank, alpha and dropout"
        raise UserError(
            f"{where}: causal needs the key 'tuning'; {mend}"
            if causal else f"{where}: an encoder is trained whole; leave out 'tuning'"
        )  # fmt: skip
    _targets(profile, where)
    if not causal:
        return
    adapters = {"rank", "alpha", "dropout"}
    for key in sorted(adapters.symmetric_difference(tuning) - {"method"}):
        if tuning["method"] == "lora":
            raise UserError(f"{where}: tuning.method lora needs tuning.{key}")
    if tuning["method"] == "full" and (extra := adapters.intersection(tuning)):
        raise UserError(
            f"{where}: tuning.{min(extra)} is of adapters; leave it out, or set "
            f"tuning.method to lora"
        )
    for setting in profile["intermediates"]:
        if parse_setting(setting).mlm:
            raise UserError(
                f"{where}: the setting '{setting}' masks words, and a causal model "
                f"reads none after them; leave out +mlm"
            )


def _targets(profile: dict[str, Any], where: str) -> None:
    """Whether a study's model can do its targets: one with a head, one in words."""
    causal = "causal" in profile
    if causal != ("asked" in profile):
        raise UserError(
            f"{where}: causal needs the key 'asked', how targets are asked"
            if causal else f"{where}: an encoder is asked nothing; leave out 'asked'"
        )  # fmt: skip
    for name in profile["targets"]:
        kind = kinds.get(registry.get(name).kind)
        able = "score" if causal else "head"
        if not (kind.retrieves or able in kind.functions):
            does = "is asked in words" if causal else "has a head to train"
            raise UserError(
                f"{where}: the target {name} is none that {does}; leave it out, or "
                f"name {'an encoder' if causal else 'a causal language model'}"
            )
    for name in profile["target"].get("tuned", ()):
        if not causal:
            raise UserError(f"{where}: target.tuned is of causal models; leave it out")
        if name not in profile["targets"]:
            raise UserError(
                f"{where}: target.tuned has '{name}', which is none of the targets"
            )


def _own_limits(tasks: dict[str, dict[str, Any]], where: str) -> None:
    """A number of rows of its own is of targets that are not retrieved."""
    for name, own in tasks.items():
        block, key = kinds.get(registry.get(name).kind).limit
        if "max_test" in own and block != "evaluation":
            raise UserError(
                f"{where}: tasks.{name}.max_test {own['max_test']} cuts nothing: what "
                f"is retrieved is cut by {block}.{key}; leave it out"
            )


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
