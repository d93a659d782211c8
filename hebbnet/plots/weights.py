"""What weights become: how long and which way they grow under each rule, and what a neuron looks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from . import style
from .direct import EndLabel, end_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAST = 1e-3  # lengths below are drawn as this
LIGHT, MIDDLE, DEEP = "#FFDC9C", "#A9A9A9", "#003A63"  # negative, zero, positive: ever darker without colour
GAP = 1  # pixel between two tiles
NOTE = "dark blue: +, grey: 0, light orange: −\neach tile has its own scale"


def growth(weights: Mapping[str, Any], component: Any, *, every: int = 1,
           size: tuple[float, float] | None = None) -> Figure:
    """Draw how the weights w of one neuron grow under each rule: their length, and which way they point.

    At the left |w|, on a logarithmic scale: plain Hebb blows up exponentially, Oja comes to 1. At the right
    |cos(w, c)| = |w . c| / (|w| |c|): 1 where w points along the component c, either way.

    Parameters
    ----------
    weights : dict of str to (n, d) or (seeds, n, d) array
        By rule, w before the first row and then after every `every` rows. Of several seeds the median is drawn, and a
        band from quartile to quartile.
    component : (d,) or (seeds, d) array
        The direction to compare with, such as the first principal component of the input; one for each seed, if it
        differs.
    every : int
        Rows between two of the weights.
    size : (width, height), optional
        Of the figure, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For weights that are not finite or not of one shape, or a component of another length.

    Examples
    --------
    >>> import hebbnet as hb
    >>> figure = hb.plots.growth({"Hebb": [[1.0, 0.0], [2.0, 1.0], [4.0, 4.0]]}, component=[1.0, 1.0])
    >>> [ax.get_ylabel() for ax in figure.axes]
    ['length of w', '|cos(w, component)|']
    """
    paths, components = _paths(weights, component)
    every = checks.whole(every, "growth: every", low=1)
    figure, (left, right) = _two(size or style.SIZE)
    looks = style.rule_looks(paths)
    labels: tuple[list[EndLabel], list[EndLabel]] = ([], [])
    for name, path in paths.items():
        length = np.maximum(np.linalg.norm(path, axis=2), LEAST)
        along = np.abs((path * components[:, None]).sum(axis=2)) / length
        t = every * np.arange(path.shape[1])
        for ax, values, ends in ((left, length, labels[0]), (right, along, labels[1])):
            ends.append(EndLabel(_line(ax, t, values, name, looks[name]), name, looks[name]))
    seeds, n, _ = next(iter(paths.values())).shape
    _frames(left, right, seeds, every * (n - 1))
    style.settle(left)
    for ax, ends in zip((left, right), labels, strict=True):
        end_labels(ax, ax.get_xlim()[1], ends)
    style.settle(left)
    for ax in (left, right):
        style.count(ax)
    return figure


def fields(weights: Any, shape: tuple[int, int], *, size: tuple[float, float] | None = None) -> Figure:
    """Draw what each neuron looks for: its weights laid out as the image that it sees, a tile for each neuron.

    Positive weights are dark blue, zero is grey, negative ones are light orange. Each tile has its own scale, up to its
    largest weight: what is compared is the pattern, not the strength.

    Parameters
    ----------
    weights : (n_in, m) array, or dict of str to such arrays
        W of a layer, whose column j belongs to neuron j; several layers are drawn side by side, each below its name.
    shape : (height, width)
        Of the image, in pixels: height x width = n_in.
    size : (width, height), optional
        Of the figure, in inches.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        For weights that are no matrix, or that do not fit the shape.

    Examples
    --------
    >>> import hebbnet as hb
    >>> layer = hb.Network(64, [hb.Dense(9)], rng=0).layers[0]
    >>> figure = hb.plots.fields(layer.W, (8, 8))
    >>> figure.axes[0].images[0].get_array().shape          # three by three tiles, with a gap between
    (26, 26)
    """
    import matplotlib.pyplot as plt
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    named = weights if isinstance(weights, Mapping) else {"": weights}
    height, width = _shape(shape)
    mosaics = {}
    for name, given in named.items():
        W = checks.matrix(given, where="fields: weights")
        if len(W) != height * width:
            raise checks.InputError(f"fields: an image of {height} x {width} has {height * width} pixels, got weights "
                                    f"of {len(W)} inputs")
        mosaics[name] = _mosaic(W, height, width)
    if not mosaics:
        raise checks.InputError("fields: there are no weights to draw")
    figure, axes = plt.subplots(1, len(mosaics), figsize=size or style.SIZE, squeeze=False,
                                layout=ConstrainedLayoutEngine(wspace=0.06))
    for ax, (name, tiles) in zip(axes[0], mosaics.items(), strict=True):
        ax.imshow(tiles, cmap=_colours(), vmin=-1, vmax=1, interpolation="nearest", gid="tiles")
        ax.set_axis_off()
        ax.set_title(name, fontsize=style.TEXT, color=style.DARK, parse_math=False)
    axes[0, len(mosaics) // 2].text(0.5, -0.04, NOTE, transform=axes[0, len(mosaics) // 2].transAxes, ha="center",
                                    va="top", fontsize=style.SMALL, color=style.GREY, gid="footnote")
    return figure


# ---------------------------------------------------------------- growth


def _paths(weights: Any, component: Any) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Weights as (seeds, n, d) each, and components of length 1 as (1 or seeds, d)."""
    if not isinstance(weights, Mapping) or not weights:
        raise checks.InputError(f"growth: weights: expected a dict of at least one rule, got {type(weights).__name__}")
    paths = {}
    for name, given in weights.items():
        try:
            path = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            raise checks.InputError(f"growth: weights of {name}: expected numbers, got {checks.shown(given)}") from None
        path = path[None] if path.ndim == 2 else path
        if path.ndim != 3 or path.shape[1] < 2 or not np.isfinite(path).all():
            raise checks.InputError(f"growth: weights of {name}: expected finite numbers of shape (n, d) or (seeds, n, "
                                    f"d) with n of at least 2, got shape {path.shape}")
        paths[str(name)] = path
    shapes = {path.shape for path in paths.values()}
    if len(shapes) > 1:
        raise checks.InputError(f"growth: weights: expected one shape for all rules, got {sorted(shapes)}")
    ((seeds, _, d),) = shapes
    components = checks.matrix(np.atleast_2d(np.asarray(component)), columns=d, where="growth: component")
    lengths = np.linalg.norm(components, axis=1, keepdims=True)
    if len(components) not in (1, seeds) or not lengths.all():
        raise checks.InputError(f"growth: component: expected one direction, or one for each of {seeds} seeds, none of "
                                f"length 0, got shape {components.shape}")
    return paths, components / lengths


