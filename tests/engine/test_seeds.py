"""One root, children by name: the same name and number give the same randomness, and no child disturbs another."""

from __future__ import annotations

import numpy as np
import pytest

from hebbnet.engine import seeds
from hebbnet.engine.checks import InputError


def test_children():
    def draw(*name: object) -> list[float]:
        return seeds.child(*name).random(3).tolist()

    assert draw(1, "weights") == draw(1, "weights") == draw(1, "weights", 0)
    different = [draw(1, "weights"), draw(2, "weights"), draw(1, "feedback"), draw(1, "weights", 1)]
    assert len({tuple(numbers) for numbers in different}) == 4


def test_golden_numbers():
    """These stand for every figure that was ever made with a seed: they do not change."""
    assert seeds.child(0, "weights").integers(10**6, size=3).tolist() == [666846, 392446, 337748]


def test_roots():
    assert seeds.root(5) == 5 and seeds.root(np.int64(5)) == 5
    assert seeds.root(np.random.default_rng(3)) == seeds.root(np.random.default_rng(3))
    assert seeds.root(None) != seeds.root(None)
    for wrong in (-1, "a", 0.5, {}):
        with pytest.raises(InputError, match="rng: expected a whole number >= 0, a numpy Generator or None, got"):
            seeds.root(wrong)
