"""What the tables hold, and how it is written for LaTeX."""

from __future__ import annotations

import re

import fake_language_models
import fake_records
import pandas as pd
import perturbed_records
import pytest

from xitt.analysis import results, wording
from xitt.report import latex, numbers
from xitt.report.latex import tex
from xitt.report.tables import catalogue, runs, scores, summary


def body(table: str) -> list[list[str]]:
    """The cells of a table's rows, header first."""
    table = fake_records.untraced(table)
    lines = [line for line in table.splitlines() if line.endswith(r"\\")]
    rows = [line.removesuffix(r"\\").split("&") for line in lines]
    return [[cell.strip() for cell in row] for row in rows]


def score(setting: str, mean: float, half: float, target: str = "xnli") -> dict:
    return {"setting": setting, "target": target, "mean": mean, "low": mean - half,
            "high": mean + half}  # fmt: skip


def writes() -> list:
    return fake_language_models.study(
        ("none", "mnli", "mnli@en", "mnli@de"), ("humaneval_xl", "xcopa", "mgsm")
    )


def traced(table: str) -> list[tuple[str, str]]:
    """Each key that a table leads to, and what stands there in plain print."""
    found = re.findall(fake_records.TRACED, table)
    return [(key, re.sub(r"^\\textbf\{(.*)\}$", r"\1", text)) for key, text in found]


@pytest.mark.parametrize(
    "made",
    [
        fake_records.demo,
        fake_records.incomplete,
        writes,
        perturbed_records.two_settings,
    ],
)
def test_what_a_cell_leads_to_is_a_number_and_reads_the_same(made):
    study = results.of(made())
    known = numbers.collect(study)
    cells = [pair for make in catalogue.TABLES.values() for pair in traced(make(study))]
    assert len(cells) > 40
    assert [pair for pair in cells if tex(known[pair[0]].text) != pair[1]] == []


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("50% of A&B", r"50\% of A\&B"),
        ("squad_v2 #1 {x}", r"squad\_v2 \#1 \{x\}"),
        (
            "a\\b ~ c^2 $",
            r"a\textbackslash{}b \textasciitilde{} c\textasciicircum{}2 \$",
        ),
        ("−1.2 – 3", "$-$1.2 -- 3"),
        ("a < b > c", r"a \textless{} b \textgreater{} c"),
    ],
)
def test_every_character_that_latex_reads_as_a_command_is_escaped(plain, written):
    assert tex(plain) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(71.24, "71.2"), (0.0, "0.0"), (-0.31, "−0.3"), (-0.04, "0.0"), (None, "–")],
)
def test_scores_have_one_decimal(value, written):
    assert wording.score(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.24, "+1.2"),
        (-0.37, "−0.4"),
        (0.04, "0.0"),
        (-0.04, "0.0"),
        (float("nan"), "–"),
    ],
)
def test_gains_have_a_sign_unless_they_round_to_zero(value, written):
    assert wording.gain(value) == written


def test_times_and_large_numbers_are_written_for_readers():
    assert [wording.duration(s) for s in (8.4, 720, 12_240)] == [
        "8 s",
        "12 min",
        "3.4 h",
    ]
    assert [wording.large(n) for n in (840, 1_250, 173_000, 2.5e6)] == [
        *("840", "1.2 k", "173 k", "2.5 M"),
    ]
    assert wording.plural(1, "seed") == "one seed"
    assert wording.plural(40, "language") == "40 languages"
    assert wording.listing(["a"]) == "a"
    assert wording.listing(["a", "b", "c"]) == "a, b and c"


def test_settings_are_named_for_readers():
    assert wording.setting("none") == "None"
    assert wording.setting("multi+mlm") == "Multi-task + MLM"
    assert wording.setting("mnli+translated") == "MNLI + translated"
    assert wording.setting("none+mlm") == "MLM"


