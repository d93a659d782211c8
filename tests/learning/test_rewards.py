"""REINFORCE is the slope of the expected reward, and shaken neurons find the gradient."""

from __future__ import annotations

import numpy as np
import pytest
from learning_helpers import data, network

import hebbnet as hb
from hebbnet.learning.rewards import BASELINES


def told(signal: hb.Reinforce, p: np.ndarray, rewards: np.ndarray, u: float, state: np.ndarray) -> np.ndarray:
    """The signal (K,) where the draw is u."""
    out, hyper = np.full((1, len(p)), np.nan), np.array(signal.numbers)
    signal.kernel.plain(p[None], np.zeros(1, np.int64), rewards[None], np.array([[u]]), hyper, state, out)
    return out[0]


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("seed", range(20))
def test_its_mean_over_all_choices_is_the_slope_of_the_expected_reward(baseline, seed):
    """By exact enumeration: d/dz_j sum_k p_k R_k = p_j (R_j - sum_k p_k R_k), whatever the baseline."""
    rng = np.random.default_rng(seed)
    p, rewards = rng.dirichlet(np.ones(5)), rng.random(5)
    middles = np.cumsum(p) - p / 2.0  # a draw in the middle of each choice's share
    mean = sum(p[k] * told(hb.Reinforce(baseline), p, rewards, middles[k], np.array([0.3, 1e9])) for k in range(5))
    assert np.abs(mean - p * (rewards - p @ rewards)).max() < 1e-15


def test_the_choice_is_drawn_by_its_probability():
    p, rewards = np.array([0.2, 0.5, 0.3]), np.ones(3)
    draws = [(u, int(told(hb.Reinforce("none"), p, rewards, u, np.zeros(2)).argmax())) for u in (0.0, 0.19, 0.21, 0.69,
                                                                                               0.71, 1.0 - 1e-16)]
    assert [chosen for _, chosen in draws] == [0, 0, 1, 1, 2, 2]


def test_the_baseline_of_a_stimulus():
    p = np.array([0.75, 0.25])
    assert told(hb.Reinforce("stimulus"), p, np.array([1.0, 0.0]), 0.0, np.zeros(2)) == pytest.approx(
        (1.0 - 0.625) * np.array([0.25, -0.25]))


def test_a_running_baseline_is_the_mean_of_the_rewards_so_far():
    state, signal, p = np.zeros(2), hb.Reinforce("running", tau=1_000), np.array([0.5, 0.5])
    first = told(signal, p, np.array([1.0, 0.0]), 0.0, state)
    assert first == pytest.approx([0.5, -0.5]) and state.tolist() == [1.0, 1.0]
    told(signal, p, np.array([0.0, 0.0]), 0.0, state)
    assert state.tolist() == [0.5, 2.0]


def test_rewards_of_every_choice_are_as_good_as_labels():
    X, y = data("softmax", 50)
    by_label, by_reward = (hb.Learner(network("tanh", "softmax", 2), signal=hb.Reinforce()) for _ in range(2))
    by_label.learn(X, y)
    by_reward.learn(X, np.eye(4)[y])
    assert np.array_equal(by_label.network.theta, by_reward.network.theta)


def test_the_same_draws_however_the_rows_are_cut(monkeypatch):
    X, y = data("softmax", 40)
    whole, cut = (hb.Learner(network("tanh", "softmax", 2), signal=hb.Reinforce()) for _ in range(2))
    whole.learn(X, y)
    for start in (0, 7, 8, 30):
        cut.learn(X[start : {0: 7, 7: 8, 8: 30, 30: 40}[start]], y[start : {0: 7, 7: 8, 8: 30, 30: 40}[start]])
    assert np.array_equal(whole.network.theta, cut.network.theta)


def test_it_learns_what_can_be_learned():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4_000, 2))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    learner = hb.Learner(hb.Network(2, [hb.Dense(2, "softmax")]), signal=hb.Reinforce(), optimizer=hb.SGD())
    learner.learn(X, y)
    assert learner.accuracy(X, y) > 0.97


