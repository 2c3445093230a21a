"""What a notebook shows of a study's data: counts, examples, pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xitt.data import corpora, examples, inventory
from xitt.data.corpora import Mining
from xitt.study import data_source
from xitt.study.profiles import Profile
from xitt.tasks import kinds, registry
from xitt.tasks.registry import ENGLISH

if TYPE_CHECKING:
    import pandas as pd


def overview(study: Profile) -> pd.DataFrame:
    """One row a task of the study: examples used, languages, and what stands in.

    Columns: task, phase, train (examples available in English), languages (tested in),
    subset (how it differs from the official data).
    """
    import pandas as pd

    from xitt.study import grid

    source = data_source.source(study)
    rows = []
    for name in registry.names():
        if name not in grid.tasks_of(study):
            continue
        task = registry.get(name)
        split = "validation" if task.phase == "intermediate" else "test"
        trains = "train" in task.splits and task.phase != "text"
        rows.append({
            "task": name,
            "phase": task.phase,
            "train": inventory.size(name, ENGLISH, "train", source) if trains else 0,
            "languages": len(inventory.languages(name, split, source)) or 1,
            "subset": inventory.subset_note(name, source),
        })  # fmt: skip
    return pd.DataFrame(rows)


def left_out(study: Profile) -> pd.DataFrame:
    """What of the study cannot be run before its data are brought: name, mend."""
    import pandas as pd

    from xitt.study import grid

    rows = list(grid.left_out(study).items())
    return pd.DataFrame(rows, columns=["left out", "because"])


def example(study: Profile, name: str) -> dict[str, Any]:
    """The first English row of a task, of training where there is such; or a gold pair.

    What people perturbed has no training rows, and is not always there in English.
    """
    source = data_source.source(study)
    task = registry.get(name)
    kind = kinds.get(task.kind)
    if not kind.trains:
        # Of no language of the study nothing is read, as nothing is scored.
        lang, *_ = _languages(study, name) or inventory.languages(name, "test", source)
        if kind.two_sides:
            return gold_pair(corpora.load_mining(name, lang, "test", source=source))
        return examples.load(name, lang, "test", source=source, limit=1)[0]
    if "train" in task.splits:
        return examples.load(name, ENGLISH, "train", source=source, limit=1)[0]
    have = inventory.languages(name, "test", source)
    lang = ENGLISH if ENGLISH in have else have[0]
    return examples.load(name, lang, "test", source=source, limit=1)[0]


def gold_pair(corpus: Mining) -> dict[str, str]:
    """One pair of sentences that translate each other, among those that do not."""
    source, target = min(corpus.gold)
    return {
        "source": corpus.source[corpus.source_ids.index(source)],
        "target": corpus.target[corpus.target_ids.index(target)],
        "among": f"{len(corpus.source):,} x {len(corpus.target):,} sentences",
    }


def parallel(study: Profile) -> pd.DataFrame:
    """One sentence pair a language: its name, the sentence, its English.

    Of the study's own bitext task, in its own languages; empty where it has none.
    """
    import pandas as pd

    source = data_source.source(study)
    rows = []
    for task in study["targets"]:
        if registry.get(task).kind != "bitext":
            continue
        for lang in _languages(study, task):
            row = examples.load(task, lang, "test", source=source, limit=1)[0]
            rows.append((registry.language_name(lang), row["source"], row["target"]))
    return pd.DataFrame(rows, columns=["language", "sentence", "English"])


def _languages(study: Profile, task: str) -> list[str]:
    """The languages in which the study scores a task."""
    have = inventory.languages(task, "test", data_source.source(study))
    chosen = study["languages"]
    return [lang for lang in have if chosen == "all" or lang in chosen]


def sizes(material: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Rows a task and language of what an intermediate run trains on."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "task": task,
                "languages": ", ".join(langs),
                "rows": sum(map(len, langs.values())),
            }
            for task, langs in material.items()
        ]
    )
