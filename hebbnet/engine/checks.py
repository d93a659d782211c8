"""The gate: every array and every number of a user enters here, and only here are they refused.

A message says where, what was expected, what came, and the likely fix, in one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from . import frames

MAX_CLASSES = 1_000
LISTED = 100  # names in a message, at most
SHOWN = 200  # characters of a value in a message, at most
LONGEST = 4_000  # characters of a message, at most
MOST = 2**53  # whole numbers up to here are exact in float64, in which kernels count
MAX_SIZE = 10**8  # neurons, columns or rows that an array is made for: the product of two is still a size


class InputError(ValueError):
    """What was given cannot be used; the message says why and what to do, in one line. Nothing has been changed."""

    def __init__(self, message: object = "") -> None:
        text = " ".join(line.strip() for line in str(message).splitlines())
        super().__init__(text if len(text) <= LONGEST else f"{text[:LONGEST]} ...")


def matrix(X: Any, *, columns: int | None = None, where: str = "X") -> np.ndarray:
    """`X`, an array or a table, as a float64, C-contiguous matrix (n, d) of finite numbers; refused otherwise."""
    table = frames.columns(X)
    try:
        values = np.asarray(X) if table is None else _numbers(X, table, where)
        if values.dtype.kind in "cmM":  # complex numbers and dates would lose a half, or become days since 1970
            raise TypeError
        if values.dtype.kind not in "biuf":
            values = np.array(X, dtype=np.float64)
        values = np.ascontiguousarray(values, dtype=np.float64) if values.ndim else np.asarray(values, np.float64)
    except InputError:
        raise
    except (TypeError, ValueError, OverflowError):
        fix = "give .collect() of it" if hasattr(X, "collect") else "turn texts into numbers first"
        raise InputError(f"{where}: expected numbers, got {_kind(X)}; {fix}") from None
    if values.ndim != 2:
        array = ".to_numpy()" if hasattr(X, "to_numpy") else ""
        fix = (f"; use {array}.reshape(-1, 1) for one column or {array}.reshape(1, -1) for one row"
               if values.ndim == 1 else "")
        raise InputError(f"{where}: expected a matrix of shape (n, d), got {values.ndim} dimension(s){fix}")
    if columns is not None and values.shape[1] != columns:
        raise InputError(f"{where}: expected {columns} columns, got {values.shape[1]}")
    _finite(values, where, table)
    return _for_compiled(values)


def vector(x: Any, *, where: str = "x") -> np.ndarray:
    """`x` as a float64 vector (n,) of finite numbers; refused otherwise."""
    try:
        given = np.asarray(x)
        if given.dtype.kind in "cmM":
            raise TypeError
        values = np.ascontiguousarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{where}: expected numbers, got {_kind(x)}") from None
    if given.ndim != 1:
        raise InputError(f"{where}: expected a vector of shape (n,), got shape {given.shape}")
    _finite(values, where)
    return values


def bounded(x: Any, *, low: float, high: float, where: str = "x") -> np.ndarray:
    """`x` as a float64 vector (n,) of numbers in [low, high] that compiled code can take; refused otherwise."""
    values = _for_compiled(vector(x, where=where))
    if values.size and not (values.min() >= low and values.max() <= high):
        i = int(np.argmax((values < low) | (values > high)))
        raise InputError(f"{where}: expected numbers from {low:g} to {high:g}, got {values[i]:g} in row {i}")
    return values


def dimensions(x: Any) -> int:
    """How many dimensions `x` has; 0 where it is no array at all, which `matrix` then refuses."""
    try:
        return np.ndim(x)
    except ValueError:
        return 0


def labels(y: Any, *, n_classes: int, rows: int, where: str = "y") -> np.ndarray:
    """`y` as int64 labels (rows,) in 0 .. n_classes - 1; refused otherwise."""
    try:
        values = np.asarray(y)
    except ValueError:
        raise InputError(f"{where}: expected a vector of labels, got rows of different lengths") from None
    if values.ndim != 1:
        fix = "; give one column of it, such as y['class']" if frames.columns(y) else ""
        raise InputError(f"{where}: expected a vector of labels, got shape {values.shape}{fix}")
    if len(values) != rows:
        raise InputError(f"{where}: expected as many labels as X has rows, {rows}, got {len(values)}")
    all_labelled(y, where)
    if values.dtype.kind not in "biu":
        strange = (values != np.floor(values) if values.dtype.kind == "f" else
                   np.array([not _is_whole(value) for value in values.tolist()], dtype=bool))
        if strange.any():
            raise InputError(f"{where}: expected whole numbers 0 .. {n_classes - 1}, got {_kind(values[strange])}; "
                             "hb.from_arrays(X, y) numbers them for you")
    wrong = (values < 0) | (values >= n_classes)  # before the cast to int64, which wraps what is too large
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(f"{where}: label {values[row]} in row {row} is unknown; this network was built for the labels "
                         f"0 .. {n_classes - 1}. Classes are fixed when a network is built: build one with more")
    return _for_compiled(np.ascontiguousarray(values, dtype=np.int64))


def all_labelled(y: Any, where: str) -> None:
    """Refuse a column of a table in which a label is missing: as an array, Arrow's dictionaries have another there."""
    if hasattr(y, "isna") or hasattr(y, "is_null"):
        empty = frames.missing(y)
        if empty.any():
            raise no_label(where, int(empty.argmax()))


def no_label(where: str, row: int) -> InputError:
    """What to raise where a row has no label."""
    return InputError(f"{where}: expected a label in every row, got none in row {row}; drop such rows first")


