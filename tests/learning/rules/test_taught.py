"""Normalized LMS and prototypes: rules beside the gradient that are told something."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hebbnet as hb


def linear(n_in: int, n_out: int, rule: hb.rules.Rule, rate: float, signal: object = None) -> hb.Learner:
    network = hb.Network(n_in, [hb.Dense(n_out, "identity", init="zero")])
    return hb.Learner(network, rule=rule, rate=rate, signal=signal, standardize=False)


@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-3, 1.0, 1e3]))
def test_one_presentation_makes_a_sample_exact(seed, scale):
    rng = np.random.default_rng(seed)
    X, Y = scale * rng.normal(size=(5, 4)), rng.normal(size=(5, 2))
    learner = linear(4, 2, hb.rules.NormalizedLMS(eps=1e-30), 1.0)  # what eps leaves is eps / |x|^2 of the error
    for x, y in zip(X, Y, strict=True):
        learner.learn([x], [y])
        assert np.allclose(learner.predict([x]), y, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("rate", [0.5, 1.9])
def test_below_two_it_comes_to_the_solution_and_above_it_grows(rate):
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(20, 3)), rng.normal(size=(3, 2))
    learner = linear(3, 2, hb.rules.NormalizedLMS(), rate)
    learner.learn(X, X @ W, epochs=100)
    assert np.allclose(learner.network.layers[0].W, W, atol=1e-9)
    with pytest.warns(RuntimeWarning, match="rate 2.1 is beyond the stable range of NormalizedLMS.*up to about 2"):
        wild = linear(3, 2, hb.rules.NormalizedLMS(), 2.1)
    wild.learn(X, X @ W, epochs=100)
    assert np.abs(wild.network.layers[0].W - W).max() > 1.0


def test_nothing_comes_in_and_nothing_changes():
    learner = linear(2, 1, hb.rules.NormalizedLMS(), 1.0)
    learner.learn([[0.0, 0.0]], [3.0])
    assert not learner.network.theta.any()


def test_prototypes_are_exact_means_at_a_falling_rate():
    """At rate 1 / n of its class the weights are the mean of its inputs."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(30, 3))
    network = hb.Network(3, [hb.Dense(1, "identity", init="zero")])
    learner = hb.Learner(network, rule=hb.rules.Prototype(), signal=hb.Teacher(), rate=1.0, standardize=False,
                         schedule=hb.schedules.Inverse(tau=1.0))
    learner.learn(X, np.zeros(30, int))
    assert np.allclose(learner.network.layers[0].W[:, 0], X.mean(axis=0), atol=1e-12)


def test_the_taught_neuron_alone_moves():
    learner = linear(2, 3, hb.rules.Prototype(), 0.5, hb.Teacher())
    learner.learn([[2.0, 4.0]], [1])
    assert learner.network.layers[0].W.tolist() == [[0.0, 1.0, 0.0], [0.0, 2.0, 0.0]]
    assert not learner.network.layers[0].b.any()


def test_bad_numbers_are_refused():
    with pytest.raises(hb.InputError, match="NormalizedLMS: eps"):
        hb.rules.NormalizedLMS(eps=0.0)


@pytest.mark.parametrize(("of_the_limit", "stays"), [(0.95, True), (1.05, False)])
def test_a_prototype_comes_to_its_input_below_its_stable_rate(of_the_limit, stays):
    """Each step leaves 1 - rate of the distance."""
    rule = hb.rules.Prototype()
    network = hb.Network(1, [hb.Dense(1, "identity", init="zero")])
    x, signal, hyper, state = np.ones((1, 1)), np.ones((1, 1)), np.zeros(4), np.zeros(1)
    w, dw = network.layers[0].W, np.zeros((1, 1))
    for _ in range(60):
        rule.kernel.plain(w, x, x, x, signal, hyper, state, dw)
        w += of_the_limit * rule.stable_rate * dw
    assert (abs(w.item() - 1) < 0.1) is stays
