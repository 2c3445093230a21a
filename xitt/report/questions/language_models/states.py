"""Sentences and numbers about what a language model finds by its own states.

Keys of numbers: states/models, states/layer, and states/TARGET/SETTING/MEASURE/score,
/gain (MEASURE: plain, centred), see `words.keyed`.
"""

from __future__ import annotations

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded, verdicts
from xitt.analysis.results import Results
from xitt.report.figures.language_model_figures import measure_title
from xitt.report.prose import claims
from xitt.report.questions.language_models import words
from xitt.report.questions.language_models.words import Numbers


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key; none without such retrieval."""
    if study.states.scores.empty:
        return {}
    found = {
        "states": level(study),
        "states-best": best(study),
        "states-gain": gain(study),
        "states-contrast": contrast(study),
    }
    told = claims.told(verdicts.of_states(study), "claims about retrieval by a decoder")
    found |= {f"states-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> Numbers:
    """What is printed and the value behind it, by key."""
    found = study.states
    if found.scores.empty:
        return {}
    models = list(dict.fromkeys(found.scores["model"]))
    said: Numbers = {
        "states/models": (wording.listing(models), len(models)),
        "states/layer": (_layers(study), None),
    }
    said |= words.keyed("states", found.scores, "score")
    return said | words.keyed("states", found.gains, "gain")


def _layers(study: Results) -> str:
    """The layer that counts; those of several models."""
    layers = sorted({record["layer"] for record in study.states.records})
    return wording.listing(map(str, layers))


def level(study: Results) -> str:
    """What is found without intermediate training, by either measure."""
    scores = study.states.scores
    rows = scores[scores["setting"] == BASELINE]
    rows = words.ordered(rows[rows["language"] == "zero-shot"])
    parts = []
    for (model, target), own in rows.groupby(["model", "target"], sort=False):
        found = wording.listing(
            f"{wording.score(row['mean'])} {measure_title(row['measure'])}"
            for _, row in own.iterrows()
        )
        trivial = wording.score(own["trivial"].iloc[0])
        parts.append(
            f"on {wording.task(target)} the states of {model} score {found} "
            f"(a guess {trivial})"
        )
    if not parts:
        return ""
    return (
        f"Without an intermediate task, at layer {_layers(study)}, which was fixed "
        f"beforehand, {words.joined(parts)}"
    )


def best(study: Results) -> str:
    """Which layers would have been better, without an intermediate task."""
    curves = study.states.curves
    rows = words.ordered(curves[curves["setting"] == BASELINE])
    parts = []
    for (model, target), own in rows.groupby(["model", "target"], sort=False):
        tops = own.loc[own.groupby("measure", sort=False)["mean"].idxmax()]
        found = wording.listing(
            f"{wording.score(row['mean'])} {measure_title(row['measure'])} (layer "
            f"{row['layer']})"
            for _, row in tops.iterrows()
        )
        parts.append(f"on {wording.task(target)} those of {model} reach {found}")
    if not parts:
        return ""
    return f"By the layers that are best, as seen afterwards, {words.joined(parts)}"


def gain(study: Results) -> str:
    """What the settings bring, target by target, by either measure."""
    rows = verdicts.means(study.states.gains)
    rows = rows.assign(name=rows["setting"].map(wording.setting))
    return words.capital(words.joined(words.tallied(rows, "setting", "name")))


def contrast(study: Results) -> str:
    """Whether retrieval gains more than the other targets, or less."""
    rows = study.states.contrast.dropna(subset=["mean"])
    parts = []
    for measure, own in rows.groupby("measure", sort=False):
        listed = wording.listing(
            f"{wording.setting(row['setting'])} {wording.gain(row['mean'])} "
            f"({wording.gain(row['low'])} to {wording.gain(row['high'])})"
            for _, row in own.iterrows()
        )
        parts.append(f"{measure_title(str(measure))} {listed}")
    if not parts:
        return ""
    model = recorded.model(study.states.records)
    return (
        f"The gain of {model} on retrieval less that on its other targets, in points: "
        f"{words.joined(parts)}"
    )
