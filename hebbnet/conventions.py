"""What scikit-learn's users expect of an estimator when they hand it something: its words, its errors, its warnings."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from .engine import checks, frames
from .engine.checks import InputError

NUMBERS = "X (NaN and infinity are refused)"


def own(name: str, otherwise: type) -> Any:
    """scikit-learn's own class of that name where it is loaded, else ours: it is never imported from here."""
    return getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)


def matrix(X: Any, who: str, columns: int | None = None) -> np.ndarray:
    """X (n, d) as float64; refused in the words that scikit-learn's users know."""
    if hasattr(X, "tocsr"):
        raise TypeError(f"{who}: sparse X is not supported; use X.toarray()")
    values = np.asarray(X) if frames.columns(X) is None else checks.matrix(X, where=NUMBERS)
    if values.dtype.kind == "c":
        raise InputError("Complex data not supported")
    if values.dtype.kind == "O" and any(isinstance(cell, (dict, list, tuple, set)) for cell in values.flat):
        raise TypeError(f"{who}: argument must be a string or a number in each cell of X")
    if values.ndim == 1:
        raise InputError("Expected 2D array, got 1D array instead. Reshape your data: X.reshape(-1, 1) is one column, "
                         "X.reshape(1, -1) one row")
    for axis, what in enumerate(("sample", "feature")):
        if values.ndim == 2 and not values.shape[axis]:
            raise InputError(f"Found array with 0 {what}(s) (shape={values.shape}) while a minimum of 1 is required.")
    if columns is not None and values.ndim == 2 and values.shape[1] != columns:
        raise InputError(f"X has {values.shape[1]} features, but {who} is expecting {columns} features as input")
    return checks.matrix(values, where=NUMBERS)


def column(y: Any, rows: int) -> np.ndarray:
    """y as a vector (rows,); a single column is taken for one, with a warning."""
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[1] == 1:
        warnings.warn("A column-vector y was passed when a 1d array was expected; use y.ravel()",
                      own("DataConversionWarning", UserWarning), stacklevel=5)
        values = values.ravel()
    if values.ndim != 1 or len(values) != rows:
        raise InputError(f"y: expected a vector of {rows} labels or numbers, one for each row of X, got shape "
                         f"{values.shape}")
    if values.dtype.kind == "c":
        raise InputError("Complex data not supported")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InputError("Input y contains NaN or infinity; drop those rows first")
    return values


def units(hidden: Any) -> tuple[Any, ...]:
    """Units of the hidden layers; a single number is one layer."""
    return tuple(hidden) if isinstance(hidden, (tuple, list, np.ndarray)) else (hidden,)


def names(X: Any) -> np.ndarray | None:
    """The names of the columns of a table, if all are texts."""
    columns = frames.names(X)
    if not columns:
        return None
    texts = [isinstance(name, str) for name in columns]
    if any(texts) and not all(texts):
        raise TypeError("Feature names are only supported if all input features have string names; convert them: "
                        "X.columns = X.columns.astype(str)")
    return np.asarray(columns, dtype=object) if all(texts) else None


def check_names(X: Any, known: np.ndarray | None, who: str) -> None:
    """Columns must come under the names, and in the order, in which they were learned."""
    given = names(X)
    if given is not None and known is None:
        warnings.warn(f"X has feature names, but {who} was fitted without feature names", stacklevel=5)
    elif given is None and known is not None:
        warnings.warn(f"X does not have valid feature names, but {who} was fitted with feature names", stacklevel=5)
    elif given is not None and known is not None and list(given) != list(known):
        raise OtherNames(_other_names(list(given), list(known)))


class OtherNames(InputError):
    """Said in scikit-learn's own lines, not in one."""

    def __init__(self, message: str) -> None:
        ValueError.__init__(self, message)


def _other_names(given: list[str], known: list[str]) -> str:
    """How the names given differ from those known, in scikit-learn's own lines."""
    unseen, missing = sorted(set(given) - set(known)), sorted(set(known) - set(given))
    said = ["The feature names should match those that were passed during fit."]
    if unseen:
        said += ["Feature names unseen at fit time:", *(f"- {name}" for name in unseen)]
    if missing:
        said += ["Feature names seen at fit time, yet now missing:", *(f"- {name}" for name in missing)]
    if not unseen and not missing:
        said.append("Feature names must be in the same order as they were in fit.")
    return "\n".join(said) + "\n"
