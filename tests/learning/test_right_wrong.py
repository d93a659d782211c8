"""The simple rule of punishment and reward, and what its surprise has to do with the gradient."""

from __future__ import annotations

import numpy as np
import pytest
from learning_helpers import blobs, network

import hebbnet as hb


def critic(classes: int, rate: float) -> hb.Learner:
    """A linear read-out from zero, told right or wrong."""
    net = hb.Network(3, [hb.Dense(classes, "identity", init="zero")], rng=0)
    return hb.Learner(net, signal=hb.RightWrong(), optimizer=hb.SGD(), rate=rate, standardize=False)


def test_two_classes_are_supervised_hebb_whatever_was_guessed():
    X, y = blobs(500)
    learner = critic(2, 0.1)
    learner.learn(X, y)
    W, b = learner.network.layers[0].W, learner.network.layers[0].b
    sign = 2 * y - 1
    assert np.allclose(W[:, 1] - W[:, 0], 0.1 * sign @ X, rtol=0, atol=1e-9)
    assert b[1] - b[0] == pytest.approx(0.1 * sign.sum(), abs=1e-9)


@pytest.mark.parametrize("classes", [2, 5])
def test_the_rate_decides_nothing(classes):
    X, y = blobs(400, classes=classes, seed=1)
    first, *others = (critic(classes, rate).learn(X, y) for rate in (2.0**-7, 1.0, 2.0**9))
    assert len(set(first.tolist())) == classes
    for other in others:
        assert np.array_equal(first, other)


def test_only_the_chosen_neuron_is_told():
    X, y = blobs(50, classes=4, seed=2)
    trace = hb.Learner(network("tanh", "softmax", 2), signal=hb.RightWrong(), standardize=False).trace(X, y)
    chosen = trace.prediction
    expected = np.zeros((50, 4))
    expected[np.arange(50), chosen] = np.where(chosen == y, 1.0, -1.0)
    assert np.array_equal(trace.layers[-1].signal, expected)
    assert {-1.0, 1.0} <= set(expected.ravel())


@pytest.mark.parametrize("depth", [1, 2])
def test_surprise_is_the_chosen_column_of_the_cross_entropy_gradient(depth):
    net = network("tanh", "softmax", depth)
    X, y = blobs(50, classes=4, seed=3)
    for r in range(50):
        surprised = hb.Learner(net, signal=hb.RewardPredictionError(), standardize=False).trace(X[r], y[r])
        told = hb.Learner(net, signal=hb.CrossEntropy(), standardize=False).trace(X[r], y[r])
        chosen, others = surprised.prediction[0], np.arange(4) != surprised.prediction[0]
        assert np.array_equal(surprised.layers[-1].dW[:, chosen], told.layers[-1].dW[:, chosen])
        assert surprised.layers[-1].db[chosen] == told.layers[-1].db[chosen]
        assert np.all(surprised.layers[-1].dW[:, others] == 0.0)


def test_right_and_wrong_by_hand():
    # p = softmax(0, log 3) = (1/4, 3/4): neuron 1 is chosen. Right: R - p = 1/4. Wrong: 0 - 3/4.
    net = hb.Network(1, [hb.Dense(2, "softmax")], rng=0)
    net.layers[0].b[:] = 0.0, np.log(3.0)
    learner = hb.Learner(net, signal=hb.RewardPredictionError(), standardize=False)
    assert learner.trace([2.0], 1).layers[0].dW == pytest.approx(np.array([[0.0, 0.5]]))
    assert learner.trace([2.0], 0).layers[0].dW == pytest.approx(np.array([[0.0, -1.5]]))
