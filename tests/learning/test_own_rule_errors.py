"""A rule that cannot be used is refused in one sentence, with the student's own line and a way on."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from learning_helpers import data, network
from test_learner import same

import hebbnet as hb

OFFER = r"simplify it, or run it slowly as plain Python with Learner\(\.\.\., compiled=False\)"


def build(rule: object, **how: object) -> hb.Learner:
    return hb.Learner(network("tanh", "softmax", 2), rule=rule, rate=0.01, **how)


@hb.synapse
def looks_up(w, pre, post, signal):
    table = {"a": w, "b": pre}
    chosen = max(table, key=lambda name: table[name])
    return table[chosen]


@hb.synapse
def mixes_kinds(w, pre, post, signal):
    x = pre * post
    return str(x)


@hb.synapse
def forgets_to_return(w, pre, post, signal):
    pre * post


@hb.synapse
def misspells(w, pre, post, signal):
    return prr * post  # noqa: F821


@pytest.mark.compiler
@pytest.mark.parametrize(("rule", "line"), [
    (mixes_kinds, r"line \d+ \(`return str\(x\)`\): No conversion"),
    (forgets_to_return, r"line \d+ \(`pre \* post`\): No conversion from none to float64"),
    (looks_up, "Numba cannot compile"),
    (misspells, "it: NameError: name 'prr' is not defined"),
], ids=lambda part: getattr(part, "name", ""))
def test_what_cannot_be_compiled_is_refused_when_the_learner_is_built(rule, line):
    with pytest.raises(hb.InputError, match=rf"@hb\.synapse {rule.name}: .*{line}.*{OFFER}") as refused:
        build(rule)
    assert "\n" not in str(refused.value)


def test_the_way_on_is_one():
    X, _ = data("softmax", 5)
    learner = build(looks_up, compiled=False)
    before = learner.network.theta.copy()
    learner.learn(X)
    assert not np.array_equal(learner.network.theta, before) and np.all(np.isfinite(learner.network.theta))


@pytest.mark.compiler
def test_the_line_is_found_without_a_source_file():
    scope: dict = {"hb": hb}
    exec("\n\n@hb.synapse\ndef f(w, pre, post, signal):\n    x = w\n    return str(x)\n", scope)
    with pytest.raises(hb.InputError, match=r"f: Numba cannot compile its line 6: No conversion"):
        build(scope["f"])


@pytest.mark.compiler
def test_a_product_by_at_is_told_of_dot(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.linalg.cython_blas", None)  # whether or not SciPy happens to be here

    @hb.rule
    def covariance(W, pre, post, signal):
        return np.ascontiguousarray(pre.T) @ post

    with pytest.raises(hb.InputError, match=r"@hb\.rule covariance: .*write hb\.dot\(A, B\)") as refused:
        build(covariance)
    assert "\n" not in str(refused.value)


def test_the_four_arguments():
    with pytest.raises(hb.InputError, match=r"f: expected a function of \(w, pre, post, signal\), got \(w, pre\)"):
        @hb.synapse
        def f(w, pre):
            return w

    for strange in (lambda *all: 0.0, lambda w, pre, *post, signal: 0.0, lambda w, pre, post, *, signal: 0.0,
                    lambda w, pre, post, signal, rate: 0.0):
        with pytest.raises(hb.InputError, match=r"@hb\.rule <lambda>: expected a function of \(W, pre, post, signal\)"):
            hb.rule(strange)
    for strange in (3, "oja", None, hb.Oja(), max):
        with pytest.raises(hb.InputError, match=r"expected a Python function \(def \.\.\.\), got"):
            hb.synapse(strange)


@hb.rule
def wrong_shape(W, pre, post, signal):
    return hb.dot(W.T, W)


@hb.rule
def one_number(W, pre, post, signal):
    return 1.0


@pytest.mark.parametrize("compiled", [None, False])
def test_a_change_of_another_shape(compiled):
    learner = build([hb.Oja(), wrong_shape], compiled=compiled)
    twin = learner.copy()
    with pytest.raises(hb.InputError, match=r"wrong_shape: expected a change of the shape of W, \(n_in, n_out\)"):
        learner.learn(data("softmax", 3)[0])
    assert np.array_equal(learner.network.theta, twin.network.theta)


def test_a_change_without_shape():
    with pytest.raises(hb.InputError, match=r"@hb\.rule one_number"):
        build(one_number).learn(data("softmax", 3)[0])
    with pytest.raises(hb.InputError, match=r"@hb\.rule one_number"):
        build(one_number, compiled=False).learn(data("softmax", 3)[0])


def test_a_refused_rule_leaves_other_learners_alone():
    good = build(hb.Oja())
    twin = good.copy()
    with pytest.raises(hb.InputError):
        build("nothing")
    X, _ = data("softmax", 5)
    assert np.array_equal(good.learn(X), twin.learn(X)) and same(good, twin)
