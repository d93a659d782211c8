"""The optimizers against their closed forms and against three steps worked by hand."""

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
# Nesterov  beta .5; m as Momentum's: 2, 0, 4;  w: .1 (2 + 1) = .3, .3 + .1 (-1 + 0) = .2, .2 + .1 (4 + 2) = .8
# SGD       decay 2, so a share of .2 goes at each step;  w: .2, .8 (.2) - .1 = .06, .8 (.06) + .4 = .448
# AdamW     decay 2; Adam's steps after that: .1, .8 (.1) + 0 = .08, .8 (.08) + .1 (16/7) / sqrt(4.75/.578125)
BY_HAND = [
    (hb.SGD(), [0.2, 0.1, 0.5]),
    (hb.Momentum(0.5), [0.2, 0.2, 0.6]),
    (hb.RMSprop(0.75), [0.2, 0.1, 0.1 + 0.4 / 4.75**0.5]),
    (hb.Adam(0.5, 0.75), [0.1, 0.1, 0.1 + 0.1 * (16 / 7) / (4.75 / 0.578125) ** 0.5]),
    (hb.Nesterov(0.5), [0.3, 0.2, 0.8]),
    (hb.SGD(decay=2.0), [0.2, 0.06, 0.448]),
    (hb.AdamW(0.5, 0.75, decay=2.0), [0.1, 0.08, 0.064 + 0.1 * (16 / 7) / (4.75 / 0.578125) ** 0.5]),
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
            "RMSprop": np.sign(change) / np.sqrt(1 - 0.99**t), "Adam": np.sign(change) * t**0,
            "Nesterov": change * (1 - 0.9 ** (t + 1)) / (1 - 0.9), "AdamW": np.sign(change) * t**0}
    for optimizer in (hb.SGD(), hb.Momentum(), hb.Nesterov(), hb.RMSprop(), hb.Adam(), hb.AdamW(decay=0.0)):
        path = walk(optimizer, [change] * 3, 0.01)
        assert np.diff(path, prepend=0.0) == pytest.approx(0.01 * step[optimizer.name], rel=1e-6)


@pytest.mark.parametrize("compiled", [None, False])
def test_without_a_change_decay_alone_is_geometric(compiled):
    """w_t = (1 - rate decay)^t w_0: decoupled, also in AdamW, whose moments stay at 0; biases decay as well."""
    net = hb.Network(2, [hb.Dense(3, "identity")], rng=0)
    net.layers[0].b[:] = 1.0, -2.0, 3.0
    for optimizer in (hb.SGD(decay=0.5), hb.AdamW(decay=0.5)):
        learner = hb.Learner(net, optimizer=optimizer, rate=0.1, standardize=False, compiled=compiled)
        for t in range(1, 4):
            X = np.random.default_rng(t).normal(size=(4, 2))
            learner.learn(X, learner.predict(X), batch_size=4)  # told what it says: the signal is 0
            assert np.allclose(learner.network.theta, 0.95**t * net.theta, rtol=1e-12)


def test_a_decaying_step_is_not_taken_for_the_plain_one():
    """The engine does the plain step itself, without numbers; a decay of 0 is the plain step, to the bit."""
    changes = list(np.random.default_rng(0).normal(size=20))
    assert walk(hb.SGD(decay=0.0), changes, 0.1, None) == walk(hb.SGD(), changes, 0.1, None)
    assert walk(hb.SGD(decay=0.3), changes, 0.1, None) == pytest.approx(walk(hb.SGD(decay=0.3), changes, 0.1, False))
    assert abs(walk(hb.SGD(decay=0.3), changes, 0.1, None)[-1] - walk(hb.SGD(), changes, 0.1, None)[-1]) > 0.01
    assert hb.SGD(decay=0.0).kernel is hb.SGD.kernel and hb.SGD(decay=0.3).kernel is not hb.SGD.kernel


def test_nesterov_is_momentum_seen_one_roll_ahead():
    """Nesterov's weight is Momentum's plus rate beta m: the same path, looked at from the next step."""
    changes, rate, beta = list(np.random.default_rng(1).normal(size=9)), 0.1, 0.8
    behind = np.array(walk(hb.Momentum(beta), changes, rate))
    m = np.diff(behind, prepend=0.0) / rate
    assert walk(hb.Nesterov(beta), changes, rate) == pytest.approx(behind + rate * beta * m - 0.0, abs=1e-12)


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
    lambda: hb.RMSprop("fast"), lambda: hb.Adam(float("nan")), lambda: hb.Nesterov(1.0), lambda: hb.Nesterov(-0.1),
    lambda: hb.AdamW(decay=-0.1), lambda: hb.AdamW(beta1=1.0), lambda: hb.SGD(decay=-1.0), lambda: hb.SGD("slow"),
    lambda: hb.Huber(0.0), lambda: hb.Huber(float("inf")),
])
def test_numbers_out_of_range_are_refused(make):
    with pytest.raises(hb.InputError, match="expected a"):
        make()
