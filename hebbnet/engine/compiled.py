"""The compiled side of the engine, imported at the first compile: types, function pointers, views that own nothing."""

from __future__ import annotations

import types as python_types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import float64, int64, types, void
from numba.core import cgutils
from numba.extending import intrinsic, overload

from . import arrays, compiled_arrays  # noqa: F401  the second teaches Numba the loops of the first
from .kernel import POINTERS, Kernel

MATRIX, VECTOR = types.Array(float64, 2, "C"), types.Array(float64, 1, "C")
LABELS, TABLE = types.Array(int64, 1, "C"), types.Array(int64, 2, "C")
LETTERS = {"M": MATRIX, "V": VECTOR, "I": LABELS, "T": TABLE, "f": float64, "i": int64, "": void}
OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}
# What a kernel is given is held by its caller, in Python. Where it makes no arrays itself, Numba need not count who
# holds what, which is done atomically and was half of a small network's update; and its caller need not hand it a
# hundred numbers of views.
MAKES_NONE: dict[str, Any] = {"_nrt": False, "forceinline": True}


def signature_of(text: str) -> Any:
    """Numba's signature for "z M, hyper V -> i"."""
    arguments, _, result = text.partition("->")
    return LETTERS[result.strip()](*(LETTERS[argument.split()[-1]] for argument in arguments.split(",")))


def compile_function(plain: Callable[..., Any], signature: str, folder: Path | None, *, arrays: bool = True) -> Any:
    """Compile for one signature; with a folder, keep the machine code there or take it from there."""
    while POINTERS:  # a chapter that was imported since the last time may have brought some
        _teach_pointer(*POINTERS.pop())
    function, options = _with_compiled_callees(plain), OPTIONS | ({} if arrays else MAKES_NONE)
    if folder is None:
        return numba.njit(signature_of(signature), **options)(function)
    before = numba.config.CACHE_DIR
    try:
        numba.config.CACHE_DIR = str(folder)  # read while the dispatcher is made
        dispatcher = numba.njit(cache=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = before
    dispatcher.compile(signature_of(signature))
    dispatcher.disable_compile()  # another type of argument is a mistake, not a reason to compile for seconds
    return dispatcher


def _with_compiled_callees(plain: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, in whose globals each kernel, and what makes a view, stands in its compiled form."""
    code = plain.__code__
    used = {name: plain.__globals__.get(name) for name in code.co_names}
    twins = {name: value.compiled for name, value in used.items() if isinstance(value, Kernel)}
    twins |= {name: compiled for name, value in used.items() for view, compiled in VIEWS if value is view}
    if not twins:
        return plain
    twin = python_types.FunctionType(code, {**plain.__globals__, **twins}, plain.__name__, plain.__defaults__,
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


@intrinsic
def _vector(typing_context, base, offset, n):
    kind = LABELS if base == LABELS else VECTOR

    def code(context, builder, _, arguments):
        base, offset, n = arguments
        return _view(context, builder, kind, _source(context, builder, kind, base), offset, [n])

    return kind(kind, int64, int64), code


@intrinsic
def _rows(typing_context, X, start, n):
    def code(context, builder, _, arguments):
        X, start, n = arguments
        source = _source(context, builder, MATRIX, X)
        m = builder.extract_value(source.shape, 1)
        return _view(context, builder, MATRIX, source, builder.mul(start, m), [n, m])

    return MATRIX(MATRIX, int64, int64), code


VIEWS = ((arrays.matrix, _matrix), (arrays.vector, _vector), (arrays.rows, _rows))
