"""Our scores are the numbers that XTREME's own evaluate.py gave on the same files."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import xtreme_cases
import xtreme_scorer

from xitt.running.exports import xtreme_format
from xitt.tasks import registry

TARGETS = list(xtreme_format.FOLDERS)


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> SimpleNamespace:
    folder, ours = xtreme_cases.export(tmp_path_factory.mktemp("xtreme"))
    kept = json.loads(xtreme_cases.KEPT.read_text(encoding="utf-8"))
    return SimpleNamespace(folder=folder, ours=ours, **kept)


def test_the_files_are_those_that_xtreme_scored(exported):
    """Where a case was meant to change: xtreme_cases.py says how to go on."""
    assert (exported.seed, len(exported.commit)) == (xtreme_cases.SEED, 40)
    assert xtreme_cases.digests(exported.folder) == exported.files


@pytest.mark.parametrize("target", TARGETS)
def test_our_metrics_give_xtremes_numbers(exported, target):
    theirs = exported.scores[target]
    assert set(theirs) == set(registry.get(target).languages)
    for lang, scores in theirs.items():
        for name, value in scores.items():
            ours = exported.ours[target][lang][xtreme_cases.OURS.get(name, name)]
            assert ours == pytest.approx(value, abs=1e-9), (lang, name)
            assert 0 < value < 100, "damaged gold is neither all right nor all wrong"


@pytest.mark.parametrize("target", TARGETS)
def test_the_scorer_of_our_other_tests_gives_xtremes_numbers(exported, target):
    task = xtreme_format.FOLDERS[target]
    for lang, scores in exported.scores[target].items():
        files = xtreme_cases.sides(exported.folder, target, lang)
        again = xtreme_scorer.evaluate_one_task(*files, task, language=lang)
        assert again == pytest.approx(scores, abs=1e-9), lang
