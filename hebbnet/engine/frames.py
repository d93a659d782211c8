"""Tables of pandas, Polars and Arrow, column by column; none of them is imported, or needs to be there."""

from __future__ import annotations

from typing import Any

import numpy as np

NUMERIC = "biuf"  # kinds of dtype: a boolean is 0 or 1


def columns(table: Any) -> list[tuple[str, Any]] | None:
    """The columns in their order, each (name, column); None where `table` is no table.

    Columns are taken by their place: a name may stand twice.
    """
    if hasattr(table, "iloc") and hasattr(table, "columns"):  # pandas
        names, found = table.columns, [table.iloc[:, j] for j in range(len(table.columns))]
    elif hasattr(table, "get_columns"):  # Polars
        names, found = table.columns, table.get_columns()
    elif hasattr(table, "column_names"):  # Arrow
        names, found = table.column_names, table.columns
    else:
        return None
    return list(zip(map(_text, names), found, strict=True))


def numbers(column: Any) -> np.ndarray:
    """The column as float64 (n,), NaN where nothing is recorded.

    Raises
    ------
    ValueError
        If a cell is a text that is no number.
    TypeError
        If a cell is anything else, such as a date.
    """
    values = np.asarray(column)
    if values.ndim != 1 or values.dtype.kind in "cmM":
        raise TypeError
    if values.dtype.kind in NUMERIC:
        found = values.astype(np.float64)
        found[missing(column)] = np.nan  # Arrow's dictionaries fill with whatever number is there
        return found
    given = zip(values.tolist(), missing(column).tolist(), strict=True)
    return np.array([np.nan if empty else float(cell) for cell, empty in given], dtype=np.float64)


def texts(column: Any) -> list[str]:
    """The cells as texts, "" where nothing is recorded."""
    given = zip(np.asarray(column).tolist(), missing(column).tolist(), strict=True)
    return ["" if empty else str(cell) for cell, empty in given]


def has_texts(column: Any) -> bool:
    """Whether a cell is a text."""
    return any(isinstance(cell, str) for cell in np.asarray(column, dtype=object).tolist())


def missing(column: Any) -> np.ndarray:
    """Where nothing is recorded, (n,) of bool; nowhere in a plain array."""
    ask = getattr(column, "isna", getattr(column, "is_null", lambda: np.zeros(len(column), dtype=bool)))
    return np.asarray(ask(), dtype=bool)


def plain(table: Any) -> np.ndarray | None:
    """A pandas table of numbers alone as its array, which may share its memory; None for any other."""
    if not hasattr(table, "iloc"):
        return None
    values = np.asarray(table)
    return values if values.dtype.kind in NUMERIC else None


def _text(name: Any) -> str:
    """The name of a column as a text; one of several levels in one line."""
    return " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
