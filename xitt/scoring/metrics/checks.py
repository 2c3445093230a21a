"""What predictions and references must be before anything is scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xitt.data.checks import CONSTANT_OUTSIDE, OUTSIDE
from xitt.errors import UserError

# XTREME's own files give every test example the same label; so many alike are no data.
PLACEHOLDER_FROM = 20


def check_lengths(predictions: Sequence[Any], references: Sequence[Any]) -> None:
    """Something to score, and one prediction for each reference."""
    if len(references) == 0:
        raise UserError("no references to score against; check split and subset")
    if len(predictions) != len(references):
        raise UserError(
            f"{len(predictions)} predictions for {len(references)} references; "
            f"there must be one for each"
        )


def check_placeholder(references: Sequence[Any]) -> None:
    """Labels that are all alike are placeholders, as in XTREME's public test files."""
    if len(references) < PLACEHOLDER_FROM:
        return
    first = references[0]
    if all(reference == first for reference in references):
        raise UserError(
            f"all {len(references)} reference labels are {first!r}: placeholders, "
            f"not labels; take a source of the data that keeps its test labels"
        )


def check_labels(
    values: Sequence[Any], what: str, labels: Sequence[str] | None
) -> np.ndarray:
    """`values` as an array of whole numbers or of strings, each a possible label.

    Raises:
        UserError: names the first value that is no label, and where it stands.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise UserError(f"{what}s must be one label each, got shape {array.shape}")
    if array.dtype.kind == "U":
        bad = np.array([labels is not None and v not in labels for v in values])
        known = f"known: {', '.join(labels or ())}"
    elif array.dtype.kind in "iufb":
        highest = np.inf if labels is None else len(labels) - 1
        array = array.astype(float)
        # Comparisons with NaN are false, so that it counts as bad too.
        bad = ~((array >= 0) & (array <= highest) & (array == np.floor(array)))
        known = "labels count from 0" + ("" if labels is None else f" to {highest}")
    else:
        raise UserError(f"{what} {values[0]!r} is neither a whole number nor a string")
    if bad.any():
        at = int(bad.argmax())
        raise UserError(f"{what} {at} is {values[at]!r}, which is no label; {known}")
    return array


def check_tags(
    predictions: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Any]],
    labels: Sequence[str] | None,
) -> tuple[list[list[str]], list[list[str]]]:
    """Both sides as lists of tag names, sentence by sentence of the same length.

    Tags are names, or numbers that index `labels`.
    """
    check_lengths(predictions, references)
    for at, (predicted, expected) in enumerate(zip(predictions, references)):
        if len(expected) == 0:
            raise UserError(f"sentence {at} has no tokens; drop it before scoring")
        if len(predicted) != len(expected):
            raise UserError(
                f"sentence {at} has {len(predicted)} predicted tags for "
                f"{len(expected)} tokens; long sentences are split, never cut"
            )
    named = tuple(
        _tag_names(side, what, labels)
        for side, what in ((predictions, "predicted"), (references, "reference"))
    )
    tags = [tag for sentence in named[1] for tag in sentence]
    few = CONSTANT_OUTSIDE if tags[0] == OUTSIDE else PLACEHOLDER_FROM
    if len(references) >= few:
        check_placeholder(tags)
    return named


def _tag_names(
    sentences: Sequence[Sequence[Any]], what: str, labels: Sequence[str] | None
) -> list[list[str]]:
    distinct = {tag for sentence in sentences for tag in sentence}
    names = {tag: _tag_name(tag, what, labels) for tag in distinct}
    return [[names[tag] for tag in sentence] for sentence in sentences]


def _tag_name(tag: Any, what: str, labels: Sequence[str] | None) -> str:
    if isinstance(tag, str) and tag and (labels is None or tag in labels):
        return tag
    if labels is None:
        raise UserError(
            f"{what} tag {tag!r} is no name; give names, or numbers with their `labels`"
        )
    if not isinstance(tag, str) and 0 <= tag < len(labels) and tag == int(tag):
        return labels[int(tag)]
    raise UserError(
        f"{what} tag {tag!r} is no label; known: 0 to {len(labels) - 1}, "
        f"{', '.join(labels)}"
    )
