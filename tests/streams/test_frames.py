"""Tables of pandas, Polars and Arrow in every door: the numbers of arrays, or one sentence that names the column."""

from __future__ import annotations

import csv
import datetime
import decimal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hebbnet as hb

WIND = [3.0, 1.5, None, 4.0, 0.5, 2.0]
SKY = ["grey", None, "blue", "grey", "blue", "blue"]
DAY = [1, 2, 3, 4, 5, 6]
UMBRELLA = ["yes", "no", "no", "yes", "no", "yes"]
CLASSES = [0, 1, 1, 0, 1, 0]
DATES = [datetime.datetime(2024, 1, day) for day in DAY]

MAKERS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {  # a table, and a column; an index says nothing
    "pandas": (lambda lib, columns: lib.DataFrame(columns, index=[5, 5, 0, 1, 2, 9]),
               lambda lib, cells: lib.Series(cells, index=[9, 2, 1, 0, 5, 5])),
    "polars": (lambda lib, columns: lib.DataFrame(columns), lambda lib, cells: lib.Series(cells)),
    "pyarrow": (lambda lib, columns: lib.table(columns), lambda lib, cells: lib.chunked_array([cells])),
}


class Column:
    """A column of nobody's library: what hebbnet asks of one."""

    def __init__(self, cells: list[Any]) -> None:
        self.cells = cells

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array(self.cells, dtype=dtype or (None if None not in self.cells else object))

    def is_null(self) -> list[bool]:
        return [cell is None for cell in self.cells]


