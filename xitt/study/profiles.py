"""A study as data: the YAML files in notebooks/profiles, checked before use."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
import yaml

from xitt import paths
from xitt.errors import UserError, unknown
from xitt.study.checks import consistency
from xitt.tasks import kinds, registry
from xitt.tasks.settings import parse_setting

Profile = dict[str, Any]

# What `load` adds to the file's keys.
ADDED = ("name", "origin", "base_records")
# What a profile that extends another does not take from it: it asks something else.
ASKED_ONCE = (
    *("curves", "sweep", "language_models", "perturbed", "keep_models"),
    "repeat",  # names settings of its own
)
FRACTIONS = ("lr", "warmup_share", "clip", "adam_eps", "weight_decay", "share",
             "checkpoint_seconds", "margin", "dropout", "strengths", "strength",
             "rates")  # fmt: skip


def names() -> list[str]:
    """The profiles that can be loaded by name."""
    return sorted(path.stem for path in paths.PROFILES.glob("*.yaml"))


def load(name: str) -> Profile:
    """The profile `name`, checked; `name` and `origin` (what loads it again) added.

    A path to a YAML file works too, and is named by its stem. One that `extends`
    another says what differs, key by key inside blocks; `base_records` is added, where
    the records stand of the one that all the others extend: what is recorded there is
    not made again. Profiles of one `runs` keep trained models in one folder.

    Raises:
        UserError: for an unknown profile, key, task or a value of the wrong type.
    """
    path = _path(str(name))
    value = check(_extended(path), path.name)
    consistency.check_named(value, path.name)
    known = path == paths.PROFILES / f"{path.stem}.yaml"
    origin = path.stem if known else str(path.resolve())
    return {"name": path.stem, "origin": origin, **value}


def _extended(path: Path, by: tuple[Path, ...] = ()) -> Any:
    """What a profile's file says, over what the one says that it extends."""
    if path in by:
        raise UserError(f"{by[0].name} extends itself; name another profile")
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path.name} is not YAML: {' '.join(str(error).split())}"
        ) from error
    except OSError as error:
        raise UserError(f"cannot read profile {path}: {error.strerror}") from error
    if not isinstance(value, dict) or "extends" not in value:
        return value
    below = _path(str(value["extends"]))
    base = _extended(below, (*by, path))
    if not isinstance(base, dict):
        return base
    base = {key: base[key] for key in base if key not in ASKED_ONCE}
    lent = base.get("base_records", base.get("records"))
    return _over(base, value) | {"base_records": lent}


def _over(base: Any, own: Any) -> Any:
    """`own`, and of `base` what it does not say; blocks are merged, lists replaced."""
    if not (isinstance(base, dict) and isinstance(own, dict)):
        return own
    return base | {key: _over(base.get(key), value) for key, value in own.items()}


def _path(name: str) -> Path:
    """The file of a profile: a name in notebooks/profiles, or a typed path."""
    if Path(name).suffix in (".yaml", ".yml"):
        path = paths.typed(name)
        if not path.exists():
            raise UserError(f"no profile file '{name}' in {path.parent}")
        return path
    path = paths.PROFILES / f"{name}.yaml"
    if not path.exists():
        raise unknown("profile", name, names())
    return path


@cache
def _validate() -> Callable[[Any], None]:
    schema = Path(__file__).with_name("profile.schema.json")
    return fastjsonschema.compile(json.loads(schema.read_text(encoding="utf-8")))


def check(value: Any, where: str) -> Profile:
    """The profile `value` in the form that keys are made of; `where` names it.

    A whole number written as 13.0 is 13, and a setting's suffixes have one order.

    Raises:
        UserError: for a key, value or combination that no run can use, in one line.
    """
    if not isinstance(value, dict):
        raise UserError(f"{where}: a profile is a mapping of keys, not {value!r}")
    added = {key: value[key] for key in ADDED if key in value}
    value = {key: item for key, item in value.items() if key not in ADDED}
    try:
        _validate()(value)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _readable(error, where) from error
    value = _whole(value)
    value["intermediates"] = _settings(value["intermediates"], where)
    if "repeat" in value:
        again = _settings(value["repeat"]["settings"], where)
        value["repeat"] = {**value["repeat"], "settings": again}
    for target in value["targets"]:
        if registry.get(target).phase != "target":
            raise UserError(
                f"{where}: '{target}' is not a target task; "
                f"known: {', '.join(registry.names('target'))}"
            )
    for name in value["tasks"]:
        registry.get(name)
    consistency.check(value, where)
    return {**added, **value}


