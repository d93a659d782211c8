"""A rule of one's own: `@synapse` says what one synapse does, `@rule` works on whole arrays. Both run compiled."""

from __future__ import annotations

import dis
import inspect
import linecache
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ...engine.checks import InputError
from ...engine.kernel import RULE, Kernel, jit_available
from .base import Rule

Function = Callable[..., Any]


def synapse(function: Function) -> OwnRule:
    """A rule from what ONE synapse does with what it can see.

    Parameters
    ----------
    function : (w, pre, post, signal) -> change
        Four numbers in, the change to ADD to w out; the batch's mean is taken by the engine. A rule that reads its
        fourth argument is told a signal; one that does not is unsupervised.

    Returns
    -------
    OwnRule
        To be given to `Learner(network, rule=...)`. It can still be called like the function.

    Examples
    --------
    >>> import hebbnet as hb
    >>> @hb.synapse
    ... def oja(w, pre, post, signal):
    ...     return post * (pre - post * w)
    >>> oja(0.5, 1.0, 2.0, 0.0)
    0.0
    >>> oja.uses_signal
    False
    """
    return OwnRule(function, "synapse")


def rule(function: Function) -> OwnRule:
    """A rule on whole arrays, for what is not local: the change dW of a layer from everything the layer sees.

    Parameters
    ----------
    function : (W, pre, post, signal) -> dW
        W and dW (n_in, n_out), pre (batch, n_in), post and signal (batch, n_out). dW is what is ADDED, averaged over
        the batch by the function itself. NumPy inside; `hb.dot(A, B)` in place of `A @ B`.

    Returns
    -------
    OwnRule

    Examples
    --------
    >>> import hebbnet as hb
    >>> @hb.rule
    ... def subspace(W, pre, post, signal):
    ...     return hb.dot(pre.T - hb.dot(W, post.T), post) / len(pre)
    >>> subspace.name
    'subspace'
    """
    return OwnRule(function, "rule")


@dataclass(frozen=True)
class OwnRule(Rule):
    """A rule written by a user: one function, for one synapse or for whole arrays."""

    function: Function
    kind: str

    public = False  # a decorator makes it
    trusts_step = True  # whoever writes a rule may choose any optimizer; the default is the plain step

    def __post_init__(self) -> None:
        if not inspect.isfunction(self.function):
            raise InputError(f"@hb.{self.kind}: expected a Python function (def ...), got {self.function!r}")
        given = inspect.signature(self.function)
        wanted = "(w, pre, post, signal)" if self.kind == "synapse" else "(W, pre, post, signal)"
        if [p.kind for p in given.parameters.values()] != [inspect.Parameter.POSITIONAL_OR_KEYWORD] * 4:
            raise InputError(f"@hb.{self.kind} {self.name}: expected a function of {wanted}, got "
                             f"({', '.join(map(str, given.parameters.values()))})")
        # The function's name now means the rule; a pickle finds the function itself by this path.
        if not self.function.__qualname__.endswith(".function"):
            self.function.__qualname__ += ".function"

    def __reduce__(self) -> tuple[Any, ...]:  # compiled code stays in its process
        return OwnRule, (self.function, self.kind)

    def __call__(self, *arguments: Any) -> Any:
        """Call the function as it was written."""
        return self.function(*arguments)

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.function.__name__

    @property
    def numbers(self) -> tuple[float, ...]:
        """None: what it needs stands in the function."""
        return ()

    def to_json(self) -> dict[str, Any]:
        """The name alone: code is not stored, and has to be given again when a learner is loaded."""
        return {"name": "OwnRule", "function": self.name, "kind": self.kind}

    @cached_property
    def uses_signal(self) -> bool:  # type: ignore[override]
        """Whether the function reads its fourth argument."""
        signal = self.function.__code__.co_varnames[3]
        return any(signal in _names_read(instruction) for instruction in dis.get_instructions(self.function))

    @cached_property
    def kernel(self) -> OwnKernel:  # type: ignore[override]
        """The function as the engine wants it."""
        return OwnKernel(self)

    def mixed(self) -> Any:
        """Compiled: nothing is known of it that BLAS could do better."""
        return self.kernel.compiled


def _names_read(instruction: dis.Instruction) -> list[Any]:
    """The local names that a bytecode instruction reads; from Python 3.13 on, one may do the work of two."""
    if not any(kind in instruction.opname for kind in ("FAST", "DEREF", "CLOSURE")):
        return []  # globals, attributes and constants are other things of the same name
    names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
    deeds = re.findall("LOAD|STORE|DELETE", instruction.opname)  # e.g. STORE_FAST_LOAD_FAST of ("x", "signal")
    return [name for deed, name in zip(deeds, names, strict=False) if deed == "LOAD"]


