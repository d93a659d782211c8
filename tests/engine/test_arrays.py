"""The array operations: the loops that are compiled give what NumPy gives, for every width."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import hebbnet as hb
from hebbnet.engine import arrays
from hebbnet.engine.arrays import (
    add_mean,
    add_outer,
    affine,
    column_mean,
    copy,
    dot_t,
    each,
    exp,
    largest,
    matrix,
    mean_rows,
    mean_square,
    outer,
    rows,
    squared_distance,
    sum_product,
    total,
    vector,
)
from hebbnet.engine.kernel import kernel

WIDTHS = (1, 2, 3, 7, 8, 9)
WAYS = ["plain", pytest.param("compiled", marks=pytest.mark.compiler)]


@kernel("A M, W M, b V, out M")
def affine_kernel(A, W, b, out):
    affine(A, W, b, out)


@kernel("A M, B M, out M")
def dot_t_kernel(A, B, out):
    dot_t(A, B, out)


@kernel("A M, B M, out M")
def outer_kernel(A, B, out):
    outer(A, B, out)


@kernel("rate f, A M, B M, out M")
def add_outer_kernel(rate, A, B, out):
    add_outer(rate, A, B, out)


@kernel("A M, out V, added V")
def means_kernel(A, out, added):
    mean_rows(A, out)
    add_mean(0.5, A, added)


@kernel("A M, B M, centre f, by_row M, by_column M")
def reductions_kernel(A, B, centre, by_row, by_column):
    for r in range(len(A)):  # plain, these take all rows at once
        by_row[r, 0], by_row[r, 1], by_row[r, 2] = largest(A, r), total(A, r), sum_product(A, B, r)
    for j in each(A.shape[1]):
        by_column[0, j] = column_mean(A, j)
        by_column[1, j] = mean_square(A, j)
        by_column[2, j] = squared_distance(A, j, centre)


@kernel("base V, X M, out V")
def views_kernel(base, X, out):
    copy(rows(X, 1, 2), matrix(base, 3, 2, 4))
    for i in each(3):
        out[i] = vector(base, 4, 3)[i]


@kernel("x V, out V")
def exp_kernel(x, out):
    for i in each(len(x)):
        out[i] = exp(x[i])


def cases():
    rng = np.random.default_rng(0)
    for n, k, m in product((1, 2, 5), WIDTHS, WIDTHS):
        yield rng.normal(size=(n, k)), rng.normal(size=(k, m)), rng.normal(size=(n, m)), rng.normal(size=m)


def close(got: np.ndarray, expected: np.ndarray) -> bool:
    return np.allclose(got, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("way", WAYS)
def test_products(way):
    for A, W, B, b in cases():
        out = np.full(B.shape, np.nan)
        getattr(affine_kernel, way)(A, W, b, out)
        assert close(out, A @ W + b)
        out = np.full(A.shape, np.nan)
        getattr(dot_t_kernel, way)(B, W, out)
        assert close(out, B @ W.T)
        out = np.full(W.shape, np.nan)
        getattr(outer_kernel, way)(A, B, out)
        assert close(out, np.mean([np.outer(A[r], B[r]) for r in range(len(A))], axis=0))
        added = W.copy()
        getattr(add_outer_kernel, way)(0.3, A, B, added)
        assert close(added, W + 0.3 * out)


def test_a_product_is_added_block_by_block(monkeypatch):
    """Plain, the last block smaller than the others, for few rows and for more rows than columns."""
    monkeypatch.setattr(arrays, "BLOCK", 12)
    rng = np.random.default_rng(0)
    for n, k, m in product((1, 3, 9), (1, 4, 10), (4, 13)):
        pre, post, out = rng.normal(size=(n, k)), rng.normal(size=(n, m)), rng.normal(size=(k, m))
        expected = out + 0.3 * pre.T @ post / n
        add_outer(0.3, pre, post, out)
        assert close(out, expected)


@pytest.mark.parametrize("way", WAYS)
def test_means(way):
    for A, *_ in cases():
        out, added = np.full(A.shape[1], np.nan), np.ones(A.shape[1])
        getattr(means_kernel, way)(A, out, added)
        assert close(out, A.mean(axis=0)) and close(added, 1.0 + 0.5 * A.mean(axis=0))


@pytest.mark.compiler
def test_reductions_as_loops_and_as_numpy():
    for A, *_ in cases():
        B = np.cos(A)
        by_row, by_column = np.full((len(A), 3), np.nan), np.full((3, A.shape[1]), np.nan)
        reductions_kernel.compiled(A, B, 0.7, by_row, by_column)
        every = slice(None)
        assert close(by_row, np.hstack([largest(A, every), total(A, every), sum_product(A, B, every)]))
        assert close(by_row, np.column_stack([A.max(axis=1), A.sum(axis=1), (A * B).sum(axis=1)]))
        assert close(by_column, [column_mean(A, every), mean_square(A, every), squared_distance(A, every, 0.7)])
        assert close(by_column, [A.mean(axis=0), (A**2).mean(axis=0), ((A - 0.7) ** 2).sum(axis=0)])


@pytest.mark.parametrize("way", WAYS)
def test_views_write_through(way):
    base, X, out = np.zeros(15), np.arange(16.0).reshape(4, 4), np.zeros(3)
    getattr(views_kernel, way)(base, X, out)
    assert np.array_equal(base, [0, 0, 0, *range(4, 12), 0, 0, 0, 0]) and np.array_equal(out, [5, 6, 7])


@pytest.mark.parametrize("way", WAYS)
def test_the_mean_of_a_constant_is_that_constant(way):
    """A sum of equal numbers is rounded: three times 0.1, over three, is another number than 0.1."""
    assert (0.1 + 0.1 + 0.1) / 3 != 0.1
    for n, value in product((1, 3, 7, 100), (0.1, 1e9 + 0.1, -1 / 3)):
        A, by_row, by_column = np.full((n, 2), value), np.empty((n, 3)), np.empty((3, 2))
        if way == "compiled":
            reductions_kernel.compiled(A, A, 0.0, by_row, by_column)
        else:
            by_column[0] = column_mean(A, slice(None))
        assert np.all(by_column[0] == value)


@pytest.mark.parametrize("way", WAYS)
def test_exp(way):
    small = np.random.default_rng(0).normal(size=10_000)
    x = np.concatenate([np.linspace(-708, 709, 200_001), small, [0.0, -0.0, 1e-300]])
    out = np.empty_like(x)
    getattr(exp_kernel, way)(x, out)
    exact = np.exp(x)
    assert np.all(np.abs(out - exact) <= 2 * np.spacing(exact))
    edges = np.array([np.nan, 800.0, np.inf, -800.0, -np.inf])
    out = np.empty_like(edges)
    with np.errstate(over="ignore"):
        getattr(exp_kernel, way)(edges, out)
    assert np.isnan(out[0]) and np.all(out[1:3] > 1e307) and np.all((out[3:] >= 0.0) & (out[3:] < 1e-300))


def test_dot():
    A, B = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    assert np.array_equal(hb.dot(A, B), A @ B)
