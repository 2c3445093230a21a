"""Sentences and numbers about code generation.

Keys of numbers: code/models, code/protocol, code/decoding, code/languages, and
code/TARGET/SETTING/MEASURE/score, /gain (MEASURE: pass, likelihood), see
`words.keyed`; of the correlations code/comparisons.
"""

from __future__ import annotations

from typing import Any

from xitt.analysis import results, tallies, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import recorded, verdicts
from xitt.analysis.questions.language_models.recorded import PASS, SMOOTH
from xitt.analysis.results import Results
from xitt.analysis.wording import two_places
from xitt.report.prose import changes, claims
from xitt.report.questions.language_models import words
from xitt.report.questions.language_models.words import Numbers
from xitt.tasks.registry import ENGLISH


def of(study: Results) -> dict[str, str]:
    """Every sentence that the records allow, by key; none without code."""
    if study.code.scores.empty:
        return {}
    found = {
        "code": level(study),
        "code-gain": gain(study),
        "code-languages": languages(study),
        "code-understanding": together(study),
        "code-excluded": excluded(study),
        "code-power": words.powered(study.code.power),
        "code-scale": words.scale(study.code.records),
    }
    told = claims.told(verdicts.of_code(study), "claims about code")
    found |= {f"code-{key}": text for key, text in told.items()}
    return {key: text for key, text in found.items() if text}


def numbers(study: Results) -> Numbers:
    """What is printed and the value behind it, by key."""
    scores, gains = study.code.scores, study.code.gains
    if scores.empty:
        return {}
    models = list(dict.fromkeys(scores["model"]))
    many = scores.loc[~scores["language"].isin(["all", "zero-shot"]), "language"]
    stamps = recorded.protocols(study.code.records)
    found: Numbers = {
        "code/models": (wording.listing(models), len(models)),
        "code/languages": (str(many.nunique()), many.nunique()),
        "code/protocol": (wording.listing(stamps), None),
        "code/decoding": (decoding(study.code.records), None),
        "code/comparisons": (
            wording.plural(len(study.code.agreement), "comparison"),
            len(study.code.agreement),
        ),
    }
    found |= words.keyed("code", scores, "score")
    return found | words.keyed("code", gains, "gain")


def decoding(records: list[dict[str, Any]]) -> str:
    """How programs were written: `greedily, 1,024 tokens at most`."""
    ways = {}
    for record in records:
        for scores in record["metrics"].get("test", {}).values():
            if how := scores.get("decoding"):
                ways[_way(how)] = None
    return "; or ".join(ways)


def _way(how: dict[str, Any]) -> str:
    limit = f"{how['max_new_tokens']:,} tokens at most"
    if how["temperature"] == 0:
        return f"greedily, {limit}"
    return (
        f"{how['samples']} samples a problem at temperature {how['temperature']:g}, "
        f"top-p {how['top_p']:g}, {limit}"
    )


def level(study: Results) -> str:
    """What passes without intermediate training."""
    parts = []
    scores = study.code.scores
    for model in dict.fromkeys(scores["model"]):
        for target in wording.ordered_targets(scores["target"]):
            where = {"model": model, "target": target, "setting": BASELINE,
                     "measure": PASS}  # fmt: skip
            english = results.cell(scores, **where, language=ENGLISH)
            others = results.cell(scores, **where, language="zero-shot")
            if others is None:
                continue
            runs = [
                r
                for r in study.code.records
                if r["setting"] == BASELINE
                and r["target"] == target
                and r["encoder"]["id"] == model
            ]
            n = round(others["n_examples"] / others["n_languages"])
            first = "" if english is None else f"{_percent(english)} in English and "
            shares = [
                f"{wording.score(words.mean_of(runs, name))}% {verb}"
                for name, verb in (("parsed", "parse"), ("ran", "run to an answer"))
                if words.mean_of(runs, name) is not None
            ]
            parts.append(
                f"of {n} problems of {wording.task(target)}, {model} solves at the "
                f"first try {first}{_percent(others)} on average in "
                f"{wording.plural(int(others['n_languages']), 'other language')}"
                + (f"; of its programs {wording.listing(shares)}" if shares else "")
            )
    if not parts:
        return ""
    return f"Without an intermediate task, {words.joined(parts)}"


def _percent(row: Any) -> str:
    low, high = (f"{row[end]:.0f}" for end in ("low", "high"))
    return f"{wording.score(row['mean'])}% ({low} to {high})"


def gain(study: Results) -> str:
    """What the settings bring, in both measures."""
    rows = verdicts.means(study.code.gains)
    rows = rows.assign(name=rows["setting"].map(wording.setting))
    return words.capital(words.joined(words.tallied(rows, "setting", "name")))


def languages(study: Results) -> str:
    """How many single languages change, after Holm's correction."""
    gains = study.code.gains
    rows = gains[~gains["language"].isin(["all", "zero-shot"])].dropna(subset=["mean"])
    what = "combinations of a setting, a measure and a language"
    if rows["p_holm"].isna().all():
        return changes.untested(len(rows), what) if len(rows) else ""
    parts = []
    for measure in (PASS, SMOOTH):
        own = rows[rows["measure"] == measure]
        if len(own):
            up, down, _ = tallies.counted(own)
            name = "pass@1" if measure == PASS else "the log-likelihood"
            rise = changes.clause(up, "rise", "rises")
            fall = changes.clause(down, "fall", "falls")
            parts.append(f"{rise} and {fall} in {name}, of {len(own):,}")
    return (
        "Of the combinations of a setting and a language, after Holm's correction, "
        f"{words.joined(parts)}"
    )


def together(study: Results) -> str:
    """Whether what helps understanding helps code."""
    rows = study.code.agreement
    if rows.empty:
        return ""
    up, down = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
    some, none = map(wording.some, (up, down))
    row = rows.loc[rows["rho"].abs().idxmax()]
    settings = wording.plural(int(rows["settings"].max()), "setting")
    return (
        f"Over settings and languages, the gain on code and that on understanding in "
        f"the same languages go together in {some} of "
        f"{wording.plural(len(rows), 'comparison')} and against each other in {none} "
        f"(95% interval of Spearman's correlation apart from zero, uncorrected); the "
        f"largest is {two_places(row['rho'])} ({two_places(row['low'])} to "
        f"{two_places(row['high'])}), with {wording.task(row['target'])} of "
        f"{row['side']}, over {wording.plural(int(row['languages']), 'language')}. "
        f"With {settings} at most the interval stays wide, whatever the number of "
        "languages."
    )


def excluded(study: Results) -> str:
    """How many problems were left out, because their own solution fails."""
    found: dict[str, set[str]] = {}
    for record in study.code.records:
        for scores in record["metrics"].get("test", {}).values():
            found.setdefault(record["target"], set()).update(scores.get("excluded", ()))
    parts = [
        f"{wording.plural(len(ids), 'problem')} of {wording.task(target)}"
        for target, ids in found.items()
        if ids
    ]
    if not parts:
        return "Every problem's own solution passes its tests here."
    return (
        f"Left out in every language, because their own solution does not pass here: "
        f"{wording.listing(parts)}."
    )
