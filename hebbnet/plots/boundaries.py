"""What a learner believes: its decision boundary over two of the inputs, with the samples and the truth beside it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..streams.concepts import Concept
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 301  # points along each side
DRAWN = 1_000  # samples at most
MARGIN = 0.04  # around the samples, as a share of their spread


def boundary(learner: Any, X: Any, y: Any, *, columns: tuple[int, int] = (0, 1), truth: Concept | None = None,
             ax: Axes | None = None) -> Axes:
    """Draw what a learner believes over two input columns, the others held at their mean.

    With two classes the shade is P(class 1) and the line stands where it is 1/2; with more, or where the learner gives
    no probabilities, the shade is the winning class. The samples have the colour and the marker of their class.

    Parameters
    ----------
    learner : Learner, or anything with predict(X)
    X : (n, d) array
        Samples; they say which part of the plane is shown. At most 1,000, evenly taken, are drawn.
    y : (n,) labels
    columns : (int, int)
        Which inputs lie along x and y.
    truth : Concept, optional
        The rule that holds; its boundary is dashed.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        For columns that are not there, rows that do not fit the learner, or a learner that predicts numbers.

    Examples
    --------
    >>> import hebbnet as hb
    >>> batch = hb.DriftStream([hb.SEA(8)], rng=0).take(2_000)
    >>> learner = hb.Learner(hb.mlp(hb.DriftStream([hb.SEA(8)]), hidden=[8], rng=0))
    >>> predicted = learner.learn(batch.X, batch.y)
    >>> ax = hb.plots.boundary(learner, batch.X, batch.y, truth=hb.SEA(8))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x1', 'x2')
    """
    X, y, n_classes = _samples(learner, X, y)
    i, j = which(columns, X.shape[1])
    if truth is not None and (not isinstance(truth, Concept) or truth.n_inputs != X.shape[1] or not truth.classes):
        raise checks.InputError(f"boundary: truth: expected a concept with {X.shape[1]} inputs and classes, got "
                                f"{truth!r}")
    across, up, grid = plane(X, i, j)
    believed, shaded = belief(learner, grid, n_classes)
    ax = style.axes(ax, style.SQUARE)

    shade(ax, across, up, believed, shaded)
    handles = points(ax, X[:, [i, j]], y, n_classes)
    handles += edges(ax, across, up, believed, "-", "P(class 1) = 1/2" if shaded else "learner", "boundary")
    if truth is not None:
        rule = np.eye(max(n_classes, len(truth.classes)))[truth.label(grid)]
        handles += edges(ax, across, up, rule, (0, (4, 2)), "truth", "truth")
    _words(ax, i, j, X.shape[1], handles, shaded)
    return ax


def _samples(learner: Any, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray, int]:
    """The samples, checked, and the number of classes."""
    if not hasattr(learner, "predict"):
        raise checks.InputError(f"boundary: expected a learner, got {type(learner).__name__}")
    if not getattr(learner, "is_classifier", True):
        raise checks.InputError(f"boundary: {learner!r} predicts numbers, and draws no boundary; end it in softmax")
    X = checks.matrix(X, where="boundary: X")
    if not len(X) or X.shape[1] < 2:
        raise checks.InputError(f"boundary: X: expected at least one row and two columns, got shape {X.shape}")
    network = getattr(learner, "network", None)
    known = checks.MAX_CLASSES if network is None else network.n_outputs
    y = checks.labels(y, n_classes=known, rows=len(X), where="boundary: y")
    return X, y, max(int(y.max()) + 1, 2) if network is None else known


def which(columns: Any, n_inputs: int) -> tuple[int, int]:
    """The two columns, checked."""
    if not isinstance(columns, (tuple, list)) or len(columns) != 2 or columns[0] == columns[1]:
        raise checks.InputError(f"boundary: columns: expected two different column numbers, got {columns!r}")
    i, j = (checks.whole(column, "boundary: columns") for column in columns)
    if max(i, j) >= n_inputs:
        raise checks.InputError(f"boundary: columns: X has the columns 0 .. {n_inputs - 1}, got {max(i, j)}")
    return i, j


def plane(X: np.ndarray, i: int, j: int, fine: int = GRID) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A grid around the samples: its places along both sides, and its points as inputs (fine * fine, d)."""
    sides = []
    for column in (i, j):
        low, high = X[:, column].min(), X[:, column].max()
        margin = MARGIN * (high - low) or 0.5
        sides.append(np.linspace(low - margin, high + margin, fine))
    grid = np.tile(X.mean(axis=0), (fine * fine, 1))
    grid[:, i], grid[:, j] = np.tile(sides[0], fine), np.repeat(sides[1], fine)
    return sides[0], sides[1], grid


