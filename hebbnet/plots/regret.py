"""Where mistakes come from: regret, split into drift, latency and learning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..training.results import Sweep
from . import style
from .direct import keep_inside
from .policies import runs_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# part: colour, hatch, and what it means
PARTS = {"drift": (style.VERMILLION, "", "drift: the world moved\nafter the last training"),
         "latency": (style.YELLOW, "////", "latency: late labels,\na long training"),
         "learning": (style.BLUE, "....", "learning: even of that\nrule only an estimate")}
BAR = 0.62  # its height, where the rows are 1 apart


def regret(sweep: Sweep, *, ax: Axes | None = None) -> Axes:
    """Draw the regret of each policy, right answers lost against the Bayes rule, as the sum of its three parts.

    With the rules that were best at three moments (`Run.regret_split` has the formulas): drift, what has changed since
    the last training began; latency, what changed while its labels and its model were on their way; learning, the
    rest. A part that is negative, an old rule having been the better one, stands left of 0. The bar is one standard
    error of the regret to either side. It needs the truth.

    Parameters
    ----------
    sweep : Sweep
        On made streams, and not loaded from files.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For anything but a sweep with scored rows, or runs that hold no stream that knows the truth.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[900], rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, hidden=[4], rng=0))
    >>> ax = hb.plots.regret(hb.sweep(learner, stream, [hb.Never(), hb.Always()], seeds=2, launch=300))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['never', 'always']
    """
    runs = runs_of(sweep, "regret")
    splits = {name: [run.regret_split().summary() for run in seeds] for name, seeds in runs.items()}
    ax = style.axes(ax)
    for k, (name, found) in enumerate(splits.items()):
        ahead = behind = 0.0
        for part, (colour, hatch, words) in PARTS.items():
            mean = float(np.mean([one[part] for one in found]))
            ax.barh(-k, mean, BAR, ahead if mean >= 0 else behind, color=colour, hatch=hatch, edgecolor="white",
                    linewidth=1.0, zorder=2, label=words if k == 0 else f"_{name}", gid=part)
            ahead, behind = ahead + max(mean, 0.0), behind + min(mean, 0.0)
        total = np.array([one["regret"] for one in found])
        mean, error = float(total.mean()), float(total.std(ddof=1) / np.sqrt(len(total))) if len(total) > 1 else 0.0
        ax.plot([mean - error, mean + error], [-k, -k], color=style.BLACK, linewidth=2.2, zorder=3, gid="error")
        ax.plot(mean, -k, marker="|", markersize=16, markeredgewidth=2.2, color=style.BLACK, zorder=3, gid="regret")
        ax.annotate(f"{mean:.3f}", (max(ahead, mean + error), -k), (8, 0), textcoords="offset points", va="center",
                    fontsize=style.TEXT, color=style.DARK, gid="number")
    ax.axvline(0.0, color=style.MARK, linewidth=1.2, zorder=2.5)
    ax.set_yticks([-k for k in range(len(splits))], list(splits), parse_math=False)
    ax.set_ylim(0.5 - len(splits), 0.5)
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.06 * (high - low))
    style.tidy(ax, grid="x")
    ax.tick_params(axis="y", length=0, labelsize=style.TEXT)
    ax.set_xlabel("regret: share of rows lost against the best possible", fontsize=style.TEXT)
    ax.legend(frameon=False, fontsize=style.SMALL, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, handlelength=1.6)
    n = min(map(len, runs.values()))
    keep_inside(ax, style.footnote(ax, f"mean of {n} seeds, line ±1 s.e. of the sum; needs the truth" if n > 1 else
                                   "n = 1; needs the truth"))
    return ax
