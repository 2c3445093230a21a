"""What somebody scores who has learned nothing."""

import datasets
import numpy as np
import pytest

from xitt.data.corpora import Mining
from xitt.scoring import evaluation, trivial
from xitt.tasks import kinds, registry


def score(task, rows, labels):
    """The headline in points of the trivial answer to rows in German."""
    task, part = registry.get(task), ("test", "de")
    answers = kinds.function(task.kind, "trivial")(rows, labels)
    scores = evaluation.summaries(task, labels, {part: answers}, {part: rows}, draws=2)
    found, headline = scores["test"]["de"], evaluation.metric_of(task).headline
    assert found["trivial"] == found[headline]
    return found["trivial"]


def test_of_labels_it_is_the_commonest():
    rows = datasets.Dataset.from_dict({"label": [1, 0, 1, 1, 2]})
    assert score("xnli", rows, ["a", "b", "c"]) == 60


def test_of_equally_common_labels_the_first():
    rows = datasets.Dataset.from_dict({"label": [2, 1]})
    assert trivial.commonest_label(rows, ["a", "b", "c"]) == [1, 1]


def test_of_names_it_is_that_there_are_none():
    labels = ["O", "B-PER", "I-PER"]
    rows = datasets.Dataset.from_dict({"tags": [[0, 0, 1], [1, 2, 0, 0]]})
    assert trivial.commonest_tag(rows, labels) == [["O"] * 3, ["O"] * 4]
    assert score("panx", rows, labels) == 0


def test_of_questions_it_is_no_answer_which_some_tasks_have():
    rows = datasets.Dataset.from_dict({"answers": [["Ulm"], []]})
    assert score("xquad", rows.select([0]), []) == 0
    assert score("squad_v2", rows, []) == 50


def test_of_retrieval_it_is_a_random_pair():
    rows = datasets.Dataset.from_dict({"source": list("abcd"), "target": list("abcd")})
    assert trivial.random_neighbour(rows) == 25
    rng = np.random.default_rng(0)
    hits = [np.mean(rng.integers(0, 4, 4) == np.arange(4)) for _ in range(4000)]
    assert 100 * np.mean(hits) == pytest.approx(25, abs=1.5)


def test_of_mining_it_is_as_many_random_pairs_as_there_are():
    ids = [f"s{i}" for i in range(20)], [f"t{i}" for i in range(10)]
    gold = {(f"s{i}", f"t{i}") for i in range(5)}
    corpus = Mining(ids[0], ids[0], ids[1], ids[1], gold)
    assert trivial.random_pairs(corpus) == pytest.approx(100 * 5 / 200)
    rng = np.random.default_rng(0)
    f1 = []
    for _ in range(3000):
        at = rng.choice(200, 5, replace=False)
        f1.append(100 * len({(f"s{i // 10}", f"t{i % 10}") for i in at} & gold) / 5)
    assert np.mean(f1) == pytest.approx(2.5, abs=0.5)
