"""Földiák's layer: neurons that hold each other back find the independent parts of what they see."""

from __future__ import annotations

import numpy as np
import pytest

import hebbnet as hb

SIZE, BARS = 8, 16


def images(n: int, rng: np.random.Generator) -> np.ndarray:
    """(n, 64): each of 8 rows and 8 columns is lit with probability 1/8."""
    across, down = rng.random((2, n, SIZE)) < 1.0 / SIZE
    return np.maximum(across[:, :, None], down[:, None, :]).reshape(n, -1).astype(float)


def correlations(W: np.ndarray) -> np.ndarray:
    """(neurons, bars) between the weights of each neuron and each bar, both about their means."""
    one = np.eye(SIZE)
    bars = np.vstack([np.kron(one, np.ones(SIZE)), np.kron(np.ones(SIZE), one)])
    W, bars = (rows - rows.mean(axis=1, keepdims=True) for rows in (W.T, bars))
    return (W @ bars.T) / np.outer(np.linalg.norm(W, axis=1), np.linalg.norm(bars, axis=1))


def layer(seed: int, **settings: object) -> hb.Learner:
    network = hb.Network(SIZE * SIZE, [hb.Dense(BARS, "settling")], rng=seed)
    return hb.Learner(network, rule=hb.rules.Foldiak(), rate=0.02, standardize=False, **settings)


@pytest.mark.compiler
@pytest.mark.parametrize("seed", range(5))
def test_sixteen_neurons_find_sixteen_bars(seed):
    learner = layer(seed)
    learner.learn(images(4_000, np.random.default_rng(seed)))
    found = correlations(learner.network.layers[0].W)
    assert sorted(found.argmax(axis=1)) == list(range(BARS)) and found.max(axis=1).min() > 0.95


@pytest.mark.compiler
def test_what_two_thousand_images_are_enough_for():
    worst = []
    for seed in range(5):
        learner = layer(seed)
        learner.learn(images(2_000, np.random.default_rng(seed)))
        found = correlations(learner.network.layers[0].W)
        assert len(set(found.argmax(axis=1))) == BARS
        worst.append(found.max(axis=1).min())
    assert min(worst) >= 0.94


@pytest.mark.compiler
def test_without_inhibition_bars_are_lost():
    network = hb.Network(SIZE * SIZE, [hb.Dense(BARS, "settling")], rng=0)
    learner = hb.Learner(network, rule=hb.rules.Foldiak(alpha=0.0), rate=0.02, standardize=False)
    learner.learn(images(4_000, np.random.default_rng(0)))
    assert len(set(correlations(learner.network.layers[0].W).argmax(axis=1))) < BARS


def test_one_update_by_hand():
    learner = hb.Learner(hb.Network(2, [hb.Dense(3, "settling")], rng=0), rule=hb.rules.Foldiak(p=0.25, alpha=0.2,
                                                                                               gamma=0.1),
                         rate=0.5, standardize=False)
    W = learner.network.layers[0].W
    W[:] = [[2.0, 2.0, -2.0], [0.0, 1.0, 0.0]]
    learner.learn([[1.0, 1.0]])  # the first two are active, and the third is not
    assert np.allclose(W, [[1.5, 1.5, -2.0], [0.5, 1.0, 0.0]])
    Q, theta = learner._memory.state[:9].reshape(3, 3), learner._memory.state[9:12]
    assert np.allclose(Q, [[0.0, -0.2 * (1 - 0.0625), 0.0], [-0.2 * (1 - 0.0625), 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert np.allclose(theta, [0.075, 0.075, -0.025])


def test_neurons_that_inhibit_each_other_do_not_both_win():
    learner = hb.Learner(hb.Network(1, [hb.Dense(2, "settling")], rng=0), rule=hb.rules.Foldiak(), standardize=False)
    learner.network.layers[0].W[:] = [[1.0, 0.8]]
    assert learner.outputs([[1.0]]).tolist() == [[1.0, 1.0]]
    learner._memory.state[:4] = [0.0, -2.0, -2.0, 0.0]
    assert learner.outputs([[1.0]]).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize(("activation", "rule"), [("settling", hb.Oja()), ("tanh", hb.rules.Foldiak())], ids=str)
def test_they_go_together_or_not_at_all(activation, rule):
    with pytest.raises(hb.InputError, match=r'use hb.Dense\(units, "settling"\) and hb.rules.Foldiak\(\) together'):
        hb.Learner(hb.Network(2, [hb.Dense(3, activation)]), rule=rule)


def test_a_network_alone_cannot_settle():
    with pytest.raises(hb.InputError, match=r"ask learner.outputs\(X\)"):
        hb.Network(2, [hb.Dense(3, "settling")]).outputs([[1.0, 2.0]])


def test_bad_numbers_are_refused():
    for bad in ({"p": 0.0}, {"p": 1.5}, {"alpha": -1.0}, {"gamma": float("nan")}):
        with pytest.raises(hb.InputError, match="Foldiak: "):
            hb.rules.Foldiak(**bad)
    with pytest.warns(RuntimeWarning, match="rate 3 is beyond the stable range of Foldiak"):
        hb.Learner(hb.Network(2, [hb.Dense(3, "settling")]), rule=hb.rules.Foldiak(), rate=3.0)
