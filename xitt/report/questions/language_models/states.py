"""Sentences and numbers about what a language model finds by its own states.

Keys of numbers: states/models, states/layer, states/pairs, and
states/TARGET/SETTING/WAY/score, /gain (WAY: plain, centred), with /low, /high.
"""

from __future__ import annotations

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded, verdicts
from xitt.analysis.questions.language_models.states import CENTRED, PLAIN
from xitt.analysis.results import Results
from xitt.report import claims_prose, prose
from xitt.report.questions.language_models import words
from xitt.report.questions.language_models.words import Numbers

IN_WORDS = {
    PLAIN: "by its states as they are",
    CENTRED: "without the mean of each language",
}


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key; none without such retrieval."""
    if study.states.scores.empty:
        return {}
    found = {
        "states": level(study),
        "states-gain": gain(study),
        "states-contrast": contrast(study),
    }
    told = claims_prose.told(verdicts.of_states(study), "claims about own states")
    found |= {f"states-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> Numbers:
    """What is printed and the value behind it, by key."""
    found = study.states
    if found.scores.empty:
        return {}
    models = list(dict.fromkeys(found.scores["model"]))
    layers = sorted({record["layer"] for record in found.records})
    said: Numbers = {
        "states/models": (wording.listing(models), len(models)),
        "states/layer": (wording.listing(map(str, layers)), float(layers[0])),
    }
    return said | _keyed(found.scores, "score") | _keyed(found.gains, "gain")


def _keyed(frame: pd.DataFrame, what: str) -> Numbers:
    """The means without English, of the first model."""
    rows = frame[frame["language"] == "zero-shot"].dropna(subset=["mean"])
    rows = rows[rows["model"] == rows["model"].iloc[0]] if len(rows) else rows
    write, found = wording.score if what == "score" else wording.gain, {}
    for _, row in rows.iterrows():
        key = f"states/{row['target']}/{row['setting']}/{row['way']}/{what}"
        for end, column in (("", "mean"), ("/low", "low"), ("/high", "high")):
            found[key + end] = (write(row[column]), round(float(row[column]), 4))
    return found


def level(study: Results) -> str:
    """What is found without intermediate training, in either way."""
    scores = study.states.scores
    rows = scores[scores["setting"] == BASELINE]
    rows = words.ordered(rows[rows["language"] == "zero-shot"])
    parts = []
    for (model, target), own in rows.groupby(["model", "target"], sort=False):
        ways = wording.listing(
            f"{wording.score(row['mean'])} {IN_WORDS[row['way']]}"
            for _, row in own.iterrows()
        )
        trivial = wording.score(own["trivial"].iloc[0])
        parts.append(
            f"on {wording.task(target)} {model} scores {ways} (a guess {trivial})"
        )
    layer = study.states.records[0]["layer"]
    head = f"Without an intermediate task, at layer {layer}, which was fixed beforehand"
    return f"{head}, {words.joined(parts)}" if parts else ""


def gain(study: Results) -> str:
    """What the settings bring, target by target, in either way."""
    rows = verdicts.means(study.states.gains)
    parts = []
    for way in (PLAIN, CENTRED):
        own = rows[rows["way"] == way]
        own = own.assign(name=own["setting"].map(wording.setting), measure=way)
        for target in wording.ordered_targets(own["target"]):
            part = own[own["target"] == target]
            told = words.best(part, "name")
            if len(part) > 1:
                many = wording.plural(len(part), "setting")
                told = f"of {many} {prose.tally(part)}; {told}"
            parts.append(f"on {wording.task(target)}, {IN_WORDS[way]}, {told}")
    return words.capital(words.joined(parts))


def contrast(study: Results) -> str:
    """Whether retrieval gains more than the other targets, or less."""
    rows = study.states.contrast.dropna(subset=["mean"])
    parts = []
    for way, own in rows.groupby("way", sort=False):
        listed = wording.listing(
            f"{wording.setting(row['setting'])} {wording.gain(row['mean'])} "
            f"({wording.gain(row['low'])} to {wording.gain(row['high'])})"
            for _, row in own.iterrows()
        )
        parts.append(f"{IN_WORDS[str(way)]} {listed}")
    if not parts:
        return ""
    model = recorded.model(study.states.records)
    return (
        f"The gain of {model} on retrieval less that on its other targets, in points: "
        f"{words.joined(parts)}"
    )
