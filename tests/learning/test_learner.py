"""A learner predicts before it learns: `learn` is the slow loop of predict and learn, whatever the chunks."""

from __future__ import annotations

import numpy as np
import pytest
from learning_helpers import blobs, network

import hebbnet as hb
from hebbnet.engine import seeds
from hebbnet.learning import machine
from hebbnet.learning.learner import Diverged

RECIPES = {
    "default": {},
    "surprise": {"signal": hb.RewardPredictionError(), "optimizer": hb.Adam()},
    "right or wrong": {"signal": hb.RightWrong(), "optimizer": hb.SGD()},
    "components": {"rule": [hb.Oja(), hb.Gradient()], "optimizer": hb.Momentum(0.5)},
    "raw": {"standardize": False, "optimizer": hb.SGD()},
    "plain": {"compiled": False},
}


@pytest.fixture(params=RECIPES)
def learner(request: pytest.FixtureRequest) -> hb.Learner:
    return hb.Learner(hb.Network(3, [hb.Dense(5), hb.Dense(3, "softmax")], rng=7), **RECIPES[request.param])


def same(one: hb.Learner, other: hb.Learner) -> bool:
    """Whether two learners are at the same point, to the bit."""
    arrays = zip(one._arrays().values(), other._arrays().values(), strict=True)
    return (all(np.array_equal(mine, theirs) for mine, theirs in arrays)
            and one.n_seen == other.n_seen and one._rng.bit_generator.state == other._rng.bit_generator.state)


X, Y = blobs(120, classes=3, seed=5)
SERVED = blobs(120, classes=3, seed=6)[0]


def test_learn_is_the_slow_loop(learner):
    slow, predictions = learner.copy(), []
    for x, y in zip(X, Y, strict=True):
        predictions.append(slow.predict([x])[0])
        slow.learn([x], [y])
    assert np.array_equal(learner.learn(X, Y), predictions)
    assert same(learner, slow) and learner.n_seen == 120
    assert np.mean(predictions == Y) > 0.4  # decisions worth comparing


@pytest.mark.parametrize("batch", [1, 7])
def test_predictions_that_nobody_asks_for_change_nothing_but_themselves(learner, batch):
    twin = learner.copy()
    assert len(learner.learn(X, Y, batch_size=batch, epochs=2)) == 120
    assert twin.learn(X, Y, batch_size=batch, epochs=2, predictions=False).shape == (0,)
    assert same(learner, twin) and learner.n_updates == twin.n_updates


@pytest.mark.parametrize("batch", [2, 7, 50, 1_000])
def test_batches_and_what_is_left_of_the_last(learner, batch):
    slow, predictions = learner.copy(), []
    for start in range(0, 120, batch):
        x, y = X[start : start + batch], Y[start : start + batch]
        predictions.extend(slow.predict(x))
        slow.learn(x, y, batch_size=batch)
    assert np.array_equal(learner.learn(X, Y, batch_size=batch), predictions)
    assert same(learner, slow)


def test_late_labels_are_the_slow_loop(learner):
    slow, predictions = learner.copy(), []
    for served, x, y in zip(SERVED, X, Y, strict=True):
        predictions.append(slow.predict([served])[0])
        slow.learn([x], [y])
    assert np.array_equal(learner.learn_late(SERVED, X, Y), predictions)
    assert same(learner, slow)


@pytest.mark.parametrize("batch", [1, 7])
def test_chunks_do_not_show(learner, batch, monkeypatch):
    twin, late, late_twin = learner.copy(), learner.copy(), learner.copy()
    whole = learner.learn(X, Y, batch_size=batch, epochs=2), late.learn_late(SERVED, X, Y)
    monkeypatch.setattr(machine, "CHUNK_WORK", 1.0)
    assert len(list(twin._machine.chunks(len(X), batch))) > 10
    cut = twin.learn(X, Y, batch_size=batch, epochs=2), late_twin.learn_late(SERVED, X, Y)
    assert all(np.array_equal(one, other) for one, other in zip(whole, cut, strict=True))
    assert same(learner, twin) and same(late, late_twin)


