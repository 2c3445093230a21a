"""What is computed from records of language models: code, sources, reasoning."""

import math
from pathlib import Path

import fake_language_models as fake
import fake_records
import numpy as np
import pandas as pd
import pytest
import yaml

from xitt import paths
from xitt.analysis import estimates, results, wording
from xitt.analysis.cautions import power
from xitt.analysis.questions.language_models import code, recorded, verdicts
from xitt.analysis.questions.language_models.recorded import PASS, SMOOTH
from xitt.study import profiles, records


@pytest.fixture(scope="module")
def models() -> list:
    return fake.study()


@pytest.fixture(scope="module")
def study(models):
    encoder = fake_records.grid(
        ("none", "mnli", "squad_v1", "hellaswag"),
        {"xnli": fake_records.XNLI},
        profile="small",
        demo=False,
    )
    return results.of(encoder, language_models=[models])


def row(frame, **where):
    found = results.cell(frame, **where)
    assert found is not None, where
    return found


# ------------------------------------------------------------- one as the headline


def test_a_second_measure_stands_where_the_headline_did(models):
    (record,) = recorded.by_measure(
        [r for r in models if r["target"] == "humaneval_xl"][:1], SMOOTH
    )
    scores = record["metrics"]["test"]["de"]
    assert record["headline"] == SMOOTH
    assert scores["replicates"] == scores["replicates_of"][SMOOTH]


def test_records_without_a_measure_or_protocol_are_left_out(models):
    xnli = [r for r in models if r["target"] == "xnli"]
    assert recorded.by_measure(xnli, SMOOTH) == []
    assert recorded.by_protocol(xnli, "lm-eval") == []
    assert recorded.others(xnli) == [] and recorded.protocol(xnli) == "corrected"


def test_a_gain_is_the_difference_of_the_recorded_scores(study, models):
    def recorded_mean(setting: str, measure: str) -> float:
        own = [
            r["metrics"]["test"]["de"][measure]
            for r in models
            if (r["setting"], r["target"]) == (setting, "humaneval_xl")
        ]
        return sum(own) / len(own)

    for measure in (PASS, SMOOTH):
        gain = row(study.code.gains, setting="mnli", measure=measure, language="de")
        wanted = recorded_mean("mnli", measure) - recorded_mean("none", measure)
        assert gain["mean"] == pytest.approx(wanted)


def test_a_log_likelihood_is_not_cut_at_zero(study):
    rows = study.code.scores[study.code.scores["measure"] == SMOOTH]
    assert (rows["high"] < 0).all() and (rows["low"] < rows["mean"]).all()


def test_settings_in_other_languages_are_no_settings_of_code(study):
    assert set(study.code.gains["setting"]) == {*fake.SETTINGS} - {"none"}


# ------------------------------------------------- code and understanding together


def test_the_sides_are_the_model_and_the_encoder(study):
    assert set(study.code.points["side"]) == {fake.MODEL, "e5-small"}
    assert "en" not in set(study.code.points["language"])
    keys = {record["key"] for record in study.code.compared}
    assert keys >= {r["key"] for r in study.records if r["target"] == "xnli"}


def test_equal_gains_have_a_correlation_of_one(study):
    points = study.code.points
    own = points[(points["side"] == "e5-small") & (points["measure"] == PASS)]
    own = own.assign(understanding=own["gain"])
    found = code._agreement(own, recorded.generator("x"))
    for name in ("rho", "low", "high", "within", "between"):
        assert found[name] == pytest.approx(1.0)
    reversed_ = code._agreement(
        own.assign(understanding=-own["gain"]), recorded.generator("x")
    )
    assert reversed_["rho"] == pytest.approx(-1.0)


def test_too_few_languages_have_no_correlation(study):
    assert "paws_x" not in set(study.code.agreement["target"])  # four in common
    assert (study.code.agreement["languages"] >= 5).all()


def test_the_interval_of_a_correlation_counts_that_settings_are_few():
    """Two settings apart on both sides correlate; a third may undo it."""
    generator = np.random.default_rng(0)
    rows = [
        {"setting": s, "language": f"l{n}", "understanding": level, "gain": level}
        for s, level in (("mnli", 0.0), ("multi", 5.0))
        for n in range(20)
    ]
    points = pd.DataFrame(rows)
    points["gain"] += generator.normal(0, 1, len(points))
    points["understanding"] += generator.normal(0, 1, len(points))
    found = code._agreement(points, generator)
    assert found["rho"] > 0.5 and found["low"] < 0.3


# -------------------------------------------------------------- source by language


