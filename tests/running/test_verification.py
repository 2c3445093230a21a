"""Verification finds what is wrong with records, with what is drawn, and with a run."""

from __future__ import annotations

import json
import re

import pytest
import torch

from xitt.errors import UserError
from xitt.running import notebooks, verification
from xitt.study import grid, phases, profiles, records, rescoring


@pytest.fixture
def recorded(study, tmp_path):
    """The study with one recorded fine-tuning and records of its own."""
    made = {**study, "name": "verified", "records": str(tmp_path / "records")}
    made["figures"], made["paper"] = (str(tmp_path / w) for w in ("figures", "paper"))
    phases.transfer(grid.target(made, "none", "udpos", 13))
    made["intermediates"], made["targets"], made["seeds"] = ["none"], ["udpos"], [13]
    return made


def of(findings):
    return [(finding.holds, finding.text) for finding in findings]


def change(study, alter, signed=True):
    """Edit the one record there is, and its digest too unless the editor forgot it."""
    (path,) = profiles.folder(study, "records").glob("*.json")
    record = json.loads(path.read_text())
    alter(record)
    if signed:
        record["digest"] = records.digest(record)
    path.write_text(json.dumps(record))
    return path


def check_names(study):
    return of(verification.names_and_keys(profiles.folder(study, "records")))


def test_whole_records_hold(recorded):
    assert check_names(recorded) == [(True, "1 records: names, keys and scores")]


def test_an_edited_parameter_is_found(recorded):
    change(recorded, lambda record: record["params"]["recipe"].update(lr=1))
    ((holds, text),) = check_names(recorded)
    assert not holds and "its key is not that of its parameters" in text


def better(record):
    record["metrics"]["test"]["de"]["f1"] += 0.5


def test_an_edited_score_is_found_by_the_digest(recorded):
    change(recorded, better, signed=False)
    ((holds, text),) = check_names(recorded)
    assert not holds and "was edited: its digest is not that of" in text


def test_records_older_than_digests_are_counted(recorded):
    change(recorded, lambda record: record.pop("digest"), signed=False)
    first, second = check_names(recorded)
    assert first[0] is None
    assert first[1].startswith("1 of 1 records are older than digests")
    assert second == (True, "1 records: names, keys and scores")


def test_an_edited_score_with_a_new_digest_is_found_by_the_predictions(recorded):
    whole = [(True, "1 records: scores of the predictions kept here")]
    assert of(verification.scored_again(recorded)) == whole
    change(recorded, better)
    ((holds, text),) = of(verification.scored_again(recorded))
    assert not holds and re.search(r"test/de/f1 is \d+.*, of its predictions \d+", text)


def test_an_edited_interval_is_found_too(recorded):
    change(recorded, lambda r: r["metrics"]["test"]["de"]["replicates"].sort())
    ((holds, text),) = of(verification.scored_again(recorded))
    assert not holds and "test/de/replicates/" in text


def test_a_language_left_out_of_the_scores_is_found(recorded):
    change(recorded, lambda record: record["metrics"]["test"].pop("zh"))
    ((holds, text),) = of(verification.scored_again(recorded))
    assert not holds and "test/zh/" in text and "is None" in text


@pytest.mark.parametrize("target", ["tatoeba", "bucc", "xquad"])
def test_scores_of_every_kind_are_those_of_their_predictions(recorded, target):
    for path in profiles.folder(recorded, "records").glob("*.json"):
        path.unlink()
    phases.transfer(grid.target(recorded, "none", target, 13))
    recorded["targets"] = [target]
    whole = [(True, "1 records: scores of the predictions kept here")]
    assert of(verification.scored_again(recorded)) == whole


def test_predictions_that_were_not_scored_are_found(recorded):
    (run,) = grid.runs(recorded)
    path = rescoring.path_of(run)
    kept = json.loads(path.read_text())
    before = path.read_text()
    kept["test/de"][0] = kept["test/de"][1]
    path.write_text(json.dumps(kept))
    ((holds, text),) = of(verification.scored_again(recorded))
    assert not holds and text.endswith("predictions.json is not what was scored")
    path.write_text(before)


def test_without_predictions_it_is_said_that_none_was_scored_again(recorded):
    (run,) = grid.runs(recorded)
    path = rescoring.path_of(run)
    aside = path.rename(path.with_suffix(".aside"))
    ((holds, text),) = of(verification.scored_again(recorded))
    assert holds is None and text.startswith("no predictions are kept here")
    aside.rename(path)


def test_a_score_that_cannot_be_is_found(recorded):
    change(recorded, lambda r: r["metrics"]["test"]["de"].update(f1=101.0))
    ((holds, text),) = check_names(recorded)
    assert not holds and "test of de is 101.0" in text


def test_a_renamed_record_is_found(recorded):
    path = change(recorded, lambda record: None)
    path.rename(path.with_name(path.name.replace("udpos", "xnli")))
    ((holds, text),) = check_names(recorded)
    assert not holds and "is not named by what it holds" in text


def test_no_records_do_not_hold(recorded, tmp_path):
    ((holds, text),) = of(verification.names_and_keys(tmp_path / "nowhere"))
    assert holds is False and "make runs" in text


def test_a_run_made_again_is_equal(recorded):
    holds, text = verification.rerun(recorded)
    assert holds is True and "none x udpos, seed 13" in text
    assert "equal to the last digit" in text


