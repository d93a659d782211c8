"""Policies side by side and what they cost, by the data of the pictures."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import hebbnet as hb

SETTINGS = {"launch": 400, "window": 300, "steps": 2_000}
WORLDS = {"still": hb.DriftStream([hb.SEA(7)], noise=0.1, rng=0),
          "abrupt": hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(2)], at=[900], noise=0.1, rng=0),
          "slow": hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(2)], at=[hb.Gradual(900, 400)], rng=0),
          "later": hb.DriftStream([hb.RotatingBoundary(0), hb.RotatingBoundary(2)], at=[1_500], rng=0)}
POLICIES = {"never": hb.Never(), "each 300": hb.Periodic(300), "each 600": hb.Periodic(600), "always": hb.Always()}


def learner(stream: Any) -> Any:
    return hb.Learner(hb.mlp(stream, hidden=[8], rng=0))


@pytest.fixture(scope="module")
def swept() -> Any:
    worlds = {name: WORLDS[name] for name in ("abrupt", "slow", "later")}
    return hb.sweep(learner(WORLDS["abrupt"]), worlds, POLICIES, seeds=4, **SETTINGS)


@pytest.fixture(scope="module")
def one() -> Any:
    return hb.sweep(learner(WORLDS["abrupt"]), WORLDS["abrupt"], POLICIES, seeds=3, **SETTINGS)


def marks(ax: Any, gid: str) -> list[Any]:
    return [line for line in ax.lines if line.get_gid() == gid]


def test_a_panel_for_each_stream_and_a_dot_for_each_policy(swept: Any) -> None:
    axes = hb.plots.policies(swept).axes
    assert [ax.get_title(loc="left") for ax in axes] == ["abrupt", "slow", "later"]
    for ax in axes:
        dots = marks(ax, "policy")
        assert [dot.get_label() for dot in dots] == list(POLICIES)
        for dot in dots:
            runs = swept.part(stream=ax.get_title(loc="left")).runs[dot.get_label()]
            assert dot.get_xdata()[0] == pytest.approx(np.mean([run.correct.mean() for run in runs]))
        assert [text.get_text() for text in ax.texts] == [f"{dot.get_xdata()[0]:.3f}" for dot in dots]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == list(POLICIES)  # the others share them


def test_all_panels_have_one_scale_from_chance_or_below_to_1(swept: Any) -> None:
    limits = {ax.get_xlim() for ax in hb.plots.policies(swept).axes}
    ((low, high),) = limits
    lowest = min(run.correct.mean() for run in swept.cells.values())
    assert high == 1.0 and low == pytest.approx(min(0.5, lowest) - 0.02)


def test_the_bar_is_the_interval_of_the_mean(swept: Any) -> None:
    ax = hb.plots.policies(swept).axes[0]
    right = np.array([run.correct.mean() for run in swept.part(stream="abrupt").runs["always"]])
    half = 3.1824 * right.std(ddof=1) / 2  # t of 3 degrees of freedom, 97.5 %
    low, high = marks(ax, "interval")[3].get_xdata()
    assert (low, high) == pytest.approx((right.mean() - half, right.mean() + half), abs=half * 0.01)


def test_a_dot_is_hollow_where_the_best_is_better_beyond_doubt(swept: Any) -> None:
    part = swept.part(stream="abrupt")
    dots = {dot.get_label(): dot for dot in marks(hb.plots.policies(swept).axes[0], "policy")}
    best = max(dots, key=lambda name: dots[name].get_xdata()[0])
    for name, dot in dots.items():
        worse = name != best and part.compare(best, name).low > 0
        assert (dot.get_markerfacecolor() == "white") == worse
    assert dots["never"].get_markerfacecolor() == "white" != dots[best].get_markerfacecolor()


def test_one_stream_without_a_name_is_one_panel(one: Any) -> None:
    (ax,) = hb.plots.policies(one, size=(6, 4)).axes
    assert len(marks(ax, "best")) == len(marks(ax, "majority")) == 1
    assert marks(ax, "best")[0].get_xdata()[0] == pytest.approx(0.9)


def test_real_data_have_no_best_possible() -> None:
    batch = WORLDS["still"].take(1_000)
    stream = hb.from_arrays(batch.X, batch.y)
    runs = hb.sweep(learner(stream), stream, [hb.Never()], seeds=1, launch=300)
    (ax,) = hb.plots.policies(runs).axes
    assert not marks(ax, "best") and "n = 1" in ax.figure.get_suptitle()
    assert not marks(hb.plots.cost(runs), "best")


def test_cost_is_accuracy_against_rows_learned(one: Any) -> None:
    ax = hb.plots.cost(one)
    drawn = {pair for dots in marks(ax, "policy") for pair in zip(*dots.get_data(), strict=True)}
    summary = one.summary()
    wanted = sorted((numbers["updates"], numbers["accuracy"]) for numbers in summary.values())
    np.testing.assert_allclose(sorted(drawn), wanted)
    assert {text.get_text() for text in ax.texts if text.get_gid() == "name"} == set(POLICIES)
    assert ax.get_xscale() == "log" and ax.get_ylim()[1] == 1.0


def test_a_line_joins_what_differs_in_numbers_only(one: Any) -> None:
    (line,) = marks(hb.plots.cost(one), "family")
    assert list(line.get_xdata()) == sorted(one.summary()[name]["updates"] for name in ("each 300", "each 600"))


def test_the_frontier_says_that_it_needs_the_truth(one: Any) -> None:
    ax = hb.plots.cost(one, [(5_000, 0.88), (2_500, 0.8)])
    (line,) = marks(ax, "frontier")
    assert line.get_xydata().tolist() == [[2_500, 0.8], [5_000, 0.88]]
    assert "hindsight\n(needs the truth)" in {text.get_text() for text in ax.texts}


def test_names_beside_points_cover_no_other_name() -> None:
    from hebbnet.plots import style
    from hebbnet.plots.direct import beside

    ax = style.axes(None)
    points = {f"policy {k}": (0.5 + 0.04 * k, 0.5) for k in range(5)}
    style.settle(ax)
    beside(ax, points, dict.fromkeys(points, style.Look(style.BLUE)))
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


@pytest.mark.parametrize(("call", "says"), [
    (lambda sweep: hb.plots.policies(3), "policies: expected a Sweep, got int"),
    (lambda sweep: hb.plots.cost(sweep.runs), "cost: expected a Sweep, got dict"),
    (lambda sweep: hb.plots.cost(sweep, [(1, 2, 3)]), "cost: frontier"),
    (lambda sweep: hb.plots.cost(type(sweep)({})), "no row was scored")])
def test_what_is_no_sweep_is_refused(one: Any, call: Any, says: str) -> None:
    with pytest.raises(hb.InputError, match=says):
        call(one)
    assert not plt.get_fignums()
