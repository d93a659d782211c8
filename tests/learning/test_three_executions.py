"""One source, three executions: compiled, mixed and plain agree to 1e-12 in every update.

Each update starts from the same state: over many, rules with thresholds drift apart, which is chaos and no fault.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from learning_helpers import HIDDEN, data, network, parts

import hebbnet as hb
from hebbnet.learning import machine

pytestmark = pytest.mark.compiler

SIGNALS = [("softmax", hb.CrossEntropy()), *product(("softmax", "sigmoid"), [hb.RewardPredictionError()]),
           *product((*HIDDEN, "softmax"), [hb.SquaredError(), hb.RightWrong()]),
           ("sigmoid", hb.BinaryCrossEntropy()), ("identity", hb.Huber(0.5)), ("softmax", hb.Huber(0.5))]
ANY = (hb.SGD(), hb.SGD(decay=0.1), hb.Momentum(), hb.Nesterov(), hb.RMSprop(), hb.Adam(), hb.AdamW(decay=0.1))
EVEN = (hb.SGD(), hb.Momentum())  # the same step for every weight
WIDTHS = {1: 9, 2: 2, 3: 3}  # of the output, by depth: wide, two classes, narrow
# (rule of the hidden layers, rule of the output, credit, optimizer)
G = hb.Gradient()
HEARD = [*((G, G, hb.Backprop(), optimizer) for optimizer in ANY),
         *product((hb.Hebb(0.1), hb.Oja()), [G], [hb.Unsupervised()], EVEN),
         *product([G], (hb.Hebb(0.1), hb.Oja()), [hb.Backprop()], EVEN)]
UNHEARD = [*product((hb.Hebb(), hb.Oja()), (hb.Hebb(0.1), hb.Oja()), [hb.Unsupervised()], EVEN)]


def name(part: object) -> str:
    return str(getattr(part, "name", part))


def everything(learner: hb.Learner) -> np.ndarray:
    """All that one update changes."""
    memory = learner._memory
    return np.concatenate([learner.network.theta, memory.state, memory.moments, memory.scaler])


def assert_three_agree(learner: hb.Learner, X: np.ndarray, y: object, batch: int, monkeypatch: pytest.MonkeyPatch,
                       tolerance: float = 1e-12) -> None:
    """Take the learner through X, `batch` rows at a time, each update done three times from the same state."""
    for start in range(0, len(X), batch):
        x, told = X[start : start + batch], None if y is None else y[start : start + batch]
        states, outputs, ways = [], [], []
        for compiled, limit in ((True, 0), (None, -1), (False, 0)):
            monkeypatch.setattr(machine, "COMPILED_UP_TO", limit)
            monkeypatch.setattr(machine, "COMPILED_ROWS", 0)
            twin = learner.copy()
            twin.compiled = compiled
            ways.append(twin._machine.execution(batch))
            outputs.append(twin.learn(x, told, batch_size=batch))
            states.append(everything(twin))
        assert ways == ["compiled", "mixed", "plain"]
        for state, output in zip(states[1:], outputs[1:], strict=True):
            assert np.all(np.abs(state - states[0]) <= tolerance * (1.0 + np.abs(states[0])))
            assert np.allclose(output, outputs[0], rtol=tolerance, atol=tolerance)
        assert np.abs(states[0] - everything(learner)).max() > 1e-9  # something was learned
        learner = twin


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(("hidden_rule", "top_rule", "credit", "optimizer"), HEARD, ids=name)
def test_rules_that_are_told(hidden_rule, top_rule, credit, optimizer, depth, monkeypatch):
    if depth == 1 and hidden_rule is not top_rule:
        return  # one layer has one rule
    all_of_them = hidden_rule is top_rule
    for hidden, (output, signal), batch in product(HIDDEN if depth > 1 else ("none",),
                                                   SIGNALS if all_of_them else SIGNALS[::4], (1, 7)):
        net = network(hidden, output, depth, n_out=WIDTHS[depth])
        learner = hb.Learner(net, rule=parts(net, hidden_rule, top_rule), signal=signal, credit=credit,
                             optimizer=optimizer, rate=0.01)
        X, y = data("softmax" if learner.is_classifier else output, 2 * batch + 1, n_out=WIDTHS[depth])
        learner.learn(X[:1], y[:1])  # so that the z-scores and the moments are not all zero
        assert_three_agree(learner, X[1:], y[1:], batch, monkeypatch)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(("hidden_rule", "top_rule", "credit", "optimizer"), UNHEARD, ids=name)
def test_rules_that_learn_by_themselves(hidden_rule, top_rule, credit, optimizer, depth, monkeypatch):
    for hidden, batch in product(HIDDEN if depth > 1 else ("none",), (1, 7)):
        for output in ("identity", "relu", "softmax"):
            net = network(hidden, output, depth, n_out=WIDTHS[depth])
            learner = hb.Learner(net, rule=parts(net, hidden_rule, top_rule), credit=credit, optimizer=optimizer)
            X, _ = data(output, 2 * batch + 1, n_out=WIDTHS[depth])
            learner.learn(X[:1])
            assert_three_agree(learner, X[1:], None, batch, monkeypatch)


def test_rows_served_late_agree_too(monkeypatch):
    net = network("tanh", "softmax", 2)
    (X, y), (served, _) = data("softmax", 40), data("softmax", 40, seed=1)
    results = []
    for compiled, limit in ((True, 0), (None, -1), (False, 0)):
        monkeypatch.setattr(machine, "COMPILED_UP_TO", limit)
        monkeypatch.setattr(machine, "COMPILED_ROWS", 0)
        learner = hb.Learner(net, compiled=compiled)
        results.append((learner.learn_late(served, X, y), everything(learner)))
    for predictions, state in results[1:]:
        assert np.array_equal(predictions, results[0][0])
        assert np.allclose(state, results[0][1], rtol=1e-9, atol=1e-9)


def test_predictions_agree(monkeypatch):
    for hidden, output in product(HIDDEN, (*HIDDEN, "softmax")):
        learner = hb.Learner(network(hidden, output, 3), standardize=False)
        plain = learner.copy()
        plain.compiled = False
        X, _ = data(output, 200)
        assert np.allclose(learner.outputs(X[:50]), plain.outputs(X[:50]), rtol=1e-12, atol=1e-12)  # compiled
        assert np.allclose(learner.outputs(X), plain.network.outputs(X), rtol=1e-12, atol=1e-12)


def test_few_rows_are_compiled_however_wide_the_layers_and_many_are_left_to_blas():
    learner = hb.Learner(hb.Network(1_000, [hb.Dense(400, "identity")], rng=0), rule=hb.Oja())
    assert [learner._machine.execution(batch) for batch in (1, 3, 4, 100)] == ["compiled"] * 2 + ["mixed"] * 2
    small = hb.Learner(hb.Network(3, [hb.Dense(16), hb.Dense(2, "softmax")], rng=0))
    assert [small._machine.execution(batch) for batch in (1, 1_000, 100_000)] == ["compiled"] * 2 + ["mixed"]
