"""The numbers of the text: keys, formatting, and wording that follows the numbers."""

from __future__ import annotations

import json
import re

import fake_records
import pandas as pd
import perturbed_records
import pytest

from xitt import paths
from xitt.analysis import results, wording
from xitt.analysis.cautions import precisions
from xitt.report import numbers, speed_report
from xitt.report.prose import changes, choices, gains
from xitt.report.site import readme


@pytest.fixture(scope="module")
def found(demo) -> dict[str, numbers.Number]:
    return numbers.collect(demo)


def change(mean: float, half: float, **more) -> dict:
    interval = {"mean": mean, "low": mean - half, "high": mean + half}
    return {**interval, "interval": "seeds and examples", **more}


def made(*means: float) -> pd.DataFrame:
    """Changes of which those above one point are clear after Holm's correction."""
    return pd.DataFrame(
        [change(mean, 1.0, p_holm=0.01 if abs(mean) > 1 else 0.5) for mean in means]
    )


def test_numbers_are_looked_up_by_target_and_setting(demo, found):
    row = results.cell(demo.gains, setting="mnli", target="xnli")
    assert found["xnli/mnli/gain"].value == pytest.approx(row["mean"], abs=1e-4)
    assert found["xnli/mnli/gain"].text == f"+{row['mean']:.1f}"
    assert found["xnli/mnli/gain/low"].text == f"+{row['low']:.1f}"
    assert found["tatoeba/none/score"].text == "72.1"
    assert found["xnli/mnli/sw/gain"].text.startswith("+")
    assert found["avg/multi/gain"].value is not None
    assert "xnli/none/gain" not in found


def test_a_gain_is_the_difference_of_the_scores(found):
    difference = found["xnli/mnli/score"].value - found["xnli/none/score"].value
    assert found["xnli/mnli/gain"].value == pytest.approx(difference, abs=2e-4)


def test_counts_come_as_figures_and_as_words(found):
    assert found["count/languages"].text == "11"
    assert found["count/targets/words"].text == "nine targets"
    assert found["count/settings/words"].text == "four settings"
    assert found["count/seeds-a-cell"].text == "two seeds"


def test_the_conditions_of_the_runs_can_be_named(found):
    assert found["encoder/name"].text == "e5-small"
    assert found["encoder/parameters"].text == "118 million"
    assert found["hardware/name"].text == "made up (two threads)"
    assert found["versions/torch"].text == "2.13.0"
    assert found["training/clip"].text == "1.0"


def test_published_numbers_are_those_of_the_facts_with_their_source(found):
    assert found["published/avg/multi/gain"].text == "+8.7"
    assert "2005.13013" in found["published/avg/multi/source"].text
    assert found["published/tydiqa/gain"].text == "+10.9"


def test_a_number_that_was_not_measured_has_no_key(incomplete):
    found = numbers.collect(incomplete)
    assert "xquad/squad_v2/gain" in found
    assert "xnli/squad_v2/gain" not in found
    assert "avg/squad_v2/gain" not in found
    assert "panx/none/score" not in found
    assert found["study/targets-missing"].text.startswith("PAWS-X, PAN-X")
    assert numbers.collect(results.of([])).keys() >= {
        "count/records",
        "published/xnli/best",
    }


def test_latex_and_json_hold_the_same_numbers(incomplete, tmp_path):
    tex, plain = numbers.write(incomplete, tmp_path)
    listed = json.loads(plain.read_text())
    keys = re.findall(r"^\\xitt@set\{([^}]+)\}", tex.read_text(), re.MULTILINE)
    assert keys == sorted(listed)
    assert listed["xnli/mnli/gain"]["text"] == "+2.9"
    assert r"\xitt@set{tatoeba/mnli/gain}{$-$3.1}" in tex.read_text()
    assert "95\\% interval" in tex.read_text()


def test_latex_is_told_whether_it_is_a_demo(demo, incomplete, tmp_path):
    numbers.write(demo, tmp_path / "demo")
    numbers.write(incomplete, tmp_path / "real")
    assert "\\demotrue" in (tmp_path / "demo" / "numbers.tex").read_text()
    assert "\\demofalse" in (tmp_path / "real" / "numbers.tex").read_text()


