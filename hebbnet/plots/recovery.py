"""Recovery, aligned at the drift: how deep accuracy falls, and after how many samples it is back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..monitoring.recovery import BEFORE, BIN, DIP_BINS, AfterDrift, over_drifts
from ..training.record import Run
from ..training.results import Sweep
from . import style
from .decay import runs_of
from .direct import EndLabel, end_labels, keep_inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_BEFORE = 1_000  # rows before the drift that are drawn, at most
DRAWN_BINS = 80  # along x, about


def recovery(run_or_sweep: Run | Sweep, *, rows: int | None = None, share: float = 0.97,
             ax: Axes | None = None) -> Axes:
    """Draw accuracy as a function of the samples since the drift, all drifts and seeds of a policy over each other.

    Accuracy is taken in bins counted from the drift, so that no window smears it. A line is the median over drifts and
    seeds, its band the middle half of them. ▽ stands as far below the accuracy before the drift as the dip is deep,
    where the line is lowest; each ○ is a drift: there, accuracy (of all seeds) was back at `share` of what it was. A
    drift that was never recovered from has its mark at the edge, ▷. The numbers beside the names are those of
    `Sweep.summary`: the mean dip, and the median recovery.

    Parameters
    ----------
    run_or_sweep : Run or Sweep
    rows : int, optional
        How many rows after the drift to draw. None is all that every drift has before the next.
    share : float
        What counts as back, of the accuracy before.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        Where no drift has 500 scored rows before and after it.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[3_000], noise=0.1, rng=0)
    >>> run = hb.run(hb.LeastSquares(), stream, hb.Periodic(1_000), launch=1_000, window=500)
    >>> ax = hb.plots.recovery(run)
    >>> ax.get_xlabel()
    'samples since the drift'
    """
    runs = runs_of(run_or_sweep, "recovery")
    share = checks.number(share, "recovery: share", low=0.0, high=1.0)
    after = {name: _after(seeds, share) for name, seeds in runs.items()}
    for name, drifts in after.items():
        if not drifts:
            raise checks.InputError(f"recovery: {name} met no drift with 500 scored rows before and after it, at the "
                                    "same rows for all seeds")
    every = [(drift, seeds[0]) for name, seeds in runs.items() for drift in after[name]]
    stop = min(drift.observed for drift, _ in every)
    if rows is not None:
        stop = min(stop, checks.whole(rows, "recovery: rows", low=DIP_BINS * BIN))
    start = -min(SHOWN_BEFORE, *(drift.drift - run.launch for drift, run in every))
    size = max(-(-(stop - start) // DRAWN_BINS // BIN) * BIN, BIN)
    ax = style.axes(ax)
    looks = style.looks({name: seeds[0].recipe.split("(")[0] for name, seeds in runs.items()})
    if len(runs) == 1:
        looks = {name: replace(look, dashes="-") for name, look in looks.items()}

    labels = [_policy(ax, name, seeds, after[name], (start, stop, size), looks[name], share)
              for name, seeds in runs.items()]
    labels.append(_frame(ax, next(iter(runs.values())), start, stop, size))
    keep_inside(ax, _footnote(ax, len(every) // len(runs), len(next(iter(runs.values()))), share))
    style.settle(ax)
    end_labels(ax, stop, labels)
    style.settle(ax)
    style.count(ax)
    return ax


def _after(seeds: Sequence[Run], share: float) -> list[AfterDrift]:
    """What each drift did, averaged over the seeds."""
    return Sweep.of({"": seeds}).after_drifts("", share=share)


def aligned(seeds: Sequence[Run], drifts: Sequence[AfterDrift], start: int, stop: int, size: int
            ) -> tuple[np.ndarray, np.ndarray]:
    """The middles of bins counted from the drift (bins,), and the accuracy of each drift and seed in them, (m, bins).

    Bins of `size` rows on either side of the drift, which lies between two of them.
    """
    edges = size * np.arange(-(-start // size), stop // size + 1)
    lines = []
    for drift in drifts:
        for run in seeds:
            at = drift.drift - run.launch
            part = run.correct[at + edges[0] : at + edges[-1]]
            lines.append(part.reshape(-1, size).mean(axis=1))
    return (edges[:-1] + edges[1:]) / 2, np.array(lines)


def _policy(ax: Axes, name: str, seeds: Sequence[Run], drifts: Sequence[AfterDrift], span: tuple[int, int, int],
            look: style.Look, share: float) -> EndLabel:
    """Line, band and marks of one policy."""
    start, stop, size = span
    at, lines = aligned(seeds, drifts, start, stop, size)
    low, middle, high = np.percentile(lines, [25, 50, 75], axis=0)
    ax.plot(at, middle, label=name, gid="policy", **look.line)
    if len(lines) > 1:
        ax.fill_between(at, low, high, color=look.colour, alpha=0.16, linewidth=0, zorder=2.5, gid="band")
    over = over_drifts(drifts)
    dip, back = over["dip"] or 0.0, over["recovery"]
    level = float(np.mean([drift.level for drift in drifts]))
    bottom = at[at > 0][int(np.argmin(middle[at > 0]))]
    marks: dict[str, Any] = {"color": look.colour, "markerfacecolor": "white", "markeredgewidth": 1.8, "linestyle": "",
                             "clip_on": False, "label": f"_{name}", "zorder": 4.0}
    ax.plot([bottom], [level - dip], marker="v", markersize=9, gid="dip", **marks)
    for drift in drifts:
        there = drift.recovery is not None and drift.recovery <= stop
        x = drift.recovery if there and drift.recovery is not None else stop
        kind, marker = ("back", "o") if there else ("not back", ">")
        ax.plot([x], [share * drift.level], marker=marker, markersize=9, gid=kind, **marks)
    said = f"back after {back:,.0f}" if back is not None else "not back"
    return EndLabel(middle[-1], f"{name}\ndip {dip:.2f}, {said}", look, style.SMALL)


def _frame(ax: Axes, seeds: Sequence[Run], start: int, stop: int, size: int) -> EndLabel:
    """Limits, grid, the drift, chance, and what is measured."""
    chance = 1 / len(seeds[0].classes)
    lowest = min(float(np.min(line.get_ydata())) for line in ax.get_lines())
    ax.set_xlim(start, stop)
    ax.set_ylim(min(chance, lowest) - 0.03, 1.0)
    ax.axvline(0, color=style.MARK, linewidth=1.4, zorder=1, gid="drift")
    widths = {width for _, width in seeds[0].spans}
    if len(widths) == 1 and (width := widths.pop()):
        ax.axvspan(0, min(width, stop), color=style.FAINT, zorder=0.5, linewidth=0, gid="drift")
    look = style.BASELINES["chance"]
    ax.axhline(chance, gid="chance", **look.line)
    style.tidy(ax)
    ax.set_xlabel("samples since the drift", fontsize=style.TEXT)
    ax.set_ylabel(f"accuracy in bins of {size:,} samples", fontsize=style.TEXT)
    return EndLabel(chance, "chance", look, style.SMALL, "normal")


def _footnote(ax: Axes, drifts: int, seeds: int, share: float) -> float:
    """What is shown, and of how many. Returns its height in points."""
    many = f"{drifts} drift{'s' * (drifts > 1)} x {seeds} seed{'s' * (seeds > 1)}"
    return style.footnote(ax, f"median and middle half of {many}; ▽ dip, ○ back at {share:.0%} of the accuracy in "
                              f"the {BEFORE:,} samples before, ▷ not back before the next drift")
