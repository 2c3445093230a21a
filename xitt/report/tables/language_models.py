"""The tables of language models: code, source language, reasoning, and what is seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from xitt.analysis import results, wording
from xitt.analysis.paired_samples import BASELINE
from xitt.analysis.questions.language_models import reasoning, recorded, verdicts
from xitt.analysis.questions.language_models.recorded import NATS
from xitt.analysis.results import ZERO_SHOT, Results
from xitt.analysis.wording import DASH, two_places
from xitt.report import latex
from xitt.report.figures.language_model_figures import title
from xitt.report.latex import Rows, tabular, tex
from xitt.report.tables import claims, keys
from xitt.report.tables.comparison_tables import marks
from xitt.report.tables.scores import seeds_of
from xitt.tasks import registry
from xitt.tasks.registry import ENGLISH

NO_CODE = "No language model was run on code yet."
NO_PAIRS = "No gains on code and on understanding in the same languages yet."
NO_SOURCES = "No intermediate task was run in English and another language yet."
NO_REASONING = "No reasoning target is recorded yet."
NO_GAINS = "No gain of a language model is recorded yet."


def written(row: pd.Series | None, measure: str, key: str = "") -> str:
    """A gain in the units of its measure, with the half-width of its interval."""
    if measure in NATS:
        nats = partial(wording.nats, signed=True)
        return latex.change(row, True, nats, 3, key)
    return latex.change(row, spread=True, key=key)


def scored(row: pd.Series | None, measure: str, key: str = "") -> str:
    """A score in the units of its measure, with the half-width of its interval."""
    if measure in NATS:
        return latex.with_spread(row, wording.nats, digits=3, key=key)
    return latex.with_spread(row, wording.score, key=key)


def code_table(study: Results) -> str:
    """Both measures of each setting, in English and in the mean of the others."""
    scores, gains = study.code.scores, study.code.gains
    rows: Rows = []
    for model in dict.fromkeys(scores["model"]):
        for target in wording.ordered_targets(scores["target"]):
            own = scores[(scores["model"] == model) & (scores["target"] == target)]
            measures = list(dict.fromkeys(own["measure"]))
            places = [(m, lang) for m in measures for lang in (ENGLISH, ZERO_SHOT)]
            where = {"model": model, "target": target}
            heading = f"{wording.task(target)}, {model}"
            rows += [[]] if rows else []
            rows.append([rf"\multicolumn{{6}}{{@{{}}l}}{{\emph{{{tex(heading)}}}}}"])
            for setting in wording.ordered_settings(own["setting"]):
                plain = setting == BASELINE
                frame, write = (scores, scored) if plain else (gains, written)
                cells = [
                    results.cell(frame, **where, setting=setting, measure=m, language=x)
                    for m, x in places
                ]
                name = wording.setting(setting) + " (score)" * plain
                noun = "score" if plain else "gain"
                made = [
                    write(cell, m, keys.within(frame, "code", cell, noun))
                    for cell, (m, _) in zip(cells, places)
                ]
                rows.append([tex(name), seeds_of(cells), *made])
    several = [r"pass@1 en", "others", "log-lik. en", "others"]
    return tabular("lcrrrr", ["", "seeds", *several], rows, NO_CODE)


def agreement_table(study: Results) -> str:
    """How far the gain on code goes with that on understanding."""
    rows: Rows = []
    for _, row in study.code.agreement.iterrows():
        apart = row["low"] > 0 or row["high"] < 0
        rho = tex(two_places(row["rho"]))
        rows.append(
            [
                tex(title(row["code"], row["measure"])),
                tex(wording.task(row["target"])),
                tex(row["side"]),
                str(row["settings"]),
                str(row["languages"]),
                rf"\textbf{{{rho}}}" if apart else rho,
                tex(f"{two_places(row['low'])} to {two_places(row['high'])}"),
                tex(two_places(row["within"])),
                tex(two_places(row["between"])),
            ]
        )
    head = ["gain on", "and on", "of", "settings", "languages", r"$\rho$", "95\\%",
            "within", "between"]  # fmt: skip
    return tabular("lllrrrrrr", head, rows, NO_PAIRS)


def source_table(study: Results) -> str:
    """Each source language beside what is known of it; its gain over English."""
    found = study.source_language
    matrix = found.matrix[found.matrix["language"] == ZERO_SHOT]
    rows: Rows = []
    places = _source_places(matrix)
    several = len({(model, base) for model, base, *_ in places}) > 1
    for model, base in dict.fromkeys(place[:2] for place in places):
        where = {"model": model, "base": base, "language": ZERO_SHOT}
        own = [place[2:] for place in places if place[:2] == (model, base)]
        if several:
            words = tex(f"{wording.task(base)}, {model}")
            rows += [[]] if rows else []
            rows.append([rf"\multicolumn{{4}}{{@{{}}l}}{{\emph{{{words}}}}}"])
        control = [
            results.cell(found.english, **where, target=t, measure=m) for t, m in own
        ]
        made = [written(cell, m) for cell, (_, m) in zip(control, own)]
        rows += [["English, over none", "Latin", tex(DASH), *made], []]
        for code, row in found.sources.iterrows():
            cells = [
                results.cell(matrix, **where, source=code, target=t, measure=m)
                for t, m in own
            ]
            made = [written(cell, m) for cell, (_, m) in zip(cells, own)]
            about = [row["name"], row["script"], two_places(row["distance"])]
            rows.append([*map(tex, about), *made])
        advantage = [
            results.cell(found.own, model=model, base=base, target=t, measure=m)
            for t, m in own
        ]
        made = [written(cell, m) for cell, (_, m) in zip(advantage, own)]
        rows += [[], ["Own language", "", "", *made]]
    columns = list(dict.fromkeys(place[2:] for place in places))
    heads = [_stacked(target, measure) for target, measure in columns]
    head = ["", "script", "dist.", *heads]
    return tabular("llr" + "r" * len(columns), head, rows, NO_SOURCES)


def _source_places(matrix: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """(model, base, target, measure) of a matrix, code first."""
    code = registry.names("target", suite=recorded.CODE)
    places = matrix[["model", "base", "target", "measure"]].drop_duplicates()
    order = wording.ordered_targets(matrix["target"])
    order.sort(key=lambda target: target not in code)
    rows = [tuple(place) for place in places.itertuples(index=False)]
    return sorted(rows, key=lambda place: (*place[:2], order.index(place[2])))


def _stacked(target: str, measure: str) -> str:
    """A column's title on two lines: the task, then the measure where it has two."""
    task, _, what = title(target, measure).partition(", ")
    what = what.replace("log-likelihood", "log-lik.")
    return rf"\head{{{tex(task)}\\{tex(what)}}}" if what else rf"\head{{{tex(task)}}}"


