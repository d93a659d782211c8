"""Rates that change with time and with surprise, and changes that are shortened."""

from __future__ import annotations

import numpy as np
import pytest
from learning_helpers import blobs, data, network

import hebbnet as hb

SCHEDULES = [hb.schedules.Linear(10), hb.schedules.Linear(10, end=0.5), hb.schedules.Cosine(10),
             hb.schedules.Exponential(4.0), hb.schedules.Inverse(3.0)]


def plain_learner(**settings: object) -> hb.Learner:
    return hb.Learner(network("tanh", "softmax", 2), optimizer=hb.SGD(), rate=0.1, standardize=False, **settings)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_each_update_takes_its_own_rate(schedule):
    X, y = data("softmax", 24)
    learner = plain_learner(schedule=schedule)
    for t, batch in enumerate((1, 3, 1, 1, 5, 1)):
        by_hand = plain_learner(schedule=None)
        by_hand.network.theta[:] = learner.network.theta
        rate = 0.1 * float(schedule.factors(np.array([t]))[0])
        hand = hb.Learner(by_hand.network, optimizer=hb.SGD(), rate=rate, standardize=False)
        learner.learn(X[t : t + batch], y[t : t + batch], batch_size=batch)
        hand.learn(X[t : t + batch], y[t : t + batch], batch_size=batch)
        assert np.allclose(learner.network.theta, hand.network.theta, rtol=0, atol=1e-14)
    assert learner.n_updates == 6


def test_time_goes_on_over_calls_copies_and_files(tmp_path):
    X, y = data("softmax", 30)
    whole, cut = (plain_learner(schedule=hb.schedules.Linear(40)) for _ in range(2))
    whole.learn(X, y, batch_size=4)
    cut.learn(X[:12], y[:12], batch_size=4)
    cut = hb.Learner.load(cut.copy().save(tmp_path / "half.npz"))
    assert cut.n_updates == 3 and cut.recipe.schedule == hb.schedules.Linear(40)
    cut.learn(X[12:], y[12:], batch_size=4)
    assert np.array_equal(whole.network.theta, cut.network.theta) and whole.n_updates == cut.n_updates == 8


@pytest.mark.parametrize("make", [hb.schedules.Linear, hb.schedules.Cosine])
def test_a_rate_falls_from_one_to_its_end_and_stays(make):
    """Half way it is half way between both."""
    assert make(4, end=0.2).factors(np.array([0, 2, 4, 9])) == pytest.approx([1.0, 0.6, 0.2, 0.2])


def test_a_rate_that_fell_to_nothing_stays_there():
    X, y = data("softmax", 30)
    learner = plain_learner(schedule=hb.schedules.Linear(10))
    learner.learn(X[:10], y[:10])
    before = learner.network.theta.copy()
    learner.learn(X, y)
    assert np.array_equal(learner.network.theta, before)


@pytest.mark.parametrize(("make", "match"), [
    (lambda: hb.schedules.Linear(0), "Linear: updates"),
    (lambda: hb.schedules.Cosine(5, end=-1.0), "Cosine: end"),
    (lambda: hb.schedules.Exponential(0.0), "Exponential: half_life"),
    (lambda: hb.schedules.Inverse(-1), "Inverse: tau"),
    (lambda: plain_learner(schedule="linear"), "unknown schedule 'linear'; known: Cosine, Exponential, Inv"),
    (lambda: plain_learner(schedule=hb.schedules.Linear(5), credit=hb.KolenPollack()), "KolenPollack changes its feed"),
    (lambda: plain_learner(clip=0.0), "Learner: clip"),
    (lambda: plain_learner(surprise=3.0), "unknown surprise 3.0"),
    (lambda: hb.Surprise(fast=0.5), "Surprise: fast"),
    (lambda: hb.Surprise(gain=-1), "Surprise: gain"),
    (lambda: plain_learner(surprise=hb.Surprise(most=0.01)), "most=0.01 is below the rate 0.1"),
    (lambda: hb.Learner(network("tanh", "softmax", 1), rule=hb.Oja(), surprise=hb.Surprise()), "Surprise counts mist"),
    (lambda: hb.Learner(network("tanh", "identity", 1), surprise=hb.Surprise()), "Surprise counts mistakes"),
])
def test_what_is_refused(make, match):
    with pytest.raises(hb.InputError, match=match):
        make()


# ---------------------------------------------------------------- clipping


@pytest.mark.parametrize("batch", [1, 6])
def test_a_long_change_is_shortened_to_the_norm_asked_for(batch):
    X, y = data("softmax", 6)
    learner = plain_learner(clip=1e-3)
    before = learner.network.theta.copy()
    free = plain_learner()
    for one in (learner, free):
        one.learn(X[:batch], y[:batch], batch_size=batch)
    step, whole = learner.network.theta - before, free.network.theta - before
    assert np.linalg.norm(step) == pytest.approx(0.1 * 1e-3, rel=1e-9)
    assert step @ whole == pytest.approx(np.linalg.norm(step) * np.linalg.norm(whole), rel=1e-9)  # the same direction


