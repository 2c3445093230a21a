"""The grid of a study: which runs there are, which are recorded, which are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xitt.errors import UserError, unknown
from xitt.study import data_source, profiles
from xitt.study.families import asking, models
from xitt.study.profiles import Profile
from xitt.study.run import Run
from xitt.tasks import kinds, registry, verbalisation
from xitt.tasks.registry import ENGLISH
from xitt.tasks.settings import Setting, listed, parse_setting, perturbed_setting
from xitt.training.hyperparameters import INDIFFERENT


def intermediate(profile: Profile, setting: str, seed: int) -> Run | None:
    """The run that trains the encoder of `setting`; None for `none`."""
    chosen = parse_setting(setting)
    setting = chosen.name  # in which a setting's suffixes have one order
    if not chosen.tasks and not chosen.mlm:
        return None
    spec = profile["intermediate"]
    reads = (*chosen.tasks, *([spec["mlm"]["text"]] if chosen.mlm else []))
    if chosen.lang == ENGLISH:
        reads += data_source.beside(profile, *chosen.tasks)
    params: dict[str, Any] = {
        **_common(profile, seed),
        "phase": "intermediate",
        "setting": setting,
        "recipes": {t: _recipe(profile, t) for t in chosen.tasks},
        "training": _training(profile),
        "validation": {"max_validation": profile["evaluation"]["max_validation"]},
        "data": data_source.revision(
            profile, *reads, translated=chosen.reads_translations
        ),
    }
    if len(chosen.tasks) > 1:
        params["multi_cap"] = spec["multi_cap"]
        params["recipe"] = _recipe(profile, "")
    if chosen.mlm:
        params["mlm"] = spec["mlm"]
    if chosen.translated:
        params["translated_languages"] = spec["translated_languages"]
    params |= _said(profile, chosen.tasks, (chosen.lang or ENGLISH, ENGLISH),
                    whole=chosen.translated)  # fmt: skip
    params |= _mended(chosen)
    return Run(profile, "intermediate", setting, None, seed, params)


def _mended(setting: Setting) -> dict[str, str]:
    """What changed in how these runs read their data, and no other ones.

    It is part of their keys, so that records from before are those of other runs.
    """
    changed = {}
    if setting.translated:
        changed["translated_rows"] = "one English sample, shared out"
    for part in (part for name in setting.tasks for part in registry.get(name).parts):
        if "choices" in part.columns and isinstance(part.columns["text_a"], list):
            changed["long_text_before_choices"] = "loses its beginning"
    return changed


def target(profile: Profile, setting: str, name: str, seed: int) -> Run:
    """The run that fine-tunes `setting`'s encoder on target `name` and scores it."""
    name, setting = name.strip(), parse_setting(setting).name
    task = registry.get(name)
    if task.phase != "target":
        raise unknown("target", name, registry.names("target"))
    params: dict[str, Any] = {
        **_common(profile, seed),
        "phase": "target",
        "setting": setting,
        "target": name,
        "languages": profile["languages"],
        "evaluation": profiles.evaluation(profile, name),
        "data": data_source.revision(profile, name),
    }
    asked = models.kind(profile) == "causal" and not kinds.get(task.kind).retrieves
    if kinds.get(task.kind).retrieves:
        params["retrieval"] = profile["retrieval"]
    elif not asked or asking.tunes(profile, task):
        params["recipe"] = profiles.recipe(profile, "target", name)
        params["training"] = _training(profile)
        params |= _said(profile, [name], [ENGLISH])
    if asked:
        params |= asking.params(profile, task)
        if "recipe" not in params:
            del params["tuning"]  # of the parent, in its key
    return Run(profile, "target", setting, name, seed, params,
               intermediate(profile, setting, seed))  # fmt: skip


