"""Inputs become z-scores by the mean and the spread of the past: of all rows learned before, and of no other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_helpers import blobs, network

import hebbnet as hb


def z_scores(past: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """By NumPy; a column without spread counts as 0."""
    if not len(past):
        return np.zeros_like(rows)
    spread = past.std(axis=0)
    return np.where(spread > 0, (rows - past.mean(axis=0)) / np.where(spread > 0, spread, 1.0), 0.0)


def seen(learner: hb.Learner, rows: np.ndarray) -> np.ndarray:
    """What the first layer is given of these rows."""
    return learner.trace(rows, np.zeros(len(rows), int)).layers[0].pre


def new(compiled: bool | None = None) -> hb.Learner:
    return hb.Learner(network("tanh", "softmax", 2, n_out=2), compiled=compiled)


@pytest.mark.parametrize("compiled", [None, False])
@pytest.mark.parametrize("batch", [1, 7])
def test_z_scores_of_the_past_at_every_step(batch, compiled):
    X, y = blobs(60, seed=1)
    X = X * [1.0, 100.0, 1e-3] + [0.0, -50.0, 7.0]
    learner = new(compiled)
    for start in range(0, 60, batch):
        assert np.allclose(seen(learner, X[start : start + batch]), z_scores(X[:start], X[start : start + batch]),
                           rtol=1e-10, atol=1e-12)
        learner.learn(X[start : start + batch], y[start : start + batch], batch_size=batch)


def test_what_is_learned_is_what_the_z_scores_say():
    """A learner that standardizes is one that does not, fed with the z-scores of the past."""
    X, y = blobs(80, seed=2)
    one, other = new(), hb.Learner(new().network, standardize=False)
    for r in range(80):
        other.learn(z_scores(X[:r], X[r : r + 1]), y[r : r + 1])
    one.learn(X, y)
    assert np.allclose(one.network.theta, other.network.theta, atol=1e-9)


def test_predicting_does_not_count():
    X, y = blobs(40)
    learner = new()
    learner.learn(X, y)
    before = learner._memory.scaler.copy()
    learner.predict(X + 1e6)
    learner.accuracy(X - 1e6, y)
    learner.trace(X, y)
    assert np.array_equal(learner._memory.scaler, before) and before[-1] == 40


def test_served_rows_do_not_count_before_they_are_learned():
    X, y = blobs(40)
    learner = new()
    learner.learn_late(X + 1e6, X, y)
    assert np.allclose(learner._memory.scaler[:3], X.mean(axis=0)) and learner._memory.scaler[-1] == 40


@pytest.mark.parametrize("compiled", [None, False])
@pytest.mark.parametrize("value", [0.1, 1.0 / 3.0, 1e9 + 0.1, -7e-5, 0.0])
@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_constant_columns_are_harmless(value, compiled, sizes):
    """A sum of equal numbers is rounded; taken for a spread, that would blow noise up to whole standard deviations."""
    learner = new(compiled)
    for n in sizes:
        X = np.random.default_rng(n).normal(size=(n, 3))
        X[:, 1] = value
        learner.learn(X, np.zeros(n, int), batch_size=n)
        assert np.all(seen(learner, X)[:, 1] == 0.0)


@pytest.mark.parametrize("compiled", [None, False])
@pytest.mark.parametrize("batch", [1, 16])
def test_huge_offsets_keep_their_precision(batch, compiled):
    rng = np.random.default_rng(0)
    X = 1e9 + rng.normal(size=(400, 3))
    learner = new(compiled)
    learner.learn(X, np.zeros(400, int), batch_size=batch)
    small = X - 1e9  # exact
    assert np.allclose(seen(learner, X), z_scores(small, small), atol=1e-6)


def test_rows_that_come_twice_count_once():
    X, y = blobs(30)
    once, often = new(), new()
    once.learn(X, y)
    often.learn(X, y, epochs=5)
    assert np.array_equal(once._memory.scaler, often._memory.scaler)


def test_raw_inputs_stay_as_they_are():
    X, y = blobs(30)
    learner = hb.Learner(new().network, standardize=False)
    learner.learn(X, y)
    assert np.array_equal(seen(learner, X), X) and learner._memory.scaler.size == 0