class OwnKernel(Kernel):
    """A user's rule with the signature of all rules. It never enters the disk cache: its notebook may change."""

    def __init__(self, own: OwnRule) -> None:
        super().__init__(_plain_synapse(own.function) if own.kind == "synapse" else _plain_rule(own), RULE, cache=False)
        self.own, self.__name__ = own, own.name

    def __reduce__(self) -> tuple[Any, ...]:
        return OwnKernel, (self.own,)

    @property
    def compiled(self) -> Function:
        """The compiled function; a rule that Numba cannot compile is refused with the line it stumbled on."""
        if self._compiled is None and jit_available():
            _warn_of_globals(self.own)
            self._compiled = _compile(self.own)
        return self._compiled or self.plain


def _plain_synapse(function: Function) -> Function:
    each_synapse = np.vectorize(function, otypes=[np.float64])  # one call a synapse: slow, and easy to step through

    def plain(W, pre, z, post, signal, hyper, state, dW):  # type: ignore[no-untyped-def]
        dW[:] = each_synapse(W, pre[:, :, None], post[:, None, :], signal[:, None, :]).mean(axis=0)

    return plain


def _plain_rule(own: OwnRule) -> Function:
    def plain(W, pre, z, post, signal, hyper, state, dW):  # type: ignore[no-untyped-def]
        change = np.asarray(own.function(W, pre, post, signal))
        if change.shape != W.shape:
            raise InputError(_wrong_shape(own))
        dW[:] = change

    return plain


def _wrong_shape(own: OwnRule) -> str:
    return f"@hb.rule {own.name}: expected a change of the shape of W, (n_in, n_out), and it returned another shape"


def _compile(own: OwnRule) -> Function:
    import numba

    from ...engine.compiled import OPTIONS, signature_of

    try:
        if own.kind == "synapse":
            one = numba.njit("float64(float64, float64, float64, float64)", **OPTIONS)(own.function)
            return numba.njit(signature_of(RULE), **OPTIONS)(_loop_over_synapses(one))  # type: ignore[no-any-return]
        whole = numba.njit(**OPTIONS)(own.function)
        return numba.njit(signature_of(RULE), **OPTIONS)(_copy_whole(whole, _wrong_shape(own)))  # type: ignore[no-any-return]
    except Exception as error:
        raise InputError(_what_went_wrong(own, error)) from None


def _loop_over_synapses(one: Function) -> Function:
    def change(W, pre, z, post, signal, hyper, state, dW):  # type: ignore[no-untyped-def]
        (batch, n), m = pre.shape, post.shape[1]
        share = 1.0 / batch
        for i in range(n):  # the first sample writes, the others add
            for j in range(m):
                dW[i, j] = share * one(W[i, j], pre[0, i], post[0, j], signal[0, j])
        for r in range(1, batch):
            for i in range(n):
                for j in range(m):
                    dW[i, j] += share * one(W[i, j], pre[r, i], post[r, j], signal[r, j])

    return change


def _copy_whole(whole: Function, complaint: str) -> Function:
    def change(W, pre, z, post, signal, hyper, state, dW):  # type: ignore[no-untyped-def]
        result = whole(W, pre, post, signal)
        if result.shape[0] != W.shape[0] or result.shape[1] != W.shape[1]:
            raise InputError(complaint)
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                dW[i, j] = result[i, j]

    return change


def _what_went_wrong(own: OwnRule, error: Exception) -> str:
    """One sentence with the student's own line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = next((line for line in lines if not line.startswith("Failed in")), type(error).__name__)
    reason = reason.removesuffix(", defined at None").rstrip(".:")
    if "scipy" in str(error).lower():
        reason = "A @ B would need SciPy: write hb.dot(A, B)"
    code = own.function.__code__
    own_lines = {line for _, _, line in code.co_lines() if line}
    named = re.findall(rf'{re.escape(Path(code.co_filename).name)}", line (\d+)', str(error))
    number = next((int(line) for line in named if int(line) in own_lines), None)
    source = linecache.getline(code.co_filename, number).strip() if number else ""
    where = "it" if number is None else f"line {number} (`{source}`)" if source else f"its line {number}"
    return (f"@hb.{own.kind} {own.name}: Numba cannot compile {where}: {reason}; "
            "simplify it, or run it slowly as plain Python with Learner(..., compiled=False)")


def _warn_of_globals(own: OwnRule) -> None:
    """Compiled code keeps a global as it was: say so once, when the rule is compiled."""
    code, scope = own.function.__code__, own.function.__globals__
    frozen = [name for name in code.co_names if isinstance(scope.get(name), (int, float, np.number, np.ndarray))]
    if frozen:
        warnings.warn(f"@hb.{own.kind} {own.name} reads the global {', '.join(frozen)}: the compiled rule keeps the "
                      "value of now; define the rule again after a change", RuntimeWarning, stacklevel=2)