def _whole(value: Any, key: str = "") -> Any:
    """`value` with whole numbers as such where no fraction is meant."""
    if isinstance(value, dict):
        return {name: _whole(item, key if key in FRACTIONS else name)
                for name, item in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [_whole(item, key) for item in value]
    return int(value) if isinstance(value, float) and key not in FRACTIONS else value


def _settings(texts: list[str], where: str) -> list[str]:
    names = [parse_setting(text).name for text in texts]
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"{where}: the setting '{name}' is there twice; name it once"
            )
    return names


def _readable(error: fastjsonschema.JsonSchemaValueException, where: str) -> UserError:
    """One line that names the key, the value and the mend."""
    at = ".".join(str(part) for part in error.path[1:])
    if error.rule == "additionalProperties" and isinstance(error.value, dict):
        known = error.definition.get("properties", {})
        extra = sorted(set(error.value) - set(known))[0]
        prefix = f"{at}." if at else ""
        names = [f"{prefix}{key}" for key in known]
        return unknown(f"key in {where}:", f"{prefix}{extra}", names)
    if error.rule == "required":
        lacking = [key for key in error.rule_definition if key not in error.value]
        return UserError(f"{where}: {at or 'the profile'} lacks the key '{lacking[0]}'")
    if error.rule == "uniqueItems":
        twice = next(each for each in error.value if error.value.count(each) > 1)
        return UserError(f"{where}: {at} has {twice!r} twice; name it once")
    if error.rule == "anyOf":  # of languages
        return UserError(
            f"{where}: {at} must be all or a list of codes such as [en, 'no'], each "
            f"once and as text, not {error.value!r}"
        )
    rule = error.message.removeprefix(error.name)
    return UserError(f"{where}: {at}{rule}, not {error.value!r}{_mend(error)}")


def _mend(error: fastjsonschema.JsonSchemaValueException) -> str:
    """What helps against YAML's own reading of a value: 1e-4 is text, no is false."""
    wanted, value = error.definition.get("type"), error.value
    if wanted == "string" and not isinstance(value, (dict, list)):
        return "; put it into quotes"
    if wanted in ("number", "integer") and isinstance(value, str):
        try:
            return f"; YAML reads it as text, write {float(value)!r}" * bool(value)
        except ValueError:
            return ""
    return ""


def folder(profile: Profile, which: str) -> Path:
    """Where this study's `records`, `figures` or `paper` stand."""
    return paths.ROOT / Path(profile[which]).expanduser()


def runs_folder(profile: Profile) -> Path:
    """Where executed notebooks, checkpoints and predictions stand (not tracked)."""
    return paths.RUNS / profile.get("runs", profile["name"])


def recipe(profile: Profile, phase: str, task: str) -> dict[str, Any]:
    """How `task` is trained in `phase`: the phase's recipe, then the task's own.

    Returns lr, epochs, batch, max_train (0: all), max_length (pieces), doc_stride.
    """
    merged = {
        "doc_stride": 64,
        **profile[phase]["recipe"],
        **profile["tasks"].get(task, {}),
    }
    merged.pop("max_test", None)  # of what is scored, see `evaluation`
    needed = ("lr", "epochs", "batch", "max_train", "max_length")
    missing = [key for key in needed if key not in merged]
    if missing:
        raise UserError(
            f"profile {profile['name']}: no {missing[0]} for {task}; "
            f"set it under {phase}.recipe or tasks.{task}"
        )
    return merged


def evaluation(profile: Profile, task: str) -> dict[str, Any]:
    """How `task` is scored: as the study says, with the task's own `max_test`.

    That stands above what the study says of all tasks of its kind.
    """
    found, own = dict(profile["evaluation"]), profile["tasks"].get(task, {})
    if "max_test" in own:
        found.pop(kinds.get(registry.get(task).kind).limit[1], None)
        found["max_test"] = own["max_test"]
    return found


def limits(profile: Profile, target: str) -> dict[str, int]:
    """The most rows of a target's splits that are scored, in a language; 0: all."""
    spec = evaluation(profile, target)
    block, key = kinds.get(registry.get(target).kind).limit
    own = spec if block == "evaluation" else profile[block]
    if key != "max_test" and key in own:
        return dict.fromkeys(("validation", "test"), own[key])
    return {"validation": spec["max_validation"], "test": spec["max_test"]}
