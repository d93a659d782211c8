"""CSV files that somebody made to do harm: one clear sentence, bounded memory, nothing run and nothing written."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hebbnet.engine.checks import InputError
from hebbnet.streams import cells, from_csv

MB = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing else is written than what the test writes."""
    yield tmp_path
    assert {path.name for path in tmp_path.iterdir()} <= {"data.csv"}


def refused(folder: Path, content: str | bytes, says: str, *, most: int | None = None) -> str:
    """The one sentence with which the file is refused, in `most` bytes of memory."""
    path = folder / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if most:
        tracemalloc.start()
    try:
        with pytest.raises(InputError, match=says) as caught:
            from_csv(path)
        assert not most or tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()
    said = str(caught.value)
    assert said.isprintable() and len(said) - len(str(path)) < 2_500
    return said


def test_a_million_columns(folder: Path) -> None:
    header = ",".join(f"c{j}" for j in range(600_000))
    refused(folder, f"{header}\n{header}\n", r"line 1: 600,000 columns, and no more than 100,000 are read")
    header = ",".join(f"c{j}" for j in range(1_000_000))
    refused(folder, f"{header}\n{header}\n", r"from line 1 on: a row of more than 5,000,000 characters",
            most=80 * MB)
    refused(folder, "," * MB + "\n", "1,000,001 columns", most=80 * MB)
    refused(folder, f"a,b,y\n1,2,{',' * MB}\n", r"line 2: expected 3 cells, as in the header, got 1,?000,?003")


@pytest.mark.long
def test_as_many_columns_as_are_read_are_read(folder: Path) -> None:
    names = [f"c{j}" for j in range(cells.MAX_COLUMNS)]
    rows = "".join(",".join(str((i * j) % 7) for j in range(cells.MAX_COLUMNS)) + "\n" for i in range(1, 9))
    (folder / "data.csv").write_text(",".join(names) + "\n" + rows)
    X = from_csv(folder / "data.csv").take(8).X
    assert X.shape == (8, cells.MAX_COLUMNS - 1) and X[2, 5] == 15 % 7


def test_a_header_longer_than_a_cell_may_be(folder: Path) -> None:
    """Cut by any other delimiter it is one cell, too long for the csv module: that one does not fit, no more."""
    for delimiter in ",;\t|":
        names = delimiter.join(f"c{j}" for j in range(40_000))
        (folder / "data.csv").write_text("\n".join([names, *(delimiter.join("123"[i] * 40_000) for i in range(3))]))
        assert from_csv(folder / "data.csv").classes == (1, 2, 3)


def test_names_in_a_message_are_not_too_many(folder: Path) -> None:
    (folder / "data.csv").write_text(",".join(f"c{j}" for j in range(5_000)) + "\n" + ",".join("1" * 5_000) + "\n")
    with pytest.raises(InputError, match=r"unknown target column 'c77x'; known: c0, .*\(5,000\); did you mean 'c77'"):
        from_csv(folder / "data.csv", target="c77x")


@pytest.mark.parametrize("start", ["", "a,b,y\n1,2,x\n", "a,b,y\n1,2,"])
def test_a_line_that_does_not_end(folder: Path, start: str) -> None:
    refused(folder, start + "7" * 100 * MB, r"a row of more than 5,000,000 characters; look for line ends",
            most=80 * MB)


LINES = b'"' + (b"7" * 999 + b"\n") * 99 + b'",'  # one cell


