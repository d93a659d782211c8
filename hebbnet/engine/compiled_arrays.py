"""The operations of `arrays.py` once more, as the loops that are compiled; known to Numba only.

Whatever stands here twice must say the same: the tests compare both, update by update.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int64
from numba.extending import intrinsic, overload, register_jitable

from . import arrays

# Sums may be taken in any order (they are, in BLAS too); NaN and infinity keep their meaning.
FAST: dict[str, Any] = {"fastmath": {"contract", "reassoc", "nsz"}}


@overload(arrays.each, inline="always")
def _(n):
    return lambda n: range(n)


@overload(arrays.dot, jit_options=FAST)
def _(A, B):
    def dot(A, B):
        (n, k), m = A.shape, B.shape[1]
        out = np.zeros((n, m))
        for i in range(n):
            for p in range(k):
                for j in range(m):
                    out[i, j] += A[i, p] * B[p, j]
        return out

    return dot


NARROW = 8  # with fewer columns, go down the rows, two columns at a time: the inner loop is then long enough


@overload(arrays.affine, jit_options=FAST)
def _(A, W, b, out):
    def affine(A, W, b, out):
        (n, k), m = A.shape, W.shape[1]
        for i in range(n):
            if m < NARROW:
                for j in range(0, m - 1, 2):
                    t, u = b[j], b[j + 1]
                    for p in range(k):
                        t += A[i, p] * W[p, j]
                        u += A[i, p] * W[p, j + 1]
                    out[i, j], out[i, j + 1] = t, u
                if m % 2:
                    t = b[m - 1]
                    for p in range(k):
                        t += A[i, p] * W[p, m - 1]
                    out[i, m - 1] = t
            else:
                for j in range(m):
                    out[i, j] = b[j]
                for p in range(k):
                    a = A[i, p]
                    for j in range(m):
                        out[i, j] += a * W[p, j]

    return affine


@overload(arrays.dot_t, jit_options=FAST)
def _(A, B, out):
    def dot_t(A, B, out):
        (n, k), m = A.shape, B.shape[0]
        for i in range(n):
            if k == 2:  # two classes, the usual read-out
                a, b = A[i, 0], A[i, 1]
                for j in range(m):
                    out[i, j] = a * B[j, 0] + b * B[j, 1]
                continue
            for j in range(m):
                t = 0.0
                for p in range(k):
                    t += A[i, p] * B[j, p]
                out[i, j] = t

    return dot_t


@overload(arrays.outer, jit_options=FAST)
def _(pre, post, out):
    def outer(pre, post, out):
        (batch, n), m = pre.shape, post.shape[1]
        share = 1.0 / batch
        for i in range(n):  # the first sample writes, add_outer adds the others: no pass of zeros
            a = share * pre[0, i]
            for j in range(m):
                out[i, j] = a * post[0, j]
        if batch > 1:
            _add_rows(share, pre, post, out, 1)

    return outer


@overload(arrays.add_outer, jit_options=FAST)
def _(rate, pre, post, out):
    def add_outer(rate, pre, post, out):
        _add_rows(rate / pre.shape[0], pre, post, out, 0)

    return add_outer


@register_jitable(fastmath=FAST["fastmath"])
def _add_rows(share, pre, post, out, first):
    """out_ij += share pre_ri post_rj, for the rows r from `first` on."""
    (batch, n), m = pre.shape, post.shape[1]
    for r in range(first, batch):
        if m < NARROW:
            for j in range(0, m - 1, 2):
                b, c = share * post[r, j], share * post[r, j + 1]
                for i in range(n):
                    out[i, j] += pre[r, i] * b
                    out[i, j + 1] += pre[r, i] * c
            if m % 2:
                b = share * post[r, m - 1]
                for i in range(n):
                    out[i, m - 1] += pre[r, i] * b
        else:
            for i in range(n):
                a = share * pre[r, i]
                for j in range(m):
                    out[i, j] += a * post[r, j]


@overload(arrays.add_mean, jit_options=FAST)
def _(rate, A, out):
    def add_mean(rate, A, out):
        share = rate / A.shape[0]
        for r in range(A.shape[0]):
            for j in range(A.shape[1]):
                out[j] += share * A[r, j]

    return add_mean


@overload(arrays.mean_rows, jit_options=FAST)
def _(A, out):
    def mean_rows(A, out):
        share = 1.0 / A.shape[0]
        for j in range(A.shape[1]):
            out[j] = share * A[0, j]
        for r in range(1, A.shape[0]):
            for j in range(A.shape[1]):
                out[j] += share * A[r, j]

    return mean_rows


@intrinsic
def _power_of_two(typing_context, shifted):
    """2^k, of k + 1.5 2^52: the low bits of that number are k, and become the exponent of the result."""
    def code(context, builder, _, arguments):
        integer = context.get_value_type(int64)
        k = builder.bitcast(arguments[0], integer)
        exponent = builder.shl(builder.add(k, integer(1023)), integer(52))
        return builder.bitcast(exponent, context.get_value_type(float64))

    return float64(float64), code


SHIFT = 6755399441055744.0  # 1.5 2^52: adding it rounds to a whole number


@overload(arrays.exp, jit_options={"fastmath": {"contract"}})  # not reassoc: SHIFT must be added, then taken away
def _(x):
    """Cephes' exp, to 2 units in the last place: unlike a call of the C library, a loop of it runs in vector units."""
    def exp(x):
        x = 709.0 if x > 709.0 else x  # written so that NaN stays NaN
        x = -708.0 if x < -708.0 else x
        shifted = x * 1.4426950408889634 + SHIFT
        k = shifted - SHIFT
        x = x - k * 6.93145751953125e-1 - k * 1.42860682030941723212e-6
        xx = x * x
        p = x * ((1.26177193074810590878e-4 * xx + 3.02994407707441961300e-2) * xx + 9.99999999999999999910e-1)
        q = ((3.00198505138664455042e-6 * xx + 2.52448340349684104192e-3) * xx + 2.27265548208155028766e-1) * xx + 2.0
        return (1.0 + 2.0 * (p / (q - p))) * _power_of_two(shifted)

    return exp