def perturbed(profile: Profile, setting: str, name: str, seed: int) -> Run:
    """The run that scores a target run's model on perturbed input.

    `SETTING+noised` and `SETTING+switched` are of a model that was fine-tuned like that
    of SETTING, on noisy or on code-switched English.
    """
    base, own = perturbed_setting(setting)
    parent, spec = target(profile, base, name, seed), profile["perturbed"]
    params: dict[str, Any] = {
        **{"seed": seed, "phase": "perturbed", "target": parent.target},
        "setting": parent.setting + (f"+{own}" if own else ""),
        "strengths": spec["strengths"],
        "max_test": spec["max_test"],
    }
    _, key = kinds.get(registry.get(name).kind).limit
    if key in spec:
        params[key] = spec[key]
    read = data_source.variants(profile, name) if spec.get("variants") else []
    if read:
        params["variants"] = read
    if "switching" in spec:
        params["switching"] = spec["switching"]
        read = [*read, *data_source.dictionary(profile)]
    if own:
        params["trained_on"] = own
        params |= {"noise": spec["training"]} if own == "noised" else {}
    params["data"] = data_source.revision(profile, name, *read)
    return Run(profile, "perturbed", params["setting"], name, seed, params, parent)


def _perturbed_runs(there: Profile) -> list[Run]:
    """The perturbed runs of a study, of the settings and targets of its grid."""
    there = _switchable(there)
    return [run for cell in cells(there) for run in _perturbed_of(there, *cell)]


def awaited(run: Run) -> list[Run]:
    """The perturbed runs without a record that need the model of a target run."""
    study = _switchable(run.profile)
    return [
        other
        for other in _perturbed_of(study, run.setting, run.seed)
        if other.trained_on == "clean"
        and not other.done
        and other.parent.training_key == run.training_key
    ]


def _perturbed_of(study: Profile, base: str, seed: int) -> list[Run]:
    """The runs on perturbed input whose encoders are those of setting `base`."""
    spec = study.get("perturbed", {"settings": [], "targets": []})
    if seed not in spec.get("seeds", [seed]):
        return []
    return [
        perturbed(study, setting, name, seed)
        for setting in spec["settings"]
        if parse_setting(perturbed_setting(setting)[0]).name == base
        for name in spec["targets"]
        if name in study["targets"]
    ]


def _switchable(study: Profile) -> Profile:
    """The study; without its dictionaries one that does not ask to switch words."""
    spec = study.get("perturbed", {})
    if "switching" not in spec or not data_source.lacking(
        study, *data_source.dictionary(study)
    ):
        return study
    left = {key: value for key, value in spec.items() if key != "switching"}
    left["settings"] = [name for name in spec["settings"] if "+switched" not in name]
    return {**study, "perturbed": left}


def _recipe(profile: Profile, task: str) -> dict[str, Any]:
    return profiles.recipe(profile, "intermediate", task)


def _common(profile: Profile, seed: int) -> dict[str, Any]:
    pinned = models.of(profile).pinned(models.name(profile))
    tuning = {"tuning": profile["tuning"]} if "tuning" in profile else {}
    return {"seed": seed, models.kind(profile): pinned, **tuning}


def _said(
    profile: Profile, tasks: Sequence[str], langs: Sequence[str], whole: bool = False
) -> dict[str, Any]:
    """How a causal model's tasks are put into words, in some languages or in all."""
    if models.kind(profile) != "causal":
        return {}
    found = {t: verbalisation.digests(t, None if whole else langs) for t in tasks}
    return {"templates": found}


def _training(profile: Profile) -> dict[str, Any]:
    return {k: v for k, v in profile["training"].items() if k not in INDIFFERENT}


