"""The booster curve, by its data: both ways of training in every world, and what one gains over the other."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb

CYCLES = [0, 500, 1_000]


def curve(first: float) -> list[dict[str, float]]:
    return [{"cycle_time": t, "warm": first - k / 10, "scratch": first - k / 20, "warm_se": 0.01, "scratch_se": 0.02}
            for k, t in enumerate(CYCLES)]


CURVES = {"abrupt": curve(0.8), "recurring": curve(0.7)}
GAINS = {"abrupt": {"difference": -0.004, "low": -0.006, "high": -0.002},
         "recurring": {"difference": 0.001, "low": -0.002, "high": 0.004}}


def marks(ax: Any, gid: str) -> list[Any]:
    return [line for line in ax.lines if line.get_gid() == gid]


def test_each_world_has_a_line_for_each_way() -> None:
    left, _ = hb.plots.booster(CURVES, GAINS, block=600, n=10).axes
    for way, step in (("warm", 10), ("scratch", 20)):
        lines = marks(left, way)
        assert [line.get_xdata().tolist() for line in lines] == [CYCLES, CYCLES]
        np.testing.assert_allclose([line.get_ydata() for line in lines],
                                   [[first - k / step for k in range(3)] for first in (0.8, 0.7)])
    assert marks(left, "block")[0].get_xdata()[0] == 600
    assert {text.get_text() for text in left.texts if text.get_gid() == "name"} == {"abrupt", "recurring"}
    assert left.get_ylim() == (pytest.approx(0.47), 1.0)


def test_bands_are_one_standard_error() -> None:
    left, _ = hb.plots.booster(CURVES, GAINS).axes
    bands = [band.get_paths()[0].vertices[:, 1] for band in left.collections if band.get_gid() == "band"]
    assert len(bands) == 4 and bands[0].max() == pytest.approx(0.81) and bands[1].max() == pytest.approx(0.82)


def test_what_is_worse_than_chance_is_not_cut_off() -> None:
    left, _ = hb.plots.booster({"abrupt": curve(0.4)}, GAINS).axes
    assert left.get_ylim()[0] == pytest.approx(0.17)


def test_gains_have_their_intervals_and_are_filled_where_resolved() -> None:
    _, right = hb.plots.booster(CURVES, GAINS, n=10).axes
    assert [dot.get_xdata()[0] for dot in marks(right, "gain")] == [-0.004, 0.001]
    assert [list(bar.get_xdata()) for bar in marks(right, "interval")] == [[-0.006, -0.002], [-0.002, 0.004]]
    assert [dot.get_markerfacecolor() == "white" for dot in marks(right, "gain")] == [False, True]
    low, high = right.get_xlim()
    assert low == -high and high > 0.006  # 0 stands in the middle
    assert "10 pairs" in right.texts[-1].get_text()


@pytest.mark.parametrize(("call", "says"), [
    (lambda: hb.plots.booster({}, GAINS), "curves: expected dicts with cycle_time, warm"),
    (lambda: hb.plots.booster({"abrupt": [{"warm": 1.0}]}, GAINS), "curves: expected dicts"),
    (lambda: hb.plots.booster(CURVES, {}), "gains: expected dicts with difference"),
    (lambda: hb.plots.booster(CURVES, {"abrupt": {"low": 0.0}}), "gains: expected dicts"),
    (lambda: hb.plots.booster(CURVES, GAINS, n=0), "booster: n")])
def test_what_lacks_a_number_is_refused(call: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        call()
    assert not plt.get_fignums()
