"""The classic supervised rules, by their theorems, and the table of names."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_helpers import HIDDEN, blobs, data, network, onehot
from test_three_executions import assert_three_agree

import hebbnet as hb
from hebbnet.learning import names

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def readout(signal: object, n_in: int, classes: int, rate: float, *, output: str = "identity",
            bias: bool = True) -> hb.Learner:
    """One layer under the plain step, from zero."""
    net = hb.Network(n_in, [hb.Dense(classes, output, bias=bias, init="zero")], rng=0)
    return hb.Learner(net, signal=signal, optimizer=hb.SGD(), rate=rate, standardize=False)


def weights(learner: hb.Learner) -> np.ndarray:
    return learner.network.layers[0].W


# ---------------------------------------------------------------- what the signals are


@pytest.mark.parametrize("output", [*HIDDEN, "softmax"])
def test_the_perceptron_hears_of_mistakes_alone(output):
    net, (X, y) = network("tanh", output, 2), data("softmax", 60)
    trace = hb.Learner(net, signal=hb.PerceptronError(), standardize=False).trace(X, y)
    chosen = net.outputs(X).argmax(axis=1)
    told = trace.layers[-1].signal
    assert np.array_equal(told, onehot(y) - onehot(chosen))  # at the potential: no slope in it
    right = chosen == y
    assert 0 < right.sum() < 60 and not told[right].any() and np.all(np.abs(told[~right]).sum(axis=1) == 2.0)


@pytest.mark.parametrize("output", [*HIDDEN, "softmax"])
def test_supervised_hebb_does_not_listen_to_the_network(output):
    X, y = data("softmax", 20)
    for seed in (0, 1):
        net = network("tanh", output, 2, seed=seed)
        told = hb.Learner(net, signal=hb.SupervisedHebb(), standardize=False).trace(X, y).layers[-1].signal
        assert np.allclose(told, onehot(y) - 0.25, rtol=0, atol=1e-15)


@pytest.mark.compiler
@pytest.mark.parametrize("signal", [hb.PerceptronError(), hb.SupervisedHebb()], ids=str)
def test_three_executions_agree(signal, monkeypatch):
    for output, depth in product((*HIDDEN, "softmax"), (1, 2)):
        X, y = data("softmax", 12, n_out=3)
        learner = hb.Learner(network("tanh", output, depth, n_out=3), signal=signal, optimizer=hb.SGD(), rate=0.1)
        assert_three_agree(learner, X, y, 6, monkeypatch)


@pytest.mark.parametrize("signal", [hb.PerceptronError(), hb.SupervisedHebb()], ids=str)
def test_a_batch_is_the_mean_of_its_samples(signal):
    learner = hb.Learner(network("tanh", "softmax", 2), signal=signal, standardize=False)
    X, y = data("softmax", 30)
    for k in range(2):
        single = [learner.trace(X[r], y[r]).layers[k].dW for r in range(30)]
        assert np.allclose(learner.trace(X, y).layers[k].dW, np.mean(single, axis=0), rtol=0, atol=1e-14)


@pytest.mark.parametrize("output", ["identity", "softmax"])
@pytest.mark.parametrize("signal", [hb.PerceptronError(), hb.SupervisedHebb()], ids=str)
def test_broadcast_would_say_nothing_and_is_refused(signal, output):
    with pytest.raises(hb.InputError, match=f"sum of the output's signal, and that of {signal.name} is always zero"):
        hb.Learner(network("tanh", output, 2), signal=signal, credit=hb.Broadcast())


@pytest.mark.parametrize("output", ["identity", "softmax"])
@pytest.mark.parametrize("signal", [hb.PerceptronError(), hb.SupervisedHebb()], ids=str)
def test_the_alignment_is_that_with_the_loss_that_suits_the_output(signal, output):
    net, (X, y) = network("tanh", output, 2), data("softmax", 40)
    angles = hb.alignment(hb.Learner(net, signal=signal, standardize=False), X, y)
    done = hb.Learner(net, signal=signal, standardize=False).trace(X, y)
    true = hb.Learner(net, standardize=False).trace(X, y if output == "softmax" else onehot(y))
    for found, mine, its in zip(angles, done.layers, true.layers, strict=True):
        cosine = np.sum(mine.dW * its.dW) / np.linalg.norm(mine.dW) / np.linalg.norm(its.dW)
        assert found == pytest.approx(np.degrees(np.arccos(cosine)), abs=1e-5) and found > 1.0


# ---------------------------------------------------------------- perceptron: the mistake bound
#
# With K neurons from W = 0, a mistake adds rate x to the right column and takes it from the chosen one, so |W|^2 grows
# by at most 2 rate^2 R^2. If V, |V| = 1, keeps each right potential Gamma above all others, then V . W grows by at
# least rate Gamma: after M mistakes M Gamma <= sqrt(2 M) R, and M <= 2 (R / Gamma)^2. Two classes that a unit vector u
# keeps gamma from the line have V = (-u, u) / sqrt(2) and Gamma = sqrt(2) gamma: M <= (R / gamma)^2, with no 2 in it.


def mistakes_until_right(learner: hb.Learner, X: np.ndarray, y: np.ndarray) -> int:
    """Go through X until nothing is wrong; count what was wrong on the way."""
    total = 0
    for _ in range(2_000):
        wrong = int(np.sum(learner.learn(X, y) != y))
        total += wrong
        if not wrong:
            return total
    raise AssertionError("it never came to be right")


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), gamma=st.floats(0.05, 0.5))
def test_two_classes_cost_a_perceptron_at_most_r_over_gamma_squared_mistakes(seed, gamma):
    rng = np.random.default_rng(seed)
    u = rng.normal(size=4)
    u /= np.linalg.norm(u)
    X = rng.normal(size=(500, 4))
    X = X[np.abs(X @ u) >= gamma]
    y = (X @ u > 0).astype(int)
    R, gamma = np.linalg.norm(X, axis=1).max(), np.abs(X @ u).min()
    assert mistakes_until_right(readout(hb.PerceptronError(), 4, 2, 0.1, bias=False), X, y) <= (R / gamma) ** 2


def test_many_classes_cost_it_at_most_twice_that():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        V = rng.normal(size=(4, 5))
        V /= np.linalg.norm(V)
        X = rng.normal(size=(800, 4))
        best, second = np.sort(X @ V, axis=1)[:, [-1, -2]].T
        X, gamma = X[best - second > 0.1], (best - second)[best - second > 0.1].min()
        y, R = (X @ V).argmax(axis=1), np.linalg.norm(X, axis=1).max()
        learner = readout(hb.PerceptronError(), 4, 5, 1.0, bias=False)
        assert 5 <= mistakes_until_right(learner, X, y) <= 2 * (R / gamma) ** 2


@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_the_bound_is_reached_and_so_has_no_smaller_constant(n):
    # n inputs at right angles, all of class 1: u = (1, .. 1) / sqrt(n), gamma = 1 / sqrt(n), R = 1, and each is
    # a surprise, since equal potentials mean class 0.
    y = np.ones(n, dtype=int)
    assert mistakes_until_right(readout(hb.PerceptronError(), n, 2, 1.0, bias=False), np.eye(n), y) == n


@pytest.mark.parametrize("signal", [hb.PerceptronError(), hb.SupervisedHebb()], ids=str)
def test_from_zero_the_rate_decides_nothing(signal):
    X, y = blobs(400, classes=4, seed=1)
    first, *others = (readout(signal, 3, 4, rate).learn(X, y) for rate in (2.0**-7, 1.0, 2.0**9))
    assert len(set(first.tolist())) == 4
    for other in others:
        assert np.array_equal(first, other)


# ---------------------------------------------------------------- supervised Hebb: what it adds up to


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("output", ["identity", "softmax"])
def test_supervised_hebb_adds_up_the_inputs_of_each_class(classes, output):
    X, y = blobs(500, classes=classes)
    learner = readout(hb.SupervisedHebb(), 3, classes, 0.01, output=output)
    learner.learn(X, y)
    told = onehot(y, classes) - 1.0 / classes
    assert np.allclose(weights(learner), 0.01 * X.T @ told, rtol=0, atol=1e-12)
    assert np.allclose(learner.network.layers[0].b, 0.01 * told.sum(axis=0), rtol=0, atol=1e-12)


def test_with_two_classes_the_right_wrong_rule_is_supervised_hebb():
    # One tells one neuron a whole, the other both a half: W_1 - W_0 is the same.
    X, y = blobs(500)
    judged, taught = readout(hb.RightWrong(), 3, 2, 0.1), readout(hb.SupervisedHebb(), 3, 2, 0.1)
    assert np.array_equal(judged.learn(X, y), taught.learn(X, y))
    assert np.allclose(np.diff(weights(judged)), np.diff(weights(taught)), rtol=0, atol=1e-9)
    assert not np.allclose(weights(judged), weights(taught), rtol=0, atol=0.1)


# ---------------------------------------------------------------- delta rule: least squares


def regression(n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs of unequal spread, noisy targets, and the least squares solution of both."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n, 4)) * [2.0, 1.5, 1.0, 1.0] @ rng.normal(size=(4, 4)) * 0.5
    T = X @ rng.normal(size=(4, 3)) + 0.1 * rng.normal(size=(n, 3))
    return X, T, np.linalg.lstsq(X, T, rcond=None)[0]


def test_the_delta_rule_comes_to_least_squares():
    X, T, best = regression()
    spectrum = np.linalg.eigvalsh(X.T @ X / len(X))
    steps = int(40 * spectrum[-1] / spectrum[0])  # what is left shrinks by 1 - lambda_d / lambda_1 each time
    learner = readout(hb.SquaredError(), 4, 3, 1.0 / spectrum[-1], bias=False)
    learner.learn(X, T, batch_size=len(X), epochs=steps)
    assert np.abs(weights(learner) - best).max() < 1e-12


def test_as_a_classifier_the_delta_rule_is_told_labels_and_learns_their_one_hot_code(tmp_path):
    X, y = blobs(300, classes=4)
    told, coded = readout(hb.SquaredError(classes=True), 3, 4, 0.05), readout(hb.SquaredError(), 3, 4, 0.05)
    predicted, outputs = told.learn(X, y), coded.learn(X, onehot(y, 4))
    assert np.array_equal(told.network.theta, coded.network.theta)
    assert np.array_equal(predicted, outputs.argmax(axis=1)) and told.is_classifier and not coded.is_classifier
    assert told.accuracy(X, y) == np.mean(coded.predict(X).argmax(axis=1) == y)
    assert hb.Learner.load(told.save(tmp_path / "told.npz")).recipe == told.recipe
    with pytest.raises(hb.InputError, match="SquaredError: classes: expected True or False, got 4"):
        hb.SquaredError(classes=4)
    with pytest.raises(hb.InputError, match="label 4 in row 0"):
        told.learn(X[:1], [4])


def test_it_is_stable_up_to_two_over_lambda_1_and_no_further():
    X, T, best = regression()
    largest = np.linalg.eigvalsh(X.T @ X / len(X))[-1]
    for times, stable in ((1.98, True), (2.02, False)):
        learner = readout(hb.SquaredError(), 4, 3, times / largest, bias=False)
        learner.learn(X, T, batch_size=len(X), epochs=2_000)
        assert (np.abs(weights(learner) - best).max() < 1e-9) == stable


def test_lms_row_by_row_comes_there_too_as_its_rate_falls():
    X, T, best = regression()
    W, seen = np.zeros((4, 3)), 0
    rng = np.random.default_rng(0)
    for _ in range(400):
        learner = readout(hb.SquaredError(), 4, 3, 0.05 / (1.0 + seen / 2_000), bias=False)
        weights(learner)[:] = W
        order = rng.permutation(len(X))
        learner.learn(X[order], T[order])
        W, seen = weights(learner).copy(), seen + len(X)
    assert np.abs(W - best).max() < 1e-3


# ---------------------------------------------------------------- what each makes of noise that inputs share


def shared_noise(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The class is in input 0, under a noise that input 1 hears too: who subtracts them is right 81.6 % of the time."""
    y, noise = rng.integers(2, size=n), 3.75 * rng.normal(size=n)
    own = 0.8 * rng.normal(size=(n, 2))
    return np.c_[2 * y - 1 + noise, noise] + own, y