def test_rows_of_later_epochs_are_seen_but_not_counted_again():
    learner = hb.Learner(network("tanh", "softmax", 2, n_out=3))
    once = learner.copy()
    assert np.array_equal(learner.learn(X, Y, epochs=3, batch_size=5), once.learn(X, Y, batch_size=5))
    assert np.array_equal(learner._memory.scaler, once._memory.scaler)
    assert learner.n_seen == 360 and once.n_seen == 120
    assert not np.array_equal(learner.network.theta, once.network.theta)


def test_later_epochs_are_shuffled():
    learner = hb.Learner(network("tanh", "softmax", 2, n_out=3), rng=11, standardize=False)
    slow, chance = learner.copy(), seeds.child(11, "learner")
    learner.learn(X, Y, epochs=3, batch_size=7)
    slow.learn(X, Y, batch_size=7)
    for _ in range(2):
        order = chance.permutation(len(X))
        slow.learn(X[order], Y[order], batch_size=7)
    assert np.array_equal(learner.network.theta, slow.network.theta)


def test_predicting_changes_nothing(learner):
    learner.learn(X, Y)
    twin = learner.copy()
    for rows in (X, X[:3], X[:0]):
        learner.predict(rows)
        learner.predict_proba(rows)
    learner.accuracy(X, Y)
    learner.trace(X, Y)
    assert same(learner, twin)
    assert learner.predict(X[:0]).shape == (0,) and learner.predict_proba(X[:0]).shape == (0, 3)


def test_a_few_rows_and_many_are_predicted_alike(learner):
    learner.learn(X, Y)
    assert np.allclose(learner.outputs(X), np.concatenate([learner.outputs(X[k : k + 7]) for k in range(0, 120, 7)]),
                       rtol=1e-12, atol=1e-13)
    assert np.allclose(learner.predict_proba(X).sum(axis=1), 1.0)
    assert learner.accuracy(X, Y) == np.mean(learner.predict(X) == Y)


def test_many_blocks_are_predicted(monkeypatch):
    learner = hb.Learner(network("tanh", "softmax", 3, n_out=3))
    learner.learn(X, Y)
    whole = learner.outputs(X)
    monkeypatch.setattr(machine, "PREDICT_ROWS", 50)
    assert np.allclose(learner.outputs(X), whole, rtol=1e-12, atol=1e-13)


def test_arrays_of_any_layout_are_learned_alike():
    base = hb.Learner(network("tanh", "softmax", 2, n_out=3))
    expected = base.copy()
    decisions = expected.learn(X, Y)
    frozen_X, frozen_y = X.copy(), Y.copy()
    frozen_X.flags.writeable = frozen_y.flags.writeable = False
    odd = np.frombuffer(b"." + X.tobytes(), dtype=np.float64, offset=1).reshape(X.shape)
    wide = np.repeat(X, 2, axis=1)
    for given_X, given_y in ((np.asfortranarray(X), Y.astype(np.int8)), (frozen_X, frozen_y), (odd, Y.astype(float)),
                             (wide[:, ::2], np.repeat(Y, 2)[::2]), (X.tolist(), Y.tolist()),
                             (X.astype(">f8"), Y.astype(">i4")), (X.astype(object), Y.astype(object))):
        twin = base.copy()
        assert np.array_equal(twin.learn(given_X, given_y), decisions)
        assert same(twin, expected)


def test_the_rows_given_are_not_touched():
    x, y = X.copy(), Y.copy()
    hb.Learner(network("tanh", "softmax", 2, n_out=3), standardize=False).learn(x, y, epochs=2, batch_size=7)
    assert np.array_equal(x, X) and np.array_equal(y, Y)


def test_a_learner_copies_its_network():
    net = network("tanh", "softmax", 2, n_out=3)
    theta = net.theta.copy()
    learner = hb.Learner(net)
    learner.learn(X, Y)
    assert np.array_equal(net.theta, theta) and not np.array_equal(learner.network.theta, theta)


