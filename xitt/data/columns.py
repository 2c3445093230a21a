"""A stored column of whatever type as the one needed, or one line that says why not.

Files come from many hands: numbers of any width, categories, binary or wide text, lists
of every make. Text is UTF-8 and never null here; a number that stands for a class is
mapped by the name that the file gives to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xitt.errors import UserError, unknown

# A tag that the training set does not have: nothing predicts it, so it counts as wrong.
UNSEEN = "<unseen>"


class Unusable(Exception):
    """What is wrong with a column, and the mend; `place` adds file and language.

    row: among those at hand; the first `{row}` of `problem` stands for its number in
        the file.
    """

    def __init__(
        self, problem: str, mend: str = "correct the file", row: int | None = None
    ) -> None:
        super().__init__(problem, mend, row)


@contextmanager
def place(file: str, lang: str, numbers: np.ndarray) -> Iterator[None]:
    """Whatever is unusable inside becomes one line that names file, language and row.

    numbers: (rows,) the number in the file of each row at hand.
    """
    try:
        yield
    except Unusable as error:
        problem, mend, row = error.args
        if row is not None:
            problem = problem.replace("{row}", str(numbers[row]), 1)
        raise UserError(f"{file}: {problem}; {mend} (language '{lang}')") from error


# --- plain values ---------------------------------------------------------------------


def flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """One array of a chunked one, categories and extension types as their values."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ExtensionArray):
        return flat(column.storage)
    if pa.types.is_dictionary(column.type):
        return flat(column.dictionary_decode())
    return column


def text(
    column: pa.ChunkedArray | pa.Array, name: str, row_of: Callable[[int], int] = int
) -> pa.Array:
    """A column as strings; nulls stay. Numbers are written out, bytes are UTF-8.

    row_of: from the place of a value to its row, where the values are those of lists.

    Raises:
        Unusable: for another type, or a value that is not UTF-8, with its row.
    """
    column = flat(column)
    kind = column.type
    if is_text(kind):
        return _utf8(column, name, row_of)
    if pa.types.is_floating(kind):
        column = _without_nan(column)
    elif not (_is_whole(kind) or pa.types.is_null(kind)):
        raise Unusable(
            f"column '{name}' is {kind}, not text", "map another, or write it as text"
        )
    return pc.cast(column, pa.string())


def words(column: pa.ChunkedArray | pa.Array, name: str) -> pa.Array:
    """`text` without a null; Unusable names the first row that has one."""
    return without_null(text(column, name), name)


def without_null(column: pa.Array, name: str) -> pa.Array:
    """The column itself; Unusable names the first row that is null."""
    if column.null_count:
        row = pc.index(pc.is_null(column), True).as_py()
        mend = "fill it in, or leave it out"
        raise Unusable(f"row {{row}} of '{name}' is null", mend, row)
    return column


def numbers(
    column: pa.ChunkedArray | pa.Array, name: str, row_of: Callable[[int], int] = int
) -> pa.Array:
    """A column as int64; nulls stay, NaN is one.

    Raises:
        Unusable: for a type that holds no whole numbers, or a value that is none.
    """
    column = flat(column)
    kind = column.type
    if pa.types.is_floating(kind):
        column = _without_nan(column)
    elif not (_is_whole(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)):
        raise Unusable(f"column '{name}' is {kind}, not whole numbers")
    try:
        return pc.cast(column, pa.int64())
    except pa.ArrowInvalid as error:
        for at, value in enumerate(column.to_pylist()):
            if value is None or (float(value).is_integer() and abs(value) < 2**63):
                continue
            problem = f"row {{row}} of '{name}' is {value}, no whole number"
            raise Unusable(problem, row=row_of(at)) from error
        raise Unusable(f"column '{name}' is unreadable: {error}") from error


def is_text(kind: pa.DataType) -> bool:
    checks = ("string", "large_string", "string_view", "binary", "large_binary",
              "binary_view", "fixed_size_binary")  # fmt: skip
    return any(getattr(pa.types, f"is_{check}")(kind) for check in checks)


def _is_whole(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_decimal(kind)


def _without_nan(column: pa.Array) -> pa.Array:
    """NaN is how pandas writes null."""
    column = pc.cast(column, pa.float64())
    return pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)


def _utf8(column: pa.Array, name: str, row_of: Callable[[int], int]) -> pa.Array:
    """Parquet does not check what its text is made of, so that we do."""
    try:
        column = pc.cast(column, pa.string())
        column.validate(full=True)
        return column
    except pa.ArrowInvalid as error:
        values = pc.cast(column, pa.large_binary()).to_pylist()
        for at, value in enumerate(values):
            try:
                (value or b"").decode()
            except UnicodeDecodeError:
                raise Unusable(
                    f"row {{row}} of '{name}' is not UTF-8: {value[:40]!r}",
                    "write the file again with its text in UTF-8",
                    row_of(at),
                ) from error
        raise Unusable(f"column '{name}' is unreadable: {error}") from error


# --- lists ----------------------------------------------------------------------------


