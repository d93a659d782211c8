"""The schema: which columns a model reads, what can stand in them, and its labels. Files that differ are refused."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..engine import checks
from ..engine.checks import InputError
from ..streams.cells import Block, CellFile, is_missing
from ..streams.columns import Column, Labels, Numbers, Past, Texts, first_value, kind_of

ROWS = 2_000  # read at a time


class Schema:
    """What the launch found in its files, and every later file must fit.

    Attributes
    ----------
    target : str
    classes : tuple
    columns : dict of Column
        By name, in order. As in `from_csv`: what a column becomes is fixed, what fills missing numbers is their past.
    """

    def __init__(self, target: str, drop: Sequence[str], columns: dict[str, Column], classes: tuple[Any, ...]) -> None:
        self.target, self.drop, self.columns, self.classes = target, tuple(drop), columns, classes
        self.past = {name: Past() for name in columns}
        self._code = {str(name): k for k, name in enumerate(classes)}

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs after encoding."""
        return [name for column in self.columns.values() for name in column.names]

    @classmethod
    def study(cls, paths: Sequence[str | os.PathLike[str]], target: str, drop: Sequence[str]) -> Schema:
        """The schema of files that belong together; one that does not is named."""
        files = [CellFile(path) for path in paths]
        used = [name for name in _wanted(files[0], target, drop) if name != target]
        columns: dict[str, Column] = {}
        labels, seen = Labels(target, str(files[0].path)), False
        for file in files:
            place = _places(file, [*used, target], drop)
            labels.path = str(file.path)
            for block, _ in file.blocks(ROWS):
                for name in used:
                    cells = block.columns[place[name]]
                    if name not in columns and (value := first_value(cells)) is not None:
                        columns[name] = kind_of(value)(name, str(file.path), missing=seen)
                    if name in columns:
                        columns[name].path = str(file.path)
                        columns[name].study(cells, block.line)
                labels.study(block.columns[place[target]], block.line)
                seen = True
        if not seen:
            raise InputError(f"{files[0].path}: there is a header, but no row below it")
        labels.finish()
        ordered = {name: columns.get(name) or Numbers(name, str(files[0].path), missing=True) for name in used}
        return cls(target, drop, ordered, labels.classes)

    # ------------------------------------------------------------ reading

    def read(self, path: str | os.PathLike[str], *, labels: bool = True) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The file as blocks (X, y), y empty without `labels`; refused where it is not as the model knows it."""
        file = CellFile(path)
        names = [*self.columns, self.target] if labels else [*self.columns]
        place = _places(file, names, (*self.drop, self.target))
        twins = {name: copy.deepcopy(column) for name, column in self.columns.items()}
        for twin in twins.values():
            twin.path = str(path)
        found = False
        for block, _ in file.blocks(ROWS):
            parts = [self._encode(twins[name], block.columns[place[name]], block) for name in self.columns]
            y = self._labels(file, block, place[self.target]) if labels else np.empty(0, np.int64)
            found = True
            yield np.column_stack(parts), y
        if not found:
            raise InputError(f"{path}: there is a header, but no row below it")

    def _encode(self, twin: Column, cells: Sequence[str], block: Block) -> np.ndarray:
        known = twin.names
        twin.study(cells, block.line)
        if twin.names != known:
            new = ", ".join(sorted({*twin.names} - {*known}))
            raise InputError(f"{twin.path}, column {twin.name!r}: {new!r} was never seen when the model was launched; "
                             "correct the file, or launch a new model in another folder")
        return twin.encode(cells, self.past[twin.name])

    def _labels(self, file: CellFile, block: Block, place: int) -> np.ndarray:
        cells = block.columns[place]
        code = {cell: self._code.get(_label(cell, self.classes), -1) for cell in set(cells)}
        for cell, k in code.items():
            if k < 0:
                what = "the label is missing" if is_missing(cell) else f"the label {cell.strip()!r} was never seen"
                known = ", ".join([*map(str, self.classes[:10]), *(["..."] if len(self.classes) > 10 else [])])
                raise InputError(f"{file.path}, line {block.line(cells.index(cell))}, column {self.target!r}: {what}; "
                                 f"the model knows {known}. Classes are fixed when a model is launched")
        return np.fromiter(map(code.__getitem__, cells), np.int64, len(cells))

    # ------------------------------------------------------------ kept in a file

    def to_json(self) -> dict[str, Any]:
        """All of it, with the past that fills what is missing."""
        columns = [{"name": name, "missing": column.missing,
                    "texts": column.categories if isinstance(column, Texts) else None}
                   for name, column in self.columns.items()]
        return {"target": self.target, "drop": self.drop, "columns": columns, "classes": self.classes,
                "past": {name: [past.total, past.count] for name, past in self.past.items()}}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Schema:
        """What `to_json` gave."""
        columns: dict[str, Column] = {}
        for column in saved["columns"]:
            kind = Numbers if column["texts"] is None else Texts
            columns[column["name"]] = kind(column["name"], "", missing=column["missing"])
            if column["texts"]:
                columns[column["name"]].study(column["texts"], lambda row: row)
        schema = cls(saved["target"], saved["drop"], columns, tuple(saved["classes"]))
        for name, (total, count) in saved["past"].items():
            schema.past[name].total, schema.past[name].count = total, count
        return schema


def _label(cell: str, classes: tuple[Any, ...]) -> str:
    """The cell as a class is written: 1, 1.0 and 01 are one label where labels are numbers."""
    text = cell.strip()
    if any(isinstance(name, str) for name in classes):
        return text
    try:
        number = float(text)
        return str(int(text)) if text.lstrip("+-").isdigit() else str(int(number) if number.is_integer() else number)
    except (ValueError, OverflowError):
        return text


def _wanted(file: CellFile, target: str, drop: Sequence[str]) -> list[str]:
    """The columns to use, the target among them."""
    for name, what in [(target, "target column"), *((name, "column to drop") for name in drop)]:
        try:
            checks.choice(name, file.header, what)
        except InputError as error:
            raise InputError(f"{file.path}: {error}") from None
    wanted = [name for name in file.header if name not in drop]
    if target not in wanted or len(wanted) == 1:
        raise InputError(f"{file.path}: expected a target and an input among the columns that are not dropped")
    return wanted


def _places(file: CellFile, names: Sequence[str], others: Sequence[str]) -> dict[str, int]:
    """Where each column stands; columns that disappeared, or came, are refused."""
    for name in names:
        if name not in file.header:
            raise InputError(f"{file.path}: the column {name!r} is missing; it has {', '.join(file.header)}")
    for name in file.header:
        if name not in names and name not in others:
            raise InputError(f"{file.path}: the column {name!r} is new to the model; remove it")
    return {name: file.header.index(name) for name in names}
