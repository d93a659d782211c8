"""The cycle-time law, held to what is measured; and the closed-form learner that it is measured with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hebbnet as hb

OMEGA = 2 * math.pi / 5_000  # a turn in 5,000 rows
ROWS = 100_000


def turning(noise: float, d: int = 2) -> hb.DriftStream:
    concepts = [hb.RotatingBoundary(phi, n_inputs=d) for phi in (0, OMEGA * ROWS)]
    return hb.DriftStream(concepts, at=[hb.Incremental(0, width=ROWS)], noise=noise, rng=1)


def measured(W: int, T: int, L: int, noise: float, delay: int = 0, d: int = 2) -> hb.Run:
    return hb.run(hb.LeastSquares(), turning(noise, d), hb.Periodic(T), launch=W, window=W, cycle_time=L,
                  label_delay=delay, epochs=1)


def law(W: int, T: int, L: int, noise: float, delay: int = 0) -> float:
    return hb.cycle_time_law(OMEGA, window=W, period=T, cycle_time=L, noise=noise, label_delay=delay)


POINTS = [(100, 100, 0, 0.0, 0.96), (100, 100, 100, 0.0, 0.92), (100, 200, 100, 0.1, 0.82), (200, 100, 50, 0.0, 0.92),
          (500, 500, 500, 0.0, 0.60)]


@pytest.mark.parametrize(("W", "T", "L", "noise", "expected"), POINTS)
def test_the_law_is_what_is_measured(W: int, T: int, L: int, noise: float, expected: float) -> None:
    """Within half a point; the standard error of a run is below .16 points."""
    assert law(W, T, L, noise) == pytest.approx(expected, abs=1e-12)
    run = measured(W, T, L, noise)
    assert run.correct.mean() == pytest.approx(expected, abs=0.005)
    split = run.regret_split().summary()  # each term by itself: half a period, the cycle time, half a window
    for name, rows in (("drift", T / 2), ("latency", L), ("learning", W / 2)):
        assert split[name] == pytest.approx((1 - 2 * noise) * OMEGA * rows / math.pi, abs=0.005), name


def test_labels_that_come_late_count_like_cycle_time() -> None:
    assert law(100, 100, 0, 0.0, delay=100) == law(100, 100, 100, 0.0)
    assert measured(100, 100, 0, 0.0, delay=100).correct.mean() == pytest.approx(0.92, abs=0.005)


def test_a_busy_trainer_drops_requests() -> None:
    """Asked every 100 rows, busy for 250: it begins every 300."""
    assert law(100, 100, 250, 0.0) == law(100, 300, 250, 0.0) == pytest.approx(0.82)
    run = measured(100, 100, 250, 0.0)
    begun = [event.t for event in run.events if event.kind == "train"]
    assert set(np.diff(begun)) == {300} and run.correct.mean() == pytest.approx(0.82, abs=0.005)
    assert law(100, 100, 200, 0.0) == law(100, 200, 200, 0.0)
    assert law(100, 100, 100, 0.0) == pytest.approx(0.92)  # exactly as long as the period: nothing is dropped


def test_in_more_dimensions_there_is_more_to_learn() -> None:
    """The rest of the gap is the learner's: drift and latency are what they were."""
    flat, deep = (measured(100, 100, 0, 0.0, d=d) for d in (2, 10))
    assert flat.correct.mean() - deep.correct.mean() > 0.03
    ours, theirs = flat.regret_split().summary(), deep.regret_split().summary()
    assert theirs["drift"] == pytest.approx(ours["drift"], abs=0.003) and theirs["latency"] < 0.002
    assert theirs["learning"] - ours["learning"] > 0.03


@given(st.floats(0, 0.01), st.integers(1, 50), st.integers(1, 50), st.integers(0, 50), st.integers(0, 50),
       st.floats(0, 0.5))
