"""One source, two executions; compiled once, for one signature; names travel between processes, code does not."""

from __future__ import annotations

import copy
import pickle
import sys

import numpy as np
import pytest
from engine_helpers import run

import hebbnet as hb
from hebbnet.engine import kernel as kernel_module
from hebbnet.engine import loop
from hebbnet.engine.kernel import Kernel, kernel
from hebbnet.learning import credit, optimizers, signals
from hebbnet.learning.rules import basic, components
from hebbnet.network import activations


@kernel("x V, out V -> f")
def double(x, out):
    """Twice x."""
    for i in range(len(x)):
        out[i] = 2.0 * x[i]
    return out[0]


@kernel("x V, out V -> f")
def fourfold(x, out):
    double(x, out)
    return double(out, out)


def all_kernels() -> list[Kernel]:
    homes = (loop, credit, optimizers, signals, basic, components, activations)
    return [value for home in homes for value in vars(home).values() if isinstance(value, Kernel)]


@pytest.mark.parametrize("way", ["plain", "compiled"])
def test_both_ways_compute_the_same_and_call_each_other(way):
    out = np.zeros(2)
    assert getattr(fourfold, way)(np.array([1.0, 3.0]), out) == 4.0 and np.array_equal(out, [4.0, 12.0])


def test_calling_a_kernel_runs_plain():
    class Counting(list):
        pass

    assert double(Counting([1.0]), Counting([0.0])) == 2.0  # no compiled function would take that
    assert double.__doc__ == "Twice x." and repr(double) == "<kernel double(x V, out V -> f)>"


def test_kernels_travel_by_name():
    assert pickle.loads(pickle.dumps(double)) is double and copy.deepcopy(double) is double
    assert pickle.loads(pickle.dumps(loop.learn)) is loop.learn


def test_only_the_package_is_kept_on_disk():
    assert loop.learn.cache and not double.cache


@pytest.mark.compiler
def test_every_kernel_has_one_signature_whatever_it_was_given():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), rng.integers(2, size=30)
    frozen = X.copy()
    frozen.flags.writeable = False
    learner = hb.Learner(hb.Network(3, [hb.Dense(4), hb.Dense(2, "softmax")], rng=0), compiled=True)
    for given in (X, X[::2], np.asfortranarray(X), X.astype(np.float32), frozen, X[:1], X[:0], X.tolist()):
        learner.predict(given)
        if len(given):
            learner.learn(given, y[: len(given)])
            learner.learn(given, y[: len(given)].tolist(), batch_size=7)
            learner.learn_late(given, given, y[: len(given)].astype(np.int8))
    assert len(loop.learn.compiled.signatures) == 1 and len(loop.predict.compiled.signatures) == 1
    for each in all_kernels():
        assert len(each.compiled.signatures) == 1, each


@pytest.mark.compiler
@pytest.mark.parametrize("which", [loop.notice, double], ids=lambda each: each.__name__)
def test_another_type_is_a_mistake_and_not_a_reason_to_compile(which):
    with pytest.raises(TypeError, match=r"No matching definition|no matching definition"):
        which.compiled(np.zeros((2, 2), np.float32), np.zeros(5, np.float32))
    assert len(which.compiled.signatures) == 1


@pytest.mark.long
@pytest.mark.compiler
def test_any_chapter_may_be_compiled_first():
    """Numba learns of the engine's pointers even where a kernel of another chapter was compiled before."""
    code = """
from hebbnet.engine.kernel import kernel
@kernel("x V -> f")
def first(x): return x[0]
first.compiled
import hebbnet as hb
print(hb.Learner(hb.Network(1, [hb.Dense(1, "identity", init="zero")], rng=0)).predict([[1.0]]))
"""
    assert run(code, HEBBNET_CACHE="0").stdout.strip() == "[0.]"


@pytest.mark.compiler
def test_addresses_stay():
    where = activations.relu.address
    assert where != 0 and activations.relu.address == where != activations.tanh.address


@pytest.mark.compiler
@pytest.mark.parametrize("maker", [lambda x: np.empty(len(x))[0], lambda x: (x + x)[0]], ids=["empty", "a sum"])
def test_a_kernel_that_makes_an_array_and_does_not_say_so_is_refused(maker):
    """Nobody would ever free it."""
    Kernel(maker, "x V -> f", cache=False, arrays=True).compiled(np.zeros(1))
    with pytest.raises(Exception, match="array"):
        Kernel(maker, "x V -> f", cache=False, arrays=False).compiled(np.zeros(1))


@pytest.mark.compiler
def test_a_kernel_that_makes_no_arrays_leaves_the_counts_of_those_it_is_given_alone():
    makes_none = Kernel(lambda x, out: double(x, out), "x V, out V -> f", cache=False, arrays=False).compiled
    x, out = np.ones(3), np.zeros(3)
    before = sys.getrefcount(x), sys.getrefcount(out)
    for _ in range(100):
        makes_none(x, out)
    assert (sys.getrefcount(x), sys.getrefcount(out)) == before and out.tolist() == [2.0, 2.0, 2.0]


def test_what_is_wrong_in_a_kernel_is_said(monkeypatch):
    broken = Kernel(lambda x: x.nothing, "x V -> f")
    if kernel_module.jit_available():
        with pytest.raises(Exception, match="nothing"):
            broken.compiled(np.zeros(1))
