"""The Bayes rule of any row: where the stream stands, it is the stream's own; elsewhere, that of the concept there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_stream import recipes

import hebbnet as hb


def test_at_their_own_rows_it_gives_the_clean_labels() -> None:
    """Of every drift without a coin in it: inside the window of a gradual one, a row may be the other concept's."""
    for stream in recipes():
        batch = stream.take(9_000)
        own = stream.bayes_rule(batch.X, np.arange(9_000))
        tossed = (batch.p > 0) & (batch.p < 1) & (np.abs(batch.bayes - (1 - stream.noise)) > 0)
        assert np.array_equal(own[~tossed], batch.clean[~tossed])


def test_by_hand() -> None:
    stream = hb.DriftStream([hb.SEA(8), hb.SEA(12), hb.SEA(4)], at=[100, hb.Incremental(200, width=100)], rng=0)
    x = [5.0, 5.0, 0.0]  # class 1 where 10 <= theta: 8, then 12, then 12 - 8 p
    at = [0, 99, 100, 199, 224, 225, 299, 300, 10**9]  # p is 0.245 in row 224, 0.255 in row 225
    assert stream.bayes_rule([x] * len(at), at).tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 0]
    assert stream.bayes_rule([x, x], 150).tolist() == [1, 1] and stream.bayes_rule(np.empty((0, 3)), 5).shape == (0,)


def test_in_a_gradual_drift_the_likelier_concept_rules_and_nobody_beats_it() -> None:
    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[hb.Gradual(100, width=20_000)], noise=0.1, rng=0)
    batch = stream.take(20_100)
    rows = np.arange(len(batch))
    right = stream.bayes_rule(batch.X, rows) == batch.y
    assert right.mean() == pytest.approx(batch.bayes.mean(), abs=0.01)
    for other in (0, 20_100):
        assert right.mean() > (stream.bayes_rule(batch.X, other) == batch.y).mean() + 0.1


def test_a_boundary_that_turns_for_ever() -> None:
    """Two whole turns: after one of them the rule is the same again, in between it disagrees by angle / pi."""
    stream = hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(4 * math.pi)],
                            at=[hb.Incremental(0, width=10_000)], rng=0)
    X = np.random.default_rng(0).normal(size=(20_000, 2))
    first = stream.bayes_rule(X, 0)
    assert np.array_equal(first, stream.bayes_rule(X, 5_000))
    assert np.mean(first != stream.bayes_rule(X, 1_000)) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("by", [3.0, -3.0])
def test_where_only_the_inputs_move_the_rule_stays(by: float) -> None:
    """Asked about inputs that have moved already, it does not move them again."""
    concepts = [hb.concepts.Shifted(hb.SEA(8), 0), hb.concepts.Shifted(hb.SEA(8), by)]
    stream = hb.DriftStream(concepts, hb.Incremental(100, width=800), rng=0)
    batch = stream.take(1_000)
    assert np.array_equal(stream.bayes_rule(batch.X, np.arange(1_000)), batch.clean)
    assert np.array_equal(stream.bayes_rule(batch.X, 500), hb.SEA(8).label(batch.X))


def test_of_digits_that_turn() -> None:
    pytest.importorskip("sklearn")
    stream = hb.DriftStream([hb.concepts.Digits(), hb.concepts.Digits(90)], hb.Incremental(5, width=15), rng=0)
    batch = stream.take(30)
    assert np.array_equal(stream.bayes_rule(batch.X, np.arange(30)), batch.clean)


def test_of_numbers() -> None:
    friedman = hb.concepts.Friedman()
    stream = hb.DriftStream([friedman, hb.concepts.Permuted(friedman, {0: 9})], at=50, rng=0)
    batch = stream.take(100)
    assert np.array_equal(stream.bayes_rule(batch.X, np.arange(100)), batch.clean)


@pytest.mark.parametrize(("X", "at"), [
    ([[1, 2]], 0), ([[1, 2, 3]], -1), ([[1, 2, 3]], 0.5), ([[1, 2, 3]], [0, 1]), ([[1, 2, 3]], [-1]),
    ([[1, 2, 3]], [0.5]), ([[1, 2, 3]], "now"),
])
def test_refused(X: list[list[float]], at: object) -> None:
    with pytest.raises(hb.InputError, match="bayes_rule"):
        hb.DriftStream([hb.SEA(8)], rng=0).bayes_rule(X, at)


def test_real_data_know_no_rule() -> None:
    with pytest.raises(hb.InputError, match="nobody knows their true rule"):
        hb.from_arrays([[0.0], [1.0]], [0, 1]).bayes_rule([[0.0]], 0)