@pytest.mark.parametrize("bomb", [b"7" * MB, b"7," * MB, b"\x00" * MB, LINES, "é".encode() * MB])
def test_a_compressed_bomb(folder: Path, bomb: bytes) -> None:
    """100 MB in some 100 kB: a line without an end, and a row that goes on over any number of lines."""
    content = gzip.compress(b"a,b,y\n" + bomb * (100 * MB // len(bomb)), compresslevel=1)
    assert len(content) < 2 * MB
    refused(folder, content, r"a row of more than 5,000,000 characters|field larger than field limit",
            most=300 * MB)


def test_a_compressed_bomb_of_good_rows_is_a_long_file(folder: Path) -> None:
    (folder / "data.csv").write_bytes(gzip.compress(b"a,y\n" + b"1,x\n2,z\n" * 100_000))
    tracemalloc.start()
    stream = from_csv(folder / "data.csv")
    assert stream.n_rows == 200_000 and tracemalloc.get_traced_memory()[1] < 10 * MB
    tracemalloc.stop()


def test_long_cells_cut_a_block_short(folder: Path) -> None:
    long = ["x" * 100_000, "y" * 100_000]
    (folder / "data.csv").write_text("a,b,y\n" + "".join(f"{i},{long[i % 2]},{i % 2}\n" for i in range(200)))
    tracemalloc.start()
    stream = from_csv(folder / "data.csv")
    assert tracemalloc.get_traced_memory()[1] < 20 * MB
    tracemalloc.stop()
    batch = stream.take(300)
    assert batch.X[:, 0].tolist() == [*map(float, range(200))] and batch.y.tolist() == [0, 1] * 100


def test_many_categories_are_not_many_at_once(folder: Path) -> None:
    """300 columns of 100 texts each become 30,000 inputs; the rows read at a time are fewer for it."""
    rows = "".join(",".join(f"t{(i + j) % 100}" for j in range(300)) + f",{i % 2}\n" for i in range(500))
    (folder / "data.csv").write_text(",".join(f"c{j}" for j in range(300)) + ",y\n" + rows)
    tracemalloc.start()
    stream = from_csv(folder / "data.csv")
    X = stream.take(20).X
    assert tracemalloc.get_traced_memory()[1] < 60 * MB and X.shape == (20, 30_000) and (X.sum(axis=1) == 300).all()
    tracemalloc.stop()


@pytest.mark.parametrize(("text", "says"), [
    ("a,\x1b[2Jb,y\n1,2,x\n3,4,z\n", r"line 1: the name of column 2 has control characters, '\\x1b\[2Jb'"),
    ("a,b\x00,y\n1,2,x\n3,4,z\n", r"line 1: the name of column 2 has control characters, 'b\\x00'"),
    ("a,b,y\n1,u\x07,x\n3,4,z\n", r"line 2, column 'b': control characters, 'u\\x07'; correct it, or drop"),
    ("a,b,y\n1,2,x\n3,4,z\x9b\n", r"line 3, column 'y': .* without control characters, got 'z\\x9b'"),
    ("a,b,y\n1,2\x00,x\n3,4,z\n", r"line 2, column 'b': control characters"),
    ("a,b,y\n1,2,x\n3,4\x00,z\n", r"line 3, column 'b': expected a number like those above, got '4\\x00'"),
    ("a,b,y\n1,2,x\n3,4,\x00\x00\n", r"line 3, column 'y'"),
    ("a,b,y\n1,2,x\n".encode("utf-16-le"), r"line 1: the name of column 1 has control characters"),
    ("a,b,y\n1,2,1\n3,4,inf\n", r"line 3, column 'y': expected a finite number .* got 'inf'"),
    ("a,b,y\n1,2,1\n3,4,-1e999\n", r"line 3, column 'y': expected a finite number .* got '-1e999'"),
    ("a,b,y\n1,2,1\n3,4," + "9" * 5_000 + "\n", r"expected a finite number .* got '9{40}' \.\.\."),
    ("a,b,y\n1,2,x\n1," + "q" * 100_000 + ",z\n", r"expected a number like those above, got 'q{40}' \.\.\."),
    ("x" * 100_000 + "\n1\n", r"found only one column, 'x{40}' \.\.\."),
    ("a,b,y\n1,2,x\n" + "1" * 200_000 + ",3,z\n", r"field larger than field limit"),
])
def test_characters_and_numbers_that_cannot_be_shown(folder: Path, text: str | bytes, says: str) -> None:
    refused(folder, text, says)


def test_what_looks_like_code_is_text(folder: Path) -> None:
    evil = ["=cmd|'/c calc'!A1", "__import__('os').mkdir('x')", "../../x", "$(touch x)", "${HOME}", "%n%s"]
    (folder / "data.csv").write_text("a,b,y\n" + "".join(f"{i},\"{text}\",{i % 2}\n" for i, text in enumerate(evil)))
    stream = from_csv(folder / "data.csv")
    assert stream.columns[1:] == tuple(f"b={text}" for text in sorted(evil))
    assert np.array_equal(stream.take(9).X[:, 1:].sum(axis=1), np.ones(6))