def reasoning_table(study: Results) -> str:
    """Scores by protocol beside chance, and the gain of every setting."""
    found = study.reasoning
    settings = wording.ordered_settings(found.gains["setting"])
    rows: Rows = []
    for model in dict.fromkeys(found.scores["model"]):
        ours = found.scores[found.scores["model"] == model]
        if len(found.scores["model"].unique()) > 1:
            rows += [[]] if rows else []
            rows.append([rf"\multicolumn{{4}}{{@{{}}l}}{{\emph{{{tex(model)}}}}}"])
        for target in wording.ordered_targets(ours["target"]):
            own = ours[ours["target"] == target]
            for measure in dict.fromkeys(own["measure"]):
                where = {"model": model, "target": target, "measure": measure,
                         "language": ZERO_SHOT}  # fmt: skip
                rows.append(
                    [
                        tex(title(target, measure)),
                        *_protocols(found.scores, where),
                        *(_reasoned(found.gains, where, s) for s in settings),
                    ]
                )
    names = [tex(wording.stacked(wording.setting(s))) for s in settings]
    head = ["", "$n$", "chance", "score", r"\head{lm-\\eval}"]
    head += [rf"\head{{{name}}}" for name in names]
    return tabular("lrrrr" + "r" * len(settings), head, rows, NO_REASONING)


