"""Tables as streams: what cells become, whatever the chunks; one clear sentence for a file that cannot be read."""

from __future__ import annotations

import contextlib
import copy
import csv
import gzip
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.streams import Stream, from_arrays, from_csv, from_npz
from hebbnet.streams import schema as schema_module

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


def rows(stream: Stream, chunk: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    """All rows, taken `chunk` at a time."""
    taken = [stream.take(chunk)]
    while len(taken[-1]):
        taken.append(stream.take(chunk))
    return np.concatenate([b.X for b in taken]), np.concatenate([b.y for b in taken])


# --- arrays ---


@pytest.mark.parametrize(("y", "classes", "codes"), [
    ([3, 1, 3], (1, 3), [1, 0, 1]),
    ([2.0, 10.0, 2.0], (2, 10), [0, 1, 0]),
    ([0.5, 2, 2], (0.5, 2.0), [0, 1, 1]),
    (["b", "a", "c"], ("a", "b", "c"), [1, 0, 2]),
    ([True, False, True], (False, True), [1, 0, 1]),
    (np.array(["b", 3, "b"], dtype=object), (3, "b"), [1, 0, 1]),
    (np.array([10, 9, 10], dtype=object), (9, 10), [1, 0, 1]),
])
def test_labels_of_any_kind(y: Any, classes: tuple[Any, ...], codes: list[int]) -> None:
    stream = from_arrays(np.arange(6).reshape(3, 2), y)
    batch = stream.take(10)
    assert stream.classes == classes and batch.y.tolist() == codes and batch.y.dtype == np.int64
    assert [type(name) for name in stream.classes] == [type(name) for name in classes]
    assert batch.X.dtype == np.float64 and (batch.concept, batch.p, batch.bayes, batch.clean) == (None,) * 4


def test_an_array_stream_ends_restarts_and_owns_its_data() -> None:
    X, y = np.arange(10.0).reshape(5, 2), np.array([0, 1, 0, 1, 1])
    stream = from_arrays(X, y)
    X[:], y[:] = -1, 0
    assert [len(stream.take(2)) for _ in range(5)] == [2, 2, 1, 0, 0] and stream.position == stream.n_rows == 5
    assert stream.take(3).X.shape == (0, 2)
    stream.restart()
    stream.take(1).X[:] = -1
    stream.restart()
    for again in (stream, stream.fresh(rng=3)):
        assert np.array_equal(rows(again, 3)[0], np.arange(10.0).reshape(5, 2))
    assert stream.drifts == [] and stream.n_inputs == 2 and "5 rows, 2 inputs, 2 classes (0, 1)" in stream.describe()
    with pytest.raises(InputError, match="real data"):
        stream.twin()


@pytest.mark.parametrize(("X", "y", "says"), [
    ([[1.0], [2.0]], (1, []), r"y: expected a vector of labels, got rows of different lengths"),
    ([[1.0], [2.0]], (object(), {}), r"y: expected labels that are numbers or texts, got a dict in row 1"),
    (np.ones(3), [0, 1, 0], r"X: expected a matrix of shape \(n, d\)"),
    (np.ones((3, 1)), [0, 1], r"y: expected as many labels as X has rows, 3, got 2"),
    (np.ones((3, 1)), np.ones((3, 1)), r"y: expected a vector of labels, got shape \(3, 1\); use y.ravel\(\)"),
    (np.ones((0, 2)), [], r"X: expected at least one row and one column, got shape \(0, 2\)"),
    (np.ones((3, 0)), [0, 1, 0], r"X: expected at least one row and one column"),
    ([[1], [np.nan]], [0, 1], r"X: expected finite numbers, got nan in row 1, column 0"),
    ([[1], [np.inf]], [0, 1], r"X: expected finite numbers, got inf"),
    ([["a"], ["b"]], [0, 1], r"X: expected numbers"),
    (np.ones((3, 1)), [1, 1, 1], r"y: expected at least two classes, got only 1"),
    (np.ones((3, 1)), [1, np.nan, 2], r"y: expected a label in every row, got none in row 1"),
    (np.ones((3, 1)), ["a", "b", None], r"y: expected a label in every row, got none in row 2"),
    (np.ones((1001, 1)), np.arange(1001), r"y: more than 1,000 different labels: it looks like a number to predict"),
    (np.ones((1001, 1)), np.linspace(0, 1, 1001), r"it looks like a number to predict, not a label"),
])
def test_arrays_that_are_refused(X: Any, y: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        from_arrays(X, y)


def test_a_thousand_classes_are_not_too_many() -> None:
    assert len(from_arrays(np.ones((1000, 1)), np.arange(1000)).classes) == 1000


# --- the same data as .npz and as .csv ---


@given(st.lists(st.tuples(st.floats(-1e300, 1e300), st.integers(0, 12)), min_size=2, max_size=40)
       .filter(lambda data: len({label for _, label in data}) > 1))
@settings(deadline=None, max_examples=40)
def test_npz_and_csv_give_the_same_bits(data: list[tuple[float, int]]) -> None:
    X = np.array([[x, -x / 3] for x, _ in data])
    y = np.array([label for _, label in data])
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder, "data.npz"), X=X, y=y)
        with Path(folder, "data.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("a", "b", "label"), *((repr(x), repr(-x / 3), k) for x, k in data)])
        from_file, from_array = from_csv(Path(folder, "data.csv")), from_npz(Path(folder, "data.npz"))
        assert from_file.classes == from_array.classes
        (Xc, yc), (Xa, ya) = rows(from_file), rows(from_array)
    assert Xc.tobytes() == Xa.tobytes() == X.tobytes() and np.array_equal(yc, ya)


def test_npz_that_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "lame.npz", X=np.ones((2, 2)), labels=[0, 1])
    np.savez(tmp_path / "nan.npz", X=np.full((2, 2), np.nan), y=[0, 1])
    for name, says in [("lame.npz", "expected the arrays X and y, found X, labels"), ("nan.npz", "X: expected finite"),
                       ("none.npz", "no such file")]:
        with pytest.raises(InputError, match=f"{name}.*{says}"):
            from_npz(tmp_path / name)


