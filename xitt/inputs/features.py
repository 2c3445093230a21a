"""Token ids of many texts without padding: sequences, and the items they make up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from xitt.tasks import kinds

IGNORED = -100  # the label of a token that is not scored (torch's ignore_index)


@dataclass(frozen=True)
class Features:
    """Token ids of one task (or of several of the same kind, see `concat`).

    kind: classification | choice | tagging | span | text | verbalised.
    ids: (T,) int32, all sequences one after another, special tokens included.
    offsets: (S + 1,) sequence s is ids[offsets[s]:offsets[s + 1]].
    items: (N + 1,) item i is the sequences items[i] to items[i + 1] - 1.
    rows: (N,) the source row of each item; `n_rows` rows in all.
    pad_id: the id that fills short sequences of a batch.
    labels: (N,) class or right choice; (N, 2) first and last token of the answer,
        (0, 0) where the window holds none; (T,) tag of a token or IGNORED.
    words: (T,) tagging: index of the word whose first sub-word this is, else -1.
    chars: (T, 2) span: begin and end in the context's characters, else -1.
    types: (T,) segment of a token, for encoders that have two; else None.
    truncated: sequences (span: questions) that lost tokens to the maximum length.
    """

    kind: str
    ids: np.ndarray
    offsets: np.ndarray
    items: np.ndarray
    rows: np.ndarray
    n_rows: int
    pad_id: int
    labels: np.ndarray | None = None
    words: np.ndarray | None = None
    chars: np.ndarray | None = None
    types: np.ndarray | None = None
    truncated: int = 0

    def __len__(self) -> int:
        return len(self.items) - 1

    @cached_property
    def lengths(self) -> np.ndarray:
        """(S,) tokens of each sequence."""
        return np.diff(self.offsets)

    @cached_property
    def counts(self) -> np.ndarray:
        """(N,) sequences of each item."""
        return np.diff(self.items)

    @cached_property
    def widths(self) -> np.ndarray:
        """(N,) tokens of the longest sequence of each item."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        return np.maximum.reduceat(self.lengths, self.items[:-1])

    @cached_property
    def tokens(self) -> np.ndarray:
        """(N,) tokens of each item."""
        return np.diff(self.offsets[self.items])


def concat(parts: Sequence[Features]) -> Features:
    """Several features of one kind as one, rows numbered on from part to part."""
    kinds = {part.kind for part in parts}
    if len(kinds) != 1:
        raise ValueError(f"features of one kind can be joined, not {sorted(kinds)}")
    tokens = np.cumsum([0, *(len(p.ids) for p in parts)])
    sequences = np.cumsum([0, *(len(p.lengths) for p in parts)])
    rows = np.cumsum([0, *(p.n_rows for p in parts)])
    if any(p.types is not None for p in parts):
        parts = [replace(p, types=_or_zeros(p)) for p in parts]
    arrays = {
        field.name: np.concatenate([getattr(p, field.name) for p in parts])
        for field in fields(Features)
        if isinstance(getattr(parts[0], field.name), np.ndarray)
    }
    arrays["offsets"] = _shifted([p.offsets for p in parts], tokens)
    arrays["items"] = _shifted([p.items for p in parts], sequences)
    arrays["rows"] = np.concatenate([p.rows + n for p, n in zip(parts, rows)])
    return replace(
        parts[0],
        **arrays,
        n_rows=int(rows[-1]),
        truncated=sum(p.truncated for p in parts),
    )


def select(features: Features, items: np.ndarray) -> Features:
    """The items numbered `items`, in that order; `rows` keep their numbers."""
    items = np.asarray(items, dtype=np.int64)
    sequences = ranges(features.items[items], features.items[items + 1])
    begins = features.offsets[sequences]
    lengths = features.lengths[sequences]
    tokens = ranges(begins, begins + lengths)
    labels = features.labels
    if labels is not None:
        labels = labels[tokens if kinds.get(features.kind).per_token else items]
    return replace(
        features,
        ids=features.ids[tokens],
        offsets=ends(lengths),
        items=ends(features.counts[items]),
        rows=features.rows[items],
        labels=labels,
        words=None if features.words is None else features.words[tokens],
        chars=None if features.chars is None else features.chars[tokens],
        types=None if features.types is None else features.types[tokens],
    )


def ranges(begins: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """begins[0]..stops[0]-1, begins[1]..stops[1]-1, ... as one array.

    >>> ranges(np.array([3, 8]), np.array([5, 9]))
    array([3, 4, 8])
    """
    sizes = stops - begins
    shift = np.repeat(begins - ends(sizes)[:-1], sizes)
    return np.arange(int(sizes.sum())) + shift


def _or_zeros(features: Features) -> np.ndarray:
    zeros = np.zeros(len(features.ids), np.int8)
    return zeros if features.types is None else features.types


def _shifted(arrays: Sequence[np.ndarray], by: np.ndarray) -> np.ndarray:
    return np.concatenate([arrays[0][:1], *(a[1:] + n for a, n in zip(arrays, by))])


def joined(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int32)


def ends(sizes: Iterable[int]) -> np.ndarray:
    """0, then the running sum."""
    return np.cumsum([0, *sizes], dtype=np.int64)


def distinct(values: Iterable[Hashable]) -> tuple[list, np.ndarray, np.ndarray]:
    """What differs among `values`, so that equal ones are computed once.

    Returns:
        The distinct values in order of appearance, the place of the first of each, and
        for every value its number among them: compute(values[firsts])[number].
    """
    known: dict[Hashable, int] = {}
    number = [known.setdefault(value, len(known)) for value in values]
    numbers = np.asarray(number, dtype=np.int64)
    firsts = np.unique(numbers, return_index=True)[1]
    return list(known), firsts, numbers
