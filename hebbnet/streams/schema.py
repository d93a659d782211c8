"""The schema of CSV files: which columns are read, what can stand in them, and the labels; found once, and then fixed.

Finding it is a pass of its own. It never takes a statistic of the inputs, for whoever reads a stream may not know its
future. It also proves that every cell can be read. Later files of the same kind must fit, or are refused.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from .cells import Block, CellFile
from .columns import Column, Labels, Numbers, Past, Texts, first_value, kind_of

ROWS, CELLS = 2_000, 500_000  # read at a time, at most


class Schema:
    """What the files had in which it was found.

    Attributes
    ----------
    target : str
    drop : tuple of str
        Columns that are not used.
    columns : dict of Column
        The inputs by name, in order: what each becomes is fixed.
    labels : Labels
    past : dict of Past
        What fills missing numbers: the mean of all that was read with this schema.
    n_rows : int
        How many rows the files had.
    """

    def __init__(self, target: str, drop: Iterable[str], columns: dict[str, Column], labels: Labels,
                 n_rows: int = 0) -> None:
        self.target, self.drop, self.columns, self.labels = target, tuple(drop), columns, labels
        self.past, self.n_rows = {name: Past() for name in columns}, n_rows

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs after encoding."""
        return tuple(name for column in self.columns.values() for name in column.names)

    @property
    def classes(self) -> tuple[Any, ...]:
        """The labels, in order."""
        return self.labels.classes

    def fresh(self) -> Schema:
        """The same, with no past."""
        return Schema(self.target, self.drop, self.columns, self.labels, self.n_rows)

    # ------------------------------------------------------------ found

    @classmethod
    def study(cls, files: Sequence[CellFile], target: str | None = None, drop: Iterable[str] = (), *,
              rows: int | None = None, tell: Callable[[float], Any] = lambda share: None) -> Schema:
        """The schema of files that belong together, the target the last column if not given; one that differs is named.

        A column's kind is that of its first cell that is not missing; `rows` are read at a time.
        """
        target, used = _wanted(files[0], target, drop)
        columns: dict[str, Column] = {}
        labels, n_rows = Labels(target, ""), 0
        for file in files:
            place = _places(file, [*used, target], drop)
            labels.path, before = str(file.path), n_rows
            for block, share in file.blocks(rows or rows_at_once(len(file.header))):
                for name in used:
                    cells = block.columns[place[name]]
                    if name not in columns and (value := first_value(cells)) is not None:
                        columns[name] = kind_of(value)(name, str(file.path), missing=n_rows > 0)
                    if name in columns:
                        columns[name].path = str(file.path)
                        columns[name].study(cells, block.line)
                labels.study(block.columns[place[target]], block.line)
                n_rows += len(block.rows)
                tell(share)
            if n_rows == before:
                raise _nothing_in(file)
        labels.finish()
        ordered = {name: columns.get(name) or Numbers(name, labels.path, missing=True) for name in used}
        return cls(target, drop, ordered, labels, n_rows)

    # ------------------------------------------------------------ read

    def read(self, file: CellFile, rows: int | None = None, *, studied: bool = False,
             labels: bool = True) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The file as blocks (X, y), y empty without `labels`.

        It is refused where it does not fit, which needs no look where it was `studied`.
        """
        place = _places(file, [*self.columns, self.target] if labels else [*self.columns], [*self.drop, self.target])
        columns = self.columns if studied else copy.deepcopy(self.columns)
        for column in columns.values():
            column.path = str(file.path)
        self.labels.path, found = str(file.path), False
        for block, _ in file.blocks(rows or rows_at_once(max(len(file.header), len(self.inputs)))):
            parts = [self._encode(column, block.columns[place[name]], block, studied)
                     for name, column in columns.items()]
            found = True
            yield (np.column_stack(parts), self.labels.encode(block.columns[place[self.target]], block.line) if labels
                   else np.empty(0, np.int64))
        if not found:
            raise _nothing_in(file)

    def _encode(self, column: Column, cells: Sequence[str], block: Block, studied: bool) -> np.ndarray:
        if not studied:
            known = column.names
            column.study(cells, block.line)
            if new := [name for name in column.names if name not in known]:
                raise InputError(f"{column.path}, column {column.name!r}: {', '.join(map(repr, new))} was never seen "
                                 "when the model was launched; correct the file, or launch a new model elsewhere")
        return column.encode(cells, self.past[column.name])

    # ------------------------------------------------------------ kept in a file

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        columns = [{"name": name, "missing": column.missing, "past": vars(self.past[name]),
                    "texts": column.categories if isinstance(column, Texts) else None}
                   for name, column in self.columns.items()]
        return {"target": self.target, "drop": self.drop, "columns": columns, "classes": self.classes}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Schema:
        """What `to_json` gave."""
        columns: dict[str, Column] = {}
        for column in saved["columns"]:
            kind = Numbers if column["texts"] is None else Texts
            columns[column["name"]] = kind(column["name"], "", missing=column["missing"])
            if column["texts"]:
                columns[column["name"]].study(column["texts"], lambda row: row)
        schema = cls(saved["target"], saved["drop"], columns, Labels(saved["target"], "", tuple(saved["classes"])))
        for column in saved["columns"]:
            vars(schema.past[column["name"]]).update(column["past"])
        return schema


def rows_at_once(width: int, rows: int = 0, cells: int = 0) -> int:
    """How many rows are read at a time, so that memory stays bounded: at most so many, with so many cells."""
    return min(rows or ROWS, (cells or CELLS) // width + 1)


def _wanted(file: CellFile, target: str | None, drop: Iterable[str]) -> tuple[str, list[str]]:
    """The target, and the columns that are inputs."""
    target = file.header[-1] if target is None else _known(file, target, "target column")
    unused = {_known(file, name, "column to drop") for name in drop}
    if target in unused:
        raise InputError(f"{file.path}: the target {target!r} cannot be dropped; choose another target")
    used = [name for name in file.header if name != target and name not in unused]
    if not used:
        raise InputError(f"{file.path}: no column is left as an input; drop fewer")
    return target, used


def _known(file: CellFile, name: str, what: str) -> str:
    """`name` if there is such a column; refused otherwise, with the nearest."""
    try:
        return checks.choice(name, file.header, what)
    except InputError as error:
        raise InputError(f"{file.path}: {error}") from None


def _places(file: CellFile, names: Sequence[str], others: Iterable[str]) -> dict[str, int]:
    """Where each column stands; columns that disappeared, or came, are refused."""
    place, known = {name: j for j, name in enumerate(file.header)}, {*names, *others}
    for name in names:
        if name not in place:
            raise InputError(f"{file.path}: the column {name!r} is missing; it has {checks.listed(file.header)}")
    for name in place:
        if name not in known:
            raise InputError(f"{file.path}: the column {name!r} is new to the model; remove it")
    return {name: place[name] for name in names}


def _nothing_in(file: CellFile) -> InputError:
    return InputError(f"{file.path}: there is a header, but no row below it")