# --- CSV: what cells become ---

WEATHER = """day,wind,sky,label
1,3,grey,yes
2,?,blue,no
3,5,,no
4,NaN,grey,yes
5,,NULL,no
"""


def test_missing_cells_and_categories(write: Write) -> None:
    stream = from_csv(write(WEATHER))
    assert stream.columns == ("day", "wind", "wind is missing", "sky=blue", "sky=grey", "sky is missing")
    assert (stream.n_rows, stream.n_inputs, stream.classes) == (5, 6, ("no", "yes"))
    X, y = rows(stream)
    assert X.tolist() == [[1, 3, 0, 0, 1, 0], [2, 3, 1, 1, 0, 0], [3, 5, 0, 0, 0, 1], [4, 4, 1, 0, 1, 0],
                          [5, 4, 1, 0, 0, 1]]
    assert y.tolist() == [1, 0, 0, 1, 0]


def test_before_the_first_value_the_past_mean_is_zero(write: Write) -> None:
    X, _ = rows(from_csv(write("a,b,y\nna,1,0\n,1,1\n-4,1,0\nNone,1,1\n")))
    assert X.tolist() == [[0, 1, 1], [0, 1, 1], [-4, 0, 1], [-4, 1, 1]]


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_a_column_may_begin_with_missing_cells_or_hold_nothing_else(write: Write, chunk: int) -> None:
    stream = from_csv(write("a,b,c,y\n,,,0\n,,,1\nx,,2.5,0\n"), chunk=chunk)
    assert stream.columns == ("a=x", "a is missing", "b", "b is missing", "c", "c is missing")
    assert rows(stream)[0].tolist() == [[0, 1, 0, 1, 0, 1], [0, 1, 0, 1, 0, 1], [1, 0, 0, 1, 2.5, 0]]