def test_a_short_change_is_left_as_it_is():
    X, y = data("softmax", 40)
    clipped, free = plain_learner(clip=1e6), plain_learner()
    for one in (clipped, free):
        one.learn(X, y)
    assert np.allclose(clipped.network.theta, free.network.theta, rtol=0, atol=1e-13)


# ---------------------------------------------------------------- surprise


def gate(errors: list[float], surprise: hb.Surprise) -> list[float]:
    memory, numbers = np.zeros(3), np.array(surprise.numbers)
    return [surprise.kernel.plain(error, numbers, memory) for error in errors]


def test_the_gate_by_hand():
    """M = 1 + g max(0, e_fast - 2 e_slow - 0.05), both means plain at first."""
    assert gate([1.0, 0.0], hb.Surprise(gain=10.0, fast=1.0, slow=2.0)) == [1.0, 1.0]
    M = gate([0.0] * 100 + [1.0, 1.0], hb.Surprise(gain=10.0, fast=20.0, slow=500.0))
    assert M[:100] == [1.0] * 100
    fast, slow = 1 / 20, 1 / 101
    assert M[100] == pytest.approx(1.0 + 10.0 * max(0.0, fast - 2.0 * slow - 0.05))
    fast, slow = fast + (1 - fast) / 20, slow + (1 - slow) / 102
    assert M[101] == pytest.approx(1.0 + 10.0 * (fast - 2.0 * slow - 0.05))


def test_no_rate_is_raised_beyond_most():
    X, y = blobs(400, classes=2)
    steps = []
    for gain in (0.0, 1e9):
        learner = hb.Learner(hb.Network(3, [hb.Dense(2, "identity", init="zero")]), optimizer=hb.SGD(), rate=0.01,
                             signal=hb.SupervisedHebb(), standardize=False, surprise=hb.Surprise(gain=gain, most=0.07))
        learner.learn(X, y)
        before = learner.network.theta.copy()
        for _ in range(10):
            learner.learn(X[:1], 1 - y[:1])
        before = learner.network.theta.copy()
        learner.learn(X[:1], 1 - y[:1])
        steps.append(np.abs(learner.network.theta - before).max())
    assert steps[1] == pytest.approx(7.0 * steps[0], rel=1e-9)


@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_the_gate_reaches_the_decay_as_well(decay):
    """w <- w + M rate (dw - decay w), with M rate up to `most`."""
    X, y = blobs(400)
    y[300:] = 1 - y[300:]
    learner = hb.Learner(hb.Network(3, [hb.Dense(2, "identity", bias=False, init="zero")]), signal=hb.SupervisedHebb(),
                         optimizer=hb.SGD(decay), rate=0.01, standardize=False, surprise=hb.Surprise(most=0.1))
    M = gate((learner.copy().learn(X, y) != y).astype(float).tolist(), hb.Surprise())
    learner.learn(X[:300], y[:300])
    for row in range(300, 320):
        W = learner.network.layers[0].W.copy()
        W += min(0.01 * M[row], 0.1) * (np.outer(X[row], np.eye(2)[y[row]] - 0.5) - decay * W)
        learner.learn(X[row : row + 1], y[row : row + 1])
        assert np.allclose(learner.network.layers[0].W, W, rtol=0, atol=1e-13)
    assert M[299] < 2.0 and sorted({1.0 < M[row] < 10.0 for row in range(300, 320)}) == [False, True] and max(M) > 10.0


def test_while_nothing_is_unusual_the_gate_does_nothing():
    X, y = blobs(2_000)
    gated, free = plain_gate(hb.Surprise()), plain_gate(None)
    for one in (gated, free):
        one.learn(X[:1_000], y[:1_000])
        one.learn(X[1_000:], y[1_000:])
    assert np.allclose(gated.network.theta, free.network.theta, rtol=0, atol=1e-9)


def plain_gate(surprise: object) -> hb.Learner:
    return hb.Learner(hb.Network(3, [hb.Dense(2, "softmax")]), optimizer=hb.SGD(), rate=0.05, surprise=surprise)


def test_one_sigmoid_that_says_yes_counts_its_mistakes():
    X, y = blobs(300)
    learner = hb.Learner(hb.Network(3, [hb.Dense(1, "sigmoid", init="zero")]), signal=hb.BinaryCrossEntropy(),
                         surprise=hb.Surprise(most=1.0))
    learner.learn(X, y)
    assert learner._memory.state[0] == 300 and 0.0 <= learner._memory.state[2] < 0.3
