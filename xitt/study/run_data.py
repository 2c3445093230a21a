"""What a run trains on and what it is scored on."""

from __future__ import annotations

from typing import Any, NamedTuple

from xitt.data import corpora, examples, inventory, translations
from xitt.data.corpora import Mining
from xitt.errors import UserError
from xitt.scoring import evaluation
from xitt.study import data_source, profiles
from xitt.study.grid import available, left_out
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task
from xitt.tasks.settings import parse_setting, perturbed_setting

Rows = Any  # a datasets.Dataset in normalised columns, or a Mining


class Material(NamedTuple):
    """What a run trains on, and what it is scored on."""

    train: dict[str, dict[str, Rows]]  # task -> language -> rows
    scored: dict[str, dict[evaluation.Part, Rows]]  # task -> (split, language) -> rows


def prepare(study: profiles.Profile) -> None:
    """Make the study's data available: the pocket suite is written where it is missing.

    Real data is opened where it is, when a task is loaded.

    Raises:
        UserError: for a target without test data in the languages of the study.
    """
    source = data_source.source(study)
    if study["source"] == "pocket":
        from xitt.data.pocket import suite

        sizes = {k: study["pocket"][k] for k in ("train", "validation", "test")}
        if not suite.complete(source):
            suite.write(source, seed=study["pocket"]["seed"], sizes=sizes)
    if study["languages"] == "all":
        return
    for target in available(study)["targets"]:
        have = inventory.languages(target, "test", source)
        if not set(have) & set(study["languages"]):
            raise UserError(
                f"{target}: no test data in the languages {study['languages']} of "
                f"'{study['name']}'; it has {', '.join(have) or 'none'}"
            )


def check(run: Run, train: dict[str, dict[str, Rows]] | None = None) -> Material:
    """Everything that a run trains on and is scored on, read and found usable.

    A phase begins with it, so that no training is lost to what is known beforehand.
    train: what `of_intermediate(run)` gives, where it is at hand already.

    Raises:
        UserError: for what cannot be read, trained on or scored; it names the file.
    """
    prepare(run.profile)
    if run.target:
        task = registry.get(run.target)
        trains = "recipe" in run.params
        train = {task.name: {ENGLISH: of_training(run)}} if trains else {}
        scored = {task.name: of_target(run, task)}
    else:
        train = train or of_intermediate(run)
        limit = run.params["validation"]["max_validation"]
        part = ("validation", ENGLISH)
        scored = {
            name: {part: rows(run, name, ENGLISH, "validation", limit)}
            for name in parse_setting(run.setting).tasks
        }
    for name, parts in scored.items():
        if "tokenise" in kinds.get(registry.get(name).kind).functions:
            labels = examples.labels(name, data_source.source(run.profile))
            evaluation.check(registry.get(name), labels, parts)
    return Material(train, scored)


def of_training(run: Run) -> Rows:
    """The English rows that a target run is fine-tuned on."""
    return rows(run, run.target, ENGLISH, "train", run.params["recipe"]["max_train"])


def of_intermediate(run: Run) -> dict[str, dict[str, Rows]]:
    """The training rows of an intermediate run: task -> language -> rows.

    English, or with `+translated` the same rows shared out over the profile's
    languages, or all of them in the language of `TASK@LANG`. With `+mlm` there is one
    more entry, named by the text's registry entry.
    """
    prepare(run.profile)
    setting = parse_setting(run.setting)
    spec = run.profile["intermediate"]
    found = {}
    for name in setting.tasks:
        limit = profiles.recipe(run.profile, "intermediate", name)["max_train"]
        if setting.translated:
            langs = _wanted(spec["translated_languages"], name, run, translated=True)
            source = data_source.source(run.profile)
            found[name] = translations.load(name, langs, source=source, limit=limit)
        elif setting.lang:
            source = data_source.source(run.profile)
            if setting.lang != ENGLISH:
                _wanted([setting.lang], name, run, translated=True)
            rows_of = translations.alone(name, setting.lang, source=source, limit=limit)
            found[name] = {setting.lang: rows_of}
        else:
            found[name] = {ENGLISH: rows(run, name, ENGLISH, "train", limit)}
    if setting.mlm:
        mlm = spec["mlm"]
        found[mlm["text"]] = {
            lang: rows(run, mlm["text"], lang, "train", mlm["max_train"])
            for lang in _wanted(mlm["languages"], mlm["text"], run)
        }
    return found


