"""Our gains beside the published ones, and the verdicts on the original's claims."""

from __future__ import annotations

import fake_records
import pandas as pd
import pytest
from fake_records import table_body as body

from xitt import paths
from xitt.analysis import estimates, published, results, verdicts, wording
from xitt.report import style
from xitt.report.figures import comparison_figure
from xitt.report.prose import claims
from xitt.report.tables import claims as claim_table
from xitt.report.tables import comparison_tables

# ----------------------------------------------------------------------------- numbers


def test_published_averages_are_those_of_the_source(demo):
    rows = body(comparison_tables.published_table(demo))
    assert {name: row[0].split("\\")[0] for name, row in rows.items() if name} == {
        "MNLI": "+7.5",
        "SQuAD v2.0": "+8.2",
        "HellaSwag": "+7.0",
        "Multi-task": "+8.7",
        "Best per target": "+5.4",
    }
    assert published.published_average("qqp") is None


def test_published_test_scores_are_of_one_version_of_the_results():
    quoted = published.published_scores("xnli")
    assert (quoted.none, quoted.best, quoted.gain) == (79.2, 80.4, 1.2)
    assert "multilingual-t5" in quoted.source
    quoted = published.published_scores("udpos")  # the leaderboard's alone
    assert (quoted.none, quoted.best) == (73.8, 74.9)
    assert "RemBERT" in quoted.source
    assert published.published_scores("bucc") is None


def test_every_published_number_stands_in_the_file_with_its_source(demo):
    text = (paths.PUBLISHED / "published_results.csv").read_text(encoding="utf-8")
    for _, row in published.frame(demo).iterrows():
        first = row["source"].split("; ")[0]
        assert first in text
        if row["part"] == "average":
            assert f",{row['published']}," in text


def test_our_average_beside_the_published_one_counts_english(demo):
    frame = estimates.gains(demo.records, by="average")
    where = {"setting": "mnli", "target": "all", "language": "all"}
    ours = results.cell(frame, **where)
    shown = results.cell(published.frame(demo), name="mnli")
    assert shown["mean"] == pytest.approx(ours["mean"])
    assert (
        wording.gain(ours["mean"])
        in body(comparison_tables.published_table(demo))["MNLI"][1]
    )


def test_the_best_setting_of_a_target_is_shown_with_what_chose_it(demo):
    row = body(comparison_tables.best_table(demo))["XNLI"]
    best = results.cell(demo.best, target="xnli")
    chosen = wording.setting(best["setting"])
    points = [wording.score(best[name]) for name in ("validation", "without", "score")]
    assert row[:5] == [chosen, str(len(demo.settings) - 1), *points]
    assert row[6:9] == ["2", "79.2", "80.4"]
    assert "Average of nine targets" in body(comparison_tables.best_table(demo))


def test_a_target_without_a_source_or_a_run_has_dashes(incomplete):
    rows = body(comparison_tables.best_table(incomplete))
    assert rows["Tatoeba"][7:] == ["--"] * 3
    assert rows["PAWS-X"][:7] == ["--"] * 7
    assert "BUCC" not in rows  # neither run nor published


# ------------------------------------------------------------------------------ figure


def comparison_row(**more) -> dict:
    row = {"part": "target", "name": "xnli", "setting": "mnli", "published": 1.2}
    return row | {"mean": 2.0, "low": 1.0, "high": 3.0, "source": "made up"} | more


def test_the_figure_shows_both_gains_and_names_what_was_chosen():
    rows = pd.DataFrame(
        [
            comparison_row(part="average", name="mnli"),
            comparison_row(),
            comparison_row(name="mlqa", setting=None, mean=None),
        ]
    )
    above, below = comparison_figure.published_figure(rows).axes
    assert [text.get_text() for text in below.texts] == ["MNLI", "not run"]
    assert not above.texts
    points = [line.get_xdata()[0] for line in below.lines if line.get_marker() == "D"]
    assert points == [1.2, 1.2]
    ours = [line for line in below.lines if line.get_marker() == "o"]
    assert [line.get_color() for line in ours] == [style.look("mnli")["color"]]


def test_the_figures_numbers_carry_their_sources(demo):
    frame = published.frame(demo)
    assert len(frame) == len(published.AVERAGES) + 1 + len(published.TARGETS)
    assert frame["source"].str.len().gt(0).all()


# ---------------------------------------------------------------------------- verdicts


def found(study: results.Results) -> dict[str, verdicts.Verdict]:
    return {verdict.claim: verdict for verdict in verdicts.of(study)}


def shifted(by: dict[str, float], targets=("xnli", "tydiqa", "tatoeba"), spread=0.1):
    """A study in which each setting gains what `by` says, on every target."""
    languages = dict.fromkeys(targets, ("de", "en", "sw"))
    records = fake_records.grid(("none", *by), languages, seeds=(13, 17))
    base = {
        (r["target"], r["seed"]): r
        for r in records
        if r["setting"] == "none" and r["target"]
    }
    for record in records:
        if record["phase"] != "target" or record["setting"] == "none":
            continue
        amount = by[record["setting"]]
        amount = amount.get(record["target"]) if isinstance(amount, dict) else amount
        for split, cells in record["metrics"].items():
            for lang, scores in cells.items():
                same = base[record["target"], record["seed"]]["metrics"][split][lang]
                scores[record["headline"]] = same[record["headline"]] + amount
                scores["replicates"] = [
                    value + amount + spread * (-1) ** place
                    for place, value in enumerate(same["replicates"])
                ]
    return results.of(records)