def select(
    profile: Profile, intermediates: str = "", targets: str = "", seeds: str = ""
) -> Profile:
    """The profile with its grid narrowed or widened by comma-separated lists."""
    chosen = dict(profile)
    if intermediates:
        chosen["intermediates"] = listed(intermediates)
    if targets:
        chosen["targets"] = listed(targets)
    if seeds:
        try:
            chosen["seeds"] = [int(x) for x in listed(seeds)]
            chosen.pop("repeat", None)
        except ValueError as error:
            raise UserError(f"seeds are whole numbers, not '{seeds}'") from error
        if own := chosen.get("perturbed", {}).get("seeds"):
            chosen["perturbed"] = {
                **chosen["perturbed"],
                "seeds": [seed for seed in own if seed in chosen["seeds"]],
            }
            if not chosen["perturbed"]["seeds"]:
                del chosen["perturbed"]
    return profiles.check(chosen, chosen["name"])


def runs(profile: Profile) -> list[Run]:
    """Every run of the study, intermediates before the targets that build on them.

    What needs data that people have not brought is left out, see `available`.
    """
    there = available(profile)
    chosen = cells(there)
    with data_source.unchanging():
        first = [intermediate(profile, setting, seed) for setting, seed in chosen]
        then = [
            target(profile, setting, name, seed)
            for setting, seed in chosen
            for name in there["targets"]
        ]
        then += _perturbed_runs(there)
    return [run for run in first if run] + then


def available(profile: Profile) -> Profile:
    """The study without what is left out; the keys of its runs stay what they are.

    Raises:
        UserError: where nothing is left.
    """
    absent = left_out(profile)
    there = {
        key: [name for name in profile[key] if name not in absent]
        for key in ("intermediates", "targets")
    }
    for name in absent:
        if not all(there.values()):
            raise UserError(f"nothing to run without {name}: {absent[name]}")
    return {**profile, **there}


def left_out(profile: Profile) -> dict[str, str]:
    """Settings and targets of the study whose data have to be brought, and how."""
    found = {}
    for setting in profile["intermediates"]:
        chosen = parse_setting(setting)
        text = [profile["intermediate"]["mlm"]["text"]] if chosen.mlm else []
        lacking = data_source.lacking(profile, *chosen.tasks, *text)
        for name, reason in lacking.items():
            alone = setting == name
            found[setting] = reason if alone else f"it needs {name}: {reason}"
            break
    return {**found, **data_source.lacking(profile, *profile["targets"])}


def cells(profile: Profile) -> list[tuple[str, int]]:
    """Every setting with every seed, then the repeated ones with further seeds."""
    repeat = profile.get("repeat", {"settings": [], "seeds": []})
    settings = profile["intermediates"]
    again = [setting for setting in settings if setting in repeat["settings"]]
    return [
        *((setting, seed) for seed in profile["seeds"] for setting in settings),
        *((setting, seed) for seed in repeat["seeds"] for setting in again),
    ]


def missing(profile: Profile) -> list[Run]:
    """The runs that have to be made: those without a record, and parents they need."""
    everything = runs(profile)
    starts = [run.starts_from for run in everything if not run.done]
    needed = {start.key for start in starts if start and not start.encoder.is_dir()}
    return [r for r in everything if not r.done or r.key in needed]


def groups(todo: list[Run], size: int, phase: str = "target") -> list[list[Run]]:
    """Runs of a phase, setting and seed together, at most `size` to a notebook.

    Runs that share a training stay together, even if they are more than `size`.
    """
    found: list[list[Run]] = []
    for setting, seed in dict.fromkeys((run.setting, run.seed) for run in todo):
        units: dict[str, list[Run]] = {}
        for run in todo:
            if run.phase == phase and (run.setting, run.seed) == (setting, seed):
                units.setdefault(run.training_key or run.key, []).append(run)
        group: list[Run] = []
        for unit in units.values():
            if group and len(group) + len(unit) > size:
                found.append(group)
                group = []
            group = [*group, *unit]
        found += [group] if group else []
    return found


def tasks_of(study: Profile) -> set[str]:
    """Every task that the study's grid reads."""
    names = set()
    for run in runs(study):
        names.update(
            run.params["recipes"] if run.phase == "intermediate" else [run.target]
        )
        names.update(run.params.get("variants", ()))
    return names
