"""The gate lets in what can be used, as the engine wants it, and says of everything else what is wrong with it."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hebbnet.engine import checks
from hebbnet.engine.checks import InputError

FROZEN = np.ones((3, 2))
FROZEN.flags.writeable = False
ODD = np.frombuffer(b"." + np.ones((3, 2)).tobytes(), offset=1).reshape(3, 2)


@pytest.mark.parametrize("X", [
    np.ones((3, 2)), np.ones((3, 2), order="F"), np.ones((3, 4))[:, ::2], np.ones((3, 2), np.float32), [[1, 1]] * 3,
    np.ones((3, 2), bool), np.ones((3, 2), ">f8"), np.ones((3, 2), object), [["1", "1"]] * 3, FROZEN, ODD,
    np.broadcast_to(1.0, (3, 2)), np.ones((3, 2), np.uint8), np.ones((3, 2), np.float16),
], ids=range(14))
def test_a_matrix_is_what_compiled_code_takes(X):
    got = checks.matrix(X, columns=2)
    assert got.dtype == np.float64 and got.dtype.isnative and got.flags.carray and np.array_equal(got, np.ones((3, 2)))


def test_a_matrix_that_fits_is_not_copied():
    X = np.ones((3, 2))
    assert checks.matrix(X) is X


def test_finite_numbers_whose_squares_are_not():
    assert checks.matrix([[1e200, -1e300]]).tolist() == [[1e200, -1e300]]


@given(hnp.arrays(np.float64, st.tuples(st.integers(0, 5), st.integers(0, 3)), elements=st.floats(width=64)))
def test_finite_numbers_pass_and_no_others(X):
    if np.isfinite(X).all():
        assert np.array_equal(checks.matrix(X), X)
    else:
        with pytest.raises(InputError, match=r"expected finite numbers, got -?(nan|inf) in row"):
            checks.matrix(X)


@pytest.mark.parametrize(("X", "message"), [
    ([1.0, 2.0], r"here: expected a matrix of shape \(n, d\), got 1 dimension\(s\); use .reshape\(-1, 1\) for one"),
    (3.0, r"got 0 dimension\(s\)$"),
    (np.ones((2, 2, 2)), r"got 3 dimension\(s\)$"),
    (np.ones((2, 3)), "here: expected 2 columns, got 3"),
    ([["a", "b"]], "here: expected numbers, got e.g. 'a'; turn texts into numbers first"),
    ([[1.0, None]], "here: (expected numbers|expected finite numbers)"),
    ([[1.0, 2.0], [3.0]], "here: expected numbers"),
    ([[1j, 2]], "here: expected numbers, got e.g. 1j"),
    ([[datetime.datetime(2020, 1, 1), 2]], "here: expected numbers"),
    (np.array([["2020-01-01", "2020-01-02"]], "M8[D]"), "here: expected numbers"),
    (np.array([[1, 2]], "m8[s]"), "here: expected numbers"),
    ([[0.0, 1.0], [np.nan, 1.0]], "here: expected finite numbers, got nan in row 1, column 0; fill in or drop"),
    ([[0.0, np.inf], [-np.inf, 1.0]], "got inf in row 0, column 1"),
    ({"a": 1}, "here: expected numbers"),
    (None, "here: (expected numbers|expected a matrix)"),
], ids=range(15))
def test_a_matrix_is_refused(X, message):
    with pytest.raises(InputError, match=message) as refused:
        checks.matrix(X, columns=2, where="here")
    assert "\n" not in str(refused.value)


def test_largest_numbers_pass():
    checks.matrix([[1e308, 1e308], [-1e308, 1e308]])  # their sum is not finite, they are


def test_vectors():
    assert np.array_equal(checks.vector([1, 2]), [1.0, 2.0])
    for x, message in (([[1.0]], r"expected a vector of shape \(n,\), got shape \(1, 1\)"), (2.0, r"got shape \(\)"),
                       (["a"], "expected numbers"), ([0.0, np.nan], "got nan in row 1")):
        with pytest.raises(InputError, match=message):
            checks.vector(x)
    assert checks.bounded(np.broadcast_to(0.5, 3), low=0, high=1).flags.carray
    with pytest.raises(InputError, match="numbers from 0 to 1, got 2 in row 1"):
        checks.bounded([0.0, 2.0], low=0, high=1)


@pytest.mark.parametrize("y", [
    [0, 1, 2], np.array([0, 1, 2], np.uint8), np.array([0.0, 1.0, 2.0]), (0, True, 2), np.array([0, 1, 2], object),
    np.broadcast_to(np.arange(3), (1, 3))[0], np.array([0, 1, 2], ">i2"),
], ids=range(7))
def test_labels_are_what_compiled_code_takes(y):
    got = checks.labels(y, n_classes=3, rows=3)
    assert got.dtype == np.int64 and got.flags.carray and np.array_equal(got, [0, 1, 2])


@pytest.mark.parametrize(("y", "message"), [
    ([0, 1], "as many labels as X has rows, 3, got 2"),
    ([[0], [1], [2]], r"expected a vector of labels, got shape \(3, 1\)"),
    ([[0, 1], [2]], "rows of different lengths"),
    (0, r"got shape \(\)"),
    ([0, 1, 3], r"label 3 in row 2 is unknown; .* 0 \.\. 2\. Classes are fixed"),
    ([0, -1, 1], "label -1 in row 1 is unknown"),
    (np.array([0, 1, 2**63], np.uint64), "label 9223372036854775808 in row 2 is unknown"),
    ([0.0, 1e300, 1.0], r"label 1e\+300 in row 1 is unknown"),
    ([0.0, np.inf, 1.0], "label inf in row 1 is unknown"),
    ([0.0, 1.5, 1.0], r"expected whole numbers 0 \.\. 2, got e.g. 1.5; hb.from_arrays\(X, y\) numbers them"),
    ([0.0, np.nan, 1.0], "whole numbers.*got e.g. nan"),
    (["a", "b", "c"], "whole numbers.*got e.g. .*'a'"),
    ([0, None, 1], "whole numbers.*got e.g. None"),
    ([0, 1j, 1], "whole numbers"),
], ids=range(14))
def test_labels_are_refused(y, message):
    with pytest.raises(InputError, match=message):
        checks.labels(y, n_classes=3, rows=3)


def test_whole_numbers():
    for value in (3, 3.0, np.int8(3), np.float32(3)):
        got = checks.whole(value, "steps")
        assert got == 3 and type(got) is int
    for value in (2.5, "3", None, True, np.nan, np.inf, -1, [3]):
        with pytest.raises(InputError, match="steps: expected a whole number of at least 0, got"):
            checks.whole(value, "steps")
    with pytest.raises(InputError, match="at least 1, got 0"):
        checks.whole(0, "steps", low=1)


def test_numbers():
    assert checks.number(np.float32(0.5), "rate", low=0.0) == 0.5
    for arguments, message in ((("x",), "rate: expected a number, got 'x'"), ((None,), "expected a number"),
                               ((np.nan,), "expected a finite number, got nan"), ((np.inf,), "got inf")):
        with pytest.raises(InputError, match=message):
            checks.number(*arguments, "rate")
    for bounds, message in (({"low": 0}, "a finite number at least 0, got -1"),
                            ({"above": 0}, "greater than 0, got -1"),
                            ({"low": -0.5, "high": 1}, "at least -0.5 and at most 1, got -1")):
        with pytest.raises(InputError, match=message):
            checks.number(-1.0, "rate", **bounds)
    with pytest.raises(InputError, match="greater than 0"):
        checks.number(0.0, "rate", above=0.0)


def test_choices():
    assert checks.choice("tanh", ("tanh", "relu"), "activation") == "tanh"
    with pytest.raises(InputError, match="unknown activation 'tahn'; known: tanh, relu; did you mean 'tanh'"):
        checks.choice("tahn", ("tanh", "relu"), "activation")
    for strange in (None, 3, ["swish"]):
        with pytest.raises(InputError, match=r"unknown activation .*; known: tanh, relu$"):
            checks.choice(strange, ("tanh", "relu"), "activation")


def test_it_is_a_value_error():
    assert issubclass(InputError, ValueError)


@pytest.mark.parametrize("check", [lambda x: checks.matrix([[x]]), lambda x: checks.vector([x]),
                                   lambda x: checks.number(x, "rate"), lambda x: checks.matrix(x)])
def test_whole_numbers_beyond_all_floats(check):
    with pytest.raises(InputError, match=r"expected (a )?(finite )?number"):
        check(10**400)


def test_dimensions_of_what_is_no_array():
    assert [checks.dimensions(x) for x in ([1, 2], [[1]], 3, (0, []))] == [1, 2, 0, 0]
