"""What lateness costs: the booster curve, and the cycle-time law beside what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import pi
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..training.law import lateness
from . import style
from .direct import EndLabel, end_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NEEDED = ("window", "period", "cycle_time", "noise", "inputs", "accuracy")
LOOKS = ((style.BLUE, "o"), (style.ORANGE, "^"), (style.PURPLE, "s"), (style.GREEN, "D"))


def law(measured: Sequence[Mapping[str, float]], omega: float, *, n: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw accuracy against lateness, window / 2 + cycle time + period / 2, beside the law of a boundary that turns.

    Accuracy is freed of the label noise, (accuracy - noise) / (1 - 2 noise), so that one line is the law of all. A
    thin line joins each measurement with the law: what the learner misses, with the inputs it has.

    Parameters
    ----------
    measured : sequence of dict
        window, period, cycle_time (rows), noise, inputs (how many), and accuracy.
    omega : float
        How fast the boundary turns, in radians a row.
    n : int, optional
        Of how many seeds each accuracy is the mean; said below.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For measurements that lack a number, or none.

    Examples
    --------
    >>> import hebbnet as hb
    >>> point = {"window": 100, "period": 100, "cycle_time": 0, "noise": 0.0, "inputs": 2, "accuracy": 0.958}
    >>> ax = hb.plots.law([point], omega=0.00126)
    >>> ax.get_ylabel()
    'accuracy without the noise'
    """
    omega = checks.number(omega, "law: omega", above=0.0)
    measured = _with(NEEDED, measured, "law: measured")
    late = np.array([lateness(*(point[name] for name in ("window", "period", "cycle_time")))[0] for point in measured])
    right = np.array([(point["accuracy"] - point["noise"]) / (1 - 2 * point["noise"]) for point in measured])
    inputs = np.array([int(point["inputs"]) for point in measured])
    ax = style.axes(ax)
    along = np.array([0.0, min(1.06 * late.max(), pi / (2 * omega))])
    ax.plot(along, 1 - omega * along / pi, **style.BEST.line, label="the law, 1 - omega lateness / pi", gid="law")
    ax.vlines(late, right, 1 - omega * late / pi, color=style.MARK, linewidth=1.2, zorder=2.5)
    for (colour, marker), d in zip(LOOKS, np.unique(inputs), strict=False):
        ax.plot(late[inputs == d], right[inputs == d], linestyle="", marker=marker, markersize=10, color=colour,
                markerfacecolor="none", markeredgewidth=2.2, zorder=3.5, label=f"measured, {d} inputs",
                gid=f"measured {d}")
    ax.set_xlim(0, along[1])
    ax.set_ylim(0.5, 1.0)
    ax.set_xlabel("lateness in rows: half the window + the cycle time + half the period", fontsize=style.TEXT)
    ax.set_ylabel("accuracy without the noise", fontsize=style.TEXT)
    style.tidy(ax)
    style.count(ax)
    ax.legend(frameon=False, fontsize=style.TEXT, loc="lower left")
    if n is not None:
        style.footnote(ax, f"mean of {n} seed{'s' * (n > 1)}")
    return ax


# ---------------------------------------------------------------- the booster curve

WORLDS = tuple(style.Look(colour) for colour in (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE))
# Both ways often give the same line: one is drawn wide and pale, so that the other is seen on it.
WAYS: dict[str, dict[str, Any]] = {
    "warm": {"linestyle": "-", "linewidth": 7.0, "alpha": 0.4, "label": "start from the old weights"},
    "scratch": {"linestyle": (0, (3, 1.5)), "linewidth": 1.8, "marker": "D", "markersize": 6,
                "markerfacecolor": "white", "label": "begin from scratch"}}