def test_regression():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 3))
    target = x @ np.array([[1.0, 0.0], [-2.0, 1.0], [0.5, 3.0]]) + [1.0, -1.0]
    learner = hb.Learner(hb.Network(3, [hb.Dense(2, "identity")], rng=0), optimizer=hb.SGD(), rate=0.1)
    assert not learner.is_classifier
    assert learner.learn(x, target, epochs=30).shape == (500, 2)
    assert np.allclose(learner.predict(x), target, atol=1e-3)
    one = hb.Learner(hb.Network(3, [hb.Dense(1, "identity")], rng=0), optimizer=hb.SGD(), rate=0.1)
    assert one.learn(x, target[:, 1], epochs=30).shape == (500,)
    assert np.allclose(one.predict(x), target[:, 1], atol=1e-3)
    with pytest.raises(hb.InputError, match="predicts numbers, not labels"):
        one.accuracy(x, target[:, 1])
    with pytest.raises(hb.InputError, match="no probabilities; end it in softmax"):
        one.predict_proba(x)


def test_least_squares_of_a_linear_neuron():
    """The delta rule in full batches at rate 1 / lambda_1 ends in the least-squares solution."""
    rng = np.random.default_rng(1)
    x, target = rng.normal(size=(200, 4)), rng.normal(size=200)
    rate = 1.0 / np.linalg.eigvalsh(x.T @ x / 200)[-1]
    net = hb.Network(4, [hb.Dense(1, "identity", bias=False)], rng=0)
    learner = hb.Learner(net, optimizer=hb.SGD(), rate=rate, standardize=False)
    learner.learn(x, target, batch_size=200, epochs=400)
    assert np.allclose(learner.network.layers[0].W[:, 0], np.linalg.lstsq(x, target, rcond=None)[0], atol=1e-12)


def test_a_trace_is_the_next_update():
    learner = hb.Learner(network("tanh", "softmax", 3, n_out=3), optimizer=hb.SGD(), rate=0.5)
    learner.learn(X[:50], Y[:50])
    trace = learner.trace(X[50:55], Y[50:55])
    before = learner.network.copy()
    assert np.array_equal(learner.learn(X[50:55], Y[50:55], batch_size=5), trace.prediction)
    for seen, old, new in zip(trace.layers, before.layers, learner.network.layers, strict=True):
        assert np.array_equal(seen.W, old.W) and np.array_equal(seen.b, old.b)
        assert np.allclose(new.W, old.W + 0.5 * seen.dW, rtol=0, atol=1e-12)
        assert np.allclose(new.b, old.b + 0.5 * seen.db, rtol=0, atol=1e-12)
        assert np.allclose(seen.z, seen.pre @ seen.W + seen.b, atol=1e-12)


def test_a_trace_shows_as_a_table():
    trace = hb.Learner(network("tanh", "softmax", 2, n_out=3)).trace(X[0], 1)
    assert [line.split()[:2] for line in repr(trace).splitlines()][:2] == [["layer", "neuron"], ["1", "0"]]
    assert len(trace.rows()) == 1 + 9 + 3 and trace._repr_html_().count("<tr>") == 13
    net = hb.Learner(network("tanh", "identity", 1, n_out=2))
    assert np.array_equal(net.trace([1.0, 2.0, 3.0], [1.0, 2.0]).layers[0].signal.shape, (1, 2))


def test_what_it_is_called():
    assert repr(hb.Learner(network("tanh", "softmax", 2, n_out=3))) == (
        "Learner(Network 3-9-3 (tanh, softmax), 66 parameters: "
        "CrossEntropy x Backprop x Gradient x RMSprop, rate 0.005)")
    deaf = hb.Learner(network("tanh", "tanh", 2), rule=hb.Oja)
    assert "no signal x Unsupervised x Oja x SGD, rate 0.01" in repr(deaf)


