"""Tables as streams: arrays whose rows come one after another, with labels of any kind."""

from __future__ import annotations

import os
from collections.abc import Hashable
from typing import Any

import numpy as np

from ..engine import checks, files
from .stream import Batch, Stream


class ArrayStream(Stream):
    """The rows of a table in memory, in order. Made by `from_arrays` and `from_npz`.

    Parameters
    ----------
    X : float64 (n, d)
    y : int64 (n,)
        Labels; float64 numbers, where `classes` is empty.
    classes : tuple
        The names of the classes.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.from_arrays([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], ["no", "yes", "no"])
    ArrayStream(3 rows, 2 inputs, 2 classes)
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, classes: tuple[Any, ...]) -> None:
        self._X, self._y = X, y
        self.classes = classes
        self.n_rows, self.n_inputs = X.shape
        self.position = 0

    def take(self, n: int) -> Batch:
        """The next `n` rows; fewer where the table ends, and none after that."""
        rows = slice(self.position, self.position + checks.whole(n, "n"))
        batch = Batch(self._X[rows].copy(), self._y[rows].copy())
        self.position += len(batch)
        return batch

    def restart(self) -> None:
        """Go back to the first row."""
        self.position = 0

    def fresh(self, rng: Any = None) -> ArrayStream:
        """The same rows again: nothing about them is random."""
        return ArrayStream(self._X, self._y, self.classes)

    def __repr__(self) -> str:
        return f"ArrayStream({self.n_rows} rows, {self.n_inputs} inputs, {len(self.classes)} classes)"


def from_arrays(X: Any, y: Any) -> ArrayStream:
    """A stream of the rows of X and their labels y, in order.

    Parameters
    ----------
    X : array_like (n, d)
        Finite numbers. A copy is kept.
    y : array_like (n,)
        Labels of any kind. Their sorted distinct values become `stream.classes`, and each label its index there.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.from_arrays([[0.5], [1.5], [2.5]], ["rain", "dry", "rain"])
    >>> stream.classes, stream.take(2).y
    (('dry', 'rain'), array([1, 0]))
    """
    return _from_arrays(X, y)


def from_npz(path: str | os.PathLike[str]) -> ArrayStream:
    """A stream of the rows of an .npz file that holds the arrays X (n, d) and y (n,).

    Raises
    ------
    InputError
        If the file is missing, damaged, holds pickles, or lacks X or y; or as `from_arrays`.

    Examples
    --------
    >>> import os, tempfile, numpy as np, hebbnet as hb
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "mine.npz")
    ...     np.savez(path, X=np.eye(4), y=[0, 1, 0, 1])
    ...     stream = hb.from_npz(path)
    >>> stream.n_rows, stream.n_inputs
    (4, 4)
    """
    arrays = files.load_npz(path)
    for name in ("X", "y"):
        if name not in arrays:
            found = ", ".join(arrays) or "nothing"
            raise checks.InputError(f"{path}: expected the arrays X and y, found {found}; "
                                    "write them with np.savez(path, X=X, y=y)")
    return _from_arrays(arrays["X"], arrays["y"], f"{path}: ")


def _from_arrays(X: Any, y: Any, where: str = "") -> ArrayStream:
    given = X
    X = checks.matrix(X, where=f"{where}X")
    if not X.size:
        raise checks.InputError(f"{where}X: expected at least one row and one column, got shape {X.shape}")
    try:
        values = np.asarray(y)
    except ValueError:
        raise checks.InputError(f"{where}y: expected a vector of labels, got rows of different lengths") from None
    if values.ndim != 1:
        raise checks.InputError(f"{where}y: expected a vector of labels, got shape {values.shape}; use y.ravel()")
    if len(values) != len(X):
        raise checks.InputError(f"{where}y: expected as many labels as X has rows, {len(X)}, got {len(values)}")
    classes, codes = encode(values, f"{where}y")
    return ArrayStream(X.copy() if np.shares_memory(X, given) else X, codes, classes)


def encode(values: np.ndarray, where: str) -> tuple[tuple[Any, ...], np.ndarray]:
    """Labels (n,) of any kind as (their sorted distinct values, the index of each label there)."""
    if values.dtype.kind == "O":
        return _encode_objects(values.tolist(), where)
    distinct, codes = np.unique(values, return_inverse=True)
    if values.dtype.kind in "fc" and not np.isfinite(distinct).all():
        _no_label(where, int(np.argmin(np.isfinite(values))))
    return check_classes(distinct.tolist(), where), codes.astype(np.int64)


def _encode_objects(values: list[Any], where: str) -> tuple[tuple[Any, ...], np.ndarray]:
    for row, value in enumerate(values):
        if not isinstance(value, Hashable):
            raise checks.InputError(f"{where}: expected labels that are numbers or texts, got a {type(value).__name__} "
                                    f"in row {row}")
        if value is None or value != value:  # NaN is the value that differs from itself
            _no_label(where, row)
    try:
        distinct = sorted(set(values))
    except TypeError:  # numbers beside texts
        distinct = sorted(set(values), key=str)
    classes = check_classes(distinct, where)
    code = {name: k for k, name in enumerate(distinct)}
    return classes, np.array([code[value] for value in values], dtype=np.int64)


def _no_label(where: str, row: int) -> None:
    raise checks.InputError(f"{where}: expected a label in every row, got none in row {row}; drop such rows first")


def check_classes(distinct: list[Any], where: str) -> tuple[Any, ...]:
    """Class names, at least two and not so many that they must be numbers; whole numbers become ints."""
    if len(distinct) < 2:
        raise checks.InputError(f"{where}: expected at least two classes, got only {distinct[0]!r} in every row; "
                                "there is nothing to tell apart")
    if len(distinct) > checks.MAX_CLASSES:
        raise checks.InputError(f"{where}: more than {checks.MAX_CLASSES:,} different labels: it looks like a number "
                                "to predict, not a label; choose another target, or cut the numbers into ranges first")
    if all(type(value) in (int, float) and value == int(value) for value in distinct):
        return tuple(map(int, distinct))
    return tuple(distinct)
