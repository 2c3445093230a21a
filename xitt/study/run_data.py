"""What a run trains on and what it is scored on."""

from __future__ import annotations

from typing import Any

from xitt.data import corpora, examples, inventory
from xitt.data.corpora import Mining
from xitt.errors import UserError
from xitt.study import data_source, profiles
from xitt.study.grid import Run, left_out
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH
from xitt.tasks.schema import Task
from xitt.tasks.settings import parse_setting

Rows = Any  # a datasets.Dataset in normalised columns, or a Mining


def prepare(study: profiles.Profile) -> None:
    """Make the study's data available: the pocket suite is written where it is missing.

    Real data is opened where it is, when a task is loaded.
    """
    if study["source"] != "pocket":
        return
    folder = data_source.source(study)
    if not folder.exists():
        from xitt.data.pocket import suite

        sizes = {k: study["pocket"][k] for k in ("train", "validation", "test")}
        suite.write(folder, seed=study["pocket"]["seed"], sizes=sizes)


def of_intermediate(run: Run) -> dict[str, dict[str, Rows]]:
    """The training rows of an intermediate run: task -> language -> rows.

    English, or with `+translated` the same number of rows spread over the profile's
    languages. With `+mlm` there is one more entry, named by the text's registry entry.
    """
    prepare(run.profile)
    setting = parse_setting(run.setting)
    spec = run.profile["intermediate"]
    found = {}
    for name in setting.tasks:
        limit = profiles.recipe(run.profile, "intermediate", name)["max_train"]
        langs = [ENGLISH]
        if setting.translated:
            langs = _wanted(spec["translated_languages"], name, run, translated=True)
            limit = -(-limit // len(langs))
        found[name] = {
            lang: rows(run, name, lang, "train", limit, setting.translated)
            for lang in langs
        }
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
    kind, spec = kinds.get(task.kind), run.profile["evaluation"]
    limits = {"validation": spec["max_validation"], "test": spec["max_test"]}
    block, key = kind.limit
    if key != "max_test" and key in run.profile[block]:
        limits = dict.fromkeys(limits, run.profile[block][key])
    parts = {}
    for split, limit in limits.items():
        have = inventory.languages(task.name, split, source)
        if split == "validation" and kind.trains:
            have = [ENGLISH] if ENGLISH in have else []
        for lang in have:
            if chosen == "all" or lang in chosen:
                parts[split, lang] = rows(run, task.name, lang, split, limit)
    if not any(split == "test" for split, _ in parts):
        raise UserError(
            f"{task.name}: no test data in the languages of '{run.profile['name']}'"
        )
    return parts


def rows(
    run: Run, task: str, lang: str, split: str, limit: int, translated: bool = False
) -> Rows:
    """The rows of a split, at most `limit`, sampled alike for every run and seed."""
    source = data_source.source(run.profile)
    if kinds.get(registry.get(task).kind).two_sides:
        corpus = corpora.load_mining(task, lang, split, source=source)
        return corpora.fewer(corpus, limit)
    return examples.load(
        task, lang, split, source=source, limit=limit, translated=translated
    )


def sizes(parts: dict[tuple[str, str], Rows]) -> dict[str, dict[str, int]]:
    """Rows by split and language; of a corpus to mine, its source sentences."""
    found: dict[str, dict[str, int]] = {}
    for (split, lang), some in parts.items():
        n = len(some.source_ids) if isinstance(some, Mining) else len(some)
        found.setdefault(split, {})[lang] = n
    return found


def described(run: Run, n_train: int, counts: dict[str, Any]) -> dict[str, Any]:
    """The `data` block of a record: source, revision, subset, and how many rows.

    What the study leaves out for want of data stands in it too.

    counts: rows used, by split and language (intermediate: by task and language).
    """
    source = data_source.source(run.profile)
    setting = parse_setting(run.setting)
    names = [run.target] if run.target else list(counts)
    notes = [
        inventory.subset_note(name, source)
        for name in ([run.target] if run.target else setting.tasks)
    ]
    if setting.translated and not run.target:
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