cells = st.one_of(st.floats(-1e6, 1e6).map(repr), st.sampled_from(["", "?", "nan"]))
table = st.lists(st.tuples(cells, st.sampled_from(["red", "blue", "", "NA"]), st.sampled_from("ab")), max_size=60)


@given(table, st.integers(1, 70), st.lists(st.integers(0, 9), max_size=20))
@settings(deadline=None, max_examples=60)
def test_neither_chunks_nor_takes_matter(data: list[tuple[str, ...]], chunk: int, takes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data.csv")
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("x", "colour", "label"), ("1", "red", "a"), ("", "", "b"), *data])
        stream = from_csv(path, chunk=chunk)
        taken = [stream.take(n) for n in takes]
        stream.restart()
        X, y = rows(stream, 7)
        known = [float(x) if x not in ("", "?", "nan") else None for x in ("1", "", *(d[0] for d in data))]
    for k, batch in enumerate(taken):
        start = sum(takes[:k])
        assert np.array_equal(batch.X, X[start:start + takes[k]]) and np.array_equal(batch.y, y[start:start + takes[k]])
    assert len(X) == stream.n_rows == len(data) + 2
    for i, value in enumerate(known):  # the past mean, the slow way
        past = [v for v in known[:i] if v is not None]
        expected = value if value is not None else sum(past) / len(past) if past else 0.0
        assert X[i, 0] == pytest.approx(expected, rel=1e-12, abs=1e-9) and X[i, 1] == (value is None)


@pytest.mark.parametrize(("labels", "classes"), [
    (["10", "9", "10.0"], (9, 10)), (["b", "a", "10"], ("10", "a", "b")), ([" yes", "no", "yes"], ("no", "yes")),
    (["0.5", "-1", "2"], (-1, 0.5, 2)), (["True", "False", "True"], ("False", "True")),
    (["9007199254740993", "9007199254740992", "1"], (1, 9007199254740992, 9007199254740993)),
])
def test_labels_in_a_file(write: Write, labels: list[str], classes: tuple[Any, ...]) -> None:
    stream = from_csv(write("label,x\n" + "".join(f"{label},1\n" for label in labels)), target="label")
    assert stream.classes == classes
    wanted = [type(classes[0])(label) if isinstance(classes[0], str) else float(label) for label in labels]
    if classes[-1] != 9007199254740993:
        assert [classes[k] for k in rows(stream)[1]] == [w.strip() if isinstance(w, str) else w for w in wanted]
    else:
        assert rows(stream)[1].tolist() == [2, 1, 0]


@pytest.mark.parametrize(("delimiter", "given"), [(",", None), (";", None), ("\t", None), ("|", None), ("\t", "tab"),
                                                  ("\t", "\\t"), (":", ":")])
def test_delimiters_quotes_and_line_ends(write: Write, delimiter: str, given: str | None) -> None:
    lines = ['"a, b; c"', "text", "y"], ["1", '"two\nlines"', "p"], ["2", '"say ""hi"""', "q"]
    for end in ("\n", "\r\n"):
        stream = from_csv(write(end.join(delimiter.join(cells) for cells in lines)), delimiter=given)
        assert stream.columns == ("a, b; c", 'text=say "hi"', "text=two\nlines")
        assert rows(stream)[0].tolist() == [[1, 0, 1], [2, 1, 0]]


def test_byte_order_mark_gzip_blank_lines_and_nameless_columns(write: Write) -> None:
    text = "\ufeff,größe,y\n0,1,a\n\n1,2,b\n\n"
    for path in (write(text), write(gzip.compress(text.encode()), "data.csv.gz"),
                 write(gzip.compress(text.encode()), "no_suffix")):
        stream = from_csv(path)
        assert stream.columns == ("column 1", "größe") and rows(stream)[0].tolist() == [[0, 1], [1, 2]]
    assert from_csv(path, drop="column 1").columns == ("größe",)


