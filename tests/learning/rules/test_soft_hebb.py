"""Neurons that share each input by a softmax: lengths of 1, soft cluster centres, and the winner alone in the cold."""

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
from hebbnet.learning.rules import SoftHebb


def soft(Z: np.ndarray, temperature: float) -> np.ndarray:
    e = np.exp((Z - Z.max(axis=1, keepdims=True)) / temperature)
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("kernel", ["plain", "compiled"])
@pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
def test_the_formula(temperature, kernel):
    W, X, Z = layer(0, 20, 12, 9)
    Y = soft(Z, temperature)
    expected = np.mean([np.outer(x, y) - (y * z) * W for x, y, z in zip(X, Y, Z, strict=True)], axis=0)
    assert np.abs(change(SoftHebb(temperature), W, X, Z, kernel=kernel) - expected).max() < 1e-12


def test_in_the_cold_only_the_winner_learns():
    W, X, Z = layer(0, 1)
    dW, j = change(SoftHebb(1e-4), W, X, Z), Z[0].argmax()
    assert np.allclose(dW[:, j], X[0] - Z[0, j] * W[:, j], rtol=1e-12)
    assert np.all(np.delete(dW, j, axis=1) == 0.0)


def settled(rule: SoftHebb, X: np.ndarray, m: int, seed: int, *, updates: int = 3_000) -> np.ndarray:
    network = hb.Network(X.shape[1], [hb.Dense(m, "identity")], rng=seed)
    learner = hb.Learner(network, rule=rule, rate=0.3, standardize=False)
    learner.learn(X, batch_size=len(X), epochs=updates)
    return learner.network.layers[0].W


def test_one_neuron_points_along_the_mean():
    X = np.random.default_rng(0).normal(size=(50, 6)) + 1.0
    w = settled(SoftHebb(), X, 1, 0)[:, 0]
    assert np.abs(w - X.mean(axis=0) / np.linalg.norm(X.mean(axis=0))).max() < 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_at_rest_all_lengths_are_one_and_weights_are_soft_centres(seed):
    """w_j . dw_j = E[y_j z_j] (1 - |w_j|^2) = 0, and then w_j is along E[y_j x]."""
    rng = np.random.default_rng(seed)
    X = np.linalg.qr(rng.normal(size=(8, 8)))[0][rng.integers(4, size=200)] + 0.1 * rng.normal(size=(200, 8))
    W = settled(SoftHebb(0.2), X, 4, seed)
    assert np.abs(np.linalg.norm(W, axis=0) - 1.0).max() < 1e-9
    centres = X.T @ soft(X @ W, 0.2)
    assert np.abs(W - centres / np.linalg.norm(centres, axis=0)).max() < 1e-9


def test_the_house_rules():
    rule = SoftHebb(0.5)
    assert_batch_is_mean_of_samples(rule)
    assert_order_in_a_batch_does_not_matter(rule)
    assert_finite_on_zero_input(rule)
    own, activities, weights = reach(rule)
    assert (own, weights) == (0.0, 0.0) and activities > 0.01  # the softmax hears the whole layer


@pytest.mark.compiler
def test_three_executions(monkeypatch):
    assert_three_executions_agree(SoftHebb(0.5), monkeypatch)


def test_bad_numbers():
    with pytest.raises(hb.InputError, match=r"SoftHebb: temperature: expected a finite number greater than 0, got 0"):
        SoftHebb(temperature=0)