def _reasoned(gains: pd.DataFrame, where: dict[str, str], setting: str) -> str:
    row = results.cell(gains, **where, setting=setting)
    key = keys.within(gains, "reasoning", row, "gain")
    return written(row, where["measure"], key)


def _protocols(scores: pd.DataFrame, where: dict[str, str]) -> list[str]:
    """n, chance, and the score without intermediate training by either protocol."""
    plain = scores[scores["setting"] == BASELINE]
    ours = scores[scores["protocol"] != reasoning.HARNESS]
    main = results.cell(ours, **where, setting=BASELINE)
    other = results.cell(plain, **where, protocol=reasoning.HARNESS)
    if main is None:
        return [tex(DASH)] * 4
    n = round(main["n_examples"] / main["n_languages"])
    dagger = r"\textsuperscript{\dag}" if main["at_chance"] else ""
    keyed = ((main, keys.within(ours, "reasoning", main, "score")), (other, ""))
    cells = [scored(each, where["measure"], key) for each, key in keyed]
    return [str(n), tex(wording.score(main["chance"])), cells[0] + dagger, cells[1]]


def published_models_table(study: Results) -> str:
    """Published scores of small models, and ours by the same protocol."""
    frame = study.reasoning.beside
    if not frame["ours"].any():
        return tabular("l", [], [], NO_REASONING)
    letters = marks(list(frame.loc[~frame["ours"].astype(bool), "source"]))
    blocks = []
    ours = set(frame.loc[frame["ours"].astype(bool), "target"])
    for target in wording.ordered_targets(ours):
        own = frame[frame["target"] == target]
        languages = wording.ordered_languages(own["language"])
        rows: Rows = []
        for model in dict.fromkeys(own["model"]):
            mine = own[own["model"] == model].set_index("language")
            values = mine["value"].reindex(languages)
            mark = letters.get(mine["source"].iloc[0], "")
            name = tex(model) + (rf"\source{{{mark}}}" if mark else "")
            rows.append([name, *(tex(wording.score(v)) for v in values)])
            if mine["ours"].all():
                items = mine["n"].astype(float).reindex(languages).map(wording.count)
                rows.append([r"\quad items", *map(tex, items)])
        body = tabular("l" + "r" * len(languages), ["", *map(tex, languages)], rows)
        blocks.append(f"\\languageblock{{{tex(wording.task(target))}}}{{%\n{body}}}\n")
    return "\n".join(blocks)


def published_sources() -> list[str]:
    """Where the published scores were found, in the order of their letters."""
    return list(reasoning.quoted()["source"])


def power_table(study: Results) -> str:
    """What change of each target could be seen, in one language and on average."""
    frames = {
        "over none": [study.code.power, study.reasoning.power],
        "over English": [study.source_language.power],
    }
    rows: Rows = []
    for words, parts in frames.items():
        frame = pd.concat(parts) if any(map(len, parts)) else parts[0]
        rows += [[]] if rows and len(frame) else []
        rows += [_powered(row, words) for _, row in frame.iterrows()]
    head = ["", "", "model", "$n$", "lang.", "seeds", "single", "mean"]
    return tabular("lllrrrrr", head, rows, NO_GAINS)


def _powered(row: pd.Series, words: str) -> list[str]:
    write = wording.nats if row["measure"] in NATS else wording.score
    unit = " nats" if row["measure"] in NATS else ""
    counts = [str(int(row[name])) for name in ("n", "languages", "seeds")]
    known = {name: not wording.missing(row[name]) for name in ("one", "mean")}
    seen = [tex(write(row[name]) + unit * known[name]) for name in known]
    names = [title(row["target"], row["measure"]), words, row["model"]]
    return [*map(tex, names), *counts, *seen]


def verdict_table(study: Results) -> str:
    """The claims on language models with what is here."""
    found: Sequence[verdicts.Verdict] = [
        verdict
        for part in (
            verdicts.of_code,
            verdicts.of_source,
            verdicts.of_reasoning,
            verdicts.of_states,
        )
        for verdict in part(study)
    ]
    return claims.written(found, published=False)
