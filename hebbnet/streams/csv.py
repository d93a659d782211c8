"""CSV files as streams, larger than memory: one pass to find the schema, and from then on block after block."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.progress import Progress
from .cells import CellFile
from .schema import Schema
from .stream import Batch, Stream


class CsvStream(Stream):
    r"""The rows of a CSV file in order, read as they are asked for. Made by `from_csv`.

    Attributes
    ----------
    columns : tuple of str
        The input columns after encoding: `size`, `size is missing`, `colour=red` ...

    Examples
    --------
    >>> import pathlib, tempfile, hebbnet as hb
    >>> file = pathlib.Path(tempfile.mkdtemp(), "fruit.csv")
    >>> _ = file.write_text("size,colour,fruit\n1,red,cherry\n9,green,melon\n2,red,cherry\n")
    >>> stream = hb.from_csv(file, target="fruit")
    >>> stream.columns, stream.classes
    (('size', 'colour=green', 'colour=red'), ('cherry', 'melon'))
    """

    def __init__(self, file: CellFile, schema: Schema, chunk: int | None) -> None:
        self._file, self._schema, self._chunk = file, schema, chunk
        self._names, self.classes = schema.inputs, schema.classes
        self.n_inputs, self.n_rows = len(self._names), schema.n_rows
        self._blocks: Iterator[tuple[np.ndarray, np.ndarray]] | None = None  # the file, where it is open
        self._left = self._nothing()  # what was read of it, and not yet taken

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the input columns after encoding."""
        return self._names

    def take(self, n: int) -> Batch:
        """The next `n` rows; fewer where the file ends, and none after that."""
        n = checks.whole(n, "n")
        if self._blocks is None:
            self._file.check_unchanged()
            self._blocks = self._schema.fresh().read(self._file, self._chunk, studied=True)
            self._pull(self.position)  # after unpickling: what had been taken before
        X, y = self._pull(n)
        self.position += len(y)
        return Batch(X, y)

    def restart(self) -> None:
        """Go back to the first row."""
        self._blocks, self._left, self.position = None, self._nothing(), 0

    def fresh(self, rng: Any = None) -> CsvStream:
        """The same rows again: nothing about them is random."""
        return CsvStream(self._file, self._schema, self._chunk)

    def __repr__(self) -> str:
        return (f"CsvStream({str(self._file.path)!r}: {self.n_rows} rows, {self.n_inputs} inputs, "
                f"{len(self.classes)} classes)")

    def __getstate__(self) -> dict[str, Any]:
        """An open file cannot be copied: the copy opens it again and goes on at its row."""
        return {**self.__dict__, "_blocks": None, "_left": self._nothing()}

    def _nothing(self) -> tuple[np.ndarray, np.ndarray]:
        return np.empty((0, self.n_inputs)), np.empty(0, dtype=np.int64)

    def _pull(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The next `n` rows of the blocks, as (X, y)."""
        assert self._blocks is not None
        pieces = [tuple(part[:n] for part in self._left)]
        self._left = self._left[0][n:], self._left[1][n:]
        missing = n - len(pieces[0][1])
        while missing > 0 and (block := next(self._blocks, None)) is not None:
            pieces.append(tuple(part[:missing] for part in block))
            self._left = block[0][missing:], block[1][missing:]
            missing -= len(pieces[-1][1])
        X, y = map(np.concatenate, zip(*pieces, strict=True))
        return X, y


def from_csv(path: str | os.PathLike[str], target: str | None = None, *, drop: str | Iterable[str] = (),
             delimiter: str | None = None, chunk: int | None = None) -> CsvStream:
    r"""A stream of the rows of a CSV file with a header; it may be gzipped, and larger than memory.

    A column is numeric if its first cell that is not missing is a number; otherwise it is categorical, and becomes one
    input of 0 and 1 for each of its texts. Missing are the cells "", ?, NA, N/A, NaN, null and None, in capitals or
    not. In a numeric column they are filled with the mean of the rows above (0 where there are none), and a second
    input says that the cell was missing; in a categorical column they are a category of their own. Labels may be of any
    kind: numbers are sorted as numbers, texts alphabetically.

    Parameters
    ----------
    path : path
        The file, in UTF-8.
    target : str, optional
        The column that holds the labels; the last one if not given.
    drop : str or list of str
        Columns that are not used.
    delimiter : str, optional
        One character; if not given, the one of `, ; tab |` that fits the header.
    chunk : int, optional
        Rows read at a time, which changes the memory that is used and nothing else.

    Raises
    ------
    InputError
        Where the file cannot be used: which line and column, and what to do.

    Examples
    --------
    >>> import hebbnet as hb, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "weather.csv"
    >>> _ = path.write_text("wind,sky,umbrella\n3,grey,yes\n?,blue,no\n")
    >>> stream = hb.from_csv(path, target="umbrella")
    >>> stream.columns
    ('wind', 'wind is missing', 'sky=blue', 'sky=grey')
    >>> stream.take(2).X
    array([[3., 0., 0., 1.],
           [3., 1., 1., 0.]])
    """
    file = CellFile(path, delimiter)
    rows = None if chunk is None else checks.whole(chunk, "chunk", low=1)
    with Progress(f"reading {file.path.name}") as progress:
        schema = Schema.study([file], target, [drop] if isinstance(drop, str) else
                          checks.several(drop, "drop", "names of columns"), rows=rows, tell=progress)
    return CsvStream(file, schema, rows)