def belief(learner: Any, grid: np.ndarray, n_classes: int) -> tuple[np.ndarray, bool]:
    """How much each class is believed in, (n, K), and whether that is P(class) of two classes."""
    network = getattr(learner, "network", None)
    if hasattr(learner, "predict_proba") and (network is None or network.is_classifier):
        believed = checks.matrix(learner.predict_proba(grid), where="boundary: predict_proba(X)")
        return believed, believed.shape[1] == 2
    winner = checks.labels(learner.predict(grid), n_classes=checks.MAX_CLASSES, rows=len(grid),
                           where="boundary: predict(X)")
    return np.eye(max(n_classes, int(winner.max()) + 1))[winner], False


def shade(ax: Axes, across: np.ndarray, up: np.ndarray, believed: np.ndarray, shaded: bool) -> None:
    """P(class 1) from the one colour over white to the other, or the pale colour of the winning class."""
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap

    if shaded:
        between = LinearSegmentedColormap.from_list("belief", [style.pale(0), (1.0, 1.0, 1.0), style.pale(1)])
        P = np.clip(believed[:, 1], 0.0, 1.0).reshape(len(up), -1)
        ax.contourf(across, up, P, levels=np.linspace(0, 1, 11), cmap=between, zorder=0)
        return
    n_classes = believed.shape[1]
    colours = ListedColormap([style.pale(k) for k in range(n_classes)])
    ax.pcolormesh(across, up, believed.argmax(axis=1).reshape(len(up), -1), cmap=colours, vmin=-0.5,
                  vmax=n_classes - 0.5, shading="nearest", zorder=0, rasterized=True)


def edges(ax: Axes, across: np.ndarray, up: np.ndarray, believed: np.ndarray, dashes: Any, name: str,
          gid: str) -> list[Any]:
    """Lines where the winning class changes: for each two classes, where both are believed in alike, and most.

    Returns what a legend shows of them: nothing, if one class wins everywhere.
    """
    from matplotlib.lines import Line2D

    winner = believed.argmax(axis=1)
    pairs = list(combinations(np.unique(winner), 2))
    for a, b in pairs:
        lead = np.ma.masked_where((winner != a) & (winner != b), believed[:, b] - believed[:, a])
        ax.contour(across, up, lead.reshape(len(up), -1), levels=[0.0], colors=style.BLACK, linewidths=2.2,
                   linestyles=[dashes], zorder=3).set_gid(gid)
    return [Line2D([], [], color=style.BLACK, linewidth=2.2, linestyle=dashes, label=name)] if pairs else []


def points(ax: Axes, X: np.ndarray, y: np.ndarray, n_classes: int) -> list[Any]:
    """The samples, at most DRAWN of them, each class with its colour and marker."""
    drawn = np.unique(np.linspace(0, len(X) - 1, DRAWN).astype(int))
    handles = []
    for k in range(n_classes):
        x1, x2 = X[drawn][y[drawn] == k].T
        if len(x1):
            colour, marker = style.class_look(k)
            handles.append(ax.scatter(x1, x2, s=24, c=colour, marker=marker, edgecolors=style.DARK, linewidths=0.5,
                                      zorder=2, label=f"class {k}", gid=f"class {k}"))
    return handles


def _words(ax: Axes, i: int, j: int, n_inputs: int, handles: list[Any], shaded: bool) -> None:
    """Names along the sides and above, and what is shown."""
    style.tidy(ax, grid="")
    ax.set_xlabel(f"x{i + 1}", fontsize=style.TEXT)
    ax.set_ylabel(f"x{j + 1}", fontsize=style.TEXT)
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, fontsize=style.SMALL,
              borderaxespad=0.2, handletextpad=0.5, columnspacing=1.4, handlelength=1.8)
    shade = "shade: P(class 1)" if shaded else "shade: the class that wins"
    style.footnote(ax, shade + ("; other inputs at their mean" if n_inputs > 2 else ""))