COUNT = np.arange(15).reshape(5, 3)
GOOD = {"X": X[:5], "y": Y[:5]}
BAD = {
    "1-D X": ({"X": X[0]}, r"learn: X for Network 3-5-3 .* expected a matrix of shape \(n, d\).*reshape"),
    "columns": ({"X": X[:5, :2]}, "Network 3-5-3 .* expected 3 columns, got 2"),
    "nan": ({"X": np.where(COUNT == 7, np.nan, X[:5])}, "finite numbers, got nan in row 2, column 1"),
    "inf": ({"X": np.where(COUNT > 13, [np.inf, 0.0, -np.inf], X[:5])}, "got -inf in row 4, column 2"),
    "text": ({"X": [["a", "b", "c"]] * 5}, "expected numbers, got e.g. 'a'"),
    "empty": ({"X": X[:0], "y": Y[:0]}, "X has no rows"),
    "lengths": ({"y": Y[:4]}, "as many labels as X has rows, 5, got 4"),
    "unknown label": ({"y": [0, 1, 2, 3, 0]}, r"label 3 in row 3 is unknown; .* labels 0 \.\. 2"),
    "negative label": ({"y": [0, 1, -1, 0, 0]}, "label -1 in row 2 is unknown"),
    "half label": ({"y": [0, 1, 0.5, 0, 0]}, r"whole numbers 0 \.\. 2, got e.g. 0.5; hb.from_arrays"),
    "text label": ({"y": ["a"] * 5}, "whole numbers.*got e.g. .*'a'"),
    "label matrix": ({"y": np.eye(5)}, r"vector of labels, got shape \(5, 5\)"),
    "no labels": ({"y": None}, "y is missing, and signal"),
    "batch": ({"batch_size": 0}, "batch_size: expected a whole number of at least 1, got 0"),
    "half batch": ({"batch_size": 1.5}, "batch_size"),
    "epochs": ({"epochs": -1}, "epochs: expected a whole number"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_rows_are_refused_before_anything_changed(learner, case):
    learner.learn(X[:20], Y[:20])
    twin = learner.copy()
    change, message = BAD[case]
    with pytest.raises(hb.InputError, match=message) as refused:
        learner.learn(**{**GOOD, **change})
    assert same(learner, twin) and "\n" not in str(refused.value)


def test_bad_late_rows_are_refused(learner):
    twin = learner.copy()
    for served, message in ((X[:4], "as many rows to serve as to learn, 5, got 4"), (X[:5, :1], "learn_late: served")):
        with pytest.raises(hb.InputError, match=message):
            learner.learn_late(served, X[:5], Y[:5])
    assert same(learner, twin)


def test_bad_questions_are_refused(learner):
    for ask in (learner.predict, learner.predict_proba, learner.outputs):
        with pytest.raises(hb.InputError, match=r"predict: X for Network 3-5-3 .* expected 3 columns, got 4"):
            ask(np.zeros((2, 4)))
    with pytest.raises(hb.InputError, match="accuracy: X has no rows"):
        learner.accuracy(X[:0], Y[:0])
    with pytest.raises(hb.InputError, match="accuracy: y"):
        learner.accuracy(X, Y[:3])


def test_targets_are_checked():
    learner = hb.Learner(network("tanh", "identity", 2, n_out=2))
    for y, message in ((np.zeros(5), "expected 2 columns, got 1"), (np.zeros((4, 2)), "as many rows as X, 5, got 4"),
                       (np.full((5, 2), np.nan), "finite"), (0.0, "matrix")):
        with pytest.raises(hb.InputError, match=message):
            learner.learn(X[:5], y)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"rate": -1.0}, "rate: expected a finite number at least 0, got -1"),
    ({"rate": float("nan")}, "rate"),
    ({"rate": [0.1, 0.1, 0.1]}, "rate: expected one for all layers or a list of 2, got a list of 3"),
    ({"compiled": "yes"}, "compiled: expected True, False or None, got 'yes'"),
    ({"rng": -3}, "rng: expected a whole number"),
    ({"rng": "seed"}, "rng: expected a whole number"),
])
def test_bad_numbers_of_a_learner(arguments, message):
    with pytest.raises(hb.InputError, match=message):
        hb.Learner(network("tanh", "softmax", 2), **arguments)


def test_not_a_network():
    with pytest.raises(hb.InputError, match=r"expected a Network, got str; hb.mlp"):
        hb.Learner("3-16-2")


def test_zero_and_one_say_what_true_and_false_say():
    assert hb.Learner(network("tanh", "softmax", 2), compiled=0)._machine.execution(1) == "plain"


def test_infinite_weights_are_said_without_warnings():
    learner = hb.Learner(network("identity", "identity", 3, n_out=2), optimizer=hb.SGD(), rate=1e6)
    with pytest.raises(Diverged, match=r"^update \d+: .* layer 1 .*; rule Gradient at rate 1e\+06 has no bounds"):
        learner.learn(X, np.column_stack([Y, -Y]))


def test_a_trace_of_no_array_is_refused():
    with pytest.raises(hb.InputError, match="expected numbers"):
        hb.Learner(network("tanh", "softmax", 2)).trace((0, []), 1)
