"""A threshold that slides makes neurons selective: one pattern of K gets the response K, the others get none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from unsupervised_helpers import (
    assert_batch_is_mean_of_samples,
    assert_finite_on_zero_input,
    assert_order_in_a_batch_does_not_matter,
    assert_three_executions_agree,
    change,
    reach,
)

import hebbnet as hb
from hebbnet.learning.learner import Diverged
from hebbnet.learning.rules import BCM

K, D = 5, 10


def patterns(seed: int, *, orthogonal: bool = False) -> np.ndarray:
    """K linearly independent inputs of length 1, (K, D)."""
    drawn = np.random.default_rng(seed).normal(size=(K, D))
    return np.linalg.qr(drawn.T)[0].T if orthogonal else drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def neurons(rule: BCM, rate: float, seed: int, *, m: int = 1) -> hb.Learner:
    """Linear neurons that begin with responses from .2 to 1: whoever gives none is long in finding one."""
    network = hb.Network(D, [hb.Dense(m, "identity")], rng=seed)
    network.layers[0].W[:] = np.linalg.pinv(patterns(seed)) @ np.random.default_rng(seed).uniform(0.2, 1.0, (K, m))
    return hb.Learner(network, rule=rule, rate=rate, standardize=False)


def responses(learner: hb.Learner, P: np.ndarray) -> np.ndarray:
    """(K, m), in ascending order for each neuron."""
    return np.sort(P @ learner.network.layers[0].W, axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_one_response_is_k_and_the_others_are_nothing(seed):
    """Exactly, where each batch holds every pattern once; each of 4 neurons for itself."""
    P = patterns(seed)
    learner = neurons(BCM(tau=30.0), 0.02, seed, m=4)
    learner.learn(np.tile(P, (10_000, 1)), batch_size=K)
    got = responses(learner, P)
    assert np.abs(got - np.array([0.0, 0.0, 0.0, 0.0, K])[:, None]).max() < 1e-9
    assert learner._memory.state == pytest.approx(np.full(4, K), abs=1e-9)  # theta = mean post^2 = K^2 / K


@pytest.mark.parametrize("seed", range(5))
def test_selectivity_sample_by_sample(seed):
    """In random order the threshold is noisy, and so is the response: 4.2 to 5.9 measured, seeds 0 to 9."""
    P, rng = patterns(seed), np.random.default_rng([seed, 1])
    learner = neurons(BCM(tau=10.0), 0.005, seed)
    learner.learn(P[rng.integers(K, size=60_000)])
    got = responses(learner, P)[:, 0]
    assert 4.0 < got[-1] < 6.0
    assert np.abs(got[:-1]).max() < 0.3
    assert 1.0 - got.mean() / got[-1] == pytest.approx(1.0 - 1.0 / K, abs=0.02)


def swing(rate_times_tau: float) -> float:
    """How far the largest response still moves, from just beside the fixed point, for orthogonal patterns.

    There, with y = K + u and theta = K + v: u' = rate (u - v), v' = (2 u - v) / tau, which is stable while the trace,
    rate - 1 / tau, is negative.
    """
    P, tau = patterns(0, orthogonal=True), 500.0
    learner = neurons(BCM(tau), rate_times_tau / tau, 0)
    learner.network.layers[0].W[:, 0] = (K + 0.05) * P[2]
    learner._memory.state[:] = K
    largest = []
    for _ in range(10):
        learner.learn(np.tile(P, (5_000, 1)), batch_size=K)
        largest.append(responses(learner, P)[-1, 0])
    return float(np.abs(np.array(largest[5:]) - K).max())


def test_it_settles_below_its_bound_and_swings_above():
    assert swing(0.8) < 0.005
    assert swing(1.2) > 0.5


def test_far_above_its_bound_it_diverges_and_one_is_warned():
    P = patterns(1)
    with pytest.warns(RuntimeWarning, match=r"rate 0\.02 is beyond the stable range of BCM\(tau=300\.0\), up to about "
                                            r"0\.005: its weights may swing .* use a smaller rate"):
        learner = neurons(BCM(tau=300.0), 0.02, 1)
    with pytest.raises(Diverged, match="rule BCM at rate"):
        learner.learn(np.tile(P, (20_000, 1)), batch_size=K)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        neurons(BCM(tau=300.0), 0.005, 1)


def test_two_updates_by_hand():
    """y = 3, theta 0: dw = 2 * 3 * 3; theta becomes 9 / 4. Then y = 1: dw = 2 * 1 * (1 - 9 / 4)."""
    state, W, x = np.zeros(1), np.ones((1, 1)), np.array([[2.0]])
    assert change(BCM(tau=4.0), W, x, np.array([[3.0]]), state=state)[0, 0] == pytest.approx(18.0)
    assert state[0] == pytest.approx(2.25)
    assert change(BCM(tau=4.0), W, x, np.array([[1.0]]), state=state)[0, 0] == pytest.approx(-2.5)


def test_the_house_rules():
    assert_batch_is_mean_of_samples(BCM(tau=3.0))
    assert_order_in_a_batch_does_not_matter(BCM(tau=3.0))
    assert_finite_on_zero_input(BCM())
    assert reach(BCM(tau=3.0)) == (0.0, 0.0, 0.0)


@pytest.mark.compiler
def test_three_executions(monkeypatch):
    assert_three_executions_agree(BCM(tau=3.0), monkeypatch)


def test_bad_numbers():
    with pytest.raises(hb.InputError, match=r"BCM: tau: expected a finite number at least 1, got 0"):
        BCM(tau=0)
