"""What the sentences on code, source language and reasoning have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.cautions import power, unlearned
from xitt.analysis.questions.language_models import recorded
from xitt.analysis.questions.language_models.recorded import NATS, Records
from xitt.analysis.results import Results
from xitt.report.figures.language_model_figures import measure_title, title
from xitt.report.prose import changes
from xitt.report.tables import keys

Numbers = dict[str, tuple[str, float | None]]


def of(study: Results) -> dict[str, str]:
    """What holds for every question of language models, by key."""
    found = {"language-models-training": training(study)}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> Numbers:
    """Whether there are any language models: language-models/names, and the power."""
    parts = (study.code, study.source_language, study.reasoning)
    causal = [r for part in parts for r in part.records if recorded.is_causal(r)]
    names = sorted({record["encoder"]["id"] for record in causal})
    if not names:
        return {}
    return {
        "language-models/names": (wording.listing(names), len(names)),
        "language-models/power": (f"{power.POWER:.0%}", power.POWER),
    }


def training(study: Results) -> str:
    """How intermediate tasks are trained, and what each reaches itself."""
    runs = [
        r for own in study.language_models for r in own if r["phase"] == "intermediate"
    ]
    recipes = [r for run in runs for r in _recipes(run["params"]).values()]
    if not recipes:
        return ""
    write = {"max_train": wording.count, "batch": wording.number_word,
             "epochs": lambda n: wording.plural(n, "epoch"),
             "lr": wording.power}  # fmt: skip
    said = {
        name: wording.listing(map(say, sorted({recipe[name] for recipe in recipes})))
        for name, say in write.items()
    }
    ways = {_adapted(run["params"].get("tuning", {})) for run in runs}
    reached = unlearned.frame(runs).dropna(subset=["trivial"])
    scores = wording.listing(
        f"{wording.score(row.score)} with {wording.setting(row.setting)}"
        + ("" if row.task == row.setting else f" ({wording.task(row.task)})")
        for row in reached.itertuples()
    ) if len(reached) else ""  # fmt: skip
    return (
        f"A task trains {wording.listing(sorted(ways))}, on {said['max_train']} "
        f"examples at most, for {said['epochs']} in batches of {said['batch']}, at a "
        f"learning rate of {said['lr']}."
        + (f" On its own development data it then reaches {scores}." if scores else "")
    )


def _recipes(params: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Of each task that a run trains on."""
    return {"": params["recipe"]} if "recipe" in params else params.get("recipes", {})


def _adapted(tuning: dict[str, Any]) -> str:
    """`adapters of rank 16 (LoRA)`, or `all weights`."""
    if tuning.get("method") == "lora":
        return f"adapters of rank {tuning['rank']} (LoRA)"
    return "all weights"


def change(row: pd.Series) -> str:
    """A change in words, in the units of its measure, with its interval."""
    if row["measure"] not in NATS:
        return changes.verdict(row)
    return changes.verdict(row, NATS[row["measure"]], _signed_nats)


def _signed_nats(value: float) -> str:
    return wording.nats(value, signed=True)


def sized(value: float, measure: str) -> str:
    """A size with its unit: `1.5 points`, `0.012 nats a token`."""
    if measure in NATS:
        return f"{wording.nats(value)} {NATS[measure]}"
    return f"{wording.score(value)} points"


def best(rows: pd.DataFrame, name: str) -> str:
    """`the highest is that of X: a gain of ...`, of several; `X brings ...` of one."""
    row = rows.loc[rows["mean"].idxmax()]
    if len(rows) == 1:
        return f"{row[name]} brings {change(row)}"
    return f"the highest is that of {row[name]}: {change(row)}"


def ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of their targets."""
    place = {name: n for n, name in enumerate(wording.ordered_targets(rows["target"]))}
    return rows.sort_values("target", key=lambda names: names.map(place), kind="stable")


def listed(rows: pd.DataFrame) -> str:
    """`on XNLI, a gain of ...; on PAWS-X, ...` of one row a target and measure."""
    return joined(
        [
            f"on {title(row['target'], row['measure'])}, {change(row)}"
            for _, row in ordered(rows).iterrows()
        ]
    )


def tallied(rows: pd.DataFrame, noun: str, name: str) -> list[str]:
    """A clause for each target and measure of `rows`, which are means over languages.

    noun: what is counted, `setting`; name: the column that names one.
    """
    clauses = []
    for target in wording.ordered_targets(rows["target"]):
        own = rows[rows["target"] == target]
        for measure, part in own.groupby("measure", sort=False):
            where = f"on {title(target, measure)}" + "," * bool(measure_title(measure))
            if len(part) == 1:
                clauses.append(f"{where} {best(part, name)}")
                continue
            many = wording.plural(len(part), noun)
            clauses.append(
                f"{where}, of {many} {changes.tally(part)}; {best(part, name)}"
            )
    return clauses


def powered(frame: pd.DataFrame) -> str:
    """What the records could have shown, target by target."""
    known = frame if frame.empty else frame.dropna(subset=["one"])
    if known.empty:
        return ""
    parts = []
    for _, row in ordered(known).iterrows():
        one, mean = (sized(row[name], row["measure"]) for name in ("one", "mean"))
        seeds = wording.plural(int(row["seeds"]), "seed")
        text = f"{one} in one language"
        if not wording.missing(row["mean"]):
            text += f" and {mean} in the mean over them"
        where = title(row["target"], row["measure"])
        parts.append(f"{text} on {where} ({row['n']:,} items a language, {seeds})")
    told = "; of ".join(parts)
    if known["seeds"].max() == 1:
        return (
            f"Were examples the only noise, a power of {power.POWER:.0%} would be "
            f"reached by a change of {told}. With one seed nothing is tested."
        )
    return (
        f"A power of {power.POWER:.0%} is reached by a change of {told}. "
        "What is smaller may be there and unseen."
    )


def scale(records: Records) -> str:
    """How large the models are, and what that leaves open."""
    sizes = {
        r["encoder"]["id"]: r["encoder"].get("parameters") or 0
        for r in records
        if recorded.is_causal(r)
    }
    if not sizes:
        return ""
    named = wording.listing(
        f"{name} ({size / 1e6:,.0f} million parameters)" if size else name
        for name, size in sizes.items()
    )
    one = len(sizes) == 1
    return (
        f"All of it is of {named}: a gain that is absent in {'it' if one else 'them'} "
        "may need a larger model, and one that is present may be lost in a larger one."
    )


def keyed(prefix: str, frame: pd.DataFrame, what: str) -> Numbers:
    """`PREFIX/TARGET/SETTING/MEASURE/WHAT`, /low, /high of means and of English.

    what: `score` or `gain`. English has `/en` behind it. Of several models the first.
    """
    found: Numbers = {}
    for _, row in keys.looked_up(frame).iterrows():
        nats = row["measure"] in NATS
        write: Any = wording.score if what == "score" else wording.gain
        if nats:
            write = wording.nats if what == "score" else _signed_nats
        key = keys.of_measure(prefix, row, what)
        for end, column in (("", "mean"), ("/low", "low"), ("/high", "high")):
            found[key + end] = (write(row[column]), round(float(row[column]), 4))
    return found


def joined(clauses: Sequence[str]) -> str:
    """Clauses as one sentence."""
    return f"{'; '.join(clauses)}." if clauses else ""


def capital(text: str) -> str:
    """`text` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def mean_of(records: Iterable[dict[str, Any]], name: str) -> float | None:
    """The mean of a recorded score over records and languages; None without any."""
    values = [
        scores[name]
        for record in records
        for scores in record["metrics"].get("test", {}).values()
        if name in scores
    ]
    return sum(values) / len(values) if values else None
