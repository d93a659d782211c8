"""Drifts: the course of P(new), what happens inside the window, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.streams import SEA, STAGGER, Abrupt, DriftStream, Gradual, Incremental, RotatingBoundary, recurring


def test_abrupt_position_is_the_first_row_of_the_new_concept() -> None:
    batch = DriftStream([SEA(2), SEA(18)], [Abrupt(100)], rng=0).take(200)
    assert batch.concept.tolist() == [0] * 100 + [1] * 100 == batch.p.tolist()
    assert (batch.y[:100] == SEA(2).label(batch.X[:100])).all()
    assert (batch.y[100:] == SEA(18).label(batch.X[100:])).all()


@given(st.integers(0, 10_000), st.integers(1, 9_000), st.sampled_from(["linear", "sigmoid"]))
@settings(deadline=None, max_examples=40)
def test_the_ramp_is_confined_rises_and_is_symmetric(position: int, width: int, shape: str) -> None:
    p = DriftStream([SEA(8), SEA(9)], Gradual(position, width, shape), rng=0).take(position + width + 10).p
    inside = p[position:position + width]
    assert (p[:position] == 0).all() and (p[position + width:] == 1).all()
    assert (inside > 0).all() and (inside < 1).all() and (np.diff(inside) > 0).all()
    assert inside + inside[::-1] == pytest.approx(np.ones(width))


def test_linear_and_sigmoid_by_hand() -> None:
    t = np.arange(10, 14)
    assert Gradual(10, 4).chance(t).tolist() == [0.125, 0.375, 0.625, 0.875]
    assert Gradual(10, 1).chance(t[:1]).tolist() == [0.5] == Gradual(10, 1, "sigmoid").chance(t[:1]).tolist()

    def logistic(u: np.ndarray) -> np.ndarray:  # from .01 to .99
        return 1 / (1 + 99 ** (1 - 2 * u))

    u = (np.arange(4) + 0.5) / 4
    assert Gradual(10, 4, "sigmoid").chance(t) == pytest.approx((logistic(u) - 0.01) / 0.98)


def test_gradual_rows_come_from_either_concept_as_often_as_p_says() -> None:
    n = 100_000
    batch = DriftStream([SEA(2), SEA(18)], Gradual(0, width=n, shape=lambda u: 0 * u + 0.3), rng=1).take(n)
    assert abs(batch.concept.mean() - 0.3) < 4 * np.sqrt(0.21 / n)
    labels = np.where(batch.concept == 1, SEA(18).label(batch.X), SEA(2).label(batch.X))
    assert (labels == batch.clean).all()
    halves = batch.concept[:-1] * batch.concept[1:]  # rows are tossed independently
    assert abs(halves.mean() - 0.09) < 0.005


def test_gradual_inputs_are_those_of_the_concept_that_labels() -> None:
    batch = DriftStream([SEA(2), SEA(18)], Gradual(100, width=2_000), rng=0).take(3_000)
    alone = DriftStream([SEA(2)], rng=0).take(3_000)
    from_old = (batch.X == alone.X).all(1)
    assert (from_old == (batch.concept == 0)).all()


@pytest.mark.parametrize(("old", "new"), [(SEA(3), SEA(17)), (RotatingBoundary(0), RotatingBoundary(2))], ids=repr)
def test_incremental_labels_are_those_of_the_moving_concept(old: Any, new: Any) -> None:
    batch = DriftStream([old, new], Incremental(1_000, width=6_000), rng=0).take(9_000)
    share = np.clip((np.arange(9_000) - 1_000 + 0.5) / 6_000, 0, 1)
    number = getattr(old, old.moves) + share * (getattr(new, new.moves) - getattr(old, old.moves))
    assert (batch.clean == old.label(batch.X, number)).all()
    assert batch.p == pytest.approx(share) and (batch.bayes == 1).all()
    assert (batch.concept == (share >= 0.5)).all()


def test_drifts_compare_and_print_as_they_are_written() -> None:
    drifts = [Abrupt(5), Gradual(5, width=3), Gradual(5, 3, "sigmoid"), Incremental(5, width=3)]
    assert [eval(repr(drift)) for drift in drifts] == drifts
    assert [(drift.position, drift.width) for drift in drifts] == [(5, 0), (5, 3), (5, 3), (5, 3)]


A, B = SEA(8), SEA(9)


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: Abrupt(-1), r"Abrupt: position: expected a whole number of at least 0, got -1"),
    (lambda: Abrupt(1.5), r"Abrupt: position: .* got 1.5"),
    (lambda: Gradual(5, 0), r"Gradual: width: expected a whole number of at least 1, got 0"),
    (lambda: Incremental(5, -3), r"Incremental: width: .* got -3"),
    (lambda: Gradual(5, 10, "sigmoidal"), r"unknown shape .* known: linear, sigmoid; did you mean 'sigmoid'"),
    (lambda: Gradual(5, 10, lambda u: 2 * u), r"Gradual: shape\(u\) must give one probability in \[0, 1\]"),
    (lambda: Gradual(5, 10, lambda u: u[:1]), r"Gradual: shape\(u\) must give one probability"),
    (lambda: Gradual(5, 10, lambda u: u * np.nan), r"expected finite numbers, got nan"),
    (lambda: DriftStream([STAGGER(1), STAGGER(2)], Incremental(5, 10)), r"no number .* STAGGER\(1\) .* use Gradual\(5"),
    (lambda: DriftStream([A, B, A], [10, 10]), r"Abrupt\(10\) begins before Abrupt\(10\) is over; positions"),
    (lambda: DriftStream([A, B, A], [10, 5]), r"positions must rise"),
    (lambda: DriftStream([A, B, A], [Gradual(10, 5), 14]), r"Abrupt\(14\) begins before Gradual\(10, width=5\)"),
    (lambda: DriftStream([A, B]), r"at: 2 concepts need 1 change\(s\), got 0"),
    (lambda: DriftStream([A], [5]), r"at: 1 concepts need 0 change\(s\), got 1"),
    (lambda: DriftStream([A, B], ["soon"]), r"at: expected a whole number of at least 0, got 'soon'"),
    (lambda: DriftStream([A, STAGGER(1)], 5), r"the concepts of one stream need the same"),
    (lambda: DriftStream([RotatingBoundary(0), RotatingBoundary(0, n_inputs=3)], 5), r"need the same"),
    (lambda: DriftStream([]), r"expected at least one concept"),
    (lambda: DriftStream([A, 9], 5), r"concepts\[1\]: expected a concept such as hb.SEA\(8\), got 9"),
    (lambda: DriftStream(7), r"concepts\[0\]: expected a concept"),
    (lambda: DriftStream(A, noise=0.6), r"noise: .* at most 0.5, got 0.6"),
    (lambda: DriftStream(A, noise=-0.1), r"noise: .* got -0.1"),
    (lambda: DriftStream(A, rng="seed"), r"rng: expected"),
    (lambda: DriftStream(A).take(-1), r"n: expected a whole number of at least 0, got -1"),
    (lambda: recurring([A, B], every=0, times=2), r"every: .* got 0"),
    (lambda: recurring([A, B], every=5, times=0), r"times: .* got 0"),
    (lambda: recurring([], every=5, times=2), r"at least one concept"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()


def test_windows_may_touch() -> None:
    stream = DriftStream([A, B, A, B], [Gradual(10, 5), Incremental(15, 5), 20], rng=0)
    assert stream.take(30).concept[[0, 20, 29]].tolist() == [0, 1, 1]
