"""Retrieval against hand-worked margins, faiss and a plain reading of the recipe."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xitt.errors import UserError
from xitt.inputs.features import distinct
from xitt.scoring import retrieval
from xitt.scoring.metrics import named
from xitt.scoring.neighbours import neighbours, unit_rows


def parallel(n: int, d: int = 16, noise: float = 0.8, seed: int = 0) -> tuple:
    """Embeddings of n sentences and of their translations, float32."""
    generator = np.random.default_rng(seed)
    source = generator.standard_normal((n, d), dtype=np.float32)
    return source, source + noise * generator.standard_normal((n, d), dtype=np.float32)


def angles(*degrees: float) -> np.ndarray:
    """Unit vectors in the plane."""
    return np.array([[np.cos(a), np.sin(a)] for a in np.radians(degrees)])


# ------------------------------------------------------------------------- neighbours


@pytest.mark.parametrize(("n", "m", "k"), [(203, 310, 4), (64, 64, 1), (3, 50, 4)])
@pytest.mark.parametrize("block", [5, 7, 64, 128, 1000])
def test_neighbours_are_those_of_faiss_flat_search(n, m, k, block):
    import faiss

    source, target = parallel(max(n, m))
    source, target = source[:n] * 3, target[:m]
    found = neighbours(source, target, k=k, block=block)
    sides = [np.ascontiguousarray(unit_rows(side).numpy()) for side in (source, target)]
    for x, y, values, index in (
        (sides[0], sides[1], found.forward, found.forward_index),
        (sides[1], sides[0], found.backward, found.backward_index),
    ):
        flat = faiss.IndexFlatIP(x.shape[1])
        flat.add(y)
        expected, where = flat.search(x, min(k, len(y)))
        assert values == pytest.approx(expected, abs=1e-6)
        assert (index == where).all()


def test_embeddings_are_not_changed():
    source, target = parallel(20)
    before = source.copy()
    neighbours(source, target)
    assert (source == before).all()


def test_half_precision_and_tensors_are_taken():
    source, target = parallel(30)
    found = neighbours(torch.tensor(source).bfloat16(), torch.tensor(target).bfloat16())
    assert found.forward.dtype == np.float32
    assert found.forward.shape == (30, 4)


@pytest.mark.parametrize(
    ("change", "what"), [(np.nan, "not finite"), (np.inf, "not finite"), (0.0, "zero")]
)
@pytest.mark.parametrize("side", ["source", "target"])
def test_a_broken_embedding_is_named(change, what, side):
    sides = dict(zip(("source", "target"), parallel(12)))
    sides[side][7] = change
    for call in (
        lambda: neighbours(**sides),
        lambda: retrieval.tatoeba(**sides),
        lambda: retrieval.mine_bitext(*sides.values(), range(12), range(12)),
    ):
        with pytest.raises(UserError, match=f"{side} sentence 7 is {what}"):
            call()


def test_a_broken_embedding_is_named_by_its_place_in_whatever_block_it_is():
    source, target = parallel(30)
    source[23] = 0
    with pytest.raises(UserError, match="source sentence 23 is zero"):
        neighbours(source, target, block=5)


def test_sources_are_normalised_by_blocks_to_the_same_bits():
    source, _ = parallel(300, d=64)
    unit = unit_rows(source)
    for block in (1, 7, 64, 300):
        parts = [unit_rows(part) for part in torch.tensor(source).split(block)]
        assert torch.equal(torch.cat(parts), unit)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_finds_the_neighbours_of_embeddings_that_lie_on_the_host():
    source, target = parallel(500, d=64)
    torch.cuda.reset_peak_memory_stats()
    here = neighbours(source, target)
    there = neighbours(source, target, block=64, device="cuda")
    assert there.forward == pytest.approx(here.forward, abs=1e-5)
    assert (there.forward_index == here.forward_index).mean() > 0.99
    assert torch.cuda.max_memory_allocated() < 4 * source.nbytes


def test_shapes_that_do_not_fit_are_refused():
    source, target = parallel(12)
    with pytest.raises(UserError, match="16 dimensions, target 8"):
        neighbours(source, target[:, :8])
    with pytest.raises(UserError, match="expected \\(sentences, d\\)"):
        neighbours(source[:0], target)
    with pytest.raises(UserError, match="are not of parallel sentences"):
        retrieval.tatoeba(source, target[:5])
    with pytest.raises(UserError, match="k is 0"):
        neighbours(source, target, k=0)


# ---------------------------------------------------------------------------- margins


def test_margins_of_four_vectors_worked_by_hand():
    # cos(a, c) = cos 10, cos(a, d) = cos 50, cos(b, c) = cos 20, cos(b, d) = cos 20.
    found = neighbours(angles(0, 30), angles(10, 50), k=2)
    margins = retrieval.margin_scores(found)
    ten, twenty, fifty = np.cos(np.radians([10, 20, 50]))
    a, b = (ten + fifty) / 2, (twenty + twenty) / 2  # mean similarities
    c, d = (ten + twenty) / 2, (fifty + twenty) / 2
    assert margins.forward[0] == pytest.approx(
        [ten / ((a + c) / 2), fifty / ((a + d) / 2)]
    )
    assert margins.backward[1] == pytest.approx(
        [twenty / ((d + b) / 2), fifty / ((d + a) / 2)]
    )
    # b is as near to c as to d, and d is b's by margin, since c has a nearer one.
    sources, targets, scores = retrieval.mine(found)
    assert list(zip(sources, targets)) == [(0, 0), (1, 1)]
    assert scores == pytest.approx([ten / ((a + c) / 2), twenty / ((b + d) / 2)])


def test_the_margin_finds_a_pair_that_the_cosine_misses():
    # A hub: target 0 is the nearest of both sources, 1 is only source 1's.
    source, target = angles(0, 40), angles(21, 62)
    found = neighbours(source, target, k=2)
    assert found.forward_index[:, 0].tolist() == [0, 0]
    assert list(zip(*retrieval.mine(found)[:2])) == [(0, 0), (1, 1)]


def laser(x: np.ndarray, y: np.ndarray, k: int) -> dict[tuple[int, int], float]:
    """The published recipe as a reader would write it down, one pair at a time."""
    similarity = x.astype(float) @ y.astype(float).T
    near_x = np.argsort(-similarity, axis=1)[:, :k]
    near_y = np.argsort(-similarity.T, axis=1)[:, :k]
    mean_x = [similarity[i, near_x[i]].mean() for i in range(len(x))]
    mean_y = [similarity[near_y[j], j].mean() for j in range(len(y))]

    def margin(i: int, j: int) -> float:
        return similarity[i, j] / ((mean_x[i] + mean_y[j]) / 2)

    candidates = []
    for i in range(len(x)):
        candidates.append(max((margin(i, j), i, j) for j in near_x[i]))
    for j in range(len(y)):
        candidates.append(max((margin(i, j), i, j) for i in near_y[j]))
    pairs, seen_x, seen_y = {}, set(), set()
    for score, i, j in sorted(candidates, reverse=True):
        if i not in seen_x and j not in seen_y and score > 0:
            seen_x.add(i)
            seen_y.add(j)
            pairs[i, int(j)] = score
    return pairs


@pytest.mark.parametrize("block", [16, 50, 1024])
def test_mining_gives_the_pairs_of_the_published_recipe(block):
    source, target = parallel(90, noise=1.0)
    source, target = unit_rows(source).numpy(), unit_rows(target[:70]).numpy()
    expected = laser(source, target, k=4)
    found = retrieval.mine_bitext(source, target, range(90), range(70), block=block)
    assert found.keys() == expected.keys()
    assert [found[pair] for pair in expected] == pytest.approx(list(expected.values()))
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_no_sentence_is_mined_twice():
    source, target = parallel(60, noise=2.0)
    pairs = list(retrieval.mine_bitext(source, target, range(60), range(60)))
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


def test_a_text_with_two_ids_is_mined_once_and_its_pair_dropped():
    source, target = parallel(6, noise=0.01)
    doubled = np.concatenate([source, source[:1]])
    ids, texts = ["s0", "s1", "s2", "s3", "s4", "s5", "s6"], list("abcdefa")
    found = retrieval.mine_bitext(doubled, target, ids, range(6), texts, list("uvwxyz"))
    assert set(found) == {("s1", 1), ("s2", 2), ("s3", 3), ("s4", 4), ("s5", 5)}
    with pytest.raises(UserError, match="source: 7 embeddings, 7 ids and 6 sentences"):
        retrieval.mine_bitext(doubled, target, ids, range(6), texts[:6])


def test_distinct_sentences_are_embedded_once():
    unique, firsts, number = distinct(["b", "a", "b", "c", "a"])
    assert unique == ["b", "a", "c"]
    assert firsts.tolist() == [0, 1, 3]
    assert [unique[at] for at in number] == ["b", "a", "b", "c", "a"]


# -------------------------------------------------------------------------- threshold


def test_the_threshold_lies_between_the_last_pair_taken_and_the_next():
    # Of 3 gold pairs, F1 after each pair: 2/4, 4/5, 4/6, 6/7, 6/8. The fourth is best.
    candidates = {
        ("a", "A"): 1.5,
        ("b", "B"): 1.4,
        ("x", "Y"): 1.3,
        ("c", "C"): 1.2,
        ("z", "Z"): 1.0,
    }
    gold = [("a", "A"), ("b", "B"), ("c", "C")]
    threshold = retrieval.best_threshold(candidates, gold)
    assert threshold == pytest.approx(1.1)
    pairs = retrieval.extract(candidates, threshold)
    assert named.get("mining_f1").compute(pairs, gold)["f1"] == pytest.approx(600 / 7)


def test_pairs_of_equal_margin_are_taken_together():
    # Taking the first alone would be better, but no threshold can.
    candidates = {("a", "A"): 1.2, ("x", "X"): 1.2, ("y", "Y"): 1.1}
    threshold = retrieval.best_threshold(candidates, [("a", "A")])
    assert threshold == pytest.approx(1.15)
    assert len(retrieval.extract(candidates, threshold)) == 2


def test_the_threshold_may_keep_every_pair():
    candidates = {("a", "A"): 1.2, ("b", "B"): 1.1}
    threshold = retrieval.best_threshold(candidates, candidates)
    assert retrieval.extract(candidates, threshold) == set(candidates)


def test_no_threshold_beats_the_tuned_one_on_its_own_data():
    source, target = parallel(80, noise=0.8)
    target[40:] = parallel(40, seed=1)[0]  # half of the sentences have no translation
    candidates = retrieval.mine_bitext(source, target, range(80), range(80))
    gold = [(i, i) for i in range(40)]

    def f1(threshold: float) -> float:
        pairs = retrieval.extract(candidates, threshold)
        return named.get("mining_f1").compute(pairs, gold)["f1"]

    best = f1(retrieval.best_threshold(candidates, gold))
    assert best == pytest.approx(max(f1(margin) for margin in candidates.values()))
    assert best > f1(0.0)


def test_a_threshold_needs_gold_pairs():
    with pytest.raises(UserError, match="no gold pairs to tune"):
        retrieval.best_threshold({("a", "A"): 1.0}, [])
    assert retrieval.best_threshold({("a", "A"): 1.0}, [("b", "B")]) == 0.0
    assert retrieval.best_threshold({}, [("b", "B")]) == 0.0


# ---------------------------------------------------------------------------- tatoeba


def test_english_asks():
    # Both English sentences are nearest to source 0; each source has its own nearest.
    source, english = angles(0, 60), angles(1, 29)
    found, asked = retrieval.tatoeba(source, english)
    assert found.tolist() == [0, 0]
    assert asked.tolist() == [[1, 1], [0, 1]]


def test_tatoeba_is_xtremes_search_on_unit_vectors():
    import faiss

    source, english = parallel(150, noise=1.5)
    x, y = (np.ascontiguousarray(unit_rows(side).numpy()) for side in (source, english))
    flat = faiss.IndexFlatL2(x.shape[1])
    flat.add(x)
    predictions = flat.search(y, 1)[1].ravel()
    _, counts = retrieval.tatoeba(source, english, block=64)
    assert (counts[:, 0] == (predictions == np.arange(150))).all()
    score = named.get("retrieval_accuracy").scores(counts.sum(axis=0))["accuracy"]
    assert 20 < score < 100


def test_the_first_of_equal_sentences_is_found():
    source = angles(0, 0, 90)
    _, counts = retrieval.tatoeba(source, angles(0, 0, 90))
    assert counts[:, 0].tolist() == [1, 0, 1]
