"""The winner learns and one loser unlearns: the formula in NumPy, lengths of 1, and the bad start that it warns of."""

from __future__ import annotations

import numpy as np
import pytest
from unsupervised_helpers import (
    assert_order_in_a_batch_does_not_matter,
    assert_three_executions_agree,
    change,
    layer,
    reach,
)

import hebbnet as hb
from hebbnet.learning.rules import KrotovHopfield


def by_matrices(W: np.ndarray, X: np.ndarray, delta: float, k: int) -> np.ndarray:
    """The authors' form: G has two entries a row; dW = X^T G - (sum G I) W, over its largest entry."""
    currents = X @ W
    ranks = np.argsort(-currents, axis=1)
    G = np.zeros_like(currents)
    G[np.arange(len(X)), ranks[:, 0]] = 1.0
    G[np.arange(len(X)), ranks[:, k - 1]] = -delta
    dW = X.T @ G - (G * currents).sum(axis=0) * W
    return dW / np.abs(dW).max()


@pytest.mark.parametrize("kernel", ["plain", "compiled"])
@pytest.mark.parametrize("batch", [1, 20])
@pytest.mark.parametrize(("delta", "k"), [(0.4, 2), (0.3, 5), (0.0, 2), (1.0, 9)])
def test_the_formula_of_the_authors(delta, k, batch, kernel):
    for seed in range(5):
        W, X, _ = layer(seed, batch, 12, 9)
        got = change(KrotovHopfield(delta, k), W, X, X @ W, kernel=kernel)
        assert np.abs(got - by_matrices(W, X, delta, k)).max() < 1e-12


def inputs(seed: int, n: int = 2_000, d: int = 16, clusters: int = 8) -> np.ndarray:
    """Positive inputs of length 1, around some centres."""
    rng = np.random.default_rng(seed)
    X = rng.exponential(size=(clusters, d))[rng.integers(clusters, size=n)] + 0.3 * rng.exponential(size=(n, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def learned(X: np.ndarray, W: np.ndarray, *, epochs: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """W after batches of 100 at rates that fall to 0, and how often each neuron wins at the end."""
    network = hb.Network(X.shape[1], [hb.Dense(W.shape[1], "identity")])
    network.layers[0].W[:] = W
    for epoch in range(epochs):
        learner = hb.Learner(network, rule=KrotovHopfield(), rate=0.02 * (1.0 - epoch / epochs), standardize=False)
        learner.learn(X, batch_size=100)
        network = learner.network
    W = network.layers[0].W
    return W, np.bincount((X @ W).argmax(axis=1), minlength=W.shape[1])


@pytest.mark.parametrize("seed", range(3))
def test_who_wins_gets_the_length_one(seed):
    X = inputs(seed)
    W, wins = learned(X, 3.0 * X[:20].T)
    assert np.abs(np.linalg.norm(W, axis=0)[wins > 0] - 1.0).max() < 1e-3  # measured: 2e-4
    assert np.sum(wins > 0) >= 8  # as many as there are clusters


@pytest.mark.parametrize("seed", range(3))
def test_random_weights_of_length_one_are_a_bad_start(seed):
    """Whoever wins grows into the inputs' direction and wins all."""
    X, rng = inputs(seed), np.random.default_rng(seed)
    start = rng.normal(size=(16, 20))
    _, monopoly = learned(X, start / np.linalg.norm(start, axis=0))
    assert np.sum(monopoly > 0) <= 3  # of 20 neurons, on 8 clusters; measured over 6 seeds: 1, once 3


def test_the_house_rules():
    rule = KrotovHopfield(k=3)
    assert_order_in_a_batch_does_not_matter(rule)
    assert min(reach(rule)) > 0.0  # not local: ranks, and the largest change anywhere
    for batch in (1, 5):  # nothing in, and nothing to divide by
        assert np.all(change(rule, np.ones((4, 3)), np.zeros((batch, 4)), np.zeros((batch, 3))) == 0.0)


@pytest.mark.compiler
def test_three_executions(monkeypatch):
    assert_three_executions_agree(KrotovHopfield(k=3), monkeypatch, at_least=3)


def test_bad_numbers():
    with pytest.raises(hb.InputError, match="KrotovHopfield: delta"):
        KrotovHopfield(delta=-0.1)
    with pytest.raises(hb.InputError, match=r"KrotovHopfield: k: expected a whole number of at least 2, got 1"):
        KrotovHopfield(k=1)
    with pytest.raises(hb.InputError, match=r"loser of rank 5 needs a layer of at least 5 neurons, this one has 3"):
        hb.Learner(hb.Network(2, [hb.Dense(3, "identity")]), rule=KrotovHopfield(k=5))
