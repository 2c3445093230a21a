"""The perturbed test sets of a run, each beside the clean rows that it is compared to.

Rows are perturbed alike for every setting and seed, as they are sampled alike: a gain
is then that of the same items. Names of variants: `keyboard@0.1`; `switched@0.5`, words
of English in each language; `english-switched@0.5`, words of each language in English
(in `en` those of all); `two-languages`, the second text in English; and the registry's
names of sets that people made noisy or code-switched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from xitt.data import examples, inventory, sources
from xitt.data.perturbations import applying, dictionaries, named, switching, twins
from xitt.errors import UserError
from xitt.study import data_source
from xitt.study.run import Run
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH

Rows = Any  # a datasets.Dataset

CLEAN = "clean"
SWITCHED, IN_ENGLISH, TWO = "switched", "english-switched", "two-languages"
SEED = sources.SAMPLING_SEED


@dataclass(frozen=True)
class Variant:
    """A test set in some languages.

    Attributes:
        name: of the variant, or `clean`.
        task: the entry of the registry that its rows are of.
        rows: by language.
        clean: the rows that each of them was made of, of the same ids; none where
            nobody knows them.
        facts: of a language: the realised `share`, rows `changed`, parts `left`, the
            dictionary's `coverage`; of pairs `unpaired` and `relabelled`.
        matrix: the language that rows are in, where that is not what they stand for.
    """

    name: str
    task: str
    rows: dict[str, Rows]
    clean: dict[str, Rows] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    matrix: str = ""


def of(run: Run) -> Iterator[Variant]:
    """The clean rows of a run, then each variant; rows are made when asked for."""
    clean = clean_rows(run)
    yield Variant(CLEAN, run.target, clean)
    kind = registry.get(run.target).kind
    for name, strengths in run.params["strengths"].items():
        for strength in strengths:
            yield _perturbed(run, kind, name, strength, clean)
    if "switching" in run.params:
        yield from _switched(run, kind, clean)
    for name in run.params.get("variants", ()):
        yield _of_people(run, name)


def limit(run: Run, task: str) -> int:
    """The most rows of a language that are scored; 0 for all."""
    _, key = kinds.get(registry.get(task).kind).limit
    return run.params.get(key, run.params["max_test"])


def clean_rows(run: Run) -> dict[str, Rows]:
    """The test rows of each language of the study."""
    source, chosen = data_source.source(run.profile), run.profile["languages"]
    return {
        lang: examples.load(
            run.target, lang, "test", source=source, limit=limit(run, run.target)
        )
        for lang in inventory.languages(run.target, "test", source)
        if chosen == "all" or lang in chosen
    }


def _perturbed(
    run: Run, kind: str, name: str, strength: float, clean: dict[str, Rows]
) -> Variant:
    done = {
        lang: applying.apply(rows, kind, name, strength, lang, SEED)
        for lang, rows in clean.items()
        if name in named.names(kind, lang)
    }
    return Variant(
        f"{name}@{strength:g}",
        run.target,
        {lang: each.rows for lang, each in done.items()},
        {lang: clean[lang] for lang in done},
        {lang: _facts(each) for lang, each in done.items()},
    )


def _facts(done: applying.Perturbed) -> dict[str, Any]:
    facts = {"share": round(done.share, 4), "changed": done.changed, "left": done.left}
    if isinstance(done, switching.Switched):
        facts["coverage"] = round(done.coverage, 4)
    return facts


def some(rows: Rows, places: Sequence[int]) -> Rows:
    """The rows at `places`, as a table of their own."""
    from datasets import Dataset
    from datasets.table import InMemoryTable

    return Dataset(InMemoryTable(rows.data.table.take(pa.array(places))))


# ------------------------------------------------------------------- code-switching


def _switched(run: Run, kind: str, clean: dict[str, Rows]) -> Iterator[Variant]:
    source, spec = data_source.source(run.profile), run.params["switching"]
    others = [lang for lang in clean if lang != ENGLISH and _has(lang, source)]
    into = [lang for lang in spec["into"] if _has(lang, source)]
    english = {lang: [lang] for lang in into} | {ENGLISH: into}
    for rate in spec["rates"]:
        done = {
            lang: switching.apply(
                clean[lang], kind, rate, lang, [ENGLISH], SEED, source
            )
            for lang in others
        }
        yield _of_switched(run, f"{SWITCHED}@{rate:g}", done, clean)
        if ENGLISH in clean and into:
            rows = clean[ENGLISH]
            done = {
                lang: switching.apply(rows, kind, rate, ENGLISH, mixed, SEED, source)
                for lang, mixed in english.items()
            }
            yield _of_switched(
                run, f"{IN_ENGLISH}@{rate:g}", done, dict.fromkeys(done, rows), ENGLISH
            )
    if kind in switching.SECOND and ENGLISH in clean:
        yield _two_languages(run, kind, clean)


def _of_switched(
    run: Run,
    name: str,
    done: dict[str, switching.Switched],
    clean: dict[str, Rows],
    matrix: str = "",
) -> Variant:
    rows = {lang: each.rows for lang, each in done.items()}
    facts = {lang: _facts(each) for lang, each in done.items()}
    own = {lang: clean[lang] for lang in done}
    return Variant(name, run.target, rows, own, facts, matrix)


def _has(lang: str, source: Any) -> bool:
    """Whether there is a dictionary between English and a language."""
    try:
        return lang != ENGLISH and bool(dictionaries.load(lang, ENGLISH, source))
    except UserError:
        return False


def _two_languages(run: Run, kind: str, clean: dict[str, Rows]) -> Variant:
    """Rows whose second text is in English, of those whose ids English has, too."""
    english = clean[ENGLISH]
    known = set(english["id"])
    rows, own = {}, {}
    for lang, theirs in clean.items():
        both = [i for i, name in enumerate(theirs["id"]) if name in known]
        if lang != ENGLISH and both:
            own[lang] = some(theirs, both)
            rows[lang] = switching.in_two_languages(own[lang], english, kind)
    facts = {lang: {"changed": len(each)} for lang, each in rows.items()}
    return Variant(TWO, run.target, rows, own, facts)


# ------------------------------------------------------------ what people have written


def _of_people(run: Run, name: str) -> Variant:
    """A noisy or code-switched test set, in pairs with clean rows where it has them."""
    source, chosen = data_source.source(run.profile), run.profile["languages"]
    task = registry.get(name)
    found = Variant(name, name, {})
    for lang in inventory.languages(name, "test", source):
        if chosen != "all" and lang not in chosen:
            continue
        rows = examples.load(name, lang, "test", source=source, limit=limit(run, name))
        found.rows[lang] = rows
        if not task.importer or "typos" not in task.importer:
            continue
        if lang not in inventory.languages(run.target, "test", source):
            continue
        whole = examples.load(run.target, lang, "test", source=source)
        pairs = twins.pair(rows, whole, task.kind)
        if len(pairs.noisy) < 2:
            continue
        found.rows[lang], found.clean[lang] = pairs.noisy, pairs.clean
        found.facts[lang] = {
            "changed": len(pairs.noisy),
            "unpaired": pairs.unpaired,
            "relabelled": pairs.relabelled,
        }
    return found