def test_a_table_is_a_bare_booktabs_tabular():
    table = latex.tabular("lr", ["a", "b"], [["x", "1"], [], ["y", "2"]])
    assert table.startswith("% Generated")
    assert [line for line in table.splitlines()[1:] if line] == [
        r"\begin{tabular}{@{}lr@{}}",
        r"\toprule",
        r"a & b \\",
        r"\midrule",
        r"x & 1 \\",
        r"\midrule",
        r"y & 2 \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


def test_a_cell_that_was_not_run_is_a_dash_and_never_zero(incomplete):
    for make in (scores.scores_table, scores.gains_table):
        rows = {row[0]: row for row in body(make(incomplete))}
        squad = rows["SQuAD v2.0"]
        # seeds, then XNLI, UDPOS, XQuAD, Tatoeba and two averages
        assert [cell == "--" for cell in squad[2:]] == [
            *(True, True, False, True),
            *(True, True),
        ]
        assert "0.0" not in squad


def test_a_mean_comes_with_the_half_width_of_its_interval(demo):
    row = results.cell(demo.scores, setting="mnli", target="xnli")
    written = body(scores.scores_table(demo))[2][2]
    half = (row["high"] - row["low"]) / 2
    assert written == rf"\spread{{{row['mean']:.1f}}}{{{half:.1f}}}"


def test_the_best_is_bold_only_where_it_leads_by_more_than_the_spread():
    # 3 and 4 make a spread of 5 points
    ahead = pd.DataFrame([score("mnli", 60.1, 3), score("none", 55, 4)])
    level = pd.DataFrame([score("mnli", 59.9, 3), score("none", 55, 4)])
    alone = pd.DataFrame([score("mnli", 60, 0.1)])
    assert scores.leaders(ahead) == {("mnli", "xnli")}
    assert scores.leaders(level) == set()
    assert scores.leaders(alone) == set()


def test_the_number_of_seeds_stands_in_the_table():
    languages = {"xnli": ("de", "en"), "udpos": ("de", "en")}
    many = fake_records.grid(("none", "mnli"), languages, seeds=(1, 2, 3))
    study = results.of([r for r in many if r["target"] != "udpos" or r["seed"] == 1])
    for make in (scores.scores_table, scores.gains_table):
        rows = {row[0]: row for row in body(make(study))}
        assert rows["MNLI"][1] == "1--3"


def test_the_matrix_begins_with_the_scores_that_gains_are_added_to(incomplete):
    rows = body(scores.gains_table(incomplete))
    assert [row[0] for row in rows[1:]] == ["None (score)", "MNLI", "SQuAD v2.0"]
    base = results.cell(incomplete.scores, setting="none", target="xnli")
    assert rows[1][2].startswith(rf"\spread{{{base['mean']:.1f}}}")
    gain = results.cell(incomplete.gains, setting="mnli", target="xnli")
    assert f"+{gain['mean']:.1f}" in rows[2][2]


def test_variants_stand_apart_from_the_tasks_they_vary():
    languages = {"xnli": ("de", "en"), "udpos": ("de", "en")}
    settings = ("none", "mnli", "multi", "mnli+mlm", "mnli+translated")
    table = scores.gains_table(results.of(fake_records.grid(settings, languages)))
    names = [line.split(" &")[0] for line in table.splitlines()]
    assert names[names.index("Multi-task") + 1] == r"\midrule"
    assert names[names.index("MNLI + MLM") + 1] == "MNLI + translated"


@pytest.mark.parametrize(
    ("low", "high", "p_holm", "written"),
    [
        (-0.5, 2.5, 1.0, "+1.0"),
        (0.2, 1.8, 0.2, r"\textbf{+1.0}"),
        (0.5, 1.5, 0.01, r"\starred{}\textbf{+1.0}"),
    ],
)
def test_bold_is_one_comparison_and_an_asterisk_holds_after_holm(
    low, high, p_holm, written
):
    row = {"mean": 1.0, "low": low, "high": high, "p_holm": p_holm}
    row["interval"] = "seeds and examples"
    assert latex.change(pd.Series(row)) == written
    assert latex.change(row, spread=True).startswith(rf"\spread{{{written}}}")
    assert latex.change(None) == "--"
    alone = row | {"interval": "examples"}  # no other seed: marked, and never bold
    assert r"\textbf" not in latex.change(alone, spread=True)
    assert latex.change(alone, spread=True).endswith(r"\examplesonly}")


def test_the_recipes_come_from_the_records(incomplete):
    rows = {row[0]: row[1:] for row in body(runs.recipe_table(incomplete))}
    assert rows["MNLI"] == ["2", "16", r"$1\cdot10^{-4}$", "480", "160"]
    assert "Tatoeba" not in rows  # nothing is trained


def test_the_baseline_costs_no_intermediate_training(demo):
    rows = {row[0]: row[1:] for row in body(runs.cost_table(demo))}
    assert rows["None"][:2] == ["--", "--"]
    assert rows["MNLI"] == ["12 s", "19 k", "18", "12 s", "9.6 k"]


def test_retrieval_is_reported_at_its_layer_with_gains_and_at_the_last(demo):
    rows = {row[0]: row[1:] for row in body(runs.retrieval_table(demo))}
    gain = results.cell(demo.gains, setting="mnli", target="bucc")["mean"]
    seeds, score, change, last, *_ = rows["MNLI"]
    assert seeds == "2" and tex(wording.gain(gain)) in change
    top = demo.layers["layer"] == demo.layers["layer"].max()
    at_last = results.cell(demo.layers[top], setting="mnli", target="bucc")["mean"]
    assert last == tex(wording.score(at_last)) and last not in score
    assert rows["None"][2] == "--"


@pytest.mark.parametrize("name", catalogue.TABLES)
def test_every_table_exists_when_nothing_is_recorded(name):
    table = catalogue.TABLES[name](results.of([]))
    assert "tabular" in table or "yet" in table


def test_tables_are_written_one_file_each(incomplete, tmp_path):
    paths = catalogue.write(incomplete, tmp_path)
    assert {path.stem for path in paths} == set(catalogue.TABLES)
    assert all(path.parent == tmp_path / "tables" for path in paths)


def test_the_summary_has_a_row_for_each_score(incomplete, tmp_path):
    frame = summary.summary(incomplete)
    needed = {"intermediate", "target", "language", "metric", "value", "n", "seed"}
    assert needed <= set(frame.columns)
    row = frame.query(
        "intermediate == 'mnli' and target == 'xnli' and language == 'sw'"
    )
    row = row.query("split == 'test' and headline")
    record = next(
        r for r in incomplete.records if (r["setting"], r["target"]) == ("mnli", "xnli")
    )
    assert row["value"].tolist() == [record["metrics"]["test"]["sw"]["accuracy"]]
    assert row["n"].tolist() == [200]
    written = pd.read_csv(summary.write_summary(incomplete, tmp_path / "summary.csv"))
    assert len(written) == len(frame)


def test_the_terminal_shows_scores_then_gains(incomplete, demo, capsys):
    summary.print_summary(incomplete)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:2] == ["XNLI", "UDPOS"]
    assert lines[2].startswith("None") and "+" not in lines[2]
    assert lines[3].startswith("MNLI") and "+2.9" in lines[3]
    assert lines[4].split()[-1] == "–"
    summary.print_summary(demo)
    assert "demo" in capsys.readouterr().out


def test_holms_correction_is_made_within_targets_and_within_averages(demo):
    gains = demo.gains
    cells = gains[~gains["target"].isin(wording.AVERAGES)]
    # The smallest p of 36 cells is multiplied by 36, and by no more.
    smallest = cells.loc[cells["p"].idxmin()]
    assert smallest["p_holm"] == pytest.approx(min(1, 36 * smallest["p"]))
