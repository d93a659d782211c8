"""What the world did: which concept ruled, row by row, and what is different between them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from itertools import pairwise
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks, seeds
from ..streams import DriftStream
from ..streams.concepts import Concept
from ..streams.drift import Incremental
from . import style
from .style import VARIANTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 1_000  # along x
STEPS = 40  # of colour, while a concept moves
LATER = 1.25  # rows drawn, as a multiple of the last row of the last drift
COLUMNS = 2  # of `worlds`
DOTS, GRID = 60, 81  # of a small picture of a concept


def world(stream: DriftStream, steps: int | None = None, *, first: int = 0, ax: Axes | None = None) -> Axes:
    """Draw the share of each concept through time: what the world did, whoever watched.

    At a sudden drift the border between two concepts is upright. In the window of a gradual one it is slanted: the
    height is P(concept), and every row is wholly of the one or of the other. While a concept moves, there is one at any
    time, neither old nor new, and its colour goes from the one to the other.

    Parameters
    ----------
    stream : DriftStream
    steps : int, optional
        The row to end before. None is a quarter more than what lies before the end of the last drift.
    first : int
        The row to begin with.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For anything but a stream that knows the truth.

    Examples
    --------
    >>> import hebbnet as hb
    >>> ax = hb.plots.world(hb.DriftStream([hb.SEA(7), hb.SEA(9)], at=hb.Gradual(2_000, width=1_000), rng=0))
    >>> [mark.get_x() for mark in ax.patches if mark.get_gid() == "drift"]
    [2000]
    """
    _check(stream, "world")
    steps = _steps(stream, steps)
    if checks.whole(first, "world: first") >= steps - 1:
        raise checks.InputError(f"world: first: expected a row before the last of {steps:,}, got {first:,}")
    ax = style.axes(ax, (style.SIZE[0], 3.2))
    _mix(ax, stream, steps)
    for drift in stream.drifts:
        if drift.position < steps:
            ax.axvspan(drift.position, min(drift.stop, steps), facecolor="none", edgecolor=style.DARK, linewidth=1.0,
                       linestyle=(0, (3, 2)), gid="drift")
    ax.set_xlim(first, steps - 1)
    style.tidy(ax, grid="")
    ax.set_xlabel("samples", fontsize=style.TEXT)
    ax.set_ylabel("share of each concept", fontsize=style.TEXT)
    style.settle(ax)
    style.count(ax)
    _names(ax, stream, (first, steps), [str(concept) for concept in stream.concepts], style.TEXT)
    return ax


def worlds(streams: Mapping[str, DriftStream], steps: int | None = None, *,
           size: tuple[float, float] | None = None) -> Figure:
    """Draw every kind of drift: how it comes, and what it changes.

    For each stream its first concept, A, on the left: samples with the colour and the marker of their class, over the
    rule; and on the right the next concept, B, in the same plane. Between them the share of each through time, as in
    `world`.

    Parameters
    ----------
    streams : dict of name to DriftStream
        Of concepts with at least two inputs, and classes; the first two inputs are drawn, the others held at their
        mean.
    steps : int, optional
        Rows to draw of each. None is a quarter more than what lies before the end of its last drift.
    size : (float, float), optional
        Of the figure in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For anything but streams that know the truth.

    Examples
    --------
    >>> import hebbnet as hb
    >>> a, b = hb.RotatingBoundary(0), hb.RotatingBoundary(1)
    >>> figure = hb.plots.worlds({"sudden": hb.DriftStream([a, b], at=500), "slow": hb.DriftStream(
    ...     [a, b], at=hb.Incremental(200, width=600))})
    >>> len(figure.axes)
    6
    """
    import matplotlib.pyplot as plt

    if not isinstance(streams, Mapping) or not streams:
        raise checks.InputError("worlds: expected a dict of name to DriftStream")
    for name, stream in streams.items():
        _check(stream, f"worlds: {name}")
        if stream.n_inputs < 2 or not stream.classes:
            raise checks.InputError(f"worlds: {name}: expected at least two inputs, and classes, got {stream!r}")
    rows = -(-len(streams) // COLUMNS)
    figure = plt.figure(figsize=(style.SIZE[0], 0.93 * rows) if size is None else size, layout="constrained")
    cells = figure.subfigures(rows, min(COLUMNS, len(streams)), squeeze=False, wspace=0.04)
    for cell, (name, stream) in zip(cells.T.ravel(), streams.items(), strict=False):  # down the first column
        left, middle, right = cell.subplots(1, 3, width_ratios=(1, 3, 1), gridspec_kw={"wspace": 0.02})
        old, new = _two(stream)
        views = [_view(old), _view(new)]
        low, high = np.min([v[0] for v in views], axis=0), np.max([v[1] for v in views], axis=0)
        for ax, concept in ((left, old), (right, new)):
            _picture(ax, concept, low, high)
            _letter(ax, stream.concepts.index(concept))
        length = _steps(stream, steps)
        _mix(middle, stream, length)
        middle.set_title(name, fontsize=style.SMALL, pad=3, color=style.DARK)
        middle.set_xticks([])
    figure.get_layout_engine().set(h_pad=0.02, w_pad=0.02)  # type: ignore[union-attr, call-arg]
    style.settle(figure.axes[0])
    for middle, stream in zip(figure.axes[1::3], streams.values(), strict=True):
        _names(middle, stream, (0, _steps(stream, steps)), [*map(letter, range(len(stream.concepts)))], style.SMALL)
    return figure


def _check(stream: Any, where: str) -> None:
    if not isinstance(stream, DriftStream):
        raise checks.InputError(f"{where}: expected a DriftStream, which knows what it did, got "
                                f"{type(stream).__name__}")


def _steps(stream: DriftStream, steps: Any) -> int:
    if steps is not None:
        return checks.whole(steps, "world: steps", low=2)
    return max(int(LATER * max((drift.stop for drift in stream.drifts), default=0)), 1_000)


def _two(stream: DriftStream) -> tuple[Concept, Concept]:
    """The first concept, and the one that came next; the same, where none did."""
    return stream.concepts[0], stream.concepts[min(1, len(stream.concepts) - 1)]


# ---------------------------------------------------------------- through time


def shares(stream: DriftStream, steps: int) -> np.ndarray:
    """The share of each concept in each row, (concepts, steps); while a concept moves, how near it is to either."""
    lived = copy(stream)
    lived.restart()
    batch = lived.take(steps)
    assert batch.concept is not None and batch.p is not None
    share = np.zeros((len(stream.concepts), steps))
    share[batch.concept, np.arange(steps)] = 1.0
    for drift, (old, new) in zip(stream.drifts, _pairs(stream), strict=True):
        rows = slice(drift.position, min(drift.stop, steps))
        if drift.position < rows.stop:
            share[:, rows] = 0.0
            share[old, rows] += 1.0 - batch.p[rows]
            share[new, rows] += batch.p[rows]
    return share


def _pairs(stream: DriftStream) -> list[tuple[int, int]]:
    """For each drift the places of the old and the new concept in `stream.concepts`."""
    at = [stream.concepts.index(concept) for concept in stream.recipe]
    return list(pairwise(at))


def _mix(ax: Axes, stream: DriftStream, steps: int) -> None:
    """The shares, one upon the other; a concept that moves as one colour that changes."""
    share = shares(stream, steps)
    moving = [(drift, pair) for drift, pair in zip(stream.drifts, _pairs(stream), strict=True)
              if isinstance(drift, Incremental) and drift.position < steps]
    edges = [row + k for drift in stream.drifts for row in (drift.position, drift.stop) for k in (-1, 0)]
    at = np.unique([row for row in (*np.linspace(0, steps - 1, POINTS).astype(int), *edges) if 0 <= row < steps])
    below = np.zeros(len(at))
    for k, part in enumerate(share[:, at]):
        ax.fill_between(at, below, below + part, color=VARIANTS[k % len(VARIANTS)], linewidth=0, gid=f"concept {k}")
        below = below + part
    for drift, (old, new) in moving:
        _move(ax, drift.position, min(drift.stop, steps), VARIANTS[old % len(VARIANTS)], VARIANTS[new % len(VARIANTS)])
    ax.set_xlim(0, steps - 1)
    ax.set_ylim(0, 1)
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def _move(ax: Axes, start: int, stop: int, old: str, new: str) -> None:
    """From one colour to the other, with thin upright lines: in grey the colours may be alike."""
    from matplotlib.colors import to_rgb

    edges = np.linspace(start, stop, STEPS + 1)
    far = np.linspace(0, 1, STEPS)[:, None]
    colours = (1 - far) * to_rgb(old) + far * to_rgb(new)
    ax.bar(edges[:-1], 1.0, np.diff(edges), align="edge", color=colours, gid="moving")
    ax.annotate("", (stop, 0.12), (start, 0.12), gid="moving", arrowprops={
        "arrowstyle": "-|>", "color": style.DARK, "linewidth": 1.4, "shrinkA": 2, "shrinkB": 2})


def _names(ax: Axes, stream: DriftStream, span: tuple[int, int], names: list[str], size: float) -> None:
    """The concepts' names where one rules alone, if they fit; for when the layout has settled."""
    first, steps = span
    places = [first, *(row for drift in stream.drifts for row in (drift.position, drift.stop)), steps]
    rulers = [stream.concepts.index(concept) for concept in stream.recipe]
    room = style.extent(ax)[0] / (steps - first)  # points a row has
    for k, start, stop in zip(rulers, places[::2], places[1::2], strict=True):
        start, stop = max(start, first), min(stop, steps)
        if (stop - start) * room > style.CHARACTER * size * (len(names[k]) + 0.4):
            ax.text((start + stop) / 2, 0.5, names[k], ha="center", va="center_baseline", fontsize=size,
                    fontweight="bold", color=style.BLACK, parse_math=False, gid="name")


