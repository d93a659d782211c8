"""The columns of a CSV file: what the first pass learns about each, and how its cells become numbers."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, NoReturn

import numpy as np

from ..engine.checks import MAX_CLASSES, InputError
from .cells import is_missing, is_number, is_printable, shown
from .classes import check_classes

MAX_CATEGORIES = 100

Cells = Sequence[str]
Line = Callable[[int], int]  # the line of the file on which a row of the block begins


def numbers(cells: Cells) -> np.ndarray:
    """The cells as float64 (n,), NaN where they are missing; ValueError where one is something else."""
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))  # no loop in Python unless something is missing
    except ValueError:
        values = np.fromiter((np.nan if is_missing(cell) else float(cell) for cell in cells), np.float64, len(cells))
    if "_" in "".join(cells):
        raise ValueError
    return values


class Past:
    """The mean of the values so far, which stands in for missing ones."""

    def __init__(self) -> None:
        self.total, self.count = 0.0, 0

    def fill(self, values: np.ndarray) -> np.ndarray:
        """`values` (n,) with each NaN replaced by the mean of the values above it; 0 if there are none."""
        known = ~np.isnan(values)
        totals = np.cumsum([self.total, *np.where(known, values, 0.0)])
        counts = np.cumsum([self.count, *known])
        self.total, self.count = float(totals[-1]), int(counts[-1])
        return np.where(known, values, totals[:-1] / np.maximum(counts[:-1], 1))


class Column(ABC):
    """One column of inputs: `study` its cells in the first pass, `encode` them in the second.

    `unit` is what a message counts: lines of a file, or rows of a table in memory.
    """

    unit = "line"

    def __init__(self, name: str, path: str, *, missing: bool) -> None:
        self.name, self.path, self.missing = name, path, missing

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The names of the inputs that this column becomes."""

    @abstractmethod
    def study(self, cells: Cells, line: Line) -> None:
        """Learn what is fixed about the column; refuse cells that cannot be read."""

    @abstractmethod
    def encode(self, cells: Cells, past: Past) -> np.ndarray:
        """The inputs (n, k) that these cells become."""

    def refuse(self, line: int, what: str) -> NoReturn:
        """Say what is wrong, where, and the two ways out."""
        how = f" with drop=[{self.name!r}] (--drop {self.name!r} on the command line)" if self.unit == "line" else ""
        raise InputError(f"{self.path}, {self.unit} {line}, column {self.name!r}: {what}; correct it, or drop the "
                         f"column{how}")


class Numbers(Column):
    """A numeric column: its values, and whether they were missing if any ever is."""

    @property
    def names(self) -> list[str]:
        """The column, and where any are missing a second one that says so."""
        return [self.name, f"{self.name} is missing"] if self.missing else [self.name]

    def study(self, cells: Cells, line: Line) -> None:
        """Try every cell, and see whether any is missing."""
        try:
            values = numbers(cells)
        except ValueError:
            row = next(i for i, cell in enumerate(cells) if not is_missing(cell) and not is_number(cell))
            self.refuse(line(row), f"expected a number like those above, got {shown(cells[row])}")
        if np.isinf(values).any():
            row = int(np.isinf(values).argmax())
            self.refuse(line(row), f"expected a finite number, got {shown(cells[row])}")
        self.missing = self.missing or bool(np.isnan(values).any())

    def encode(self, cells: Cells, past: Past) -> np.ndarray:
        """The values (n, 1), or (n, 2): filled from the past, and whether they were missing."""
        return self.fill(numbers(cells), past)

    def fill(self, values: np.ndarray, past: Past) -> np.ndarray:
        """The same, of values (n,) with NaN where they are missing."""
        if not self.missing:
            return values[:, None]
        return np.column_stack([past.fill(values), np.isnan(values)])