def test_the_matrix_is_over_english_of_the_same_rows(study, models):
    cell = row(
        study.source_language.matrix,
        source="zh", target="xnli", language="zh",
    )  # fmt: skip
    means = {
        setting: np.mean(
            [
                r["metrics"]["test"]["zh"]["accuracy"]
                for r in models
                if (r["setting"], r["target"]) == (setting, "xnli")
            ]
        )
        for setting in ("mnli@zh", "mnli@en")
    }
    assert cell["mean"] == pytest.approx(means["mnli@zh"] - means["mnli@en"])
    assert set(study.source_language.matrix["source"]) == {"de", "es", "fr", "zh"}


def shifted(by_source: dict, by_language: dict, own: float) -> list:
    """Records of XNLI whose scores are sums of effects, without any noise."""
    records = []
    for source, more in by_source.items():
        for seed in (13, 21):
            record = fake.target_record(f"mnli@{source}", "xnli", seed)
            scores = {}
            for lang, level in by_language.items():
                value = 40.0 + more + level + own * (lang == source)
                entry = record["metrics"]["test"][lang]
                scores[lang] = {**entry, "accuracy": value, "replicates": [value] * 20}
            records.append({**record, "metrics": {"test": scores}})
    return records


def test_good_sources_and_easy_languages_are_no_own_language_advantage():
    sources = {"en": 0.0, "de": 3.0, "zh": -2.0}
    languages = {"en": 10.0, "de": 1.0, "zh": -4.0, "sw": -9.0}
    for own in (0.0, 2.5):
        found = results.of(shifted(sources, languages, own)).source_language.own
        (only,) = found.to_dict("records")
        assert only["mean"] == pytest.approx(own) and only["sources"] == 3


def test_without_the_english_control_there_is_no_matrix(models):
    rest = [r for r in models if r["setting"] != "mnli@en"]
    found = results.of(rest).source_language
    assert found.matrix.empty and found.own.empty and found.sources.empty


# ------------------------------------------------------------------------ reasoning


def test_chance_and_both_protocols_stand_beside_a_score(study):
    scores = study.reasoning.scores
    assert set(scores["protocol"]) == {"corrected", "lm-eval"}
    chance = scores.groupby(["target", "measure"])["chance"].first()
    assert chance["xcopa", "accuracy"] == 50 and chance["mgsm", "solved"] == 0
    assert np.isnan(chance["mgsm", "answer_loglikelihood"])
    low = scores[scores["at_chance"].astype(bool)]
    assert (low["low"] <= low["chance"]).all() and len(low)


def test_the_difference_of_protocols_is_paired_by_item(study):
    frame = study.reasoning.differences
    thai = row(frame, target="xcopa", language="th")
    assert thai["mean"] == pytest.approx(2.0) and thai["se"] < 0.01
    assert row(frame, target="xcopa", language="it")["mean"] == pytest.approx(0.0)


def test_published_models_stand_beside_ours_by_the_same_protocol(study):
    beside = study.reasoning.beside
    quoted = beside[~beside["ours"].astype(bool)]
    assert (quoted["source"].str.contains("11d8a69c")).all()
    assert set(quoted["model"]) == {"XGLM-564M", "BLOOM-560M"}
    ours = beside[beside["ours"].astype(bool)]
    thai = row(ours.rename(columns={"value": "mean"}), target="xcopa", language="th")
    main = study.reasoning.scores
    main = main[(main["protocol"] == "lm-eval") & (main["setting"] == "none")]
    wanted = row(main, target="xcopa", language="th")
    assert thai["mean"] == wanted["mean"]


def test_an_encoder_takes_part_in_reasoning_without_a_protocol(models):
    record = fake_records.target_record("none", "xnli", ("de", "en", "tr"), n=400)
    encoder = [{**record, "target": "xcopa"}]
    found = results.of(encoder, language_models=[models]).reasoning.scores
    own = found[~found["causal"].astype(bool)]
    assert set(own["model"]) == {"e5-small"} and (own["chance"] == 50).all()


# --------------------------------------------------------- what can be concluded


def test_the_least_change_that_is_seen_is_28_tenths_of_the_standard_error(study):
    assert power.seen(1.0) == pytest.approx(1.96 + 0.8416, abs=1e-3)
    assert math.isnan(power.seen(0.0))  # not that everything would be seen
    gains = study.code.gains
    own = row(study.code.power, measure=PASS)
    rows = gains[(gains["measure"] == PASS) & (gains["language"] == "zero-shot")]
    assert own["mean"] == pytest.approx(power.seen(rows["se"].median()))
    assert (own["n"], own["languages"], own["seeds"]) == (80, 23, 2)


