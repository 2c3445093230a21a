"""Sentences and numbers about reasoning.

Keys of numbers: reasoning/models, reasoning/protocols, reasoning/published/sources, and
reasoning/TARGET/SETTING/MEASURE/score, /gain (MEASURE: points, likelihood), see
`words.keyed`.
"""

from __future__ import annotations

from xitt.analysis import results, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded, verdicts
from xitt.analysis.questions.language_models.reasoning import HARNESS
from xitt.analysis.questions.language_models.recorded import ANSWER
from xitt.analysis.results import Results
from xitt.report.prose import claims
from xitt.report.questions.language_models import words
from xitt.report.questions.language_models.words import Numbers
from xitt.report.tables import comparison_tables, language_models

LEAST_ITEMS = 50  # of a language in a mean that stands beside a published one


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key; none without reasoning."""
    if study.reasoning.scores.empty:
        return {}
    found = {
        "reasoning": level(study),
        "reasoning-floor": floor(study),
        "reasoning-gain": gain(study),
        "reasoning-protocols": protocols(study),
        "reasoning-written": written(study),
        "reasoning-published": beside(study),
        "reasoning-power": words.powered(study.reasoning.power),
        "reasoning-scale": words.scale(study.reasoning.records),
    }
    told = claims.told(verdicts.of_reasoning(study), "claims about reasoning")
    found |= {f"reasoning-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> Numbers:
    """What is printed and the value behind it, by key."""
    found = study.reasoning
    if found.scores.empty:
        return {}
    models = list(dict.fromkeys(found.scores["model"]))
    stamps = set(recorded.protocols(found.records))
    for name in recorded.others(found.records):
        stamps |= set(recorded.protocols(recorded.by_protocol(found.records, name)))
    sources = comparison_tables.legend(language_models.published_sources())
    main = found.scores[found.scores["protocol"] != HARNESS]
    said: Numbers = {
        "reasoning/models": (wording.listing(models), len(models)),
        "reasoning/published/sources": (sources, None),
    }
    if stamps:
        said["reasoning/protocols"] = (wording.listing(sorted(stamps)), len(stamps))
    said |= words.keyed("reasoning", main, "score")
    return said | words.keyed("reasoning", found.gains, "gain")


def level(study: Results) -> str:
    """Scores without intermediate training, with chance."""
    scores = study.reasoning.scores
    rows = scores[(scores["setting"] == BASELINE) & (scores["protocol"] != HARNESS)]
    rows = rows[(rows["language"] == "zero-shot") & (rows["measure"] != ANSWER)]
    rows = words.ordered(rows)
    parts = []
    for model in dict.fromkeys(rows["model"]):
        listed = wording.listing(
            f"{wording.score(row['mean'])} points on {wording.task(row['target'])} "
            f"({wording.score(row['low'])} to {wording.score(row['high'])}; chance "
            f"{wording.score(row['chance'])})"
            for _, row in rows[rows["model"] == model].iterrows()
        )
        parts.append(f"{model} reaches {listed}")
    if not parts:
        return ""
    return (
        "Without an intermediate task and averaged over the languages but English, "
        f"{words.joined(parts)}"
    )


def floor(study: Results) -> str:
    """In how many languages a baseline is not shown to be above chance."""
    scores = study.reasoning.scores
    rows = scores[(scores["setting"] == BASELINE) & (scores["protocol"] != HARNESS)]
    rows = rows[~rows["language"].isin(["all", "zero-shot"])].dropna(subset=["chance"])
    rows, parts = words.ordered(rows), []
    for (model, target), own in rows.groupby(["model", "target"], sort=False):
        low = int(own["at_chance"].astype(bool).sum())
        if low:
            parts.append(
                f"{model} in {wording.number_word(low)} of "
                f"{wording.plural(len(own), 'language')} of {wording.task(target)}"
            )
    if not parts:
        return ""
    return (
        f"Not shown to be above chance {'is' if len(parts) == 1 else 'are'} "
        f"{wording.listing(parts)}: there a gain is one from a guess, and its absence "
        "says little."
    )


def gain(study: Results) -> str:
    """What the settings bring, target by target."""
    rows = verdicts.means(study.reasoning.gains)
    if rows.empty:
        return ""
    rows = rows.assign(name=rows["setting"].map(wording.setting))
    parts = []
    for model in dict.fromkeys(rows["model"]):
        clauses = words.tallied(rows[rows["model"] == model], "setting", "name")
        parts.append(f"With {model}, {words.joined(clauses)}")
    return " ".join(parts)


def protocols(study: Results) -> str:
    """What mending the harness's protocol changes, without intermediate training."""
    frame = study.reasoning.differences
    parts = []
    for (model, target), own in frame.groupby(["model", "target"], sort=False):
        mean = results.cell(own, language="zero-shot")
        single = own[own["language"] != "zero-shot"]
        apart = int(((single["low"] > 0) | (single["high"] < 0)).sum())
        if mean is not None:
            parts.append(
                f"by {wording.gain(mean['mean'])} points on {wording.task(target)} "
                f"({wording.gain(mean['low'])} to {wording.gain(mean['high'])} over "
                f"items; apart from zero in {wording.some(apart)} of "
                f"{wording.plural(len(single), 'language')})"
                + (f" with {model}" if frame["model"].nunique() > 1 else "")
            )
    if not parts:
        return ""
    names = {(row["protocol"], row["other"]) for _, row in frame.iterrows()}
    main, other = sorted(names)[0]
    return (
        f"The protocol {main} changes the scores of {other}, averaged over the "
        f"languages but English, {words.joined(parts)}"
    )


def written(study: Results) -> str:
    """What is written where a number is asked for."""
    parts = []
    for record in study.reasoning.records:
        if record["headline"] == "solved" and record["setting"] == BASELINE:
            shares = {
                name: wording.score(words.mean_of([record], name))
                for name in ("solved", "strict", "unparsed")
            }
            likely = wording.nats(words.mean_of([record], ANSWER))
            parts.append(
                f"on {wording.task(record['target'])} {record['encoder']['id']} finds "
                f"the number in {shares['solved']}% of problems, writes it and nothing "
                f"else in {shares['strict']}%, writes no number in "
                f"{shares['unparsed']}%, and gives the right one {likely} nats on "
                "average"
            )
    return words.capital(words.joined(list(dict.fromkeys(parts))))


def beside(study: Results) -> str:
    """Ours and the published small models, by one protocol, over the same languages."""
    frame = study.reasoning.beside
    ours, theirs = (frame[frame["ours"].astype(bool) == own] for own in (True, False))
    parts = []
    for target in wording.ordered_targets(ours["target"]):
        there, here = (part[part["target"] == target] for part in (theirs, ours))
        enough = set(here.loc[here["n"] >= LEAST_ITEMS, "language"])
        means = {}
        for part in (here, there):
            part = part[part["language"].isin(set(there["language"]) & enough)]
            for model, own in part.groupby("model", sort=False):
                means[model] = (own["value"].mean(), own["language"].nunique())
        most = max((count for _, count in means.values()), default=0)
        if most:
            listed = wording.listing(
                f"{model} {wording.score(value)}"
                for model, (value, count) in means.items()
                if count == most
            )
            many = wording.plural(most, "language")
            parts.append(f"{wording.task(target)} (mean of {many}): {listed}")
    if not parts:
        return ""
    return (
        f"By the harness's protocol, beside published models of about this size, "
        f"without intermediate training: {words.joined(parts)}"
    )
