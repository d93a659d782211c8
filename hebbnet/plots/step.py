"""The inside of one update: what every neuron saw, sent and was told, and what every synapse makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..learning.trace import LayerTrace, Trace
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST, ACROSS = 8, 15.0  # neurons in a layer, and cells side by side, that can still be read
WIDE, HIGH = 1.0, 0.62  # of the cell of a number; all lengths are in widths of a cell
BETWEEN, APART = 1.6, 0.9  # from one layer's numbers to the next ones', and from one table to the next
ABOVE = 0.75  # of a column or a table, for its names
LONGEST = 4.1  # font sizes that a number takes, with the edges of its cell
THICK = 4.0  # points, the largest weight


def step(trace: Trace, *, size: tuple[float, float] | None = None) -> Figure:
    """Draw one update of a small network: the numbers that run through it, and the change of every weight.

    Above, the network. Each neuron is a row of three numbers: z = pre W + b; post = f(z), which the next layer sees;
    and signal = -dL/dz, which way z should move, told from right to left. Lines are the weights. Below, a table for
    each layer: dW, with what its synapses saw around it, pre at the left and signal on top. Under the gradient every
    entry is the product of the two, dW_ij = pre_i signal_j.

    Positive numbers are blue, with a solid edge; negative ones orange, and dashed. The stronger the colour, the larger
    the number beside others of its kind.

    Parameters
    ----------
    trace : Trace
        From `learner.trace(x, y)`. Of a batch the first sample is drawn; dW is the mean over all.
    size : (width, height), optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        Each cell says what it holds by `get_gid()`: "z 1 0" is z of neuron 0 in layer 1, "dW 1 0 2" its table's row 0
        and column 2.

    Raises
    ------
    InputError
        For anything but the trace of a network that is small enough to read.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(3, [hb.Dense(4, "tanh"), hb.Dense(2, "softmax")], rng=0)
    >>> figure = hb.plots.step(hb.Learner(network).trace([0.5, -1.0, 2.0], 1))
    >>> sum(str(cell.get_gid()).startswith("dW 1") for cell in figure.axes[0].patches)
    12
    """
    layers = _layers(trace)
    figure, ax = _page(size)
    rows = max(max(layer.W.shape) for layer in layers)
    largest = {kind: _largest([getattr(layer, kind)[:1] if kind != "dW" else layer.dW for layer in layers])
               for kind in ("pre", "z", "post", "signal", "dW")}
    wide, tables = _widths(layers)
    whole = max(wide, tables)
    size_of_text = min(style.TEXT, 72 * (figure.get_size_inches()[0] / (whole + 0.6)) / LONGEST)

    _network(ax, layers, (whole - wide) / 2, rows, largest, size_of_text)
    _arrows(ax, layers, (whole - wide) / 2, wide, -rows * HIGH - 0.35)
    bottom = -rows * HIGH - 1.05
    left = (whole - tables) / 2
    for number, layer in enumerate(layers, 1):
        _table(ax, layer, number, left, bottom - ABOVE, largest, size_of_text)
        left += (layer.W.shape[1] + 1.45) * WIDE + APART
    deepest = bottom - ABOVE - max(layer.W.shape[0] + 1 for layer in layers) * HIGH
    ax.set_xlim(-0.3, whole + 0.3)
    ax.set_ylim(deepest - 0.6, ABOVE + 0.3)
    _note(ax, len(layers[0].pre), whole / 2, deepest - 0.42)
    return figure


def _layers(trace: Any) -> Sequence[LayerTrace]:
    """The layers, if they can be drawn."""
    if not isinstance(trace, Trace):
        raise checks.InputError(f"step: expected a Trace, got {type(trace).__name__}; learner.trace(x, y) makes one")
    most = max(max(layer.W.shape) for layer in trace.layers)
    across = max(_widths(trace.layers))
    if most > MOST or across > ACROSS:
        raise checks.InputError(f"step: at most {MOST} inputs or neurons in a layer, and {ACROSS:g} numbers side by "
                                f"side, can be read, got {most} and {across:.0f}; print(trace) shows any network")
    return trace.layers


def _page(size: tuple[float, float] | None) -> tuple[Figure, Axes]:
    """An empty page."""
    ax = style.axes(None, size or style.SIZE)
    ax.set_axis_off()
    return ax.figure.figure, ax  # type: ignore[return-value]


def _widths(layers: Sequence[LayerTrace]) -> tuple[float, float]:
    """How wide the network is, and all tables side by side."""
    tables = [(layer.W.shape[1] + 1.45) * WIDE for layer in layers]
    return WIDE + len(layers) * (BETWEEN + 3 * WIDE), sum(tables) + APART * (len(tables) - 1)


def _largest(arrays: Sequence[np.ndarray]) -> float:
    return max(float(np.abs(array).max()) for array in arrays)


# ---------------------------------------------------------------- the network


def _network(ax: Axes, layers: Sequence[LayerTrace], left: float, rows: int, largest: dict[str, float],
             size: float) -> None:
    """Columns of numbers from left to right, and the weights between them."""
    places = _column(ax, "pre", 0, layers[0].pre[0], left, rows, largest["pre"], size)
    _head(ax, "pre = x", left + WIDE / 2, size)
    left += WIDE
    for number, layer in enumerate(layers, 1):
        right = left + BETWEEN
        for k, kind in enumerate(("z", "post", "signal")):
            values = getattr(layer, kind)[0]
            below = _column(ax, kind, number, values, right + k * WIDE, rows, largest[kind], size)
            _head(ax, kind, right + (k + 0.5) * WIDE, size)
        _head(ax, f"layer {number}", right + 1.5 * WIDE, size, up=0.58, weight="bold")
        _weights(ax, layer.W, number, (left, places), (right, below))
        _head(ax, "W", left + BETWEEN / 2, size)
        left, places = right + 3 * WIDE, below


def _arrows(ax: Axes, layers: Sequence[LayerTrace], left: float, wide: float, y: float) -> None:
    """Which way the numbers run."""
    ways = [("forward: z, post", left + 0.1, left + 0.47 * wide)]
    if any(layer.signal.any() for layer in layers):
        ways.append(("back: signal", left + wide - 0.1, left + 0.53 * wide))
    for words, start, stop in ways:
        ax.annotate("", (stop, y), (start, y), annotation_clip=False,
                    arrowprops={"arrowstyle": "-|>", "color": style.MARK, "linewidth": 1.6})
        ax.text((start + stop) / 2, y, words, ha="center", va="center", fontsize=style.SMALL, color=style.GREY,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2.0}, gid="way")


def _column(ax: Axes, kind: str, number: int, values: np.ndarray, left: float, rows: int, largest: float,
            size: float) -> list[float]:
    """A number for each neuron, one below the other, in the middle of the page. Returns their heights."""
    top = -(rows - len(values)) * HIGH / 2
    middles = [top - (j + 0.5) * HIGH for j in range(len(values))]
    for j, (value, y) in enumerate(zip(values, middles, strict=True)):
        _cell(ax, value, left, y, largest, size, f"{kind} {number} {j}")
    return middles


def _weights(ax: Axes, W: np.ndarray, number: int, start: tuple[float, list[float]],
             stop: tuple[float, list[float]]) -> None:
    """A line for each weight, the thicker the larger."""
    largest = float(np.abs(W).max()) or 1.0
    for i, y in enumerate(start[1]):
        for j, below in enumerate(stop[1]):
            if W[i, j]:
                ax.plot([start[0] + 0.06, stop[0] - 0.06], [y, below], color=style.PLUS if W[i, j] > 0 else style.MINUS,
                        linestyle="-" if W[i, j] > 0 else style.DASHED, zorder=1.5, gid=f"W {number} {i} {j}",
                        linewidth=0.5 + (THICK - 0.5) * abs(W[i, j]) / largest, solid_capstyle="butt")


# ---------------------------------------------------------------- the tables


def _table(ax: Axes, layer: LayerTrace, number: int, left: float, top: float, largest: dict[str, float],
           size: float) -> None:
    """dW of one layer, with pre at its left and signal on top."""
    n, m = layer.W.shape
    inner, first = left + 1.45 * WIDE, top - HIGH - 0.12
    _head(ax, f"dW of layer {number}", inner + m * WIDE / 2, size, at=top, weight="bold")
    ax.text(inner - 0.15, top - HIGH / 2, "signal", fontsize=size, color=style.GREY, ha="right", va="center")
    ax.text(left - 0.08, first - n * HIGH / 2, "pre", fontsize=size, color=style.GREY, ha="right", va="center",
            rotation=90)
    for j in range(m):
        _cell(ax, layer.signal[0, j], inner + j * WIDE, top - HIGH / 2, largest["signal"], size, f"told {number} {j}")
    for i in range(n):
        y = first - (i + 0.5) * HIGH
        _cell(ax, layer.pre[0, i], left + 0.3 * WIDE, y, largest["pre"], size, f"saw {number} {i}")
        for j in range(m):
            _cell(ax, layer.dW[i, j], inner + j * WIDE, y, largest["dW"], size, f"dW {number} {i} {j}")


def _cell(ax: Axes, value: float, left: float, middle: float, largest: float, size: float, gid: str) -> None:
    """A number on the colour of its sign."""
    from matplotlib.patches import Rectangle

    colour = style.signed(value, largest)
    ax.add_patch(Rectangle((left + 0.04, middle - HIGH / 2 + 0.04), WIDE - 0.08, HIGH - 0.08, facecolor=colour,
                           edgecolor=style.DARK, linewidth=0.9, gid=gid,
                           linestyle=style.DASHED if value < 0 else "-"))
    dark = float(np.dot(colour, (0.299, 0.587, 0.114))) < 0.55
    ax.text(left + WIDE / 2, middle, _short(value), ha="center", va="center_baseline", fontsize=size, gid="number",
            color="white" if dark else style.BLACK)


def _short(value: float) -> str:
    """With its sign, and two places behind the point where they say anything."""
    size = abs(value)
    if size < 0.0005:
        return "≈0" if value else "0"
    return f"{value:+.{3 if size < 0.005 else 2 if size < 100 else 0}f}".replace("-", "−")


def _head(ax: Axes, text: str, x: float, size: float, *, up: float = 0.12, at: float = 0.0,
          weight: str = "normal") -> None:
    """The name of a column or a table."""
    ax.text(x, at + up, text, ha="center", va="bottom", fontsize=size, fontweight=weight,
            color=style.DARK if weight == "bold" else style.GREY, gid="head")


def _note(ax: Axes, rows: int, middle: float, y: float) -> None:
    """What the colours mean, and what dW is."""
    batch = f"; the first of {rows} samples, dW their mean" if rows > 1 else ""
    ax.text(middle, y, "blue, solid: positive; orange, dashed: negative; dW is what the rule gives, before the rate"
            + batch, ha="center", va="center", fontsize=style.SMALL, color=style.GREY, gid="footnote")
