"""Decay and recovery: how right each policy's model is, as the world moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..engine import checks
from ..monitoring.metrics import windowed_accuracy
from ..training.record import Run
from ..training.results import Sweep
from . import below, style
from .direct import EndLabel, end_labels, keep_inside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 600  # of a line: more could not be seen, and would blur its dashes
WINDOWS = 25  # that fit into the scored rows, about, unless a window is given
NEAR = 0.02  # baselines so near each other share a name; no-change further above chance than this is drawn


def accuracy(run_or_sweep: Run | Sweep, *, window: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw the accuracy of each policy over time: decay where nobody acts, recovery where somebody does.

    A line is the share of right predictions among the last `window` scored rows, made before their labels were seen;
    a sweep gives its mean over the seeds and a band of one standard error to either side. Around it stands what it
    must be seen against: the best possible accuracy (of made streams), no-change, majority and chance in the same
    window. A vertical line is a sudden drift, a shaded span a gradual or incremental one. Below, in the colour of the
    policy: alarms, and the moments at which a new model began to serve; and the concept that ruled.

    Parameters
    ----------
    run_or_sweep : Run or Sweep
    window : int, optional
        In rows. None is about 1/25 of those that are scored.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes
        Each policy's line carries the policy's name as its label; every other mark says what it is by `get_gid()`.

    Raises
    ------
    InputError
        For anything but a run or a sweep with scored rows.

    Notes
    -----
    A trailing window lags: a sudden drop is spread over `window` rows. It is filled anew from the launch on, and drawn
    as soon as a fifth of it is full.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=[3_000], noise=0.1, rng=0)
    >>> run = hb.run(hb.Learner(hb.mlp(stream, hidden=[8], rng=0)), stream, hb.Never(), launch=1_000)
    >>> ax = hb.plots.accuracy(run)
    >>> ax.get_lines()[0].get_label()
    'never'
    """
    runs = runs_of(run_or_sweep, "accuracy")
    first = next(iter(runs.values()))
    n = len(first[0].predictions)
    window = style.window(window, n / WINDOWS, "accuracy")
    ax = style.axes(ax)
    points = np.unique(np.linspace(min(window // 5, n // WINDOWS), n - 1, POINTS).astype(int))
    looks = style.looks({name: seeds[0].recipe.split("(")[0] for name, seeds in runs.items()})
    if len(runs) == 1:  # nothing to tell it from
        looks = {name: replace(look, dashes="-") for name, look in looks.items()}

    labels = [_policy(ax, name, seeds, window, points, looks[name]) for name, seeds in runs.items()]
    lowest = min(float(np.min(line.get_ydata())) for line in ax.get_lines() if line.get_gid() == "policy")
    labels += _baselines(ax, first, window, points)
    _frame(ax, first[0], window, lowest)
    depth = below.rugs(ax, runs, looks)
    if "concept" in first[0].truth:
        depth += below.GAP + below.STRIP
        below.strip(ax, first[0], -depth)
    if depth:
        ax.spines["bottom"].set_position(("outward", depth))
    keep_inside(ax, depth + _footnote(ax, first))

    style.settle(ax)
    end_labels(ax, first[0].t[-1], labels)
    style.settle(ax)  # names have made the axes narrower
    _drifts(ax, first[0])
    style.count(ax)
    if "concept" in first[0].truth:
        below.name_concepts(ax, first[0], -depth)
    return ax


def runs_of(given: Run | Sweep, where: str) -> dict[str, list[Run]]:
    """By policy, the runs of all seeds; all of them score the same rows. `where` says who asks, if that is not so."""
    if isinstance(given, Run):
        runs = {given.policy: [given]}
    elif isinstance(given, Sweep):
        runs = {name: seeds for name, seeds in given.runs.items() if seeds}
    else:
        raise checks.InputError(f"{where}: expected a Run or a Sweep, got {type(given).__name__}; "
                                "hb.run and hb.sweep make them")
    scored = {(run.launch, len(run.predictions)) for seeds in runs.values() for run in seeds}
    if not scored or not max(n for _, n in scored):
        raise checks.InputError(f"{where}: there is nothing to draw: no row was scored")
    if len(scored) > 1:
        raise checks.InputError(f"{where}: expected runs that score the same rows, got "
                                + ", ".join(f"{launch} to {launch + n}" for launch, n in sorted(scored)))
    return runs


# ---------------------------------------------------------------- lines


def _policy(ax: Axes, name: str, seeds: Sequence[Run], window: int, points: np.ndarray,
            look: style.Look) -> EndLabel:
    """The line of one policy, and its band."""
    curves = np.stack([run.accuracy(window)[points] for run in seeds])
    t, mean = seeds[0].t[points], curves.mean(axis=0)
    ax.plot(t, mean, label=name, gid="policy", **look.line)
    if len(seeds) > 1:
        error = curves.std(axis=0, ddof=1) / np.sqrt(len(seeds))
        ax.fill_between(t, mean - error, mean + error, color=look.colour, alpha=0.2, linewidth=0, zorder=2.5,
                        gid="band")
    return EndLabel(mean[-1], name, look)


def _baselines(ax: Axes, seeds: Sequence[Run], window: int, points: np.ndarray) -> list[EndLabel]:
    """What to compare with, in the same window; those that are nearly the same share one name."""
    run, labels = seeds[0], list[EndLabel]()
    real = "bayes" not in run.truth
    t, chance = run.t[points], 1 / len(run.classes)
    if not real:
        best = _mean([seed.truth["bayes"][seed.launch :] for seed in seeds], window, points)
        ax.plot(t, best, gid="best", **style.BEST.line)
        labels.append(EndLabel(best[-1], "best possible\n(needs the truth)", style.BEST, style.SMALL, "normal", 12.0))
    lines = {"chance": np.full(len(t), chance), "majority": _baseline(seeds, "majority", window, points),
             "no-change": _baseline(seeds, "no_change", window, points)}
    if not real and lines["no-change"].mean() <= chance + NEAR:
        del lines["no-change"]
    near = NEAR + 0.5 / np.sqrt(window * len(seeds))  # no nearer than chance lets them be
    named: dict[str, np.ndarray] = {}
    for name, line in lines.items():
        look = style.BASELINES[name]
        ax.plot(t, line, gid=name, **look.line)
        twin = next((names for names, other in named.items() if np.abs(line - other).mean() < near), None)
        if twin:
            named = {f"{names}, {name}" if names == twin else names: other for names, other in named.items()}
        else:
            named[name] = line
    for names, line in named.items():
        look = style.BASELINES[names.split(",")[0]]
        labels.append(EndLabel(line[-1], names.replace("majority, ", "majority,\n"), look, style.SMALL, "normal"))
    return labels


def _baseline(seeds: Sequence[Run], name: str, window: int, points: np.ndarray) -> np.ndarray:
    """A baseline's windowed accuracy; no-change launched at row 0 has nothing to repeat there, and begins at row 1."""
    records = [seed.baseline(name) for seed in seeds]
    missing = len(seeds[0].predictions) - len(records[0])
    return _mean(records, window, np.maximum(points - missing, 0))


def _mean(records: Sequence[np.ndarray], window: int, points: np.ndarray) -> np.ndarray:
    """The windowed accuracy of records at some points, mean over the seeds."""
    return np.asarray(np.mean([windowed_accuracy(record, window)[points] for record in records], axis=0))


# ---------------------------------------------------------------- what stands around them


def _frame(ax: Axes, run: Run, window: int, lowest: float) -> None:
    """Limits, grid, and what is measured."""
    n, chance = len(run.predictions), 1 / len(run.classes)
    ax.set_xlim(run.t[0], max(run.t[-1], run.t[0] + 1))
    ax.set_ylim(float(min(chance, lowest)) - 0.03, 1.0)
    style.tidy(ax)
    ax.set_xlabel("samples", fontsize=style.TEXT)
    of = f"the last {window:,} samples" if window < n else f"all samples so far (window {window:,})"
    ax.set_ylabel(f"accuracy over {of}", fontsize=style.TEXT)


def _footnote(ax: Axes, seeds: Sequence[Run]) -> float:
    """How it was made. Returns its height in points."""
    many = f"mean and marks of {len(seeds)} seeds, band ±1 s.e." if len(seeds) > 1 else "n = 1"
    return style.footnote(ax, f"launched after {seeds[0].launch:,}; predict first, then learn; {many}")


def _drifts(ax: Axes, run: Run) -> None:
    """A line where the concept changed at once, a span where it took its time; named above, where there is room."""
    n, named = len(run.predictions), list[float]()
    for position, width in run.spans:
        if not run.launch - width <= position < run.launch + n:
            continue
        start, stop = max(position, run.launch), min(position + width, run.t[-1])
        if width:
            ax.axvspan(start, stop, color=style.FAINT, zorder=0.5, linewidth=0, gid="drift")
        else:
            ax.axvline(position, color=style.MARK, linewidth=1.2, zorder=1, gid="drift")
        middle = (start + stop) / 2
        if not named or (middle - named[-1]) * style.extent(ax)[0] > 45 * n:
            named.append(middle)
    if named:  # as numbers of an axis, which a title makes room for
        top = ax.secondary_xaxis("top")
        top.set_xticks(named, ["drift"] * len(named))
        top.tick_params(length=0, pad=1, labelsize=style.SMALL, labelcolor=style.GREY)
        top.spines["top"].set_visible(False)
