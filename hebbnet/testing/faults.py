"""One check for each way to be wrong. A check raises the fault, or gives a reason why it does not apply, or None."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ..engine.checks import InputError
from ..engine.kernel import jit_available
from ..learning.rules.own import OwnRule
from .bench import CLOSE, Bench, Layer, RuleFault, differ, multiple, worst

SIGN_ROWS = 400
UPHILL = -0.2  # cosine to downhill: a rule that has no side stays above it over SIGN_ROWS rows


def _shape(bench: Bench) -> None:
    rule, layer = bench.rule, bench.layer("shape")
    try:
        if isinstance(rule, OwnRule) and rule.kind == "rule":
            found = np.shape(rule(layer.W.copy(), *(part.copy() for part in (layer.pre, layer.post, layer.signal))))
            if found != layer.W.shape:
                hint = "; it is transposed" if found == layer.W.shape[::-1] else ""
                bench.fault("wrong shape", f"its change has shape {found}, expected that of W, {layer.W.shape}, which "
                            f"is (n_in, n_out){hint}; Hebb's product is hb.dot(pre.T, post) / len(pre)")
        if isinstance(rule, OwnRule) and rule.kind == "synapse":
            result = rule(0.5, 0.25, 0.75, -0.5)
            if not isinstance(result, (bool, int, float, np.number)):
                bench.fault("wrong shape", f"for one synapse it returns {result!r}, expected one number; "
                            "end the function in `return` and the change of w")
        bench.change(layer)
    except RuleFault:
        raise
    except Exception as error:
        of_shape = isinstance(error, ValueError) and re.search("shape|broadcast|mismatch", str(error))
        bench.fault("wrong shape" if of_shape else "it does not run", f"{type(error).__name__}: {error} (with W "
                    f"{layer.W.shape}, pre {layer.pre.shape}, post and signal {layer.post.shape}); expected a change "
                    "of the shape of W", error)


def _memory(bench: Bench) -> None:
    layer = bench.layer("memory")
    first = bench.change(layer)
    bench.change(bench.layer("something else"))
    for again in (bench.change(layer), bench.change(layer)):
        if differ(again, first, 1e-12):
            where, now, then = worst(again, first)
            bench.fault("state leak", f"the same inputs changed {where} by {then:.6g}, and in a later call by "
                        f"{now:.6g}; expected the same change each time: something outside of the function "
                        "(a list, an array, a random draw) is remembered from call to call; use its arguments alone, "
                        "or, in a Rule, `state` with a state_size")


def _finite(bench: Bench) -> None:
    layer = bench.layer("finite")
    zero, one = (Layer(*(np.full_like(part, value) for part in layer)) for value in (0.0, 1.0))
    hard = {"zeros everywhere": zero, "zero inputs and potentials": zero._replace(W=layer.W),
            "zero weights": layer._replace(W=zero.W), "ones everywhere": one, "a single row": layer.rows([0]),
            "numbers in the thousands": Layer(*(1e3 * part for part in layer)),
            "negative numbers": Layer(*(-np.abs(part) for part in layer))}
    guard = "expected a finite number; guard the division, root, logarithm or power, e.g. / (1e-12 + x)"
    for name, case in hard.items():
        try:
            dW = bench.change(case)
        except RuleFault:
            raise
        except Exception as error:
            bench.fault("not finite", f"for {name} it stops with {type(error).__name__}: {error} (NaN or infinity once "
                        f"compiled), {guard}", error)
        if not np.isfinite(dW).all():
            i, j = np.argwhere(~np.isfinite(dW))[0]
            bench.fault("not finite", f"for {name} W[{i}, {j}] changes by {dW[i, j]} (NaN or infinity), "
                        f"{guard}")


def _zero(bench: Bench) -> None:
    layer = bench.layer("zero")
    dW = bench.change(layer._replace(W=np.zeros_like(layer.W), pre=np.zeros_like(layer.pre)))
    if differ(dW, np.zeros_like(dW), 1e-12):
        where, found, _ = worst(dW, np.zeros_like(dW))
        bench.fault("something from nothing", f"with pre = 0 and W = 0, {where} changes by {found:.6g}, expected 0: "
                    "what was silent cannot have learned; is a factor pre, or w in the decay, missing?")


def _locality(bench: Bench) -> None:
    layer, honest = bench.layer("locality"), bench.change(bench.layer("locality"))
    scrambled = Layer(*(10.0 * part for part in bench.layer("scrambled")))
    for i, j in np.ndindex(*honest.shape):
        own = {"W": (i, j), "pre": (slice(None), i)}
        for name in Layer._fields:
            kept, others = own.get(name, (slice(None), j)), getattr(scrambled, name).copy()
            others[kept] = getattr(layer, name)[kept]
            moved = bench.change(layer._replace(**{name: others}))[i, j]
            if not abs(moved - honest[i, j]) <= CLOSE * (1.0 + np.abs(honest).max()):
                whose = {"W": "weights", "pre": "inputs"}.get(name, "neurons")
                bench.fault("not local", f"the change of W[{i}, {j}] went from {honest[i, j]:.6g} to {moved:.6g} when "
                            f"only the {name} of other {whose} was scrambled; a synapse sees its own w, pre, post "
                            "and signal: leave out the sum or mean over its neighbours, or say "
                            "check_rule(..., local=False)")


def _order(bench: Bench) -> None:
    layer = bench.layer("order")
    change, n = bench.change(layer), bench.batch
    for order in (np.roll(np.arange(n), 1), np.r_[1, 0, 2:n]):
        again = bench.change(layer.rows(order))
        if differ(again, change):
            where, other, first = worst(again, change)
            bench.fault("batch order", f"the change depends on the order of the rows: {where} changes by {first:.6g}, "
                        f"and by {other:.6g} for the same rows as {order.tolist()}; expected the same: treat all "
                        "rows alike, and look at no row by its number")


def _mean(bench: Bench) -> None:
    layer = bench.layer("mean")
    change, mean = bench.change(layer), np.mean([bench.change(row) for row in layer.singly()], axis=0)
    if not differ(change, mean):
        return
    factor, n = multiple(change, mean), bench.batch
    if factor is not None and abs(factor - n) < CLOSE * n:
        bench.fault("sum for mean", f"the change of a batch of {n} rows is {n} times the mean of its samples' changes: "
                    "it is their sum, expected their mean; divide by len(pre)")
    where, found, expected = worst(change, mean)
    times = "" if factor is None else f" ({factor:.6g} times)"
    bench.fault("not the mean", f"a batch of {n} rows changes {where} by {found:.6g}, its samples one by one by "
                f"{expected:.6g} in the mean{times}; expected the same: average over the rows once, at the end, or say "
                "check_rule(..., skip=['mean'])")


def _sign(bench: Bench) -> str | None:
    if not bench.rule.uses_signal:
        return "the rule reads no signal, so nothing says which way is downhill"
    layer = bench.layer("sign", SIGN_ROWS)
    pre, W = np.abs(layer.pre), 0.1 * np.abs(layer.W)  # activities above 0, for rules with a factor post
    z = pre @ W
    layer = Layer(W, pre, z, z, layer.signal)  # signal = target - z: minus the slope of a squared error
    changes = np.array([bench.change(row) for row in layer.singly()])
    downhill = pre[:, :, None] * layer.signal[:, None, :]
    lengths = np.linalg.norm(changes) * np.linalg.norm(downhill)
    cosine = float(np.sum(changes * downhill)) / lengths if lengths else 0.0
    if cosine < UPHILL:
        bench.fault("wrong sign", "a small step along its change makes the squared error of a linear layer larger, "
                    f"expected smaller (cosine to downhill {cosine:.2f}); a signal points downhill already, -dL/dz, "
                    "and the change is ADDED: drop the minus")
    return None


def _scale(bench: Bench) -> str | None:
    what = "signal" if bench.rule.uses_signal else "post"
    factor = _factor(bench, what)
    if factor is None:
        return f"its change is no fixed multiple of pre times {what}"
    wider = _factor(Bench(bench.rule, 2 * bench.n_in + 1, 3 * bench.n_out + 1, bench.seed), what)
    fixed = wider is not None and abs(wider - factor) < CLOSE * abs(factor)
    if abs(factor - 1.0) > CLOSE and (bench.rule.uses_signal or not fixed):
        n, m = float(bench.n_in), float(bench.n_out)
        sizes = {"n_in": n, "n_out": m, "(n_in n_out)": n * m}
        sizes |= {f"1 / {name}": 1.0 / size for name, size in sizes.items()}
        culprits = [name for name, size in sizes.items() if abs(factor / size - 1.0) < CLOSE and not fixed]
        culprit = f", which is {culprits[0]}" if culprits else ""
        bench.fault("wrong scale", f"where W = 0 its change is {factor:.6g} times pre {what}{culprit}; expected 1 "
                    "times: the mean is over the rows alone, and the size of a step belongs in the learner's rate=")
    return None


def _factor(bench: Bench, what: str) -> float | None:
    """c, where the change at W = 0 is c pre_i signal_j (or post_j) for every single row, the same c for all."""
    layer = bench.layer("scale")._replace(W=np.zeros((bench.n_in, bench.n_out)))
    factors = [multiple(bench.change(row), np.outer(row.pre, getattr(row, what))) for row in layer.singly()]
    known = [c for c in factors if c is not None]
    return known[0] if len(known) == len(factors) and np.ptp(known) < CLOSE * abs(known[0]) else None


def _compiled(bench: Bench) -> str | None:
    if not jit_available():
        return "there is no compiler here"
    try:
        kernel = bench.rule.kernel.compiled
    except InputError as error:
        bench.fault("cannot be compiled", str(error), error)
    memories = bench.memory(), bench.memory()
    for update, name in enumerate(("first", "second", "third"), 1):
        layer = bench.layer(f"compiled {name}", batch=1 if update == 2 else None)
        plain, fast = bench.change(layer, memories[0]), bench.change(layer, memories[1], kernel)
        if differ(fast, plain, 1e-12):
            where, compiled, expected = worst(fast, plain)
            bench.fault("compiled differs", f"at the {name} update machine code changes {where} by {compiled:.17g}, "
                        f"Python by {expected:.17g}; expected the same to 1e-12: does it read a global that has "
                        "changed since, which compiled code keeps as it was?")
    return None


CHECKS: dict[str, Callable[[Bench], str | None]] = {
    "shape": _shape, "memory": _memory, "finite": _finite, "zero": _zero, "locality": _locality, "order": _order,
    "mean": _mean, "sign": _sign, "scale": _scale, "compiled": _compiled,
}