@pytest.mark.parametrize(
    ("gain", "status", "shown"),
    [
        (2.0, verdicts.HOLDS, "holds, smaller"),
        (7.5, verdicts.HOLDS, "holds"),
        (12.0, verdicts.HOLDS, "holds, larger"),
        (0.0, verdicts.UNCLEAR, "not clear"),
        (-2.0, verdicts.FAILS, "does not hold"),
    ],
)
def test_a_claim_of_a_gain_is_decided_by_its_sign_and_told_its_size(
    gain, status, shown
):
    verdict = found(shifted({"mnli": gain}))["an average gain with MNLI"]
    assert (verdict.status, verdict.shown) == (status, shown)
    assert verdict.published == 7.5


def test_that_a_target_does_not_gain_falls_with_the_first_that_gains():
    claim = "no gain on XNLI"
    none = found(shifted({"mnli": 0.0, "qqp": -3.0}))[claim]
    one = found(shifted({"mnli": 0.0, "qqp": 3.0}))[claim]
    near = found(shifted({"mnli": 0.0, "qqp": 1.0}, spread=30.0))[claim]
    assert (none.status, one.status) == (verdicts.HOLDS, verdicts.FAILS)
    assert near.status == verdicts.UNCLEAR  # neither a gain nor shown to be none
    assert one.here == "a gain with one of two settings, a loss with none"


@pytest.mark.parametrize(
    ("gains", "status"),
    [
        ((3.0, 3.0, 0.0), verdicts.HOLDS),
        ((3.0, 0.0, 0.0), verdicts.UNCLEAR),
        ((-3.0, -3.0, 3.0), verdicts.FAILS),
    ],
)
def test_many_means_more_than_half_of_the_settings(gains, status):
    study = shifted(dict(zip(("mnli", "qqp", "hellaswag"), gains)))
    assert found(study)["gains on TyDiQA-GoldP from many tasks"].status == status


def test_whether_retrieval_gains_most_is_a_difference_of_gains():
    more = {"xnli": 1.0, "tydiqa": 1.0, "tatoeba": 4.0}
    less = {"xnli": 1.0, "tydiqa": 1.0, "tatoeba": -4.0}
    assert (
        found(shifted({"mnli": more}))["the largest gains on retrieval"].status
        == "holds"
    )
    verdict = found(shifted({"mnli": less}))["the largest gains on retrieval"]
    assert verdict.status == verdicts.FAILS
    assert verdict.here == (
        "more than the other targets with none of one setting, less with one"
    )


@pytest.mark.parametrize(
    ("plain", "mixed", "status"),
    [
        (1.0, 3.0, verdicts.FAILS),
        (3.0, 1.0, verdicts.HOLDS),
        (2.0, 2.0, verdicts.HOLDS),
        (2.0, 3.0, verdicts.FAILS),
    ],
)
def test_a_variant_has_to_be_better_in_every_pair(plain, mixed, status):
    study = shifted({"mnli": plain, "mnli+mlm": mixed})
    claim = "no consistent benefit of masked-language modelling mixed in"
    assert found(study)[claim].status == status


def test_what_was_not_run_is_open_and_never_a_verdict(incomplete):
    statuses = {claim: v.status for claim, v in found(incomplete).items()}
    assert statuses["an average gain with Multi-task"] == verdicts.OPEN
    assert statuses["gains on TyDiQA-GoldP from many tasks"] == verdicts.OPEN
    nothing = results.of([])
    assert {v.status for v in verdicts.of(nothing)} == {verdicts.OPEN}
    assert claims.of(nothing) == {}


def test_the_verdicts_in_words_count_every_claim_once(demo, incomplete):
    for study in (demo, incomplete):
        said = claims.of(study)
        listed = " ".join(text for key, text in said.items() if key != "verdicts")
        assert all(v.claim in listed for v in verdicts.of(study))
        number = wording.number_word(len(verdicts.of(study)))
        assert said["verdicts"].startswith(f"Of {number} claims of the original, ")


def test_of_one_seed_nothing_is_tested_and_nothing_called_unclear():
    records = fake_records.grid(
        ("none", "mnli", "mnli+mlm"), {"xnli": ("de", "en", "sw")}, seeds=(13,)
    )
    study = results.of(records)
    statuses = {verdict.status for verdict in verdicts.of(study)}
    assert statuses == {verdicts.UNTESTED, verdicts.OPEN}
    said = claims.of(study)
    assert "are not tested (one seed)" in said["verdicts"]
    assert "no gain on XNLI (two comparisons)" in said["verdict-untested"]


def test_a_gain_that_holds_but_is_smaller_is_said_to_be_so():
    said = claims.of(shifted({"mnli": 2.0}))
    assert "(two with a smaller gain)" in said["verdicts"]  # best per target, too
    assert "an average gain with MNLI, a smaller one" in said["verdict-holds"]


def test_the_table_of_claims_has_a_row_for_each(demo):
    rows = body(claim_table.table(demo))
    assert len(rows) == 1 + len(verdicts.of(demo))
    assert rows["An average gain with MNLI"][0] == "+7.5"
    assert len(verdicts.frame(demo)) == len(verdicts.of(demo))
