"""What it takes to change a mind: how often a new fact must be told, the longer the old one was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from . import style
from .direct import EndLabel, end_labels, keep_inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = ("o", "^", "s", "D", "v", "P")


def told(times: Sequence[float], tellings: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw how often Jane's new favourite colour must be told until it is the answer, by how often the old one was.

    Both sides are logarithmic. The dotted line is "as often as the old one": a rule that lies on it counts.

    Parameters
    ----------
    times : (K,) numbers
        How often every fact was told before the change.
    tellings : dict of str to (seeds, K) array
        By rule, how often the new fact was told until the answer was right; infinite where it never was. The median
        over the seeds is drawn, and a band from quartile to quartile.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For numbers that are not greater than 0, or arrays that do not fit each other.

    Examples
    --------
    >>> import hebbnet as hb
    >>> ax = hb.plots.told([1, 10, 100], {"Hebb": [[1, 10, 92]], "Delta rule": [[1, 1, 1]]})
    >>> [line.get_label() for line in ax.get_lines() if line.get_gid() == "rule"]
    ['Hebb', 'Delta rule']
    """
    return _against(times, tellings, ("told", "tellings"), "how often every fact was told before Jane changes her mind",
                    "tellings until her new colour is the answer", "as often as the old one", ax)


def unlearning(taught: Sequence[float], recovery: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw how long each rule stays wrong after the labels have changed, by how long it had learned the old ones.

    Both sides are logarithmic. The dotted line is "as long as it was taught": a rule that runs along it must take back
    all that it has learned, one that runs level forgets as fast however long it was taught.

    Parameters
    ----------
    taught : (K,) numbers
        Samples learned before the change.
    recovery : dict of str to (seeds, K) array
        By rule, samples from the change until it was as good as before; infinite where it never was. The median over
        the seeds is drawn, and a band from quartile to quartile.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For numbers that are not greater than 0, or arrays that do not fit each other.

    Examples
    --------
    >>> import hebbnet as hb
    >>> ax = hb.plots.unlearning([500, 2_000], {"RightWrong": [[675, 2_355]], "Delta rule": [[55, 50]]})
    >>> ax.get_xscale(), ax.get_yscale()
    ('log', 'log')
    """
    return _against(taught, recovery, ("unlearning", "recovery"), "samples learned before the labels changed",
                    "samples until it is as good again", "as long as it was taught", ax)


def _against(before: Any, after: Any, called: tuple[str, str], across: str, up: str, equal: str,
             ax: Axes | None) -> Axes:
    """A line for each rule on two logarithmic scales, beside the line of equal numbers."""
    x, found = _checked(before, after, called)
    ax = style.axes(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ends = x[[0, -1]] * np.array([0.85, 1.0])
    ax.plot(ends, ends, gid="equal", **style.BEST.line)
    looks = style.rule_looks(found)
    labels, never = [EndLabel(x[-1], equal, style.BEST, style.SMALL, "normal")], False
    for k, (name, values) in enumerate(found.items()):
        last, lost = _rule(ax, x, values, name, looks[name], MARKERS[k % len(MARKERS)])
        labels.append(EndLabel(last, name, looks[name]))
        never |= lost
    _frame(ax, x, found, across, up)
    seeds = len(next(iter(found.values())))
    note = f"median of {seeds} seeds, band: quartiles" if seeds > 1 else "n = 1"
    depth = style.footnote(ax, note + ("; a line that ends early: half of the seeds never came back" if never else ""))
    keep_inside(ax, depth)
    style.settle(ax)
    end_labels(ax, ax.get_xlim()[1], labels)
    return ax


def _checked(before: Any, after: Any, called: tuple[str, str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What is along x (K,), and by rule (seeds, K); infinite numbers are allowed in the latter."""
    where, what = called
    x = checks.vector(before, where=f"{where}: {'times' if where == 'told' else 'taught'}")
    if len(x) < 2 or x[0] <= 0 or (np.diff(x) <= 0).any():
        raise checks.InputError(f"{where}: expected at least two numbers greater than 0 that rise, got {x.tolist()}")
    if not isinstance(after, Mapping) or not after:
        raise checks.InputError(f"{where}: {what}: expected a dict of at least one rule, got {type(after).__name__}")
    try:
        found = {str(name): np.atleast_2d(np.asarray(values, dtype=np.float64)) for name, values in after.items()}
    except (TypeError, ValueError, OverflowError):
        raise checks.InputError(f"{where}: {what}: expected numbers by rule, got {checks.shown(after)}") from None
    rows = len(next(iter(found.values())))
    for name, values in found.items():
        if values.shape != (rows, len(x)) or not (values > 0).all():
            raise checks.InputError(f"{where}: {what} of {name}: expected {rows} x {len(x)} numbers greater than 0, "
                                    f"got shape {values.shape}")
    return x, found


def _rule(ax: Axes, x: np.ndarray, values: np.ndarray, name: str, look: style.Look, marker: str) -> tuple[float, bool]:
    """The median and the quartiles, where they are finite. Returns where the line ends, and whether it ends early."""
    middle = np.median(values, axis=0)
    low, high = (np.percentile(values, q, axis=0, method="inverted_cdf") for q in (25, 75))
    there = np.isfinite(middle)
    ax.plot(x[there], middle[there], marker=marker, markersize=8, markeredgecolor="white", label=name, gid="rule",
            **look.line)
    if len(values) > 1:
        top = np.where(np.isfinite(high), high, 10 * values[np.isfinite(values)].max(initial=1.0))
        ax.fill_between(x[there], low[there], top[there], color=look.colour, alpha=0.18, linewidth=0, zorder=2.4,
                        gid="band")
    return float(middle[there][-1]) if there.any() else np.inf, not there.all()


def _frame(ax: Axes, x: np.ndarray, found: Mapping[str, np.ndarray], across: str, up: str) -> None:
    """Limits that hold all lines, numbers written out, and what they are."""
    from matplotlib.ticker import FuncFormatter

    finite = np.concatenate([values[np.isfinite(values)] for values in found.values()] + [x[-1:]])
    middles = [np.median(values, axis=0) for values in found.values()]
    highest = max([float(x[-1]), *(float(m[np.isfinite(m)].max(initial=1.0)) for m in middles)])
    ax.set_xlim(0.85 * x[0], 1.08 * x[-1])
    ax.set_ylim(0.75 * float(finite.min()), 2.0 * highest)
    ax.set_xticks(x, [f"{value:,.0f}" for value in x])
    style.tidy(ax)
    ax.minorticks_off()
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}"))
    ax.set_xlabel(across, fontsize=style.TEXT)
    ax.set_ylabel(up, fontsize=style.TEXT)
