"""The angle between what a learner does and minus the gradient, and what theory says it should be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from learning_helpers import HIDDEN, data, network
from test_learner import same

import hebbnet as hb
from hebbnet.learning.alignment import angle

CLASSES = [("softmax", hb.CrossEntropy()), ("softmax", hb.SquaredError()), ("identity", hb.SquaredError()),
           ("sigmoid", hb.SquaredError())]


@hb.synapse
def forgetful(w, pre, post, signal):
    return pre * signal - 0.5 * w


# ---------------------------------------------------------------- the measure


@pytest.mark.parametrize(("output", "signal"), CLASSES, ids=str)
def test_backprop_lies_on_the_gradient_exactly(output, signal):
    for hidden, depth, n in product(HIDDEN, (1, 2, 4), (1, 5)):
        net, (X, y) = network(hidden, output, depth), data(output, n)
        learner = hb.Learner(net, signal=signal, compiled=False)
        learner.learn(*data(output, 9))
        angles = hb.alignment(learner, X, y)
        assert angles.shape == (depth,) and set(angles[~np.isnan(angles)]) == {0.0}
        dead = [not layer.dW.any() for layer in learner.trace(X, y).layers]  # relu neurons that nothing reaches
        assert np.isnan(angles).tolist() == dead and (hidden == "relu" or not any(dead))


def test_any_optimizer_and_the_z_scores_leave_it_zero():
    X, y = data("softmax", 50)
    for optimizer, standardize in product((hb.SGD(), hb.Adam()), (True, False)):
        learner = hb.Learner(network("tanh", "softmax", 3), optimizer=optimizer, standardize=standardize)
        learner.learn(5.0 * X + 3.0, y)
        assert hb.alignment(learner, 5.0 * X + 3.0, y).tolist() == [0.0] * 3


def test_it_changes_nothing():
    X, y = data("softmax", 20)
    for credit in (hb.Backprop(), hb.KolenPollack()):
        learner = hb.Learner(network("tanh", "softmax", 3), credit=credit)
        learner.learn(X, y)
        before = learner.copy()
        hb.alignment(learner, X, y)
        assert same(learner, before)


@pytest.mark.parametrize("degrees", [0.0, 1e-7, 31.0, 90.0, 179.9999999, 180.0])
def test_angles_of_known_vectors(degrees):
    t = np.radians(degrees)
    assert angle(np.array([3.0, 0.0]), np.array([np.cos(t), np.sin(t)])) == pytest.approx(degrees, rel=1e-9, abs=1e-13)


def test_what_has_no_direction_has_no_angle():
    net = hb.Network(3, [hb.Dense(5), hb.Dense(4, "softmax")], rng=0)  # a read-out of zeros
    first, last = hb.alignment(hb.Learner(net, standardize=False), *data("softmax", 5))
    assert np.isnan(first) and last == 0.0
    seen_nothing = hb.Learner(network("tanh", "softmax", 2))  # its z-scores are all zero yet
    assert np.isnan(hb.alignment(seen_nothing, *data("softmax", 5))).tolist() == [True, False]
    features = hb.Learner(network("tanh", "softmax", 2), rule=[hb.Oja(), hb.Gradient()], standardize=False)
    first, last = hb.alignment(features, *data("softmax", 5))  # Oja changes without being told
    assert 1.0 < first < 179.0 and last == 0.0


def test_signals_that_are_no_gradient_are_held_against_the_loss_of_the_output():
    """Of one row, R - p is the chosen row of the cross-entropy's gradient: one number of several."""
    net, (X, y) = network("tanh", "softmax", 2), data("softmax", 1)
    learner = hb.Learner(net, signal=hb.RewardPredictionError(), standardize=False)
    p = net.outputs(X)[0]
    error = np.eye(4)[y[0]] - p
    expected = np.degrees(np.arccos(abs(error[p.argmax()]) / np.linalg.norm(error)))
    assert hb.alignment(learner, X, y)[1] == pytest.approx(expected, abs=1e-9)
    assert expected > 1.0


def test_a_rule_of_ones_own_and_labels_of_a_linear_output():
    decaying = hb.Learner(network("tanh", "softmax", 2), rule=forgetful, standardize=False)
    assert np.all(hb.alignment(decaying, *data("softmax", 9)) > 1.0)
    X, y = data("softmax", 9)
    critic = hb.Learner(network("tanh", "identity", 2), signal=hb.RightWrong(), standardize=False)
    whole = hb.alignment(critic, X, y)  # labels, where the loss wants targets
    assert np.all((whole > 0.0) & (whole < 180.0))
    assert hb.alignment(critic, X[0], int(y[0])).shape == (2,)


def test_one_number_regression_and_one_row():
    learner = hb.Learner(network("tanh", "identity", 2, n_out=1), credit=hb.FeedbackAlignment(), standardize=False)
    X, _ = data("identity", 5)
    assert hb.alignment(learner, X, X[:, 0])[1] == 0.0
    assert np.array_equal(hb.alignment(learner, X[0], X[0, 0]), hb.alignment(learner, X[:1], X[:1, 0]))