def test_target_and_drop(write: Write) -> None:
    path = write("a,b,c\n1,x,0\n2,y,1\n")
    assert from_csv(path).columns == ("a", "b=x", "b=y") and from_csv(path).classes == (0, 1)
    assert from_csv(path, target="b", drop=["c"]).columns == ("a",) and from_csv(path, target="b").classes == ("x", "y")


def test_a_dropped_column_is_never_looked_at(write: Write) -> None:
    path = write("id,a,y\n" + "".join(f"id{i},{i},{i % 2}\n" for i in range(200)) + "7,inf,0\n")
    with pytest.raises(InputError, match="column 'id': more than 100"):
        from_csv(path)
    with pytest.raises(InputError, match="line 202, column 'a': expected a finite number, got 'inf'"):
        from_csv(path, drop=["id"])


def test_a_csv_stream_restarts_copies_and_goes_on(write: Write) -> None:
    stream = from_csv(write("x,y\n" + "".join(f"{i if i % 3 else ''},{i % 2}\n" for i in range(100))), chunk=8)
    X, y = rows(stream)
    assert len(stream.take(5)) == 0 and stream.take(5).X.shape == (0, 2) and stream.position == 100
    stream.restart()
    stream.take(21)
    for copied in (copy.deepcopy(stream), pickle.loads(pickle.dumps(stream))):
        assert np.array_equal(rows(copied, 9)[0], X[21:]) and np.array_equal(rows(stream.fresh(rng=1))[1], y)
    assert np.array_equal(rows(stream, 9)[0], X[21:])
    assert stream.take(0).y.dtype == np.int64 and "100 rows, 2 inputs" in repr(stream)
    with pytest.raises(InputError, match="CsvStream holds real data"):
        stream.twin()


def test_wide_tables_are_read_few_rows_at_a_time(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_module, "CELLS", 10)
    header = ",".join(f"c{j}" for j in range(30))
    path = write("\n".join([header, *(",".join(str(i * j % 7) for j in range(30)) for i in range(5))]))
    assert rows(from_csv(path))[0].tolist() == [[i * j % 7 for j in range(29)] for i in range(5)]


# --- CSV: what is refused ---

GOOD = "a,b,label\n1,2,x\n3,4,y\n"
LATIN = "a,straße,label\n1,2,x\n3,4,y\n".encode("latin-1")
ZIPPED = gzip.compress((GOOD + "5,6,x\n" * 99).encode(), mtime=0)
MANY = "a,label\n" + "".join(f"1,{i}.5\n" for i in range(1_001))


