"""Chunks of tag sequences, counted exactly as seqeval counts them.

XTREME scores UDPOS and PAN-X by `seqeval.metrics.f1_score` (micro average). For the
IOB2 tags of PAN-X that is the F1 of entities. For UDPOS it feeds bare tags such as
NOUN, whose first letter is then read as the IOB prefix and the rest as the type:

- a run of equal tags is one chunk, so that one wrong token can cost several: of six
  tokens, one wrong gives an F1 of 72.7 or 57.1, by its neighbours;
- tags on I or S (INTJ, SYM, SCONJ) follow the rules of I- and S-;
- from seqeval 1.0 on the type is what follows the first letter: CCONJ and SCONJ are the
  same type, and X has the type of O, so that an X that ends a sentence is not seen and
  one that begins a sentence begins where the last chunk before it began.

In 2020, when XTREME and Phang et al. measured, seqeval (0.0.12) took the whole tag for
the type. Both are counted: today's rule is the headline, since it is what XTREME's
scripts compute now, and `whole_tags` is the rule behind the published numbers. On IOB2
tags they agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

OUTSIDE = "O"


def chunk_counts(
    predicted: Sequence[Sequence[str]],
    gold: Sequence[Sequence[str]],
    whole_tags: bool = False,
) -> np.ndarray:
    """(sentences, 3): chunks right, predicted, gold; the sums give seqeval's micro F1.

    A chunk counts in the sentence where it ends. Sentences must be of equal lengths.
    """
    tags = sorted({tag for side in (predicted, gold) for s in side for tag in s})
    found = (_find(side, tags, whole_tags) for side in (predicted, gold))
    ends, begins, kinds = zip(*found)
    right = ends[0] & ends[1] & (begins[0] == begins[1]) & (kinds[0] == kinds[1])
    lengths = [len(sentence) + 1 for sentence in gold]  # with the O that seqeval adds
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    columns = np.stack([right, ends[0], ends[1]], axis=1).astype(float)
    return np.add.reduceat(columns, first, axis=0)


def _find(
    sentences: Sequence[Sequence[str]], tags: list[str], whole_tags: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For every token of the corpus: whether a chunk ends on it, its begin, its type.

    Whether a chunk ends or starts depends on two neighbours only, so that the rules are
    tabulated for all pairs of tags and looked up for all tokens at once. As in seqeval
    the sentences are one sequence with an O after each.
    """
    # Row 0 stands for the place before the corpus, row 1 for O.
    parts = [(OUTSIDE, ""), *(_split(tag, whole_tags) for tag in [OUTSIDE, *tags])]
    end = np.array([[_ends(a, b) for b in parts] for a in parts])
    start = np.array([[_starts(a, b) for b in parts] for a in parts])
    types = {kind: i for i, (_, kind) in enumerate(parts)}
    type_of = np.array([types[kind] for _, kind in parts])

    number = {tag: i for i, tag in enumerate([OUTSIDE, *tags], start=1)}
    flat = np.array([number[tag] for s in sentences for tag in (*s, OUTSIDE)])
    before = np.concatenate([[0], flat[:-1]])
    after = np.concatenate([flat[1:], [1]])
    starts_at = np.where(start[before, flat], np.arange(len(flat)), 0)
    return end[flat, after], np.maximum.accumulate(starts_at), type_of[flat]


def _split(tag: str, whole_tags: bool) -> tuple[str, str]:
    """The prefix and the type that seqeval reads in a tag."""
    if whole_tags:
        return tag[0], tag.split("-")[-1]
    return tag[0], tag[1:].split("-", maxsplit=1)[-1] or "_"


def _ends(before: tuple[str, str], tag: tuple[str, str]) -> bool:
    """Whether a chunk ends between two neighbours (CoNLL-2000's conlleval)."""
    return (
        before[0] in "ES"
        or (before[0] in "BI" and tag[0] in "BSO")
        or (before[0] not in "O." and before[1] != tag[1])
    )


def _starts(before: tuple[str, str], tag: tuple[str, str]) -> bool:
    """Whether a chunk starts between two neighbours (CoNLL-2000's conlleval)."""
    return (
        tag[0] in "BS"
        or (before[0] in "ESO" and tag[0] in "EI")
        or (tag[0] not in "O." and before[1] != tag[1])
    )
