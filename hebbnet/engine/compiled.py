"""The compiled side of the engine, imported at the first compile: types, views that own nothing, loops for `arrays`.

Everything here is known to Numba only; nothing is called from Python.
"""

from __future__ import annotations

import types as python_types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import float64, int64, types, void
from numba.core import cgutils
from numba.extending import intrinsic, overload, register_jitable

from . import arrays
from .kernel import POINTERS, Kernel

MATRIX, VECTOR = types.Array(float64, 2, "C"), types.Array(float64, 1, "C")
LABELS, TABLE = types.Array(int64, 1, "C"), types.Array(int64, 2, "C")
LETTERS = {"M": MATRIX, "V": VECTOR, "I": LABELS, "T": TABLE, "f": float64, "i": int64, "": void}
OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}
# Sums may be taken in any order (they are, in BLAS too); NaN and infinity keep their meaning.
FAST = {"fastmath": {"contract", "reassoc", "nsz"}}


def signature_of(text: str) -> Any:
    """Numba's signature for "z M, hyper V -> i"."""
    arguments, _, result = text.partition("->")
    return LETTERS[result.strip()](*(LETTERS[argument.split()[-1]] for argument in arguments.split(",")))


def compile_function(plain: Callable[..., Any], signature: str, folder: Path | None) -> Any:
    """Compile for one signature; with a folder, keep the machine code there or take it from there."""
    while POINTERS:  # a chapter that was imported since the last time may have brought some
        _teach_pointer(*POINTERS.pop())
    function = _with_compiled_callees(plain)
    if folder is None:
        return numba.njit(signature_of(signature), **OPTIONS)(function)
    before = numba.config.CACHE_DIR
    try:
        numba.config.CACHE_DIR = str(folder)  # read while the dispatcher is made
        dispatcher = numba.njit(cache=True, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before
    dispatcher.compile(signature_of(signature))
    dispatcher.disable_compile()  # another type of argument is a mistake, not a reason to compile for seconds
    return dispatcher


def _with_compiled_callees(plain: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, in whose globals each kernel stands in its compiled form."""
    code = plain.__code__
    kernels = {name: value.compiled for name in code.co_names
               if isinstance(value := plain.__globals__.get(name), Kernel)}
    if not kernels:
        return plain
    twin = python_types.FunctionType(code, {**plain.__globals__, **kernels}, plain.__name__, plain.__defaults__,
                                     plain.__closure__)
    twin.__qualname__ = plain.__qualname__
    return twin


def address(dispatcher: Any, signature: str) -> int:
    """Where the machine code of a compiled function begins."""
    result = dispatcher.get_compile_result(signature_of(signature))
    return int(result.library.get_pointer_to_function(result.fndesc.llvm_func_name))


# ---------------------------------------------------------------- function pointers


def _teach_pointer(at: Callable[..., Any], signature: str) -> None:
    function_type = types.FunctionType(signature_of(signature))

    @intrinsic
    def function_at(typing_context, location):
        def code(context, builder, _, arguments):
            value = cgutils.create_struct_proxy(function_type)(context, builder)
            null = context.get_constant_null(types.voidptr)
            value.c_addr, value.py_addr = null, null
            value.jit_addr = builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))
            return value._getvalue()

        return function_type(int64), code

    @overload(at)
    def _(table, i):
        return lambda table, i: function_at(table[i])


# ---------------------------------------------------------------- views that own nothing: their owner outlives the call


def _view(context, builder, kind, source, offset, shape):
    """A view of `source`, from element `offset` on, C-ordered; 2 ns where slicing costs a reference count."""
    out = cgutils.create_struct_proxy(kind)(context, builder)
    item = context.get_constant(types.intp, 8)
    strides, size = [item], shape[-1]
    for extent in reversed(shape[:-1]):
        strides.insert(0, builder.mul(size, item))
        size = builder.mul(size, extent)
    out.data, out.nitems, out.itemsize = builder.gep(source.data, [offset]), size, item
    out.meminfo = cgutils.get_null_value(out.meminfo.type)
    out.parent = cgutils.get_null_value(out.parent.type)
    out.shape, out.strides = cgutils.pack_array(builder, shape), cgutils.pack_array(builder, strides)
    return out._getvalue()


def _source(context, builder, kind, value):
    return cgutils.create_struct_proxy(kind)(context, builder, value=value)


@intrinsic
def _matrix(typing_context, base, offset, n, m):
    def code(context, builder, _, arguments):
        base, offset, n, m = arguments
        return _view(context, builder, MATRIX, _source(context, builder, VECTOR, base), offset, [n, m])

    return MATRIX(VECTOR, int64, int64, int64), code


def _line(kind):
    @intrinsic
    def line(typing_context, base, offset, n):
        def code(context, builder, _, arguments):
            base, offset, n = arguments
            return _view(context, builder, kind, _source(context, builder, kind, base), offset, [n])

        return kind(kind, int64, int64), code

    return line


_vector, _labels = _line(VECTOR), _line(LABELS)


@intrinsic
def _rows(typing_context, X, start, n):
    def code(context, builder, _, arguments):
        X, start, n = arguments
        source = _source(context, builder, MATRIX, X)
        m = builder.extract_value(source.shape, 1)
        return _view(context, builder, MATRIX, source, builder.mul(start, m), [n, m])

    return MATRIX(MATRIX, int64, int64), code


@overload(arrays.matrix)
def _(base, offset, rows, columns):
    return lambda base, offset, rows, columns: _matrix(base, offset, rows, columns)


@overload(arrays.vector)
def _(base, offset, n):
    if base == LABELS:
        return lambda base, offset, n: _labels(base, offset, n)
    return lambda base, offset, n: _vector(base, offset, n)


@overload(arrays.rows)
def _(X, start, n):
    return lambda X, start, n: _rows(X, start, n)


# ---------------------------------------------------------------- the operations of arrays.py, as loops


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


@overload(arrays.exp)
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
