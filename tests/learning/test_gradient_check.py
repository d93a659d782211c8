"""What `trace` shows is minus the gradient of the mean loss, by central differences, for every way to have one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from learning_helpers import HIDDEN, data, mean_loss, network, onehot

import hebbnet as hb

DIFFERENTIABLE = [("softmax", hb.CrossEntropy()), ("sigmoid", hb.BinaryCrossEntropy()),
                  *((output, hb.SquaredError()) for output in (*HIDDEN, "softmax")),
                  ("identity", hb.Huber(1.5)), ("sigmoid", hb.Huber(0.5)), ("softmax", hb.Huber(0.5))]
H = 1e-6


def numeric_gradient(net: hb.Network, signal: object, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    gradient = np.empty_like(net.theta)
    for k in range(net.theta.size):
        at = net.theta[k]
        net.theta[k] = at + H
        above = mean_loss(net, signal, X, y)
        net.theta[k] = at - H
        gradient[k] = (above - mean_loss(net, signal, X, y)) / (2 * H)
        net.theta[k] = at
    return gradient


def away_from_kinks(net: hb.Network, signal: object, X: np.ndarray, y: np.ndarray) -> bool:
    """Whether no relu sits where its two sides meet, and no error where Huber's parabola meets its lines."""
    a = X
    for layer in net.layers:
        z = a @ layer.W + layer.b
        if layer.activation.name in ("relu", "leaky_relu") and np.abs(z).min() < 1e-3:
            return False
        a = np.empty_like(z)
        layer.activation.function.plain(z, layer.activation.hyper, np.empty(0), a)
    error = np.abs((onehot(y) if y.ndim == 1 else y) - a)
    return not isinstance(signal, hb.Huber) or bool(np.abs(error - signal.delta).min() > 1e-4)


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize(("hidden", "depth"), [("none", 1), *product(HIDDEN, (2, 3, 4))])
@pytest.mark.parametrize(("output", "signal"), DIFFERENTIABLE, ids=lambda part: getattr(part, "name", part))
def test_trace_is_minus_the_gradient_of_the_mean_loss(hidden, output, signal, depth, batch):
    net = network(hidden, output, depth)
    draws = (data(output, batch, seed=seed) for seed in range(100))
    X, y = next((X, y) for X, y in draws if away_from_kinks(net, signal, X, y))
    trace = hb.Learner(net, signal=signal, standardize=False).trace(X, y)
    analytic = -np.concatenate([np.concatenate([layer.dW.ravel(), layer.db]) for layer in trace.layers])
    numeric = numeric_gradient(net.copy(), signal, X, y)
    assert np.all(np.abs(analytic - numeric) <= 1e-8 + 1e-6 * np.abs(numeric))
    assert np.abs(numeric).max() > 1e-4  # a gradient of nothing would prove nothing


def test_one_number_regression():
    net = network("tanh", "identity", 2, n_out=1)
    X, _ = data("identity", 5)
    y = X[:, 0] - 2.0 * X[:, 1]
    trace = hb.Learner(net, standardize=False).trace(X, y)
    analytic = -np.concatenate([np.concatenate([layer.dW.ravel(), layer.db]) for layer in trace.layers])
    numeric = numeric_gradient(net.copy(), hb.SquaredError(), X, y[:, None])
    assert np.all(np.abs(analytic - numeric) <= 1e-8 + 1e-6 * np.abs(numeric))


def test_both_sides_of_huber_are_tried():
    """What the gradient check relies on: errors within delta and beyond it."""
    net = network("tanh", "identity", 2)
    X, y = data("identity", 5)
    signal = hb.Learner(net, signal=hb.Huber(1.5), standardize=False).trace(X, y).layers[-1].signal
    e = y - net.outputs(X)
    assert np.allclose(signal, np.clip(e, -1.5, 1.5), rtol=1e-14)
    assert np.any(np.abs(e) < 1.5) and np.any(np.abs(e) > 1.5)


def test_shares_as_targets():
    """-dL/dz of the binary cross-entropy with targets between 0 and 1, which no helper's label can be."""
    net = network("tanh", "sigmoid", 2)
    X, t = data("identity", 5)[0], np.random.default_rng(0).uniform(size=(5, 4))

    def loss() -> float:
        a = net.outputs(X)
        return float(np.mean(-np.sum(t * np.log(a) + (1.0 - t) * np.log(1.0 - a), axis=1)))

    trace = hb.Learner(net, signal=hb.BinaryCrossEntropy(), standardize=False).trace(X, t)
    for k, db in enumerate(trace.layers[-1].db):
        b = net.layers[-1].b
        at = b[k]
        b[k] = at + H
        above = loss()
        b[k] = at - H
        numeric = (above - loss()) / (2 * H)
        b[k] = at
        assert abs(-db - numeric) <= 1e-8 + 1e-6 * abs(numeric)


def test_signal_is_minus_the_slope_at_the_potential():
    # One sample through softmax with cross-entropy, by hand: z = (0, log 3), p = (1/4, 3/4), label 0.
    net = hb.Network(1, [hb.Dense(2, "softmax")], rng=0)
    net.layers[0].b[:] = 0.0, np.log(3.0)
    top = hb.Learner(net, standardize=False).trace([2.0], 0).layers[0]
    assert top.post[0] == pytest.approx([0.25, 0.75])
    assert top.signal[0] == pytest.approx([0.75, -0.75])  # onehot - p
    assert top.dW == pytest.approx(np.array([[1.5, -1.5]]))  # pre times signal
    assert top.db == pytest.approx([0.75, -0.75])
