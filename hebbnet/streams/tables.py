"""Tables as streams: arrays whose rows come one after another, with labels of any kind."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ..engine import checks, files, frames
from .classes import number
from .encoding import encode
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
    columns : tuple of str
        The names of the inputs, if they have any.

    Examples
    --------
    >>> import hebbnet as hb
    >>> hb.from_arrays([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], ["no", "yes", "no"])
    ArrayStream(3 rows, 2 inputs, 2 classes)
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, classes: tuple[Any, ...], columns: tuple[str, ...] = ()) -> None:
        self._X, self._y, self._names = X, y, columns
        self.classes = classes
        self.n_rows, self.n_inputs = X.shape
        self.position = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the inputs, after encoding."""
        return self._names or super().columns

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
        return ArrayStream(self._X, self._y, self.classes, self._names)

    def __repr__(self) -> str:
        return f"ArrayStream({self.n_rows} rows, {self.n_inputs} inputs, {len(self.classes)} classes)"


def from_arrays(X: Any, y: Any) -> ArrayStream:
    """A stream of the rows of X and their labels y, in order; X and y may be a table and a column of one.

    Parameters
    ----------
    X : array_like (n, d), or a table of pandas, Polars or Arrow
        Finite numbers. A copy is kept. The columns of a table become what `from_csv` makes of them: texts are encoded,
        missing cells filled from the rows above. A boolean is 0 or 1; dates are refused.
    y : array_like (n,)
        Labels of any kind. Their sorted distinct values become `stream.classes`, and each label its index there. The
        first label is that of the first row, whatever an index says.

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
    X, names = encode(X, f"{where}X")
    if not X.size:
        raise checks.InputError(f"{where}X: expected at least one row and one column, got shape {X.shape}")
    try:
        values = np.asarray(y)
    except ValueError:
        raise checks.InputError(f"{where}y: expected a vector of labels, got rows of different lengths") from None
    if values.ndim != 1:
        fix = "use y.ravel()" if frames.columns(y) is None else "give one column of it, such as y['class']"
        raise checks.InputError(f"{where}y: expected a vector of labels, got shape {values.shape}; {fix}")
    if len(values) != len(X):
        raise checks.InputError(f"{where}y: expected as many labels as X has rows, {len(X)}, got {len(values)}")
    checks.all_labelled(y, f"{where}y")
    classes, codes = number(values, f"{where}y")
    return ArrayStream(X, codes, classes, names)
