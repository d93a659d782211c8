"""A rule of one's own, for one synapse or for whole arrays, computes what its built-in twin computes."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from learning_helpers import data, network
from test_three_executions import assert_three_agree

import hebbnet as hb
from hebbnet.learning.rules.own import OwnRule


@hb.synapse
def gradient(w, pre, post, signal):
    return pre * signal


@hb.rule
def whole_gradient(W, pre, post, signal):
    return hb.dot(pre.T, signal) / len(pre)


@hb.synapse
def oja(w, pre, post, signal):
    return post * (pre - post * w)


@hb.rule
def whole_oja(W, pre, post, signal):
    return hb.dot(pre.T, post) / len(pre) - np.sum(post * post, axis=0) / len(pre) * W


TWINS = [(gradient, hb.Gradient()), (whole_gradient, hb.Gradient()), (oja, hb.Oja()), (whole_oja, hb.Oja())]


@pytest.mark.parametrize(("own", "built_in"), TWINS, ids=lambda rule: rule.name)
@pytest.mark.parametrize("compiled", [None, False])
@pytest.mark.parametrize("batch", [1, 7])
def test_twins_of_the_built_in_rules(own, built_in, batch, compiled):
    net = network("tanh", "softmax", 2)
    X, y = data("softmax", 21)
    y = y if built_in.uses_signal else None
    learner = hb.Learner(net, rule=built_in, optimizer=hb.SGD(), rate=0.1)
    for start in range(0, 21, batch):
        rows = slice(start, start + batch)
        twin = hb.Learner(learner.network, rule=own, optimizer=hb.SGD(), rate=0.1, compiled=compiled)
        twin._memory.scaler[:] = learner._memory.scaler
        learner.learn(X[rows], None if y is None else y[rows], batch_size=batch)
        twin.learn(X[rows], None if y is None else y[rows], batch_size=batch)
        assert np.allclose(twin.network.theta, learner.network.theta, rtol=1e-12, atol=1e-12)


@pytest.mark.compiler
@pytest.mark.parametrize(("own", "built_in"), TWINS, ids=lambda rule: rule.name)
def test_three_executions_agree(own, built_in, monkeypatch):
    X, y = data("softmax", 15)
    learner = hb.Learner(network("tanh", "softmax", 2), rule=own, optimizer=hb.RMSprop(), rate=0.01)
    y = y if own.uses_signal else None
    learner.learn(X[:1], None if y is None else y[:1])
    assert_three_agree(learner, X[1:], None if y is None else y[1:], 7, monkeypatch)


def learned(rule: object, *, compiled: bool | None = None) -> np.ndarray:
    """The weights after ten samples of this rule."""
    X, y = data("softmax", 10)
    learner = hb.Learner(network("tanh", "softmax", 2), rule=rule, rate=0.01, compiled=compiled)
    learner.learn(X, y if learner.recipe.needs_labels else None)
    return learner.network.theta


def test_a_rule_without_a_source_file():
    scope: dict = {"hb": hb}
    exec("@hb.synapse\ndef fresh(w, pre, post, signal):\n    return post * (pre - post * w)\n", scope)
    assert np.allclose(learned(scope["fresh"]), learned(hb.Oja()), rtol=1e-12, atol=1e-12)


def test_a_rule_made_in_a_function():
    def with_decay(decay):
        @hb.synapse
        def local(w, pre, post, signal):
            return pre * post - decay * w

        return local

    for decay in (0.0, 0.5):
        assert np.allclose(learned(with_decay(decay)), learned(hb.Hebb(decay)), rtol=1e-12, atol=1e-12)


def test_a_lambda_is_a_function():
    assert np.allclose(learned(hb.synapse(lambda w, pre, post, signal: pre * post)), learned(hb.Hebb()), rtol=1e-12)


@hb.synapse
def branching(w, pre, post, signal):
    fires = post > 0
    steps = 0
    for k in range(3):
        if fires and k < 2:
            steps += 1
    if abs(w) > 2:
        return -1
    return steps * pre if fires else False


def test_whole_numbers_truths_and_branches():
    assert (branching(0.0, 3.0, 1.0, 0.0), branching(0.0, 3.0, -1.0, 0.0), branching(5.0, 1, 1, 1)) == (6.0, 0.0, -1)
    assert np.allclose(learned(branching), learned(branching, compiled=False), rtol=1e-12, atol=1e-12)


@hb.rule
def counting(W, pre, post, signal):
    return np.sign(pre[0])[:, None] * np.ones_like(W)


def test_a_rule_on_arrays_of_any_layout():
    assert np.allclose(learned(counting), learned(counting, compiled=False), rtol=1e-12, atol=1e-12)

    @hb.rule
    def turned(W, pre, post, signal):
        return hb.dot(post.T, pre).T

    assert np.allclose(learned(turned), learned(hb.Hebb()), rtol=1e-12, atol=1e-12)


FACTOR = 1.0


def test_a_rule_defined_again_takes_the_new_value():
    scope: dict = {"hb": hb, "FACTOR": 1.0}
    code = "@hb.synapse\ndef scaled(w, pre, post, signal):\n    return FACTOR * pre * post\n"
    exec(code, scope)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        once = learned(scope["scaled"])
    scope["FACTOR"] = 2.0
    exec(code, scope)  # the notebook cell is run again
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        twice = learned(scope["scaled"])
    assert np.allclose(once, learned(hb.Hebb())) and not np.allclose(once, twice)


@pytest.mark.compiler
def test_a_global_number_warns_once():
    @hb.synapse
    def scaled(w, pre, post, signal):
        return FACTOR * pre * post

    with pytest.warns(RuntimeWarning, match=r"@hb.synapse scaled reads the global FACTOR: the compiled rule keeps"):
        learned(scaled)
    learned(scaled)  # and no more
    learned(hb.synapse(scaled.function), compiled=False)  # plain Python keeps nothing


# ---------------------------------------------------------------- what it asks for


def test_a_synapse_that_reads_the_signal_gets_it():
    learner = hb.Learner(network("tanh", "softmax", 2), rule=gradient, compiled=False)
    assert learner.recipe.credit.name == "Backprop" and learner.recipe.needs_labels
    assert hb.Learner(network("tanh", "softmax", 2), rule=oja, compiled=False).recipe.credit.name == "Unsupervised"


READS = {
    "return pre * signal": True,
    "x = signal\n    return x": True,
    "x = pre\n    return signal + x": True,
    "return signal if post > 0 else w": True,
    "x = pre; y = signal\n    return x * y": True,
    "f = lambda: signal\n    return f()": True,
    "return sum([signal for k in range(2)])": True,
    "signal += 1.0\n    return pre": True,
    "return pre * post": False,
    "signal = pre\n    return post": False,
    "del signal\n    return pre": False,
    "'''signal'''\n    return pre.signal": False,
    "return pre if 'signal' else post": False,
}


@pytest.mark.parametrize("body", READS)
def test_whether_a_function_reads_its_signal(body):
    scope: dict = {"hb": hb}
    exec(f"@hb.synapse\ndef f(w, pre, post, signal):\n    {body}\n", scope)
    assert scope["f"].uses_signal == READS[body]


@pytest.mark.parametrize(("opname", "argval", "reads"), [
    ("LOAD_FAST", "signal", True),
    ("LOAD_FAST_BORROW", "signal", True),  # 3.14
    ("LOAD_FAST_CHECK", "signal", True),
    ("LOAD_DEREF", "signal", True),
    ("LOAD_CLOSURE", "signal", True),
    ("LOAD_FAST_LOAD_FAST", ("pre", "signal"), True),  # 3.13
    ("LOAD_FAST_BORROW_LOAD_FAST_BORROW", ("signal", "pre"), True),  # 3.14
    ("STORE_FAST_LOAD_FAST", ("x", "signal"), True),
    ("STORE_FAST_LOAD_FAST", ("signal", "x"), False),
    ("STORE_FAST_STORE_FAST", ("signal", "x"), False),
    ("STORE_FAST", "signal", False),
    ("DELETE_FAST", "signal", False),
    ("LOAD_ATTR", "signal", False),
    ("LOAD_GLOBAL", "signal", False),
    ("LOAD_CONST", "signal", False),
])
def test_bytecode_of_every_python(opname, argval, reads):
    from types import SimpleNamespace

    from hebbnet.learning.rules.own import _names_read

    assert ("signal" in _names_read(SimpleNamespace(opname=opname, argval=argval))) == reads


def test_where_nothing_can_be_compiled_the_compiled_rule_is_the_plain_one(monkeypatch):
    monkeypatch.setattr("hebbnet.learning.rules.own.jit_available", lambda: False)
    kernel = OwnRule(oja.function, "synapse").kernel
    assert kernel.compiled is kernel.plain


def test_the_kernel_of_an_own_rule_travels_as_the_rule():
    kernel = pickle.loads(pickle.dumps(oja.kernel))
    assert kernel.own == oja and kernel.signature == oja.kernel.signature
