"""The benchmark's data, its result and its verdict.

What is measured stands in the modules beside this one, and the notebook
`80-measure-speed` calls them in turn.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from xitt import files
from xitt.report import speed_report
from xitt.study import data_source, profiles, provenance
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH
from xitt.training import devices

MAX_LENGTH = 128


class Goal(NamedTuple):
    """A number of the result, in words, and what it is to reach at least (0: nothing).

    A number whose name begins with `ratio_` says how many times as quick as a peer ours
    is; the benchmark fails where one is below 1, and only tells of a goal not reached.
    """

    words: str
    least: float = 0.0


GOALS = {
    "ratio_padded_fp32": Goal("times the padded fp32 recipe"),
    "ratio_trainer_dynamic": Goal("times the Trainer with dynamic padding"),
    "ratio_trainer_best_flags": Goal("times the Trainer with its best flags", 4),
    "fraction_of_gemm_peak": Goal("of the machine's matrix-multiply peak", 0.55),
    "ratio_predict": Goal("times Trainer.predict, all languages of a task", 3),
    "ratio_predict_best_flags": Goal("times Trainer.predict with its best flags", 3),
    "ratio_harness": Goal("times lm-evaluation-harness, choices", 3),
    "ratio_generate": Goal("times model.generate, texts written greedily", 1),
    "ratio_faiss_margin": Goal("times faiss flat and Python, mining", 4),
}
AT_MOST = {"run_fixed_seconds": Goal("seconds of a run with nothing to do", 5)}


# ------------------------------------------------------------------------------- data


def pairs(study: profiles.Profile, count: int) -> Any:
    """Features of the study's MNLI training pairs, `count` of them at most."""
    return _features(study, "mnli", ENGLISH, "train", count)


def tests(study: profiles.Profile, count: int) -> dict[str, Any]:
    """Features of XNLI's test pairs by language, `count` of each at most."""
    from xitt.data import inventory

    source = data_source.source(study)
    have = inventory.languages("xnli", "test", source)
    langs = [lang for lang in registry.get("xnli").languages if lang in have]
    return {lang: _features(study, "xnli", lang, "test", count) for lang in langs}


def _features(
    study: profiles.Profile, task: str, lang: str, split: str, count: int
) -> Any:
    from xitt.data import examples
    from xitt.inputs import token_cache
    from xitt.models import encoders
    from xitt.study import run_data

    run_data.prepare(study)
    source = data_source.source(study)
    rows = examples.load(task, lang, split, source=source, limit=count)
    _, tokenizer = encoders.load(study["encoder"])
    return token_cache.make("classification", rows, tokenizer, max_length=MAX_LENGTH)


def about(study: profiles.Profile) -> str:
    """What the pairs are."""
    source = data_source.source_name(study, "mnli")
    return "generated pairs" if source == "pocket" else f"MNLI of the {source}"


# ----------------------------------------------------------------------------- result


def finished(
    result: dict[str, Any], study: profiles.Profile, made: Any
) -> dict[str, Any]:
    """The result with what it was measured on."""
    return result | {
        "data": about(study),
        "tokens_per_pair": round(float(made.tokens.mean()), 1),
        "encoder": study["encoder"],
        "precision": devices.precision("auto", devices.device()),
        "measured": datetime.now(UTC).date().isoformat(),
        "hardware": provenance.hardware(),
        "versions": provenance.versions(),
    }


def save(result: dict[str, Any]) -> None:
    """Write a result into results/speed.json, in the place of the same machine's last.

    Results of other processors, and of the other number format, stay.
    """
    records = speed_report.load() | {speed_report.key(result): result}
    files.write_json(speed_report.RESULT, records)


def missing(result: dict[str, Any]) -> list[str]:
    """The peers that could not be had, and why."""
    parts = (part for part in result.values() if isinstance(part, dict))
    return [part["missing"] for part in parts if "missing" in part]


def lines(result: dict[str, Any]) -> list[str]:
    """The result in words, a line a number, with the goals that are not reached."""
    said = []
    for key, (words, bound) in {**GOALS, **AT_MOST}.items():
        if (value := result.get(key)) is None:
            continue
        short = value > bound if key in AT_MOST else value < bound
        wanted = "at most" if key in AT_MOST else "at least"
        goal = f" (goal: {wanted} {bound:g})" if bound and short else ""
        said.append(f"  {value:6.2f} {words}{goal}")
    return said


def slower(result: dict[str, Any]) -> list[str]:
    """The ratios below 1: the peers that ours is slower than."""
    return [
        f"{key} is {value}"
        for key, value in result.items()
        if key.startswith("ratio_") and value < 1
    ]
