"""A CSV file as blocks of cells: what it is separated by, what its columns are called, and which line is to blame."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO, Any

from ..engine import files
from ..engine.checks import InputError

DELIMITERS = ",;\t|"
BY_NAME = {"tab": "\t", "\\t": "\t"}  # what a person can type on a command line
MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
MAX_COLUMNS = 100_000
MAX_ROW = 5_000_000  # characters, on however many lines: read before it is known whether they are a row
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but the tab and the ends of lines
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


def is_printable(text: str) -> bool:
    """Whether a name can be shown: a NUL or an escape sequence in one would reach whatever prints it."""
    return not CONTROL.search(text)


def shown(cell: str) -> str:
    """The cell as a message quotes it: a long one only begins."""
    return repr(cell) if len(cell) <= 40 else f"{cell[:40]!r} ..."


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
        self.path = files.place(path)
        self.stamp, start = self._look()
        self._zipped = start.startswith(GZIP)
        if delimiter is not None:
            if isinstance(delimiter, str):
                delimiter = BY_NAME.get(delimiter, delimiter)
            if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
                raise InputError(f"delimiter: expected one character such as ',' or ';' or 'tab', got {delimiter!r}")
        self.delimiter = delimiter or self._sniff()
        self.header = self._name_columns()

    def blocks(self, rows: int) -> Iterator[tuple[Block, float]]:
        """The rows below the header, about `rows` at a time, each block with the share of the file read so far."""
        with self._reading(self.delimiter) as (file, raw):
            file.first()
            while True:
                first_line = file.reader.line_num + 1
                taken = file.some(rows)
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
        cells = dict.fromkeys(DELIMITERS, 0)
        for delimiter in DELIMITERS:
            with self._reading(delimiter, strict=False) as (file, _), suppress(csv.Error):  # one endless cell
                cells[delimiter] = len(file.first())
        return max(cells, key=lambda delimiter: cells[delimiter])

    def _name_columns(self) -> list[str]:
        """The header, checked."""
        with self._reading(self.delimiter) as (file, _):
            cells = [cell.strip() for cell in file.first()]
        if not cells:
            raise InputError(f"{self.path}: the file is empty; expected a header line and rows below it")
        if len(cells) == 1:
            raise InputError(f"{self.path}, line 1: found only one column, {shown(cells[0])}; expected inputs and a "
                             "label. If something unusual separates the cells, give delimiter= (--delimiter)")
        if all(map(is_number, cells)):
            raise InputError(f"{self.path}, line 1: expected the names of the columns, got the numbers "
                             f"{', '.join(cell[:40] for cell in cells[:3])} ...; put a header line on top")
        if len(cells) > MAX_COLUMNS:
            raise InputError(f"{self.path}, line 1: {len(cells):,} columns, and no more than {MAX_COLUMNS:,} are read; "
                             "keep those that matter, or turn the table if its columns are its rows")
        first: dict[str, int] = {}
        for j, name in enumerate(cell or f"column {j + 1}" for j, cell in enumerate(cells)):
            if not is_printable(name):
                raise InputError(f"{self.path}, line 1: the name of column {j + 1} has control characters, "
                                 f"{shown(name)}; rename it, or save the file as text")
            if name in first:
                raise InputError(f"{self.path}, line 1: columns {first[name] + 1} and {j + 1} are both called "
                                 f"{shown(name)}; rename one")
            first[name] = j
        return list(first)

    def _check_width(self, block: Block) -> None:
        width = len(self.header)
        if set(map(len, block.rows)) - {width}:
            row = next(i for i, cells in enumerate(block.rows) if len(cells) != width)
            raise InputError(f"{self.path}, line {block.line(row)}: expected {width} cells, as in the header, got "
                             f"{len(block.rows[row])}; correct that line")

    @contextmanager
    def _reading(self, delimiter: str, strict: bool = True) -> Iterator[tuple[Rows, IO[bytes]]]:
        """The open file as (rows, bytes); what is wrong with it becomes one sentence."""
        line = 0
        try:
            with self.path.open("rb") as raw, self._text(raw) as text:
                file = Rows(text, delimiter, strict)
                try:
                    yield file, raw
                finally:
                    line = file.reader.line_num
        except UnicodeDecodeError:
            raise InputError(f"{self.path}, from line {line + 1} on: not UTF-8 text; save it as UTF-8") from None
        except TooLong:
            raise InputError(f"{self.path}, from line {line + 1} on: a row of more than {MAX_ROW:,} characters; look "
                             "for line ends that are missing, or for a quotation mark too many above") from None
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


class TooLong(Exception):
    """A row that does not end."""


class Rows:
    """The rows of a text as csv cuts it, none of more than `MAX_ROW` characters.

    Attributes
    ----------
    length : int
        Characters that were read since the last complete row.
    """

    def __init__(self, text: IO[str], delimiter: str, strict: bool) -> None:
        self.length = 0
        self.reader = csv.reader(self._lines(text), delimiter=delimiter, strict=strict)

    def _lines(self, text: IO[str]) -> Iterator[str]:
        for line in iter(partial(text.readline, MAX_ROW + 1), ""):
            self.length += len(line)
            if self.length > MAX_ROW:
                raise TooLong
            yield line

    def first(self) -> list[str]:
        """The first row that is not empty: the header."""
        found = next((row for row in self.reader if row), [])
        self.length = 0
        return found

    def some(self, most: int) -> list[list[str]]:
        """The next rows: at most so many, and fewer where they are long."""
        taken, length = [], 0
        for row in self.reader:
            taken.append(row)
            length += self.length
            self.length = 0
            if length > MAX_ROW or len(taken) >= most:
                break
        return taken


def _line_ends(cell: str) -> int:
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n") if "\n" in cell or "\r" in cell else 0