def test_a_run_within_the_spread_agrees_and_one_beyond_does_not(recorded):
    change(recorded, lambda r: r["metrics"]["test"]["de"].update(
        f1=r["metrics"]["test"]["de"]["f1"] + 1))  # fmt: skip
    holds, text = verification.rerun(recorded)
    assert holds is True and "within the spread" in text and "1.00 (de)" in text
    change(recorded, lambda r: r["metrics"]["test"]["de"].update(f1=99.0, se=0.1))
    holds, text = verification.rerun(recorded)
    assert holds is False and "de differs by" in text


def test_a_run_whose_data_is_not_here_is_skipped_with_the_reason(recorded, monkeypatch):
    def unavailable(run):
        raise UserError("set XITT_MIRROR")

    monkeypatch.setattr(phases, "transfer", unavailable)
    holds, text = verification.rerun(recorded)
    assert holds is None and text.endswith("not made again: set XITT_MIRROR")


def redraw(monkeypatch, numbers):
    """Notebooks that write one figure and one file of numbers."""

    def run(name, executed, given):
        anew = profiles.load(given["profile"])
        for which, file in (("figures", "gain.json"), ("paper", "numbers.json")):
            folder = profiles.folder(anew, which)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(json.dumps(numbers))

    monkeypatch.setattr(notebooks, "run", run)


def test_what_is_rebuilt_is_compared_item_by_item(recorded, monkeypatch, tmp_path):
    redraw(monkeypatch, {"cells": [1, 2]})
    assert of(verification.rebuilt(recorded)) == [
        (False, "figures/gain.json is missing; make figures"),
        (None, "paper/: not built here, nothing to compare; make paper"),
    ]
    for which, file in (("figures", "gain.json"), ("paper", "numbers.json")):
        (tmp_path / which).mkdir()
        (tmp_path / which / file).write_text(json.dumps({"cells": [1, 2]}))
    assert of(verification.rebuilt(recorded)) == [
        (True, "1 files of figures/, rebuilt to the byte"),
        (True, "1 files of paper/, rebuilt to the byte"),
    ]
    redraw(monkeypatch, {"cells": [1, 3]})
    (first, _, *_) = of(verification.rebuilt(recorded))
    assert first == (False, "figures/gain.json differs: /cells/1 is 2, rebuilt 3")


def test_the_exit_status_says_whether_all_holds(capsys):
    findings = [(True, "a"), (None, "b"), (False, "c")]
    findings = [verification.Finding(*each) for each in findings]
    assert verification.show(iter(findings[:2])) == 0
    assert verification.show(iter(findings)) == 1
    assert "DIFFERS  c" in capsys.readouterr().out


def test_the_quickest_fine_tuning_is_made_again_as_it_was_trained(
    recorded, monkeypatch
):
    """Not an intermediate training, however quick; with the threads of the record."""
    wide = {**recorded, "intermediates": ["none", "mnli"]}
    phases.train_intermediate(grid.intermediate(wide, "mnli", 13))
    change_of = profiles.folder(wide, "records").glob("target.*.json")
    (path,) = change_of
    record = json.loads(path.read_text())
    record["seconds"], record["hardware"]["threads"] = 1e6, 3
    path.write_text(json.dumps(record | {"digest": records.digest(record)}))
    threads = []
    transfer = phases.transfer

    def seen(run):
        threads.append(torch.get_num_threads())
        return transfer(run)

    monkeypatch.setattr(phases, "transfer", seen)
    before = torch.get_num_threads()
    holds, text = verification.rerun(wide)
    assert holds is True and "none x udpos, seed 13" in text
    assert threads == [3]
    assert torch.get_num_threads() == before


def scored(*points):
    cells = {lang: {"f1": x, "se": 0.5, "n": 1000} for lang, x in zip("abcd", points)}
    return {"headline": "f1", "metrics": {"test": cells}}


@pytest.mark.parametrize(("new", "single", "together", "words"), [
    # 4 sqrt(2 (0.25 + 0)) + 0.1 is 2.93 for a language.
    ((52.9, 50, 50, 50), 0.0, 0.0, "within the spread"),
    ((53.0, 50, 50, 50), 0.0, 0.0, "a differs by 3.00, more than 2.93"),
    # 4 sqrt(2 (0.25 + 1)) + 0.1 is 6.42; of the mean 4 sqrt(2 / 16) + 0.1 is 1.51.
    ((53.0, 50, 50, 50), 1.0, 0.0, "within the spread"),
    ((52.0, 52, 52, 52), 1.0, 0.0, "the mean differs by +2.00, more than 1.51"),
    ((52.0, 52, 52, 52), 1.0, 1.0, "within the spread"),
])  # fmt: skip
def test_languages_vary_as_languages_do_and_their_mean_as_means_do(
    new, single, together, words
):
    finding = verification._agreement(
        "x", scored(50, 50, 50, 50), scored(*new), single, together
    )
    assert words in finding.text and finding.holds == ("within" in words)


def test_how_much_a_cell_varies_is_measured_over_its_seeds(recorded):
    wide = {**recorded, "seeds": [13, 21]}
    run, other = grid.runs(wide)
    assert verification._seed_variances(recorded, run) == (0.0, 0.0)
    record = records.read(run.record)
    cells = record["metrics"]["test"]
    for place, scores in enumerate(cells.values()):
        scores["f1"] += 2 * (-1) ** place  # variance of each: 2 ** 2 / 2
    records.write(other.record, {**record, "seed": 21, "key": other.key})
    single, together = verification._seed_variances(wide, run)
    assert single == pytest.approx(2.0)
    uneven = len(cells) % 2  # else what goes up and down is as much
    assert together == pytest.approx(uneven * (2 / len(cells)) ** 2 / 2)
