"""Hebb about the means: what all inputs have in common is not learned."""

from __future__ import annotations

import numpy as np
import pytest
from unsupervised_helpers import (
    assert_finite_on_zero_input,
    assert_order_in_a_batch_does_not_matter,
    assert_three_executions_agree,
    change,
    layer,
    reach,
)

import hebbnet as hb

RULE = hb.rules.Covariance()


def test_a_batch_that_comes_first_gives_the_covariance():
    W, pre, post = layer(0, 20)
    expected = np.cov(pre.T, post.T, bias=True)[:4, 4:]
    assert np.allclose(change(RULE, W, pre, post), expected, rtol=1e-12, atol=1e-14)
    assert np.allclose(change(hb.rules.Covariance(decay=0.3), W, pre, post), expected - 0.3 * W, rtol=1e-12, atol=1e-14)


def test_the_means_are_running_ones():
    """Plain means for tau updates, then each update counts 1 / tau."""
    rule, rng = hb.rules.Covariance(tau=4.0), np.random.default_rng(0)
    W, state, pre, post = np.zeros((4, 3)), np.zeros(8), rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    for r in range(6):
        change(rule, W, pre[r : r + 1], post[r : r + 1], state=state)
        if r < 4:
            assert np.allclose(state[:7], [*pre[: r + 1].mean(axis=0), *post[: r + 1].mean(axis=0)], rtol=1e-12)
    weights = np.array([0.25 * 0.75**2] * 4 + [0.25 * 0.75, 0.25])
    assert np.allclose(state[:7], [*(weights @ pre), *(weights @ post)], rtol=1e-12)


@pytest.mark.parametrize("batch", [1, 5])
def test_a_common_shift_changes_nothing(batch):
    """The changes of 40 updates at fixed weights, inputs and activities shifted each by a vector of its own."""
    rng = np.random.default_rng(1)
    W, pre, post = rng.normal(size=(4, 3)), rng.normal(size=(200, 4)), rng.normal(size=(200, 3))
    states = [np.zeros(RULE.state_size(4, 3)) for _ in range(2)]
    for start in range(0, 40 * batch, batch):
        part = slice(start, start + batch)
        here = change(RULE, W, pre[part], post[part], state=states[0])
        there = change(RULE, W, pre[part] + [100.0, -3.0, 0.0, 7.0], post[part] + [5.0, -50.0, 1.0], state=states[1])
        assert np.allclose(here, there, rtol=0.0, atol=1e-11)


def neuron(rule: hb.rules.Rule, X: np.ndarray) -> np.ndarray:
    learner = hb.Learner(hb.Network(5, [hb.Dense(1, "identity")], rng=1), rule=rule, rate=1e-3, standardize=False)
    learner.learn(X, epochs=5)
    w = learner.network.layers[0].W[:, 0]
    return w / np.linalg.norm(w)


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_the_first_component_wherever_the_mean_lies(seed):
    """Sample by sample; Hebb finds the mean instead."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(1_000, 5)) * [2.0, 1.0, 0.7, 0.5, 0.3]
    first = np.linalg.eigh(np.cov(X.T))[1][:, -1]
    away = X + np.array([0.0, 0.0, 4.0, 0.0, 0.0])
    assert abs(neuron(RULE, X) @ first) > np.cos(np.radians(5.0))
    assert abs(neuron(RULE, away) @ first) > np.cos(np.radians(5.0))
    assert abs(neuron(hb.Hebb(), away)[2]) > np.cos(np.radians(5.0))


def test_the_house_rules():
    assert_order_in_a_batch_does_not_matter(RULE)
    assert_finite_on_zero_input(hb.rules.Covariance(decay=0.1))
    assert reach(RULE) == (0.0, 0.0, 0.0)


@pytest.mark.compiler
def test_three_executions(monkeypatch):
    assert_three_executions_agree(hb.rules.Covariance(tau=3.0, decay=0.1), monkeypatch)


def test_bad_numbers():
    with pytest.raises(hb.InputError, match=r"Covariance: tau: expected a finite number at least 1, got 0\.5"):
        hb.rules.Covariance(tau=0.5)
    with pytest.raises(hb.InputError, match="Covariance: decay"):
        hb.rules.Covariance(decay=-1.0)
