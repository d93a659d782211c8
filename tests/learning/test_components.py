"""Theorems of unsupervised learning in one linear neuron: Hebb grows along the first component, Oja becomes it."""

from __future__ import annotations

import numpy as np
import pytest
from learning_helpers import blobs

import hebbnet as hb
from hebbnet.learning.learner import Diverged


def cloud(n: int = 400, d: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centred data whose second moments have the eigenvalues 5, 3, 1, ... exactly, with these and the eigenvectors."""
    rng = np.random.default_rng(0)
    values = np.array([5.0, 3.0, *np.linspace(1.0, 0.2, d - 2)])
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    scores = rng.normal(size=(n, d))
    white = np.linalg.qr(scores - scores.mean(axis=0))[0] * np.sqrt(n)
    return (white * np.sqrt(values)) @ axes.T, values, axes


X, VALUES, AXES = cloud()


def neuron(rule: object, rate: float, *, n_in: int = 10, activation: str = "identity") -> hb.Learner:
    return hb.Learner(hb.Network(n_in, [hb.Dense(1, activation)], rng=1), rule=rule, rate=rate, standardize=False)


def weight(learner: hb.Learner) -> np.ndarray:
    return learner.network.layers[0].W[:, 0].copy()


def degrees_to_first_component(w: np.ndarray) -> float:
    return float(np.degrees(np.arccos(min(1.0, abs(w @ AXES[:, 0]) / np.linalg.norm(w)))))


def test_oja_becomes_the_first_component():
    learner = neuron(hb.Oja(), 0.1)
    learner.learn(X, batch_size=len(X), epochs=300)
    assert degrees_to_first_component(weight(learner)) < 1e-4
    assert np.linalg.norm(weight(learner)) == pytest.approx(1.0, abs=1e-9)


def test_oja_finds_it_sample_by_sample():
    learner = neuron(hb.Oja(), 0.001)
    learner.learn(X, batch_size=1, epochs=25)
    assert degrees_to_first_component(weight(learner)) < 4.0
    assert np.linalg.norm(weight(learner)) == pytest.approx(1.0, abs=0.02)


def test_oja_finds_the_mean_of_data_that_is_not_centred():
    away = X + 20.0 * AXES[:, 5]
    learner = neuron(hb.Oja(), 1e-3)
    learner.learn(away, batch_size=len(X), epochs=300)
    assert abs(weight(learner) @ AXES[:, 5]) / np.linalg.norm(weight(learner)) > np.cos(np.radians(0.1))
    assert degrees_to_first_component(weight(learner)) > 89.9


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_oja_is_stable_below_its_bound(share):
    """In full batches: rate * lambda_1 < 1."""
    learner = neuron(hb.Oja(), share / 5.0)
    learner.learn(X, batch_size=len(X), epochs=1_000)
    assert np.linalg.norm(weight(learner)) == pytest.approx(1.0, abs=1e-9)


def test_oja_swings_above_its_bound():
    """With a = rate * lambda_1 = 1.1, |w| -> |w| + a |w| (1 - |w|^2) goes to and fro between two lengths x and y:
    subtracting and adding the two equations gives x y = 1 / a and x^2 + y^2 = 1 + 1 / a."""
    a, lengths = 1.1, []
    learner = neuron(hb.Oja(), a / 5.0)
    learner.learn(X, batch_size=len(X), epochs=1_000)
    for _ in range(3):
        learner.learn(X, batch_size=len(X))
        lengths.append(np.linalg.norm(weight(learner)))
    x, y, again = lengths
    assert x == pytest.approx(again, abs=1e-9)
    assert (x * y, x * x + y * y) == pytest.approx((1 / a, 1 + 1 / a), abs=1e-9)


def test_oja_far_above_its_bound_is_said_to_diverge():
    learner = neuron(hb.Oja(), 2.5 / 5.0)
    with pytest.raises(Diverged, match=r"weights of layer 1 became infinite; rule Oja at rate 0\.5 .* smaller rate"):
        learner.learn(X, batch_size=len(X), epochs=1_000)


def test_hebb_grows_by_the_eigenvalues():
    """w_t = (1 + rate C)^t w_0, so each component grows by (1 + rate lambda)^t, about exp(rate lambda t)."""
    rate, t = 1e-3, 200
    learner = neuron(hb.Hebb(), rate)
    begin = AXES.T @ weight(learner)
    learner.learn(X, batch_size=len(X), epochs=t)
    growth = (AXES.T @ weight(learner)) / begin
    assert np.allclose(growth, (1.0 + rate * VALUES) ** t, rtol=1e-9)
    assert np.allclose(growth, np.exp(rate * VALUES * t), rtol=t * (5 * rate) ** 2)


def test_hebb_blows_up_along_the_first_component():
    learner = neuron(hb.Hebb(), 0.005)
    begin = np.linalg.norm(weight(learner))
    learner.learn(X, batch_size=len(X), epochs=1_000)
    assert np.linalg.norm(weight(learner)) > 1e9 * begin
    assert degrees_to_first_component(weight(learner)) < 0.1
    with pytest.raises(Diverged, match="Hebb at rate 5"):
        neuron(hb.Hebb(), 5.0).learn(X, batch_size=1, epochs=5)


def test_decay_only_moves_the_border_of_growth():
    """With a linear neuron w_t = (1 + rate (C - decay))^t w_0: it dies out above lambda_1, and grows below."""
    for decay, grows in ((4.0, True), (6.0, False)):
        learner = neuron(hb.Hebb(decay), 0.01)
        begin = AXES.T @ weight(learner)
        learner.learn(X, batch_size=len(X), epochs=300)
        expected = (1.0 + 0.01 * (VALUES - decay)) ** 300 * begin
        assert np.allclose(AXES.T @ weight(learner), expected, rtol=1e-6, atol=1e-12)
        assert (np.linalg.norm(weight(learner)) > np.linalg.norm(begin)) == grows


def test_decay_bounds_a_neuron_that_saturates():
    """|post| <= 1 and |pre| <= B give |w| <= max(|w_0|, B / decay), while rate * decay <= 1."""
    learner = neuron(hb.Hebb(0.5), 0.2, activation="tanh")
    bound = np.maximum(np.abs(weight(learner)), np.abs(X).max(axis=0) / 0.5)
    for _ in range(5):
        learner.learn(X)
        assert np.all(np.abs(weight(learner)) <= bound + 1e-12)
    assert np.abs(weight(learner)).max() > 0.5  # not because nothing happened


def test_two_weights_by_hand():
    # w = (1, 2), x = (3, -1): y = 1. Hebb with decay .1: dw = x y - .1 w = (2.9, -1.2).
    # Oja: dw = y (x - y w) = (2, -3).
    for rule, expected in ((hb.Hebb(0.1), (2.9, -1.2)), (hb.Oja(), (2.0, -3.0))):
        learner = neuron(rule, 0.5, n_in=2)
        learner.network.layers[0].W[:, 0] = 1.0, 2.0
        assert learner.trace([3.0, -1.0]).layers[0].dW[:, 0] == pytest.approx(expected)
        learner.learn([[3.0, -1.0]])
        assert weight(learner) == pytest.approx(np.array([1.0, 2.0]) + 0.5 * np.array(expected))


def test_components_below_a_read_out_that_is_told():
    points, y = blobs(600, n_in=10, seed=3)
    net = hb.Network(10, [hb.Dense(3, "identity"), hb.Dense(2, "softmax")], rng=0)
    learner = hb.Learner(net, rule=[hb.Oja(), hb.Gradient()], rate=[0.002, 0.05])
    learner.learn(points, y, epochs=5)
    assert learner.accuracy(points, y) > 0.9
    assert np.linalg.norm(learner.network.layers[0].W, axis=0) == pytest.approx(np.ones(3), abs=0.1)