@pytest.mark.parametrize(
    ("mean", "half", "words"),
    [
        (1.2, 1.0, "a gain of 1.2 points (95% interval +0.2 to +2.2)"),
        (-3.1, 0.5, "a loss of 3.1 points (95% interval −3.6 to −2.6)"),
        (
            *(1.2, 1.5),
            "a change of +1.2 points (95% interval −0.3 to +2.7), "
            "not distinguishable from zero",
        ),
    ],
)
def test_a_verdict_follows_the_interval(mean, half, words):
    assert changes.verdict(pd.Series(change(mean, half))) == words
    alone = pd.Series(change(mean, half, interval="examples"))
    assert "over examples alone" in changes.verdict(alone)


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ((2, 3, -2, 0, 0.5), "two gain, one loses and two show no clear change"),
        ((2, 3, 4), "all three gain"),
        ((-2, -3), "both lose"),
        ((0.1,), "one shows no clear change"),
        ((2, 0.1), "one gains and one shows no clear change"),
    ],
)
def test_a_tally_counts_in_words(means, words):
    assert changes.tally(made(*means)) == words


def test_what_has_one_seed_is_not_tested_and_not_called_unclear():
    rows = made(2, 0.1, -44)
    alone = rows.assign(p_holm=float("nan"))
    assert changes.tally(alone) == "all three are of one seed and not tested"
    rows.loc[2, "p_holm"] = float("nan")
    said = "one gains, one shows no clear change and one is of one seed and not tested"
    assert changes.tally(rows) == said


def test_one_setting_is_reported_and_several_are_counted(demo, incomplete):
    assert gains.average(incomplete).startswith(
        "Averaged over four targets, MNLI brings"
    )
    assert "of four intermediate settings" in gains.average(demo)
    assert gains.best_setting(incomplete) == ""


def test_what_was_left_out_for_want_of_data_is_said_until_it_is_run(incomplete):
    assert "left-out" not in gains.of(incomplete)
    records = [
        {**r, "data": {**r["data"], "left_out": ["ccg_pmb", "multi", "bucc", "mnli"]}}
        for r in incomplete.records
    ]  # mnli has been run since
    said = gains.of(results.of(records))["left-out"]
    assert said.startswith("Left out, because they need data that are not on the Hub")
    assert said.endswith("the settings CCG (PMB) and Multi-task and the target BUCC.")


def test_a_claim_that_needs_missing_runs_is_left_out(incomplete):
    sentences = gains.of(incomplete)
    assert "tydiqa" not in sentences
    assert "mlm" not in sentences
    assert all(text.endswith(".") for text in sentences.values())
    assert gains.of(results.of([])) == {}


def test_a_variant_is_compared_with_the_same_task_without_it():
    languages = {"xnli": ("de", "en", "sw"), "udpos": ("de", "en")}
    study = results.of(fake_records.grid(("none", "mnli", "mnli+mlm"), languages))
    text = gains.of(study)["mlm"]
    start = "Against the same task without it, over two targets, MNLI + MLM brings"
    assert text.startswith(start)
    rows = {s: results.cell(study.gains, setting=s, target="all")["mean"]
             for s in ("mnli", "mnli+mlm")}  # fmt: skip
    assert f"{abs(rows['mnli+mlm'] - rows['mnli']):.1f} points" in text


def test_a_shorter_average_is_not_passed_off_as_the_published_one(incomplete, demo):
    assert "whose average is over four targets" in choices.against_published(incomplete)
    assert "whose average" not in choices.against_published(demo)


def test_what_is_not_recorded_is_named(incomplete, demo):
    said = gains.of(incomplete)["incomplete"]
    assert said == "Not recorded yet: SQuAD v2.0 on XNLI, UDPOS and Tatoeba."
    assert "incomplete" not in gains.of(demo)
    begun = [
        fake_records.intermediate_record(name, profile="small", demo=False)
        for name in ("qqp", "multi")
    ]
    said = gains.of(results.of([*incomplete.records, *begun]))["incomplete"]
    assert "QQP and Multi-task on every target" in said


