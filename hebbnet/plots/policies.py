"""Policies side by side: which is best in which kind of drift, and what its accuracy costs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..training.compare import student_t
from ..training.record import Run
from ..training.results import ONE, Sweep
from . import style
from .direct import beside, keep_inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 3  # panels side by side, at most
CONFIDENCE = 0.95
HINDSIGHT = "hindsight\n(needs the truth)"
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def policies(sweep: Sweep, *, size: tuple[float, float] | None = None) -> Figure:
    """Draw how right each policy was, in one panel for each stream of the sweep.

    A dot is the mean accuracy over the seeds, its bar the 95 % interval, its number at the right. Dots are filled
    where no policy of the panel is better beyond doubt (the paired interval of the difference to the best holds 0).
    The dotted line is the best possible accuracy (of made streams), the dashed one the commonest label's.

    Parameters
    ----------
    sweep : Sweep
        Best of several streams, by name: `hb.sweep(learner, {"abrupt": ..., "gradual": ...}, policies)`.
    size : (float, float), optional
        Of the figure, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For anything but a sweep with scored rows.

    Examples
    --------
    >>> import hebbnet as hb
    >>> calm, abrupt = hb.DriftStream([hb.SEA(7)], rng=0), hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[900], rng=0)
    >>> learner = hb.Learner(hb.mlp(calm, hidden=[4], rng=0))
    >>> sweep = hb.sweep(learner, {"calm": calm, "abrupt": abrupt}, [hb.Never()], seeds=2, steps=1_200, launch=300)
    >>> [ax.get_title(loc="left") for ax in hb.plots.policies(sweep).axes]
    ['calm', 'abrupt']
    """
    import matplotlib.pyplot as plt

    worlds = {world: runs_of(part, "policies") for world, part in _by_stream(sweep).items()}
    looks = _looks({name: seeds for runs in worlds.values() for name, seeds in runs.items()})
    across = min(len(worlds), ACROSS)
    down = ceil(len(worlds) / across)
    figure, grid = plt.subplots(down, across, figsize=size or style.SIZE, sharex=True, sharey=True, squeeze=False,
                                layout="constrained")
    for ax in grid.flat[len(worlds) :]:
        ax.remove()
    lowest = min([1 / len(seeds[0].classes) for runs in worlds.values() for seeds in runs.values()]
                 + [run.correct.mean() for runs in worlds.values() for seeds in runs.values() for run in seeds])
    for k, (world, runs) in enumerate(worlds.items()):
        ax = grid.flat[k]
        _dots(ax, runs, looks)
        ax.set_xlim(float(lowest) - 0.02, 1.0)
        ax.set_title(world, loc="left", fontsize=style.TEXT, fontweight="bold", parse_math=False)
        if k + across >= len(worlds):
            ax.set_xlabel("accuracy", fontsize=style.TEXT)
            ax.tick_params(labelbottom=True)
    n = min(len(seeds) for runs in worlds.values() for seeds in runs.values())
    bars = f"mean and 95 % interval of {n} seeds" if n > 1 else "n = 1"
    said = f"{bars}; filled: no other is better beyond doubt; dotted: best possible (needs the truth); dashed: majority"
    characters = int(figure.get_figwidth() * 72 / (style.CHARACTER * style.SMALL))
    figure.suptitle("\n".join(wrap(said, characters)), x=0.01, ha="left", fontsize=style.SMALL, color=style.GREY)
    return figure


def _by_stream(sweep: Any) -> dict[str, Sweep]:
    """The parts of a sweep, by the name of their stream."""
    if not isinstance(sweep, Sweep):
        raise checks.InputError(f"policies: expected a Sweep, got {type(sweep).__name__}; hb.sweep makes one")
    names = list(dict.fromkeys(cell.stream for cell in sweep.cells))
    return {ONE: sweep} if names == [ONE] else {name: sweep.part(stream=name) for name in names}


def runs_of(sweep: Any, who: str) -> dict[str, list[Run]]:
    """By name, the runs of all seeds."""
    if not isinstance(sweep, Sweep):
        raise checks.InputError(f"{who}: expected a Sweep, got {type(sweep).__name__}; hb.sweep makes one")
    runs = {name: seeds for name, seeds in sweep.runs.items() if seeds}
    if not runs or not all(len(run.predictions) for seeds in runs.values() for run in seeds):
        raise checks.InputError(f"{who}: there is nothing to draw: no row was scored")
    return runs


def _looks(runs: Mapping[str, Sequence[Run]]) -> dict[str, style.Look]:
    return style.looks({name: _kind(seeds) for name, seeds in runs.items()})


def _kind(seeds: Sequence[Run]) -> str:
    """The class of a policy."""
    return seeds[0].recipe.split("(")[0]


def _dots(ax: Axes, runs: Mapping[str, Sequence[Run]], looks: Mapping[str, style.Look]) -> None:
    """One panel."""
    right = {name: np.array([run.correct.mean() for run in seeds]) for name, seeds in runs.items()}
    best = max(right, key=lambda name: float(right[name].mean()))
    for k, (name, found) in enumerate(right.items()):
        look, mean = looks[name], float(found.mean())
        if len(found) > 1:
            ax.plot([mean - half(found), mean + half(found)], [-k, -k], color=look.colour, linewidth=2.4, zorder=2.5,
                    solid_capstyle="butt", gid="interval")
        behind = right[best] - found if len(found) == len(right[best]) else np.zeros(1)
        worse = name != best and (len(behind) < 2 or float(behind.mean()) > half(behind))
        ax.plot(mean, -k, marker="o", markersize=9, color=look.colour, linestyle="", markeredgewidth=2.0, zorder=3,
                markerfacecolor="white" if worse else look.colour, label=name, gid="policy")
        ax.annotate(f"{mean:.3f}", (1, -k), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                    ha="left", va="center", annotation_clip=False, fontsize=style.SMALL, color=style.DARK,
                    fontweight="normal" if worse else "bold", gid="number")
    first = next(iter(runs.values()))
    if "bayes" in first[0].truth:
        ax.axvline(float(np.mean([run.truth["bayes"][run.launch :].mean() for run in first])), gid="best",
                   **style.BEST.line)
    ax.axvline(float(np.mean([run.baseline("majority").mean() for run in first])), gid="majority",
               **style.BASELINES["majority"].line)
    style.tidy(ax, grid="x")
    ax.set_yticks([-k for k in range(len(right))], list(right), parse_math=False)
    ax.tick_params(axis="y", length=0, labelsize=style.TEXT)
    ax.set_ylim(0.5 - len(right), 0.6)


def half(found: np.ndarray) -> float:
    """Half the width of the interval of their mean."""
    t = student_t(0.5 + CONFIDENCE / 2, len(found) - 1)
    return t * float(found.std(ddof=1)) / float(np.sqrt(len(found)))


# ---------------------------------------------------------------- what accuracy costs


def cost(sweep: Sweep, frontier: Any = None, *, ax: Axes | None = None) -> Axes:
    """Draw accuracy against what it cost: rows learned, a row learned twice counting twice.

    A point is a policy: its means over the seeds, with one standard error of the accuracy to either side. A line joins
    policies that differ in numbers only, such as Periodic with several periods. Better is higher and further left.

    Parameters
    ----------
    sweep : Sweep
        Of one stream and one learner.
    frontier : (k, 2) array, optional
        (rows learned, accuracy) of the best schedules at several prices, known in hindsight: what no policy of their
        class can pass (`hb.hindsight(...).frontier(prices)`). It needs the truth.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For anything but a sweep with scored rows, or a frontier of another shape.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[900], rng=0)
    >>> learner = hb.Learner(hb.mlp(stream, hidden=[4], rng=0))
    >>> sweep = hb.sweep(learner, stream, [hb.Never(), hb.Periodic(200)], seeds=2, launch=300, window=200)
    >>> hb.plots.cost(sweep).get_xlabel()
    'rows learned, a row learned twice counting twice'
    """
    runs = runs_of(sweep, "cost")
    if frontier is not None:
        frontier = checks.matrix(frontier, columns=2, where="cost: frontier")
    ax = style.axes(ax)
    kinds = {name: _kind(seeds) for name, seeds in runs.items()}
    looks = style.looks({kind: kind for kind in kinds.values()})
    families = {name: re.sub(r"[\d.e-]+", "", seeds[0].recipe) for name, seeds in runs.items()}
    found = {name: (float(np.mean([run.updates for run in seeds])), [float(run.correct.mean()) for run in seeds])
             for name, seeds in runs.items()}
    for kind, marker in zip(looks, MARKERS * len(looks), strict=False):
        names = sorted((name for name in found if kinds[name] == kind), key=lambda name: found[name][0])
        x, y = [found[name][0] for name in names], [float(np.mean(found[name][1])) for name in names]
        for family in dict.fromkeys(families[name] for name in names):
            joined = [k for k, name in enumerate(names) if families[name] == family]
            if len(joined) > 1:
                ax.plot([x[k] for k in joined], [y[k] for k in joined], gid="family", **looks[kind].line)
        errors = [np.std(found[name][1], ddof=1) / np.sqrt(len(found[name][1])) if len(found[name][1]) > 1 else 0.0
                  for name in names]
        ax.vlines(x, np.subtract(y, errors), np.add(y, errors), color=looks[kind].colour, linewidth=2.0, zorder=3)
        ax.plot(x, y, linestyle="", marker=marker, markersize=9, color=looks[kind].colour, zorder=3.5, label=kind,
                gid="policy")
    _cost_frame(ax, runs, frontier)
    style.settle(ax)
    points = {} if frontier is None else {HINDSIGHT: tuple(frontier[frontier[:, 0].argsort()[len(frontier) // 2]])}
    points |= {name: (x, float(np.mean(right))) for name, (x, right) in found.items()}
    named = {HINDSIGHT: style.BEST, **{name: looks[kinds[name]] for name in found}}
    beside(ax, points, named, [line for line in ax.lines if line.get_gid() in ("family", "frontier", "best")])
    return ax


def _cost_frame(ax: Axes, runs: Mapping[str, Sequence[Run]], frontier: np.ndarray | None) -> None:
    """The frontier, limits and words."""
    from matplotlib.ticker import FuncFormatter

    first = next(iter(runs.values()))
    chance = 1 / len(first[0].classes)
    lowest = min(chance, *(float(np.mean([run.correct.mean() for run in seeds])) for seeds in runs.values()), 1.0)
    ax.set_xscale("log")
    if frontier is not None:
        frontier = frontier[np.argsort(frontier[:, 0])]
        ax.plot(*frontier.T, gid="frontier", **style.BEST.line)
    if "bayes" in first[0].truth:
        best = float(np.mean([run.truth["bayes"][run.launch :].mean() for run in first]))
        ax.axhline(best, gid="best", color=style.GREY, linestyle=style.BEST.dashes, linewidth=1.2, zorder=2)
        ax.annotate("best possible (needs the truth)", (1, best), (0, 3), xycoords=("axes fraction", "data"),
                    textcoords="offset points", ha="right", va="bottom", fontsize=style.SMALL, color=style.GREY)
    ax.set_ylim(lowest - 0.02, 1.0)
    style.tidy(ax, grid="both")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))
    ax.margins(x=0.12)
    ax.set_xlabel("rows learned, a row learned twice counting twice", fontsize=style.TEXT)
    ax.set_ylabel("accuracy", fontsize=style.TEXT)
    n = min(map(len, runs.values()))
    said = [f"mean of {n} seeds, bars ±1 s.e." if n > 1 else "n = 1"]
    if frontier is not None:
        said.append("hindsight: the best schedules of trainings")
    keep_inside(ax, style.footnote(ax, "; ".join(said)))