def test_sooner_is_better(omega: float, W: int, T: int, L: int, delay: int, noise: float) -> None:
    def at(**change: int) -> float:
        return hb.cycle_time_law(omega, **{"window": W, "period": T, "cycle_time": L, "label_delay": delay, **change},
                                 noise=noise)

    here = at()
    assert noise <= here <= 1 - noise + 1e-12
    assert at(cycle_time=L + 1) <= here + 1e-12 and at(window=W + 1) <= here + 1e-12


@pytest.mark.parametrize(("change", "says"), [
    ({"omega": -1}, "omega"), ({"omega": math.nan}, "omega"), ({"window": 0}, "window"), ({"period": 0}, "period"),
    ({"cycle_time": -1}, "cycle_time"), ({"label_delay": 0.5}, "label_delay"), ({"noise": 0.6}, "noise"),
    ({"omega": 0.1}, "fall behind by 4.8 half turns; the law holds below 1"),
    ({"period": 2_450}, "fall behind by 1 half turns"), ({"cycle_time": 1_201}, "fall behind"),
])
def test_refused(change: dict[str, Any], says: str) -> None:
    call = {"omega": OMEGA, "window": 100, "period": 100, **change}
    with pytest.raises(hb.InputError, match=says):
        hb.cycle_time_law(call.pop("omega"), **call)


# ---------------------------------------------------------------- the learner


def test_least_squares_solves_the_normal_equations() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), rng.integers(3, size=50)
    model = hb.LeastSquares()
    assert model.predict(X).tolist() == [0] * 50
    model.learn(X, y)
    targets = np.where(y[:, None] == np.arange(3), 1.0, -1.0)
    assert model.W is not None and model.W.shape == (3, 3)
    assert np.allclose(X.T @ (X @ model.W - targets), 0, atol=1e-10)
    assert np.array_equal(model.predict(X), (X @ model.W).argmax(axis=1))


def test_with_two_classes_it_is_the_sign_of_one_fit() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), rng.integers(2, size=50)
    model = hb.LeastSquares()
    model.learn(X, y)
    w = np.linalg.solve(X.T @ X, X.T @ (2.0 * y - 1))
    assert np.array_equal(model.predict(X), X @ w > 0)


def test_each_learn_begins_anew_and_copies_are_their_own() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), rng.integers(2, size=60)
    once, twice = hb.LeastSquares(), hb.LeastSquares()
    once.learn(X[30:], y[30:])
    twice.learn(X[:30], y[:30])
    kept = twice.copy()
    twice.learn(X[30:], y[30:])
    assert np.array_equal(once.W, twice.W) and not np.array_equal(kept.W, twice.W)
    assert twice.fresh(3).W is None and repr(kept) == "LeastSquares()"


def test_fewer_rows_than_inputs_and_one_class_only() -> None:
    model = hb.LeastSquares()
    model.learn([[1.0, 2.0]], [0])
    assert model.predict([[1.0, 2.0], [-1.0, 0.0]]).tolist() == [0, 0]
    model.learn([[1.0, 2.0]], [1])
    assert model.predict([[1.0, 2.0]]).tolist() == [1]


@pytest.mark.parametrize(("X", "y", "says"), [
    (np.empty((0, 2)), [], "no rows"), ([[1.0, math.nan]], [0], "finite"), ([[1.0, 2.0]], [0, 1], "as many labels"),
    ([1.0, 2.0], [0], "matrix"), ([[1.0, 2.0]], [-1], "label -1"),
])
def test_what_cannot_be_learned(X: Any, y: Any, says: str) -> None:
    model = hb.LeastSquares()
    model.learn([[1.0, 2.0]], [1])
    before = model.W
    with pytest.raises(hb.InputError, match=says):
        model.learn(X, y)
    assert model.W is before
    with pytest.raises(hb.InputError, match="LeastSquares: X: expected 2 columns, got 3"):
        model.predict([[1.0, 2.0, 3.0]])
