"""Delay against false alarms, by the data of the picture: misses are counted, and no false alarm is not 0."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb
from hebbnet.training.lab import Evaluation


def found(delays: list[int], misses: int = 0, twin_alarms: int = 10, **changed: Any) -> Evaluation:
    given = {"detector": "made", "within": 500, "drifts": len(delays) + misses, "delays": np.array(delays),
             "false_alarms": 0, "values": 1_000, "twin_alarms": twin_alarms, "twin_values": 100_000}
    return Evaluation(**given | changed)


def marks(ax: Any, gid: str) -> list[Any]:
    return [line for line in ax.lines if line.get_gid() == gid]


def test_a_point_is_a_rate_and_a_mean_delay() -> None:
    ax = hb.plots.tradeoff({"DDM": [found([100, 120]), found([40, 60], twin_alarms=50)], "ADWIN": found([70, 90])})
    lines = {line.get_label(): line.get_xydata().tolist() for line in marks(ax, "detector")}
    assert lines == {"DDM": [[1.0, 110.0], [5.0, 50.0]], "ADWIN": [[1.0, 80.0]]}
    assert {text.get_text() for text in ax.texts if text.get_gid() == "name"} == {"DDM", "ADWIN"}
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_a_drift_missed_counts_as_the_limit() -> None:
    ax = hb.plots.tradeoff({"DDM": found([100, 120], misses=2)})
    assert marks(ax, "detector")[0].get_ydata()[0] == (100 + 120 + 500 + 500) / 4
    assert "a drift missed counts as 500" in ax.texts[0].get_text().replace("\n", " ")


def test_bars_are_one_standard_error() -> None:
    ax = hb.plots.tradeoff({"DDM": found([100, 120])})
    (bars,) = ax.collections
    np.testing.assert_allclose(bars.get_segments()[0][:, 1], [100, 120])  # s / sqrt(2) = 10


def test_without_a_false_alarm_a_point_is_hollow_where_half_of_one_would_be() -> None:
    ax = hb.plots.tradeoff({"DDM": [found([100], twin_alarms=0), found([50])]})
    (hollow,), (full,) = marks(ax, "none"), marks(ax, "point")
    assert hollow.get_xydata().tolist() == [[0.05, 100.0]] and hollow.get_markerfacecolor() == "white"
    assert full.get_xydata().tolist() == [[1.0, 50.0]]


def test_nine_detectors_differ_in_colour_or_marker() -> None:
    ax = hb.plots.tradeoff({f"d{k}": found([10 + 20 * k]) for k in range(9)})
    assert len({(line.get_color(), line.get_marker()) for line in marks(ax, "point") if len(line.get_xdata())}) == 9


@pytest.mark.parametrize(("call", "says"), [
    (lambda: hb.plots.tradeoff({}), "expected what hb.evaluate_detector gives"),
    (lambda: hb.plots.tradeoff({"DDM": [3]}), "expected what hb.evaluate_detector gives"),
    (lambda: hb.plots.tradeoff({"DDM": found([3], twin_values=0)}), "twins without any"),
    (lambda: hb.plots.tradeoff({"a": found([3]), "b": found([3], within=9)}), r"same within, got \[9, 500\]")])
def test_what_is_no_evaluation_is_refused(call: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        call()
    assert not plt.get_fignums()
