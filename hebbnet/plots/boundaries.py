"""What a learner believes: its decision boundary over two of the inputs, with the samples and the truth beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine import checks
from ..streams.concepts import Concept
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = 241  # points along each side
DRAWN = 1_000  # samples at most
MARGIN = 0.04  # around the samples, as a share of their spread


def boundary(learner: Any, X: Any, y: Any, *, columns: tuple[int, int] = (0, 1), truth: Concept | None = None,
             ax: Axes | None = None) -> Axes:
    """Draw what a learner believes over two input columns, the others held at their mean.

    With two classes the shade is P(class 1) and the line stands where it is 1/2; with more, or where the learner gives no
    probabilities, the shade is the winning class. The samples have the colour and the marker of their class.

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
    i, j = _columns(columns, X.shape[1])
    if truth is not None and (not isinstance(truth, Concept) or truth.n_inputs != X.shape[1]):
        raise checks.InputError(f"boundary: truth: expected a concept with {X.shape[1]} inputs, got {truth!r}")
    across, up, plane = _plane(X, i, j)
    belief = _belief(learner, plane, n_classes)
    ax = style.axes(ax, style.SQUARE)

    shape, names = (GRID, GRID), list[tuple[Any, str]]()
    if belief.ndim == 1:
        _shade_probability(ax, across, up, belief.reshape(shape))
    else:
        _shade_winner(ax, across, up, belief.argmax(axis=1).reshape(shape), n_classes)
    names.append((_edges(ax, across, up, belief, n_classes, "solid"), "learner"))
    if truth is not None:
        label = truth.label(plane)
        names.append((_edges(ax, across, up, np.eye(n_classes)[label], n_classes, "dashed"), "truth"))
    _points(ax, X[:, [i, j]], y, n_classes)
    style.tidy(ax, grid="")
    return ax