def test_who_corrects_errors_sees_through_shared_noise():
    signals = (hb.RightWrong(), hb.SupervisedHebb(), hb.PerceptronError(), hb.RewardPredictionError(),
               hb.CrossEntropy())
    scores = {signal.name: [] for signal in signals}
    for seed, signal in product(range(10), signals):
        rng = np.random.default_rng(seed)
        (X, y), test = shared_noise(4_000, rng), shared_noise(10_000, rng)
        learner = readout(signal, 2, 2, 0.003, output="softmax")
        learner.learn(X, y)
        scores[signal.name].append(learner.accuracy(*test))
    mean = {name: np.mean(score) for name, score in scores.items()}
    assert scores["RightWrong"] == scores["SupervisedHebb"]
    assert 0.57 < mean["RightWrong"] < 0.64  # the line between the class means
    assert 0.68 < mean["PerceptronError"] < 0.78  # each mistake moves the line, and no line is free of mistakes
    assert 0.79 < mean["RewardPredictionError"] < 0.83
    assert 0.79 < mean["CrossEntropy"] < 0.83
    assert abs(mean["RewardPredictionError"] - mean["CrossEntropy"]) < 0.02


# ---------------------------------------------------------------- the table of names


def test_the_page_is_what_the_table_says():
    assert PAGE.read_text(encoding="utf-8") == names.table(), "write names.table() to docs/rules.md"


