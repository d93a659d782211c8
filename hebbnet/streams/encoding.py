"""A table in memory as inputs: its columns become what `from_csv` makes of the same columns in a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import checks, frames
from .columns import Column, Numbers, Past, first_value, kind_of


def encode(X: Any, where: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """X as finite numbers (n, d), a copy, and the names of the d inputs; () where X is an array, which has none.

    A column of a table that holds texts becomes one input for each of them, and one with missing cells is filled with
    the mean of the rows above and gets a second input, which says so.
    """
    table = frames.columns(X)
    if not table:
        values = checks.matrix(X, where=where)
        return values.copy() if np.shares_memory(values, X) else values, ()
    names, parts = zip(*(_encode(name, column, where) for name, column in table), strict=True)
    return np.concatenate(parts, axis=1), tuple(name for several in names for name in several)


def _encode(name: str, column: Any, where: str) -> tuple[list[str], np.ndarray]:
    """The names of the inputs that a column becomes, and their values (n, k)."""
    if frames.has_texts(column):
        return _encode_texts(name, frames.texts(column), where)
    try:
        values = frames.numbers(column)
    except (TypeError, ValueError, OverflowError):
        raise checks.no_numbers(where, name, column) from None
    made = Numbers(name, where, missing=bool(np.isnan(values).any()))
    made.unit = "row"
    if np.isinf(values).any():
        row = int(np.isinf(values).argmax())
        made.refuse(row, f"expected a finite number, got {values[row]}")
    return made.names, made.fill(values, Past())


def _encode_texts(name: str, cells: list[str], where: str) -> tuple[list[str], np.ndarray]:
    first = first_value(cells)
    made: Column = (Numbers if first is None else kind_of(first))(name, where, missing=False)
    made.unit = "row"
    made.study(cells, int)
    return made.names, made.encode(cells, Past())
