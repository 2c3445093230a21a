"""The numbers of the paper's text, by key: `\\result{xnli/mnli/gain}` is `+1.2`.

Nothing measured is typed by hand. A number is formatted once, here: points with one
decimal, gains with their sign. Where wording depends on a number, the wording is a
number too (`xnli/mnli/verdict`), so that the text stays true however the numbers fall.

Keys, for a target (or `avg`, `avg-without-retrieval`) and a setting:

    TARGET/SETTING/score, /score/low, /score/high    zero-shot, mean over languages
    TARGET/SETTING/gain, /gain/low, /gain/high       over no intermediate task, paired
    TARGET/SETTING/verdict                           the gain in words, with interval
    TARGET/SETTING/seeds, /languages                 behind them
    TARGET/SETTING/gain-with-english, /.../targets   XTREME's own average
    TARGET/SETTING/LANG/score, /gain                 of one language
    published/avg/SETTING/gain, /source              quoted, see results/published
    volume/TARGET/rho, /slope, ...                   report.questions.volume_prose
    code/..., source/..., reasoning/..., states/...  report.questions.language_models
    robustness/TARGET/VARIANT/drop, ...              report.questions.robustness_prose
    count/..., encoder/..., data/..., study/..., hardware/..., claim/..., speed/...

A number that was not measured has no key: `\\result` of it stops the build, and
`\\ifresult{key}{then}{else}` asks first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from xitt import files
from xitt.analysis import published, results, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.results import Results
from xitt.report import speed_report
from xitt.report.latex import tex
from xitt.report.prose import changes, claims, costs, gains
from xitt.report.questions import robustness_prose, volume_prose
from xitt.report.questions.language_models import (
    code,
    reasoning,
    source_language,
    states,
    words,
)
from xitt.report.tables import comparison_tables, data, keys, languages
from xitt.tasks import registry
from xitt.tasks.schema import XTREME
from xitt.tasks.settings import parse_setting

HEAD = r"""% Generated from records by xitt.report.numbers; an edit here is lost.
\makeatletter
\newcommand{\xitt@set}[2]{\expandafter\def\csname xitt@#1\endcsname{#2}}
\DeclareRobustCommand{\result}[1]{%
  \ifcsname xitt@#1\endcsname\xitt@traced{#1}{\csname xitt@#1\endcsname}\else
    \PackageError{xitt}{no number '\detokenize{#1}' in numbers.tex}{%
      It is misspelt, or no record holds it; numbers.json lists the keys.}%
    \stop
  \fi}
% An empty part takes the space behind it along.
\DeclareRobustCommand{\ifresult}[3]{%
  \ifcsname xitt@#1\endcsname\def\xitt@part{#2}\else\def\xitt@part{#3}\fi
  \ifx\xitt@part\@empty\expandafter\ignorespaces\else\expandafter\xitt@part\fi}
"""


@dataclass(frozen=True)
class Number:
    """What is printed, in plain text, and the value behind it (None for words)."""

    text: str
    value: float | None = None


def collect(study: Results) -> dict[str, Number]:
    """Every number of a study by key, published ones included."""
    found: dict[str, Number] = {}
    for part in (_scores, _gains, _languages, _counts, _sizes, _conditions):
        found |= part(study)
    found |= _published()
    models = (words, code, source_language, reasoning, states)
    questions = (volume_prose, robustness_prose, *models)
    for told in (gains, costs, claims, *questions):
        found |= {f"claim/{key}": Number(text) for key, text in told.of(study).items()}
    others = [part.numbers(study) for part in questions]
    others.append(speed_report.numbers(speed_report.load()))
    return found | {key: Number(*pair) for own in others for key, pair in own.items()}


def write(study: Results, folder: Path) -> list[Path]:
    """Write `folder`/numbers.tex for LaTeX and numbers.json for everything else."""
    found = dict(sorted(collect(study).items()))
    lines = [rf"\xitt@set{{{key}}}{{{tex(n.text)}}}" for key, n in found.items()]
    flag = r"\demotrue" if study.demo else r"\demofalse"
    text = "\n".join([HEAD + flag, *lines, r"\makeatother", ""])
    plain = {key: {"text": n.text, "value": n.value} for key, n in found.items()}
    return [
        files.write_text(Path(folder) / "numbers.tex", text),
        files.write_json(Path(folder) / "numbers.json", plain),
    ]


def _measured(frame: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    return [
        (keys.place(row), row) for _, row in frame.dropna(subset=["mean"]).iterrows()
    ]


def _scores(study: Results) -> dict[str, Number]:
    found = {}
    for key, row in _measured(study.scores):
        found |= _three(f"{key}/score", row, wording.score)
        for noun in ("seeds", "languages", "targets", "examples"):
            value = int(row[f"n_{noun}"])
            found[f"{key}/{noun}"] = Number(wording.count(value), value)
    for key, row in _measured(study.scores_with_english):
        found |= _three(f"{key}/score-with-english", row, wording.score)
    return found


def _gains(study: Results) -> dict[str, Number]:
    found = {}
    for key, row in _measured(study.gains):
        found |= _three(f"{key}/gain", row, wording.gain)
        found[f"{key}/verdict"] = Number(changes.verdict(row), float(row["mean"]))
    for key, row in _measured(study.gains_with_english):
        key = f"{key}/gain-with-english"
        found |= _three(key, row, wording.gain)
        value = int(row["n_targets"])
        found[f"{key}/targets"] = Number(wording.count(value), value)
    for _, row in study.best.dropna(subset=["mean"]).iterrows():
        key = keys.place(row, keys.BEST)
        found |= _three(f"{key}/gain", row, wording.gain)
        found[f"{key}/score"] = Number(wording.score(row["score"]), row["score"])
        for noun in ("seeds", "targets"):
            value = int(row[f"n_{noun}"])
            found[f"{key}/{noun}"] = Number(wording.count(value), value)
        if row["target"] != results.ALL:
            found[f"{key}/setting"] = Number(wording.setting(row["setting"]))
    return found


def _three(key: str, row: pd.Series, write) -> dict[str, Number]:
    """A mean and the ends of its 95% interval."""
    ends = {"": "mean", "/low": "low", "/high": "high"}
    return {
        f"{key}{end}": Number(write(row[column]), round(float(row[column]), 4))
        for end, column in ends.items()
    }


def _languages(study: Results) -> dict[str, Number]:
    found = {}
    for frame, name, write in (
        (study.language_scores, "score", wording.score),
        (study.language_gains, "gain", wording.gain),
    ):
        for target, setting, lang, mean in zip(
            frame["target"], frame["setting"], frame["language"], frame["mean"]
        ):
            key = f"{target}/{setting}/{lang}/{name}"
            found[key] = Number(write(mean), round(float(mean), 4))
    return found


def _counts(study: Results) -> dict[str, Number]:
    """How many of each thing: as a figure, `/words` with the noun."""
    tested = [r for r in study.of("target") if r["metrics"].get("test")]
    seeds = {r["seed"] for r in study.records}
    trained = [s for s in study.settings if s != "none"]
    many = {
        "language": len({lang for r in tested for lang in r["metrics"]["test"]}),
        "target": len(study.targets),
        "setting": len(trained),
        "seed": len(seeds),
        "record": len(study.records),
    }
    found = {}
    for noun, number in many.items():
        found[f"count/{noun}s"] = Number(wording.count(number), number)
        found[f"count/{noun}s/words"] = Number(wording.plural(number, noun))
    if len(study.settings) > languages.WIDE:
        found["languages/wide"] = Number("yes")  # their tables need the page's width
    found |= _cells(study)
    ours = registry.names("target", suite=XTREME)
    lacking = [target for target in ours if target not in study.targets]
    lists = {
        "study/settings": map(wording.setting, trained),
        "study/targets": map(wording.task, study.targets),
        "study/targets-missing": map(wording.task, lacking),
    }
    for key, names in lists.items():
        if names := list(names):
            found[key] = Number(wording.listing(names))
    return found


FEW = 3  # cells that are named one by one


def _cells(study: Results) -> dict[str, Number]:
    """How many combinations of a setting and a target there are, with which seeds."""
    rows = study.scores[study.scores["target"].isin(study.targets)]
    rows = rows.dropna(subset=["n_seeds"])
    if rows.empty:
        return {}
    found, every = {}, len(study.settings) * len(study.targets)
    if len(rows) < every:
        text = f"{len(rows):,} of {every:,} combinations of a setting and a target"
        found["count/cells"] = Number(text, len(rows))
    seeds = rows["n_seeds"].astype(int)
    usual = int(seeds.mode().iloc[0])
    others = rows[seeds != usual]
    if len(others) > FEW:
        least, usual = int(seeds.min()), int(seeds.max())
        span = f"{wording.number_word(least)} to {wording.plural(usual, 'seed')}"
        return {**found, "count/seeds-a-cell": Number(span)}
    found["count/seeds-a-cell"] = Number(wording.plural(usual, "seed"))
    if len(others):
        named = wording.listing(
            f"{wording.number_word(int(row['n_seeds']))} on "
            f"{wording.task(row['target'])} {_with(row['setting'])}"
            for _, row in others.iterrows()
        )
        found["count/other-seeds"] = Number(named)
    return found


def _with(setting: str) -> str:
    if setting == BASELINE:
        return "without an intermediate task"
    return f"with {wording.setting(setting)}"


def _conditions(study: Results) -> dict[str, Number]:
    """Encoder, data, recipe, hardware and time, as the records hold them."""
    runs, found = study.records, {}
    if not runs:
        return found
    words = {
        "study/profile": {r["profile"] for r in runs},
        "study/seeds": {str(r["seed"]) for r in runs},
        "encoder/name": {r["encoder"]["id"] for r in runs},
        "data/source": {r["data"]["source"] for r in runs},
        "hardware/name": {costs.machine(r.get("hardware") or {}) for r in runs},
        "retrieval/layer": {str(r["layer"]) for r in runs if r.get("layers")},
    }
    for key, values in words.items():
        if values := sorted(filter(None, values)):
            found[key] = Number(wording.listing(values))
    found["study/time"] = Number(wording.duration(sum(r["seconds"] for r in runs)))
    if parameters := runs[0]["encoder"].get("parameters"):
        size = f"{parameters / 1e6:.0f} million"
        found["encoder/parameters"] = Number(size, parameters)
    # Whether to tell what is special about the encoder that a package index carries.
    if runs[0]["encoder"]["id"] == "e5-small":
        found["encoder/is-e5-small"] = Number("yes")
    for name, version in (runs[0].get("versions") or {}).items():
        found[f"versions/{name}"] = Number(str(version))
    training = _training(study)
    found |= {f"training/{k}": Number(str(v)) for k, v in training.items()}
    if training.get("embeddings") == "used":
        found["training/part-of-embeddings"] = Number("yes")
    return found | _statistics(study)


def _training(study: Results) -> dict[str, object]:
    """The settings of the optimizer that all trained runs share."""
    seen = [r["params"]["training"] for r in study.records if "training" in r["params"]]
    if not seen:
        return {}
    return {k: v for k, v in seen[0].items() if all(s.get(k) == v for s in seen)}


def _statistics(study: Results) -> dict[str, Number]:
    """The margin of no gain, and how many times the test examples are resampled."""
    margin = wording.score(study.margin)
    found = {"statistics/margin": Number(f"{margin} points", study.margin)}
    for record in study.of("target"):
        for scores in record["metrics"].get("test", {}).values():
            draws = len(scores.get("replicates", ()))
            return found | {"statistics/draws": Number(wording.count(draws), draws)}
    return found


def _sizes(study: Results) -> dict[str, Number]:
    """Examples a task: trained on in either phase, and of a language's test set."""
    runs = study.of("target")
    used = data.used_examples(runs)
    # A task in a mixture is capped, so its size is that where it is alone, if it is.
    trained = study.of("intermediate")
    alone = [r for r in trained if len(parse_setting(r["setting"]).tasks) == 1]
    counts = [r["data"].get("counts", {}) for r in alone or trained]
    mixed = {
        sum(by_language.values())
        for by_task in counts
        for name, by_language in by_task.items()
        if registry.get(name).phase == "intermediate"
    }
    sizes = {
        "data/intermediate/train": mixed - {0},
        "data/target/train": used["train"],
        "data/validation": used["validation"],
        "data/test": used["test"],
    }
    spans = {
        key: data.span(values).replace(wording.DASH, " to ")
        for key, values in sizes.items()
        if values
    }
    return {key: Number(text) for key, text in spans.items()}


def _published() -> dict[str, Number]:
    """Quoted numbers and their sources, `published/avg/mnli/gain` and so on."""
    found = {
        "published/average/sources": Number(
            comparison_tables.legend(published.average_sources())
        ),
        "published/targets/sources": Number(
            comparison_tables.legend(published.target_sources())
        ),
    }
    for setting in (*published.AVERAGES, published.BEST):
        if quoted := published.published_average(setting):
            key = f"published/avg/{setting}"
            found[f"{key}/gain"] = Number(wording.gain(quoted.gain), quoted.gain)
            found[f"{key}/source"] = Number(quoted.source)
    for target in published.TARGETS:
        if quoted := published.published_scores(target):
            key = f"published/{target}"
            for name, score in (("none", quoted.none), ("best", quoted.best)):
                found[f"{key}/{name}"] = Number(wording.score(score), score)
            found[f"{key}/gain"] = Number(wording.gain(quoted.gain), quoted.gain)
            found[f"{key}/source"] = Number(quoted.source)
    return found
