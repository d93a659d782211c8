"""The exam: nobody passes on labels that mean nothing, and whoever is better passes on labels that mean something."""

from __future__ import annotations

import numpy as np
import pytest

from hebbnet.training.exam import compare

N = 500


def test_by_hand() -> None:
    """Right on 6 and 8 of 10; the difference is 1 in three rows, -1 in one: its standard deviation is .6."""
    y = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    champion = np.array([1, 1, 1, 0, 0, 0, 0, 0, 1, 1])
    challenger = np.array([1, 1, 1, 1, 1, 1, 0, 0, 0, 1])
    assert compare(y, champion, challenger, 0.0) == {"rows": 10, "champion": 0.6, "challenger": 0.8, "passed": True}
    scores = compare(y, champion, challenger, 1.0)
    assert scores["needed"] == pytest.approx(0.6 + 0.6 / 10**0.5) and scores["chance"] == pytest.approx(0.5)
    assert scores["passed"] and not compare(y, champion, challenger, 2.0)["passed"]


def test_who_asks_for_nothing_takes_the_newer_of_two_as_good() -> None:
    y = np.array([0, 1, 1, 0])
    assert compare(y, y, y, 0.0)["passed"] and not compare(y, y, 1 - y, 0.0)["passed"]


@pytest.mark.parametrize("share", [0.5, 0.6, 0.7, 0.9])
def test_shuffled_labels_depose_nobody(share: float) -> None:
    """A good champion, and challengers that always say the commonest label, guess, or lean towards it."""
    chance, better, passed = np.random.default_rng(0), 0, 0
    for k in range(900):
        truth = (chance.random(N) < share).astype(int)
        champion, y = truth ^ (chance.random(N) < 0.1), chance.permutation(truth)
        challenger = (chance.random(N) < (1.0, 0.5, share)[k % 3]).astype(int)
        scores = compare(y, champion, challenger, 2.0)
        better, passed = better + (scores["challenger"] >= scores["needed"]), passed + scores["passed"]
    assert passed / 900 < 0.01
    assert share == 0.5 or better / 900 > 0.1, "the comparison alone lets them through"


def test_a_world_turned_round_is_no_poison() -> None:
    """Old answers are then wrong nearly everywhere; a challenger half-way is still below chance, and better."""
    chance = np.random.default_rng(0)
    y = chance.integers(2, size=N)
    champion, challenger = (y ^ (chance.random(N) < wrong) for wrong in (0.9, 0.7))
    assert compare(y, champion, challenger, 2.0)["passed"]
    assert compare(y, champion, y, 2.0)["passed"]


def test_rows_of_one_class() -> None:
    y = np.zeros(N, int)
    assert compare(y, y + 1, y, 2.0)["passed"] and not compare(y, y, y + 1, 2.0)["passed"]
