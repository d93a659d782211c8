"""The four optimizers against their closed forms and against three steps worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

import hebbnet as hb


@hb.synapse
def push(w, pre, post, signal):
    return pre


def walk(optimizer: object, changes: list[float], rate: float, compiled: bool | None = False) -> list[float]:
    """The weight after each step, from 0: a synapse whose change is its input, so the inputs are the changes."""
    net = hb.Network(1, [hb.Dense(1, "identity", init="zero")], rng=0)
    learner = hb.Learner(net, rule=push, optimizer=optimizer, rate=rate, standardize=False, compiled=compiled)
    path = []
    for change in changes:
        learner.learn([[change]])
        path.append(float(learner.network.layers[0].W[0, 0]))
    return path


# Changes 2, -1, 4 at rate 0.1, by hand:
# SGD       w: .2, .2 - .1 = .1, .1 + .4 = .5
# Momentum  beta .5; m: 2, 1 - 1 = 0, 0 + 4 = 4;  w: .2, .2, .6
# RMSprop   beta .75; v: 4/4 = 1, 1 + (1 - 1)/4 = 1, 1 + (16 - 1)/4 = 4.75;
#           w: .1 2/1 = .2, .2 - .1 = .1, .1 + .4 / sqrt 4.75
# Adam      betas .5, .75; m: 1, 0, 2, over 1 - .5^t = .5, .75, .875: 2, 0, 16/7; v: 1, 1, 4.75, over 1 - .75^t = .25,
#           .4375, .578125: 4, 1/.4375, 4.75/.578125;  w: .1 2/2 = .1, .1, .1 + .1 (16/7) / sqrt(4.75/.578125)
BY_HAND = [
    (hb.SGD(), [0.2, 0.1, 0.5]),
    (hb.Momentum(0.5), [0.2, 0.2, 0.6]),
    (hb.RMSprop(0.75), [0.2, 0.1, 0.1 + 0.4 / 4.75**0.5]),
    (hb.Adam(0.5, 0.75), [0.1, 0.1, 0.1 + 0.1 * (16 / 7) / (4.75 / 0.578125) ** 0.5]),
]


@pytest.mark.parametrize(("optimizer", "expected"), BY_HAND, ids=lambda part: getattr(part, "name", ""))
def test_three_steps_by_hand(optimizer, expected):
    assert walk(optimizer, [2.0, -1.0, 4.0], 0.1) == pytest.approx(expected, abs=1e-7)  # eps is 1e-8
    assert walk(optimizer, [2.0, -1.0, 4.0], 0.1, compiled=None) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("change", [0.3, -7.0])
def test_closed_forms_of_a_constant_change(change):
    """dw = g three times: what is added at step t."""
    t = np.arange(1, 4)
    step = {"SGD": change * t**0, "Momentum": change * (1 - 0.9**t) / (1 - 0.9),
            "RMSprop": np.sign(change) / np.sqrt(1 - 0.99**t), "Adam": np.sign(change) * t**0}
    for optimizer in (hb.SGD(), hb.Momentum(), hb.RMSprop(), hb.Adam()):
        path = walk(optimizer, [change] * 3, 0.01)
        assert np.diff(path, prepend=0.0) == pytest.approx(0.01 * step[optimizer.name], rel=1e-6)


def test_each_layer_has_its_own_optimizer_and_rate():
    net = hb.Network(2, [hb.Dense(2, "identity", init="zero"), hb.Dense(2, "identity", init="zero")], rng=0)
    learner = hb.Learner(net, rule=push, optimizer=[hb.SGD(), hb.Momentum(0.5)], rate=[0.1, 10.0], standardize=False,
                         compiled=False)
    learner.learn([[1.0, 2.0], [1.0, 2.0]])
    first, second = learner.network.layers
    assert np.allclose(first.W, [[0.2, 0.2], [0.4, 0.4]])  # twice 0.1 times the input
    # The hidden activity is 0, then (.5, .5): m = 0, then .5; the step 10 m = 5.
    assert np.allclose(second.W, 5.0)


@pytest.mark.parametrize("make", [
    lambda: hb.Momentum(1.0), lambda: hb.Momentum(-0.1), lambda: hb.RMSprop(1.0), lambda: hb.RMSprop(eps=0.0),
    lambda: hb.Adam(beta1=1.0), lambda: hb.Adam(beta2=-1.0), lambda: hb.Adam(eps=-1.0), lambda: hb.Hebb(-1.0),
    lambda: hb.RMSprop("fast"), lambda: hb.Adam(float("nan")),
])
def test_numbers_out_of_range_are_refused(make):
    with pytest.raises(hb.InputError, match="expected a"):
        make()
