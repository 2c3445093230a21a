"""The tables of how runs were made: recipes, layers, time and tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from xitt.analysis import estimates, results, wording
from xitt.analysis.results import Results
from xitt.analysis.wording import DASH
from xitt.report import latex
from xitt.report.latex import Rows, tabular, tex, with_spread
from xitt.report.tables.scores import seeds_of
from xitt.tasks import registry

# --- recipes, retrieval, cost -------------------------------------------------------


def recipe_table(study: Results) -> str:
    """How each task was trained: the recipes that stand in the records."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for record in study.records:
        params, phase = record["params"], record["phase"]
        recipes = params.get("recipes") or {record["target"]: params.get("recipe")}
        found |= {(phase, name): r for name, r in recipes.items() if r}
    rows: Rows = []
    for phase in ("intermediate", "target"):
        names = [n for n in registry.names(phase) if (phase, n) in found]
        rows += [[]] if rows and names else []
        rows += [[tex(wording.task(n)), *_recipe(found[phase, n])] for n in names]
    head = ["", "epochs", "batch", "learning rate", "at most", "pieces"]
    return tabular("lrrrrr", head, rows)


def learned_table(study: Results) -> str:
    """What each intermediate task reached itself, alone and in each mixture."""
    frame = study.intermediates
    settings = wording.ordered_settings(frame["setting"])
    kinds = {setting: _kind(setting) for setting in settings}
    columns = list(dict.fromkeys(kinds.values()))
    rows: Rows = []
    for task in (t for t in registry.names("intermediate") if t in set(frame["task"])):
        own = frame[frame["task"] == task].set_index("setting")
        trivial = own["trivial"].dropna()
        made = dict.fromkeys(columns, tex(DASH))
        for setting, row in own.iterrows():
            mark = "" if row["learned"] else r"\textsuperscript{\ddag}"
            made[kinds[setting]] = tex(wording.score(row["score"])) + mark
        guess = trivial.iloc[0] if len(trivial) else None
        rows.append(
            [tex(wording.task(task)), tex(wording.score(guess)), *made.values()]
        )
    head = ["", "trivial", *map(tex, columns)]
    return tabular("lr" + "r" * len(columns), head, rows, "No such run yet.")


def _kind(setting: str) -> str:
    """`alone`, `+ MLM`, `Multi-task`: a setting without the task's own name."""
    task, title = re.split(r"[@+]", setting)[0], wording.setting(setting)
    if task == "multi":
        return title
    return title.removeprefix(wording.setting(task)).strip() or "alone"


def _recipe(recipe: dict[str, Any]) -> list[str]:
    limit = recipe.get("max_train")
    return [
        str(recipe["epochs"]),
        str(recipe["batch"]),
        _power(recipe["lr"]),
        "all" if limit == 0 else wording.count(limit),
        str(recipe.get("max_length", tex(DASH))),
    ]


def _power(rate: float) -> str:
    """A learning rate, as a digit times a power of ten."""
    digit, exponent = wording.power(rate).split("e")
    return rf"${digit}\cdot10^{{{exponent}}}$"


def sweep_table(study: Results) -> str:
    """English development scores of the baseline by learning rate; used ones bold."""
    tried = study.recipes
    rates = sorted(set(tried["lr"]))
    rows: Rows = []
    for (target, epochs), own in tried.groupby(["target", "epochs"], sort=False):
        cells = []
        for rate in rates:
            score = own.loc[own["lr"] == rate, "score"].map(wording.score)
            bold = own.loc[own["lr"] == rate, "used"].any()
            text = tex(score.iloc[0] if len(score) else DASH)
            cells.append(rf"\textbf{{{text}}}" if bold else text)
        rows.append([tex(wording.task(target)), str(epochs), *cells])
    head = ["", "epochs", *map(_power, rates)]
    columns = "lr" + "r" * len(rates)
    return tabular(columns, head, rows, "No other learning rate tried yet.")


def retrieval_table(study: Results) -> str:
    """Retrieval at the layer that is reported: score, and gain over `none`.

    Beside it the score at the last layer, where another story may be told.
    """
    last = study.layers[study.layers["layer"] == study.layers["layer"].max()]
    targets = [t for t in study.targets if t in estimates.RETRIEVAL]
    rows = []
    for setting in study.settings:
        runs = [r for r in study.of("target") if r["setting"] == setting]
        if not any(run.get("layers") for run in runs):
            continue
        scores, gains = (
            [results.cell(frame, setting=setting, target=t) for t in targets]
            for frame in (study.scores, study.gains)
        )
        cells = [tex(wording.setting(setting)), seeds_of(scores)]
        for target, score, gain in zip(targets, scores, gains):
            at_last = results.cell(last, setting=setting, target=target)
            cells += [with_spread(score, wording.score), latex.change(gain)]
            cells.append(
                tex(DASH if at_last is None else wording.score(at_last["mean"]))
            )
        rows.append(cells)
    heads = [part for t in targets for part in (tex(wording.task(t)), "gain", "last")]
    columns = "lc" + r"@{\hskip 1em}rrr" * len(targets)
    head = ["", "seeds", *heads]
    return tabular(columns, head, rows, "No retrieval run yet.")


def cost_table(study: Results) -> str:
    """Time and tokens of each setting: its own training, and that of its targets."""
    rows = []
    for setting in wording.ordered_settings({r["setting"] for r in study.records}):
        first = [r for r in study.of("intermediate") if r["setting"] == setting]
        then = [r for r in study.of("target") if r["setting"] == setting]
        rows.append(
            [
                tex(wording.setting(setting)),
                *(_cost(first) if first else [tex(DASH)] * 2),
                str(len(then)),
                *_cost(then),
            ]
        )
    head = ["", "time", "tokens", "runs", "time", "tokens"]
    return tabular("lrr@{\\hskip 1.6em}rrr", head, rows)


def _cost(runs: Sequence[dict[str, Any]]) -> list[str]:
    """Mean time of a run and tokens trained on in one."""
    if not runs:
        return [tex(DASH)] * 2
    seconds = sum(r["seconds"] for r in runs) / len(runs)
    tokens = [r["training"]["tokens"] for r in runs if r.get("training")]
    mean = sum(tokens) / len(tokens) if tokens else None
    return [tex(wording.duration(seconds)), tex(wording.large(mean))]
