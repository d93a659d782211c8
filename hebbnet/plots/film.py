"""A drift as the model lives through it: its decision boundary, moment after moment, as stills or as a film."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..engine import checks
from ..streams import Drift, Stream
from . import style
from .boundaries import belief, edges, plane, points, shade, which

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FINE = 121  # points along each side
STRIP = (-200, 0, 100, 1_000)  # rows from the drift, unless moments are given
FIRST, LAST, FRAMES = -400, 2_000, 32  # of a film, likewise
FOOT = 0.05  # of a film's height, free for a caption
REST = 150  # milliseconds from one picture of a film to the next
TRUTH = (0, (4, 2))  # dashes


class Still(NamedTuple):
    """What there is to see before row `t` is learned."""

    t: int
    X: np.ndarray  # the rows that come next
    y: np.ndarray
    right: float  # the share of them that is predicted rightly
    believed: np.ndarray  # how much each class is believed in, over the plane
    shaded: bool  # whether that is P(class 1)
    rule: np.ndarray | None  # the classes of the rule that holds, over the plane, as one-hot rows


class Reel(NamedTuple):
    """Stills of one plane."""

    stills: list[Still]
    across: np.ndarray
    up: np.ndarray
    columns: tuple[int, int]
    n_classes: int


def filmstrip(learner: Any, stream: Stream, moments: Sequence[int] | None = None, *, samples: int = 200,
              columns: tuple[int, int] = (0, 1), size: tuple[float, float] | None = None) -> Figure:
    """Draw what a learner believes at some moments, as it learns along a stream: before a drift, at it, and after.

    A copy of the learner learns every row of the stream once, from the first to the last moment. A panel shows what it
    believes before it learns row t, the next samples that it is asked about, and the rule that holds, dashed. Colours
    and lines are those of `boundary`.

    Parameters
    ----------
    learner : Learner, or anything with learn(X, y), predict(X), copy()
    stream : Stream
        Of a made one the rule is drawn.
    moments : sequence of int, optional
        Rows of the stream, which do not fall. None is 200 before the first drift, at it, and 100 and 1,000 after it.
    samples : int
        How many of the rows that come next are drawn, and counted.
    columns : (int, int)
        Which inputs lie along x and y; the others are held at their mean.
    size : (float, float), optional
        Of the figure in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For moments that fall, or none and no drift; for columns that are not there.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=2_000, rng=0)
    >>> figure = hb.plots.filmstrip(hb.Learner(hb.mlp(stream, hidden=[8], rng=0)), stream)
    >>> [ax.get_title().split(":")[0] for ax in figure.axes]
    ['−200', 'drift', '+100', '+1,000']
    """
    import matplotlib.pyplot as plt

    moments = _moments(stream, moments, np.array(STRIP), "filmstrip")
    reel = shoot(learner, stream, moments, samples, columns, "filmstrip")
    size = (style.SIZE[0], 3.8) if size is None else size
    figure = plt.figure(figsize=size, layout="compressed")
    across = _beside(len(moments), size)
    panels = figure.subplots(-(-len(moments) // across), across, sharex=True, sharey=True, squeeze=False).ravel()
    for ax in panels[len(moments) :]:
        ax.remove()
    for ax, still in zip(panels, reel.stills, strict=False):
        _picture(ax, reel, still)
        ax.set_title(f"{_since(stream, still.t)}: {still.right:.2f} right", fontsize=style.TEXT, color=style.DARK)
        ax.label_outer()
    _legend(figure, reel, _note(reel, stream, samples))
    return figure


def film(learner: Any, stream: Stream, moments: Sequence[int] | None = None, *, samples: int = 200,
         columns: tuple[int, int] = (0, 1), size: tuple[float, float] | None = None) -> FuncAnimation:
    """The same as an animation, and beside it the share of the next samples that is predicted rightly.

    In Jupyter: `IPython.display.HTML(film.to_jshtml())`. As a file: `film.save("drift.gif", writer="pillow")`. Neither
    needs a program that is not there already.

    Parameters
    ----------
    learner, stream, samples, columns, size
        As in `filmstrip`.
    moments : sequence of int, optional
        A picture for each. None is from 400 rows before the first drift to 2,000 after it, and slower just after it.

    Returns
    -------
    FuncAnimation

    Raises
    ------
    InputError
        As `filmstrip`.

    Examples
    --------
    >>> import hebbnet as hb
    >>> stream = hb.DriftStream([hb.SEA(7), hb.SEA(13)], at=2_000, rng=0)
    >>> moving = hb.plots.film(hb.Learner(hb.mlp(stream, hidden=[8], rng=0)), stream, [1_900, 2_000, 2_100])
    >>> len(list(moving.new_frame_seq()))
    3
    """
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation

    after = np.round(np.geomspace(10, LAST, FRAMES - 5)).astype(int)
    moments = _moments(stream, moments, np.array([*range(FIRST, 1, 100), *after]), "film")
    reel = shoot(learner, stream, moments, samples, columns, "film")
    figure = plt.figure(figsize=style.SIZE if size is None else size, layout="constrained")
    plane_ax, curve = figure.subplots(1, 2)
    now = _curve(curve, reel, stream, samples)

    def show(k: int) -> None:
        still = reel.stills[k]
        plane_ax.clear()
        _picture(plane_ax, reel, still)
        plane_ax.set_title(f"row {still.t:,}", loc="left", fontsize=style.TEXT, color=style.DARK)
        plane_ax.set_title(_since(stream, still.t), loc="right", fontsize=style.TEXT, fontweight="bold")
        line, dot = now
        line.set_data([still.t for still in reel.stills[: k + 1]], [still.right for still in reel.stills[: k + 1]])
        dot.set_data([still.t], [still.right])

    show(0)
    _legend(figure, reel, _note(reel, stream, samples))
    style.settle(curve)
    style.count(curve)
    figure.get_layout_engine().set(rect=(0.0, FOOT, 1.0, 1.0 - FOOT))  # type: ignore[union-attr, call-arg]
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # nothing jumps from one picture to the next
    moving = FuncAnimation(figure, show, frames=len(moments), interval=REST, blit=False)
    figure.canvas.draw()  # it has been seen: whoever drops it is not warned
    return moving


# ---------------------------------------------------------------- taking the pictures


def shoot(learner: Any, stream: Stream, moments: Sequence[int], samples: int, columns: tuple[int, int],
          where: str) -> Reel:
    """Let a copy of the learner learn along the stream, and keep what it believes at each moment."""
    if isinstance(learner, type) or not all(hasattr(learner, verb) for verb in ("learn", "predict", "copy")):
        raise checks.InputError(f"{where}: expected a learner (learn, predict, copy), got {learner!r}")
    samples = checks.whole(samples, f"{where}: samples", low=1)
    i, j = which(columns, stream.n_inputs)
    learner, lived = learner.copy(), copy(stream)
    lived.restart()
    coming = [_coming(lived, t, samples) for t in moments]
    if any(not len(batch) for batch in coming):
        raise checks.InputError(f"{where}: moments: the stream ends before row {max(moments):,}")
    across, up, grid = plane(np.concatenate([batch.X for batch in coming]), i, j, FINE)
    n, stills = len(stream.classes), []
    for t, batch in zip(moments, coming, strict=True):
        if t > lived.position:
            past = lived.take(t - lived.position)
            learner.learn(past.X, past.y)
        believed, shaded = belief(learner, grid, n)
        rule = np.eye(n)[stream.bayes_rule(grid, t)] if stream.concepts else None
        stills.append(Still(t, batch.X, batch.y, float(np.mean(learner.predict(batch.X) == batch.y)), believed, shaded,
                            rule))
    return Reel(stills, across, up, (i, j), n)


def _coming(stream: Stream, t: int, samples: int) -> Any:
    """The rows from t on, looked up ahead of time."""
    ahead = copy(stream)
    ahead.restart()
    ahead.take(t)
    return ahead.take(samples)


def _moments(stream: Any, moments: Any, usual: np.ndarray, where: str) -> list[int]:
    """The moments, checked; around the first drift, where none are given."""
    if not isinstance(stream, Stream) or not stream.classes:
        raise checks.InputError(f"{where}: expected a stream with classes, got {stream!r}")
    if moments is None:
        if not stream.drift_points:
            raise checks.InputError(f"{where}: the stream has no drift; say at which rows to look: moments=[0, 100]")
        moments = [int(t) for t in stream.drift_points[0] + usual if stream.drift_points[0] + t >= 0]
    rows = [checks.whole(t, f"{where}: moments") for t in np.atleast_1d(np.asarray(moments, dtype=object))]
    if not rows or rows != sorted(rows):
        raise checks.InputError(f"{where}: moments: expected rows that do not fall, got {moments!r}")
    return rows


# ---------------------------------------------------------------- drawing them


def _picture(ax: Axes, reel: Reel, still: Still) -> None:
    """One still."""
    shade(ax, reel.across, reel.up, still.believed, still.shaded)
    points(ax, still.X[:, list(reel.columns)], still.y, reel.n_classes)
    edges(ax, reel.across, reel.up, still.believed, "-", "", "boundary")
    if still.rule is not None:
        edges(ax, reel.across, reel.up, still.rule, TRUTH, "", "truth")
    ax.set_xlim(reel.across[0], reel.across[-1])
    ax.set_ylim(reel.up[0], reel.up[-1])
    ax.set_box_aspect(1)
    style.tidy(ax, grid="")
    ax.set_xlabel(f"x{reel.columns[0] + 1}", fontsize=style.TEXT)
    ax.set_ylabel(f"x{reel.columns[1] + 1}", fontsize=style.TEXT)


def _legend(figure: Figure, reel: Reel, note: str) -> None:
    """What the marks mean, above; the same for all stills, whatever is in them."""
    from matplotlib.lines import Line2D

    looks = [style.class_look(k) for k in range(reel.n_classes)]
    handles = [Line2D([], [], linestyle="", marker=marker, color=colour, markeredgecolor=style.DARK, label=f"class {k}")
               for k, (colour, marker) in enumerate(looks)]
    name = "P(class 1) = 1/2" if reel.stills[0].shaded else "learner"
    handles.append(Line2D([], [], color=style.BLACK, linewidth=2.2, label=name))
    if reel.stills[0].rule is not None:
        handles.append(Line2D([], [], color=style.BLACK, linewidth=2.2, linestyle=TRUTH, label="truth"))
    figure.legend(handles=handles, loc="outside upper center", ncols=6, frameon=False, fontsize=style.SMALL, title=note,
                  title_fontsize=style.SMALL)


def _curve(ax: Axes, reel: Reel, stream: Stream, samples: int) -> tuple[Any, Any]:
    """Where the share of right predictions will be drawn. Returns the line, and the dot at its end."""
    chance, look = 1 / reel.n_classes, style.POLICIES["Always"]
    first, last = reel.stills[0].t, reel.stills[-1].t
    ax.set_xlim(first, max(last, first + 1))
    ax.set_ylim(min(chance, *(still.right for still in reel.stills)) - 0.03, 1.0)
    for drift in stream.drifts:
        ax.axvspan(drift.position, drift.stop, color=style.MARK, alpha=0.4, linewidth=1.2, gid="drift")
    ax.axhline(chance, gid="chance", **style.BASELINES["chance"].line)
    ax.text(last, chance, "chance ", ha="right", va="bottom", fontsize=style.SMALL, color=style.GREY)
    style.tidy(ax)
    ax.set_xlabel("rows learned", fontsize=style.TEXT)
    ax.set_title(f"right among the next {samples:,}", fontsize=style.TEXT, color=style.DARK)
    line, = ax.plot([], [], gid="right", **style.Look(look.colour, width=2.6).line)
    dot, = ax.plot([], [], linestyle="", marker="o", markersize=11, color=look.colour, gid="now", zorder=4)
    return line, dot


def _note(reel: Reel, stream: Stream, samples: int) -> str:
    """What is shown."""
    shaded = "shade: P(class 1)" if reel.stills[0].shaded else "shade: the class that wins"
    others = "; other inputs at their mean" if stream.n_inputs > 2 else ""
    return f"the next {samples:,} samples, before they are learned; {shaded}{others}"


def _since(stream: Stream, t: int) -> str:
    """A moment, counted from the drift before it, or to the one that is to come."""
    past: list[Drift] = [drift for drift in stream.drifts if drift.position <= t]
    if not stream.drifts:
        return f"row {t:,}"
    rows = t - (past[-1] if past else stream.drifts[0]).position
    return f"{rows:+,}".replace("-", "\u2212") if rows else "drift"


def _beside(n: int, size: tuple[float, float]) -> int:
    """How many squares to put beside each other, so that n of them are as large as can be."""
    return max(range(1, n + 1), key=lambda k: min(size[0] / k, (size[1] - 1.0) / -(-n // k) - 0.35))