def lists(
    column: pa.ChunkedArray | pa.Array, name: str
) -> tuple[np.ndarray, pa.Array, np.ndarray]:
    """A column of lists as the size of each, 0 for null, all their values, who is null.

    Raises:
        Unusable: for a column that holds no lists; text that looks like one is none.
    """
    column = flat(column)
    kind = column.type
    if pa.types.is_null(kind):
        size = len(column)
        return np.zeros(size, np.int64), pa.array([], kind), np.ones(size, bool)
    if not is_list(kind):
        raise Unusable(f"column '{name}' is {kind}, not lists", "store a list a row")
    missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    sizes = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    return sizes.astype(np.int64), flat(column.flatten()), missing


def is_list(kind: pa.DataType) -> bool:
    checks = ("list", "large_list", "fixed_size_list", "list_view", "large_list_view")
    return any(getattr(pa.types, f"is_{check}")(kind) for check in checks)


def joined(sizes: np.ndarray, values: pa.Array) -> pa.ListArray:
    """The opposite of `lists`."""
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(offsets, values)


def within(sizes: np.ndarray, values: pa.Array, name: str) -> pa.Array:
    """The values of lists; Unusable names the first row that has a null inside."""
    if values.null_count:
        at = pc.index(pc.is_null(values), True).as_py()
        raise Unusable(
            f"row {{row}} of '{name}' has a null inside",
            "fill it in, or leave the row out",
            row_of(sizes)(at),
        )
    return values


def row_of(sizes: np.ndarray) -> Callable[[int], int]:
    """From the place of a value among those of lists to the row that holds it."""
    ends = np.cumsum(sizes)
    return lambda at: int(np.searchsorted(ends, at, side="right"))


# --- labels ---------------------------------------------------------------------------


def labelled(column: pa.ChunkedArray | pa.Array, name: str) -> pa.Array:
    """The labels of rows, null where a row has none: empty, `-` or -1."""
    column = flat(column)
    if is_text(column.type):
        column, none = _utf8(column, name, int), pa.array(["", "-", "-1"])
    elif pa.types.is_boolean(column.type):
        return column
    else:
        column, none = numbers(column, name), pa.array([-1])
    none = pc.is_in(column, none)
    return pc.if_else(none, pa.scalar(None, column.type), column)


def label_names(
    column: pa.ChunkedArray | pa.Array,
    name: str,
    classes: Sequence[str] | None,
    row_of: Callable[[int], int] = int,
) -> pa.Array:
    """Labels as names, null where there is none: a number's is its class's, or itself.

    Raises:
        Unusable: for a type that no label has, or a number that has no class.
    """
    column = flat(column)
    if is_text(column.type):
        return _utf8(column, name, row_of)
    ids = numbers(column, name, row_of)
    if not classes:
        return pc.cast(ids, pa.string())
    return pa.array(list(classes), pa.string()).take(_in_range(ids, classes, row_of))


def label_ids(
    column: pa.ChunkedArray | pa.Array,
    name: str,
    labels: Sequence[str],
    classes: Sequence[str] | None,
    row_of: Callable[[int], int] = int,
) -> pa.Array:
    """The place of each label in `labels`, null where a row has none.

    Names are looked up, in whatever capitals. So are numbers by the names that the
    file gives to them, if `labels` has any of these, and where all labels are numerals
    themselves, as 1 and 2; other numbers are places already.

    Raises:
        Unusable: for a label that is unknown or out of range, with its row.
    """
    column = flat(column)
    if pa.types.is_boolean(column.type) and len(labels) != 2:
        raise Unusable(
            f"column '{name}' is bool, which is no label of {', '.join(labels)}",
            "store the label, or its number",
        )
    find = _finder(labels)
    named = any(find(each) is not None for each in classes or ()) or (
        not classes and all(label.isdecimal() for label in labels)
    )
    if not (named or UNSEEN in labels or is_text(column.type)):
        return _in_range(numbers(column, name, row_of), labels, row_of)
    names = label_names(column, name, classes, row_of)
    distinct = names.unique().drop_null()
    found = [find(each) for each in distinct.to_pylist()]
    places = pa.array(found, pa.int64()).take(pc.index_in(names, distinct))
    if None in found:
        wrong = distinct[found.index(None)]
        row = row_of(pc.index(names, wrong).as_py())
        problem, _, mend = str(unknown("label", wrong, labels)).partition("; ")
        raise Unusable(f"row {{row}} of '{name}' has the {problem}", mend, row)
    return places


def _finder(labels: Sequence[str]) -> Callable[[str], int | None]:
    """The place of a name in `labels`, of any other name UNSEEN's, or None.

    Other capitals are the same name where no two labels differ by them alone.
    """
    exact = {label: place for place, label in enumerate(labels)}
    folded = {_fold(label): place for place, label in enumerate(labels)}
    if len(folded) < len(exact) or UNSEEN in exact:
        folded = {}
    return lambda name: exact.get(name, folded.get(_fold(name), exact.get(UNSEEN)))


def _fold(name: str) -> str:
    return name.strip().casefold()


def _in_range(
    ids: pa.Array, labels: Sequence[str], row_of: Callable[[int], int]
) -> pa.Array:
    bad = pc.or_(pc.less(ids, 0), pc.greater_equal(ids, len(labels)))
    if pc.any(bad).as_py():
        at = pc.index(bad, True).as_py()
        raise Unusable(
            f"label {ids[at]} at {{row}} is out of range 0 to {len(labels) - 1} "
            f"({', '.join(labels)})",
            "correct the file or the registry",
            row_of(at),
        )
    return ids