def _wanted(languages: Any, name: str, run: Run, translated: bool = False) -> list[str]:
    """Those of the profile's languages in which the task has training data."""
    have = inventory.languages(
        name, "train", data_source.source(run.profile), translated
    )
    wanted = (
        have if languages == "all" else [lang for lang in languages if lang in have]
    )
    wanted = [lang for lang in wanted if lang != ENGLISH or not translated]
    if not wanted:
        what = "translated training data" if translated else "text"
        raise UserError(
            f"{run.setting}: no {what} of {name} in {languages}; leave it out"
        )
    return wanted


def of_target(run: Run, task: Task) -> dict[tuple[str, str], Rows]:
    """The rows to score, by (split, language).

    Every language's test split; and the validation split, on which models are chosen.
    That is English for a task with training data, since another language's labels
    would not be zero-shot; for retrieval it is every language, as in XTREME.

    Raises:
        UserError: where no language of the profile has test data.
    """
    source, chosen = data_source.source(run.profile), run.profile["languages"]
    kind, parts = kinds.get(task.kind), {}
    for split, limit in profiles.limits(run.profile, task.name).items():
        have = inventory.languages(task.name, split, source)
        if split == "validation" and "asked" in run.params:
            have = []  # nothing is chosen on it
        if split == "validation" and kind.trains:
            have = [ENGLISH] if ENGLISH in have else []
        for lang in have:
            if chosen == "all" or lang in chosen:
                parts[split, lang] = rows(run, task.name, lang, split, limit)
    if not any(split == "test" for split, _ in parts):
        raise UserError(
            f"{task.name}: no test data in the languages of '{run.profile['name']}'"
        )
    if kind.two_sides:
        _refuse_untuned(task, parts)
    return parts


def _refuse_untuned(task: Task, parts: dict[tuple[str, str], Rows]) -> None:
    """Mining tunes its threshold on a language's validation data."""
    for lang in sorted({lang for _, lang in parts}):
        for split, other in (("validation", "test"), ("test", "validation")):
            if (split, lang) not in parts:
                raise UserError(
                    f"{task.name} has {other} data in '{lang}' and no {split} data; "
                    f"complete the files, or leave the language out"
                )


def rows(run: Run, task: str, lang: str, split: str, limit: int) -> Rows:
    """The rows of a split, at most `limit`, sampled alike for every run and seed."""
    source = data_source.source(run.profile)
    if kinds.get(registry.get(task).kind).two_sides:
        corpus = corpora.load_mining(task, lang, split, source=source)
        return corpora.fewer(corpus, limit)
    return examples.load(task, lang, split, source=source, limit=limit)


def sizes(parts: dict[tuple[str, str], Rows]) -> dict[str, dict[str, int]]:
    """Rows by split and language; of a corpus to mine, its source sentences."""
    found: dict[str, dict[str, int]] = {}
    for (split, lang), some in parts.items():
        n = len(some.source_ids) if isinstance(some, Mining) else len(some)
        found.setdefault(split, {})[lang] = n
    return found


def described(run: Run, n_train: int, counts: dict[str, Any]) -> dict[str, Any]:
    """What a record says of its data: source, revision, subset, and how many rows.

    What the study leaves out for want of data stands in it too.

    counts: rows used, by split and language (intermediate: by task and language).
    """
    source = data_source.source(run.profile)
    setting = parse_setting(perturbed_setting(run.setting)[0])
    names = [run.target] if run.target else list(counts)
    notes = [
        inventory.subset_note(name, source)
        for name in ([run.target] if run.target else setting.tasks)
    ]
    if setting.reads_translations and not run.target:
        notes += _translators(counts, source)
    absent = left_out(run.profile)
    return {
        **({"left_out": list(absent)} if absent else {}),
        "source": data_source.source_name(run.profile, *names),
        "revision": run.params["data"],
        "subset": "; ".join(note for note in notes if note),
        "n_train": n_train,
        "counts": counts,
    }


def _translators(counts: dict[str, dict[str, int]], source: Any) -> list[str]:
    """Which model translated what of the rows `counts`, by task and language."""
    notes = []
    for name, langs in counts.items():
        models: dict[str, list[str]] = {}
        for lang in langs:
            if model := inventory.translator(name, lang, source):
                models.setdefault(model, []).append(lang)
        notes += [f"{name} in {', '.join(some)} translated by {model}"
                  for model, some in models.items()]  # fmt: skip
    return notes
