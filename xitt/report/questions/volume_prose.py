"""Sentences and numbers about gain and pretraining volume, for the paper's text.

Keys of numbers: volume/TARGET/n, /rho, /p, /slope (points a tenfold volume, with /low
and /high), volume/tasks, volume/languages/least, /most, /enough, volume/power.
"""

from __future__ import annotations

import pandas as pd

from xitt.analysis import wording
from xitt.analysis.questions.volume import facts, measures, mixed, regression, verdicts
from xitt.analysis.questions.volume.frames import ALL_CONTROLS
from xitt.analysis.results import Results
from xitt.analysis.verdicts import LEVEL
from xitt.analysis.wording import probability, two_places
from xitt.report.prose import claims
from xitt.report.prose.changes import clause
from xitt.tasks import registry


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key; none without enough languages."""
    if study.volume.by_target.empty:
        return {}
    found = {
        "volume": correlation(study),
        "volume-score": score(study),
        "volume-pooled": pooled(study),
        "volume-baseline": baseline(study),
        "volume-controls": controls(study),
        "volume-left-out": left_out(study),
        "volume-power": power(study),
        "volume-reliability": reliability(study),
        "volume-missing": missing(study),
        "volume-unlearned": unlearned(study),
        "volume-thin": thin(),
    }
    told = claims.told(verdicts.of(study), "claims about volume")
    found |= {f"volume-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> dict[str, tuple[str, float]]:
    """What is printed and the value behind it, by key."""
    frame, found = study.volume.by_target, {}
    for _, row in frame.iterrows():
        key = f"volume/{row['target']}"
        found[f"{key}/n"] = (str(row["n"]), int(row["n"]))
        for name, column in {
            **{"rho": "rho", "rho/low": "rho_low", "rho/high": "rho_high"},
            **{"slope": "slope", "slope/low": "slope_low", "slope/high": "slope_high"},
        }.items():
            if not wording.missing(row[column]):
                value = round(float(row[column]), 4)
                found[f"{key}/{name}"] = (two_places(value), value)
        if not wording.missing(row["p"]):
            found[f"{key}/p"] = (
                probability(row["p"]),
                round(float(row["p"]), 4),
            )
    if len(frame):
        least, most = int(frame["n"].min()), int(frame["n"].max())
        found["volume/tasks"] = (wording.plural(len(frame), "task"), len(frame))
        found["volume/languages/least"] = (str(least), least)
        found["volume/languages/most"] = (str(most), most)
        found["volume/power"] = (f"{measures.POWER:.0%}", measures.POWER)
        found["volume/languages/enough"] = (
            wording.plural(measures.LEAST, "language"),
            measures.LEAST,
        )
    return found


def correlation(study: Results) -> str:
    """On how many tasks the gain goes with volume."""
    frame = study.volume.by_target
    up, down = verdicts.counts(frame["rho"], frame["p_holm"])
    text = (
        f"Of {wording.plural(len(frame), 'task')} with a gain in "
        f"{_languages(measures.LEAST)} or more, the gain is larger where there is less "
        f"text on {wording.some(down)} and where there is more on {wording.some(up)}, "
        "after Holm's correction over the tasks."
    )
    known = frame.dropna(subset=["rho"])
    if known.empty:
        return text
    row = known.loc[known["rho"].abs().idxmax()]
    return (
        f"{text} The largest correlation is that of {wording.task(row['target'])}, "
        f"{two_places(row['rho'])} over {_languages(row['n'])} (95% interval "
        f"{two_places(row['rho_low'])} to {two_places(row['rho_high'])}, "
        f"p {_p(row['p'])})."
    )


def score(study: Results) -> str:
    """Whether the baseline's score goes with volume, as elsewhere."""
    frame = study.volume.by_target
    up, down = verdicts.counts(frame["score_rho"], frame["score_p_holm"])
    against = f", and falls with it on {wording.some(down)}" if down else ""
    return (
        f"The score without an intermediate task rises with volume on "
        f"{verdicts.tasks(up, len(frame))}{against}."
    )


def pooled(study: Results) -> str:
    """The slope of all tasks and settings, with and without the baseline."""
    rows = study.volume.pooled.set_index("baseline")
    if wording.missing(rows.loc[mixed.WITHOUT, "slope"]):
        return ""
    row = rows.loc[mixed.WITHOUT]
    apart = row["low"] > 0 or row["high"] < 0
    zero = "" if apart else ", not distinguishable from zero"
    text = (
        f"Over all tasks and settings ({wording.count(row['n_rows'])} gains in "
        f"{_languages(row['n'])}), a tenfold volume changes the gain by "
        f"{_interval(row)}{zero}"
    )
    said = {
        mixed.WITH: "with the score without an intermediate task in the model by",
        mixed.OTHER: "with that score from another seed than the gain by",
    }
    for kind, words in said.items():
        if not wording.missing(rows.loc[kind, "slope"]):
            text += f"; {words} {_interval(rows.loc[kind], short=True)}"
    return f"{text}."


