"""What a sweep finds again: things are the same that would live the same life, in every process."""

from __future__ import annotations

import functools
import math
import multiprocessing
from collections import deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest
from far import LEARNER, STREAM
from learners import Means
from pairs import AtRows, ThreeOfEight

import hebbnet as hb
from hebbnet.training.fingerprint import fingerprint


def share(k: int) -> Callable[[int], int]:
    return lambda rows: rows // k


def swapped(a: int, b: int) -> hb.concepts.Permuted:
    return hb.concepts.Permuted(hb.concepts.LED(), {a: b})


def later(first: hb.concepts.Concept, second: hb.concepts.Concept) -> hb.DriftStream:
    """They differ behind the rows that are looked at."""
    return hb.DriftStream([first, second], at=9_000)


def late(shape: Any) -> hb.DriftStream:
    return hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=hb.Gradual(9_000, width=500, shape=shape))


def own(right: bool) -> type:
    """A class that was edited in between."""
    class Own(hb.policies.Policy):
        if right:
            def wants(self, row: int, right: bool) -> bool:
                return row % 10 == 0
        else:
            def wants(self, row: int, right: bool) -> bool:
                return row % 20 == 0
    return Own


def taught(learner: hb.Learner) -> hb.Learner:
    learner.learn(np.ones((1, 3)), [0])
    return learner


@pytest.mark.parametrize(("make", "other"), [
    (lambda: hb.policies.Random(5, rng=1), lambda: hb.policies.Random(5, rng=2)),
    (lambda: hb.policies.Reservoir(5, rng=1), lambda: hb.policies.Reservoir(5, rng=2)),
    (lambda: AtRows([5, 7]), lambda: AtRows([5, 8])),
    (lambda: own(True)(), lambda: own(False)()),
    (lambda: hb.OnDrift(ThreeOfEight()), lambda: hb.OnDrift(ThreeOfEight(), on="features")),
    (lambda: hb.OnDrift(hb.DDM()), lambda: hb.OnDrift(hb.DDM(drift_threshold=2.9))),
    (lambda: hb.OnAccuracy(0.8), lambda: hb.OnAccuracy(0.8 + 1e-9)),
    (lambda: Means(2, 3), lambda: Means(2, 4)),
    (lambda: hb.LiveData(LEARNER, k=5, size=10), lambda: hb.LiveData(LEARNER, k=5, size=11)),
    (lambda: LEARNER, lambda: taught(LEARNER.copy())),
    (lambda: share(2), lambda: share(3)),
    (lambda: functools.partial(max, 5), lambda: functools.partial(max, 6)),
    (lambda: math.isqrt, lambda: math.floor),
    (lambda: late(lambda u: u), lambda: late(lambda u: u * u)),
    (lambda: late(np.sin), lambda: late(np.square)),
    (lambda: later(hb.SEA(8), hb.SEA(9)), lambda: later(hb.SEA(8), hb.SEA(9 + 1e-9))),
    (lambda: later(swapped(0, 1), swapped(3, 4)), lambda: later(swapped(0, 1), swapped(3, 5))),
    (lambda: {"window": 5}, lambda: {"window": 6}),
    (lambda: deque([1, 2]), lambda: deque([1, 3])),
    (lambda: np.random.default_rng(1), lambda: np.random.default_rng(2)),
])
def test_equal_things_are_the_same_and_others_are_not(make: Any, other: Any) -> None:
    assert fingerprint(make()) == fingerprint(make()) != fingerprint(other())


def test_a_seed_does_not_count_but_a_row_of_data_does() -> None:
    for thing in (STREAM, LEARNER):
        assert fingerprint(thing) == fingerprint(thing.fresh(99))
    X = np.zeros((9_000, 2))
    before = fingerprint(hb.from_arrays(X, np.arange(9_000) % 2))
    X[-1, 0] = 1.0
    assert fingerprint(hb.from_arrays(X, np.arange(9_000) % 2)) != before


def test_what_was_looked_at_is_the_same_as_before() -> None:
    concept = hb.concepts.Shifted(hb.concepts.Gauss(), 1.0)
    before = fingerprint(concept)
    assert concept.overlap > 0 and fingerprint(concept) == before


def test_what_holds_itself_has_an_end() -> None:
    detector = ThreeOfEight()
    detector.last.append(detector)  # type: ignore[arg-type]
    assert fingerprint(detector) == fingerprint(detector)


def test_in_another_process() -> None:
    things = [STREAM, LEARNER, hb.OnDrift(hb.ADWIN()) | AtRows([3]), Means(2, 3), {"a", "b", "c"}, math.isqrt]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(fingerprint, things)) == list(map(fingerprint, things))
