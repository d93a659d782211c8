"""Signs and reductions: what is added lowers the loss, and a batch counts as the mean of its samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning_helpers import data, mean_loss, network

import hebbnet as hb


@hb.synapse
def product(w, pre, post, signal):
    return pre * post * signal - 0.1 * w


RULES = [hb.Gradient(), hb.Hebb(), hb.Hebb(0.3), hb.Oja(), product]


def change(rule: hb.rules.Rule, W: np.ndarray, pre: np.ndarray, post: np.ndarray, signal: np.ndarray) -> np.ndarray:
    """What a rule gives for one layer."""
    hyper = np.zeros(4)
    hyper[: len(rule.numbers)] = rule.numbers
    dW = np.full(W.shape, np.nan)
    rule.kernel.plain(W, pre, post, post, signal, hyper, np.zeros(rule.state_size(*W.shape)), dW)
    return dW


def layer(seed: int, batch: int) -> tuple[np.ndarray, ...]:
    """Random W (4, 3), pre, post, signal."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(4, 3)), rng.normal(size=(batch, 4)), *rng.normal(size=(2, batch, 3))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 9))
def test_a_batch_changes_by_the_mean_of_its_samples(rule, seed, batch):
    W, *sides = layer(seed, batch)
    samples = [change(rule, W, *(side[r : r + 1] for side in sides)) for r in range(batch)]
    assert np.allclose(change(rule, W, *sides), np.mean(samples, axis=0), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(seed=st.integers(0, 10**6))
def test_the_order_in_a_batch_does_not_matter(rule, seed):
    W, *sides = layer(seed, 6)
    order = np.random.default_rng(seed).permutation(6)
    shuffled = change(rule, W, *(side[order] for side in sides))
    assert np.allclose(change(rule, W, *sides), shuffled, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("credit", [hb.Backprop(), hb.Unsupervised()], ids=lambda part: part.name)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_batch_is_the_mean_also_through_the_learner(rule, credit):
    if rule.uses_signal != credit.reaches_hidden:
        rule = [hb.Gradient() if credit.reaches_hidden else hb.Oja(), rule]
    learner = hb.Learner(network("tanh", "softmax", 2), rule=rule, credit=credit, standardize=False)
    X, y = data("softmax", 6)
    y = y if learner.recipe.needs_labels else None
    whole = learner.trace(X, y)
    ones = [learner.trace(X[r], None if y is None else y[r]) for r in range(6)]
    for number, got in enumerate(whole.layers):
        assert np.allclose(got.dW, np.mean([one.layers[number].dW for one in ones], axis=0), rtol=1e-12, atol=1e-14)
        assert np.allclose(got.db, np.mean([one.layers[number].db for one in ones], axis=0), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("rule", [hb.Gradient(), hb.Hebb(), hb.Oja(), product], ids=lambda rule: rule.name)
def test_no_input_no_change(rule):
    W, pre, post, signal = layer(0, 5)
    decay = {"Oja": -np.square(post).mean(axis=0) * W, "product": -0.1 * W}.get(rule.name, 0.0 * W)
    assert np.allclose(change(rule, W, 0.0 * pre, post, signal), decay, atol=1e-15)
    # A linear neuron that gets nothing gives nothing: then Oja does not forget either.
    net = network("tanh", "identity", 1)
    net.layers[0].b[:] = 0.0
    learner = hb.Learner(net, rule=rule, standardize=False)
    if rule is not product:
        trace = learner.trace(np.zeros((5, 3)), np.ones((5, 4)) if rule.uses_signal else None)
        assert np.all(trace.layers[0].dW == 0.0)


@given(seed=st.integers(0, 10**6))
def test_identities_of_the_products(seed):
    W, pre, post, signal = layer(seed, 5)
    downhill = change(hb.Gradient(), W, pre, post, signal)
    assert np.allclose(change(hb.Gradient(), W, pre, post, 3.0 * signal), 3.0 * downhill)
    assert np.array_equal(downhill, change(hb.Hebb(), W, pre, signal, signal))  # one word apart
    assert np.allclose(change(hb.Hebb(), W, pre, post, signal), change(hb.Hebb(), W.T, post, pre, pre).T, rtol=1e-12)
    assert np.allclose(change(hb.Hebb(0.3), W, pre, post, signal), pre.T @ post / 5 - 0.3 * W)
    assert np.allclose(change(hb.Oja(), W, pre, post, signal), pre.T @ post / 5 - np.square(post).mean(axis=0) * W)


SIGNALS = [("softmax", hb.CrossEntropy()), ("softmax", hb.SquaredError()), ("sigmoid", hb.SquaredError()),
           ("identity", hb.SquaredError()), ("sigmoid", hb.BinaryCrossEntropy()), ("identity", hb.Huber(0.5))]
OPTIMIZERS = [hb.SGD(), hb.SGD(decay=0.01), hb.Momentum(), hb.Nesterov(), hb.RMSprop(), hb.Adam(), hb.AdamW()]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
@pytest.mark.parametrize(("output", "signal"), SIGNALS, ids=lambda part: getattr(part, "name", part))
def test_the_gradient_lowers_the_loss(output, signal, optimizer):
    for depth in (1, 2, 3):
        learner = hb.Learner(network("tanh", output, depth), signal=signal, optimizer=optimizer, rate=1e-4,
                             standardize=False)
        X, y = data(output, 20)
        before = mean_loss(learner.network, signal, X, y)
        learner.learn(X, y, batch_size=20)
        assert mean_loss(learner.network, signal, X, y) < before


def test_a_bias_is_told_what_its_neuron_is_told():
    X, y = data("softmax", 6)
    trace = hb.Learner(network("tanh", "softmax", 2)).trace(X, y)
    for one in trace.layers:
        assert np.allclose(one.db, one.signal.mean(axis=0), rtol=1e-12)
        assert np.allclose(one.dW, one.pre.T @ one.signal / 6, rtol=1e-12)


def test_a_layer_without_bias_keeps_none():
    net = hb.Network(3, [hb.Dense(4, "tanh", bias=False), hb.Dense(4, "softmax")], rng=0)
    learner = hb.Learner(net)
    X, y = data("softmax", 30)
    learner.learn(X, y)
    assert np.all(learner.network.layers[0].b == 0.0) and np.any(learner.network.layers[1].b != 0.0)
