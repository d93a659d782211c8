"""CSV files as streams, larger than memory: one pass to learn the schema, and from then on block after block.

The first pass finds what is fixed: classes, categories, which columns have missing cells. It never takes a statistic
of the inputs, for whoever reads a stream may not know its future. It also proves that every cell can be read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from ..engine.progress import Progress
from .cells import CellFile
from .columns import Column, Labels, Numbers, Past, first_value, kind_of
from .stream import Batch, Stream

ROWS, CELLS = 2_000, 500_000  # read at a time, at most


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

    def __init__(self, file: CellFile, inputs: dict[int, Column], labels: tuple[int, Labels], n_rows: int,
                 chunk: int) -> None:
        self._file, self._inputs, self._labels, self._chunk = file, inputs, labels, chunk
        self._names = tuple(name for column in inputs.values() for name in column.names)
        self.n_inputs, self.n_rows = len(self._names), n_rows
        self.classes = labels[1].classes
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
            self._blocks = self._read()
            self._pull(self.position)  # after unpickling: what had been taken before
        X, y = self._pull(n)
        self.position += len(y)
        return Batch(X, y)

    def restart(self) -> None:
        """Go back to the first row."""
        self._blocks, self._left, self.position = None, self._nothing(), 0

    def fresh(self, rng: Any = None) -> CsvStream:
        """The same rows again: nothing about them is random."""
        return CsvStream(self._file, self._inputs, self._labels, self.n_rows or 0, self._chunk)

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

    def _read(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The second pass: the file as blocks (X, y)."""
        self._file.check_unchanged()
        past = {j: Past() for j in self._inputs}
        target, labels = self._labels
        for block, _ in self._file.blocks(self._chunk):
            parts = [column.encode(block.columns[j], past[j]) for j, column in self._inputs.items()]
            yield np.column_stack(parts), labels.encode(block.columns[target])


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
    target = file.header[-1] if target is None else _known(file, target, "target column")
    unused = {_known(file, name, "column to drop") for name in ([drop] if isinstance(drop, str) else drop)}
    if target in unused:
        raise InputError(f"{file.path}: the target {target!r} cannot be dropped; choose another target")
    used = [j for j, name in enumerate(file.header) if name != target and name not in unused]
    if not used:
        raise InputError(f"{file.path}: no column is left as an input; drop fewer")
    rows = min(ROWS, CELLS // len(file.header) + 1) if chunk is None else checks.whole(chunk, "chunk", low=1)
    return _study(file, used, file.header.index(target), rows)


def _study(file: CellFile, used: list[int], target: int, chunk: int) -> CsvStream:
    """The first pass: the kind of each column, its categories, the classes; every cell is tried."""
    columns: dict[int, Column] = {}
    labels = Labels(file.header[target], str(file.path))
    n_rows = 0
    with Progress(f"reading {file.path.name}") as progress:
        for block, share in file.blocks(chunk):
            for j in used:
                cells = block.columns[j]
                if j not in columns and (value := first_value(cells)) is not None:
                    columns[j] = kind_of(value)(file.header[j], str(file.path), missing=n_rows > 0)
                if j in columns:
                    columns[j].study(cells, block.line)
            labels.study(block.columns[target], block.line)
            n_rows += len(block.rows)
            progress(share)
    if not n_rows:
        raise InputError(f"{file.path}: there is a header, but no row below it")
    labels.finish()
    inputs = {j: columns.get(j) or Numbers(file.header[j], str(file.path), missing=True) for j in used}
    return CsvStream(file, inputs, (target, labels), n_rows, chunk)


def _known(file: CellFile, name: str, what: str) -> str:
    """`name` if there is such a column; refused otherwise, with the nearest."""
    try:
        return checks.choice(name, file.header, what)
    except InputError as error:
        raise InputError(f"{file.path}: {error}") from None