def test_retrieval_is_compared_with_the_other_targets(demo, incomplete):
    said = gains.of(demo)["retrieval-contrast"]
    assert said.startswith("Of four settings, none brings clearly more to retrieval")
    assert gains.of(incomplete)["retrieval-contrast"].startswith("With MNLI retrieval")


def test_the_choices_on_development_data_are_listed(demo):
    said = gains.of(demo)["best-choices"]
    chosen = demo.best[demo.best["target"] != results.ALL]
    for setting in chosen["setting"].unique():
        assert wording.setting(setting) in said
    assert said.count(" for ") == chosen["setting"].nunique()


def test_a_target_that_is_not_learnt_is_named():
    languages = {"xnli": ("de", "en", "sw"), "paws_x": ("de", "en")}
    said = gains.of(results.of(fake_records.floored("paws_x", languages)))
    assert said["at-floor"].startswith(
        "Without an intermediate task PAWS-X (55.0 points, 55.0 by a trivial answer) "
        "is at the floor"
    )
    assert "on PAWS-X with one of one setting:" in said["unmoved"]
    assert "XNLI" not in said["at-floor"] + said["unmoved"]


def test_pairs_across_two_number_formats_are_named():
    languages = {"xnli": ("de", "en"), "tatoeba": ("de", "sw"), "udpos": ("de", "en")}
    records = fake_records.grid(("none", "mnli", "qqp"), languages)
    assert "precision" not in gains.of(results.of(records))
    for record in records:
        if record["setting"] == "mnli" and record["target"] in ("xnli", "udpos"):
            record["precision"] = "fp32"
    assert gains.of(results.of(records))["precision"] == (
        "Paired across two number formats: MNLI on XNLI and UDPOS (fp32 against bf16)."
    )
    for record in records:
        if record["setting"] != "qqp" and record["target"]:
            record["precision"] = "fp32"
        if record["target"] == "tatoeba" and record["setting"] == "none":
            del record["precision"]  # older code kept that of a training alone
    assert gains.of(results.of(records))["precision"] == (
        "Paired across two number formats: MNLI on Tatoeba (fp32 against an unknown "
        "one); QQP on Tatoeba (bf16 against an unknown one); QQP on XNLI and UDPOS "
        "(bf16 against fp32). The number format of one older run is not recorded."
    )


def test_the_format_of_the_intermediate_phase_counts_too():
    records = fake_records.grid(("none", "mnli"), {"xnli": ("de", "en")})
    parent = next(r for r in records if r["phase"] == "intermediate")
    child = next(r for r in records if r["setting"] == "mnli" and r["target"])
    child["parent"], parent["precision"] = parent["key"], "fp32"
    assert "(fp32, then bf16 against bf16)" in precisions.told(records)


def test_seeds_of_two_formats_are_no_pair_across_them():
    records = fake_records.grid(("none", "mnli"), {"xnli": ("de", "en")}, (13, 17))
    for record in records:
        record["precision"] = "fp32" if record["seed"] == 13 else "bf16"
    assert precisions.told(records) == ""


def test_a_target_without_development_data_is_named():
    languages = {"xnli": ("de", "en", "sw"), "tatoeba": ("de", "sw")}
    records = fake_records.grid(("none", "mnli"), languages)
    for record in records:
        if record["target"] == "tatoeba":
            del record["metrics"]["validation"]
    said = gains.of(results.of(records))["best-choices"]
    assert said == (
        "Development data choose MNLI for XNLI. On XNLI there was no other candidate. "
        "Tatoeba has no development data to choose on."
    )


def test_the_sizes_of_the_data_can_be_named(found):
    assert found["data/intermediate/train"].text == "800"
    assert found["data/test"].text == "40"


def test_languages_are_corrected_over_all_but_english(demo):
    frame = demo.language_gains
    english = frame["language"] == "en"
    assert frame.loc[english, "p_holm"].isna().all()
    rest = frame[~english]
    least = rest.loc[rest["p"].idxmin()]
    assert least["p_holm"] == pytest.approx(min(1, len(rest) * least["p"]))