@pytest.mark.parametrize("row", names.NAMES, ids=lambda row: row.name)
def test_every_name_builds_a_learner_that_learns(row):
    X, y = blobs(300, n_in=4, classes=3)
    X = X / np.linalg.norm(X, axis=1, keepdims=True)
    learner = row.learner(4, 3, rng=0, standardize=False)
    assert learner.recipe.needs_labels == (row.signal is not None)
    assert all(rule == row.rule for rule in learner.recipe.rules)
    assert all(optimizer == row.optimizer for optimizer in learner.recipe.optimizers)
    assert row.credit is None or learner.recipe.credit == row.credit
    assert (row.credit is None) == (len(row.layers) == 1)
    before = [layer.W.copy() for layer in learner.network.layers]
    target = y if row.signal and learner.is_classifier else onehot(y, 3) if row.signal else None
    learner.learn(X, target, epochs=5)
    for layer, first in zip(learner.network.layers, before, strict=True):
        assert np.isfinite(layer.W).all() and np.abs(layer.W - first).max() > 1e-3
    if row.signal:
        assert np.mean(learner.outputs(X).argmax(axis=1) == y) > 0.6  # chance is a third


def test_what_the_page_shows_can_be_typed():
    lines = [line for line in names.table().splitlines() if line.startswith("| ")][2:]
    assert len(lines) == len(names.NAMES) == len({row.name for row in names.NAMES})
    for line, row in zip(lines, names.NAMES, strict=True):
        cells = [cell.strip(" `") for cell in line.strip("|").split(" | ")]
        assert cells[:3] == [row.name, row.source, ", ".join(row.layers)]
        for cell, part in zip(cells[3:], (row.signal, row.credit, row.rule, row.optimizer), strict=True):
            assert (None if cell == names.NOTHING else eval(cell, {"hb": hb})) == part


def test_the_example_on_the_page_runs():
    found: dict[str, object] = {}
    exec(names.table().split("```python\n")[1].split("```")[0], found)
    perceptron = next(row for row in names.NAMES if row.name == "Perceptron").learner(3, 2)
    assert repr(found["learner"]) == repr(perceptron)


def test_every_rule_has_a_name():
    rules = {name for name in hb.rules.__all__ if name[0].isupper()} - {"Rule"}
    assert rules - {row.rule.name for row in names.NAMES} == set(), "a new rule: which name do books give it?"
