"""Retrieval layer by layer: the scores of everything at once, in the memory of one."""

from __future__ import annotations

import errno
import tracemalloc

import numpy as np
import pytest
import tiny
import torch

from xitt import paths
from xitt.data.corpora import Mining
from xitt.errors import UserError
from xitt.inputs import tokenising
from xitt.scoring import layer_store, prediction, retrieval, retrieval_tasks
from xitt.scoring.metrics import named
from xitt.tasks import registry

TOKENIZER = tiny.tokenizer()
OPTIONS = {"pooling": "mean", "layer": 1, "max_length": 24, "neighbours": 4}
HOW = {"token_budget": 2048, "precision": "fp32", "draws": 5}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where layers go that are too large for memory, which is every layer here."""
    monkeypatch.setattr(paths, "DATA", tmp_path)
    monkeypatch.setattr(layer_store, "SPOOL", 64)
    monkeypatch.setattr(layer_store, "CHUNK", 4096)
    return tmp_path


def encoder(layers: int = 2):
    torch.manual_seed(0)
    config = tiny.BertConfig(**tiny.shape() | {"num_hidden_layers": layers})
    return tiny.BertModel(config, add_pooling_layer=False).eval()


def corpus(n: int, m: int, seed: int = 0) -> Mining:
    """Sentences of random words; the first sources are their targets, shortened."""
    rng = np.random.default_rng(seed)
    target = [" ".join(rng.choice(tiny.WORDS, size=9)) for _ in range(m)]
    source = [text.rsplit(" ", 1)[0] for text in target[:n]]
    source += [" ".join(rng.choice(tiny.WORDS, size=7)) for _ in range(n - len(source))]
    source[-1] = source[0]  # a sentence of two ids
    ids = [f"s{i}" for i in range(n)], [f"t{i}" for i in range(m)]
    gold = {(f"s{i}", f"t{i}") for i in range(0, min(n, m) - 1)}
    return Mining(ids[0], source, ids[1], target, gold)


# ----------------------------------------------------------------------------- scores


def test_mining_by_layers_gives_what_mining_of_everything_at_once_gives():
    made = {"validation": corpus(50, 40), "test": corpus(60, 45, seed=1)}
    task, metric = registry.get("bucc"), named.get("mining_f1")
    corpora = {(split, "de"): each for split, each in made.items()}
    model = encoder()
    found = retrieval_tasks.mining(
        task, model, TOKENIZER, corpora, options=OPTIONS, **HOW
    )

    def everything(sentences):
        features = tokenising.sentences(sentences, TOKENIZER, max_length=24)
        return prediction.embed(model, features, token_budget=2048, precision="fp32")

    mined = {}
    for split, one in made.items():
        x, y = everything(one.source), everything(one.target)
        mined[split] = [
            retrieval.mine_bitext(
                x[n], y[n], one.source_ids, one.target_ids, one.source, one.target
            )
            for n in range(3)
        ]
    gold = made["validation"].gold
    best = [retrieval.best_threshold(each, gold) for each in mined["validation"]]
    for split, one in made.items():
        pairs = [retrieval.extract(c, cut) for c, cut in zip(mined[split], best)]
        f1 = [metric.compute(p, one.gold)["f1"] for p in pairs]
        assert found.layers[split]["de"] == f1
        assert found.predictions[split, "de"] == sorted(map(list, pairs[1]))
        scores = found.scores[split]["de"]
        assert scores["threshold"] == round(best[1], 4)
        assert scores["f1"] == round(f1[1], 4) > 20
        assert scores["n"] == len(one.source)


def test_a_language_without_validation_data_is_named_before_anything_is_embedded():
    corpora = {("test", "de"): corpus(9, 9), ("validation", "fr"): corpus(9, 9)}
    with pytest.raises(UserError, match=r"bucc: 'de' has test data and no validation"):
        retrieval_tasks.mining(
            registry.get("bucc"), None, None, corpora, options=OPTIONS, **HOW
        )


def test_nearest_neighbours_by_layers_are_those_of_everything_at_once():
    one = corpus(40, 40)
    rows = {"source": one.source, "target": one.target}
    model = encoder()
    found = retrieval_tasks.bitext(
        registry.get("tatoeba"), model, TOKENIZER, {("test", "de"): rows},
        options=OPTIONS, **HOW,
    )  # fmt: skip
    x, y = (
        prediction.embed(
            model, tokenising.sentences(side, TOKENIZER, max_length=24),
            token_budget=2048, precision="fp32",
        )
        for side in rows.values()
    )  # fmt: skip
    counts = [retrieval.tatoeba(a, b)[1] for a, b in zip(x, y)]
    shares = [100 * c[:, 0].mean() for c in counts]
    assert found.layers["test"]["de"] == pytest.approx(shares)
    assert found.predictions["test", "de"] == retrieval.nearest(x[1], y[1]).tolist()


def test_each_layer_is_searched_once(monkeypatch):
    one, searched, nearest = corpus(9, 9), [], retrieval.nearest

    def counted(*both, **where):
        searched.append(both)
        return nearest(*both, **where)

    monkeypatch.setattr(retrieval, "nearest", counted)
    rows = {("test", "de"): {"source": one.source, "target": one.target}}
    retrieval_tasks.bitext(
        registry.get("tatoeba"), encoder(), TOKENIZER, rows, options=OPTIONS, **HOW
    )
    assert len(searched) == 3


def test_without_the_mean_of_a_language_its_own_direction_is_gone():
    """The scores beside are those of centred embeddings; the main ones are as ever."""
    one = corpus(40, 40)
    rows = {("test", "de"): {"source": one.source, "target": one.target}}
    model = encoder()
    this = registry.get("tatoeba"), model, TOKENIZER, rows
    plain = retrieval_tasks.bitext(*this, options=OPTIONS, **HOW)
    found = retrieval_tasks.bitext(*this, options={**OPTIONS, "centred": True}, **HOW)
    x, y = (
        prediction.embed(
            model, tokenising.sentences(side, TOKENIZER, max_length=24),
            token_budget=2048, precision="fp32",
        )
        for side in (one.source, one.target)
    )  # fmt: skip
    right = [retrieval.tatoeba(a - a.mean(0), b - b.mean(0))[1] for a, b in zip(x, y)]
    shares = [100 * counts[:, 0].mean() for counts in right]
    assert found.centred["test"]["de"] == pytest.approx(shares)
    assert found.layers == plain.layers and not plain.centred
    scores = found.scores["test"]["de"]
    assert scores.pop("centred") == pytest.approx(shares[1], abs=1e-4)
    assert len(scores.pop("replicates_of")["centred"]) == HOW["draws"]
    assert scores == plain.scores["test"]["de"]


def test_mining_without_the_means_of_languages_has_thresholds_of_its_own():
    corpora = {
        (split, "de"): corpus(50, 40, seed)
        for seed, split in enumerate(("validation", "test"))
    }
    this = registry.get("bucc"), encoder(), TOKENIZER, corpora
    plain = retrieval_tasks.mining(*this, options=OPTIONS, **HOW)
    found = retrieval_tasks.mining(*this, options={**OPTIONS, "centred": True}, **HOW)
    assert found.layers == plain.layers and found.predictions == plain.predictions
    curve = found.centred["test"]["de"]
    assert len(curve) == 3 and curve != found.layers["test"]["de"]
    scores = found.scores["test"]["de"]
    assert scores["centred"] == pytest.approx(curve[1], abs=1e-4)
    assert scores["threshold"] == plain.scores["test"]["de"]["threshold"]


# ----------------------------------------------------------------------------- memory


def test_embeddings_of_all_layers_are_never_in_memory_together():
    made = corpus(600, 500)
    layers, numbers = 24, (600 + 500) * tiny.shape()["hidden_size"]
    corpora = {(split, "de"): made for split in ("validation", "test")}
    arguments = registry.get("bucc"), encoder(layers), TOKENIZER, corpora
    tracemalloc.start()
    retrieval_tasks.mining(*arguments, options=OPTIONS, **HOW)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * 4 * numbers * (layers + 1)


def test_a_layer_is_read_as_it_was_written_in_any_order(folder, monkeypatch):
    monkeypatch.setattr(layer_store, "CHUNK", 100)
    rng = np.random.default_rng(0)
    values = rng.standard_normal((70, 3, 5)).astype(np.float32)
    with layer_store.opened(3, 5) as store:
        for items in np.array_split(rng.permutation(70) * 2, 9):  # even numbers
            store.add(items, values[items // 2])
        wanted = 2 * rng.integers(70, size=200)
        for layer in (2, 0, 1, 0):
            assert (store.read(layer, wanted) == values[wanted // 2, layer]).all()
        assert (store.read(0, wanted[:1]) == values[wanted[:1] // 2, 0]).all()
        assert not list(folder.iterdir())  # files without a name


def test_a_disk_that_layers_fill_is_one_line(monkeypatch):
    with layer_store.opened(1, 4) as store:

        def full(data):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(store.stores[0], "write", full)
        with pytest.raises(UserError, match="disk full while writing"):
            store.add(np.arange(2), np.zeros((2, 1, 4)))
