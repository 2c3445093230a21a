"""The bootstrap over examples, and over clusters of them."""

from __future__ import annotations

import numpy as np
import pytest

from xitt.errors import UserError
from xitt.scoring.metrics import bootstrap, named
from xitt.scoring.metrics.programs import Attempts

KEY = ("xnli", "de", "test")


def right(n: int, k: int) -> np.ndarray:
    return named.get("accuracy").counts(
        np.arange(n) % 2,
        np.where(np.arange(n) < k, np.arange(n) % 2, 1 - np.arange(n) % 2),
    )


def replicates(
    counts: np.ndarray, key=KEY, metric="accuracy", score="accuracy", **options
) -> np.ndarray:
    sums = bootstrap.resampled_sums(counts, key, **options)
    return named.get(metric).scores(sums)[score]


def test_replicates_depend_on_the_key_and_the_seed_alone():
    counts = right(50, 30)
    assert replicates(counts)[:4].tolist() == [66.0, 58.0, 52.0, 60.0]  # on any machine
    assert (replicates(counts) == replicates(counts)).all()
    for other in (
        ("xnli", "fr", "test"),
        ("paws_x", "de", "test"),
        ("xnli", "de", "dev"),
    ):
        assert (replicates(counts, other) != replicates(counts)).any()
    assert (replicates(counts, seed=1) != replicates(counts)).any()


def test_two_models_share_the_resamples():
    # What one has right the other has wrong: the sum is 100 under every resample.
    counts = right(40, 25)
    opposite = np.stack([1 - counts[:, 0], counts[:, 1]], axis=1)
    assert replicates(counts) + replicates(opposite) == pytest.approx(100)


def test_the_resamples_do_not_depend_on_the_memory_at_hand(monkeypatch):
    counts = right(30, 20)
    whole = replicates(counts)
    monkeypatch.setattr(bootstrap, "WEIGHTS", 70)  # two resamples at a time
    assert (replicates(counts) == whole).all()


def test_the_spread_of_replicates_is_the_binomial_standard_error():
    spread = replicates(right(400, 300), draws=2000).std()
    assert spread == pytest.approx(100 * (0.75 * 0.25 / 400) ** 0.5, rel=0.05)


def test_a_replicate_of_f1_is_the_f1_of_the_resampled_sentences():
    metric = named.get("chunk_f1")
    gold = [["NOUN", "VERB"], ["DET", "NOUN", "VERB"], ["ADJ"]]
    predicted = [["NOUN", "NOUN"], ["DET", "NOUN", "VERB"], ["NOUN"]]
    counts = metric.counts(predicted, gold)
    possible = {
        round(
            metric.compute([predicted[i] for i in drawn], [gold[i] for i in drawn])[
                "f1"
            ],
            9,
        )
        for drawn in np.ndindex(3, 3, 3)
    }
    found = {
        round(float(value), 9) for value in replicates(counts, KEY, "chunk_f1", "f1")
    }
    assert found <= possible
    assert len(found) > 3


def test_a_summary_is_what_a_record_holds():
    found = bootstrap.summary(named.get("accuracy"), right(40, 30), KEY)
    assert found["accuracy"] == 75.0
    assert found["n"] == 40
    assert len(found["replicates"]) == 100
    assert found["se"] == pytest.approx(100 * (0.75 * 0.25 / 40) ** 0.5, rel=0.3)


def test_a_smooth_score_is_resampled_beside_the_headline():
    generator = np.random.default_rng(3)
    passed, likely = generator.integers(0, 2, 40), generator.normal(-7, 2, 40)
    attempts = [Attempts(1, p, 1, 1, value, 10) for p, value in zip(passed, likely)]
    metric = named.get("pass_at_k")
    counts = metric.counts(attempts, ())
    found = bootstrap.summary(metric, counts, KEY)
    assert list(found["replicates_of"]) == ["loglikelihood_per_token"]
    for name, drawn in (
        ("pass@1", found["replicates"]),
        *found["replicates_of"].items(),
    ):
        alone = replicates(counts, KEY, "pass_at_k", name)
        assert drawn == [round(float(value), 4) for value in alone]


@pytest.mark.parametrize("name", ["accuracy", "chunk_f1", "ranking"])
def test_a_metric_without_a_smooth_score_is_recorded_as_before(name):
    metric = named.get(name)
    counts = np.ones((4, len(metric.columns)))
    assert "replicates_of" not in bootstrap.summary(metric, counts, KEY)


def test_an_interval_over_clusters_covers_what_one_over_questions_does_not():
    """30 passages of 10 questions that are right or wrong together, near enough."""
    generator = np.random.default_rng(0)
    metric, inside = named.get("accuracy"), {"alone": 0, "clustered": 0}
    clusters, studies = np.repeat(np.arange(30), 10), 400
    for study in range(studies):
        ease = generator.beta(1.5, 1.5, 30)  # a passage's; 50 points on average
        right = generator.random(300) < np.repeat(ease, 10)
        counts = np.stack([right, np.ones(300)], axis=1)
        for how, names in (("alone", None), ("clustered", clusters.tolist())):
            found = bootstrap.summary(
                metric, counts, (f"{study}",), draws=200, clusters=names
            )
            low, high = np.quantile(found["replicates"], [0.025, 0.975])
            inside[how] += bool(low <= 50 <= high)
    assert inside["alone"] / studies < 0.8
    assert 0.91 < inside["clustered"] / studies < 0.98


def test_clusters_of_one_change_nothing_and_each_example_needs_one():
    metric, counts = named.get("accuracy"), right(40, 30)
    alone = bootstrap.summary(metric, counts, KEY, clusters=range(len(counts)))
    assert alone == bootstrap.summary(metric, counts, KEY)
    with pytest.raises(UserError, match="2 clusters for 40 examples"):
        bootstrap.summary(metric, counts, KEY, clusters=[0, 1])
