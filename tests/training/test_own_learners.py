"""Anybody's learner: learn(X, y), predict(X) and copy() are enough."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learners import Means
from pairs import ddm, drifting

import hebbnet as hb


class Commonest:
    """Only what a learner must have: learn(X, y), predict(X), copy()."""

    def __init__(self) -> None:
        self.counts = np.zeros(2)

    def learn(self, X: np.ndarray, y: np.ndarray) -> None:
        self.counts += np.bincount(y, minlength=2)
        X[:] = 1e9  # its own business

    def predict(self, X: np.ndarray) -> list[float]:
        X[:] = -1e9
        return [float(self.counts.argmax())] * len(X)

    def copy(self) -> Commonest:
        twin = Commonest()
        twin.counts = self.counts.copy()
        return twin


@pytest.mark.parametrize("arrival", [1, 10])
def test_three_verbs_are_enough(arrival: int) -> None:
    X, y = drifting(200, 1)
    run = hb.run(Commonest(), hb.from_arrays(X, y), hb.Always(), launch=20, arrival=arrival)
    assert run.learner.counts.sum() == 20 * 5 + 180
    for policy in (hb.Never(), hb.Periodic(50), hb.OnDrift(ddm())):
        assert hb.run(Commonest(), hb.from_arrays(X, y), policy, launch=20, arrival=arrival).summary()["scored"] == 180


def test_no_learner_can_change_the_past() -> None:
    """What one learner does to the rows that it was given does not come back to it."""
    class Writes(Means):
        def learn(self, X: np.ndarray, y: np.ndarray) -> None:
            super().learn(X, y)
            X[:], y[:] = 0, 0

        def predict(self, X: np.ndarray) -> np.ndarray:
            answer = super().predict(X)
            X[:] = 0
            return answer

    X, y = drifting(200, 1)
    for policy in (hb.Always(), hb.Periodic(20)):
        runs = [hb.run(kind(2, 2), hb.from_arrays(X, y), policy, launch=20) for kind in (Means, Writes)]
        assert np.array_equal(runs[0].predictions, runs[1].predictions)


def test_what_a_learner_answers_is_checked() -> None:
    class Odd(Commonest):
        answer: Any = None

        def predict(self, X: np.ndarray) -> Any:
            return self.answer

        def copy(self) -> Odd:
            return self

    stream = hb.from_arrays(*drifting(50, 0))
    for answer in (None, [0], np.zeros((40, 1)), [2] * 40, [0.5] * 40, ["a"] * 40):
        odd = Odd()
        odd.answer = answer
        with pytest.raises(hb.InputError, match="predict of Odd"):
            hb.run(odd, stream, hb.Never(), launch=10)


def test_from_scratch_needs_fresh() -> None:
    stream = hb.from_arrays(*drifting(50, 0))
    with pytest.raises(hb.InputError, match="fresh"):
        hb.run(Commonest(), stream, hb.Periodic(10), launch=10, warm_start=False)


@pytest.mark.peers
def test_scikit_learn_as_a_learner() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    import copy

    class Wrapped:
        def __init__(self) -> None:
            self.model = linear_model.SGDClassifier(random_state=0)

        def learn(self, X: np.ndarray, y: np.ndarray) -> None:
            self.model.partial_fit(X, y, classes=[0, 1])

        def predict(self, X: np.ndarray) -> Any:
            return self.model.predict(X)

        def copy(self) -> Wrapped:
            return copy.deepcopy(self)

    stream = hb.DriftStream([hb.SEA(6), hb.SEA(14)], at=[1_000], rng=0)
    frozen, periodic, always = (hb.run(Wrapped(), stream, policy, launch=500, window=200).summary()
                                for policy in (hb.Never(), hb.Periodic(200), hb.Always()))
    assert frozen["accuracy"] < 0.7 < min(periodic["accuracy"], always["accuracy"])
