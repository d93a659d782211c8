"""Regret in three parts, by the data of the picture: the parts add up to what the runs lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb

PARTS = ("drift", "latency", "learning")


@pytest.fixture(scope="module")
def sweep() -> Any:
    stream = hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(2)], at=[900], noise=0.1, rng=0)
    policies = {"never": hb.Never(), "periodic": hb.Periodic(300), "always": hb.Always()}
    return hb.sweep(hb.Learner(hb.mlp(stream, hidden=[8], rng=0)), stream, policies, seeds=3, launch=400, steps=2_000,
                    window=300, label_delay=50, cycle_time=100)


def bars(ax: Any, part: str) -> list[Any]:
    return [patch for patch in ax.patches if patch.get_gid() == part]


def test_each_bar_is_a_mean_over_the_seeds(sweep: Any) -> None:
    ax = hb.plots.regret(sweep)
    for part in PARTS:
        wanted = [np.mean([run.regret_split().summary()[part] for run in runs]) for runs in sweep.runs.values()]
        np.testing.assert_allclose([bar.get_width() for bar in bars(ax, part)], wanted, atol=1e-15)


def test_the_parts_add_up_to_what_was_lost(sweep: Any) -> None:
    ax = hb.plots.regret(sweep)
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_gid() == "regret"]
    totals = [sum(bars(ax, part)[k].get_width() for part in PARTS) for k in range(3)]
    np.testing.assert_allclose(marks, totals, atol=1e-12)
    lost = [np.mean([run.regret_split().regret.mean() for run in runs]) for runs in sweep.runs.values()]
    np.testing.assert_allclose(marks, lost)


def test_what_is_positive_stands_one_behind_the_other_and_what_is_negative_left_of_0(sweep: Any) -> None:
    ax = hb.plots.regret(sweep)
    for k in range(3):
        edges = [(bars(ax, part)[k].get_x(), bars(ax, part)[k].get_width()) for part in PARTS]
        forward = sorted((x, x + width) for x, width in edges if width > 0)
        assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(forward))
        assert all(x + width <= 1e-12 for x, width in edges if width < 0)


def test_the_parts_differ_without_colour(sweep: Any) -> None:
    ax = hb.plots.regret(sweep)
    assert len({bars(ax, part)[0].get_hatch() for part in PARTS}) == 3
    assert [label.get_text() for label in ax.get_yticklabels()] == ["never", "periodic", "always"]


def test_without_truth_it_is_refused(sweep: Any) -> None:
    batch = hb.DriftStream([hb.SEA(7)], rng=0).take(600)
    stream = hb.from_arrays(batch.X, batch.y)
    real = hb.sweep(hb.Learner(hb.mlp(stream, [4], rng=0)), stream, [hb.Never()], seeds=1, launch=300)
    for given, says in ((real, "knows the truth"), (sweep.runs, "regret: expected a Sweep")):
        with pytest.raises(hb.InputError, match=says):
            hb.plots.regret(given)
    assert not plt.get_fignums()
