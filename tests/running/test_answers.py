"""Answers that were kept, in words, and whether each is right as a whole."""

from __future__ import annotations

import pytest

from xitt.running.exports import answers
from xitt.tasks import registry

CASES = {
    "xnli": ("label", [0, 1], [0, 2], ["entailment", "contradiction"]),
    "udpos": ("tags", [[0, 1], [1]], [["ADJ", "ADP"], ["ADJ"]], ["ADJ ADP", "ADJ"]),
    "xquad": ("answers", [["The Rhine"], ["Rhine"]], ["rhine", "river"], None),
    "mlqa": ("answers", [["der Rhein"], ["Rhein"]], ["Rhein", "Rhein am"], None),
}  # fmt: skip


@pytest.mark.parametrize("target", CASES)
def test_an_answer_of_every_kind_is_shown_with_whether_it_is_right(target):
    column, gold, given, words = CASES[target]
    task, items = registry.get(target), [{column: value} for value in gold]
    found = answers._answered(task, "de", items, given, list(task.labels))
    assert found == {"given": words or given, "right": [1, 0]}
