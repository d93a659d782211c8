"""Tables of pandas, Polars and Arrow, column by column; none of them is imported, or needs to be there."""

from __future__ import annotations

from typing import Any

import numpy as np

NUMERIC = "biuf"  # kinds of dtype: a boolean is 0 or 1


def columns(table: Any) -> list[tuple[str, Any]] | None:
    """The columns in their order, each (name, column); None where `table` is no table.

    Columns are taken by their place: a name may stand twice.
    """
    called = names(table)
    if called is None:
        return None
    if hasattr(table, "iloc"):  # pandas
        found = [table.iloc[:, j] for j in range(len(called))]
    else:  # Polars, or Arrow
        found = table.get_columns() if hasattr(table, "get_columns") else table.columns
    return list(zip(map(_text, called), found, strict=True))


def names(table: Any) -> list[Any] | None:
    """What the columns are called, of any type; None where `table` is no table."""
    if (hasattr(table, "iloc") or hasattr(table, "get_columns")) and hasattr(table, "columns"):  # pandas, Polars
        return list(table.columns)
    return list(table.column_names) if hasattr(table, "column_names") else None


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
    values = np.asarray(column)
    return values.dtype.kind not in NUMERIC and any(isinstance(cell, str) for cell in values.tolist())


def missing(column: Any) -> np.ndarray:
    """Where nothing is recorded, (n,) of bool."""
    ask = column.isna if hasattr(column, "isna") else column.is_null
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
