"""The trivial answer of a test: what a model scores that has learned nothing.

Of labels it is the one that is commonest in the test set itself, of tags likewise, of
questions no answer at all, of retrieval a pair drawn at random. A baseline that is not
better has learned nothing, and no gain over it says anything of transfer (see
`analysis.cautions.floor`). Predictions have the form that `count` of the kind reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from xitt.data.corpora import Mining


def commonest_label(rows: Any, names: Sequence[str]) -> list[int]:
    """The commonest label of the test set, for every row."""
    return [_commonest(rows["label"])] * len(rows)


def commonest_tag(rows: Any, names: Sequence[str]) -> list[list[str]]:
    """The commonest tag of the test set, for every word: of names it is O."""
    tag = names[_commonest(tag for tags in rows["tags"] for tag in tags)]
    return [[tag] * len(tags) for tags in rows["tags"]]


def no_answer(rows: Any, names: Sequence[str]) -> list[str]:
    """That there is no answer, to every question."""
    return [""] * len(rows)


def random_neighbour(rows: Any) -> float:
    """The accuracy to be expected of a neighbour drawn at random, in points."""
    return 100 / len(rows)


def random_pairs(corpus: Mining) -> float:
    """The F1 to be expected of as many random pairs as there are, in points."""
    return 100 * len(corpus.gold) / (len(corpus.source_ids) * len(corpus.target_ids))


def _commonest(values: Iterable[Any]) -> Any:
    """The commonest value; of equally common ones the smallest."""
    return min(Counter(values).items(), key=lambda item: (-item[1], item[0]))[0]