def test_nothing_recorded_gives_empty_frames_and_open_verdicts():
    empty = results.of([])
    for frame in (
        *(empty.code.scores, empty.code.gains, empty.code.agreement, empty.code.power),
        *(empty.source_language.matrix, empty.source_language.own),
        *(empty.reasoning.scores, empty.reasoning.gains, empty.reasoning.differences),
        *(empty.states.scores, empty.states.gains, empty.states.contrast),
        empty.states.curves,
    ):
        assert frame.empty
    for claims in (
        verdicts.of_code,
        verdicts.of_source,
        verdicts.of_reasoning,
        verdicts.of_states,
    ):
        assert {verdict.status for verdict in claims(empty)} == {"not run"}


def test_a_study_of_a_language_model_reads_its_own_records(models, study):
    own = results.of(models)
    assert own.code.gains.equals(study.code.gains)
    assert own.code.encoder == ()


def test_one_language_shown_to_gain_little_has_no_advantage():
    held = {"mean": 0.1, "se": 0.2, "freedom": 30.0, "p": 0.6}
    assert verdicts.below(held, 1.0)
    assert not verdicts.below({**held, "se": 2.0}, 1.0)
    assert not verdicts.below({**held, "p": float("nan")}, 1.0)


def test_hidden_states_of_a_deeper_model_have_a_curve_of_their_depth():
    found = results.of(fake.untuned()).layers
    assert found["layer"].max() == 24 and set(found["chosen"]) == {12}


def test_states_are_compared_as_they_are_and_without_the_means_of_languages(study):
    """In the made-up records ten points lie between the two, with every setting."""
    curves = study.states.curves.set_index(["measure", "setting", "layer"])["mean"]
    assert np.allclose(curves["centred"] - curves["plain"], 10)
    places = ["measure", "setting", "language"]
    scores = study.states.scores.set_index(places)["mean"]
    assert np.allclose(scores["centred"] - scores["plain"], 10, atol=1e-3)
    gains = study.states.gains.set_index(places)["mean"]
    assert np.allclose(gains["centred"], gains["plain"], atol=1e-3)
    assert set(study.states.contrast["setting"]) == set(fake.SETTINGS) - {"none"}


def test_what_retrieval_gains_more_is_its_gain_less_the_mean_of_the_others(study):
    rows = study.states.contrast.query("measure == 'plain' and setting == 'mnli'")
    gains = study.states.gains.query("measure == 'plain' and setting == 'mnli'")
    (own,) = gains.loc[gains["language"] == "zero-shot", "mean"]
    others = estimates.gains(
        [r for r in study.language_models[0] if r["target"] != "tatoeba"], by="target"
    ).query("setting == 'mnli' and language == 'zero-shot'")["mean"]
    assert rows["mean"].item() == pytest.approx(own - others.mean(), abs=1e-6)


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [
        (-0.7341, False, "\N{MINUS SIGN}0.734"),
        (0.0123, True, "+0.012"),
        (0.0123, False, "0.012"),
        (-0.0001, True, "0.000"),
        (None, True, "\N{EN DASH}"),
    ],
)
def test_log_likelihoods_have_three_decimals(value, signed, text):
    assert wording.nats(value, signed) == text


def test_bounds_of_scores_are_those_that_are_given(models):
    own = recorded.by_measure(models, SMOOTH)
    frame = estimates.scores(own, by="language", bounds=recorded.UNBOUNDED)
    assert frame["low"].max() < 0


def written(folder: Path, name: str, like: str, found: list, **more: object) -> Path:
    """A profile like another, whose records are `found`."""
    spec = yaml.safe_load((paths.PROFILES / f"{like}.yaml").read_text())
    for record in found:
        records.write(folder / name / f"{record['key']}.json", dict(record))
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({**spec, "records": str(folder / name), **more}))
    return path


def test_a_study_reads_the_records_of_the_language_models_that_it_names(tmp_path):
    few = fake.study(("none", "mnli"), ("humaneval_xl",))
    named = written(tmp_path, "lm", "small-lm", few)
    plain = fake_records.grid(("none",), {"xnli": ("de", "en")}, profile="small")
    path = written(tmp_path, "own", "small", plain, language_models=[str(named)])
    found = results.read(profiles.load(str(path)))
    assert len(found.code.records) == len(few) and len(found.records) == len(plain)
    assert set(found.code.gains["setting"]) == {"mnli"}


def test_the_long_form_of_records_holds_scores_alone(models):
    frame = records.frame([r for r in models if r["target"] == "mgsm"][:1])
    assert set(frame["metric"]) == {
        *("solved", "strict", "unparsed", "answer_loglikelihood"),
    }
