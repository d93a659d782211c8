"""What `trace` shows is minus the gradient of the mean loss, by central differences, for every way to have one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from learning_helpers import HIDDEN, data, mean_loss, network

import hebbnet as hb

DIFFERENTIABLE = [("softmax", hb.CrossEntropy()), *((output, hb.SquaredError()) for output in (*HIDDEN, "softmax"))]
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


def away_from_kinks(net: hb.Network, X: np.ndarray) -> bool:
    """Whether no relu sits where its two sides meet."""
    a = X
    for layer in net.layers:
        z = a @ layer.W + layer.b
        if layer.activation.name == "relu" and np.abs(z).min() < 1e-3:
            return False
        a = np.empty_like(z)
        layer.activation.function.plain(z, (), np.empty(0), a)
    return True


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize(("hidden", "depth"), [("none", 1), *product(HIDDEN, (2, 3, 4))])
@pytest.mark.parametrize(("output", "signal"), DIFFERENTIABLE, ids=lambda part: getattr(part, "name", part))
def test_trace_is_minus_the_gradient_of_the_mean_loss(hidden, output, signal, depth, batch):
    net = network(hidden, output, depth)
    X, y = next(drawn for seed in range(100) if away_from_kinks(net, (drawn := data(output, batch, seed=seed))[0]))
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


def test_signal_is_minus_the_slope_at_the_potential():
    # One sample through softmax with cross-entropy, by hand: z = (0, log 3), p = (1/4, 3/4), label 0.
    net = hb.Network(1, [hb.Dense(2, "softmax")], rng=0)
    net.layers[0].b[:] = 0.0, np.log(3.0)
    top = hb.Learner(net, standardize=False).trace([2.0], 0).layers[0]
    assert top.post[0] == pytest.approx([0.25, 0.75])
    assert top.signal[0] == pytest.approx([0.75, -0.75])  # onehot - p
    assert top.dW == pytest.approx(np.array([[1.5, -1.5]]))  # pre times signal
    assert top.db == pytest.approx([0.75, -0.75])