@pytest.mark.parametrize(("arguments", "match"), [
    (("learner", [[1.0]], [0]), "alignment: expected a Learner, got str"),
    ((hb.Learner(network("tanh", "softmax", 2)), [[1.0, 2.0]], [0]), "expected 3 columns, got 2"),
    ((hb.Learner(network("tanh", "softmax", 2)), [[1.0, 2.0, 3.0]], [4]), "label 4 in row 0 is unknown"),
    ((hb.Learner(network("tanh", "softmax", 2)), [[1.0, 2.0, 3.0]], None), "y is missing"),
    ((hb.Learner(network("tanh", "softmax", 2), rule=hb.Oja()), [[1.0, 2.0, 3.0]], None), "y is missing"),
])
def test_bad_input(arguments, match):
    with pytest.raises(hb.InputError, match=match):
        hb.alignment(*arguments)


# ---------------------------------------------------------------- theorems


def lillicrap(credit: object, seed: int, stops: tuple[int, ...], rule: object = None) -> list[float]:
    """Mean angle of what the hidden layer is told, after so many batches of 20 rows.

    A linear 30-20-10 network learns a linear map: Lillicrap et al. (2016), first weights .01, F uniform in +-1/2.
    """
    rng = np.random.default_rng(seed)
    T = rng.uniform(-1.0, 1.0, (30, 10))
    net = hb.Network(30, [hb.Dense(20, "identity", bias=False), hb.Dense(10, "identity", bias=False)], rng=seed)
    for layer in net.layers:
        layer.W[:] = rng.normal(0.0, 0.01, layer.W.shape)
    learner = hb.Learner(net, credit=credit, rule=rule, optimizer=hb.SGD(), rate=0.02, standardize=False)
    learner._memory.feedback[:] = rng.uniform(-0.5, 0.5, 20 * 10)
    X, probe = rng.normal(size=(20 * stops[-1], 30)), rng.normal(size=(30, 30))
    angles, at = [], 0
    for stop in stops:
        if stop > at:
            rows = X[20 * at : 20 * stop]
            learner.learn(rows, rows @ T, batch_size=20)
        told = hb.Learner(learner.network, credit=credit, standardize=False)  # the credit alone, whatever the rule
        told._memory.feedback[:] = learner._memory.feedback
        angles.append(float(np.mean([hb.alignment(told, x, x @ T)[0] for x in probe])))
        at = stop
    return angles


SEEDS = range(10)


@pytest.fixture(scope="module")
def by_feedback_alignment() -> np.ndarray:
    """(seeds, stops) angles at 0, 500 and 1,000 batches."""
    return np.array([lillicrap(hb.FeedbackAlignment(), seed, (0, 500, 1_000)) for seed in SEEDS])


def test_feedback_alignment_aligns(by_feedback_alignment):
    start, middle, end = by_feedback_alignment.mean(axis=0)
    assert 80.0 < start < 100.0
    assert 25.0 < middle < 36.0 and 24.0 < end < 36.0
    assert by_feedback_alignment[:, 1:].max() < 41.0
    assert np.all(by_feedback_alignment[:, 1] < by_feedback_alignment[:, 0] - 30.0)  # in every seed


def test_kolen_pollack_comes_closer_and_with_decay_all_the_way(by_feedback_alignment):
    near = np.array([lillicrap(hb.KolenPollack(0.02), seed, (500,))[0] for seed in SEEDS])
    assert np.all(near < by_feedback_alignment[:, 1] - 3.0)
    closed = np.array([lillicrap(hb.KolenPollack(0.02, 0.5), seed, (1_000,), rule=forgetful)[0] for seed in SEEDS[:3]])
    assert np.all(closed < 0.1)


def test_sign_symmetry_is_bounded():
    angles = np.array([lillicrap(hb.SignSymmetric(), seed, (0, 100, 500)) for seed in SEEDS[:5]])
    assert np.allclose(angles[:, 0], np.degrees(np.arccos(np.sqrt(2.0 / np.pi))), atol=4.0)
    assert angles.max() < 50.0


def test_sign_symmetry_in_closed_form():
    """Below one output, cos = |w|_1 / (sqrt(n) |w|_2): never beyond 90, and 37 where w is normal and wide."""
    for n, seed in product((3, 40, 4_000), range(3)):
        net = hb.Network(2, [hb.Dense(n, "identity"), hb.Dense(1, "identity")], rng=seed)
        learner = hb.Learner(net, credit=hb.SignSymmetric(), standardize=False, compiled=False)
        w = net.layers[1].W[:, 0]
        expected = np.degrees(np.arccos(np.abs(w).sum() / (np.sqrt(n) * np.linalg.norm(w))))
        assert hb.alignment(learner, [1.0, -2.0], 1.0)[0] == pytest.approx(expected, abs=1e-6)
    assert expected == pytest.approx(np.degrees(np.arccos(np.sqrt(2.0 / np.pi))), abs=2.0)
