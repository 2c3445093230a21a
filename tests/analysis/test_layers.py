"""The layer that retrieval is read from."""

from __future__ import annotations

import pytest

from xitt.analysis import layers
from xitt.analysis.results import Results
from xitt.errors import UserError


def test_the_best_layer_is_chosen_and_of_equals_the_lowest():
    assert layers.choose_layer([10.0, 40.0, 30.0]) == 1
    assert layers.choose_layer([10.0, 40.0, 40.0]) == 1


def test_a_layer_is_not_chosen_on_missing_scores():
    with pytest.raises(UserError, match="layer 1 is not a number"):
        layers.choose_layer([10.0, float("nan")])
    with pytest.raises(UserError, match="no development scores"):
        layers.choose_layer([])


def record(target, **curves):
    return {"phase": "target", "target": target, "layers_validation": curves}


def test_development_scores_are_averaged_over_settings_seeds_and_languages():
    found = Results(
        (
            record("tatoeba", de=[10.0, 30.0], zh=[20.0, 40.0]),
            record("tatoeba", de=[30.0, 50.0]),
            record("bucc", de=[40.0, 20.0]),
            {"phase": "target", "target": "xnli"},
        )
    )
    table = layers.development(found)
    assert list(table["tatoeba"]) == [20.0, 40.0]
    assert list(table["bucc"]) == [40.0, 20.0]
    assert list(table["mean"]) == [30.0, 30.0]