def written() -> str:
    """The paper's text, with the part that it includes."""
    names = ("main.tex", "language-models.tex")
    return "\n".join((paths.PAPER / name).read_text("utf-8") for name in names)


def test_every_number_in_the_papers_text_has_a_key(found):
    text = (paths.PAPER / "main.tex").read_text(encoding="utf-8")
    text = re.sub(r"(?m)(?<!\\)%.*$", "", text)
    asked = set(re.findall(r"\\ifresult\{([^}]+)\}", text))
    used = set(re.findall(r"\\result\{([^}]+)\}", text))
    # What is not asked for first is there whatever was run.
    always = numbers.collect(results.of([]))
    measured = set(speed_report.numbers(fake_records.speeds()))
    assert used - asked - measured <= set(always) | {
        "encoder/parameters",
        "study/seeds",
    } | {
        f"avg/mnli/{rest}"
        for rest in (
            "gain-with-english/low",
            "gain-with-english/high",
            "gain-with-english/targets",
        )
    } | {f"avg/best/{rest}" for rest in ("gain/low", "gain/high", "targets")}
    optional = {
        "claim/mlm",
        "claim/translated",
        "claim/at-floor",
        "claim/curves",
        "claim/failed",
        "claim/incomplete",
        "claim/learning-rates",
        "claim/left-out",
        "claim/precision",
        "claim/unlearned",
        "claim/unmoved",
        "claim/verdict-unclear",
        "claim/verdict-open",
        "claim/volume-missing",
        "claim/volume-unlearned",
        "languages/wide",
        "count/cells",
        "count/other-seeds",
        "claim/verdict-untested",
        "study/targets-missing",
        "code/models",
        "source/models",
        "reasoning/models",
    }
    noise = numbers.collect(results.of(perturbed_records.two_settings()))
    optional |= {key for key in noise if key.startswith("claim/noise")}
    optional |= {"claim/noise-baselines"}  # fine-tuning on other English was not run
    named = set(found) | optional | measured | {"versions/transformers"}
    assert used | asked <= named


def test_every_citation_is_in_the_bibliography_and_used():
    text = written()
    groups = re.findall(r"\\cite[tp]?(?:\[[^\]]*\])*\{([^}]+)\}", text)
    cited = {key for group in groups for key in group.split(",")}
    entries = (paths.PAPER / "references.bib").read_text(encoding="utf-8")
    assert cited == set(re.findall(r"(?m)^@\w+\{([^,]+),", entries))


def test_every_figure_and_table_names_its_notebook():
    text = written()
    captions = re.findall(r"\\caption\{.+?\n  \\label", text, re.DOTALL)
    assert len(captions) == text.count(r"\caption{")
    assert all(r"\figsource{" in caption for caption in captions)


def test_the_readme_beside_the_figures_says_what_the_records_say(demo, tmp_path):
    page = tmp_path / "README.md"
    assert not readme.write(demo, page)  # there is none
    around = f"# A study\n\n{readme.BEGIN}\n{readme.END}\n\nThe end.\n"
    page.write_text(around, encoding="utf-8")
    assert readme.write(demo, page)
    older = page.read_text(encoding="utf-8").replace("So far", "older")
    page.write_text(older, encoding="utf-8")
    assert readme.write(demo, page)
    before, told, after = re.split(r"<!--.*-->\n", page.read_text(encoding="utf-8"))
    assert (before, after) == ("# A study\n\n", "\nThe end.\n")
    told = " ".join(told.split())
    assert told.startswith("**So far:** Every cell is recorded, with two seeds a cell.")
    assert gains.of(demo)["average"] in told and "older" not in told


def test_of_a_grid_with_gaps_the_cells_are_counted(incomplete):
    found = numbers.collect(incomplete)
    rows = incomplete.scores[incomplete.scores["target"].isin(incomplete.targets)]
    there = len(rows.dropna(subset=["mean"]))
    every = len(incomplete.settings) * len(incomplete.targets)
    said = f"{there} of {every} combinations of a setting and a target"
    assert found["count/cells"].text == said