class Table:
    """A table of nobody's library."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self.column_names, self.columns = list(columns), [Column(cells) for cells in columns.values()]

    def __len__(self) -> int:
        return len(self.columns[0].cells)


Made = tuple[Callable[[dict[str, list[Any]]], Any], Callable[[list[Any]], Any]]


@pytest.fixture(params=["nobody's", *(pytest.param(name, marks=pytest.mark.peers) for name in MAKERS)])
def made(request: pytest.FixtureRequest) -> Made:
    """How a library makes a table, and a column."""
    if request.param not in MAKERS:
        return Table, Column
    library = pytest.importorskip(request.param)
    table, column = MAKERS[request.param]
    return lambda columns: table(library, columns), lambda cells: column(library, cells)


def learner(outputs: int = 2) -> hb.Learner:
    return hb.Learner(hb.Network(2, [hb.Dense(outputs, "softmax" if outputs > 1 else "identity")], rng=0))


# ---------------------------------------------------------------- of any library


def test_a_learner_takes_them_as_it_takes_arrays(made: Made) -> None:
    table, column = made
    columns = {"day": DAY, "length": [0.5, 1.5, 2.5, 0.0, -1.0, 7.25]}
    X, y, one, two = table(columns), column(CLASSES), learner(), learner()
    array = np.column_stack(list(columns.values()))
    assert np.array_equal(one.learn(X, y), two.learn(array, CLASSES))
    assert np.array_equal(one.network.theta, two.network.theta)
    assert np.array_equal(one.outputs(X), two.outputs(array)) and np.array_equal(one.predict(X), two.predict(array))
    assert one.accuracy(X, y) == two.accuracy(array, CLASSES)
    assert str(one.trace(X, y)) == str(two.trace(array, CLASSES))
    assert np.array_equal(one.network.outputs(X), two.network.outputs(array))
    one, two = learner(1), learner(1)
    assert np.array_equal(one.learn(X, column([0.5, 1.5, 2.0, 0.0, 1.0, 2.0])), two.learn(array, [.5, 1.5, 2, 0, 1, 2]))


def test_what_it_cannot_learn_it_names(made: Made) -> None:
    table, column = made
    refusing = learner()
    before = refusing.network.theta.copy()
    for cells, says in [(SKY, r"column 'b': expected numbers, got 'grey' in row 0; hb.from_arrays\(X, y\) encodes"),
                        (DATES, r"column 'b': expected numbers, got '2024-01-01.* in row 0; turn it into numbers"),
                        (WIND, r"expected finite numbers, got nan in row 2, column 'b'; fill in")]:
        with pytest.raises(hb.InputError, match=says):
            refusing.learn(table({"a": DAY, "b": cells}), CLASSES)
    with pytest.raises(hb.InputError, match="expected 2 columns, got 1"):
        refusing.learn(table({"a": DAY}), CLASSES)
    with pytest.raises(hb.InputError, match=r"numbers them for you"):
        refusing.learn(table({"a": DAY, "b": DAY}), column(UMBRELLA))
    assert np.array_equal(refusing.network.theta, before)


def test_a_stream_makes_of_them_what_it_makes_of_the_same_file(made: Made, tmp_path: Path) -> None:
    table, column = made
    columns = {"day": DAY, "wind": WIND, "sky": SKY, "code": ["1", "2", "?", "3", None, "10"]}
    path = tmp_path / "weather.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[*columns, "umbrella"], *zip(*columns.values(), UMBRELLA, strict=True)])
    memory, disk = hb.from_arrays(table(columns), column(UMBRELLA)), hb.from_csv(path)
    assert memory.columns == disk.columns == memory.fresh().columns
    assert memory.columns[:3] == ("day", "wind", "wind is missing")
    assert memory.classes == disk.classes and memory.n_inputs == disk.n_inputs
    one, two = memory.take(6), disk.take(6)
    assert np.array_equal(one.X, two.X) and np.array_equal(one.y, two.y)


def test_what_a_stream_cannot_take_it_names(made: Made) -> None:
    table, column = made
    for cells, says in [(DATES, r"X, column 'b': expected numbers, got '2024-01-01.* in row 0; turn it into numbers"),
                        ([1.0, 2.0, np.inf, 0.0, 0.0, 0.0], r"X, row 2, column 'b': expected a finite number, got inf"),
                        (["1", "2", "x", "3", "4", "5"], r"X, row 2, column 'b': expected a number like those above, "
                                                         r"got 'x'; correct it, or drop the column$"),
                        ([[1]] * 6, r"X, column 'b': expected numbers, got '\[1\]' in row 0")]:
        with pytest.raises(hb.InputError, match=says):
            hb.from_arrays(table({"a": DAY, "b": cells}), UMBRELLA)
    with pytest.raises(hb.InputError, match=r"y: expected a label in every row, got none in row 1; drop such rows"):
        hb.from_arrays(table({"a": DAY}), column(SKY))
    with pytest.raises(hb.InputError, match=r"y: .*got shape \(6, 1\); give one column of it, such as y\['class'\]"):
        hb.from_arrays(table({"a": DAY}), AsArray({"a": DAY}) if table is Table else table({"a": DAY}))


class AsArray(Table):
    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.column_stack([np.asarray(column) for column in self.columns])


def test_a_stream_of_a_table_lives(made: Made) -> None:
    table, column = made
    stream = hb.from_arrays(table({"day": DAY, "sky": SKY}), column(UMBRELLA))
    assert len(hb.run(hb.Learner(hb.mlp(stream, [3], rng=0)), stream, hb.Always(), launch=0).predictions) == 6


# ---------------------------------------------------------------- of pandas alone


@pytest.mark.peers
@pytest.mark.parametrize(("make", "inputs"), [
    (lambda pd: pd.array([1, 2, 4], dtype="Int64"), [[1], [2], [4]]),
    (lambda pd: pd.array([1, None, 4], dtype="Int64"), [[1, 0], [1, 1], [4, 0]]),
    (lambda pd: pd.array([1.5, None, 4], dtype="Float64"), [[1.5, 0], [1.5, 1], [4, 0]]),
    (lambda pd: pd.array([True, False, None], dtype="boolean"), [[1, 0], [0, 0], [0.5, 1]]),
    (lambda pd: [True, False, True], [[1], [0], [1]]),
    (lambda pd: pd.Categorical([2, 1, 2]), [[2], [1], [2]]),
    (lambda pd: pd.Categorical(["v", None, "u"]), [[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    (lambda pd: pd.array(["v", None, "u"], dtype="string"), [[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    (lambda pd: [None, None, None], [[0, 1], [0, 1], [0, 1]]),
    (lambda pd: [decimal.Decimal("0.5")] * 3, [[0.5]] * 3),
    (lambda pd: pd.arrays.SparseArray([0.0, 1.0, 0.0]), [[0], [1], [0]]),
])
def test_its_own_types(make: Callable[..., Any], inputs: list[list[float]]) -> None:
    pd = pytest.importorskip("pandas")
    assert hb.from_arrays(pd.DataFrame({"a": make(pd)}), [0, 1, 1]).take(3).X.tolist() == inputs


@pytest.mark.peers
@pytest.mark.parametrize("make", [
    lambda pd: pd.date_range("2024", periods=3, tz="UTC"), lambda pd: pd.to_timedelta([1, 2, 3], unit="D"),
    lambda pd: pd.period_range("2024", periods=3, freq="M"), lambda pd: pd.interval_range(0, 3), lambda pd: [1j, 2, 3],
    lambda pd: [pd.NaT] * 3,
])
def test_its_types_that_are_no_numbers(make: Callable[..., Any]) -> None:
    pd = pytest.importorskip("pandas")
    for columns in ({"b": make(pd)}, {"b": make(pd), "a": [1, 2, 3]}):
        table = pd.DataFrame(columns)
        with pytest.raises(hb.InputError, match=r"^X, column 'b': expected numbers, got .*; turn it into num"):
            hb.from_arrays(table, [0, 1, 1])
        with pytest.raises(hb.InputError, match="column 'b': expected numbers, got "):
            hb.Learner(hb.Network(table.shape[1], [hb.Dense(2, "softmax")], rng=0)).learn(table, [0, 1, 1])


@pytest.mark.peers
def test_its_names_and_its_columns() -> None:
    pd = pytest.importorskip("pandas")
    twice = pd.DataFrame([[1, "u"], [2, "v"], [3, "u"]], columns=["a", "a"])
    assert hb.from_arrays(twice, [0, 1, 1]).columns == ("a", "a=u", "a=v")
    levels = pd.DataFrame(np.eye(3), columns=pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)]))
    assert hb.from_arrays(levels, [0, 1, 1]).columns == ("x 1", "x 2", "y 1")
    assert hb.from_arrays(pd.DataFrame(np.eye(3)), [0, 1, 1]).columns == ("0", "1", "2")
    for nothing in (pd.DataFrame(), pd.DataFrame({"a": []})):
        with pytest.raises(hb.InputError, match="X: expected at least one row and one column"):
            hb.from_arrays(nothing, [])
    with pytest.raises(hb.InputError, match=r"use \.to_numpy\(\)\.reshape\(-1, 1\)"):
        hb.from_arrays(pd.Series([1, 2]), [0, 1])


@pytest.mark.peers
def test_a_stream_keeps_a_copy_of_it() -> None:
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(np.eye(3))
    stream = hb.from_arrays(table, [0, 1, 1])
    table.iloc[:, :] = 9.0
    assert np.array_equal(stream.take(3).X, np.eye(3))


@pytest.mark.peers
@pytest.mark.parametrize("dtype", ["Int64", "boolean", "string", "datetime64[ns]", "category", "object"])
def test_a_label_that_is_missing(dtype: str) -> None:
    pd = pytest.importorskip("pandas")
    cells = {"Int64": [0, None, 1], "boolean": [True, None, False], "datetime64[ns]": ["2024", None, "2025"]}
    with pytest.raises(hb.InputError, match="y: expected a label in every row, got none in row 1"):
        hb.from_arrays(np.eye(3), pd.Series(cells.get(dtype, ["a", None, "b"]), dtype=dtype))


@pytest.mark.peers
def test_one_row_of_it_in_slow_motion() -> None:
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [0.5, 0.0]})
    assert str(learner().trace(table.iloc[1], 1)) == str(learner().trace([2.0, 0.0], 1))


@pytest.mark.peers
def test_a_lazy_table_has_no_rows_yet() -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(hb.InputError, match=r"X: expected numbers, got .*LazyFrame.*; give \.collect\(\) of it"):
        hb.from_arrays(polars.DataFrame({"a": DAY}).lazy(), CLASSES)


@pytest.mark.peers
def test_a_missing_cell_of_a_dictionary_of_arrow_is_missing() -> None:
    """As an array it is some other number."""
    arrow = pytest.importorskip("pyarrow")

    def column(*cells: Any) -> Any:
        return arrow.chunked_array([arrow.array(cells).dictionary_encode()])

    table = arrow.table({"a": column(10, 20, None)})
    with pytest.raises(hb.InputError, match="row 2"):
        learner().learn(arrow.table({"a": column(10, 20, None), "b": [1.0, 2.0, 3.0]}), [0, 1, 0])
    assert hb.from_arrays(table, ["x", "y", "x"]).columns == ("a", "a is missing")
    with pytest.raises(hb.InputError, match="got none in row 2"):
        hb.from_arrays([[1], [2], [3]], column(0, 1, None))
    with pytest.raises(hb.InputError, match="got none in row 2"):
        learner().learn(np.zeros((3, 2)), column(0, 1, None))


@pytest.mark.peers
def test_tables_of_pandas_that_once_went_wrong() -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(hb.InputError, match="column 'a': expected numbers"):
        learner().predict(pandas.DataFrame({"a": pandas.to_datetime([]), "b": []}))
    with pytest.raises(hb.InputError, match="column 'a': expected numbers"):
        hb.from_arrays(pandas.DataFrame({"a": [10**400, 1, 2]}), [0, 1, 0])
    codes = hb.from_arrays(pandas.DataFrame({"a": ["1_0", "2_0", "1_0"]}), [0, 1, 0])
    assert codes.columns == ("a=1_0", "a=2_0")  # as in a file: no number is written so
    odd = pandas.DataFrame({"column_names": [1.0, 2.0, 3.0, 4.0], "n": [1.0, 2.0, 3.0, 4.0]})
    assert list(hb.HebbNetClassifier(epochs=1).fit(odd, [0, 1, 0, 1]).feature_names_in_) == ["column_names", "n"]
