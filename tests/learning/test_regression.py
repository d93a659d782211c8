"""Numbers as answers, and questions of yes or no: a regressor and a sigmoid read-out work as well as a softmax one."""

from __future__ import annotations

import numpy as np
import pytest
from learning_helpers import blobs, data, network

import hebbnet as hb


def friedman(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Friedman (1991): 10 inputs, of which 5 matter; noise of variance 1 under a variance of about 24."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(size=(n, 10))
    clean = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
    return X, clean + rng.normal(size=n)


def regressor(signal: hb.SquaredError | hb.Huber | None = None, *, rng: int = 0, **how: object) -> hb.Learner:
    net = hb.Network(10, [hb.Dense(32, "tanh"), hb.Dense(1, "linear")], rng=rng)
    return hb.Learner(net, signal=signal, **how)


@pytest.mark.parametrize("signal", [None, hb.SquaredError(), hb.Huber()], ids=str)
def test_friedman(signal):
    """R^2 on fresh rows: 0 is the mean predictor, 1 - 1/24.8 the ceiling. The worst of 5 seeds."""
    shares = []
    for seed in range(5):
        (X, y), (X_new, y_new) = friedman(1_500, seed), friedman(1_000, seed + 100)
        learner = regressor(signal, rng=seed)
        assert learner.learn(X, y, epochs=20).shape == (1_500,)
        shares.append(1.0 - np.mean((y_new - learner.predict(X_new)) ** 2) / np.mean((y_new - y.mean()) ** 2))
    assert min(shares) > 0.7  # measured: .83 to .93


def test_an_outlier_shouts_no_louder():
    """One wrong row in ten, far off: squared error runs after it, Huber stays with the rest."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2_000, 3))
    clean = X @ [1.0, -2.0, 0.5]
    y = np.where(rng.random(2_000) < 0.1, 50.0, clean)
    errors = []
    net = hb.Network(3, [hb.Dense(1, "linear")], rng=0)
    for signal in (hb.SquaredError(), hb.Huber()):
        learner = hb.Learner(net, signal=signal, optimizer=hb.SGD(), rate=0.02)
        learner.learn(X, y, epochs=5)
        errors.append(np.mean(np.abs(learner.predict(X) - clean)))
    assert errors[0] > 4.0 and errors[1] < 0.5


@pytest.mark.parametrize("signal", [None, hb.Huber()], ids=str)
@pytest.mark.parametrize(("n_out", "shape"), [(1, (40,)), (3, (40, 3))])
def test_shapes(n_out, shape, signal):
    X, _ = data("identity", 40)
    y = X[:, :n_out] if n_out > 1 else X[:, 0]
    learner = hb.Learner(network("tanh", "identity", 2, n_out=n_out), signal=signal, compiled=False)
    assert not learner.is_classifier
    assert learner.learn(X, y, batch_size=7).shape == shape and learner.predict(X).shape == shape
    assert learner.outputs(X).shape == (40, n_out) and learner.learn_late(X, X, y).shape == shape
    assert learner.trace(X[0], y[0]).prediction.shape == (1, *shape[1:])
    if n_out == 1:  # a column is as good as a vector
        twin = learner.copy()
        assert np.array_equal(learner.learn(X, y), twin.learn(X, y[:, None]))
        assert np.array_equal(learner.network.theta, twin.network.theta)


@pytest.mark.parametrize("how", [
    {"signal": hb.Huber(0.7), "optimizer": hb.Nesterov(0.8)}, {"optimizer": hb.SGD(decay=0.1)},
    {"optimizer": hb.AdamW(decay=0.2)},
], ids=str)
def test_going_on_from_a_file_is_never_having_stopped(how, tmp_path):
    X, y = friedman(60, 0)
    learner = regressor(**how)
    learner.learn(X, y)
    learner.save(tmp_path / "learner.npz")
    loaded = hb.Learner.load(tmp_path / "learner.npz")
    assert loaded.recipe == learner.recipe
    assert [o.kernel for o in loaded.recipe.optimizers] == [o.kernel for o in learner.recipe.optimizers]
    twin = learner.copy()
    for each in (learner, loaded, twin):
        each.learn(X, y, epochs=2)
    assert np.array_equal(loaded.network.theta, learner.network.theta)
    assert np.array_equal(twin.network.theta, learner.network.theta)


@pytest.mark.parametrize(("do", "match"), [
    (lambda one, X, y: one.accuracy(X, y), "accuracy: this learner predicts numbers, not labels; compare predict"),
    (lambda one, X, y: one.predict_proba(X), "gives no probabilities; end it in softmax"),
    (lambda one, X, y: hb.run(one, hb.from_arrays(X, y > 14), hb.Never()), "run: scores labels, .* predicts numbers"),
    (lambda one, X, y: one.learn(X, y[:-1]), "learn: y: expected as many rows as X, 20, got 19"),
    (lambda one, X, y: one.learn(X, np.c_[y, y]), "learn: y: expected 1 columns, got 2"),
    (lambda one, X, y: one.learn(X, np.where(y > 14, np.nan, y)), "learn: y"),
    (lambda one, X, y: one.learn(X, ["much"] * 20), "learn: y: expected numbers"),
    (lambda one, X, y: one.learn(X, [[1.0], [1.0, 2.0]]), "learn: y: .*rows of different lengths"),
    (lambda one, X, y: one.learn(X), "y is missing, and signal SquaredError needs y"),
])
def test_what_a_regressor_refuses(do, match):
    X, y = friedman(20, 0)
    learner = regressor(compiled=False)
    before = learner.network.theta.copy()
    with pytest.raises(hb.InputError, match=match) as refused:
        do(learner, X, y)
    assert "\n" not in str(refused.value)
    assert np.array_equal(learner.network.theta, before) and learner.n_seen == 0


# ---------------------------------------------------------------- yes or no


def sigmoid_readout(n_out: int, signal: object = None, **how: object) -> hb.Learner:
    net = hb.Network(3, [hb.Dense(8, "tanh"), hb.Dense(n_out, "sigmoid")], rng=0)
    return hb.Learner(net, signal=hb.BinaryCrossEntropy() if signal is None else signal, **how)


def test_one_output_answers_yes_or_no():
    X, y = blobs(600)
    for signal in (None, hb.SquaredError()):
        learner = sigmoid_readout(1, signal)
        assert learner.is_classifier
        predicted = learner.learn(X, y, epochs=5)
        assert predicted.dtype == np.int64 and set(predicted) == {0, 1}
        assert learner.accuracy(X, y) > 0.95
        assert np.array_equal(learner.predict(X), learner.outputs(X)[:, 0] > 0.5)
        with pytest.raises(hb.InputError, match=r"label 2 in row 0 is unknown; .* 0 \.\. 1"):
            learner.learn(X[:1], [2])


def test_two_outputs_of_softmax_say_what_one_of_sigmoid_says():
    """sigmoid(z) = softmax(0, z)_1: the signal at z is y - p in both."""
    X, y = blobs(9)
    one, two = hb.Network(3, [hb.Dense(1, "sigmoid")], rng=0), hb.Network(3, [hb.Dense(2, "softmax")], rng=0)
    two.layers[0].W[:, 1] = one.layers[0].W[:, 0]
    told = hb.Learner(one, signal=hb.BinaryCrossEntropy()).trace(X, y).layers[0].signal[:, 0]
    assert np.allclose(told, hb.Learner(two).trace(X, y).layers[0].signal[:, 1], rtol=0, atol=1e-15)


def test_a_question_for_every_output():
    X, y = blobs(900, classes=3, seed=1)
    labels, shares = sigmoid_readout(3), sigmoid_readout(3)
    assert np.array_equal(labels.learn(X, y, epochs=3), shares.learn(X, np.eye(3)[y], epochs=3))
    assert np.array_equal(labels.network.theta, shares.network.theta)
    softmax = hb.Learner(hb.Network(3, [hb.Dense(8, "tanh"), hb.Dense(3, "softmax")], rng=0))
    softmax.learn(X, y, epochs=3)
    assert labels.accuracy(X, y) > softmax.accuracy(X, y) - 0.02 > 0.8
    several = np.stack([X[:, 0] > 0, X[:, 1] > 0, X[:, 0] + X[:, 1] > 0], axis=1).astype(float)
    shares = sigmoid_readout(3, rng=1)
    shares.learn(X, several, epochs=20)
    assert np.mean((shares.outputs(X) > 0.5) == several) > 0.95


def test_a_sigmoid_readout_runs_on_a_stream():
    stream = hb.DriftStream([hb.SEA(8)], rng=0)
    run = hb.run(sigmoid_readout(2), stream, hb.Never(), steps=3_000)
    assert run.summary()["accuracy"] > 0.9
    with pytest.raises(hb.InputError, match="does not fit the stream"):
        hb.run(sigmoid_readout(1), stream, hb.Never(), steps=3_000)


@pytest.mark.parametrize(("y", "match"), [
    ([[0.5, 0.5, 1.5]], "learn: y: expected numbers from 0 to 1, got 1.5 in row 0"),
    ([[0.5, 0.5]], "learn: y: expected 3 columns, got 2"),
    ([[0.5, 0.5, np.nan]], "learn: y"),
    ([0.5], r"expected whole numbers 0 \.\. 2"),
    ([3], "label 3 in row 0 is unknown"),
    ([[0.1, 0.2, 0.3]] * 2, "expected as many rows as X, 1, got 2"),
])
def test_targets_that_are_no_shares_are_refused(y, match):
    learner = sigmoid_readout(3, compiled=False)
    with pytest.raises(hb.InputError, match=match):
        learner.learn([[1.0, 2.0, 3.0]], y)
    assert learner.n_seen == 0


def test_the_loss_of_huber_by_hand() -> None:
    """Half a square up to delta = 1, a line beyond: 1/2 (1/2)^2 and 3 - 1/2; that of squared errors beside it."""
    a, target, hyper = np.array([[0.0, 2.0]]), np.array([[-0.5, 5.0]]), np.array([1.0])
    huber, squared = np.empty(1), np.empty(1)
    hb.Huber.loss(a, np.zeros(1, np.int64), target, hyper, huber)
    hb.SquaredError.loss(a, np.zeros(1, np.int64), target, hyper, squared)
    assert (huber[0], squared[0]) == (0.125 + 2.5, 0.125 + 4.5)
