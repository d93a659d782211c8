"""What lateness costs: the cycle-time law, what is measured, and what the learner itself misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import pi
from typing import TYPE_CHECKING

import numpy as np

from ..engine import checks
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("window", "period", "cycle_time", "noise", "inputs", "accuracy")
LOOKS = ((style.BLUE, "o"), (style.ORANGE, "^"), (style.PURPLE, "s"), (style.GREEN, "D"))


def law(measured: Sequence[Mapping[str, float]], omega: float, *, ax: Axes | None = None) -> Axes:
    """Draw accuracy against lateness, window / 2 + cycle time + period / 2, beside the law of a boundary that turns.

    Accuracy is freed of the label noise, (accuracy - noise) / (1 - 2 noise), so that one line is the law of all. A
    thin line joins each measurement with the law: what the learner misses, with the inputs it has.

    Parameters
    ----------
    measured : sequence of dict
        window, period, cycle_time (rows), noise, inputs (how many), and accuracy.
    omega : float
        How fast the boundary turns, in radians a row.
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
    if not measured or any(name not in point for point in measured for name in NEEDED):
        raise checks.InputError(f"law: measured: expected dicts with {', '.join(NEEDED)}")
    late = np.array([point["window"] / 2 + point["cycle_time"] + point["period"] / 2 for point in measured])
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
    return ax