class Texts(Column):
    """A categorical column: one input of 0 and 1 for each text, and one for missing cells if there are any."""

    def __init__(self, name: str, path: str, *, missing: bool) -> None:
        super().__init__(name, path, missing=missing)
        self._seen: dict[str, str] = {}  # cell as written -> category; without those that are missing

    @property
    def categories(self) -> list[str]:
        """The different texts, alphabetically."""
        return sorted(set(self._seen.values()))

    @property
    def names(self) -> list[str]:
        """One for each category, and one for missing cells where there are any."""
        return [f"{self.name}={text}" for text in self.categories] + [f"{self.name} is missing"] * self.missing

    def study(self, cells: Cells, line: Line) -> None:
        """Collect the categories."""
        new = set(cells) - self._seen.keys()
        empty = set(filter(is_missing, new))
        self.missing = self.missing or bool(empty)
        for cell in new:
            if not is_printable(cell):
                self.refuse(line(cells.index(cell)), f"control characters, {shown(cell)}")
        self._seen.update((cell, cell.strip()) for cell in new - empty)
        if len(self.categories) > MAX_CATEGORIES:
            row = next(i for i, cell in enumerate(cells) if cell in new - empty)
            comma = re.fullmatch(r"[-+]?\d+,\d+", cells[row].strip())
            hint = " (a decimal comma? write a point)" if comma else ""
            self.refuse(line(row), f"more than {MAX_CATEGORIES} different texts in one column, here "
                                   f"{shown(cells[row])}{hint}")

    def encode(self, cells: Cells, past: Past) -> np.ndarray:
        """One-hot (n, k)."""
        code = {text: k for k, text in enumerate(self.categories)}
        place = {cell: code[text] for cell, text in self._seen.items()}
        codes = np.fromiter(map(place.get, cells, repeat(len(code))), np.int64, len(cells))  # missing: after the last
        return np.eye(len(code) + self.missing)[codes]


class Labels:
    """The target column: its classes, in order; found by `study` and `finish`, or given."""

    def __init__(self, name: str, path: str, classes: tuple[Any, ...] = ()) -> None:
        self.name, self.path, self.classes = name, path, classes
        self._code: dict[str, int] = {}  # cell as written -> class

    def study(self, cells: Cells, line: Line) -> None:
        """Collect the labels; refuse a row without one."""
        new = set(cells) - self._code.keys()
        for cell in filter(is_missing, new):
            self._refuse(cells, cell, line, f"the label is missing ({cell!r}); give every row a label, or remove such "
                                            "rows")
        for cell in new:
            if not is_printable(cell) or (is_number(cell) and not math.isfinite(float(cell))):
                self._refuse(cells, cell, line, f"expected a finite number or a text without control characters, got "
                                                f"{shown(cell)}; correct it")
        self._code.update(dict.fromkeys(new, -1))
        if len(self._code) > MAX_CLASSES:
            self.finish()  # refuses, unless they are few numbers written in many ways

    def finish(self) -> None:
        """Number the classes: numbers in their order, texts alphabetically."""
        names: dict[str, Any] = {cell: cell.strip() for cell in self._code}
        if all(map(is_number, names)):
            names = {cell: _number(text) for cell, text in names.items()}
        self.classes = check_classes(sorted(set(names.values())), f"{self.path}, column {self.name!r}")
        self._code = {cell: self.classes.index(name) for cell, name in names.items()}

    def encode(self, cells: Cells, line: Line) -> np.ndarray:
        """The index of the class of each cell: int64 (n,); a label of no class is refused."""
        for cell in sorted(set(cells) - self._code.keys(), key=cells.index):
            self._code[cell] = self._find(cell, cells, line)
        return np.fromiter(map(self._code.__getitem__, cells), np.int64, len(cells))

    def _find(self, cell: str, cells: Cells, line: Line) -> int:
        """The class of a cell written in a new way: 1, 1.0 and 01 are one label where labels are numbers."""
        texts = any(isinstance(name, str) for name in self.classes)
        name = cell.strip() if texts or not is_number(cell) else _number(cell.strip())
        if name not in self.classes:
            what = "the label is missing" if is_missing(cell) else f"the label {shown(cell.strip())} was never seen"
            known = ", ".join([*map(str, self.classes[:10]), *(["..."] if len(self.classes) > 10 else [])])
            self._refuse(cells, cell, line, f"{what}; the model knows {known}. Classes are fixed when a model is "
                                            "launched")
        return self.classes.index(name)

    def _refuse(self, cells: Cells, cell: str, line: Line, what: str) -> NoReturn:
        raise InputError(f"{self.path}, line {line(cells.index(cell))}, column {self.name!r}: {what}")


def _number(text: str) -> int | float:
    """The number that a label stands for, exactly: two long whole numbers must not become one float."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def first_value(cells: Cells) -> str | None:
    """The first cell that is not missing, if there is one."""
    return next((cell for cell in cells if not is_missing(cell)), None)


def kind_of(cell: str) -> type[Column]:
    """The kind of column in which this cell comes first."""
    return Numbers if is_number(cell) else Texts