@pytest.mark.parametrize(("text", "options", "says"), [
    ("", {}, r"the file is empty; expected a header line"),
    ("\n\n", {}, r"the file is empty"),
    ("a,b,label\n", {}, r"there is a header, but no row below it"),
    ("a,b,label\n1,2,x\n1,2\n", {}, r"line 3: expected 3 cells, as in the header, got 2"),
    ("a,b,label\n1,2,x\n1,2,3,y\n", {}, r"line 3: expected 3 cells, as in the header, got 4"),
    ('a,b,label\n1,"2\n\n",x\n\n1,2\n', {}, r"line 6: expected 3 cells"),
    ("a,b,a\n1,2,x\n", {}, r"line 1: columns 1 and 3 are both called 'a'"),
    ("1,2,0\n3,4,1\n", {}, r"line 1: expected the names of the columns, got the numbers 1, 2, 0"),
    ("label\nx\ny\n", {}, r"line 1: found only one column, 'label'.*delimiter="),
    ("a label\n1 x\n2 y\n", {}, r"found only one column, 'a label'"),
    (GOOD, {"target": "labl"}, r"unknown target column 'labl'; known: a, b, label; did you mean 'label'"),
    (GOOD, {"drop": ["c"]}, r"unknown column to drop 'c'; known: a, b, label"),
    (GOOD, {"drop": "label"}, r"the target 'label' cannot be dropped"),
    (GOOD, {"drop": ["a", "b"]}, r"no column is left as an input"),
    (GOOD, {"delimiter": ",,"}, r"delimiter: expected one character"),
    (GOOD, {"chunk": 0}, r"chunk: expected a whole number of at least 1, got 0"),
    ("a,label\n1,x\n2,x\n", {}, r"column 'label': expected at least two classes, got only 'x'"),
    ("a,label\n1,x\n2,?\n", {}, r"line 3, column 'label': the label is missing \('\?'\)"),
    ("a,label\n1,x\n2,\n", {}, r"line 3, column 'label': the label is missing \(''\)"),
    (MANY, {}, r"column 'label': more than 1,000 different labels: it looks like a number to predict"),
    ("a,label\n1,x\n?,y\nabc,x\n", {}, r"line 4, column 'a': expected a number like those above, got 'abc'; .*--drop"),
    ('a,b,label\n1,"u\nv",x\n\nabc,u,y\n', {}, r"line 5, column 'a': expected a number like those above, got 'abc'"),
    ("a,label\n1,x\n1_000,y\n", {}, r"line 3, column 'a': expected a number like those above, got '1_000'"),
    ("a,label\n1,x\n1e400,y\n", {}, r"line 3, column 'a': expected a finite number, got '1e400'"),
    ("a,label\n-inf,x\n1,y\n", {}, r"line 2, column 'a': expected a finite number, got '-inf'"),
    ("a,label\n" + "".join(f"t{i},{i % 2}\n" for i in range(101)), {},
     r"column 'a': more than 100 different texts .*drop=\['a'\] \(--drop 'a' on the command line\)"),
    (LATIN, {}, r"not UTF-8 text; save it as UTF-8"),
    (GOOD.encode("utf-16"), {}, r"not UTF-8 text"),
    ("a,b,label\n1,2,x\n1," + '"never closed,y\n', {}, r"line \d+: unexpected end of data; look for a quotation mark"),
    (ZIPPED[:-20], {}, r"the compressed file is damaged or cut short"),
    (b"PK\x03\x04rest", {}, r"this is a zip or .npz archive, not CSV; hb.from_npz"),
], ids=lambda value: "" if isinstance(value, (str, bytes)) else None)
@pytest.mark.parametrize("chunk", [2, None])
def test_files_that_are_refused(write: Write, text: str | bytes, options: dict[str, Any], says: str,
                                chunk: int | None) -> None:
    with pytest.raises(InputError, match=says) as caught:
        from_csv(write(text), **{"chunk": chunk, **options})
    assert "\n" not in str(caught.value)


def test_paths_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.csv: no such file"):
        from_csv(tmp_path / "missing.csv")
    with pytest.raises(InputError, match="this is a folder; give a file in it"):
        from_csv(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="expected an ordinary file, since it is read twice"):
        from_csv(tmp_path / "pipe")


def test_a_file_that_changes_between_the_passes_is_refused(write: Write) -> None:
    path = write(GOOD)
    stream = from_csv(path)
    path.write_text(GOOD + "5,6,new\n")
    with pytest.raises(InputError, match="the file has changed since it was first read"):
        stream.take(1)
    stream = from_csv(path, chunk=1)
    stream.take(1)
    os.utime(path, ns=(1, 1))  # same size, other time
    with pytest.raises(InputError, match="the file has changed"):
        stream.take(2)
    path.unlink()
    with pytest.raises(InputError, match=r"the file has gone"):
        stream.fresh().take(1)


@pytest.mark.parametrize("position", range(len(GOOD)))
def test_a_file_cut_short_anywhere_is_read_or_refused_in_words(write: Write, position: int) -> None:
    with contextlib.suppress(InputError):
        assert len(rows(from_csv(write(GOOD[:position])))[1]) > 0