@overload(arrays.magnitude)
def _(A):
    def magnitude(A):
        top = np.zeros(A.shape[1])  # of each column: one number for all would have to be waited for at every step
        for i in range(A.shape[0]):
            for j in range(A.shape[1]):
                a = abs(A[i, j])
                top[j] = a if a > top[j] else top[j]
        return top.max()

    return magnitude


@overload(arrays.copy)
def _(A, out):
    def copy(A, out):
        for r in range(A.shape[0]):
            for j in range(A.shape[1]):
                out[r, j] = A[r, j]

    return copy


@overload(arrays.largest)
def _(A, r):
    def largest(A, r):
        t = A[r, 0]
        for j in range(1, A.shape[1]):
            t = max(t, A[r, j])
        return t

    return largest


@overload(arrays.total, jit_options=FAST)
def _(A, r):
    def total(A, r):
        t = 0.0
        for j in range(A.shape[1]):
            t += A[r, j]
        return t

    return total


@overload(arrays.sum_product, jit_options=FAST)
def _(A, B, r):
    def sum_product(A, B, r):
        t = 0.0
        for j in range(A.shape[1]):
            t += A[r, j] * B[r, j]
        return t

    return sum_product


@overload(arrays.column_mean)  # not FAST: another order of sums would lose what the shift is for
def _(A, j):
    def column_mean(A, j):
        t = 0.0
        for r in range(A.shape[0]):
            t += A[r, j] - A[0, j]
        return A[0, j] + t / A.shape[0]

    return column_mean


@overload(arrays.mean_square, jit_options=FAST)
def _(A, j):
    def mean_square(A, j):
        t = 0.0
        for r in range(A.shape[0]):
            t += A[r, j] * A[r, j]
        return t / A.shape[0]

    return mean_square


@overload(arrays.squared_distance, jit_options=FAST)
def _(A, j, centre):
    def squared_distance(A, j, centre):
        t = 0.0
        for r in range(A.shape[0]):
            t += (A[r, j] - centre) * (A[r, j] - centre)
        return t

    return squared_distance
