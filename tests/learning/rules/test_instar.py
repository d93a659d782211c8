"""The winner moves towards the input: exact means, cluster means, and a conscience that keeps every neuron alive."""

from __future__ import annotations

import numpy as np
import pytest
from unsupervised_helpers import (
    assert_batch_is_mean_of_samples,
    assert_finite_on_zero_input,
    assert_order_in_a_batch_does_not_matter,
    assert_three_executions_agree,
    change,
    layer,
    reach,
)

import hebbnet as hb
from hebbnet.learning.rules import Instar


def clusters(n: int, k: int, seed: int, *, d: int = 8, spread: float = 0.05) -> tuple[np.ndarray, ...]:
    """Inputs around k orthogonal directions of length 1, the directions, and which is whose."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(d, d)))[0][:k]
    y = rng.integers(k, size=n)
    return centres[y] + spread * rng.normal(size=(n, d)), centres, y


def competitors(rule: hb.rules.Rule, m: int, rate: float, *, n_in: int = 8, seed: int = 0) -> hb.Learner:
    network = hb.Network(n_in, [hb.Dense(m, "identity")], rng=seed)
    return hb.Learner(network, rule=rule, rate=rate, standardize=False)


@pytest.mark.parametrize("batch", [1, 7])
def test_one_neuron_is_the_mean_of_all_it_saw(batch):
    """With steps of 1 / n, after each update."""
    X = np.random.default_rng(0).normal(3.0, 2.0, size=(70, 8))
    learner = competitors(Instar(average=True), 1, 1.0)
    for stop in range(batch, 71, batch):
        learner.learn(X[stop - batch : stop], batch_size=batch)
        assert np.abs(learner.network.layers[0].W[:, 0] - X[:stop].mean(axis=0)).max() < 1e-12


def test_a_constant_rate_is_a_fading_mean():
    """w_t = (1 - rate)^t w_0 + sum_s rate (1 - rate)^(t - s) x_s"""
    X = np.random.default_rng(0).normal(3.0, 2.0, size=(70, 8))
    learner = competitors(Instar(), 1, 0.1)
    before = learner.network.layers[0].W[:, 0].copy()
    learner.learn(X)
    weights = 0.1 * 0.9 ** np.arange(69, -1, -1)
    assert np.abs(learner.network.layers[0].W[:, 0] - 0.9**70 * before - weights @ X).max() < 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_online_k_means_is_exact(seed):
    """Each neuron is the mean of what it won; whoever never won is as it was. The winners are read off the outputs."""
    X, _, _ = clusters(400, 5, seed, spread=0.3)
    learner = competitors(Instar(0.0, average=True), 6, 1.0, seed=seed)
    before = learner.network.layers[0].W.copy()
    winners = learner.learn(X).argmax(axis=1)
    assert len(set(winners)) > 1
    for j in range(6):
        expected = X[winners == j].mean(axis=0) if j in winners else before[:, j]
        assert np.abs(learner.network.layers[0].W[:, j] - expected).max() < 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_each_cluster_gets_a_neuron(seed):
    """A constant rate leaves each weight the variance spread^2 rate / (2 - rate) around its cluster's mean."""
    rate, spread = 0.05, 0.05
    X, centres, _ = clusters(4_000, 5, seed, spread=spread)
    learner = competitors(Instar(0.3), 5, rate, seed=seed)
    learner.learn(X)
    W = learner.network.layers[0].W
    owner = (centres @ W).argmax(axis=1)
    assert sorted(owner) == [0, 1, 2, 3, 4]
    assert np.abs(W.T[owner] - centres).max() < 5.0 * spread * np.sqrt(rate / (2.0 - rate))


def alive(conscience: float, seed: int) -> int:
    """5 clusters: how many of 10 neurons win at least a tenth of their share of the last 2,000 inputs."""
    X, _, _ = clusters(8_000, 5, seed, spread=0.2)
    learner = competitors(Instar(conscience), 10, 0.02, seed=seed)
    learner.learn(X[:6_000])
    winners = []
    for x in X[6_000:]:  # the conscience is in the state: who won is seen by whose weights moved
        before = learner.network.layers[0].W.copy()
        learner.learn(x[None])
        winners.append(np.abs(learner.network.layers[0].W - before).max(axis=0).argmax())
    return int(np.sum(np.bincount(winners, minlength=10) >= 20))


def test_the_conscience_keeps_every_neuron_alive():
    without, with_it = ([alive(conscience, seed) for seed in range(5)] for conscience in (0.0, Instar().conscience))
    assert max(without) <= 5
    assert min(with_it) == 10


def test_the_frequencies_are_running_ones():
    """excess = m freq - 1, with freq a fading mean of the wins, from 1 / m on; the excesses add up to nothing."""
    state, W = np.zeros(12), np.eye(3)
    for x in ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]):
        change(Instar(0.0, tau=10.0), W, np.array([x]), np.array([x]), state=state)
    freq = np.full(3, 1 / 3)
    for winner in (0, 0, 2):
        freq += (np.eye(3)[winner] - freq) / 10.0
    assert np.allclose(state[:3], 3.0 * freq - 1.0, rtol=1e-12)
    assert state[3:6].tolist() == [2.0, 0.0, 1.0]
    assert abs(state[:3].sum()) < 1e-12


def test_who_won_too_often_is_held_back():
    """z = (1, .8, 0): the first wins until its excess, half of what is left of 2 each time, outweighs the .2."""
    state, x, z, winners = np.zeros(12), np.array([[1.0]]), np.array([[1.0, 0.8, 0.0]]), []
    for _ in range(3):
        dW = change(Instar(0.1, tau=2.0), np.zeros((1, 3)), x, z, state=state)
        winners.append(int(np.argmax(dW)))
    # excess after the first: (1, -.5, -.5): scores (.9, .85, .05); after the second (1.5, -.75, -.75): (.85, .875, ..)
    assert winners == [0, 0, 1]


def test_the_house_rules():
    assert_batch_is_mean_of_samples(Instar(0.3))
    for rule in (Instar(0.3), Instar(0.3, average=True)):
        assert_order_in_a_batch_does_not_matter(rule)
        assert_finite_on_zero_input(rule)
        own, activities, weights = reach(rule)
        assert (own, weights) == (0.0, 0.0) and activities > 0.01  # only who wins hangs on the others


def test_the_sign():
    """A step of rate 1 puts the winner onto its input."""
    W, pre, post = layer(0, 1)
    j = post[0].argmax()
    assert np.allclose((W + change(Instar(), W, pre, post))[:, j], pre[0], rtol=1e-12)


@pytest.mark.compiler
@pytest.mark.parametrize("rule", [Instar(0.3, tau=3.0), Instar(0.3, average=True)], ids=str)
def test_three_executions(rule, monkeypatch):
    assert_three_executions_agree(rule, monkeypatch)


def test_bad_numbers():
    for wrong, message in (({"conscience": -1.0}, "Instar: conscience"), ({"tau": 0.0}, "Instar: tau"),
                           ({"average": 3}, "Instar: average: expected True or False, got 3")):
        with pytest.raises(hb.InputError, match=message):
            Instar(**wrong)