def booster(curves: Mapping[str, Sequence[Mapping[str, float]]], gains: Mapping[str, Mapping[str, float]], *,
            block: int | None = None, n: int = 1, size: tuple[float, float] | None = None) -> Figure:
    """Draw what the time from data to production costs, and what a small change to something old is worth.

    Left, accuracy against the cycle time, for each world, trained on from the old weights and from scratch. Right, the
    paired difference of the two, with its interval: right of 0 the old weights helped.

    Parameters
    ----------
    curves : dict of world to sequence of dict
        cycle_time (rows), warm and scratch (accuracies), warm_se and scratch_se (their standard errors).
    gains : dict of name to dict
        difference (warm - scratch), low and high.
    block : int, optional
        How many rows the world stays as it is: a line stands there.
    n : int
        How many seeds.
    size : (float, float), optional
        Of the figure, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For curves or gains that lack a number, or none.

    Examples
    --------
    >>> import hebbnet as hb
    >>> late = {"cycle_time": 500, "warm": 0.78, "scratch": 0.78, "warm_se": 0.01, "scratch_se": 0.01}
    >>> curves = {"abrupt": [late | {"cycle_time": 0, "warm": 0.85, "scratch": 0.85}, late]}
    >>> figure = hb.plots.booster(curves, {"abrupt": {"difference": 0.001, "low": -0.002, "high": 0.003}})
    >>> figure.axes[0].get_xlabel()
    'cycle time: rows from a training to its model'
    """
    import matplotlib.pyplot as plt

    needed = ("cycle_time", "warm", "scratch", "warm_se", "scratch_se")
    if not (isinstance(curves, Mapping) and isinstance(gains, Mapping)):
        raise checks.InputError("booster: expected a dict of curves and a dict of gains")
    points = _with(needed, [point for curve in curves.values() for point in checks.several(
        curve, "booster: curves", "dicts")], "booster: curves")
    _with(("difference", "low", "high"), gains.values(), "booster: gains")
    n = checks.whole(n, "booster: n", low=1)
    figure, (left, right) = plt.subplots(1, 2, figsize=size or style.SIZE, layout="constrained", width_ratios=[3, 2])
    last = max(point["cycle_time"] for point in points)
    left.set_xlim(-0.02 * last, 1.02 * last)
    left.set_ylim(min(0.5, *(point[way] for point in points for way in WAYS)) - 0.03, 1.0)
    style.tidy(left)
    if block is not None:
        left.axvline(block, color=style.MARK, linewidth=1.2, zorder=1, gid="block")
        left.annotate("a drift each\n" + f"{block:,} rows", (block, 1.0), (5, -3), textcoords="offset points", va="top",
                      fontsize=style.SMALL, color=style.GREY)
    labels = [_curve(left, world, curve, look)
              for (world, curve), look in zip(curves.items(), WORLDS * len(curves), strict=False)]
    left.set_xlabel("cycle time: rows from a training to its model", fontsize=style.TEXT)
    left.set_ylabel("accuracy", fontsize=style.TEXT)
    for way in WAYS.values():
        left.plot([], [], color=style.DARK, **way)
    left.legend(frameon=False, fontsize=style.SMALL, loc="lower left")
    _gains(right, gains, n)
    style.settle(left)
    end_labels(left, last, labels)
    style.count(left)
    return figure


def _with(needed: Sequence[str], given: Any, where: str) -> list[Mapping[str, float]]:
    """Dicts in which each of the numbers `needed` is there; refused otherwise."""
    found = checks.several(given, where, "dicts")
    if not found or any(not isinstance(one, Mapping) or name not in one for one in found for name in needed):
        raise checks.InputError(f"{where}: expected dicts with {', '.join(needed)}")
    for one in found:
        for name in needed:
            checks.number(one[name], f"{where}: {name}")
    return found


def _curve(ax: Axes, world: str, curve: Sequence[Mapping[str, float]], look: style.Look) -> EndLabel:
    """Both ways in one world."""
    x = [point["cycle_time"] for point in curve]
    for way, drawn in WAYS.items():
        y = np.array([point[way] for point in curve])
        error = np.array([point[f"{way}_se"] for point in curve])
        ax.fill_between(x, y - error, y + error, color=look.colour, alpha=0.2, linewidth=0, zorder=2, gid="band")
        ax.plot(x, y, color=look.colour, zorder=3, gid=way, **drawn | {"label": f"_{world}"})
    return EndLabel(curve[-1]["warm"], world, look)


def _gains(ax: Axes, gains: Mapping[str, Mapping[str, float]], n: int) -> None:
    """The differences, one above the other."""
    for k, gain in enumerate(gains.values()):
        resolved = not gain["low"] <= 0.0 <= gain["high"]
        ax.plot([gain["low"], gain["high"]], [-k, -k], color=style.DARK, linewidth=2.2, zorder=2.5, gid="interval")
        ax.plot(gain["difference"], -k, marker="o", markersize=9, color=style.DARK, markeredgewidth=2.0, zorder=3,
                markerfacecolor=style.DARK if resolved else "white", linestyle="", gid="gain")
        ax.annotate(f"{gain['difference']:+.3f}".replace("-", "−"), (1, -k), (4, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", va="center", fontsize=style.SMALL, annotation_clip=False, gid="number")
    ax.axvline(0.0, color=style.MARK, linewidth=1.2, zorder=1)
    reach = 1.15 * max(abs(gain[end]) for gain in gains.values() for end in ("low", "high", "difference")) or 1.0
    ax.set_xlim(-reach, reach)
    ax.set_ylim(0.6 - len(gains), 0.6)
    ax.set_yticks([-k for k in range(len(gains))], list(gains), parse_math=False)
    style.tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0, labelsize=style.SMALL)
    ax.locator_params(axis="x", nbins=4)
    ax.set_title("gain of the old weights", fontsize=style.TEXT, loc="left")
    ax.set_xlabel("accuracy: old weights − scratch", fontsize=style.TEXT)
    style.footnote(ax, f"{n} pairs, 95 %; filled: resolved" if n > 1 else "n = 1")
