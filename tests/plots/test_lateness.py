"""The picture of the cycle-time law: where its line and its points are."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

import hebbnet as hb

OMEGA = 2 * pi / 5_000
POINTS = [{"window": 100, "period": 200, "cycle_time": 100, "noise": 0.1, "inputs": d, "accuracy": accuracy}
          for d, accuracy in ((2, 0.82), (5, 0.80), (10, 0.78))]


def test_a_point_without_noise_lies_at_its_lateness() -> None:
    ax = hb.plots.law(POINTS, OMEGA)
    line = next(line for line in ax.lines if line.get_gid() == "law")
    assert np.allclose(line.get_ydata(), 1 - OMEGA * np.asarray(line.get_xdata()) / pi)
    for d, right in ((2, 0.9), (5, 0.875), (10, 0.85)):
        (points,) = (line for line in ax.lines if line.get_gid() == f"measured {d}")
        assert points.get_xdata().tolist() == [250.0] and np.allclose(points.get_ydata(), right)
    assert ax.get_ylim() == (0.5, 1.0) and len(ax.collections) == 1


@pytest.mark.parametrize(("measured", "omega", "says"), [
    ([], OMEGA, "law: measured: expected dicts with window"), ([{"window": 3}], OMEGA, "expected dicts with window"),
    (POINTS, 0.0, "law: omega")])
def test_what_is_no_measurement_is_refused(measured: list[dict[str, float]], omega: float, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        hb.plots.law(measured, omega)


def test_the_axes_given_are_drawn_into() -> None:
    ax = hb.plots.law(POINTS, OMEGA)
    assert hb.plots.law(POINTS, OMEGA, ax=ax) is ax
