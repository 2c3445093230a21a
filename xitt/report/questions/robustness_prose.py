"""Sentences and numbers about perturbed input, for the paper's text.

Keys of numbers: robustness/TARGET/VARIANT/drop, /clean, /score (of the model without
intermediate training), robustness/TARGET/VARIANT/SETTING/gain, /change, and
robustness/variants, /targets, /languages, /items.
"""

from __future__ import annotations

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.cautions import power as caution
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.robustness import frames, verdicts
from xitt.analysis.results import Results
from xitt.analysis.verdicts import shares
from xitt.report.prose import claims
from xitt.report.questions import wording_of_noise
from xitt.report.tables import keys
from xitt.tasks import registry

RULES = {"rule": "noise made by rule", "people": "people's typos",
         "switching": "code-switching"}  # fmt: skip


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key."""
    if study.robustness.scores.empty:
        return {}
    found = {
        "noise-power": power(study),
        "noise-drops": drops(study),
        "noise-people": people(study),
        "noise-gains": gains(study),
        "noise-area": areas(study),
        "noise-baselines": baselines(study),
        "noise-coverage": coverage(study),
        "noise-left": left(study),
    }
    told = claims.told(verdicts.of(study), "claims about perturbed input")
    found |= {f"noise-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> dict[str, tuple[str, float]]:
    """What is printed and the value behind it, by key."""
    found = {}
    scores, gained = study.robustness.scores, study.robustness.gains
    own = scores[scores["setting"] == BASELINE]
    for frame, write in ((own, wording.score), (gained, wording.gain)):
        frame = frame[frame["measure"].isin(keys.PERTURBED)]
        for _, row in frame.iterrows():
            value = round(float(row["mean"]), 4)
            found[keys.of_perturbed(row)] = (write(value), value)
    if len(scores):
        planned, langs = study.robustness.planned, study.robustness.by_language
        counts = {
            "variants": scores["variant"].nunique(),
            "targets": scores["target"].nunique(),
            "languages": langs["language"].nunique(),
            "items": int(planned["n"].min()),
        }
        for name, number in counts.items():
            found[f"robustness/{name}"] = (wording.count(number), number)
    return found


def power(study: Results) -> str:
    """What the items of a language can show, told before any result."""
    planned = study.robustness.planned
    flips = frames.PLANNED[1]
    own = planned[planned["flips"] == flips]
    least = own.loc[own["n"].idxmin()]
    text = (
        f"With the {wording.count(least['n'])} items that a language of "
        f"{wording.task(least['target'])} has at the least, of which one in "
        f"{wording.number_word(round(1 / flips))} flips, the difference of two scores "
        f"has a standard error of {least['se']:.1f} points"
    )
    if wording.missing(least["detectable"]):
        return f"{text}, and so few show no difference in a single language."
    return (
        f"{text}, and one of {least['detectable']:.1f} points is seen with a power of "
        f"{caution.POWER:.0%}."
    )


def drops(study: Results) -> str:
    """How many drops are clear, and the largest."""
    own = _drops(study)
    up, down, count = shares(own)
    text = (
        "At the largest strength of each perturbation the model without intermediate "
        "training loses "
    )
    if _untested(own):
        text += f"{wording.score(own['mean'].mean())} points on average over "
        text += f"{wording.plural(count, 'comparison')}, {_of_one_seed(count)}"
    else:
        text += f"in {verdicts.cells(up, count)}"
        text += f" and gains in {wording.number_word(down)}" if down else ""
        text += ", after Holm's correction"
    largest = own.loc[own["mean"].idxmax()]
    return (
        f"{text}; most under "
        f"{wording_of_noise.of_variant(largest['variant'])} on "
        f"{wording.task(largest['target'])}, {_interval(largest, wording.score)}."
    )


def _drops(study: Results) -> pd.DataFrame:
    own = verdicts.strongest(study.robustness.scores)
    return own[(own["setting"] == BASELINE) & (own["measure"] == frames.DROP)]


def people(study: Results) -> str:
    """What the typos of people cost, where they were scored."""
    own = _drops(study)
    own = verdicts.of_kind(own, "people")
    parts = [
        f"{wording.task(row['target'])} by {_interval(row, wording.score)}"
        for _, row in own.iterrows()
    ]
    return f"Typos that people made lower {wording.listing(parts)}." if parts else ""


def gains(study: Results) -> str:
    """By kind of perturbation, whether gains are there and whether they shrink."""
    rows = verdicts.strongest(study.robustness.gains)
    rows = verdicts.by_english(rows, other=False)
    parts = []
    for kind, words in RULES.items():
        own = verdicts.of_kind(rows, kind)
        after = own[own["measure"] == frames.GAIN]
        change = own[own["measure"] == frames.CHANGE]
        if after.empty:
            continue
        clean = own[own["measure"] == frames.CLEAN_GAIN]["mean"].mean()
        up, down, count = shares(change)
        shrinks = (
            f"it shrinks in {verdicts.cells(down, count)} and grows in "
            f"{wording.some(up)}"
        )
        if _untested(change):
            verb = "is" if count == 1 else "are"
            changes = f"the {wording.plural(count, 'change')} of it {verb}"
            shrinks = f"{changes} {_of_one_seed(count)}"
        parts.append(
            f"under {words} the gain of intermediate training is "
            f"{wording.gain(after['mean'].mean())} points on average, on the same rows "
            f"as they were {wording.gain(clean)}; {shrinks}"
        )
    text = ". ".join(part[0].upper() + part[1:] for part in parts)
    return f"{text}." if parts else ""


def areas(study: Results) -> str:
    """How many gains in the area under a curve are clear."""
    own = study.robustness.areas
    own = own[own["measure"] == frames.AREA_GAIN]
    own = verdicts.by_english(own, other=False)
    if own.empty:
        return ""
    up, down, count = shares(own)
    whole = "Over the whole range of strengths intermediate training "
    if _untested(own):
        return (
            f"{whole}changes the mean score by {wording.gain(own['mean'].mean())} "
            f"points on average over {wording.plural(count, 'comparison')}, "
            f"{_of_one_seed(count)}."
        )
    return (
        f"{whole}raises the mean score in {verdicts.cells(up, count)} and lowers it in "
        f"{wording.some(down)}."
    )


def baselines(study: Results) -> str:
    """Fine-tuning on noisy or switched English beside intermediate training."""
    rows = verdicts.strongest(study.robustness.gains)
    rows = verdicts.by_english(rows[rows["measure"] == frames.GAIN], other=True)
    parts = []
    for setting in wording.ordered_settings(rows["setting"]):
        own = rows[rows["setting"] == setting]
        up, _, count = shares(own)
        clearly = f"clearly in {verdicts.cells(up, count)}"
        if _untested(own):
            clearly = _of_one_seed(count)
        parts.append(
            f"fine-tuning with {wording.setting(setting)} gains "
            f"{wording.gain(own['mean'].mean())} points on perturbed input on "
            f"average, {clearly}"
        )
    return f"Beside it, {wording.listing(parts)}." if parts else ""


def _of_one_seed(count: int) -> str:
    return f"of one seed{'' if count == 1 else ' each'} and not tested"


def _untested(rows: pd.DataFrame) -> bool:
    return bool(rows["p"].isna().all())


def coverage(study: Results) -> str:
    """What share of the words the dictionaries have, which bounds what is switched."""
    own = study.robustness.by_language.dropna(subset=["coverage"])
    own = own[own["perturbation"] == "switched"]
    if own.empty:
        return ""
    each = own.groupby("language")["coverage"].mean()
    least, most = map(registry.language_name, (each.idxmin(), each.idxmax()))
    return (
        f"The dictionaries have {each.min():.0%} of the words in {least} and "
        f"{each.max():.0%} in {most}, so that one rate switches more in some languages "
        "than in others."
    )


def left(study: Results) -> str:
    """How many parts a perturbation would have emptied."""
    own = study.robustness.by_language
    own = own[own["setting"] == BASELINE]
    number = int(own["left"].fillna(0).sum())
    if not number:
        return ""
    return (
        f"In all, {wording.count(number)} answers, words or texts would have become "
        "empty, and were left as they are."
    )


def _interval(row: pd.Series, write) -> str:
    low, high = write(row["low"]), write(row["high"])
    return f"{write(row['mean'])} points (95% interval {low} to {high})"