def test_without_a_reward_it_is_refused():
    learner = hb.Learner(network("tanh", "softmax", 2), signal=hb.Reinforce())
    X, _ = data("softmax", 5)
    with pytest.raises(hb.InputError, match=r"signal Reinforce needs a reward: the right label of each row, or"):
        learner.learn(X)
    with pytest.raises(hb.InputError, match="signal Reinforce needs a softmax output, this network ends in identity"):
        hb.Learner(network("tanh", "identity", 2), signal=hb.Reinforce())
    with pytest.raises(hb.InputError, match="credit Broadcast tells every neuron the sum"):
        hb.Learner(network("tanh", "softmax", 2), signal=hb.Reinforce(), credit=hb.Broadcast())
    with pytest.raises(hb.InputError, match="unknown Reinforce: baseline 'mean'"):
        hb.Reinforce("mean")
    assert learner.n_seen == 0


# ---------------------------------------------------------------- node perturbation


@pytest.mark.parametrize(("trials", "reference"), [(10, 0.71), (100, 0.955), (1000, 0.995)])
def test_shaken_neurons_find_the_gradient_as_fast_as_chance_allows(trials, reference):
    """The mean of n trials is g + noise, E|noise|^2 = (K + 1) / n |g|^2 for the slope g of one row at K neurons."""
    cosines, expected = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(32, 20)), rng.integers(10, size=32)
        readout = hb.Network(20, [hb.Dense(10, "softmax", init="lecun")], rng=seed)
        learner = hb.Learner(readout, credit=hb.NodePerturbation(sigma=1e-3, trials=trials), standardize=False)
        cosines.append(np.cos(np.radians(hb.alignment(learner, X, y)[0])))
        g = np.eye(10)[y] - readout.outputs(X)
        scatter = np.sum(np.sum(g**2, axis=1) * np.sum(X**2, axis=1)) / np.sum((X.T @ g) ** 2)
        expected.append((1.0 + (10 + 1) * scatter / trials) ** -0.5)
    assert np.isclose(np.mean(cosines), np.mean(expected), atol=0.02)
    assert np.isclose(np.mean(cosines), reference, atol=0.005)


@pytest.mark.parametrize(("output", "signal"), [("softmax", hb.CrossEntropy()), ("sigmoid", hb.BinaryCrossEntropy()),
                                                ("tanh", hb.SquaredError()), ("identity", hb.Huber())], ids=str)
def test_of_any_loss(output, signal):
    X, y = data(output, 32)
    learner = hb.Learner(network("tanh", output, 3), credit=hb.NodePerturbation(1e-4, 2_000), signal=signal,
                         standardize=False)
    assert hb.alignment(learner, X, y).max() < 15.0


def test_the_next_update_is_the_one_that_trace_shows():
    X, y = data("softmax", 8)
    learner = hb.Learner(network("tanh", "softmax", 2), credit=hb.NodePerturbation(), optimizer=hb.SGD(), rate=1.0,
                         standardize=False)
    expected = [layer.dW for layer in learner.trace(X, y).layers]
    before = [layer.W.copy() for layer in learner.network.layers]
    learner.learn(X, y, batch_size=8)
    for layer, old, dW in zip(learner.network.layers, before, expected, strict=True):
        assert np.allclose(layer.W - old, dW, atol=1e-12)


def test_predictions_are_not_shaken():
    X, y = data("softmax", 8)
    shaken = hb.Learner(network("tanh", "softmax", 2), credit=hb.NodePerturbation(10.0), standardize=False)
    assert np.allclose(shaken.outputs(X), shaken.network.outputs(X))
    assert np.array_equal(shaken.copy().learn(X, y, batch_size=8), shaken.predict(X))


def test_a_signal_without_a_loss_is_refused():
    with pytest.raises(hb.InputError, match="credit NodePerturbation compares losses, and signal RightWrong has none"):
        hb.Learner(network("tanh", "softmax", 2), signal=hb.RightWrong(), credit=hb.NodePerturbation())
    for bad in ({"sigma": 0.0}, {"trials": 0}):
        with pytest.raises(hb.InputError, match="NodePerturbation: "):
            hb.NodePerturbation(**bad)
