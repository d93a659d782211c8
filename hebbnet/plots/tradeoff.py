"""Quick or careful: the delay of each detector against its false alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..training.lab import Evaluation
from . import style
from .direct import beside, keep_inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
LOOKS = tuple(style.Look(colour, dashes) for dashes in ("-", (0, (5, 1.2))) for colour in style.SPARE_COLOURS)


def tradeoff(results: Mapping[str, Evaluation | Sequence[Evaluation]], *, ax: Axes | None = None) -> Axes:
    """Draw how late each detector is against how often it cries wolf: a line a detector, a point a setting.

    False alarms are those in 10,000 values of the no-drift twins; the delay is the mean over the drifts, with one
    standard error to either side, where a drift that was not noticed counts as `within`. Better is lower and further
    left. Where no false alarm came the point is hollow, and stands where half of one would.

    Parameters
    ----------
    results : dict of name to Evaluation, or to several
        What `hb.evaluate_detector` gave on the same errors, with twins; several are one detector at several settings.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For results that are none, that had no twin or no drift, or that differ in `within`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> errors = hb.lab.ErrorStream([(1_000, 0.2), (500, 0.5)])
    >>> found = [hb.evaluate_detector(hb.DDM(drift_threshold=k), errors, within=500, seeds=5) for k in (2, 3)]
    >>> hb.plots.tradeoff({"DDM": found}).get_xlabel()
    'false alarms in 10,000 errors without a drift'
    """
    if not isinstance(results, Mapping):
        raise checks.InputError(f"tradeoff: results: expected a dict of evaluations, got {checks.shown(results)}")
    found = {str(name): [given] if isinstance(given, Evaluation) else
             checks.several(given, "tradeoff: results", "evaluations") for name, given in results.items()}
    every = [one for line in found.values() for one in line]
    if not every or not all(isinstance(one, Evaluation) for one in every):
        raise checks.InputError("tradeoff: results: expected what hb.evaluate_detector gives, by name")
    if not all(one.twin_values and one.drifts for one in every):
        raise checks.InputError("tradeoff: results: expected evaluations with drifts and twins without any, as of an "
                                "hb.lab.ErrorStream")
    (within, *others) = {one.within for one in every}
    if others:
        raise checks.InputError(f"tradeoff: results: expected one and the same within, got {sorted([within, *others])}")
    ax = style.axes(ax)
    looks = dict(zip(found, LOOKS * len(found), strict=False))
    careful = {name: _line(ax, name, line, looks[name], MARKERS[k % len(MARKERS)])
               for k, (name, line) in enumerate(found.items())}
    _frame(ax, every, within)
    style.settle(ax)
    beside(ax, careful, looks, [line for line in ax.lines if line.get_gid() == "detector"])
    return ax


def _line(ax: Axes, name: str, line: Sequence[Evaluation], look: style.Look, marker: str) -> tuple[float, float]:
    """One detector; returns its most careful point, where there is most room for its name."""
    points = [_point(one) for one in line]
    x, y, error, none = (np.array(column) for column in zip(*points, strict=True))
    ax.plot(x, y, gid="detector", label=name, **look.line)
    ax.vlines(x, y - error, y + error, color=look.colour, linewidth=1.6, zorder=2.8)
    for hollow in (False, True):
        ax.plot(x[none == hollow], y[none == hollow], linestyle="", marker=marker, markersize=8, color=look.colour,
                markerfacecolor="white" if hollow else look.colour, markeredgewidth=1.6, zorder=3.2,
                gid="none" if hollow else "point")
    latest = int(y.argmax())
    return float(x[latest]), float(y[latest])


def _point(one: Evaluation) -> tuple[float, float, float, bool]:
    """False alarms in 10,000 values, mean delay, its standard error, and whether there was no false alarm at all."""
    delays: Any = np.concatenate([one.delays, np.full(one.misses, one.within)])
    error = float(delays.std(ddof=1) / np.sqrt(len(delays))) if len(delays) > 1 else 0.0
    return 10_000 * max(one.twin_alarms, 0.5) / one.twin_values, float(delays.mean()), error, not one.twin_alarms


def _frame(ax: Axes, every: Sequence[Evaluation], within: int) -> None:
    """Scales and words."""
    from matplotlib.ticker import FuncFormatter

    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.margins(0.06)
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    ax.xaxis.set_major_formatter(plain)
    ax.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
    ax.yaxis.set_major_formatter(plain)
    ax.yaxis.set_minor_formatter(FuncFormatter(lambda value, _: f"{value:g}" if f"{value:g}"[0] in "25" else ""))
    style.tidy(ax, grid="both")
    ax.tick_params(which="minor", labelsize=style.SMALL, color=style.PALE, labelcolor=style.DARK)
    ax.set_xlabel("false alarms in 10,000 errors without a drift", fontsize=style.TEXT)
    ax.set_ylabel("delay in rows, mean", fontsize=style.TEXT)
    drifts = {one.drifts for one in every}
    many = f"{min(drifts)}" if len(drifts) == 1 else f"{min(drifts)} to {max(drifts)}"
    said = [f"each point {many} drifts",
            "bars ±1 s.e.", f"a drift missed counts as {within:,}"]
    if not all(one.twin_alarms for one in every):
        said.append("hollow: no false alarm")
    keep_inside(ax, style.footnote(ax, "; ".join(said)))