def _two(size: tuple[float, float]) -> tuple[Figure, tuple[Axes, Axes]]:
    """A figure of two panels."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=size, layout="constrained")
    return figure, tuple(axes)


def _line(ax: Axes, t: np.ndarray, values: np.ndarray, name: str, look: style.Look) -> float:
    """The median over the seeds, and a band from quartile to quartile. Returns where it ends."""
    low, middle, high = np.percentile(values, (25, 50, 75), axis=0)
    ax.plot(t, middle, label=name, gid="rule", **look.line)
    if len(values) > 1:
        ax.fill_between(t, low, high, color=look.colour, alpha=0.2, linewidth=0, zorder=2.5, gid="band")
    return float(middle[-1])


def _frames(left: Axes, right: Axes, seeds: int, last: int) -> None:
    """Scales, names, and how many seeds there are."""
    left.set_yscale("log")
    left.set_ylabel("length of w", fontsize=style.TEXT)
    left.axhline(1.0, color=style.MARK, linewidth=1.2, zorder=1, gid="one")
    right.set_ylim(0.0, 1.03)
    right.set_ylabel("|cos(w, component)|", fontsize=style.TEXT)
    for ax in (left, right):
        ax.set_xlim(0, last)
        ax.set_xlabel("samples", fontsize=style.TEXT)
        style.tidy(ax)
        ax.minorticks_off()
    style.footnote(left, f"median of {seeds} seeds, band: quartiles" if seeds > 1 else "n = 1")


# ---------------------------------------------------------------- fields


def _shape(shape: Any) -> tuple[int, int]:
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise checks.InputError(f"fields: shape: expected (height, width) in pixels, got {shape!r}")
    height, width = (checks.whole(side, "fields: shape", low=1) for side in shape)
    return height, width


def _mosaic(W: np.ndarray, height: int, width: int) -> np.ma.MaskedArray:
    """The tiles of all neurons in one image, row by row, as nearly square as can be; gaps are masked."""
    m = W.shape[1]
    across = int(np.ceil(np.sqrt(m)))
    down = -(-m // across)
    tiles = np.full((down * (height + GAP) - GAP, across * (width + GAP) - GAP), np.nan)
    for j in range(m):
        top, left = j // across * (height + GAP), j % across * (width + GAP)
        largest = np.abs(W[:, j]).max()
        tiles[top : top + height, left : left + width] = W[:, j].reshape(height, width) / (largest or 1.0)
    return np.ma.masked_invalid(tiles)


def _colours() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signed", [LIGHT, MIDDLE, DEEP])