# ---------------------------------------------------------------- a concept


def letter(k: int) -> str:
    """What the k-th concept is called where its name is too long: A, B, C ..."""
    return ascii_uppercase[k % 26] + "\u2032" * (k // 26)


def _letter(ax: Axes, k: int) -> None:
    """What the concept is called, and its colour, in the strip beside it."""
    colour = VARIANTS[k % len(VARIANTS)]
    ax.spines[:].set(color=colour, linewidth=3.0)
    ax.text(0.0, 1.0, letter(k), transform=ax.transAxes, ha="left", va="top", fontsize=style.SMALL, fontweight="bold",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.5}, gid="name")


def _view(concept: Concept) -> tuple[np.ndarray, np.ndarray]:
    """Where its inputs lie, the first two columns: (low, high)."""
    X = concept.sample(2_000, 0)[:, :2]
    low, high = np.percentile(X, [1, 99], axis=0)
    return low, high


def _picture(ax: Axes, concept: Concept, low: np.ndarray, high: np.ndarray) -> None:
    """Some samples with the colour and the marker of their class, over the rule."""
    from matplotlib.colors import ListedColormap

    rng = seeds.child(0, "picture")
    X = concept.sample(DOTS, rng)
    y = concept.draw_labels(X, rng.random(DOTS))
    across, up = (np.linspace(low[j], high[j], GRID) for j in (0, 1))
    plane = np.tile(X.mean(axis=0), (GRID * GRID, 1))
    plane[:, 0], plane[:, 1] = np.tile(across, GRID), np.repeat(up, GRID)
    n, rule = len(concept.classes), concept.label(plane).reshape(GRID, GRID)
    ax.pcolormesh(across, up, rule, vmin=-0.5, vmax=n - 0.5, shading="nearest",
                  cmap=ListedColormap([style.pale(k) for k in range(n)]), rasterized=True, gid="rule")
    if (rule != rule[0, 0]).any():
        ax.contour(across, up, rule, levels=np.arange(n - 1) + 0.5, colors=style.BLACK, linewidths=1.2)
    for k in range(n):
        colour, marker = style.class_look(k)
        x1, x2 = X[y == k, :2].T
        ax.scatter(x1, x2, s=11, color=colour, marker=marker, edgecolors=style.DARK, linewidths=0.5,
                   gid=f"class {k}")
    ax.set_xlim(low[0], high[0])
    ax.set_ylim(low[1], high[1])
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_box_aspect(1)