def _interval(row: pd.Series, short: bool = False) -> str:
    low, high = wording.gain(row["low"]), wording.gain(row["high"])
    what = "" if short else "95% interval "
    points = "" if short else " points"
    return f"{wording.gain(row['slope'])}{points} ({what}{low} to {high})"


def baseline(study: Results) -> str:
    """Whether low scores gain more, as measured and without regression to the mean."""
    slopes = study.volume.slopes
    slopes = slopes[slopes["on"] == regression.ON_BASELINE]
    parts = []
    for method, words in {
        regression.MEASURED: "As measured, low scores gain more on",
        regression.SPLIT: "with the baseline of other seeds than the gain's, on",
        regression.CORRECTED: "with the noise of the records taken off, on",
    }.items():
        rows = slopes[slopes["method"] == method].dropna(subset=["slope"])
        if len(rows):
            _, down = verdicts.counts(rows["slope"], rows["p_holm"])
            parts.append(f"{words} {verdicts.tasks(down, len(rows))}")
    return f"{'; '.join(parts)}." if parts else ""


def controls(study: Results) -> str:
    """How many partial correlations are clear, beside what chance alone gives."""
    rows = study.volume.partials.dropna(subset=["p"])
    single = rows[rows["control"] != ALL_CONTROLS]
    if single.empty:
        return ""
    names = wording.listing(facts.CONTROLS[c] for c in facts.CONTROLS)
    clear = int((single["p"] < LEVEL).sum())
    many = wording.count(len(single))
    return (
        f"Given {names} in turn, {clause(clear, 'differ', 'differs')} from zero of "
        f"{many} partial correlations, at 5% and uncorrected; chance alone would give "
        "about "
        f"{max(1, round(LEVEL * len(single)))}."
    )


def left_out(study: Results) -> str:
    """Whether the line foretells a language better than the mean of the others."""
    frame = study.volume.by_target
    better = int((frame["error"] < frame["error_mean"]).sum())
    return (
        "For a language that is left out, the line on volume errs less than the mean "
        f"of the others on {verdicts.tasks(better, len(frame))}."
    )


def power(study: Results) -> str:
    """What so many languages could have shown."""
    frame = study.volume.by_target.sort_values("n", kind="stable")
    least, most = frame.iloc[0], frame.iloc[-1]
    text = (
        f"With the {_languages(most['n'])} of {wording.task(most['target'])} a "
        f"correlation of {most['detectable']:.2f} is seen with a power of "
        f"{measures.POWER:.0%}"
    )
    if least["n"] < most["n"]:
        text += (
            f", with the {_languages(least['n'])} of {wording.task(least['target'])} "
            f"one of {least['detectable']:.2f}"
        )
    return f"{text}, uncorrected; what is weaker may be there and unseen."


def reliability(study: Results) -> str:
    """On which tasks the gains of languages differ by little more than noise."""
    frame = study.volume.by_target
    poor = frame[frame["reliability"] < 0.5]
    if poor.empty:
        return ""
    names = wording.listing(wording.task(target) for target in poor["target"])
    return (
        f"On {names} less than half of what the gains differ by between languages is "
        "more than noise of seeds and examples, which hides what correlation there is."
    )


def missing(study: Results) -> str:
    """Which languages of the targets have no volume."""
    codes = study.volume.without_volume
    if not codes:
        return ""
    names = wording.listing(map(registry.language_name, codes))
    return f"CC-100 has no text in {names}, which {_is(len(codes))} left out."


def unlearned(study: Results) -> str:
    """Which settings have no place here, as they did not learn their own task."""
    if not study.unlearned:
        return ""
    names = wording.listing(map(wording.setting, study.unlearned))
    verb = "is" if len(study.unlearned) == 1 else "are"
    return (
        f"What did not learn its own intermediate task, {names}, {verb} left out here."
    )


def thin() -> str:
    """Which distances rest on too few features to be used."""
    found = facts.thin()
    if not found:
        return ""
    names = wording.listing(
        f"{registry.language_name(code)} ({number})" for code, number in found.items()
    )
    return f"Too few syntactic features are known of {names} for a distance."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _languages(number: int) -> str:
    return wording.plural(int(number), "language")


def _p(value: float) -> str:
    text = probability(value)
    return f"below {text[1:]}" if text.startswith("<") else f"of {text}"
