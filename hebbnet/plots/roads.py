"""A network as a map: its connections are roads, the wider the more they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..network.network import Network
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDEST, NARROWEST = 13.0, 0.6  # points
MOST = 16  # neurons in a layer: more roads than 16 x 16 are no map
DOT = 0.21  # radius of a neuron, where neighbours are 1 apart
AISLE = 2.6  # from one layer to the next


def roads(network: Any, use: Sequence[Any] | None = None, *, most: float | None = None,
          names: tuple[Sequence[str], Sequence[str]] | None = None, ax: Axes | None = None) -> Axes:
    """Draw a network as a graph, each connection as wide as it is strong.

    Columns from left to right are the inputs and the layers; a road from i to j has the width of |W_ij|, blue and solid
    where W_ij > 0, orange and dashed where W_ij < 0. A connection of weight 0 is not there.

    Parameters
    ----------
    network : Network, or anything with `network`, such as a Learner
    use : sequence of (n_in, n_out) arrays, optional
        What the widths stand for instead of the weights, an array for each layer: such as how often both ends were
        active at once. Their signs choose the colours.
    most : float, optional
        The weight, or use, of the widest road there can be: give the same number to pictures that are to be compared.
        None is the largest there is.
    names : (sequence of str, sequence of str), optional
        Of the inputs and of the outputs.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes
        Each road says what it is by `get_gid()`: "road 1 0 2" runs from input 0 to neuron 2 of layer 1.

    Raises
    ------
    InputError
        For layers of more than 16 neurons, or a use or names that do not fit the network.

    Examples
    --------
    >>> import hebbnet as hb
    >>> network = hb.Network(3, [hb.Dense(4, "tanh"), hb.Dense(2, "softmax", init="lecun")], rng=0)
    >>> len(hb.plots.roads(network).get_lines())
    20
    """
    network = getattr(network, "network", network)
    widths = _uses(network, use)
    largest = max(float(np.abs(layer).max()) for layer in widths)
    most = largest if most is None else checks.number(most, "roads: most", above=0.0)
    _check_names(names, network.sizes)
    ax = style.axes(ax)

    heights = [(m - 1) / 2 - np.arange(m) for m in network.sizes]
    tallest = max(network.sizes)
    heights = [y * (tallest - 1) / (len(y) - 1) * 0.9 if 1 < len(y) < tallest else y for y in heights]
    for number, layer in enumerate(widths, 1):
        _layer(ax, layer, number, heights[number - 1], heights[number], most or 1.0)
    for k, y in enumerate(heights):
        ax.scatter(np.full(len(y), k * AISLE), y, s=190, color="white", edgecolors=style.DARK, linewidths=1.8,
                   zorder=4, gid=f"neurons {k}")
    _words(ax, names, heights)
    ax.set_axis_off()
    return ax


def _uses(network: Any, use: Any) -> list[np.ndarray]:
    """A matrix for each layer."""
    if not isinstance(network, Network):
        raise checks.InputError(f"roads: expected a Network or a Learner, got {type(network).__name__}")
    if max(network.sizes) > MOST:
        raise checks.InputError(f"roads: layers of at most {MOST} neurons can be drawn, {network!r} has "
                                f"{max(network.sizes)}")
    if use is None:
        return [layer.W for layer in network.layers]
    if len(use) != len(network.layers):
        raise checks.InputError(f"roads: use: expected an array for each of {len(network.layers)} layers, got "
                                f"{len(use)}")
    given = [checks.matrix(one, columns=layer.n_out, where="roads: use")
             for one, layer in zip(use, network.layers, strict=True)]
    for one, layer in zip(given, network.layers, strict=True):
        if one.shape != layer.W.shape:
            raise checks.InputError(f"roads: use: expected the shape of the weights, {layer.W.shape}, got {one.shape}")
    return given


def _check_names(names: Any, sizes: Sequence[int]) -> None:
    if names is not None and [len(side) for side in names] != [sizes[0], sizes[-1]]:
        raise checks.InputError(f"roads: names: expected those of {sizes[0]} inputs and {sizes[-1]} outputs, got "
                                f"{' and '.join(str(len(side)) for side in names)}")


def _layer(ax: Axes, W: np.ndarray, number: int, start: np.ndarray, stop: np.ndarray, most: float) -> None:
    """The roads of one layer, wide ones below narrow ones, so that none is hidden."""
    x = np.array([number - 1, number]) * AISLE
    for flat in np.argsort(-np.abs(W), axis=None, kind="stable"):
        i, j = np.unravel_index(flat, W.shape)
        if W[i, j]:
            share = min(abs(float(W[i, j])) / most, 1.0)
            ax.plot(x, [start[i], stop[j]], color=style.PLUS if W[i, j] > 0 else style.MINUS,
                    linestyle="-" if W[i, j] > 0 else style.DASHED, linewidth=max(NARROWEST, WIDEST * share),
                    alpha=0.35 + 0.5 * share, solid_capstyle="butt", dash_capstyle="butt", zorder=2,
                    gid=f"road {number} {i} {j}")


def _words(ax: Axes, names: Any, heights: list[np.ndarray]) -> None:
    """Names at both sides, and limits that hold all."""
    right = (len(heights) - 1) * AISLE
    if names is not None:
        for side, y, x, ha in ((names[0], heights[0], -2 * DOT, "right"),
                               (names[1], heights[-1], right + 2 * DOT, "left")):
            for text, height in zip(side, y, strict=True):
                ax.text(x, height, text, ha=ha, va="center", fontsize=style.TEXT, color=style.DARK, parse_math=False,
                        gid="name")
    ax.set_xlim(-0.4, right + 0.4)
    tallest = max(float(np.abs(y).max()) for y in heights)
    ax.set_ylim(-tallest - 0.6, tallest + 0.6)
