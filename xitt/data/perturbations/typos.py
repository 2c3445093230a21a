"""Typing errors: keys that are missed, doubled, left out or hit in the wrong order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from xitt.data.perturbations import keyboards
from xitt.data.perturbations.text import Edits, Span, Text, count, drawn, is_letter

# How often each slip is made: MulTypo (arXiv 2510.09536), its package's defaults.
MIX = {"delete": 0.28, "insert": 0.15, "replace": 0.28, "transpose": 0.28}
# Without a layout nobody knows what lies beside a letter.
PLAIN_MIX = {"delete": 0.28, "repeat": 0.15, "transpose": 0.28}

Make = Callable[[str, Random], str]  # a cluster -> what is written, "" where nothing is


def keyboard(
    text: Text, rng: Random, strength: float, lang: str, protect_first: bool = True
) -> Edits:
    """Slips on the keyboard of the language; see `_slips`."""
    board = keyboards.of(lang)
    makes = {"replace": board.slip, "insert": lambda c, r: _beside(c, board, r)}
    return _slips(
        text, rng, strength, MIX, makes, lambda c: is_letter(c) and board.has(c),
        protect_first,
    )  # fmt: skip


def characters(
    text: Text, rng: Random, strength: float, lang: str, protect_first: bool = False
) -> Edits:
    """Letters left out, doubled or swapped, whatever the keyboard; see `_slips`."""
    makes = {"repeat": lambda cluster, _: cluster * 2}
    return _slips(text, rng, strength, PLAIN_MIX, makes, is_letter, protect_first)


def _beside(cluster: str, board: keyboards.Keyboard, rng: Random) -> str:
    extra = board.extra(cluster, rng)
    if not extra:
        return ""
    return cluster + extra if rng.random() < 0.5 else extra + cluster


def _slips(
    text: Text,
    rng: Random,
    strength: float,
    mix: Mapping[str, float],
    makes: Mapping[str, Make],
    typed: Callable[[str], bool],
    protect_first: bool,
) -> Edits:
    """Slips at `strength` of the text's clusters, white space not counted.

    Digits, punctuation and, where it is protected, the first letter of a word stay. No
    word loses its last cluster, none goes over to another word, and no cluster changes
    twice: beyond some share there is nothing left to change. The slips of a weaker
    strength are among those of a stronger one.
    """
    sites: dict[int, Span] = {}
    for piece in text.pieces():
        for i in range(piece.start + protect_first, piece.end):
            if typed(text.clusters[i]):
                sites[i] = piece
    wanted = count(strength, text.size, rng)
    edits: dict[int, str] = {}
    gone: dict[int, int] = {}  # clusters that the piece which begins there has lost
    for site in drawn(list(sites), rng):
        left = wanted - len(edits)
        if left <= 0:
            break
        slip = _slip(text, site, sites, edits, gone, mix, makes, rng)
        if len(slip) > left and rng.random() < 0.5:
            break  # one cluster too many, or too few: half of the time each
        edits |= slip
    return edits


def _slip(text, site, sites, edits, gone, mix, makes, rng) -> dict[int, str]:
    """One slip at a site; {} where none can be made there."""
    if site in edits:
        return {}
    cluster, piece = text.clusters[site], sites[site]
    possible = dict(mix)
    while possible:
        (chosen,) = rng.choices(list(possible), list(possible.values()))
        if chosen == "transpose":
            for other in (site + 1, site - 1):
                free = sites.get(other) == piece and other not in edits
                if free and text.clusters[other] != cluster:
                    return {site: text.clusters[other], other: cluster}
        elif chosen == "delete":
            if piece.end - piece.start - gone.get(piece.start, 0) > 1:
                gone[piece.start] = gone.get(piece.start, 0) + 1
                return {site: ""}
        elif made := makes[chosen](cluster, rng):
            return {site: made}
        del possible[chosen]
    return {}
