"""Concepts against their closed forms: binomial bands of four standard errors at 200,000 samples."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebbnet.engine.checks import InputError
from hebbnet.streams import SEA, STAGGER, Concept, RotatingBoundary

N = 200_000
CONCEPTS = [SEA(7), SEA(9.5), SEA(13), STAGGER(1), STAGGER(2), STAGGER(3), RotatingBoundary(0.3),
            RotatingBoundary(-2, n_inputs=4)]
PAIRS = [(SEA(8), SEA(9)), (SEA(9), SEA(7)), (SEA(7), SEA(13)), (SEA(11), SEA(18)),
         *itertools.combinations([STAGGER(1), STAGGER(2), STAGGER(3)], 2),
         (RotatingBoundary(0), RotatingBoundary(0.7)), (RotatingBoundary(-3), RotatingBoundary(3))]


def in_band(hits: np.ndarray, share: float) -> bool:
    return abs(hits.mean() - share) <= 4 * math.sqrt(share * (1 - share) / len(hits)) + 1e-12


@pytest.mark.parametrize("concept", CONCEPTS, ids=repr)
def test_prior_is_what_samples_show(concept: Concept) -> None:
    X = concept.sample(N, 1)
    y = concept.label(X)
    assert X.shape == (N, concept.n_inputs) and X.dtype == np.float64 and X.flags.c_contiguous
    assert y.dtype == np.int64 and sum(concept.prior) == pytest.approx(1)
    for k, share in enumerate(concept.prior):
        assert in_band(y == k, share)


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=repr)
def test_disagreement_is_what_samples_show(a: Concept, b: Concept) -> None:
    X = a.sample(N, 2)
    assert in_band(a.label(X) != b.label(X), a.disagreement(b))
    assert a.disagreement(b) == b.disagreement(a) and a.disagreement(a) == 0


def test_the_published_numbers() -> None:
    assert [SEA(t).prior[1] for t in (8, 9, 7, 9.5)] == pytest.approx([0.32, 0.405, 0.245, 0.45125])
    assert [SEA(a).disagreement(SEA(b)) for a, b in ((8, 9), (9, 7), (7, 9.5))] == pytest.approx([0.085, 0.16, 0.20625])
    assert [STAGGER(k).prior[1] for k in (1, 2, 3)] == pytest.approx([3 / 27, 15 / 27, 18 / 27])
    pairs = [STAGGER(a).disagreement(STAGGER(b)) for a, b in ((1, 2), (2, 3), (1, 3))]
    assert pairs == pytest.approx([16 / 27, 13 / 27, 21 / 27])


@given(st.floats(-20, 20), st.floats(-20, 20))
@settings(deadline=None)
def test_angles_are_wrapped(a: float, b: float) -> None:
    between = math.acos(min(1, max(-1, math.cos(a - b))))
    assert RotatingBoundary(a).disagreement(RotatingBoundary(b)) == pytest.approx(between / math.pi, abs=1e-6)


def test_labels_by_hand() -> None:
    assert SEA(8).label([[4, 4, 9], [4, 4.1, 0]]).tolist() == [1, 0]  # class 1 is x1 + x2 <= theta, the paper's side
    assert RotatingBoundary(math.pi / 2).label([[5, 1], [5, -1]]).tolist() == [1, 0]
    things = {"small red circle": [1, 0, 0, 1, 0, 0, 1, 0, 0], "large green square": [0, 0, 1, 0, 1, 0, 0, 1, 0],
              "small blue circle": [1, 0, 0, 0, 0, 1, 1, 0, 0]}
    X = list(things.values())
    assert [STAGGER(k).label(X).tolist() for k in (1, 2, 3)] == [[1, 0, 0], [1, 1, 1], [0, 1, 0]]


def test_stagger_inputs_are_one_hot_and_uniform() -> None:
    X = STAGGER(1).sample(N, 3)
    assert set(np.unique(X)) == {0.0, 1.0} and (X.reshape(N, 3, 3).sum(2) == 1).all()
    codes = X.reshape(N, 3, 3).argmax(2) @ [9, 3, 1]
    assert all(in_band(codes == c, 1 / 27) for c in range(27))


@pytest.mark.parametrize(("concept", "low", "high"), [(SEA(8), 0, 20), (RotatingBoundary(0), -3, 3)], ids=repr)
def test_a_moved_number_labels_like_the_concept_there(concept: Concept, low: float, high: float) -> None:
    X, moved = concept.sample(50, 0), np.linspace(low, high, 50)
    one_by_one = [type(concept)(value).label(row[None])[0] for value, row in zip(moved, X, strict=True)]
    assert concept.label(X, moved).tolist() == one_by_one


def test_equal_concepts_are_one() -> None:
    assert SEA(8) == SEA(8.0) and SEA(8) != SEA(9) and STAGGER(1) != STAGGER(2)
    assert len({SEA(8), SEA(8.0), RotatingBoundary(1), RotatingBoundary(1, n_inputs=3)}) == 3
    assert [repr(c) for c in (SEA(9.5), STAGGER(2), RotatingBoundary(1, n_inputs=3))] == [
        "SEA(9.5)", "STAGGER(2)", "RotatingBoundary(1, n_inputs=3)"]


def test_a_concept_of_ones_own_needs_three_things() -> None:
    @dataclass(frozen=True)
    class Stripe(Concept):
        n_inputs = 3

        def sample(self, n: int, rng: Any) -> np.ndarray:
            return np.random.default_rng(rng).uniform(0, 10, (n, 3))

        def label(self, X: Any, moved: Any = None) -> np.ndarray:
            return np.asarray(np.asarray(X)[:, 2] > 7.5, dtype=np.int64)

    assert Stripe().prior == pytest.approx((0.75, 0.25), abs=0.007)
    both_ways = [Stripe().disagreement(SEA(10)), SEA(10).disagreement(Stripe())]
    assert both_ways == pytest.approx([0.5, 0.5], abs=0.008)
    assert Stripe().bayes_accuracy(0.1) == 0.9


@pytest.mark.parametrize(("wrong", "says"), [
    (lambda: SEA(21), r"SEA: theta: expected a finite number at least 0 and at most 20, got 21"),
    (lambda: SEA("8x"), r"SEA: theta: expected a number, got '8x'"),
    (lambda: STAGGER(4), r"STAGGER: k: there are three rules, 1, 2 and 3; got 4"),
    (lambda: STAGGER(0), r"STAGGER: k: expected a whole number of at least 1, got 0"),
    (lambda: RotatingBoundary(math.nan), r"RotatingBoundary: phi: expected a finite number, got nan"),
    (lambda: RotatingBoundary(0, n_inputs=1), r"n_inputs: expected a whole number of at least 2, got 1"),
    (lambda: SEA(8).label([[1, 2]]), r"X: expected 3 columns, got 2"),
    (lambda: SEA(8).label([1, 2, 3]), r"X: expected a matrix of shape \(n, d\)"),
    (lambda: STAGGER(1).label(np.eye(9), np.ones(9)), r"use Gradual"),
    (lambda: SEA(8).disagreement(STAGGER(1)), r"SEA\(8\) has 3 inputs .* STAGGER\(1\) has 9"),
    (lambda: SEA(8).disagreement(9), r"expected a concept such as hb.SEA\(8\), got 9"),
    (lambda: SEA(8).bayes_accuracy(1.5), r"noise: .* got 1.5"),
])
def test_bad_input_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()
