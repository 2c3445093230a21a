"""Token sequences that begin alike, laid out so that what they share stands once.

A tree is its shared tokens followed by the rest of each member. A token attends to the
shared ones and to those of its own branch before it, and its position counts from its
member's beginning, so that a causal model computes for every member what it would
compute for it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

# A sequence joins a tree that saves it this share of its tokens: less is not worth the
# attention to branches that are not its own.
WORTHWHILE = 0.25
PADDING = -1


class Tree(NamedTuple):
    """Which sequences it holds, by place, and how many tokens all of them share."""

    members: list[int]
    shared: int


class Layout(NamedTuple):
    """A tree as one row. Its padding is to follow the tokens."""

    ids: np.ndarray  # (n,) tokens
    positions: np.ndarray  # (n,) of each token in its sequence
    branches: np.ndarray  # (n,) 0 where shared, else the member's number from 1
    starts: np.ndarray  # (members,) where the rest of each member begins


def grow(sequences: Sequence[Sequence[int]], most: int, share: bool = True):
    """Trees over all sequences, none of more than `most` tokens unless it is one alone.

    share: False to make a tree of every sequence alone.
    """
    order = sorted(range(len(sequences)), key=lambda place: sequences[place])
    trees: list[Tree] = []
    size = 0  # tokens of the last tree
    for before, place in zip([-1, *order], order):
        new = sequences[place]
        if share and trees:
            members, shared = trees[-1]
            # in this order what a new one shares with the last it shares with all
            common = min(shared, _common(sequences[before], new))
            saved = len(members) * common - (len(members) - 1) * shared
            joined = size + len(new) - saved
            if saved >= WORTHWHILE * len(new) and joined <= most:
                trees[-1] = Tree([*members, place], common)
                size = joined
                continue
        trees.append(Tree([place], len(new)))
        size = len(new)
    return trees


def tokens(tree: Tree, sequences: Sequence[Sequence[int]]) -> int:
    """How many tokens the row of a tree has."""
    whole = sum(len(sequences[member]) for member in tree.members)
    return whole - (len(tree.members) - 1) * tree.shared


def lay_out(tree: Tree, sequences: Sequence[Sequence[int]]) -> Layout:
    """The row of a tree."""
    shared = tree.shared
    rests = [sequences[member][shared:] for member in tree.members]
    lengths = np.array([len(rest) for rest in rests])
    first = sequences[tree.members[0]][:shared]
    positions = [np.arange(shared), *(np.arange(shared, shared + n) for n in lengths)]
    return Layout(
        ids=np.concatenate(
            [np.asarray(part, dtype=np.int64) for part in [first, *rests]]
        ),
        positions=np.concatenate(positions),
        branches=np.repeat(np.arange(len(rests) + 1), [shared, *lengths]),
        starts=shared + np.cumsum([0, *lengths[:-1]]),
    )


def places(layout: Layout, shared: int, member: int, tokens: np.ndarray) -> np.ndarray:
    """Where tokens of a member, by their number in its sequence, stand in the row."""
    return np.where(tokens < shared, tokens, layout.starts[member] + tokens - shared)


def visible(branches: np.ndarray) -> np.ndarray:
    """(B, n, n) whether a token attends to another, of rows of branches (B, n)."""
    own = branches[:, None, :] == branches[:, :, None]
    return np.tril(own | (branches[:, None, :] == 0))


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many first elements are the same."""
    pairs = enumerate(zip(one, other))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
