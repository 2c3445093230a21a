"""What records of language models hold beside the headline, read as if it were that.

Whatever compares records (`paired_samples`, `estimates`) reads their headline. A second
measure, or the scores by another protocol, are compared by the same functions: from
copies of the records in which they stand where the headline does.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from xitt.analysis import estimates, paired_samples
from xitt.analysis.paired_samples import BASELINE, Record
from xitt.tasks import registry
from xitt.tasks.settings import parse_setting

Records = Sequence[Record]

CODE, REASONING = "code", "reasoning"  # suites
PASS, SMOOTH = "pass@1", "loglikelihood_per_token"
SOLVED, ANSWER = "solved", "answer_loglikelihood"
# Measures that are no points: what one of them is in.
NATS = {SMOOTH: "nats a token", ANSWER: "nats an answer"}
UNBOUNDED = (-np.inf, np.inf)

# What is measured of a kind of task; of every other kind the headline alone.
MEASURES = {"code": (PASS, SMOOTH), "math": (SOLVED, ANSWER)}
# Kinds that ask what a text means, by choosing or by showing where it says so.
UNDERSTANDING = ("classification", "choice", "cloze", "span")


def is_causal(record: Record) -> bool:
    """Whether a record is of a causal language model."""
    return "causal" in record["params"]


def model(records: Records) -> str:
    """The model of the records of one study; "" without records."""
    return records[0]["encoder"]["id"] if records else ""


def targets_of(records: Records, wanted: Callable[[Any], bool]) -> list[Record]:
    """The target records whose task is `wanted`."""
    scored = (r for r in records if r["phase"] == "target")
    return [r for r in scored if wanted(registry.get(r["target"]))]


def english_only(records: Records) -> list[Record]:
    """Records of the settings that train on English alone, and of the baseline."""
    found = []
    for record in records:
        setting = parse_setting(record["setting"])
        if not (setting.lang or setting.translated or setting.mlm):
            found.append(record)
    return found


# -------------------------------------------------------------- records as if of one


def by_measure(records: Records, measure: str) -> list[Record]:
    """Target records as if `measure` were their headline; those without it left out."""
    found = []
    for record in records:
        if record["phase"] != "target":
            continue
        if record["headline"] == measure:
            found.append(record)
            continue
        test = record["metrics"].get("test", {})
        entries = {lang: _measured(scores, measure) for lang, scores in test.items()}
        if entries and all(entries.values()):
            metrics = {"test": entries}
            found.append({**record, "headline": measure, "metrics": metrics})
    return found


def _measured(scores: dict[str, Any], measure: str) -> dict[str, Any]:
    drawn = scores.get("replicates_of", {}).get(measure)
    return {**scores, "replicates": drawn} if drawn else {}


def by_protocol(records: Records, protocol: str) -> list[Record]:
    """Target records with the scores by another protocol in place of the main ones."""
    found = []
    for record in records:
        test = record["metrics"].get("test", {})
        entries = {
            lang: scores.get("protocols", {}).get(protocol)
            for lang, scores in test.items()
        }
        if record["phase"] == "target" and entries and all(entries.values()):
            found.append({**record, "metrics": {"test": entries}})
    return found


def others(records: Records) -> list[str]:
    """The protocols that records hold beside the main one, sorted."""
    return sorted({name for s in _entries(records) for name in s.get("protocols", {})})


def protocols(records: Records) -> list[str]:
    """The stamps (`name@version`) of the main protocols of records, sorted."""
    return sorted({s["protocol"] for s in _entries(records) if "protocol" in s})


def protocol(records: Records) -> str:
    """The name, without its version, of the main protocol; several are listed."""
    names = (stamp.partition("@")[0] for stamp in protocols(records))
    return ", ".join(dict.fromkeys(names))


def _entries(records: Records) -> Iterable[dict[str, Any]]:
    for record in records:
        if record["phase"] == "target":
            yield from record["metrics"].get("test", {}).values()


# ------------------------------------------------------------------------------ frames


def measures_of(target: str) -> tuple[str, ...]:
    """What is measured of a target; () where that is its headline alone."""
    return MEASURES.get(registry.get(target).kind, ())


def by_measures(
    compute: Callable[..., pd.DataFrame], records: Records, **options: Any
) -> pd.DataFrame:
    """`estimates.scores` or `estimates.gains` of every measure, languages and means.

    Columns: model, measure (the headline's name where it is the only one), and those of
    `compute`; `language` is a code, "all" or "zero-shot".
    """
    parts = []
    for measure in dict.fromkeys(m for r in records for m in _measures(r)):
        own = [r for r in records if measure in _measures(r)]
        own = by_measure(own, measure)
        baseline = options.get("baseline", BASELINE)
        if compute is estimates.gains and not _recorded(own, baseline):
            continue
        free = {"bounds": UNBOUNDED} if measure in NATS else {}
        free = free if compute is estimates.scores else {}
        for by in ("language", "target"):
            rows = compute(own, by=by, **options, **free)
            parts.append(rows.assign(measure=measure, model=model(records)))
    parts = [rows for rows in parts if len(rows)]
    columns = ["model", "measure", *estimates.COLUMNS]
    columns += ["p", "p_holm"] if compute is estimates.gains else []
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _measures(record: Record) -> tuple[str, ...]:
    if record["phase"] != "target":
        return ()
    return measures_of(record["target"]) or (record["headline"],)


def _recorded(records: Records, setting: str) -> bool:
    return setting in paired_samples.read(records, "test")


def joined(parts: Iterable[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Frames of several models as one; with its columns where there is none."""
    parts = [rows for rows in parts if len(rows)]
    if not parts:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(parts, ignore_index=True)[list(columns)]


def generator(*names: str) -> np.random.Generator:
    """A generator that depends on `names` alone."""
    return np.random.default_rng(zlib.crc32("/".join(names).encode()))


GAINS = ["model", "measure", *estimates.COLUMNS, "p", "p_holm"]
SCORES = ["model", "measure", *estimates.COLUMNS]
POWERED = ["model", "target", "measure", "n", "languages", "seeds", "one", "mean"]


def powered(gains: pd.DataFrame) -> pd.DataFrame:
    """What change of a target's measure could be seen, with a power of 80%.

    Columns: model, target, measure; n (problems a language), languages, seeds (the most
    of a setting); one, in a language alone (median), and mean, over its languages
    without English, both in the units of the measure.
    """
    from xitt.analysis.cautions import power

    rows = []
    zero_shot = gains["language"] == "zero-shot"
    for place, own in gains.groupby(["model", "target", "measure"], sort=False):
        means = own[zero_shot[own.index]]
        single = own[~own["language"].isin(["zero-shot", "all"])]
        rows.append(
            {
                **dict(zip(("model", "target", "measure"), place)),
                "n": int(single["n_examples"].median()),
                "languages": int(single["language"].nunique()),
                "seeds": int(single["n_seeds"].max()),
                "one": power.seen(single["se"].median()),
                "mean": power.seen(means["se"].median()) if len(means) else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=POWERED)