def whole(value: Any, name: str, *, low: int = 0, high: int = MOST) -> int:
    """`value` as an int in low .. high; refused otherwise."""
    if isinstance(value, bool) or not _is_whole(value) or not low <= value <= high:
        most = f" and at most {high:,}" if _is_whole(value) and value > high else ""
        raise InputError(f"{name}: expected a whole number of at least {low}{most}, got {shown(value)}")
    return int(value)


def number(value: Any, name: str, *, low: float = -np.inf, high: float = np.inf, above: float | None = None) -> float:
    """`value` as a finite float in [low, high] (and greater than `above`); refused otherwise."""
    try:
        # Texts are none, though float takes them; of arrays and complex numbers it would take a part.
        if isinstance(value, (str, bytes, bytearray, np.complexfloating)) or getattr(value, "ndim", 0) != 0:
            raise TypeError
        given = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name}: expected a number, got {shown(value)}") from None
    if not np.isfinite(given) or not low <= given <= high or (above is not None and given <= above):
        bounds = [f"greater than {above:g}"] if above is not None else [f"at least {low:g}"] if low > -np.inf else []
        bounds += [f"at most {high:g}"] if high < np.inf else []
        wanted = " ".join(["a finite number", " and ".join(bounds)]).strip()
        raise InputError(f"{name}: expected {wanted}, got {shown(value)}")
    return given


def truth(value: Any, name: str, wanted: str = "True or False") -> bool:
    """`value` as a bool; refused where it is neither True nor False, 1 nor 0."""
    if not isinstance(value, (int, np.integer, np.bool_)) or value not in (0, 1):
        raise InputError(f"{name}: expected {wanted}, got {shown(value)}")
    return bool(value)


def choice(name: Any, known: Iterable[str], what: str) -> str:
    """`name` if it is one of `known`; refused otherwise, with the known ones and the nearest."""
    names = list(known)
    if not isinstance(name, str) or name not in names:
        near = get_close_matches(name[:SHOWN], names, 1) if isinstance(name, str) else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise InputError(f"unknown {what} {shown(name)}; known: {listed(names)}{hint}")
    return str(name)


def several(values: Any, name: str, such: str) -> list[Any]:
    """`values` as a list; refused where they are no several, and where they are one text."""
    try:
        if isinstance(values, str):
            raise TypeError
        return list(values)
    except TypeError:
        raise InputError(f"{name}: expected several {such}, got {shown(values)}") from None


def shown(value: Any) -> str:
    """`value` as a message shows it: of something long, the beginning."""
    try:
        text = repr(value)
    except Exception:  # a whole number of thousands of digits has none, nor has an object that fails to give one
        text = f"one of type {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."


def listed(names: Sequence[Any]) -> str:
    """Names as a message lists them: of very many, the first."""
    return ", ".join([*map(str, names[:LISTED]), *([f"... ({len(names):,})"] if len(names) > LISTED else [])])


def no_numbers(where: str, name: str, column: Any,
               fix: str = "turn it into numbers first, or drop the column") -> InputError:
    """What to raise where a column of a table holds texts, dates, or whatever else is no number."""
    wrong = ((row, cell) for row, cell in enumerate(np.asarray(column)) if not _is_number(cell))
    found = next((f"{str(cell)!r} in row {row}" for row, cell in wrong), "no rows, of another kind")
    return InputError(f"{where}, column {name!r}: expected numbers, got {found}; {fix}")


def _numbers(X: Any, table: list[tuple[str, Any]], where: str) -> np.ndarray:
    """The numbers of a table, NaN where nothing is recorded."""
    values = frames.plain(X)
    if values is not None:
        return values
    found = np.empty((len(X), len(table)))
    for j, (name, column) in enumerate(table):
        try:
            found[:, j] = frames.numbers(column)
        except ValueError:
            raise no_numbers(where, name, column, "hb.from_arrays(X, y) encodes texts, or drop the column") from None
        except TypeError:
            raise no_numbers(where, name, column) from None
    return found


def _is_number(cell: Any) -> bool:
    if isinstance(cell, (np.ndarray, np.datetime64, np.timedelta64, np.complexfloating)):
        return False
    try:
        float(cell)
        return True
    except OverflowError:
        return False
    except (TypeError, ValueError):
        return type(cell).__name__ in ("NAType", "NoneType")  # nothing is recorded


def _finite(values: np.ndarray, where: str, table: list[tuple[str, Any]] | None = None) -> None:
    if np.isfinite(np.vdot(values, values)):  # a sum of squares that is finite has finite terms only
        return
    finite = np.isfinite(values)
    if not finite.all():
        place = ", ".join(f"{axis} {i}" for axis, i in zip(("row", "column"), np.argwhere(~finite)[0], strict=False))
        if table is not None:
            row, j = np.argwhere(~finite)[0]
            place = f"row {row}, column {table[j][0]!r}"
        raise InputError(f"{where}: expected finite numbers, got {values[~finite][0]} in {place}; "
                         "fill in or drop what is missing first")


def _for_compiled(values: np.ndarray) -> np.ndarray:
    """`values`, or a copy where they are read-only or not aligned: compiled code takes neither."""
    return values if values.flags.carray else values.copy()


def _is_whole(value: Any) -> bool:
    if isinstance(value, (float, np.floating)):
        return float(value).is_integer()
    return isinstance(value, (int, np.integer))


def _kind(values: Any) -> str:
    try:
        sample = np.asarray(values, dtype=object).ravel()
    except ValueError:  # an object that says it is an array, and is none
        return shown(values)
    return f"e.g. {shown(sample[0])}" if sample.size else "nothing"
