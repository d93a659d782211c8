"""A CSV file as blocks of cells: what it is separated by, what its columns are called, and which line is to blame."""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ..engine.checks import InputError

DELIMITERS = ",;\t|"
BY_NAME = {"tab": "\t", "\\t": "\t"}  # what a person can type on a command line
MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


def is_missing(cell: str) -> bool:
    """Whether nothing was recorded in this cell."""
    return cell.strip().lower() in MISSING


def is_number(cell: str) -> bool:
    """Whether Python reads the cell as a number, and it has none of Python's own underscores."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


class Block:
    """Some rows of the file: `columns[j]` are the cells of column j."""

    def __init__(self, raw: list[list[str]], first_line: int) -> None:
        self._raw, self._first_line = raw, first_line
        self.rows = raw if all(raw) else [row for row in raw if row]  # csv gives [] for an empty line
        self.columns = list(zip(*self.rows, strict=False))

    def line(self, row: int) -> int:
        """The line of the file on which row `row` of this block begins."""
        line = self._first_line
        for cells in self._raw:
            if cells:
                row -= 1
            if row < 0:
                break
            line += 1 + sum(map(_line_ends, cells))
        return line


class CellFile:
    """A CSV file with a header, plain or gzipped, in UTF-8; it may be larger than memory.

    Attributes
    ----------
    header : list of str
        The names of the columns; a column without one is called "column 3".
    delimiter : str
        The one that was asked for, or the one of `, ; tab |` that cuts the header into the most cells.
    stamp : tuple
        Size and time of the last change, to notice that the file has changed.
    """

    def __init__(self, path: str | os.PathLike[str], delimiter: str | None = None) -> None:
        self.path = Path(path)
        self.stamp, start = self._look()
        self._zipped = start.startswith(GZIP)
        if delimiter is not None:
            delimiter = BY_NAME.get(delimiter, delimiter)
            if len(delimiter) != 1 or delimiter in '"\r\n':
                raise InputError(f"delimiter: expected one character such as ',' or ';' or 'tab', got {delimiter!r}")
        self.delimiter = delimiter or self._sniff()
        self.header = self._name_columns()

    def blocks(self, rows: int) -> Iterator[tuple[Block, float]]:
        """The rows below the header, about `rows` at a time, each block with the share of the file read so far."""
        with self._reading(self.delimiter) as (reader, raw):
            _first_row(reader)
            while True:
                first_line = reader.line_num + 1
                taken = list(islice(reader, rows))
                self.check_unchanged()
                if not taken:
                    break
                block = Block(taken, first_line)
                self._check_width(block)
                if block.rows:
                    yield block, min(1.0, raw.tell() / max(self.stamp[0], 1))

    def check_unchanged(self) -> None:
        """Refuse a file that is not the one that was first opened."""
        try:
            status = self.path.stat()
        except OSError:
            raise InputError(f"{self.path}: the file has gone while it was being read") from None
        if (status.st_size, status.st_mtime_ns) != self.stamp:
            raise InputError(f"{self.path}: the file has changed since it was first read; wait until it is complete, "
                             "and read it again")

    def _look(self) -> tuple[tuple[int, int], bytes]:
        """(size, time of change) and the first bytes, of what must be a file of text."""
        try:
            if self.path.is_dir():
                raise InputError(f"{self.path}: this is a folder; give a file in it")
            if self.path.exists() and not self.path.is_file():
                raise InputError(f"{self.path}: expected an ordinary file, since it is read twice; save it as one")
            status = self.path.stat()
            with self.path.open("rb") as file:
                start = file.read(4096)
        except FileNotFoundError:
            raise InputError(f"{self.path}: no such file") from None
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror or error})") from None
        if not start:
            raise InputError(f"{self.path}: the file is empty; expected a header line and rows below it")
        if start.startswith(ZIP):
            raise InputError(f"{self.path}: this is a zip or .npz archive, not CSV; hb.from_npz reads an .npz")
        return (status.st_size, status.st_mtime_ns), start

    def _sniff(self) -> str:
        """The delimiter that cuts the first line into the most cells."""
        cells = {}
        for delimiter in DELIMITERS:
            with self._reading(delimiter, strict=False) as (reader, _):
                cells[delimiter] = len(_first_row(reader))
        return max(cells, key=lambda delimiter: cells[delimiter])

    def _name_columns(self) -> list[str]:
        """The header, checked."""
        with self._reading(self.delimiter) as (reader, _):
            cells = [cell.strip() for cell in _first_row(reader)]
        if not cells:
            raise InputError(f"{self.path}: the file is empty; expected a header line and rows below it")
        if len(cells) == 1:
            raise InputError(f"{self.path}, line 1: found only one column, {cells[0]!r}; expected inputs and a label. "
                             "If something unusual separates the cells, give delimiter= (--delimiter)")
        if all(map(is_number, cells)):
            raise InputError(f"{self.path}, line 1: expected the names of the columns, got the numbers "
                             f"{', '.join(cells[:3])} ...; put a header line on top")
        names = [cell or f"column {j + 1}" for j, cell in enumerate(cells)]
        for j, name in enumerate(names):
            if name in names[:j]:
                raise InputError(f"{self.path}, line 1: columns {names.index(name) + 1} and {j + 1} are both called "
                                 f"{name!r}; rename one")
        return names

    def _check_width(self, block: Block) -> None:
        width = len(self.header)
        if set(map(len, block.rows)) - {width}:
            row = next(i for i, cells in enumerate(block.rows) if len(cells) != width)
            raise InputError(f"{self.path}, line {block.line(row)}: expected {width} cells, as in the header, got "
                             f"{len(block.rows[row])}; correct that line")

    @contextmanager
    def _reading(self, delimiter: str, strict: bool = True) -> Iterator[tuple[Any, IO[bytes]]]:
        """The open file as (csv reader, bytes); what is wrong with it becomes one sentence."""
        line = 0
        try:
            with self.path.open("rb") as raw, self._text(raw) as text:
                reader = csv.reader(text, delimiter=delimiter, strict=strict)
                try:
                    yield reader, raw
                finally:
                    line = reader.line_num
        except UnicodeDecodeError:
            raise InputError(f"{self.path}, from line {line + 1} on: not UTF-8 text; save it as UTF-8") from None
        except csv.Error as error:
            raise InputError(f"{self.path}, line {line}: {error}; look for a quotation mark that is missing or one too "
                             "many, there or above") from None
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{self.path}: the compressed file is damaged or cut short ({error})") from None
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror or error})") from None

    def _text(self, raw: IO[bytes]) -> io.TextIOWrapper:
        unpacked: Any = gzip.GzipFile(fileobj=raw) if self._zipped else raw
        return io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="")


def _first_row(reader: Iterator[list[str]]) -> list[str]:
    """The first line that is not empty: the header."""
    return next((row for row in reader if row), [])


def _line_ends(cell: str) -> int:
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n") if "\n" in cell or "\r" in cell else 0
