"""The few array operations that everything is made of, as NumPy. `compiled.py` says each once more as loops.

`for j in each(n): a[r, j] = f(z[r, j])` is one NumPy statement over the whole axis when plain, and a loop when
compiled. Views (`matrix`, `vector`, `rows`) copy nothing. No SciPy: Numba's own `@` would need it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray


def each(n: int) -> Any:
    """All n indices of an axis at once (plain), one after the other (compiled)."""
    return (slice(None),)


# ---------------------------------------------------------------- views


def matrix(base: Array, offset: int, rows: int, columns: int) -> Array:
    """The (rows, columns) matrix that starts at `base[offset]`."""
    return base[offset : offset + rows * columns].reshape(rows, columns)


def vector(base: Array, offset: int, n: int) -> Array:
    """The n numbers (or labels) from `base[offset]` on."""
    return base[offset : offset + n]


def rows(X: Array, start: int, n: int) -> Array:
    """n rows of X from `start` on."""
    return X[start : start + n]


# ---------------------------------------------------------------- products

BLOCK = 80_000  # numbers of a product that are added while they are still in the processor's cache


def dot(A: Array, B: Array) -> Array:
    """A @ B, also inside compiled rules, where `@` itself would need SciPy.

    Parameters
    ----------
    A : (n, k) array
    B : (k, m) array

    Returns
    -------
    (n, m) array

    Examples
    --------
    >>> import numpy as np, hebbnet as hb
    >>> hb.dot(np.ones((1, 2)), np.ones((2, 3)))
    array([[2., 2., 2.]])
    """
    product: Array = np.matmul(A, B)
    return product


def affine(A: Array, W: Array, b: Array, out: Array) -> None:
    """out = A @ W + b"""
    np.matmul(A, W, out=out)
    out += b


def dot_t(A: Array, B: Array, out: Array) -> None:
    """out = A @ B.T"""
    np.matmul(A, B.T, out=out)


def outer(pre: Array, post: Array, out: Array) -> None:
    """out_ij = mean over the batch of pre_i post_j: Hebb's product"""
    np.matmul(pre.T, post * (1.0 / len(post)), out=out)


def add_outer(rate: float, pre: Array, post: Array, out: Array) -> None:
    """out_ij += rate * mean over the batch of pre_i post_j"""
    share = post * (rate / len(post))
    if len(post) > out.shape[1]:  # OpenBLAS is quicker this way round, and what is turned is small beside the product
        out += np.matmul(share.T, pre).T
        return
    step = max(1, BLOCK // out.shape[1])
    for i in range(0, len(out), step):
        out[i : i + step] += np.matmul(pre[:, i : i + step].T, share)


def add_mean(rate: float, A: Array, out: Array) -> None:
    """out_j += rate * mean over the batch of A_j"""
    out += np.matmul(np.full(len(A), rate / len(A)), A)


def mean_rows(A: Array, out: Array) -> None:
    """out_j = mean over the batch of A_j"""
    np.matmul(np.full(len(A), 1.0 / len(A)), A, out=out)


# ---------------------------------------------------------------- numbers


def exp(x: Any) -> Any:
    """e to the x."""
    return np.exp(x)


def magnitude(A: Array) -> float:
    """The largest |A_ij|."""
    return float(np.abs(A).max())


# ---------------------------------------------------------------- rows


def copy(A: Array, out: Array) -> None:
    """out = A"""
    out[:] = A


def largest(A: Array, r: Any) -> Any:
    """The largest number in row r, (1,); of all rows at once, (n, 1)."""
    return A[r].max(axis=-1, keepdims=True)


def total(A: Array, r: Any) -> Any:
    """The sum of row r."""
    return A[r].sum(axis=-1, keepdims=True)


def sum_product(A: Array, B: Array, r: Any) -> Any:
    """The sum of A_rj B_rj over j."""
    return (A[r] * B[r]).sum(axis=-1, keepdims=True)


# ---------------------------------------------------------------- columns


def column_mean(A: Array, j: Any) -> Any:
    """The mean of column j, taken from its first number on: a constant column has exactly its constant as mean."""
    return A[0, j] + (A[:, j] - A[0, j]).mean(axis=0)


def mean_square(A: Array, j: Any) -> Any:
    """The mean of A_rj^2 over the rows r."""
    return np.square(A[:, j]).mean(axis=0)


def squared_distance(A: Array, j: Any, centre: Any) -> Any:
    """The sum of (A_rj - centre)^2 over the rows r."""
    return np.square(A[:, j] - centre).sum(axis=0)
