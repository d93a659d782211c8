"""The booster benchmark: its worlds, and what it reads off a curve."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import booster


@pytest.mark.parametrize("kind", booster.KINDS)
def test_every_phase_has_every_drift_a_block_apart(kind: str) -> None:
    for phase in (0.05, 0.95):
        points = booster.world(kind, phase, 0).drift_points
        assert set(np.diff(points)) == {booster.BLOCK} and points[0] == round((1 + phase) * booster.BLOCK)
        assert points[0] > booster.LAUNCH and points[-1] < booster.BLOCKS * booster.BLOCK


def test_two_variants_come_and_go() -> None:
    assert len(booster.world("recurring", 0.5, 0).concepts) == 2
    assert len(booster.world("abrupt", 0.5, 0).concepts) == booster.BLOCKS


def test_the_largest_rise_is_looked_for_up_to_a_block() -> None:
    curve = [{"cycle_time": cycle, "rise": rise, "rise_se": 0.1}
             for cycle, rise in ((0, 9.0), (500, -0.3), (2_000, 0.05), (4_000, 0.8))]
    assert booster.largest_rise(curve) == pytest.approx(0.5)
    assert booster.largest_rise(curve, up_to=4_000) == pytest.approx(8.0)
